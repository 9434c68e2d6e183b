/* titrate-cli trial: virtual patients, several ways of dosing them, and what share is
 * within the target day by day. */
#include "cli/cli.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "cli/text.h"
#include "engine/result-json.h"
#include "engine/domain.h"
#include "engine/trial.h"
#include "engine/words.h"
#include "model/library.h"
#include "plot/panels.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENTS 200
#define MOST_PATIENTS 100000
#define DAYS 7
#define MOST_DAYS 60
#define MOST_LEVELS 40
#define LEVELS "36, 84"
/* Other models that `average` takes where it names none. */
#define NEAREST 3

/* What the command line asks for, with what it owns. */
typedef struct
{
  TdmTrialOptions options;
  TdmModel *truth;
  GPtrArray *policies;
  GArray *levels, *intervals;
  TdmTarget target; /* strings borrowed from `words` and the truth */
  TdmLabelRule label;
  char **words;
} Plan;

static void
plan_clear (Plan *self)
{
  g_clear_pointer (&self->truth, tdm_model_unref);
  g_clear_pointer (&self->policies, g_ptr_array_unref);
  g_clear_pointer (&self->levels, g_array_unref);
  g_clear_pointer (&self->intervals, g_array_unref);
  g_strfreev (self->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Plan, plan_clear)

static gboolean
read_count (const char *name, const char *text, guint fallback, guint most, guint *out,
            GError **error)
{
  double value;
  if (!tdm_cli_number (name, text, fallback, &value, error))
    return FALSE;
  if (!(value >= 1 && value <= most && value == floor (value)))
    return tdm_cli_usage (error, "%s: \"%s\" is not a whole number from 1 to %u", name,
                          text, most);
  *out = (guint)value;
  return TRUE;
}

/* Hours above 0, ascending, at most MOST_LEVELS of them: "36, 84". Yours. */
static GArray *
read_hours (const char *name, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text, ", ", -1);
  g_autoptr (GArray) out = g_array_new (FALSE, FALSE, sizeof (double));
  double last = 0;
  for (guint i = 0; parts[i]; i++)
    {
      double hours;
      if (!*parts[i])
        continue;
      if (!tdm_cli_number (name, parts[i], 0, &hours, error))
        return NULL;
      if (!(hours > last) || out->len == MOST_LEVELS)
        {
          tdm_cli_usage (error,
                         "%s: hours above 0, ascending, such as \"%s\"; at most %d",
                         name, LEVELS, MOST_LEVELS);
          return NULL;
        }
      last = hours;
      g_array_append_val (out, hours);
    }
  return g_steal_pointer (&out);
}

static gboolean
read_levels (Plan *plan, const char *text, GError **error)
{
  TdmTrialOptions *o = &plan->options;
  const double end_h = o->days * 24.0;
  const gboolean none = text && g_str_equal (text, "none");
  plan->levels = read_hours ("--levels", none ? "" : text ? text : LEVELS, error);
  if (!plan->levels)
    return FALSE;
  o->levels_h = (const double *)(gpointer)plan->levels->data;
  while (plan->levels->len > 0 && o->levels_h[plan->levels->len - 1] >= end_h)
    {
      if (text)
        return tdm_cli_usage (error, "--levels: %g h is after the last of %u days",
                              o->levels_h[plan->levels->len - 1], o->days);
      g_array_set_size (plan->levels, plan->levels->len - 1);
    }
  o->n_levels = plan->levels->len;
  return TRUE;
}

static gboolean
read_intervals (Plan *plan, const char *text, GError **error)
{
  if (!text)
    return TRUE;
  plan->intervals = read_hours ("--interval", text, error);
  if (!plan->intervals)
    return FALSE;
  plan->options.intervals_h = (const double *)(gpointer)plan->intervals->data;
  plan->options.n_intervals = plan->intervals->len;
  return TRUE;
}

