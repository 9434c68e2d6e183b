/* The loader stops at the first fault. To find the others, the faulty line is put out
 * of the way (a parameter gets a plain value, so that what uses it still finds it) and
 * the file is read again, until it loads, or until a fault only follows from a repair.
 */
#include "model/lint.h"

#include <stdlib.h>
#include <string.h>

#include "model/model-private.h"
#include "model/skeleton.h"

#define MAX_FAULTS 50

/* A file on its way through the repairs. */
typedef struct
{
  const char *path;
  char **lines;
  gboolean *repaired; /* one a line */
  guint n;
} Patient;

void
tdm_lint_free (TdmLint *self)
{
  g_ptr_array_unref (self->faults);
  g_ptr_array_unref (self->remarks);
  g_free (self);
}

/* The number of the line an error names, from 0; -1 = none. */
static int
error_line (const Patient *self, const char *message)
{
  const gsize length = strlen (self->path);

  if (strncmp (message, self->path, length) != 0 || message[length] != ':')
    return -1;
  int line = atoi (message + length + 1) - 1;
  return line >= 0 && (guint)line < self->n ? line : -1;
}

/* The heading above line `at`. */
static const char *
section_of (const Patient *self, guint at)
{
  for (guint i = at + 1; i-- > 0;)
    if (self->lines[i][0] == '[')
      return self->lines[i];
  return "";
}

static void
set_line (Patient *self, guint at, char *text)
{
  g_free (self->lines[at]);
  self->lines[at] = text;
  self->repaired[at] = TRUE;
}

static gboolean
has_line (const Patient *self, const char *section, const char *key)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_has_prefix (self->lines[i], key)
        && strchr (" =\t", self->lines[i][strlen (key)]) != NULL
        && strcmp (section_of (self, i), section) == 0)
      return TRUE;
  return FALSE;
}

/* A parameter keeps its random effect, which would otherwise be used by nothing. */
static void
repair_parameter (Patient *self, guint at)
{
  g_autofree char *key = g_strndup (self->lines[at], strcspn (self->lines[at], " \t="));

  set_line (self, at,
            has_line (self, "[effects]", key)
                ? g_strdup_printf ("%s = 1 [] * exp(eta_%s)", key, key)
                : g_strdup_printf ("%s = 1 []", key));
}

/* A value that is always right for a key that must be there; else the line goes. */
static char *
dup_stand_in (const char *line)
{
  static const char *const good[] = { "format = titrate-model/1", "version = 1",
                                      "status = C", "unit = 1",
                                      "allowed = 0.001 to 100000" };
  const gsize length = strcspn (line, " \t=");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (strncmp (good[i], line, length) == 0 && good[i][length] == ' ')
      return g_strdup (good[i]);
  return g_strdup ("#");
}

static gboolean
can_do_without (const char *heading)
{
  static const char *const kinds[] = { "[check ", "[target ", "[dosing " };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_prefix (heading, kinds[i]))
      return TRUE;
  return FALSE;
}

/* Drops the section that line `at` is in. */
static void
drop_section (Patient *self, guint at)
{
  while (at > 0 && self->lines[at][0] != '[')
    at--;
  do
    set_line (self, at++, g_strdup ("#"));
  while (at < self->n && self->lines[at][0] != '[');
}

/* FALSE when nothing can be done about a fault in line `at`. */
static gboolean
repair (Patient *self, guint at)
{
  const char *heading = section_of (self, at);

  if (self->repaired[at])
    return FALSE;
  if (can_do_without (heading))
    drop_section (self, at);
  else if (self->lines[at][0] == '[')
    return FALSE;
  else if (strcmp (heading, "[parameters]") == 0 || strcmp (heading, "[terms]") == 0)
    repair_parameter (self, at);
  else
    set_line (self, at, dup_stand_in (self->lines[at]));
  return TRUE;
}

/* Repairs may leave a covariate that nothing uses: then a line it can do without says
 * that this is meant. */
static gboolean
excuse_unused (Patient *self, guint heading, const char *message)
{
  if (strstr (message, "no parameter uses") == NULL)
    return FALSE;
  for (guint i = heading + 1; i < self->n && self->lines[i][0] != '['; i++)
    if (g_str_has_prefix (self->lines[i], "studied")
        || g_str_has_prefix (self->lines[i], "default"))
      {
        set_line (self, i, g_strdup ("guard = yes"));
        return TRUE;
      }
  return FALSE;
}

static void
find_faults (TdmLint *lint, Patient *self)
{
  for (guint i = 0; i < MAX_FAULTS; i++)
    {
      g_autofree char *text = g_strjoinv ("\n", self->lines);
      g_autoptr (GError) error = NULL;
      g_autoptr (TdmModel) model =
          tdm_model_parse_file (text, strlen (text), self->path, &error);
      if (model != NULL)
        return;
      int line = error_line (self, error->message);
      if (i > 0 && line >= 0 && excuse_unused (self, line, error->message))
        continue;
      /* After a repair, a section that lacks something lacks it because of that. */
      if (i > 0 && line >= 0 && self->lines[line][0] == '['
          && strstr (error->message, "expected") != NULL)
        return;
      if (line >= 0 && self->repaired[line])
        return;
      g_ptr_array_add (lint->faults, g_strdup (error->message));
      if (line < 0 || !repair (self, line))
        return;
    }
}

static void
find_marks (TdmLint *lint, const Patient *self)
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
remark (TdmLint *lint, const Patient *self, const char *text)
{
  g_ptr_array_add (lint->remarks, g_strdup_printf ("%s: %s", self->path, text));
}

static gboolean
mentions (const Patient *self, const char *start)
{
  for (guint i = 0; i < self->n; i++)
    if (g_str_has_prefix (self->lines[i], start))
      return TRUE;
  return FALSE;
}

static void
find_gaps (TdmLint *lint, const Patient *self)
{
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
  Patient self = { path, lines, NULL, g_strv_length (lines) };
  g_autofree gboolean *repaired = g_new0 (gboolean, self.n + 1);
  TdmLint *lint = g_new0 (TdmLint, 1);
  self.repaired = repaired;
  lint->faults = g_ptr_array_new_with_free_func (g_free);
  lint->remarks = g_ptr_array_new_with_free_func (g_free);
  find_marks (lint, &self);
  find_gaps (lint, &self);
  find_faults (lint, &self);
  return lint;
}
