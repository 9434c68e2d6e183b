/* The functions of the language. */
#pragma once

#include <glib.h>

#include "lang/op.h"

/* A function is either one operation or a body written in the language itself, over its
 * parameters. A parameter called "sex" takes 0 = male, 1 = female. */
typedef struct
{
  const char *name;
  const char *parameters; /* "age_y, weight_kg": the names tell the units */
  guint min_arguments, max_arguments;
  TdmOp op;         /* when there is no body; more than two arguments are chained */
  const char *body; /* or NULL */
  const char *unit; /* of the result, NULL = that of the arguments or none */
  const char *source;
} TdmFunction;

/* NULL when there is none of this name. Static. */
const TdmFunction *tdm_function_find (const char *name);

/* All functions, in the order in which they should be listed. Static. */
const TdmFunction *tdm_functions (guint *n);
