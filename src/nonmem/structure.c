/* ADVAN and TRANS: from rate constants, or clearances and volumes, to the parameters of
 * our linear structures; $DES to differential equations. */
#include "nonmem/translation.h"

#include <math.h>
#include <string.h>

static guint
op (TdmTranslation *self, TdmOp kind, guint a, guint b)
{
  return tdm_formulas_operation (self->formulas, kind, a, b, 0);
}

/* The variable "K21" of the control stream. */
static guint
pk_leaf (TdmTranslation *self, const char *name)
{
  return tdm_formulas_leaf (self->formulas, TDM_LEAF_PARAMETER, 0, name, 0);
}

gboolean
tdm_structure_check (TdmTranslation *self, GError **error)
{
  static const guint linear[] = { 1, 2, 3, 4, 11, 12 };
  static const guint general[] = { 6, 8, 9, 13, 14, 15 };
  const gboolean implied = tdm_equations_are_implied (self);
  TdmControl *control = &self->control;
  const gsize at = control->pk.end ? control->pk.begin : 0;
  if (control->advan == 0)
    return tdm_control_fail (control, at, error, "expected $SUBROUTINES with an ADVAN");
  if (!control->pk.end || !control->error.end)
    return tdm_control_fail (control, at, error, "expected $PK and $ERROR");
  for (guint i = 0; i < G_N_ELEMENTS (general); i++)
    self->ode |= control->advan == general[i];
  self->ode |= implied;
  for (guint i = 0; i < G_N_ELEMENTS (linear); i++)
    if (control->advan == linear[i])
      {
        self->compartments = control->advan <= 2 ? 1 : control->advan <= 4 ? 2 : 3;
        self->chain = control->advan % 2 == 0;
        self->central = 1 + self->chain;
      }
  if (!self->ode && self->compartments == 0)
    return tdm_control_fail (control, at, error,
                             "ADVAN%u is not translated; 1 to 5, 7, 10 to 12 are, and "
                             "6, 8, 9, 13 to 15 with $DES",
                             control->advan);
  if ((self->ode && !implied) != (control->des.end > 0))
    return tdm_control_fail (control, at, error,
                             self->ode && !implied ? "expected $DES with ADVAN%u"
                                                   : "expected no $DES with ADVAN%u",
                             control->advan);
  if (self->ode && control->trans > 1)
    return tdm_control_fail (control, at, error, "expected TRANS1 with ADVAN%u",
                             control->advan);
  if (!self->ode)
    control->default_observed = self->central;
  for (guint i = control->compartments->len;
       self->ode && control->default_observed == 0 && i-- > 0;)
    if (strcmp (((TdmNmtranCompartment *)control->compartments->pdata[i])->name,
                "CENTRAL")
        == 0)
      control->default_observed = i + 1;
  control->default_observed = MAX (control->default_observed, 1);
  control->default_dose = MAX (control->default_dose, 1);
  return TRUE;
}

guint
tdm_structure_prediction (TdmTranslation *self, guint compartment)
{
  const guint amount =
      tdm_formulas_leaf (self->formulas, TDM_LEAF_AMOUNT, compartment, NULL, 0);
  g_autofree char *scale = g_strdup_printf ("S%u", compartment);
  guint divisor;
  if (tdm_scope_find (self->error, scale, &divisor))
    return op (self, TDM_OP_DIV, amount, divisor);
  if (compartment == self->control.default_observed
      && tdm_scope_find (self->error, "SC", &divisor))
    return op (self, TDM_OP_DIV, amount, divisor);
  return amount;
}

/* Every variable of $PK as what it is made of. */
static guint
expand (TdmTranslation *self, guint root)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TdmFormulaPair));
  for (guint i = 0; i < self->pk->names->len; i++)
    {
      TdmFormulaPair pair = { pk_leaf (self, self->pk->names->pdata[i]), 0 };
      tdm_scope_find (self->pk, self->pk->names->pdata[i], &pair.to);
      g_array_append_val (pairs, pair);
    }
  g_autofree guint *image = tdm_formulas_replace (
      self->formulas, (const TdmFormulaPair *)(gpointer)pairs->data, pairs->len);
  return image[root];
}

