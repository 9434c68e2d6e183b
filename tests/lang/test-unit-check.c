/* Units of expressions: what is refused, where, and what is not. The text stands at
 * test.model:3:7. */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "lang/program.h"

static const TdmPlace place = { "test.model", 3, 7 };

static const char *const sex[] = { "male", "female", NULL };

/* What an expression of these tests may use. */
static const struct
{
  TdmVariable variable;
  const char *unit;
} names[] = {
  { { TDM_VARIABLE_CONSTANT, "AGE" }, "y" },
  { { TDM_VARIABLE_CONSTANT, "WT" }, "kg" },
  { { TDM_VARIABLE_CONSTANT, "SCR" }, "mg/dL" },
  { { TDM_VARIABLE_CONSTANT, "UMOL" }, "umol/L" },
  { { TDM_VARIABLE_CONSTANT, "CLCR" }, "mL/min" },
  { { TDM_VARIABLE_CONSTANT, "HCT" }, "%" },
  { { TDM_VARIABLE_CONSTANT, "sex", sex }, NULL },
  { { TDM_VARIABLE_EFFECT, "eta" }, NULL },
  { { TDM_VARIABLE_PARAMETER, "CL" }, "L/h" },
  { { TDM_VARIABLE_PARAMETER, "V" }, "L" },
  { { TDM_VARIABLE_PARAMETER, "VMAX" }, "mg/h" },
  { { TDM_VARIABLE_PARAMETER, "KM" }, "mg/L" },
  { { TDM_VARIABLE_PARAMETER, "KA" }, "1/h" },
  { { TDM_VARIABLE_PARAMETER, "F" }, "1" },
  { { TDM_VARIABLE_STATE, "A" }, "mg" },
  { { TDM_VARIABLE_TIME, "t" }, "h" },
};

/* NULL = nothing is wrong with Y = `text`, which must be in `unit`. */
static char *
check (const char *text, const char *unit, gboolean empirical)
{
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  g_autoptr (GError) error = NULL;
  const char *const outputs[] = { "Y", NULL };
  const TdmUnitRule wanted = { .name = "Y", .unit = unit, .empirical = empirical };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TdmUnitRule rule = { names[i].variable.name, names[i].unit, .of_body = TRUE };
      g_assert_true (tdm_program_builder_add_variable (builder, &names[i].variable,
                                                       &place, &error));
      tdm_program_builder_set_unit (builder, &rule);
    }
  tdm_program_builder_add_assignment (builder, "Y", text, &place, &error);
  g_assert_no_error (error);
  tdm_program_builder_set_unit (builder, &wanted);
  g_autoptr (TdmProgram) program =
      tdm_program_builder_finish (builder, outputs, &error);
  g_assert_no_error (error);
  if (tdm_program_builder_check_units (builder, &error))
    return NULL;
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_assert_true (g_str_has_prefix (error->message, "test.model:3:"));
  return g_strdup (error->message + strlen ("test.model:3:"));
}

typedef struct
{
  const char *text, *unit;
  const char *message; /* "COLUMN: …", NULL = right */
} Case;

static void
check_cases (const Case *cases, guint n, gboolean empirical)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *got = check (cases[i].text, cases[i].unit, empirical);
      if (g_strcmp0 (got, cases[i].message) != 0)
        {
          g_test_message ("%s in %s gave “%s”, expected “%s”", cases[i].text,
                          cases[i].unit, got, cases[i].message);
          g_test_fail ();
        }
    }
}

#define ONE "expected both in one unit"
#define PLAIN "expected a number without unit"

