/* Covariates over time: which apply from when, and the bindings made of them.
 *
 * Where a covariate is carried linearly, parameters change at all times. They follow
 * parabolas: an interval is halved until the typical parameters at PROBES between its
 * ends and its middle, where they are exact, agree with the parabola through these. */
#include "engine/problem-private.h"

#include <math.h>
#include <string.h>

/* What a parabola may be off by, relative to the largest value of a parameter. */
#define COURSE_ERROR 1e-8
/* Where a formula has a bend nothing agrees with a parabola: in so short a time it does
 * not matter. */
#define SHORTEST_H (1.0 / 1024)
/* More changes than this are refused in the end. */
#define MOST_BINDINGS 10000

/* From when a set applies: from that hour on, or where `after`, from just after it. */
typedef struct
{
  double time_h;
  gboolean after;
} Change;

static double
value_between (const TdmCovariatePoint *before, const TdmCovariatePoint *after,
               double time_h)
{
  double f = (time_h - before->time_h) / (after->time_h - before->time_h);
  return before->value + f * (after->value - before->value);
}

/* The value in force from `from` until the next change; of a linear one, at `at_h` in
 * that time. */
static double
value_at (const GArray *points, TdmCarry carry, Change from, double at_h)
{
  if (points->len == 0)
    return NAN;
  const TdmCovariatePoint *p = (const TdmCovariatePoint *)(const void *)points->data;
  const double from_h = from.time_h;
  guint n = points->len, next = 0; /* first entry after from_h */
  while (next < n && p[next].time_h <= from_h)
    next++;
  if (carry == TDM_CARRY_BACKWARD)
    {
      /* At its own time an entry still holds. */
      if (next > 0 && !from.after && p[next - 1].time_h == from_h)
        next--;
      return p[MIN (next, n - 1)].value;
    }
  if (next == 0)
    return p[0].value;
  if (carry == TDM_CARRY_LINEAR && next < n)
    return value_between (&p[next - 1], &p[next], at_h);
  return p[next - 1].value;
}

static gint
compare_changes (gconstpointer a, gconstpointer b)
{
  const Change *x = a, *y = b;
  if (x->time_h != y->time_h)
    return x->time_h < y->time_h ? -1 : 1;
  return x->after - y->after;
}

/* The times at which one covariate changes. */
static void
add_changes (const GArray *points, TdmCarry carry, GArray *times)
{
  const TdmCovariatePoint *p = (const TdmCovariatePoint *)(const void *)points->data;
  const gboolean backward = carry == TDM_CARRY_BACKWARD;
  for (guint i = 0; i < points->len; i++)
    {
      /* Where two entries say the same, nothing changes; the first also holds before
       * its time, the last also after it. */
      const gboolean last = i + 1 == points->len;
      if (backward
              ? last || p[i].value == p[i + 1].value
              : carry == TDM_CARRY_FORWARD && (i == 0 || p[i].value == p[i - 1].value))
        continue;
      const Change change = { p[i].time_h, backward };
      g_array_append_val (times, change);
    }
}

/* The times at which any covariate changes, or begins to, or a session of dialysis
 * begins or ends; -INFINITY first. */
static GArray *
find_changes (const TdmProblem *self, GArray **points, guint n)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (Change));
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Change));
  const Change always = { -INFINITY, FALSE };
  g_array_append_val (times, always);
  for (guint c = 0; c < n; c++)
    add_changes (points[c], tdm_model_get_covariate (self->model, c)->carry, times);
  for (guint i = 0; i < tdm_case_get_n_dialyses (self->record); i++)
    {
      const TdmDialysisEntry *session = tdm_case_get_dialysis (self->record, i);
      const Change begin = { session->time.hours, FALSE };
      const Change end = { session->time.hours + session->duration_h, FALSE };
      g_array_append_val (times, begin);
      g_array_append_val (times, end);
    }
  g_array_sort (times, compare_changes);
  for (guint i = 0; i < times->len; i++)
    {
      const Change *change = &g_array_index (times, Change, i);
      if (i == 0 || compare_changes (change, change - 1) != 0)
        g_array_append_vals (out, change, 1);
    }
  return out;
}

