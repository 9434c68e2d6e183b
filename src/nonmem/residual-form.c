/* Which residual error a formula is. NONMEM's first-order methods take Y as linear in
 * EPS: its variance at the prediction f is h' SIGMA h with h = dY/dEPS at EPS = 0. Here
 * h is computed in numbers (a derivative carried along with each value) at some f, and
 * the form that gives the same variance at all of them is the error model: so it does
 * not matter how the control stream writes it. */
#include "nonmem/translation.h"

#include <math.h>

#include "base/number.h"

/* Predictions at which a form must hold. */
static const double probes[] = { 0.37, 1.0, 2.0, 7.3, 41.0, 1234.0 };

typedef struct
{
  double value, slope; /* by one EPS */
} Dual;

/* What is asked: Y at the prediction f, and how it moves with EPS number `eps`. */
typedef struct
{
  double f;
  guint eps;
} Question;

static Dual
leaf_value (const TdmFormula *f, const Question *q)
{
  switch (f->leaf)
    {
    case TDM_LEAF_NUMBER:
      return (Dual){ f->number, 0.0 };
    case TDM_LEAF_PREDICTION:
      return (Dual){ q->f, 0.0 };
    case TDM_LEAF_EPS:
      return (Dual){ 0.0, f->index == q->eps };
    default:
      return (Dual){ NAN, NAN };
    }
}

static double
slope_of_product (TdmOp op, const Dual *x, double value)
{
  switch (op)
    {
    case TDM_OP_NEG:
      return -x[0].slope;
    case TDM_OP_ADD:
      return x[0].slope + x[1].slope;
    case TDM_OP_SUB:
      return x[0].slope - x[1].slope;
    case TDM_OP_MUL:
      return x[0].slope * x[1].value + x[0].value * x[1].slope;
    case TDM_OP_DIV:
      return (x[0].slope - value * x[1].slope) / x[1].value;
    default:
      return NAN;
    }
}

static double
slope_of_function (TdmOp op, const Dual *x, double value)
{
  switch (op)
    {
    case TDM_OP_EXP:
      return value * x[0].slope;
    case TDM_OP_LOG:
      return x[0].slope / x[0].value;
    case TDM_OP_SQRT:
      return x[0].slope / (2.0 * value);
    case TDM_OP_POW:
      return x[1].slope != 0.0
                 ? NAN
                 : x[1].value * pow (x[0].value, x[1].value - 1.0) * x[0].slope;
    case TDM_OP_SELECT:
      return x[0].value != 0.0 ? x[1].slope : x[2].slope;
    default:
      return slope_of_product (op, x, value);
    }
}

/* The slope of an operation none of whose operands moves is 0, whatever it is. */
static Dual
operate (TdmOp op, const Dual *x)
{
  double plain[TDM_OP_MAX_ARGUMENTS] = { 0.0 };
  gboolean moves = FALSE;
  for (guint i = 0; i < tdm_op_n_arguments (op); i++)
    {
      plain[i] = x[i].value;
      moves |= x[i].slope != 0.0;
    }
  const double value = tdm_op_plain (op, plain);
  return (Dual){ value, moves ? slope_of_function (op, x, value) : 0.0 };
}

static Dual
evaluate (const TdmTranslation *self, guint root, const Question *q)
{
  g_autofree Dual *values = g_new0 (Dual, root + 1);
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
  for (guint i = 0; i <= root; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      Dual x[TDM_OP_MAX_ARGUMENTS] = { { 0.0, 0.0 } };
      if (!reach[i])
        continue;
      for (guint k = 0; f->leaf == TDM_LEAF_NONE && k < tdm_op_n_arguments (f->op); k++)
        x[k] = values[f->arguments[k]];
      values[i] = f->leaf == TDM_LEAF_NONE ? operate (f->op, x) : leaf_value (f, q);
    }
  return values[root];
}

/* The variance at a prediction; `sd` receives the slope times SD with its sign where
 * there is one EPS only, else its size. */
