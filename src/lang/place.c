#include "lang/place.h"

#include "base/error.h"

gboolean
tdm_place_set_error (GError **error, const TdmPlace *place, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_autofree char *where =
      g_strdup_printf ("%s:%u:%u", place->file, place->line, place->column);
  return tdm_error_set_input (error, where, "%s", message);
}

TdmPlace
tdm_place_advance (const TdmPlace *start, const char *text, gsize offset)
{
  TdmPlace place = *start;
  for (gsize i = 0; i < offset; i++)
    {
      if (text[i] == '\n')
        {
          place.line++;
          place.column = 1;
        }
      /* Bytes 10xxxxxx continue a character of UTF-8. */
      else if (((guchar)text[i + 1] & 0xC0) != 0x80)
        place.column++;
    }
  return place;
}
