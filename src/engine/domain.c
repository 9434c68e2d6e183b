/* How far a patient is from the people of a model: for age, weight, body mass index and
 * renal function each the distance from their middle on the logarithmic scale, in half
 * ranges: up to 1 within the range, from 1 on outside. Ranks models; is shown to nobody
 * as a number. */
#include "engine/domain.h"

#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* What an unknown value or range counts; a step of this size outside the range counts
 * one more; a group that fits, or does not. */
#define UNKNOWN_DISTANCE 0.7
#define STEP_OUTSIDE 0.1
#define GROUP_DISTANCE 0.3
/* Dialysis that a model knows nothing of makes its clearance somebody else's. */
#define DIALYSIS_DISTANCE 3.0

/* What a comparison is made from. */
typedef struct
{
  TdmDomain *out;
  TdmCase *record;
  TdmProblem *problem; /* NULL where the model cannot be used */
} Comparison;

static void
line_free (TdmDomainLine *self)
{
  g_free (self->title);
  g_free (self->unit);
  g_free (self);
}

void
tdm_domain_free (TdmDomain *self)
{
  tdm_model_unref (self->model);
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->reasons);
  g_free (self->obstacle);
  g_free (self);
}

/* The last entry of a covariate in `unit`; NAN when there is none that converts. */
static double
last_value (TdmCase *record, const char *name, const char *unit)
{
  double value = NAN, latest = -INFINITY;

  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      double converted = entry->value;
      if (g_ascii_strcasecmp (entry->name, name) != 0 || entry->text != NULL
          || entry->time.hours < latest)
        continue;
      if (unit != NULL
          && (entry->unit == NULL
              || !tdm_unit_convert (entry->value, entry->unit, unit, 0.0, &converted,
                                    NULL)))
        continue;
      value = converted;
      latest = entry->time.hours;
    }
  return value;
}

/* Years between birth and the start of the case. */
static double
age_from_birth (TdmCase *record)
{
  const TdmPatient *patient = tdm_case_get_patient (record);
  GDateTime *start = tdm_case_get_start (record);
  GDate birth, then;

  if (patient->birth == NULL || start == NULL
      || !tdm_clock_parse_date (patient->birth, &birth, NULL))
    return NAN;
  g_date_set_dmy (&then, (GDateDay)g_date_time_get_day_of_month (start),
                  (GDateMonth)g_date_time_get_month (start),
                  (GDateYear)g_date_time_get_year (start));
  double years;
  return tdm_unit_convert (g_date_days_between (&birth, &then), "d", "y", 0.0, &years,
                           NULL)
             ? years
             : NAN;
}

/* What the model makes of the case at its end: derived covariates too. NAN = unknown,
 * also when there is no problem. */
static double
resolved_value (const TdmProblem *problem, const TdmModel *model, const char *name)
{
  int i = tdm_model_find_covariate (model, name);

  if (problem == NULL || i < 0)
    return NAN;
  return tdm_problem_get_covariate_at (problem, i, INFINITY);
}

static double
first_known (double a, double b)
{
  return isnan (a) ? b : a;
}

/* Whether a model file says in what range the covariate was studied: without, the
 * allowed range stands in its place. */
static gboolean
is_studied (const TdmModelCovariate *c)
{
  return c->categories == NULL
         && (c->studied_low != c->limit_low || c->studied_high != c->limit_high);
}

/* The range that [people] states, completed by what the covariate was studied in. */
static TdmModelRange
complete (TdmModelRange range, const TdmModel *model, const char *name,
          const char *unit)
{
  int i = tdm_model_find_covariate (model, name);
  const TdmModelCovariate *c = i >= 0 ? tdm_model_get_covariate (model, i) : NULL;

  if (c == NULL || c->unit == NULL || !is_studied (c))
    return range;
  if (isnan (range.low) && isfinite (c->studied_low))
    (void)!tdm_unit_convert (c->studied_low, c->unit, unit, 0.0, &range.low, NULL);
  if (isnan (range.high) && isfinite (c->studied_high))
    (void)!tdm_unit_convert (c->studied_high, c->unit, unit, 0.0, &range.high, NULL);
  return range;
}

/* Logarithm that newborns of 0 years have, too. */
static double
scale (double value)
{
  return log (value + 1e-3);
}

