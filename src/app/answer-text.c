#include "app/answer-text.h"

#include <math.h>
#include <string.h>

#include "app/proposal-row.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/target.h"
#include "engine/words.h"

/* A parameter within this much of the typical value is called typical. */
#define TYPICAL_PERCENT 5.0
/* Chances that are worth a remark: outside the window, and beyond an alarm limit. */
#define NOTABLE_CHANCE 0.1
#define NOTABLE_ALARM 0.05
#define HOURS_IN_WEEK 168.0
/* Remarks that are said in full: the words are to be short. */
#define MAX_REMARKS 3

typedef struct
{
  const TdmResult *result;
  const TdmAnswerTemplates *t;
  TdmLanguage language;
  TdmResolvedTarget target;
  gboolean has_target;
  GString *out;
} Writer;

TdmLanguage
tdm_answer_text_language (void)
{
  const char *const *names = g_get_language_names ();

  for (guint i = 0; names[i] != NULL; i++)
    for (TdmLanguage k = 0; k < TDM_LANGUAGE_N; k++)
      if (g_str_has_prefix (names[i], tdm_answer_templates (k)->code)
          && !g_ascii_isalpha (names[i][2]))
        return k;
  return TDM_LANGUAGE_ENGLISH;
}

/* Appends `template` with the texts, the last of them NULL, in the place of each %s. */
static void say (GString *out, const char *template, ...) G_GNUC_NULL_TERMINATED;

static void
say (GString *out, const char *template, ...)
{
  va_list texts;

  va_start (texts, template);
  for (const char *p = template; *p != '\0'; p++)
    if (*p == '%' && p[1] != '\0')
      g_string_append (out, *++p == 's' ? va_arg (texts, const char *) : "%");
    else
      g_string_append_c (out, *p);
  va_end (texts);
}

/* Parts sentences of one line. */
static void
space (const Writer *self)
{
  const GString *out = self->out;

  if (out->len > 0 && out->str[out->len - 1] != ' ' && out->str[out->len - 1] != '\n')
    g_string_append_c (self->out, ' ');
}

static const char *
metric_name (const Writer *self)
{
  return self->t->metrics[self->target.metric];
}

/* "Talspiegel" of "der Talspiegel", where the language wants it so. */
static const char *
bare_name (const Writer *self, TdmMetricKind metric)
{
  const char *name = self->t->metrics[metric];

  for (guint i = 0; i < G_N_ELEMENTS (self->t->articles); i++)
    if (self->t->articles[i] != NULL && g_str_has_prefix (name, self->t->articles[i]))
      return name + strlen (self->t->articles[i]);
  return name;
}

static char *
number_text (const Writer *self, double value, int digits)
{
  if (!isfinite (value))
    return g_strdup (self->t->never);
  return tdm_number_format (
      tdm_metric_is_share (self->target.metric) ? 100 * value : value, digits);
}

/* " mg·h/L", " %" of a share, nothing for a ratio. */
static char *
unit_text (const Writer *self)
{
  g_autofree char *unit = tdm_metric_is_share (self->target.metric)
                              ? g_strdup ("%")
                              : tdm_unit_display (self->target.unit);

  return unit[0] != '\0' ? g_strconcat (" ", unit, NULL) : g_strdup ("");
}

static char *
value_text (const Writer *self, double value)
{
  g_autofree char *number = number_text (self, value, 3);
  g_autofree char *unit = unit_text (self);

  return g_strconcat (number, isfinite (value) ? unit : NULL, NULL);
}

