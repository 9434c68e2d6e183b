/* Regimens under all members: what any of them proposes, how it begins included, and
 * the amounts between what they propose, are judged by all that can give it, and the
 * chances are averaged by weight. */
#include "engine/average-private.h"

#include "engine/course.h"
#include "engine/limits.h"
#include "engine/regimen.h"
#include "engine/score.h"

#include <math.h>
#include <string.h>

/* Members that cannot give a regimen leave it, unless they weigh less than this. */
#define LEAST_SHARE 0.5
/* Most amounts that are put between those of the members, each way to give them. */
#define BETWEEN 24
/* Draws by which first days are judged, and what a beginning must gain to stand before
 * its plain form. */
#define DAYS_DRAWS 250
#define DAYS_DRAWS_ODE 40
#define GAIN_LEADS 0.1

/* The sums while members are added up; of the value only where there are days. */
typedef struct
{
  double weight, below, within, above, target, score, alarm_low, alarm_high;
  double days_weight, value;
  TdmCourseDay days[TDM_COURSE_DAYS];
} Sum;

static gboolean
same_name (const char *a, const char *b)
{
  return g_strcmp0 (a, b) == 0;
}

/* Routes and salts of different models are the same when their names are. */
static gboolean
is_same (const TdmRegimen *a, const TdmRegimen *b, gboolean amounts)
{
  TdmRegimen other = *b;
  if (!same_name (a->route->name, b->route->name)
      || !same_name (a->salt ? a->salt->name : NULL, b->salt ? b->salt->name : NULL))
    return FALSE;
  other.route = a->route;
  other.salt = a->salt;
  return tdm_regimen_equal (a, &other, amounts);
}

static int
find_regimen (const TdmAverage *self, const TdmRegimen *regimen)
{
  for (guint i = 0; i < self->regimens->len; i++)
    if (is_same (&((TdmAverageRegimen *)self->regimens->pdata[i])->regimen, regimen,
                 TRUE))
      return (int)i;
  return -1;
}

static void
add_regimen (TdmAverage *self, const TdmRegimen *regimen)
{
  const int found = find_regimen (self, regimen);
  if (found >= 0)
    {
      TdmAverageRegimen *there = self->regimens->pdata[found];
      there->regimen.is_current = there->regimen.is_current || regimen->is_current;
      return;
    }
  TdmAverageRegimen *one = g_new0 (TdmAverageRegimen, 1);
  one->regimen = *regimen;
  one->regimen.notes = NULL;
  one->regimen.has_days = FALSE;
  one->target = g_new (double, self->members->len);
  one->within = g_new (double, self->members->len);
  for (guint m = 0; m < self->members->len; m++)
    one->target[m] = one->within[m] = NAN;
  g_ptr_array_add (self->regimens, one);
}

static gboolean
is_variant (const TdmRegimen *regimen)
{
  return regimen->loading_mg > 0 || regimen->is_hold;
}

/* Without its loading dose, and without its hold, begun where another of its shape is.
 */
static TdmRegimen
plain_form (const TdmAverage *self, const TdmRegimen *variant)
{
  TdmRegimen plain = *variant;
  plain.loading_mg = plain.loading_duration_h = 0;
  if (!variant->is_hold)
    return plain;
  plain.is_hold = FALSE;
  plain.first_dose_h = tdm_regimen_start (variant);
  plain.hold_h = 0;
  for (guint i = 0; i < self->regimens->len; i++)
    {
      const TdmRegimen *r = &((TdmAverageRegimen *)self->regimens->pdata[i])->regimen;
      if (is_variant (r) || r->interval_h != variant->interval_h)
        continue;
      plain.first_dose_h = r->first_dose_h;
      plain.hold_h = r->hold_h;
      break;
    }
  return plain;
}

/* The amounts that can be given between the least and the most that are proposed in the
 * way of `one`: what is best together need not be best for any. */
