/* The main window: patients, record, answer. One patient at a time. */
#pragma once

#include <adwaita.h>

#include "app/compare.h"
#include "app/session.h"

#define TDM_TYPE_WINDOW (tdm_window_get_type ())
G_DECLARE_FINAL_TYPE (TdmWindow, tdm_window, TDM, WINDOW, AdwApplicationWindow)

/* `settings` may be NULL. The application owns the window. */
TdmWindow *tdm_window_new (GtkApplication *application, TdmSession *session,
                           GSettings *settings);

/* Marks the window as that of teaching cases, of which nothing is kept. */
void tdm_window_set_demo (TdmWindow *self, gboolean demo);
/* Opens a case of the store. */
void tdm_window_open_case (TdmWindow *self, const char *case_id);
void tdm_window_new_case (TdmWindow *self);
/* Reads a case file into the store and opens it. */
void tdm_window_import (TdmWindow *self, GFile *file);
/* Says in passing that something was done. */
void tdm_window_toast (TdmWindow *self, const char *text);
/* The same until it is dismissed. Yours. */
AdwToast *tdm_window_toast_until (TdmWindow *self,
                                  const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* A message that is read before going on. */
void tdm_window_tell (TdmWindow *self, const char *heading, const char *body);
/* Enters words that are being typed into the record. */
void tdm_window_finish_words (TdmWindow *self);
/* All borrowed. */
/* What the Compare page found for the result on the screen, or NULL. */
const TdmComparison *tdm_window_get_comparison (TdmWindow *self);
TdmSession *tdm_window_get_session (TdmWindow *self);
GSettings *tdm_window_get_settings (TdmWindow *self);
