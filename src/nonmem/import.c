/* The whole way: records, statements, outputs, structure, text; and the loader, which
 * has the last word. */
#include "nonmem/import.h"

#include <string.h>

#include "base/error.h"
#include "base/unit.h"
#include "model/model.h"
#include "nonmem/translation.h"

/* Control streams are some KiB. */
#define MAX_BYTES (256 * 1024)

#define DEFAULT_ID "imported-model-1900"

/* Choices inside each other. */
#define MAX_ROUNDS 40u

void
tdm_import_free (TdmImport *self)
{
  if (!self)
    return;
  g_free (self->id);
  g_free (self->text);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

static void
free_note (gpointer data)
{
  TdmImportNote *note = data;
  g_free (note->text);
  g_free (note);
}

static void
free_output (gpointer data)
{
  TdmImportOutput *output = data;
  g_free (output->error);
}

void
tdm_translation_clear (TdmTranslation *self)
{
  tdm_control_clear (&self->control);
  g_clear_pointer (&self->formulas, tdm_formulas_free);
  g_clear_pointer (&self->pk, tdm_scope_free);
  g_clear_pointer (&self->des, tdm_scope_free);
  g_clear_pointer (&self->error, tdm_scope_free);
  g_clear_pointer (&self->parameters, g_array_unref);
  g_clear_pointer (&self->routes, g_array_unref);
  g_clear_pointer (&self->outputs, g_array_unref);
  g_clear_pointer (&self->states, g_array_unref);
  g_clear_pointer (&self->mixture, g_array_unref);
}

void
tdm_translation_add_parameter (TdmTranslation *self, const char *name, const char *unit,
                               guint node)
{
  for (guint i = 0; i < self->parameters->len; i++)
    if (strcmp (g_array_index (self->parameters, TdmImportParameter, i).name, name)
        == 0)
      return;
  TdmImportParameter parameter = { g_intern_string (name), unit, node };
  g_array_append_val (self->parameters, parameter);
}

static void
translation_init (TdmTranslation *self)
{
  *self = (TdmTranslation){ .formulas = tdm_formulas_new () };
  self->pk = tdm_scope_new ();
  self->des = tdm_scope_new ();
  self->error = tdm_scope_new ();
  self->parameters = g_array_new (FALSE, FALSE, sizeof (TdmImportParameter));
  self->routes = g_array_new (FALSE, FALSE, sizeof (TdmImportRoute));
  self->states = g_array_new (FALSE, FALSE, sizeof (TdmImportState));
  self->mixture = g_array_new (FALSE, FALSE, sizeof (guint));
  self->outputs = g_array_new (FALSE, FALSE, sizeof (TdmImportOutput));
  g_array_set_clear_func (self->outputs, free_output);
}

static gboolean
read_unit (const char *option, const char *text, const char *fallback, const char *unit,
           double *factor, GError **error)
{
  g_autoptr (GError) local = NULL;
  if (tdm_unit_convert (1.0, text ? text : fallback, unit, 0.0, factor, &local))
    return TRUE;
  return tdm_error_set_input (error, option, "expected a unit such as %s: %s", fallback,
                              local->message);
}

/* A control stream does not know its units: they are stated or assumed. */
static gboolean
read_units (TdmTranslation *self, const TdmImportOptions *options, GError **error)
{
  if (!read_unit ("--dose-unit", options->dose_unit, "mg", "mg", &self->dose_mg, error)
      || !read_unit ("--dv-unit", options->dv_unit, "mg/L", "mg/L", &self->dv_mg_l,
                     error)
      || !read_unit ("--time-unit", options->time_unit, "h", "h", &self->hours, error))
    return FALSE;
  self->dv_unit = options->dv_unit ? options->dv_unit : "mg/L";
  return TRUE;
}

static void
note_units (const TdmTranslation *self, const TdmImportOptions *options)
{
  tdm_control_note (&self->control, G_MAXSIZE,
                    "units: doses in %s%s, levels in %s%s, time in %s%s",
                    options->dose_unit ? options->dose_unit : "mg",
                    options->dose_unit ? "" : " (assumed; --dose-unit)", self->dv_unit,
                    options->dv_unit ? "" : " (assumed; --dv-unit)",
                    options->time_unit ? options->time_unit : "h",
                    options->time_unit ? "" : " (assumed; --time-unit)");
  if (self->dose_mg != 1.0 || self->hours != 1.0)
    tdm_control_note (
        &self->control, G_MAXSIZE,
        "the file and NONMEM-style data read with it have doses in mg and "
        "times in h");
}

/* What later blocks see of $PK: its variables by name. */
static void
share (TdmTranslation *self, TdmScope *scope)
{
  for (guint i = 0; i < self->pk->names->len; i++)
    {
      const char *name = self->pk->names->pdata[i];
      tdm_scope_set (
          scope, name,
          tdm_formulas_leaf (self->formulas, TDM_LEAF_PARAMETER, 0, name, 0));
    }
}

/* Choices one branch of which has no value: each becomes its other branch. */
static GArray *
find_unset (const TdmTranslation *self)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (TdmFormulaPair));
  const guint n = tdm_formulas_get_n (self->formulas);
  for (guint i = 0; i < n; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      if (f->leaf != TDM_LEAF_NONE || f->op != TDM_OP_SELECT
          || tdm_formulas_find_leaf (self->formulas, f->arguments[0], TDM_LEAF_REFUSED)
                 != G_MAXUINT)
        continue;
      for (guint k = 1; k <= 2; k++)
        {
          const guint other = f->arguments[3 - k];
          TdmFormulaPair pair = { i, f->arguments[k] };
          if (tdm_formulas_get (self->formulas, other)->leaf == TDM_LEAF_UNSET)
            g_array_append_val (pairs, pair);
        }
    }
  return pairs;
}

