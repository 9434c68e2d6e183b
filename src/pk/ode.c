/* The stepper of ODE structures.
 *
 * A stretch starts at a jet of time and lasts for a jet of time where an event depends
 * on an effect. The solver runs on a plain clock s, counted from the stretch's start T0
 * (the model's time is the jet T0 + s); what is wanted at the jet of time T is the flow
 * at T - T0 = s + d, where the jet d has the value 0. Two evaluations give it exactly
 * to second order in d: y(s + d) = y + d F(s + d/2, y + d/2 F(s, y)), the midpoint
 * rule, whose error is of third order and so beyond the jets.
 *
 * The area under the main output is one more state. As long as a stretch begins where
 * the last one ended and nothing has changed, the solver goes on with its long steps
 * and the states are interpolated. */
#include "pk/ode.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "num/ode.h"
#include "pk/stepper.h"

/* Relative tolerance above which states are interpolated within a step. */
#define INTERPOLATED_FROM 1e-6
/* Of one step; what adds up over weeks stays below 3e-9 relative in smooth problems. */
#define RELATIVE_TOLERANCE 1e-8
#define ABSOLUTE_TOLERANCE 1e-9

/* What the right-hand side needs on the jets of one view of the solver. */
typedef struct
{
  TdmJetSpace space;
  double *parameters; /* n_parameters jets: those of now */
  double *nodes;      /* three times as many: what they go through */
  double *rates;      /* n_states jets */
  double *base;       /* model's time at s = 0 */
  double *time;       /* two jets: model's time now, time since the first dose */
  double *moment;     /* the same two, of an output */
  double *place;      /* one jet */
  double *scratch;
} Frame;

typedef struct
{
  const TdmPkStructure *structure;
  TdmJetSpace space;          /* of the prediction */
  TdmPkParameters parameters; /* start is NULL before there are any */
  TdmPkAccuracy accuracy;
  gpointer inner; /* another, for the search of steady states, or NULL */
  TdmOde *solver;
  double *memory;
  gsize capacity;
  Frame frame[3]; /* by TdmOdeView */
  guint n;        /* states of the solver: those of the structure, and the area */
  gboolean has_rates;
  double *states; /* n jets */
  double *shift;  /* 5 blocks of n jets, for the midpoint rule */

  /* The stretch under way, when the next one may continue it. */
  gboolean held;
  double now; /* solver's clock */
  double limit;
  double *last;      /* what the last step returned: n_states jets */
  double *last_area; /* the area then, a jet */
} Ode;

static gpointer
ode_new (void)
{
  Ode *self = g_new0 (Ode, 1);
  self->solver = tdm_ode_new ();
  return self;
}

static void
ode_free (gpointer instance)
{
  Ode *self = instance;
  if (self->inner != NULL)
    ode_free (self->inner);
  tdm_ode_free (self->solver);
  g_free (self->memory);
  g_free (self);
}

/* The second of two jets of time is that since the first dose; before it, 0. */
static void
set_since_first (const TdmPkStructure *structure, const TdmJetSpace *s, double *time)
{
  double *since = time + s->size;
  tdm_jet_copy (s, since, time);
  since[0] -= structure->origin_h;
  if (since[0] < 0.0)
    tdm_jet_set (s, since, 0.0);
}

/* The parameters of a frame become those at `time`. */
static void
place_parameters (const Ode *self, const Frame *frame, const double *time)
{
  const guint n = self->structure->n_parameters;
  const gsize block = (gsize)n * frame->space.size;
  if (self->parameters.middle == NULL)
    return;
  const TdmPkParameters course = { .start = frame->nodes,
                                   .middle = frame->nodes + block,
                                   .end = frame->nodes + 2 * block,
                                   .from_h = self->parameters.from_h,
                                   .to_h = self->parameters.to_h };
  tdm_pk_parameters_at (&course, &frame->space, n, time, frame->parameters,
                        frame->place);
}

static void
rhs_cb (gpointer data, TdmOdeView view, double t, const double *states,
        double *derivatives)
{
  Ode *self = data;
  const Frame *frame = &self->frame[view];
  const TdmPkStructure *structure = self->structure;
  const TdmJetSpace *s = &frame->space;
  const guint count = structure->n_states * s->size;
  frame->time[0] = frame->base[0] + t;
  set_since_first (structure, s, frame->time);
  place_parameters (self, frame, frame->time);
  structure->rhs (structure->data, s, frame->time, frame->parameters, states,
                  derivatives, frame->scratch);
  if (self->has_rates)
    for (guint i = 0; i < count; i++)
      derivatives[i] += frame->rates[i];
  if (self->n > structure->n_states)
    structure->output (structure->data, s, structure->main_output, frame->time,
                       frame->parameters, states, derivatives + count, frame->scratch);
}

