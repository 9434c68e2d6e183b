/* Formulations: categories of a covariate, or routes. */
#include <string.h>

#include "model/model.h"

gboolean
tdm_model_find_formulation (const TdmModel *self, const char *formulation,
                            guint *covariate, guint *category)
{
  for (guint c = 0; c < tdm_model_get_n_covariates (self); c++)
    {
      const TdmModelCovariate *info = tdm_model_get_covariate (self, c);
      for (guint k = 0; info->formulation && info->categories[k] != NULL; k++)
        if (g_ascii_strcasecmp (info->categories[k], formulation) == 0)
          {
            *covariate = c;
            *category = k;
            return TRUE;
          }
    }
  return FALSE;
}

static gboolean
has_text (const GPtrArray *list, const char *text)
{
  for (guint i = 0; i < list->len; i++)
    if (g_ascii_strcasecmp (list->pdata[i], text) == 0)
      return TRUE;
  return FALSE;
}

char **
tdm_model_dup_formulations (const TdmModel *self)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint c = 0; c < tdm_model_get_n_covariates (self); c++)
    {
      const TdmModelCovariate *info = tdm_model_get_covariate (self, c);
      for (guint k = 0; info->formulation && info->categories[k] != NULL; k++)
        g_ptr_array_add (list, g_strdup (info->categories[k]));
    }
  for (guint r = 0; r < tdm_model_get_n_routes (self); r++)
    {
      const char *formulation = tdm_model_get_route (self, r)->formulation;
      if (formulation != NULL && !has_text (list, formulation))
        g_ptr_array_add (list, g_strdup (formulation));
    }
  g_ptr_array_add (list, NULL);
  return (char **)g_ptr_array_free (list, FALSE);
}

static gboolean
is_of_route (const TdmModel *self, const char *formulation)
{
  for (guint r = 0; r < tdm_model_get_n_routes (self); r++)
    {
      const char *own = tdm_model_get_route (self, r)->formulation;
      if (own != NULL && g_ascii_strcasecmp (own, formulation) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
agrees (const char *wanted, const char *own)
{
  return wanted == NULL || (own != NULL && g_ascii_strcasecmp (wanted, own) == 0);
}

const TdmModelRoute *
tdm_model_route_of (const TdmModel *self, const char *route, const char *formulation)
{
  const TdmModelRoute *found = NULL;
  guint covariate, category;

  /* One that is a covariate's alone may go by any route. */
  if (formulation != NULL && !is_of_route (self, formulation)
      && tdm_model_find_formulation (self, formulation, &covariate, &category))
    formulation = NULL;
  for (guint r = 0; r < tdm_model_get_n_routes (self); r++)
    {
      const TdmModelRoute *one = tdm_model_get_route (self, r);
      if (!agrees (route, one->name) || !agrees (formulation, one->formulation))
        continue;
      if (found != NULL)
        return NULL;
      found = one;
    }
  return found;
}