static void
add_between (TdmAverage *self, const TdmRegimen *one)
{
  const TdmModelDosing *d = one->dosing;
  const double factor = tdm_limits_salt_factor (one->salt);
  double least = one->amount_mg, most = one->amount_mg;
  guint added = 0;
  for (guint i = 0; i < self->regimens->len; i++)
    {
      const TdmRegimen *r = &((TdmAverageRegimen *)self->regimens->pdata[i])->regimen;
      if (!is_same (r, one, FALSE))
        continue;
      least = MIN (least, r->amount_mg);
      most = MAX (most, r->amount_mg);
    }
  for (guint i = 0; i < d->n_amounts && added < BETWEEN; i++)
    {
      TdmRegimen other = *one;
      other.amount_mg = d->amounts_mg[i] * factor;
      other.is_current = FALSE;
      if (other.amount_mg <= least || other.amount_mg >= most
          || !tdm_limits_allow_regimen (&other) || find_regimen (self, &other) >= 0)
        continue;
      if (isfinite (d->max_concentration_mg_l))
        other.volume_l = tdm_limits_volume (d, d->amounts_mg[i]);
      add_regimen (self, &other);
      added++;
    }
}

/* Whether another amount costs next to nothing under all members. */
static gboolean
is_cheap (const TdmAverage *self)
{
  for (guint m = 0; m < self->members->len; m++)
    {
      const TdmMember *member = self->members->pdata[m];
      if (member->weight > 0.0
          && !tdm_model_is_proportional (member->model,
                                         member->result->proposals->output))
        return FALSE;
    }
  return TRUE;
}

/* Steps are of one member's chances in every period, and stay with it. */
static void
collect (TdmAverage *self)
{
  for (guint m = 0; m < self->members->len; m++)
    {
      const TdmMember *member = self->members->pdata[m];
      const GPtrArray *rows =
          member->weight > 0.0 ? member->result->proposals->regimens : NULL;
      for (guint i = 0; rows && i < rows->len; i++)
        if (((const TdmRegimen *)rows->pdata[i])->n_steps == 0)
          add_regimen (self, rows->pdata[i]);
    }
  const guint proposed = self->regimens->len;
  const gboolean cheap = is_cheap (self);
  for (guint i = 0; i < proposed; i++)
    {
      const TdmRegimen one =
          ((const TdmAverageRegimen *)self->regimens->pdata[i])->regimen;
      if (is_variant (&one))
        {
          const TdmRegimen plain = plain_form (self, &one);
          add_regimen (self, &plain);
        }
      else if (one.dosing && cheap)
        add_between (self, &one);
    }
}

/* Whether its first days are asked for: it is a variant, or the plain form of one. */
static gboolean
needs_days (const TdmAverage *self, const TdmRegimen *regimen)
{
  if (is_variant (regimen))
    return TRUE;
  for (guint i = 0; i < self->regimens->len; i++)
    {
      const TdmRegimen *r = &((TdmAverageRegimen *)self->regimens->pdata[i])->regimen;
      if (!is_variant (r))
        continue;
      const TdmRegimen plain = plain_form (self, r);
      if (is_same (&plain, regimen, TRUE))
        return TRUE;
    }
  return FALSE;
}

/* What one member can give, in its own terms. */
typedef struct
{
  TdmRegimen *own;
  guint *which; /* of the average's */
  guint n;
} Given;

static void
given_clear (Given *self)
{
  for (guint i = 0; i < self->n; i++)
    g_ptr_array_unref (self->own[i].notes);
  g_free (self->own);
  g_free (self->which);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Given, given_clear)

static void
translate (const TdmAverage *self, const TdmMember *member, Given *out)
{
  const guint n = self->regimens->len;
  out->own = g_new0 (TdmRegimen, n + 1);
  out->which = g_new (guint, n + 1);
  for (guint i = 0; i < n; i++)
    {
      const TdmAverageRegimen *one = self->regimens->pdata[i];
      TdmRegimen *own = &out->own[out->n];
      if (!tdm_regimen_translate (&one->regimen, member->model, own))
        continue;
      own->notes = tdm_notes_new ();
      out->which[out->n++] = i;
    }
}

