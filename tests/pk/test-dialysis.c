/* Dialysis: parameter sets that follow one another, those of a session with a clearance
 * of its own. What must hold of every course, by closed form and by equations. */
#include "fixture.h"

#define MAX_SETS 12
#define N_TIMES 60

/* Two compartments, one more elimination by half of CL that saturates at 11 mg/L. */
static void
saturable_rhs (gconstpointer data, const TdmJetSpace *s, const double *time,
               const double *p, const double *x, double *dx, double *scratch)
{
  const double c = x[0] / p[TDM_PK_V1],
               across = p[TDM_PK_Q2] * (c - x[1] / p[TDM_PK_V2]);
  g_assert_cmpuint (s->size, ==, 1);
  dx[0] = -p[TDM_PK_CL] * c * (1.0 + 0.5 * 11.0 / (11.0 + c)) - across;
  dx[1] = across;
}

static void
saturable_output (gconstpointer data, const TdmJetSpace *s, guint output,
                  const double *time, const double *p, const double *x, double *value,
                  double *scratch)
{
  value[0] = x[0] / p[TDM_PK_V1];
}

static TdmPkStructure
saturable (void)
{
  return (TdmPkStructure){ .kind = TDM_PK_ODE,
                           .n_parameters = N_PARAMETERS,
                           .n_states = 2,
                           .rhs = saturable_rhs,
                           .output = saturable_output,
                           .n_outputs = 1 };
}

/* A course: from when on which clearance is in force, and what is given and asked. */
typedef struct
{
  double change[MAX_SETS], cl[MAX_SETS];
  guint n_sets;
  TdmPkDose doses[3];
  double times[N_TIMES];
} Course;

static void
predict_course (const TdmPkStructure *structure, const Course *c, double *values,
                double *areas)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  double p[MAX_SETS * N_PARAMETERS];
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPkWork) work = tdm_pk_work_new ();
  g_autoptr (TdmPkPlan) plan =
      tdm_pk_plan_new (structure, c->doses, G_N_ELEMENTS (c->doses), c->change,
                       c->n_sets, c->times, NULL, N_TIMES, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < c->n_sets; i++)
    {
      parameters_of (&base, p + i * N_PARAMETERS);
      p[i * N_PARAMETERS + TDM_PK_CL] = c->cl[i];
    }
  g_assert_true (tdm_pk_plan_predict (plan, work, &plain, p, values, areas, &error));
  g_assert_no_error (error);
}

static void
add_set (Course *c, double from_h, double cl)
{
  g_assert_cmpuint (c->n_sets, <, MAX_SETS);
  c->change[c->n_sets] = from_h;
  c->cl[c->n_sets++] = cl;
}

/* An infusion repeated, a bolus, and an infusion that sessions fall into. */
static Course
course_of (GRand *rand)
{
  Course c = { .doses = { dose_of (0.3, 517.0, 1.5, 0), dose_of (9.1, 211.0, 0.0, 0),
                          dose_of (13.7, 93.0, 31.0, 0) } };
  c.doses[0].count = 4;
  c.doses[0].interval_h = 12.0;
  add_set (&c, -INFINITY, (double)base.cl);
  for (guint i = 0; i < N_TIMES; i++)
    c.times[i] = g_rand_double_range (rand, 0.0, 71.0);
  return c;
}

static void
add_session (Course *c, double from_h, double to_h, double clearance)
{
  add_set (c, from_h, (double)base.cl + clearance);
  add_set (c, to_h, (double)base.cl);
}

/* What two ways to one level may differ by: rounding, or what the steps of a solution
 * of bent equations at the default tolerance add up to: four times what they do, and a
 * hundredth of what they did while levels were interpolated within steps. */
static double
tolerance_of (const TdmPkStructure *structure)
{
  return structure->kind == TDM_PK_LINEAR ? 1e-11 : 4e-9;
}

typedef void (*Check) (const TdmPkStructure *structure, GRand *rand);

static void
for_all_kinds (Check check)
{
  const TdmPkStructure structures[] = { structure_of (1, 0), structure_of (2, 0),
                                        structure_of (3, 0), saturable () };
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261121);
  for (guint i = 0; i < G_N_ELEMENTS (structures); i++)
    for (guint trial = 0; trial < 20; trial++)
      check (&structures[i], rand);
}

