#include "app/plan.h"

#include <math.h>
#include <string.h>

#include "app/moment-text.h"
#include "app/sheet-private.h"
#include "base/clock.h"
#include "base/number.h"

/* More lines than this nobody could read again. */
#define MAX_LINES 400
#define MAX_DAYS 3660

static const char *const kind_names[TDM_SEQUENCE_N] = { "repeat", "weekly", "on-off",
                                                        "taper" };

const char *
tdm_sequence_kind_name (TdmSequenceKind kind)
{
  return kind_names[kind];
}

TdmSequenceKind
tdm_sequence_kind_from_name (const char *name)
{
  for (guint i = 0; name != NULL && i < TDM_SEQUENCE_N; i++)
    if (strcmp (kind_names[i], name) == 0)
      return i;
  return TDM_SEQUENCE_REPEAT;
}

const char *
tdm_sequence_title (TdmSequenceKind kind, TdmCellKind cell)
{
  static const char *const titles[TDM_SEQUENCE_N][3] = {
    { NULL, NULL, "Number of doses" },
    { "Days of the week, such as Mon Thu", NULL, "Weeks" },
    { "Days on", "Days off", "How many times" },
    { "Days each", NULL, NULL },
  };

  switch ((int)cell)
    {
    case TDM_CELL_SEQUENCE_AMOUNT:
      return kind == TDM_SEQUENCE_TAPER ? "Amounts, such as 40, 30, 20" : "Amount";
    case TDM_CELL_SEQUENCE_DAYS:
      return titles[kind][0];
    case TDM_CELL_SEQUENCE_OFF:
      return titles[kind][1];
    case TDM_CELL_SEQUENCE_COUNT:
      return titles[kind][2];
    default:
      return tdm_cell_title (cell);
    }
}

/* A sequence as it was typed, and the lines it comes to. */
typedef struct
{
  const TdmSheet *sheet;
  TdmSequenceKind kind;
  TdmMoment first; /* its text is owned */
  GArray *amounts; /* of double */
  double interval_h;
  guint days, off, count;
  guint weekdays; /* bit d: day d of the week, Monday is 1 */
  TdmDoseEntry entry;
  TdmCaseEdit *edit;
  guint at; /* where the next line goes */
  guint lines, doses;
} Sequence;

static gboolean
parse_count (const char *text, const char *what, guint *out, GError **error)
{
  double value;

  if (!tdm_number_parse_people (text, &value, error))
    return FALSE;
  if (value >= 1 && value <= MAX_DAYS && value == floor (value))
    {
      *out = (guint)value;
      return TRUE;
    }
  g_autofree char *sentence =
      g_strdup_printf ("%s: a whole number from 1 to %d.", what, MAX_DAYS);
  return tdm_sheet_refuse (error, sentence);
}

/* DAY {[","] DAY}, each by its first letters. */
static gboolean
parse_weekdays (const char *text, guint *out, GError **error)
{
  static const char *const names[] = { "monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday" };
  g_auto (GStrv) words = g_strsplit_set (text, ",; ", -1);

  *out = 0;
  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize n = strlen (words[i]);
      guint day = 0;
      for (guint d = 0; n >= 2 && d < G_N_ELEMENTS (names); d++)
        if (g_ascii_strncasecmp (names[d], words[i], n) == 0)
          day = d + 1;
      if (n > 0 && day == 0)
        return tdm_sheet_refuse (error, "Type days of the week, such as Mon Wed Fri.");
      if (day > 0)
        *out |= 1u << day;
    }
  return *out != 0
         || tdm_sheet_refuse (error, "Type days of the week, such as Mon Wed Fri.");
}

static gboolean
parse_amounts (const char *text, GArray *out, GError **error)
{
  g_auto (GStrv) words = g_strsplit_set (text, ",; ", -1);

  g_array_set_size (out, 0);
  for (guint i = 0; words[i] != NULL; i++)
    {
      double amount;
      if (words[i][0] == '\0')
        continue;
      if (!tdm_sheet_parse_positive (words[i], "An amount", &amount, error))
        return FALSE;
      g_array_append_val (out, amount);
    }
  return out->len > 0 || tdm_sheet_refuse (error, "Type an amount.");
}

