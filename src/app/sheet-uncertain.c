/* Times that are known as two between which they lie: when an infusion ended, when a
 * level was drawn. */
#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet-private.h"
#include "base/clock.h"

static gboolean
check_order (const TdmMoment *from, const TdmMoment *to, GError **error)
{
  const double apart_h = to->hours - from->hours;

  if (apart_h > 0 && apart_h <= TDM_CASE_MAX_UNCERTAINTY_H)
    return TRUE;
  g_autofree char *sentence =
      g_strdup_printf ("The second time must be after the first, by at most %g hours.",
                       TDM_CASE_MAX_UNCERTAINTY_H);
  return tdm_sheet_refuse (error, sentence);
}

void
tdm_sheet_kept_clear (TdmSheetKept *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->text); i++)
    g_clear_pointer (&self->text[i], g_free);
}

/* ["between"] TIME ("–" | " - " | "to" | "and" | "until") TIME | CLOCK "-" CLOCK; after
 * a date a hyphen would be that of a zone. */
gboolean
tdm_sheet_split_interval (const char *text, char **from, char **to)
{
  g_autoptr (GRegex) pattern =
      g_regex_new ("^\\s*(?:between\\s+)?(.*?\\S)"
                   "(?:\\s*–\\s*|\\s+-\\s*|(?<=^\\d:\\d\\d)-|(?<=^\\d\\d:\\d\\d)-"
                   "|\\s+(?:to|and|until)\\s+)(\\S.*?)\\s*$",
                   G_REGEX_CASELESS, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (!g_regex_match (pattern, text, 0, &match))
    return FALSE;
  *from = g_match_info_fetch (match, 1);
  *to = g_match_info_fetch (match, 2);
  return TRUE;
}

/* The day that a bare clock time after `after` is of. */
static GDateTime *
day_of (const TdmSheet *self, const TdmMoment *after)
{
  GDateTime *start = tdm_case_get_start (self->record);

  if (start != NULL)
    return tdm_moment_to_time (after, start);
  return after->text != NULL
             ? tdm_clock_parse (after->text, g_date_time_get_timezone (self->now), NULL)
             : NULL;
}

gboolean
tdm_sheet_parse_later (const TdmSheet *self, const char *text, const TdmMoment *after,
                       TdmMoment *out, GError **error)
{
  const gboolean bare = strpbrk (text, "- T") == NULL;
  g_autoptr (GDateTime) day = day_of (self, after);
  TdmMomentContext context = { tdm_case_get_start (self->record), day, self->now };

  if (tdm_sheet_awaits_start (self->record))
    context.start = self->now;
  if (!tdm_moment_parse_people (text, &context, out, error))
    return FALSE;
  if (out->hours > after->hours || !bare || day == NULL)
    return TRUE;
  g_autoptr (GDateTime) next = g_date_time_add_days (day, 1);
  context.day = next;
  g_clear_pointer (&out->text, g_free);
  return tdm_moment_parse_people (text, &context, out, error);
}

gboolean
tdm_sheet_apply_ends (const TdmSheet *self, const char *from, const char *to,
                      TdmDoseEntry *entry, TdmSheetKept *keep, GError **error)
{
  if (isinf (entry->time.hours)) /* only looked at: the start is not typed yet */
    return TRUE;
  if (!tdm_sheet_parse_later (self, from, &entry->time, &entry->end_from, error))
    return FALSE;
  keep->text[1] = entry->end_from.text;
  if (!tdm_sheet_parse_later (self, to, &entry->end_from, &entry->end_to, error))
    return FALSE;
  keep->text[2] = entry->end_to.text;
  entry->end_uncertain = TRUE;
  if (!(entry->end_from.hours > entry->time.hours))
    return tdm_sheet_refuse (error, "The infusion ends after it starts.");
  if (!check_order (&entry->end_from, &entry->end_to, error))
    return FALSE;
  return (entry->count <= 1 && !entry->steady_state)
         || tdm_sheet_refuse (error,
                              "That the end is known as two times is said of one dose "
                              "only: give the others a row of their own.");
}

static gboolean
apply_level_end (const TdmSheet *self, const char *text, TdmLevelEntry *entry,
                 TdmSheetKept *keep, GError **error)
{
  entry->time_uncertain = !tdm_sheet_is_blank (text);
  if (!entry->time_uncertain)
    return TRUE;
  if (!tdm_sheet_parse_later (self, text, &entry->time, &entry->time_to, error))
    return FALSE;
  keep->text[1] = entry->time_to.text;
  return check_order (&entry->time, &entry->time_to, error);
}

gboolean
tdm_sheet_apply_level_time (const TdmSheet *self, TdmCell cell, const char *text,
                            TdmLevelEntry *entry, TdmSheetKept *keep, GError **error)
{
  g_autofree char *from = NULL, *to = NULL;

  if (cell.kind == TDM_CELL_LEVEL_TIME_TO)
    return apply_level_end (self, text, entry, keep, error);
  const gboolean both = tdm_sheet_split_interval (text, &from, &to);
  if (!tdm_sheet_parse_moment (self, cell, both ? from : text, &entry->time, error))
    return FALSE;
  keep->text[0] = entry->time.text;
  if (both)
    return apply_level_end (self, to, entry, keep, error);
  return !entry->time_uncertain || entry->time.hours < entry->time_to.hours
         || tdm_sheet_refuse (error,
                              "This is not before the time at which it was drawn "
                              "at the latest: change that first.");
}

char *
tdm_sheet_end_text (const TdmCase *record, TdmCell cell)
{
  const TdmDoseEntry *entry = tdm_case_get_dose (record, cell.row);

  if (!entry->end_uncertain)
    return g_strdup ("");
  return tdm_moment_format_people (
      cell.kind == TDM_CELL_DOSE_END_FROM ? &entry->end_from : &entry->end_to,
      tdm_case_get_start (record));
}

TdmCase *
tdm_sheet_set_end (const TdmSheet *self, guint dose, const char *from, const char *to,
                   GError **error)
{
  TdmDoseEntry entry = *tdm_case_get_dose (self->record, dose);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);
  g_auto (TdmSheetKept) keep = { 0 };

  if (tdm_sheet_is_blank (from) && tdm_sheet_is_blank (to))
    entry.end_uncertain = FALSE;
  else if (tdm_sheet_is_blank (from) || tdm_sheet_is_blank (to))
    {
      tdm_sheet_refuse (error, "Type both times, or neither.");
      return NULL;
    }
  else if (!tdm_sheet_apply_ends (self, from, to, &entry, &keep, error))
    return NULL;
  tdm_case_edit_replace_dose (edit, dose, &entry);
  return tdm_case_edit_finish (edit, error);
}

TdmCase *
tdm_sheet_set_time_known (const TdmSheet *self, guint level, GError **error)
{
  TdmLevelEntry entry = *tdm_case_get_level (self->record, level);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (self->record);

  entry.time_uncertain = FALSE;
  tdm_case_edit_replace_level (edit, level, &entry);
  return tdm_case_edit_finish (edit, error);
}
