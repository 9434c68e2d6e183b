/* One plan for each combination of infusion ends, with all the times at which a level
 * may have been drawn. Sums of logarithms and their derivatives: with ln L = ln sum of
 * exp (a_j), the shares p_j = exp (a_j) / L give
 *
 *   g = sum p_j a_j',   H = sum p_j (a_j'' + a_j' a_j'^T) - g g^T. */
#include "engine/uncertain.h"

#include "engine/problem-private.h"
#include "engine/residual.h"
#include "num/quadrature.h"
#include "num/quantile.h"

#include <math.h>
#include <string.h>

/* Nodes of each piece of a level's interval, and how long a piece may be. */
#define LEVEL_NODES 8
#define LEVEL_PIECE_H 0.5
#define LEVEL_NODES_ODE 5
#define LEVEL_PIECE_ODE_H 1.0
/* Nodes of each piece between levels of an infusion's end: as many as keep the
 * combinations within the limit. */
#define END_NODES 12
#define END_NODES_LEAST 2
#define MOST_PLANS 256
#define MOST_PLANS_ODE 24

typedef struct
{
  double x;          /* a time, or the length of an infusion, h */
  double log_weight; /* all together 1 */
} Node;

/* One combination of ends. */
typedef struct
{
  TdmPkPlan *plan;
  double log_weight;
  guint *first; /* n_used + 1: which times are of which level */
  GArray *nodes;
} Scenario;

/* The logarithm of a likelihood with its derivatives, at one place. */
typedef struct
{
  double value;
  double *gradient; /* n */
  double *hessian;  /* n x n, lower half */
} Part;

struct _TdmUncertain
{
  TdmProblem *problem;
  const guint *used;
  guint n, n_used;
  guint most_nodes;
  GArray *scenarios; /* of Scenario */
  double *values;    /* jets at the times of one plan */
  TdmLevelTerm *terms;
  double *shares;
  Part level, sum;
  Part *parts; /* of each scenario */
};

static gboolean
is_ode (const TdmUncertain *self)
{
  return tdm_model_get_structure (tdm_problem_get_model (self->problem))->kind
         == TDM_PK_ODE;
}

static Part
part_new (guint n)
{
  return (Part){ 0, g_new0 (double, n + 1), g_new0 (double, n *n + 1) };
}

static void
part_clear (Part *self)
{
  g_free (self->gradient);
  g_free (self->hessian);
}

static void
part_zero (Part *self, guint n)
{
  self->value = 0;
  memset (self->gradient, 0, n * sizeof (double));
  memset (self->hessian, 0, n * n * sizeof (double));
}

static void
scenario_clear (gpointer data)
{
  Scenario *self = data;
  g_clear_pointer (&self->plan, tdm_pk_plan_unref);
  g_clear_pointer (&self->nodes, g_array_unref);
  g_free (self->first);
}

/* How an interval is divided. */
typedef struct
{
  double from, to;
  GArray *cuts; /* double: where it may have a corner, any order */
  guint n_nodes;
  double piece; /* longest */
} Interval;

/* Appends the nodes of the interval; a single one where it is a point. */
static void
append_nodes (const Interval *self, GArray *out)
{
  Node node = { self->from, 0 };
  if (!(self->to > self->from))
    {
      g_array_append_val (out, node);
      return;
    }
  g_autofree double *x = g_new (double, 2 * self->n_nodes);
  double *w = x + self->n_nodes;
  tdm_gauss_legendre (self->n_nodes, x, w);
  g_array_append_val (self->cuts, self->to);
  g_array_sort (self->cuts, tdm_compare_doubles);
  double begin = self->from;
  for (guint c = 0; c < self->cuts->len; c++)
    {
      const double end = MIN (g_array_index (self->cuts, double, c), self->to);
      if (!(end > begin))
        continue;
      const guint parts = (guint)ceil ((end - begin) / self->piece - 1e-9);
      const double length = (end - begin) / MAX (parts, 1);
      for (guint k = 0; k < MAX (parts, 1); k++)
        for (guint i = 0; i < self->n_nodes; i++)
          {
            node.x = begin + length * (k + 0.5 * (x[i] + 1));
            node.log_weight = log (0.5 * w[i] * length / (self->to - self->from));
            g_array_append_val (out, node);
          }
      begin = end;
    }
}

