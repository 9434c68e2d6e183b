/* From the rows of one subject to a case. */
#include "record/nonmem-private.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* Times closer than this are one. */
#define SAME_TIME_H 1e-9
/* How much later a dose is given whose covariates are not those of the row above at the
 * same time: they are its own, and act on nothing else. */
#define MOMENT_H 1e-7
#define UNCONST(text) ((char *)(gpointer)(text))

/* A subject's rows being turned into entries. */
typedef struct
{
  const TdmNonmemData *data;
  const TdmDataMap *map;
  TdmDataSubject subject;
  TdmCaseEdit *edit;
  double *times_h; /* of the subject's rows */
  guint n_doses, n_levels, n_covariates;
  GArray *origins[3]; /* of Origin: of the doses, levels and covariates */
} Builder;

/* Where an entry comes from: the row, and of a covariate the column. */
typedef struct
{
  guint row;
  const char *column; /* or NULL */
} Origin;

typedef enum
{
  OF_DOSES,
  OF_LEVELS,
  OF_COVARIATES,
} Kind;

static void
remember (Builder *self, Kind kind, guint i, const char *column)
{
  const Origin origin = { i, column };
  g_array_append_val (self->origins[kind], origin);
}

static double
time_of (const Builder *self, guint i)
{
  return self->times_h[i - self->subject.begin];
}

static gboolean
is_dose (const TdmDataRow *row)
{
  return row->event == 1 || row->event == 4;
}

/* Which doses a row's RATE asks for: -1, -2, or 0 for all others. */
static int
rate_kind (const TdmDataRow *row)
{
  return row->rate < 0.0 ? (int)row->rate : 0;
}

static gboolean
refuse_route (const Builder *self, guint i, const TdmDataRow *row, guint found,
              GError **error)
{
  const TdmDataTable *table = self->data->table;
  if (found > 1)
    return tdm_data_table_fault (table, i, "CMT", error,
                                 "%u routes of %s fit; state “cmt” in its routes",
                                 found, self->map->model);
  if (row->rate == -1.0)
    return tdm_data_table_fault (table, i, "RATE", error,
                                 "-1 needs a route of %s with a “rate” parameter",
                                 self->map->model);
  if (row->rate == -2.0)
    return tdm_data_table_fault (table, i, "RATE", error,
                                 "-2 needs a route of %s with a “duration” parameter",
                                 self->map->model);
  return tdm_data_table_fault (table, i, "CMT", error,
                               "%d: no route of %s doses this compartment", row->cmt,
                               self->map->model);
}

/* The one route that fits; a row without CMT takes the only one of its kind. */
static const TdmDataRoute *
find_route (const Builder *self, guint i, GError **error)
{
  const TdmDataRow *row = &self->data->rows[i];
  const TdmDataRoute *route = NULL;
  guint found = 0;
  for (guint r = 0; r < self->map->n_routes; r++)
    {
      const TdmDataRoute *candidate = &self->map->routes[r];
      const guint cmt = candidate->cmt;
      if (candidate->rate != rate_kind (row)
          || (row->cmt > 0 && cmt > 0 && cmt != (guint)row->cmt))
        continue;
      route = candidate;
      found++;
    }
  if (found != 1)
    {
      refuse_route (self, i, row, found, error);
      return NULL;
    }
  if (row->rate > 0.0 && !route->infusion)
    {
      tdm_data_table_fault (self->data->table, i, "RATE", error,
                            "a dose by the route “%s” of %s is not an infusion",
                            route->name, self->map->model);
      return NULL;
    }
  return route;
}

/* The last time before which the additional doses of row `i` are given: that of the
 * next row that resets. */
static double
end_of_additional (const Builder *self, guint i)
{
  for (guint k = i + 1; k < self->subject.end; k++)
    {
      const TdmDataRow *row = &self->data->rows[k];
      if (row->event >= 3 || (is_dose (row) && (row->steady == 1 || row->steady == 3)))
        return row->time_h;
    }
  return INFINITY;
}

