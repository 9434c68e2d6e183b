/* Doses, levels and the target of a case in the engine's units, and what is odd about
 * them. */
#include "engine/problem-private.h"
#include "engine/residual.h"
#include "engine/target.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"

#include <math.h>

/* A level drawn this soon after the end of an infusion may be in the distribution
 * phase. */
#define DISTRIBUTION_H 0.5
/* Doses closer than this are parts of one, not a regimen. */
#define LEAST_SPACING_H 1.0

static gboolean
has_route (const TdmModel *model, const char *name)
{
  return tdm_model_route_of (model, name, NULL) != NULL;
}

/* The model tells this formulation apart, by a covariate or by a route. */
static gboolean
check_formulation (const TdmProblem *self, const char *formulation, guint index,
                   GError **error)
{
  g_auto (GStrv) known = tdm_model_dup_formulations (self->model);
  const char *id = tdm_model_get_id (self->model);
  for (guint i = 0; known[i] != NULL; i++)
    if (g_ascii_strcasecmp (known[i], formulation) == 0)
      return TRUE;
  g_autofree char *place = g_strdup_printf ("doses[%u].formulation", index);
  g_autofree char *list = g_strjoinv (", ", known);
  if (known[0] == NULL)
    return tdm_error_set_input (error, place, "%s knows no formulation; leave it out",
                                id);
  return tdm_error_set_input (error, place,
                              "%s has no formulation \"%s\"; expected one of %s", id,
                              formulation, list);
}

static const TdmModelRoute *
refuse_route (const TdmProblem *self, guint index, GError **error)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->record, index);
  g_autofree char *place = g_strdup_printf ("doses[%u].route", index);
  g_autoptr (GString) known = g_string_new (NULL);
  for (guint r = 0; r < tdm_model_get_n_routes (self->model); r++)
    g_string_append_printf (known, "%s%s", r ? ", " : "",
                            tdm_model_get_route (self->model, r)->name);
  if (!entry->route)
    tdm_error_set_input (error, place, "a route is needed; expected one of %s",
                         known->str);
  else if (!has_route (self->model, entry->route))
    tdm_error_set_input (error, place, "%s has no route \"%s\"; expected one of %s",
                         tdm_model_get_id (self->model), entry->route, known->str);
  else
    tdm_error_set_input (error, place,
                         "the formulation \"%s\" is not given by the route \"%s\"; "
                         "name one of them only",
                         entry->formulation, entry->route);
  return NULL;
}

static const TdmModelRoute *
find_route (const TdmProblem *self, guint index, GError **error)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->record, index);
  if (entry->formulation && !check_formulation (self, entry->formulation, index, error))
    return NULL;
  const TdmModelRoute *route =
      tdm_model_route_of (self->model, entry->route, entry->formulation);
  return route ? route : refuse_route (self, index, error);
}

/* The salt of a dose by `route`: NULL in `out` when none is named. FALSE with the list
 * of those there are. */
static gboolean
find_salt (const TdmProblem *self, guint index, const TdmModelRoute *route,
           const TdmModelSalt **out, GError **error)
{
  const char *name = tdm_case_get_dose (self->record, index)->salt;
  g_autoptr (GString) known = g_string_new (NULL);
  *out = tdm_model_get_default_salt (self->model);
  if (!name)
    return TRUE;
  for (guint k = 0; k < tdm_model_get_n_salts (self->model); k++)
    {
      const TdmModelSalt *salt = tdm_model_get_salt (self->model, k);
      if (!tdm_salt_fits (salt, self->model, route))
        continue;
      if (g_ascii_strcasecmp (salt->name, name) == 0)
        {
          *out = salt;
          return TRUE;
        }
      g_string_append_printf (known, "%s%s", known->len ? ", " : "", salt->name);
    }
  g_autofree char *place = g_strdup_printf ("doses[%u].salt", index);
  if (known->len == 0)
    return tdm_error_set_input (error, place,
                                "%s knows no salt by the route \"%s\"; leave it out",
                                tdm_model_get_id (self->model), route->name);
  return tdm_error_set_input (
      error, place, "%s has no salt \"%s\" by the route \"%s\"; expected one of %s",
      tdm_model_get_id (self->model), name, route->name, known->str);
}