static gboolean
has_amount (const TdmTranslation *self, guint root)
{
  return tdm_formulas_find_leaf (self->formulas, root, TDM_LEAF_AMOUNT) != G_MAXUINT;
}

/* The measurement is the central amount divided by something: by what? */
static gboolean
find_scale (TdmTranslation *self, guint root, guint *scale, GError **error)
{
  guint below = tdm_formulas_number (self->formulas, 1.0), above = below;
  for (;;)
    {
      const TdmFormula f = *tdm_formulas_get (self->formulas, root);
      const guint a = f.arguments[0], b = f.arguments[1];
      if (f.leaf == TDM_LEAF_AMOUNT && f.index == self->central)
        break;
      const gboolean quotient = f.leaf == TDM_LEAF_NONE && f.op == TDM_OP_DIV;
      const gboolean product = f.leaf == TDM_LEAF_NONE && f.op == TDM_OP_MUL;
      if (quotient && !has_amount (self, b))
        below = op (self, TDM_OP_MUL, below, b);
      else if (product && has_amount (self, a) != has_amount (self, b))
        above = op (self, TDM_OP_MUL, above, has_amount (self, a) ? b : a);
      else
        return tdm_control_fail (&self->control, self->control.error.begin, error,
                                 "expected a prediction that is the amount in "
                                 "compartment %u divided by a volume",
                                 self->central);
      root = product && has_amount (self, b) ? b : a;
    }
  *scale = op (self, TDM_OP_DIV, below, above);
  return TRUE;
}

/* A variable that $PK must give. */
static gboolean
need (TdmTranslation *self, const char *name, guint *out, GError **error)
{
  return tdm_scope_find (self->pk, name, out)
         || tdm_control_fail (&self->control, self->control.pk.begin, error,
                              "expected %s in $PK with ADVAN%u TRANS%u", name,
                              self->control.advan, MAX (self->control.trans, 1));
}

/* "K" and the numbers of two compartments, counted from the central one. */
static gboolean
need_rate (TdmTranslation *self, guint from, guint to, guint *out, GError **error)
{
  g_autofree char *name =
      g_strdup_printf ("K%u%u", self->central + from, self->central + to);
  return need (self, name, out, error);
}

static gboolean
need_numbered (TdmTranslation *self, const char *letter, guint number, guint *out,
               GError **error)
{
  g_autofree char *name = g_strdup_printf ("%s%u", letter, number);
  return need (self, name, out, error);
}

/* Rate constants: elimination, and to and from each peripheral compartment. */
typedef struct
{
  guint k, out[2], back[2];
} Micro;

static guint
sum (TdmTranslation *self, guint a, guint b, guint c)
{
  return op (self, TDM_OP_ADD, op (self, TDM_OP_ADD, a, b), c);
}

/* TRANS6 of two compartments, and TRANS5, whose K21 follows from A/B. */
static gboolean
from_two_slopes (TdmTranslation *self, Micro *m, GError **error)
{
  guint alpha, beta, ratio;
  if (!need (self, "ALPHA", &alpha, error) || !need (self, "BETA", &beta, error))
    return FALSE;
  if (self->control.trans == 5)
    {
      if (!need (self, "AOB", &ratio, error))
        return FALSE;
      const guint above =
          op (self, TDM_OP_ADD, op (self, TDM_OP_MUL, ratio, beta), alpha);
      const guint one = tdm_formulas_number (self->formulas, 1.0);
      m->back[0] = op (self, TDM_OP_DIV, above, op (self, TDM_OP_ADD, ratio, one));
    }
  else if (!need_rate (self, 1, 0, &m->back[0], error))
    return FALSE;
  m->k = op (self, TDM_OP_DIV, op (self, TDM_OP_MUL, alpha, beta), m->back[0]);
  m->out[0] = op (self, TDM_OP_SUB, op (self, TDM_OP_ADD, alpha, beta),
                  op (self, TDM_OP_ADD, m->back[0], m->k));
  return TRUE;
}

