/* Molar masses of what laboratories measure besides the drug. */
#include "base/substance.h"

#include <glib.h>

double
tdm_substance_molar_mass (const char *covariate)
{
  static const struct
  {
    const char *name;
    double g_mol;
  } table[] = {
    { "SCR", TDM_CREATININE_G_MOL },
    { "ALB", TDM_ALBUMIN_G_MOL },
    { "BILI", TDM_BILIRUBIN_G_MOL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (covariate, table[i].name))
      return table[i].g_mol;
  return 0.0;
}
