/* Units of measurement.
 *
 * A unit is a product of powers of the base dimensions and a factor. The factor is kept
 * as a decimal exponent and a rest, because powers of ten up to 22 are exact as
 * doubles: mg/L to ug/mL or mg/dL to g/L then round once at most, and the same patient
 * entered in either unit gives the same digits. */
#include "base/unit.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

#define MAX_TEXT_BYTES 64
#define MAX_TERMS 8

typedef struct
{
  TdmUnit unit;
  double rest; /* factor = rest * 10^exponent */
  int exponent;
} Scale;

typedef struct
{
  const char *code;
  const char *display;
  signed char mass, volume, time, amount, iu, length;
  signed char exponent;
  double rest;
} Atom;

/* Base units: g, L, h, mol, IU, m. Units of enzymes and of hormones are both counted as
 * IU; no formula mixes the two. A year has 365.25 days, a month a twelfth of that. */
#define MASS(code, display, e)              \
  {                                         \
    code, display, 1, 0, 0, 0, 0, 0, e, 1.0 \
  }
#define VOLUME(code, display, e)            \
  {                                         \
    code, display, 0, 1, 0, 0, 0, 0, e, 1.0 \
  }
#define TIME(code, display, rest)            \
  {                                          \
    code, display, 0, 0, 1, 0, 0, 0, 0, rest \
  }
#define AMOUNT(code, display, e)            \
  {                                         \
    code, display, 0, 0, 0, 1, 0, 0, e, 1.0 \
  }
#define IU(code, display, e)                \
  {                                         \
    code, display, 0, 0, 0, 0, 1, 0, e, 1.0 \
  }
#define LENGTH(code, display, power, e, rest)    \
  {                                              \
    code, display, 0, 0, 0, 0, 0, power, e, rest \
  }

static const Atom atoms[] = {
  MASS ("kg", "kg", 3),
  MASS ("g", "g", 0),
  MASS ("mg", "mg", -3),
  MASS ("ug", "µg", -6),
  MASS ("mcg", "µg", -6),
  MASS ("ng", "ng", -9),
  MASS ("pg", "pg", -12),
  { "lb", "lb", 1, 0, 0, 0, 0, 0, 0, 453.59237 },
  { "lb_av", "lb", 1, 0, 0, 0, 0, 0, 0, 453.59237 },
  { "[lb_av]", "lb", 1, 0, 0, 0, 0, 0, 0, 453.59237 },
  VOLUME ("L", "L", 0),
  VOLUME ("l", "L", 0),
  VOLUME ("dL", "dL", -1),
  VOLUME ("dl", "dL", -1),
  VOLUME ("mL", "mL", -3),
  VOLUME ("ml", "mL", -3),
  VOLUME ("uL", "µL", -6),
  VOLUME ("ul", "µL", -6),
  TIME ("s", "s", 1.0 / 3600.0),
  TIME ("min", "min", 1.0 / 60.0),
  TIME ("h", "h", 1.0),
  TIME ("hours", "h", 1.0),
  TIME ("hour", "h", 1.0),
  TIME ("d", "d", 24.0),
  TIME ("days", "d", 24.0),
  TIME ("day", "d", 24.0),
  TIME ("wk", "wk", 168.0),
  TIME ("weeks", "wk", 168.0),
  TIME ("week", "wk", 168.0),
  TIME ("mo", "mo", 730.5),
  TIME ("months", "mo", 730.5),
  TIME ("month", "mo", 730.5),
  TIME ("y", "y", 8766.0),
  TIME ("a", "y", 8766.0),
  TIME ("years", "y", 8766.0),
  TIME ("year", "y", 8766.0),
  AMOUNT ("mol", "mol", 0),
  AMOUNT ("mmol", "mmol", -3),
  AMOUNT ("umol", "µmol", -6),
  AMOUNT ("nmol", "nmol", -9),
  AMOUNT ("pmol", "pmol", -12),
  IU ("IU", "units", 0),
  IU ("[IU]", "units", 0),
  IU ("U", "units", 0),
  IU ("units", "units", 0),
  IU ("kIU", "kIU", 3),
  IU ("mIU", "mIU", -3),
  LENGTH ("m", "m", 1, 0, 1.0),
  LENGTH ("cm", "cm", 1, -2, 1.0),
  LENGTH ("mm", "mm", 1, -3, 1.0),
  LENGTH ("in", "in", 1, 0, 0.0254),
  LENGTH ("in_i", "in", 1, 0, 0.0254),
  LENGTH ("[in_i]", "in", 1, 0, 0.0254),
  LENGTH ("m2", "m²", 2, 0, 1.0),
  LENGTH ("m^2", "m²", 2, 0, 1.0),
  LENGTH ("m²", "m²", 2, 0, 1.0),
  { "%", "%", 0, 0, 0, 0, 0, 0, -2, 1.0 },
  { "1", "1", 0, 0, 0, 0, 0, 0, 0, 1.0 },
};

/* "Per 1.73 m²" in its ways of writing, the longer ones first. */
static const char *const bsa_tags[] = { "{1.73_m2}", "1.73_m2", "1.73 m²",
                                        "1.73 m2",   "1.73m²",  "1.73m2" };

