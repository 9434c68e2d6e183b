#include "gtk/follow-card.h"

#include "gtk/fold.h"
#include "gtk/text-table.h"

struct _TdmFollowCard
{
  GtkWidget parent_instance;

  const TdmFollowKind *kind;
  TdmSession *session;
  TdmLater *later;
  TdmResult *asked; /* what `later` computes from, or computed */
  GtkWidget *fold;
  GtkBox *box;
  gboolean filled; /* with what was found */
};

G_DEFINE_FINAL_TYPE (TdmFollowCard, tdm_follow_card, GTK_TYPE_WIDGET)

static guint changed_signal;

static void
input_free (gpointer data)
{
  TdmFollowInput *input = data;

  tdm_result_unref (input->result);
  g_ptr_array_unref (input->models);
  g_free (input);
}

static void
ask (TdmFollowCard *self, TdmResult *result)
{
  TdmFollowInput *input = g_new0 (TdmFollowInput, 1);

  g_clear_pointer (&self->asked, tdm_result_unref);
  self->asked = tdm_result_ref (result);
  input->result = tdm_result_ref (result);
  input->models = g_ptr_array_ref (tdm_session_get_models (self->session));
  input->options = *tdm_session_get_options (self->session);
  tdm_later_start (self->later, input, input_free);
}

/* Another chosen regimen changes nothing of what a card looks at: the fit and its
 * proposals are the same. */
static gboolean
is_asked (const TdmFollowCard *self, const TdmResult *result)
{
  return self->asked != NULL && self->asked->proposals == result->proposals;
}

static void
published_cb (TdmFollowCard *self)
{
  TdmResult *result = tdm_session_get_result (self->session);

  if (result == NULL)
    {
      g_clear_pointer (&self->asked, tdm_result_unref);
      tdm_later_forget (self->later);
    }
  else if (tdm_session_is_computing (self->session))
    {
      /* What would come too late leaves the processor to the answer. */
      if (tdm_later_is_computing (self->later))
        {
          g_clear_pointer (&self->asked, tdm_result_unref);
          tdm_later_expire (self->later);
        }
    }
  else if (tdm_session_is_current (self->session) && !is_asked (self, result)
           && gtk_widget_get_mapped (GTK_WIDGET (self)))
    ask (self, result);
}

/* What is found is shown in the fold when that is open. */
static void
fill (TdmFollowCard *self)
{
  gpointer output = tdm_later_get_output (self->later);

  if (self->filled)
    return;
  tdm_box_clear (self->box);
  if (output != NULL)
    self->kind->fill (self->box, self->asked, output);
  self->filled = TRUE;
}

static void
show_sentence (TdmFollowCard *self, const char *sentence)
{
  tdm_fold_set_sentence (TDM_FOLD (self->fold), self->kind->title, sentence);
}

static void
later_changed_cb (TdmFollowCard *self)
{
  gpointer output = tdm_later_get_output (self->later);
  const GError *error = tdm_later_get_error (self->later);
  gboolean current = tdm_later_is_current (self->later);

  if (current || (output == NULL && error == NULL))
    {
      self->filled = FALSE;
      fill (self);
    }
  if (output != NULL && current)
    {
      g_autofree char *sentence = self->kind->sentence (self->asked, output);
      show_sentence (self, sentence);
    }
  else if (error != NULL && current)
    show_sentence (self, error->message);
  else if (output == NULL)
    show_sentence (self, "computing …");
  if (current)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "tdm-stale");
  else if (output != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "tdm-stale");
  g_signal_emit (self, changed_signal, 0);
}

gboolean
tdm_follow_card_get_output (TdmFollowCard *self, gconstpointer *output)
{
  TdmResult *result = tdm_session_get_result (self->session);

  *output = tdm_later_get_output (self->later);
  return result != NULL && tdm_later_is_current (self->later)
         && is_asked (self, result);
}

static void
tdm_follow_card_dispose (GObject *object)
{
  TdmFollowCard *self = TDM_FOLLOW_CARD (object);

  g_clear_object (&self->later);
  g_clear_object (&self->session);
  g_clear_pointer (&self->asked, tdm_result_unref);
  g_clear_pointer (&self->fold, gtk_widget_unparent);
  G_OBJECT_CLASS (tdm_follow_card_parent_class)->dispose (object);
}

static void
tdm_follow_card_class_init (TdmFollowCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_follow_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
  changed_signal = g_signal_new ("changed", TDM_TYPE_FOLLOW_CARD, G_SIGNAL_RUN_LAST, 0,
                                 NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tdm_follow_card_init (TdmFollowCard *self)
{
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  self->fold = tdm_fold_new ("", GTK_WIDGET (self->box));
  gtk_widget_set_parent (self->fold, GTK_WIDGET (self));
  g_signal_connect (self, "map", G_CALLBACK (published_cb), NULL);
}

GtkWidget *
tdm_follow_card_new (TdmSession *session, const TdmFollowKind *kind)
{
  TdmFollowCard *self = g_object_new (TDM_TYPE_FOLLOW_CARD, NULL);

  self->kind = kind;
  self->session = g_object_ref (session);
  self->later = tdm_later_new ((TdmLaterCompute)kind->compute, kind->output_free);
  g_signal_connect_object (self->later, "changed", G_CALLBACK (later_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "published", G_CALLBACK (published_cb), self,
                           G_CONNECT_SWAPPED);
  later_changed_cb (self);
  return GTK_WIDGET (self);
}
