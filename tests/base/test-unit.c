/* Units: parsing, conversion, what is refused. */
#include "base/unit.h"

#include "base/error.h"
#include "base/substance.h"

#include <math.h>
#include <string.h>

static double
converted (double value, const char *from, const char *to, double molar_mass)
{
  g_autoptr (GError) error = NULL;
  double out = NAN;
  gboolean ok = tdm_unit_convert (value, from, to, molar_mass, &out, &error);
  g_assert_no_error (error);
  g_assert_true (ok);
  return out;
}

static void
assert_close (double value, double expected)
{
  g_assert_cmpfloat (fabs (value - expected), <=, 1e-14 * fabs (expected));
}

static void
test_known (void)
{
  static const char *const units[] = {
    "mg",
    "g",
    "ug",
    "ng",
    "kg",
    "[lb_av]",
    "lb",
    "lb_av",
    "cm",
    "m",
    "[in_i]",
    "in",
    "m2",
    "L",
    "l",
    "mL",
    "ml",
    "h",
    "min",
    "d",
    "a",
    "y",
    "wk",
    "mo",
    "mg/L",
    "ug/mL",
    "ug/L",
    "ng/mL",
    "ng/L",
    "mg/dL",
    "g/L",
    "g/dL",
    "mmol/L",
    "umol/L",
    "umol/l",
    "nmol/L",
    "pmol/L",
    "mL/min",
    "L/h",
    "mL/min/{1.73_m2}",
    "mL/min/1.73m2",
    "mL/min/1.73 m²",
    "mg/kg",
    "mg/h",
    "mg/kg/h",
    "%",
    "1",
    "[IU]",
    "[IU]/L",
    "IU/L",
    "U/L",
    "mg.h/L",
    "mg*h/L",
    "mg·h/L",
    "ug.h/L",
    "ng.h/mL",
    "umol.min/L",
    "µg/L",
    "μg/L",
    "mcg/L",
    "µmol/l",
    "1/h",
    "kg/m2",
  };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GError) error = NULL;
      TdmUnit unit;
      gboolean ok = tdm_unit_parse (units[i], &unit, &error);
      g_assert_no_error (error);
      g_assert_true (ok);
      g_assert_true (isfinite (unit.factor) && unit.factor > 0.0);
      /* What is shown is itself a unit, and the same one. */
      g_autofree char *shown = tdm_unit_display (units[i]);
      TdmUnit again;
      if (*shown != '\0')
        {
          g_assert_true (tdm_unit_parse (shown, &again, NULL));
          g_assert_cmpfloat (again.factor, ==, unit.factor);
          g_assert_true (tdm_unit_is_same_kind (shown, units[i], 0.0));
        }
    }
}

static void
test_unknown (void)
{
  static const char *const units[] = {
    "",
    " ",
    "mgg",
    "mg/",
    "/L",
    "mg//L",
    "MG/L",
    "Mg",
    "mg L",
    "mg/furlong",
    "1.73m2",
    "mL/min/1.73",
    "mg/L.",
    "kG",
    "mEq/L",
    "mg/(L.h)",
    "mg/L/h/h/h/h/h/h/h",
    "0",
    "\xff",
    "gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg",
  };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      g_autoptr (GError) error = NULL;
      TdmUnit unit;
      if (tdm_unit_parse (units[i], &unit, &error))
        g_error ("“%s” was taken for a unit", units[i]);
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
    }
  g_autoptr (GError) error = NULL;
  TdmUnit unit;
  g_assert_false (tdm_unit_parse ("mg/furlong", &unit, &error));
  g_assert_nonnull (strstr (error->message, "“furlong”"));
}

