#include "app/answer.h"

#include "base/clock.h"

TdmAnswer *
tdm_answer_new (const TdmResult *result, const TdmNextSample *sample,
                TdmLanguage language)
{
  const TdmCaseWords *words = tdm_case_get_words (result->record);
  TdmAnswer *self = g_new0 (TdmAnswer, 1);

  self->language = g_strdup (tdm_answer_templates (language)->code);
  self->program = tdm_answer_text (result, sample, language);
  if (words->text == NULL)
    return self;
  g_autoptr (GDateTime) when = tdm_clock_parse (words->edited, NULL, NULL);
  self->edited = g_strdup (words->text);
  self->before = g_strdup (words->instead_of);
  self->when = when != NULL ? g_date_time_format (when, "%a %-d %b %Y %H:%M")
                            : g_strdup (words->edited);
  self->stale = TRUE;
  for (TdmLanguage k = 0; k < TDM_LANGUAGE_N && self->stale; k++)
    {
      g_autofree char *now = tdm_answer_text (result, sample, k);
      self->stale = !g_str_equal (now, self->before);
    }
  return self;
}

void
tdm_answer_free (TdmAnswer *self)
{
  g_free (self->language);
  g_free (self->program);
  g_free (self->edited);
  g_free (self->before);
  g_free (self->when);
  g_free (self);
}

const char *
tdm_answer_get_text (const TdmAnswer *self)
{
  return self->edited != NULL ? self->edited : self->program;
}

char *
tdm_answer_remark (const TdmAnswer *self)
{
  if (self->edited == NULL)
    return NULL;
  return g_strdup_printf (self->stale ? "These words were edited by hand on %s. The "
                                        "numbers have changed since: the words may not "
                                        "fit them any more."
                                      : "These words were edited by hand on %s.",
                          self->when);
}

/* Lines and blanks as they are; other control characters, which a paste may bring, are
 * blanks. */
static char *
clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      if (c != '\r' || p[1] != '\n')
        g_string_append_unichar (out, c != '\n' && g_unichar_iscntrl (c) ? ' ' : c);
    }
  return g_strstrip (g_string_free (out, FALSE));
}

TdmCase *
tdm_answer_set (const TdmCase *record, const char *text, const char *program,
                GDateTime *now, GError **error)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  g_autofree char *plain = clean (text);
  g_autofree char *when = tdm_clock_format (now);
  const TdmCaseWords words = { plain, (char *)program, when };
  const gboolean own = plain[0] != '\0' && !g_str_equal (plain, program);

  tdm_case_edit_set_words (edit, own ? &words : NULL);
  return tdm_case_edit_finish (edit, error);
}