/* The times of a regular row that lie in an interval. */
static void
append_row (double first, double interval, guint count, const Interval *within)
{
  const double last = count - 1.0;
  double from = 0, to = last;
  if (count > 1)
    {
      from = CLAMP (ceil ((within->from - first) / interval), 0.0, last);
      to = CLAMP (floor ((within->to - first) / interval), 0.0, last);
    }
  for (double k = from; k <= to; k++)
    {
      const double t = first + k * interval;
      if (t > within->from && t < within->to)
        g_array_append_val (within->cuts, t);
    }
}

/* The times between which level number `u` was drawn, under these doses. */
static void
append_level (const TdmUncertain *self, guint u, const TdmPkDose *doses, GArray *out)
{
  const TdmProblem *problem = self->problem;
  const TdmProblemLevel *level = tdm_problem_get_level (problem, self->used[u]);
  const gboolean ode = is_ode (self);
  g_autoptr (GArray) cuts = g_array_new (FALSE, FALSE, sizeof (double));
  const Interval interval = { level->from_h, level->to_h, cuts,
                              ode ? LEVEL_NODES_ODE : LEVEL_NODES,
                              ode ? LEVEL_PIECE_ODE_H : LEVEL_PIECE_H };
  for (guint i = 0; level->to_h > level->from_h && i < problem->n_doses; i++)
    {
      const TdmPkDose *dose = &doses[i];
      append_row (dose->time_h, dose->interval_h, dose->count, &interval);
      append_row (dose->time_h + dose->duration_h, dose->interval_h, dose->count,
                  &interval);
    }
  for (guint k = 1; k < problem->n_sets; k++)
    append_row (problem->set_times[k], 0, 1, &interval);
  append_nodes (&interval, out);
}

static gboolean
add_scenario (TdmUncertain *self, const TdmPkDose *doses, double log_weight,
              GError **error)
{
  Scenario s = { .log_weight = log_weight,
                 .first = g_new (guint, self->n_used + 1),
                 .nodes = g_array_new (FALSE, FALSE, sizeof (Node)) };
  for (guint u = 0; u < self->n_used; u++)
    {
      s.first[u] = s.nodes->len;
      append_level (self, u, doses, s.nodes);
    }
  const guint n = s.first[self->n_used] = s.nodes->len;
  g_autofree double *times = g_new (double, n + 1);
  g_autofree guint *outputs = g_new (guint, n + 1);
  g_autofree gboolean *after = g_new (gboolean, n + 1);
  for (guint u = 0; u < self->n_used; u++)
    for (guint j = s.first[u]; j < s.first[u + 1]; j++)
      {
        const TdmProblemLevel *level =
            tdm_problem_get_level (self->problem, self->used[u]);
        times[j] = g_array_index (s.nodes, Node, j).x;
        outputs[j] = level->output;
        after[j] = level->after_dose;
      }
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .doses = doses,
                             .times_h = times,
                             .outputs = outputs,
                             .after = after,
                             .n_times = n };
  s.plan = tdm_problem_plan (self->problem, &spec, error);
  g_array_append_val (self->scenarios, s);
  self->most_nodes = MAX (self->most_nodes, n);
  return s.plan != NULL;
}

/* How long the infusion of dose line `i` may have taken; a level in between sees a
 * corner. */
