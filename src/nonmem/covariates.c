/* Covariates: a control stream names them and knows neither their units nor their
 * ranges. */
#include "nonmem/writer-private.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

static const TdmFormula *
get (const TdmImportWriter *self, guint node)
{
  return tdm_formulas_get (self->from->formulas, node);
}

static guint
count_nodes (const TdmImportWriter *self)
{
  return tdm_formulas_get_n (self->from->formulas);
}

const char *
tdm_writer_covariate_name (const char *item)
{
  return strcmp (item, "SEX") == 0 ? "SEXCODE" : item;
}

/* What names usually mean, and the widest range that makes sense. */
static const struct
{
  const char *name, *unit;
  double low, high, middle;
} habits[] = {
  { "WT", "kg", 0.3, 300.0, 70.0 },       { "WGT", "kg", 0.3, 300.0, 70.0 },
  { "BW", "kg", 0.3, 300.0, 70.0 },       { "AGE", "y", 0.05, 110.0, 40.0 },
  { "HT", "cm", 30.0, 230.0, 170.0 },     { "BSA", "m2", 0.1, 4.0, 1.8 },
  { "CLCR", "mL/min", 1.0, 300.0, 90.0 }, { "CRCL", "mL/min", 1.0, 300.0, 90.0 },
};

/* Numbers that an item is compared with, or put in relation to. */
static void
find_numbers (const TdmImportWriter *self, const char *item, double *low, double *high,
              double *middle)
{
  for (guint i = 0; i < count_nodes (self); i++)
    {
      const TdmFormula *f = get (self, i);
      if (f->leaf != TDM_LEAF_NONE || tdm_op_n_arguments (f->op) != 2)
        continue;
      /* THETA(2)**SEX: 0 or 1. */
      const TdmFormula *y = get (self, f->arguments[1]);
      if (f->op == TDM_OP_POW && y->leaf == TDM_LEAF_DATA && y->name == item)
        {
          *low = MIN (*low, 0.0);
          *high = MAX (*high, 1.0);
        }
      const TdmFormula *x = get (self, f->arguments[0]);
      double number;
      if (x->leaf != TDM_LEAF_DATA || x->name != item
          || !tdm_formulas_is_number (self->from->formulas, f->arguments[1], &number))
        continue;
      if (f->op == TDM_OP_EQ || f->op == TDM_OP_NE)
        {
          *low = MIN (*low, number);
          *high = MAX (*high, number);
        }
      else if ((f->op == TDM_OP_DIV || f->op == TDM_OP_SUB || f->op == TDM_OP_LT
                || f->op == TDM_OP_LE || f->op == TDM_OP_GT || f->op == TDM_OP_GE)
               && number > 0.0)
        *middle = number;
    }
}

/* Ranges that are not stated: from habit and the numbers of the control stream. */
static void
guess_range (const TdmImportWriter *self, TdmImportCovariate *c, guint width)
{
  static const double factors[TDM_WRITER_WIDTHS] = { 10.0, 5.0, 3.0, 2.0, 1.5, 1.1 };
  double low = INFINITY, high = -INFINITY, middle = 1.0;
  gboolean known = FALSE;
  c->assumed = TRUE;
  c->unit = "1";
  find_numbers (self, c->name, &low, &high, &middle);
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (strcmp (habits[i].name, c->name) == 0)
      {
        c->unit = habits[i].unit;
        middle = middle == 1.0 ? habits[i].middle : middle;
        c->low = habits[i].low;
        c->high = habits[i].high;
        known = TRUE;
      }
  if (self->from->occasion && strcmp (self->from->occasion, c->name) == 0)
    {
      c->low = 0.0;
      c->high = 1000.0;
      c->middle = isfinite (low) ? low : 1.0;
      return;
    }
  if (isfinite (low))
    {
      c->low = MIN (low, 1.0) == low && low < high ? low : MIN (low - 1.0, 0.0);
      c->high = MAX (high, c->low + 1.0);
      c->middle = low;
      return;
    }
  c->middle = middle;
  if (known && width == 0)
    return;
  c->low = middle / factors[width];
  c->high = middle * factors[width];
}

/* NAME UNIT LOW "to" HIGH of the option; FALSE when the item is not in it, -1 = wrong.
 */
static int
stated_range (const char *option, TdmImportCovariate *c, GError **error,
              const TdmImportWriter *self)
{
  g_auto (GStrv) items = g_strsplit (option ? option : "", ",", -1);
  for (guint i = 0; items[i]; i++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (items[i]), " \t", -1);
      if (!words[0]
          || g_ascii_strcasecmp (words[0], tdm_writer_covariate_name (c->name)) != 0)
        continue;
      if (g_strv_length (words) != 5 || strcmp (words[3], "to") != 0
          || !tdm_number_parse_file (words[2], &c->low, NULL)
          || !tdm_number_parse_file (words[4], &c->high, NULL) || !(c->low < c->high))
        {
          tdm_control_fail (&self->from->control, 0, error,
                            "--covariates: expected NAME UNIT LOW to HIGH, not “%s”",
                            items[i]);
          return -1;
        }
      c->unit = g_intern_string (words[1]);
      c->middle = 0.5 * (c->low + c->high);
      return TRUE;
    }
  return FALSE;
}

void
tdm_writer_write_covariate (TdmImportWriter *self, const TdmImportCovariate *c)
{
  const char *name = tdm_writer_covariate_name (c->name);
  g_autofree char *low = tdm_number_format (c->low, 4);
  g_autofree char *high = tdm_number_format (c->high, 4);
  g_string_append_printf (self->out, "[covariate %s]\n", name);
  if (c->assumed)
    g_string_append (self->out, "# To be filled in: unit and range are assumed.\n");
  g_string_append_printf (self->out,
                          "title = %s\nunit = %s\nallowed = %s to %s\n"
                          "carry = backward\n\n",
                          name, c->unit, low, high);
}

gboolean
tdm_writer_collect_covariates (const TdmImportWriter *self,
                               const TdmImportOptions *options, guint width,
                               GArray *out, GError **error)
{
  for (guint i = 0; i < count_nodes (self); i++)
    {
      const TdmFormula *f = get (self, i);
      const gboolean occasion = self->from->occasion && f->leaf == TDM_LEAF_DATA
                                && f->name == self->from->occasion;
      if (f->leaf != TDM_LEAF_DATA || !(self->used[i] || occasion))
        continue;
      TdmImportCovariate c = { .name = f->name };
      const int stated = stated_range (options->covariates, &c, error, self);
      if (stated < 0)
        return FALSE;
      if (!stated)
        guess_range (self, &c, width);
      g_array_append_val (out, c);
    }
  return TRUE;
}