static void
add_to_sum (Sum *sum, double weight, const TdmRegimen *own)
{
  sum->weight += weight;
  sum->below += weight * own->p_below;
  sum->within += weight * own->p_within;
  sum->above += weight * own->p_above;
  sum->score += weight * own->score;
  sum->alarm_low += weight * own->p_alarm_low;
  sum->alarm_high += weight * own->p_alarm_high;
  sum->target += weight * own->metrics.target;
  if (!own->has_days)
    return;
  sum->days_weight += weight;
  sum->value += weight * own->value;
  for (guint d = 0; d < TDM_COURSE_DAYS; d++)
    {
      sum->days[d].below += weight * own->days[d].below;
      sum->days[d].within += weight * own->days[d].within;
      sum->days[d].above += weight * own->days[d].above;
    }
}

static gboolean
judge_days (const TdmAverage *self, const TdmScoreInput *input, Given *given,
            GError **error)
{
  const TdmModel *model = tdm_problem_get_model (input->problem);
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  g_autoptr (GPtrArray) list = g_ptr_array_new ();
  if (!tdm_course_exists (input->problem, input->target))
    return TRUE;
  for (guint k = 0; k < given->n; k++)
    {
      const TdmAverageRegimen *one = self->regimens->pdata[given->which[k]];
      if (needs_days (self, &one->regimen))
        g_ptr_array_add (list, &given->own[k]);
    }
  return tdm_course_judge (input, ode ? DAYS_DRAWS_ODE : DAYS_DRAWS,
                           (TdmRegimen *const *)list->pdata, list->len, error);
}

static gboolean
judge_given (const TdmAverage *self, const TdmScoreInput *input, const double *eta,
             Given *given, GError **error)
{
  g_autofree TdmRegimen **list = g_new0 (TdmRegimen *, given->n + 1);
  for (guint k = 0; k < given->n; k++)
    list[k] = &given->own[k];
  g_autoptr (TdmScore) score = tdm_score_new (input, list, given->n, error);
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (input->problem, input->target);
  tdm_metrics_set_cancellable (metrics, input->cancellable);
  if (score == NULL)
    return FALSE;
  for (guint k = 0; k < given->n; k++)
    {
      tdm_score_summarise (score, input->target, k, list[k]);
      if (!tdm_metrics_compute (metrics, list[k], eta, &list[k]->metrics, NULL))
        list[k]->metrics.target = NAN;
    }
  return judge_days (self, input, given, error);
}

/* Judges all regimens that member `m` can give. */
static gboolean
score_member (TdmAverage *self, guint m, Sum *sums, GCancellable *cancellable,
              GError **error)
{
  const TdmMember *member = self->members->pdata[m];
  const TdmFit *fit = member->result->fit;
  g_auto (TdmResolvedTarget) target = { 0 };
  g_auto (Given) given = { 0 };

  if (!tdm_target_resolve (fit->problem, tdm_problem_get_target (fit->problem), &target,
                           error))
    return FALSE;
  if (self->target_unit == NULL)
    self->target_unit = g_strdup (target.unit);
  translate (self, member, &given);
  g_autofree double *rows = tdm_score_rows (fit, member->result->posterior);
  const TdmScoreInput input = { .problem = fit->problem,
                                .target = &target,
                                .rows = rows,
                                .draws = member->result->posterior->draws,
                                .cancellable = cancellable };
  if (!judge_given (self, &input, fit->eta, &given, error))
    return FALSE;
  for (guint k = 0; k < given.n; k++)
    {
      TdmAverageRegimen *one = self->regimens->pdata[given.which[k]];
      if (isnan (given.own[k].metrics.target))
        continue;
      one->target[m] = given.own[k].metrics.target;
      one->within[m] = given.own[k].p_within;
      add_to_sum (&sums[given.which[k]], member->weight, &given.own[k]);
    }
  return TRUE;
}

static void
finish_days (TdmRegimen *regimen, const Sum *sum)
{
  const double weight = sum->days_weight;
  regimen->value = regimen->score;
  regimen->has_days = weight >= LEAST_SHARE;
  if (!regimen->has_days)
    return;
  regimen->value = sum->value / weight;
  for (guint d = 0; d < TDM_COURSE_DAYS; d++)
    regimen->days[d] = (TdmCourseDay){ .below = sum->days[d].below / weight,
                                       .within = sum->days[d].within / weight,
                                       .above = sum->days[d].above / weight };
}

