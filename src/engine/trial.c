/* A trial: patients times policies, each a task of its own, then counts. The interval
 * of a share is Wilson's (J Am Stat Assoc 1927;22:209-212). */
#include "engine/trial-private.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/parallel.h"
#include "engine/target.h"
#include "num/linalg.h"
#include "num/quantile.h"

#include <math.h>

#define DRAWS 200
#define DRAWS_ODE 40
#define NORMAL_95 1.959963984540054

TdmPolicy *
tdm_policy_new (TdmPolicyKind kind, const char *title)
{
  TdmPolicy *self = g_new0 (TdmPolicy, 1);
  self->kind = kind;
  self->title = g_strdup (title);
  self->models = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);
  return self;
}

void
tdm_policy_free (TdmPolicy *self)
{
  g_free (self->title);
  g_ptr_array_unref (self->models);
  g_free (self);
}

static void
arm_free (TdmTrialArm *self)
{
  g_free (self->title);
  g_free (self->days);
  g_free (self);
}

void
tdm_trial_free (TdmTrial *self)
{
  g_ptr_array_unref (self->arms);
  g_clear_pointer (&self->truth, tdm_model_unref);
  g_free (self->unit);
  g_free (self->label);
  g_free (self);
}

typedef struct
{
  const TdmTrialSetup *setup;
  TdmTrialOutcome *outcomes; /* policies x patients */
  guint n, done;
  GMutex lock;
} Work;

static void
report (Work *work)
{
  const TdmTrialOptions *o = work->setup->options;
  g_mutex_lock (&work->lock);
  work->done++;
  if (o->progress)
    o->progress (o->progress_data, work->done, work->n);
  g_mutex_unlock (&work->lock);
}

static void
treat_task (gpointer data, gpointer workspace, guint task)
{
  Work *work = data;
  const TdmTrialOptions *o = work->setup->options;
  (void)workspace;
  if (g_cancellable_is_cancelled (work->setup->cancellable))
    return;
  tdm_trial_treat (work->setup, o->policies->pdata[task / o->patients],
                   task % o->patients, &work->outcomes[task]);
  report (work);
}

static void
count_day (const TdmTrial *trial, const TdmTrialOutcome *outcomes, guint day,
           TdmTrialDay *out)
{
  static const double ends[] = { 0.05, 0.5, 0.95 };
  const double n = trial->patients, z2 = NORMAL_95 * NORMAL_95;
  g_autofree double *values = g_new (double, trial->patients);
  double quantiles[3];
  for (guint k = 0; k < trial->patients; k++)
    {
      const double value = values[k] = outcomes[k].metric[day];
      out->below += (value < trial->low) / n;
      out->above += (value > trial->high) / n;
      out->within += (value >= trial->low && value <= trial->high) / n;
      out->alarm += (value < trial->alarm_low || value > trial->alarm_high) / n;
    }
  const double p = out->within, middle = (p + z2 / (2 * n)) / (1 + z2 / n);
  const double half =
      NORMAL_95 / (1 + z2 / n) * sqrt (p * (1 - p) / n + z2 / (4 * n * n));
  out->low = MAX (middle - half, 0);
  out->high = MIN (middle + half, 1);
  tdm_quantiles (values, trial->patients, ends, 3, quantiles);
  out->q5 = quantiles[0];
  out->median = quantiles[1];
  out->q95 = quantiles[2];
}

static void
add_arm (TdmTrial *trial, const TdmPolicy *policy, const TdmTrialOutcome *outcomes)
{
  TdmTrialArm *arm = g_new0 (TdmTrialArm, 1);
  arm->title = g_strdup (policy->title);
  arm->days = g_new0 (TdmTrialDay, trial->days);
  for (guint k = 0; k < trial->patients; k++)
    {
      arm->asked += outcomes[k].asked;
      arm->withheld += outcomes[k].withheld;
    }
  for (guint day = 0; day < trial->days; day++)
    count_day (trial, outcomes, day, &arm->days[day]);
  g_ptr_array_add (trial->arms, arm);
}

