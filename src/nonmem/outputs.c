/* $ERROR: what is measured, and how well. */
#include "nonmem/translation.h"

#include <math.h>
#include <string.h>

/* A comparison of a prediction with a number up to this guards a logarithm or a
 * quotient, and is no part of a model. */
#define GUARD 0.01
#define MAX_ROUNDS 40u
#define MAX_VALUES 20u

/* A value that an item does not have: what "ELSE" means. */
#define OTHER_VALUE 271828.0

gboolean
tdm_translation_next_case (const TdmTranslation *self, const gboolean *reach,
                           guint root, guint *at, const char **item, double *number)
{
  for (guint i = *at; i <= root; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      if (!reach[i] || f->leaf != TDM_LEAF_NONE
          || (f->op != TDM_OP_EQ && f->op != TDM_OP_NE))
        continue;
      for (guint k = 0; k < 2; k++)
        {
          const TdmFormula *x = tdm_formulas_get (self->formulas, f->arguments[k]);
          if (x->leaf != TDM_LEAF_DATA
              || !tdm_formulas_is_number (self->formulas, f->arguments[1 - k], number))
            continue;
          *item = x->name;
          *at = i + 1;
          return TRUE;
        }
    }
  return FALSE;
}

guint
tdm_translation_at (TdmTranslation *self, guint root, const char *item, double value)
{
  const TdmFormulaPair pair = { tdm_formulas_leaf (self->formulas, TDM_LEAF_DATA, 0,
                                                   item, 0),
                                tdm_formulas_number (self->formulas, value) };
  g_autofree guint *image = tdm_formulas_replace (self->formulas, &pair, 1);
  return image[root];
}

static gboolean
has (const TdmTranslation *self, guint root, TdmLeaf leaf)
{
  return tdm_formulas_find_leaf (self->formulas, root, leaf) != G_MAXUINT;
}

static guint
replace_one (TdmTranslation *self, guint root, guint from, guint to)
{
  const TdmFormulaPair pair = { from, to };
  g_autofree guint *image = tdm_formulas_replace (self->formulas, &pair, 1);
  return image[root];
}

/* A level below the limit has a likelihood of its own (M3): the branch without EPS that
 * asks for one is left out, as the program has it anyway. */
static guint
drop_likelihoods (TdmTranslation *self, guint y)
{
  for (guint round = 0; round < MAX_ROUNDS; round++)
    {
      g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, y);
      const guint before = y;
      for (guint i = 0; i <= before && y == before; i++)
        {
          const TdmFormula f = *tdm_formulas_get (self->formulas, i);
          if (!reach[i] || f.leaf != TDM_LEAF_NONE || f.op != TDM_OP_SELECT)
            continue;
          for (guint k = 1; k <= 2 && y == before; k++)
            {
              const guint kept = f.arguments[k], other = f.arguments[3 - k];
              const guint leaf =
                  tdm_formulas_find_leaf (self->formulas, other, TDM_LEAF_REFUSED);
              if (leaf == G_MAXUINT || !has (self, kept, TDM_LEAF_EPS)
                  || has (self, other, TDM_LEAF_EPS))
                continue;
              const TdmFormula call = *tdm_formulas_get (self->formulas, leaf);
              if (strcmp (call.name, "PHI") != 0)
                continue;
              tdm_control_note (&self->control, call.offset,
                                "the likelihood of levels beyond the limit is left "
                                "out: the program has its own (M3), for levels that a "
                                "case gives as below a limit");
              y = replace_one (self, y, i, kept);
            }
        }
      if (y == before)
        break;
    }
  return y;
}

/* Whether the node asks if a prediction is near 0; the answer where it is not. */
static gboolean
is_guard (const TdmTranslation *self, guint node, double *answer)
{
  const TdmFormula *f = tdm_formulas_get (self->formulas, node);
  double number;
  if (f->leaf != TDM_LEAF_NONE || f->op < TDM_OP_LT || f->op > TDM_OP_NE)
    return FALSE;
  for (guint k = 0; k < 2; k++)
    {
      const guint side = f->arguments[k];
      if (!tdm_formulas_is_number (self->formulas, f->arguments[1 - k], &number)
          || fabs (number) > GUARD || has (self, side, TDM_LEAF_EPS)
          || has (self, side, TDM_LEAF_DATA)
          || !(has (self, side, TDM_LEAF_PREDICTION)
               || has (self, side, TDM_LEAF_AMOUNT)))
        continue;
      const gboolean greater = f->op == TDM_OP_GT || f->op == TDM_OP_GE;
      const gboolean less = f->op == TDM_OP_LT || f->op == TDM_OP_LE;
      *answer = f->op == TDM_OP_NE || (greater && k == 0) || (less && k == 1);
      return TRUE;
    }
  return FALSE;
}

