/* Metrics. The area over a day at steady state is that over an interval times 24 h /
 * interval; peak, trough and areas come exact from the solver, only the time above a
 * threshold is counted on a grid. */
#include "engine/target.h"

#include "base/error.h"
#include "base/unit.h"
#include "engine/interpolate.h"

#include <math.h>
#include <string.h>

/* Points over one interval for the time above a threshold and the peak at a named time,
 * where the corners of at most so many doses are added. */
#define GRID_POINTS 240
#define MAX_CORNERS 96
#define MOST_TIMES (GRID_POINTS + 8 + MAX_CORNERS)
/* Just after a bolus: below any resolution of a clock, above that of a double. */
#define JUST_AFTER_H 1e-7

int
tdm_target_side (const TdmResolvedTarget *target, double value)
{
  return value < target->low ? -1 : value > target->high ? 1 : 0;
}

double
tdm_target_centre (const TdmResolvedTarget *target)
{
  if (isinf (target->low) || target->low <= 0)
    return 0.75 * target->high;
  /* A share of time ends at the whole of it: beyond, no amount would be enough. */
  if (isinf (target->high) && tdm_metric_is_share (target->metric))
    return MIN (0.5 * (target->low + 1.0), 1.0);
  if (isinf (target->high))
    return 1.25 * target->low;
  return sqrt (target->low * target->high);
}

/* What is predicted at named times; the plan is kept because draws ask for the same one
 * in a row. */
typedef struct
{
  TdmPkPlan *plan;
  TdmRegimen planned;
  double *values, *areas;
  guint n; /* times */
} Profile;

struct _TdmMetrics
{
  const TdmProblem *problem;
  TdmResolvedTarget target; /* unit borrowed */
  TdmPkWork *work;
  double *parameters; /* all sets */
  double *settled;    /* those of a steady state */
  guint n_parameters;
  TdmPkStructure structure; /* asked for the target's output */
  guint *outputs;           /* of each time: that one */
  double scale;             /* output unit per mg/L */
  /* Steady state: offsets for the time above a threshold. Named time: what the metrics
   * are read from, and the profiles of one amount, or of two between which all lie. */
  double *values, *areas, *times;
  Profile ends[2];
};

TdmMetrics *
tdm_metrics_new (const TdmProblem *problem, const TdmResolvedTarget *target)
{
  TdmMetrics *self = g_new0 (TdmMetrics, 1);
  TdmModel *model = tdm_problem_get_model (problem);
  self->problem = problem;
  self->target = *target;
  self->work = tdm_pk_work_new ();
  self->n_parameters = tdm_model_get_n_parameters (model);
  self->parameters =
      g_new (double, (gsize)tdm_problem_get_n_sets (problem) * self->n_parameters + 1);
  self->settled = g_new (double, self->n_parameters + 1);
  self->scale = tdm_model_get_output (model, target->output)->per_mg_l;
  self->structure = *tdm_model_get_structure (model);
  self->structure.main_output = target->output;
  self->values = g_new (double, MOST_TIMES);
  self->areas = g_new (double, MOST_TIMES);
  self->times = g_new (double, MOST_TIMES);
  self->outputs = g_new (guint, MOST_TIMES);
  for (guint i = 0; i < G_N_ELEMENTS (self->ends); i++)
    {
      self->ends[i].values = g_new (double, MOST_TIMES);
      self->ends[i].areas = g_new (double, MOST_TIMES);
    }
  for (guint i = 0; i < MOST_TIMES; i++)
    self->outputs[i] = target->output;
  return self;
}

void
tdm_metrics_free (TdmMetrics *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->ends); i++)
    {
      g_clear_pointer (&self->ends[i].plan, tdm_pk_plan_unref);
      g_free (self->ends[i].values);
      g_free (self->ends[i].areas);
    }
  tdm_pk_work_free (self->work);
  g_free (self->parameters);
  g_free (self->settled);
  g_free (self->values);
  g_free (self->areas);
  g_free (self->times);
  g_free (self->outputs);
  g_free (self);
}

