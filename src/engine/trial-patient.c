/* One patient of a trial goes through its days: advice at hour 0, then after each
 * level; new doses begin when the next one is due. */
#include "engine/trial-private.h"

#include "engine/regimen.h"

#include <math.h>
#include <string.h>

#define DAY_H 24.0
/* Times closer than this are one. */
#define SAME_TIME_H 1e-6

/* An order of the ward. Strings are borrowed from models. */
typedef struct
{
  double from_h;  /* what was given before ends here */
  double first_h; /* its first dose */
  double interval_h;
  double loading; /* the first dose where it differs, 0 = none */
  double loading_duration_h;
  double rest_h; /* from the loading dose to the next */
  TdmDoseEntry dose;
} Order;

typedef struct
{
  const TdmTrialSetup *setup;
  const TdmPolicy *policy;
  guint64 number;
  TdmCase *person; /* with the levels so far, without doses */
  GArray *orders;  /* of Order */
  TdmTrialOutcome *out;
} Treatment;

static Order
last_order (const Treatment *t)
{
  return g_array_index (t->orders, Order, t->orders->len - 1);
}

/* Doses of an order before `until_h` besides its loading dose. */
static guint
count_doses (const Order *order, double until_h)
{
  const double first_h = order->first_h + (order->loading > 0 ? order->rest_h : 0.0);
  const double span = until_h - SAME_TIME_H - first_h;
  return span <= 0 ? 0 : (guint)ceil (span / order->interval_h);
}

static void
add_line (TdmCaseEdit *edit, guint *at, const Order *order, guint count,
          gboolean loading)
{
  TdmDoseEntry dose = order->dose;
  dose.time.hours =
      order->first_h + (!loading && order->loading > 0 ? order->rest_h : 0.0);
  dose.amount = loading ? order->loading : order->dose.amount;
  if (loading)
    dose.duration_h = order->loading_duration_h;
  dose.interval_h = order->interval_h;
  dose.count = count;
  tdm_case_edit_insert_dose (edit, (*at)++, &dose);
}

/* The chart: all doses given before `until_h`, and from when on they may change. */
static TdmCase *
write_chart (const Treatment *t, double until_h, double adjust_h, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (t->person);
  TdmCaseOptions own = *tdm_case_get_options (t->person);
  guint at = 0;
  own.has_adjust = TRUE;
  own.adjust = (TdmMoment){ adjust_h, NULL };
  own.intervals_h = (double *)t->setup->options->intervals_h;
  own.n_intervals = t->setup->options->n_intervals;
  tdm_case_edit_set_options (edit, &own);
  tdm_case_edit_set_target (edit, &t->setup->target);
  for (guint i = 0; i < t->orders->len; i++)
    {
      const Order *order = &g_array_index (t->orders, Order, i);
      const double end = i + 1 < t->orders->len
                             ? g_array_index (t->orders, Order, i + 1).from_h
                             : INFINITY;
      const guint count = count_doses (order, MIN (end, until_h));
      if (order->loading > 0 && order->first_h < MIN (end, until_h) - SAME_TIME_H)
        add_line (edit, &at, order, 1, TRUE);
      if (count > 0)
        add_line (edit, &at, order, count, FALSE);
    }
  return tdm_case_edit_finish (edit, error);
}

static double
weight_of (const TdmCase *record)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (g_str_equal (tdm_case_get_covariate (record, i)->name, "WT"))
      return tdm_case_get_covariate (record, i)->value;
  return NAN;
}

/* The amount that can be given nearest to `wanted`. */
static double
round_amount (const TdmModelDosing *dosing, double wanted)
{
  double best = dosing->amounts_mg[0];
  for (guint i = 1; i < dosing->n_amounts; i++)
    if (fabs (dosing->amounts_mg[i] - wanted) < fabs (best - wanted))
      best = dosing->amounts_mg[i];
  return best;
}

static void
order_label (Treatment *t)
{
  const TdmLabelRule *rule = &t->setup->label;
  const double weight = rule->per_kg ? weight_of (t->person) : 1.0;
  const Order order = { .interval_h = rule->interval_h,
                        .dose = {
                            .amount = round_amount (t->setup->dosing,
                                                    rule->amount_mg * weight),
                            .unit = (char *)tdm_salt_unit (
                                tdm_model_get_default_salt (t->setup->options->truth)),
                            .route = t->setup->dosing->route->name,
                            .duration_h = rule->duration_h,
                        } };
  g_array_append_val (t->orders, order);
}

