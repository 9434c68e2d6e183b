#include "plot/spread.h"

#include <math.h>

static void
assert_apart (const double *centre, const double *height, guint n, double top,
              double bottom)
{
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (centre[i] - height[i] / 2, >=, top - 1e-9);
      g_assert_cmpfloat (centre[i] + height[i] / 2, <=, bottom + 1e-9);
      for (guint k = 0; k < i; k++)
        g_assert_cmpfloat (fabs (centre[i] - centre[k]), >=,
                           (height[i] + height[k]) / 2 - 1e-9);
    }
}

static void
test_stays (void)
{
  double centre[] = { 31.7, 118.3, 74.2 };
  const double height[] = { 14.3, 17.1, 21.9 };
  g_assert_true (tdm_spread (centre, height, 3, 0, 200));
  g_assert_cmpfloat_with_epsilon (centre[0], 31.7, 1e-12);
  g_assert_cmpfloat_with_epsilon (centre[1], 118.3, 1e-12);
  g_assert_cmpfloat_with_epsilon (centre[2], 74.2, 1e-12);
}

static void
test_moves_as_little_as_possible (void)
{
  /* Two labels of 20 that both wish 60.4: each gives way by half a height. */
  double centre[] = { 60.4, 60.4 };
  const double height[] = { 20, 20 };
  g_assert_true (tdm_spread (centre, height, 2, 0, 200));
  g_assert_cmpfloat_with_epsilon (centre[0], 50.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (centre[1], 70.4, 1e-12);
}

static void
test_edges (void)
{
  double centre[] = { -50, -49, 400, 401.5 };
  const double height[] = { 12.5, 30.25, 17.5, 19 };
  g_assert_true (tdm_spread (centre, height, 4, 10, 190));
  assert_apart (centre, height, 4, 10, 190);
  g_assert_cmpfloat_with_epsilon (centre[0], 16.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (centre[3], 180.5, 1e-9);
}

static void
test_random (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4711);
  for (int round = 0; round < 2000; round++)
    {
      double centre[6], height[6], wish[6];
      for (guint i = 0; i < 6; i++)
        {
          wish[i] = centre[i] = g_rand_double_range (random, -20, 220);
          height[i] = g_rand_double_range (random, 3, 33);
        }
      g_assert_true (tdm_spread (centre, height, 6, 0, 200));
      assert_apart (centre, height, 6, 0, 200);
      for (guint i = 0; i < 6; i++)
        for (guint k = 0; k < 6; k++)
          if (wish[i] < wish[k])
            g_assert_cmpfloat (centre[i], <, centre[k]);
    }
}

static void
test_too_many (void)
{
  double centre[] = { 40.5, 41.5 };
  const double height[] = { 60, 50 };
  g_assert_false (tdm_spread (centre, height, 2, 0, 100));
  g_assert_cmpfloat (centre[0], ==, 40.5);
  g_assert_true (tdm_spread (centre, height, 0, 0, 100));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/spread/stays", test_stays);
  g_test_add_func ("/plot/spread/least-movement", test_moves_as_little_as_possible);
  g_test_add_func ("/plot/spread/edges", test_edges);
  g_test_add_func ("/plot/spread/random", test_random);
  g_test_add_func ("/plot/spread/too-many", test_too_many);
  return g_test_run ();
}
