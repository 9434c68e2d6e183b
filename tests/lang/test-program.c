/* Programs as a whole: outputs, what is bound and what evaluated, dependencies, kinds.
 */
#include <glib.h>

#include "calculator.h"
#include "lang/program-private.h"

static void
assign (TdmProgramBuilder *builder, const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  tdm_program_builder_add_assignment (builder, name, text, &calc_place, &error);
  g_assert_no_error (error);
}

static TdmProgram *
finish (TdmProgramBuilder *builder, const char *const *outputs)
{
  g_autoptr (GError) error = NULL;
  TdmProgram *program = tdm_program_builder_finish (builder, outputs, &error);
  g_assert_no_error (error);
  return program;
}

/* Everything but the exponential and one product is done when binding. */
static void
test_partial_evaluation (void)
{
  static const char *const same[] = {
    "4.5 * (WT/70)^0.75 * 0.7^p * exp(x)",
    "4.5 * exp(x) * (WT/70)^0.75 * 0.7^p",
    "exp(x) / 2 * (WT/70)^0.75 * 9 * 0.7^p",
  };
  double expected = 4.5 * pow (83.4 / 70.0, 0.75) * pow (0.7, 0.731) * exp (0.643);
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    {
      g_autoptr (TdmProgram) program = calc_compile (same[i], NULL);
      g_assert_cmpuint (program->code->len, ==, 2);
      g_assert_cmpuint (tdm_program_get_n_scratch (program), ==, 1);
      g_assert_true (calc_near (calc (same[i]), expected, 1e-14));
    }
  g_autoptr (TdmProgram) folded = calc_compile ("exp(2) * 3 - min(4, 5)^2", NULL);
  g_assert_cmpuint (folded->prologue->len, ==, 1);
  g_assert_cmpint (g_array_index (folded->prologue, TdmPlainStep, 0).op, ==,
                   TDM_OP_LITERAL);
}

static void
test_common_subexpressions (void)
{
  g_autoptr (TdmProgram) program =
      calc_compile ("exp(x*y)/(1 + exp(y*x)) + exp(x*y)", NULL);
  g_assert_cmpuint (program->code->len, ==, 5); /* mul, exp, add, div, add */
  double e = exp (0.643 * 1.387), value;
  calc_eval (program, 0, 0, calc_point, &value);
  g_assert_true (calc_near (value, e / (1.0 + e) + e, 1e-15));
}

static void
test_outputs (void)
{
  static const char *const outputs[] = { "CL", "again", "V",     "WT", "x",
                                         "CL", "K",     "three", NULL };
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  assign (builder, "CL", "3.47*exp(x)");
  assign (builder, "dead", "exp(exp(y))*missing");
  assign (builder, "again", "exp(x)*3.47");
  assign (builder, "V", "0.68*WT");
  assign (builder, "K", "CL/V*exp(y)");
  assign (builder, "three", "3");
  g_assert_true (tdm_program_builder_defines (builder, "K"));
  g_assert_true (tdm_program_builder_defines (builder, "WT"));
  g_assert_false (tdm_program_builder_defines (builder, "k"));
  g_autoptr (TdmProgram) program = finish (builder, outputs);
  double cl = 3.47 * exp (0.643), v = 0.68 * 83.4;
  double expected[8] = { cl, cl, v, 83.4, 0.643, cl, cl / v * exp (1.387), 3.0 };
  double jets[8 * CALC_JET];
  TdmJetSpace space = tdm_jet_space (CALC_N_EFFECTS, 2);
  calc_eval (program, CALC_N_EFFECTS, 2, calc_point, jets);
  g_assert_cmpuint (tdm_program_get_n_outputs (program), ==, 8);
  for (guint i = 0; i < 8; i++)
    {
      gboolean plain = i == 2 || i == 3 || i == 7;
      g_assert_true (calc_near (jets[i * space.size], expected[i], 1e-14));
      g_assert_true (tdm_program_output_is_plain (program, i) == plain);
      g_assert_true (!plain || jets[i * space.size + 1] == 0.0);
    }
  g_assert_cmpfloat (jets[4 * space.size + 1], ==, 1.0);
  g_assert_true (calc_near (jets[5 * space.size + 1], cl, 1e-14));
  g_assert_false (tdm_program_depends (program, 0, "missing"));
}