/* TRANS6 of three: the coefficients of the characteristic polynomial, solved for the
 * rate constants. */
static gboolean
from_three_slopes (TdmTranslation *self, Micro *m, GError **error)
{
  guint a, b, c;
  if (!need (self, "ALPHA", &a, error) || !need (self, "BETA", &b, error)
      || !need (self, "GAMMA", &c, error) || !need_rate (self, 1, 0, &m->back[0], error)
      || !need_rate (self, 2, 0, &m->back[1], error))
    return FALSE;
  const guint p = m->back[0], q = m->back[1], pq = op (self, TDM_OP_MUL, p, q);
  m->k =
      op (self, TDM_OP_DIV, op (self, TDM_OP_MUL, op (self, TDM_OP_MUL, a, b), c), pq);
  const guint pairs = sum (self, op (self, TDM_OP_MUL, a, b),
                           op (self, TDM_OP_MUL, a, c), op (self, TDM_OP_MUL, b, c));
  const guint both = op (self, TDM_OP_SUB, sum (self, a, b, c), sum (self, m->k, p, q));
  const guint known =
      sum (self, op (self, TDM_OP_MUL, m->k, op (self, TDM_OP_ADD, p, q)), pq,
           op (self, TDM_OP_MUL, both, q));
  m->out[1] = op (self, TDM_OP_DIV, op (self, TDM_OP_SUB, pairs, known),
                  op (self, TDM_OP_SUB, p, q));
  m->out[0] = op (self, TDM_OP_SUB, both, m->out[1]);
  return TRUE;
}

static gboolean
find_micro (TdmTranslation *self, Micro *m, GError **error)
{
  const guint n = self->compartments;
  if (self->control.trans > 1)
    return n == 2 ? from_two_slopes (self, m, error)
                  : from_three_slopes (self, m, error);
  if (!need (self, "K", &m->k, error))
    return FALSE;
  for (guint i = 0; i + 1 < n; i++)
    if (!need_rate (self, 0, i + 1, &m->out[i], error)
        || !need_rate (self, i + 1, 0, &m->back[i], error))
      return FALSE;
  return TRUE;
}

/* A clearance (L/h), a volume (L) or a rate constant (1/h) in our units. */
static void
add_timed (TdmTranslation *self, const char *name, const char *unit, guint node)
{
  const gboolean timed = strcmp (unit, "L") != 0;
  tdm_translation_add_parameter (
      self, name, unit,
      timed ? tdm_formulas_scale (self->formulas, node, 1.0 / self->hours) : node);
}

/* Parameters from rate constants: the volume is what the amount is divided by. */
static gboolean
add_from_rates (TdmTranslation *self, guint volume, GError **error)
{
  static const char *const flows[] = { "Q2", "Q3" }, *const volumes[] = { "V2", "V3" };
  Micro m;
  if (!find_micro (self, &m, error))
    return FALSE;
  const char *first = self->compartments > 1 ? "V1" : "V";
  tdm_translation_add_parameter (self, first, "L", volume);
  add_timed (self, "CL", "L/h", op (self, TDM_OP_MUL, m.k, volume));
  for (guint i = 0; i + 1 < self->compartments; i++)
    {
      const guint flow = op (self, TDM_OP_MUL, m.out[i], volume);
      add_timed (self, self->compartments == 2 ? "Q" : flows[i], "L/h", flow);
      tdm_translation_add_parameter (self, volumes[i], "L",
                                     op (self, TDM_OP_DIV, flow, m.back[i]));
    }
  return TRUE;
}

