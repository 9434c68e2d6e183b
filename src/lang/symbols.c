#include "lang/symbols.h"

struct _TdmSymbols
{
  GPtrArray *list;     /* TdmSymbol, owned */
  GHashTable *by_name; /* name of the symbol to its number */
};

static void
symbol_free (gpointer data)
{
  TdmSymbol *symbol = data;
  g_strfreev (symbol->categories);
  tdm_tree_free (symbol->tree);
  g_free (symbol->what);
  g_free (symbol->unit);
  g_free (symbol->name);
  g_free (symbol);
}

TdmSymbols *
tdm_symbols_new (void)
{
  TdmSymbols *self = g_new0 (TdmSymbols, 1);
  self->list = g_ptr_array_new_with_free_func (symbol_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

void
tdm_symbols_free (TdmSymbols *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->list);
  g_free (self);
}

void
tdm_symbols_take (TdmSymbols *self, const TdmSymbol *symbol)
{
  TdmSymbol *copy = g_memdup2 (symbol, sizeof *symbol);
  g_assert (!g_hash_table_contains (self->by_name, copy->name));
  g_hash_table_insert (self->by_name, copy->name, GUINT_TO_POINTER (self->list->len));
  g_ptr_array_add (self->list, copy);
}

guint
tdm_symbols_get_n (const TdmSymbols *self)
{
  return self->list->len;
}

const TdmSymbol *
tdm_symbols_get (const TdmSymbols *self, guint i)
{
  g_assert (i < self->list->len);
  return g_ptr_array_index (self->list, i);
}

gboolean
tdm_symbols_find (const TdmSymbols *self, const char *name, guint *out)
{
  gpointer number;
  if (!g_hash_table_lookup_extended (self->by_name, name, NULL, &number))
    return FALSE;
  if (out)
    *out = GPOINTER_TO_UINT (number);
  return TRUE;
}

void
tdm_symbols_set_unit (TdmSymbols *self, const TdmUnitRule *rule)
{
  guint found;
  gboolean known = tdm_symbols_find (self, rule->name, &found);
  g_assert (known);
  TdmSymbol *symbol = g_ptr_array_index (self->list, found);
  g_free (symbol->unit);
  g_free (symbol->what);
  symbol->unit = g_strdup (rule->unit);
  symbol->what = g_strdup (rule->what);
  symbol->of_body = rule->of_body;
  symbol->empirical = rule->empirical;
}