/* What suits the typical person best, and what it may be rounded to. */
static gboolean
find_label (TdmTrialSetup *setup, GError **error)
{
  const TdmTrialOptions *o = setup->options;
  g_autoptr (TdmCase) typical = tdm_people_typical (&setup->people, error);
  if (!typical)
    return FALSE;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (typical);
  TdmCaseOptions own = *tdm_case_get_options (typical);
  own.intervals_h = (double *)o->intervals_h;
  own.n_intervals = o->n_intervals;
  tdm_case_edit_set_options (edit, &own);
  tdm_case_edit_set_target (edit, &setup->target);
  g_autoptr (TdmCase) record = tdm_case_edit_finish (edit, error);
  const TdmResultOptions how = { .draws = setup->draws, .seed = o->seed };
  g_autoptr (TdmResult) result =
      record ? tdm_result_compute (record, o->truth, &how, setup->cancellable, error)
             : NULL;
  if (!result)
    return FALSE;
  if (result->proposals->regimens->len == 0)
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                   "there is no regimen for the typical patient: %s",
                   result->proposals->withheld->text);
      return FALSE;
    }
  const TdmRegimen *first = result->proposals->regimens->pdata[0];
  for (guint d = 0; d < tdm_model_get_n_dosings (o->truth); d++)
    if (tdm_model_get_dosing (o->truth, d)->route == first->route)
      setup->dosing = tdm_model_get_dosing (o->truth, d);
  if (o->label)
    setup->label = *o->label;
  else
    setup->label = (TdmLabelRule){ .amount_mg = first->amount_mg,
                                   .interval_h = first->interval_h,
                                   .duration_h = first->duration_h };
  return setup->dosing != NULL;
}

static char *
label_words (const TdmTrialSetup *setup)
{
  const TdmLabelRule *rule = &setup->label;
  g_autofree char *amount = tdm_number_dose (rule->amount_mg);
  g_autofree char *unit = tdm_unit_display (
      tdm_salt_unit (tdm_model_get_default_salt (setup->options->truth)));
  g_autofree char *interval = tdm_number_format (rule->interval_h, 4);
  g_autofree char *duration = tdm_number_format (rule->duration_h, 4);
  g_autofree char *over =
      rule->duration_h > 0 ? g_strdup_printf (" over %s h", duration) : g_strdup ("");
  return g_strdup_printf ("%s %s%s every %s h%s, %s", amount, unit,
                          rule->per_kg ? "/kg" : "", interval, over,
                          setup->options->label
                              ? "rounded to what can be given"
                              : "what suits the typical patient best, for everybody");
}

/* The window and the alarm limits that the truth states for this metric. */
static gboolean
find_window (const TdmTrialSetup *setup, TdmTrial *trial, GError **error)
{
  const TdmTrialOptions *o = setup->options;
  g_autoptr (TdmCase) typical = tdm_people_typical (&setup->people, error);
  g_autoptr (TdmProblem) problem =
      typical ? tdm_problem_new (typical, o->truth, error) : NULL;
  g_auto (TdmResolvedTarget) target = { 0 };
  if (!problem || !tdm_target_resolve (problem, &setup->target, &target, error))
    return FALSE;
  trial->low = target.low;
  trial->high = target.high;
  trial->alarm_low = -INFINITY;
  trial->alarm_high = INFINITY;
  for (guint i = 0; i < tdm_model_get_n_targets (o->truth); i++)
    {
      const TdmModelTarget *own = tdm_model_get_target (o->truth, i);
      if (own->target.metric != setup->target.metric
          || own->target.low != setup->target.low
          || own->target.high != setup->target.high)
        continue;
      const double molar = tdm_model_get_molar_mass (o->truth);
      const char *from = own->target.unit ? own->target.unit : "1";
      if (isfinite (own->alarm_low)
          && !tdm_unit_convert (own->alarm_low, from, target.unit, molar,
                                &trial->alarm_low, error))
        return FALSE;
      if (isfinite (own->alarm_high)
          && !tdm_unit_convert (own->alarm_high, from, target.unit, molar,
                                &trial->alarm_high, error))
        return FALSE;
      break;
    }
  trial->unit = g_steal_pointer (&target.unit);
  return TRUE;
}

