#include "num/quadrature.h"

#include <gsl/gsl_integration.h>

void
tdm_gauss_legendre (guint n, double *nodes, double *weights)
{
  gsl_integration_glfixed_table *table = gsl_integration_glfixed_table_alloc (n);
  g_assert (table != NULL);
  for (guint i = 0; i < n; i++)
    gsl_integration_glfixed_point (-1.0, 1.0, i, &nodes[i], &weights[i], table);
  gsl_integration_glfixed_table_free (table);
}
