#include "lang/dimension.h"

#include <math.h>

#include "base/number.h"
#include "base/unit.h"

/* What units are written in, in the order of the exponents, and the factors of these to
 * the base of each. */
static const struct
{
  const char *unit;
  double factor;
} shown[TDM_N_DIMENSIONS] = {
  { "mg", 1e-3 },   { "kg", 1.0 }, { "L", 1.0 }, { "h", 1.0 },
  { "mmol", 1e-3 }, { "IU", 1.0 }, { "m", 1.0 }, { "(1.73 m2)", 1.0 },
};

TdmDimension
tdm_dimension_of_kind (TdmDimensionKind kind)
{
  return (TdmDimension){ .kind = kind, .factor = 1.0 };
}

/* A mass alone, as "kg" and "lb" are, is the body's where a covariate is meant. */
static void
take_body_weight (TdmDimension *self)
{
  for (guint i = 1; i < TDM_N_DIMENSIONS; i++)
    if (self->exponents[i] != 0.0)
      return;
  if (self->exponents[TDM_DIMENSION_MASS] != 1.0 || self->factor < 100.0)
    return;
  self->exponents[TDM_DIMENSION_MASS] = 0.0;
  self->exponents[TDM_DIMENSION_WEIGHT] = 1.0;
  self->factor /= 1000.0;
}

gboolean
tdm_dimension_parse (const char *unit, gboolean of_body, TdmDimension *out,
                     GError **error)
{
  TdmUnit parsed;

  *out = tdm_dimension_of_kind (TDM_DIMENSION_FREE);
  if (*unit == '\0')
    return TRUE;
  if (!tdm_unit_parse (unit, &parsed, error))
    return FALSE;
  out->kind = TDM_DIMENSION_KNOWN;
  out->exponents[TDM_DIMENSION_MASS] = parsed.mass;
  out->exponents[TDM_DIMENSION_WEIGHT] = -parsed.per_weight;
  out->exponents[TDM_DIMENSION_VOLUME] = parsed.volume;
  out->exponents[TDM_DIMENSION_TIME] = parsed.time;
  out->exponents[TDM_DIMENSION_AMOUNT] = parsed.amount;
  out->exponents[TDM_DIMENSION_IU] = parsed.iu;
  out->exponents[TDM_DIMENSION_LENGTH] = parsed.length;
  out->exponents[TDM_DIMENSION_BSA] = -parsed.per_bsa;
  /* The table of units counts a kilogram below the stroke as 1000 g. */
  out->factor = parsed.factor * pow (1000.0, parsed.per_weight);
  if (of_body)
    take_body_weight (out);
  return TRUE;
}

gboolean
tdm_dimension_is_plain (const TdmDimension *self)
{
  for (guint i = 0; i < TDM_N_DIMENSIONS; i++)
    if (self->exponents[i] != 0.0)
      return FALSE;
  return TRUE;
}

gboolean
tdm_dimension_agrees (const TdmDimension *one, const TdmDimension *other)
{
  if (one->kind != TDM_DIMENSION_KNOWN || other->kind != TDM_DIMENSION_KNOWN)
    return TRUE;
  for (guint i = 0; i < TDM_N_DIMENSIONS; i++)
    if (fabs (one->exponents[i] - other->exponents[i]) > 1e-9)
      return FALSE;
  return fabs (one->factor - other->factor) <= 1e-9 * one->factor;
}

TdmDimension
tdm_dimension_multiply (const TdmDimension *one, const TdmDimension *other,
                        double power)
{
  TdmDimension product = *one;

  product.kind = TDM_DIMENSION_KNOWN;
  for (guint i = 0; i < TDM_N_DIMENSIONS; i++)
    product.exponents[i] += power * other->exponents[i];
  product.factor *= pow (other->factor, power);
  return product;
}

static void
append_powers (const TdmDimension *self, double sign, const char *between, GString *out)
{
  for (guint i = 0; i < TDM_N_DIMENSIONS; i++)
    {
      double power = sign * self->exponents[i];
      if (!(power > 0.0))
        continue;
      if (sign < 0.0 || (out->len > 0 && out->str[out->len - 1] != ' '))
        g_string_append (out, between);
      g_string_append (out, shown[i].unit);
      if (power != 1.0)
        {
          g_autofree char *number = tdm_number_format (power, 4);
          g_string_append_printf (out, "^%s", number);
        }
    }
}

char *
tdm_dimension_text (const TdmDimension *self)
{
  GString *out = g_string_new (NULL);
  double factor = self->factor;

  if (self->kind != TDM_DIMENSION_KNOWN)
    g_string_append (out, "a number");
  for (guint i = 0; i < TDM_N_DIMENSIONS; i++)
    factor /= pow (shown[i].factor, self->exponents[i]);
  if (self->kind == TDM_DIMENSION_KNOWN && fabs (factor - 1.0) > 1e-9)
    {
      g_autofree char *number = tdm_number_format (factor, 4);
      g_string_append_printf (out, "%s ", number);
    }
  gsize before = out->len;
  if (self->kind == TDM_DIMENSION_KNOWN)
    append_powers (self, 1.0, "*", out);
  if (self->kind == TDM_DIMENSION_KNOWN && out->len == before
      && !tdm_dimension_is_plain (self))
    g_string_append (out, "1");
  if (self->kind == TDM_DIMENSION_KNOWN)
    append_powers (self, -1.0, "/", out);
  if (out->len == 0)
    g_string_append (out, "no unit");
  return g_string_free (out, FALSE);
}