void
tdm_metrics_set_cancellable (TdmMetrics *self, GCancellable *cancellable)
{
  tdm_pk_work_set_cancellable (self->work, cancellable);
}

void
tdm_metrics_set_tolerance (TdmMetrics *self, double relative, double absolute)
{
  tdm_pk_work_set_tolerance (self->work, relative, absolute);
}

double
tdm_target_share_above (const double *values, guint n, double threshold)
{
  double above = 0;
  for (guint i = 1; i < n; i++)
    {
      double a = values[i - 1] - threshold, b = values[i] - threshold;
      if (a >= 0 && b >= 0)
        above += 1;
      else if (a >= 0 || b >= 0)
        above += MAX (a, b) / fabs (a - b);
    }
  return above / (n - 1);
}

/* The hours from the first point of a grid to the last passing of the threshold, which
 * falls like an exponential between two points: INFINITY where the last point is above,
 * 0 where none is. */
static double
time_to_below (const double *values, const double *times, guint n, double threshold)
{
  guint last = n;
  for (guint i = 0; i < n; i++)
    if (values[i] >= threshold)
      last = i;
  if (last == n)
    return 0;
  if (last == n - 1)
    return INFINITY;
  double a = values[last], b = values[last + 1];
  double share = b > 0 ? log (a / threshold) / log (a / b) : (a - threshold) / (a - b);
  return times[last] + share * (times[last + 1] - times[last]) - times[0];
}

/* The target's metric from the profile of a grid of n points; `scale`: what multiplies
 * the profile and the areas. Areas of a span are set where they are computed. */
static void
set_target_metric (const TdmMetrics *self, guint n, double scale,
                   TdmRegimenMetrics *out)
{
  const TdmResolvedTarget *t = &self->target;
  const double fraction = t->fraction > 0 ? t->fraction : 1.0;
  const double threshold = t->threshold / (scale * fraction);
  switch (t->metric)
    {
    case TDM_METRIC_NONE:
      out->target = 0;
      break;
    case TDM_METRIC_TROUGH:
      out->target = fraction * out->trough;
      break;
    case TDM_METRIC_PEAK:
      out->target = fraction * out->peak;
      break;
    case TDM_METRIC_AVERAGE:
      out->target = fraction * out->average;
      break;
    case TDM_METRIC_AUC24:
      out->target = fraction * out->auc24;
      break;
    case TDM_METRIC_AUC_MIC:
      out->target = fraction * out->auc24 / t->mic;
      break;
    case TDM_METRIC_PEAK_MIC:
      out->target = fraction * out->peak / t->mic;
      break;
    case TDM_METRIC_TIME_ABOVE:
      out->target = tdm_target_share_above (self->values, n, threshold);
      break;
    case TDM_METRIC_TIME_BELOW:
      out->target = 1.0 - tdm_target_share_above (self->values, n, threshold);
      break;
    case TDM_METRIC_TIME_TO_BELOW:
      out->target = time_to_below (self->values, self->times, n, threshold);
      break;
    case TDM_METRIC_AUC:
    case TDM_METRIC_CUMULATIVE_AUC:
      out->target *= fraction;
      break;
    }
}

static gboolean
at_steady_state (TdmMetrics *self, const TdmRegimen *regimen, TdmRegimenMetrics *out,
                 GError **error)
{
  TdmPkDose dose = tdm_regimen_dose (regimen, 1);
  gboolean grid = tdm_metric_has_threshold (self->target.metric);
  guint n_grid = grid ? GRID_POINTS + 1 : 0;
  TdmPkSteadyState steady;
  dose.steady_state = TRUE;
  for (guint i = 0; i < n_grid; i++)
    self->times[i] = regimen->interval_h * i / GRID_POINTS;
  tdm_problem_parameters_at (self->problem, self->parameters, regimen->first_dose_h,
                             self->settled);
  if (!tdm_pk_steady_state (&self->structure, &dose, self->settled, self->times, n_grid,
                            self->values, self->work, &steady, error))
    return FALSE;
  for (guint i = 0; i < n_grid; i++)
    self->values[i] *= self->scale;
  out->trough = steady.trough * self->scale;
  out->peak = steady.peak * self->scale;
  out->average = steady.auc / regimen->interval_h * self->scale;
  out->auc24 = out->average * 24;
  set_target_metric (self, n_grid, 1.0, out);
  return TRUE;
}

