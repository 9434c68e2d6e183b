#include "engine/limits.h"

#include "engine/regimen.h"

#include <math.h>

#define SLACK (1 + 1e-9)
#define DAY_H 24.0
/* Days of a regimen that are looked at, from its start and from each of its steps. */
#define LOOK_DAYS 2.0

gboolean
tdm_limits_allow (const TdmModelDosing *dosing, double amount_mg, double interval_h,
                  double duration_h)
{
  const double in_volume = dosing->max_concentration_mg_l * dosing->max_volume_l;
  return amount_mg <= dosing->max_single_mg * SLACK
         && amount_mg * DAY_H / interval_h <= dosing->max_daily_mg * SLACK
         && (duration_h <= 0 || amount_mg <= duration_h * dosing->max_rate_mg_h * SLACK)
         && amount_mg <= in_volume * SLACK && duration_h <= interval_h;
}

double
tdm_limits_volume (const TdmModelDosing *dosing, double amount_mg)
{
  return isfinite (dosing->max_concentration_mg_l)
             ? amount_mg / dosing->max_concentration_mg_l
             : 0.0;
}

double
tdm_limits_salt_factor (const TdmModelSalt *salt)
{
  return salt && g_str_equal (salt->unit, "mg") ? salt->mg : 1.0;
}

/* The most that is given within 24 h from a dose that `lines` hold. */
static double
most_a_day (const TdmPkDose *lines, guint n, double from_h)
{
  double sum = 0;
  for (guint i = 0; i < n; i++)
    for (guint k = 0; k < lines[i].count; k++)
      {
        double at = lines[i].time_h + k * lines[i].interval_h;
        if (at >= from_h - 1e-6 && at < from_h + DAY_H - 1e-6)
          sum += lines[i].amount_mg;
      }
  return sum;
}

static gboolean
allows_loading (const TdmModelDosing *d, const TdmRegimen *r, double factor)
{
  const double most =
      isfinite (d->max_loading_mg) ? d->max_loading_mg : d->max_single_mg;
  return r->loading_mg <= most * factor * SLACK
         && r->loading_mg
                <= d->max_concentration_mg_l * d->max_volume_l * factor * SLACK
         && (r->loading_duration_h <= 0
             || r->loading_mg
                    <= r->loading_duration_h * d->max_rate_mg_h * factor * SLACK);
}

gboolean
tdm_limits_allow_regimen (const TdmRegimen *r)
{
  const TdmModelDosing *d = r->dosing;
  if (!d)
    return TRUE;
  const double factor = tdm_limits_salt_factor (r->salt);
  if (!tdm_limits_allow (d, r->amount_mg / factor, r->interval_h, r->duration_h)
      || (r->loading_mg > 0 && !allows_loading (d, r, factor)))
    return FALSE;
  for (guint k = 0; k < r->n_steps; k++)
    if (!tdm_limits_allow (d, r->steps[k].amount_mg / factor, r->steps[k].interval_h,
                           r->steps[k].duration_h))
      return FALSE;
  if (r->loading_mg <= 0)
    return TRUE;
  TdmPkDose lines[TDM_REGIMEN_LINES];
  guint n = tdm_regimen_lines (r, r->first_dose_h + LOOK_DAYS * DAY_H, lines);
  return most_a_day (lines, n, r->first_dose_h) <= d->max_daily_mg * factor * SLACK;
}
