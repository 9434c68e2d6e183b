/* Rows of NONMEM-style data: columns, numbers, subjects. */
#include "record/nonmem-private.h"

#include "base/error.h"
#include "base/number.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A row further than this from time 0, in hours, is taken for a mistake. */
#define MAX_TIME_H 1e6
#define MAX_ADDL 99999

static const char *const column_names[TDM_DATA_N_COLUMNS] = {
  "ID",   "TIME", "AMT", "RATE", "II",   "ADDL", "SS",
  "EVID", "MDV",  "CMT", "DV",   "CENS", "BLQ",  "LLOQ",
};

static gboolean
wrong (const TdmNonmemData *self, guint row, TdmDataColumn column, const char *what,
       GError **error)
{
  return tdm_data_table_fault (self->table, row, column_names[column], error, "%s",
                               what);
}

/* hh:mm as hours; FALSE when it is not that. */
static gboolean
read_clock (const char *text, double *out)
{
  const char *colon = strchr (text, ':');
  g_autofree char *hours = colon != NULL ? g_strndup (text, colon - text) : NULL;
  double h, m;
  if (colon == NULL || !tdm_number_parse_file (hours, &h, NULL)
      || !tdm_number_parse_file (colon + 1, &m, NULL) || strlen (colon + 1) != 2
      || h < 0.0 || h != floor (h) || m < 0.0 || m >= 60.0 || m != floor (m))
    return FALSE;
  *out = h + m / 60.0;
  return TRUE;
}

/* What may have been meant by something that is no number. */
static const char *
find_hint (TdmDataColumn column, const char *text)
{
  if (column == TDM_DATA_DV && (text[0] == '<' || text[0] == '>'))
    return "; a level beyond a limit has the limit in DV, and CENS 1 (below) or -1";
  return strchr (text, ',') != NULL ? "; decimals are written with a point" : "";
}

/* The number in a field; `fallback` where it is missing or there is no such column. */
static gboolean
read_field (const TdmNonmemData *self, guint row, TdmDataColumn column, double fallback,
            double *out, GError **error)
{
  *out = fallback;
  if (self->columns[column] < 0)
    return TRUE;
  const char *text = tdm_data_table_get (self->table, row, self->columns[column]);
  if (text == NULL)
    return TRUE;
  if (column == TDM_DATA_TIME && read_clock (text, out))
    return TRUE;
  return tdm_number_parse_file (text, out, NULL)
         || tdm_data_table_fault (self->table, row, column_names[column], error,
                                  "“%.40s”: expected a number%s, or nothing%s", text,
                                  column == TDM_DATA_TIME ? " of hours or hh:mm" : "",
                                  find_hint (column, text));
}

/* A whole number from `low` to `high`. */
static gboolean
read_whole (const TdmNonmemData *self, guint row, TdmDataColumn column,
            const int range[2], int fallback, int *out, GError **error)
{
  double value;
  if (!read_field (self, row, column, fallback, &value, error))
    return FALSE;
  if (!(value >= range[0] && value <= range[1] && value == floor (value)))
    return tdm_data_table_fault (self->table, row, column_names[column], error,
                                 "expected a whole number from %d to %d", range[0],
                                 range[1]);
  *out = (int)value;
  return TRUE;
}

static gboolean
read_numbers (const TdmNonmemData *self, guint row, TdmDataRow *out, GError **error)
{
  static const int additional[] = { -1, MAX_ADDL }, compartments[] = { 0, 999 },
                   states[] = { 0, 3 }, sides[] = { -1, 1 }, yes[] = { 0, 1 };
  const gboolean dosing = self->columns[TDM_DATA_AMT] >= 0;
  const int kinds[] = { 0, 4 };
  int blq;
  if (!read_field (self, row, TDM_DATA_TIME, NAN, &out->time_h, error)
      || !read_field (self, row, TDM_DATA_AMT, 0.0, &out->amount, error)
      || !read_field (self, row, TDM_DATA_RATE, 0.0, &out->rate, error)
      || !read_field (self, row, TDM_DATA_II, 0.0, &out->interval_h, error)
      || !read_field (self, row, TDM_DATA_DV, NAN, &out->value, error)
      || !read_field (self, row, TDM_DATA_LLOQ, NAN, &out->limit, error)
      || !read_whole (self, row, TDM_DATA_ADDL, additional, 0, &out->additional, error)
      || !read_whole (self, row, TDM_DATA_SS, states, 0, &out->steady, error)
      || !read_whole (self, row, TDM_DATA_CMT, compartments, 0, &out->cmt, error)
      || !read_whole (self, row, TDM_DATA_CENS, sides, 0, &out->censor, error)
      || !read_whole (self, row, TDM_DATA_BLQ, yes, 0, &blq, error))
    return FALSE;
  out->censor = blq != 0 ? 1 : out->censor;
  out->additional = MAX (out->additional, 0);
  /* Without EVID a row with an amount is a dose. */
  const int assumed = dosing && (out->amount != 0.0 || out->rate != 0.0) ? 1 : 0;
  return read_whole (self, row, TDM_DATA_EVID, kinds, assumed, &out->event, error)
         && read_whole (self, row, TDM_DATA_MDV, yes, isnan (out->value) ? 1 : 0,
                        &out->missing, error);
}

