/* The dose search.
 *
 * For each route and interval the amounts around the middle of the window become
 * candidates, each over the shortest infusion its rate allows (every infusion length
 * when the target is a peak): the metric rises with the amount, so they are found by
 * bisection at the MAP estimate. Each candidate is then judged under every draw of the
 * posterior (engine/score.h). A shape is what a regimen is apart from its amount. Where
 * an effect falls as the dose rises (a clotting activity), the search goes the other
 * way, and too little of the effect is what too much of the drug is elsewhere. */
#include "engine/limits.h"
#include "engine/refine.h"
#include "engine/screen.h"
#include "engine/ward.h"
#include "engine/withhold.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

#define DEFAULT_DRAWS 1000
#define DEFAULT_KEEP 12
/* Candidates of one dosing, shared out between its intervals, and at least of each;
 * where amounts do not superpose each costs a thousand times more. */
#define PER_DOSING 9
#define PER_INTERVAL 3
#define PER_DOSING_ODE 5
#define PER_INTERVAL_ODE 2
#define ODE_SHAPES 6
#define ODE_DRAWS 200
/* Scores closer than this are equal: draws cannot tell them apart. */
#define EQUAL_SCORE 0.01

typedef struct
{
  TdmRegimen base;       /* route, interval, duration, first dose; any amount */
  GPtrArray *candidates; /* TdmRegimen*, borrowed from the pool */
  double distance;       /* of its best candidate from the centre, log scale */
} Shape;

typedef struct
{
  const TdmFit *fit;
  const TdmProblem *problem;
  TdmResolvedTarget target;
  gboolean linear;
  guint draws;
  const double *effects;
  const TdmModelDosing *dosing; /* that is searched; NULL = none of the model's */
  GPtrArray *shapes;            /* Shape* */
  GPtrArray *pool;              /* TdmRegimen* */
  guint per_interval;           /* candidates */
  GCancellable *cancellable;
} Search;

static void
shape_free (Shape *self)
{
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

static TdmRegimen *
regimen_with_amount (const TdmRegimen *base, double amount_mg)
{
  TdmRegimen *self = g_memdup2 (base, sizeof *base);
  self->amount_mg = amount_mg;
  self->notes = tdm_notes_new ();
  return self;
}

/* What can be given at one interval: an amount over an infusion length. */
typedef struct
{
  double amount_mg, duration_h;
} Option;

/* The words that tell `route` from the others that the drug is given by: the same
 * amount of another salt or form is another dose. */
static const char *
given_as (const Search *s, const TdmModelRoute *route)
{
  TdmModel *model = tdm_problem_get_model (s->problem);
  for (guint d = 0; d < tdm_model_get_n_dosings (model); d++)
    if (tdm_model_get_dosing (model, d)->route != route)
      return route->title;
  return NULL;
}

static TdmRegimen
base_regimen (const Search *s, const TdmModelRoute *route, double interval,
              double duration)
{
  return (TdmRegimen){ .route = route,
                       .given_as = given_as (s, route),
                       .salt = tdm_problem_get_current (s->problem).salt,
                       .interval_h = interval,
                       .duration_h = duration,
                       .dosing = s->dosing,
                       .first_dose_h = tdm_problem_get_adjust_h (s->problem) };
}

/* The metrics at the MAP estimate; FALSE where there is no steady state. */
static gboolean
map_metrics (Search *s, TdmMetrics *metrics, const TdmRegimen *regimen,
             TdmRegimenMetrics *out)
{
  return tdm_metrics_compute (metrics, regimen, s->fit->eta, out, NULL);
}

/* Whether the metric is smaller with the largest amount than with the smallest. */
static gboolean
is_falling (Search *s, TdmMetrics *metrics, const TdmRegimen *base,
            const GArray *options)
{
  const guint ends[2] = { 0, options->len - 1 };
  TdmRegimenMetrics m[2];
  if (s->linear && !tdm_pk_route_depends_on_dose (&base->route->route))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      const Option *option = &g_array_index (options, Option, ends[i]);
      TdmRegimen regimen = *base;
      regimen.amount_mg = option->amount_mg;
      regimen.duration_h = option->duration_h;
      if (!map_metrics (s, metrics, &regimen, &m[i]))
        return s->target.falling;
    }
  return m[1].target < m[0].target;
}

