/* The list of doubts: each is a case that differs from the given one in one thing. */
#include "engine/robustness-private.h"

#include "base/number.h"
#include "base/unit.h"
#include "engine/residual.h"

#include <math.h>

/* Dose lines asked about, the latest first: what was long ago matters little. */
#define MOST_DOSES 6
/* The least that is left of a level whose error takes away all of it. */
#define LEAST_SHARE 0.1

typedef struct
{
  const TdmResult *result;
  double shift_h;
  GPtrArray *cases, *doubts;
} List;

TdmDoubt *
tdm_doubt_new (TdmDoubtKind kind, guint index, char *what, char *change)
{
  TdmDoubt *self = g_new0 (TdmDoubt, 1);
  self->kind = kind;
  self->index = index;
  self->what = what;
  self->change = change;
  self->p_within = self->p_above = self->metric = self->loss = self->p_other = NAN;
  return self;
}

void
tdm_doubt_free (TdmDoubt *self)
{
  g_free (self->what);
  g_free (self->change);
  g_free (self->obstacle);
  g_free (self->other);
  g_free (self);
}

/* "second level", "level 12". */
static char *
nth (const char *noun, guint index)
{
  static const char *const ordinals[] = { "first", "second", "third",   "fourth",
                                          "fifth", "sixth",  "seventh", "eighth",
                                          "ninth", "tenth" };
  return index < G_N_ELEMENTS (ordinals)
             ? g_strdup_printf ("the %s %s", ordinals[index], noun)
             : g_strdup_printf ("%s %u", noun, index + 1);
}

static char *
shift_words (double hours)
{
  g_autofree char *minutes = tdm_number_format (fabs (hours) * 60, 3);
  return g_strdup_printf ("%s minutes %s", minutes, hours < 0 ? "earlier" : "later");
}

/* Finishes `edit` as the case of a doubt; a case that cannot be is no doubt. */
static void
add (List *self, TdmCaseEdit *edit, TdmDoubt *doubt)
{
  TdmCase *record = tdm_case_edit_finish (edit, NULL);
  if (record == NULL)
    {
      tdm_doubt_free (doubt);
      return;
    }
  g_ptr_array_add (self->cases, record);
  g_ptr_array_add (self->doubts, doubt);
}

static void
add_level (List *self, guint i, const TdmLevelEntry *entry, TdmDoubt *doubt)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->result->record);
  tdm_case_edit_replace_level (edit, i, entry);
  add (self, edit, doubt);
}

static void
add_level_times (List *self, guint i)
{
  const TdmLevelEntry *entry = tdm_case_get_level (self->result->record, i);
  const TdmProblemLevel *level = tdm_problem_get_level (self->result->fit->problem, i);
  for (int side = -1; side <= 1; side += 2)
    {
      TdmLevelEntry other = *entry;
      g_autofree char *name = nth ("level", i);
      char *change;
      other.time_uncertain = FALSE;
      if (entry->time_uncertain)
        {
          other.time.hours = side < 0 ? level->from_h : level->to_h;
          change =
              g_strdup_printf ("its %s possible time", side < 0 ? "first" : "last");
        }
      else
        {
          other.time.hours = level->time_h + side * self->shift_h;
          change = shift_words (side * self->shift_h);
        }
      other.time.text = NULL;
      add_level (self, i, &other,
                 tdm_doubt_new (TDM_DOUBT_LEVEL_TIME, i,
                                g_strdup_printf ("the time of %s", name), change));
    }
}

/* What the assay may be wrong by: its own standard deviation, or the part of the
 * residual error that does not grow with the level, or where there is neither all of
 * it; in the output's unit. */
static double
assay_sd (const TdmModelOutput *output, double value)
{
  const gboolean own = output->error != TDM_RESIDUAL_LOG
                       && output->error != TDM_RESIDUAL_ASSAY && output->additive > 0;
  if (own)
    return output->additive;
  return tdm_residual_sd (output, value) * (tdm_residual_is_log (output) ? value : 1);
}

static void
add_level_values (List *self, guint i)
{
  const TdmLevelEntry *entry = tdm_case_get_level (self->result->record, i);
  const TdmProblemLevel *level = tdm_problem_get_level (self->result->fit->problem, i);
  const TdmModelOutput *output =
      tdm_model_get_output (self->result->model, level->output);
  const double sd = assay_sd (output, level->value);
  if (entry->censor != TDM_CENSOR_NONE || !(level->value > 0) || !(sd > 0)
      || !isfinite (sd))
    return;
  g_autofree char *unit = tdm_unit_display (output->unit);
  for (int side = -1; side <= 1; side += 2)
    {
      const double value = MAX (level->value + side * sd, LEAST_SHARE * level->value);
      TdmLevelEntry other = *entry;
      g_autofree char *name = nth ("level", i);
      g_autofree char *by = tdm_number_format (fabs (value - level->value), 3);
      other.value = entry->value * value / level->value;
      add_level (self, i, &other,
                 tdm_doubt_new (TDM_DOUBT_LEVEL_VALUE, i,
                                g_strdup_printf ("the measurement of %s", name),
                                g_strdup_printf ("%s %s %s", by, unit,
                                                 side < 0 ? "less" : "more")));
    }
}

