/* What kinds of model and history cost, as ratios to the first line: the closed-form
 * fit of two compartments (A4). The other models are the same patient and priors with
 * another structure.
 *
 * Where the time goes (perf over this whole program, November 2026): 28 % in the
 * arithmetic of jets, 22 % in factoring and solving the implicit method's stages, 15 %
 * in the interpreter of right-hand sides, 12 % in the two Runge-Kutta methods' own
 * loops, 8 % in sums and norms of their stages. The closed forms hardly show.
 */
#include "bench.h"

#include "engine/map.h"
#include "engine/reference.h"
#include "num/linalg.h"

#include <string.h>

static void
fit (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmFit) done = tdm_map_fit (data, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The reference model with its structure replaced by equations of A, of which A/V1 is
 * measured. */
static char *
with_equations (const char *source, const char *into, const char *equations)
{
  g_autofree char *entry = g_strdup_printf ("into = %s", into);
  GString *text = g_string_new (source);
  g_autofree char *structure = g_strdup_printf ("kind = ode\n\n[ode]\n%s", equations);
  g_string_replace (text, "kind = linear\ncompartments = 2", structure, 1);
  g_string_replace (text, "error = combined", "expression = A/V1\nerror = combined", 1);
  g_string_replace (text, "into = central", entry, 1);
  return g_string_free (text, FALSE);
}

static TdmProblem *
problem_of (TdmCase *record, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_model_parse (text, strlen (text), "bench", &error);
  g_assert_no_error (error);
  TdmProblem *problem = tdm_problem_new (record, model, &error);
  g_assert_no_error (error);
  return problem;
}

static void
run_equations (const TdmProblem *base, const char *name, const char *into,
               const char *equations)
{
  gsize length;
  g_autofree char *text = with_equations (
      tdm_model_get_source (tdm_problem_get_model (base), &length), into, equations);
  g_autoptr (TdmProblem) problem = problem_of (tdm_problem_get_case (base), text);
  bench_run (name, fit, problem);
}

/* Three days, each an occasion with a clearance of its own. */
static void
run_occasions (const TdmProblem *base)
{
  gsize length;
  g_autoptr (GString) text =
      g_string_new (tdm_model_get_source (tdm_problem_get_model (base), &length));
  g_string_replace (text, "exp(eta_CL)", "exp(eta_CL + iov_CL)", 1);
  g_string_append (text, "\n[occasion_effects]\nCL = sd 0.2\n"
                         "[occasions]\nstart = every 24 h\n");
  g_autoptr (TdmProblem) problem = problem_of (tdm_problem_get_case (base), text->str);
  bench_run ("3 occasions", fit, problem);
}

/* A year of daily doses, levels in its first and last week. */
static void
run_year (const TdmProblem *base)
{
  static const char json[] =
      "{\"format\": \"titrate-case/1\", \"model\": \"vancomycin-reference-2026\", "
      "\"patient\": {\"id\": \"YEAR\"}, \"covariates\": ["
      "{\"name\": \"CLCR\", \"value\": 64, \"unit\": \"mL/min\"}, "
      "{\"name\": \"WT\", \"value\": 82, \"unit\": \"kg\"}], \"doses\": [{\"time\": 0, "
      "\"amount\": 1500, \"unit\": \"mg\", \"route\": \"iv\", \"duration\": 1.5, "
      "\"interval\": 24, \"count\": 365}], \"levels\": [{\"time\": 119.7, "
      "\"value\": 11.3, \"unit\": \"mg/L\"}, {\"time\": 8735.6, \"value\": 14.9, "
      "\"unit\": \"mg/L\"}]}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmCase) record = tdm_case_file_parse (json, strlen (json), &error);
  g_assert_no_error (error);
  g_autoptr (TdmProblem) problem =
      tdm_problem_new (record, tdm_problem_get_model (base), &error);
  g_assert_no_error (error);
  bench_run ("a year of daily doses", fit, problem);
}

#define BINDING "40 [L/mg/h]*(A/V1)*(9 [mg/L]*V1 - D)"

int
main (void)
{
  tdm_num_init ();
  g_autoptr (TdmProblem) base = reference_problem ("A4.json");
  bench_run ("closed form, 2 compartments, 4 effects (A4)", fit, base);
  run_equations (base, "the same as differential equations", "A",
                 "A = -CL*A/V1 - Q*(A/V1 - P/V2)\n"
                 "P = Q*(A/V1 - P/V2)\n");
  run_equations (base, "Michaelis-Menten", "A",
                 "A = -CL*40 [mg/L]*(A/V1)/(40 [mg/L] + A/V1) - Q*(A/V1 - P/V2)\n"
                 "P = Q*(A/V1 - P/V2)\n");
  run_equations (base, "transit absorption, 5 compartments", "TA",
                 "A = TE*2 [1/h] - CL*A/V1 - Q*(A/V1 - P/V2)\n"
                 "P = Q*(A/V1 - P/V2)\n"
                 "TA = -TA*2 [1/h]\n"
                 "TB = (TA - TB)*2 [1/h]\n"
                 "TC = (TB - TC)*2 [1/h]\n"
                 "TD = (TC - TD)*2 [1/h]\n"
                 "TE = (TD - TE)*2 [1/h]\n");
  run_equations (base, "target-mediated disposition, stiff", "A",
                 "A = 2 [1/h]*X - " BINDING " - CL*A/V1 - Q*(A/V1 - P/V2)\n"
                 "P = Q*(A/V1 - P/V2)\n"
                 "D = " BINDING " - 2 [1/h]*X - 0.1 [1/h]*D\n"
                 "X = " BINDING " - 2.05 [1/h]*X\n");
  run_occasions (base);
  run_year (base);
  return 0;
}
