/* How long the steps from a case to an answer take. */
#include "bench.h"

#include "engine/curve.h"
#include "engine/dose-search.h"
#include "engine/posterior.h"
#include "engine/reference.h"
#include "engine/result.h"
#include "engine/refine.h"
#include "engine/screen.h"
#include "model/library.h"
#include "num/linalg.h"

/* A week of doses every 12 h on a grid of 0.1 h. */
#define WEEK_DOSES 14
#define WEEK_POINTS 1681
#define DRAWS 1000

static void
fit (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmFit) done = tdm_map_fit (data, NULL, NULL, &error);
  g_assert_no_error (error);
}

typedef struct
{
  TdmCase *record;
  TdmModel *model;
} Input;

static void
build_and_fit (gpointer data)
{
  Input *input = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem =
      tdm_problem_new (input->record, input->model, &error);
  g_assert_no_error (error);
  fit (problem);
}

static void
parse_model (gpointer data)
{
  gsize length;
  const char *source = tdm_model_get_source (data, &length);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_strconcat (tdm_model_get_id (data), ".model", NULL);
  g_autoptr (TdmModel) model = tdm_model_parse (source, length, name, &error);
  g_assert_no_error (error);
}

typedef struct
{
  TdmFit *fit;
  TdmPkDose week;
  double *times_h; /* or NULL for a grid that follows the doses */
} CurveInput;

static void
curve (gpointer data)
{
  CurveInput *input = data;
  g_autoptr (GError) error = NULL;
  const TdmCurveOptions options = { .times_h = input->times_h,
                                    .n_times = WEEK_POINTS,
                                    .to_h = 168,
                                    .draws = DRAWS,
                                    .extra = &input->week,
                                    .n_extra = 1 };
  g_autoptr (TdmCurve) done = tdm_curve_new (input->fit, &options, NULL, &error);
  g_assert_no_error (error);
}

static void
search (gpointer data)
{
  TdmFit *done = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (done, done->notes, NULL, NULL, &error);
  g_assert_no_error (error);
}

#define CANDIDATES 200

/* 1,000 draws of the posterior, and 200 regimens (4 intervals, 50 amounts) under them.
 */
static void
sample_and_rank (gpointer data)
{
  static const double intervals_h[] = { 6, 8, 12, 24 };
  const TdmFit *done = data;
  const TdmPosteriorOptions options = { .draws = DRAWS };
  const TdmCurrentRegimen current = tdm_problem_get_current (done->problem);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) regimens =
      g_ptr_array_new_with_free_func ((GDestroyNotify)tdm_regimen_free);
  g_auto (TdmResolvedTarget) target = { 0 };
  g_autoptr (TdmPosterior) posterior = tdm_posterior_new (done, &options, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (tdm_target_resolve (
      done->problem, tdm_problem_get_target (done->problem), &target, &error));
  const TdmScoreInput input = { .problem = done->problem,
                                .target = &target,
                                .rows = posterior->rows,
                                .draws = posterior->draws };
  for (guint i = 0; i < CANDIDATES; i++)
    {
      const TdmRegimen regimen = {
        .route = tdm_model_get_dosing (tdm_problem_get_model (done->problem), 0)->route,
        .interval_h = intervals_h[i % G_N_ELEMENTS (intervals_h)],
        .amount_mg = MAX (current.amount_mg, 1) * (0.2 + 0.01 * i),
        .duration_h = current.duration_h,
        .first_dose_h = tdm_problem_get_adjust_h (done->problem),
        .notes = tdm_notes_new ()
      };
      g_ptr_array_add (regimens, g_memdup2 (&regimen, sizeof regimen));
    }
  g_assert_true (tdm_screen_judge (&input, (TdmRegimen *const *)regimens->pdata,
                                   CANDIDATES, &error));
}

/* 1,000 draws of the posterior, and the dose search under them. */
static void
sample_and_search (gpointer data)
{
  const TdmFit *done = data;
  const TdmPosteriorOptions options = { .draws = DRAWS };
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmPosterior) posterior = tdm_posterior_new (done, &options, NULL, &error);
  g_assert_no_error (error);
  const TdmDoseSearchOptions search_options = { .posterior = posterior };
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (done, done->notes, &search_options, NULL, &error);
  g_assert_no_error (error);
}

