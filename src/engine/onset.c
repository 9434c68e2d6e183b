#include "engine/onset.h"

#include "base/clock.h"
#include "engine/limits.h"
#include "engine/ward.h"

#include <math.h>

/* A loading dose by no rule of its own is at most so many doses. */
#define MOST_DOSES 4.0
/* Where an infusion goes on for ever its loading dose has no length of its own. */
#define LOADING_STEP_H 0.5
#define LOADING_LEAST_H 1.0
/* Holds, in intervals of the regimen: where a ward gives doses every 12 h it can also
 * give them six hours later. None is longer than HOLD_MOST_H. */
#define HOLD_MOST_H 96.0
static const double hold_intervals[] = { 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0 };

static TdmRegimen *
variant_of (const TdmRegimen *regimen)
{
  TdmRegimen *out = g_memdup2 (regimen, sizeof *regimen);
  out->notes = tdm_notes_new ();
  out->is_current = FALSE;
  return out;
}

static void
variant_free (TdmRegimen *self)
{
  g_ptr_array_unref (self->notes);
  g_free (self);
}

/* At most `most` of them, spread over the whole, its ends included. Yours. */
static GPtrArray *
spread (const GPtrArray *all, guint most)
{
  GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)variant_free);
  const guint n = MIN (most, all->len), span = MAX (all->len, 1) - 1;
  for (guint k = 0; k < n; k++)
    {
      guint i = n > 1 ? (guint)round ((double)k * span / (n - 1)) : span / 2;
      g_ptr_array_add (out, variant_of (all->pdata[i]));
    }
  return out;
}

/* The highest rate that every way of giving by this route allows. */
static double
least_rate (const TdmModel *model, const TdmModelRoute *route)
{
  double rate = INFINITY;
  for (guint i = 0; i < tdm_model_get_n_dosings (model); i++)
    if (tdm_model_get_dosing (model, i)->route == route)
      rate = MIN (rate, tdm_model_get_dosing (model, i)->max_rate_mg_h);
  return rate;
}

/* The shortest length that the rate allows; NAN where none does. */
static double
loading_length (const TdmProblem *problem, const TdmRegimen *r, double amount_mg)
{
  const TdmModelDosing *d = r->dosing;
  const double factor = tdm_limits_salt_factor (r->salt);
  const double rate = factor * least_rate (tdm_problem_get_model (problem), r->route);
  if (r->duration_h >= r->interval_h)
    return MAX (LOADING_LEAST_H,
                LOADING_STEP_H * ceil (amount_mg / rate / LOADING_STEP_H - 1e-9));
  if (d->n_durations == 0)
    return 0;
  for (guint i = 0; i < d->n_durations; i++)
    if (amount_mg <= d->durations_h[i] * d->max_rate_mg_h * factor * (1 + 1e-9))
      return d->durations_h[i];
  return NAN;
}

/* Least and most of a loading dose, mg; FALSE where neither the dosing says what it may
 * be nor a limit on single doses is known. */
static gboolean
loading_range (const TdmProblem *problem, const TdmRegimen *r, double *least,
               double *most)
{
  const TdmModelDosing *d = r->dosing;
  const double factor = tdm_limits_salt_factor (r->salt);
  const int wt = tdm_model_find_covariate (tdm_problem_get_model (problem), "WT");
  const double weight =
      wt < 0 ? NAN : tdm_problem_get_covariate_at (problem, wt, r->first_dose_h);
  *least = r->amount_mg * (1 + 1e-9);
  *most = MIN (d->max_single_mg * factor, MOST_DOSES * r->amount_mg);
  if (d->loading_high_mg_kg > 0 && isfinite (weight))
    {
      *least = MAX (*least, d->loading_low_mg_kg * weight * factor * (1 - 1e-9));
      *most = MIN (d->loading_high_mg_kg * weight, d->max_loading_mg) * factor;
      return TRUE;
    }
  return isfinite (d->max_single_mg) && d->loading_high_mg_kg <= 0;
}

GPtrArray *
tdm_onset_loadings (const TdmProblem *problem, const TdmRegimen *regimen, guint most)
{
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)variant_free);
  const TdmModelDosing *d = regimen->dosing;
  double low, high;
  if (!d || regimen->loading_mg > 0 || !loading_range (problem, regimen, &low, &high))
    return g_steal_pointer (&all);
  for (guint i = 0; i < d->n_amounts; i++)
    {
      g_autoptr (GPtrArray) one =
          g_ptr_array_new_with_free_func ((GDestroyNotify)variant_free);
      TdmRegimen *v = variant_of (regimen);
      g_ptr_array_add (one, v);
      v->loading_mg = d->amounts_mg[i] * tdm_limits_salt_factor (regimen->salt);
      v->loading_duration_h = loading_length (problem, regimen, v->loading_mg);
      if (v->loading_mg >= low && v->loading_mg <= high * (1 + 1e-9)
          && !isnan (v->loading_duration_h) && tdm_limits_allow_regimen (v))
        g_ptr_array_add (all, g_ptr_array_steal_index (one, 0));
    }
  return spread (all, most);
}

/* Interned, because regimens are copied as they are. */
static const char *
clock_text (const TdmProblem *problem, double time_h)
{
  GDateTime *start = tdm_case_get_start (tdm_problem_get_case (problem));
  if (start == NULL)
    return NULL;
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  g_autofree char *text = tdm_clock_display (at);
  return g_intern_string (text);
}

GPtrArray *
tdm_onset_holds (const TdmProblem *problem, const TdmRegimen *regimen, double until_h,
                 guint most)
{
  const double start = tdm_regimen_start (regimen);
  g_autoptr (GPtrArray) all =
      g_ptr_array_new_with_free_func ((GDestroyNotify)variant_free);
  double last = regimen->hold_h;
  for (guint k = 0; regimen->dosing && k < G_N_ELEMENTS (hold_intervals); k++)
    {
      const double wait = MAX (1.0, round (hold_intervals[k] * regimen->interval_h));
      const double first =
          tdm_ward_first (tdm_problem_get_case (problem), regimen->first_dose_h + wait,
                          regimen->interval_h);
      if (isnan (first) || first - start <= last + 1e-6 || first - start > HOLD_MOST_H
          || first >= until_h)
        continue;
      TdmRegimen *v = variant_of (regimen);
      v->first_dose_h = first;
      v->hold_h = last = first - start;
      v->is_hold = TRUE;
      v->restart = clock_text (problem, first);
      g_ptr_array_add (all, v);
    }
  return spread (all, most);
}