static guint
count_doses (const Builder *self, guint i)
{
  const TdmDataRow *row = &self->data->rows[i];
  const double left = end_of_additional (self, i) - row->time_h - SAME_TIME_H;
  guint count = 1 + (guint)row->additional;
  while (count > 1 && (count - 1) * row->interval_h >= left)
    count--;
  return count;
}

/* A constant infusion that has run for ever and ends with the row. */
static gboolean
set_constant (const Builder *self, guint i, const TdmDataRoute *route,
              TdmDoseEntry *entry, GError **error)
{
  if (route->absorption)
    return tdm_data_table_fault (
        self->data->table, i, "AMT", error,
        "a constant infusion by a route with bioavailability is not known");
  entry->amount = self->data->rows[i].rate;
  entry->duration_h = entry->interval_h = 1.0;
  entry->stopped = TRUE;
  return TRUE;
}

static const char *
amount_unit (const Builder *self)
{
  return self->map->amount_unit != NULL ? self->map->amount_unit : "mg";
}

static gboolean
add_dose (Builder *self, guint i, GError **error)
{
  const TdmDataRow *row = &self->data->rows[i];
  const TdmDataRoute *route = find_route (self, i, error);
  if (route == NULL)
    return FALSE;
  TdmDoseEntry entry = { .time = { .hours = time_of (self, i) },
                         .amount = row->amount,
                         .unit = UNCONST (amount_unit (self)),
                         .route = UNCONST (route->name),
                         .steady_state = row->steady != 0,
                         .added = row->steady == 2 && row->event != 4,
                         .reset = row->event == 4 && row->steady == 0,
                         .of_data = TRUE,
                         .count = count_doses (self, i) };
  if (entry.steady_state || entry.count > 1)
    entry.interval_h = row->interval_h;
  if (row->amount == 0.0)
    {
      if (!set_constant (self, i, route, &entry, error))
        return FALSE;
    }
  else if (row->rate > 0.0)
    {
      entry.duration_h = row->amount / row->rate;
      entry.at_rate = route->absorption;
    }
  tdm_case_edit_insert_dose (self->edit, self->n_doses++, &entry);
  remember (self, OF_DOSES, i, NULL);
  return TRUE;
}

static void
add_reset (Builder *self, guint i)
{
  const TdmDoseEntry entry = { .time = { .hours = time_of (self, i) },
                               .unit = UNCONST (amount_unit (self)),
                               .reset = TRUE,
                               .count = 1 };
  tdm_case_edit_insert_dose (self->edit, self->n_doses++, &entry);
  remember (self, OF_DOSES, i, NULL);
}

/* Whether no dose of the same time stands below. */
static gboolean
is_after_dose (const Builder *self, guint i)
{
  const TdmDataRow *rows = self->data->rows;
  for (guint k = i + 1;
       k < self->subject.end && rows[k].time_h - rows[i].time_h <= SAME_TIME_H; k++)
    if (rows[k].event == 1 || rows[k].event >= 3)
      return FALSE;
  return TRUE;
}

/* -1 with an error when the row's CMT is no output. */
static int
find_output (const Builder *self, guint i, GError **error)
{
  const TdmDataMap *map = self->map;
  const guint cmt = (guint)self->data->rows[i].cmt;
  int output = -1;
  guint found = 0;
  for (guint k = 0; k < map->n_outputs; k++)
    if (cmt == 0 || map->outputs[k].cmt == 0 || map->outputs[k].cmt == cmt)
      {
        output = (int)k;
        found++;
      }
  if (found == 1)
    return output;
  tdm_data_table_fault (self->data->table, i, "CMT", error,
                        found == 0
                            ? "%u: no output of %s is this compartment"
                            : "%u: several outputs of %s fit; state “cmt” in them",
                        cmt, map->model);
  return -1;
}

