/* The records of a control stream. What is known and means nothing for a model is noted
 * and left out; what is known and would change it is refused by name. */
#include "nonmem/control.h"

#include <string.h>

#include "lang/place.h"
#include "nonmem/import.h"

typedef gboolean (*ReadRecord) (TdmControl *self, TdmNmtranRange body, GError **error);

/* One record as it stands. */
typedef struct
{
  char name[16];
  gsize offset;
  TdmNmtranRange body;
} Record;

gboolean
tdm_control_fail (const TdmControl *self, gsize offset, GError **error,
                  const char *format, ...)
{
  const TdmPlace start = { self->file, 1, 1 };
  TdmPlace place = tdm_place_advance (&start, self->text, MIN (offset, self->length));
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return tdm_place_set_error (error, &place, "%s", message);
}

void
tdm_control_note (const TdmControl *self, gsize offset, const char *format, ...)
{
  TdmImportNote *note = g_new0 (TdmImportNote, 1);
  va_list arguments;
  va_start (arguments, format);
  note->text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  if (offset != G_MAXSIZE)
    {
      const TdmPlace start = { self->file, 1, 1 };
      note->line = tdm_place_advance (&start, self->text, offset).line;
    }
  g_ptr_array_add (self->notes, note);
}

GArray *
tdm_control_tokens (const TdmControl *self, TdmNmtranRange range, GError **error)
{
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (TdmNmtranToken));
  const char *message;
  gsize bad;
  if (tdm_nmtran_tokens (self->text, range.begin, range.end, tokens, &bad, &message))
    return g_steal_pointer (&tokens);
  tdm_control_fail (self, bad, error, "%s", message);
  return NULL;
}

const TdmNmtranToken *
tdm_cursor_peek (const TdmCursor *self)
{
  return &g_array_index (self->tokens, TdmNmtranToken, self->at);
}

const TdmNmtranToken *
tdm_cursor_next (TdmCursor *self)
{
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  if (token->kind != TDM_NMTRAN_END)
    self->at++;
  return token;
}

gboolean
tdm_cursor_is (const TdmCursor *self, TdmNmtranKind kind, const char *text)
{
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  return token->kind == kind && strcmp (token->text, text) == 0;
}

gboolean
tdm_cursor_take (TdmCursor *self, TdmNmtranKind kind, const char *text)
{
  if (!tdm_cursor_is (self, kind, text))
    return FALSE;
  self->at++;
  return TRUE;
}

gboolean
tdm_cursor_at_end (const TdmCursor *self)
{
  return tdm_cursor_peek (self)->kind == TDM_NMTRAN_END;
}

void
tdm_cursor_skip_lines (TdmCursor *self)
{
  while (tdm_cursor_peek (self)->kind == TDM_NMTRAN_LINE)
    self->at++;
}

gboolean
tdm_cursor_fail (const TdmCursor *self, GError **error, const char *expected)
{
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  g_autofree char *found = NULL;
  if (token->kind == TDM_NMTRAN_NAME || token->kind == TDM_NMTRAN_SIGN)
    found = g_strdup_printf ("“%s”", token->text);
  else if (token->kind == TDM_NMTRAN_NUMBER)
    found = g_strdup_printf ("the number %g", token->number);
  else if (token->kind == TDM_NMTRAN_VERBATIM)
    found = g_strdup ("a line of Fortran");
  else
    found = g_strdup (token->kind == TDM_NMTRAN_LINE  ? "the end of the line"
                      : token->kind == TDM_NMTRAN_END ? "the end of the record"
                                                      : "a text in quotes");
  return tdm_control_fail (self->control, token->offset, error, "expected %s, not %s",
                           expected, found);
}

gboolean
tdm_cursor_count (TdmCursor *self, guint most, guint *out, GError **error)
{
  if (!tdm_cursor_take (self, TDM_NMTRAN_SIGN, "("))
    return tdm_cursor_fail (self, error, "a number in brackets");
  const TdmNmtranToken *token = tdm_cursor_peek (self);
  if (token->kind != TDM_NMTRAN_NUMBER || !(token->number >= 1 && token->number <= most)
      || token->number != (guint)token->number)
    return tdm_cursor_fail (self, error, "a whole number above 0");
  *out = (guint)token->number;
  self->at++;
  return tdm_cursor_take (self, TDM_NMTRAN_SIGN, ")")
         || tdm_cursor_fail (self, error, "a closing bracket");
}

static gboolean
begin (const TdmControl *self, TdmNmtranRange body, TdmCursor *out, GArray **tokens,
       GError **error)
{
  *tokens = tdm_control_tokens (self, body, error);
  *out = (TdmCursor){ self, *tokens, 0 };
  return *tokens != NULL;
}

