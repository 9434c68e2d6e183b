/* Inter-occasion variability. A control stream has an ETA for each occasion, all with
 * the variance of the first (BLOCK SAME), and chooses between them by a data item:
 *   IF (OCC.EQ.1) IOV = ETA(3)      IF (OCC.EQ.2) IOV = ETA(4)
 * However it is written: with the item set to one of the values it is compared with,
 * one ETA of the group is left. When that ETA is called the effect of the occasion, all
 * values give the same formula. Where they do not, the ETAs stay what they are. */
#include "nonmem/translation.h"

#include <string.h>

#define MAX_OCCASIONS 60u

/* The values that one item is compared with. */
typedef struct
{
  const char *item;
  double values[MAX_OCCASIONS];
  guint n;
} Cases;

static gboolean
is_repeated (const TdmNmtranMatrix *omega, guint eta)
{
  const guint base = g_array_index (omega->base, guint, eta);
  guint n = 0;
  for (guint i = 0; i < omega->n; i++)
    n += g_array_index (omega->base, guint, i) == base;
  return n > 1;
}

/* Whether the formula has an ETA of a repeated block. */
static gboolean
has_repeated (const TdmTranslation *self, guint root)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
  for (guint i = 0; i <= root; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      if (reach[i] && f->leaf == TDM_LEAF_ETA
          && is_repeated (&self->control.omega, f->index - 1))
        return TRUE;
    }
  return FALSE;
}

static void
add_value (Cases *cases, double value)
{
  for (guint i = 0; i < cases->n; i++)
    if (cases->values[i] == value)
      return;
  if (cases->n < MAX_OCCASIONS)
    cases->values[cases->n++] = value;
}

/* All items that formulas with repeated ETAs are compared by. */
static GArray *
collect (const TdmTranslation *self)
{
  GArray *all = g_array_new (FALSE, TRUE, sizeof (Cases));
  for (guint k = 0; k < self->pk->names->len; k++)
    {
      guint root = 0, at = 0;
      const char *item;
      double number;
      tdm_scope_find (self->pk, self->pk->names->pdata[k], &root);
      if (!has_repeated (self, root))
        continue;
      g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
      while (tdm_translation_next_case (self, reach, root, &at, &item, &number))
        {
          guint i = 0;
          if (tdm_writer_is_event_item (item))
            continue;
          while (i < all->len && g_array_index (all, Cases, i).item != item)
            i++;
          if (i == all->len)
            {
              Cases fresh = { .item = item };
              g_array_append_val (all, fresh);
            }
          add_value (&g_array_index (all, Cases, i), number);
        }
    }
  return all;
}

/* `root` at one value of the item, its ETAs of repeated blocks called effects of the
 * occasion. `chosen`: for each block the ETA of this value + 1, 0 = not known yet.
 * FALSE when there are two of one block. */
static gboolean
fold_value (TdmTranslation *self, guint root, const char *item, double value,
            guint *chosen, guint *out)
{
  const TdmNmtranMatrix *omega = &self->control.omega;
  const guint fixed = tdm_translation_at (self, root, item, value);
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, fixed);
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TdmFormulaPair));
  for (guint i = 0; i <= fixed; i++)
    {
      const TdmFormula f = *tdm_formulas_get (self->formulas, i);
      if (!reach[i] || f.leaf != TDM_LEAF_ETA || !is_repeated (omega, f.index - 1))
        continue;
      const guint base = g_array_index (omega->base, guint, f.index - 1);
      if (chosen[base] != 0 && chosen[base] != f.index)
        return FALSE;
      chosen[base] = f.index;
      TdmFormulaPair pair = { i, tdm_formulas_leaf (self->formulas, TDM_LEAF_OCCASION,
                                                    base + 1, NULL, f.offset) };
      g_array_append_val (pairs, pair);
    }
  g_autofree guint *image = tdm_formulas_replace (
      self->formulas, (const TdmFormulaPair *)(gpointer)pairs->data, pairs->len);
  *out = image[fixed];
  return TRUE;
}

/* A formula over all values: one, or a choice between them. */
static guint
join_values (TdmTranslation *self, const Cases *cases, const guint *nodes)
{
  const guint item =
      tdm_formulas_leaf (self->formulas, TDM_LEAF_DATA, 0, cases->item, 0);
  guint out = nodes[cases->n - 1];
  for (guint i = cases->n - 1; i-- > 0;)
    {
      const guint value = tdm_formulas_number (self->formulas, cases->values[i]);
      const guint is =
          tdm_formulas_operation (self->formulas, TDM_OP_EQ, item, value, 0);
      out = tdm_formulas_operation (self->formulas, TDM_OP_SELECT, is, nodes[i], out);
    }
  return out;
}

/* Tries one item: TRUE when every formula folds, which `folded` (by variable) gets. */
static gboolean
try_item (TdmTranslation *self, const Cases *cases, guint *folded)
{
  const guint n = self->control.omega.n;
  g_autofree guint *chosen = g_new0 (guint, (gsize)n * cases->n + 1);
  gboolean any = FALSE;
  for (guint k = 0; k < self->pk->names->len; k++)
    {
      guint nodes[MAX_OCCASIONS], root = 0;
      tdm_scope_find (self->pk, self->pk->names->pdata[k], &root);
      folded[k] = root;
      if (!has_repeated (self, root))
        continue;
      for (guint v = 0; v < cases->n; v++)
        if (!fold_value (self, root, cases->item, cases->values[v], chosen + v * n,
                         &nodes[v]))
          return FALSE;
      folded[k] = join_values (self, cases, nodes);
      any |= tdm_formulas_find_leaf (self->formulas, folded[k], TDM_LEAF_OCCASION)
             != G_MAXUINT;
    }
  return any;
}

void
tdm_effects_find_occasions (TdmTranslation *self)
{
  g_autoptr (GArray) all = collect (self);
  g_autofree guint *folded = g_new (guint, self->pk->names->len + 1);
  for (guint i = 0; i < all->len; i++)
    {
      const Cases *cases = &g_array_index (all, Cases, i);
      if (cases->n >= MAX_OCCASIONS || !try_item (self, cases, folded))
        continue;
      for (guint k = 0; k < self->pk->names->len; k++)
        tdm_scope_set (self->pk, self->pk->names->pdata[k], folded[k]);
      self->occasion = cases->item;
      tdm_control_note (&self->control, G_MAXSIZE,
                        "the effects of occasions follow %s: each of its values is an "
                        "occasion of its own, also values the control stream does not "
                        "have",
                        cases->item);
      return;
    }
}
