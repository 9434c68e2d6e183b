/* Occasions, and the parameter sets that covariates and occasions make together.
 *
 * An occasion begins with a dose, a period or a change of a covariate, as the model
 * says. A level drawn at the very time an occasion begins belongs to the one before,
 * as it was drawn before the dose. Occasions up to that of the last level used have
 * effects of their own; later ones, of which nothing can be known, share one that is 0
 * in every estimate and is drawn from its prior for bands. */
#include "engine/problem-private.h"

#include "num/quantile.h"

#include "base/error.h"
#include "base/number.h"

#include <math.h>
#include <string.h>

/* Effects in all that are estimated; the derivatives of more take too long. Occasions
 * before these count as typical ones. */
#define MAX_EFFECTS 40
/* Times closer than this are one. */
#define SAME_TIME_H 1e-9

/* From when which occasion is in force. */
typedef struct
{
  double time_h;
  guint occasion;
  gboolean after; /* what happens at that time is before it */
} Start;

/* The time up to which occasions matter: a level drawn after the dose of its time is
 * one of the occasion that begins then. */
static double
last_level (const TdmProblem *self)
{
  double last = -INFINITY;
  for (guint i = 0; i < self->n_levels; i++)
    if (self->levels[i].use)
      last = MAX (last, self->levels[i].to_h
                            + (self->levels[i].after_dose ? 2 * SAME_TIME_H : 0));
  return last;
}

static guint
most_occasions (const TdmProblem *self)
{
  guint own = tdm_model_get_n_effects (self->model);
  guint each = tdm_model_get_n_occasion_effects (self->model);
  return own + each >= MAX_EFFECTS ? 1 : (MAX_EFFECTS - own) / each;
}

static void
note_dropped (TdmProblem *self, guint kept)
{
  tdm_notes_add (self->notes, TDM_NOTE_INFO, "occasions-dropped", "doses",
                 "Only the last %u occasions before the last level are told apart; "
                 "earlier ones count as typical.",
                 kept);
}

/* The name of an effect of an occasion, "CL[2]". */
static void
name_occasion (TdmProblem *self, const char *label)
{
  for (guint i = 0; i < tdm_model_get_n_occasion_effects (self->model); i++)
    g_ptr_array_add (
        self->effect_names,
        g_strdup_printf ("%s[%s]", tdm_model_get_occasion_effect_name (self->model, i),
                         label));
  self->n_occasions++;
}

static void
name_numbered (TdmProblem *self, guint64 from, guint64 to)
{
  for (guint64 k = from; k <= to; k++)
    {
      g_autofree char *label = g_strdup_printf ("%" G_GUINT64_FORMAT, k);
      name_occasion (self, label);
    }
}

/* The times at which doses are given, each once, ascending. */
static GArray *
dose_times (const TdmProblem *self)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (double));
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < self->n_doses; i++)
    for (guint k = 0; k < self->doses[i].count; k++)
      {
        double t = self->doses[i].time_h + k * self->doses[i].interval_h;
        g_array_append_val (all, t);
      }
  g_array_sort (all, tdm_compare_doubles);
  for (guint i = 0; i < all->len; i++)
    {
      double t = g_array_index (all, double, i);
      if (out->len == 0 || t - g_array_index (out, double, out->len - 1) > SAME_TIME_H)
        g_array_append_val (out, t);
    }
  return out;
}

static void
add_start (GArray *starts, double time_h, guint occasion)
{
  Start start = { starts->len == 0 ? -INFINITY : time_h, occasion, FALSE };
  g_array_append_val (starts, start);
}

/* Numbered occasions 1, 2, …: `count` of them begin before the last level, number k at
 * begin (k). The first holds backwards. */
typedef double (*BeginFunc) (gconstpointer data, guint64 k);

static void
start_numbered (TdmProblem *self, guint64 count, BeginFunc begin, gconstpointer data,
                GArray *starts)
{
  guint most = most_occasions (self);
  guint64 first = count > most ? count - most + 1 : 1;
  if (first > 1)
    {
      note_dropped (self, most);
      add_start (starts, -INFINITY, TDM_OCCASION_PAST);
    }
  for (guint64 k = first; k <= count; k++)
    add_start (starts, begin (data, k), (guint)(k - first));
  name_numbered (self, first, count);
  if (isfinite (begin (data, count + 1)))
    add_start (starts, begin (data, count + 1), TDM_OCCASION_AHEAD);
}

static double
begin_of_dose (gconstpointer data, guint64 k)
{
  const GArray *times = data;
  return k <= times->len ? g_array_index (times, double, k - 1) : INFINITY;
}

static void
start_by_dose (TdmProblem *self, GArray *starts)
{
  g_autoptr (GArray) times = dose_times (self);
  double last = last_level (self);
  guint count = 0;
  while (count < times->len
         && g_array_index (times, double, count) < last - SAME_TIME_H)
    count++;
  start_numbered (self, MAX (count, 1), begin_of_dose, times, starts);
}

typedef struct
{
  double first_h, period_h;
} Periods;

static double
begin_of_period (gconstpointer data, guint64 k)
{
  const Periods *periods = data;
  return periods->first_h + (double)(k - 1) * periods->period_h;
}

static void
start_by_period (TdmProblem *self, GArray *starts)
{
  g_autoptr (GArray) times = dose_times (self);
  const Periods periods = {
    .first_h = times->len > 0 ? g_array_index (times, double, 0) : 0.0,
    .period_h = tdm_model_get_occasion_rule (self->model).period_h,
  };
  double count =
      ceil ((last_level (self) - periods.first_h - SAME_TIME_H) / periods.period_h);
  start_numbered (self, (guint64)CLAMP (count, 1.0, 1e15), begin_of_period, &periods,
                  starts);
}

