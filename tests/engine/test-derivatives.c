/* The derivatives of every bundled model's predictions with respect to its effects, of
 * first and second order, against extrapolated differences: of each structure, route,
 * covariate and occasion that a random patient of the model happens to have. */
#include "random-patient.h"

#include "num/linalg.h"

#define SEED 20260401
#define TRIES 400
#define MOST_EFFECTS 12
#define N_TIMES 6
#define TOLERANCE 1e-7
/* Of differential equations, so that differences can tell. */
#define RELATIVE 1e-11
#define ABSOLUTE 1e-12

typedef struct
{
  TdmProblem *problem;
  TdmPkPlan *plan;
  TdmPkWork *work;
  guint n; /* effects */
  double *eta;
  double *parameters;
} Subject;

static void
subject_clear (Subject *self)
{
  g_clear_pointer (&self->problem, tdm_problem_unref);
  g_clear_pointer (&self->plan, tdm_pk_plan_unref);
  g_clear_pointer (&self->work, tdm_pk_work_free);
  g_clear_pointer (&self->eta, g_free);
  g_clear_pointer (&self->parameters, g_free);
}

/* Jets of all predictions at the subject's effects. */
static gboolean
predict (Subject *self, const TdmJetSpace *s, TdmOdeMethod method, double *values)
{
  tdm_pk_work_set_method (self->work, method);
  return tdm_problem_parameters (self->problem, s, self->eta, TDM_SETS_HISTORY,
                                 self->parameters)
         && tdm_pk_plan_predict (self->plan, self->work, s, self->parameters, values,
                                 NULL, NULL);
}

static TdmProblem *
problem_of (TdmModel *model, guint number)
{
  g_autofree char *json = random_patient (SEED, number, model);
  g_autoptr (TdmCase) record = given_case (json);
  return tdm_problem_new (record, model, NULL);
}

/* Effects that are small, but not nothing; times between doses. */
static gboolean
prepare (Subject *self, TdmModel *model, guint number)
{
  g_autoptr (TdmRandom) r = tdm_random_new (SEED + number);
  double times[N_TIMES], values[N_TIMES];
  guint outputs[N_TIMES];
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  *self = (Subject){ .problem = problem_of (model, number) };
  if (!self->problem || tdm_problem_get_n_doses (self->problem) == 0)
    return FALSE;
  self->n = tdm_problem_get_n_effects (self->problem);
  const guint all = self->n + tdm_problem_get_n_future (self->problem) + 1;
  const double first_h = tdm_problem_get_dose (self->problem, 0)->time_h;
  const TdmJetSpace space = tdm_jet_space (self->n, 2);
  if (self->n == 0 || self->n > MOST_EFFECTS)
    return FALSE;
  self->eta = g_new0 (double, all);
  for (guint i = 0; i < self->n; i++)
    self->eta[i] = between (r, -0.15, 0.15);
  for (guint i = 0; i < N_TIMES; i++)
    {
      times[i] = first_h + 0.43 + between (r, 0.0, 60.0);
      outputs[i] = i % tdm_model_get_n_outputs (model);
    }
  const TdmPlanSpec spec = {
    .until_h = INFINITY, .times_h = times, .outputs = outputs, .n_times = N_TIMES
  };
  self->plan = tdm_problem_plan (self->problem, &spec, NULL);
  self->work = tdm_pk_work_new ();
  tdm_pk_work_set_tolerance (self->work, RELATIVE, ABSOLUTE);
  self->parameters =
      g_new (double, (gsize)tdm_problem_get_n_sets (self->problem)
                         * tdm_model_get_n_parameters (model) * space.size);
  if (!self->plan || !predict (self, &plain, TDM_ODE_AUTO, values))
    return FALSE;
  for (guint i = 0; i < N_TIMES; i++)
    if (!(values[i] > 1e-6))
      return FALSE;
  return TRUE;
}

/* d = derivatives by effect k of all coefficients of first-order jets: Romberg's table
 * of central differences; `error` what its last two columns differ by. */
