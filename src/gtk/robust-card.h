/* The card that says whether the advice would change. */
#pragma once

#include "gtk/follow-card.h"

/* Floating. What is found is a TdmRobustness. */
GtkWidget *tdm_robust_card_new (TdmSession *session);
