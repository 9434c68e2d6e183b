/* What a model file cannot say, by name and line. */
#include "nonmem/translation.h"

#include "base/error.h"

#define MAX_COMPLAINTS 12u

gboolean
tdm_writer_is_event_item (const char *name)
{
  static const char *const items[] = { "ID",   "DV",   "MDV", "TIME", "EVID", "AMT",
                                       "RATE", "SS",   "II",  "ADDL", "CMT",  "PCMT",
                                       "CALL", "CONT", "L1",  "L2",   "DATE", NULL };
  return g_strv_contains (items, name);
}

/* Why a leaf cannot stand in a model file; NULL when it can. Yours. */
static char *
complaint (const TdmTranslation *self, const TdmFormula *f, gboolean in_equation)
{
  switch (f->leaf)
    {
    case TDM_LEAF_UNSET:
      return g_strdup_printf ("%s is used where it has no value (in every case)",
                              f->name);
    case TDM_LEAF_REFUSED:
      return g_strdup_printf ("%s is not translated", f->name);
    case TDM_LEAF_DATA:
      return tdm_writer_is_event_item (f->name) ? g_strdup_printf (
                 "a parameter that depends on %s is not translated", f->name)
                                                : NULL;
    case TDM_LEAF_EPS:
      return g_strdup_printf ("EPS(%u) is not translated here", f->index);
    case TDM_LEAF_ETA:
      return in_equation
                 ? g_strdup_printf ("ETA(%u) outside $PK is not translated", f->index)
                 : NULL;
    case TDM_LEAF_AMOUNT:
      return !in_equation || f->index > self->states->len
                 ? g_strdup_printf ("A(%u) is not translated here", f->index)
                 : NULL;
    case TDM_LEAF_PREDICTION:
      return g_strdup ("F is not translated here");
    default:
      return NULL;
    }
}

static void
complain (const TdmTranslation *self, guint root, gboolean in_equation,
          GPtrArray *messages)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
  for (guint i = 0; i <= root; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      g_autofree char *text = reach[i] ? complaint (self, f, in_equation) : NULL;
      g_autoptr (GError) error = NULL;
      if (!text || messages->len >= MAX_COMPLAINTS)
        continue;
      const gsize at = f->offset > 0 ? f->offset : self->control.pk.begin;
      tdm_control_fail (&self->control, at, &error, "%s", text);
      if (!g_ptr_array_find_with_equal_func (messages, error->message, g_str_equal,
                                             NULL))
        g_ptr_array_add (messages, g_strdup (error->message));
    }
}

gboolean
tdm_writer_check (const TdmTranslation *self, GError **error)
{
  g_autoptr (GPtrArray) messages = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < self->parameters->len; i++)
    complain (self, g_array_index (self->parameters, TdmImportParameter, i).node, FALSE,
              messages);
  for (guint i = 0; i < self->states->len; i++)
    complain (self, g_array_index (self->states, TdmImportState, i).rate, TRUE,
              messages);
  for (guint i = 0; self->ode && i < self->outputs->len; i++)
    complain (self, g_array_index (self->outputs, TdmImportOutput, i).amount, TRUE,
              messages);
  if (messages->len == 0)
    return TRUE;
  g_ptr_array_add (messages, NULL);
  g_autofree char *all = g_strjoinv ("; ", (char **)messages->pdata);
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_INPUT, all);
  return FALSE;
}