static gboolean
differentiate (Subject *self, guint k, double *d, double *error)
{
  enum
  {
    ROWS = 5
  };
  const TdmJetSpace first = tdm_jet_space (self->n, 1);
  const guint m = N_TIMES * first.size;
  g_autofree double *table = g_new (double, ROWS *m), *up = g_new (double, m),
                    *down = g_new (double, m);
  const double at = self->eta[k];
  for (guint row = 0; row < ROWS; row++)
    {
      const double h = 0.08 / (1 << row);
      self->eta[k] = at + h;
      gboolean done = predict (self, &first, TDM_ODE_AUTO, up);
      self->eta[k] = at - h;
      done = done && predict (self, &first, TDM_ODE_AUTO, down);
      self->eta[k] = at;
      if (!done)
        return FALSE;
      for (guint i = 0; i < m; i++)
        table[row * m + i] = (up[i] - down[i]) / (2.0 * h);
    }
  for (guint i = 0; i < m; i++)
    {
      double before = 0.0;
      for (guint column = 1; column < ROWS; column++)
        {
          before = table[(ROWS - 1) * m + i];
          for (guint row = ROWS - 1; row >= column; row--)
            table[row * m + i] += (table[row * m + i] - table[(row - 1) * m + i])
                                  / (pow (4.0, column) - 1.0);
        }
      d[i] = table[(ROWS - 1) * m + i];
      error[i] = fabs (d[i] - before);
    }
  return TRUE;
}

static void
compare (const Subject *self, const double *jets, const double *d, const double *error,
         guint k, guint *compared)
{
  const TdmJetSpace s = tdm_jet_space (self->n, 2), first = tdm_jet_space (self->n, 1);
  for (guint i = 0; i < N_TIMES; i++)
    for (guint c = 0; c < first.size; c++)
      {
        const double *jet = jets + i * s.size;
        const double got = jet[c == 0 ? 1 + k : tdm_jet_index2 (&s, k, c - 1)];
        const double want = d[i * first.size + c];
        const double size = fabs (jet[0]) + fabs (want);
        /* A kink (an input that ends at that time) within reach of the differences. */
        if (error[i * first.size + c] > 0.1 * TOLERANCE * size)
          continue;
        (*compared)++;
        if (!(fabs (got - want) <= TOLERANCE * size))
          g_error ("%s, value %u, coefficient %u by %s: %.12g, difference %.12g",
                   tdm_model_get_id (tdm_problem_get_model (self->problem)), i, c,
                   tdm_problem_get_effect_name (self->problem, k), got, want);
      }
}

/* All derivatives of one subject, those of differential equations by every method. */
static guint
check_subject (Subject *self, gboolean ode)
{
  const TdmJetSpace s = tdm_jet_space (self->n, 2), first = tdm_jet_space (self->n, 1);
  const guint m = N_TIMES * first.size;
  const TdmOdeMethod last = ode ? TDM_ODE_STIFF : TDM_ODE_AUTO;
  double *jets[4] = { NULL };
  g_autofree double *d = g_new (double, m), *error = g_new (double, m);
  guint compared = 0;
  for (TdmOdeMethod method = TDM_ODE_AUTO; method <= last; method++)
    {
      jets[method] = g_new (double, N_TIMES *s.size);
      /* The explicit method may refuse what is stiff. */
      if (!predict (self, &s, method, jets[method]))
        g_clear_pointer (&jets[method], g_free);
    }
  g_assert_nonnull (jets[TDM_ODE_AUTO]);
  g_assert_true (!ode || (jets[TDM_ODE_IMPLICIT] && jets[TDM_ODE_STIFF]));
  for (guint k = 0; k < self->n; k++)
    {
      if (!differentiate (self, k, d, error))
        continue;
      for (TdmOdeMethod method = TDM_ODE_AUTO; method <= last; method++)
        if (jets[method] != NULL)
          compare (self, jets[method], d, error, k, &compared);
    }
  for (TdmOdeMethod method = TDM_ODE_AUTO; method <= last; method++)
    g_free (jets[method]);
  return compared;
}

static void
test_model (gconstpointer data)
{
  g_autoptr (TdmModel) model = bundled_model (data);
  const gboolean ode = tdm_model_get_structure (model)->kind == TDM_PK_ODE;
  guint subjects = 0, compared = 0;
  for (guint number = 0; number < TRIES && subjects < (ode ? 1u : 3u); number++)
    {
      Subject subject;
      if (prepare (&subject, model, number))
        {
          compared += check_subject (&subject, ode);
          subjects++;
        }
      subject_clear (&subject);
    }
  g_assert_cmpuint (subjects, >, 0);
  g_assert_cmpuint (compared, >, 30);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_autoptr (GDir) folder = g_dir_open (g_getenv ("TITRATE_MODELS_DIR"), 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (folder));)
    if (g_str_has_suffix (name, ".model"))
      {
        char *id = g_strndup (name, strlen (name) - strlen (".model"));
        g_autofree char *path = g_strconcat ("/engine/derivatives/", id, NULL);
        g_ptr_array_add (names, id);
        g_test_add_data_func (path, id, test_model);
      }
  return g_test_run ();
}
