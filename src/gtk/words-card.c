#include "gtk/words-card.h"

#include "app/answer.h"
#include "gtk/a11y.h"
#include "gtk/fold.h"

/* What is typed is entered when nothing more comes for so long: one step to undo. */
#define PAUSE_MS 700

struct _TdmWordsCard
{
  GtkWidget parent_instance;

  TdmSession *session;
  TdmFollowCard *sample;
  TdmAnswer *answer; /* of the result on the screen, NULL = not known */
  char *case_id;     /* whose words they are */

  GtkWidget *fold, *warning, *now, *view, *remark, *restore, *keep;
  GtkTextBuffer *buffer;
  gboolean filling;
  guint pause; /* source of the timeout while something is not entered, 0 = none */
};

G_DEFINE_FINAL_TYPE (TdmWordsCard, tdm_words_card, GTK_TYPE_WIDGET)

static char *
get_text (TdmWordsCard *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->buffer, &start, &end);
  return gtk_text_buffer_get_text (self->buffer, &start, &end, FALSE);
}

static void
show_remark (TdmWordsCard *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->remark), text);
  gtk_widget_set_visible (self->remark, text[0] != '\0');
}

/* Puts `text` in place of what the program says; "" = as the program says. */
static void
enter (TdmWordsCard *self, const char *text)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) error = NULL;
  TdmCase *record = tdm_session_get_record (self->session);

  if (record == NULL || self->answer == NULL
      || g_strcmp0 (self->case_id, tdm_session_get_case_id (self->session)) != 0)
    return;
  g_autoptr (TdmCase) next =
      tdm_answer_set (record, text, self->answer->program, now, &error);
  if (next != NULL)
    tdm_session_commit (self->session, next);
  else
    show_remark (self, error->message);
}

void
tdm_words_card_finish (TdmWordsCard *self)
{
  g_autofree char *text = NULL;

  if (self->pause == 0)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  text = get_text (self);
  enter (self, text);
}

static gboolean
pause_cb (gpointer data)
{
  TdmWordsCard *self = data;
  g_autofree char *text = get_text (self);

  self->pause = 0;
  enter (self, text);
  return G_SOURCE_REMOVE;
}

static void
changed_cb (TdmWordsCard *self)
{
  if (self->filling)
    return;
  g_clear_handle_id (&self->pause, g_source_remove);
  self->pause = g_timeout_add (PAUSE_MS, pause_cb, self);
}

static void
restore_cb (TdmWordsCard *self)
{
  g_clear_handle_id (&self->pause, g_source_remove);
  enter (self, "");
}

/* The words are the user's for what the program says now. */
static void
keep_cb (TdmWordsCard *self)
{
  g_autofree char *text = get_text (self);

  g_clear_handle_id (&self->pause, g_source_remove);
  enter (self, text);
}

static const char *
sentence (const TdmAnswer *answer)
{
  if (answer == NULL)
    return "computing …";
  if (answer->stale)
    return "edited by hand, and the numbers have changed since.";
  return answer->edited != NULL
             ? "edited by hand."
             : "what was found, proposed, to be watched and measured "
               "again.";
}

/* What the user is typing stays as it is. */
static void
fill_view (TdmWordsCard *self, const char *text)
{
  g_autofree char *shown = get_text (self);

  if (self->pause != 0 || g_str_equal (shown, text))
    return;
  g_autofree char *plain = g_strstrip (g_strdup (shown));
  if (gtk_widget_has_focus (self->view) && g_str_equal (plain, text))
    return; /* a blank at the end of what is being typed */
  self->filling = TRUE;
  gtk_text_buffer_set_text (self->buffer, text, -1);
  self->filling = FALSE;
}

static void
show (TdmWordsCard *self)
{
  const TdmAnswer *answer = self->answer;
  const gboolean stale = answer != NULL && answer->stale;
  const gboolean edited = answer != NULL && answer->edited != NULL;
  g_autofree char *remark = edited ? tdm_answer_remark (answer) : NULL;
  g_autofree char *now =
      stale ? g_strdup_printf ("The program says now:\n%s", answer->program) : NULL;

  tdm_fold_set_sentence (TDM_FOLD (self->fold), "Words for the report",
                         sentence (answer));
  if (answer != NULL)
    fill_view (self, tdm_answer_get_text (answer));
  if (stale)
    gtk_widget_add_css_class (self->fold, "warning");
  else
    gtk_widget_remove_css_class (self->fold, "warning");
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), answer != NULL);
  gtk_widget_set_visible (self->warning, stale);
  gtk_label_set_text (GTK_LABEL (self->warning), stale ? remark : "");
  gtk_widget_set_visible (self->now, stale);
  gtk_label_set_text (GTK_LABEL (self->now), now != NULL ? now : "");
  show_remark (self, stale    ? ""
                     : edited ? remark
                              : "What you change is kept in the case and printed; the "
                                "report says that it was edited.");
  gtk_widget_set_visible (self->restore, edited);
  gtk_widget_set_visible (self->keep, stale);
}