/* A limit of a window, "-" = open. */
static gboolean
read_limit (const char *text, double open, double *out, GError **error)
{
  if (!g_str_equal (text, "-"))
    return tdm_cli_number ("--target", text, 0, out, error);
  *out = open;
  return TRUE;
}

/* A target of the truth by its name, or "METRIC LOW HIGH UNIT". */
static gboolean
read_target (Plan *plan, const char *text, GError **error)
{
  if (!text)
    return TRUE;
  for (guint i = 0; i < tdm_model_get_n_targets (plan->truth); i++)
    if (g_str_equal (tdm_model_get_target (plan->truth, i)->name, text))
      {
        plan->target = tdm_model_get_target (plan->truth, i)->target;
        plan->options.target = &plan->target;
        return TRUE;
      }
  plan->words = g_strsplit (text, " ", -1);
  plan->target.at_steady_state = TRUE;
  if (g_strv_length (plan->words) != 4
      || !tdm_metric_from_name (plan->words[0], &plan->target.metric))
    return tdm_cli_usage (error,
                          "--target: \"%s\" is no target of the model, nor like "
                          "\"auc24 400 600 mg.h/L\" (\"-\" = no limit)",
                          text);
  plan->target.unit = plan->words[3];
  plan->options.target = &plan->target;
  return read_limit (plan->words[1], -INFINITY, &plan->target.low, error)
         && read_limit (plan->words[2], INFINITY, &plan->target.high, error);
}

/* "15 mg/kg every 12 h over 1.5 h". */
static gboolean
read_label (Plan *plan, const char *text, GError **error)
{
  static GRegex *pattern;
  g_autoptr (GMatchInfo) match = NULL;
  if (!text)
    return TRUE;
  if (!pattern)
    pattern = g_regex_new (
        "^([0-9.]+) (mg|IU)(/kg)? every ([0-9.]+) h(?: over ([0-9.]+) h)?$", 0, 0,
        NULL);
  if (!g_regex_match (pattern, text, 0, &match))
    return tdm_cli_usage (error,
                          "--label: \"%s\" is not like \"15 mg/kg every 12 h "
                          "over 1.5 h\"",
                          text);
  g_autofree char *amount = g_match_info_fetch (match, 1);
  g_autofree char *unit = g_match_info_fetch (match, 2);
  g_autofree char *per = g_match_info_fetch (match, 3);
  g_autofree char *interval = g_match_info_fetch (match, 4);
  g_autofree char *duration = g_match_info_fetch (match, 5);
  const char *counted = tdm_salt_unit (tdm_model_get_default_salt (plan->truth));
  if (!g_str_equal (unit, counted))
    return tdm_cli_usage (error, "--label: doses of %s are in %s, not in %s",
                          tdm_model_get_id (plan->truth), counted, unit);
  TdmLabelRule *rule = &plan->label;
  rule->per_kg = per && *per;
  if (!tdm_cli_number ("--label", amount, 0, &rule->amount_mg, error)
      || !tdm_cli_number ("--label", interval, 0, &rule->interval_h, error)
      || !tdm_cli_number ("--label", duration && *duration ? duration : NULL, 0,
                          &rule->duration_h, error))
    return FALSE;
  if (!(rule->amount_mg > 0) || !(rule->interval_h >= 1))
    return tdm_cli_usage (error, "--label: an amount above 0, every hour at most");
  plan->options.label = rule;
  return TRUE;
}

/* "A+B+C" */
static gboolean
add_named (TdmPolicy *policy, const char *names, GError **error)
{
  g_auto (GStrv) ids = g_strsplit (names, "+", -1);
  for (guint i = 0; ids[i]; i++)
    {
      TdmModel *model = tdm_library_load (ids[i], error);
      if (!model)
        return FALSE;
      g_ptr_array_add (policy->models, model);
    }
  return TRUE;
}