static gboolean
read_problem (TdmControl *self, TdmNmtranRange body, GError **error)
{
  if (self->problem)
    return tdm_control_fail (self, body.begin, error,
                             "a second $PROBLEM is not translated: one model a file");
  const char *text = self->text + body.begin;
  const gsize length = MIN (body.end - body.begin, strcspn (text, "\n;"));
  self->problem = g_strstrip (g_strndup (text, length));
  return TRUE;
}

/* Names that NONMEM and PREDPP give a meaning. */
static gboolean
is_reserved (const char *name)
{
  static const char *const names[] = { "ID",  "DV",   "MDV",  "TIME", "EVID",
                                       "AMT", "RATE", "SS",   "II",   "ADDL",
                                       "CMT", "PCMT", "CALL", "CONT", "L1",
                                       "L2",  "DATE", "DAT1", "DAT2", "DAT3" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

static void
add_item (TdmControl *self, const char *name, const char *other)
{
  TdmNmtranItem item = { 0 };
  item.dropped = strcmp (other, "DROP") == 0 || strcmp (other, "SKIP") == 0
                 || strcmp (name, "DROP") == 0 || strcmp (name, "SKIP") == 0;
  const gboolean second = !item.dropped && is_reserved (other);
  item.name = g_intern_string (second ? other : name);
  g_hash_table_insert (self->input, g_strdup (name), g_memdup2 (&item, sizeof item));
  if (*other)
    g_hash_table_insert (self->input, g_strdup (other), g_memdup2 (&item, sizeof item));
}

/* NAME ["=" NAME] … */
static gboolean
read_input (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  if (!begin (self, body, &cursor, &tokens, error))
    return FALSE;
  if (!self->input)
    self->input = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (!tdm_cursor_at_end (&cursor))
    {
      const TdmNmtranToken *name = tdm_cursor_peek (&cursor);
      if (name->kind == TDM_NMTRAN_LINE
          || tdm_cursor_is (&cursor, TDM_NMTRAN_SIGN, ","))
        {
          cursor.at++;
          continue;
        }
      if (name->kind != TDM_NMTRAN_NAME)
        return tdm_cursor_fail (&cursor, error, "the name of a data item");
      cursor.at++;
      const char *other = "";
      if (tdm_cursor_take (&cursor, TDM_NMTRAN_SIGN, "="))
        {
          if (tdm_cursor_peek (&cursor)->kind != TDM_NMTRAN_NAME)
            return tdm_cursor_fail (&cursor, error, "a name after “=”");
          other = tdm_cursor_next (&cursor)->text;
        }
      add_item (self, name->text, other);
    }
  return TRUE;
}

/* The number at the end of ADVAN2 and TRANS4. */
static gboolean
read_choice (const TdmNmtranToken *token, const char *word, guint *out)
{
  const gsize length = strlen (word);
  if (token->kind != TDM_NMTRAN_NAME || strncmp (token->text, word, length) != 0)
    return FALSE;
  const char *digits = token->text + length;
  if (!*digits || strspn (digits, "0123456789") != strlen (digits))
    return FALSE;
  *out = (guint)MIN (g_ascii_strtoull (digits, NULL, 10), 999);
  return TRUE;
}

static gboolean
refuse_subroutine (const TdmCursor *cursor, GError **error)
{
  static const char *const others[] = { "OTHER", "PRED", "CRIT", "CCONTR", "CONTR",
                                        "MIX",   "INFN", "AES",  "USMETA", "SPTWO" };
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    if (tdm_cursor_is (cursor, TDM_NMTRAN_NAME, others[i]))
      return tdm_control_fail (cursor->control, tdm_cursor_peek (cursor)->offset, error,
                               "%s= names a subroutine of the user's own, which is not "
                               "translated",
                               others[i]);
  return TRUE;
}

static gboolean
read_subroutines (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  if (!begin (self, body, &cursor, &tokens, error))
    return FALSE;
  while (!tdm_cursor_at_end (&cursor))
    {
      if (!refuse_subroutine (&cursor, error))
        return FALSE;
      const TdmNmtranToken *token = tdm_cursor_next (&cursor);
      if (!read_choice (token, "ADVAN", &self->advan))
        read_choice (token, "TRANS", &self->trans);
    }
  return TRUE;
}

/* The words in the brackets of COMP=(NAME, DEFDOSE, NODOSE). */
static gboolean
read_compartment_words (TdmControl *self, TdmCursor *cursor, GError **error)
{
  TdmNmtranCompartment *compartment = g_new0 (TdmNmtranCompartment, 1);
  g_ptr_array_add (self->compartments, compartment);
  const guint number = self->compartments->len;
  const gboolean brackets = tdm_cursor_take (cursor, TDM_NMTRAN_SIGN, "(");
  do
    {
      const TdmNmtranToken *token = tdm_cursor_next (cursor);
      if (token->kind == TDM_NMTRAN_NAME && strcmp (token->text, "DEFDOSE") == 0)
        self->default_dose = number;
      else if (token->kind == TDM_NMTRAN_NAME
               && (strcmp (token->text, "DEFOBS") == 0
                   || strcmp (token->text, "DEFOBSERVATION") == 0))
        self->default_observed = number;
      else if (token->kind == TDM_NMTRAN_NAME && strcmp (token->text, "NODOSE") == 0)
        compartment->no_dose = TRUE;
      else if (token->kind == TDM_NMTRAN_NAME && !compartment->name)
        compartment->name = g_strdup (token->text);
      else if (tdm_cursor_at_end (cursor))
        return tdm_cursor_fail (cursor, error, "a closing bracket");
    }
  while (brackets && !tdm_cursor_take (cursor, TDM_NMTRAN_SIGN, ")"));
  if (!compartment->name)
    compartment->name = g_strdup_printf ("COMP%u", number);
  return TRUE;
}

static gboolean
read_model (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  if (!begin (self, body, &cursor, &tokens, error))
    return FALSE;
  double count = 0.0;
  while (!tdm_cursor_at_end (&cursor))
    {
      const TdmNmtranToken *token = tdm_cursor_next (&cursor);
      if (token->kind != TDM_NMTRAN_NAME)
        continue;
      tdm_cursor_take (&cursor, TDM_NMTRAN_SIGN, "=");
      if (g_str_has_prefix (token->text, "COMP"))
        {
          if (!read_compartment_words (self, &cursor, error))
            return FALSE;
        }
      else if (g_str_has_prefix (token->text, "NCOM")
               && tdm_cursor_peek (&cursor)->kind == TDM_NMTRAN_NUMBER)
        count = tdm_cursor_next (&cursor)->number;
    }
  for (guint i = self->compartments->len; i < MIN (count, 99); i++)
    {
      TdmNmtranCompartment *compartment = g_new0 (TdmNmtranCompartment, 1);
      compartment->name = g_strdup_printf ("COMP%u", i + 1);
      g_ptr_array_add (self->compartments, compartment);
    }
  return TRUE;
}

/* NAME "(" NAME ")" = NAME "(" NUMBER ")" */
static gboolean
read_replacement (TdmControl *self, TdmCursor *cursor, GError **error)
{
  const TdmNmtranToken *t[9];
  const gsize offset = tdm_cursor_peek (cursor)->offset;
  for (guint i = 0; i < G_N_ELEMENTS (t); i++)
    t[i] = tdm_cursor_at_end (cursor) ? tdm_cursor_peek (cursor)
                                      : tdm_cursor_next (cursor);
  const gboolean plain =
      t[0]->kind == TDM_NMTRAN_NAME && t[2]->kind == TDM_NMTRAN_NAME
      && strcmp (t[1]->text, "(") == 0 && strcmp (t[4]->text, "=") == 0
      && strcmp (t[0]->text, t[5]->text) == 0 && t[7]->kind == TDM_NMTRAN_NUMBER
      && strcmp (t[8]->text, ")") == 0;
  if (!plain)
    return tdm_control_fail (self, offset, error,
                             "only REPLACE NAME(LABEL)=NAME(NUMBER) is translated, as "
                             "in REPLACE THETA(CL)=THETA(1)");
  g_hash_table_insert (self->numbers,
                       g_strdup_printf ("%s(%s)", t[0]->text, t[2]->text),
                       GUINT_TO_POINTER ((guint)CLAMP (t[7]->number, 0, 9999)));
  return TRUE;
}

static gboolean
read_abbreviated (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  if (!begin (self, body, &cursor, &tokens, error))
    return FALSE;
  while (!tdm_cursor_at_end (&cursor))
    {
      if (tdm_cursor_take (&cursor, TDM_NMTRAN_NAME, "REPLACE"))
        {
          if (!read_replacement (self, &cursor, error))
            return FALSE;
        }
      else if (tdm_cursor_is (&cursor, TDM_NMTRAN_NAME, "FUNCTION")
               || tdm_cursor_is (&cursor, TDM_NMTRAN_NAME, "DECLARE"))
        return tdm_control_fail (self, tdm_cursor_peek (&cursor)->offset, error,
                                 "$ABBR %s is not translated",
                                 tdm_cursor_peek (&cursor)->text);
      else
        cursor.at++;
    }
  return TRUE;
}

static gboolean
read_thetas (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  return begin (self, body, &cursor, &tokens, error)
         && tdm_matrix_read_thetas (&cursor, self->thetas, error);
}

static gboolean
read_omega (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  return begin (self, body, &cursor, &tokens, error)
         && tdm_matrix_read (&cursor, &self->omega, error);
}

static gboolean
read_sigma (TdmControl *self, TdmNmtranRange body, GError **error)
{
  g_autoptr (GArray) tokens = NULL;
  TdmCursor cursor;
  return begin (self, body, &cursor, &tokens, error)
         && tdm_matrix_read (&cursor, &self->sigma, error);
}

static gboolean
read_code (TdmControl *self, TdmNmtranRange *out, TdmNmtranRange body, GError **error)
{
  if (out->end > 0)
    return tdm_control_fail (self, body.begin, error,
                             "expected one such record, not a second one");
  *out = body;
  return TRUE;
}

static gboolean
read_pk (TdmControl *self, TdmNmtranRange body, GError **error)
{
  return read_code (self, &self->pk, body, error);
}

static gboolean
read_des (TdmControl *self, TdmNmtranRange body, GError **error)
{
  return read_code (self, &self->des, body, error);
}

static gboolean
read_error (TdmControl *self, TdmNmtranRange body, GError **error)
{
  return read_code (self, &self->error, body, error);
}

static gboolean
read_mix (TdmControl *self, TdmNmtranRange body, GError **error)
{
  return read_code (self, &self->mix, body, error);
}

/* A record is known by its first letters. Without a function: it is left out with
 * `note`, or refused with `refusal`. The first that fits counts. */
static const struct
{
  const char *prefix;
  ReadRecord read;
  const char *note, *refusal;
} rules[] = {
  { "THETAI", NULL, NULL, "it transforms the initial estimates" },
  { "THETAR", NULL, NULL, "it transforms the estimates" },
  { "THETAP", NULL, "a prior of the estimation", NULL },
  { "OMEGAP", NULL, "a prior of the estimation", NULL },
  { "SIGMAP", NULL, "a prior of the estimation", NULL },
  { "PRIOR", NULL, "a prior of the estimation", NULL },
  { "PROB", read_problem, NULL, NULL },
  { "INP", read_input, NULL, NULL },
  { "DAT", NULL, "the data are not read", NULL },
  { "SUB", read_subroutines, NULL, NULL },
  { "MOD", read_model, NULL, NULL },
  { "ABB", read_abbreviated, NULL, NULL },
  { "PK", read_pk, NULL, NULL },
  { "DESIGN", NULL, "it is about a design, not the model", NULL },
  { "DES", read_des, NULL, NULL },
  { "ERR", read_error, NULL, NULL },
  { "THE", read_thetas, NULL, NULL },
  { "OME", read_omega, NULL, NULL },
  { "SIG", read_sigma, NULL, NULL },
  { "PRED", NULL, NULL,
    "a model of the user's own is not translated; $PK and $ERROR are" },
  { "MIX", read_mix, NULL, NULL },
  { "AES", NULL, NULL, "algebraic equations are not translated" },
  { "INFN", NULL, NULL, "it changes what the data mean" },
  { "BIND", NULL, NULL, "it changes which row's covariates count" },
  { "LEV", NULL, NULL, "nested random effects are not translated" },
  { "IND", NULL, NULL, "indices of data items are not translated" },
  { "INC", NULL, NULL, "put the file's text here instead" },
  { "SUPER", NULL, "it is about runs, not the model", NULL },
  { "EST", NULL, "how the estimates were found is not part of a model", NULL },
  { "COV", NULL, "how the estimates were found is not part of a model", NULL },
  { "TAB", NULL, "tables are not part of a model", NULL },
  { "SCA", NULL, "plots are not part of a model", NULL },
  { "SIZ", NULL, "it is about NONMEM's memory", NULL },
  { "MSF", NULL, "estimates of an earlier run are not read", NULL },
  { "SIM", NULL, "simulation is not part of a model", NULL },
  { "NONP", NULL, "how the estimates were found is not part of a model", NULL },
  { "ANN", NULL, "how the estimates were found is not part of a model", NULL },
  { "CHA", NULL, "initial estimates of a chain file are not read", NULL },
  { "ETAS", NULL, "initial values of effects are not part of a model", NULL },
  { "PHIS", NULL, "initial values of effects are not part of a model", NULL },
  { "CON", NULL, "it is about the estimation", NULL },
  { "TOL", NULL, "the program chooses its own tolerances", NULL },
  { "OMI", NULL, "it is about tables", NULL },
  { "WAR", NULL, "it is about messages", NULL },
  { "DEF", NULL, "it is about NONMEM's defaults", NULL },
  { "RCO", NULL, "how the estimates were found is not part of a model", NULL },
};

static gboolean
read_record (TdmControl *self, const Record *record, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (!g_str_has_prefix (record->name, rules[i].prefix))
        continue;
      if (rules[i].read)
        return rules[i].read (self, record->body, error);
      if (rules[i].refusal)
        return tdm_control_fail (self, record->offset, error,
                                 "$%s cannot be translated: %s", record->name,
                                 rules[i].refusal);
      tdm_control_note (self, record->offset, "$%s is left out: %s", record->name,
                        rules[i].note);
      return TRUE;
    }
  return tdm_control_fail (self, record->offset, error,
                           "expected a record of a control stream, not “$%s”",
                           record->name);
}

/* Where the record that begins after `at` begins: at a $ that is first in its line. */
static gsize
find_record (const TdmControl *self, gsize at)
{
  while (at < self->length)
    {
      gsize first = at;
      while (self->text[first] == ' ' || self->text[first] == '\t')
        first++;
      if (self->text[first] == '$')
        return first;
      const char *end = memchr (self->text + at, '\n', self->length - at);
      at = end ? (gsize)(end - self->text) + 1 : self->length;
    }
  return self->length;
}

/* The record whose $ stands at `at`; returns where the next one begins. */
static gsize
cut_record (const TdmControl *self, gsize at, Record *out)
{
  guint n = 0;
  gsize i = at + 1;
  for (; g_ascii_isalpha (self->text[i]); i++)
    if (n < sizeof out->name - 1)
      out->name[n++] = g_ascii_toupper (self->text[i]);
  out->name[n] = '\0';
  out->offset = at;
  const char *end = memchr (self->text + i, '\n', self->length - i);
  const gsize next =
      end ? find_record (self, (gsize)(end - self->text) + 1) : self->length;
  out->body = (TdmNmtranRange){ i, next };
  return next;
}

/* What stands before the first record may only be comments. */
static gboolean
check_head (const TdmControl *self, gsize first, GError **error)
{
  g_autoptr (GArray) tokens =
      tdm_control_tokens (self, (TdmNmtranRange){ 0, first }, error);
  if (!tokens)
    return FALSE;
  TdmCursor cursor = { self, tokens, 0 };
  tdm_cursor_skip_lines (&cursor);
  return tdm_cursor_at_end (&cursor)
         || tdm_cursor_fail (&cursor, error, "a record such as $PROBLEM");
}

static void
free_compartment (gpointer data)
{
  TdmNmtranCompartment *compartment = data;
  g_free (compartment->name);
  g_free (compartment);
}

static TdmNmtranMatrix
new_matrix (void)
{
  return (TdmNmtranMatrix){ 0, g_array_new (FALSE, FALSE, sizeof (TdmNmtranCovariance)),
                            g_array_new (FALSE, FALSE, sizeof (guint)) };
}

gboolean
tdm_control_read (TdmControl *self, const char *file, const char *text, gsize length,
                  GPtrArray *notes, GError **error)
{
  *self = (TdmControl){ .file = file, .text = text, .length = length, .notes = notes };
  self->thetas = g_array_new (FALSE, FALSE, sizeof (double));
  self->omega = new_matrix ();
  self->sigma = new_matrix ();
  self->numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->compartments = g_ptr_array_new_with_free_func (free_compartment);
  gsize at = find_record (self, 0);
  if (!check_head (self, at, error))
    return FALSE;
  if (at == length)
    return tdm_control_fail (self, 0, error, "expected a record such as $PROBLEM");
  while (at < length)
    {
      Record record;
      at = cut_record (self, at, &record);
      if (!read_record (self, &record, error))
        return FALSE;
    }
  return TRUE;
}

void
tdm_control_clear (TdmControl *self)
{
  g_free (self->problem);
  g_clear_pointer (&self->thetas, g_array_unref);
  g_clear_pointer (&self->omega.values, g_array_unref);
  g_clear_pointer (&self->omega.base, g_array_unref);
  g_clear_pointer (&self->sigma.values, g_array_unref);
  g_clear_pointer (&self->sigma.base, g_array_unref);
  g_clear_pointer (&self->input, g_hash_table_unref);
  g_clear_pointer (&self->numbers, g_hash_table_unref);
  g_clear_pointer (&self->compartments, g_ptr_array_unref);
}