static double
variance (const TdmTranslation *self, guint y, double f, double *sd)
{
  const TdmNmtranMatrix *sigma = &self->control.sigma;
  g_autofree double *h = g_new0 (double, sigma->n + 1);
  double v = 0.0;
  guint last = 0, n = 0;
  for (guint i = 0; i < sigma->n; i++)
    {
      const Question q = { f, i + 1 };
      h[i] = evaluate (self, y, &q).slope;
      if (h[i] != 0.0)
        {
          last = i;
          n++;
        }
    }
  for (guint i = 0; i < sigma->n; i++)
    for (guint k = 0; k < sigma->n; k++)
      if (h[i] != 0.0 && h[k] != 0.0)
        v += h[i] * h[k] * tdm_matrix_get (sigma, i, k);
  if (sd)
    *sd = n == 1 ? h[last] * sqrt (tdm_matrix_get (sigma, last, last)) : sqrt (v);
  return v;
}

static gboolean
near (double a, double b)
{
  return fabs (a - b) <= 1e-9 * MAX (fabs (a), fabs (b));
}

/* A form of the variance with its numbers. */
typedef double (*Form) (const double *c, double f);

static double
form_polynomial (const double *c, double f)
{
  return c[0] + f * (c[1] + f * c[2]);
}

static double
form_sd (const double *c, double f)
{
  const double sd = c[0] + f * (c[1] + f * (c[2] + f * c[3]));
  return sd * sd;
}

static double
form_power (const double *c, double f)
{
  return c[0] + c[1] * c[1] * pow (f, 2.0 * c[2]);
}

static double
form_log (const double *c, double f)
{
  return c[0] + c[1] / (f * f);
}

static gboolean
holds (const TdmTranslation *self, guint y, Form form, const double *c)
{
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    if (!near (variance (self, y, probes[i], NULL), form (c, probes[i])))
      return FALSE;
  return TRUE;
}

/* 14 digits: the last ones are those of rounding, 0.1 is not 0.10000000000000002. */
static char *
text (double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (digits, sizeof digits, "%.14g", value);
  return g_strdup (digits);
}

static char *
lines (const TdmTranslation *self, const char *kind, double additive,
       double proportional)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (out, "error = %s\n", kind);
  g_autofree char *a = text (additive), *b = text (proportional);
  if (additive > 0.0)
    g_string_append_printf (out, "additive = %s %s\n", a, self->dv_unit);
  if (proportional > 0.0)
    g_string_append_printf (out, "proportional = %s 1\n", b);
  return g_string_free (out, FALSE);
}

static char *
log_form (const TdmTranslation *self, guint y)
{
  const double far = variance (self, y, 1e9, NULL);
  const double c[] = { far, variance (self, y, 1.0, NULL) - far };
  const double none[] = { far, 0.0 };
  g_autofree char *sd = text (sqrt (far)), *a = text (sqrt (MAX (c[1], 0.0)));
  if (far > 0.0 && holds (self, y, form_log, none))
    return g_strdup_printf ("error = log\nlog_sd = %s\n", sd);
  if (far > 0.0 && c[1] > 0.0 && holds (self, y, form_log, c))
    return g_strdup_printf ("error = log_additive\nlog_sd = %s\nadditive = %s %s\n", sd,
                            a, self->dv_unit);
  return NULL;
}

/* a^2 + (b f)^2 and what is part of it. */
static char *
combined_form (const TdmTranslation *self, guint y)
{
  const double start = variance (self, y, 0.0, NULL);
  const double c0 = isfinite (start) ? MAX (start, 0.0) : 0.0;
  const double c2 = variance (self, y, 1e9, NULL) / 1e18;
  const double additive[] = { c0, 0.0, 0.0 }, proportional[] = { 0.0, 0.0, c2 };
  const double both[] = { c0, 0.0, c2 };
  if (c0 > 0.0 && holds (self, y, form_polynomial, additive))
    return lines (self, "additive", sqrt (c0), 0.0);
  if (c2 > 0.0 && holds (self, y, form_polynomial, proportional))
    return lines (self, "proportional", 0.0, sqrt (c2));
  if (c0 > 0.0 && c2 > 0.0 && holds (self, y, form_polynomial, both))
    return lines (self, "combined", sqrt (c0), sqrt (c2));
  return NULL;
}