static gboolean
add_level (Builder *self, guint i, GError **error)
{
  static const TdmCensor censors[] = { TDM_CENSOR_ABOVE, TDM_CENSOR_NONE,
                                       TDM_CENSOR_BELOW };
  const TdmDataRow *row = &self->data->rows[i];
  const int output = find_output (self, i, error);
  if (output < 0)
    return FALSE;
  const gboolean limited = row->censor == 1 && isfinite (row->limit);
  const TdmLevelEntry entry = { .time = { .hours = time_of (self, i) },
                                .value = limited ? row->limit : row->value,
                                .unit = UNCONST (self->map->outputs[output].unit),
                                .output = UNCONST (self->map->outputs[output].name),
                                .censor = censors[row->censor + 1],
                                .after_dose = is_after_dose (self, i),
                                .of_data = TRUE,
                                .use = TRUE,
                                .weight = 1.0 };
  if (row->censor != 0 && !(entry.value > 0.0))
    return tdm_data_table_fault (self->data->table, i, limited ? "LLOQ" : "DV", error,
                                 "a limit must be above 0");
  tdm_case_edit_insert_level (self->edit, self->n_levels++, &entry);
  remember (self, OF_LEVELS, i, NULL);
  return TRUE;
}

static gboolean
add_events (Builder *self, GError **error)
{
  for (guint i = self->subject.begin; i < self->subject.end; i++)
    {
      const TdmDataRow *row = &self->data->rows[i];
      if (is_dose (row) && !add_dose (self, i, error))
        return FALSE;
      if (row->event == 3)
        add_reset (self, i);
      if (row->event == 0 && row->missing == 0 && !add_level (self, i, error))
        return FALSE;
    }
  return TRUE;
}

/* What a covariate's field says: a number, or a category. */
static gboolean
read_covariate (const Builder *self, guint i, const TdmDataCovariate *covariate,
                const char *text, TdmCovariateEntry *out, GError **error)
{
  const TdmDataTable *table = self->data->table;
  *out = (TdmCovariateEntry){ .time = { .hours = time_of (self, i) },
                              .unit = UNCONST (covariate->unit) };
  const gboolean number = tdm_number_parse_file (text, &out->value, NULL);
  /* Some data have 1 for women and 0 for men, some 1 and 2, some the reverse. A model
   * whose covariate is a number says itself what it means. */
  if (number && covariate->categories != NULL
      && g_ascii_strcasecmp (covariate->name, "sex") == 0)
    return tdm_data_table_fault (table, i, "SEX", error,
                                 "write male or female: a number may mean either");
  if (!number && covariate->categories == NULL)
    return tdm_data_table_fault (table, i, covariate->name, error,
                                 "“%.40s”: expected a number, or nothing", text);
  if (!number)
    out->text = UNCONST (text);
  return TRUE;
}

/* The rows of one covariate being turned into entries. Where the value stays as it is,
 * the first and the last row of the run are kept: both are needed however it is
 * carried. */
typedef struct
{
  const TdmDataCovariate *covariate;
  char *name;
  const char *text; /* of the run; NULL before the first */
  guint last;       /* row of the run */
  guint kept;       /* row of the last entry */
} Run;

static gboolean
keep (Builder *self, Run *run, guint i, gboolean replace, GError **error)
{
  TdmCovariateEntry entry;
  if (!read_covariate (self, i, run->covariate, run->text, &entry, error))
    return FALSE;
  entry.name = run->name;
  if (replace)
    tdm_case_edit_replace_covariate (self->edit, self->n_covariates - 1, &entry);
  else
    {
      tdm_case_edit_insert_covariate (self->edit, self->n_covariates++, &entry);
      remember (self, OF_COVARIATES, i, run->covariate->name);
    }
  run->kept = run->last = i;
  return TRUE;
}

static gboolean
is_later (const Builder *self, guint i, guint than)
{
  return time_of (self, i) - time_of (self, than) > SAME_TIME_H;
}

