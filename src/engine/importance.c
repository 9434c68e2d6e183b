/* The t has 4 degrees of freedom: half its chi-squared variable is then the sum of two
 * exponential ones, which two uniform numbers make. With the prior as one component
 * (Hesterberg, Technometrics 1995;37:185) no weight exceeds the likelihood's maximum
 * over the prior's share. */
#include "engine/importance.h"

#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>
#include <string.h>

#define DEGREES 4.0
#define PRIOR_SHARE 0.1
/* Each optimum gets at least this, unless it is as good as impossible. */
#define LEAST_SHARE 0.05
#define HOPELESS_OBJECTIVE 25.0
#define ADDED_SHARE 0.5

typedef struct
{
  double share;
  double *centre, *factor;
  double constant; /* ln of the density at the centre */
  gboolean normal;
} Component;

struct _TdmImportance
{
  guint n;
  GArray *components; /* of Component; the prior is the first */
};

static void
component_clear (gpointer data)
{
  Component *c = data;
  g_free (c->centre);
  g_free (c->factor);
}

static Component *
nth (const TdmImportance *self, guint i)
{
  return &g_array_index (self->components, Component, i);
}

/* `centre` may be NULL: 0. Returns ln det of the factor. */
static double
add_component (TdmImportance *self, gboolean normal, const double *centre,
               const double *factor)
{
  const guint n = self->n;
  double determinant = 0;
  Component c = { .normal = normal,
                  .centre = g_new0 (double, n + 1),
                  .factor = g_memdup2 (factor, n * n * sizeof (double)) };
  if (centre)
    memcpy (c.centre, centre, n * sizeof (double));
  for (guint i = 0; i < n; i++)
    determinant += log (factor[i * n + i]);
  c.constant = -determinant
               + (normal ? -0.5 * n * log (2 * G_PI)
                         : lgamma (0.5 * (DEGREES + n)) - lgamma (0.5 * DEGREES)
                               - 0.5 * n * log (DEGREES * G_PI));
  g_array_append_val (self->components, c);
  return determinant;
}

/* Shares of the optima by their Laplace masses exp (-objective / 2) sqrt det. */
static void
share_out (TdmImportance *self, const double *masses)
{
  double most = -INFINITY, sum = 0;
  const guint k = self->components->len;
  for (guint i = 1; i < k; i++)
    most = MAX (most, masses[i]);
  for (guint i = 1; i < k; i++)
    sum += nth (self, i)->share = MAX (exp (masses[i] - most), LEAST_SHARE);
  for (guint i = 1; i < k; i++)
    nth (self, i)->share *= (1 - PRIOR_SHARE) / sum;
}

TdmImportance *
tdm_importance_new (const TdmFit *fit)
{
  const guint n = fit->n;
  TdmImportance *self = g_new0 (TdmImportance, 1);
  g_autoptr (GArray) masses = g_array_new (FALSE, FALSE, sizeof (double));
  double mass = 0;
  self->n = n;
  self->components = g_array_new (FALSE, FALSE, sizeof (Component));
  g_array_set_clear_func (self->components, component_clear);
  add_component (self, TRUE, NULL, tdm_problem_get_omega_cholesky (fit->problem));
  nth (self, 0)->share = PRIOR_SHARE;
  g_array_append_val (masses, mass);
  for (guint k = 0; k < fit->n_modes; k++)
    {
      const TdmFitMode *mode = &fit->modes[k];
      double above = mode->objective - fit->objective;
      if (above > HOPELESS_OBJECTIVE)
        continue;
      mass = add_component (self, FALSE, mode->eta, mode->cholesky) - 0.5 * above;
      g_array_append_val (masses, mass);
    }
  if (self->components->len == 1)
    add_component (self, FALSE, fit->eta, fit->covariance_cholesky);
  if (self->components->len > masses->len)
    g_array_append_val (masses, mass);
  share_out (self, (const double *)(gconstpointer)masses->data);
  return self;
}

void
tdm_importance_free (TdmImportance *self)
{
  g_array_unref (self->components);
  g_free (self);
}

gboolean
tdm_importance_add_several (TdmImportance *self, guint count, const double *centres,
                            const double *covariances)
{
  const guint n = self->n, before = self->components->len;
  g_autofree double *factor = g_new (double, n *n + 1);
  for (guint k = 0; k < count; k++)
    if (tdm_cholesky (n, covariances + (gsize)k * n * n, factor))
      add_component (self, FALSE, centres + (gsize)k * n, factor);
  const guint added = self->components->len - before;
  for (guint i = 0; added > 0 && i < self->components->len; i++)
    if (i < before)
      nth (self, i)->share *= 1 - ADDED_SHARE;
    else
      nth (self, i)->share = ADDED_SHARE / added;
  return added > 0;
}

gboolean
tdm_importance_add (TdmImportance *self, const double *centre, const double *covariance)
{
  return tdm_importance_add_several (self, 1, centre, covariance);
}

/* Of the extra numbers one chooses the component, two make the chi-squared variable. */
void
tdm_importance_draw (const TdmImportance *self, const double *uniform, double *eta)
{
  const guint n = self->n;
  g_autofree double *z = g_new (double, n + 1);
  double left = uniform[0], scale = 1;
  guint k = 0;
  while (k + 1 < self->components->len && left >= nth (self, k)->share)
    left -= nth (self, k++)->share;
  const Component *c = nth (self, k);
  if (!c->normal)
    scale = sqrt (DEGREES / (-2 * (log (uniform[1]) + log (uniform[2]))));
  for (guint i = 0; i < n; i++)
    z[i] = scale * tdm_normal_quantile (uniform[TDM_IMPORTANCE_EXTRA + i]);
  tdm_lower_times (n, c->factor, z, eta);
  for (guint i = 0; i < n; i++)
    eta[i] += c->centre[i];
}

static double
component_density (const Component *c, guint n, const double *eta, double *z)
{
  double square = 0;
  for (guint i = 0; i < n; i++)
    z[i] = eta[i] - c->centre[i];
  tdm_lower_solve (n, c->factor, z, z);
  for (guint i = 0; i < n; i++)
    square += z[i] * z[i];
  return log (c->share) + c->constant
         - (c->normal ? 0.5 * square : 0.5 * (DEGREES + n) * log1p (square / DEGREES));
}

double
tdm_importance_log_density (const TdmImportance *self, const double *eta)
{
  g_autofree double *z = g_new (double, self->n + 1);
  double most = -INFINITY, sum = 0;
  for (guint k = 0; k < self->components->len; k++)
    {
      double value = component_density (nth (self, k), self->n, eta, z);
      if (value > most)
        {
          sum = sum * exp (most - value) + 1;
          most = value;
        }
      else
        sum += exp (value - most);
    }
  return most + log (sum);
}