/* The other models of the drug whose people are nearest to the truth's typical one. */
static gboolean
add_nearest (TdmPolicy *policy, TdmModel *truth, GError **error)
{
  g_autoptr (GPtrArray) all = tdm_library_load_all (error);
  g_autoptr (GPtrArray) same = g_ptr_array_new ();
  for (guint i = 0; all && i < all->len; i++)
    if (g_str_equal (tdm_model_get_text (all->pdata[i])->drug,
                     tdm_model_get_text (truth)->drug))
      g_ptr_array_add (same, all->pdata[i]);
  const TdmPeople people = { .model = truth, .others = same };
  g_autoptr (TdmCase) typical = all ? tdm_people_typical (&people, error) : NULL;
  if (!typical)
    return FALSE;
  g_autoptr (GPtrArray) ranked = tdm_domain_rank (typical, all, truth);
  for (guint i = 0; i < ranked->len && policy->models->len < NEAREST; i++)
    {
      const TdmDomain *domain = ranked->pdata[i];
      if (!domain->obstacle
          && !g_str_equal (tdm_model_get_id (domain->model), tdm_model_get_id (truth)))
        g_ptr_array_add (policy->models, tdm_model_ref (domain->model));
    }
  if (policy->models->len > 0)
    return TRUE;
  return tdm_cli_usage (error, "--policy average: no other model of the drug suits; "
                               "name some, average:ID+ID");
}

/* "thomson-2009" of "vancomycin-thomson-2009". */
static const char *
author (const TdmModel *model)
{
  const char *id = tdm_model_get_id (model), *dash = strchr (id, '-');
  return dash ? dash + 1 : id;
}

/* One of label, same, other:ID, average, average:ID+ID. */
static TdmPolicy *
read_policy (TdmModel *truth, const char *text, GError **error)
{
  g_autoptr (TdmPolicy) self = NULL;
  if (g_str_equal (text, "label"))
    return tdm_policy_new (TDM_POLICY_LABEL, "Fixed rule");
  if (g_str_equal (text, "same"))
    {
      self = tdm_policy_new (TDM_POLICY_ADVICE, "Advice, true model");
      g_ptr_array_add (self->models, tdm_model_ref (truth));
      return g_steal_pointer (&self);
    }
  if (g_str_has_prefix (text, "other:"))
    {
      self = tdm_policy_new (TDM_POLICY_ADVICE, NULL);
      if (!add_named (self, text + strlen ("other:"), error))
        return NULL;
      if (self->models->len != 1)
        {
          tdm_cli_usage (error, "--policy: \"%s\" names more than one model", text);
          return NULL;
        }
      self->title = g_strdup_printf ("Advice, %s", author (self->models->pdata[0]));
      return g_steal_pointer (&self);
    }
  if (!g_str_equal (text, "average") && !g_str_has_prefix (text, "average:"))
    {
      tdm_cli_usage (error,
                     "--policy: \"%s\" is none of label, same, other:ID, average, "
                     "average:ID+ID",
                     text);
      return NULL;
    }
  self = tdm_policy_new (TDM_POLICY_AVERAGE, NULL);
  if (g_str_equal (text, "average") ? !add_nearest (self, truth, error)
                                    : !add_named (self, text + 8, error))
    return NULL;
  self->title = g_strdup_printf ("Advice, %u models", self->models->len);
  return g_steal_pointer (&self);
}

static gboolean
read_policies (Plan *plan, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit_set (text ? text : "label,same", ", ", -1);
  plan->policies = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_policy_free);
  for (guint i = 0; parts[i]; i++)
    {
      if (!*parts[i])
        continue;
      TdmPolicy *policy = read_policy (plan->truth, parts[i], error);
      if (!policy)
        return FALSE;
      g_ptr_array_add (plan->policies, policy);
    }
  plan->options.policies = plan->policies;
  return (plan->policies->len > 0 && plan->policies->len <= TDM_PANELS_MAX_LINES)
         || tdm_cli_usage (error, "--policy: from one to %d policies",
                           TDM_PANELS_MAX_LINES);
}