/* Where the interval that is looked at begins, and how long it is. */
static double
look_from (const TdmMetrics *self)
{
  const TdmResolvedTarget *t = &self->target;
  return t->has_span && t->metric != TDM_METRIC_AUC ? t->from_h : t->at_h;
}

static double
look_length (const TdmMetrics *self, const TdmRegimen *regimen)
{
  const TdmResolvedTarget *t = &self->target;
  return t->has_span && t->metric != TDM_METRIC_AUC ? t->to_h - t->from_h
                                                    : regimen->interval_h;
}

/* The last time anything is looked at. */
static double
horizon (const TdmMetrics *self, const TdmRegimen *regimen)
{
  const TdmResolvedTarget *t = &self->target;
  if (t->metric == TDM_METRIC_AUC && t->at_steady_state)
    return t->to_h;
  double end = look_from (self) + MAX (24.0, look_length (self, regimen));
  return t->metric == TDM_METRIC_AUC ? MAX (t->to_h, end) : end;
}

/* Concentrations peak where an infusion ends or a bolus is given, and are lowest just
 * before it, which need not be on the grid. Returns the new number of times. */
static guint
add_corners (TdmMetrics *self, const TdmPkPlan *doses, double until_h, guint n)
{
  double start_h = self->times[0];
  guint most = n + MAX_CORNERS;
  for (guint i = 0; i < tdm_pk_plan_get_n_doses (doses) && n + 1 < most; i++)
    {
      double given, amount, duration;
      tdm_pk_plan_get_dose (doses, i, &given, &amount, &duration);
      double t = given + (duration > 0 ? duration : JUST_AFTER_H);
      if (given > start_h && given < until_h)
        self->times[n++] = given;
      if (t > start_h && t < until_h)
        self->times[n++] = t;
    }
  return n;
}

/* times: the grid over the interval, then its end of 24 h, then from_h, to_h, then the
 * corners within the interval. */
static gboolean
prepare_plan (TdmMetrics *self, Profile *profile, const TdmRegimen *regimen,
              GError **error)
{
  if (profile->plan && tdm_regimen_equal (&profile->planned, regimen, TRUE))
    return TRUE;
  g_clear_pointer (&profile->plan, tdm_pk_plan_unref);
  TdmPkDose lines[TDM_REGIMEN_LINES];
  guint n = 0;
  double start = look_from (self), length = look_length (self, regimen);
  for (guint i = 0; i <= GRID_POINTS; i++)
    self->times[n++] = start + length * i / GRID_POINTS;
  self->times[n++] = start + 24;
  self->times[n++] = self->target.from_h;
  self->times[n++] = self->target.to_h;
  TdmPlanSpec spec = { .until_h = tdm_regimen_start (regimen), .extra = lines };
  spec.n_extra = tdm_regimen_lines (regimen, horizon (self, regimen), lines);
  g_autoptr (TdmPkPlan) doses = tdm_problem_plan (self->problem, &spec, error);
  if (!doses)
    return FALSE;
  n = add_corners (self, doses, start + length, n);
  profile->n = n;
  spec.times_h = self->times;
  spec.outputs = self->outputs;
  spec.n_times = n;
  spec.main_output = self->target.output;
  profile->plan = tdm_problem_plan (self->problem, &spec, error);
  profile->planned = *regimen;
  return profile->plan != NULL;
}

/* The values and areas of a regimen, in the output's unit; the parameters are loaded.
 */