/* What a row that doses must hold. */
static gboolean
check_dose (const TdmNonmemData *self, guint i, const TdmDataRow *row, GError **error)
{
  const gboolean constant = row->amount == 0.0 && row->rate > 0.0 && row->steady != 0;
  if (row->amount < 0.0 || (row->amount == 0.0 && !constant))
    return wrong (self, i, TDM_DATA_AMT, "a dose needs an amount above 0", error);
  if (row->rate < 0.0 && row->rate != -1.0 && row->rate != -2.0)
    return wrong (self, i, TDM_DATA_RATE, "expected 0 or more, -1 or -2", error);
  if (row->interval_h < 0.0)
    return wrong (self, i, TDM_DATA_II, "must not be negative", error);
  if (constant && (row->interval_h > 0.0 || row->additional > 0))
    return wrong (self, i, TDM_DATA_II,
                  "a constant infusion at steady state (AMT 0) has no II and no ADDL",
                  error);
  if (!constant && row->interval_h == 0.0 && (row->additional > 0 || row->steady != 0))
    return wrong (self, i, TDM_DATA_II, "ADDL and SS need the interval in hours",
                  error);
  return TRUE;
}

/* What a row that does not dose must not hold. */
static gboolean
check_other (const TdmNonmemData *self, guint i, const TdmDataRow *row, GError **error)
{
  const struct
  {
    TdmDataColumn column;
    gboolean there;
  } of_doses[] = {
    { TDM_DATA_AMT, row->amount != 0.0 },    { TDM_DATA_RATE, row->rate != 0.0 },
    { TDM_DATA_II, row->interval_h != 0.0 }, { TDM_DATA_ADDL, row->additional > 0 },
    { TDM_DATA_SS, row->steady != 0 },
  };
  for (guint k = 0; k < G_N_ELEMENTS (of_doses); k++)
    if (of_doses[k].there)
      return wrong (self, i, of_doses[k].column,
                    "only a row with EVID 1 or 4 gives a dose; expected 0 or nothing",
                    error);
  return TRUE;
}

static gboolean
check_row (const TdmNonmemData *self, guint i, const TdmDataRow *row, GError **error)
{
  /* MDV says so itself, and a dose's DV is often 0. */
  if (row->event != 0 && row->missing == 0 && self->columns[TDM_DATA_MDV] >= 0
      && tdm_data_table_get (self->table, i, self->columns[TDM_DATA_MDV]) != NULL
      && isfinite (row->value) && row->value != 0.0)
    return wrong (self, i, TDM_DATA_MDV,
                  "a level (MDV 0) needs a row of its own, with EVID 0", error);
  if (row->event == 1 || row->event == 4)
    return check_dose (self, i, row, error);
  if (!check_other (self, i, row, error))
    return FALSE;
  if (row->event == 0 && row->missing == 0 && isnan (row->value))
    return wrong (self, i, TDM_DATA_DV, "a row with MDV 0 needs a value", error);
  return TRUE;
}

static gboolean
same_text (const char *one, const char *other)
{
  return g_strcmp0 (one, other) == 0;
}

/* The row's place among the subjects; a row without ID or out of order is refused. */
static gboolean
place_row (TdmNonmemData *self, guint i, GHashTable *seen, GError **error)
{
  const char *id = tdm_data_table_get (self->table, i, self->columns[TDM_DATA_ID]);
  TdmDataRow *row = &self->rows[i];
  if (id == NULL)
    return wrong (self, i, TDM_DATA_ID, "is missing", error);
  if (!isfinite (row->time_h) || fabs (row->time_h) > MAX_TIME_H)
    return wrong (self, i, TDM_DATA_TIME,
                  "expected hours, at most a million from the start", error);
  const gboolean same =
      self->subjects->len > 0
      && same_text (
          id,
          g_array_index (self->subjects, TdmDataSubject, self->subjects->len - 1).id);
  if (!same)
    {
      const TdmDataSubject subject = { id, i, i };
      if (!g_hash_table_add (seen, (gpointer)id))
        return wrong (self, i, TDM_DATA_ID,
                      "the rows of this subject do not stand together", error);
      g_array_append_val (self->subjects, subject);
    }
  else if (row->time_h < row[-1].time_h)
    return wrong (
        self, i, TDM_DATA_TIME,
        "is before that of the row above; sort each subject's rows, and count "
        "hours on after midnight (25:30)",
        error);
  g_array_index (self->subjects, TdmDataSubject, self->subjects->len - 1).end = i + 1;
  return TRUE;
}

