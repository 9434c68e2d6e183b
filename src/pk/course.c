#include "pk/course.h"

#include <string.h>

/* s + x (4 (m - s) - (e - s)) + x² (2 (e - s) - 4 (m - s)), by Horner's rule. */
static void
follow (const TdmJetSpace *space, const double *const node[3], const double *x,
        double *out)
{
  const double *s = node[0], *m = node[1], *e = node[2];
  for (guint i = 0; i < space->size; i++)
    out[i] = 2.0 * (e[i] - s[i]) - 4.0 * (m[i] - s[i]);
  tdm_jet_mul (space, out, x, out);
  for (guint i = 0; i < space->size; i++)
    out[i] += 4.0 * (m[i] - s[i]) - (e[i] - s[i]);
  tdm_jet_mul (space, out, x, out);
  tdm_jet_add (space, out, out, s);
}

void
tdm_pk_parameters_at (const TdmPkParameters *self, const TdmJetSpace *space, guint n,
                      const double *time, double *out, double *scratch)
{
  const gsize z = space->size;
  if (self->middle == NULL)
    {
      memcpy (out, self->start, n * z * sizeof (double));
      return;
    }
  tdm_jet_copy (space, scratch, time);
  scratch[0] -= self->from_h;
  tdm_jet_scale (space, scratch, scratch, 1.0 / (self->to_h - self->from_h));
  for (guint i = 0; i < n; i++)
    {
      const double *const node[] = { self->start + i * z, self->middle + i * z,
                                     self->end + i * z };
      follow (space, node, scratch, out + i * z);
    }
}
