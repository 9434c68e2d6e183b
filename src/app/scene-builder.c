#include "app/scene-builder.h"

#include <math.h>
#include <string.h>

#include "app/compare.h"
#include "app/proposal-row.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/regimen.h"
#include "engine/target.h"
#include "engine/words.h"

/* A level this many residual SDs off the curve is ringed. */
#define OUTLIER_SD 3
/* The longest reason written beside a level. */
#define REASON_CHARS 48
/* At most this many doses of a regimen are drawn. */
#define MAX_PLANNED 5000

typedef struct
{
  const TdmResult *result;
  const TdmProblem *problem;
  const TdmModelOutput *output;
  const TdmRegimen *chosen; /* when it differs from the current one, else NULL */
  TdmScene *scene;
} Builder;

char *
tdm_scene_builder_regimen_text (const TdmModelSalt *salt, double amount_mg,
                                double interval_h)
{
  g_autofree char *amount = tdm_number_dose (tdm_salt_amount (salt, amount_mg));
  g_autofree char *unit = tdm_unit_display (tdm_salt_unit (salt));
  if (interval_h <= 0)
    return g_strdup_printf ("%s %s", amount, unit);
  const double weeks = interval_h / 168.0;
  const gboolean whole = weeks >= 1.0 && weeks == round (weeks);
  g_autofree char *interval = tdm_number_format (whole ? weeks : interval_h, 4);
  return g_strdup_printf ("%s %s q%s%s", amount, unit, interval, whole ? "wk" : "h");
}

char *
tdm_scene_builder_window_text (double low, double high, const char *unit)
{
  gboolean plain = unit == NULL || g_str_equal (unit, "1");
  g_autofree char *shown = plain ? g_strdup ("") : tdm_unit_display (unit);
  g_autofree char *from = isfinite (low) ? tdm_number_format (low, 4) : NULL;
  g_autofree char *to = isfinite (high) ? tdm_number_format (high, 4) : NULL;
  const char *space = plain ? "" : " ";
  if (from != NULL && to != NULL)
    return g_strdup_printf ("%s–%s%s%s", from, to, space, shown);
  if (from != NULL)
    return g_strdup_printf ("at least %s%s%s", from, space, shown);
  return to != NULL ? g_strdup_printf ("at most %s%s%s", to, space, shown)
                    : g_strdup ("");
}

/* Linear between points. */
static double
value_at (const double *time_h, const double *value, guint i, double at)
{
  double width = time_h[i + 1] - time_h[i];
  if (width <= 0)
    return value[i];
  return value[i] + (value[i + 1] - value[i]) * (at - time_h[i]) / width;
}

double
tdm_scene_builder_area (const double *time_h, const double *value, guint n,
                        double from_h, double to_h)
{
  double area = 0;
  for (guint i = 0; i + 1 < n; i++)
    {
      double left = MAX (from_h, time_h[i]);
      double right = MIN (to_h, time_h[i + 1]);
      if (left >= right)
        continue;
      double a = value_at (time_h, value, i, left);
      double b = value_at (time_h, value, i, right);
      gboolean falls = b > 0 && b < a * (1 - 1e-9);
      area += (right - left) * (falls ? (a - b) / log (a / b) : (a + b) / 2);
    }
  return area;
}

static TdmSceneCurve *
add_bands (TdmSceneCurve *curve, double *const *band, guint skip)
{
  if (band[TDM_BAND_5] == NULL)
    return curve;
  tdm_scene_curve_set_band_90 (curve, band[TDM_BAND_5] + skip,
                               band[TDM_BAND_95] + skip);
  tdm_scene_curve_set_band_50 (curve, band[TDM_BAND_25] + skip,
                               band[TDM_BAND_75] + skip);
  return curve;
}

static void
add_current (const Builder *self)
{
  const TdmCurve *curve = self->result->current;
  TdmCurrentRegimen current = tdm_problem_get_current (self->problem);
  g_autofree char *regimen = tdm_scene_builder_regimen_text (
      current.salt, current.amount_mg, current.interval_h);
  g_autofree char *label = current.amount_mg > 0 ? g_strconcat ("A  ", regimen, NULL)
                                                 : g_strdup ("A  this patient");
  const char *sublabel = current.interval_h > 0 ? "(current)" : NULL;
  TdmSceneCurve *own = tdm_scene_add_curve (self->scene, label, sublabel, curve->n,
                                            curve->time_h, curve->individual);
  add_bands (own, curve->individual_band, 0);
}