static void
note_unset (const TdmTranslation *self, const TdmScope *scope)
{
  for (guint i = 0; i < scope->names->len; i++)
    {
      guint node = 0;
      tdm_scope_find (scope, scope->names->pdata[i], &node);
      const guint leaf = tdm_formulas_find_leaf (self->formulas, node, TDM_LEAF_UNSET);
      const TdmFormula *f =
          leaf == G_MAXUINT ? NULL : tdm_formulas_get (self->formulas, leaf);
      if (f && strcmp (f->name, scope->names->pdata[i]) == 0)
        tdm_control_note (&self->control, f->offset,
                          "%s has no value where no IF gives it one: the value of the "
                          "first IF above is taken there; keep the covariate within "
                          "what the IFs ask for",
                          f->name);
    }
}

/* IF (SEX.EQ.1) X = 1.2 with nothing for other values: NONMEM leaves X as it was in the
 * row before. No model counts on that; a value that is given is taken for all. */
static void
settle (TdmTranslation *self, TdmScope *scope)
{
  gboolean changed = TRUE;
  note_unset (self, scope);
  for (guint round = 0; round < MAX_ROUNDS && changed; round++)
    {
      g_autoptr (GArray) pairs = find_unset (self);
      g_autofree guint *image = tdm_formulas_replace (
          self->formulas, (const TdmFormulaPair *)(gpointer)pairs->data, pairs->len);
      changed = FALSE;
      for (guint i = 0; i < scope->names->len; i++)
        {
          guint node = 0;
          tdm_scope_find (scope, scope->names->pdata[i], &node);
          changed |= image[node] != node;
          tdm_scope_set (scope, scope->names->pdata[i], image[node]);
        }
    }
}

/* Variables of $PK that PREDPP reads and no model file can say. */
static gboolean
check_special (const TdmTranslation *self, GError **error)
{
  static const char *const names[] = { "TSCALE", "XSCALE" };
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (tdm_scope_find (self->pk, names[i], NULL))
      return tdm_control_fail (&self->control, self->control.pk.begin, error,
                               "%s in $PK is not translated", names[i]);
  return TRUE;
}

static gboolean
translate (TdmTranslation *self, GError **error)
{
  const TdmControl *control = &self->control;
  if (!control->input)
    return tdm_control_fail (control, 0, error, "expected $INPUT");
  if (!tdm_structure_check (self, error) || !tdm_mixture_find (self, error)
      || !tdm_code_run (control, TDM_BLOCK_PK, self->formulas, self->pk, error)
      || !check_special (self, error))
    return FALSE;
  tdm_effects_find_occasions (self);
  settle (self, self->pk);
  share (self, self->des);
  if (tdm_equations_are_implied (self)
          ? !tdm_equations_write (self, error)
          : self->ode
                && !tdm_code_run (control, TDM_BLOCK_DES, self->formulas, self->des,
                                  error))
    return FALSE;
  share (self, self->error);
  if (!tdm_code_run (control, TDM_BLOCK_ERROR, self->formulas, self->error, error)
      || !tdm_outputs_find (self, error) || !tdm_structure_find (self, error))
    return FALSE;
  if (tdm_formulas_is_too_large (self->formulas))
    return tdm_control_fail (control, 0, error, "expected a smaller model");
  return tdm_writer_check (self, error);
}

