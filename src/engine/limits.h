/* The hard limits of what can be given: no proposal breaks them. */
#pragma once

#include "engine/dose-search.h"

/* Whether `amount_mg` over `duration_h` (0 = not infused) every `interval_h` keeps the
 * limits on a single dose, a day, the rate and the concentration. */
gboolean tdm_limits_allow (const TdmModelDosing *dosing, double amount_mg,
                           double interval_h, double duration_h);

/* The least volume it may be given in, L; 0 where none is stated. */
double tdm_limits_volume (const TdmModelDosing *dosing, double amount_mg);

/* Whether the whole regimen keeps the limits of its dosing: its loading dose, its
 * steps, and all that is given in any 24 h. TRUE where it has no dosing. */
gboolean tdm_limits_allow_regimen (const TdmRegimen *regimen);

/* What one mg of the dosing's amounts counts in the model, for a salt. */
double tdm_limits_salt_factor (const TdmModelSalt *salt);
