/* NONMEM-style data: many subjects in one table, an event a row. Each subject becomes a
 * case. The first line has the names; commas stand between the fields, or tabs or
 * semicolons throughout. Lines that begin with # and empty ones are left out, and rows
 * with a letter in a column C.
 *
 * Read are ID, TIME (hours, or hh:mm), AMT, RATE, II, ADDL, SS, EVID, MDV, CMT, DV, and
 * CENS, BLQ and LLOQ for levels beyond a limit; all other columns may be covariates. DV
 * is in the unit of the output, AMT in mg, covariates in the units the model states.
 *
 * What the rows mean is what NONMEM makes of them: rows count in the file's order, so a
 * level in a row before that of a dose at the same time was drawn before it, and every
 * other one after; RATE stays what it is when part of a dose is absorbed, the infusion
 * lasts for that part; a steady state (SS = 1) or a reset (EVID = 3, 4) ends the
 * additional doses of rows before. */
#pragma once

#include "record/case.h"

/* How the data speak of a route, an output and a covariate of the model. */
typedef struct
{
  const char *name;
  guint cmt;           /* 0 = none stated */
  gboolean infusion;   /* RATE may be above 0 */
  gboolean absorption; /* part of a dose may get lost */
  gboolean dependent;  /* how a dose enters depends on parameters */
  int rate;            /* -1 or -2: for doses with that RATE only; 0: for all others */
} TdmDataRoute;

typedef struct
{
  const char *name;
  const char *unit;
  guint cmt; /* 0 = none stated */
} TdmDataOutput;

typedef struct
{
  const char *name;
  const char *unit;              /* or NULL */
  const char *const *categories; /* NULL-terminated, or NULL for a number */
  gboolean backward;             /* a row holds back to the row before */
} TdmDataCovariate;

typedef struct
{
  const char *model;
  const char *amount_unit; /* of AMT; NULL = mg */
  const TdmDataRoute *routes;
  guint n_routes;
  const TdmDataOutput *outputs;
  guint n_outputs;
  const TdmDataCovariate *covariates;
  guint n_covariates;
} TdmDataMap;

typedef struct _TdmNonmemData TdmNonmemData;

/* Reads and checks what needs no model: the columns, numbers, order of times. NULL with
 * a TDM_ERROR_INPUT error "NAME:LINE: COLUMN: …". Yours. */
TdmNonmemData *tdm_nonmem_data_parse (const char *text, gsize length, const char *name,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same from a file; "-" = standard input. Yours. */
TdmNonmemData *tdm_nonmem_data_read (const char *path,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_nonmem_data_free (TdmNonmemData *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmNonmemData, tdm_nonmem_data_free)

/* Whether any row is a level. */
gboolean tdm_nonmem_data_has_levels (const TdmNonmemData *self);
guint tdm_nonmem_data_get_n_subjects (const TdmNonmemData *self);
const char *tdm_nonmem_data_get_id (const TdmNonmemData *self, guint subject);

/* Names of the columns that neither are read nor are covariates of `map`; yours,
 * g_strfreev(). */
char **tdm_nonmem_data_dup_unused (const TdmNonmemData *self,
                                   const TdmDataMap *map) G_GNUC_WARN_UNUSED_RESULT;

/* A subject's record. NULL with an error that names line and column. Yours. */
TdmCase *tdm_nonmem_data_case (const TdmNonmemData *self, guint subject,
                               const TdmDataMap *map,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An error that names an entry of the subject's record, "levels[2].value: …", names its
 * line and column instead; any other stays. */
void tdm_nonmem_data_locate (const TdmNonmemData *data, guint subject,
                             const TdmDataMap *map, GError **error);

/* One row with EVID 0, a level there or not. */
typedef struct
{
  double time_h;
  guint output; /* index into the map's */
  gboolean after_dose;
} TdmDataObservation;

/* All of a subject's, in the file's order: of TdmDataObservation. NULL as above. Yours.
 */
GArray *tdm_nonmem_data_observations (const TdmNonmemData *self, guint subject,
                                      const TdmDataMap *map,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
