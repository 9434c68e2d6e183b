/* The target and the options of the sheet: their texts, and what typing them does. */
#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet-private.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/target.h"

#define SHOWN_DIGITS 12
/* Between the ends of a counted time of which one is typed. */
#define SPAN_H 24

static char *
limit_text (double limit)
{
  return isfinite (limit) ? tdm_number_format (limit, SHOWN_DIGITS) : g_strdup ("");
}

/* "" for what is not stated. */
static char *
above_zero_text (double value)
{
  return value > 0 ? limit_text (value) : g_strdup ("");
}

char *
tdm_sheet_target_text (const TdmCase *record, TdmCellKind kind)
{
  const TdmTarget *target = tdm_case_get_target (record);
  GDateTime *start = tdm_case_get_start (record);

  if (target->metric == TDM_METRIC_NONE)
    return g_strdup ("");
  switch ((int)kind)
    {
    case TDM_CELL_TARGET_LOW:
      return limit_text (target->low);
    case TDM_CELL_TARGET_HIGH:
      return limit_text (target->high);
    case TDM_CELL_TARGET_AT:
      return target->at_steady_state ? g_strdup ("")
                                     : tdm_moment_format_people (&target->at, start);
    case TDM_CELL_TARGET_FROM:
      return target->metric == TDM_METRIC_AUC || target->has_span
                 ? tdm_moment_format_people (&target->from, start)
                 : g_strdup ("");
    case TDM_CELL_TARGET_TO:
      return target->metric == TDM_METRIC_AUC || target->has_span
                 ? tdm_moment_format_people (&target->to, start)
                 : g_strdup ("");
    case TDM_CELL_TARGET_THRESHOLD:
      return above_zero_text (target->threshold);
    case TDM_CELL_TARGET_MIC:
      return above_zero_text (target->mic);
    case TDM_CELL_TARGET_MULTIPLE:
      return above_zero_text (target->multiple);
    case TDM_CELL_TARGET_FREE:
      return above_zero_text (100 * target->free_fraction);
    case TDM_CELL_TARGET_ALARM_LOW:
      return above_zero_text (target->alarm_low);
    case TDM_CELL_TARGET_ALARM_HIGH:
      return above_zero_text (target->alarm_high);
    case TDM_CELL_TARGET_METRIC:
    default:
      return g_strdup (tdm_metric_name (target->metric));
    }
}

/* "06:00–22:00". */
static char *
sample_hours_text (const TdmCaseOptions *options)
{
  return options->has_sample_hours
             ? g_strdup_printf ("%02u:%02u–%02u:%02u", options->sample_from_min / 60,
                                options->sample_from_min % 60,
                                options->sample_to_min / 60,
                                options->sample_to_min % 60)
             : g_strdup ("");
}

/* "06:00, 14:00, 22:00". */
static char *
ward_text (const TdmCaseOptions *options)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < options->n_ward_times; i++)
    g_string_append_printf (list, "%s%02u:%02u", i > 0 ? ", " : "",
                            options->ward_min[i] / 60, options->ward_min[i] % 60);
  return g_string_free (g_steal_pointer (&list), FALSE);
}