/* Clearances and volumes as $PK has them: CL, V1, then Q and V of the others. */
static gboolean
find_macro (TdmTranslation *self, guint out[6], GError **error)
{
  const guint n = self->compartments, trans = self->control.trans;
  if (!need (self, "CL", &out[0], error))
    return FALSE;
  if (n == 1 || trans == 3)
    {
      guint steady;
      if (!need (self, "V", &out[1], error))
        return FALSE;
      if (n == 1)
        return TRUE;
      if (!need (self, "Q", &out[2], error) || !need (self, "VSS", &steady, error))
        return FALSE;
      out[3] = op (self, TDM_OP_SUB, steady, out[1]);
      return TRUE;
    }
  if (!need_numbered (self, "V", self->central, &out[1], error))
    return FALSE;
  for (guint i = 1; i < n; i++)
    {
      const gboolean found =
          n == 2 ? need (self, "Q", &out[2], error)
                 : need_numbered (self, "Q", self->central + i, &out[2 * i], error);
      if (!found
          || !need_numbered (self, "V", self->central + i, &out[2 * i + 1], error))
        return FALSE;
    }
  return TRUE;
}

/* `node` times the ratio of the volume that levels show to that of $PK. */
static guint
by_ratio (TdmTranslation *self, guint node, guint shown, guint volume)
{
  double a, b;
  if (shown == volume)
    return node;
  const guint core = tdm_formulas_core (self->formulas, shown, &a);
  if (core == tdm_formulas_core (self->formulas, volume, &b))
    return tdm_formulas_scale (self->formulas, node, a / b);
  return op (self, TDM_OP_MUL, node, op (self, TDM_OP_DIV, shown, volume));
}

static gboolean
add_from_clearances (TdmTranslation *self, guint shown, GError **error)
{
  static const char *const names[2][6] = { { "CL", "V1", "Q", "V2" },
                                           { "CL", "V1", "Q2", "V2", "Q3", "V3" } };
  static const char *const units[] = { "L/h", "L" };
  guint nodes[6];
  if (!find_macro (self, nodes, error))
    return FALSE;
  const guint volume = nodes[1];
  for (guint i = 0; i < 2 * self->compartments; i++)
    add_timed (self,
               self->compartments == 1 && i == 1 ? "V"
                                                 : names[self->compartments == 3][i],
               units[i % 2], i == 1 ? shown : by_ratio (self, nodes[i], shown, volume));
  if (by_ratio (self, volume, shown, volume) != volume)
    tdm_control_note (
        &self->control, self->control.pk.begin,
        "levels are not amounts divided by the central volume: clearances "
        "and volumes are multiplied by what is between them, so that "
        "levels are right; check the units stated and the scale (S%u)",
        self->central);
  return TRUE;
}

static gboolean
check_trans (TdmTranslation *self, GError **error)
{
  const guint n = self->compartments, trans = MAX (self->control.trans, 1);
  const gboolean known = trans == 1 || (n == 1 && trans == 2)
                         || (n == 2 && trans >= 3 && trans <= 6)
                         || (n == 3 && (trans == 4 || trans == 6));
  return known
         || tdm_control_fail (&self->control, self->control.pk.begin, error,
                              "ADVAN%u has no TRANS%u", self->control.advan, trans);
}

static gboolean
find_linear (TdmTranslation *self, GError **error)
{
  TdmImportOutput *output = &g_array_index (self->outputs, TdmImportOutput, 0);
  const guint trans = MAX (self->control.trans, 1);
  guint scale = 0, ka;
  if (self->outputs->len != 1)
    return tdm_control_fail (&self->control, self->control.error.begin, error,
                             "expected one output with ADVAN%u; write the model with "
                             "$DES for several",
                             self->control.advan);
  if (!check_trans (self, error)
      || !find_scale (self, expand (self, output->amount), &scale, error))
    return FALSE;
  const guint shown =
      tdm_formulas_scale (self->formulas, scale, self->dose_mg / self->dv_mg_l);
  const gboolean rates = trans == 1 || trans == 5 || trans == 6;
  if (!(rates ? add_from_rates (self, shown, error)
              : add_from_clearances (self, shown, error)))
    return FALSE;
  if (self->chain == 0)
    return TRUE;
  if (!need (self, "KA", &ka, error))
    return FALSE;
  add_timed (self, "KA", "1/h", ka);
  return TRUE;
}

/* Amounts in mg and time in h: what an equation in the units of the control stream
 * becomes, times `factor`. */