static void
test_dimensions (void)
{
  TdmUnit u;
  g_assert_true (tdm_unit_parse ("ug.h/mL", &u, NULL));
  g_assert_cmpint (u.mass, ==, 1);
  g_assert_cmpint (u.time, ==, 1);
  g_assert_cmpint (u.volume, ==, -1);
  assert_close (u.factor, 1e-3);
  g_assert_true (tdm_unit_parse ("mL/min/1.73m2", &u, NULL));
  g_assert_cmpint (u.per_bsa, ==, 1);
  g_assert_cmpint (u.length, ==, 0);
  assert_close (u.factor, 0.06);
  g_assert_true (tdm_unit_parse ("mg/kg/h", &u, NULL));
  g_assert_cmpint (u.mass, ==, 1);
  g_assert_cmpint (u.per_weight, ==, 1);
  g_assert_cmpint (u.time, ==, -1);
}

static void
test_convert_table (void)
{
  static const struct
  {
    double value;
    const char *from, *to;
    double molar_mass, expected;
  } rows[] = {
    { 18.4, "mg/L", "ug/mL", 0, 18.4 },
    { 7.3, "ng/mL", "ug/L", 0, 7.3 },
    { 7.3, "ng/mL", "mg/L", 0, 0.0073 },
    { 1.1, "mg/dL", "mg/L", 0, 11.0 },
    { 3.7, "g/dL", "g/L", 0, 37.0 },
    { 33.0, "%", "1", 0, 0.33 },
    { 41.0, "week", "weeks", 0, 41.0 },
    { 7.0, "month", "day", 0, 213.0625 },
    { 1.5, "year", "hour", 0, 13149.0 },
    { 174.2, "lb", "kg", 0, 174.2 * 0.45359237 },
    { 3470.0, "g", "kg", 0, 3.47 },
    { 71.3, "in", "cm", 0, 71.3 * 2.54 },
    { 93.7, "mL/min", "L/h", 0, 93.7 * 0.06 },
    { 93.7, "mL/min/1.73m2", "L/h/1.73m2", 0, 93.7 * 0.06 },
    { 3.5, "wk", "d", 0, 24.5 },
    { 2.0, "y", "d", 0, 730.5 },
    { 7.0, "mo", "y", 0, 7.0 / 12.0 },
    { 1.0, "mg.h/L", "umol.min/L", 246.29, 60000.0 / 246.29 },
    { 1.37, "nmol/L", "ng/mL", 780.94, 1.37 * 0.78094 },
    { 1.0, "mg/dL", "umol/L", TDM_CREATININE_G_MOL, 88.42 },
    { 141.0, "umol/L", "mg/dL", TDM_CREATININE_G_MOL, 141.0 / 88.42 },
    { 0.6, "mmol", "umol", 0, 600.0 },
    { 1.7, "kIU", "IU", 0, 1700.0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_close (
        converted (rows[i].value, rows[i].from, rows[i].to, rows[i].molar_mass),
        rows[i].expected);
  /* Other names of one unit give the same digits. */
  g_assert_cmpfloat (converted (18.437, "ug/mL", "mg/L", 0), ==, 18.437);
  g_assert_cmpfloat (converted (0.1 + 0.2, "ng/mL", "ug/L", 0), ==, 0.1 + 0.2);
}

static void
test_convert_refused (void)
{
  static const struct
  {
    const char *from, *to;
    double molar_mass;
  } rows[] = {
    { "mg/L", "umol/L", 0 },   { "mg/L", "mg", 300 },
    { "kg", "L", 0 },          { "mL/min", "mL/min/1.73m2", 0 },
    { "IU/L", "mg/L", 300 },   { "cm", "m2", 0 },
    { "mg/kg", "mg", 0 },      { "mg/kg", "1", 0 },
    { "h", "mg", 0 },          { "mg/L", "mgL", 0 },
    { "mg/l/h", "mg.h/L", 0 },
  };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      double out = 3.25;
      g_assert_false (tdm_unit_convert (1.0, rows[i].from, rows[i].to,
                                        rows[i].molar_mass, &out, &error));
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_cmpfloat (out, ==, 3.25);
      g_assert_false (
          tdm_unit_is_same_kind (rows[i].from, rows[i].to, rows[i].molar_mass));
    }
  double out;
  g_assert_false (tdm_unit_convert (1e300, "kg/L", "pg/L", 0, &out, NULL));
}

/* Every pair of concentrations comes back to itself, for light and heavy drugs. */
static void
test_round_trip (void)
{
  static const char *const units[] = { "mg/L",   "ug/mL",  "ug/L",  "ng/mL", "ng/L",
                                       "mg/dL",  "g/L",    "g/dL",  "mol/L", "mmol/L",
                                       "umol/L", "nmol/L", "pmol/L" };
  static const double masses[] = { 73.89, 477.6, 804.02, 1449.3, 148000.0 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (99);
  for (guint m = 0; m < G_N_ELEMENTS (masses); m++)
    for (guint i = 0; i < G_N_ELEMENTS (units); i++)
      for (guint j = 0; j < G_N_ELEMENTS (units); j++)
        {
          double value = g_rand_double_range (rand, 0.01, 1000.0);
          double there = converted (value, units[i], units[j], masses[m]);
          double back = converted (there, units[j], units[i], masses[m]);
          g_assert_cmpfloat (fabs (back - value), <=, 1e-12 * value);
        }
}

static void
assert_display (const char *text, const char *expected)
{
  g_autofree char *shown = tdm_unit_display (text);
  g_assert_cmpstr (shown, ==, expected);
}

static void
test_display (void)
{
  assert_display ("mg.h/L", "mg·h/L");
  assert_display ("umol/l", "µmol/L");
  assert_display ("mL/min/1.73m2", "mL/min/1.73 m²");
  assert_display ("IU/L", "units/L");
  assert_display ("[lb_av]", "lb");
  assert_display ("1", "");
  assert_display ("no unit", "no unit");
}

static void
test_alternatives (void)
{
  g_auto (GStrv) plain = tdm_unit_alternatives ("mg/L", 0.0);
  g_assert_true (g_strv_contains ((const char *const *)plain, "ng/mL"));
  g_assert_false (g_strv_contains ((const char *const *)plain, "umol/L"));
  g_auto (GStrv) molar = tdm_unit_alternatives ("mg/L", 477.6);
  g_assert_true (g_strv_contains ((const char *const *)molar, "umol/L"));
  g_auto (GStrv) creatinine = tdm_unit_alternatives ("mg/dL", TDM_CREATININE_G_MOL);
  g_assert_cmpstr (creatinine[0], ==, "mg/dL");
  g_assert_cmpstr (creatinine[1], ==, "umol/L");
  g_auto (GStrv) weight = tdm_unit_alternatives ("kg", 0.0);
  g_assert_cmpstr (weight[2], ==, "lb");
  g_auto (GStrv) rare = tdm_unit_alternatives ("kg/m2", 0.0);
  g_assert_cmpstr (rare[0], ==, "kg/m2");
  g_assert_null (rare[1]);
}

static void
test_substances (void)
{
  assert_close (converted (1.0, "mg/dL", "umol/L", tdm_substance_molar_mass ("BILI")),
                10000.0 / 584.66);
  assert_close (converted (600.0, "umol/L", "g/L", tdm_substance_molar_mass ("ALB")),
                39.9);
  g_assert_cmpfloat (tdm_substance_molar_mass ("WT"), ==, 0.0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/unit/known", test_known);
  g_test_add_func ("/base/unit/unknown", test_unknown);
  g_test_add_func ("/base/unit/dimensions", test_dimensions);
  g_test_add_func ("/base/unit/convert", test_convert_table);
  g_test_add_func ("/base/unit/convert/refused", test_convert_refused);
  g_test_add_func ("/base/unit/convert/round-trip", test_round_trip);
  g_test_add_func ("/base/unit/display", test_display);
  g_test_add_func ("/base/unit/alternatives", test_alternatives);
  g_test_add_func ("/base/unit/substances", test_substances);
  return g_test_run ();
}