/* A session lowers every level after its start and none before. */
static void
check_lowers (const TdmPkStructure *structure, GRand *rand)
{
  const double from = g_rand_double_range (rand, 2.0, 40.0);
  double without[N_TIMES], with[N_TIMES], areas[2][N_TIMES];
  Course c = course_of (rand);
  predict_course (structure, &c, without, areas[0]);
  add_session (&c, from, from + 4.3, 7.9);
  predict_course (structure, &c, with, areas[1]);
  for (guint i = 0; i < N_TIMES; i++)
    if (c.times[i] <= from)
      g_assert_cmpfloat (fabs (with[i] - without[i]), <=,
                         tolerance_of (structure) * without[i]);
    else
      {
        g_assert_cmpfloat (with[i], >, 0.0);
        g_assert_cmpfloat (with[i], <, without[i] * (1.0 - 1e-6 * (c.times[i] - from)));
        g_assert_cmpfloat (areas[1][i], <, areas[0][i]);
      }
}

static void
test_lowers (void)
{
  for_all_kinds (check_lowers);
}

/* Two sessions that abut are one; a session without clearance is none. */
static void
check_cut (const TdmPkStructure *structure, GRand *rand)
{
  const double from = g_rand_double_range (rand, 2.0, 40.0);
  const double middle = from + g_rand_double_range (rand, 0.2, 4.0);
  double whole[N_TIMES], cut[N_TIMES], areas[2][N_TIMES];
  Course one = course_of (rand), two = one;
  add_session (&one, from, from + 4.3, 7.9);
  predict_course (structure, &one, whole, areas[0]);
  add_set (&two, from, (double)base.cl + 7.9);
  add_session (&two, middle, from + 4.3, 7.9);
  add_session (&two, from + 11.0, from + 15.0, 0.0);
  predict_course (structure, &two, cut, areas[1]);
  for (guint i = 0; i < N_TIMES; i++)
    {
      assert_close (cut[i], whole[i], tolerance_of (structure));
      assert_close (areas[1][i], areas[0][i], tolerance_of (structure));
    }
}

static void
test_cut (void)
{
  for_all_kinds (check_cut);
}

/* All that happens moved by the same time: the same levels, moved. */
static void
check_shifted (const TdmPkStructure *structure, GRand *rand)
{
  const double shift = g_rand_double_range (rand, -3000.0, 3000.0);
  double here[N_TIMES], there[N_TIMES], areas[2][N_TIMES];
  Course c = course_of (rand);
  add_session (&c, 5.2, 9.4, 7.9);
  add_session (&c, 29.3, 33.1, 4.1);
  predict_course (structure, &c, here, areas[0]);
  for (guint i = 1; i < c.n_sets; i++)
    c.change[i] += shift;
  for (guint i = 0; i < G_N_ELEMENTS (c.doses); i++)
    c.doses[i].time_h += shift;
  for (guint i = 0; i < N_TIMES; i++)
    c.times[i] += shift;
  predict_course (structure, &c, there, areas[1]);
  for (guint i = 0; i < N_TIMES; i++)
    {
      const double tolerance = tolerance_of (structure);
      g_assert_cmpfloat (fabs (there[i] - here[i]), <=, tolerance * here[i] + 1e-11);
      g_assert_cmpfloat (fabs (areas[1][i] - areas[0][i]), <=,
                         tolerance * areas[0][i] + 1e-11);
    }
}

static void
test_shifted (void)
{
  for_all_kinds (check_shifted);
}

/* In a linear structure sessions and doses commute: the sum of the doses' levels. */
static void
test_sum (void)
{
  const TdmPkStructure structure = structure_of (2, 0);
  g_autoptr (GRand) rand = g_rand_new_with_seed (77);
  double all[N_TIMES], each[N_TIMES], sum[N_TIMES] = { 0 }, areas[N_TIMES];
  Course c = course_of (rand);
  add_session (&c, 5.2, 9.4, 7.9);
  predict_course (&structure, &c, all, areas);
  for (guint k = 0; k < G_N_ELEMENTS (c.doses); k++)
    {
      Course single = c;
      for (guint i = 0; i < G_N_ELEMENTS (c.doses); i++)
        if (i != k)
          single.doses[i].amount_mg = 0.0;
      predict_course (&structure, &single, each, areas);
      for (guint i = 0; i < N_TIMES; i++)
        sum[i] += each[i];
    }
  for (guint i = 0; i < N_TIMES; i++)
    assert_close (sum[i], all[i], 1e-12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pk/dialysis/lowers", test_lowers);
  g_test_add_func ("/pk/dialysis/cut", test_cut);
  g_test_add_func ("/pk/dialysis/shifted", test_shifted);
  g_test_add_func ("/pk/dialysis/sum", test_sum);
  return g_test_run ();
}
