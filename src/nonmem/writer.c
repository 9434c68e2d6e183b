/* The text of a model file. Variables keep their names where that is possible: what
 * stands for one is written as its name wherever it is used below. */
#include "nonmem/writer-private.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

#define MAX_DEPTH 60u
#define MAX_EXPRESSION 20000u

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

/* How an operation is written; level: how strongly it binds. */
static const struct
{
  TdmOp op;
  const char *sign, *function;
  guint level;
} spellings[] = {
  { TDM_OP_SELECT, NULL, "if", 0 },   { TDM_OP_OR, " or ", NULL, 1 },
  { TDM_OP_AND, " and ", NULL, 2 },   { TDM_OP_NOT, "not ", NULL, 3 },
  { TDM_OP_EQ, " == ", NULL, 4 },     { TDM_OP_NE, " != ", NULL, 4 },
  { TDM_OP_LT, " < ", NULL, 4 },      { TDM_OP_LE, " <= ", NULL, 4 },
  { TDM_OP_GT, " > ", NULL, 4 },      { TDM_OP_GE, " >= ", NULL, 4 },
  { TDM_OP_ADD, " + ", NULL, 5 },     { TDM_OP_SUB, " - ", NULL, 5 },
  { TDM_OP_MUL, " * ", NULL, 6 },     { TDM_OP_DIV, " / ", NULL, 6 },
  { TDM_OP_NEG, "-", NULL, 7 },       { TDM_OP_POW, "^", NULL, 8 },
  { TDM_OP_EXP, NULL, "exp", 9 },     { TDM_OP_LOG, NULL, "log", 9 },
  { TDM_OP_LOG10, NULL, "log10", 9 }, { TDM_OP_SQRT, NULL, "sqrt", 9 },
  { TDM_OP_ABS, NULL, "abs", 9 },     { TDM_OP_FLOOR, NULL, "floor", 9 },
  { TDM_OP_MIN, NULL, "min", 9 },     { TDM_OP_MAX, NULL, "max", 9 },
};

static void append (TdmImportWriter *self, guint node, guint level, guint depth);

static void
append_number (TdmImportWriter *self, double number, guint level)
{
  g_autofree char *digits = tdm_number_exact (number);
  const gboolean brackets = number < 0.0 && level > 5;
  g_string_append_printf (self->out, brackets ? "(%s)" : "%s", digits);
}

/* What has a unit that nobody stated: "1 [] *" keeps it from being checked. */
static void
append_loose (TdmImportWriter *self, const char *name, guint level)
{
  g_string_append_printf (self->out,
                          !self->loose ? "%s"
                          : level > 6  ? "(1 [] * %s)"
                                       : "1 [] * %s",
                          name);
}

static void
append_leaf (TdmImportWriter *self, const TdmFormula *f, guint level)
{
  switch (f->leaf)
    {
    case TDM_LEAF_NUMBER:
      append_number (self, f->number, level);
      return;
    case TDM_LEAF_ETA:
      g_string_append_printf (self->out, "eta_%s", self->etas[f->index - 1]);
      return;
    case TDM_LEAF_OCCASION:
      g_string_append_printf (self->out, "iov_%s", self->occasions[f->index - 1]);
      return;
    case TDM_LEAF_AMOUNT:
      append_loose (
          self, g_array_index (self->from->states, TdmImportState, f->index - 1).name,
          level);
      return;
    case TDM_LEAF_DATA:
      append_loose (self, tdm_writer_covariate_name (f->name), level);
      return;
    case TDM_LEAF_TIME:
      append_loose (self, "t", level);
      return;
    case TDM_LEAF_MIXTURE:
      g_string_append (self->out, "SUBPOPULATION");
      return;
    default:
      g_string_append (self->out, f->name);
      return;
    }
}

/* NAME "(" ARGUMENTS ")" */
static void
append_call (TdmImportWriter *self, const char *name, const TdmFormula *f, guint depth)
{
  g_string_append_printf (self->out, "%s(", name);
  for (guint i = 0; i < tdm_op_n_arguments (f->op); i++)
    {
      g_string_append (self->out, i > 0 ? ", " : "");
      append (self, f->arguments[i], 0, depth);
    }
  g_string_append_c (self->out, ')');
}

