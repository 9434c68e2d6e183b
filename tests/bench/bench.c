#include "bench.h"

#include <stdlib.h>

#define SAMPLES 21
#define SAMPLE_US 4000.0 /* least length of a sample */
#define MOST_REPEATS 4096

static double
time_us (BenchFunc work, gpointer data, guint repeats)
{
  gint64 start = g_get_monotonic_time ();
  for (guint i = 0; i < repeats; i++)
    work (data);
  return (double)(g_get_monotonic_time () - start);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void
bench_run (const char *name, BenchFunc work, gpointer data)
{
  static double first;
  double samples[SAMPLES];
  guint repeats = 1;
  while (time_us (work, data, repeats) < SAMPLE_US && repeats < MOST_REPEATS)
    repeats *= 2;
  for (guint i = 0; i < SAMPLES; i++)
    samples[i] = time_us (work, data, repeats) / repeats;
  qsort (samples, SAMPLES, sizeof *samples, compare_doubles);
  double median = samples[SAMPLES / 2];
  if (first == 0)
    first = median;
  g_print ("%-52s %10.1f us   (%.1f to %.1f)   x %.2f\n", name, median,
           samples[SAMPLES / 4], samples[3 * SAMPLES / 4], median / first);
}
