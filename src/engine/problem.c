/* A problem: case + model, converted and checked once. */
#include "engine/problem-private.h"

#include "base/error.h"
#include "base/number.h"
#include "model/trust.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

/* Writes the block of n x n at row and column `at` of the prior. */
static void
put_block (TdmProblem *self, guint at, const double *block, guint n, double weight)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < n; j++)
      self->omega[(at + i) * self->n_effects + at + j] = block[i * n + j] / weight;
}

static gboolean
load_prior (TdmProblem *self, GError **error)
{
  guint own = tdm_model_get_n_effects (self->model);
  guint each = tdm_model_get_n_occasion_effects (self->model);
  guint n = self->n_effects = own + each * self->n_occasions;
  double weight = tdm_case_get_options (self->record)->prior_weight;
  self->omega = g_new0 (double, n *n + 1);
  self->omega_inverse = g_new (double, n *n + 1);
  self->omega_cholesky = g_new (double, n *n + 1);
  put_block (self, 0, tdm_model_get_omega (self->model), own, weight);
  for (guint k = 0; k < self->n_occasions; k++)
    put_block (self, own + k * each, tdm_model_get_occasion_omega (self->model), each,
               weight);
  if (!tdm_cholesky (n, self->omega, self->omega_cholesky))
    return tdm_error_set_input (error, tdm_model_get_id (self->model),
                                "the covariance of the random effects is not positive "
                                "definite");
  tdm_cholesky_inverse (n, self->omega_cholesky, self->omega_inverse);
  /* The model's own, which its loader found to be positive definite. */
  self->future_cholesky = g_new (double, each *each + 1);
  gboolean definite = each == 0
                      || tdm_cholesky (each, tdm_model_get_occasion_omega (self->model),
                                       self->future_cholesky);
  g_assert (definite);
  if (weight != 1.0)
    {
      g_autofree char *shown = tdm_number_format (weight, 3);
      tdm_notes_add (self->notes, TDM_NOTE_INFO, "prior-weight", "options.prior_weight",
                     "The prior counts %s times as much as the model states.", shown);
    }
  return TRUE;
}

/* Says where the model file comes from when it did not ship with the program; one that
 * was altered, or that failed its own checks, gives no advice. */
static void
note_trust (TdmProblem *self)
{
  const TdmOrigin origin = tdm_trust_origin (self->model);
  g_autofree char *accepted = tdm_trust_dup_accepted (self->model);
  g_autofree char *words = tdm_trust_words (self->model);

  if (origin == TDM_ORIGIN_LOCAL)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "model-local", "model", "%s", words);
  else if (origin == TDM_ORIGIN_ALTERED)
    tdm_notes_add (self->notes, accepted != NULL ? TDM_NOTE_CAUTION : TDM_NOTE_REFUSE,
                   "model-altered", "model", "%s", words);
  if (tdm_trust_get_checks (self->model, NULL) == TDM_TRUST_FAILED)
    tdm_notes_add (self->notes, TDM_NOTE_REFUSE, "model-checks-failed", "model",
                   "The reference checks of this model failed on this computer: its "
                   "numbers cannot be relied on here.");
}

/* How well the model's numbers are known, where that is not well. */
static void
note_verified (TdmProblem *self)
{
  const TdmModelText *text = tdm_model_get_text (self->model);

  if (text->teaching)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "model-teaching", "model",
                   "This model is for teaching only: what decides its answer was not "
                   "published or not verified. Its limits say what.");
  else if (strcmp (text->status, "C") == 0)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "model-one-source", "model",
                   "This model was verified with one public source only; check it "
                   "against the paper before clinical use.");
}

/* A dose is late when this share of its interval has passed since the one before. */
#define LATE_SHARE 1.5

/* A level so long after the last dose that another was due. With an interval that was
 * entered, one may be missing; one that was only read off the doses' spacing says
 * nothing about how dosing goes on, and no regimen is judged by it. */
static void
note_late_dose (TdmProblem *self, double last_dose, double now)
{
  const double since = now - last_dose, interval = self->current.interval_h;
  const gboolean of_data =
      self->n_doses > 0 && tdm_case_get_dose (self->record, self->n_doses - 1)->of_data;
  if (of_data || interval <= 0 || !(since > LATE_SHARE * interval))
    return;
  g_autofree char *gap = tdm_number_format (since, 3);
  g_autofree char *every = tdm_number_format (interval, 3);
  if (self->current.stated)
    {
      tdm_notes_add (
          self->notes, TDM_NOTE_CAUTION, "dose-missing", "doses",
          "The last dose entered is %s h before the last level, though doses "
          "are every %s h: check that none was given in between.",
          gap, every);
      return;
    }
  self->current.interval_h = 0.0;
  tdm_notes_add (
      self->notes, TDM_NOTE_INFO, "regimen-unknown", "doses",
      "The last two doses are %s h apart, and in the %s h after them no other "
      "is entered: how dosing goes on is not known. Enter an interval to have "
      "the current regimen judged.",
      every, gap);
}

