/* Random patients of all bundled models: every one gets an answer that converged, or a
 * refusal that says why. Nothing is ever NaN, in numbers, in JSON or in words, and none
 * takes forever.
 *
 * Usage: test-random [PATIENTS [SEED [FIRST [MODEL]]]], or TITRATE_PATIENTS,
 * TITRATE_SEED. A thousand without. Patient number k of a seed and a model is the same
 * in any run: a failure is repeated by "test-random 1 SEED k MODEL", as it says itself.
 */
#include "engine/result-json.h"
#include "engine/words.h"
#include "random-patient.h"

#include "base/error.h"
#include "num/linalg.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define PATIENTS 1000
#define SEED 20261121
/* One patient in so many goes through curves, proposals and words as well; the rest is
 * estimated only. */
#define WHOLE_PATH 23
#define WHOLE_PATH_ODE 97
/* A differential equation takes a hundred times as long: so many of each closed form
 * for one of those, more where there are many. */
#define SHARE 6u
#define SHARE_OF_MANY 30u
#define MANY 20000
/* Not more than one in so many may fail to converge. */
#define MOST_NOT_CONVERGED 50000
/* Whoever takes more of the processor than this hangs: many times what the dearest
 * patient takes. */
#define MOST_SECONDS 120

static guint64 n_patients = PATIENTS, seed = SEED, first;
static const char *only;

/* Of one model, or of all. */
typedef struct
{
  guint64 patients, answered, refused, not_converged, withheld;
  double seconds, longest_s; /* of the processor */
  guint64 longest;
} Tally;

/* Who is being looked at, for the last words of a test that dies; and who was to hear
 * of it before. */
static char whom[200];
static const int deaths[] = { SIGPROF, SIGABRT, SIGSEGV, SIGFPE };
static struct sigaction before[G_N_ELEMENTS (deaths)];

static void
last_words_cb (int death)
{
  static const char words[] = "\nBail out! This patient crashes or takes forever: ";
  if (write (STDOUT_FILENO, words, sizeof words - 1) < 0
      || write (STDOUT_FILENO, whom, strlen (whom)) < 0)
    _exit (1);
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    if (deaths[i] == death)
      sigaction (death, &before[i], NULL);
  raise (death);
}

static void
listen_for_deaths (void)
{
  const struct sigaction action = { .sa_handler = last_words_cb };
  for (guint i = 0; i < G_N_ELEMENTS (deaths); i++)
    sigaction (deaths[i], &action, &before[i]);
}

static void
watch (guint64 number, const TdmModel *model)
{
  const struct itimerval limit = { .it_value = { .tv_sec = MOST_SECONDS } };
  g_snprintf (whom, sizeof whom,
              "test-random 1 %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %s\n", seed,
              number, tdm_model_get_id (model));
  setitimer (ITIMER_PROF, &limit, NULL);
}

/* What this process has used: other programs do not count. */
static double
processor_seconds (void)
{
  return (double)clock () / CLOCKS_PER_SEC;
}

/* Words of a number that is none, in whatever is shown or written. */
static void
assert_clean (const char *text, const char *json)
{
  static GRegex *bad;
  if (bad == NULL)
    bad = g_regex_new ("(?<![[:alpha:]])-?(nan|inf|infinity)(?![[:alpha:]])",
                       G_REGEX_CASELESS, 0, NULL);
  if (g_regex_match (bad, text, 0, NULL))
    g_error ("not a number in “%s” for %s", text, json);
}

static void
check_values (const double *values, guint n, const char *json)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (values[i]))
      g_error ("not a number for %s", json);
}

static void
check_json (json_t *answer, const char *json)
{
  g_assert_nonnull (answer);
  g_autofree char *text = tdm_json_text (answer);
  assert_clean (text, json);
  json_decref (answer);
}

static void
check_fit (const TdmFit *fit, const char *json)
{
  check_json (tdm_json_fit_values (fit, FALSE), json);
  check_values (fit->eta, fit->n, json);
  check_values (fit->covariance, fit->n * fit->n, json);
  check_values (&fit->objective, 1, json);
  for (guint i = 0; i < fit->n; i++)
    if (!(fit->covariance[i * fit->n + i] > 0))
      g_error ("no posterior for %s", json);
}

