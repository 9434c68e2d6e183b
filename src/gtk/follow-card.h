/* A card under the proposals that follows the answer: one sentence, and what it rests
 * on in a fold. Computed beside the answer, only while it is looked at. */
#pragma once

#include <gtk/gtk.h>

#include "app/later.h"
#include "app/session.h"

/* What a card computes from; read by the worker thread. */
typedef struct
{
  TdmResult *result;
  GPtrArray *models; /* of TdmModel* */
  TdmResultOptions options;
} TdmFollowInput;

typedef struct
{
  const char *title; /* "Next level" */
  gpointer (*compute) (TdmFollowInput *input, GCancellable *cancellable,
                       GError **error);
  GDestroyNotify output_free;
  char *(*sentence) (const TdmResult *result, gconstpointer output);
  /* Fills the fold. */
  void (*fill) (GtkBox *box, const TdmResult *result, gconstpointer output);
} TdmFollowKind;

#define TDM_TYPE_FOLLOW_CARD (tdm_follow_card_get_type ())
G_DECLARE_FINAL_TYPE (TdmFollowCard, tdm_follow_card, TDM, FOLLOW_CARD, GtkWidget)

/* Signal "changed": what is found may be another. `kind` is static. Floating. */
GtkWidget *tdm_follow_card_new (TdmSession *session, const TdmFollowKind *kind);

/* Whether it is known what there is for the result on the screen: `output`, borrowed,
 * NULL where nothing was found. */
gboolean tdm_follow_card_get_output (TdmFollowCard *self, gconstpointer *output);