/* Index of the first option whose metric reaches the middle of the window, n when none.
 */
static guint
bisect (Search *s, TdmMetrics *metrics, const TdmRegimen *base, const GArray *options)
{
  guint lo = 0, hi = options->len;
  double centre = tdm_target_centre (&s->target);
  while (lo < hi)
    {
      guint mid = (lo + hi) / 2;
      const Option *option = &g_array_index (options, Option, mid);
      TdmRegimen regimen = *base;
      TdmRegimenMetrics m;
      regimen.amount_mg = option->amount_mg;
      regimen.duration_h = option->duration_h;
      if (!map_metrics (s, metrics, &regimen, &m)
          || (s->target.falling ? m.target <= centre : m.target >= centre))
        hi = mid;
      else
        lo = mid + 1;
    }
  return lo;
}

/* Every amount that can be given over `duration`, or over the shortest length its rate
 * allows when `duration` is negative. */
static GArray *
list_options (const TdmModelDosing *d, double interval, double duration)
{
  const double none[] = { 0.0 };
  const double *durations = d->n_durations ? d->durations_h : none;
  guint n = d->n_durations ? d->n_durations : 1;
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Option));
  for (guint i = 0; i < d->n_amounts; i++)
    for (guint k = 0; k < n; k++)
      {
        Option option = { d->amounts_mg[i], durations[k] };
        if ((duration >= 0 && durations[k] != duration)
            || !tdm_limits_allow (d, option.amount_mg, interval, option.duration_h))
          continue;
        g_array_append_val (out, option);
        break;
      }
  return out;
}

static double
log_distance (const TdmResolvedTarget *target, double value)
{
  return value > 0 && isfinite (value) ? fabs (log (value / tdm_target_centre (target)))
                                       : INFINITY;
}

static Shape *
shape_for (Search *s, const TdmRegimen *base)
{
  for (guint i = 0; i < s->shapes->len; i++)
    {
      Shape *shape = s->shapes->pdata[i];
      if (shape->base.route == base->route && shape->base.interval_h == base->interval_h
          && shape->base.duration_h == base->duration_h
          && shape->base.is_current == base->is_current)
        return shape;
    }
  Shape *shape = g_new0 (Shape, 1);
  shape->base = *base;
  shape->candidates = g_ptr_array_new ();
  shape->distance = INFINITY;
  g_ptr_array_add (s->shapes, shape);
  return shape;
}

/* The same interval may be listed twice, or two dosings overlap. */
static gboolean
is_known (const Search *s, const TdmRegimen *base, double amount)
{
  for (guint i = 0; i < s->pool->len; i++)
    {
      const TdmRegimen *r = s->pool->pdata[i];
      if (r->route == base->route && r->amount_mg == amount
          && r->interval_h == base->interval_h && r->duration_h == base->duration_h
          && r->is_current == base->is_current)
        return TRUE;
    }
  return FALSE;
}

static void
add_candidate (Search *s, TdmMetrics *metrics, const TdmRegimen *base, double amount)
{
  if (is_known (s, base, amount))
    return;
  TdmRegimen *regimen = regimen_with_amount (base, amount);
  if (base->dosing)
    regimen->volume_l =
        tdm_limits_volume (base->dosing, amount / tdm_limits_salt_factor (base->salt));
  if (!map_metrics (s, metrics, regimen, &regimen->metrics))
    {
      tdm_regimen_free (regimen);
      return;
    }
  Shape *shape = shape_for (s, base);
  double distance = log_distance (&s->target, regimen->metrics.target);
  shape->distance = MIN (shape->distance, distance);
  g_ptr_array_add (s->pool, regimen);
  g_ptr_array_add (shape->candidates, regimen);
}

