/* Virtual patients of the bundled models, measured and estimated again. Their true
 * effects are drawn from the prior, so for whatever model and however crooked its
 * posterior (Cook, Gelman and Rubin, J Comput Graph Stat 2006;15:675-692):
 *
 * - the posterior mean misses the truth by nothing on average;
 * - the truth lies within the central 90 % of the posterior in 90 % of patients.
 *
 * The most likely effects with Laplace's standard errors do so only where the posterior
 * is close to normal, which it says itself: of each patient it is known how much of the
 * posterior Laplace's interval holds. On average this is how often it has the truth,
 * everywhere; and between 85 and 95 % where the posterior is close to normal.
 *
 * Usage: test-reestimate [PATIENTS [MODEL…]]: 1000 patients of each model, hours, is
 * the slow suite's; a few dozen of a handful of models without. */
#include "engine/parallel.h"
#include "engine/posterior.h"
#include "num/quantile.h"
#include "virtual-patient.h"

#include <stdlib.h>

#define SEED 40417
#define QUICK_PATIENTS 32
#define DRAWS 400
#define DRAWS_ODE 100
#define MOST_EFFECTS 40
/* Bounds in standard errors of so many comparisons. */
#define BIAS_Z 4.5
#define CHANCE_Z 4.5
/* What counts as close to normal, on average over the patients. */
#define NORMAL_SHIFT 0.22
#define NORMAL_WIDTH 0.1
#define NORMAL_90 1.6448536269514722

static guint n_patients = QUICK_PATIENTS;
static char **chosen;

/* What one patient gave. */
typedef struct
{
  gboolean done;
  guint n;
  double miss[MOST_EFFECTS];     /* posterior mean less truth, in prior SDs */
  double estimate[MOST_EFFECTS]; /* MAP less truth, in prior SDs */
  gboolean sampled[MOST_EFFECTS], laplace[MOST_EFFECTS]; /* the truth is inside */
  double mass[MOST_EFFECTS];  /* of the posterior inside Laplace's interval */
  double shift[MOST_EFFECTS]; /* estimate less mean, in posterior SDs */
  double width[MOST_EFFECTS]; /* |ln| of Laplace's standard error over the SD */
} Outcome;

typedef struct
{
  const Ward *ward;
  Outcome *outcomes;
} Study;

/* The share of the draws of effect i within `half` of `centre`. */
static double
mass_about (const TdmPosterior *posterior, guint i, double centre, double half)
{
  guint inside = 0;
  for (guint d = 0; d < posterior->draws; d++)
    inside += fabs (tdm_posterior_get_row (posterior, d)[i] - centre) <= half;
  return (double)inside / posterior->draws;
}

static gboolean
is_inside (const TdmPosterior *posterior, guint i, double truth)
{
  static const double ends[] = { 0.05, 0.95 };
  g_autofree double *column = g_new (double, posterior->draws);
  double limits[2];
  for (guint d = 0; d < posterior->draws; d++)
    column[d] = tdm_posterior_get_row (posterior, d)[i];
  tdm_quantiles (column, posterior->draws, ends, 2, limits);
  return truth >= limits[0] && truth <= limits[1];
}

static void
compare (const TdmFit *fit, const TdmPosterior *posterior, const double *truth,
         Outcome *out)
{
  const double *omega = tdm_problem_get_omega (fit->problem);
  out->n = MIN (tdm_model_get_n_effects (tdm_problem_get_model (fit->problem)),
                MOST_EFFECTS);
  for (guint i = 0; i < out->n; i++)
    {
      const double sd = sqrt (omega[i * fit->n + i]);
      const double se = sqrt (fit->covariance[i * fit->n + i]);
      out->miss[i] = (posterior->mean[i] - truth[i]) / sd;
      out->estimate[i] = (fit->eta[i] - truth[i]) / sd;
      out->sampled[i] = is_inside (posterior, i, truth[i]);
      out->laplace[i] = fabs (fit->eta[i] - truth[i]) <= NORMAL_90 * se;
      const double spread = sqrt (posterior->covariance[i * fit->n + i]);
      out->mass[i] = mass_about (posterior, i, fit->eta[i], NORMAL_90 * se);
      out->shift[i] = fabs (fit->eta[i] - posterior->mean[i]) / spread;
      out->width[i] = fabs (log (se / spread));
    }
  out->done = TRUE;
}