static gboolean
setup_init (TdmTrialSetup *self, const TdmTrialOptions *o, GPtrArray *others,
            GError **error)
{
  const gboolean ode = tdm_model_get_structure (o->truth)->kind == TDM_PK_ODE;
  if (!o->target && tdm_model_get_n_targets (o->truth) == 0)
    return tdm_error_set_input (error, "target", "is missing; the model states none");
  self->target = o->target ? *o->target : tdm_model_get_target (o->truth, 0)->target;
  if (!tdm_trial_has_days (self->target.metric))
    return tdm_error_set_input (error, "target", "%s cannot be told of single days",
                                tdm_metric_name (self->target.metric));
  self->draws = o->draws ? o->draws : ode ? DRAWS_ODE : DRAWS;
  for (guint i = 0; i < o->policies->len; i++)
    {
      const TdmPolicy *policy = o->policies->pdata[i];
      for (guint k = 0; k < policy->models->len; k++)
        if (policy->models->pdata[k] != o->truth)
          g_ptr_array_add (others, policy->models->pdata[k]);
    }
  self->people = (TdmPeople){ .model = o->truth,
                              .others = others,
                              .seed = o->seed,
                              .visits_h = o->levels_h,
                              .n_visits = o->n_levels };
  return TRUE;
}

static const GError *
first_error (const Work *work)
{
  for (guint i = 0; i < work->n; i++)
    if (work->outcomes[i].error)
      return work->outcomes[i].error;
  return NULL;
}

/* All patients of all policies; FALSE with the first patient's error. */
static gboolean
treat_all (const TdmTrialSetup *setup, TdmTrial *trial, GError **error)
{
  static const TdmParallel parallel = { NULL, treat_task, NULL };
  const TdmTrialOptions *o = setup->options;
  Work work = { .setup = setup, .n = o->policies->len * o->patients };
  g_autofree double *metrics = g_new0 (double, (gsize)work.n * o->days);
  g_autofree TdmTrialOutcome *outcomes = g_new0 (TdmTrialOutcome, work.n);
  work.outcomes = outcomes;
  for (guint i = 0; i < work.n; i++)
    outcomes[i].metric = metrics + (gsize)i * o->days;
  g_mutex_init (&work.lock);
  tdm_parallel_run (&parallel, work.n, &work);
  g_mutex_clear (&work.lock);
  const GError *failed = first_error (&work);
  gboolean good =
      !failed && !g_cancellable_set_error_if_cancelled (setup->cancellable, error);
  if (failed)
    g_propagate_prefixed_error (error, g_error_copy (failed), "a virtual patient: ");
  for (guint i = 0; good && i < o->policies->len; i++)
    add_arm (trial, o->policies->pdata[i], outcomes + (gsize)i * o->patients);
  for (guint i = 0; i < work.n; i++)
    g_clear_error (&outcomes[i].error);
  return good;
}

TdmTrial *
tdm_trial_run (const TdmTrialOptions *options, GCancellable *cancellable,
               GError **error)
{
  g_autoptr (TdmTrial) self = g_new0 (TdmTrial, 1);
  g_autoptr (GPtrArray) others = g_ptr_array_new ();
  TdmTrialSetup setup = { .options = options, .cancellable = cancellable };
  g_return_val_if_fail (options->patients > 0 && options->days > 0, NULL);
  tdm_num_init ();
  self->arms = g_ptr_array_new_with_free_func ((GDestroyNotify)arm_free);
  self->truth = tdm_model_ref (options->truth);
  self->patients = options->patients;
  self->days = options->days;
  if (!setup_init (&setup, options, others, error) || !find_label (&setup, error)
      || !find_window (&setup, self, error))
    return NULL;
  self->target = setup.target;
  self->draws = setup.draws;
  self->label = label_words (&setup);
  return treat_all (&setup, self, error) ? g_steal_pointer (&self) : NULL;
}
