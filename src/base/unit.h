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
  signed char length;  /* metres */
  signed char per_bsa; /* 1 where the unit is "per 1.73 m2" */
  signed char
      per_weight; /* 1 in "mg/kg": body weight does not cancel the drug's mass */
  double factor;  /* value in base units = factor * value */
} TdmUnit;

/* Parses products and quotients of known units: "mg/L", "ug/mL", "umol/L", "mg.h/L",
 * "mg*h/L", "mL/min/1.73m2", "%", "1", "h", "kg", "IU/L", "mg/kg", "mg/kg/h", "lb",
 * "in", "wk", "d", "y", "µmol/L" (both micro signs), "mcg". A quotient divides by the
 * one factor after its stroke: "mg/L.h" is mg·h/L. FALSE with a TDM_ERROR_INPUT error
 * that names the unknown part otherwise; its message does not name a place. */
gboolean tdm_unit_parse (const char *text, TdmUnit *out,
                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Converts `value` from unit `from` to unit `to`. Mass and moles convert through
 * `molar_mass_g_mol` (0 = unknown, then such a conversion is refused). */
gboolean tdm_unit_convert (double value, const char *from, const char *to,
                           double molar_mass_g_mol, double *out,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether values convert between the two; a mass and an amount of substance do when the
 * molar mass is known (not 0). FALSE as well when one is no unit. */
gboolean tdm_unit_is_same_kind (const char *one, const char *other,
                                double molar_mass_g_mol);

/* The units worth offering where `unit` is entered, `unit` among them; molar ones for a
 * mass only when the molar mass is known. NULL-terminated; free with g_strfreev(). */
char **tdm_unit_alternatives (const char *unit,
                              double molar_mass_g_mol) G_GNUC_WARN_UNUSED_RESULT;

/* How a unit is written for people: "mg·h/L", "mL/min/1.73 m²", "µmol/L", and "units"
 * for IU, which is misread; "" for "1". Text that is no unit comes back as it is. The
 * result is a unit that tdm_unit_parse() knows, but for "". Yours. */
char *tdm_unit_display (const char *text) G_GNUC_WARN_UNUSED_RESULT;