/* The run's last row, unless it is there. */
static gboolean
end_run (Builder *self, Run *run, GError **error)
{
  return run->text == NULL || !is_later (self, run->last, run->kept)
         || keep (self, run, run->last, FALSE, error);
}

static gboolean
add_value (Builder *self, Run *run, guint i, const char *text, GError **error)
{
  if (run->text != NULL && g_str_equal (text, run->text))
    {
      run->last = i;
      return TRUE;
    }
  if (!end_run (self, run, error))
    return FALSE;
  const gboolean again = run->text != NULL && !is_later (self, i, run->kept);
  /* The first row holds back to the row before, any other for nothing. */
  if (again && run->covariate->backward)
    return TRUE;
  run->text = text;
  return keep (self, run, i, again, error);
}

static gboolean
add_covariate (Builder *self, const TdmDataCovariate *covariate, guint column,
               char *name, GError **error)
{
  Run run = { .covariate = covariate, .name = name };
  for (guint i = self->subject.begin; i < self->subject.end; i++)
    {
      const char *text = tdm_data_table_get (self->data->table, i, column);
      if (text != NULL && !add_value (self, &run, i, text, error))
        return FALSE;
    }
  return end_run (self, &run, error);
}

static gboolean
add_covariates (Builder *self, GError **error)
{
  for (guint k = 0; k < self->map->n_covariates; k++)
    {
      const TdmDataCovariate *covariate = &self->map->covariates[k];
      g_autofree char *name = g_ascii_strup (covariate->name, -1);
      const int column = tdm_data_table_find_column (self->data->table, name);
      if (column >= 0 && !add_covariate (self, covariate, (guint)column, name, error))
        return FALSE;
    }
  return TRUE;
}

/* Whether row `i` has another value than the row above of a covariate that is carried
 * backward. */
static gboolean
has_own_covariates (const Builder *self, guint i)
{
  for (guint k = 0; k < self->map->n_covariates; k++)
    {
      const TdmDataCovariate *covariate = &self->map->covariates[k];
      g_autofree char *name = g_ascii_strup (covariate->name, -1);
      const int column = tdm_data_table_find_column (self->data->table, name);
      if (column < 0 || !covariate->backward)
        continue;
      const char *own = tdm_data_table_get (self->data->table, i, (guint)column);
      const char *above = tdm_data_table_get (self->data->table, i - 1, (guint)column);
      if (own != NULL && above != NULL && !g_str_equal (own, above))
        return TRUE;
    }
  return FALSE;
}

/* What NONMEM makes of rows of one time that differ: the first holds back to the row
 * before, any other only for the dose it gives, which matters where how the dose enters
 * depends on it. Such a dose, and all that follows at its time, comes a moment later.
 */
static gboolean
find_times (Builder *self, GError **error)
{
  const TdmDataRow *rows = self->data->rows;
  const guint begin = self->subject.begin;
  double shift = 0.0;
  self->times_h = g_new (double, self->subject.end - begin);
  for (guint i = begin; i < self->subject.end; i++)
    {
      if (i == begin || rows[i].time_h - rows[i - 1].time_h > SAME_TIME_H)
        shift = 0.0;
      else if (is_dose (&rows[i]) && has_own_covariates (self, i))
        {
          const TdmDataRoute *route = find_route (self, i, error);
          if (route == NULL)
            return FALSE;
          shift += route->dependent ? MOMENT_H : 0.0;
        }
      self->times_h[i - begin] = rows[i].time_h + shift;
    }
  return TRUE;
}

static Builder
begin (const TdmNonmemData *data, guint subject, const TdmDataMap *map)
{
  g_assert (subject < data->subjects->len);
  Builder out = { .data = data,
                  .map = map,
                  .subject = g_array_index (data->subjects, TdmDataSubject, subject) };
  for (guint k = 0; k < G_N_ELEMENTS (out.origins); k++)
    out.origins[k] = g_array_new (FALSE, FALSE, sizeof (Origin));
  return out;
}