static GArray *
end_nodes (const TdmUncertain *self, guint i, guint n_nodes)
{
  GArray *out = g_array_new (FALSE, FALSE, sizeof (Node));
  g_autoptr (GArray) cuts = g_array_new (FALSE, FALSE, sizeof (double));
  const double start = self->problem->doses[i].time_h;
  Interval interval = { .cuts = cuts, .n_nodes = n_nodes, .piece = INFINITY };
  if (!tdm_problem_get_dose_span (self->problem, i, &interval.from, &interval.to))
    interval.from = interval.to = self->problem->doses[i].duration_h;
  for (guint u = 0; u < self->n_used; u++)
    {
      const TdmProblemLevel *level =
          tdm_problem_get_level (self->problem, self->used[u]);
      append_row (level->from_h - start, 0, 1, &interval);
      if (level->to_h > level->from_h)
        append_row (level->to_h - start, 0, 1, &interval);
    }
  append_nodes (&interval, out);
  return out;
}

/* The nodes of all dose lines, of which most are single points, with as many in each
 * piece as the limit allows. */
static GPtrArray *
all_end_nodes (const TdmUncertain *self)
{
  const gsize most = is_ode (self) ? MOST_PLANS_ODE : MOST_PLANS;
  for (guint per_piece = END_NODES;; per_piece--)
    {
      GPtrArray *out = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
      gsize plans = 1;
      for (guint i = 0; i < self->problem->n_doses; i++)
        {
          GArray *nodes = end_nodes (self, i, per_piece);
          plans *= nodes->len;
          g_ptr_array_add (out, nodes);
        }
      if (plans <= most || per_piece == END_NODES_LEAST)
        return out;
      g_ptr_array_unref (out);
    }
}

/* Every combination of the ends from dose line `i` on. */
static gboolean
add_combinations (TdmUncertain *self, const GPtrArray *ends, guint i, TdmPkDose *doses,
                  double log_weight, GError **error)
{
  while (i < ends->len && ((const GArray *)ends->pdata[i])->len == 1)
    i++;
  if (i == ends->len)
    return add_scenario (self, doses, log_weight, error);
  const GArray *nodes = ends->pdata[i];
  const TdmPkDose known = doses[i];
  for (guint k = 0; k < nodes->len; k++)
    {
      const Node *node = &g_array_index (nodes, Node, k);
      doses[i].duration_h = node->x;
      if (known.rate_mg_h > 0)
        doses[i].rate_mg_h = known.amount_mg / node->x;
      if (!add_combinations (self, ends, i + 1, doses, log_weight + node->log_weight,
                             error))
        return FALSE;
    }
  doses[i] = known;
  return TRUE;
}

TdmUncertain *
tdm_uncertain_new (TdmProblem *problem, const guint *used, guint n_used, GError **error)
{
  g_autoptr (TdmUncertain) self = g_new0 (TdmUncertain, 1);
  g_autofree TdmPkDose *doses =
      g_memdup2 (problem->doses, (problem->n_doses + 1) * sizeof (TdmPkDose));
  const guint n = self->n = tdm_problem_get_n_effects (problem);
  self->problem = tdm_problem_ref (problem);
  self->used = used;
  self->n_used = n_used;
  self->scenarios = g_array_new (FALSE, FALSE, sizeof (Scenario));
  g_array_set_clear_func (self->scenarios, scenario_clear);
  g_autoptr (GPtrArray) ends = all_end_nodes (self);
  if (!add_combinations (self, ends, 0, doses, 0, error))
    return NULL;
  self->values = g_new (double, (gsize)self->most_nodes *tdm_jet_space (n, 2).size + 1);
  self->terms = g_new (TdmLevelTerm, self->most_nodes + 1);
  self->shares = g_new (double, MAX (self->most_nodes, self->scenarios->len) + 1);
  self->level = part_new (n);
  self->sum = part_new (n);
  self->parts = g_new (Part, self->scenarios->len);
  for (guint k = 0; k < self->scenarios->len; k++)
    self->parts[k] = part_new (n);
  return g_steal_pointer (&self);
}

void
tdm_uncertain_free (TdmUncertain *self)
{
  for (guint k = 0; self->parts && k < self->scenarios->len; k++)
    part_clear (&self->parts[k]);
  g_free (self->parts);
  part_clear (&self->level);
  part_clear (&self->sum);
  g_array_unref (self->scenarios);
  tdm_problem_unref (self->problem);
  g_free (self->values);
  g_free (self->terms);
  g_free (self->shares);
  g_free (self);
}

