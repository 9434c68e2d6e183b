/* Two lines of any text as units: refused with a sentence, or a unit that converts to
 * itself, that is shown as a unit of the same size, and whose conversions go both ways.
 */
#include "fuzz.h"

#include "base/error.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

#define MOLAR_MASS 1449.3

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  return 0;
}

static gboolean
try_unit (const char *text)
{
  g_autoptr (GError) error = NULL;
  TdmUnit unit, again;
  double same;
  if (!tdm_unit_parse (text, &unit, &error))
    {
      g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_false (tdm_unit_is_same_kind (text, text, 0));
      return FALSE;
    }
  g_assert_true (isfinite (unit.factor) && unit.factor > 0);
  g_assert_true (tdm_unit_convert (3.47, text, text, 0, &same, NULL));
  g_assert_cmpfloat_with_epsilon (same, 3.47, 1e-12);
  g_autofree char *shown = tdm_unit_display (text);
  g_assert_true (!*shown || tdm_unit_parse (shown, &again, NULL));
  g_assert_true (!*shown || fabs (again.factor / unit.factor - 1) < 1e-12);
  g_auto (GStrv) others = tdm_unit_alternatives (text, MOLAR_MASS);
  for (guint i = 0; others[i]; i++)
    g_assert_true (tdm_unit_is_same_kind (text, others[i], MOLAR_MASS));
  return TRUE;
}

static void
try_conversion (const char *one, const char *other)
{
  g_autoptr (GError) error = NULL;
  double there, back;
  gboolean kind = tdm_unit_is_same_kind (one, other, MOLAR_MASS);
  gboolean can = tdm_unit_convert (3.47, one, other, MOLAR_MASS, &there, &error);
  g_assert_true (can == (error == NULL));
  g_assert_true (!can || kind);
  if (!can)
    return;
  g_assert_true (isfinite (there));
  g_assert_true (tdm_unit_convert (there, other, one, MOLAR_MASS, &back, NULL));
  g_assert_true (fabs (back / 3.47 - 1) < 1e-9);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  char *line = strchr (text, '\n');
  if (line)
    *line++ = '\0';
  gboolean both = try_unit (text);
  if (line && try_unit (line) && both)
    try_conversion (text, line);
  return 0;
}
