#include "num/linalg.h"

#include <math.h>
#include <string.h>

/* A positive definite matrix of high entropy. */
static const double A[9] = { 4.37, 1.21, -0.83, 1.21, 3.19, 0.57, -0.83, 0.57, 2.71 };

static void
test_cholesky (void)
{
  double l[9], inverse[9];
  g_assert_true (tdm_cholesky (3, A, l));
  tdm_cholesky_inverse (3, l, inverse);
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        double ll = 0, id = 0;
        for (int k = 0; k < 3; k++)
          {
            ll += l[i * 3 + k] * l[j * 3 + k];
            id += A[i * 3 + k] * inverse[k * 3 + j];
          }
        g_assert_cmpfloat_with_epsilon (ll, A[i * 3 + j], 1e-14);
        g_assert_cmpfloat_with_epsilon (id, i == j, 1e-14);
      }
}

static void
test_not_definite (void)
{
  const double a[4] = { 1.3, 2.1, 2.1, 1.7 };
  double l[4];
  g_assert_false (tdm_cholesky (2, a, l));
  const double b[4] = { NAN, 0, 0, 1 };
  g_assert_false (tdm_cholesky (2, b, l));
}

static void
test_triangular (void)
{
  double l[9], x[3], y[3];
  const double b[3] = { 0.31, -1.7, 2.9 };
  g_assert_true (tdm_cholesky (3, A, l));
  tdm_lower_times (3, l, b, x);
  tdm_lower_solve (3, l, x, y);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (y[i], b[i], 1e-14);
  tdm_lower_transposed_times (3, l, b, x);
  tdm_lower_transposed_solve (3, l, x, x);
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (x[i], b[i], 1e-14);
}

static void
test_eigen (void)
{
  double values[3], v[9];
  g_assert_true (tdm_symmetric_eigen (3, A, values, v));
  g_assert_cmpfloat (values[0], <, values[2]);
  for (int k = 0; k < 3; k++)
    for (int i = 0; i < 3; i++)
      {
        double av = 0;
        for (int j = 0; j < 3; j++)
          av += A[i * 3 + j] * v[j * 3 + k];
        g_assert_cmpfloat_with_epsilon (av, values[k] * v[i * 3 + k], 1e-13);
      }
}

/* Rows must be exchanged; several right-hand sides and one; the same as LAPACK's. */
static void
test_lu (void)
{
  static const double a[16] = { 0.0, 2.3, -1.7, 0.31, 1.9,   0.0, 3.1,  -0.7,
                                4.3, 1.1, 0.0,  2.9,  -0.83, 5.7, 0.41, 0.0 };
  static const double b[12] = { 0.31, -1.7, 2.9,  0.77, 1.31,  -0.19,
                                2.3,  0.07, -3.1, 1.9,  -0.43, 0.61 };
  double lu[16], x[12], want[12];
  guint pivots[4];
  memcpy (lu, a, sizeof a);
  memcpy (x, b, sizeof b);
  memcpy (want, b, sizeof b);
  g_assert_true (tdm_lu_factor (4, lu, pivots));
  tdm_lu_solve (4, lu, pivots, 3, x);
  g_assert_true (tdm_general_solve (4, a, 3, want));
  for (guint i = 0; i < 12; i++)
    g_assert_cmpfloat_with_epsilon (x[i], want[i], 1e-14);
  for (guint c = 0; c < 3; c++)
    {
      double one[4] = { b[c], b[3 + c], b[6 + c], b[9 + c] };
      tdm_lu_solve (4, lu, pivots, 1, one);
      for (guint i = 0; i < 4; i++)
        g_assert_cmpfloat_with_epsilon (one[i], want[3 * i + c], 1e-14);
    }
  double singular[4] = { 1.3, 2.6, 0.7, 1.4 }, wild[4] = { 1.0, 0.3, NAN, 0.7 };
  g_assert_false (tdm_lu_factor (2, singular, pivots));
  g_assert_false (tdm_lu_factor (2, wild, pivots));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  g_test_add_func ("/num/linalg/cholesky", test_cholesky);
  g_test_add_func ("/num/linalg/not-definite", test_not_definite);
  g_test_add_func ("/num/linalg/triangular", test_triangular);
  g_test_add_func ("/num/linalg/eigen", test_eigen);
  g_test_add_func ("/num/linalg/lu", test_lu);
  return g_test_run ();
}
