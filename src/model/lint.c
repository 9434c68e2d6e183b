/* The loader stops at the first fault. To find the others, the faulty line is put out
 * of the way (a parameter gets a plain value, so that what uses it still finds it) and
 * the file is read again, until it loads, or until a fault only follows from a repair.
 */
#include "model/lint.h"

#include <stdlib.h>
#include <string.h>

#include "model/lint-repair.h"
#include "model/model-private.h"
#include "model/skeleton.h"

#define MAX_FAULTS 50
#define MAX_ROUNDS 200

void
tdm_lint_free (TdmLint *self)
{
  g_ptr_array_unref (self->faults);
  g_ptr_array_unref (self->remarks);
  g_free (self);
}

/* The number of the line an error names, from 0; -1 = none. */
static int
error_line (const TdmRepair *self, const char *message)
{
  const gsize length = strlen (self->path);

  if (strncmp (message, self->path, length) != 0 || message[length] != ':')
    return -1;
  int line = atoi (message + length + 1) - 1;
  return line >= 0 && (guint)line < self->n ? line : -1;
}

/* What is wrong in one line is said once. */
static gboolean
is_known (const TdmLint *lint, const char *message)
{
  for (guint i = 0; i < lint->faults->len; i++)
    if (strcmp (lint->faults->pdata[i], message) == 0)
      return TRUE;
  return FALSE;
}

static void
find_faults (TdmLint *lint, TdmRepair *self)
{
  for (guint i = 0; i < MAX_ROUNDS && lint->faults->len < MAX_FAULTS; i++)
    {
      g_autofree char *text = g_strjoinv ("\n", self->lines);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmModel) model =
          tdm_model_parse_file (text, strlen (text), self->path, &error);
      if (model != NULL)
        return;
      const int line = error_line (self, error->message);
      if (line < 0 ? i == 0
                   : !tdm_repair_follows (self, (guint)line, error->message)
                         && !is_known (lint, error->message))
        g_ptr_array_add (lint->faults, g_strdup (error->message));
      if (line < 0 || !tdm_repair_line (self, (guint)line, error->message))
        return;
    }
}

static void
find_marks (TdmLint *lint, const TdmRepair *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      const char *at = strstr (self->lines[i], TDM_SKELETON_MARK);
      if (at != NULL && self->lines[i][0] != '#')
        g_ptr_array_add (
            lint->remarks,
            g_strdup_printf ("%s:%u:%ld: still to be written%s", self->path, i + 1,
                             g_utf8_pointer_to_offset (self->lines[i], at) + 1,
                             at + strlen (TDM_SKELETON_MARK)));
    }
}

static void
remark (TdmLint *lint, const TdmRepair *self, const char *text)
{
  g_ptr_array_add (lint->remarks, g_strdup_printf ("%s: %s", self->path, text));
}

static gboolean
mentions (const TdmRepair *self, const char *start)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_has_prefix (self->lines[i], start))
      return TRUE;
  return FALSE;
}

/* "cv 0.31 %" is a fraction that somebody took for percent. */
static void
find_small (TdmLint *lint, const TdmRepair *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      const char *at = strstr (self->lines[i], "= cv ");
      if (at == NULL || self->lines[i][0] == '#')
        continue;
      const double value = g_ascii_strtod (at + strlen ("= cv "), NULL);
      if (value > 0.0 && value < 1.0)
        g_ptr_array_add (
            lint->remarks,
            g_strdup_printf ("%s:%u:%ld: a CV below 1 %%; is it a fraction?",
                             self->path, i + 1,
                             g_utf8_pointer_to_offset (self->lines[i], at) + 3));
    }
}

static void
find_gaps (TdmLint *lint, const TdmRepair *self)
{
  find_small (lint, self);
  if (!mentions (self, "doi"))
    remark (lint, self, "no doi; the paper is easier to find with one");
  if (!mentions (self, "studied"))
    remark (lint, self,
            "no covariate says what was studied; outside of it, users are "
            "warned");
  if (!mentions (self, "levels"))
    remark (lint, self,
            "no check has levels; a single dose is easily computed by other "
            "means");
  if (!mentions (self, "observed"))
    remark (lint, self, "no check has an estimate (observed, eta, objective)");
  if (!mentions (self, "[dosing ") && !mentions (self, "drug_file"))
    remark (lint, self, "nothing says what can be given; no regimen can be proposed");
  if (!mentions (self, "[target ") && !mentions (self, "drug_file"))
    remark (lint, self, "no target; every user has to enter one");
}

TdmLint *
tdm_lint_file (const char *path, GError **error)
{
  gsize length;
  g_autofree char *text = tdm_load_bytes (path, &length, error);

  if (text == NULL)
    return NULL;
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  const guint n = g_strv_length (lines);
  g_autofree guint8 *repaired = g_new0 (guint8, n + 1);
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_free);
  TdmRepair self = {
    .path = path, .lines = lines, .n = n, .repaired = repaired, .lost = lost
  };
  TdmLint *lint = g_new0 (TdmLint, 1);
  lint->faults = g_ptr_array_new_with_free_func (g_free);
  lint->remarks = g_ptr_array_new_with_free_func (g_free);
  find_marks (lint, &self);
  find_gaps (lint, &self);
  find_faults (lint, &self);
  return lint;
}
