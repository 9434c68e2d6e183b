/* Key files with places: what GKeyFile reads is what we read. */
#include "model/key-file.h"

#include <string.h>

#include "base/error.h"

static void
assert_refused (const char *data, gsize length, const char *message)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmKeyFile) file = tdm_key_file_parse (data, length, "f", &error);

  g_assert_null (file);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, message));
}

static void
test_places (void)
{
  const char *text = "# note\n\n [größe WT]\t\n  title\t=  Grösse ü  \r\n"
                     "title[de]=x # y\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmKeyFile) file = tdm_key_file_parse (text, strlen (text), "f", &error);

  g_assert_no_error (error);
  const TdmKeySection *section = tdm_key_file_find (file, "größe", "WT");
  g_assert_nonnull (section);
  g_assert_cmpuint (section->place.line, ==, 3);
  g_assert_cmpuint (section->place.column, ==, 2);
  g_assert_cmpuint (section->name_place.column, ==, 9);
  const TdmKeyEntry *title = tdm_key_section_find (section, "title");
  g_assert_cmpstr (title->value, ==, "Grösse ü");
  g_assert_cmpuint (title->key_place.column, ==, 3);
  g_assert_cmpuint (title->place.line, ==, 4);
  g_assert_cmpuint (title->place.column, ==, 12);
  const TdmKeyEntry *german = g_ptr_array_index (section->entries, 1);
  g_assert_cmpstr (german->locale, ==, "de");
  g_assert_cmpstr (german->value, ==, "x # y");
  g_assert_null (tdm_key_file_find (file, "größe", NULL));
}

static void
test_refused (void)
{
  g_autofree char *huge = g_strnfill (TDM_KEY_FILE_MAX_BYTES + 1, '#');

  assert_refused ("", 0, "f:1:1: expected the section “[model]”");
  assert_refused ("# nothing\n", 10, "f:1:1: expected the section “[model]”");
  assert_refused (huge, TDM_KEY_FILE_MAX_BYTES + 1, "f:1:1: expected at most");
  assert_refused ("[a]\nb=1\0\n", 9, "f:2:4: expected text in UTF-8");
  assert_refused ("\xef\xbb\xbf[a]\nb=1\n", 11, "f:1:1: expected “key = value”");
  assert_refused ("[]\n", 3, "f:1:1: expected a section");
  assert_refused ("[a] b\n", 6, "f:1:1: expected a section");
  assert_refused ("[a]\n[de]=1\n", 11, "f:2:1: expected a section");
  assert_refused ("[a]\nb[]=1\n", 10, "f:2:1: expected a key");
  assert_refused ("[a]\nb\n", 6, "f:2:1: expected “key = value”");
  assert_refused ("[a]\nb[de]=1\nb[de]=2\n", 20, "f:3:1: the key “b” is there already");
  assert_refused ("[a]\nb=1\\\n", 9, "f:2:4: expected \\n");
}

/* No input that we accept may be one that GKeyFile reads otherwise. */
static void
test_same_as_glib (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "model", "example-author-2020.model", NULL);
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_autoptr (TdmKeyFile) ours = tdm_key_file_parse (text, length, "f", &error);
  g_assert_no_error (error);
  g_autoptr (GKeyFile) theirs = g_key_file_new ();
  g_assert_true (g_key_file_load_from_data (theirs, text, length,
                                            G_KEY_FILE_KEEP_TRANSLATIONS, NULL));

  g_auto (GStrv) groups = g_key_file_get_groups (theirs, NULL);
  g_assert_cmpuint (g_strv_length (groups), ==, tdm_key_file_get_n_sections (ours));
  for (guint i = 0; groups[i] != NULL; i++)
    {
      const TdmKeySection *section = tdm_key_file_get_section (ours, i);
      g_assert_cmpstr (section->group, ==, groups[i]);
      for (guint k = 0; k < section->entries->len; k++)
        {
          const TdmKeyEntry *entry = g_ptr_array_index (section->entries, k);
          g_autofree char *key =
              entry->locale == NULL
                  ? g_strdup (entry->key)
                  : g_strdup_printf ("%s[%s]", entry->key, entry->locale);
          g_autofree char *value = g_key_file_get_value (theirs, groups[i], key, NULL);
          g_assert_cmpstr (entry->value, ==, value);
        }
    }
}

/* Every prefix of a good file, and every file with one byte exchanged, is read or
 * refused, and never anything else. */
static void
test_damage (void)
{
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "model", "example-author-2020.model", NULL);
  g_autofree char *text = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));

  for (gsize i = 0; i < length; i += 7)
    {
      g_autoptr (GError) cut = NULL, changed = NULL;
      g_autoptr (TdmKeyFile) prefix = tdm_key_file_parse (text, i, "f", &cut);
      g_assert_true ((prefix == NULL) == (cut != NULL));
      char before = text[i];
      text[i] = "[]=\\\n \xc3\0#"[i % 9];
      g_autoptr (TdmKeyFile) other = tdm_key_file_parse (text, length, "f", &changed);
      g_assert_true ((other == NULL) == (changed != NULL));
      text[i] = before;
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model/key-file/places", test_places);
  g_test_add_func ("/model/key-file/refused", test_refused);
  g_test_add_func ("/model/key-file/same-as-glib", test_same_as_glib);
  g_test_add_func ("/model/key-file/damage", test_damage);
  return g_test_run ();
}