static void
add_levels (List *self)
{
  const TdmProblem *problem = self->result->fit->problem;
  const guint n = tdm_problem_get_n_levels (problem);
  for (guint i = 0; i < n; i++)
    if (tdm_problem_get_level (problem, i)->use)
      {
        TdmLevelEntry other = *tdm_case_get_level (self->result->record, i);
        other.use = FALSE;
        add_level (self, i, &other,
                   tdm_doubt_new (TDM_DOUBT_LEVEL, i, nth ("level", i),
                                  g_strdup ("leaving it out")));
      }
  for (guint i = 0; i < n; i++)
    if (tdm_problem_get_level (problem, i)->use)
      add_level_times (self, i);
  for (guint i = 0; i < n; i++)
    if (tdm_problem_get_level (problem, i)->use)
      add_level_values (self, i);
}

static void
add_dose (List *self, guint i, const TdmDoseEntry *entry, TdmDoubt *doubt)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->result->record);
  tdm_case_edit_replace_dose (edit, i, entry);
  add (self, edit, doubt);
}

static char *
dose_words (const char *part, const TdmDoseEntry *entry, guint i)
{
  const gboolean line = entry->count > 1 || entry->steady_state;
  g_autofree char *name = nth (line ? "dose line" : "dose", i);
  return g_strdup_printf ("%s of %s", part, name);
}

/* The end stays where it is, unless the infusion is shorter than the shift. */
static void
add_dose_starts (List *self, guint i)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->result->record, i);
  const TdmPkDose *dose = tdm_problem_get_dose (self->result->fit->problem, i);
  for (int side = -1; side <= 1; side += 2)
    {
      const double shift = side * self->shift_h;
      TdmDoseEntry other = *entry;
      other.time = (TdmMoment){ dose->time_h + shift, NULL };
      if (!entry->end_uncertain && entry->duration_h > self->shift_h)
        other.duration_h = entry->duration_h - shift;
      add_dose (
          self, i, &other,
          tdm_doubt_new (
              TDM_DOUBT_DOSE_START, i,
              dose_words (entry->duration_h > 0 ? "the start" : "the time", entry, i),
              shift_words (shift)));
    }
}

static void
add_dose_ends (List *self, guint i)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (self->result->record, i);
  double span[2];
  const gboolean uncertain =
      tdm_problem_get_dose_span (self->result->fit->problem, i, &span[0], &span[1]);
  for (int side = -1; side <= 1; side += 2)
    {
      TdmDoseEntry other = *entry;
      const double shift = side * self->shift_h;
      other.end_uncertain = FALSE;
      other.duration_h = uncertain ? span[side > 0] : entry->duration_h + shift;
      if (!(entry->duration_h > 0) || !(other.duration_h > 0))
        continue;
      add_dose (self, i, &other,
                tdm_doubt_new (TDM_DOUBT_DOSE_END, i, dose_words ("the end", entry, i),
                               uncertain ? g_strdup_printf ("its %s possible time",
                                                            side < 0 ? "first" : "last")
                                         : shift_words (shift)));
    }
}

static double
last_level (const TdmProblem *problem)
{
  double last = -INFINITY;
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    if (tdm_problem_get_level (problem, i)->use)
      last = MAX (last, tdm_problem_get_level (problem, i)->to_h);
  return last;
}

/* Only what was given before the last level has a part in the fit. */
static void
add_doses (List *self, guint *left_out)
{
  const TdmProblem *problem = self->result->fit->problem;
  const double last = last_level (problem);
  const guint n = tdm_problem_get_n_doses (problem);
  g_autofree gboolean *asked = g_new0 (gboolean, n + 1);
  guint count = 0;
  for (guint i = n; i-- > 0;)
    {
      const TdmPkDose *dose = tdm_problem_get_dose (problem, i);
      if (dose->time_h - self->shift_h >= last || !(dose->amount_mg > 0))
        continue;
      asked[i] = count++ < MOST_DOSES;
      *left_out += !asked[i];
    }
  for (guint i = 0; i < n; i++)
    if (asked[i])
      add_dose_starts (self, i);
  for (guint i = 0; i < n; i++)
    if (asked[i])
      add_dose_ends (self, i);
}

static void
add_prior (List *self)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->result->record);
  TdmCaseOptions options = *tdm_case_get_options (self->result->record);
  options.prior_weight *= 0.5;
  tdm_case_edit_set_options (edit, &options);
  add (self, edit,
       tdm_doubt_new (TDM_DOUBT_PRIOR, 0, g_strdup ("what is typical (the prior)"),
                      g_strdup ("half its weight")));
}

void
tdm_doubts_list (const TdmResult *result, double shift_h, GPtrArray *cases,
                 GPtrArray *doubts, guint *left_out)
{
  List self = { result, shift_h, cases, doubts };
  *left_out = 0;
  add_levels (&self);
  add_doses (&self, left_out);
  if (tdm_problem_get_n_effects (result->fit->problem) > 0)
    add_prior (&self);
}