static double
distance_of (double value, const TdmModelRange *range)
{
  const gboolean ends = !isnan (range->low) && !isnan (range->high);
  double middle = first_known (
      range->median, ends ? sqrt ((range->low + 1e-3) * (range->high + 1e-3)) : NAN);

  if (isnan (value) || isnan (middle))
    return UNKNOWN_DISTANCE;
  if (!isnan (range->high) && value > range->high)
    return 1.0 + (scale (value) - scale (range->high)) / STEP_OUTSIDE;
  if (!isnan (range->low) && value < range->low)
    return 1.0 + (scale (range->low) - scale (value)) / STEP_OUTSIDE;
  double end = value > middle ? range->high : range->low;
  double half = isnan (end) ? 0.7 : fabs (scale (end) - scale (middle));
  return fabs (scale (value) - scale (middle)) / MAX (half, 1e-3);
}

static TdmDomainVerdict
verdict_of (double value, const TdmModelRange *range)
{
  if (isnan (value) || (isnan (range->low) && isnan (range->high)))
    return TDM_DOMAIN_UNKNOWN;
  return value < range->low || value > range->high ? TDM_DOMAIN_OUTSIDE
                                                   : TDM_DOMAIN_INSIDE;
}

static char *
range_words (const TdmModelRange *range, const char *unit)
{
  g_autofree char *low = isnan (range->low) ? NULL : tdm_number_format (range->low, 3);
  g_autofree char *high =
      isnan (range->high) ? NULL : tdm_number_format (range->high, 3);

  if (isnan (range->low))
    return g_strdup_printf ("up to %s %s", high, unit);
  if (isnan (range->high))
    return g_strdup_printf ("from %s %s", low, unit);
  return g_strdup_printf ("%s to %s %s", low, high, unit);
}

static void
add_reason (const Comparison *self, const TdmDomainLine *line)
{
  if (line->verdict == TDM_DOMAIN_UNKNOWN)
    return;
  g_autofree char *unit =
      line->unit != NULL ? tdm_unit_display (line->unit) : g_strdup ("");
  g_autofree char *value = tdm_number_format (line->value, 3);
  g_autofree char *range = range_words (&line->range, unit);
  g_ptr_array_add (
      self->out->reasons,
      g_strdup_printf ("%s %s %s is %s those of its people (%s).", line->title, value,
                       unit, line->verdict == TDM_DOMAIN_INSIDE ? "among" : "outside",
                       range));
}

static TdmDomainLine *
add_line (const Comparison *self, const char *title, const char *unit, double value,
          TdmModelRange range)
{
  TdmDomainLine *line = g_new0 (TdmDomainLine, 1);

  line->title = g_strdup (title);
  line->unit = g_strdup (unit);
  line->value = value;
  line->range = range;
  line->verdict = verdict_of (value, &range);
  g_ptr_array_add (self->out->lines, line);
  return line;
}

/* One of the quantities by which models are ranked. */
static void
add_ranked (const Comparison *self, const char *title, const char *unit, double value,
            TdmModelRange range)
{
  TdmDomainLine *line = add_line (self, title, unit, value, range);

  self->out->distance += distance_of (value, &range);
  add_reason (self, line);
}

static double
body_mass_index (TdmCase *record, double weight_kg)
{
  double height_m = last_value (record, "HT", "m");

  return isnan (height_m) ? NAN : weight_kg / (height_m * height_m);
}

/* The other covariates that were studied within limits: shown, not ranked by. */
static void
add_others (const Comparison *self)
{
  const TdmModel *model = self->out->model;
  static const char *const ranked[] = { "AGE", "WT", "CLCR", "BMI", NULL };

  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (!is_studied (c) || g_strv_contains (ranked, c->name))
        continue;
      const TdmModelRange range = { c->studied_low, c->studied_high, NAN };
      double value = first_known (resolved_value (self->problem, model, c->name),
                                  last_value (self->record, c->name, c->unit));
      add_reason (self, add_line (self, c->title, c->unit, value, range));
    }
}

