/* Errors that reach a user. */
#include "base/error.h"

GQuark
tdm_error_quark (void)
{
  return g_quark_from_static_string ("tdm-error-quark");
}

int
tdm_error_exit_status (const GError *error)
{
  g_assert (error != NULL);
  return error->domain == TDM_ERROR ? error->code : TDM_ERROR_SYSTEM;
}

gboolean
tdm_error_set_input (GError **error, const char *place, const char *format, ...)
{
  if (error == NULL)
    return FALSE;

  va_list args;
  va_start (args, format);
  g_autofree char *raw = g_strdup_vprintf (format, args);
  va_end (args);
  /* What was quoted may have been cut in the middle of a character. */
  g_autofree char *message = g_utf8_make_valid (raw, -1);
  if (place == NULL || *place == '\0')
    g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT, message);
  else
    g_set_error (error, TDM_ERROR, TDM_ERROR_INPUT, "%s: %s", place, message);
  return FALSE;
}