/* "(first dose 1750 mg, then 500 mg)", "(pause 18 h)"; NULL for a plain regimen. */
static char *
course_label (const TdmRegimen *regimen)
{
  g_autoptr (GString) out = g_string_new (NULL);
  if (regimen->hold_h > 0)
    {
      g_autofree char *hold = tdm_number_format (regimen->hold_h, 3);
      g_string_append_printf (out, ", pause %s h", hold);
    }
  if (regimen->loading_mg > 0)
    {
      g_autofree char *loading = tdm_words_amount (regimen->salt, regimen->loading_mg);
      g_string_append_printf (out, ", first dose %s", loading);
    }
  for (guint k = 0; k < regimen->n_steps; k++)
    {
      g_autofree char *amount =
          tdm_words_amount (regimen->salt, regimen->steps[k].amount_mg);
      g_string_append_printf (out, ", then %s", amount);
    }
  return out->len > 0 ? g_strdup_printf ("(%s)", out->str + strlen (", ")) : NULL;
}

static void
add_chosen (const Builder *self)
{
  const TdmCurve *curve = self->result->chosen;
  guint skip = 0;
  while (skip + 2 < curve->n
         && curve->time_h[skip] < tdm_regimen_start (self->chosen) - 1e-9)
    skip++;
  g_autofree char *regimen = tdm_scene_builder_regimen_text (
      self->chosen->salt, self->chosen->amount_mg, self->chosen->interval_h);
  g_autofree char *label = g_strconcat ("B  ", regimen, NULL);
  g_autofree char *sublabel = course_label (self->chosen);
  TdmSceneCurve *own =
      tdm_scene_add_curve (self->scene, label, sublabel, curve->n - skip,
                           curve->time_h + skip, curve->individual + skip);
  add_bands (own, curve->individual_band, skip);
}

/* Values of `first` before the first time of `then`, followed by those of `then`. */
static double *
join (const TdmCurve *first, const double *first_values, const TdmCurve *then,
      const double *then_values, guint *n)
{
  guint before = 0;
  while (before < first->n && first->time_h[before] < then->time_h[0])
    before++;
  double *out = g_new (double, before + then->n);
  memcpy (out, first_values, before * sizeof (double));
  memcpy (out + before, then_values, then->n * sizeof (double));
  *n = before + then->n;
  return out;
}

/* The typical patient through the history and then on the leading regimen. */
static void
add_typical (const Builder *self, const TdmCurve *leading)
{
  const TdmCurve *current = self->result->current;
  double *band[TDM_BAND_N] = { NULL };
  guint n;
  g_autofree double *time_h =
      join (current, current->time_h, leading, leading->time_h, &n);
  g_autofree double *value =
      join (current, current->population, leading, leading->population, &n);
  for (guint b = 0; b < TDM_BAND_N; b++)
    if (current->population_band[b] != NULL && leading->population_band[b] != NULL)
      band[b] = join (current, current->population_band[b], leading,
                      leading->population_band[b], &n);
  add_bands (tdm_scene_set_typical (self->scene, "typical patient", n, time_h, value),
             band, 0);
  for (guint b = 0; b < TDM_BAND_N; b++)
    g_free (band[b]);
}

static void
add_curves (const Builder *self)
{
  const TdmCurve *leading =
      self->chosen != NULL ? self->result->chosen : self->result->current;
  add_current (self);
  if (self->chosen != NULL)
    add_chosen (self);
  add_typical (self, leading);
  /* As far as both curves go, so that they can be compared to the end. */
  const TdmCurve *current = self->result->current;
  self->scene->from_h = MIN (leading->time_h[0], current->time_h[0]);
  self->scene->to_h =
      MIN (leading->time_h[leading->n - 1], current->time_h[current->n - 1]);
  if (self->scene->to_h <= self->scene->from_h)
    self->scene->to_h = self->scene->from_h + 1;
}

/* The first sentence of the note about a level, when it is short enough to stand beside
 * it. */
static const char *
note_about (const TdmResult *result, guint i)
{
  g_autofree char *place = g_strdup_printf ("levels[%u]", i);
  for (guint k = 0; k < result->notes->len; k++)
    {
      const TdmNote *note = result->notes->pdata[k];
      if (note->place != NULL && g_str_has_prefix (note->place, place)
          && g_utf8_strlen (note->text, -1) <= REASON_CHARS)
        return note->text;
    }
  return NULL;
}

