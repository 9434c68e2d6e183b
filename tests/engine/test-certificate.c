/* Certificates of a problem that is linear and normal, where all is known in closed
 * form, and what they say of records that cannot be right. */
#include "engine/certificate.h"
#include "given.h"

#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>

#define CL 3.17
#define V 21.3
#define SD 0.43
#define OMEGA 0.0361

/* A bolus of 100 mg has the concentration (0.8 + eta) a(t), a = 100/V exp(-CL/V t). */
static const char text[] =
    GIVEN_HEAD "[parameters]\nCL = 3.17\nV = 21.3\nF = 0.8 + eta_F\n"
               "[units]\nCL = L/h\nV = L\nF = 1\n[effects]\nF = variance 0.0361\n"
               "[structure]\nkind = linear\ncompartments = 1\n"
               "[output C]\ntitle = Testamycin\nunit = mg/L\n"
               "error = additive\nadditive = 0.43 mg/L\n"
               "[route iv]\ntitle = Infusion\ninto = central\nbioavailability = F\n"
               "[check typical]\ndoses = 100 mg iv\nvalues = CL 3.17\nsource = Test\n";

enum
{
  N = 3
};
static const double times[N] = { 1.3, 4.2, 7.9 };

typedef struct
{
  TdmFit *fit;
  TdmCertificate *certificate;
  GPtrArray *notes;
} Done;

static void
done_clear (Done *self)
{
  g_clear_pointer (&self->fit, tdm_fit_unref);
  g_clear_pointer (&self->certificate, tdm_certificate_unref);
  g_clear_pointer (&self->notes, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Done, done_clear)

/* The fit of the first `n` of the levels, but for number `without`. */
static Done
certify (const double *values, guint n, guint without)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = given_model (text);
  g_autoptr (GString) body =
      g_string_new ("'doses': [{'time': 0, 'amount': 100, 'unit': 'mg', 'route': 'iv'}]"
                    ", 'levels': [");
  for (guint i = 0; i < n; i++)
    {
      char number[G_ASCII_DTOSTR_BUF_SIZE], time[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_dtostr (number, sizeof number, values[i]);
      g_ascii_dtostr (time, sizeof time, times[i]);
      g_string_append_printf (
          body, "%s{'time': %s, 'value': %s, 'unit': 'mg/L', 'use': %s}",
          i > 0 ? ", " : "", time, number, i == without ? "false" : "true");
    }
  g_string_append (body, "]");
  g_autoptr (TdmProblem) problem = given_problem (model, body->str, &error);
  g_assert_no_error (error);
  Done done = { .fit = tdm_map_fit (problem, NULL, NULL, &error),
                .notes = tdm_notes_new () };
  g_assert_no_error (error);
  tdm_notes_extend (done.notes, done.fit->notes);
  done.certificate = tdm_certificate_new (done.fit, done.notes, NULL, &error);
  g_assert_no_error (error);
  return done;
}

static double
slope (guint i)
{
  return 100 / V * exp (-CL / V * times[i]);
}

static void
test_numbers (void)
{
  const double values[N] = { 4.61, 2.37, 0.83 };
  g_auto (Done) all = certify (values, N, N);
  const TdmCertificate *c = all.certificate;
  double precision = 1 / OMEGA;
  for (guint i = 0; i < N; i++)
    precision += slope (i) * slope (i) / (SD * SD);
  g_assert_cmpfloat_with_epsilon (c->eigenvalues[0], precision * OMEGA, 1e-8);
  g_assert_cmpfloat_with_epsilon (c->learned, 1 - 1 / (precision * OMEGA), 1e-10);
  g_assert_cmpfloat_with_epsilon (
      c->percentile[0], tdm_normal_cdf (all.fit->eta[0] / sqrt (OMEGA)), 1e-12);
  g_assert_cmpfloat_with_epsilon (c->mahalanobis, pow (all.fit->eta[0], 2) / OMEGA,
                                  1e-12);
  /* One degree of freedom: both tails of the normal. */
  g_assert_cmpfloat_with_epsilon (c->joint_percentile, fabs (2 * c->percentile[0] - 1),
                                  1e-9);
  for (guint i = 0; i < N; i++)
    {
      g_auto (Done) rest = certify (values, N, i);
      double moved = fabs (rest.fit->eta[0] - all.fit->eta[0]);
      double spread = sqrt (slope (i) * slope (i) * OMEGA + SD * SD);
      double expected = tdm_normal_cdf ((values[i] - 0.8 * slope (i)) / spread);
      g_assert_cmpfloat_with_epsilon (c->levels[i].influence, moved * sqrt (precision),
                                      1e-7);
      /* Four standard errors of 400 draws at most. */
      g_assert_cmpfloat_with_epsilon (c->levels[i].prior_percentile, expected, 0.08);
      g_assert_true (isnan (rest.certificate->levels[i].influence));
      g_assert_true (isnan (rest.certificate->levels[i].prior_percentile));
    }
}

static void
check_advice (const double *values, guint n, TdmAdvice advice, const char *code)
{
  g_auto (Done) done = certify (values, n, n);
  g_assert_cmpint (done.certificate->advice, ==, advice);
  g_assert_cmpstr (done.certificate->code, ==, code);
  if (code)
    g_assert_cmpstr (done.certificate->reason, ==, find_note (done.notes, code)->text);
  else
    g_assert_nonnull (done.certificate->reason);
}

static void
test_advice (void)
{
  const double fine[N] = { 3.31, 2.11, 1.24 };
  const double odd[N] = { 4.9, 1.07, 2.71 };
  const double impossible[N] = { 3.31, 2.11, 9.4 };
  const double ten_fold[N] = { 33.1, 20.3, 11.9 };
  check_advice (fine, 0, TDM_ADVICE_GIVEN, NULL);
  check_advice (fine, N, TDM_ADVICE_GIVEN, NULL);
  check_advice (odd, N, TDM_ADVICE_CAUTION, "level-surprising");
  check_advice (impossible, N, TDM_ADVICE_WITHHELD, "level-contradicts-model");
  check_advice (ten_fold, N, TDM_ADVICE_WITHHELD, "effect-implausible");
}

/* One early, precise level against two others. */
static void
test_decisive (void)
{
  const double values[N] = { 5.38, 1.61, 1.03 };
  g_auto (Done) done = certify (values, N, N);
  g_assert_cmpfloat (done.certificate->levels[0].influence, >, 3);
  g_assert_nonnull (find_note (done.notes, "level-decides"));
  g_assert_cmpint (done.certificate->advice, ==, TDM_ADVICE_CAUTION);
}

static void
test_unexpected (void)
{
  const double values[1] = { 6.93 };
  g_auto (Done) done = certify (values, 1, 1);
  g_assert_cmpfloat (done.certificate->levels[0].prior_percentile, >, 0.9995);
  g_assert_nonnull (find_note (done.notes, "level-unexpected"));
  /* A lone level decides by nature: nothing is said of it. */
  g_assert_null (find_note (done.notes, "level-decides"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/engine/certificate/numbers", test_numbers);
  g_test_add_func ("/engine/certificate/advice", test_advice);
  g_test_add_func ("/engine/certificate/decisive", test_decisive);
  g_test_add_func ("/engine/certificate/unexpected", test_unexpected);
  return g_test_run ();
}
