/* Covariates in the model's units: what the case and the patient's own fields say of
 * them, and whether they suit the model. */
#include "engine/problem-private.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/number.h"
#include "base/substance.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* All entries of one covariate, sorted by time; several at one time: the last one
 * counts. */
static gint
compare_points (gconstpointer a, gconstpointer b)
{
  const TdmCovariatePoint *x = a, *y = b;
  return (x->time_h > y->time_h) - (x->time_h < y->time_h);
}

static gboolean
category_value (const TdmModelCovariate *covariate, const char *text, const char *place,
                double *out, GError **error)
{
  for (guint k = 0; covariate->categories && covariate->categories[k]; k++)
    if (g_ascii_strcasecmp (covariate->categories[k], text) == 0)
      {
        *out = k;
        return TRUE;
      }
  if (!covariate->categories)
    return tdm_error_set_input (error, place,
                                "%s must be a number, not the text \"%s\"",
                                covariate->name, text);
  g_autofree char *known = g_strjoinv (", ", covariate->categories);
  return tdm_error_set_input (error, place,
                              "\"%s\" is not known for %s; expected one of %s", text,
                              covariate->name, known);
}

static gboolean
convert_entry (const TdmModelCovariate *covariate, const TdmCovariateEntry *entry,
               guint index, double *out, GError **error)
{
  g_autofree char *place = g_strdup_printf ("covariates[%u].value", index);
  g_autofree char *unit_place = g_strdup_printf ("covariates[%u].unit", index);
  if (entry->text)
    return category_value (covariate, entry->text, place, out, error);
  *out = entry->value;
  if (covariate->categories)
    {
      guint n = g_strv_length (covariate->categories);
      if (entry->value < 0 || entry->value >= n || entry->value != floor (entry->value))
        return tdm_error_set_input (error, place, "%s must be one of its %u categories",
                                    covariate->name, n);
      return TRUE;
    }
  if (!entry->unit && !covariate->unit)
    return TRUE;
  if (!entry->unit)
    return tdm_error_set_input (error, unit_place, "%s needs a unit; the model uses %s",
                                covariate->name, covariate->unit);
  g_autoptr (GError) local = NULL;
  double molar = tdm_substance_molar_mass (covariate->name);
  const char *to = covariate->unit ? covariate->unit : "1";
  if (tdm_unit_convert (entry->value, entry->unit, to, molar, out, &local))
    return TRUE;
  return tdm_error_set_input (error, unit_place, "%s", local->message);
}

/* Whether a note already says that this covariate is outside the studied range: one
 * tells of all its entries. */
static gboolean
was_noted (const TdmProblem *self, const TdmModelCovariate *covariate)
{
  g_autofree char *start = g_strconcat (covariate->title, " ", NULL);
  for (guint i = 0; i < self->notes->len; i++)
    {
      const TdmNote *note = self->notes->pdata[i];
      if (g_str_equal (note->code, "covariate-outside-range")
          && g_str_has_prefix (note->text, start)
          && g_ascii_isdigit (note->text[strlen (start)]))
        return TRUE;
    }
  return FALSE;
}

gboolean
tdm_problem_check_covariate (TdmProblem *self, const TdmModelCovariate *covariate,
                             double value, const char *place, GError **error)
{
  const char *unit = covariate->unit ? covariate->unit : "";
  const char *id = tdm_model_get_id (self->model);
  g_autofree char *shown = tdm_number_format (value, 4);
  if (value < covariate->limit_low || value > covariate->limit_high)
    {
      g_autofree char *low = tdm_number_format (covariate->limit_low, 4);
      g_autofree char *high = isfinite (covariate->limit_high)
                                  ? tdm_number_format (covariate->limit_high, 4)
                                  : NULL;
      g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                   "%s: %s %s %s is outside what %s may be used for (%s to %s %s); "
                   "correct the value or choose another model",
                   place, covariate->name, shown, unit, id, low, high ? high : "any",
                   unit);
      return FALSE;
    }
  if (value < covariate->studied_low || value > covariate->studied_high)
    {
      self->extrapolated = TRUE;
      if (was_noted (self, covariate))
        return TRUE;
      g_autofree char *low = tdm_number_format (covariate->studied_low, 4);
      g_autofree char *high = tdm_number_format (covariate->studied_high, 4);
      tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "covariate-outside-range", place,
                     "%s %s %s is outside the people this model was built from "
                     "(%s to %s %s): the answer is an extrapolation.",
                     covariate->title, shown, unit, low, high, unit);
    }
  return TRUE;
}