/* The options around the middle of the window become candidates. */
static void
pick (Search *s, TdmMetrics *metrics, const TdmRegimen *base, const GArray *options)
{
  const int keep = (int)s->per_interval, n = (int)options->len;
  if (n == 0 || g_cancellable_is_cancelled (s->cancellable))
    return;
  if (tdm_model_get_output (tdm_problem_get_model (s->problem), s->target.output)
          ->effect)
    s->target.falling = is_falling (s, metrics, base, options);
  int at = (int)bisect (s, metrics, base, options);
  int from = CLAMP (at - (keep + 1) / 2, 0, MAX (n - keep, 0));
  for (int i = from; i < from + keep && i < n; i++)
    {
      const Option *option = &g_array_index (options, Option, i);
      TdmRegimen own = *base;
      own.duration_h = option->duration_h;
      add_candidate (s, metrics, &own, option->amount_mg);
    }
}

static void
search_interval (Search *s, TdmMetrics *metrics, const TdmModelDosing *dosing,
                 double interval)
{
  gboolean peak =
      s->target.metric == TDM_METRIC_PEAK || s->target.metric == TDM_METRIC_PEAK_MIC;
  TdmRegimen base = base_regimen (s, dosing->route, interval, 0);
  double first =
      tdm_ward_first (tdm_problem_get_case (s->problem), base.first_dose_h, interval);
  if (isnan (first))
    return;
  base.hold_h = first - base.first_dose_h;
  base.first_dose_h = first;
  for (guint k = 0; k < MAX (dosing->n_durations, 1); k++)
    {
      double duration = peak && dosing->n_durations ? dosing->durations_h[k] : -1.0;
      g_autoptr (GArray) options = list_options (dosing, interval, duration);
      pick (s, metrics, &base, options);
      if (!peak)
        break;
    }
}

/* The amounts that can be given, where they are of a salt: `amounts` holds them as the
 * model counts, and belongs to the caller. Those of a salt counted in moles are the
 * same tablets. */
static TdmModelDosing
dosing_of_salt (const TdmModelDosing *dosing, const TdmModelSalt *salt, double *amounts)
{
  const double factor = g_str_equal (salt->unit, "mg") ? salt->mg : 1.0;
  TdmModelDosing out = *dosing;
  for (guint i = 0; i < dosing->n_amounts; i++)
    amounts[i] = dosing->amounts_mg[i] * factor;
  out.amounts_mg = amounts;
  out.max_single_mg *= factor;
  out.max_daily_mg *= factor;
  out.max_rate_mg_h *= factor;
  out.max_concentration_mg_l *= factor;
  return out;
}

static void
search_dosing (Search *s, TdmMetrics *metrics, const TdmModelDosing *dosing)
{
  const TdmCaseOptions *options =
      tdm_case_get_options (tdm_problem_get_case (s->problem));
  guint n = options->n_intervals ? options->n_intervals : dosing->n_intervals;
  const double *intervals =
      options->n_intervals ? options->intervals_h : dosing->intervals_h;
  s->per_interval = s->linear ? MAX (PER_DOSING / MAX (n, 1), PER_INTERVAL)
                              : MAX (PER_DOSING_ODE / MAX (n, 1), PER_INTERVAL_ODE);
  for (guint i = 0; i < n; i++)
    search_interval (s, metrics, dosing, intervals[i]);
}

/* What is given as a salt goes on as that salt, by the routes that take it. */
static void
search_as_given (Search *s, TdmMetrics *metrics, const TdmModelDosing *dosing)
{
  const TdmModelSalt *salt = tdm_problem_get_current (s->problem).salt;
  if (!salt)
    {
      search_dosing (s, metrics, dosing);
      return;
    }
  if (!tdm_salt_fits (salt, tdm_problem_get_model (s->problem), dosing->route))
    return;
  g_autofree double *amounts = g_new (double, dosing->n_amounts);
  TdmModelDosing own = dosing_of_salt (dosing, salt, amounts);
  search_dosing (s, metrics, &own);
}

