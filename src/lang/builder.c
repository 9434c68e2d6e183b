#include "lang/program.h"

#include "base/error.h"
#include "lang/compile.h"
#include "lang/derivative-check.h"
#include "lang/function.h"
#include "lang/names.h"
#include "lang/parser.h"
#include "lang/schedule.h"
#include "lang/unit-check.h"

struct _TdmProgramBuilder
{
  TdmSymbols *symbols;
  guint n_nodes; /* of all trees */
  guint n_of_kind[TDM_VARIABLE_N_KINDS];
};

TdmProgramBuilder *
tdm_program_builder_new (void)
{
  TdmProgramBuilder *self = g_new0 (TdmProgramBuilder, 1);
  self->symbols = tdm_symbols_new ();
  return self;
}

void
tdm_program_builder_free (TdmProgramBuilder *self)
{
  if (!self)
    return;
  tdm_symbols_free (self->symbols);
  g_free (self);
}

static gboolean
check_new_name (const TdmProgramBuilder *self, const char *name, const TdmPlace *place,
                GError **error)
{
  guint found;
  if (tdm_symbols_find (self->symbols, name, &found))
    {
      const TdmTree *tree = tdm_symbols_get (self->symbols, found)->tree;
      if (!tree)
        return tdm_place_set_error (error, place,
                                    "'%s' is a variable; expected another name", name);
      TdmPlace first = tdm_tree_get_place (tree, 0);
      return tdm_place_set_error (error, place,
                                  "'%s' is defined twice, first in %s:%u; expected one "
                                  "definition",
                                  name, first.file, first.line);
    }
  if (tdm_names_is_free (name))
    return TRUE;
  if (tdm_function_find (name) || tdm_names_is_operator (name))
    return tdm_place_set_error (
        error, place, "'%s' is a word of the language; expected another name", name);
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  return tdm_place_set_error (
      error, place,
      "'%.70s' is not a name; expected a letter and then letters, "
      "digits and _, at most %d",
      valid, TDM_NAMES_MAX_LENGTH);
}

gboolean
tdm_program_builder_add_variable (TdmProgramBuilder *self, const TdmVariable *variable,
                                  const TdmPlace *place, GError **error)
{
  if (!check_new_name (self, variable->name, place, error))
    return FALSE;
  TdmSymbol symbol = { .name = g_strdup (variable->name),
                       .kind = variable->kind,
                       .index = self->n_of_kind[variable->kind]++,
                       .categories = g_strdupv ((char **)variable->categories) };
  tdm_symbols_take (self->symbols, &symbol);
  return TRUE;
}

gboolean
tdm_program_builder_add_assignment (TdmProgramBuilder *self, const char *name,
                                    const char *text, const TdmPlace *place,
                                    GError **error)
{
  if (!check_new_name (self, name, place, error))
    return FALSE;
  TdmTree *tree = tdm_parse (text, place, TDM_TREE_MAX_NODES - self->n_nodes, error);
  if (!tree)
    return FALSE;
  self->n_nodes += tdm_tree_get_n_nodes (tree);
  tdm_symbols_take (self->symbols,
                    &(TdmSymbol){ .name = g_strdup (name), .tree = tree });
  return TRUE;
}

gboolean
tdm_program_builder_defines (const TdmProgramBuilder *self, const char *name)
{
  return tdm_symbols_find (self->symbols, name, NULL);
}

void
tdm_program_builder_set_unit (TdmProgramBuilder *self, const TdmUnitRule *rule)
{
  tdm_symbols_set_unit (self->symbols, rule);
}

gboolean
tdm_program_builder_check_units (const TdmProgramBuilder *self, GError **error)
{
  return tdm_unit_check (self->symbols, error);
}

gboolean
tdm_program_builder_check_derivatives (const TdmProgramBuilder *self, GError **error)
{
  return tdm_derivative_check (self->symbols, error);
}

TdmProgram *
tdm_program_builder_finish (TdmProgramBuilder *self, const char *const *outputs,
                            GError **error)
{
  g_autoptr (TdmGraph) graph = tdm_graph_new ();
  g_autofree guint *values = g_new (guint, tdm_symbols_get_n (self->symbols) + 1);
  if (!tdm_compile (self->symbols, graph, values, error))
    return NULL;
  guint n = g_strv_length ((char **)outputs);
  g_autofree guint *output_values = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    {
      guint found;
      gboolean defined = tdm_symbols_find (self->symbols, outputs[i], &found);
      g_assert (defined);
      output_values[i] = values[found];
    }
  return tdm_schedule (graph, self->symbols, values, output_values, n);
}