static guint
convert (TdmTranslation *self, guint root, double factor)
{
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (TdmFormulaPair));
  const guint n = tdm_formulas_get_n (self->formulas);
  for (guint i = 0; i < n; i++)
    {
      const TdmLeaf leaf = tdm_formulas_get (self->formulas, i)->leaf;
      TdmFormulaPair pair = { i, i };
      if (leaf == TDM_LEAF_AMOUNT)
        pair.to = tdm_formulas_scale (self->formulas, i, 1.0 / self->dose_mg);
      else if (leaf == TDM_LEAF_TIME)
        pair.to = tdm_formulas_scale (self->formulas, i, 1.0 / self->hours);
      else if (leaf == TDM_LEAF_DATA)
        {
          /* Equations see parameters only. */
          const char *item = tdm_formulas_get (self->formulas, i)->name;
          g_autofree char *name = g_strdup_printf ("P_%s", item);
          pair.to = pk_leaf (self, name);
        }
      if (pair.to != i)
        g_array_append_val (pairs, pair);
    }
  g_autofree guint *image = tdm_formulas_replace (
      self->formulas, (const TdmFormulaPair *)(gpointer)pairs->data, pairs->len);
  return tdm_formulas_scale (self->formulas, image[root], factor);
}

/* The variables of $PK, and the data items, that a formula uses become parameters. */
static void
add_used (TdmTranslation *self, guint root)
{
  g_autofree gboolean *reach = tdm_formulas_reach (self->formulas, root);
  for (guint i = 0; i <= root; i++)
    {
      const TdmFormula f = *tdm_formulas_get (self->formulas, i);
      guint node;
      if (!reach[i] || f.leaf != TDM_LEAF_PARAMETER)
        continue;
      if (!tdm_scope_find (self->pk, f.name, &node))
        node = tdm_formulas_leaf (self->formulas, TDM_LEAF_DATA, 0, f.name + 2, 0);
      tdm_translation_add_parameter (self, f.name, "1", node);
    }
}

static guint
count_states (const TdmTranslation *self)
{
  guint n = self->control.compartments->len;
  for (guint i = 0; i < self->des->names->len; i++)
    {
      const char *name = self->des->names->pdata[i];
      if (g_str_has_prefix (name, "DADT("))
        n = MAX (n, (guint)g_ascii_strtoull (name + 5, NULL, 10));
    }
  return MIN (n, 200);
}

static gboolean
find_equations (TdmTranslation *self, GError **error)
{
  const guint n = count_states (self);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *target = g_strdup_printf ("DADT(%u)", i + 1);
      g_autofree char *name = g_strdup_printf ("A%u", i + 1);
      guint rate;
      if (!tdm_scope_find (self->des, target, &rate))
        return tdm_control_fail (&self->control, self->control.des.begin, error,
                                 "expected %s in $DES", target);
      if (tdm_scope_find (self->pk, name, NULL))
        {
          g_free (name);
          name = g_strdup_printf ("STATE%u", i + 1);
        }
      TdmImportState state = { g_intern_string (name),
                               convert (self, rate, self->dose_mg / self->hours) };
      if (tdm_formulas_find_leaf (self->formulas, rate, TDM_LEAF_TIME) != G_MAXUINT)
        tdm_control_note (&self->control, self->control.des.begin,
                          "T in %s counts from the start of the case", target);
      add_used (self, state.rate);
      g_array_append_val (self->states, state);
    }
  for (guint i = 0; i < self->outputs->len; i++)
    {
      TdmImportOutput *output = &g_array_index (self->outputs, TdmImportOutput, i);
      output->amount = convert (self, output->amount, self->dv_mg_l);
      add_used (self, output->amount);
    }
  return TRUE;
}

/* F1, ALAG1, D1 or R1, if $PK gives it, in our units; the parameter's name or NULL. */
static const char *
route_parameter (TdmTranslation *self, const char *letters, guint compartment,
                 const char *unit, double factor)
{
  g_autofree char *name = g_strdup_printf ("%s%u", letters, compartment);
  guint node;
  if (!tdm_scope_find (self->pk, name, &node))
    return NULL;
  const guint scaled = tdm_formulas_scale (self->formulas, node, factor);
  /* In other units it is another parameter than the one equations may use. */
  g_autofree char *own = g_strdup_printf (scaled == node ? "%s" : "%s_H", name);
  tdm_translation_add_parameter (self, own, unit, scaled);
  for (guint i = 0; i < self->parameters->len; i++)
    {
      TdmImportParameter *p = &g_array_index (self->parameters, TdmImportParameter, i);
      if (strcmp (p->name, own) == 0)
        p->unit = unit;
    }
  return g_intern_string (own);
}