static gboolean
predict_named (TdmMetrics *self, Profile *profile, const TdmRegimen *regimen,
               GError **error)
{
  TdmJetSpace plain = tdm_jet_space (0, 0);
  if (!prepare_plan (self, profile, regimen, error)
      || !tdm_pk_plan_predict (profile->plan, self->work, &plain, self->parameters,
                               profile->values, profile->areas, error))
    return FALSE;
  for (guint i = 0; i < profile->n; i++)
    {
      profile->values[i] *= self->scale;
      profile->areas[i] *= self->scale;
    }
  return TRUE;
}

/* Lowest and highest concentration of the interval that is looked at. */
static void
find_extremes (const TdmMetrics *self, guint n, double *low, double *high)
{
  const guint end = GRID_POINTS, to = end + 3;
  *low = *high = self->values[0];
  for (guint i = 0; i < n; i++)
    if (i <= end || i > to)
      {
        *low = MIN (*low, self->values[i]);
        *high = MAX (*high, self->values[i]);
      }
}

/* The metrics from the n values and areas that `self` holds. */
static void
read_named (TdmMetrics *self, const TdmRegimen *regimen, guint n,
            TdmRegimenMetrics *out)
{
  const guint end = GRID_POINTS, day = end + 1, from = end + 2, to = end + 3;
  find_extremes (self, n, &out->trough, &out->peak);
  if (!self->target.has_span || self->target.metric == TDM_METRIC_AUC)
    out->trough = self->values[0];
  out->average = (self->areas[end] - self->areas[0]) / look_length (self, regimen);
  out->auc24 = self->areas[day] - self->areas[0];
  if (self->target.metric == TDM_METRIC_AUC)
    out->target = self->areas[to] - self->areas[from];
  else if (self->target.metric == TDM_METRIC_CUMULATIVE_AUC)
    out->target = self->areas[0];
  set_target_metric (self, GRID_POINTS + 1, 1.0, out);
}

static gboolean
at_named_time (TdmMetrics *self, const TdmRegimen *regimen, TdmRegimenMetrics *out,
               GError **error)
{
  Profile *profile = &self->ends[0];
  if (!predict_named (self, profile, regimen, error))
    return FALSE;
  memcpy (self->values, profile->values, profile->n * sizeof (double));
  memcpy (self->areas, profile->areas, profile->n * sizeof (double));
  read_named (self, regimen, profile->n, out);
  return TRUE;
}

static gboolean
load_parameters (TdmMetrics *self, const double *eta, GError **error)
{
  TdmJetSpace plain = tdm_jet_space (0, 0);
  if (tdm_problem_parameters (self->problem, &plain, eta, TDM_SETS_AHEAD,
                              self->parameters))
    return TRUE;
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "a parameter of the model is not a finite number for this patient");
  return FALSE;
}

/* Whether all metrics are of a named time or span. */
static gboolean
is_named (const TdmMetrics *self)
{
  return !self->target.at_steady_state
         || (self->target.has_span && self->target.metric != TDM_METRIC_AUC);
}

gboolean
tdm_metrics_compute (TdmMetrics *self, const TdmRegimen *regimen, const double *eta,
                     TdmRegimenMetrics *out, GError **error)
{
  *out = (TdmRegimenMetrics){ 0 };
  if (!load_parameters (self, eta, error))
    return FALSE;
  if (is_named (self))
    return at_named_time (self, regimen, out, error);
  if (self->target.metric != TDM_METRIC_AUC)
    return at_steady_state (self, regimen, out, error);
  /* The area is of a named span, all else of the steady state. */
  TdmRegimenMetrics named;
  if (!at_named_time (self, regimen, &named, error)
      || !at_steady_state (self, regimen, out, error))
    return FALSE;
  out->target = named.target;
  return TRUE;
}

/* Whether what is predicted is a straight line in the amount. An input whose length is
 * its amount over a rate is not, nor one whose bioavailability or lag depends on it. */
static gboolean
is_linear (const TdmMetrics *self, const TdmRegimen *regimen)
{
  return tdm_model_is_proportional (tdm_problem_get_model (self->problem),
                                    self->target.output)
         && !regimen->route->route.duration_is_rate
         && !tdm_pk_route_depends_on_dose (&regimen->route->route);
}