static void
check_result (const TdmResult *result, const char *json)
{
  check_json (tdm_json_fit (result, FALSE), json);
  check_json (tdm_json_proposals (result), json);
  check_json (tdm_json_prediction (result->model, result->current, result->posterior),
              json);
  check_values (result->current->individual, result->current->n, json);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  g_autofree char *plot = tdm_words_plot (result);
  assert_clean (conclusion, json);
  assert_clean (plot, json);
  if (*conclusion == '\0')
    g_error ("nothing is said for %s", json);
  if (!result->fit->converged && !result->proposals->withheld)
    g_error ("advice without convergence for %s", json);
}

static void
count_refusal (const GError *error, const char *json, Tally *tally)
{
  g_assert_nonnull (error);
  if (error->domain != TDM_ERROR || strlen (error->message) < 20)
    g_error ("%s for %s", error->message, json);
  assert_clean (error->message, json);
  tally->refused++;
}

static void
count_fit (const TdmFit *fit, guint64 number, const char *json, Tally *tally)
{
  check_fit (fit, json);
  tally->answered++;
  if (fit->converged)
    return;
  /* Which is a refusal that is named. */
  const TdmNote *note = fit->notes->len > 0 ? fit->notes->pdata[0] : NULL;
  if (!note || note->severity != TDM_NOTE_REFUSE)
    g_error ("not converged and not refused: %s", json);
  g_test_message ("patient %" G_GUINT64_FORMAT " not converged (%s): %s%s", number,
                  tdm_stop_name (fit->stop), whom, json);
  tally->not_converged++;
}

static gboolean
is_ode (const TdmModel *model)
{
  return tdm_model_get_structure (model)->kind == TDM_PK_ODE;
}

static void
run_whole_path (TdmModel *model, guint64 number, const char *json, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  const TdmResultOptions options = { .draws = is_ode (model) ? 3 : 12, .seed = 5 };
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, model, &options, NULL, &error);
  if (!result)
    {
      count_refusal (error, json, tally);
      return;
    }
  check_result (result, json);
  count_fit (result->fit, number, json, tally);
  tally->withheld += result->proposals->withheld != NULL;
}

static void
run_fit (TdmModel *model, guint64 number, const char *json, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  g_autoptr (TdmFit) fit = problem ? tdm_map_fit (problem, NULL, NULL, &error) : NULL;
  if (!fit)
    count_refusal (error, json, tally);
  else
    count_fit (fit, number, json, tally);
}

static void
run_patient (TdmModel *model, guint64 number, Tally *tally)
{
  g_autofree char *json = random_patient (seed, number, model);
  const double start = processor_seconds ();
  watch (number, model);
  if (g_getenv ("TITRATE_PRINT_CASES"))
    g_printerr ("%" G_GUINT64_FORMAT " %s\n", number, json);
  if (number % (is_ode (model) ? WHOLE_PATH_ODE : WHOLE_PATH) == 0)
    run_whole_path (model, number, json, tally);
  else
    run_fit (model, number, json, tally);
  const double seconds = processor_seconds () - start;
  tally->patients++;
  tally->seconds += seconds;
  if (seconds <= tally->longest_s)
    return;
  tally->longest_s = seconds;
  tally->longest = number;
}