/* The last entry of a covariate that is yes or no. */
static gboolean
says_yes (TdmCase *record, const char *name)
{
  gboolean yes = FALSE;
  double latest = -INFINITY;

  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    {
      const TdmCovariateEntry *entry = tdm_case_get_covariate (record, i);
      if (g_ascii_strcasecmp (entry->name, name) != 0 || entry->time.hours < latest)
        continue;
      yes = entry->text != NULL ? g_ascii_strcasecmp (entry->text, "yes") == 0
                                : entry->value == 1.0;
      latest = entry->time.hours;
    }
  return yes;
}

/* Groups that the case names as covariates, whatever the model. */
static void
add_groups (const Comparison *self)
{
  static const struct
  {
    const char *covariate;
    TdmGroup group;
    const char *people;
  } rules[] = {
    { "ICU", TDM_GROUP_ICU, "in intensive care" },
    { "HAEM", TDM_GROUP_HAEMATOLOGY, "with a haematological disease" },
    { "DIAL", TDM_GROUP_DIALYSIS, "on dialysis" },
  };
  const guint groups = tdm_model_get_people (self->out->model)->groups;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      const gboolean known = (groups & rules[i].group) != 0;
      const gboolean is = says_yes (self->record, rules[i].covariate);
      const gboolean dialysis = rules[i].group == TDM_GROUP_DIALYSIS;
      if (is == known || (dialysis && !is))
        {
          if (is)
            g_ptr_array_add (
                self->out->reasons,
                g_strdup_printf ("Its people include those %s.", rules[i].people));
          continue;
        }
      self->out->distance += dialysis ? DIALYSIS_DISTANCE : GROUP_DISTANCE;
      g_ptr_array_add (
          self->out->reasons,
          g_strdup_printf (known
                               ? "Its people were %s; this patient is not known to be."
                               : "It knows nothing of people %s.",
                           rules[i].people));
    }
}

static void
compare (const Comparison *self)
{
  const TdmModel *model = self->out->model;
  const TdmModelPeople *people = tdm_model_get_people (model);
  double age = first_known (resolved_value (self->problem, model, "AGE"),
                            first_known (last_value (self->record, "AGE", "y"),
                                         age_from_birth (self->record)));
  double weight = first_known (resolved_value (self->problem, model, "WT"),
                               last_value (self->record, "WT", "kg"));
  double renal = first_known (resolved_value (self->problem, model, "CLCR"),
                              last_value (self->record, "CLCR", "mL/min"));

  age = first_known (age, last_value (self->record, "PNA", "y"));
  add_ranked (self, "Age", "y", age, complete (people->age, model, "AGE", "y"));
  add_ranked (self, "Body weight", "kg", weight,
              complete (people->weight, model, "WT", "kg"));
  add_ranked (self, "Body mass index", "kg/m2", body_mass_index (self->record, weight),
              complete (people->bmi, model, "BMI", "kg/m2"));
  add_ranked (self, "Creatinine clearance", "mL/min", renal,
              complete (people->renal, model, "CLCR", "mL/min"));
  add_others (self);
  add_groups (self);
}

TdmDomain *
tdm_domain_new (TdmCase *record, TdmModel *model)
{
  TdmDomain *self = g_new0 (TdmDomain, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  const Comparison comparison = { self, record, problem };

  self->model = tdm_model_ref (model);
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify)line_free);
  self->reasons = g_ptr_array_new_with_free_func (g_free);
  self->obstacle = error != NULL ? g_strdup (error->message) : NULL;
  compare (&comparison);
  return self;
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  const TdmDomain *x = *(const TdmDomain *const *)a;
  const TdmDomain *y = *(const TdmDomain *const *)b;

  if ((x->obstacle != NULL) != (y->obstacle != NULL))
    return x->obstacle != NULL ? 1 : -1;
  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return strcmp (tdm_model_get_id (x->model), tdm_model_get_id (y->model));
}

GPtrArray *
tdm_domain_rank (TdmCase *record, const GPtrArray *models, const TdmModel *model)
{
  const char *drug = tdm_model_get_text (model)->drug;
  GPtrArray *ranked = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_domain_free);

  for (guint i = 0; i < models->len; i++)
    {
      TdmModel *other = g_ptr_array_index (models, i);
      if (strcmp (tdm_model_get_text (other)->drug, drug) == 0)
        g_ptr_array_add (ranked, tdm_domain_new (record, other));
    }
  g_ptr_array_sort (ranked, compare_cb);
  return ranked;
}
