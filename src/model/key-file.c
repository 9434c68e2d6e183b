#include "model/key-file.h"

#include <string.h>

#include "base/error.h"

struct _TdmKeyFile
{
  char *name;
  GKeyFile *texts;
  GPtrArray *sections;
};

/* The line being read. */
typedef struct
{
  TdmKeyFile *file;
  TdmKeySection *section; /* NULL before the first */
  const char *start;
  gsize length;
  guint number;
} Line;

static void
entry_free (TdmKeyEntry *self)
{
  g_free (self->key);
  g_free (self->locale);
  g_free (self->value);
  g_free (self);
}

static void
section_free (TdmKeySection *self)
{
  g_free (self->group);
  g_free (self->kind);
  g_free (self->name);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

void
tdm_key_file_free (TdmKeyFile *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->texts, g_key_file_unref);
  g_ptr_array_unref (self->sections);
  g_free (self->name);
  g_free (self);
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

/* The place of the byte `at` of the line. */
static TdmPlace
place_in (const Line *line, const char *at)
{
  return (TdmPlace){ line->file->name, line->number,
                     (guint)g_utf8_strlen (line->start, at - line->start) + 1 };
}

static const TdmKeyEntry *
find_entry (const TdmKeySection *section, const char *key, const char *locale)
{
  for (guint i = 0; i < section->entries->len; i++)
    {
      const TdmKeyEntry *entry = g_ptr_array_index (section->entries, i);
      if (strcmp (entry->key, key) == 0 && g_strcmp0 (entry->locale, locale) == 0)
        return entry;
    }
  return NULL;
}

static const TdmKeySection *
find_group (const TdmKeyFile *self, const char *group)
{
  for (guint i = 0; i < self->sections->len; i++)
    {
      const TdmKeySection *section = g_ptr_array_index (self->sections, i);
      if (strcmp (section->group, group) == 0)
        return section;
    }
  return NULL;
}

/* KIND [NAME], one blank or more between them. */
static TdmKeySection *
section_new (const Line *line, const char *open, const char *close)
{
  TdmKeySection *self = g_new0 (TdmKeySection, 1);
  const char *kind = open + 1, *end = kind;

  while (end < close && !is_blank (*end))
    end++;
  const char *name = end;
  while (name < close && is_blank (*name))
    name++;
  self->group = g_strndup (kind, close - kind);
  self->kind = g_strndup (kind, end - kind);
  self->name = name < close ? g_strchomp (g_strndup (name, close - name)) : NULL;
  self->place = place_in (line, open);
  self->name_place = place_in (line, name);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify)entry_free);
  return self;
}

/* "[" KIND [NAME] "]" */
static gboolean
read_section (Line *line, const char *at, const char *end, GError **error)
{
  const char *close = memchr (at, ']', end - at);
  TdmPlace place = place_in (line, at);

  if (close == NULL || close != end - 1 || close == at + 1 || is_blank (at[1])
      || memchr (at + 1, '[', end - at - 1) != NULL)
    return tdm_place_set_error (error, &place,
                                "expected a section such as “[covariate WT]”");
  TdmKeySection *section = section_new (line, at, close);
  const TdmKeySection *before = find_group (line->file, section->group);
  g_ptr_array_add (line->file->sections, section);
  line->section = section;
  if (before != NULL)
    return tdm_place_set_error (error, &place,
                                "the section “[%s]” is there already, on line %u",
                                section->group, before->place.line);
  return TRUE;
}

/* Only what GKeyFile can undo may follow a backslash. */
static gboolean
check_escapes (const TdmKeyEntry *entry, GError **error)
{
  for (const char *c = strchr (entry->value, '\\'); c != NULL; c = strchr (c + 2, '\\'))
    if (c[1] == '\0' || strchr ("sntr\\", c[1]) == NULL)
      {
        TdmPlace place =
            tdm_place_advance (&entry->place, entry->value, c - entry->value);
        return tdm_place_set_error (
            error, &place, "expected \\n, \\t, \\r, \\s or \\\\ after a backslash");
      }
  return TRUE;
}

static gboolean
add_entry (Line *line, TdmKeyEntry *entry, GError **error)
{
  const TdmKeyEntry *before = find_entry (line->section, entry->key, entry->locale);

  g_ptr_array_add (line->section->entries, entry);
  if (before != NULL)
    return tdm_place_set_error (error, &entry->key_place,
                                "the key “%s” is there already, on line %u", entry->key,
                                before->key_place.line);
  if (entry->value[0] == '\0')
    return tdm_place_set_error (error, &entry->place, "expected a value for “%s”",
                                entry->key);
  return check_escapes (entry, error);
}

