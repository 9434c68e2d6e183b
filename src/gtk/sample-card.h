/* The card that says when to draw the next level. */
#pragma once

#include "gtk/follow-card.h"

/* Floating. What is found is a TdmNextSample. */
GtkWidget *tdm_sample_card_new (TdmSession *session);