static double *
take (double **memory, gsize count)
{
  double *block = *memory;
  *memory += count;
  return block;
}

static gsize
frame_need (const TdmPkStructure *structure, const TdmJetSpace *s)
{
  return (gsize)s->size
         * (4 * structure->n_parameters + structure->n_states + 6
            + structure->scratch_jets);
}

static void
lay_out_frame (Frame *frame, const TdmPkStructure *structure, const TdmJetSpace *s,
               double **memory)
{
  const gsize z = s->size;
  frame->space = *s;
  frame->parameters = take (memory, z * structure->n_parameters);
  frame->nodes = take (memory, 3 * z * structure->n_parameters);
  frame->rates = take (memory, z * structure->n_states);
  frame->base = take (memory, z);
  frame->time = take (memory, 2 * z);
  frame->moment = take (memory, 2 * z);
  frame->place = take (memory, z);
  frame->scratch = take (memory, z * structure->scratch_jets);
}

/* Copies jets of the prediction to those of a view, in which they are constants unless
 * it is the prediction's own. */
static void
embed (const Ode *self, TdmOdeView view, double *r, const double *a, guint count)
{
  const TdmJetSpace *s = &self->frame[view].space;
  for (guint i = 0; i < count; i++)
    if (view == TDM_ODE_JETS)
      tdm_jet_copy (s, r + i * s->size, a + i * s->size);
    else
      tdm_jet_set (s, r + i * s->size, a[i * self->space.size]);
}

static void
load_parameters (Ode *self)
{
  const guint n = self->structure->n_parameters;
  const TdmPkParameters *p = &self->parameters;
  const double *const nodes[] = { p->start, p->middle, p->end };
  if (p->start == NULL)
    return;
  for (TdmOdeView view = TDM_ODE_VALUES; view <= TDM_ODE_STATES; view++)
    {
      const Frame *frame = &self->frame[view];
      embed (self, view, frame->parameters, p->start, n);
      for (guint i = 0; p->middle != NULL && i < G_N_ELEMENTS (nodes); i++)
        embed (self, view, frame->nodes + (gsize)i * n * frame->space.size, nodes[i],
               n);
    }
}

/* Prepares all for the jets of the prediction and, with `area`, for one state more. */
static void
use (Ode *self, gboolean area, gboolean stiff)
{
  const TdmJetSpace *space = &self->space;
  const TdmPkStructure *structure = self->structure;
  const TdmJetSpace values = tdm_jet_space (0, 0);
  const guint n = structure->n_states + (area ? 1 : 0);
  const TdmJetSpace states = tdm_jet_space (n, 1);
  const gsize need = frame_need (structure, &values) + frame_need (structure, space)
                     + frame_need (structure, &states)
                     + (gsize)(8 * n + 1) * space->size;
  if (need > self->capacity)
    {
      g_free (self->memory);
      self->memory = g_new (double, need);
      self->capacity = need;
    }
  double *memory = self->memory;
  lay_out_frame (&self->frame[TDM_ODE_VALUES], structure, &values, &memory);
  lay_out_frame (&self->frame[TDM_ODE_JETS], structure, space, &memory);
  lay_out_frame (&self->frame[TDM_ODE_STATES], structure, &states, &memory);
  self->n = n;
  self->states = take (&memory, (gsize)n * space->size);
  self->shift = take (&memory, (gsize)5 * n * space->size);
  self->last = take (&memory, (gsize)n * space->size);
  self->last_area = take (&memory, space->size);
  self->held = FALSE;
  load_parameters (self);
  const TdmOdeSystem system = { .n_states = n,
                                .space = *space,
                                .rhs = rhs_cb,
                                .data = self,
                                .method = self->accuracy.method,
                                .stiff = stiff,
                                .relative = self->accuracy.relative,
                                .absolute = self->accuracy.absolute,
                                .cancellable = self->accuracy.cancellable,
                                .left = self->accuracy.left };
  tdm_ode_reset (self->solver, &system);
}

/* What was found stiff stays so. */
static void
take_up_area (Ode *self, gboolean area)
{
  const gboolean stiff = tdm_ode_get_method (self->solver) != TDM_ODE_EXPLICIT;
  use (self, area, stiff);
}

static double
choose (double first, double second, double otherwise)
{
  return first > 0.0 ? first : second > 0.0 ? second : otherwise;
}

