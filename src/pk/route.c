/* What a route makes of a dose: the part that is absorbed, and when. */
#include "pk/structure.h"

gboolean
tdm_pk_route_has_bioavailability (const TdmPkRoute *self)
{
  return self->bioavailability != G_MAXUINT || self->bioavailability_of_dose != NULL;
}

gboolean
tdm_pk_route_has_lag (const TdmPkRoute *self)
{
  return self->lag != G_MAXUINT || self->lag_of_dose != NULL;
}

gboolean
tdm_pk_route_depends_on_dose (const TdmPkRoute *self)
{
  return self->bioavailability_of_dose != NULL || self->lag_of_dose != NULL;
}

/* Input that an amount may move: `of_dose`, or else a parameter, or else a constant. */
typedef struct
{
  const TdmPkOfDose *of_dose;
  guint parameter;
  double otherwise;
} Source;

static void
compute (const Source *source, const TdmJetSpace *space, double amount_mg,
         const double *parameters, double *value)
{
  if (source->of_dose != NULL)
    source->of_dose->compute (source->of_dose->data, space, amount_mg, parameters,
                              value);
  else if (source->parameter != G_MAXUINT)
    tdm_jet_copy (space, value, parameters + source->parameter * space->size);
  else
    tdm_jet_set (space, value, source->otherwise);
}

void
tdm_pk_route_bioavailability (const TdmPkRoute *self, const TdmJetSpace *space,
                              double amount_mg, const double *parameters, double *value)
{
  const Source source = { self->bioavailability_of_dose, self->bioavailability, 1.0 };
  compute (&source, space, amount_mg, parameters, value);
}

void
tdm_pk_route_lag (const TdmPkRoute *self, const TdmJetSpace *space, double amount_mg,
                  const double *parameters, double *value)
{
  const Source source = { self->lag_of_dose, self->lag, 0.0 };
  compute (&source, space, amount_mg, parameters, value);
}