static gboolean
check_columns (const TdmNonmemData *self, const char *name, GError **error)
{
  static const TdmDataColumn needed[] = { TDM_DATA_ID, TDM_DATA_TIME, TDM_DATA_AMT };
  static const char *const foreign[] = { "DATE", "DAT1", "DAT2", "DAT3" };
  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (self->columns[needed[i]] < 0)
      return tdm_error_set_input (error, name, "has no column %s",
                                  column_names[needed[i]]);
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    if (tdm_data_table_find_column (self->table, foreign[i]) >= 0)
      return tdm_error_set_input (
          error, name, "%s is not read: give TIME in hours since the first record",
          foreign[i]);
  return TRUE;
}

TdmNonmemData *
tdm_nonmem_data_parse (const char *text, gsize length, const char *name, GError **error)
{
  g_autoptr (TdmNonmemData) self = g_new0 (TdmNonmemData, 1);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  self->subjects = g_array_new (FALSE, FALSE, sizeof (TdmDataSubject));
  self->table = tdm_data_table_parse (text, length, name, error);
  if (self->table == NULL)
    return NULL;
  for (guint i = 0; i < TDM_DATA_N_COLUMNS; i++)
    self->columns[i] = tdm_data_table_find_column (self->table, column_names[i]);
  if (!check_columns (self, name, error))
    return NULL;
  const guint n = tdm_data_table_get_n_rows (self->table);
  self->rows = g_new0 (TdmDataRow, n);
  for (guint i = 0; i < n; i++)
    if (!read_numbers (self, i, &self->rows[i], error)
        || !check_row (self, i, &self->rows[i], error)
        || !place_row (self, i, seen, error))
      return NULL;
  return g_steal_pointer (&self);
}

/* Reads up to one byte more than is allowed: an endless file ends too. */
static gboolean
read_stream (FILE *stream, GString *out)
{
  char buffer[65536];
  gsize n;
  while (out->len <= TDM_DATA_TABLE_MAX_BYTES
         && (n = fread (buffer, 1, sizeof buffer, stream)) > 0)
    g_string_append_len (out, buffer, (gssize)n);
  return ferror (stream) == 0;
}

TdmNonmemData *
tdm_nonmem_data_read (const char *path, GError **error)
{
  const gboolean is_stdin = g_str_equal (path, "-");
  g_autoptr (GString) text = g_string_new (NULL);
  FILE *stream = is_stdin ? stdin : g_fopen (path, "rb");
  const gboolean ok = stream != NULL && read_stream (stream, text);
  const int saved_errno = errno;
  if (stream != NULL && !is_stdin)
    fclose (stream);
  if (!ok)
    {
      tdm_error_set_input (error, path, "cannot be read: %s", g_strerror (saved_errno));
      return NULL;
    }
  return tdm_nonmem_data_parse (text->str, text->len, path, error);
}

void
tdm_nonmem_data_free (TdmNonmemData *self)
{
  g_clear_pointer (&self->table, tdm_data_table_free);
  g_array_unref (self->subjects);
  g_free (self->rows);
  g_free (self);
}

guint
tdm_nonmem_data_get_n_subjects (const TdmNonmemData *self)
{
  return self->subjects->len;
}

gboolean
tdm_nonmem_data_has_levels (const TdmNonmemData *self)
{
  for (guint i = 0; i < tdm_data_table_get_n_rows (self->table); i++)
    if (self->rows[i].event == 0 && self->rows[i].missing == 0)
      return TRUE;
  return FALSE;
}

const char *
tdm_nonmem_data_get_id (const TdmNonmemData *self, guint subject)
{
  g_assert (subject < self->subjects->len);
  return g_array_index (self->subjects, TdmDataSubject, subject).id;
}

char **
tdm_nonmem_data_dup_unused (const TdmNonmemData *self, const TdmDataMap *map)
{
  g_autoptr (GPtrArray) unused = g_ptr_array_new ();
  for (guint i = 0; i < tdm_data_table_get_n_columns (self->table); i++)
    {
      const char *name = tdm_data_table_get_column (self->table, i);
      gboolean used = g_str_equal (name, "C");
      for (guint k = 0; k < TDM_DATA_N_COLUMNS; k++)
        used = used || g_str_equal (name, column_names[k]);
      for (guint k = 0; k < map->n_covariates; k++)
        used = used || g_ascii_strcasecmp (name, map->covariates[k].name) == 0;
      if (!used)
        g_ptr_array_add (unused, g_strdup (name));
    }
  g_ptr_array_add (unused, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&unused), FALSE);
}
