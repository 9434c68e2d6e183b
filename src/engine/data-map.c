#include "engine/data-map.h"

/* What RATE a route is for: a parameter that is its rate (-1) or its duration (-2), or
 * neither. */
static int
rate_of (const TdmPkRoute *route)
{
  if (route->duration == G_MAXUINT)
    return 0;
  return route->duration_is_rate ? -1 : -2;
}

static gboolean
is_dependent (const TdmPkRoute *route)
{
  return tdm_pk_route_has_bioavailability (route) || tdm_pk_route_has_lag (route)
         || route->duration != G_MAXUINT;
}

static TdmDataRoute *
map_routes (const TdmModel *model, guint n)
{
  TdmDataRoute *routes = g_new (TdmDataRoute, n);
  for (guint i = 0; i < n; i++)
    {
      const TdmModelRoute *route = tdm_model_get_route (model, i);
      routes[i] = (TdmDataRoute){ .name = route->name,
                                  .cmt = route->cmt,
                                  .infusion = route->infusion,
                                  .absorption =
                                      tdm_pk_route_has_bioavailability (&route->route),
                                  .dependent = is_dependent (&route->route),
                                  .rate = rate_of (&route->route) };
    }
  return routes;
}

static TdmDataOutput *
map_outputs (const TdmModel *model, guint n)
{
  TdmDataOutput *outputs = g_new (TdmDataOutput, n);
  for (guint i = 0; i < n; i++)
    {
      const TdmModelOutput *output = tdm_model_get_output (model, i);
      outputs[i] = (TdmDataOutput){ output->name, output->unit, output->cmt };
    }
  return outputs;
}

static TdmDataCovariate *
map_covariates (const TdmModel *model, guint n)
{
  TdmDataCovariate *covariates = g_new (TdmDataCovariate, n);
  for (guint i = 0; i < n; i++)
    {
      const TdmModelCovariate *covariate = tdm_model_get_covariate (model, i);
      covariates[i] = (TdmDataCovariate){ covariate->name, covariate->unit,
                                          (const char *const *)covariate->categories,
                                          covariate->carry == TDM_CARRY_BACKWARD };
    }
  return covariates;
}

TdmDataMap *
tdm_data_map_new (const TdmModel *model)
{
  TdmDataMap *self = g_new0 (TdmDataMap, 1);
  self->model = tdm_model_get_id (model);
  self->amount_unit = tdm_model_get_amount_unit (model);
  self->n_routes = tdm_model_get_n_routes (model);
  self->routes = map_routes (model, self->n_routes);
  self->n_outputs = tdm_model_get_n_outputs (model);
  self->outputs = map_outputs (model, self->n_outputs);
  self->n_covariates = tdm_model_get_n_covariates (model);
  self->covariates = map_covariates (model, self->n_covariates);
  return self;
}

void
tdm_data_map_free (TdmDataMap *self)
{
  g_free ((gpointer)self->routes);
  g_free ((gpointer)self->outputs);
  g_free ((gpointer)self->covariates);
  g_free (self);
}
