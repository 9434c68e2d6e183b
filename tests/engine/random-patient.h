/* Random patients: case files that ask any model for anything a ward might write, a bit
 * beyond what it allows included. The same number and seed give the same text. */
#pragma once

#include "given.h"

#include "num/random.h"

#include <math.h>

typedef struct
{
  TdmRandom *r;
  const TdmModel *model;
  GString *text;
  double end_h; /* of the doses written so far */
} Writer;

static inline double
between (TdmRandom *r, double low, double high)
{
  return low + (high - low) * tdm_random_uniform (r);
}

static inline double
log_between_of (TdmRandom *r, double low, double high)
{
  return low * pow (high / low, tdm_random_uniform (r));
}

static inline guint
choice (TdmRandom *r, guint n)
{
  return MIN ((guint)(tdm_random_uniform (r) * n), n - 1);
}

/* TRUE once in n times. */
static inline gboolean
once_in (TdmRandom *r, guint n)
{
  return choice (r, n) == 0;
}

/* A comma where something goes before. */
static inline void
separate (GString *out)
{
  if (out->str[out->len - 1] != '[')
    g_string_append (out, ", ");
}

/* Locale or not, a point. */
static inline void
append_number (GString *out, const char *before, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.5g", value);
  g_string_append_printf (out, "%s%s", before, text);
}

/* Over the studied range mostly; now and then over all that is allowed, and a little
 * more. */
static inline double
covariate_value (TdmRandom *r, const TdmModelCovariate *c)
{
  gboolean wide = once_in (r, 6) || !isfinite (c->studied_low);
  double low = wide ? c->limit_low : c->studied_low;
  double high = wide ? c->limit_high * 1.02 : c->studied_high;
  if (!isfinite (low))
    low = 0.1;
  if (!isfinite (high))
    high = 5 * MAX (low, 1.0);
  return between (r, low, high);
}

static inline void
append_covariate (Writer *w, const TdmModelCovariate *c, double time_h)
{
  separate (w->text);
  g_string_append_printf (w->text, "{'name': '%s'", c->name);
  append_number (w->text, ", 'time': ", time_h);
  if (c->categories)
    g_string_append_printf (
        w->text, ", 'value': '%s'",
        c->categories[choice (w->r, g_strv_length (c->categories))]);
  else
    append_number (w->text, ", 'value': ", covariate_value (w->r, c));
  if (c->unit && !c->categories)
    g_string_append_printf (w->text, ", 'unit': '%s'", c->unit);
  g_string_append (w->text, "}");
}

/* The number of an occasion counts up; all else varies as it likes. */
static inline void
append_occasions (Writer *w, const TdmModelCovariate *c)
{
  for (guint k = 0, n = 1 + choice (w->r, 3); k < n; k++)
    {
      separate (w->text);
      g_string_append_printf (w->text, "{'name': '%s', 'time': %u, 'value': %u}",
                              c->name, 24 * k, k + 1);
    }
}