/* shares[k] = exp (logarithms) / their sum, in place; returns the sum's logarithm. */
static double
share_out (double *logarithms, guint n)
{
  double most = -INFINITY, sum = 0;
  for (guint k = 0; k < n; k++)
    most = MAX (most, logarithms[k]);
  if (!isfinite (most))
    return -INFINITY;
  for (guint k = 0; k < n; k++)
    sum += logarithms[k] = exp (logarithms[k] - most);
  for (guint k = 0; k < n; k++)
    logarithms[k] /= sum;
  return most + log (sum);
}

/* matrix += c a b', the lower half. */
static void
add_square (guint n, double c, const double *a, double *matrix)
{
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j <= i; j++)
      matrix[i * n + j] += c * a[i] * a[j];
}

/* The terms of a level at its times, and the shares of the times; returns the logarithm
 * of the likelihood. A time at which the level could not have been measured at all, as
 * before the first dose, has no share. */
static double
weigh_times (TdmUncertain *self, const TdmUncertainInput *input, const Scenario *s,
             guint u)
{
  const TdmProblemLevel *level = tdm_problem_get_level (self->problem, self->used[u]);
  const guint from = s->first[u], count = s->first[u + 1] - from;
  for (guint j = 0; j < count; j++)
    {
      const double f = self->values[(gsize)(from + j) * input->space.size];
      const Node *node = &g_array_index (s->nodes, Node, from + j);
      self->shares[j] = -INFINITY;
      if (tdm_level_term (&input->outputs[u], level, f, &self->terms[j]))
        self->shares[j] = node->log_weight - 0.5 * self->terms[j].value;
      else if (f != 0)
        return NAN;
    }
  return share_out (self->shares, count);
}

/* self->level = ln of the likelihood of level number `u`, weighted. */
static gboolean
find_level (TdmUncertain *self, const TdmUncertainInput *input, const Scenario *s,
            guint u)
{
  const TdmJetSpace *space = &input->space;
  const guint n = self->n, from = s->first[u], count = s->first[u + 1] - from;
  const double weight = tdm_problem_get_level (self->problem, self->used[u])->weight;
  Part *out = &self->level;
  part_zero (out, n);
  out->value = weight * weigh_times (self, input, s, u);
  if (!isfinite (out->value) || space->size == 1)
    return isfinite (out->value);
  for (guint j = 0; j < count; j++)
    {
      const double share = self->shares[j];
      const TdmLevelTerm *term = &self->terms[j];
      const double *f = self->values + (gsize)(from + j) * space->size;
      const double slope = -0.5 * term->first;
      if (!(share > 0))
        continue;
      for (guint i = 0; i < n; i++)
        out->gradient[i] += share * slope * f[1 + i];
      add_square (n,
                  share
                      * (input->exact ? slope * slope - 0.5 * term->second
                                      : -0.5 * term->expected),
                  f + 1, out->hessian);
      for (guint i = 0, k = 1 + n; input->exact && space->size > 1 + n && i < n; i++)
        for (guint l = 0; l <= i; l++, k++)
          out->hessian[i * n + l] += share * slope * f[k];
    }
  if (input->exact)
    add_square (n, -1, out->gradient, out->hessian);
  for (guint i = 0; i < n; i++)
    out->gradient[i] *= weight;
  for (guint i = 0; i < n * n; i++)
    out->hessian[i] *= weight;
  return TRUE;
}

static gboolean
predict (TdmUncertain *self, const TdmUncertainInput *input, const Scenario *s)
{
  const TdmJetSpace *space = &input->space;
  if (!tdm_pk_plan_predict (s->plan, input->work, space, input->parameters,
                            self->values, NULL, NULL))
    return FALSE;
  for (guint u = 0; u < self->n_used; u++)
    for (guint j = s->first[u]; j < s->first[u + 1]; j++)
      {
        double *f = self->values + (gsize)j * space->size;
        tdm_jet_scale (space, f, f, input->outputs[u].per_mg_l);
      }
  return TRUE;
}

