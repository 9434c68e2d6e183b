/* Programs: the expressions of a model file, compiled.
 *
 * A builder takes variables and assignments ("CL" = "4.5 * WT/70 * exp(eta_CL)"), in
 * the order in which they may use each other, and makes an immutable program for some
 * of their names. Whatever depends on constants only (covariates, literals) is
 * evaluated once a covariate set, in plain doubles, by tdm_program_bind();
 * tdm_program_eval() does the rest on jets. Neither allocates nor locks: a program may
 * be shared between threads. The language itself is described in lang/parser.c and
 * lang/function.c.
 *
 * A NaN that goes in (a missing covariate) comes out of everything that used it, also
 * of comparisons, min, max and powers: no value is ever made up from it. Whether a
 * result is finite is for the caller to check. */
#pragma once

#include <glib.h>

#include "lang/place.h"
#include "num/jet.h"

/* What a variable is. Within its kind it is numbered in the order of adding. */
typedef enum
{
  TDM_VARIABLE_CONSTANT, /* a plain number, fixed by tdm_program_bind() */
  TDM_VARIABLE_EFFECT,   /* the others are jets, given to tdm_program_eval() */
  TDM_VARIABLE_PARAMETER,
  TDM_VARIABLE_STATE,
  TDM_VARIABLE_TIME,
  TDM_VARIABLE_N_KINDS,
} TdmVariableKind;

typedef struct
{
  TdmVariableKind kind;
  const char *name;
  const char *const
      *categories; /* NULL-terminated texts whose index is the value; or NULL */
} TdmVariable;

typedef struct _TdmProgramBuilder TdmProgramBuilder;
typedef struct _TdmProgram TdmProgram;

TdmProgramBuilder *tdm_program_builder_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_program_builder_free (TdmProgramBuilder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmProgramBuilder, tdm_program_builder_free)

/* Makes a variable known; copies it. Error: not a name, a word of the language, or
 * taken already. `place` is where the name stands. */
gboolean tdm_program_builder_add_variable (TdmProgramBuilder *self,
                                           const TdmVariable *variable,
                                           const TdmPlace *place, GError **error);

/* Adds `name` = `text`; `place` is that of the first character of `text`. Errors
 * (TDM_ERROR_INPUT, "FILE:LINE:COLUMN: …") here are those of spelling and grammar, and
 * a name that is taken; names, counts of arguments and categories are checked by
 * tdm_program_builder_finish(). */
gboolean tdm_program_builder_add_assignment (TdmProgramBuilder *self, const char *name,
                                             const char *text, const TdmPlace *place,
                                             GError **error);

/* TRUE when `name` is a variable or an assignment so far. */
gboolean tdm_program_builder_defines (const TdmProgramBuilder *self, const char *name);

/* What a name of a builder is measured in. Without a rule, a variable is a plain number
 * and an assignment has the unit its expression gives. */
typedef struct
{
  const char *name;
  const char *unit; /* of a variable; what an assignment must give; NULL = any */
  const char *what; /* what messages call an assignment, NULL = its name */
  gboolean of_body; /* a variable in kg is the weight of a body, not a mass of drug */
  /* An assignment's numbers may be coefficients of an empirical formula, which have
   * whatever unit makes it right: "0.06 * CLCR". Not so once it uses another assignment
   * that must have a unit. Without this, a number has no unit unless it says so. */
  gboolean empirical;
} TdmUnitRule;

/* `rule->name` must be known; copies. */
void tdm_program_builder_set_unit (TdmProgramBuilder *self, const TdmUnitRule *rule);

/* Checks the units of all assignments, which must be free of other errors: after
 * tdm_program_builder_finish(). FALSE with "FILE:LINE:COLUMN: …". How is described in
 * lang/unit-check.c. */
gboolean tdm_program_builder_check_units (const TdmProgramBuilder *self,
                                          GError **error);

/* Checks that nothing jumps with a random effect: no comparison, condition or floor of
 * what one moves. Likewise after tdm_program_builder_finish(). */
gboolean tdm_program_builder_check_derivatives (const TdmProgramBuilder *self,
                                                GError **error);

/* Checks all assignments and compiles what `outputs` (NULL-terminated names of
 * assignments or variables, each defined) need. May be called again with other outputs.
 * Yours. */
TdmProgram *tdm_program_builder_finish (TdmProgramBuilder *self,
                                        const char *const *outputs,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

TdmProgram *tdm_program_ref (TdmProgram *self);
void tdm_program_unref (TdmProgram *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmProgram, tdm_program_unref)

guint tdm_program_get_n_outputs (const TdmProgram *self);
guint tdm_program_get_n_plain (const TdmProgram *self);   /* doubles of a plain image */
guint tdm_program_get_n_scratch (const TdmProgram *self); /* jets of scratch */

/* TRUE when output number `output` depends on the variable called `variable`, directly
 * or through other assignments. */
gboolean tdm_program_depends (const TdmProgram *self, guint output,
                              const char *variable);

/* TRUE when an output depends on no variable that is a jet: bind alone computes it. */
gboolean tdm_program_output_is_plain (const TdmProgram *self, guint output);

/* TRUE when output number `output` is proportional to the variables of `kind` taken
 * together, whatever all others are: twice their values give twice its value, and what
 * two sets of values give adds up. Told from the operations alone; FALSE when in doubt.
 */
gboolean tdm_program_is_proportional (const TdmProgram *self, guint output,
                                      TdmVariableKind kind);

/* Evaluates all that depends on constants only. `constants`: one number for each
 * variable of kind CONSTANT, NAN = missing. `plain` (n_plain doubles, yours) receives
 * the image. */
void tdm_program_bind (const TdmProgram *self, const double *constants, double *plain);

/* The value of a plain output in an image. */
double tdm_program_get_plain (const TdmProgram *self, const double *plain,
                              guint output);

/* What one evaluation reads. Arrays of jets are contiguous, in the order of the kind;
 * those of kinds that the program has not may be NULL. */
typedef struct
{
  const double *plain; /* from tdm_program_bind() */
  const double *effects, *parameters, *states, *time;
  double *scratch; /* n_scratch jets, uninitialised; one a thread */
} TdmProgramFrame;

/* Evaluates the outputs: n_outputs contiguous jets over `space`, at most 64 variables.
 * `outputs` must overlap nothing in `frame`. */
void tdm_program_eval (const TdmProgram *self, const TdmJetSpace *space,
                       const TdmProgramFrame *frame, double *outputs);