char *
tdm_sheet_option_text (const TdmCase *record, TdmCellKind kind)
{
  const TdmCaseOptions *options = tdm_case_get_options (record);
  g_autoptr (GString) list = g_string_new (NULL);

  if (kind == TDM_CELL_OPTION_PRIOR)
    return options->prior_weight == 1 ? g_strdup ("")
                                      : limit_text (options->prior_weight);
  if (kind == TDM_CELL_OPTION_ADJUST)
    return options->has_adjust ? tdm_moment_format_people (&options->adjust,
                                                           tdm_case_get_start (record))
                               : g_strdup ("");
  if (kind == TDM_CELL_OPTION_SAMPLE_HOURS)
    return sample_hours_text (options);
  if (kind == TDM_CELL_OPTION_WARD)
    return ward_text (options);
  if (kind == TDM_CELL_OPTION_UNCERTAINTY)
    return options->time_uncertainty_min > 0
               ? limit_text (options->time_uncertainty_min)
               : g_strdup ("");
  if (kind == TDM_CELL_OPTION_HALF_LIFE)
    return options->weight_half_life_h > 0 ? limit_text (options->weight_half_life_h)
                                           : g_strdup ("");
  if (kind == TDM_CELL_OPTION_SAMPLE_WITHIN)
    return options->sample_within_h > 0 ? limit_text (options->sample_within_h)
                                        : g_strdup ("");
  for (guint i = 0; i < options->n_intervals; i++)
    {
      g_autofree char *hours = limit_text (options->intervals_h[i]);
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", hours);
    }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

char *
tdm_sheet_metric_unit (const TdmSheet *self, TdmMetricKind metric)
{
  const char *unit =
      self->model != NULL ? tdm_model_get_output (self->model, 0)->unit : "mg/L";

  switch (metric)
    {
    case TDM_METRIC_AUC24:
    case TDM_METRIC_AUC:
    case TDM_METRIC_CUMULATIVE_AUC:
      return tdm_target_area_unit (unit);
    case TDM_METRIC_TIME_ABOVE:
    case TDM_METRIC_TIME_BELOW:
      return g_strdup ("%");
    case TDM_METRIC_PEAK_MIC:
      return g_strdup ("1");
    case TDM_METRIC_AUC_MIC:
    case TDM_METRIC_TIME_TO_BELOW:
      return g_strdup ("h");
    default:
      return g_strdup (unit);
    }
}

/* Strings that a target borrows while it is made. */
typedef struct
{
  char *unit, *threshold_unit, *at, *from, *to;
} Kept;

static void
kept_clear (Kept *self)
{
  g_free (self->unit);
  g_free (self->threshold_unit);
  g_free (self->at);
  g_free (self->from);
  g_free (self->to);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Kept, kept_clear)

static gboolean
apply_moment (const TdmSheet *self, TdmCell cell, const char *text, TdmMoment *out,
              char **keep, GError **error)
{
  if (!tdm_sheet_parse_moment (self, cell, text, out, error))
    return FALSE;
  *keep = out->text;
  return TRUE;
}

/* "" or the words: at steady state. */
static gboolean
apply_at (const TdmSheet *self, const char *text, TdmTarget *target, char **keep,
          GError **error)
{
  const TdmCell cell = { TDM_CELL_TARGET_AT, 0 };
  g_autofree char *typed = g_strstrip (g_strdup (text != NULL ? text : ""));

  target->at_steady_state =
      typed[0] == '\0' || g_ascii_strcasecmp (typed, "steady state") == 0;
  return target->at_steady_state
         || apply_moment (self, cell, typed, &target->at, keep, error);
}

static gboolean
apply_limit (const char *text, double open, double *out, GError **error)
{
  *out = open;
  return tdm_sheet_is_blank (text)
         || tdm_sheet_parse_positive (text, "A limit", out, error);
}

static gboolean
apply_above_zero (const char *text, const char *what, double *out, GError **error)
{
  *out = 0;
  return tdm_sheet_is_blank (text) || tdm_sheet_parse_positive (text, what, out, error);
}

static gboolean
apply_free (const char *text, TdmTarget *target, GError **error)
{
  if (!apply_above_zero (text, "The free fraction", &target->free_fraction, error))
    return FALSE;
  target->free_fraction /= 100;
  return target->free_fraction <= 1
         || tdm_sheet_refuse (error, "The free fraction is at most 100 %.");
}

/* One end of the time that is counted; the other, where there is none yet, is a day
 * away. Blank: the steady state is meant, but for an AUC. */
static gboolean
apply_span (const TdmSheet *self, TdmCell cell, const char *text, TdmTarget *target,
            Kept *kept, GError **error)
{
  const gboolean from = cell.kind == TDM_CELL_TARGET_FROM;
  const gboolean before = target->has_span || target->metric == TDM_METRIC_AUC;
  TdmMoment *own = from ? &target->from : &target->to;
  TdmMoment *other = from ? &target->to : &target->from;

  if (tdm_sheet_is_blank (text) && target->metric != TDM_METRIC_AUC)
    {
      target->has_span = FALSE;
      return TRUE;
    }
  if (!apply_moment (self, cell, text, own, from ? &kept->from : &kept->to, error))
    return FALSE;
  if (!before)
    *other = (TdmMoment){ own->hours + (from ? SPAN_H : -SPAN_H), NULL };
  target->has_span = TRUE;
  target->at_steady_state = TRUE;
  return TRUE;
}

/* A threshold stands for itself; else it is a multiple of the MIC. */
static gboolean
apply_mic (const char *text, TdmTarget *target, GError **error)
{
  if (!tdm_metric_has_threshold (target->metric))
    return tdm_sheet_parse_positive (text, "The MIC", &target->mic, error);
  if (!apply_above_zero (text, "The MIC", &target->mic, error))
    return FALSE;
  if (target->mic == 0)
    {
      target->multiple = 0;
      return target->threshold > 0
             || tdm_sheet_refuse (error, "Enter the threshold, or a MIC in its place.");
    }
  target->threshold = 0;
  target->threshold_unit = NULL;
  return TRUE;
}

static gboolean
apply_threshold (const char *text, TdmTarget *target, GError **error)
{
  if (tdm_sheet_is_blank (text) && target->mic > 0)
    return TRUE;
  if (!tdm_sheet_parse_positive (text, "The threshold", &target->threshold, error))
    return FALSE;
  target->mic = target->multiple = 0;
  target->mic_unit = NULL;
  return TRUE;
}

static gboolean
apply_multiple (const char *text, TdmTarget *target, GError **error)
{
  return apply_above_zero (text, "The multiple", &target->multiple, error)
         && (target->multiple == 0 || target->mic > 0
             || tdm_sheet_refuse (error, "Enter the MIC first."));
}

static gboolean
apply_target (const TdmSheet *self, TdmCell cell, const char *text, TdmTarget *target,
              Kept *kept, GError **error)
{
  switch ((int)cell.kind)
    {
    case TDM_CELL_TARGET_LOW:
      return apply_limit (text, -INFINITY, &target->low, error);
    case TDM_CELL_TARGET_HIGH:
      return apply_limit (text, INFINITY, &target->high, error);
    case TDM_CELL_TARGET_AT:
      if (target->metric != TDM_METRIC_AUC)
        target->has_span = FALSE;
      return apply_at (self, text, target, &kept->at, error);
    case TDM_CELL_TARGET_FROM:
    case TDM_CELL_TARGET_TO:
      return apply_span (self, cell, text, target, kept, error);
    case TDM_CELL_TARGET_THRESHOLD:
      return apply_threshold (text, target, error);
    case TDM_CELL_TARGET_MULTIPLE:
      return apply_multiple (text, target, error);
    case TDM_CELL_TARGET_FREE:
      return apply_free (text, target, error);
    case TDM_CELL_TARGET_ALARM_LOW:
      return apply_above_zero (text, "An alarm limit", &target->alarm_low, error);
    case TDM_CELL_TARGET_ALARM_HIGH:
      return apply_above_zero (text, "An alarm limit", &target->alarm_high, error);
    default:
      return apply_mic (text, target, error);
    }
}

/* A threshold or MIC that had none gets the unit of levels; MICs are in mg/L. */
static void
settle_units (const TdmSheet *self, TdmTarget *target, Kept *kept)
{
  if (tdm_metric_has_threshold (target->metric) && target->mic == 0
      && target->threshold_unit == NULL)
    target->threshold_unit = kept->threshold_unit =
        tdm_sheet_metric_unit (self, TDM_METRIC_TROUGH);
  if (target->mic > 0 && target->mic_unit == NULL)
    target->mic_unit = (char *)"mg/L";
}

static TdmCase *
finish_target (const TdmSheet *self, const TdmCase *base, const TdmTarget *target,
               GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (base);

  if (target->low >= target->high)
    {
      tdm_sheet_refuse (error, "The lower limit must be below the upper one.");
      return NULL;
    }
  tdm_case_edit_set_target (edit, target);
  tdm_sheet_end_target (self->record, edit, target);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_write_target (const TdmSheet *self, TdmCell cell, const char *text,
                        GError **error)
{
  /* A limit of a target that is only the model's makes it the case's own. */
  gboolean own = tdm_case_get_target (self->record) == tdm_sheet_target (self);
  g_autoptr (TdmCase) base =
      own ? tdm_case_ref (self->record) : tdm_sheet_set_target (self, 0, error);
  g_auto (Kept) kept = { NULL };

  if (base == NULL)
    return NULL;
  TdmTarget target = *tdm_case_get_target (base);
  if (target.metric == TDM_METRIC_NONE)
    {
      tdm_sheet_refuse (error, "Choose first what the target looks at.");
      return NULL;
    }
  if (!apply_target (self, cell, text, &target, &kept, error))
    return NULL;
  settle_units (self, &target, &kept);
  return finish_target (self, base, &target, error);
}

gboolean
tdm_sheet_metric_takes (TdmMetricKind metric, TdmCellKind kind)
{
  switch ((int)kind)
    {
    case TDM_CELL_TARGET_AT:
      return metric != TDM_METRIC_AUC && metric != TDM_METRIC_NONE;
    case TDM_CELL_TARGET_FROM:
    case TDM_CELL_TARGET_TO:
      return tdm_metric_takes_span (metric);
    case TDM_CELL_TARGET_THRESHOLD:
    case TDM_CELL_TARGET_MULTIPLE:
      return tdm_metric_has_threshold (metric);
    case TDM_CELL_TARGET_MIC:
      return tdm_metric_has_threshold (metric) || metric == TDM_METRIC_PEAK_MIC
             || metric == TDM_METRIC_AUC_MIC;
    case TDM_CELL_TARGET_FREE:
    case TDM_CELL_TARGET_ALARM_LOW:
    case TDM_CELL_TARGET_ALARM_HIGH:
      return metric != TDM_METRIC_NONE;
    default:
      return kind == TDM_CELL_TARGET_LOW || kind == TDM_CELL_TARGET_HIGH;
    }
}

static gboolean
is_complete (TdmMetricKind metric, const char *const *texts)
{
  const gboolean from = !tdm_sheet_is_blank (texts[TDM_CELL_TARGET_FROM]);
  const gboolean to = !tdm_sheet_is_blank (texts[TDM_CELL_TARGET_TO]);
  const gboolean mic = !tdm_sheet_is_blank (texts[TDM_CELL_TARGET_MIC]);

  if (metric == TDM_METRIC_AUC && !(from && to))
    return FALSE;
  if (tdm_metric_has_threshold (metric)
          ? !mic && tdm_sheet_is_blank (texts[TDM_CELL_TARGET_THRESHOLD])
          : tdm_sheet_metric_takes (metric, TDM_CELL_TARGET_MIC) && !mic)
    return FALSE;
  return !tdm_sheet_is_blank (texts[TDM_CELL_TARGET_LOW])
         || !tdm_sheet_is_blank (texts[TDM_CELL_TARGET_HIGH]);
}

TdmCase *
tdm_sheet_make_target (const TdmSheet *self, const char *const texts[TDM_CELL_N],
                       GError **error)
{
  TdmTarget target = { .low = -INFINITY, .high = INFINITY, .at_steady_state = TRUE };
  g_auto (Kept) kept = { NULL };

  if (!tdm_metric_from_name (texts[TDM_CELL_TARGET_METRIC], &target.metric))
    {
      tdm_sheet_refuse (error, "This is no target.");
      return NULL;
    }
  if (!is_complete (target.metric, texts))
    return NULL;
  target.unit = kept.unit = tdm_sheet_metric_unit (self, target.metric);
  for (TdmCellKind k = TDM_CELL_TARGET_LOW; k <= TDM_CELL_TARGET_ALARM_HIGH; k++)
    if (tdm_sheet_metric_takes (target.metric, k) && !tdm_sheet_is_blank (texts[k])
        && !apply_target (self, (TdmCell){ k, 0 }, texts[k], &target, &kept, error))
      return NULL;
  settle_units (self, &target, &kept);
  return finish_target (self, self->record, &target, error);
}

/* HOURS {("," | ";" | " ") HOURS}; blank = the model's. Yours in `out`. */
static gboolean
parse_intervals (const char *text, GArray *out, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",; ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      double hours;
      if (words[i][0] == '\0' || g_ascii_strcasecmp (words[i], "h") == 0)
        continue;
      if (!tdm_sheet_parse_positive (words[i], "An interval", &hours, error))
        return FALSE;
      g_array_append_val (out, hours);
    }
  return TRUE;
}

static gboolean
apply_prior (const char *text, TdmCaseOptions *options, GError **error)
{
  options->prior_weight = 1;
  if (tdm_sheet_is_blank (text))
    return TRUE;
  if (!tdm_number_parse_people (text, &options->prior_weight, error))
    return FALSE;
  return (options->prior_weight > 0 && options->prior_weight <= 10)
         || tdm_sheet_refuse (error, "The weight of the prior is above 0 and at most "
                                     "10; 1 is the model's own.");
}

/* H[H][:MM] */
static gboolean
parse_minutes (const char *text, guint *out)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  guint64 hours, minutes = 0;

  if (parts[0] == NULL
      || !g_ascii_string_to_unsigned (parts[0], 10, 0, 24, &hours, NULL)
      || (parts[1] != NULL
          && (strlen (parts[1]) != 2
              || !g_ascii_string_to_unsigned (parts[1], 10, 0, 59, &minutes, NULL))))
    return FALSE;
  *out = (guint)(60 * hours + minutes);
  return *out <= 24 * 60;
}