/* Between parameters, states and rates a number has no unit of its own. */
static void
test_strict (void)
{
  static const Case cases[] = {
    { "-CL*A/V", "mg/h", NULL },
    { "-CL*A", "mg/h", "7: Y is in mg/h, but this gives mg*L/h" },
    { "-A/V", "mg/h", "7: Y is in mg/h, but this gives mg/L" },
    { "-CL/V", "mg/h", "7: Y is in mg/h, but this gives 1/h" },
    { "-VMAX*(A/V)/(KM + A/V)", "mg/h", NULL },
    { "-VMAX*A/(KM + A)", "mg/h", "19: mg/L and mg do not go together; " ONE },
    { "-VMAX*A/V/KM + A/V", "mg/h", "20: mg/h and mg/L do not go together; " ONE },
    { "-CL*(A/V)/(1 + A/V/KM)", "mg/h", NULL },
    { "-CL*(A/V)/(1 + A/V*KM)", "mg/h", "7: Y is in mg/h, but this gives L^2/mg/h" },
    { "A/V", "mg/L", NULL },
    { "A*V", "mg/L", "7: Y is in mg/L, but this gives mg*L" },
    { "1000*A/V", "mg/L", NULL },
    { "0.3*A", "mg/h", "7: Y is in mg/h, but this gives mg" },
    { "0.3 [1/h]*A", "mg/h", NULL },
    { "0.3 []*A", "mg/h", NULL },
    { "7.2 [1/d]*A", "mg/h", "7: Y is in mg/h, but this gives 0.04167 mg/h" },
    { "1000 [ug/mg]*A/V", "ug/L", NULL },
    { "exp(-KA*t)", "1", NULL },
    { "exp(-KA)", "1", "7: exp of 1/h; " PLAIN },
    { "exp(-t)", "1", "7: exp of h; " PLAIN },
    { "exp(CL)", "1", "7: exp of L/h; " PLAIN },
    { "log10(V)", "1", "7: log10 of L; " PLAIN },
    { "logit(V/V)", "1", NULL },
    { "expit(KM)", "1", "7: expit of mg/L; " PLAIN },
    { "F^t", "1", "8: an exponent of h; " PLAIN },
    { "(t/(3 [h]))^2.5", "1", NULL },
    { "V^2/V", "L", NULL },
    { "sqrt(V^2)", "L", NULL },
    { "V^F", "L",
      "8: a power of L that varies; expected a base without unit, or a constant "
      "exponent" },
    { "t > 24 ? KA : 2*KA", "1/h", NULL },
    { "t > V ? KA : KA", "1/h", "9: h and L do not go together; " ONE },
    { "t > 24 ? KA : CL", "1/h", "14: 1/h and L/h do not go together; " ONE },
    { "max(t - 1, 0)", "h", NULL },
    { "max(t, V)", "h", "7: h and L do not go together; " ONE },
    { "min(1, KA, CL)", "1/h", "7: 1/h and L/h do not go together; " ONE },
    { "KA*(V == 3)", "1/h", NULL },
    { "abs(-CL) + floor(CL)", "L/h", NULL },
    { "CL/V*exp(eta)", "1/h", NULL },
  };
  check_cases (cases, G_N_ELEMENTS (cases), FALSE);
}

