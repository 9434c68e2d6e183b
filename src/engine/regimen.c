#include "engine/regimen.h"

#include <math.h>
#include <string.h>

/* Doses and steps at one time: clocks resolve less. */
#define SAME_TIME_H 1e-6

TdmPkDose
tdm_regimen_dose (const TdmRegimen *regimen, guint count)
{
  return (TdmPkDose){ .time_h = regimen->first_dose_h,
                      .amount_mg = regimen->amount_mg,
                      .duration_h = regimen->duration_h,
                      .interval_h = regimen->interval_h,
                      .count = count,
                      .route = regimen->route->route };
}

double
tdm_regimen_start (const TdmRegimen *regimen)
{
  return regimen->first_dose_h - regimen->hold_h;
}

double
tdm_regimen_maintenance (const TdmRegimen *regimen)
{
  if (regimen->loading_mg <= 0)
    return regimen->first_dose_h;
  return regimen->first_dose_h
         + (regimen->duration_h >= regimen->interval_h ? regimen->loading_duration_h
                                                       : regimen->interval_h);
}

/* Doses of `line` before `end_h`, at least `least`, where there are any: in `line`. */
static gboolean
count_until (TdmPkDose *line, double end_h, guint least)
{
  double count = ceil ((end_h - line->time_h - SAME_TIME_H) / line->interval_h);
  line->count = (guint)CLAMP (count, least, TDM_PK_MAX_DOSES / 4);
  return line->count > 0;
}

guint
tdm_regimen_lines (const TdmRegimen *regimen, double until_h,
                   TdmPkDose lines[TDM_REGIMEN_LINES])
{
  guint n = 0;
  TdmPkDose line = tdm_regimen_dose (regimen, 1);
  if (regimen->loading_mg > 0)
    {
      lines[n] = line;
      lines[n].amount_mg = regimen->loading_mg;
      lines[n].duration_h = regimen->loading_duration_h;
      lines[n++].interval_h = 0;
    }
  line.time_h = tdm_regimen_maintenance (regimen);
  for (guint k = 0; k <= regimen->n_steps; k++)
    {
      const gboolean last = k == regimen->n_steps;
      if (count_until (&line,
                       last ? until_h + line.interval_h : regimen->steps[k].from_h,
                       n == 0 && last ? 1 : 0))
        lines[n++] = line;
      if (last)
        break;
      line.time_h = regimen->steps[k].from_h;
      line.amount_mg = regimen->steps[k].amount_mg;
      line.duration_h = regimen->steps[k].duration_h;
      line.interval_h = regimen->steps[k].interval_h;
    }
  return n;
}

static gboolean
is_same_step (const TdmRegimenStep *a, const TdmRegimenStep *b)
{
  return a->from_h == b->from_h && a->amount_mg == b->amount_mg
         && a->interval_h == b->interval_h && a->duration_h == b->duration_h;
}

gboolean
tdm_regimen_equal (const TdmRegimen *a, const TdmRegimen *b, gboolean amounts)
{
  if (a->route != b->route || a->salt != b->salt || a->interval_h != b->interval_h
      || a->duration_h != b->duration_h || a->first_dose_h != b->first_dose_h
      || a->hold_h != b->hold_h || a->loading_mg != b->loading_mg
      || a->loading_duration_h != b->loading_duration_h || a->n_steps != b->n_steps
      || (amounts && a->amount_mg != b->amount_mg))
    return FALSE;
  for (guint k = 0; k < a->n_steps; k++)
    if (!is_same_step (&a->steps[k], &b->steps[k]))
      return FALSE;
  return TRUE;
}

static const TdmModelRoute *
find_route (const TdmModel *model, const char *name)
{
  for (guint i = 0; i < tdm_model_get_n_routes (model); i++)
    if (strcmp (tdm_model_get_route (model, i)->name, name) == 0)
      return tdm_model_get_route (model, i);
  return NULL;
}

/* NULL names the units that a drug may be counted in, and no salt. */
static const TdmModelSalt *
find_salt (const TdmModel *model, const char *name)
{
  if (name == NULL)
    return tdm_model_get_default_salt (model);
  for (guint i = 0; i < tdm_model_get_n_salts (model); i++)
    if (strcmp (tdm_model_get_salt (model, i)->name, name) == 0)
      return tdm_model_get_salt (model, i);
  return NULL;
}

gboolean
tdm_regimen_translate (const TdmRegimen *regimen, const TdmModel *model,
                       TdmRegimen *out)
{
  *out = *regimen;
  out->notes = NULL;
  out->route = find_route (model, regimen->route->name);
  out->salt = regimen->salt != NULL ? find_salt (model, regimen->salt->name) : NULL;
  return out->route != NULL && (regimen->salt == NULL || out->salt != NULL);
}