/* What is proportional to the effects, and what is not. */
static void
test_proportional (void)
{
  static const struct
  {
    const char *text;
    gboolean proportional;
  } cases[] = {
    { "2.7*x", TRUE },
    { "-x/WT + 3.1*(x - y)", TRUE },
    { "if(WT > 50, x, 2*y)", TRUE },
    { "x*exp(WT)", TRUE },
    { "x + 1", FALSE },
    { "x*y", FALSE },
    { "WT/x", FALSE },
    { "x/(1 + y)", FALSE },
    { "max(x, 0)", FALSE },
    { "if(x > 1, x, y)", FALSE },
    { "if(WT > 50, x, 1)", FALSE },
    { "sqrt(x)", FALSE },
    { "WT", FALSE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      static const char *const outputs[] = { "result", NULL };
      g_autoptr (TdmProgramBuilder) builder = calc_builder ();
      assign (builder, "term", cases[i].text);
      assign (builder, "result", "term");
      g_autoptr (TdmProgram) program = finish (builder, outputs);
      g_assert_true (tdm_program_is_proportional (program, 0, TDM_VARIABLE_EFFECT)
                     == cases[i].proportional);
    }
}

static void
test_plain_outputs (void)
{
  static const char *const outputs[] = { "CRCL", "V", "AGE", NULL };
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  assign (builder, "CRCL", "min(150, cockcroft_gault(AGE, WT, SCR, sex))");
  assign (builder, "V", "missing*2");
  g_autoptr (TdmProgram) program = finish (builder, outputs);
  double constants[G_N_ELEMENTS (calc_constants)];
  for (guint i = 0; i < G_N_ELEMENTS (calc_constants); i++)
    constants[i] = calc_constants[i].value;
  g_autofree double *plain = g_new (double, tdm_program_get_n_plain (program));
  tdm_program_bind (program, constants, plain);
  g_assert_true (
      calc_near (tdm_program_get_plain (program, plain, 0), 60.70305118110236, 1e-14));
  g_assert_true (isnan (tdm_program_get_plain (program, plain, 1)));
  g_assert_cmpfloat (tdm_program_get_plain (program, plain, 2), ==, 61.7);
  constants[3] = 0.21;
  tdm_program_bind (program, constants, plain);
  g_assert_cmpfloat (tdm_program_get_plain (program, plain, 0), ==, 150.0);
}

static void
test_depends (void)
{
  static const char *const outputs[] = { "CL", "V", "K", NULL };
  static const struct
  {
    const char *variable;
    gboolean expected[3];
  } cases[] = {
    { "AGE", { TRUE, FALSE, TRUE } },      { "WT", { TRUE, TRUE, TRUE } },
    { "HT", { FALSE, FALSE, FALSE } },     { "sex", { TRUE, FALSE, TRUE } },
    { "x", { TRUE, FALSE, TRUE } },        { "y", { FALSE, TRUE, TRUE } },
    { "z", { FALSE, FALSE, FALSE } },      { "CL", { FALSE, FALSE, FALSE } },
    { "nobody", { FALSE, FALSE, FALSE } },
  };
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  assign (builder, "CRCL", "cockcroft_gault(AGE, WT, SCR, sex)");
  assign (builder, "CL", "CRCL*exp(x)");
  assign (builder, "V", "WT*exp(y) + if(1 > 2, HT, 0)");
  assign (builder, "K", "CL/V");
  g_autoptr (TdmProgram) program = finish (builder, outputs);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < 3; j++)
      g_assert_true (tdm_program_depends (program, j, cases[i].variable)
                     == cases[i].expected[j]);
}

/* A Michaelis–Menten model: parameters, states and time are jets of three arrays; the
 * same builder gives the right-hand side and the output. */
