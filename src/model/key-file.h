/* Key files read with the place of everything in them.
 *
 * GKeyFile reads the format but knows no line numbers and merges what is there twice.
 * This reader keeps the order and the places, and refuses duplicates; GKeyFile picks
 * the translation of a text. */
#pragma once

#include <glib.h>

#include "lang/place.h"

/* One "key = value" line. `value` is as written, without the space around it. */
typedef struct
{
  char *key;
  char *locale; /* "de" of "title[de]", or NULL */
  char *value;
  TdmPlace key_place;
  TdmPlace place; /* of the value's first character */
} TdmKeyEntry;

/* One section. "[covariate WT]" has the kind "covariate" and the name "WT". */
typedef struct
{
  char *group; /* all between the brackets */
  char *kind;
  char *name; /* NULL when there is none */
  TdmPlace place;
  TdmPlace name_place;
  GPtrArray *entries; /* of TdmKeyEntry*, in the file's order */
} TdmKeySection;

typedef struct _TdmKeyFile TdmKeyFile;

/* More bytes than this are refused. */
#define TDM_KEY_FILE_MAX_BYTES (1024 * 1024)

/* Reads a whole file. `name` stands for it in messages. NULL with a TDM_ERROR_INPUT
 * error "FILE:LINE:COLUMN: what was expected" when it is too big, not UTF-8, not a key
 * file, or says something twice. Yours. */
TdmKeyFile *tdm_key_file_parse (const char *data, gsize length, const char *name,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_key_file_free (TdmKeyFile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmKeyFile, tdm_key_file_free)

/* All borrowed; NULL when there is none. */
guint tdm_key_file_get_n_sections (const TdmKeyFile *self);
const TdmKeySection *tdm_key_file_get_section (const TdmKeyFile *self, guint i);
const TdmKeySection *tdm_key_file_find (const TdmKeyFile *self, const char *kind,
                                        const char *name);
const TdmKeyEntry *tdm_key_section_find (const TdmKeySection *section, const char *key);

/* The text of a key in the user's language where the file translates it, its escapes
 * resolved; NULL when the key is absent. Yours. */
char *tdm_key_file_dup_text (const TdmKeyFile *self, const TdmKeySection *section,
                             const char *key) G_GNUC_WARN_UNUSED_RESULT;