/* Where moles are told from the model's milligrams by the salt, moles without one are
 * of nobody knows what. */
static const TdmModelSalt *
find_molar_salt (const TdmProblem *self, const char *unit)
{
  for (guint k = 0; k < tdm_model_get_n_salts (self->model); k++)
    {
      const TdmModelSalt *salt = tdm_model_get_salt (self->model, k);
      if (g_str_equal (salt->unit, "mmol") && tdm_unit_is_same_kind (unit, "mmol", 0.0))
        return salt;
    }
  return NULL;
}

/* The amount as the model counts it, through the salt or the molar mass. */
static gboolean
convert_amount (TdmProblem *self, guint index, const TdmModelSalt *salt, GError **error)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->record, index);
  const char *unit = entry->unit ? entry->unit : "";
  g_autofree char *place = g_strdup_printf ("doses[%u].unit", index);
  g_autoptr (GError) local = NULL;
  const TdmModelSalt *molar = entry->salt ? NULL : find_molar_salt (self, unit);
  double amount;
  if (molar)
    return tdm_error_set_input (error, place,
                                "%s says of what only with a salt; expected one such "
                                "as \"salt\": \"%s\"",
                                unit, molar->name);
  if (!tdm_unit_convert (entry->amount, unit, tdm_salt_unit (salt),
                         salt ? 0.0 : tdm_model_get_molar_mass (self->model), &amount,
                         &local))
    return tdm_error_set_input (error, place, "%s", local->message);
  self->doses[index].amount_mg = salt ? amount * salt->mg : amount;
  return TRUE;
}

static gboolean
load_dose (TdmProblem *self, guint index, GError **error)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->record, index);
  TdmPkDose *dose = &self->doses[index];
  /* What only takes away needs no route. */
  const TdmModelRoute *route =
      entry->amount == 0.0 && !entry->route && !entry->formulation
          ? tdm_model_get_route (self->model, 0)
          : find_route (self, index, error);
  const TdmModelSalt *salt;
  if (!route || !find_salt (self, index, route, &salt, error)
      || !convert_amount (self, index, salt, error))
    return FALSE;
  if (entry->duration_h > 0 && !route->infusion)
    {
      g_autofree char *where = g_strdup_printf ("doses[%u].duration", index);
      return tdm_error_set_input (
          error, where, "a dose by the route \"%s\" has no duration", route->name);
    }
  dose->time_h = entry->time.hours;
  dose->duration_h = entry->duration_h;
  dose->interval_h = entry->interval_h;
  dose->count = MAX (entry->count, 1);
  dose->steady_state = entry->steady_state;
  dose->add = entry->added;
  dose->stopped = entry->stopped;
  dose->reset = entry->reset;
  dose->at_arrival = entry->of_data;
  dose->route = route->route;
  if (entry->at_rate)
    dose->rate_mg_h = dose->amount_mg / entry->duration_h;
  return TRUE;
}

/* Doses that start closer than this are parts of one. */
#define ONE_DOSE_H 0.5

/* Interval between the last two starts of any dose, 0 when there are no two. */
static double
last_spacing (const TdmProblem *self, guint last)
{
  double end = self->doses[last].time_h, previous = -INFINITY;
  for (guint i = 0; i < self->n_doses; i++)
    {
      double start = tdm_pk_dose_last_start (&self->doses[i]);
      if (i != last && start < end - ONE_DOSE_H && self->doses[i].amount_mg > 0)
        previous = MAX (previous, start);
    }
  double spacing = isfinite (previous) ? end - previous : 0.0;
  return spacing >= LEAST_SPACING_H ? spacing : 0.0;
}

/* The ward's interval a spacing stands for: the nearest that can be given, within 15 %.
 */
