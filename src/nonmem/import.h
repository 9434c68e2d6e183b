/* Import of a NONMEM control stream: what it says of a model as a model file of ours.
 *
 * A control stream knows neither units nor people nor doses that can be given; those
 * parts of the file are placeholders, which say so. What cannot be translated is named
 * with its line, and nothing is left out without a note. */
#pragma once

#include <glib.h>

/* NULL = the default. */
typedef struct
{
  const char *id;         /* of the model, "warfarin-author-2020" */
  const char *dose_unit;  /* of AMT and of amounts, "mg" */
  const char *dv_unit;    /* of DV and of F, "mg/L" */
  const char *time_unit;  /* of TIME and of rates, "h" */
  const char *covariates; /* "WT kg 30 to 150, AGE y 18 to 90" */
} TdmImportOptions;

/* One thing left out, assumed or to be filled in. */
typedef struct
{
  guint line; /* of the control stream; 0 = none */
  char *text;
} TdmImportNote;

typedef struct
{
  char *id;
  char *text;       /* the model file */
  GPtrArray *notes; /* of TdmImportNote */
} TdmImport;

/* Translates `length` bytes of a control stream; `name` stands for it in messages. NULL
 * with TDM_ERROR_INPUT errors "NAME:LINE:COLUMN: …", several of them with "; " between.
 * Yours. */
TdmImport *tdm_import_nonmem (const char *data, gsize length, const char *name,
                              const TdmImportOptions *options,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_import_free (TdmImport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmImport, tdm_import_free)