static gboolean
try_patient (const Ward *ward, guint number, Outcome *out, GError **error)
{
  double times[WARD_LEVELS];
  const TdmLook look = ward_look (ward, times);
  const guint64 seed = ward->people.seed;
  const gboolean ode = tdm_model_get_structure (ward->model)->kind == TDM_PK_ODE;
  const TdmPosteriorOptions options = { .draws = ode ? DRAWS_ODE : DRAWS,
                                        .seed = number };
  g_autoptr (TdmCase) admitted = ward_admit (ward, number, 5, error);
  g_autoptr (TdmCase) record =
      admitted
          ? tdm_simulate_measure (admitted, ward->model, &look, seed, number, error)
          : NULL;
  g_autoptr (TdmProblem) problem =
      record ? tdm_problem_new (record, ward->model, error) : NULL;
  g_autoptr (TdmFit) fit = problem ? tdm_map_fit (problem, NULL, NULL, error) : NULL;
  g_autoptr (TdmPosterior) posterior =
      fit ? tdm_posterior_new (fit, &options, NULL, error) : NULL;
  if (!posterior)
    return FALSE;
  g_autofree double *truth = tdm_simulate_effects (problem, seed, number);
  compare (fit, posterior, truth, out);
  return TRUE;
}

static void
patient_task (gpointer data, gpointer workspace, guint task)
{
  const Study *study = data;
  g_autoptr (GError) error = NULL;
  (void)workspace;
  if (!try_patient (study->ward, task, &study->outcomes[task], &error))
    g_test_message ("%s, patient %u: %s", tdm_model_get_id (study->ward->model), task,
                    error->message);
}

/* Of one effect over all patients. */
typedef struct
{
  guint n;
  double bias, bias_z, estimate, sampled, laplace, mass, shift, width;
} Summary;

static Summary
summarise (const Outcome *outcomes, guint effect)
{
  Summary out = { 0 };
  double squares = 0;
  for (guint k = 0; k < n_patients; k++)
    {
      const Outcome *o = &outcomes[k];
      if (!o->done)
        continue;
      out.n++;
      out.bias += o->miss[effect];
      squares += o->miss[effect] * o->miss[effect];
      out.estimate += o->estimate[effect];
      out.sampled += o->sampled[effect];
      out.laplace += o->laplace[effect];
      out.mass += o->mass[effect];
      out.shift += o->shift[effect];
      out.width += o->width[effect];
    }
  out.bias /= out.n;
  out.bias_z = out.bias / sqrt ((squares / out.n - out.bias * out.bias) / out.n);
  out.estimate /= out.n;
  out.sampled /= out.n;
  out.laplace /= out.n;
  out.mass /= out.n;
  out.shift /= out.n;
  out.width /= out.n;
  return out;
}

/* Whether the posterior is close to normal: the estimate is its middle, and Laplace's
 * standard error its width. It is not where the prior is wide and the levels say little
 * (a deep compartment, absorption with no level in it): then the posterior is skewed,
 * and its most likely point is not its middle. */
static gboolean
is_normal (const Summary *s)
{
  return s->shift < NORMAL_SHIFT && s->width < NORMAL_WIDTH;
}

/* 90 ± 5 %, and as much more as so few patients scatter. */
static double
slack (guint n)
{
  return MAX (0.05, 4.0 * sqrt (0.09 / n));
}

/* Between the 5th and the 95th of so few draws lies a little less of the posterior than
 * 90 %: (draws - 1) / (draws + 1) of that. */
static double
share_of_draws (const Ward *ward)
{
  const gboolean ode = tdm_model_get_structure (ward->model)->kind == TDM_PK_ODE;
  const double n = ode ? DRAWS_ODE : DRAWS;
  return (n - 1) / (n + 1);
}