/* Age in years or days at the start of the case, from the birth date; FALSE when it is
 * not known. */
static gboolean
age_at_start (const TdmProblem *self, const TdmModelCovariate *covariate, double *out)
{
  const TdmPatient *patient = tdm_case_get_patient (self->record);
  GDateTime *start = tdm_case_get_start (self->record);
  GDate birth;
  if (!patient->birth || !start || !tdm_clock_parse_date (patient->birth, &birth, NULL))
    return FALSE;
  GDate then;
  g_date_set_dmy (&then, (GDateDay)g_date_time_get_day_of_month (start),
                  (GDateMonth)g_date_time_get_month (start),
                  (GDateYear)g_date_time_get_year (start));
  double days = g_date_days_between (&birth, &then);
  return days >= 0 && covariate->unit
         && tdm_unit_convert (days, "d", covariate->unit, 0, out, NULL);
}

/* What the patient's own fields say of a covariate that has no entry. */
static void
add_from_patient (TdmProblem *self, const TdmModelCovariate *covariate, GArray *points)
{
  const TdmPatient *patient = tdm_case_get_patient (self->record);
  TdmCovariatePoint point = { 0.0, NAN };
  if (g_ascii_strcasecmp (covariate->name, "sex") == 0
      && patient->sex != TDM_SEX_UNKNOWN)
    {
      const char *text = patient->sex == TDM_SEX_MALE ? "male" : "female";
      if (category_value (covariate, text, "patient.sex", &point.value, NULL))
        g_array_append_val (points, point);
    }
  else if (g_str_equal (covariate->name, "AGE") || g_str_equal (covariate->name, "PNA"))
    {
      if (age_at_start (self, covariate, &point.value))
        g_array_append_val (points, point);
    }
}

/* "no", "35 %": a value of a covariate. */
static char *
value_text (const TdmModelCovariate *covariate, double value)
{
  if (covariate->categories)
    return g_strdup (covariate->categories[(guint)value]);
  g_autofree char *number = tdm_number_format (value, 4);
  if (!covariate->unit)
    return g_steal_pointer (&number);
  g_autofree char *unit = tdm_unit_display (covariate->unit);
  return g_strdup_printf ("%s %s", number, unit);
}

static void
note_direct (TdmProblem *self, const TdmModelCovariate *covariate)
{
  tdm_notes_add (self->notes, TDM_NOTE_INFO, "covariate-given-directly", "covariates",
                 "%s is given directly; it is not computed from other values.",
                 covariate->title);
}

static gboolean
has_entry (const TdmProblem *self, const TdmModelCovariate *covariate)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (self->record); i++)
    if (g_ascii_strcasecmp (tdm_case_get_covariate (self->record, i)->name,
                            covariate->name)
        == 0)
      return TRUE;
  return FALSE;
}

/* What doses say: the formulation of each holds until the next of another. */
static gboolean
add_formulations (TdmProblem *self, guint c, GArray *points, GError **error)
{
  for (guint i = 0; i < tdm_case_get_n_doses (self->record); i++)
    {
      const TdmDoseEntry *dose = tdm_case_get_dose (self->record, i);
      guint covariate, category;
      if (!dose->formulation
          || !tdm_model_find_formulation (self->model, dose->formulation, &covariate,
                                          &category)
          || covariate != c)
        continue;
      g_autofree char *place = g_strdup_printf ("doses[%u].formulation", i);
      if (has_entry (self, tdm_model_get_covariate (self->model, c)))
        return tdm_error_set_input (
            error, place,
            "%s is a covariate of the case already; leave one of them out",
            tdm_model_get_covariate (self->model, c)->name);
      for (guint k = 0; k < MAX (dose->count, 1); k++)
        {
          TdmCovariatePoint point = { dose->time.hours + k * dose->interval_h,
                                      category };
          g_array_append_val (points, point);
        }
    }
  return TRUE;
}