/* The words belong to the result on the screen and to the next level that was found for
 * it. Those that were there are shown until then, but not to be edited. */
static void
refresh (TdmWordsCard *self)
{
  TdmResult *result = tdm_session_get_result (self->session);
  gconstpointer sample;
  const gboolean known = result != NULL && tdm_session_is_current (self->session)
                         && tdm_follow_card_get_output (self->sample, &sample);

  /* Entered first, with what the program said while it was typed. */
  if (self->pause != 0 && result != NULL)
    return;
  g_clear_pointer (&self->answer, tdm_answer_free);
  if (known)
    {
      self->answer = tdm_answer_new (result, sample, tdm_answer_text_language ());
      g_free (self->case_id);
      self->case_id = g_strdup (tdm_session_get_case_id (self->session));
    }
  else if (result == NULL)
    {
      g_clear_handle_id (&self->pause, g_source_remove);
      fill_view (self, "");
    }
  show (self);
}

static void
tdm_words_card_dispose (GObject *object)
{
  TdmWordsCard *self = TDM_WORDS_CARD (object);

  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_pointer (&self->answer, tdm_answer_free);
  g_clear_pointer (&self->case_id, g_free);
  g_clear_object (&self->session);
  g_clear_object (&self->sample);
  g_clear_pointer (&self->fold, gtk_widget_unparent);
  G_OBJECT_CLASS (tdm_words_card_parent_class)->dispose (object);
}

static void
tdm_words_card_class_init (TdmWordsCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_words_card_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
label_new (GtkBox *box, const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, style);
  gtk_widget_set_visible (label, FALSE);
  gtk_box_append (box, label);
  return label;
}

static GtkWidget *
button_new (TdmWordsCard *self, GtkBox *row, const char *label, const char *name,
            GCallback clicked)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  tdm_a11y_set_label (button, name);
  gtk_widget_add_css_class (button, "tdm-answer");
  gtk_widget_set_visible (button, FALSE);
  g_signal_connect_swapped (button, "clicked", clicked, self);
  gtk_box_append (row, button);
  return button;
}

static void
build_view (TdmWordsCard *self, GtkBox *box)
{
  GtkWidget *frame = gtk_frame_new (NULL);
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->view = gtk_text_view_new ();
  self->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  /* Tab moves on, as everywhere. */
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_widget_add_css_class (self->view, "tdm-words-text");
  tdm_a11y_set_label (self->view, "Words for the report");
  gtk_widget_add_controller (self->view, focus);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (tdm_words_card_finish), self);
  g_signal_connect_swapped (self->buffer, "changed", G_CALLBACK (changed_cb), self);
  g_signal_connect (self, "unmap", G_CALLBACK (tdm_words_card_finish), NULL);
  gtk_frame_set_child (GTK_FRAME (frame), self->view);
  gtk_box_append (box, frame);
}

static void
tdm_words_card_init (TdmWordsCard *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->warning = label_new (GTK_BOX (box), "warning");
  build_view (self, GTK_BOX (box));
  self->now = label_new (GTK_BOX (box), "dim-label");
  self->remark = label_new (GTK_BOX (box), "dim-label");
  self->restore = button_new (self, GTK_BOX (row), "Restore",
                              "Restore the program's words", G_CALLBACK (restore_cb));
  self->keep = button_new (self, GTK_BOX (row), "Keep my words",
                           "Keep my words for these numbers", G_CALLBACK (keep_cb));
  gtk_box_append (GTK_BOX (box), row);
  self->fold = tdm_fold_new ("", box);
  gtk_widget_set_parent (self->fold, GTK_WIDGET (self));
}

GtkWidget *
tdm_words_card_new (TdmSession *session, TdmFollowCard *sample)
{
  TdmWordsCard *self = g_object_new (TDM_TYPE_WORDS_CARD, NULL);

  self->session = g_object_ref (session);
  self->sample = g_object_ref (sample);
  g_signal_connect_object (session, "published", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (sample, "changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