static gboolean
apply (Sequence *self, TdmCellKind kind, const char *text, GError **error)
{
  const char *title = tdm_sequence_title (self->kind, kind);

  switch ((int)kind)
    {
    case TDM_CELL_SEQUENCE_START:
      g_clear_pointer (&self->first.text, g_free);
      return tdm_sheet_parse_moment (self->sheet, (TdmCell){ kind, 0 }, text,
                                     &self->first, error);
    case TDM_CELL_SEQUENCE_AMOUNT:
      if (!parse_amounts (text, self->amounts, error))
        return FALSE;
      return self->amounts->len == 1 || self->kind == TDM_SEQUENCE_TAPER
             || tdm_sheet_refuse (error, "Several amounts are for tapering.");
    case TDM_CELL_SEQUENCE_INTERVAL:
      return tdm_sheet_parse_positive (text, "The interval", &self->interval_h, error);
    case TDM_CELL_SEQUENCE_DAYS:
      return self->kind == TDM_SEQUENCE_WEEKLY
                 ? parse_weekdays (text, &self->weekdays, error)
                 : parse_count (text, title, &self->days, error);
    case TDM_CELL_SEQUENCE_OFF:
      return parse_count (text, title, &self->off, error);
    default:
      return parse_count (text, title, &self->count, error);
    }
}

static gboolean
parse (Sequence *self, const char *const *texts, GError **error)
{
  self->kind = tdm_sequence_kind_from_name (texts[TDM_CELL_SEQUENCE_KIND]);
  for (TdmCellKind k = TDM_CELL_SEQUENCE_START; k <= TDM_CELL_SEQUENCE_COUNT; k++)
    {
      const char *title = tdm_sequence_title (self->kind, k);
      if (title == NULL)
        continue;
      if (tdm_sheet_is_blank (texts[k]))
        {
          g_autofree char *sentence = g_strdup_printf ("Still to type: %s.", title);
          return tdm_sheet_refuse (error, sentence);
        }
      if (!apply (self, k, texts[k], error))
        return FALSE;
    }
  return TRUE;
}

/* A line `days` after the first dose and `hours` later: the same time of the day, also
 * across a change of the clocks. */
static gboolean
add_line (Sequence *self, guint days, double hours, guint count, GError **error)
{
  GDateTime *start = tdm_case_get_start (self->sheet->record);
  TdmDoseEntry entry = self->entry;
  g_autofree char *text = NULL;

  if (++self->lines > MAX_LINES)
    return tdm_sheet_refuse (error, "These are more than 400 lines; make it shorter.");
  entry.count = count;
  entry.time = (TdmMoment){ self->first.hours + 24.0 * days + hours, NULL };
  if (self->first.text != NULL)
    {
      g_autoptr (GDateTime) zoned = tdm_clock_parse (
          self->first.text, start != NULL ? g_date_time_get_timezone (start) : NULL,
          error);
      if (zoned == NULL)
        return FALSE;
      g_autoptr (GDateTime) day = g_date_time_add_days (zoned, (int)days);
      g_autoptr (GDateTime) time = tdm_clock_add_hours (day, hours);
      entry.time.text = text = tdm_clock_format (time);
    }
  tdm_case_edit_insert_dose (self->edit, self->at++, &entry);
  self->doses += count;
  return TRUE;
}

/* How many doses of the interval fall into `days`. */
static guint
doses_in (const Sequence *self, guint days)
{
  return MAX ((guint)floor (24.0 * days / self->interval_h + 1e-9), 1);
}