/* "400–600 mg·h/L", "at most 1 mg/L". */
static char *
window_text (const Writer *self)
{
  const TdmResolvedTarget *target = &self->target;
  g_autofree char *low = number_text (self, target->low, 4);
  g_autofree char *high = number_text (self, target->high, 4);
  g_autofree char *unit = unit_text (self);
  g_autofree char *one = g_strconcat (isfinite (target->low) ? low : high, unit, NULL);
  GString *out = g_string_new (NULL);

  if (isfinite (target->low) && isfinite (target->high))
    g_string_append_printf (out, "%s–%s%s", low, high, unit);
  else
    say (out, isfinite (target->low) ? self->t->at_least : self->t->at_most, one, NULL);
  return g_string_free (out, FALSE);
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
append_clearance (const Writer *self)
{
  const TdmFit *fit = self->result->fit;

  for (guint i = 0; i < tdm_model_get_n_parameters (self->result->model); i++)
    {
      const char *name = tdm_model_get_parameter_name (self->result->model, i);
      double percent = 100 * (fit->individual[i] / fit->population[i] - 1);
      if (!g_str_equal (name, "CL") && !g_str_equal (name, "CLIN"))
        continue;
      g_autofree char *shown = g_strdup_printf ("%.0f", fabs (percent));
      space (self);
      say (self->out,
           fabs (percent) < TYPICAL_PERCENT ? self->t->clearance_typical
           : percent < 0                    ? self->t->clearance_below
                                            : self->t->clearance_above,
           shown, NULL);
      return;
    }
}

static void
append_subpopulation (const Writer *self)
{
  const TdmFit *fit = self->result->fit;

  if (fit->n_subpopulations == 0)
    return;
  g_autofree char *chance =
      tdm_percent_text (fit->subpopulations[fit->subpopulation].posterior);
  space (self);
  say (self->out, self->t->subpopulation,
       tdm_model_get_subpopulation_name (self->result->model, fit->subpopulation),
       chance, NULL);
}

/* "AUC24", "the average concentration (INR)" where the model has several outputs. */
static char *
judged_name (const Writer *self)
{
  const TdmModel *model = self->result->model;

  if (tdm_model_get_n_outputs (model) < 2)
    return g_strdup (metric_name (self));
  return g_strdup_printf ("%s (%s)", metric_name (self),
                          tdm_model_get_output (model, self->target.output)->title);
}

static void
append_judgement (const Writer *self)
{
  const TdmResolvedTarget *target = &self->target;
  TdmRegimen current;

  space (self);
  if (!self->result->has_metrics)
    {
      g_string_append (self->out,
                       tdm_result_current_regimen (self->result->fit->problem, &current)
                           ? self->t->not_judged
                           : self->t->no_regimen);
      return;
    }
  g_autofree char *name = judged_name (self);
  g_autofree char *value = value_text (self, self->result->metrics.target);
  g_autofree char *window = window_text (self);
  g_autoptr (GString) side = g_string_new (NULL);
  say (side, self->t->sides[tdm_target_side (target, self->result->metrics.target) + 1],
       window, NULL);
  say (self->out, self->t->judged, name, value,
       target->has_span                ? self->t->over_span
       : tdm_target_is_steady (target) ? self->t->steady
                                       : self->t->at_time,
       side->str, NULL);
}

static void
append_found (const Writer *self)
{
  const TdmResult *result = self->result;

  g_string_append (self->out, self->t->found);
  if (result->certificate->advice == TDM_ADVICE_WITHHELD)
    {
      g_string_append (self->out, self->t->unfounded);
      return;
    }
  if (!any_level_used (result->fit))
    g_string_append (self->out, self->t->no_level);
  else
    append_clearance (self);
  append_subpopulation (self);
  if (self->has_target)
    append_judgement (self);
}

/* "90 min". */
static char *
length_text (const Writer *self, double hours)
{
  g_autofree char *number = tdm_number_format (hours < 1 ? 60 * hours : hours, 3);
  GString *out = g_string_new (NULL);

  say (out, hours < 1 ? self->t->minutes : self->t->hours, number, NULL);
  return g_string_free (out, FALSE);
}

/* ", infused over 2 h"; nothing for what is not infused. */
static char *
infused_text (const Writer *self, double hours)
{
  GString *out = g_string_new (NULL);

  if (hours > 0)
    {
      g_autofree char *length = length_text (self, hours);
      say (out, self->t->infused, length, NULL);
    }
  return g_string_free (out, FALSE);
}

/* How it begins and what it turns into. */
static char *
course_text (const Writer *self, const TdmRegimen *regimen)
{
  GString *out = g_string_new (NULL);

  if (regimen->loading_mg > 0)
    {
      g_autofree char *amount = tdm_words_amount (regimen->salt, regimen->loading_mg);
      g_autofree char *over = infused_text (self, regimen->loading_duration_h);
      say (out, self->t->loading, amount, over, NULL);
    }
  if (regimen->hold_h > 0)
    {
      g_autofree char *hold = tdm_number_format (regimen->hold_h, 3);
      say (out, self->t->held, hold, NULL);
    }
  for (guint k = 0; k < regimen->n_steps; k++)
    {
      const TdmRegimenStep *step = &regimen->steps[k];
      g_autofree char *amount = tdm_words_amount (regimen->salt, step->amount_mg);
      g_autofree char *later =
          tdm_number_format (step->from_h - regimen->first_dose_h, 4);
      say (out, self->t->step, amount, later, NULL);
    }
  return g_string_free (out, FALSE);
}

/* "12 h", "2 weeks". */
static char *
interval_text (const Writer *self, double hours)
{
  const double weeks = hours / HOURS_IN_WEEK;
  const gboolean whole = weeks >= 1 && weeks == round (weeks);
  g_autofree char *number = tdm_number_format (whole ? weeks : hours, 4);
  GString *out = g_string_new (NULL);

  say (out,
       !whole       ? self->t->hours
       : weeks == 1 ? self->t->week
                    : self->t->weeks,
       number, NULL);
  return g_string_free (out, FALSE);
}

/* ", by mouth", or how long it is infused; titles of routes are the model's. */
static char *
way_text (const Writer *self, const TdmRegimen *regimen)
{
  g_autofree char *infused = infused_text (self, regimen->duration_h);

  return regimen->given_as != NULL
             ? g_strconcat (", ", regimen->given_as, infused, NULL)
             : g_steal_pointer (&infused);
}

static char *
regimen_text (const Writer *self, const TdmRegimen *regimen)
{
  if (self->t->every == NULL)
    return tdm_words_regimen (regimen);
  if (regimen->amount_mg <= 0)
    return g_strdup (self->t->no_dose);
  g_autofree char *amount = tdm_words_amount (regimen->salt, regimen->amount_mg);
  g_autofree char *interval = interval_text (self, regimen->interval_h);
  g_autofree char *way = way_text (self, regimen);
  g_autofree char *course = course_text (self, regimen);
  GString *out = g_string_new (NULL);

  say (out, self->t->every, amount, interval, way, course, NULL);
  return g_string_free (out, FALSE);
}

/* The regimen that is proposed, NULL = none: the chosen one, else the leading one. */
static const TdmRegimen *
proposed (const TdmResult *result)
{
  const GPtrArray *regimens = result->proposals->regimens;

  if (result->proposals->withheld != NULL || regimens->len == 0)
    return NULL;
  return regimens->pdata[MAX (result->chosen_index, 0)];
}

/* The current regimen, where it ranks before the proposed one. */
static const TdmRegimen *
better_current (const TdmResult *result, const TdmRegimen *chosen)
{
  const GPtrArray *regimens = result->proposals->regimens;

  for (guint i = 0; i < regimens->len && regimens->pdata[i] != chosen; i++)
    if (((const TdmRegimen *)regimens->pdata[i])->is_current)
      return regimens->pdata[i];
  return NULL;
}

static void
append_chances (const Writer *self, const TdmRegimen *regimen)
{
  g_autofree char *value = value_text (self, regimen->metrics.target);
  g_autofree char *low = number_text (self, regimen->low.target, 3);
  g_autofree char *high = number_text (self, regimen->high.target, 3);
  g_autofree char *within = tdm_percent_text (regimen->p_within);
  g_autofree char *below = tdm_percent_text (regimen->p_below);
  g_autofree char *above = tdm_percent_text (regimen->p_above);

  space (self);
  say (self->out, self->t->expected, metric_name (self), value, low, high, NULL);
  space (self);
  say (self->out, self->t->chances, within, below, above, NULL);
}

/* In the user's language where there is a sentence for it, else as it is. */
static char *
note_text (const Writer *self, const TdmNote *note)
{
  char *own = tdm_answer_note (self->language, note->code, note->place);

  return own != NULL ? own : g_strdup (note->text);
}

static void
append_proposal (const Writer *self)
{
  const TdmResult *result = self->result;
  const TdmRegimen *regimen = proposed (result);

  g_string_append_c (self->out, '\n');
  if (regimen == NULL)
    {
      g_autofree char *reason = result->proposals->withheld != NULL
                                    ? note_text (self, result->proposals->withheld)
                                    : g_strdup ("");
      say (self->out, self->t->nothing_proposed, reason, NULL);
      g_strchomp (self->out->str);
      self->out->len = strlen (self->out->str);
      return;
    }
  g_autofree char *words = regimen_text (self, regimen);
  say (self->out,
       regimen->is_current && regimen->amount_mg > 0 ? self->t->kept
                                                     : self->t->proposed,
       words, NULL);
  append_chances (self, regimen);
  const TdmRegimen *better = better_current (result, regimen);
  if (better != NULL)
    {
      g_autofree char *within = tdm_percent_text (better->p_within);
      space (self);
      say (self->out, self->t->current_as_good, within, NULL);
    }
  if (result->proposals->none_reaches)
    {
      space (self);
      g_string_append (self->out, self->t->none_reaches);
    }
}

static gboolean
is_remark (const Writer *self, const TdmNote *note)
{
  return note->severity != TDM_NOTE_INFO
         && !g_str_equal (note->code, "target-not-reached")
         && (self->result->proposals->withheld == NULL
             || !g_str_equal (note->code, self->result->proposals->withheld->code));
}

/* The sentence of each caution that is not there yet: two notes may differ in their
 * numbers only, which not every language tells. */
static void
collect_remarks (const Writer *self, const GPtrArray *notes, GPtrArray *out)
{
  for (guint i = 0; notes != NULL && i < notes->len; i++)
    {
      if (!is_remark (self, notes->pdata[i]))
        continue;
      char *words = note_text (self, notes->pdata[i]);
      if (g_ptr_array_find_with_equal_func (out, words, g_str_equal, NULL))
        g_free (words);
      else
        g_ptr_array_add (out, words);
    }
}

/* The cautions; what is beyond the first few is only counted. */
static guint
append_remarks (const Writer *self)
{
  const TdmRegimen *regimen = proposed (self->result);
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_free);

  collect_remarks (self, self->result->notes, all);
  collect_remarks (self, regimen != NULL ? regimen->notes : NULL, all);
  for (guint i = 0; i < all->len && i < MAX_REMARKS; i++)
    {
      space (self);
      g_string_append (self->out, all->pdata[i]);
    }
  if (all->len > MAX_REMARKS)
    {
      g_autofree char *more = g_strdup_printf ("%u", all->len - MAX_REMARKS);
      space (self);
      say (self->out, self->t->more, more, NULL);
    }
  return all->len;
}

