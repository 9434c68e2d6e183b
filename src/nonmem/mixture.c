/* $MIX: kinds of people, and the chance of each: NSPOP = 2, P(1) = THETA(3), … What
 * tells them apart stands in $PK as MIXNUM. */
#include "nonmem/translation.h"

#include <math.h>

/* As many as a model file may have. */
#define MOST 8u

/* What a chance is made of. FALSE with an error. */
static gboolean
check_chance (const TdmTranslation *self, guint node, GError **error)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, node);
  for (guint i = 0; i <= node; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      if (!reach[i] || f->leaf == TDM_LEAF_NONE || f->leaf == TDM_LEAF_NUMBER
          || f->leaf == TDM_LEAF_DATA)
        continue;
      return tdm_control_fail (
          &self->control, f->offset, error,
          "expected chances in $MIX that depend on THETAs and data "
          "items only");
    }
  return TRUE;
}

static gboolean
find_chance (TdmTranslation *self, const TdmScope *scope, guint i, GError **error)
{
  g_autofree char *name = g_strdup_printf ("P(%u)", i);
  guint node;
  if (!tdm_scope_find (scope, name, &node))
    return tdm_control_fail (&self->control, self->control.mix.begin, error,
                             "expected %s in $MIX", name);
  g_array_append_val (self->mixture, node);
  return check_chance (self, node, error);
}

gboolean
tdm_mixture_find (TdmTranslation *self, GError **error)
{
  const TdmControl *control = &self->control;
  g_autoptr (TdmScope) scope = tdm_scope_new ();
  guint node;
  double n = 0.0;
  if (control->mix.end == 0)
    return TRUE;
  if (!tdm_code_run (control, TDM_BLOCK_MIX, self->formulas, scope, error))
    return FALSE;
  if (!tdm_scope_find (scope, "NSPOP", &node)
      || !tdm_formulas_is_number (self->formulas, node, &n) || n != floor (n)
      || !(n >= 2.0 && n <= MOST))
    return tdm_control_fail (control, control->mix.begin, error,
                             "expected NSPOP = 2 to %u in $MIX", MOST);
  for (guint i = 1; i <= (guint)n; i++)
    if (!find_chance (self, scope, i, error))
      return FALSE;
  return TRUE;
}
