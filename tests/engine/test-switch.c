/* Equations that switch, at a time or at a concentration: the solver's steps end close
 * enough to the switch that what is lost there stays below 1e-7. */
#include "given.h"

#include <math.h>

static const char model_text[] =
    GIVEN_HEAD "[parameters]\nK = 0.11 * exp(eta_K)\nV = 19.7\nT = 17.3\n"
               "[units]\nK = 1/h\nV = L\nT = h\n[effects]\nK = sd 0.27\n"
               "[structure]\nkind = ode\n[ode]\nA = @RATE@\n"
               "[output C]\ntitle = C\nunit = mg/L\nerror = combined\n"
               "expression = A/V\nadditive = 0.3 mg/L\nproportional = 10 %\n"
               "[route given]\ntitle = i\ninto = A\n"
               "[check one]\nvalues = V 19.7\nsource = Test\n";

#define C0 (310 / 19.7)
#define N_TIMES 6

static const double times[N_TIMES] = { 7.1, 10.3, 17.1, 17.4, 30.7, 46.9 };

/* Slower by 0.4 from 17.3 h on. */
static double
after_time (double t)
{
  return C0 * exp (-0.11 * (fmin (t, 17.3) + 0.4 * fmax (0, t - 17.3)));
}

/* Half as fast below 6 mg/L. */
static double
below_level (double t)
{
  const double at = log (C0 / 6) / 0.11;
  return t < at ? C0 * exp (-0.11 * t) : 6 * exp (-0.055 * (t - at));
}

static const struct
{
  const char *rate;
  double (*exact) (double t);
} cases[] = {
  { "-K * A * if(tfd > T, 0.4, 1)", after_time },
  { "-K * A * if(t > 17.3, 0.4, 1)", after_time },
  { "-K * if(A/V > 6 [mg/L], A, 0.5 * A)", below_level },
};

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GString) text = g_string_new (model_text);
      g_string_replace (text, "@RATE@", cases[i].rate, 1);
      g_autoptr (TdmModel) model = given_model (text->str);
      g_autoptr (TdmProblem) problem = given_problem (
          model, "'doses': [{'time': 0, 'amount': 310, 'unit': 'mg'}]", &error);
      g_assert_no_error (error);
      double values[N_TIMES];
      const TdmPlanSpec spec = { .until_h = INFINITY,
                                 .times_h = times,
                                 .n_times = N_TIMES };
      gboolean known = tdm_problem_predict (problem, NULL, &spec, values, &error);
      g_assert_no_error (error);
      g_assert_true (known);
      for (guint k = 0; k < N_TIMES; k++)
        {
          const double want = cases[i].exact (times[k]);
          if (!(fabs (values[k] - want) <= 1e-7 * want))
            g_error ("%s: %.12g at %g h, expected %.12g", cases[i].rate, values[k],
                     times[k], want);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/switch/values", test_values);
  return g_test_run ();
}