static gboolean
append_chance (const Writer *self, const char *template, double chance, double least)
{
  if (chance < least)
    return FALSE;
  g_autofree char *words = tdm_percent_text (chance);
  space (self);
  say (self->out, template, words, NULL);
  return TRUE;
}

static void
append_watch (const Writer *self)
{
  const TdmAnswerTemplates *t = self->t;
  const TdmProposals *proposals = self->result->proposals;
  const TdmRegimen *r = proposed (self->result);
  gboolean any = FALSE;

  g_string_append_c (self->out, '\n');
  g_string_append (self->out, t->watch);
  if (r != NULL)
    {
      /* An alarm at the window's own limit says nothing more. */
      if (proposals->alarm_high != self->target.high)
        any |=
            append_chance (self, t->watch_alarm_high, r->p_alarm_high, NOTABLE_ALARM);
      if (proposals->alarm_low != self->target.low)
        any |= append_chance (self, t->watch_alarm_low, r->p_alarm_low, NOTABLE_ALARM);
      any |= append_chance (self, t->watch_above, r->p_above, NOTABLE_CHANCE);
      any |= append_chance (self, t->watch_below, r->p_below, NOTABLE_CHANCE);
    }
  if (append_remarks (self) == 0 && !any)
    g_string_append (self->out, t->nothing_to_watch);
}

