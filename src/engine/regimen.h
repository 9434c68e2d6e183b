/* A regimen as lines of a dosing history. */
#pragma once

#include "engine/dose-search.h"

/* Most lines of one: the loading dose, the regimen itself, and its later steps. */
#define TDM_REGIMEN_LINES (2 + TDM_REGIMEN_STEPS)

/* The dose line of `regimen`, given `count` times from its first_dose_h; loading dose
 * and steps are left out. */
TdmPkDose tdm_regimen_dose (const TdmRegimen *regimen, guint count);

/* From when on it replaces what was given before: its hold is over at first_dose_h. */
double tdm_regimen_start (const TdmRegimen *regimen);

/* When the doses of the regimen itself begin: a loading dose takes the place of the
 * first, but before an infusion without end only its own time. */
double tdm_regimen_maintenance (const TdmRegimen *regimen);

/* All that is given until `until_h`, at least one dose: the number of lines. */
guint tdm_regimen_lines (const TdmRegimen *regimen, double until_h,
                         TdmPkDose lines[TDM_REGIMEN_LINES]);

/* Whether both are given alike, apart from their amounts if `amounts` is FALSE. */
gboolean tdm_regimen_equal (const TdmRegimen *a, const TdmRegimen *b, gboolean amounts);

/* `regimen` in the terms of another model of the drug, without its notes; FALSE where
 * that has no such route or salt. */
gboolean tdm_regimen_translate (const TdmRegimen *regimen, const TdmModel *model,
                                TdmRegimen *out);
