/* A control stream on its way to a model file. */
#pragma once

#include "nonmem/code.h"
#include "nonmem/import.h"

/* A line of [parameters]. */
typedef struct
{
  const char *name; /* interned */
  const char *unit; /* static */
  guint node;
} TdmImportParameter;

/* A [route …]; NULL where a key is absent. Strings are interned. */
typedef struct
{
  const char *name, *title, *into;
  const char *bioavailability, *lag, *duration, *rate;
  gboolean infusion;
  guint cmt;
} TdmImportRoute;

/* A [output …]. */
typedef struct
{
  const char *name; /* interned */
  guint cmt;        /* 0 = none */
  guint amount;     /* what the measurement is around, in DV's unit: a formula */
  char *error;      /* its lines "error = …", owned */
} TdmImportOutput;

/* A line of [ode]. */
typedef struct
{
  const char *name; /* interned */
  guint rate;
} TdmImportState;

typedef struct
{
  TdmControl control;
  TdmFormulas *formulas;
  TdmScope *pk, *des, *error;
  double dose_mg; /* mg in one dose unit */
  double dv_mg_l; /* mg/L in one unit of DV */
  double hours;   /* in one time unit */
  const char *dv_unit;
  gboolean ode;
  guint compartments, chain; /* linear */
  guint central;             /* linear: 1, or 2 where there is a depot */
  GArray *parameters, *routes, *outputs, *states;
  GArray *mixture;      /* of guint: the chance of each subpopulation; empty: no $MIX */
  const char *occasion; /* the data item that counts occasions, or NULL */
} TdmTranslation;

void tdm_translation_clear (TdmTranslation *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmTranslation, tdm_translation_clear)

/* Adds a parameter unless one of that name is there. */
void tdm_translation_add_parameter (TdmTranslation *self, const char *name,
                                    const char *unit, guint node);

/* A comparison "item == number" among the nodes of `root`: the next one after `*at`
 * (which starts at 0), whose item and number it tells. */
gboolean tdm_translation_next_case (const TdmTranslation *self, const gboolean *reach,
                                    guint root, guint *at, const char **item,
                                    double *number);

/* `root` where the data item has this value. */
guint tdm_translation_at (TdmTranslation *self, guint root, const char *item,
                          double value);

/* Effects of the same block in several occasions become effects of the occasion. */
void tdm_effects_find_occasions (TdmTranslation *self);

/* $MIX: the chances of the subpopulations. */
gboolean tdm_mixture_find (TdmTranslation *self, GError **error);

/* $ERROR: outputs and their residual error. */
gboolean tdm_outputs_find (TdmTranslation *self, GError **error);

/* Where Y is `y` around `center` (or around its logarithm): the lines of the residual
 * error, yours. NULL with `*reason` (static) where it is none of ours. `center` stands
 * in `y` as the leaf F; all the rest of `y` are numbers and EPS. */
char *tdm_residual_form (const TdmTranslation *self, guint y, gboolean logs,
                         const char **reason) G_GNUC_WARN_UNUSED_RESULT;

/* ADVAN and TRANS or $DES: parameters, states and routes. */
gboolean tdm_structure_check (TdmTranslation *self, GError **error);
gboolean tdm_structure_find (TdmTranslation *self, GError **error);

/* ADVAN5, 7 and 10, whose equations follow from the variables of $PK. */
gboolean tdm_equations_are_implied (const TdmTranslation *self);
/* Writes them into the scope of $DES. */
gboolean tdm_equations_write (TdmTranslation *self, GError **error);

/* The prediction F in this compartment. */
guint tdm_structure_prediction (TdmTranslation *self, guint compartment);

/* TRUE for items that tell of an event (TIME, AMT …) and are never a covariate. */
gboolean tdm_writer_is_event_item (const char *name);

/* Names everything that is needed and not translated. FALSE with an error. */
gboolean tdm_writer_check (const TdmTranslation *self, GError **error);

/* How the file is written. `width`: 0 = the widest ranges for covariates whose range is
 * not stated, up to TDM_WRITER_WIDTHS - 1; `loose`: the units of expressions are kept
 * from being checked, as a control stream does not tell them. */
#define TDM_WRITER_WIDTHS 6u
typedef struct
{
  const char *id;
  guint width;
  gboolean loose;
} TdmWriterManner;

/* The text of the file. NULL with an error. Yours. */
char *tdm_writer_write (const TdmTranslation *self, const TdmImportOptions *options,
                        const TdmWriterManner *manner,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