/* "on Wed 4 Mar 08:00", "at 72 h" without a clock. */
static char *
moment_text (const Writer *self, double time_h)
{
  GDateTime *start = tdm_case_get_start (self->result->record);
  GString *out = g_string_new (NULL);

  if (start == NULL)
    {
      g_autofree char *hours = tdm_number_format (time_h, 5);
      g_autoptr (GString) with_unit = g_string_new (NULL);
      say (with_unit, self->t->hours, hours, NULL);
      say (out, self->t->moment_h, with_unit->str, NULL);
      return g_string_free (out, FALSE);
    }
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  g_autofree char *day = g_strdup_printf ("%d", g_date_time_get_day_of_month (at));
  g_autofree char *clock = g_strdup_printf ("%02d:%02d", g_date_time_get_hour (at),
                                            g_date_time_get_minute (at));
  say (out, self->t->moment, self->t->days[g_date_time_get_day_of_week (at)], day,
       self->t->months[g_date_time_get_month (at)], clock, NULL);
  return g_string_free (out, FALSE);
}

/* What narrows the spread by less is not worth a needle. */
#define WORTH_A_SAMPLE 0.03

static void
append_next (const Writer *self, const TdmNextSample *sample)
{
  g_string_append_c (self->out, '\n');
  if (self->result->proposals->withheld != NULL)
    {
      g_string_append (self->out, self->t->next_withheld);
      return;
    }
  const TdmSampleTime *best = sample ? &sample->times[sample->best] : NULL;
  const double share = best ? 1 - sqrt (1 - MIN (best->reduction, 1)) : 0;
  if (best == NULL)
    g_string_append (self->out, self->t->next_settled);
  else if (share < WORTH_A_SAMPLE)
    g_string_append (self->out, self->t->next_idle);
  else
    {
      g_autofree char *when = moment_text (self, best->time_h);
      g_autofree char *narrower = tdm_percent_text (share);
      say (self->out, self->t->next_level, when, bare_name (self, sample->metric),
           narrower, NULL);
    }
  space (self);
  g_string_append (self->out, self->t->earlier);
}

char *
tdm_answer_text (const TdmResult *result, const TdmNextSample *sample,
                 TdmLanguage language)
{
  const TdmTarget *wanted = tdm_problem_get_target (result->fit->problem);
  Writer self = { .result = result,
                  .t = tdm_answer_templates (language),
                  .language = language,
                  .out = g_string_new (NULL) };

  self.has_target =
      wanted->metric != TDM_METRIC_NONE
      && tdm_target_resolve (result->fit->problem, wanted, &self.target, NULL);
  append_found (&self);
  append_proposal (&self);
  append_watch (&self);
  append_next (&self, sample);
  tdm_resolved_target_clear (&self.target);
  return g_string_free (self.out, FALSE);
}
