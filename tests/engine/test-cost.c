/* What ends an answer that takes too long: a bound on the work, and the person who
 * asked. Work is counted, never timed. */
#include "engine/certificate.h"
#include "engine/curve.h"
#include "engine/map.h"
#include "engine/posterior.h"
#include "given.h"

#include "base/error.h"

#include <math.h>

/* Three levels of a drug whose elimination saturates. */
static const char model_text[] = GIVEN_HEAD
    "[parameters]\nVMAX = 31 * exp(eta_VMAX)\nKM = 4.7\nV = 37 * exp(eta_V)\n"
    "[units]\nVMAX = mg/h\nKM = mg/L\nV = L\n"
    "[effects]\nVMAX = sd 0.4\nV = sd 0.3\n"
    "[structure]\nkind = ode\n[ode]\nA = -VMAX * (A/V) / (KM + A/V)\n"
    "[output C]\ntitle = C\nunit = mg/L\nerror = combined\nexpression = A/V\n"
    "additive = 0.3 mg/L\nproportional = 10 %\n"
    "[route given]\ntitle = i\ninto = A\n"
    "[check one]\nvalues = KM 4.7\nsource = Test\n";

static const char body[] =
    "'doses': [{'time': 0, 'amount': 620, 'unit': 'mg', 'interval': 12, 'count': 9}], "
    "'levels': [{'time': 1.3, 'value': 17.9, 'unit': 'mg/L'}, "
    "{'time': 50.7, 'value': 16.1, 'unit': 'mg/L'}, "
    "{'time': 97.9, 'value': 31.9, 'unit': 'mg/L'}]";

static TdmProblem *
problem_of (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (model_text);
  TdmProblem *problem = given_problem (model, body, &error);
  g_assert_no_error (error);
  return problem;
}

/* Enough for some of the starts: the answer says so, and is the whole search's here, as
 * there is one optimum. */
static void
test_cut_short (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of ();
  g_autoptr (TdmFit) whole = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (find_note (whole->notes, "search-cut-short"));
  gboolean seen = FALSE;
  for (guint64 most = 1000; most < G_GUINT64_CONSTANT (100000000) && !seen; most *= 2)
    {
      const TdmMapOptions options = { .most_work = most };
      g_autoptr (TdmFit) fit = tdm_map_fit (problem, &options, NULL, NULL);
      if (!fit || !fit->converged)
        continue;
      seen = TRUE;
      g_assert_true (fit->cut_short);
      g_assert_cmpuint (fit->starts, <, whole->starts);
      g_assert_cmpfloat (fabs (fit->objective - whole->objective), <, 1e-8);
      const TdmNote *note = find_note (fit->notes, "search-cut-short");
      g_assert_nonnull (note);
      g_assert_cmpint (note->severity, ==, TDM_NOTE_CAUTION);
    }
  g_assert_true (seen);
}

/* Not even for one: a refusal that says why and what to do. */
static void
test_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = problem_of ();
  const TdmMapOptions options = { .most_work = 10 };
  g_assert_null (tdm_map_fit (problem, &options, NULL, &error));
  g_assert_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER);
  g_assert_nonnull (strstr (error->message, "take too long to solve"));
  g_assert_nonnull (strstr (error->message, "shorten it"));
}

typedef struct
{
  TdmFit *fit;
  GCancellable *cancelled;
} Asked;

static gpointer
ask_prediction (const Asked *a, GError **error)
{
  static const double times[] = { 13.0, 97.0 };
  static double values[2];
  const TdmPlanSpec spec = {
    .until_h = INFINITY, .times_h = times, .n_times = 2, .cancellable = a->cancelled
  };
  return tdm_problem_predict (a->fit->problem, NULL, &spec, values, error) ? values
                                                                           : NULL;
}

static gpointer
ask_fit (const Asked *a, GError **error)
{
  return tdm_map_fit (a->fit->problem, NULL, a->cancelled, error);
}

/* Without draws, so that there are lines only. */
static gpointer
ask_curve (const Asked *a, GError **error)
{
  static const double times[] = { 13.0, 97.0 };
  const TdmCurveOptions options = { .times_h = times,
                                    .n_times = 2,
                                    .until_h = INFINITY };
  return tdm_curve_new (a->fit, &options, a->cancelled, error);
}

static gpointer
ask_certificate (const Asked *a, GError **error)
{
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  return tdm_certificate_new (a->fit, notes, a->cancelled, error);
}

static gpointer
ask_posterior (const Asked *a, GError **error)
{
  const TdmPosteriorOptions options = { .draws = 50, .seed = 3 };
  return tdm_posterior_new (a->fit, &options, a->cancelled, error);
}

/* Who is cancelled gives no answer and no other reason for that. */
static void
test_cancelled (void)
{
  static gpointer (*const asks[]) (const Asked *,
                                   GError **) = { ask_prediction, ask_fit, ask_curve,
                                                  ask_certificate, ask_posterior };
  g_autoptr (TdmProblem) problem = problem_of ();
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  const Asked asked = { fit, cancelled };
  g_cancellable_cancel (cancelled);
  for (guint i = 0; i < G_N_ELEMENTS (asks); i++)
    {
      g_autoptr (GError) error = NULL;
      g_test_message ("asked for number %u", i);
      g_assert_null (asks[i](&asked, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/cost/cut-short", test_cut_short);
  g_test_add_func ("/engine/cost/refused", test_refused);
  g_test_add_func ("/engine/cost/cancelled", test_cancelled);
  return g_test_run ();
}