/* What is not given: never, so that all of the history counts and no new occasion
 * begins; a week is looked at. */
#define NEVER_H 1e6
#define NO_DOSE_INTERVAL_H 168.0

/* The regimen as it is, which may be that nothing more is given: where no interval is
 * known and the target is of a named time, that is the first thing to ask about. */
static void
add_current (Search *s, TdmMetrics *metrics)
{
  TdmCurrentRegimen current = tdm_problem_get_current (s->problem);
  if (!current.route || (current.interval_h <= 0 && s->target.at_steady_state))
    return;
  if (current.interval_h <= 0)
    current =
        (TdmCurrentRegimen){ .route = current.route, .interval_h = NO_DOSE_INTERVAL_H };
  TdmRegimen base =
      base_regimen (s, current.route, current.interval_h, current.duration_h);
  base.is_current = TRUE;
  if (current.amount_mg <= 0)
    base.first_dose_h = NEVER_H;
  add_candidate (s, metrics, &base, current.amount_mg);
}

/* Takes out candidates that equal the current regimen. */
static void
drop_twins (Search *s)
{
  const TdmRegimen *current = NULL;
  for (guint i = 0; i < s->pool->len; i++)
    if (((TdmRegimen *)s->pool->pdata[i])->is_current)
      current = s->pool->pdata[i];
  for (guint k = 0; current && k < s->shapes->len; k++)
    {
      GPtrArray *list = ((Shape *)s->shapes->pdata[k])->candidates;
      for (guint i = list->len; i-- > 0;)
        {
          TdmRegimen *r = list->pdata[i];
          if (r != current && r->route == current->route
              && r->amount_mg == current->amount_mg
              && r->interval_h == current->interval_h
              && r->duration_h == current->duration_h)
            {
              g_ptr_array_remove_index (list, i);
              g_ptr_array_remove (s->pool, r);
            }
        }
    }
}

static gint
compare_shapes (gconstpointer a, gconstpointer b)
{
  const Shape *x = *(Shape *const *)a, *y = *(Shape *const *)b;
  int current = y->base.is_current - x->base.is_current;
  return current ? current : (x->distance > y->distance) - (x->distance < y->distance);
}

/* Differential equations: only the shapes nearest to the centre go on to the draws. */
static void
keep_nearest_shapes (Search *s)
{
  g_ptr_array_sort (s->shapes, compare_shapes);
  while (s->shapes->len > ODE_SHAPES)
    {
      const Shape *last = s->shapes->pdata[s->shapes->len - 1];
      for (guint i = 0; i < last->candidates->len; i++)
        g_ptr_array_remove (s->pool, last->candidates->pdata[i]);
      g_ptr_array_remove_index (s->shapes, s->shapes->len - 1);
    }
}

/* The pool is what was asked for, in the terms of this model. */
static void
take_among (Search *s, const GPtrArray *among)
{
  TdmModel *model = tdm_problem_get_model (s->problem);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (s->problem, &s->target);
  tdm_metrics_set_cancellable (metrics, s->cancellable);
  for (guint i = 0; i < among->len; i++)
    {
      TdmRegimen one;
      if (!tdm_regimen_translate (among->pdata[i], model, &one)
          || !map_metrics (s, metrics, &one, &one.metrics))
        continue;
      TdmRegimen *own = regimen_with_amount (&one, one.amount_mg);
      own->has_days = FALSE;
      g_ptr_array_add (s->pool, own);
    }
}

/* Every candidate under every draw. */
static gboolean
evaluate_all (Search *s, GError **error)
{
  const TdmScoreInput input = { .problem = s->problem,
                                .target = &s->target,
                                .rows = s->effects,
                                .draws = s->draws,
                                .cancellable = s->cancellable };
  return tdm_screen_judge (&input, (TdmRegimen *const *)s->pool->pdata, s->pool->len,
                           error);
}