static void
append_operation (TdmImportWriter *self, const TdmFormula *f, guint level, guint depth)
{
  guint i = 0;
  while (spellings[i].op != f->op)
    i++;
  if (spellings[i].function)
    {
      append_call (self, spellings[i].function, f, depth);
      return;
    }
  const guint own = spellings[i].level;
  const gboolean brackets = own < level;
  /* a - (b - c), a / (b * c), (a^b)^c, and no comparison of comparisons. */
  const gboolean left_strict = f->op == TDM_OP_POW || own == 4;
  const gboolean right_strict = own >= 4;
  g_string_append (self->out, brackets ? "(" : "");
  if (tdm_op_n_arguments (f->op) == 2)
    append (self, f->arguments[0], own + left_strict, depth);
  g_string_append (self->out, spellings[i].sign);
  append (self, f->arguments[tdm_op_n_arguments (f->op) - 1], own + right_strict,
          depth);
  g_string_append (self->out, brackets ? ")" : "");
}

/* `level`: what binds weaker needs brackets. */
static void
append (TdmImportWriter *self, guint node, guint level, guint depth)
{
  const TdmFormula *f = get (self, node);
  if (depth > MAX_DEPTH || self->out->len - self->begin > MAX_EXPRESSION)
    self->too_long = TRUE;
  else if (self->names[node] && depth > 0)
    g_string_append (self->out, self->names[node]);
  else if (f->leaf != TDM_LEAF_NONE)
    append_leaf (self, f, level);
  else
    append_operation (self, f, level, depth + 1);
}

static void
append_line (TdmImportWriter *self, const char *name, guint node)
{
  g_string_append_printf (self->out, "%s = ", name);
  self->begin = self->out->len;
  append (self, node, 0, 0);
  g_string_append_c (self->out, '\n');
}

/* The same where the line must give a unit. */
static void
append_checked_line (TdmImportWriter *self, const char *name, guint node)
{
  if (!self->loose)
    {
      append_line (self, name, node);
      return;
    }
  g_string_append_printf (self->out, "%s = 1 [] * ", name);
  self->begin = self->out->len;
  append (self, node, 7, 0);
  g_string_append_c (self->out, '\n');
}

static void
add_reach (const TdmImportWriter *self, guint root, gboolean *reach)
{
  g_autofree gboolean *own = tdm_formulas_reach (self->from->formulas, root);
  for (guint i = 0; i <= root; i++)
    reach[i] |= own[i];
}

static const TdmImportParameter *
parameter (const TdmImportWriter *self, guint i)
{
  return &g_array_index (self->from->parameters, TdmImportParameter, i);
}

/* Nodes of parameters, and whatever equations and outputs are made of. */
static void
mark_used (TdmImportWriter *self)
{
  self->used = g_new0 (gboolean, count_nodes (self));
  for (guint i = 0; i < self->from->parameters->len; i++)
    add_reach (self, parameter (self, i)->node, self->used);
  for (guint i = 0; i < self->from->mixture->len; i++)
    add_reach (self, g_array_index (self->from->mixture, guint, i), self->used);
}

static gboolean
is_parameter_name (const TdmImportWriter *self, const char *name)
{
  for (guint i = 0; i < self->from->parameters->len; i++)
    if (strcmp (parameter (self, i)->name, name) == 0)
      return TRUE;
  return FALSE;
}

/* Whether a node is, or has in it, a parameter: terms stand above parameters. */
static gboolean
has_parameter (const TdmImportWriter *self, guint root)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->from->formulas, root);
  for (guint i = 0; i < self->from->parameters->len; i++)
    {
      const guint node = parameter (self, i)->node;
      if (node <= root && reach[node] && get (self, node)->leaf == TDM_LEAF_NONE)
        return TRUE;
    }
  return FALSE;
}

/* The last of numbers that add up to 1 is what the others leave, as printed ones need
 * not add up. */
static void
write_subpopulations (TdmImportWriter *self)
{
  const GArray *mixture = self->from->mixture;
  double sum = 0.0;
  for (guint i = 0; i < mixture->len; i++)
    {
      const guint node = g_array_index (mixture, guint, i);
      g_autofree char *name = g_strdup_printf ("group%u", i + 1);
      double number = NAN;
      if (i == 0)
        g_string_append (self->out, "[subpopulations]\n");
      tdm_formulas_is_number (self->from->formulas, node, &number);
      sum += number;
      if (i + 1 == mixture->len && fabs (sum - 1.0) < 1e-9)
        g_string_append_printf (self->out, "%s = remainder\n", name);
      else
        append_checked_line (self, name, node);
    }
  if (mixture->len > 0)
    g_string_append_c (self->out, '\n');
}