static void
finish (TdmAverage *self, TdmAverageRegimen *one, const Sum *sum)
{
  TdmRegimen *regimen = &one->regimen;

  regimen->p_below = sum->below / sum->weight;
  regimen->p_within = sum->within / sum->weight;
  regimen->p_above = sum->above / sum->weight;
  regimen->p_alarm_low = sum->alarm_low / sum->weight;
  regimen->p_alarm_high = sum->alarm_high / sum->weight;
  regimen->metrics.target = sum->target / sum->weight;
  regimen->score = sum->score / sum->weight;
  finish_days (regimen, sum);
  one->lowest = INFINITY;
  one->highest = -INFINITY;
  for (guint m = 0; m < self->members->len; m++)
    if (!isnan (one->target[m]))
      {
        one->lowest = MIN (one->lowest, one->target[m]);
        one->highest = MAX (one->highest, one->target[m]);
      }
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  const TdmAverageRegimen *x = *(TdmAverageRegimen *const *)a;
  const TdmAverageRegimen *y = *(TdmAverageRegimen *const *)b;

  if (x->regimen.score != y->regimen.score)
    return x->regimen.score > y->regimen.score ? -1 : 1;
  return (x->regimen.amount_mg > y->regimen.amount_mg)
         - (x->regimen.amount_mg < y->regimen.amount_mg);
}

/* Takes out the variants, and of those of one plain form all but the best. Yours. */
static GPtrArray *
take_variants (TdmAverage *self)
{
  GPtrArray *variants = g_ptr_array_new ();
  for (guint i = self->regimens->len; i-- > 0;)
    {
      TdmAverageRegimen *one = self->regimens->pdata[i];
      if (!is_variant (&one->regimen) || !one->regimen.has_days)
        continue;
      const TdmRegimen form = plain_form (self, &one->regimen);
      gboolean beaten = FALSE;
      for (guint k = 0; k < self->regimens->len && !beaten; k++)
        {
          const TdmRegimen *other =
              &((TdmAverageRegimen *)self->regimens->pdata[k])->regimen;
          const TdmRegimen its = plain_form (self, other);
          beaten = k != i && is_variant (other) && is_same (&its, &form, TRUE)
                   && other->value >= one->regimen.value;
        }
      if (beaten)
        g_ptr_array_remove_index (self->regimens, i);
      else
        g_ptr_array_add (variants, one);
    }
  for (guint k = 0; k < variants->len; k++)
    {
      guint at;
      if (g_ptr_array_find (self->regimens, variants->pdata[k], &at))
        g_ptr_array_steal_index (self->regimens, at);
    }
  return variants;
}

/* Of the same steady state, a variant stands before its plain form where it gains
 * enough by all members together, else behind. */
static void
place_variants (TdmAverage *self)
{
  g_autoptr (GPtrArray) variants = take_variants (self);
  for (guint i = 0; i < variants->len; i++)
    {
      TdmAverageRegimen *one = variants->pdata[i];
      const TdmRegimen form = plain_form (self, &one->regimen);
      const int at = find_regimen (self, &form);
      const TdmAverageRegimen *plain = at < 0 ? NULL : self->regimens->pdata[at];
      const gboolean leads =
          plain && one->regimen.value >= plain->regimen.value + GAIN_LEADS;
      g_ptr_array_insert (self->regimens, at < 0 ? -1 : at + !leads, one);
    }
}

gboolean
tdm_average_fill_regimens (TdmAverage *self, GCancellable *cancellable, GError **error)
{
  collect (self);
  g_autofree Sum *sums = g_new0 (Sum, self->regimens->len + 1);

  for (guint m = 0; m < self->members->len && self->regimens->len > 0; m++)
    if (((const TdmMember *)self->members->pdata[m])->weight > 0.0
        && !score_member (self, m, sums, cancellable, error))
      return FALSE;
  for (guint i = self->regimens->len; i-- > 0;)
    if (sums[i].weight < LEAST_SHARE)
      g_ptr_array_remove_index (self->regimens, i);
    else
      finish (self, self->regimens->pdata[i], &sums[i]);
  g_ptr_array_sort (self->regimens, compare_cb);
  place_variants (self);
  return TRUE;
}