static const char *const separators[] = { "/", ".", "*", "·", "⋅" };

/* One factor of a unit as it was written. */
typedef struct
{
  const Atom *atom; /* NULL for "1.73m2" */
  gboolean divides;
} Term;

typedef struct
{
  Term terms[MAX_TERMS];
  guint n;
} Terms;

/* Both micro signs as "u". */
static char *
dup_plain (const char *text)
{
  GString *s = g_string_new (text);
  g_string_replace (s, "\xc2\xb5", "u", 0);
  g_string_replace (s, "\xce\xbc", "u", 0);
  return g_string_free (s, FALSE);
}

static const Atom *
find_atom (const char *text, gsize length)
{
  for (guint i = 0; i < G_N_ELEMENTS (atoms); i++)
    if (strlen (atoms[i].code) == length && memcmp (atoms[i].code, text, length) == 0)
      return &atoms[i];
  return NULL;
}

/* Length of the separator that `s` starts with; 0 if with none. */
static gsize
separator_length (const char *s)
{
  for (guint i = 0; i < G_N_ELEMENTS (separators); i++)
    if (g_str_has_prefix (s, separators[i]))
      return strlen (separators[i]);
  return 0;
}

static gsize
bsa_tag_length (const char *s)
{
  for (guint i = 0; i < G_N_ELEMENTS (bsa_tags); i++)
    if (g_str_has_prefix (s, bsa_tags[i]))
      return strlen (bsa_tags[i]);
  return 0;
}

/* term = atom | "1.73m2" after a stroke ; */
static gboolean
parse_term (const char **s, gboolean divides, Term *out)
{
  gsize length = divides ? bsa_tag_length (*s) : 0;
  out->divides = divides;
  out->atom = NULL;
  if (length == 0)
    {
      while ((*s)[length] != '\0' && separator_length (*s + length) == 0)
        length++;
      out->atom = find_atom (*s, length);
      if (out->atom == NULL)
        return FALSE;
    }
  *s += length;
  return TRUE;
}

/* unit = term { ( "/" | "." | "*" | "·" ) term } ;
 * At a fault `*fault` is where it is. */
static gboolean
parse_terms (const char *text, Terms *out, const char **fault)
{
  const char *s = text;
  gboolean divides = FALSE;
  for (out->n = 0;; out->n++)
    {
      *fault = s;
      if (out->n == MAX_TERMS || !parse_term (&s, divides, &out->terms[out->n]))
        return FALSE;
      if (*s == '\0')
        {
          out->n++;
          return TRUE;
        }
      gsize length = separator_length (s);
      *fault = s;
      if (length == 0)
        return FALSE;
      divides = *s == '/';
      s += length;
    }
}

static gboolean
is_body_weight (const Atom *atom)
{
  return g_str_equal (atom->display, "kg") || g_str_equal (atom->display, "lb");
}

static void
multiply (Scale *scale, const Term *term)
{
  int sign = term->divides ? -1 : 1;
  const Atom *atom = term->atom;
  if (atom == NULL)
    {
      scale->unit.per_bsa++;
      return;
    }
  if (term->divides && is_body_weight (atom))
    scale->unit.per_weight++;
  else
    scale->unit.mass += sign * atom->mass;
  scale->unit.volume += sign * atom->volume;
  scale->unit.time += sign * atom->time;
  scale->unit.amount += sign * atom->amount;
  scale->unit.iu += sign * atom->iu;
  scale->unit.length += sign * atom->length;
  scale->exponent += sign * atom->exponent;
  scale->rest = term->divides ? scale->rest / atom->rest : scale->rest * atom->rest;
}

/* value * 10^exponent, rounded once where |exponent| <= 22. */
static double
scale_by_ten (double value, int exponent)
{
  return exponent < 0 ? value / pow (10.0, -exponent) : value * pow (10.0, exponent);
}

static gboolean
parse_scale (const char *text, Scale *out, GError **error)
{
  Terms terms;
  const char *fault;

  if (text == NULL || *text == '\0')
    return tdm_error_set_input (error, NULL, "a unit is missing");
  if (strlen (text) > MAX_TEXT_BYTES)
    return tdm_error_set_input (error, NULL, "“%.20s…” is no unit", text);

  g_autofree char *plain = dup_plain (text);
  if (!parse_terms (plain, &terms, &fault))
    return tdm_error_set_input (
        error, NULL,
        *fault == '\0' ? "the unit “%s” ends too early%s"
                       : "“%s” is not a known unit (at “%s”); expected one such as "
                         "mg, mg/L, umol/L, mL/min, mg.h/L, kg, h, %% or 1",
        text, fault);

  *out = (Scale){ .rest = 1.0 };
  for (guint i = 0; i < terms.n; i++)
    multiply (out, &terms.terms[i]);
  out->unit.factor = scale_by_ten (out->rest, out->exponent);
  return TRUE;
}

gboolean
tdm_unit_parse (const char *text, TdmUnit *out, GError **error)
{
  Scale scale;
  if (!parse_scale (text, &scale, error))
    return FALSE;
  *out = scale.unit;
  return TRUE;
}