static double
ward_interval (const TdmProblem *self, const TdmModelRoute *route, double spacing_h)
{
  double best = spacing_h, distance = 0.15 * spacing_h;
  for (guint d = 0; d < tdm_model_get_n_dosings (self->model); d++)
    {
      const TdmModelDosing *dosing = tdm_model_get_dosing (self->model, d);
      for (guint k = 0; dosing->route == route && k < dosing->n_intervals; k++)
        if (fabs (dosing->intervals_h[k] - spacing_h) < distance)
          {
            distance = fabs (dosing->intervals_h[k] - spacing_h);
            best = dosing->intervals_h[k];
          }
    }
  return best;
}

static void
find_current (TdmProblem *self)
{
  guint last = G_MAXUINT;
  for (guint i = 0; i < self->n_doses; i++)
    if (self->doses[i].amount_mg > 0
        && (last == G_MAXUINT
            || tdm_pk_dose_last_start (&self->doses[i])
                   >= tdm_pk_dose_last_start (&self->doses[last])))
      last = i;
  if (last == G_MAXUINT)
    return;
  const TdmPkDose *dose = &self->doses[last];
  self->current.route = find_route (self, last, NULL);
  if (!find_salt (self, last, self->current.route, &self->current.salt, NULL))
    g_assert_not_reached ();
  self->current.amount_mg = dose->amount_mg;
  self->current.duration_h = dose->duration_h;
  self->current.stated = dose->interval_h > 0;
  self->current.interval_h =
      dose->interval_h > 0
          ? dose->interval_h
          : ward_interval (self, self->current.route, last_spacing (self, last));
}

/* What is infused and was written without a length counts as given at once. */
static void
note_boluses (TdmProblem *self)
{
  for (guint i = 0; i < self->n_doses; i++)
    {
      const TdmDoseEntry *entry = tdm_case_get_dose (self->record, i);
      const TdmModelRoute *route =
          entry->amount > 0 ? find_route (self, i, NULL) : NULL;
      if (!route || !route->infusion || entry->duration_h > 0)
        continue;
      g_autofree char *place = g_strdup_printf ("doses[%u].duration", i);
      tdm_notes_add (
          self->notes, TDM_NOTE_INFO, "dose-without-duration", place,
          "Dose %u has no infusion time: it counts as given at once, and its "
          "peak comes out higher than that of an infusion.",
          i + 1);
      return;
    }
}

gboolean
tdm_problem_load_doses (TdmProblem *self, GError **error)
{
  self->n_doses = tdm_case_get_n_doses (self->record);
  self->doses = g_new0 (TdmPkDose, self->n_doses + 1);
  self->current.salt = tdm_model_get_default_salt (self->model);
  for (guint i = 0; i < self->n_doses; i++)
    if (!load_dose (self, i, error))
      return FALSE;
  find_current (self);
  note_boluses (self);
  if (self->n_doses == 0)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "no-doses", "doses",
                   "No dose is entered: only the start of therapy can be computed.");
  return TRUE;
}

/* The only output whose levels are given in such a unit; -1 when there are several. */
static int
find_output_by_unit (const TdmModel *model, const char *unit)
{
  int found = -1;
  for (guint k = 0; unit && k < tdm_model_get_n_outputs (model); k++)
    {
      const TdmModelOutput *output = tdm_model_get_output (model, k);
      if (!tdm_unit_is_same_kind (unit, output->unit, output->molar_mass))
        continue;
      if (found >= 0)
        return -1;
      found = (int)k;
    }
  return found;
}

static int
find_output (const TdmProblem *self, const TdmLevelEntry *entry, guint index,
             GError **error)
{
  const char *name = entry->output;
  guint n = tdm_model_get_n_outputs (self->model);
  int by_unit = name ? -1 : find_output_by_unit (self->model, entry->unit);
  g_autoptr (GString) known = g_string_new (NULL);
  if (by_unit >= 0)
    return by_unit;
  for (guint k = 0; k < n; k++)
    {
      const TdmModelOutput *output = tdm_model_get_output (self->model, k);
      if (name ? g_str_equal (output->name, name) : n == 1)
        return (int)k;
      g_string_append_printf (known, "%s%s", k ? ", " : "", output->name);
    }
  g_autofree char *place = g_strdup_printf ("levels[%u].output", index);
  if (name)
    tdm_error_set_input (error, place, "%s has no output \"%s\"; expected one of %s",
                         tdm_model_get_id (self->model), name, known->str);
  else
    tdm_error_set_input (error, place, "an output is needed; expected one of %s",
                         known->str);
  return -1;
}