static gboolean
read_plan (const TdmCliOptions *options, Plan *plan, GError **error)
{
  TdmTrialOptions *o = &plan->options;
  TdmResultOptions draws = { 0 };
  if (g_strv_length (options->arguments) != 0)
    return tdm_cli_usage (error, "trial takes no case; its patients are virtual");
  if (!options->truth)
    return tdm_cli_usage (error, "--truth ID|FILE is needed: the model that patients "
                                 "are drawn from");
  if (!tdm_cli_draws (options, &draws, error)
      || !read_count ("--patients", options->patients, PATIENTS, MOST_PATIENTS,
                      &o->patients, error)
      || !read_count ("--days", options->days, DAYS, MOST_DAYS, &o->days, error)
      || !read_levels (plan, options->levels, error)
      || !read_intervals (plan, options->interval, error))
    return FALSE;
  o->draws = draws.draws;
  o->seed = draws.seed;
  plan->truth = o->truth = tdm_library_load (options->truth, error);
  if (!plan->truth)
    {
      g_prefix_error (error, "--truth: ");
      return FALSE;
    }
  return read_target (plan, options->target, error)
         && read_label (plan, options->label, error)
         && read_policies (plan, options->policy, error);
}

static void
progress_cb (gpointer data, guint done, guint of)
{
  (void)data;
  fprintf (stderr, "\r%u of %u patients%s", done, of, done == of ? "\n" : "");
}

static json_t *
day_json (const TdmTrialDay *day, guint number)
{
  return json_pack ("{s:i, s:o, s:o, s:o, s:o, s:[o, o], s:{s:o, s:o, s:o}}", "day",
                    (int)number, "below", tdm_json_real (day->below), "within",
                    tdm_json_real (day->within), "above", tdm_json_real (day->above),
                    "alarm", tdm_json_real (day->alarm), "within_95",
                    tdm_json_real (day->low), tdm_json_real (day->high), "metric", "5",
                    tdm_json_real (day->q5), "50", tdm_json_real (day->median), "95",
                    tdm_json_real (day->q95));
}

static json_t *
arm_json (const TdmTrial *trial, const TdmTrialArm *arm, const TdmPolicy *policy)
{
  json_t *days = json_array (), *models = json_array ();
  for (guint d = 0; d < trial->days; d++)
    json_array_append_new (days, day_json (&arm->days[d], d + 1));
  for (guint i = 0; i < policy->models->len; i++)
    json_array_append_new (models,
                           json_string (tdm_model_get_id (policy->models->pdata[i])));
  return json_pack ("{s:s, s:o, s:i, s:i, s:o}", "policy", arm->title, "models", models,
                    "asked", (int)arm->asked, "withheld", (int)arm->withheld, "days",
                    days);
}

static json_t *
trial_json (const TdmTrial *trial, const Plan *plan)
{
  json_t *arms = json_array (), *levels = json_array ();
  for (guint i = 0; i < trial->arms->len; i++)
    json_array_append_new (
        arms, arm_json (trial, trial->arms->pdata[i], plan->policies->pdata[i]));
  for (guint i = 0; i < plan->levels->len; i++)
    json_array_append_new (levels,
                           tdm_json_real (g_array_index (plan->levels, double, i)));
  return json_pack (
      "{s:s, s:{s:s, s:s}, s:i, s:i, s:I, s:i, s:o, s:s, "
      "s:{s:s, s:o, s:o, s:o, s:o, s:s}, s:o}",
      "format", "titrate-trial/1", "truth", "id", tdm_model_get_id (trial->truth),
      "sha256", tdm_model_get_sha256 (trial->truth), "patients", (int)trial->patients,
      "days", (int)trial->days, "seed", (json_int_t)plan->options.seed, "draws",
      (int)trial->draws, "levels", levels, "label", trial->label, "target", "metric",
      tdm_metric_name (trial->target.metric), "low", tdm_json_real (trial->low), "high",
      tdm_json_real (trial->high), "alarm_low", tdm_json_real (trial->alarm_low),
      "alarm_high", tdm_json_real (trial->alarm_high), "unit", trial->unit, "arms",
      arms);
}