/* Whether all but mass and amount agree, and those two agree in sum. */
static gboolean
agree_but_for_moles (const TdmUnit *a, const TdmUnit *b)
{
  return a->mass + a->amount == b->mass + b->amount && a->volume == b->volume
         && a->time == b->time && a->iu == b->iu && a->length == b->length
         && a->per_bsa == b->per_bsa && a->per_weight == b->per_weight;
}

/* Sets the error for units that do not convert into each other. */
static gboolean
check_kinds (const Scale *a, const Scale *b, double molar_mass_g_mol,
             const char **fault)
{
  if (!agree_but_for_moles (&a->unit, &b->unit))
    *fault = a->unit.per_bsa != b->unit.per_bsa
                 ? "one is for 1.73 m² of body surface, the other is not"
                 : "they measure different things";
  else if (a->unit.amount != b->unit.amount && !(molar_mass_g_mol > 0.0))
    *fault = "the molar mass is not known";
  else
    return TRUE;
  return FALSE;
}

gboolean
tdm_unit_convert (double value, const char *from, const char *to,
                  double molar_mass_g_mol, double *out, GError **error)
{
  Scale a, b;
  const char *fault;

  if (!parse_scale (from, &a, error) || !parse_scale (to, &b, error))
    return FALSE;
  if (!check_kinds (&a, &b, molar_mass_g_mol, &fault))
    return tdm_error_set_input (error, NULL, "%s does not convert to %s: %s", from, to,
                                fault);

  /* Each mole more in `from` than in `to` becomes its mass. */
  int moles = a.unit.amount - b.unit.amount;
  if (moles != 0)
    value = moles > 0 ? value * pow (molar_mass_g_mol, moles)
                      : value / pow (molar_mass_g_mol, -moles);
  if (a.rest != b.rest)
    value *= a.rest / b.rest;
  value = scale_by_ten (value, a.exponent - b.exponent);
  if (!isfinite (value))
    return tdm_error_set_input (error, NULL, "the value is too large in %s", to);
  *out = value;
  return TRUE;
}

gboolean
tdm_unit_is_same_kind (const char *one, const char *other, double molar_mass_g_mol)
{
  Scale a, b;
  const char *fault;
  return parse_scale (one, &a, NULL) && parse_scale (other, &b, NULL)
         && check_kinds (&a, &b, molar_mass_g_mol, &fault);
}

/* What is offered together. A unit finds the row it leads, else the first that holds
 * it, so that creatinine (mg/dL) and drugs (mg/L) each find their own. */
#define MAX_FAMILY 9
static const char *const families[][MAX_FAMILY] = {
  { "mg/L", "ug/mL", "ug/L", "ng/mL", "mg/dL", "mmol/L", "umol/L", "nmol/L" },
  { "mg/dL", "umol/L", "mg/L" },
  { "ng/mL", "ug/L", "mg/L", "nmol/L" },
  { "g/L", "g/dL", "umol/L" },
  { "mg", "g", "ug", "mmol", "umol" },
  { "kg", "g", "lb" },
  { "cm", "m", "in" },
  { "y", "mo", "wk", "d" },
  { "d", "wk", "mo", "y" },
  { "wk", "d", "mo", "y" },
  { "h", "min", "d" },
  { "%", "1" },
  { "mL/min", "L/h" },
  { "mL/min/1.73m2", "L/h/1.73m2" },
  { "mg.h/L", "ug.h/mL", "ug.h/L", "ng.h/mL", "umol.h/L", "umol.min/L" },
  { "IU", "kIU" },
  { "IU/L", "IU/mL", "IU/dL", "mIU/mL" },
};

static const char *const *
find_family (const char *unit)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_equal (families[i][0], unit))
      return families[i];
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_strv_contains (families[i], unit))
      return families[i];
  return NULL;
}

char **
tdm_unit_alternatives (const char *unit, double molar_mass_g_mol)
{
  g_autoptr (GPtrArray) units = g_ptr_array_new_with_free_func (g_free);
  const char *const *family = find_family (unit);

  if (family == NULL)
    g_ptr_array_add (units, g_strdup (unit));
  for (guint i = 0; family != NULL && family[i] != NULL; i++)
    if (tdm_unit_is_same_kind (unit, family[i], molar_mass_g_mol))
      g_ptr_array_add (units, g_strdup (family[i]));
  g_ptr_array_add (units, NULL);
  return (char **)g_ptr_array_steal (units, NULL);
}

char *
tdm_unit_display (const char *text)
{
  Terms terms;
  const char *fault;

  g_autofree char *plain = dup_plain (text);
  if (g_str_equal (plain, "1"))
    return g_strdup ("");
  if (!parse_terms (plain, &terms, &fault))
    return g_strdup (text);

  GString *s = g_string_new (NULL);
  for (guint i = 0; i < terms.n; i++)
    {
      const Term *term = &terms.terms[i];
      if (i > 0)
        g_string_append (s, term->divides ? "/" : "·");
      g_string_append (s, term->atom == NULL ? "1.73 m²" : term->atom->display);
    }
  return g_string_free (s, FALSE);
}