/* Time since the end of the infusion that ended last, or will (then negative); INFINITY
 * when there was none before. */
static double
time_since_infusion (const TdmProblem *self, double time_h)
{
  double latest = -INFINITY;
  for (guint i = 0; i < self->n_doses; i++)
    {
      const TdmPkDose *dose = &self->doses[i];
      if (dose->time_h >= time_h || dose->duration_h <= 0 || dose->stopped)
        continue;
      double k = dose->count > 1
                     ? MIN (ceil ((time_h - dose->time_h) / dose->interval_h) - 1,
                            dose->count - 1.0)
                     : 0.0;
      latest = MAX (latest, dose->time_h + k * dose->interval_h + dose->duration_h);
    }
  return time_h - latest;
}

static gboolean
is_before_everything (const TdmProblem *self, const TdmProblemLevel *level)
{
  for (guint i = 0; i < self->n_doses; i++)
    if (self->doses[i].time_h < level->to_h
        || (self->doses[i].time_h == level->to_h
            && (self->doses[i].steady_state || level->after_dose)))
      return FALSE;
  return TRUE;
}

/* Whether a level of a data set may have the prediction 0 of the time before the first
 * dose: it moves no effect, but is part of the objective. */
static gboolean
counts_at_zero (const TdmProblem *self, const TdmProblemLevel *level)
{
  const TdmModelOutput *output = tdm_model_get_output (self->model, level->output);
  return !tdm_residual_is_log (output) && tdm_residual_sd (output, 0.0) > 0.0;
}

static void
note_level_timing (TdmProblem *self, guint index)
{
  TdmProblemLevel *level = &self->levels[index];
  g_autofree char *place = g_strdup_printf ("levels[%u].time", index);
  double since = time_since_infusion (self, level->time_h);
  const gboolean before = is_before_everything (self, level);
  const TdmModelOutput *output = tdm_model_get_output (self->model, level->output);
  /* What has a value without the drug tells where this patient starts from. */
  if (before && output->baseline)
    return;
  if (before && tdm_case_get_level (self->record, index)->of_data
      && counts_at_zero (self, level))
    return;
  if (before)
    {
      level->use = FALSE;
      tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "level-before-first-dose", place,
                     "Level %u was drawn before the first dose; it says nothing about "
                     "this patient's clearance and is left out.",
                     index + 1);
      return;
    }
  if (!level->use || output->effect)
    return;
  if (since < 0)
    tdm_notes_add (
        self->notes, TDM_NOTE_CAUTION, "level-during-infusion", place,
        "Level %u was drawn while an infusion was running; check that it was "
        "not taken from the infusing line, or leave it out.",
        index + 1);
  else if (since < DISTRIBUTION_H)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "level-in-distribution", place,
                   "Level %u was drawn within half an hour of the end of an infusion, "
                   "when the drug may not be mixed yet.",
                   index + 1);
}