/* KEY ["[" LOCALE "]"] "=" VALUE */
static gboolean
read_entry (Line *line, const char *at, const char *end, GError **error)
{
  const char *equals = memchr (at, '=', end - at);
  TdmPlace place = place_in (line, at);

  if (equals == NULL || equals == at)
    return tdm_place_set_error (
        error, &place, "expected “key = value”, “[section]” or a comment after “#”");
  if (line->section == NULL)
    return tdm_place_set_error (error, &place,
                                "expected “[model]” before the first key");

  const char *key_end = equals, *value = equals + 1;
  while (key_end > at && is_blank (key_end[-1]))
    key_end--;
  while (value < end && is_blank (*value))
    value++;
  const char *bracket = memchr (at, '[', key_end - at);
  const char *name_end = bracket != NULL ? bracket : key_end;
  if (name_end == at || is_blank (name_end[-1])
      || memchr (at, ']', name_end - at) != NULL
      || (bracket != NULL && (key_end[-1] != ']' || key_end - bracket < 3)))
    return tdm_place_set_error (error, &place,
                                "expected a key such as “title” or “title[de]”");

  TdmKeyEntry *entry = g_new0 (TdmKeyEntry, 1);
  entry->key = g_strndup (at, name_end - at);
  entry->locale =
      bracket != NULL ? g_strndup (bracket + 1, key_end - bracket - 2) : NULL;
  entry->value = g_strndup (value, end - value);
  entry->key_place = place;
  entry->place = place_in (line, value);
  return add_entry (line, entry, error);
}

static gboolean
read_line (Line *line, GError **error)
{
  const char *at = line->start, *end = line->start + line->length;

  while (end > at && (is_blank (end[-1]) || end[-1] == '\r'))
    end--;
  while (at < end && is_blank (*at))
    at++;
  if (at == end || *at == '#')
    return TRUE;
  if (*at == '[')
    return read_section (line, at, end, error);
  return read_entry (line, at, end, error);
}

/* Size and encoding, before anything else looks at the bytes. */
static gboolean
check_bytes (const char *data, gsize length, const char *name, GError **error)
{
  const char *bad = NULL;
  TdmPlace start = { name, 1, 1 };

  if (length > TDM_KEY_FILE_MAX_BYTES)
    return tdm_place_set_error (error, &start,
                                "expected at most %d bytes, not %" G_GSIZE_FORMAT,
                                TDM_KEY_FILE_MAX_BYTES, length);
  if (g_utf8_validate_len (data, length, &bad))
    return TRUE;
  g_autofree char *before = g_strndup (data, bad - data);
  TdmPlace place = tdm_place_advance (&start, before, bad - data);
  return tdm_place_set_error (error, &place, "expected text in UTF-8");
}

static gboolean
read_lines (TdmKeyFile *self, const char *data, gsize length, GError **error)
{
  Line line = { .file = self, .start = data };
  const char *end = data + length;

  while (line.start < end)
    {
      const char *newline = memchr (line.start, '\n', end - line.start);
      line.length = (newline != NULL ? newline : end) - line.start;
      line.number++;
      if (!read_line (&line, error))
        return FALSE;
      line.start += line.length + 1;
    }
  if (self->sections->len > 0)
    return TRUE;
  TdmPlace place = { self->name, 1, 1 };
  return tdm_place_set_error (error, &place, "expected the section “[model]”");
}

TdmKeyFile *
tdm_key_file_parse (const char *data, gsize length, const char *name, GError **error)
{
  g_autoptr (TdmKeyFile) self = g_new0 (TdmKeyFile, 1);
  g_autoptr (GError) local = NULL;

  self->name = g_strdup (name);
  self->sections = g_ptr_array_new_with_free_func ((GDestroyNotify)section_free);
  if (!check_bytes (data, length, self->name, error)
      || !read_lines (self, data, length, error))
    return NULL;
  self->texts = g_key_file_new ();
  if (!g_key_file_load_from_data (self->texts, data, length,
                                  G_KEY_FILE_KEEP_TRANSLATIONS, &local))
    {
      TdmPlace place = { self->name, 1, 1 };
      tdm_place_set_error (error, &place, "%s", local->message);
      return NULL;
    }
  return g_steal_pointer (&self);
}

guint
tdm_key_file_get_n_sections (const TdmKeyFile *self)
{
  return self->sections->len;
}

const TdmKeySection *
tdm_key_file_get_section (const TdmKeyFile *self, guint i)
{
  g_assert (i < self->sections->len);
  return g_ptr_array_index (self->sections, i);
}

const TdmKeySection *
tdm_key_file_find (const TdmKeyFile *self, const char *kind, const char *name)
{
  for (guint i = 0; i < self->sections->len; i++)
    {
      const TdmKeySection *section = g_ptr_array_index (self->sections, i);
      if (strcmp (section->kind, kind) == 0 && g_strcmp0 (section->name, name) == 0)
        return section;
    }
  return NULL;
}

const TdmKeyEntry *
tdm_key_section_find (const TdmKeySection *section, const char *key)
{
  return find_entry (section, key, NULL);
}

char *
tdm_key_file_dup_text (const TdmKeyFile *self, const TdmKeySection *section,
                       const char *key)
{
  return g_key_file_get_locale_string (self->texts, section->group, key, NULL, NULL);
}