/* "AUC24 400 to 600 mg·h/L" */
static char *
window_words (const TdmTrial *trial)
{
  g_autofree char *unit = tdm_unit_display (trial->unit);
  g_autofree char *low =
      isfinite (trial->low) ? tdm_number_format (trial->low, 4) : NULL;
  g_autofree char *high =
      isfinite (trial->high) ? tdm_number_format (trial->high, 4) : NULL;
  const char *metric = tdm_words_metric (trial->target.metric);
  if (low && high)
    return g_strdup_printf ("%s %s to %s %s", metric, low, high, unit);
  return g_strdup_printf ("%s %s %s %s", metric, low ? "from" : "up to",
                          low    ? low
                          : high ? high
                                 : "",
                          unit);
}

/* When levels are drawn, in words. */
static char *
level_words (const Plan *plan)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < plan->levels->len; i++)
    g_string_append_printf (out, "%s%g", i ? ", " : "",
                            g_array_index (plan->levels, double, i));
  return plan->levels->len ? g_strdup_printf (
             "%s at %s h", plan->levels->len > 1 ? "levels" : "a level", out->str)
                           : g_strdup ("no level");
}

static char *
setup_words (const TdmTrial *trial, const Plan *plan)
{
  g_autofree char *levels = level_words (plan);
  return g_strdup_printf (
      "%u virtual patients of %s, covariates, effects and residual error drawn from it "
      "(seed %" G_GUINT64_FORMAT "). Advice: the regimen ranked first before any level "
      "and again after %s, begun when the next dose is due; %u draws each. "
      "Fixed rule: %s. Bands: 95 %% Monte Carlo intervals.",
      trial->patients, tdm_model_get_id (trial->truth), plan->options.seed, levels,
      trial->draws, trial->label);
}

static void
print_arm (const TdmTrial *trial, const TdmTrialArm *arm, GString *out)
{
  g_string_append_printf (out, "\n%s", arm->title);
  if (arm->asked)
    g_string_append_printf (out, " (asked %u times, withheld %u)", arm->asked,
                            arm->withheld);
  g_string_append (out, "\n");
  g_autoptr (TdmCliTable) table = tdm_cli_table_new ("rrrrrlrrr");
  tdm_cli_table_add_row (table, "day", "below", "within", "above", "alarm",
                         "within, 95 %", "5 %", "median", "95 %", NULL);
  for (guint d = 0; d < trial->days; d++)
    {
      const TdmTrialDay *day = &arm->days[d];
      g_autofree char *number = g_strdup_printf ("%u", d + 1);
      g_autofree char *interval =
          g_strdup_printf ("%.0f–%.0f %%", 100 * day->low, 100 * day->high);
      tdm_cli_table_add_text (table, number);
      tdm_cli_table_add_percent (table, day->below);
      tdm_cli_table_add_percent (table, day->within);
      tdm_cli_table_add_percent (table, day->above);
      tdm_cli_table_add_percent (table, day->alarm);
      tdm_cli_table_add_text (table, interval);
      tdm_cli_table_add_number (table, day->q5);
      tdm_cli_table_add_number (table, day->median);
      tdm_cli_table_add_number (table, day->q95);
    }
  tdm_cli_table_print (table, 2, out);
}

static void
print_trial (const TdmTrial *trial, const Plan *plan, GString *out)
{
  g_autofree char *setup = setup_words (trial, plan);
  g_autofree char *window = window_words (trial);
  g_string_append_printf (out, "%s\nTarget: %s\n", setup, window);
  for (guint i = 0; i < trial->arms->len; i++)
    print_arm (trial, trial->arms->pdata[i], out);
}

