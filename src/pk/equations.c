#include "pk/equations.h"

/* dy[from] -= flow, dy[to] += flow, where flow = q y[from] / v; v NULL = 1. */
typedef struct
{
  const TdmJetSpace *s;
  const double *y;
  double *dy, *scratch;
} Flows;

static const double *
flow_out (const Flows *f, const double *q, const double *v, guint from)
{
  const gsize z = f->s->size;
  tdm_jet_mul (f->s, f->scratch, q, f->y + from * z);
  if (v != NULL)
    tdm_jet_div (f->s, f->scratch, f->scratch, v);
  tdm_jet_sub (f->s, f->dy + from * z, f->dy + from * z, f->scratch);
  return f->scratch;
}

static void
flow (const Flows *f, const double *q, const double *v, guint from, guint to)
{
  double *into = f->dy + to * (gsize)f->s->size;
  tdm_jet_add (f->s, into, into, flow_out (f, q, v, from));
}

static void
rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
     const double *parameters, const double *states, double *derivatives,
     double *scratch)
{
  const TdmPkStructure *l = data;
  const gsize z = s->size;
  const guint c = l->compartments, n = c + l->chain;
  const Flows f = { s, states, derivatives, scratch };
  const double *v1 = parameters + l->linear[TDM_PK_V1] * z;
  for (guint i = 0; i < n; i++)
    tdm_jet_set (s, derivatives + i * z, 0.0);
  flow_out (&f, parameters + l->linear[TDM_PK_CL] * z, v1, 0);
  for (guint i = 1; i < c; i++)
    {
      const double *q = parameters + l->linear[2 * i] * z;
      const double *v = parameters + l->linear[2 * i + 1] * z;
      flow (&f, q, v1, 0, i);
      flow (&f, q, v, i, 0);
    }
  for (guint i = c; i < n; i++)
    flow (&f, parameters + l->linear[TDM_PK_KA] * z, NULL, i, i + 1 < n ? i + 1 : 0);
}

static void
output (gconstpointer data, const TdmJetSpace *s, guint number, const double *time,
        const double *parameters, const double *states, double *value, double *scratch)
{
  const TdmPkStructure *l = data;
  tdm_jet_div (s, value, states, parameters + l->linear[TDM_PK_V1] * s->size);
}

TdmPkStructure
tdm_pk_linear_equations (const TdmPkStructure *linear)
{
  return (TdmPkStructure){ .kind = TDM_PK_ODE,
                           .n_parameters = linear->n_parameters,
                           .n_states = linear->compartments + linear->chain,
                           .scratch_jets = 1,
                           .rhs = rhs,
                           .output = output,
                           .data = linear,
                           .n_outputs = linear->n_outputs };
}