char *
tdm_scene_builder_left_out_text (const TdmResult *result, guint i)
{
  if (tdm_problem_get_level (result->fit->problem, i)->use)
    return NULL;
  const char *why = note_about (result, i);
  return why != NULL ? g_strdup_printf ("left out: %s", why) : g_strdup ("left out");
}

static char *
level_tooltip (const Builder *self, const TdmFitLevel *fit)
{
  static const char *const signs[] = { "", "below ", "above " };
  g_autofree char *unit = tdm_unit_display (self->output->unit);
  g_autofree char *observed = tdm_number_format (fit->observed, 4);
  g_autofree char *before = tdm_number_format (fit->population, 3);
  g_autofree char *after = tdm_number_format (fit->individual, 3);
  return g_strdup_printf ("observed %s%s, expected before fit %s, after fit %s %s",
                          signs[fit->censor], observed, before, after, unit);
}

static TdmSceneLevelKind
level_kind (const TdmProblemLevel *level)
{
  if (!level->use)
    return TDM_SCENE_LEVEL_LEFT_OUT;
  if (level->censor == TDM_CENSOR_BELOW)
    return TDM_SCENE_LEVEL_BELOW;
  return level->censor == TDM_CENSOR_ABOVE ? TDM_SCENE_LEVEL_ABOVE
                                           : TDM_SCENE_LEVEL_USED;
}

/* The plot is of one output; levels of others are in the table of the fit. */
static void
add_levels (const Builder *self)
{
  const TdmFit *fit = self->result->fit;
  for (guint i = 0; i < fit->n_levels; i++)
    {
      const TdmProblemLevel *level = tdm_problem_get_level (self->problem, i);
      if (level->output != self->result->current->output)
        continue;
      g_autofree char *reason = tdm_scene_builder_left_out_text (self->result, i);
      g_autofree char *tooltip = level_tooltip (self, &fit->levels[i]);
      const TdmSceneLevel mark = {
        .time_h = level->time_h,
        .from_h = level->from_h,
        .to_h = level->to_h,
        .value = level->value,
        .sd = level->censor == TDM_CENSOR_NONE ? fit->levels[i].sd : 0,
        .kind = level_kind (level),
        .outlier = level->use && fabs (fit->levels[i].weighted_residual) > OUTLIER_SD,
        .reason = reason,
        .tooltip = tooltip,
      };
      tdm_scene_add_level (self->scene, &mark);
    }
}

/* A dose of a salt as it was written, others as the model counts them. */
static double
amount_as_given (const Builder *self, guint i)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->result->record, i);
  TdmCurrentRegimen current = tdm_problem_get_current (self->problem);
  double amount;
  if (entry->salt != NULL
      && tdm_unit_convert (entry->amount, entry->unit, tdm_salt_unit (current.salt), 0,
                           &amount, NULL))
    return amount;
  return tdm_salt_amount (current.salt,
                          tdm_problem_get_dose (self->problem, i)->amount_mg);
}

/* The history as entered; what lies behind the start of a candidate is not given any
 * more. */
static void
add_history (const Builder *self, double until_h)
{
  for (guint i = 0; i < tdm_problem_get_n_doses (self->problem); i++)
    {
      const TdmPkDose *line = tdm_problem_get_dose (self->problem, i);
      if (line->stopped || line->amount_mg == 0.0)
        continue;
      for (guint k = 0; k < MIN (line->count, MAX_PLANNED); k++)
        {
          double time = line->time_h + k * line->interval_h;
          if (time >= until_h - 1e-9 || time > self->scene->to_h)
            break;
          TdmSceneDose dose = {
            .time_h = time,
            .duration_h = line->duration_h,
            .amount = amount_as_given (self, i),
            .planned = time > self->scene->now_h + 1e-9,
          };
          tdm_problem_get_dose_span (self->problem, i, &dose.least_h, &dose.most_h);
          if (time + line->duration_h >= self->scene->from_h)
            tdm_scene_add_dose (self->scene, &dose);
        }
    }
}

typedef struct
{
  double first_h, interval_h, duration_h, amount; /* as given */
  guint regimen;
} Plan;