static gboolean
collect_points (TdmProblem *self, guint c, GArray *points, GError **error)
{
  const TdmModelCovariate *covariate = tdm_model_get_covariate (self->model, c);
  for (guint i = 0; i < tdm_case_get_n_covariates (self->record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (self->record, i);
      if (g_ascii_strcasecmp (entry->name, covariate->name) != 0)
        continue;
      TdmCovariatePoint point = { entry->time.hours, 0.0 };
      g_autofree char *place = g_strdup_printf ("covariates[%u].value", i);
      if (!convert_entry (covariate, entry, i, &point.value, error)
          || !tdm_problem_check_covariate (self, covariate, point.value, place, error))
        return FALSE;
      g_array_append_val (points, point);
    }
  if (!add_formulations (self, c, points, error))
    return FALSE;
  if (points->len > 0 && covariate->derived && !covariate->imputed)
    note_direct (self, covariate);
  if (points->len == 0)
    {
      add_from_patient (self, covariate, points);
      if (points->len == 1
          && !tdm_problem_check_covariate (
              self, covariate, g_array_index (points, TdmCovariatePoint, 0).value,
              "patient", error))
        return FALSE;
    }
  if (points->len == 0 && covariate->has_default && covariate->needed)
    {
      TdmCovariatePoint point = { 0.0, covariate->default_value };
      g_autofree char *shown = value_text (covariate, covariate->default_value);
      g_array_append_val (points, point);
      tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "covariate-assumed", "covariates",
                     "%s is not given; %s is assumed.", covariate->title, shown);
    }
  /* A stable sort keeps the written order at equal times. */
  g_array_sort (points, compare_points);
  return TRUE;
}

/* What the model guesses of covariates without entries, from others. */
static void
note_imputed (TdmProblem *self, GArray **points)
{
  const guint n = tdm_model_get_n_covariates (self->model);
  const double *end = tdm_problem_get_row (self, self->n_bindings - 1, 0);
  for (guint c = 0; c < n; c++)
    {
      const TdmModelCovariate *covariate = tdm_model_get_covariate (self->model, c);
      const double first = self->covariates[c], last = end[c];
      if (!covariate->imputed || !covariate->needed || points[c]->len > 0
          || !isfinite (first))
        continue;
      g_autofree char *shown = value_text (covariate, first);
      g_autofree char *later = value_text (covariate, last);
      tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "covariate-imputed", "covariates",
                     "%s is not given; %s%s%s is assumed, as the model estimates it "
                     "from other values.",
                     covariate->title, shown,
                     first != last ? " at first, at last " : "",
                     first != last ? later : "");
    }
}

/* A covariate of the case that the model does not know is not silently ignored. */
static void
note_unused (TdmProblem *self)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (self->record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (self->record, i);
      gboolean known = FALSE;
      for (guint c = 0; c < tdm_model_get_n_covariates (self->model); c++)
        known |= g_ascii_strcasecmp (tdm_model_get_covariate (self->model, c)->name,
                                     entry->name)
                 == 0;
      if (!known)
        tdm_notes_add (self->notes, TDM_NOTE_INFO, "covariate-not-used", "covariates",
                       "%s is not used by %s.", entry->name,
                       tdm_model_get_id (self->model));
    }
}

gboolean
tdm_problem_load_covariates (TdmProblem *self, GError **error)
{
  guint n = tdm_model_get_n_covariates (self->model);
  g_autoptr (GPtrArray) points =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  for (guint c = 0; c < n; c++)
    {
      GArray *own = g_array_new (FALSE, FALSE, sizeof (TdmCovariatePoint));
      g_ptr_array_add (points, own);
      if (!collect_points (self, c, own, error))
        return FALSE;
    }
  GArray **lists = (GArray **)(void *)points->pdata;
  note_unused (self);
  self->n_subpopulations = tdm_model_get_n_subpopulations (self->model);
  if (!tdm_problem_bind (self, lists, error))
    return FALSE;
  note_imputed (self, lists);
  return TRUE;
}

gboolean
tdm_problem_load_subpopulations (TdmProblem *self, GError **error)
{
  const guint n = self->n_subpopulations;
  if (n == 0)
    return TRUE;
  self->priors = g_new0 (double, n);
  if (!tdm_model_get_subpopulation_priors (self->model, self->covariates, self->priors,
                                           error))
    return FALSE;
  for (guint k = 1; k < n; k++)
    if (self->priors[k] > self->priors[self->likeliest])
      self->likeliest = k;
  return TRUE;
}
