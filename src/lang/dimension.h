/* Dimensions: what an expression is measured in, with the scale, so that mg/L and ng/mL
 * are told apart. */
#pragma once

#include <glib.h>

/* What is known of a value's unit. */
typedef enum
{
  TDM_DIMENSION_EFFECT, /* a random effect: likewise, but never a coefficient */
  TDM_DIMENSION_NUMBER, /* a plain number: takes the unit of what it is added to */
  TDM_DIMENSION_KNOWN,
  TDM_DIMENSION_FREE, /* an empirical coefficient is in it: any unit may be meant */
} TdmDimensionKind;

enum
{
  TDM_DIMENSION_MASS,   /* of drug */
  TDM_DIMENSION_WEIGHT, /* of the body: never cancels a mass of drug */
  TDM_DIMENSION_VOLUME,
  TDM_DIMENSION_TIME,
  TDM_DIMENSION_AMOUNT,
  TDM_DIMENSION_IU,
  TDM_DIMENSION_LENGTH,
  TDM_DIMENSION_BSA, /* "per 1.73 m2" */
  TDM_N_DIMENSIONS,
};

/* Plain value. Exponents need not be whole (sqrt). */
typedef struct
{
  TdmDimensionKind kind;
  double exponents[TDM_N_DIMENSIONS];
  double factor; /* to g, kg of body, L, h, mol, IU, m */
} TdmDimension;

/* Of this kind without exponents: KNOWN is "has no unit". */
TdmDimension tdm_dimension_of_kind (TdmDimensionKind kind);

/* From the text of a unit: "1" is none; "" is free. `of_body`: a weight alone ("kg") is
 * that of the body. FALSE with a TDM_ERROR_INPUT error that names no place. */
gboolean tdm_dimension_parse (const char *unit, gboolean of_body, TdmDimension *out,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE for numbers, and for what is known to have no unit. */
gboolean tdm_dimension_is_plain (const TdmDimension *self);
/* TRUE unless both are known to be in different units. */
gboolean tdm_dimension_agrees (const TdmDimension *one, const TdmDimension *other);
/* one * other^power, both known. */
TdmDimension tdm_dimension_multiply (const TdmDimension *one, const TdmDimension *other,
                                     double power);

/* "mg/h", "0.06 L/h" for mL/min, "no unit". Yours. */
char *tdm_dimension_text (const TdmDimension *self) G_GNUC_WARN_UNUSED_RESULT;
