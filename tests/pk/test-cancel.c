/* What is still computed after somebody has cancelled: counted, not timed. */
#include "pk/plan.h"

#include <math.h>

/* Counts evaluations of the right-hand side, and cancels. */
typedef struct
{
  GCancellable *cancellable;
  guint calls, before, after;
} Counter;

/* Parameters VMAX, KM, V, of which the first two are variables. */
#define N_PARAMETERS 3

static void
saturable_rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
               const double *p, const double *y, double *dy, double *scratch)
{
  Counter *counter = (Counter *)data;
  if (counter->calls++ == counter->before)
    g_cancellable_cancel (counter->cancellable);
  counter->after += counter->calls > counter->before;
  tdm_jet_div (s, scratch, y, p + 2 * s->size);
  tdm_jet_mul (s, dy, p, scratch);
  tdm_jet_add (s, scratch, scratch, p + s->size);
  tdm_jet_div (s, dy, dy, scratch);
  tdm_jet_scale (s, dy, dy, -1.0);
}

static void
saturable_output (gconstpointer data, const TdmJetSpace *s, guint output,
                  const double *time, const double *p, const double *y, double *value,
                  double *scratch)
{
  tdm_jet_div (s, value, y, p + 2 * s->size);
}

/* In the search of a steady state and in the history that follows it alike, the step
 * under way is the last one. */
static void
check (TdmOdeMethod method, guint before)
{
  static const double always[] = { -INFINITY }, times[] = { 95.5, 167.5, 242.0 };
  static const TdmPkRoute route = { 0, G_MAXUINT, G_MAXUINT, G_MAXUINT, FALSE };
  const TdmPkDose doses[] = {
    { 0.0, 300.0, 0.0, 24.0, 1, TRUE, route },
    { 24.0, 311.0, 2.3, 24.0, 10, FALSE, route },
  };
  const TdmJetSpace s = tdm_jet_space (2, 2);
  double p[N_PARAMETERS * 6], values[3 * 6];
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Counter counter = { cancellable, 0, before, 0 };
  const TdmPkStructure structure = { .kind = TDM_PK_ODE,
                                     .n_parameters = N_PARAMETERS,
                                     .n_states = 1,
                                     .scratch_jets = 1,
                                     .rhs = saturable_rhs,
                                     .output = saturable_output,
                                     .data = &counter,
                                     .n_outputs = 1 };
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (&structure, doses, 2, always, 1, times, NULL, 3, &error);
  g_assert_no_error (error);
  tdm_jet_variable (&s, p, 21.0, 0);
  tdm_jet_variable (&s, p + 6, 4.8, 1);
  tdm_jet_set (&s, p + 12, 52.0);
  tdm_pk_work_set_cancellable (work, cancellable);
  tdm_pk_work_set_method (work, method);
  g_assert_false (tdm_pk_plan_predict (plan, work, &s, p, values, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (counter.after, <=, 60);
}

static void
test_cancel (void)
{
  for (TdmOdeMethod method = TDM_ODE_EXPLICIT; method <= TDM_ODE_STIFF; method++)
    for (guint before = 3; before < 600; before += 97)
      check (method, before);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/cancel/step", test_cancel);
  return g_test_run ();
}