static gpointer
cancel_thread (gpointer cancellable)
{
  g_usleep (5000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Chains of a differential equation, called off after 5 ms. */
static void
sample_and_cancel (gpointer data)
{
  const TdmPosteriorOptions options = { .draws = 20000, .method = TDM_POSTERIOR_HMC };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_null (tdm_posterior_new (data, &options, cancellable, &error));
  g_thread_join (thread);
}

/* The dose search of a differential equation, called off after 5 ms. */
static void
rank_and_cancel (gpointer data)
{
  const TdmFit *done = data;
  const TdmDoseSearchOptions options = { .draws = 20000 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GThread *thread = g_thread_new ("cancel", cancel_thread, cancellable);
  g_assert_null (tdm_dose_search (done, done->notes, &options, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_thread_join (thread);
}

static void
compute (gpointer data)
{
  Input *input = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmResult) result =
      tdm_result_compute (input->record, input->model, NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
bench_curves (TdmFit *done, const TdmPkDose *last)
{
  g_autofree double *times_h = g_new (double, WEEK_POINTS);
  CurveInput input = { done, *last, NULL };
  input.week.time_h = 0;
  input.week.interval_h = 12;
  input.week.count = WEEK_DOSES;
  for (guint i = 0; i < WEEK_POINTS; i++)
    times_h[i] = i / 10.0;
  bench_run ("week with bands, 1000 draws, the plot's grid", curve, &input);
  input.times_h = times_h;
  bench_run ("week with bands, 1000 draws, 1681 times", curve, &input);
}

/* The same patient and model, whose clearance differs from day to day: three days. */
static TdmProblem *
occasion_problem (TdmProblem *plain)
{
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *source = tdm_model_get_source (tdm_problem_get_model (plain), &length);
  g_autoptr (GString) text = g_string_new_len (source, length);
  g_string_replace (text, "exp(eta_CL)", "exp(eta_CL + iov_CL)", 1);
  g_string_append (text, "\n[occasion_effects]\nCL = sd 0.2\n"
                         "[occasions]\nstart = every 24 h\n");
  g_autoptr (TdmModel) model = tdm_model_parse (text->str, text->len, "iov", &error);
  g_assert_no_error (error);
  TdmProblem *problem = tdm_problem_new (tdm_problem_get_case (plain), model, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (tdm_problem_get_n_effects (problem), ==, 7);
  return problem;
}

/* The demo's patient under differential equations that are linear in the doses. */
static TdmFit *
busulfan_fit (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "busulfan.json", NULL);
  g_autoptr (TdmCase) record = tdm_case_file_read (path, &error);
  g_assert_no_error (error);
  g_autoptr (TdmModel) model = tdm_library_load (tdm_case_get_model (record), &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  TdmFit *fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  return fit;
}

static void
bench_references (const char *folder)
{
  g_autoptr (TdmProblem) linear = reference_problem ("A4.json");
  g_autoptr (TdmProblem) ode = reference_problem ("C.json");
  Input input = { tdm_problem_get_case (linear), tdm_problem_get_model (linear) };
  g_autoptr (TdmFit) done = tdm_map_fit (linear, NULL, NULL, NULL);
  bench_run ("MAP fit, 2 compartments, 4 effects (A4)", fit, linear);
  g_autoptr (TdmProblem) occasions = occasion_problem (linear);
  bench_run ("MAP fit, the same with 3 occasions", fit, occasions);
  bench_run ("A4 with building the problem", build_and_fit, &input);
  bench_run ("reading its model file", parse_model, input.model);
  bench_run ("MAP fit, Michaelis-Menten, 3 effects (C)", fit, ode);
  bench_curves (done, tdm_problem_get_dose (linear, 0));
  bench_run ("dose search (A4)", search, done);
  g_autoptr (TdmFit) ode_fit = tdm_map_fit (ode, NULL, NULL, NULL);
  bench_run ("1000 draws, 200 regimens under them (A4)", sample_and_rank, done);
  bench_run ("1000 draws, 200 regimens under them (C)", sample_and_rank, ode_fit);
  g_autoptr (TdmFit) busulfan = busulfan_fit (folder);
  bench_run ("1000 draws, 200 regimens under them (busulfan)", sample_and_rank,
             busulfan);
  bench_run ("ranking called off after 5 ms (C)", rank_and_cancel, ode_fit);
  bench_run ("1000 draws, dose search, Michaelis-Menten (C)", sample_and_search,
             ode_fit);
  bench_run ("posterior called off after 5 ms (C)", sample_and_cancel, ode_fit);
}

static void
bench_demos (const char *folder)
{
  static const char *const names[] = { "vancomycin", "tacrolimus", "busulfan" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *file = g_strconcat (names[i], ".json", NULL);
      g_autofree char *path = g_build_filename (folder, file, NULL);
      g_autofree char *title = g_strdup_printf ("whole result, demo %s", names[i]);
      g_autoptr (TdmCase) record = tdm_case_file_read (path, &error);
      g_assert_no_error (error);
      g_autoptr (TdmModel) model =
          tdm_library_load (tdm_case_get_model (record), &error);
      g_assert_no_error (error);
      Input input = { record, model };
      bench_run (title, compute, &input);
    }
}

/* Usage: bench-engine FOLDER-OF-DEMO-CASES */
int
main (int argc, char *argv[])
{
  g_assert (argc == 2);
  tdm_num_init ();
  bench_references (argv[1]);
  bench_demos (argv[1]);
  return 0;
}
