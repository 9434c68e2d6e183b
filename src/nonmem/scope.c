#include "nonmem/code.h"

TdmScope *
tdm_scope_new (void)
{
  TdmScope *self = g_new0 (TdmScope, 1);
  self->values = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_ptr_array_new ();
  return self;
}

void
tdm_scope_free (TdmScope *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->values);
  g_ptr_array_unref (self->names);
  g_free (self);
}

gboolean
tdm_scope_find (const TdmScope *self, const char *name, guint *node)
{
  guint found = GPOINTER_TO_UINT (g_hash_table_lookup (self->values, name));
  if (found > 0 && node)
    *node = found - 1;
  return found > 0;
}

void
tdm_scope_set (TdmScope *self, const char *name, guint node)
{
  const char *key = g_intern_string (name);
  if (!g_hash_table_contains (self->values, key))
    g_ptr_array_add (self->names, (gpointer)key);
  g_hash_table_insert (self->values, (gpointer)key, GUINT_TO_POINTER (node + 1));
}

TdmScope *
tdm_scope_copy (const TdmScope *scope)
{
  TdmScope *copy = tdm_scope_new ();
  for (guint i = 0; i < scope->names->len; i++)
    {
      const char *name = scope->names->pdata[i];
      guint node = 0;
      tdm_scope_find (scope, name, &node);
      tdm_scope_set (copy, name, node);
    }
  return copy;
}

/* A branch and what it is merged with. */
typedef struct
{
  TdmFormulas *formulas;
  const TdmScope *yes, *no;
  guint condition;
  gsize offset;
} Merge;

/* What a variable is in a branch, also in one that does not set it. */
static guint
value_in (const Merge *self, const TdmScope *scope, const char *name)
{
  guint node;
  if (tdm_scope_find (scope, name, &node))
    return node;
  return tdm_formulas_leaf (self->formulas, TDM_LEAF_UNSET, 0, name, self->offset);
}

static void
merge_names (const Merge *self, const GPtrArray *names, TdmScope *merged)
{
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = names->pdata[i];
      const guint a = value_in (self, self->yes, name);
      const guint b = value_in (self, self->no, name);
      tdm_scope_set (merged, name,
                     tdm_formulas_operation (self->formulas, TDM_OP_SELECT,
                                             self->condition, a, b));
    }
}

TdmScope *
tdm_scope_merge (TdmFormulas *formulas, guint condition, const TdmScope *yes,
                 const TdmScope *no, gsize offset)
{
  const Merge merge = { formulas, yes, no, condition, offset };
  TdmScope *merged = tdm_scope_copy (no);
  merge_names (&merge, yes->names, merged);
  merge_names (&merge, no->names, merged);
  return merged;
}
