/* The regimens, ranked; choosing one draws it on the plot. */
#pragma once

#include <gtk/gtk.h>

#include "app/session.h"

#define TDM_TYPE_PROPOSALS_LIST (tdm_proposals_list_get_type ())
G_DECLARE_FINAL_TYPE (TdmProposalsList, tdm_proposals_list, TDM, PROPOSALS_LIST,
                      GtkWidget)

/* Must be called once. */
void tdm_proposals_list_set_session (TdmProposalsList *self, TdmSession *session);
/* Shows the proposals of the session's result. */
void tdm_proposals_list_refresh (TdmProposalsList *self);
