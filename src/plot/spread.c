/* Least squares under y[i+1] - y[i] >= (h[i] + h[i+1]) / 2 is isotonic regression of
 * the wishes less the stacked heights: pool adjacent violators (Ayer et al. 1955), then
 * clamp. */
#include "plot/spread.h"

typedef struct
{
  double sum;
  guint count;
} Pool;

static int
compare_wishes (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *centre = data;
  guint i = *(const guint *)a;
  guint j = *(const guint *)b;
  if (centre[i] != centre[j])
    return centre[i] < centre[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

static double
mean_of (const Pool *pool)
{
  return pool->sum / pool->count;
}

/* Appends a wish and merges pools until their means ascend. */
static void
add_wish (GArray *pools, double wish)
{
  Pool pool = { wish, 1 };
  while (pools->len > 0)
    {
      const Pool *previous = &g_array_index (pools, Pool, pools->len - 1);
      if (mean_of (previous) <= mean_of (&pool))
        break;
      pool.sum += previous->sum;
      pool.count += previous->count;
      g_array_set_size (pools, pools->len - 1);
    }
  g_array_append_val (pools, pool);
}

gboolean
tdm_spread (double *centre, const double *height, guint n, double top, double bottom)
{
  double total = 0;
  g_autofree guint *order = g_new (guint, n + 1);
  g_autofree double *offset = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    {
      order[i] = i;
      total += height[i];
    }
  if (total > bottom - top)
    return FALSE;
  g_qsort_with_data (order, (int)n, sizeof (guint), compare_wishes, centre);
  g_autoptr (GArray) pools = g_array_new (FALSE, FALSE, sizeof (Pool));
  double stacked = 0;
  for (guint i = 0; i < n; i++)
    {
      offset[i] = stacked + height[order[i]] / 2;
      stacked += height[order[i]];
      add_wish (pools, centre[order[i]] - offset[i]);
    }
  for (guint p = 0, i = 0; p < pools->len; p++)
    {
      const Pool *pool = &g_array_index (pools, Pool, p);
      double at = CLAMP (mean_of (pool), top, bottom - total);
      for (guint k = 0; k < pool->count; k++, i++)
        centre[order[i]] = at + offset[i];
    }
  return TRUE;
}
