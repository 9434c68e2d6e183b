/* Where to compute a curve: close together where it bends. The offsets after each dose
 * are the same, so regular dosing gives few distinct steps and the solver reuses its
 * propagators. */
#include "engine/curve-private.h"

#include "num/quantile.h"

#include <math.h>

/* Just after a bolus: below any resolution of a clock, above that of a double. */
#define JUST_AFTER_H 1e-7
/* Longest stretch without a point, as a fraction of the whole, and at least (h). */
#define LONGEST_FRACTION (1.0 / 150)
#define LONGEST_AT_LEAST_H 1.0
/* With more doses than this in view only their corners are drawn. */
#define MANY_DOSES 80

static const double offsets_h[] = {
  0.25, 0.5, 0.75, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10
};

static void
add (GArray *grid, double t, double from_h, double to_h)
{
  if (t >= from_h && t <= to_h)
    g_array_append_val (grid, t);
}

/* Points after a dose at `start` until `next`, the start of the following one. */
static void
add_after_dose (GArray *grid, const double window[2], double start, double duration,
                double next, gboolean dense)
{
  double from_h = window[0], to_h = window[1];
  add (grid, start, from_h, to_h);
  if (duration > 0)
    {
      add (grid, start + 0.5 * duration, from_h, to_h);
      add (grid, start + duration, from_h, to_h);
    }
  else
    add (grid, start + JUST_AFTER_H, from_h, to_h);
  for (guint k = 0; dense && k < G_N_ELEMENTS (offsets_h); k++)
    if (start + duration + offsets_h[k] < next)
      add (grid, start + duration + offsets_h[k], from_h, to_h);
}

/* Sorts, drops repeats, and fills what is longer than `longest` with even steps. */
static GArray *
fill_gaps (GArray *grid, double longest)
{
  g_array_sort (grid, tdm_compare_doubles);
  GArray *out = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 0; i < grid->len; i++)
    {
      double t = g_array_index (grid, double, i);
      double last = out->len ? g_array_index (out, double, out->len - 1) : t;
      if (out->len && t <= last)
        continue;
      double pieces = ceil ((t - last) / longest - 1e-9);
      for (double k = 1; k < pieces; k++)
        {
          double between = last + (t - last) * k / pieces;
          g_array_append_val (out, between);
        }
      g_array_append_val (out, t);
    }
  return out;
}

GArray *
tdm_curve_grid (const TdmPkPlan *plan, double from_h, double to_h)
{
  g_autoptr (GArray) grid = g_array_new (FALSE, FALSE, sizeof (double));
  const double window[2] = { from_h, to_h };
  guint n = tdm_pk_plan_get_n_doses (plan), in_view = 0;
  for (guint i = 0; i < n; i++)
    {
      double t, amount, duration;
      tdm_pk_plan_get_dose (plan, i, &t, &amount, &duration);
      in_view += t >= from_h && t <= to_h;
    }
  add (grid, from_h, from_h, to_h);
  add (grid, to_h, from_h, to_h);
  for (guint i = 0; i < n; i++)
    {
      double start, next = INFINITY, amount, duration, ignored;
      tdm_pk_plan_get_dose (plan, i, &start, &amount, &duration);
      if (i + 1 < n)
        tdm_pk_plan_get_dose (plan, i + 1, &next, &amount, &ignored);
      if (start > to_h)
        break;
      add_after_dose (grid, window, start, duration, next, in_view <= MANY_DOSES);
    }
  double longest = MAX ((to_h - from_h) * LONGEST_FRACTION, LONGEST_AT_LEAST_H);
  return fill_gaps (grid, longest);
}
