/* The answer in words, to be edited before it goes into the report. */
#pragma once

#include "gtk/follow-card.h"

#define TDM_TYPE_WORDS_CARD (tdm_words_card_get_type ())
G_DECLARE_FINAL_TYPE (TdmWordsCard, tdm_words_card, TDM, WORDS_CARD, GtkWidget)

/* `sample`: the card of the next level, which the words name. Floating. */
GtkWidget *tdm_words_card_new (TdmSession *session, TdmFollowCard *sample);
/* Enters what is being typed into the record. */
void tdm_words_card_finish (TdmWordsCard *self);