static gint
compare_names_cb (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* All bundled models, by name. */
static GPtrArray *
load_models (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = g_dir_open (g_getenv ("TITRATE_MODELS_DIR"), 0, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  for (const char *name; (name = g_dir_read_name (folder));)
    if (g_str_has_suffix (name, ".model"))
      g_ptr_array_add (names, g_strndup (name, strlen (name) - strlen (".model")));
  g_ptr_array_sort (names, compare_names_cb);
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_model_unref);
  for (guint i = 0; i < names->len; i++)
    g_ptr_array_add (models, bundled_model (names->pdata[i]));
  return models;
}

/* Whose turn it is: each closed form comes several times for one differential equation.
 * Yours, the models borrowed. */
static GPtrArray *
take_turns (const GPtrArray *models, guint share)
{
  GPtrArray *turns = g_ptr_array_new ();
  for (guint k = 0; k < share; k++)
    for (guint i = 0; i < models->len; i++)
      if (!only ? k == 0 || !is_ode (models->pdata[i])
                : k == 0 && g_str_equal (tdm_model_get_id (models->pdata[i]), only))
        g_ptr_array_add (turns, models->pdata[i]);
  g_assert_cmpuint (turns->len, >, 0);
  return turns;
}

static void
tell (const char *whose, const Tally *t)
{
  g_test_message (
      "%s: %" G_GUINT64_FORMAT " patients, %" G_GUINT64_FORMAT
      " answered (%" G_GUINT64_FORMAT " withheld), %" G_GUINT64_FORMAT
      " refused, %" G_GUINT64_FORMAT
      " not converged; %.3g ms each, longest %.2f s (patient %" G_GUINT64_FORMAT ")",
      whose, t->patients, t->answered, t->withheld, t->refused, t->not_converged,
      1e3 * t->seconds / (t->patients ? t->patients : 1), t->longest_s, t->longest);
}

static void
add_tally (Tally *all, const Tally *t)
{
  all->patients += t->patients;
  all->answered += t->answered;
  all->refused += t->refused;
  all->not_converged += t->not_converged;
  all->withheld += t->withheld;
  all->seconds += t->seconds;
  if (t->longest_s <= all->longest_s)
    return;
  all->longest_s = t->longest_s;
  all->longest = t->longest;
}

static void
test_patients (void)
{
  g_autoptr (GPtrArray) models = load_models ();
  g_autoptr (GPtrArray) turns =
      take_turns (models, n_patients > MANY ? SHARE_OF_MANY : SHARE);
  g_autofree Tally *tallies = g_new0 (Tally, models->len);
  Tally all = { 0 };
  g_assert_cmpuint (models->len, >, 50);
  g_test_message ("%" G_GUINT64_FORMAT " patients of seed %" G_GUINT64_FORMAT
                  ", %u models",
                  n_patients, seed, models->len);
  for (guint64 k = first; k < first + n_patients; k++)
    {
      TdmModel *model = turns->pdata[k % turns->len];
      guint i;
      g_assert_true (g_ptr_array_find (models, model, &i));
      run_patient (model, k, &tallies[i]);
      if ((k + 1) % 10000 == 0)
        g_test_message ("%" G_GUINT64_FORMAT " done", k + 1);
    }
  for (guint i = 0; i < models->len; i++)
    {
      if (n_patients > MANY)
        tell (tdm_model_get_id (models->pdata[i]), &tallies[i]);
      add_tally (&all, &tallies[i]);
    }
  tell ("all models", &all);
  g_assert_cmpuint (all.answered + all.refused, ==, n_patients);
  if (n_patients < 100)
    return;
  g_assert_cmpuint (all.answered, >, n_patients / 2);
  g_assert_cmpuint (all.not_converged, <=, n_patients / MOST_NOT_CONVERGED);
}

/* Patients that found something: each converges since. The first two had a steady
 * state that was denied, for a step of the solver left over from a splinter of time and
 * because enzyme induction makes the amounts' rise bend. In the third nothing is left
 * of the drug, to 1e-100 mg/L and less, when it is found to be below a limit. */
static void
test_once_failed (void)
{
  static const char *const cases[] = {
    "{'format': 'titrate-case/1', 'model': 'busulfan-shukla-2020', "
    "'patient': {'id': 'R', 'sex': 'male'}, 'covariates': [{'name': "
    "'AGE', 'time': 0, 'value': 17.558, 'unit': 'y'}, {'name': 'WT', "
    "'time': 0, 'value': 74.407, 'unit': 'kg'}, {'name': 'HT', 'time': "
    "0, 'value': 72.709, 'unit': 'cm'}, {'name': 'REGI', 'time': 0, "
    "'value': 'yes'}], 'doses': [{'time': 0, 'amount': 0.73709, 'unit': "
    "'mg', 'route': 'iv', 'duration': 2.6408, 'interval': 168, "
    "'steady_state': true, 'added': true, 'count': 4}, {'time': 435.34, "
    "'amount': 1.6673, 'unit': 'mg', 'route': 'iv', 'duration': 0.3011, "
    "'interval': 6, 'count': 8}, {'time': 483.34, 'amount': 2.6988, "
    "'unit': 'mg', 'route': 'iv', 'duration': 2.719, 'interval': 24, "
    "'count': 5}], 'levels': [{'time': 569.9, 'value': 0.020112, 'unit': "
    "'mg/L', 'output': 'C'}, {'time': 564.87, 'value': 0.023538, 'unit': "
    "'mg/L', 'output': 'C', 'above': true}, {'time': 535.39, 'value': "
    "0.23299, 'unit': 'mg/L', 'output': 'C'}], 'target': {'metric': "
    "'average', 'unit': 'mg/L', 'low': 0.065682}}",
    "{'format': 'titrate-case/1', 'model': 'rifampicin-smythe-2012', "
    "'patient': {'id': 'R', 'sex': 'male'}, 'covariates': [{'name': "
    "'WT', 'time': 0, 'value': 74.183, 'unit': 'kg'}, {'name': 'HT', "
    "'time': 0, 'value': 162.19, 'unit': 'cm'}, {'name': 'AGE', 'time': "
    "0, 'value': 19.622, 'unit': 'y'}, {'name': 'OCC', 'time': 0, "
    "'value': 1}, {'name': 'OCC', 'time': 24, 'value': 2}, {'name': "
    "'OCC', 'time': 48, 'value': 3}], 'doses': [{'time': 0, 'amount': "
    "1244.6, 'unit': 'mg', 'route': 'oral'}, {'time': 24, 'amount': "
    "172.25, 'unit': 'mg', 'route': 'oral', 'interval': 24, 'count': 6}, "
    "{'time': 198.44, 'amount': 459.54, 'unit': 'mg', 'route': 'oral', "
    "'interval': 24, 'steady_state': true, 'count': 2}], 'levels': "
    "[{'time': 211.09, 'value': 0.31294, 'unit': 'mg/L', 'output': 'C', "
    "'after_dose': true}, {'time': 240.84, 'value': 0.14126, 'unit': "
    "'mg/L', 'output': 'C', 'below': true}, {'time': 259.22, 'value': "
    "0.0023255, 'unit': 'mg/L', 'output': 'C', 'above': true}, {'time': "
    "247.41, 'value': 0.023738, 'unit': 'mg/L', 'output': 'C'}], "
    "'target': {'metric': 'peak', 'unit': 'mg/L', 'low': 0.13114}}",
    "{'format': 'titrate-case/1', 'model': 'piperacillin-obrink-"
    "hansen-2015', 'patient': {'id': 'R', 'sex': 'male'}, 'covariates':"
    " [{'name': 'SCR', 'time': 0, 'value': 173.27, 'unit': 'umol/L'}, "
    "{'name': 'SCR', 'time': 17.3, 'value': 206.5, 'unit': 'umol/L'}, "
    "{'name': 'SCR', 'time': 34.6, 'value': 284.28, 'unit': 'umol/L'}, "
    "{'name': 'SCR', 'time': 51.9, 'value': 88.965, 'unit': 'umol/L'}, "
    "{'name': 'AGE', 'time': 0, 'value': 52.31, 'unit': 'y'}], 'doses':"
    " [{'time': 0, 'amount': 1558.5, 'unit': 'mg', 'route': 'iv', "
    "'duration': 2.2228, 'interval': 8, 'count': 8}, {'time': 64, "
    "'amount': 2624.1, 'unit': 'mg', 'route': 'iv', 'duration': 1.395, "
    "'interval': 168, 'count': 7}], 'levels': [{'time': 1518.7, "
    "'value': 0.76082, 'unit': 'mg/L', 'output': 'C', 'below': true}]}"
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmCase) record = given_case (cases[i]);
      g_autoptr (TdmModel) model = bundled_model (tdm_case_get_model (record));
      g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
      g_assert_no_error (error);
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (fit->converged);
    }
}

/* A number from the arguments or the environment. */
static void
read_number (const char *text, guint64 *value)
{
  if (text != NULL)
    g_assert_true (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  read_number (g_getenv ("TITRATE_PATIENTS"), &n_patients);
  read_number (g_getenv ("TITRATE_SEED"), &seed);
  read_number (argc > 1 ? argv[1] : NULL, &n_patients);
  read_number (argc > 2 ? argv[2] : NULL, &seed);
  read_number (argc > 3 ? argv[3] : NULL, &first);
  only = argc > 4 ? argv[4] : NULL;
  listen_for_deaths ();
  g_test_add_func ("/engine/random/patients", test_patients);
  g_test_add_func ("/engine/random/once-failed", test_once_failed);
  return g_test_run ();
}