static gboolean
gives (const TdmTranslation *self, const char *letters, guint compartment)
{
  g_autofree char *name = g_strdup_printf ("%s%u", letters, compartment);
  return tdm_scope_find (self->pk, name, NULL);
}

static gboolean
has_item (const TdmTranslation *self, const char *name)
{
  return self->control.input && g_hash_table_contains (self->control.input, name);
}

static const char *
route_name (const TdmTranslation *self, guint compartment)
{
  if (!self->ode)
    return compartment < self->central ? "oral" : "iv";
  if (compartment > self->control.compartments->len)
    return g_intern_string ("dose");
  const TdmNmtranCompartment *c = self->control.compartments->pdata[compartment - 1];
  g_autofree char *lower = g_ascii_strdown (c->name, -1);
  return g_intern_string (lower);
}

/* The routes into one compartment: one with the model's own duration, one with its own
 * rate, and the plain one. */
static void
add_routes (TdmTranslation *self, guint compartment)
{
  const double h = self->hours;
  const char *base = route_name (self, compartment);
  g_autofree char *title = g_strdup_printf ("Dose into compartment %u", compartment);
  TdmImportRoute route = { .title = g_intern_string (title), .cmt = compartment };
  const char *duration = route_parameter (self, "D", compartment, "h", h);
  const char *rate =
      route_parameter (self, "R", compartment, "mg/h", self->dose_mg / h);
  route.into = self->ode
                   ? g_array_index (self->states, TdmImportState, compartment - 1).name
               : compartment < self->central ? "absorption"
                                             : "central";
  route.bioavailability = route_parameter (self, "F", compartment, "1", 1.0);
  route.lag = route_parameter (self, "ALAG", compartment, "h", h);
  for (guint kind = 0; kind < 3; kind++)
    {
      static const char *const tails[] = { "-duration", "-rate", "" };
      if ((kind == 0 && !duration) || (kind == 1 && !rate))
        continue;
      g_autofree char *name = g_strconcat (base, tails[kind], NULL);
      route.name = g_intern_string (name);
      route.duration = kind == 0 ? duration : NULL;
      route.rate = kind == 1 ? rate : NULL;
      route.infusion =
          kind == 2
          && (has_item (self, "RATE") || (!self->ode && compartment == self->central));
      g_array_append_val (self->routes, route);
    }
}

/* Where doses go: the default, and wherever the data may say so. */
static void
find_routes (TdmTranslation *self)
{
  static const char *const letters[] = { "F", "ALAG", "D", "R" };
  const guint n = self->ode ? self->states->len : self->central;
  for (guint i = 1; i <= n; i++)
    {
      gboolean wanted = i == self->control.default_dose;
      for (guint k = 0; k < G_N_ELEMENTS (letters); k++)
        wanted |= gives (self, letters[k], i);
      wanted |= has_item (self, "CMT") && i == self->control.default_observed;
      if (wanted)
        add_routes (self, i);
    }
  if (!self->ode && self->chain > 0 && self->routes->len > 1)
    tdm_control_note (
        &self->control, G_MAXSIZE,
        "doses may go into the central compartment, as the data have CMT; "
        "leave that route out where the drug is not given so");
}

gboolean
tdm_structure_find (TdmTranslation *self, GError **error)
{
  if (!(self->ode ? find_equations (self, error) : find_linear (self, error)))
    return FALSE;
  if (self->ode
      && (self->control.default_dose > self->states->len
          || self->control.default_observed > self->states->len))
    return tdm_control_fail (&self->control, self->control.des.begin, error,
                             "expected equations for all compartments of $MODEL");
  find_routes (self);
  return TRUE;
}