/* What is made: of each binding its time, its rows and its bindings. */
typedef struct
{
  TdmProblem *problem;
  GArray **points;
  guint n, n_kinds, n_parameters;
  GArray *times, *after, *rows;
  GPtrArray *bindings; /* or NULL, which a pointer array also holds */
} Binder;

/* The covariates at one moment, a binding for each subpopulation, and the parameters of
 * the typical patient with each. */
typedef struct
{
  double *row;
  TdmBinding **bindings;
  double *typical;
  guint n_kinds;
} Moment;

static void
moment_clear (Moment *self)
{
  for (guint i = 0; self->bindings != NULL && i < self->n_kinds; i++)
    if (self->bindings[i] != NULL)
      tdm_binding_free (self->bindings[i]);
  g_free (self->row);
  g_free (self->bindings);
  g_free (self->typical);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Moment, moment_clear)

/* The typical patient's parameters; what is not a number agrees with nothing. */
static void
find_typical (const Binder *self, Moment *out)
{
  const TdmModel *model = self->problem->model;
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  g_autofree double *none = g_new0 (double, tdm_model_get_n_effects (model) + 1);
  out->typical = g_new (double, self->n_kinds * self->n_parameters + 1);
  for (guint kind = 0; kind < self->n_kinds; kind++)
    tdm_binding_parameters (out->bindings[kind], &plain, none, NULL,
                            out->typical + kind * self->n_parameters);
}

/* `at_h` lies in the time in which nothing but what is carried linearly changes since
 * `from`. */
static gboolean
take_moment (const Binder *self, Change from, double at_h, Moment *out, GError **error)
{
  const TdmModel *model = self->problem->model;
  g_autofree double *given = g_new (double, self->n + 1);
  out->row = g_new (double, self->n + 1);
  out->n_kinds = self->n_kinds;
  out->bindings = g_new0 (TdmBinding *, self->n_kinds);
  for (guint c = 0; c < self->n; c++)
    given[c] = value_at (self->points[c], tdm_model_get_covariate (model, c)->carry,
                         from, at_h);
  for (guint kind = 0; kind < self->n_kinds; kind++)
    {
      out->bindings[kind] = tdm_model_bind_subpopulation (self->problem->model, given,
                                                          kind, out->row, error);
      if (!out->bindings[kind])
        return FALSE;
    }
  for (guint c = 0; c < self->n; c++)
    {
      const TdmModelCovariate *covariate = tdm_model_get_covariate (model, c);
      if (covariate->derived && isnan (given[c]) && isfinite (out->row[c])
          && !tdm_problem_check_covariate (self->problem, covariate, out->row[c],
                                           covariate->name, error))
        return FALSE;
    }
  find_typical (self, out);
  return TRUE;
}

/* Adds a binding that is constant, or goes through three moments. */
static void
emit (Binder *self, Change from, Moment *moments, guint n_moments)
{
  g_array_append_val (self->times, from.time_h);
  g_array_append_val (self->after, from.after);
  for (guint part = 0; part < TDM_BINDING_PARTS; part++)
    g_array_append_vals (self->rows, moments[MIN (part, n_moments - 1)].row, self->n);
  for (guint kind = 0; kind < self->n_kinds; kind++)
    for (guint part = 0; part < TDM_BINDING_PARTS; part++)
      g_ptr_array_add (
          self->bindings,
          part < n_moments ? g_steal_pointer (&moments[part].bindings[kind]) : NULL);
}

/* Whether the parameters at `probe`, at x of the way, are those of the parabola. */
static gboolean
agrees (const Binder *self, const Moment *moments, const Moment *probe, double x)
{
  for (guint i = 0; i < self->n_kinds * self->n_parameters; i++)
    {
      const double s = moments[0].typical[i], m = moments[1].typical[i],
                   e = moments[2].typical[i];
      const double a = 4 * (m - s) - (e - s), b = 2 * (e - s) - 4 * (m - s);
      const double largest = MAX (MAX (fabs (s), fabs (m)), fabs (e));
      if (!(fabs (s + x * (a + x * b) - probe->typical[i]) <= COURSE_ERROR * largest))
        return FALSE;
    }
  return TRUE;
}