typedef struct
{
  const Search *search;
  double reference_h; /* interval preferred among equals */
} Ranking;

static gint
compare_regimens (gconstpointer a, gconstpointer b, gpointer data)
{
  const TdmRegimen *x = *(TdmRegimen *const *)a, *y = *(TdmRegimen *const *)b;
  const Ranking *ranking = data;
  const TdmResolvedTarget *target = &ranking->search->target;
  /* Rounded, so that the order stays transitive. */
  double sx = round (x->score / EQUAL_SCORE), sy = round (y->score / EQUAL_SCORE);
  if (sx != sy)
    return sx < sy ? 1 : -1;
  double ix = fabs (log (x->interval_h / ranking->reference_h));
  double iy = fabs (log (y->interval_h / ranking->reference_h));
  if (fabs (ix - iy) > 1e-9)
    return ix > iy ? 1 : -1;
  double dx = log_distance (target, x->metrics.target);
  double dy = log_distance (target, y->metrics.target);
  return (dx > dy) - (dx < dy);
}

static gboolean
is_first_of_interval (const TdmProposals *self, const TdmRegimen *regimen)
{
  for (guint k = 0; k < self->regimens->len; k++)
    {
      const TdmRegimen *other = self->regimens->pdata[k];
      if (!other->is_current && other->route == regimen->route
          && other->interval_h == regimen->interval_h)
        return FALSE;
    }
  return TRUE;
}

/* The regimen whose MAP metric is nearest to the window. */
static int
find_nearest (const Search *s, const TdmProposals *self)
{
  int nearest = -1;
  double least = INFINITY;
  for (guint i = 0; i < self->regimens->len; i++)
    {
      const TdmRegimen *r = self->regimens->pdata[i];
      double distance = log_distance (&s->target, r->metrics.target);
      if ((!r->is_current || r->amount_mg <= 0) && distance < least)
        {
          nearest = (int)i;
          least = distance;
        }
    }
  return nearest;
}

static gboolean
refine (const Search *s, TdmProposals *self, GError **error)
{
  const TdmRefine refine = { s->fit, &s->target, s->effects, s->draws, s->cancellable };
  if (!tdm_refine_continuous (&refine, self, error)
      || !tdm_refine_onsets (&refine, self, error)
      || !tdm_refine_steps (&refine, self, error))
    return FALSE;
  if (self->none_reaches)
    self->nearest = find_nearest (s, self);
  return TRUE;
}

static void
rank (Search *s, guint keep, TdmProposals *out)
{
  TdmCurrentRegimen current = tdm_problem_get_current (s->problem);
  Ranking ranking = { s, current.interval_h > 0 ? current.interval_h : 12.0 };
  out->none_reaches = TRUE;
  g_ptr_array_sort_with_data (s->pool, compare_regimens, &ranking);
  for (guint i = 0; i < s->pool->len; i++)
    {
      TdmRegimen *regimen = s->pool->pdata[i];
      if (tdm_target_side (&s->target, regimen->metrics.target) == 0)
        out->none_reaches = FALSE;
      if (i < keep || regimen->is_current || is_first_of_interval (out, regimen))
        g_ptr_array_add (out->regimens, regimen);
      else
        tdm_regimen_free (regimen);
    }
  g_ptr_array_set_free_func (s->pool, NULL);
  g_ptr_array_set_size (s->pool, 0);
}

