#include "app/domain-text.h"

#include "app/compare.h"

/* "Age, body weight", of what is outside; NULL = nothing. */
static char *
outside_text (const TdmDomain *own)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < own->lines->len; i++)
    {
      const TdmDomainLine *line = own->lines->pdata[i];
      if (line->verdict == TDM_DOMAIN_OUTSIDE)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", line->title);
    }
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

char *
tdm_domain_text_line (const GPtrArray *ranked, const TdmModel *model)
{
  const TdmDomain *first = ranked->len > 0 ? ranked->pdata[0] : NULL;
  const TdmDomain *own = NULL;

  for (guint i = 0; i < ranked->len && own == NULL; i++)
    if (((const TdmDomain *)ranked->pdata[i])->model == model)
      own = ranked->pdata[i];
  if (own == NULL)
    return NULL;
  g_autofree char *outside = outside_text (own);
  g_autofree char *nearer = first != own && first->obstacle == NULL
                                ? tdm_compare_short_title (first->model)
                                : NULL;
  if (outside != NULL)
    return g_strdup_printf ("%s outside the people of this model%s%s", outside,
                            nearer != NULL ? "; nearer: " : "",
                            nearer != NULL ? nearer : "");
  return nearer != NULL ? g_strdup_printf ("The people of %s are nearer", nearer)
                        : NULL;
}
