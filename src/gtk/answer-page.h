/* The answer: warnings, plot, words and regimens; with the Fit and the Model pages
 * beside. */
#pragma once

#include <adwaita.h>

#include "app/compare.h"
#include "app/session.h"
#include "gtk/plot-view.h"

#define TDM_TYPE_ANSWER_PAGE (tdm_answer_page_get_type ())
G_DECLARE_FINAL_TYPE (TdmAnswerPage, tdm_answer_page, TDM, ANSWER_PAGE, AdwBin)

/* Signal "jump" (char *place): a field of the record is asked for, "levels[1]". */

/* Must be called once. */
void tdm_answer_page_set_session (TdmAnswerPage *self, TdmSession *session);
/* "answer", "fit" or "model". */
void tdm_answer_page_show (TdmAnswerPage *self, const char *name);
TdmPlotView *tdm_answer_page_get_plot_view (TdmAnswerPage *self);
/* Enters words that are being typed into the record. */
void tdm_answer_page_finish_words (TdmAnswerPage *self);
/* What the Compare page found for the result on the screen, or NULL. Borrowed. */
const TdmComparison *tdm_answer_page_get_comparison (TdmAnswerPage *self);
