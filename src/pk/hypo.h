/* Convolutions of exponentials: the one special function behind the closed forms.
 *
 * H(y_1 … y_m) = integral over the simplex s_1 + … + s_m = 1 of exp(-s·y), the divided
 * difference of (-1)^(m-1) exp(-y). The response after time t of a catenary of rates
 * r_i is t^(m-1) H(r_1 t … r_m t). Always positive, smooth where nodes meet.
 *
 * The nodes of one evaluation are `copies` times the chain's node, and each at most
 * once the three disposition nodes and zero; a bit mask says which of the latter. */
#pragma once

#include "num/jet.h"

enum
{
  TDM_HYPO_1 = 1,
  TDM_HYPO_2 = 2,
  TDM_HYPO_3 = 4,
  TDM_HYPO_ZERO = 8, /* a constant input: one more integration over time */
  TDM_HYPO_SETS = 16,
};

typedef struct _TdmHypo TdmHypo;

/* Empty; free it with tdm_hypo_free(). */
TdmHypo *tdm_hypo_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_hypo_free (TdmHypo *self);

/* Prepares for a chain of up to `chain` equal nodes over `space`. */
void tdm_hypo_begin (TdmHypo *self, const TdmJetSpace *space, guint chain);

/* Sets the nodes, jets >= 0: disposition nodes `y` (n_y of them) and the chain's (or
 * NULL). */
void tdm_hypo_set_nodes (TdmHypo *self, const double *y, guint n_y,
                         const double *y_chain);

/* H of `copies` chain nodes and the nodes in `set`; at least one node in all. The jet
 * is borrowed until the nodes change. Relative error near rounding, in derivatives too.
 */
const double *tdm_hypo_get (TdmHypo *self, guint copies, guint set);