/* The occasion with this value of the covariate, if it is one of `values`. */
static guint
find_value (const GArray *values, double value)
{
  for (guint i = 0; i < values->len; i++)
    if (g_array_index (values, double, i) == value)
      return i;
  return TDM_OCCASION_AHEAD;
}

/* The values of the covariate up to the last level, in order of their first time. */
static GArray *
covariate_values (const TdmProblem *self, guint c)
{
  GArray *values = g_array_new (FALSE, FALSE, sizeof (double));
  double last = last_level (self);
  for (guint k = 0; k < self->n_bindings; k++)
    {
      const double value = tdm_problem_get_row (self, k, 0)[c];
      if ((k == 0 || self->binding_times[k] < last - SAME_TIME_H)
          && find_value (values, value) == TDM_OCCASION_AHEAD)
        g_array_append_val (values, value);
    }
  return values;
}

static gboolean
start_by_covariate (TdmProblem *self, GArray *starts, GError **error)
{
  guint c = tdm_model_get_occasion_rule (self->model).covariate;
  const TdmModelCovariate *covariate = tdm_model_get_covariate (self->model, c);
  guint most = most_occasions (self), dropped = 0;
  if (isnan (self->covariates[c]))
    return tdm_error_set_input (error, "covariates", "%s (%s) is missing",
                                covariate->name, covariate->title);
  g_autoptr (GArray) values = covariate_values (self, c);
  if (values->len > most)
    {
      dropped = values->len - most;
      note_dropped (self, most);
    }
  for (guint k = 0; k < self->n_bindings; k++)
    {
      guint i = find_value (values, tdm_problem_get_row (self, k, 0)[c]);
      if (i != TDM_OCCASION_AHEAD)
        i = i < dropped ? TDM_OCCASION_PAST : i - dropped;
      add_start (starts, self->binding_times[k], i);
      g_array_index (starts, Start, starts->len - 1).after = self->binding_after[k];
    }
  for (guint i = dropped; i < values->len; i++)
    {
      g_autofree char *label = tdm_number_format (g_array_index (values, double, i), 6);
      name_occasion (self, label);
    }
  return TRUE;
}

static gboolean
find_starts (TdmProblem *self, GArray *starts, GError **error)
{
  switch (tdm_model_get_occasion_rule (self->model).kind)
    {
    case TDM_OCCASION_NONE:
      add_start (starts, -INFINITY, TDM_OCCASION_PAST);
      return TRUE;
    case TDM_OCCASION_DOSE:
      start_by_dose (self, starts);
      return TRUE;
    case TDM_OCCASION_PERIOD:
      start_by_period (self, starts);
      return TRUE;
    case TDM_OCCASION_COVARIATE:
      return start_by_covariate (self, starts, error);
    }
  g_assert_not_reached ();
}

/* When the covariates, or the occasion, of number `i` begin; never, past the last. */
static Start
binding_start (const TdmProblem *self, guint i)
{
  if (i >= self->n_bindings)
    return (Start){ INFINITY, 0, FALSE };
  return (Start){ self->binding_times[i], 0, self->binding_after[i] };
}

static Start
occasion_start (const GArray *starts, guint i)
{
  return i < starts->len ? g_array_index (starts, Start, i)
                         : (Start){ INFINITY, 0, FALSE };
}

static gint
compare_starts (const Start *x, const Start *y)
{
  if (x->time_h != y->time_h)
    return x->time_h < y->time_h ? -1 : 1;
  return x->after - y->after;
}

static void
add_set (TdmProblem *self, TdmProblemSet set, const Start *from)
{
  const guint k = self->n_sets++;
  self->sets[k] = set;
  self->set_times[k] = from->time_h;
  self->set_after[k] = from->after;
}

/* A set wherever covariates or the occasion change. */
static void
merge_sets (TdmProblem *self, const GArray *starts)
{
  const guint most = TDM_BINDING_PARTS * (self->n_bindings + starts->len);
  Start from = { -INFINITY, 0, FALSE };
  guint b = 0, o = 0;
  self->sets = g_new (TdmProblemSet, most);
  self->set_times = g_new (double, most);
  self->set_after = g_new (gboolean, most);
  for (;;)
    {
      const gboolean course = tdm_problem_is_course (self, b);
      TdmProblemSet set = { b, 0, g_array_index (starts, Start, o).occasion };
      add_set (self, set, &from);
      const Start covariates = binding_start (self, b + 1);
      const Start occasion = occasion_start (starts, o + 1);
      const int order = compare_starts (&covariates, &occasion);
      from = order <= 0 ? covariates : occasion;
      for (set.part = 1; course && set.part < TDM_BINDING_PARTS; set.part++)
        add_set (self, set, &from);
      if (!isfinite (from.time_h))
        return;
      b += order <= 0;
      o += order >= 0;
    }
}

gboolean
tdm_problem_load_sets (TdmProblem *self, GError **error)
{
  g_autoptr (GArray) starts = g_array_new (FALSE, FALSE, sizeof (Start));
  self->effect_names = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < tdm_model_get_n_effects (self->model); i++)
    g_ptr_array_add (self->effect_names,
                     g_strdup (tdm_model_get_effect_name (self->model, i)));
  if (!find_starts (self, starts, error))
    return FALSE;
  if (self->n_occasions > 0 && !tdm_case_get_options (self->record)->future_occasions)
    tdm_notes_add (self->notes, TDM_NOTE_INFO, "future-occasions", "options",
                   "Occasions to come count as typical ones: the chances of regimens "
                   "leave out how this patient will differ from one to the next.");
  merge_sets (self, starts);
  return TRUE;
}