/* Columns of the figure: days, and for each arm within with its interval, and above. */
static double *
column (const TdmTrial *trial, guint arm, gsize offset)
{
  const TdmTrialArm *one = trial->arms->pdata[arm];
  double *out = g_new (double, trial->days);
  for (guint d = 0; d < trial->days; d++)
    out[d] = G_STRUCT_MEMBER (double, &one->days[d], offset);
  return out;
}

static gboolean
save_figure (const TdmTrial *trial, const Plan *plan, const char *path, GError **error)
{
  const guint n = trial->arms->len;
  g_autoptr (GPtrArray) room = g_ptr_array_new_with_free_func (g_free);
  TdmPanelLine within[TDM_PANELS_MAX_LINES] = { 0 };
  TdmPanelLine above[TDM_PANELS_MAX_LINES] = { 0 };
  const char *names[TDM_PANELS_MAX_LINES];
  g_autofree double *x = g_new (double, trial->days);
  g_autofree double *marks = g_new (double, plan->levels->len + 1);
  for (guint i = 0; i < n; i++)
    {
      names[i] = ((const TdmTrialArm *)trial->arms->pdata[i])->title;
      within[i].value = column (trial, i, G_STRUCT_OFFSET (TdmTrialDay, within));
      within[i].low = column (trial, i, G_STRUCT_OFFSET (TdmTrialDay, low));
      within[i].high = column (trial, i, G_STRUCT_OFFSET (TdmTrialDay, high));
      above[i].value = column (trial, i, G_STRUCT_OFFSET (TdmTrialDay, above));
      g_ptr_array_add (room, (gpointer)within[i].value);
      g_ptr_array_add (room, (gpointer)within[i].low);
      g_ptr_array_add (room, (gpointer)within[i].high);
      g_ptr_array_add (room, (gpointer)above[i].value);
    }
  for (guint d = 0; d < trial->days; d++)
    x[d] = d + 1;
  /* Day d stands in the middle of its 24 h. */
  for (guint i = 0; i < plan->levels->len; i++)
    marks[i] = g_array_index (plan->levels, double, i) / 24 + 0.5;
  g_autofree char *window = window_words (trial);
  g_autofree char *caption = setup_words (trial, plan);
  g_autofree char *title =
      g_strdup_printf ("%s: %s", tdm_model_get_text (trial->truth)->drug, window);
  const TdmPanel panels[] = { { "Patients within the target", within },
                              { "Patients above it", above } };
  const TdmPanels figure = { .title = title,
                             .caption = caption,
                             .x_title = "day of treatment",
                             .x = x,
                             .n = trial->days,
                             .names = names,
                             .n_lines = n,
                             .panels = panels,
                             .n_panels = G_N_ELEMENTS (panels),
                             .marks = marks,
                             .n_marks = plan->levels->len,
                             .mark_label = "level" };
  return tdm_panels_save (&figure, path, error);
}

gboolean
tdm_cli_trial (const TdmCliOptions *options, TdmCliAnswer *answer, GError **error)
{
  static const char *const suffixes[] = { ".svg", ".png", ".pdf", NULL };
  g_auto (Plan) plan = { 0 };
  if ((options->output && !tdm_cli_check_output (options, suffixes, error))
      || !read_plan (options, &plan, error))
    return FALSE;
  if (isatty (STDERR_FILENO))
    plan.options.progress = progress_cb;
  g_autoptr (TdmTrial) trial = tdm_trial_run (&plan.options, NULL, error);
  if (!trial
      || (options->output && !save_figure (trial, &plan, options->output, error)))
    return FALSE;
  if (options->json)
    tdm_cli_print_json (trial_json (trial, &plan), answer->text);
  else
    print_trial (trial, &plan, answer->text);
  return TRUE;
}