static void
test_differential_equations (void)
{
  static const TdmVariable variables[] = {
    { TDM_VARIABLE_TIME, "TIME" },    { TDM_VARIABLE_PARAMETER, "VM" },
    { TDM_VARIABLE_PARAMETER, "KM" }, { TDM_VARIABLE_PARAMETER, "V" },
    { TDM_VARIABLE_STATE, "A1" },     { TDM_VARIABLE_STATE, "A2" },
  };
  static const char *const derivatives[] = { "dA1", "dA2", NULL };
  static const char *const outputs[] = { "C", NULL };
  g_autoptr (TdmProgramBuilder) builder = tdm_program_builder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (variables); i++)
    g_assert_true (
        tdm_program_builder_add_variable (builder, &variables[i], &calc_place, NULL));
  assign (builder, "C", "A1/V");
  assign (builder, "dA1", "-VM*C/(KM + C) + (TIME > 2 ? A2 : 0)");
  assign (builder, "dA2", "-A2");
  g_autoptr (TdmProgram) rhs = finish (builder, derivatives);
  g_autoptr (TdmProgram) output = finish (builder, outputs);
  const double vm = 2.71, km = 0.83, v = 12.6, a1 = 41.7, a2 = 7.9, c = a1 / v;
  TdmJetSpace space = tdm_jet_space (4, 1); /* VM, KM, V, A1 */
  double time[5], parameters[15], states[10], plain[8], scratch[8 * 5], result[10];
  tdm_jet_set (&space, time, 3.5);
  tdm_jet_variable (&space, parameters, vm, 0);
  tdm_jet_variable (&space, parameters + 5, km, 1);
  tdm_jet_variable (&space, parameters + 10, v, 2);
  tdm_jet_variable (&space, states, a1, 3);
  tdm_jet_set (&space, states + 5, a2);
  g_assert_cmpuint (tdm_program_get_n_plain (rhs), <=, 8);
  g_assert_cmpuint (tdm_program_get_n_scratch (rhs), <=, 8);
  TdmProgramFrame frame = { .plain = plain,
                            .parameters = parameters,
                            .states = states,
                            .time = time,
                            .scratch = scratch };
  tdm_program_bind (rhs, NULL, plain);
  tdm_program_eval (rhs, &space, &frame, result);
  g_assert_true (calc_near (result[0], -vm * c / (km + c) + a2, 1e-14));
  g_assert_true (calc_near (result[1], -c / (km + c), 1e-14));
  g_assert_true (calc_near (result[2], vm * c / ((km + c) * (km + c)), 1e-14));
  double slope = -vm * km / ((km + c) * (km + c)); /* in C */
  g_assert_true (calc_near (result[3], slope * -c / v, 1e-14));
  g_assert_true (calc_near (result[4], slope / v, 1e-14));
  g_assert_cmpfloat (result[5], ==, -a2);
  tdm_jet_set (&space, time, 1.9);
  tdm_program_eval (rhs, &space, &frame, result);
  g_assert_true (calc_near (result[0], -vm * c / (km + c), 1e-14));
  tdm_program_bind (output, NULL, plain);
  tdm_program_eval (output, &space, &frame, result);
  g_assert_true (calc_near (result[0], c, 1e-15));
}

/* Many values alive at once, then used in the reverse order: places in the scratch must
 * neither clash nor grow with the length of the program. */
static void
test_scratch (void)
{
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  double expected = 0.0;
  GString *sum = g_string_new ("0");
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%u", i);
      g_autofree char *text = g_strdup_printf ("exp(x*%u.5e-2)", i);
      assign (builder, name, text);
      expected += exp (0.643 * (i + 0.5) * 1e-2) * (i + 1);
    }
  for (guint i = 40; i-- > 0;)
    g_string_append_printf (sum, " + v%u*%u", i, i + 1);
  assign (builder, "Y", sum->str);
  g_string_free (sum, TRUE);
  static const char *const outputs[] = { "Y", NULL };
  g_autoptr (TdmProgram) program = finish (builder, outputs);
  double value;
  calc_eval (program, 0, 0, calc_point, &value);
  g_assert_true (calc_near (value, expected, 1e-14));
  g_assert_cmpuint (tdm_program_get_n_scratch (program), <=, 42);
  g_autoptr (TdmProgram) chain = calc_compile (
      "exp(-exp(-exp(-exp(-exp(-exp(x) + y) + y) + y) + y) + y) + exp(x)*y", NULL);
  g_assert_cmpuint (tdm_program_get_n_scratch (chain), <=, 3);
}

static void
test_references (void)
{
  TdmProgram *program = calc_compile ("x*y", NULL);
  TdmProgram *other = tdm_program_ref (program);
  tdm_program_unref (program);
  double value;
  calc_eval (other, 0, 0, calc_point, &value);
  g_assert_true (calc_near (value, 0.643 * 1.387, 1e-15));
  tdm_program_unref (other);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lang/program/partial-evaluation", test_partial_evaluation);
  g_test_add_func ("/lang/program/common-subexpressions", test_common_subexpressions);
  g_test_add_func ("/lang/program/outputs", test_outputs);
  g_test_add_func ("/lang/program/proportional", test_proportional);
  g_test_add_func ("/lang/program/plain-outputs", test_plain_outputs);
  g_test_add_func ("/lang/program/depends", test_depends);
  g_test_add_func ("/lang/program/differential-equations", test_differential_equations);
  g_test_add_func ("/lang/program/scratch", test_scratch);
  g_test_add_func ("/lang/program/references", test_references);
  return g_test_run ();
}