/* Adds bindings for the time between two changes, or a part of it. */
static gboolean
cut (Binder *self, Change from, Change part, double to_h, GError **error)
{
  static const double probes[] = { 0.03125, 0.125, 0.25,  0.375,
                                   0.625,   0.75,  0.875, 0.96875 };
  const double start = part.time_h, length = to_h - start,
               middle = start + 0.5 * length;
  g_auto (Moment) first = { 0 }, second = { 0 }, third = { 0 };
  if (!take_moment (self, from, start, &first, error)
      || !take_moment (self, from, middle, &second, error)
      || !take_moment (self, from, to_h, &third, error))
    return FALSE;
  Moment moments[] = { first, second, third };
  gboolean good = length <= SHORTEST_H || self->times->len >= MOST_BINDINGS;
  for (guint i = 0; !good && i < G_N_ELEMENTS (probes); i++)
    {
      g_auto (Moment) probe = { 0 };
      if (!take_moment (self, from, start + probes[i] * length, &probe, error))
        return FALSE;
      if (!agrees (self, moments, &probe, probes[i]))
        break;
      good = i + 1 == G_N_ELEMENTS (probes);
    }
  if (good)
    {
      emit (self, part, moments, G_N_ELEMENTS (moments));
      return TRUE;
    }
  const Change half = { middle, FALSE };
  return cut (self, from, part, middle, error) && cut (self, from, half, to_h, error);
}

/* Whether a covariate goes on changing between two changes. */
static gboolean
goes_on (const Binder *self, Change from, double to_h)
{
  for (guint c = 0; isfinite (from.time_h) && isfinite (to_h) && c < self->n; c++)
    {
      const TdmModelCovariate *covariate =
          tdm_model_get_covariate (self->problem->model, c);
      if (covariate->carry == TDM_CARRY_LINEAR && self->points[c]->len > 0
          && value_at (self->points[c], covariate->carry, from, from.time_h)
                 != value_at (self->points[c], covariate->carry, from, to_h))
        return TRUE;
    }
  return FALSE;
}

static gboolean
bind_all (Binder *self, const GArray *changes, GError **error)
{
  for (guint i = 0; i < changes->len; i++)
    {
      const Change from = g_array_index (changes, Change, i);
      const double to_h = i + 1 < changes->len
                              ? g_array_index (changes, Change, i + 1).time_h
                              : INFINITY;
      if (goes_on (self, from, to_h))
        {
          if (!cut (self, from, from, to_h, error))
            return FALSE;
          continue;
        }
      g_auto (Moment) moment = { 0 };
      if (!take_moment (self, from, from.time_h, &moment, error))
        return FALSE;
      emit (self, from, &moment, 1);
    }
  return TRUE;
}

gboolean
tdm_problem_bind (TdmProblem *self, GArray **points, GError **error)
{
  const guint n = tdm_model_get_n_covariates (self->model);
  g_autoptr (GArray) changes = find_changes (self, points, n);
  Binder binder = { .problem = self,
                    .points = points,
                    .n = n,
                    .n_kinds = MAX (self->n_subpopulations, 1),
                    .n_parameters = tdm_model_get_n_parameters (self->model),
                    .times = g_array_new (FALSE, FALSE, sizeof (double)),
                    .after = g_array_new (FALSE, FALSE, sizeof (gboolean)),
                    .rows = g_array_new (FALSE, FALSE, sizeof (double)),
                    .bindings = g_ptr_array_new () };
  const gboolean done = bind_all (&binder, changes, error);
  self->n_bindings = binder.times->len;
  self->binding_times = (double *)(void *)g_array_free (binder.times, FALSE);
  self->binding_after = (gboolean *)(void *)g_array_free (binder.after, FALSE);
  self->covariates = (double *)(void *)g_array_free (binder.rows, FALSE);
  self->bindings = (TdmBinding **)(void *)g_ptr_array_free (binder.bindings, FALSE);
  return done;
}