/* (a + b f)^2, and polynomials whose coefficients may be below 0. */
static char *
sd_form (const TdmTranslation *self, guint y)
{
  double s[4], c[4];
  for (guint i = 0; i < G_N_ELEMENTS (s); i++)
    variance (self, y, i, &s[i]);
  if (!isfinite (s[0]) || s[0] == 0.0)
    return NULL;
  const double sign = s[0] < 0.0 ? -1.0 : 1.0;
  const double d1 = s[1] - s[0], d2 = s[2] - 2 * s[1] + s[0];
  const double d3 = s[3] - 3 * s[2] + 3 * s[1] - s[0];
  const double scale = fabs (s[0]) + fabs (s[3]);
  c[3] = fabs (d3) < 1e-12 * scale ? 0.0 : d3 / 6.0;
  c[2] = c[3] == 0.0 && fabs (d2) < 1e-12 * scale ? 0.0 : d2 / 2.0 - 3.0 * c[3];
  c[1] = d1 - c[2] - c[3];
  c[0] = s[0];
  for (guint i = 0; i < G_N_ELEMENTS (c); i++)
    c[i] *= sign;
  if (!holds (self, y, form_sd, c))
    return NULL;
  if (c[1] > 0.0 && c[2] == 0.0 && c[3] == 0.0)
    return lines (self, "combined_sd", c[0], c[1]);
  g_autofree char *t0 = text (c[0]), *t1 = text (c[1]);
  g_autofree char *t2 = text (c[2]), *t3 = text (c[3]);
  return g_strdup_printf ("error = assay\nassay = %s, %s, %s, %s\n", t0, t1, t2, t3);
}

static char *
power_form (const TdmTranslation *self, guint y)
{
  const double start = variance (self, y, 0.0, NULL);
  const double a2 = isfinite (start) ? MAX (start, 0.0) : 0.0;
  const double v1 = variance (self, y, 1.0, NULL) - a2;
  const double v2 = variance (self, y, 2.0, NULL) - a2;
  if (!(v1 > 0.0 && v2 > 0.0))
    return NULL;
  const double c[] = { a2, sqrt (v1), 0.5 * log2 (v2 / v1) };
  if (!(c[2] > 0.0) || !holds (self, y, form_power, c))
    return NULL;
  g_autofree char *a = text (sqrt (a2)), *b = text (c[1]), *p = text (c[2]);
  g_autofree char *additive =
      a2 > 0.0 ? g_strdup_printf ("additive = %s %s\n", a, self->dv_unit)
               : g_strdup ("");
  return g_strdup_printf ("error = power\ncoefficient = %s\npower = %s\n%s", b, p,
                          additive);
}

char *
tdm_residual_form (const TdmTranslation *self, guint y, gboolean logs,
                   const char **reason)
{
  for (guint i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      const Question q = { probes[i], 1 };
      const double center = logs ? log (probes[i]) : probes[i];
      if (!(fabs (evaluate (self, y, &q).value - center) <= 1e-9 * fabs (probes[i])))
        {
          *reason = "Y without its EPS is neither the prediction nor its logarithm";
          return NULL;
        }
    }
  if (!(variance (self, y, 1.0, NULL) > 0.0))
    {
      *reason = "Y has no residual error";
      return NULL;
    }
  char *found = logs ? log_form (self, y) : combined_form (self, y);
  if (!found && !logs)
    found = sd_form (self, y);
  if (!found && !logs)
    found = power_form (self, y);
  *reason = "the residual error is none of those that models/README.md lists";
  return found;
}