/* What will be given from the adjust time on; FALSE when nothing is known. */
static gboolean
find_plan (const Builder *self, Plan *out)
{
  const TdmRegimen *chosen = self->chosen;
  TdmCurrentRegimen current = tdm_problem_get_current (self->problem);
  if (chosen != NULL)
    *out = (Plan){ tdm_regimen_maintenance (chosen), chosen->interval_h,
                   chosen->duration_h,
                   tdm_salt_amount (chosen->salt, chosen->amount_mg), 1 };
  else
    *out = (Plan){ tdm_problem_get_adjust_h (self->problem), current.interval_h,
                   current.duration_h,
                   tdm_salt_amount (current.salt, current.amount_mg), 0 };
  return out->interval_h > 0 && out->amount > 0;
}

static void
add_planned_dose (const Builder *self, TdmSceneDose dose)
{
  dose.planned = TRUE;
  if (dose.time_h < self->scene->to_h - 1e-9)
    tdm_scene_add_dose (self->scene, &dose);
}

/* All that the chosen regimen gives: a loading dose, its own doses, those of its steps;
 * the same lines that its curve is computed from. */
static void
add_chosen_doses (const Builder *self)
{
  const TdmModelSalt *salt = self->chosen->salt;
  TdmPkDose lines[TDM_REGIMEN_LINES];
  const guint n = tdm_regimen_lines (self->chosen, self->scene->to_h, lines);
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < MIN (lines[i].count, MAX_PLANNED); k++)
      add_planned_dose (
          self, (TdmSceneDose){ .time_h = lines[i].time_h + k * lines[i].interval_h,
                                .duration_h = lines[i].duration_h,
                                .amount = tdm_salt_amount (salt, lines[i].amount_mg),
                                .regimen = 1 });
}

static void
add_planned (const Builder *self, const Plan *plan)
{
  TdmSceneDose dose = { .time_h = plan->first_h,
                        .duration_h = plan->duration_h,
                        .amount = plan->amount,
                        .regimen = plan->regimen };
  if (self->chosen != NULL)
    add_chosen_doses (self);
  else
    for (guint k = 0; k < MAX_PLANNED; k++, dose.time_h += plan->interval_h)
      add_planned_dose (self, dose);
}

/* Areas of whole days counted from the adjust time, back over the history and on. */
static void
add_areas (const Builder *self)
{
  const TdmCurve *curves[] = { self->result->current, self->result->chosen };
  double adjust = tdm_problem_get_adjust_h (self->problem);
  for (guint regimen = 0; regimen < 2; regimen++)
    {
      const TdmCurve *curve = curves[regimen];
      if (curve == NULL || (regimen == 1 && self->chosen == NULL))
        continue;
      double first = curve->time_h[0];
      double end = MIN (curve->time_h[curve->n - 1], self->scene->to_h);
      double from = regimen == 1 ? adjust : adjust - 24 * floor ((adjust - first) / 24);
      for (; from + 24 <= end + 1e-9; from += 24)
        {
          double value = tdm_scene_builder_area (curve->time_h, curve->individual,
                                                 curve->n, from, from + 24);
          const TdmSceneArea area = { from, from + 24, value, value, value, regimen };
          tdm_scene_add_area (self->scene, &area);
        }
    }
}

static const char *
target_label (TdmMetricKind metric)
{
  switch (metric)
    {
    case TDM_METRIC_TROUGH:
      return "trough target";
    case TDM_METRIC_PEAK:
      return "peak target";
    case TDM_METRIC_AVERAGE:
      return "average target";
    default:
      return "AUC24 target";
    }
}

/* Crosses: before each planned dose but the first for a trough, at the end of each
 * infusion for a peak; an average applies nowhere in particular. */
static void
add_target_times (const Builder *self, TdmMetricKind metric, const Plan *plan)
{
  if (metric != TDM_METRIC_TROUGH
      && !(metric == TDM_METRIC_PEAK && plan->duration_h > 0))
    return;
  double shift = metric == TDM_METRIC_PEAK ? plan->duration_h : 0;
  for (guint k = metric == TDM_METRIC_PEAK ? 0 : 1; k < MAX_PLANNED; k++)
    {
      double time = plan->first_h + k * plan->interval_h + shift;
      if (time > self->scene->to_h)
        return;
      tdm_scene_add_target_time (self->scene, time);
    }
}