static void
order_regimen (Treatment *t, const TdmRegimen *regimen, double adjust_h)
{
  const TdmModelSalt *salt = regimen->salt;
  const Order order = {
    .from_h = adjust_h,
    .first_h = MAX (regimen->first_dose_h, adjust_h),
    .interval_h = regimen->interval_h,
    .loading =
        regimen->loading_mg > 0 ? tdm_salt_amount (salt, regimen->loading_mg) : 0,
    .loading_duration_h = regimen->loading_duration_h,
    .rest_h = tdm_regimen_maintenance (regimen) - regimen->first_dose_h,
    .dose = { .amount = tdm_salt_amount (salt, regimen->amount_mg),
              .unit = (char *)tdm_salt_unit (salt),
              .route = regimen->route->name,
              .duration_h = regimen->duration_h,
              .salt = salt ? salt->name : NULL },
  };
  g_array_append_val (t->orders, order);
}

/* What is ranked first; FALSE when there is no advice. */
static gboolean
ask_models (Treatment *t, TdmCase *chart, double adjust_h, GError **error)
{
  const TdmResultOptions how = { .draws = t->setup->draws,
                                 .seed = t->setup->options->seed };
  GCancellable *cancellable = t->setup->cancellable;
  if (t->policy->kind == TDM_POLICY_AVERAGE)
    {
      g_autoptr (TdmAverage) average = tdm_average_new (
          chart, t->policy->models, TDM_WEIGHT_LIKELIHOOD, &how, cancellable, error);
      if (!average || average->regimens->len == 0)
        return FALSE;
      const TdmAverageRegimen *first = average->regimens->pdata[0];
      order_regimen (t, &first->regimen, adjust_h);
      return TRUE;
    }
  g_autoptr (TdmResult) result =
      tdm_result_compute (chart, t->policy->models->pdata[0], &how, cancellable, error);
  if (!result || result->proposals->withheld || result->proposals->regimens->len == 0)
    return FALSE;
  order_regimen (t, result->proposals->regimens->pdata[0], adjust_h);
  return TRUE;
}

/* A new order, or the doses go on as they were. FALSE with an error only when the
 * question itself is wrong. */
static gboolean
ask (Treatment *t, double time_h, double adjust_h, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (TdmCase) chart = write_chart (t, time_h, adjust_h, error);
  if (!chart)
    return FALSE;
  t->out->asked++;
  if (ask_models (t, chart, adjust_h, &why))
    return TRUE;
  if (g_error_matches (why, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&why));
      return FALSE;
    }
  t->out->withheld++;
  if (t->orders->len == 0)
    order_label (t);
  return TRUE;
}

/* The level of `time_h` joins the chart. */
static gboolean
measure (Treatment *t, double time_h, GError **error)
{
  const TdmTrialOptions *o = t->setup->options;
  const TdmLook look = { &time_h, 1, 0 };
  g_autoptr (TdmCase) chart = write_chart (t, time_h, time_h, error);
  g_autoptr (TdmCase) measured =
      chart ? tdm_simulate_measure (chart, o->truth, &look, o->seed, t->number, error)
            : NULL;
  if (!measured)
    return FALSE;
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (t->person);
  const guint n = tdm_case_get_n_levels (measured);
  TdmLevelEntry entry = *tdm_case_get_level (measured, n - 1);
  /* Another model may call its output otherwise. */
  entry.output = NULL;
  tdm_case_edit_insert_level (edit, n - 1, &entry);
  TdmCase *person = tdm_case_edit_finish (edit, error);
  if (!person)
    return FALSE;
  tdm_case_unref (t->person);
  t->person = person;
  return TRUE;
}

/* When the next dose is due, from `time_h` on. */
static double
next_due (const Treatment *t, double time_h)
{
  const Order order = last_order (t);
  if (order.loading <= 0)
    return order.first_h + count_doses (&order, time_h) * order.interval_h;
  return order.first_h >= time_h - SAME_TIME_H
             ? order.first_h
             : order.first_h + order.rest_h
                   + count_doses (&order, time_h) * order.interval_h;
}

static gboolean
run_days (Treatment *t, GError **error)
{
  const TdmTrialOptions *o = t->setup->options;
  if (t->policy->kind == TDM_POLICY_LABEL)
    order_label (t);
  else if (!ask (t, 0, 0, error))
    return FALSE;
  for (guint k = 0; t->policy->kind != TDM_POLICY_LABEL && k < o->n_levels; k++)
    if (!measure (t, o->levels_h[k], error)
        || !ask (t, o->levels_h[k], next_due (t, o->levels_h[k]), error))
      return FALSE;
  g_autoptr (TdmCase) chart = write_chart (t, o->days * DAY_H, o->days * DAY_H, error);
  return chart
         && tdm_trial_judge_days (t->setup, chart, t->number, t->out->metric, error);
}

void
tdm_trial_treat (const TdmTrialSetup *setup, const TdmPolicy *policy, guint64 number,
                 TdmTrialOutcome *out)
{
  Treatment t = { .setup = setup, .policy = policy, .number = number, .out = out };
  t.orders = g_array_new (FALSE, FALSE, sizeof (Order));
  t.person = tdm_people_draw (&setup->people, number, &out->error);
  if (t.person)
    run_days (&t, &out->error);
  g_clear_pointer (&t.person, tdm_case_unref);
  g_array_unref (t.orders);
}