/* Steady state: all is proportional to the amount, but for times and shares of it. */
static void
scale_steady (TdmMetrics *self, const TdmRegimenMetrics *from, double factor,
              TdmRegimenMetrics *out)
{
  *out = (TdmRegimenMetrics){ .trough = from->trough * factor,
                              .peak = from->peak * factor,
                              .average = from->average * factor,
                              .auc24 = from->auc24 * factor };
  set_target_metric (self, GRID_POINTS + 1, factor, out);
}

static gboolean
is_plainly_steady (const TdmMetrics *self)
{
  return tdm_target_is_steady (&self->target)
         && self->target.metric != TDM_METRIC_CUMULATIVE_AUC;
}

/* All amounts from the largest one: there a solver's absolute error counts least. */
static void
compute_scaled (TdmMetrics *self, const TdmRegimen *regimen, const double *amounts_mg,
                guint n, const double *eta, TdmRegimenMetrics *out)
{
  TdmRegimen one = *regimen;
  TdmRegimenMetrics most;
  one.amount_mg = amounts_mg[0];
  for (guint i = 1; i < n; i++)
    one.amount_mg = MAX (one.amount_mg, amounts_mg[i]);
  const gboolean known = tdm_metrics_compute (self, &one, eta, &most, NULL);
  for (guint i = 0; i < n; i++)
    {
      scale_steady (self, &most, amounts_mg[i] / one.amount_mg, &out[i]);
      if (!known)
        out[i].target = NAN;
    }
}

/* Named times: the history and what is added to it superpose, so that the profiles of
 * two amounts give those of all between and beyond. FALSE where one cannot be had. */
static gboolean
compute_superposed (TdmMetrics *self, const TdmRegimen *regimen,
                    const double *amounts_mg, guint n, const double *eta,
                    TdmRegimenMetrics *out)
{
  const double least = amounts_mg[0], most = amounts_mg[n - 1];
  TdmRegimen one = *regimen;
  if (n < 3 || least == most || !load_parameters (self, eta, NULL))
    return FALSE;
  one.amount_mg = least;
  if (!predict_named (self, &self->ends[0], &one, NULL))
    return FALSE;
  one.amount_mg = most;
  if (!predict_named (self, &self->ends[1], &one, NULL))
    return FALSE;
  const Profile *low = &self->ends[0], *high = &self->ends[1];
  for (guint i = 0; i < n; i++)
    {
      const double share = (amounts_mg[i] - least) / (most - least);
      for (guint k = 0; k < low->n; k++)
        {
          self->values[k] = low->values[k] + share * (high->values[k] - low->values[k]);
          self->areas[k] = low->areas[k] + share * (high->areas[k] - low->areas[k]);
        }
      out[i] = (TdmRegimenMetrics){ 0 };
      read_named (self, regimen, low->n, &out[i]);
    }
  return TRUE;
}

void
tdm_metrics_compute_amounts (TdmMetrics *self, const TdmRegimen *regimen,
                             const double *amounts_mg, guint n, const double *eta,
                             TdmRegimenMetrics *out)
{
  const gboolean linear = is_linear (self, regimen);
  TdmRegimen one = *regimen;
  if (linear && is_plainly_steady (self))
    {
      compute_scaled (self, regimen, amounts_mg, n, eta, out);
      return;
    }
  if (linear && is_named (self)
      && compute_superposed (self, regimen, amounts_mg, n, eta, out))
    return;
  if (self->target.metric != TDM_METRIC_NONE
      && !tdm_metric_has_threshold (self->target.metric)
      && tdm_interpolate_amounts (self, regimen, amounts_mg, n, eta, out))
    return;
  for (guint i = 0; i < n; i++)
    {
      one.amount_mg = amounts_mg[i];
      if (!tdm_metrics_compute (self, &one, eta, &out[i], NULL))
        out[i].target = NAN;
    }
}
