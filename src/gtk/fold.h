/* A heading that folds what stands under it. (GtkExpander moves the focus into a child
 * that it has taken out of the window.) */
#pragma once

#include <gtk/gtk.h>

#define TDM_TYPE_FOLD (tdm_fold_get_type ())
G_DECLARE_FINAL_TYPE (TdmFold, tdm_fold, TDM, FOLD, GtkWidget)

/* Folded at first. Takes `child`. */
GtkWidget *tdm_fold_new (const char *title, GtkWidget *child);
void tdm_fold_set_title (TdmFold *self, const char *title);
/* A title in bold with a sentence after it that may take several lines. */
void tdm_fold_set_sentence (TdmFold *self, const char *title, const char *sentence);
void tdm_fold_set_open (TdmFold *self, gboolean open);
gboolean tdm_fold_get_open (TdmFold *self);
