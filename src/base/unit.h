/* Units of measurement: a table of UCUM-like codes with dimension vectors. */
#pragma once

#include <glib.h>

/* Exponents over the base dimensions, and the factor to the base units
 * (g, L, h, mol, IU). "1.73m2" in "mL/min/1.73m2" is a tag, not an area. */
typedef struct
{
  signed char mass;
  signed char volume; /* litres; lengths are volume/3 and counted in `length` */
  signed char time;
  signed char amount; /* moles */
  signed char iu;
  signed char length; /* metres */
  signed char per_bsa; /* 1 where the unit is "per 1.73 m2" */
  double factor;      /* value in base units = factor * value */
} TdmUnit;

/* Parses products and quotients of known units: "mg/L", "ug/mL", "umol/L", "mg.h/L",
 * "mg*h/L", "mL/min/1.73m2", "%", "1", "h", "kg", "IU/L", "mg/kg", "mg/kg/h", "lb",
 * "in", "wk", "d", "y", "µmol/L" (both micro signs), "mcg". FALSE with a TDM_ERROR_INPUT
 * error that names the unknown part otherwise. */
gboolean tdm_unit_parse (const char *text, TdmUnit *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Converts `value` from unit `from` to unit `to`. Mass and moles convert through
 * `molar_mass_g_mol` (0 = unknown, then such a conversion is refused). */
gboolean tdm_unit_convert (double value, const char *from, const char *to,
                           double molar_mass_g_mol, double *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How a unit is written for people: "mg·h/L", "mL/min/1.73 m²", "µmol/L". Yours. */
char *tdm_unit_display (const char *text) G_GNUC_WARN_UNUSED_RESULT;
