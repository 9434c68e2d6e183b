/* How far a model file may be trusted: whether it is one that shipped, what the user
 * accepted, and whether its reference checks passed on this computer. What is kept lies
 * in $XDG_CONFIG_HOME/titrate/models.ini, by the file's hash and with dates. Thread
 * safe. */
#pragma once

#include "model/model.h"

typedef enum
{
  TDM_ORIGIN_BUNDLED, /* shipped with this very program, byte by byte */
  TDM_ORIGIN_ALTERED, /* has the id of a bundled model, but differs */
  TDM_ORIGIN_LOCAL,   /* the user's own */
} TdmOrigin;

TdmOrigin tdm_trust_origin (const TdmModel *model);
/* "bundled", "altered", "local". Static. */
const char *tdm_trust_origin_name (TdmOrigin origin);
/* TRUE when a model of this id ships. */
gboolean tdm_trust_is_bundled_id (const char *id);

/* The date ("2026-03-01") on which the user accepted this very file, "this run" after
 * tdm_trust_accept_once(), or NULL. Yours. */
char *tdm_trust_dup_accepted (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
/* Accepts this very file from now on. Error: it cannot be kept. */
gboolean tdm_trust_accept (const TdmModel *model, GError **error);
/* Accepts every altered file until the program ends; nothing is kept. */
void tdm_trust_accept_once (void);

typedef enum
{
  TDM_TRUST_UNCHECKED,
  TDM_TRUST_PASSED,
  TDM_TRUST_FAILED,
} TdmTrustChecks;

/* How this file's checks went here, with this version of the program; `date` (or NULL)
 * receives when, or NULL. Yours. */
TdmTrustChecks tdm_trust_get_checks (const TdmModel *model, char **date);
/* Remembers it. Where it cannot be written it holds until the program ends. */
void tdm_trust_set_checks (const TdmModel *model, gboolean passed);

/* FALSE: nothing is written (teaching cases). */
void tdm_trust_set_keep (gboolean keep);

/* What a user must know of the file in one sentence: where it comes from and whether it
 * was accepted. Yours. */
char *tdm_trust_words (const TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
