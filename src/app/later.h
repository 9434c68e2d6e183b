/* A computation beside the answer: started when there is something to compute, run in a
 * worker thread, and dropped when the next one starts. What was found stays until the
 * next is found, and is said to be out of date meanwhile. */
#pragma once

#include <gio/gio.h>

#define TDM_TYPE_LATER (tdm_later_get_type ())
G_DECLARE_FINAL_TYPE (TdmLater, tdm_later, TDM, LATER, GObject)

/* Called in a worker thread; NULL with an error. What it returns is owned by the
 * caller. */
typedef gpointer (*TdmLaterCompute) (gpointer input, GCancellable *cancellable,
                                     GError **error);

/* Signal "changed": what is found, or whether it is current, has changed. `output_free`
 * frees what was found. Yours. */
TdmLater *tdm_later_new (TdmLaterCompute compute,
                         GDestroyNotify output_free) G_GNUC_WARN_UNUSED_RESULT;

/* Cancels what is under way and computes from `input`. Takes it. */
void tdm_later_start (TdmLater *self, gpointer input, GDestroyNotify input_free);
/* Cancels what is under way and says that what was found is out of date. */
void tdm_later_expire (TdmLater *self);
/* Cancels what is under way and forgets what was found. */
void tdm_later_forget (TdmLater *self);

/* What was found last, or NULL. Borrowed. */
gpointer tdm_later_get_output (TdmLater *self);
/* Why nothing was found, or NULL. Borrowed. */
const GError *tdm_later_get_error (TdmLater *self);
gboolean tdm_later_is_computing (TdmLater *self);
/* FALSE for what was found from an earlier input. */
gboolean tdm_later_is_current (TdmLater *self);