/* self->parts[k] = ln of the likelihood of all levels, with these ends. */
static gboolean
find_scenario (TdmUncertain *self, const TdmUncertainInput *input, guint k)
{
  const Scenario *s = &g_array_index (self->scenarios, Scenario, k);
  const guint n = self->n;
  Part *out = &self->parts[k];
  part_zero (out, n);
  if (!predict (self, input, s))
    return FALSE;
  for (guint u = 0; u < self->n_used; u++)
    {
      if (!find_level (self, input, s, u))
        return FALSE;
      out->value += self->level.value;
      for (guint i = 0; i < n; i++)
        out->gradient[i] += self->level.gradient[i];
      for (guint i = 0; i < n * n; i++)
        out->hessian[i] += self->level.hessian[i];
    }
  return TRUE;
}

/* self->sum over all ends; self->shares are theirs then. */
static gboolean
find_sum (TdmUncertain *self, const TdmUncertainInput *input)
{
  const guint n = self->n, count = self->scenarios->len;
  Part *out = &self->sum;
  part_zero (out, n);
  for (guint k = 0; k < count; k++)
    if (!find_scenario (self, input, k))
      return FALSE;
  for (guint k = 0; k < count; k++)
    self->shares[k] =
        self->parts[k].value + g_array_index (self->scenarios, Scenario, k).log_weight;
  out->value = share_out (self->shares, count);
  for (guint k = 0; k < count; k++)
    {
      const double share = self->shares[k];
      for (guint i = 0; i < n; i++)
        out->gradient[i] += share * self->parts[k].gradient[i];
      for (guint i = 0; i < n * n; i++)
        out->hessian[i] += share * self->parts[k].hessian[i];
      if (input->exact)
        add_square (n, share, self->parts[k].gradient, out->hessian);
    }
  if (input->exact)
    add_square (n, -1, out->gradient, out->hessian);
  return isfinite (out->value);
}

gboolean
tdm_uncertain_add (TdmUncertain *self, const TdmUncertainInput *input, double *value,
                   double *gradient, double *hessian)
{
  const guint n = self->n;
  if (!find_sum (self, input))
    return FALSE;
  *value -= 2 * self->sum.value;
  for (guint i = 0; gradient && i < n; i++)
    gradient[i] -= 2 * self->sum.gradient[i];
  for (guint i = 0; hessian && i < n; i++)
    for (guint j = 0; j <= i; j++)
      {
        hessian[i * n + j] -= self->sum.hessian[i * n + j];
        hessian[j * n + i] = hessian[i * n + j];
      }
  return TRUE;
}

gboolean
tdm_uncertain_levels (TdmUncertain *self, const TdmUncertainInput *input,
                      double *gradients, double *hessians)
{
  const guint n = self->n;
  if (!find_sum (self, input))
    return FALSE;
  g_autofree double *ends =
      g_memdup2 (self->shares, self->scenarios->len * sizeof (double));
  for (guint k = 0; k < self->scenarios->len; k++)
    {
      const Scenario *s = &g_array_index (self->scenarios, Scenario, k);
      if (!predict (self, input, s))
        return FALSE;
      for (guint u = 0; u < self->n_used; u++)
        {
          double *gradient = gradients + (gsize)u * n;
          double *hessian = hessians + (gsize)u * n * n;
          if (!find_level (self, input, s, u))
            return FALSE;
          for (guint i = 0; i < n; i++)
            gradient[i] -= 2 * ends[k] * self->level.gradient[i];
          for (guint i = 0; i < n; i++)
            for (guint j = 0; j < n; j++)
              hessian[i * n + j] -=
                  ends[k] * self->level.hessian[j <= i ? i * n + j : j * n + i];
        }
    }
  return TRUE;
}