static void
check_effect (const Ward *ward, guint i, const Summary *s)
{
  const char *id = tdm_model_get_id (ward->model);
  const char *name = tdm_model_get_effect_name (ward->model, i);
  g_test_message ("%s %s: mean misses by %+.3f SD (z %+.1f), estimate by %+.3f SD; "
                  "posterior covers %.1f %%, Laplace %.1f %% where it holds %.1f %%; "
                  "%s: apart %.3f SD, width off by %.3f",
                  id, name, s->bias, s->bias_z, s->estimate, 100 * s->sampled,
                  100 * s->laplace, 100 * s->mass,
                  is_normal (s) ? "close to normal" : "not normal", s->shift, s->width);
  if (fabs (s->sampled - 0.9 * share_of_draws (ward)) > slack (s->n))
    g_test_fail_printf ("%s: 90 %% intervals of %s cover %.1f %%", id, name,
                        100 * s->sampled);
  if (!(fabs (s->bias_z) < BIAS_Z))
    g_test_fail_printf ("%s: %s is biased by %g SD, %g standard errors", id, name,
                        s->bias, s->bias_z);
  if (fabs (s->laplace - s->mass) > CHANCE_Z * sqrt (s->mass * (1 - s->mass) / s->n))
    g_test_fail_printf ("%s: Laplace's intervals of %s cover %.1f %%, but hold %.1f %% "
                        "of the posterior",
                        id, name, 100 * s->laplace, 100 * s->mass);
  if (is_normal (s) && fabs (s->mass - 0.9) > 0.05)
    g_test_fail_printf ("%s: Laplace's intervals of %s hold %.1f %%", id, name,
                        100 * s->mass);
}

static void
test_model (gconstpointer data)
{
  static const TdmParallel parallel = { NULL, patient_task, NULL };
  Ward ward;
  guint done = 0;
  const gint64 start = g_get_monotonic_time ();
  g_autofree Outcome *outcomes = g_new0 (Outcome, n_patients);
  ward_open (&ward, data, SEED);
  Study study = { &ward, outcomes };
  tdm_parallel_run (&parallel, n_patients, &study);
  for (guint k = 0; k < n_patients; k++)
    done += outcomes[k].done;
  g_test_message ("%s: %g mg every %g h, %u of %u patients, %.0f s", (const char *)data,
                  ward.amount_mg, ward.interval_h, done, n_patients,
                  (g_get_monotonic_time () - start) * 1e-6);
  g_assert_cmpuint (done, >=, n_patients * 97 / 100);
  for (guint i = 0; i < tdm_model_get_n_effects (ward.model); i++)
    {
      const Summary s = summarise (outcomes, i);
      check_effect (&ward, i, &s);
    }
  ward_close (&ward);
}

static const char *const quick[] = { "vancomycin-goti-2018", "tacrolimus-woillard-2011",
                                     "gentamicin-xuan-2003", "busulfan-shukla-2020",
                                     NULL };

static gint
compare_names_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* All bundled models, by name. */
static char **
list_models (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (g_getenv ("TITRATE_MODELS_DIR"), 0, &error);
  g_assert_no_error (error);
  GPtrArray *names = g_ptr_array_new ();
  for (const char *name; (name = g_dir_read_name (folder));)
    if (g_str_has_suffix (name, ".model"))
      g_ptr_array_add (names, g_strndup (name, strlen (name) - strlen (".model")));
  g_ptr_array_sort (names, compare_names_cb);
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (names, FALSE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_set_nonfatal_assertions ();
  tdm_num_init ();
  if (argc > 1)
    n_patients = (guint)strtoul (argv[1], NULL, 10);
  chosen = argc > 2   ? g_strdupv (argv + 2)
           : argc > 1 ? list_models ()
                      : g_strdupv ((char **)(gpointer)quick);
  for (guint i = 0; chosen[i]; i++)
    {
      g_autofree char *path = g_strconcat ("/engine/reestimate/", chosen[i], NULL);
      g_test_add_data_func (path, chosen[i], test_model);
    }
  const int status = g_test_run ();
  g_strfreev (chosen);
  return status;
}
