/* Errors that reach a user. Every message names the place and what would be right. */
#pragma once

#include <glib.h>

/* The error domain of the whole program. */
#define TDM_ERROR (tdm_error_quark ())

/* What kind of failure; the value is the exit status of titrate-cli. */
typedef enum
{
  TDM_ERROR_NO_ANSWER = 1, /* the question has no trustworthy answer */
  TDM_ERROR_USAGE = 2,     /* wrong usage */
  TDM_ERROR_INPUT = 3,     /* a wrong input file or field */
  TDM_ERROR_SYSTEM = 4,    /* disk, database, memory */
} TdmErrorCode;

GQuark tdm_error_quark (void);

/* Exit status for `error`: its code in our domain, 4 for any other domain. */
int tdm_error_exit_status (const GError *error);

/* Sets a TDM_ERROR_INPUT error "PLACE: MESSAGE". `place` is a field such as
 * "levels[1].unit" or "FILE:LINE:COLUMN"; NULL where only the caller knows it, who then
 * adds it with g_prefix_error(). Always returns FALSE. */
gboolean tdm_error_set_input (GError **error, const char *place, const char *format,
                              ...) G_GNUC_PRINTF (3, 4);