static void
find_now_and_adjust (TdmProblem *self)
{
  const TdmCaseOptions *options = tdm_case_get_options (self->record);
  double last_dose = -INFINITY, now = -INFINITY;
  for (guint i = 0; i < self->n_doses; i++)
    last_dose = MAX (last_dose, tdm_pk_dose_last_start (&self->doses[i]));
  for (guint i = 0; i < self->n_levels; i++)
    now = MAX (now, self->levels[i].to_h);
  if (!isfinite (now))
    now = isfinite (last_dose) ? last_dose : 0.0;
  note_late_dose (self, last_dose, now);
  double due = isfinite (last_dose) ? last_dose + self->current.interval_h : 0.0;
  self->adjust_h = options->has_adjust ? options->adjust.hours : MAX (now, due);
  self->now_h = options->has_adjust ? MIN (now, options->adjust.hours) : now;
}

/* A line at steady state also stands for what was taken before it. Where the new
 * regimen starts earlier, the line is not given, and that goes with it. */
static void
note_replaced (TdmProblem *self)
{
  for (guint i = 0; i < self->n_doses; i++)
    {
      const TdmPkDose *dose = &self->doses[i];
      if (!dose->steady_state || dose->time_h < self->adjust_h)
        continue;
      g_autofree char *place = g_strdup_printf ("doses[%u].time", i);
      tdm_notes_add (
          self->notes, TDM_NOTE_CAUTION, "adjust-before-steady-state", place,
          "The new regimen starts before dose %u, which stands for what was taken "
          "long before: predictions of new regimens count none of that. Let the new "
          "regimen start later.",
          i + 1);
      return;
    }
}

