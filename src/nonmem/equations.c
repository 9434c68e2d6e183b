/* Equations that nobody wrote: those of ADVAN5 and 7, where the rate constants of $PK
 * say what flows where (K12, K1T2, K20), and of ADVAN10, whose one compartment has
 * saturable elimination (VM, an amount per time, and KM, an amount).
 */
#include "nonmem/translation.h"

#include <string.h>

gboolean
tdm_equations_are_implied (const TdmTranslation *self)
{
  const guint advan = self->control.advan;
  return advan == 5 || advan == 7 || advan == 10;
}

static guint
op (TdmTranslation *self, TdmOp kind, guint a, guint b)
{
  return tdm_formulas_operation (self->formulas, kind, a, b, 0);
}

static guint
amount (TdmTranslation *self, guint compartment)
{
  return tdm_formulas_leaf (self->formulas, TDM_LEAF_AMOUNT, compartment, NULL, 0);
}

static guint
pk_leaf (TdmTranslation *self, const char *name)
{
  return tdm_formulas_leaf (self->formulas, TDM_LEAF_PARAMETER, 0, name, 0);
}

/* DADT(compartment) += sign * flow */
static void
add_flow (TdmTranslation *self, guint compartment, TdmOp sign, guint flow)
{
  g_autofree char *name = g_strdup_printf ("DADT(%u)", compartment);
  guint rate = tdm_formulas_number (self->formulas, 0.0);
  tdm_scope_find (self->des, name, &rate);
  tdm_scope_set (self->des, name, op (self, sign, rate, flow));
}

static void
add_compartment (TdmControl *control, const char *name)
{
  TdmNmtranCompartment *c = g_new0 (TdmNmtranCompartment, 1);
  c->name = g_strdup (name);
  g_ptr_array_add (control->compartments, c);
}

static gboolean
write_saturable (TdmTranslation *self, GError **error)
{
  static const char *const names[] = { "VM", "KM" };
  TdmControl *control = &self->control;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (!tdm_scope_find (self->pk, names[i], NULL))
      return tdm_control_fail (control, control->pk.begin, error,
                               "expected %s in $PK with ADVAN10", names[i]);
  if (control->compartments->len == 0)
    add_compartment (control, "CENTRAL");
  const guint a = amount (self, 1);
  const guint most = op (self, TDM_OP_MUL, pk_leaf (self, "VM"), a);
  const guint flow =
      op (self, TDM_OP_DIV, most, op (self, TDM_OP_ADD, pk_leaf (self, "KM"), a));
  add_flow (self, 1, TDM_OP_SUB, flow);
  return TRUE;
}

/* "K12", "K1T2", "K20": from where to where; FALSE for any other name. */
static gboolean
read_flow (const char *name, guint *from, guint *to)
{
  char *end;
  if (name[0] != 'K' || !g_ascii_isdigit (name[1]))
    return FALSE;
  if (strchr (name, 'T') == NULL)
    {
      *from = (guint)(name[1] - '0');
      *to = (guint)(name[2] - '0');
      return strlen (name) == 3 && g_ascii_isdigit (name[2]);
    }
  *from = (guint)g_ascii_strtoull (name + 1, &end, 10);
  if (*end != 'T' || !g_ascii_isdigit (end[1]))
    return FALSE;
  *to = (guint)g_ascii_strtoull (end + 1, &end, 10);
  return *end == '\0';
}

static gboolean
is_digits (const char *text)
{
  while (g_ascii_isdigit (*text))
    text++;
  return *text == '\0';
}

static gboolean
write_linear (TdmTranslation *self, GError **error)
{
  const TdmControl *control = &self->control;
  const guint n = control->compartments->len;
  for (guint i = 1; i <= n; i++)
    add_flow (self, i, TDM_OP_ADD, tdm_formulas_number (self->formulas, 0.0));
  for (guint i = 0; i < self->pk->names->len; i++)
    {
      const char *name = self->pk->names->pdata[i];
      guint from, to;
      if (name[0] == 'K' && strlen (name) > 3 && is_digits (name + 1))
        return tdm_control_fail (control, control->pk.begin, error,
                                 "%s: expected a T between the two compartments", name);
      if (!read_flow (name, &from, &to))
        continue;
      /* The output compartment is number 0, or the one after the last. */
      if (from == 0 || from > n || to > n + 1 || from == to)
        return tdm_control_fail (control, control->pk.begin, error,
                                 "%s: expected two of the compartments 1 to %u that "
                                 "$MODEL gives, or 0 at the end",
                                 name, n);
      const guint flow =
          op (self, TDM_OP_MUL, pk_leaf (self, name), amount (self, from));
      add_flow (self, from, TDM_OP_SUB, flow);
      if (to >= 1 && to <= n)
        add_flow (self, to, TDM_OP_ADD, flow);
    }
  return n > 0
         || tdm_control_fail (control, control->pk.begin, error,
                              "expected $MODEL with ADVAN%u", control->advan);
}

gboolean
tdm_equations_write (TdmTranslation *self, GError **error)
{
  return self->control.advan == 10 ? write_saturable (self, error)
                                   : write_linear (self, error);
}