static void
builder_clear (Builder *self)
{
  g_free (self->times_h);
  for (guint k = 0; k < G_N_ELEMENTS (self->origins); k++)
    g_array_unref (self->origins[k]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Builder, builder_clear)

/* The column that a field of an entry comes from. */
static const char *
column_of (Kind kind, const Origin *origin, const char *field)
{
  static const char *const fields[][2] = {
    { "time", "TIME" },   { "amount", "AMT" }, { "duration", "RATE" },
    { "interval", "II" }, { "count", "ADDL" }, { "route", "CMT" },
    { "output", "CMT" },  { "value", "DV" },
  };
  if (kind == OF_COVARIATES && !g_str_has_prefix (field, "time"))
    return origin->column;
  for (guint k = 0; k < G_N_ELEMENTS (fields); k++)
    if (g_str_has_prefix (field, fields[k][0]))
      return fields[k][1];
  return "ID";
}

/* What is said of "doses[2].interval: …" is said of line and column. FALSE where it is
 * said of something else. */
static gboolean
locate (const Builder *self, GError **error)
{
  static const char *const names[] = { "doses[", "levels[", "covariates[" };
  const char *message = (*error)->message;
  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      const gboolean own = g_str_has_prefix (message, names[k]);
      const char *after = own ? strstr (message, "].") : NULL;
      const char *text = after ? strstr (after, ": ") : NULL;
      const guint64 i =
          text ? g_ascii_strtoull (message + strlen (names[k]), NULL, 10) : 0;
      if (text == NULL || i >= self->origins[k]->len)
        continue;
      const Origin *origin = &g_array_index (self->origins[k], Origin, i);
      g_autoptr (GError) own_error = g_steal_pointer (error);
      tdm_data_table_fault (self->data->table, origin->row,
                            column_of (k, origin, after + 2), error, "%s", text + 2);
      return TRUE;
    }
  return FALSE;
}

TdmCase *
tdm_nonmem_data_case (const TdmNonmemData *data, guint subject, const TdmDataMap *map,
                      GError **error)
{
  g_auto (Builder) self = begin (data, subject, map);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  self.edit = edit;
  const TdmPatient patient = { .id = UNCONST (self.subject.id) };
  tdm_case_edit_set_model (edit, map->model);
  tdm_case_edit_set_patient (edit, &patient);
  if (!find_times (&self, error) || !add_events (&self, error)
      || !add_covariates (&self, error))
    return NULL;
  TdmCase *result = tdm_case_edit_finish (edit, error);
  if (result == NULL && error != NULL && !locate (&self, error))
    g_prefix_error (error, "subject %s: ", self.subject.id);
  return result;
}

void
tdm_nonmem_data_locate (const TdmNonmemData *data, guint subject, const TdmDataMap *map,
                        GError **error)
{
  g_auto (Builder) self = begin (data, subject, map);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  g_autoptr (GError) known = NULL;
  self.edit = edit;
  if (find_times (&self, &known) && add_events (&self, &known)
      && add_covariates (&self, &known))
    locate (&self, error);
}

GArray *
tdm_nonmem_data_observations (const TdmNonmemData *data, guint subject,
                              const TdmDataMap *map, GError **error)
{
  g_auto (Builder) self = begin (data, subject, map);
  g_autoptr (GArray) result = g_array_new (FALSE, FALSE, sizeof (TdmDataObservation));
  if (!find_times (&self, error))
    return NULL;
  for (guint i = self.subject.begin; i < self.subject.end; i++)
    {
      if (data->rows[i].event != 0)
        continue;
      const int output = find_output (&self, i, error);
      if (output < 0)
        return NULL;
      const TdmDataObservation observation = { time_of (&self, i), (guint)output,
                                               is_after_dose (&self, i) };
      g_array_append_val (result, observation);
    }
  return g_steal_pointer (&result);
}