TdmPkAccuracy
tdm_pk_structure_accuracy (const TdmPkStructure *self, const TdmPkAccuracy *wanted)
{
  return (TdmPkAccuracy){
    .relative = choose (wanted->relative, self->relative_tolerance, RELATIVE_TOLERANCE),
    .absolute = choose (wanted->absolute, self->absolute_tolerance, ABSOLUTE_TOLERANCE),
    .method = wanted->method,
    .cancellable = wanted->cancellable,
    .left = wanted->left
  };
}

static gboolean
ode_begin (gpointer instance, const TdmPkStructure *structure, const TdmJetSpace *space,
           const TdmPkAccuracy *wanted, GError **error)
{
  Ode *self = instance;
  self->structure = structure;
  self->space = *space;
  self->parameters = (TdmPkParameters){ 0 };
  self->accuracy = tdm_pk_structure_accuracy (structure, wanted);
  use (self, FALSE, FALSE);
  return TRUE;
}

static gboolean
ode_set_parameters (gpointer instance, const TdmPkParameters *parameters,
                    GError **error)
{
  Ode *self = instance;
  self->parameters = *parameters;
  self->held = FALSE;
  load_parameters (self);
  return TRUE;
}

/* Whether a stretch goes on where the last one ended. */
static gboolean
continues (const Ode *self, const TdmPkStretch *stretch, const double *states,
           gboolean area)
{
  const Frame *frame = &self->frame[TDM_ODE_JETS];
  const TdmJetSpace *s = &frame->space;
  const guint count = self->structure->n_states * s->size;
  if (!self->held || area != (self->n > self->structure->n_states)
      || self->has_rates != (stretch->rates != NULL))
    return FALSE;
  /* The clock itself carries rounding: what counts is that nothing was added since. */
  return memcmp (states, self->last, count * sizeof (double)) == 0
         && fabs (stretch->start[0] - frame->base[0] - self->now) < 1e-9
         && stretch->start[0] + stretch->dt[0] - frame->base[0] <= self->limit + 1e-9
         && (!self->has_rates
             || memcmp (stretch->rates, frame->rates, count * sizeof (double)) == 0);
}

static gboolean
start (Ode *self, const TdmPkStretch *stretch, const double *states, GError **error)
{
  const Frame *frame = &self->frame[TDM_ODE_JETS];
  const gsize z = frame->space.size;
  const guint n = self->structure->n_states;
  self->has_rates = stretch->rates != NULL;
  for (TdmOdeView view = TDM_ODE_VALUES; view <= TDM_ODE_STATES; view++)
    {
      const Frame *each = &self->frame[view];
      if (self->has_rates)
        embed (self, view, each->rates, stretch->rates, n);
      embed (self, view, each->base, stretch->start, 1);
      tdm_jet_copy (&each->space, each->time, each->base);
    }
  self->now = 0.0;
  /* Interpolation is of lower order than the steps, and its error is not controlled:
   * only where little is asked does a step pass over what lies within it. */
  self->limit = self->accuracy.relative > INTERPOLATED_FROM
                    ? MAX (stretch->dt[0], stretch->reach_h)
                    : stretch->dt[0];
  memcpy (self->states, states, n * z * sizeof (double));
  if (self->n > n)
    tdm_jet_set (&frame->space, self->states + n * z, 0.0);
  tdm_jet_set (&frame->space, self->last_area, 0.0);
  return tdm_ode_start (self->solver, 0.0, self->limit, self->states, error);
}

/* out = a + d b, for n jets. */
static void
add_product (const Ode *self, double *out, const double *a, const double *d,
             const double *b)
{
  const TdmJetSpace *s = &self->frame[TDM_ODE_JETS].space;
  for (guint i = 0; i < self->n * s->size; i += s->size)
    {
      tdm_jet_copy (s, out + i, a + i);
      tdm_jet_muladd (s, out + i, d, b + i);
    }
}

/* Moves the states by the jet d, whose value is 0, at the solver's clock `now`. */
static void
shift_states (Ode *self, const double *d)
{
  Frame *frame = &self->frame[TDM_ODE_JETS];
  const TdmJetSpace *s = &frame->space;
  const gsize block = (gsize)self->n * s->size;
  double *slope = self->shift, *middle = slope + block, *half = middle + block;
  rhs_cb (self, TDM_ODE_JETS, self->now, self->states, slope);
  tdm_jet_scale (s, half, d, 0.5);
  add_product (self, middle, self->states, half, slope);
  tdm_jet_add (s, frame->time, frame->base, half);
  rhs_cb (self, TDM_ODE_JETS, self->now, middle, slope);
  tdm_jet_copy (s, frame->time, frame->base);
  add_product (self, middle, self->states, d, slope);
  memcpy (self->states, middle, block * sizeof (double));
}