static void
add_target (const Builder *self, const Plan *plan)
{
  g_auto (TdmResolvedTarget) target = { 0 };
  const TdmTarget *wanted = tdm_problem_get_target (self->problem);
  TdmScene *scene = self->scene;
  gboolean level = wanted->metric == TDM_METRIC_TROUGH
                   || wanted->metric == TDM_METRIC_PEAK
                   || wanted->metric == TDM_METRIC_AVERAGE;
  if ((!level && wanted->metric != TDM_METRIC_AUC24)
      || !tdm_target_resolve (self->problem, wanted, &target, NULL)
      || target.output != self->result->current->output)
    return;
  scene->target_kind = level ? TDM_SCENE_TARGET_LEVEL : TDM_SCENE_TARGET_AREA;
  scene->target_low = target.low;
  scene->target_high = target.high;
  scene->target_label = g_strdup (target_label (target.metric));
  scene->target_text =
      tdm_scene_builder_window_text (target.low, target.high, target.unit);
  if (level && plan != NULL)
    add_target_times (self, target.metric, plan);
  if (level)
    return;
  g_autofree char *unit = tdm_unit_display (target.unit);
  scene->area_title = g_strdup_printf ("AUC24, %s", unit);
  add_areas (self);
}

static gboolean
any_level_used (const TdmFit *fit)
{
  for (guint i = 0; i < fit->n_levels; i++)
    if (fit->levels[i].used)
      return TRUE;
  return FALSE;
}

static void
add_words (const Builder *self, const TdmResultOptions *options)
{
  TdmScene *scene = self->scene;
  g_autofree char *unit = tdm_unit_display (self->output->unit);
  const TdmModel *model = self->result->model;
  const char *what = tdm_model_get_n_outputs (model) > 1
                         ? self->output->title
                         : tdm_model_get_text (model)->drug;
  scene->title =
      *unit != '\0' ? g_strdup_printf ("%s, %s", what, unit) : g_strdup (what);
  scene->unit = g_steal_pointer (&unit);
  scene->dose_unit =
      tdm_unit_display (tdm_salt_unit (tdm_problem_get_current (self->problem).salt));
  g_autofree char *words = tdm_words_plot (self->result);
  scene->summary = tdm_model_get_n_outputs (model) > 1
                       ? g_strdup_printf ("%s The plot shows %s.", words, what)
                       : g_steal_pointer (&words);
  if (self->result->current->individual_band[TDM_BAND_5] == NULL)
    return;
  gboolean residual = options != NULL && options->residual_bands;
  const char *whom =
      any_level_used (self->result->fit) ? "this patient" : "patients like this one";
  scene->caption = g_strdup_printf ("50 %% and 90 %% of likely %s for %s",
                                    residual ? "next measurements" : "curves", whom);
}

/* The first and the last moment at which something was given or drawn. */
static void
find_events (const TdmProblem *problem, double *first_h, double *last_h)
{
  *first_h = INFINITY;
  *last_h = -INFINITY;
  for (guint i = 0; i < tdm_problem_get_n_doses (problem); i++)
    {
      const TdmPkDose *dose = tdm_problem_get_dose (problem, i);
      *first_h = MIN (*first_h, dose->time_h);
      *last_h =
          MAX (*last_h, dose->time_h + dose->interval_h * (MAX (dose->count, 1) - 1.0));
    }
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    *last_h = MAX (*last_h, tdm_problem_get_level (problem, i)->time_h);
}

static double
now_line (const Builder *self, GDateTime *clock)
{
  GDateTime *start = tdm_case_get_start (self->result->record);
  double now = tdm_problem_get_now_h (self->problem), first, last;
  if (clock == NULL || start == NULL)
    return now;
  double at = tdm_clock_hours_between (start, clock);
  find_events (self->problem, &first, &last);
  return at >= first && at <= last + 24.0 ? at : now;
}

TdmScene *
tdm_scene_builder_build (const TdmResult *result, const TdmResultOptions *options)
{
  return tdm_scene_builder_build_at (result, options, NULL);
}