static inline void
append_covariates (Writer *w)
{
  TdmOccasionRule rule = tdm_model_get_occasion_rule (w->model);
  g_string_append (w->text, ", 'covariates': [");
  for (guint i = 0; i < tdm_model_get_n_covariates (w->model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (w->model, i);
      if (g_str_equal (c->name, "sex") || once_in (w->r, 40)
          || (c->derived && !once_in (w->r, 12)))
        continue;
      if (rule.kind == TDM_OCCASION_COVARIATE && rule.covariate == i)
        {
          append_occasions (w, c);
          continue;
        }
      guint times = 1 + (once_in (w->r, 4) ? choice (w->r, 4) : 0);
      for (guint k = 0; k < times; k++)
        append_covariate (w, c, 17.3 * k);
    }
  g_string_append (w->text, "]");
}

/* Amounts around those of the model's own dosing, intervals too. */
static inline void
append_dose (Writer *w, gboolean first)
{
  static const double intervals[] = { 6, 8, 12, 18, 24, 36, 168 };
  TdmRandom *r = w->r;
  const guint n = tdm_model_get_n_dosings (w->model);
  const TdmModelDosing *dosing = tdm_model_get_dosing (w->model, choice (r, n));
  double low = dosing->amounts_mg[0] * 0.5;
  double high = dosing->amounts_mg[dosing->n_amounts - 1] * 1.2;
  double interval = once_in (r, 3)
                        ? intervals[choice (r, G_N_ELEMENTS (intervals))]
                        : dosing->intervals_h[choice (r, dosing->n_intervals)];
  guint count = 1 + choice (r, 9);
  separate (w->text);
  append_number (w->text, "{'time': ", w->end_h);
  append_number (w->text, ", 'amount': ", log_between_of (r, low, high));
  g_string_append_printf (w->text, ", 'unit': '%s', 'route': '%s'",
                          tdm_model_get_amount_unit (w->model), dosing->route->name);
  if (dosing->route->infusion)
    append_number (w->text, ", 'duration': ",
                   once_in (r, 9) ? between (r, 8, 40) : between (r, 0.3, 4));
  if (count > 1 || once_in (r, 3))
    {
      append_number (w->text, ", 'interval': ", interval);
      if (once_in (r, first ? 4 : 12))
        g_string_append (w->text, once_in (r, 4)
                                      ? ", 'steady_state': true, 'added': true"
                                      : ", 'steady_state': true");
      g_string_append_printf (w->text, ", 'count': %u", count);
    }
  if (once_in (r, 25))
    g_string_append (w->text, ", 'reset': true");
  g_string_append (w->text, "}");
  /* Early, on time, or late. */
  w->end_h += count * interval * (once_in (r, 4) ? between (r, 0.5, 1.6) : 1.0);
}

static inline void
append_doses (Writer *w)
{
  g_string_append (w->text, ", 'doses': [");
  if (tdm_model_get_n_dosings (w->model) > 0)
    for (guint i = 0, n = choice (w->r, 4); i < n; i++)
      append_dose (w, i == 0);
  g_string_append (w->text, "]");
}

/* What the typical patient would have at `time_h`, in the output's unit; NAN when the
 * case so far is refused. */
static inline double
typical_level (const TdmProblem *problem, double time_h, guint output)
{
  double value = NAN;
  const TdmPlanSpec spec = {
    .until_h = INFINITY, .times_h = &time_h, .outputs = &output, .n_times = 1
  };
  if (!problem || !tdm_problem_predict (problem, NULL, &spec, &value, NULL))
    return NAN;
  return value;
}

/* Levels around the typical patient's, some of them far away. */
static inline void
append_level (Writer *w, const TdmProblem *problem)
{
  TdmRandom *r = w->r;
  const guint output = choice (r, tdm_model_get_n_outputs (w->model));
  const TdmModelOutput *o = tdm_model_get_output (w->model, output);
  double time_h = between (r, -3, w->end_h + 30);
  double value = typical_level (problem, time_h, output);
  if (!(value > 1e-12))
    value = 0.37;
  value *= exp (0.6 * tdm_random_normal (r));
  if (once_in (r, 12))
    value *= log_between_of (r, 1e-2, 1e2);
  separate (w->text);
  append_number (w->text, "{'time': ", time_h);
  append_number (w->text, ", 'value': ", value);
  g_string_append_printf (w->text, ", 'unit': '%s', 'output': '%s'", o->unit, o->name);
  guint kind = choice (r, 14);
  if (kind < 2)
    g_string_append (w->text, kind ? ", 'below': true" : ", 'above': true");
  else if (kind == 3)
    append_number (w->text, ", 'weight': ", tdm_random_uniform (r));
  else if (kind == 4)
    g_string_append (w->text, ", 'use': false");
  else if (kind == 5)
    g_string_append (w->text, ", 'after_dose': true");
  g_string_append (w->text, "}");
}

static inline void
append_levels (Writer *w, const TdmProblem *problem)
{
  g_string_append (w->text, ", 'levels': [");
  for (guint i = 0, n = choice (w->r, 5); i < n; i++)
    append_level (w, problem);
  g_string_append (w->text, "]");
}

static inline void
append_target (Writer *w, const TdmProblem *problem)
{
  static const char *const names[] = { "trough", "peak", "average" };
  TdmRandom *r = w->r;
  const TdmModelOutput *o = tdm_model_get_output (w->model, 0);
  const guint kind = choice (r, 8);
  double level = typical_level (problem, between (r, 1, w->end_h + 1), 0);
  if (kind > 3 || !(level > 1e-9))
    return;
  if (kind == 3)
    {
      append_number (
          w->text,
          ", 'target': {'metric': 'time_above', 'low': 0.6, 'threshold': ", level);
      g_string_append_printf (w->text, ", 'threshold_unit': '%s'}", o->unit);
      return;
    }
  g_string_append_printf (w->text, ", 'target': {'metric': '%s', 'unit': '%s'",
                          names[kind], o->unit);
  if (!once_in (r, 3))
    append_number (w->text, ", 'low': ", level);
  else
    append_number (w->text, ", 'high': ", level);
  if (once_in (r, 3))
    append_number (w->text, ", 'at': ", between (r, 0, 400));
  g_string_append (w->text, "}");
}

/* The problem of the case so far, or NULL. */
static inline TdmProblem *
problem_so_far (const Writer *w)
{
  g_autofree char *text = g_strconcat (w->text->str, "}", NULL);
  g_strdelimit (text, "'", '"');
  g_autoptr (TdmCase) record = tdm_case_file_parse (text, strlen (text), NULL);
  return record ? tdm_problem_new (record, (TdmModel *)w->model, NULL) : NULL;
}

/* The case file of patient `number` of `seed`, with single quotes. Yours. */
static inline char *
random_patient (guint64 seed, guint64 number, const TdmModel *model)
{
  g_autoptr (TdmRandom) r = tdm_random_new (seed * 1000003 + number);
  Writer w = { .r = r, .model = model, .text = g_string_new (NULL) };
  g_string_append_printf (
      w.text,
      "{'format': 'titrate-case/1', 'model': '%s', 'patient': {'id': 'R', 'sex': '%s'}",
      tdm_model_get_id (model), choice (r, 2) ? "male" : "female");
  append_covariates (&w);
  append_doses (&w);
  g_autoptr (TdmProblem) problem = problem_so_far (&w);
  append_levels (&w, problem);
  append_target (&w, problem);
  if (once_in (r, 4))
    {
      append_number (w.text, ", 'options': {'prior_weight': ", between (r, 0.2, 3));
      g_string_append (w.text, "}");
    }
  g_string_append (w.text, "}");
  return g_string_free (w.text, FALSE);
}
