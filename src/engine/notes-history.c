#include "engine/notes-history.h"

#include "base/number.h"
#include "base/substance.h"
#include "base/unit.h"

#include <math.h>

/* How old a measure of renal function may be when a level is read with it. */
#define OLD_WARD_H 72.0
#define OLD_ICU_H 24.0
/* More change than this within so many hours, and no formula that supposes a steady
 * creatinine holds. */
#define CHANGE_SHARE 0.3
#define CHANGE_WITHIN_H 48.0
/* Swapped values must lower the objective by more than this: odds of about 150. */
#define SWAP_GAIN 10.0
/* With more levels than this none is a slip of the pen that decides the fit. */
#define SWAP_LEVELS 20

static const char *const renal[] = { "SCR", "CYSC", "CLCR", "EGFR" };

/* The last used level's time; -INFINITY when none is used. */
static double
last_level_h (const TdmProblem *problem)
{
  double last = -INFINITY;
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    if (tdm_problem_get_level (problem, i)->use)
      last = MAX (last, tdm_problem_get_level (problem, i)->time_h);
  return last;
}

/* The last entry of a covariate, by time; -1 = none. */
static int
last_entry (const TdmCase *record, const char *name)
{
  int last = -1;
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      if (g_str_equal (entry->name, name)
          && (last < 0
              || entry->time.hours
                     >= tdm_case_get_covariate (record, (guint)last)->time.hours))
        last = (int)i;
    }
  return last;
}

static gboolean
is_needed (const TdmModel *model, const char *name)
{
  int i = tdm_model_find_covariate (model, name);
  return i >= 0 && tdm_model_get_covariate (model, (guint)i)->needed;
}

static gboolean
is_in_intensive_care (const TdmCase *record)
{
  int i = last_entry (record, "ICU");
  return i >= 0 && tdm_case_get_covariate (record, (guint)i)->value > 0;
}

static void
note_old (const TdmProblem *problem, const char *name, GPtrArray *notes)
{
  const TdmCase *record = tdm_problem_get_case (problem);
  int i = last_entry (record, name);
  double most = is_in_intensive_care (record) ? OLD_ICU_H : OLD_WARD_H;
  if (i < 0)
    return;
  double age =
      last_level_h (problem) - tdm_case_get_covariate (record, (guint)i)->time.hours;
  if (!(age > most))
    return;
  g_autofree char *place = g_strdup_printf ("covariates[%d].time", i);
  g_autofree char *days = tdm_number_format (age / 24, 2);
  tdm_notes_add (
      notes, TDM_NOTE_CAUTION, "covariate-old", place,
      "The last %s is from %s days before the last level; renal function may "
      "have changed since.",
      name, days);
}

/* Creatinine in mg/dL; NAN when it is not written in a unit that converts. */
static double
creatinine (const TdmCovariateEntry *entry)
{
  double value;
  if (!entry->unit
      || !tdm_unit_convert (entry->value, entry->unit, "mg/dL", TDM_CREATININE_G_MOL,
                            &value, NULL))
    return NAN;
  return value;
}

static void
note_changing (const TdmProblem *problem, GPtrArray *notes)
{
  const TdmCase *record = tdm_problem_get_case (problem);
  int last = last_entry (record, "SCR");
  double change = 0;
  if (last < 0)
    return;
  const TdmCovariateEntry *now = tdm_case_get_covariate (record, (guint)last);
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      if (!g_str_equal (entry->name, "SCR")
          || now->time.hours - entry->time.hours > CHANGE_WITHIN_H)
        continue;
      double share = creatinine (now) / creatinine (entry) - 1;
      if (fabs (share) > fabs (change))
        change = share;
    }
  if (!(fabs (change) > CHANGE_SHARE))
    return;
  g_autofree char *place = g_strdup_printf ("covariates[%d].value", last);
  g_autofree char *percent = tdm_number_format (fabs (100 * change), 2);
  tdm_notes_add (
      notes, TDM_NOTE_CAUTION, "renal-function-changing", place,
      "Creatinine %s by %s %% within two days: renal function is not steady, "
      "and clearance estimated from it lags behind.",
      change > 0 ? "rose" : "fell", percent);
}

void
tdm_notes_on_renal_function (const TdmProblem *problem, GPtrArray *notes)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  for (guint k = 0; k < G_N_ELEMENTS (renal); k++)
    if (is_needed (model, renal[k]))
      note_old (problem, renal[k], notes);
  if (is_needed (model, "SCR"))
    note_changing (problem, notes);
}

/* The used level that comes next after level `i`, of the same output; -1 = none. */
static int
next_level (const TdmFit *fit, guint i)
{
  const TdmFitLevel *level = &fit->levels[i];
  int next = -1;
  for (guint j = 0; j < fit->n_levels; j++)
    if (fit->levels[j].used && fit->levels[j].output == level->output
        && fit->levels[j].censor == TDM_CENSOR_NONE
        && fit->levels[j].time_h > level->time_h
        && (next < 0 || fit->levels[j].time_h < fit->levels[next].time_h))
      next = (int)j;
  return next;
}

/* The objective of the case with two levels' values swapped; INFINITY when there is
 * none. */
static double
swapped_objective (const TdmFit *fit, guint i, guint j, GCancellable *cancellable)
{
  TdmCase *record = tdm_problem_get_case (fit->problem);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  TdmLevelEntry one = *tdm_case_get_level (record, i);
  TdmLevelEntry other = *tdm_case_get_level (record, j);
  const TdmLevelEntry kept = one;
  one.value = other.value;
  one.unit = other.unit;
  other.value = kept.value;
  other.unit = kept.unit;
  tdm_case_edit_replace_level (edit, i, &one);
  tdm_case_edit_replace_level (edit, j, &other);
  g_autoptr (TdmCase) swapped = tdm_case_edit_finish (edit, NULL);
  g_autoptr (TdmProblem) problem =
      swapped ? tdm_problem_new (swapped, tdm_problem_get_model (fit->problem), NULL)
              : NULL;
  g_autoptr (TdmFit) again =
      problem ? tdm_map_fit (problem, NULL, cancellable, NULL) : NULL;
  return again && again->converged ? again->objective : INFINITY;
}

void
tdm_notes_on_swapped_levels (const TdmFit *fit, GCancellable *cancellable,
                             GPtrArray *notes)
{
  for (guint i = 0; i < fit->n_levels && fit->n_levels <= SWAP_LEVELS; i++)
    {
      const TdmFitLevel *one = &fit->levels[i];
      int j = one->used && one->censor == TDM_CENSOR_NONE ? next_level (fit, i) : -1;
      if (j < 0)
        continue;
      const TdmFitLevel *other = &fit->levels[j];
      if ((one->observed - other->observed) * (one->population - other->population) >= 0
          || !(fit->objective - swapped_objective (fit, i, (guint)j, cancellable)
               > SWAP_GAIN))
        continue;
      g_autofree char *place = g_strdup_printf ("levels[%u].value", i);
      tdm_notes_add (notes, TDM_NOTE_CAUTION, "levels-swapped", place,
                     "Levels %u and %u fit much better the other way round; check "
                     "whether the two samples were swapped.",
                     i + 1, (guint)j + 1);
    }
}
