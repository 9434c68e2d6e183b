/* A patient, structures and doses that the tests of plans share. */
#pragma once

#include <math.h>

#include "oracle.h"
#include "pk/plan.h"

#define NONE G_MAXUINT

static const OracleModel base = { .cl = 3.47L,
                                  .v1 = 21.3L,
                                  .q2 = 5.81L,
                                  .v2 = 38.9L,
                                  .q3 = 0.913L,
                                  .v3 = 77.7L,
                                  .ka = 0.637L,
                                  .f = 0.731L,
                                  .lag = 1.375L,
                                  .duration = 2.23L };

/* Parameters: CL V1 Q2 V2 Q3 V3 KA F LAG DURATION */
#define N_PARAMETERS 10

static inline TdmPkStructure
structure_of (guint compartments, guint chain)
{
  TdmPkStructure s = { .kind = TDM_PK_LINEAR,
                       .n_parameters = N_PARAMETERS,
                       .compartments = compartments,
                       .chain = chain,
                       .n_outputs = 1 };
  for (guint i = 0; i < TDM_PK_N_LINEAR; i++)
    s.linear[i] = i;
  return s;
}

static inline void
parameters_of (const OracleModel *o, double *p)
{
  const long double v[N_PARAMETERS] = { o->cl, o->v1, o->q2, o->v2,  o->q3,
                                        o->v3, o->ka, o->f,  o->lag, o->duration };
  for (guint i = 0; i < N_PARAMETERS; i++)
    p[i] = (double)v[i];
}

static inline TdmPkDose
dose_of (double time_h, double amount_mg, double duration_h, guint state)
{
  return (TdmPkDose){
    .time_h = time_h,
    .amount_mg = amount_mg,
    .duration_h = duration_h,
    .count = 1,
    .route = { .state = state, .bioavailability = NONE, .lag = NONE, .duration = NONE }
  };
}

typedef struct
{
  const TdmPkStructure *structure;
  const TdmPkDose *doses;
  guint n_doses;
  const double *times;
  guint n_times;
} Schedule;

static inline void
predict (const Schedule *s, guint order, guint n, const double *parameters,
         double *values, double *auc)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  const double change = -INFINITY;
  const TdmJetSpace space = tdm_jet_space (n, order);
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (s->structure, s->doses, s->n_doses, &change, 1, s->times, NULL,
                       s->n_times, &error);
  g_assert_no_error (error);
  g_assert_true (
      tdm_pk_plan_predict (plan, work, &space, parameters, values, auc, &error));
  g_assert_no_error (error);
}

static inline gboolean
is_close (double a, double b, double relative)
{
  return fabs (a - b) <= relative * fmax (fabs (a), fabs (b)) + 1e-290;
}

#define assert_close(a, b, relative)                                     \
  G_STMT_START                                                           \
  {                                                                      \
    const double a_ = (a), b_ = (b);                                     \
    if (!is_close (a_, b_, relative))                                    \
      {                                                                  \
        g_test_message ("%s = %.17g, expected %.17g (%.3g)", #a, a_, b_, \
                        a_ / b_ - 1.0);                                  \
        g_assert_not_reached ();                                         \
      }                                                                  \
  }                                                                      \
  G_STMT_END