/* TIME ("–" | "-" | "to") TIME; blank = all day. */
static gboolean
apply_sample_hours (const char *text, TdmCaseOptions *options, GError **error)
{
  g_autoptr (GRegex) pattern =
      g_regex_new ("^\\s*([0-9:]+)\\s*(?:–|-|to)\\s*([0-9:]+)\\s*$", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  options->has_sample_hours = !tdm_sheet_is_blank (text);
  options->sample_from_min = options->sample_to_min = 0;
  if (!options->has_sample_hours)
    return TRUE;
  g_autofree char *from = NULL, *to = NULL;
  if (g_regex_match (pattern, text, 0, &match))
    {
      from = g_match_info_fetch (match, 1);
      to = g_match_info_fetch (match, 2);
    }
  return (from != NULL && parse_minutes (from, &options->sample_from_min)
          && parse_minutes (to, &options->sample_to_min)
          && options->sample_from_min != options->sample_to_min)
         || tdm_sheet_refuse (error, "Two times of the day, such as 06:00–22:00.");
}

/* Adds a time of the day where it belongs; FALSE when it is there already. */
static gboolean
insert_ward_time (TdmCaseOptions *options, guint minutes)
{
  guint at = options->n_ward_times;

  while (at > 0 && options->ward_min[at - 1] > minutes)
    at--;
  if (at > 0 && options->ward_min[at - 1] == minutes)
    return FALSE;
  for (guint i = options->n_ward_times; i > at; i--)
    options->ward_min[i] = options->ward_min[i - 1];
  options->ward_min[at] = minutes;
  options->n_ward_times++;
  return TRUE;
}

/* TIME {("," | ";" | " ") TIME}; blank = at any time. */
static gboolean
apply_ward (const char *text, TdmCaseOptions *options, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",; ", -1);

  options->n_ward_times = 0;
  for (guint i = 0; words[i] != NULL; i++)
    {
      guint minutes;
      if (words[i][0] == '\0')
        continue;
      if (!parse_minutes (words[i], &minutes) || minutes >= 24 * 60
          || options->n_ward_times == TDM_CASE_MAX_WARD_TIMES
          || !insert_ward_time (options, minutes))
        return tdm_sheet_refuse (
            error, "Times of the day, each once, such as 06:00, 14:00, 22:00.");
    }
  return TRUE;
}

