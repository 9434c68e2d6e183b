/* The names of the ways to sample a posterior. */
#include "record/case.h"

static const char *const names[] = {
  [TDM_POSTERIOR_AUTO] = "auto",
  [TDM_POSTERIOR_LAPLACE] = "laplace",
  [TDM_POSTERIOR_IMPORTANCE] = "importance",
  [TDM_POSTERIOR_HMC] = "hmc",
};

const char *
tdm_posterior_method_name (TdmPosteriorMethod method)
{
  g_assert ((guint)method < G_N_ELEMENTS (names));
  return names[method];
}

gboolean
tdm_posterior_method_from_name (const char *name, TdmPosteriorMethod *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *out = (TdmPosteriorMethod)i;
        return TRUE;
      }
  return FALSE;
}