/* log (F + 0.001) and max (F, 0.001) are F where it is not near 0. */
static gboolean
is_small_shift (const TdmTranslation *self, guint node, guint *kept)
{
  const TdmFormula *f = tdm_formulas_get (self->formulas, node);
  double number;
  if (f->leaf != TDM_LEAF_NONE || (f->op != TDM_OP_ADD && f->op != TDM_OP_MAX))
    return FALSE;
  for (guint k = 0; k < 2; k++)
    {
      *kept = f->arguments[k];
      const TdmLeaf leaf = tdm_formulas_get (self->formulas, *kept)->leaf;
      if (tdm_formulas_is_number (self->formulas, f->arguments[1 - k], &number)
          && fabs (number) <= GUARD
          && (leaf == TDM_LEAF_PREDICTION
              || (leaf == TDM_LEAF_NONE && has (self, *kept, TDM_LEAF_AMOUNT)
                  && f->op == TDM_OP_MAX)))
        return TRUE;
    }
  return FALSE;
}

static guint
drop_guards (TdmTranslation *self, guint y)
{
  gboolean any = TRUE, noted = FALSE;
  for (guint round = 0; any && round < MAX_ROUNDS; round++)
    {
      g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, y);
      any = FALSE;
      for (guint i = 0; i <= y && !any; i++)
        {
          double answer;
          guint kept;
          if (reach[i] && is_guard (self, i, &answer))
            kept = tdm_formulas_number (self->formulas, answer);
          else if (!reach[i] || !is_small_shift (self, i, &kept))
            continue;
          y = replace_one (self, y, i, kept);
          any = TRUE;
        }
      if (any && !noted)
        tdm_control_note (&self->control, G_MAXSIZE,
                          "what $ERROR does with predictions at or near 0 is left out: "
                          "the program never takes their logarithm");
      noted |= any;
    }
  return y;
}

/* A row that is a level. */
static guint
at_observation (TdmTranslation *self, guint y)
{
  static const char *const items[] = { "EVID", "MDV", "AMT", "RATE", "ADDL", "SS" };
  for (guint i = 0; i < G_N_ELEMENTS (items); i++)
    y = tdm_translation_at (self, y, items[i], 0.0);
  return y;
}

/* Variables of $PK that are numbers. */
static guint
with_numbers (TdmTranslation *self, guint y)
{
  for (guint i = 0; i < self->pk->names->len; i++)
    {
      guint node = 0;
      const char *name = self->pk->names->pdata[i];
      tdm_scope_find (self->pk, name, &node);
      if (tdm_formulas_is_number (self->formulas, node, NULL))
        y = replace_one (
            self, y, tdm_formulas_leaf (self->formulas, TDM_LEAF_PARAMETER, 0, name, 0),
            node);
    }
  return y;
}

/* The one item that tells outputs apart, with its values; NULL where there is none. */
static gboolean
find_item (const TdmTranslation *self, guint y, const char **item, double *values,
           guint *n, GError **error)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, y);
  const char *name;
  double number;
  guint at = 0;
  *item = NULL;
  *n = 0;
  while (tdm_translation_next_case (self, reach, y, &at, &name, &number))
    {
      if (*item && *item != name)
        return tdm_control_fail (&self->control, self->control.error.begin, error,
                                 "Y depends on %s and on %s; outputs are told apart by "
                                 "one data item",
                                 *item, name);
      *item = name;
      guint i = 0;
      while (i < *n && values[i] != number)
        i++;
      if (i == *n && *n < MAX_VALUES)
        values[(*n)++] = number;
    }
  return TRUE;
}

/* What a leaf is called in messages. Yours. */
static char *
leaf_name (const TdmFormula *f)
{
  switch (f->leaf)
    {
    case TDM_LEAF_ETA:
      return g_strdup_printf ("ETA(%u)", f->index);
    case TDM_LEAF_AMOUNT:
      return g_strdup_printf ("A(%u)", f->index);
    case TDM_LEAF_UNSET:
      return g_strdup_printf ("%s, which has no value", f->name);
    default:
      return g_strdup (f->name ? f->name : "something else");
    }
}

static gboolean
check_residual (const TdmTranslation *self, guint y, GError **error)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, y);
  for (guint i = 0; i <= y; i++)
    {
      const TdmFormula *f = tdm_formulas_get (self->formulas, i);
      if (!reach[i] || f->leaf == TDM_LEAF_NONE || f->leaf == TDM_LEAF_NUMBER
          || f->leaf == TDM_LEAF_PREDICTION || f->leaf == TDM_LEAF_EPS)
        continue;
      g_autofree char *name = leaf_name (f);
      /* A leaf stands where it stood first, which may be in $PK. */
      const gsize offset = MAX (f->offset, self->control.error.begin);
      return tdm_control_fail (&self->control, offset, error,
                               "the residual error depends on %s; expected only the "
                               "prediction, THETA and EPS",
                               name);
    }
  return TRUE;
}