/* d = start + dt - base without its value; FALSE when nothing is left. */
static gboolean
offset_of (const Ode *self, const TdmPkStretch *stretch, double *d)
{
  const Frame *frame = &self->frame[TDM_ODE_JETS];
  gboolean any = FALSE;
  d[0] = 0.0;
  for (guint i = 1; i < frame->space.size; i++)
    {
      d[i] = stretch->start[i] + stretch->dt[i] - frame->base[i];
      any = any || d[i] != 0.0;
    }
  return any;
}

static gboolean
ode_step (gpointer instance, const TdmPkStretch *stretch, double *states, double *area,
          GError **error)
{
  Ode *self = instance;
  const TdmJetSpace *s = &self->frame[TDM_ODE_JETS].space;
  const guint count = self->structure->n_states * s->size;
  if ((area != NULL) != (self->n > self->structure->n_states))
    take_up_area (self, area != NULL);
  if (!continues (self, stretch, states, area != NULL)
      && !start (self, stretch, states, error))
    return FALSE;
  const double *base = self->frame[TDM_ODE_JETS].base;
  double t = stretch->start[0] + stretch->dt[0] - base[0];
  self->now = CLAMP (t, self->now, self->limit);
  self->held = tdm_ode_reach (self->solver, self->now, self->states, error);
  if (!self->held)
    return FALSE;
  double *d = self->shift + 4 * (gsize)self->n * s->size;
  if (s->order > 0 && offset_of (self, stretch, d))
    shift_states (self, d);
  memcpy (states, self->states, count * sizeof (double));
  memcpy (self->last, self->states, count * sizeof (double));
  if (area == NULL)
    return TRUE;
  tdm_jet_add (s, area, area, self->states + count);
  tdm_jet_sub (s, area, area, self->last_area);
  tdm_jet_copy (s, self->last_area, self->states + count);
  return TRUE;
}

static void
ode_rest (gpointer instance, const double *time, double *states)
{
  Ode *self = instance;
  const TdmPkStructure *structure = self->structure;
  const Frame *frame = &self->frame[TDM_ODE_JETS];
  place_parameters (self, frame, time);
  if (structure->initial == NULL)
    memset (states, 0, structure->n_states * frame->space.size * sizeof (double));
  else
    structure->initial (structure->data, &frame->space, frame->parameters, states,
                        frame->scratch);
}

static void
ode_output (gpointer instance, guint output, const double *time, const double *states,
            double *value)
{
  Ode *self = instance;
  const Frame *frame = &self->frame[TDM_ODE_JETS];
  tdm_jet_copy (&frame->space, frame->moment, time);
  set_since_first (self->structure, &frame->space, frame->moment);
  place_parameters (self, frame, frame->moment);
  self->structure->output (self->structure->data, &frame->space, output, frame->moment,
                           frame->parameters, states, value, frame->scratch);
}

static gboolean
ode_periodic (gpointer instance, const TdmPkCycle *cycle, double *states,
              GError **error)
{
  Ode *self = instance;
  const TdmPkParameters given = self->parameters;
  const guint n = self->structure->n_parameters;
  g_autofree double *constant = g_new (double, (gsize)(n + 1) * self->space.size);
  if (self->inner == NULL)
    self->inner = ode_new ();
  tdm_pk_parameters_at (&given, &self->space, n, cycle->stretch[0].start, constant,
                        constant + (gsize)n * self->space.size);
  const TdmPkParameters now = { .start = constant };
  const TdmPkOdeSearch search = { .outer = self,
                                  .inner = self->inner,
                                  .structure = self->structure,
                                  .space = self->space,
                                  .parameters = constant,
                                  .accuracy = &self->accuracy };
  return ode_set_parameters (self, &now, error)
         && tdm_pk_ode_periodic (&search, cycle, states, error)
         && ode_set_parameters (self, &given, error);
}

static TdmOdeMethod
ode_method (gpointer instance)
{
  const Ode *self = instance;
  return tdm_ode_get_method (self->solver);
}

const TdmPkStepper tdm_pk_ode = {
  .new = ode_new,
  .free = ode_free,
  .begin = ode_begin,
  .set_parameters = ode_set_parameters,
  .rest = ode_rest,
  .step = ode_step,
  .output = ode_output,
  .periodic = ode_periodic,
  .method = ode_method,
};