TdmScene *
tdm_scene_builder_build_at (const TdmResult *result, const TdmResultOptions *options,
                            GDateTime *clock)
{
  g_autoptr (TdmScene) scene = tdm_scene_new ();
  Builder self = {
    .result = result,
    .problem = result->fit->problem,
    .output = tdm_model_get_output (result->model, result->current->output),
    .scene = scene,
  };
  if (result->chosen != NULL && result->chosen_index >= 0)
    self.chosen = result->proposals->regimens->pdata[result->chosen_index];
  GDateTime *start = tdm_case_get_start (result->record);
  scene->start = start != NULL ? g_date_time_ref (start) : NULL;
  scene->now_h = now_line (&self, clock);
  scene->extrapolated = tdm_problem_is_extrapolated (self.problem);
  add_curves (&self);
  add_words (&self, options);
  add_levels (&self);
  Plan plan;
  gboolean planned = find_plan (&self, &plan);
  add_history (&self, self.chosen != NULL ? tdm_regimen_start (self.chosen)
                      : planned           ? plan.first_h
                                          : INFINITY);
  if (planned)
    add_planned (&self, &plan);
  tdm_scene_builder_add_marks (self.scene, self.result);
  add_target (&self, planned ? &plan : NULL);
  tdm_scene_check (scene);
  return g_steal_pointer (&scene);
}

/* One whose results are in the unit of the average. */
static const TdmMember *
find_host (const TdmAverage *average)
{
  for (guint i = 0; i < average->members->len; i++)
    {
      const TdmMember *member = average->members->pdata[i];
      if (member->obstacle == NULL
          && g_str_equal (tdm_model_get_output (member->model, 0)->unit, average->unit))
        return member;
    }
  return NULL;
}

/* A member's curve in the unit of the average, named with its weight. */
static void
add_member (TdmScene *scene, const TdmMember *member, double per_mg_l)
{
  const TdmCurve *curve = member->result->current;
  double factor = per_mg_l / tdm_model_get_output (member->model, 0)->per_mg_l;
  g_autofree double *values = g_new (double, curve->n);
  g_autofree char *name = tdm_compare_short_title (member->model);
  g_autofree char *weight = tdm_percent_text (member->weight);
  /* The number keeps its sign: no break between them. */
  g_auto (GStrv) parts = g_strsplit (weight, " ", -1);
  g_autofree char *share = g_strjoinv ("\u00a0", parts);
  g_autofree char *label = g_strdup_printf ("%s  %s", name, share);

  for (guint i = 0; i < curve->n; i++)
    values[i] = curve->individual[i] * factor;
  tdm_scene_add_member (scene, label, curve->n, curve->time_h, values);
}

static void
add_average (const Builder *self, const TdmAverage *average)
{
  TdmScene *scene = self->scene;
  g_autofree char *unit = tdm_unit_display (average->unit);
  g_autofree char *sentence = tdm_compare_sentence (average);

  scene->title =
      g_strdup_printf ("%s, %s", tdm_model_get_text (self->result->model)->drug, unit);
  scene->unit = g_steal_pointer (&unit);
  scene->dose_unit =
      g_strdup (tdm_salt_unit (tdm_problem_get_current (self->problem).salt));
  scene->caption = g_strdup ("50 % and 90 % of likely curves, all models together");
  scene->summary = g_strdup_printf ("Average curve of the models. %s", sentence);
  add_bands (tdm_scene_add_curve (scene, "average", NULL, average->n, average->time_h,
                                  average->individual),
             average->band, 0);
  for (guint i = 0; i < average->members->len; i++)
    {
      const TdmMember *member = average->members->pdata[i];
      if (member->obstacle == NULL)
        add_member (scene, member, self->output->per_mg_l);
    }
  scene->from_h = average->time_h[0];
  scene->to_h = average->time_h[average->n - 1];
}

TdmScene *
tdm_scene_builder_build_average (const TdmAverage *average)
{
  const TdmMember *host = find_host (average);
  Plan plan;

  if (host == NULL || average->n < 2)
    return NULL;
  g_autoptr (TdmScene) scene = tdm_scene_new ();
  const Builder self = { .result = host->result,
                         .problem = host->result->fit->problem,
                         .output = tdm_model_get_output (host->model, 0),
                         .scene = scene };
  GDateTime *start = tdm_case_get_start (host->result->record);
  scene->start = start != NULL ? g_date_time_ref (start) : NULL;
  scene->now_h = tdm_problem_get_now_h (self.problem);
  add_average (&self, average);
  add_levels (&self);
  gboolean planned = find_plan (&self, &plan);
  add_history (&self, self.chosen != NULL ? tdm_regimen_start (self.chosen)
                      : planned           ? plan.first_h
                                          : INFINITY);
  if (planned)
    add_planned (&self, &plan);
  /* Areas of days would be those of one model. */
  if (tdm_problem_get_target (self.problem)->metric != TDM_METRIC_AUC24)
    add_target (&self, planned ? &plan : NULL);
  tdm_scene_check (scene);
  return g_steal_pointer (&scene);
}