TdmProblem *
tdm_problem_new (TdmCase *record, TdmModel *model, GError **error)
{
  g_autoptr (TdmProblem) self = g_new0 (TdmProblem, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->record = tdm_case_ref (record);
  self->model = tdm_model_ref (model);
  self->notes = tdm_notes_new ();
  note_trust (self);
  note_verified (self);
  if (!tdm_problem_load_doses (self, error) || !tdm_problem_load_levels (self, error)
      || !tdm_problem_load_covariates (self, error)
      || !tdm_problem_load_dialysis (self, error)
      || !tdm_problem_load_subpopulations (self, error)
      || !tdm_problem_load_sets (self, error) || !load_prior (self, error)
      || !tdm_problem_load_target (self, error))
    return NULL;
  find_now_and_adjust (self);
  note_replaced (self);
  if (!tdm_problem_check_work (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

TdmProblem *
tdm_problem_ref (TdmProblem *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_problem_unref (TdmProblem *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  const guint n_kinds = MAX (self->n_subpopulations, 1);
  for (guint k = 0; k < n_kinds * self->n_bindings * TDM_BINDING_PARTS; k++)
    g_clear_pointer (&self->bindings[k], tdm_binding_free);
  g_free (self->bindings);
  g_free (self->priors);
  g_free (self->binding_times);
  g_free (self->sets);
  g_free (self->set_times);
  g_free (self->binding_after);
  g_free (self->set_after);
  g_clear_pointer (&self->effect_names, g_ptr_array_unref);
  g_free (self->covariates);
  g_free (self->dialysis);
  g_free (self->omega);
  g_free (self->omega_inverse);
  g_free (self->omega_cholesky);
  g_free (self->future_cholesky);
  g_free (self->doses);
  g_free (self->levels);
  g_ptr_array_unref (self->notes);
  tdm_model_unref (self->model);
  tdm_case_unref (self->record);
  g_free (self);
}

TdmCase *
tdm_problem_get_case (const TdmProblem *self)
{
  return self->record;
}

TdmModel *
tdm_problem_get_model (const TdmProblem *self)
{
  return self->model;
}

const GPtrArray *
tdm_problem_get_notes (const TdmProblem *self)
{
  return self->notes;
}

guint
tdm_problem_get_n_levels (const TdmProblem *self)
{
  return self->n_levels;
}

const TdmProblemLevel *
tdm_problem_get_level (const TdmProblem *self, guint i)
{
  g_assert (i < self->n_levels);
  return &self->levels[i];
}

guint
tdm_problem_get_n_effects (const TdmProblem *self)
{
  return self->n_effects;
}

const double *
tdm_problem_get_omega (const TdmProblem *self)
{
  return self->omega;
}

const double *
tdm_problem_get_omega_inverse (const TdmProblem *self)
{
  return self->omega_inverse;
}

const double *
tdm_problem_get_omega_cholesky (const TdmProblem *self)
{
  return self->omega_cholesky;
}

const double *
tdm_problem_get_future_cholesky (const TdmProblem *self)
{
  return self->future_cholesky;
}

guint
tdm_problem_get_n_doses (const TdmProblem *self)
{
  return self->n_doses;
}

const TdmPkDose *
tdm_problem_get_dose (const TdmProblem *self, guint i)
{
  g_assert (i < self->n_doses);
  return &self->doses[i];
}

gboolean
tdm_problem_get_dose_span (const TdmProblem *self, guint i, double *least_h,
                           double *most_h)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->record, i);
  if (!entry->end_uncertain)
    return FALSE;
  *least_h = entry->end_from.hours - entry->time.hours;
  *most_h = entry->end_to.hours - entry->time.hours;
  return TRUE;
}

gboolean
tdm_problem_has_uncertain_times (const TdmProblem *self)
{
  for (guint i = 0; i < self->n_doses; i++)
    if (tdm_case_get_dose (self->record, i)->end_uncertain)
      return TRUE;
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].use && self->levels[i].to_h > self->levels[i].from_h)
      return TRUE;
  return FALSE;
}

TdmCurrentRegimen
tdm_problem_get_current (const TdmProblem *self)
{
  return self->current;
}

double
tdm_problem_get_adjust_h (const TdmProblem *self)
{
  return self->adjust_h;
}

double
tdm_problem_get_now_h (const TdmProblem *self)
{
  return self->now_h;
}

const TdmTarget *
tdm_problem_get_target (const TdmProblem *self)
{
  return &self->target;
}

gboolean
tdm_problem_is_extrapolated (const TdmProblem *self)
{
  return self->extrapolated;
}

guint
tdm_problem_get_n_future (const TdmProblem *self)
{
  return tdm_model_get_n_occasion_effects (self->model);
}

guint
tdm_problem_get_n_values (const TdmProblem *self)
{
  return self->n_effects + tdm_problem_get_n_future (self)
         + (self->n_subpopulations > 0);
}

guint
tdm_problem_get_n_subpopulations (const TdmProblem *self)
{
  return self->n_subpopulations;
}

const double *
tdm_problem_get_subpopulation_priors (const TdmProblem *self)
{
  return self->priors;
}

const char *
tdm_problem_get_effect_name (const TdmProblem *self, guint i)
{
  g_assert (i < self->n_effects);
  return g_ptr_array_index (self->effect_names, i);
}

/* With effects of occasions, each set has a twin for what follows the start of a new
 * regimen: numbers 2 k and 2 k + 1. */
static gboolean
has_twins (const TdmProblem *self)
{
  return self->n_occasions > 0;
}

guint
tdm_problem_get_n_sets (const TdmProblem *self)
{
  return has_twins (self) ? 2 * self->n_sets : self->n_sets;
}

static guint
find_at (const double *times_h, const gboolean *after, guint n, double time_h)
{
  guint k = n - 1;
  while (k > 0 && (after[k] ? times_h[k] >= time_h : times_h[k] > time_h))
    k--;
  return k;
}

guint
tdm_problem_find_set (const TdmProblem *self, double time_h)
{
  const double lasting_h = tdm_problem_after_dialysis (self, time_h);
  guint k = find_at (self->set_times, self->set_after, self->n_sets, lasting_h);
  return has_twins (self) ? 2 * k + 1 : k;
}

/* s, m and e at 0, 1/2 and 1: the parabola through them at x. */
static double
parabola (double s, double m, double e, double x)
{
  return s + x * (4 * (m - s) - (e - s) + x * (2 * (e - s) - 4 * (m - s)));
}

/* How far of the way of binding number k `time_h` is. */
static double
place_in (const TdmProblem *self, guint k, double time_h)
{
  const double from = self->binding_times[k], to = self->binding_times[k + 1];
  return CLAMP ((time_h - from) / (to - from), 0.0, 1.0);
}

double
tdm_problem_get_covariate_at (const TdmProblem *self, guint i, double time_h)
{
  const guint k =
      find_at (self->binding_times, self->binding_after, self->n_bindings, time_h);
  const double first = tdm_problem_get_row (self, k, 0)[i];
  if (!tdm_problem_is_course (self, k))
    return first;
  return parabola (first, tdm_problem_get_row (self, k, 1)[i],
                   tdm_problem_get_row (self, k, 2)[i], place_in (self, k, time_h));
}

/* The number of the subpopulation that a row of effects says. */
static guint
kind_of (const TdmProblem *self, const double *eta)
{
  if (self->n_subpopulations == 0)
    return 0;
  guint number = (guint)eta[self->n_effects + tdm_problem_get_n_future (self)];
  g_assert (number <= self->n_subpopulations);
  return number > 0 ? number - 1 : self->likeliest;
}

static gboolean
set_parameters (const TdmProblem *self, const TdmProblemSet *set,
                const TdmJetSpace *space, const double *eta, double *parameters)
{
  guint own = tdm_model_get_n_effects (self->model);
  guint each = tdm_model_get_n_occasion_effects (self->model);
  TdmOccasionEta occasion = { NULL, G_MAXUINT };
  if (set->occasion < self->n_occasions)
    {
      occasion.first = own + set->occasion * each;
      occasion.values = eta + occasion.first;
    }
  else if (set->occasion == TDM_OCCASION_AHEAD)
    occasion.values = eta + self->n_effects;
  const TdmBinding *binding =
      tdm_problem_get_binding (self, set->binding, kind_of (self, eta), set->part);
  if (!tdm_binding_parameters (binding, space, eta, &occasion, parameters))
    return FALSE;
  if (self->dialysis)
    parameters[(gsize)self->clearance * space->size] += self->dialysis[set->binding];
  return TRUE;
}

gboolean
tdm_problem_parameters (const TdmProblem *self, const TdmJetSpace *space,
                        const double *eta, TdmSetView view, double *parameters)
{
  gsize stride = (gsize)tdm_model_get_n_parameters (self->model) * space->size;
  gboolean twins = has_twins (self) && view == TDM_SETS_AHEAD;
  for (guint k = 0; k < self->n_sets; k++)
    {
      TdmProblemSet set = self->sets[k];
      if (!set_parameters (self, &set, space, eta, parameters))
        return FALSE;
      parameters += stride;
      if (!twins)
        continue;
      set.occasion = TDM_OCCASION_AHEAD;
      if (!set_parameters (self, &set, space, eta, parameters))
        return FALSE;
      parameters += stride;
    }
  return TRUE;
}

void
tdm_problem_parameters_at (const TdmProblem *self, const double *all, double time_h,
                           double *out)
{
  const guint n = tdm_model_get_n_parameters (self->model);
  const guint twins = has_twins (self) ? 2 : 1;
  const guint set = tdm_problem_find_set (self, time_h);
  const double lasting_h = tdm_problem_after_dialysis (self, time_h);
  const guint binding = self->sets[set / twins].binding;
  const double *s = all + (gsize)set * n;
  memcpy (out, s, n * sizeof (double));
  if (!tdm_problem_is_course (self, binding))
    return;
  const double *m = s + (gsize)twins * n, *e = m + (gsize)twins * n;
  for (guint i = 0; i < n; i++)
    out[i] = parabola (s[i], m[i], e[i], place_in (self, binding, lasting_h));
}

double
tdm_pk_dose_last_start (const TdmPkDose *dose)
{
  if (dose->stopped)
    return dose->time_h - dose->interval_h;
  return dose->time_h + (dose->count - 1) * dose->interval_h;
}

/* Doses due this shortly before a cut are due at it: the k-th multiple of an interval
 * seldom is the time that was written down for it, and must not be given twice. */
#define CUT_SLACK_H 1e-6

/* The part of a dose line that starts before `until_h`; FALSE when none of it does. */
static gboolean
cut_dose (const TdmPkDose *dose, double until_h, TdmPkDose *out)
{
  until_h -= CUT_SLACK_H;
  if (dose->time_h >= until_h)
    return FALSE;
  *out = *dose;
  if (dose->count > 1 && tdm_pk_dose_last_start (dose) >= until_h)
    {
      double fit = ceil ((until_h - dose->time_h) / dose->interval_h);
      out->count = (guint)CLAMP (fit, 1.0, (double)dose->count);
    }
  return TRUE;
}

/* From when each set applies when a new regimen starts at `start_h`: before, the twins
 * last no time, from then on the sets themselves. `after` receives which of them begin
 * after what happens at their time. */
static double *
twin_times (const TdmProblem *self, double start_h, gboolean *after)
{
  double *times = g_new (double, 2 * self->n_sets);
  for (guint k = 0; k < self->n_sets; k++)
    {
      const gboolean last = k + 1 == self->n_sets;
      double end = last ? INFINITY : self->set_times[k + 1];
      times[2 * k] = self->set_times[k];
      times[2 * k + 1] = CLAMP (start_h, self->set_times[k], end);
      after[2 * k] = self->set_after[k];
      after[2 * k + 1] = start_h > end                   ? self->set_after[k + 1]
                         : start_h <= self->set_times[k] ? self->set_after[k]
                                                         : FALSE;
    }
  return times;
}

/* How the sets go on; where each has a twin, those of the twins as well. */
static TdmPkCourse *
courses_of (const TdmProblem *self, gboolean twins)
{
  const guint step = twins ? 2 : 1;
  TdmPkCourse *out = g_new0 (TdmPkCourse, step * self->n_sets);
  for (guint i = 0; i < step * self->n_sets; i++)
    {
      const TdmProblemSet *set = &self->sets[i / step];
      if (set->part != 0 || !tdm_problem_is_course (self, set->binding))
        continue;
      out[i] = (TdmPkCourse){ .from_h = self->binding_times[set->binding],
                              .to_h = self->binding_times[set->binding + 1],
                              .middle = i + step,
                              .end = i + 2 * step };
    }
  return out;
}

TdmPkPlan *
tdm_problem_plan (const TdmProblem *self, const TdmPlanSpec *spec, GError **error)
{
  g_autofree TdmPkDose *doses = g_new (TdmPkDose, self->n_doses + spec->n_extra + 1);
  /* A new regimen begins with its hold, if it has one. */
  double start = spec->until_h;
  guint n = 0;
  for (guint i = 0; i < self->n_doses; i++)
    if (cut_dose (spec->doses ? &spec->doses[i] : &self->doses[i], spec->until_h,
                  &doses[n]))
      n++;
  for (guint i = 0; i < spec->n_extra; i++)
    {
      start = MIN (start, spec->extra[i].time_h);
      doses[n++] = spec->extra[i];
    }
  const gboolean twins = has_twins (self) && spec->n_extra > 0;
  g_autofree gboolean *twin_after = g_new (gboolean, 2 * self->n_sets);
  g_autofree double *times = twins ? twin_times (self, start, twin_after) : NULL;
  g_autofree TdmPkCourse *courses = courses_of (self, twins);
  const TdmPkHistory history = { .doses = doses,
                                 .n_doses = n,
                                 .change_times_h = twins ? times : self->set_times,
                                 .change_after = twins ? twin_after : self->set_after,
                                 .courses = courses,
                                 .n_sets = twins ? 2 * self->n_sets : self->n_sets,
                                 .times_h = spec->times_h,
                                 .outputs = spec->outputs,
                                 .after = spec->after,
                                 .n_times = spec->n_times,
                                 .main_output = spec->main_output };
  return tdm_pk_plan_new_history (tdm_model_get_structure (self->model), &history,
                                  error);
}

gboolean
tdm_problem_predict (const TdmProblem *self, const double *eta, const TdmPlanSpec *spec,
                     double *values, GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  const gsize n_parameters = tdm_model_get_n_parameters (self->model);
  const TdmSetView view = spec->n_extra > 0 ? TDM_SETS_AHEAD : TDM_SETS_HISTORY;
  g_autofree double *none = g_new0 (double, tdm_problem_get_n_values (self) + 1);
  g_autofree double *parameters =
      g_new (double, tdm_problem_get_n_sets (self) * n_parameters);
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan = tdm_problem_plan (self, spec, error);
  tdm_pk_work_set_cancellable (work, spec->cancellable);
  if (!plan)
    return FALSE;
  if (!tdm_problem_parameters (self, &plain, eta ? eta : none, view, parameters))
    {
      g_set_error_literal (
          error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
          "a parameter of the model is not a finite number for this patient");
      return FALSE;
    }
  if (!tdm_pk_plan_predict (plan, work, &plain, parameters, values, NULL, error))
    return FALSE;
  for (guint i = 0; i < spec->n_times; i++)
    values[i] *=
        tdm_model_get_output (self->model, spec->outputs ? spec->outputs[i] : 0)
            ->per_mg_l;
  return TRUE;
}