static guint
without_eps (TdmTranslation *self, guint y)
{
  const guint zero = tdm_formulas_number (self->formulas, 0.0);
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TdmFormulaPair));
  for (guint i = 0; i <= y; i++)
    if (tdm_formulas_get (self->formulas, i)->leaf == TDM_LEAF_EPS)
      {
        TdmFormulaPair pair = { i, zero };
        g_array_append_val (pairs, pair);
      }
  g_autofree guint *image = tdm_formulas_replace (
      self->formulas, (const TdmFormulaPair *)(gpointer)pairs->data, pairs->len);
  return image[y];
}

/* Y of one output becomes what it is around, and its error. */
static gboolean
read_output (TdmTranslation *self, guint y, guint compartment, TdmImportOutput *out,
             GError **error)
{
  const guint f = tdm_formulas_leaf (self->formulas, TDM_LEAF_PREDICTION, 0, NULL, 0);
  y = replace_one (self, y, f, tdm_structure_prediction (self, compartment));
  const guint center = without_eps (self, y);
  const TdmFormula c = *tdm_formulas_get (self->formulas, center);
  const gboolean logs = c.leaf == TDM_LEAF_NONE && c.op == TDM_OP_LOG;
  const char *reason = NULL;
  out->amount = logs ? c.arguments[0] : center;
  if (tdm_formulas_is_number (self->formulas, out->amount, NULL))
    return tdm_control_fail (&self->control, self->control.error.begin, error,
                             "Y does not depend on the amounts");
  const guint around =
      replace_one (self, with_numbers (self, y), with_numbers (self, out->amount), f);
  if (!check_residual (self, around, error))
    return FALSE;
  if (logs)
    tdm_control_note (&self->control, self->control.error.begin,
                      "Y is a logarithm: the program takes that of levels itself, so "
                      "cases and NONMEM-style data must have the levels, not their "
                      "logarithms");
  out->error = tdm_residual_form (self, around, logs, &reason);
  return out->error
         || tdm_control_fail (&self->control, self->control.error.begin, error, "%s",
                              reason);
}

static gboolean
add_output (TdmTranslation *self, guint y, const char *item, double value,
            GError **error)
{
  const gboolean by_cmt = item && strcmp (item, "CMT") == 0;
  const gboolean number = value >= 1.0 && value <= 999.0 && value == floor (value);
  if (item && !number)
    return tdm_control_fail (&self->control, self->control.error.begin, error,
                             "outputs are numbered from 1 to 999; %s is compared with "
                             "%g",
                             item, value);
  const guint compartment = by_cmt ? (guint)value : self->control.default_observed;
  g_autofree char *name = g_strdup_printf (item ? "C%u" : "C", (guint)value);
  TdmImportOutput output = { .name = g_intern_string (name) };
  if (item)
    output.cmt = (guint)value;
  else if (self->control.input && g_hash_table_contains (self->control.input, "CMT"))
    output.cmt = compartment;
  if (!read_output (self, y, compartment, &output, error))
    return FALSE;
  g_array_append_val (self->outputs, output);
  return TRUE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/* Y by the values of the item; what is left for all other values is one more. */
static gboolean
add_outputs (TdmTranslation *self, guint y, const char *item, double *values, guint n,
             GError **error)
{
  const guint rest = tdm_translation_at (self, y, item, OTHER_VALUE);
  const gboolean has_rest = has (self, rest, TDM_LEAF_EPS)
                            && !has (self, rest, TDM_LEAF_UNSET)
                            && strcmp (item, "CMT") != 0;
  gboolean differ = FALSE;
  qsort (values, n, sizeof *values, compare_numbers);
  for (guint i = 0; i < n; i++)
    differ |= tdm_translation_at (self, y, item, values[i])
              != tdm_translation_at (self, y, item, values[0]);
  if (!differ && !has_rest)
    return add_output (self, tdm_translation_at (self, y, item, values[0]), NULL, 0.0,
                       error);
  for (guint i = 0; i < n; i++)
    {
      const guint one = tdm_translation_at (self, y, item, values[i]);
      if (has (self, one, TDM_LEAF_EPS)
          && !add_output (self, one, item, values[i], error))
        return FALSE;
    }
  if (strcmp (item, "CMT") != 0)
    tdm_control_note (&self->control, self->control.error.begin,
                      "outputs are told apart by %s: NONMEM-style data must have its "
                      "values in the column CMT of levels",
                      item);
  return !has_rest || add_output (self, rest, item, values[n - 1] + 1.0, error);
}

gboolean
tdm_outputs_find (TdmTranslation *self, GError **error)
{
  double values[MAX_VALUES];
  const char *item;
  guint y, n;
  if (!tdm_scope_find (self->error, "Y", &y))
    return tdm_control_fail (&self->control, self->control.error.begin, error,
                             "expected Y in $ERROR");
  y = drop_guards (self, drop_likelihoods (self, at_observation (self, y)));
  if (!find_item (self, y, &item, values, &n, error))
    return FALSE;
  if (item && !add_outputs (self, y, item, values, n, error))
    return FALSE;
  if (!item && !add_output (self, y, NULL, 0.0, error))
    return FALSE;
  return self->outputs->len > 0
         || tdm_control_fail (&self->control, self->control.error.begin, error,
                              "expected EPS in Y");
}
