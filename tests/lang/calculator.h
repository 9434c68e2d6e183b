/* A calculator for the tests of this room: expressions over a fixed set of variables.
 */
#pragma once

#include <math.h>

#include "lang/program.h"

#define CALC_N_EFFECTS 3
#define CALC_JET (1 + CALC_N_EFFECTS + CALC_N_EFFECTS * (CALC_N_EFFECTS + 1) / 2)

static const char *const calc_sex[] = { "male", "female", NULL };
static const char *const calc_reversed[] = { "female", "male", NULL };
static const char *const calc_gene[] = { "*1/*1", "*1/*3", "*3/*3", NULL };

/* Each constant with its value; the effects follow. */
static const struct
{
  TdmVariable variable;
  double value;
} calc_constants[] = {
  { { TDM_VARIABLE_CONSTANT, "AGE" }, 61.7 },
  { { TDM_VARIABLE_CONSTANT, "WT" }, 83.4 },
  { { TDM_VARIABLE_CONSTANT, "HT" }, 171.3 },
  { { TDM_VARIABLE_CONSTANT, "SCR" }, 1.27 },
  { { TDM_VARIABLE_CONSTANT, "sex", calc_sex }, 1.0 },
  { { TDM_VARIABLE_CONSTANT, "xes", calc_reversed }, 1.0 },
  { { TDM_VARIABLE_CONSTANT, "CYP3A5", calc_gene }, 2.0 },
  { { TDM_VARIABLE_CONSTANT, "p" }, 0.731 },
  { { TDM_VARIABLE_CONSTANT, "q" }, 2.83 },
  { { TDM_VARIABLE_CONSTANT, "missing" }, NAN },
};

static const char *const calc_effects[CALC_N_EFFECTS] = { "x", "y", "z" };
static const double calc_point[CALC_N_EFFECTS] = { 0.643, 1.387, -0.219 };

/* Where every text of these tests stands. */
static const TdmPlace calc_place = { "test.model", 3, 7 };

static inline TdmProgramBuilder *
calc_builder (void)
{
  TdmProgramBuilder *builder = tdm_program_builder_new ();
  for (guint i = 0; i < G_N_ELEMENTS (calc_constants); i++)
    g_assert_true (tdm_program_builder_add_variable (
        builder, &calc_constants[i].variable, &calc_place, NULL));
  for (guint i = 0; i < CALC_N_EFFECTS; i++)
    {
      TdmVariable effect = { TDM_VARIABLE_EFFECT, calc_effects[i], NULL };
      g_assert_true (
          tdm_program_builder_add_variable (builder, &effect, &calc_place, NULL));
    }
  return builder;
}

/* The program with the one output Y = `text`, or NULL. */
static inline TdmProgram *
calc_compile (const char *text, GError **error)
{
  static const char *const outputs[] = { "Y", NULL };
  g_autoptr (TdmProgramBuilder) builder = calc_builder ();
  if (!tdm_program_builder_add_assignment (builder, "Y", text, &calc_place, error))
    return NULL;
  return tdm_program_builder_finish (builder, outputs, error);
}

/* All outputs of `program` at the effects `at`, as jets over `n` of them; room is made
 * exactly as large as the program asks for, so that ASan sees whatever goes beyond. */
static inline void
calc_eval (const TdmProgram *program, guint n, guint order, const double *at,
           double *outputs)
{
  TdmJetSpace space = tdm_jet_space (n, order);
  double constants[G_N_ELEMENTS (calc_constants)];
  for (guint i = 0; i < G_N_ELEMENTS (calc_constants); i++)
    constants[i] = calc_constants[i].value;
  g_autofree double *plain = g_new (double, tdm_program_get_n_plain (program));
  g_autofree double *scratch =
      g_new (double, tdm_program_get_n_scratch (program) * space.size);
  double effects[CALC_N_EFFECTS * CALC_JET];
  for (guint i = 0; i < CALC_N_EFFECTS; i++)
    if (space.order > 0)
      tdm_jet_variable (&space, effects + i * space.size, at[i], i);
    else
      effects[i] = at[i];
  TdmProgramFrame frame = { .plain = plain, .effects = effects, .scratch = scratch };
  tdm_program_bind (program, constants, plain);
  tdm_program_eval (program, &space, &frame, outputs);
}

/* The value of `text`, which must compile. */
static inline double
calc (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProgram) program = calc_compile (text, &error);
  g_assert_no_error (error);
  double value;
  calc_eval (program, 0, 0, calc_point, &value);
  return value;
}

static inline gboolean
calc_near (double got, double expected, double tolerance)
{
  return fabs (got - expected) <= tolerance * MAX (1.0, fabs (expected));
}