/* In a formula over covariates a factor is a coefficient in the unit that is needed. */
static void
test_empirical (void)
{
  static const Case cases[] = {
    { "3.6*(CLCR/90)^0.7*exp(eta)", "L/h", NULL },
    { "28*WT/70*exp(eta)", "L", NULL },
    { "0.06*exp(eta)*CLCR", "L/h", NULL },
    { "2.81*(1 + 0.015*(CLCR - 63))", "L/h", NULL },
    { "2 + eta", "1/h", NULL },
    { "exp(eta)", "1/h", NULL },
    { "0.7^(sex == \"male\")", "1", NULL },
    { "(1 - 1.01*(HCT/100 - 0.33))*25", "L/h", NULL },
    { "(0.67*CLCR/WT + AGE^-0.24)*WT*0.06", "L/h", NULL },
    { "CLCR*exp(eta)", "L/h", "7: Y is in L/h, but this gives 0.06 L/h" },
    { "CLCR + WT", "L/h", "12: 0.06 L/h and kg do not go together; " ONE },
    { "3*exp(WT)", "L/h", "9: exp of kg; " PLAIN },
    { "3*ln(AGE)", "L/h", "9: ln of 8766 h; " PLAIN },
    { "3*ln(AGE/1 [y])", "L/h", NULL },
    { "3^AGE", "L/h", "8: an exponent of 8766 h; " PLAIN },
    { "WT - AGE > 3 ? 1 : 2", "L", "10: kg and 8766 h do not go together; " ONE },
    { "by_sex(sex, WT, AGE)", "kg", "7: kg and 8766 h do not go together; " ONE },
    { "cockcroft_gault(AGE, WT, SCR, sex)", "mL/min", NULL },
    { "cockcroft_gault(AGE, WT, SCR, sex)", "L/h",
      "7: Y is in L/h, but this gives 0.06 L/h" },
    { "cockcroft_gault(AGE, WT, UMOL, sex)", "mL/min",
      "32: cockcroft_gault takes scr_mg_dl in mg/dL; this is in 0.001 mmol/L" },
    { "cockcroft_gault(WT, AGE, SCR, sex)", "mL/min",
      "23: cockcroft_gault takes age_y in y; this is in kg" },
    { "cockcroft_gault(AGE, 65, max(SCR, 0.3), sex)", "mL/min", NULL },
    { "egfr_mdrd(SCR, AGE, sex)", "mL/min",
      "7: Y is in mL/min, but this gives 0.06 L/h/(1.73 m2)" },
  };
  check_cases (cases, G_N_ELEMENTS (cases), TRUE);
}

/* Once a formula uses a parameter, its numbers are plain; helpers keep coefficients. */
static void
test_mixed (void)
{
  static const struct
  {
    const char *first, *first_unit, *second;
    const char *message;
  } cases[] = {
    { "0.21*exp(eta)", "1/h", "2*K*V", NULL },
    { "0.21*exp(eta)", "1/h", "2*V", "7: Y is in L/h, but this gives L" },
    { "0.21*exp(eta)", "1/h", "2*V*WT/70", "7: Y is in L/h, but this gives kg*L" },
    { "0.21*exp(eta)", "1/h", "K*V*WT/70 [kg]", NULL },
    { "0.21*exp(eta)", "1/h", "K*V*WT/70", "7: Y is in L/h, but this gives kg*L/h" },
    { "0.21*exp(eta)", NULL, "K*V", NULL },
    { "WT/70", NULL, "4*K", NULL },
    { "0.3", "1", "3.1*(CLCR/90)^K", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
      g_autoptr (GError) error = NULL;
      const TdmUnitRule rules[] = { { "K", cases[i].first_unit, .empirical = TRUE },
                                    { "Y", "L/h", .empirical = TRUE } };
      for (guint k = 0; k < G_N_ELEMENTS (names); k++)
        {
          TdmUnitRule rule = { names[k].variable.name, names[k].unit, .of_body = TRUE };
          tdm_program_builder_add_variable (builder, &names[k].variable, &place, NULL);
          tdm_program_builder_set_unit (builder, &rule);
        }
      tdm_program_builder_add_assignment (builder, "K", cases[i].first, &place, &error);
      tdm_program_builder_add_assignment (builder, "Y", cases[i].second, &place,
                                          &error);
      g_assert_no_error (error);
      tdm_program_builder_set_unit (builder, &rules[0]);
      tdm_program_builder_set_unit (builder, &rules[1]);
      gboolean right = tdm_program_builder_check_units (builder, &error);
      const char *message = right ? NULL : error->message + strlen ("test.model:3:");
      if (g_strcmp0 (message, cases[i].message) != 0)
        {
          g_test_message ("%s gave “%s”, expected “%s”", cases[i].second, message,
                          cases[i].message);
          g_test_fail ();
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/unit-check/strict", test_strict);
  g_test_add_func ("/lang/unit-check/empirical", test_empirical);
  g_test_add_func ("/lang/unit-check/mixed", test_mixed);
  return g_test_run ();
}