static gboolean
load_level (TdmProblem *self, guint index, GError **error)
{
  const TdmLevelEntry *entry = tdm_case_get_level (self->record, index);
  TdmProblemLevel *level = &self->levels[index];
  int output = find_output (self, entry, index, error);
  if (output < 0)
    return FALSE;
  const TdmModelOutput *to = tdm_model_get_output (self->model, (guint)output);
  g_autofree char *place = g_strdup_printf ("levels[%u].unit", index);
  g_autoptr (GError) local = NULL;
  const char *unit = entry->unit ? entry->unit : to->effect ? "1" : "";
  if (!tdm_unit_convert (entry->value, unit, to->unit, to->molar_mass, &level->value,
                         &local))
    return tdm_error_set_input (error, place, "%s", local->message);
  level->from_h = entry->time.hours;
  level->to_h = entry->time_uncertain ? entry->time_to.hours : level->from_h;
  level->time_h = level->from_h + 0.5 * (level->to_h - level->from_h);
  level->output = (guint)output;
  level->censor = entry->censor;
  level->after_dose = entry->after_dose;
  level->use = entry->use && entry->weight > 0;
  level->weight = entry->weight;
  if (tdm_residual_is_log (to) && level->use && level->censor == TDM_CENSOR_NONE
      && !(level->value > 0))
    {
      g_autofree char *where = g_strdup_printf ("levels[%u].value", index);
      return tdm_error_set_input (
          error, where,
          "must be above 0, since the model's residual error is "
          "on the log scale; enter it as below the limit");
    }
  note_level_timing (self, index);
  return TRUE;
}

/* Says once of what is known as an interval how it counts. */
static void
note_uncertain_times (TdmProblem *self)
{
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].use && self->levels[i].to_h > self->levels[i].from_h)
      {
        g_autofree char *place = g_strdup_printf ("levels[%u].time_to", i);
        tdm_notes_add (self->notes, TDM_NOTE_INFO, "level-time-uncertain", place,
                       "Level %u was drawn at an unknown time between two: every time "
                       "in between counts as equally likely in the fit; what is shown "
                       "of the level is at the middle.",
                       i + 1);
        break;
      }
  for (guint i = 0; i < self->n_doses; i++)
    if (tdm_case_get_dose (self->record, i)->end_uncertain)
      {
        g_autofree char *place = g_strdup_printf ("doses[%u].end_from", i);
        tdm_notes_add (self->notes, TDM_NOTE_INFO, "dose-end-uncertain", place,
                       "The infusion of dose %u ended at an unknown time between two: "
                       "every time in between counts as equally likely in the fit; "
                       "curves show it ending at the middle.",
                       i + 1);
        break;
      }
}

/* Levels of long ago count less than the last one, where the case wishes so. */
static void
age_weights (TdmProblem *self)
{
  const double half_h = tdm_case_get_options (self->record)->weight_half_life_h;
  double last = -INFINITY;
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].use)
      last = MAX (last, self->levels[i].time_h);
  if (!(half_h > 0) || isinf (last))
    return;
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].time_h < last)
      self->levels[i].weight *= exp2 ((self->levels[i].time_h - last) / half_h);
  g_autofree char *shown = tdm_number_format (half_h, 4);
  tdm_notes_add (
      self->notes, TDM_NOTE_INFO, "weight-half-life", "options.weight_half_life",
      "Older levels count less: half for every %s h before the last one.", shown);
}

gboolean
tdm_problem_load_levels (TdmProblem *self, GError **error)
{
  guint used = 0;
  self->n_levels = tdm_case_get_n_levels (self->record);
  self->levels = g_new0 (TdmProblemLevel, self->n_levels + 1);
  for (guint i = 0; i < self->n_levels; i++)
    {
      if (!load_level (self, i, error))
        return FALSE;
      used += self->levels[i].use;
    }
  age_weights (self);
  note_uncertain_times (self);
  if (used == 0)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "a-priori", "levels",
                   "No level is used: the answer is what is typical for patients like "
                   "this one.");
  return TRUE;
}

gboolean
tdm_problem_load_target (TdmProblem *self, GError **error)
{
  const TdmTarget *own = tdm_case_get_target (self->record);
  if (own->metric != TDM_METRIC_NONE)
    self->target = *own;
  else if (tdm_model_get_n_targets (self->model) > 0)
    {
      const TdmModelTarget *first = tdm_model_get_target (self->model, 0);
      self->target = first->target;
      tdm_notes_add (self->notes, TDM_NOTE_INFO, "target-assumed", "target",
                     "No target is given; the model's own is used: %s.", first->title);
    }
  g_auto (TdmResolvedTarget) ignored = { 0 };
  return self->target.metric == TDM_METRIC_NONE
         || tdm_target_resolve (self, &self->target, &ignored, error);
}