static gboolean
add_weekly (Sequence *self, GError **error)
{
  GDateTime *start = tdm_case_get_start (self->sheet->record);
  guint each = doses_in (self, 1);

  if (self->first.text == NULL)
    return tdm_sheet_refuse (error, "Days of the week need a case with a start date.");
  g_autoptr (GDateTime) first = tdm_clock_parse (
      self->first.text, start != NULL ? g_date_time_get_timezone (start) : NULL, error);
  if (first == NULL)
    return FALSE;
  self->entry.interval_h = 168;
  for (guint d = 0; d < 7; d++)
    {
      guint day = (guint)(g_date_time_get_day_of_week (first) - 1 + (int)d) % 7 + 1;
      for (guint k = 0; (self->weekdays >> day & 1) && k < each; k++)
        if (!add_line (self, d, k * self->interval_h, self->count, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
add_lines (Sequence *self, GError **error)
{
  self->entry.interval_h = self->interval_h;
  self->entry.amount = g_array_index (self->amounts, double, 0);
  switch ((int)self->kind)
    {
    case TDM_SEQUENCE_WEEKLY:
      return add_weekly (self, error);
    case TDM_SEQUENCE_ON_OFF:
      for (guint c = 0; c < self->count; c++)
        if (!add_line (self, c * (self->days + self->off), 0,
                       doses_in (self, self->days), error))
          return FALSE;
      return TRUE;
    case TDM_SEQUENCE_TAPER:
      for (guint s = 0; s < self->amounts->len; s++)
        {
          self->entry.amount = g_array_index (self->amounts, double, s);
          if (!add_line (self, s * self->days, 0, doses_in (self, self->days), error))
            return FALSE;
        }
      return TRUE;
    default:
      return add_line (self, 0, 0, self->count, error);
    }
}

static void
sequence_clear (Sequence *self)
{
  g_free (self->first.text);
  g_array_unref (self->amounts);
  tdm_case_edit_free (self->edit);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sequence, sequence_clear)

static Sequence
sequence_new (const TdmSheet *sheet)
{
  return (Sequence){ .sheet = sheet,
                     .amounts = g_array_new (FALSE, FALSE, sizeof (double)),
                     .entry = tdm_sheet_default_dose (sheet),
                     .edit = tdm_case_edit_new (sheet->record),
                     .at = tdm_case_get_n_doses (sheet->record) };
}

static TdmCase *
make_sequence (Sequence *self, const char *const *texts, GError **error)
{
  if (!parse (self, texts, error))
    return NULL;
  tdm_sheet_adopt_start (self->sheet, self->edit, &self->first);
  if (!add_lines (self, error))
    return NULL;
  g_autoptr (TdmCase) next = tdm_case_edit_finish (self->edit, error);
  if (next == NULL)
    return NULL;
  tdm_sheet_end_target (next, self->edit, tdm_case_get_target (next));
  return tdm_case_edit_finish (self->edit, error);
}

TdmCase *
tdm_plan_add_sequence (const TdmSheet *self, const char *const texts[TDM_CELL_N],
                       GError **error)
{
  g_auto (Sequence) sequence = sequence_new (self);

  return make_sequence (&sequence, texts, error);
}

gboolean
tdm_sheet_check_plan (const TdmSheet *self, TdmCell cell, const char *text,
                      GError **error)
{
  g_auto (Sequence) sequence = sequence_new (self);

  if (tdm_sheet_is_blank (text) || cell.kind == TDM_CELL_SEQUENCE_KIND
      || cell.kind == TDM_CELL_SEQUENCE_DAYS || cell.kind == TDM_CELL_SEQUENCE_AMOUNT)
    return TRUE;
  return apply (&sequence, cell.kind, text, error);
}

/* "2 lines, 14 doses, as the dose before: by iv over 1 h." */
static char *
describe (const Sequence *self)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%u %s, %u %s in all, in %s", self->lines,
                          self->lines == 1 ? "line" : "lines", self->doses,
                          self->doses == 1 ? "dose" : "doses", self->entry.unit);
  if (self->entry.salt != NULL)
    g_string_append_printf (text, " of the salt %s", self->entry.salt);
  if (self->entry.formulation != NULL)
    g_string_append_printf (text, ", %s", self->entry.formulation);
  if (self->entry.route != NULL)
    g_string_append_printf (text, ", route %s", self->entry.route);
  if (self->entry.duration_h > 0)
    {
      g_autofree char *span = tdm_hours_words (self->entry.duration_h);
      g_string_append_printf (text, ", over %s", span);
    }
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

char *
tdm_plan_preview (const TdmSheet *self, const char *const texts[TDM_CELL_N])
{
  g_autoptr (GError) error = NULL;

  g_auto (Sequence) sequence = sequence_new (self);
  g_autoptr (TdmCase) next = make_sequence (&sequence, texts, &error);
  return next != NULL ? describe (&sequence) : g_strdup (error->message);
}