/* Effects that no parameter of the model has any more. */
static void
note_unused (TdmTranslation *self)
{
  const guint n = self->control.omega.n;
  g_autofree gboolean *used = g_new0 (gboolean, n + 1);
  for (guint p = 0; p < self->parameters->len; p++)
    {
      const guint root = g_array_index (self->parameters, TdmImportParameter, p).node;
      g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
      for (guint i = 0; i <= root; i++)
        {
          const TdmFormula *f = tdm_formulas_get (self->formulas, i);
          if (reach[i] && (f->leaf == TDM_LEAF_ETA || f->leaf == TDM_LEAF_OCCASION))
            used[f->index - 1] = TRUE;
        }
    }
  for (guint i = 0; i < n; i++)
    if (!used[i] && g_array_index (self->control.omega.base, guint, i) == i)
      tdm_control_note (&self->control, G_MAXSIZE,
                        "ETA(%u) is left out: no parameter of the model has it", i + 1);
}

/* Writes with ranges of covariates that get narrower until the loader takes the file.
 */
static char *
write_ranges (const TdmTranslation *self, const TdmImportOptions *options,
              TdmWriterManner *manner, GError **loader, GError **error)
{
  for (manner->width = 0; manner->width < TDM_WRITER_WIDTHS; manner->width++)
    {
      g_autofree char *text = tdm_writer_write (self, options, manner, error);
      if (!text)
        return NULL;
      g_clear_error (loader);
      g_autoptr (TdmModel) model =
          tdm_model_parse (text, strlen (text), "model", loader);
      if (model)
        return g_steal_pointer (&text);
    }
  return NULL;
}

/* The loader takes the file with units as names suggest them, or without. */
static char *
write_accepted (const TdmTranslation *self, const TdmImportOptions *options,
                const char *id, GError **error)
{
  TdmWriterManner manner = { .id = id };
  g_autoptr (GError) strict = NULL, loose = NULL, local = NULL;
  char *text = write_ranges (self, options, &manner, &strict, &local);
  if (!text && !local)
    {
      tdm_control_note (&self->control, G_MAXSIZE,
                        "the units of expressions are not known and not checked (1 [] "
                        "in the file): %s",
                        strict->message);
      manner.loose = TRUE;
      text = write_ranges (self, options, &manner, &loose, &local);
    }
  if (!text && !local)
    tdm_control_fail (&self->control, 0, &local,
                      "the model that this gives is not accepted: %s", loose->message);
  if (local)
    g_propagate_error (error, g_steal_pointer (&local));
  return text;
}

static gboolean
check_text (const char *data, gsize length, const char *name, GError **error)
{
  if (length > MAX_BYTES)
    return tdm_error_set_input (error, name, "expected at most %d bytes", MAX_BYTES);
  if (memchr (data, '\0', length))
    return tdm_error_set_input (error, name, "expected a text file");
  return TRUE;
}

TdmImport *
tdm_import_nonmem (const char *data, gsize length, const char *name,
                   const TdmImportOptions *options, GError **error)
{
  if (!check_text (data, length, name, error))
    return NULL;
  /* Comments may be in any character set. */
  g_autofree char *text = g_utf8_make_valid (data, (gssize)length);
  g_autoptr (GPtrArray) notes = g_ptr_array_new_with_free_func (free_note);
  g_auto (TdmTranslation) self;
  translation_init (&self);
  if (!read_units (&self, options, error)
      || !tdm_control_read (&self.control, name, text, strlen (text), notes, error))
    return NULL;
  note_units (&self, options);
  if (!translate (&self, error))
    return NULL;
  note_unused (&self);
  const char *id = options->id ? options->id : DEFAULT_ID;
  char *file = write_accepted (&self, options, id, error);
  if (!file)
    return NULL;
  TdmImport *import = g_new0 (TdmImport, 1);
  import->id = g_strdup (id);
  import->text = file;
  import->notes = g_steal_pointer (&notes);
  return import;
}