static gboolean
apply_uncertainty (const char *text, TdmCaseOptions *options, GError **error)
{
  options->time_uncertainty_min = 0;
  return tdm_sheet_is_blank (text)
         || tdm_sheet_parse_positive (text, "The time that it may be off by",
                                      &options->time_uncertainty_min, error);
}

/* HOURS ["h"] | DAYS "d"; blank = old levels count as the others. */
static gboolean
apply_half_life (const char *text, TdmCaseOptions *options, GError **error)
{
  g_autofree char *typed = g_strstrip (g_strdup (text != NULL ? text : ""));
  const gsize n = strlen (typed);
  const gboolean days = g_str_has_suffix (typed, "d");

  options->weight_half_life_h = 0;
  if (n == 0)
    return TRUE;
  if (days || g_str_has_suffix (typed, "h"))
    typed[n - 1] = '\0';
  if (!tdm_sheet_parse_positive (g_strchomp (typed), "The time",
                                 &options->weight_half_life_h, error))
    return FALSE;
  options->weight_half_life_h *= days ? 24 : 1;
  return TRUE;
}

TdmCase *
tdm_sheet_write_option (const TdmSheet *self, TdmCell cell, const char *text,
                        GError **error)
{
  TdmCaseOptions options = *tdm_case_get_options (self->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (double));
  g_autofree char *keep = NULL;

  if (cell.kind == TDM_CELL_OPTION_PRIOR)
    {
      if (!apply_prior (text, &options, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_ADJUST)
    {
      options.has_adjust = !tdm_sheet_is_blank (text);
      if (options.has_adjust
          && !apply_moment (self, cell, text, &options.adjust, &keep, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_SAMPLE_HOURS)
    {
      if (!apply_sample_hours (text, &options, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_WARD)
    {
      if (!apply_ward (text, &options, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_UNCERTAINTY)
    {
      if (!apply_uncertainty (text, &options, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_HALF_LIFE)
    {
      if (!apply_half_life (text, &options, error))
        return NULL;
    }
  else if (cell.kind == TDM_CELL_OPTION_SAMPLE_WITHIN)
    {
      options.sample_within_h = 0;
      if (!tdm_sheet_is_blank (text)
          && !tdm_sheet_parse_positive (text, "The time ahead",
                                        &options.sample_within_h, error))
        return NULL;
    }
  else
    {
      if (!parse_intervals (text, intervals, error))
        return NULL;
      options.intervals_h = (double *)(gpointer)intervals->data;
      options.n_intervals = intervals->len;
    }
  tdm_case_edit_set_options (edit, &options);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_posterior (const TdmSheet *self, TdmPosteriorMethod method,
                         GError **error)
{
  TdmCaseOptions options = *tdm_case_get_options (self->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  options.posterior = method;
  tdm_case_edit_set_options (edit, &options);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_future_occasions (const TdmSheet *self, gboolean on, GError **error)
{
  TdmCaseOptions options = *tdm_case_get_options (self->record);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  options.future_occasions = on;
  tdm_case_edit_set_options (edit, &options);
  return tdm_case_edit_finish (edit, error);
}