static void
write_terms (TdmImportWriter *self)
{
  const TdmScope *pk = self->from->pk;
  const gsize before = self->out->len;
  for (guint i = 0; i < pk->names->len; i++)
    {
      const char *name = pk->names->pdata[i];
      guint node = 0;
      tdm_scope_find (pk, name, &node);
      if (get (self, node)->leaf != TDM_LEAF_NONE || !self->used[node]
          || self->names[node] || is_parameter_name (self, name)
          || has_parameter (self, node))
        continue;
      if (self->out->len == before)
        g_string_append (self->out, "[terms]\n");
      append_line (self, name, node);
      self->names[node] = name;
    }
  if (self->out->len > before)
    g_string_append_c (self->out, '\n');
}

/* What the names of variables usually mean. */
static const char *
usual_unit (const char *name)
{
  static const struct
  {
    const char *pattern, *unit;
  } habits[] = {
    { "^(VMAX|VM)[0-9]*$", "mg/h" },
    { "^KM[0-9]*$", "mg/L" },
    { "^(V[0-9]*|V[A-Z]{1,3})$", "L" },
    { "^(CL|Q)[A-Z]{0,4}[0-9]*$", "L/h" },
    { "^K(A|E|EL|TR|[0-9])[A-Z0-9]*$", "1/h" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (habits); i++)
    if (g_regex_match_simple (habits[i].pattern, name, 0, 0))
      return habits[i].unit;
  return "1";
}

/* Equations may be in any units: those that names suggest are tried first. */
static const char *
parameter_unit (const TdmImportWriter *self, const TdmImportParameter *p)
{
  const gboolean ours = self->from->hours == 1.0 && self->from->dose_mg == 1.0;
  return self->from->ode && !self->loose && ours && strcmp (p->unit, "1") == 0
             ? usual_unit (p->name)
             : p->unit;
}

static void
write_parameters (TdmImportWriter *self)
{
  g_string_append (self->out, "[parameters]\n");
  for (guint i = 0; i < self->from->parameters->len; i++)
    {
      const TdmImportParameter *p = parameter (self, i);
      append_checked_line (self, p->name, p->node);
      if (get (self, p->node)->leaf == TDM_LEAF_NONE && !self->names[p->node])
        self->names[p->node] = p->name;
    }
  g_string_append (self->out, "\n[units]\n");
  for (guint i = 0; i < self->from->parameters->len; i++)
    g_string_append_printf (self->out, "%s = %s\n", parameter (self, i)->name,
                            parameter_unit (self, parameter (self, i)));
  g_string_append_c (self->out, '\n');
}

/* Variances and covariances of the effects with a name. */
static void
write_matrix (TdmImportWriter *self, char **names)
{
  const TdmNmtranMatrix *omega = &self->from->control.omega;
  for (guint i = 0; i < omega->n; i++)
    {
      if (!names[i])
        continue;
      g_autofree char *number = tdm_number_exact (tdm_matrix_get (omega, i, i));
      g_string_append_printf (self->out, "%s = variance %s\n", names[i], number);
    }
  for (guint i = 0; i < omega->n; i++)
    for (guint k = 0; k < i; k++)
      {
        const double c = tdm_matrix_get (omega, i, k);
        g_autofree char *number = tdm_number_exact (c);
        if (names[i] && names[k] && c != 0.0)
          g_string_append_printf (self->out, "%s %s = covariance %s\n", names[k],
                                  names[i], number);
      }
}

static gboolean
any (char **names, guint n)
{
  for (guint i = 0; i < n; i++)
    if (names[i])
      return TRUE;
  return FALSE;
}

static void
write_effects (TdmImportWriter *self)
{
  g_string_append (self->out, "[effects]\n");
  write_matrix (self, self->etas);
  if (any (self->occasions, self->from->control.omega.n))
    {
      g_string_append (self->out, "\n[occasion_effects]\n");
      write_matrix (self, self->occasions);
      g_string_append_printf (self->out, "\n[occasions]\nstart = %s\n",
                              tdm_writer_covariate_name (self->from->occasion));
    }
  g_string_append_c (self->out, '\n');
}

static void
write_structure (TdmImportWriter *self)
{
  const TdmTranslation *from = self->from;
  if (!from->ode)
    {
      g_string_append_printf (
          self->out, "[structure]\nkind = linear\ncompartments = %u\nchain = %u\n\n",
          from->compartments, from->chain);
      return;
    }
  /* Equations see parameters by their names, which are leaves there. */
  g_string_append (self->out, "[structure]\nkind = ode\n\n[ode]\n");
  for (guint i = 0; i < from->states->len; i++)
    {
      const TdmImportState *state = &g_array_index (from->states, TdmImportState, i);
      append_checked_line (self, state->name, state->rate);
    }
  g_string_append_c (self->out, '\n');
}

static void
write_outputs (TdmImportWriter *self)
{
  for (guint i = 0; i < self->from->outputs->len; i++)
    {
      const TdmImportOutput *o =
          &g_array_index (self->from->outputs, TdmImportOutput, i);
      g_string_append_printf (self->out,
                              "[output %s]\n"
                              "# To be filled in: the analyte and the material.\n"
                              "title = Measurement %s\nunit = %s\n%s",
                              o->name, o->name, self->from->dv_unit, o->error);
      if (self->from->ode)
        append_checked_line (self, "expression", o->amount);
      if (o->cmt > 0)
        g_string_append_printf (self->out, "cmt = %u\n", o->cmt);
      g_string_append_c (self->out, '\n');
    }
}

static void
append_key (TdmImportWriter *self, const char *key, const char *value)
{
  if (value)
    g_string_append_printf (self->out, "%s = %s\n", key, value);
}

static void
write_routes (TdmImportWriter *self)
{
  for (guint i = 0; i < self->from->routes->len; i++)
    {
      const TdmImportRoute *r = &g_array_index (self->from->routes, TdmImportRoute, i);
      g_string_append_printf (self->out, "[route %s]\n", r->name);
      append_key (self, "title", r->title);
      append_key (self, "into", r->into);
      append_key (self, "infusion", r->infusion ? "yes" : NULL);
      append_key (self, "bioavailability", r->bioavailability);
      append_key (self, "lag", r->lag);
      append_key (self, "duration", r->duration);
      append_key (self, "rate", r->rate);
      g_string_append_printf (self->out, "cmt = %u\n\n", r->cmt);
    }
}

static double
middle_value (const TdmFormula *leaf, gconstpointer data)
{
  const GArray *covariates = data;
  for (guint i = 0; leaf->leaf == TDM_LEAF_DATA && i < covariates->len; i++)
    if (g_array_index (covariates, TdmImportCovariate, i).name == leaf->name)
      return g_array_index (covariates, TdmImportCovariate, i).middle;
  if (leaf->leaf == TDM_LEAF_MIXTURE)
    return 1.0; /* checks are of the first subpopulation */
  return leaf->leaf == TDM_LEAF_ETA || leaf->leaf == TDM_LEAF_OCCASION ? 0.0 : NAN;
}

/* One number that the import computed by itself: the file must give it again. */
static void
write_check (TdmImportWriter *self, const GArray *covariates)
{
  g_string_append (self->out, "[check as imported]\n");
  for (guint i = 0; i < covariates->len; i++)
    {
      const TdmImportCovariate *c = &g_array_index (covariates, TdmImportCovariate, i);
      g_autofree char *value = tdm_number_exact (c->middle);
      g_string_append_printf (self->out, "%s%s %s", i > 0 ? ", " : "covariates = ",
                              tdm_writer_covariate_name (c->name), value);
    }
  g_string_append (self->out, covariates->len > 0 ? "\nvalues = " : "values = ");
  gboolean first = TRUE;
  for (guint i = 0; i < self->from->parameters->len; i++)
    {
      const TdmImportParameter *p = parameter (self, i);
      const double value = tdm_formulas_evaluate (self->from->formulas, p->node,
                                                  middle_value, covariates);
      char digits[G_ASCII_DTOSTR_BUF_SIZE];
      if (!isfinite (value) || value == 0.0)
        continue;
      g_ascii_formatd (digits, sizeof digits, "%.6g", value);
      g_string_append_printf (self->out, "%s%s %s", first ? "" : ", ", p->name, digits);
      first = FALSE;
    }
  g_string_append (self->out,
                   "\nsource = The control stream, computed by the import; to be "
                   "replaced by numbers of the paper\n");
}

/* Text for one line of a key file. */
static char *
plain_line (const char *text)
{
  char *line = g_strdup (text);
  for (char *c = line; *c; c++)
    if (*c == '\\' || (guchar)*c < ' ')
      *c = ' ';
  return line;
}

static void
write_head (TdmImportWriter *self, const char *id)
{
  const TdmControl *control = &self->from->control;
  g_autofree char *problem =
      plain_line (control->problem && *control->problem ? control->problem : id);
  g_autofree char *file = plain_line (control->file);
  g_autofree char *drug = g_strndup (id, strcspn (id, "-"));
  drug[0] = g_ascii_toupper (drug[0]);
  g_string_append_printf (self->out, "# Imported from the control stream %s.\n#\n",
                          file);
  for (guint i = 0; i < control->notes->len; i++)
    {
      const TdmImportNote *note = control->notes->pdata[i];
      g_autofree char *text = plain_line (note->text);
      g_autofree char *line =
          note->line > 0 ? g_strdup_printf ("line %u: ", note->line) : g_strdup ("");
      g_string_append_printf (self->out, "# %s%s\n", line, text);
    }
  g_string_append_printf (
      self->out,
      "\n[model]\nformat = titrate-model/1\nid = %s\nversion = 1\ndrug = %s\n"
      "title = %s\n"
      "# To be filled in: the paper, as one cites it; its DOI; the people.\n"
      "reference = Not stated: imported from a control stream\n"
      "status = C\n"
      "teaching = yes\n"
      "status_text = For teaching only: imported from a control stream, and checked by "
      "nobody.\n"
      "population = Not stated.\n"
      "limits = For teaching only until source, people, units, ranges and checks are "
      "filled in. The numbers are those of the control stream, which are initial "
      "estimates unless it was updated after the run.\n\n",
      id, drug, problem);
}

/* The first variable with the effect in it gives the name, unless it is taken. */
static char *
effect_name (const TdmImportWriter *self, guint leaf, char **taken, guint n)
{
  const TdmScope *pk = self->from->pk;
  g_autofree char *name = NULL;
  for (guint i = 0; i < pk->names->len && !name; i++)
    {
      guint node = 0;
      tdm_scope_find (pk, pk->names->pdata[i], &node);
      if (node <= leaf || get (self, node)->leaf != TDM_LEAF_NONE || !self->used[node])
        continue;
      g_autofree gboolean *reach = tdm_formulas_reach (self->from->formulas, node);
      if (reach[leaf] && !g_str_has_prefix (pk->names->pdata[i], "MU_"))
        name = g_strdup (pk->names->pdata[i]);
    }
  /* The central volume is V2 with a depot; here it is V1. */
  if (name && !self->from->ode && self->from->central == 2 && strlen (name) == 2
      && strchr ("QV", name[0]) && name[1] >= '2' && name[1] <= '4')
    name[1]--;
  for (guint i = 0; name && i < n; i++)
    if (taken[i] && strcmp (taken[i], name) == 0)
      g_clear_pointer (&name, g_free);
  return name ? g_steal_pointer (&name)
              : g_strdup_printf ("ETA%u", get (self, leaf)->index);
}

static void
name_effects (TdmImportWriter *self)
{
  const TdmControl *control = &self->from->control;
  const guint n = control->omega.n;
  self->etas = g_new0 (char *, n + 1);
  self->occasions = g_new0 (char *, n + 1);
  for (guint k = 0; k < 2 * n; k++)
    {
      const TdmLeaf kind = k < n ? TDM_LEAF_ETA : TDM_LEAF_OCCASION;
      char **names = k < n ? self->etas : self->occasions;
      for (guint i = 0; i < count_nodes (self); i++)
        if (self->used[i] && get (self, i)->leaf == kind
            && get (self, i)->index == k % n + 1)
          names[k % n] = effect_name (self, i, names, n);
    }
}

static void
writer_clear (TdmImportWriter *self)
{
  const guint n = self->from->control.omega.n;
  for (guint i = 0; i < n; i++)
    {
      g_free (self->etas[i]);
      g_free (self->occasions[i]);
    }
  g_free (self->etas);
  g_free (self->occasions);
  g_free (self->names);
  g_free (self->used);
}

char *
tdm_writer_write (const TdmTranslation *self, const TdmImportOptions *options,
                  const TdmWriterManner *manner, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GArray) covariates =
      g_array_new (FALSE, FALSE, sizeof (TdmImportCovariate));
  TdmImportWriter writer = { .from = self, .out = out, .loose = manner->loose };
  writer.names = g_new0 (const char *, count_nodes (&writer));
  mark_used (&writer);
  name_effects (&writer);
  gboolean done = tdm_writer_collect_covariates (&writer, options, manner->width,
                                                 covariates, error);
  if (done)
    {
      write_head (&writer, manner->id);
      for (guint i = 0; i < covariates->len; i++)
        tdm_writer_write_covariate (&writer,
                                    &g_array_index (covariates, TdmImportCovariate, i));
      write_subpopulations (&writer);
      write_terms (&writer);
      write_parameters (&writer);
      write_effects (&writer);
      write_structure (&writer);
      write_outputs (&writer);
      write_routes (&writer);
      write_check (&writer, covariates);
    }
  if (done && writer.too_long)
    done = tdm_control_fail (&self->control, self->control.pk.begin, error,
                             "an expression is too long or too deep to be written");
  writer_clear (&writer);
  return done ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}
