#include "num/version.h"

#include <gsl/gsl_version.h>
#include <cblas.h>
#include <sundials/sundials_version.h>

char **
tdm_num_versions (void)
{
  char sundials[32] = "";
  char *const list[] = { "GSL",    (char *)gsl_version, "SUNDIALS",
                         sundials, "LAPACK (OpenBLAS)", openblas_get_config (),
                         NULL };

  SUNDIALSGetVersion (sundials, sizeof sundials);
  return g_strdupv ((char **)list);
}