static void
search_clear (Search *s)
{
  g_clear_pointer (&s->shapes, g_ptr_array_unref);
  g_clear_pointer (&s->pool, g_ptr_array_unref);
  tdm_resolved_target_clear (&s->target);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

static void
search_init (Search *s, const TdmFit *fit, const TdmDoseSearchOptions *options)
{
  TdmModel *model = tdm_problem_get_model (fit->problem);
  s->fit = fit;
  s->problem = fit->problem;
  s->linear = tdm_model_is_proportional (model, s->target.output);
  s->draws = tdm_model_get_structure (model)->kind == TDM_PK_LINEAR ? DEFAULT_DRAWS
                                                                    : ODE_DRAWS;
  if (options && options->draws)
    s->draws = options->draws;
  if (options && options->posterior)
    s->draws = options->posterior->draws;
  s->shapes = g_ptr_array_new_with_free_func ((GDestroyNotify)shape_free);
  s->pool = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
}

static void
find_pool (Search *s)
{
  TdmModel *model = tdm_problem_get_model (s->problem);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (s->problem, &s->target);
  tdm_metrics_set_cancellable (metrics, s->cancellable);
  const guint n = tdm_model_get_n_covariates (model);
  g_autofree double *covariates = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    covariates[i] = tdm_problem_get_covariate_at (
        s->problem, i, tdm_problem_get_adjust_h (s->problem));
  for (guint d = 0; d < tdm_model_get_n_dosings (model); d++)
    if (tdm_model_dosing_applies (model, d, covariates))
      {
        s->dosing = tdm_model_get_dosing (model, d);
        search_as_given (s, metrics, s->dosing);
      }
  s->dosing = NULL;
  add_current (s, metrics);
  drop_twins (s);
  if (!s->linear)
    keep_nearest_shapes (s);
}

static double *
new_effects (const Search *s, const TdmDoseSearchOptions *options)
{
  const TdmPosterior *posterior = options ? options->posterior : NULL;
  if (!posterior)
    return tdm_fit_draw_individual (s->fit, s->draws, options ? options->seed : 0);
  return g_memdup2 (posterior->rows,
                    ((gsize)posterior->draws * posterior->width + 1) * sizeof (double));
}

TdmProposals *
tdm_dose_search (const TdmFit *fit, const GPtrArray *notes,
                 const TdmDoseSearchOptions *options, GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (TdmProposals) self = g_new0 (TdmProposals, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->nearest = -1;
  self->target = *tdm_problem_get_target (fit->problem);
  self->owner = tdm_problem_ref (fit->problem);
  self->regimens = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
  g_auto (Search) s = { .cancellable = cancellable };
  if (self->target.metric != TDM_METRIC_NONE)
    {
      if (!tdm_target_resolve (fit->problem, &self->target, &s.target, error))
        return NULL;
      self->target_unit = g_strdup (s.target.unit);
      self->output = s.target.output;
      self->alarm_low = s.target.alarm_low;
      self->alarm_high = s.target.alarm_high;
    }
  if (tdm_proposals_must_withhold (self, fit, notes))
    return g_steal_pointer (&self);
  search_init (&s, fit, options);
  g_autofree double *effects = new_effects (&s, options);
  tdm_score_drop_future (fit, effects, s.draws);
  s.effects = effects;
  const GPtrArray *among = options ? options->among : NULL;
  if (among)
    take_among (&s, among);
  else
    find_pool (&s);
  if (!evaluate_all (&s, error))
    return NULL;
  self->candidates = s.pool->len;
  rank (&s, options && options->keep ? options->keep : DEFAULT_KEEP, self);
  if (!among && !refine (&s, self, error))
    return NULL;
  if (self->regimens->len == 0)
    tdm_proposals_withhold (
        self, "no-candidate",
        "No regimen that can be given has a steady state in this patient.");
  return g_steal_pointer (&self);
}

TdmProposals *
tdm_proposals_ref (TdmProposals *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_proposals_unref (TdmProposals *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->regimens, g_ptr_array_unref);
  if (self->withheld)
    {
      g_autoptr (GPtrArray) last = tdm_notes_new ();
      g_ptr_array_add (last, self->withheld);
    }
  g_free (self->target_unit);
  tdm_problem_unref (self->owner);
  g_free (self);
}
