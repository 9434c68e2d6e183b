#include "gtk/answer-page.h"

#include <string.h>

#include "app/scene-builder.h"
#include "engine/words.h"
#include "gtk/a11y.h"
#include "gtk/compare-page.h"
#include "gtk/fit-page.h"
#include "gtk/model-page.h"
#include "gtk/notes-strip.h"
#include "gtk/output-choice.h"
#include "gtk/proposals-list.h"
#include "gtk/robust-card.h"
#include "gtk/sample-card.h"
#include "gtk/words-card.h"

/* An answer that comes sooner than this replaces the old one without a flicker. */
#define PATIENCE_MS 150

struct _TdmAnswerPage
{
  AdwBin parent_instance;

  GtkStack *stack; /* empty, waiting, failed, answer */
  AdwStatusPage *failed;
  AdwViewStack *pages;
  GtkWidget *tools_view; /* with large text they are wider than the page */
  GtkBox *tools;
  GtkToggleButton *log;
  TdmNotesStrip *notes;
  GtkWidget *content; /* what is dimmed when it is out of date */
  GtkWidget *divider;
  TdmPlotView *plot;
  GtkLabel *stale;
  GtkLabel *conclusion;
  TdmProposalsList *proposals;
  GtkLabel *withheld;
  GtkBox *cards;
  TdmWordsCard *words;
  TdmFitPage *fit_page;
  TdmModelPage *model_page;
  TdmComparePage *compare_page;

  TdmSession *session;
  TdmResult *shown;
  guint patience; /* source of the timeout, 0 = none */
};

G_DEFINE_FINAL_TYPE (TdmAnswerPage, tdm_answer_page, ADW_TYPE_BIN)

static guint jump_signal;

static void
set_stale (TdmAnswerPage *self, const char *words)
{
  gtk_widget_set_visible (GTK_WIDGET (self->stale), words != NULL);
  if (words != NULL)
    {
      gtk_label_set_text (self->stale, words);
      gtk_widget_add_css_class (self->content, "tdm-stale");
    }
  else
    gtk_widget_remove_css_class (self->content, "tdm-stale");
}

static gboolean
patience_cb (gpointer data)
{
  TdmAnswerPage *self = data;

  self->patience = 0;
  if (self->shown != NULL)
    set_stale (self, "Out of date: computing …");
  else
    gtk_stack_set_visible_child_name (self->stack, "waiting");
  return G_SOURCE_REMOVE;
}

static void
show_notes (TdmAnswerPage *self, TdmResult *result)
{
  tdm_notes_strip_set_notes (self->notes, result->notes);
}

/* What is said when no regimen reaches the target, or none may be named. */
static char *
advice_words (TdmResult *result)
{
  const TdmProposals *proposals = result->proposals;

  if (proposals == NULL)
    return NULL;
  if (proposals->withheld != NULL)
    return g_strdup_printf ("No advice is given: %s", proposals->withheld->text);
  if (proposals->none_reaches)
    return g_strdup_printf ("None of the %u regimens that can be given reaches the "
                            "target; these come nearest.",
                            proposals->candidates);
  return NULL;
}

/* Keeps units in one piece: Pango would break a line after the stroke of "mg/L". */
static char *
join_units (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);

  return g_strjoinv ("\u2060/\u2060", parts);
}

static void
show_words (TdmAnswerPage *self, TdmResult *result)
{
  g_autofree char *words = tdm_words_conclusion (result);
  g_autofree char *conclusion = join_units (words);
  g_autofree char *advice = advice_words (result);

  gtk_label_set_text (self->conclusion, conclusion);
  gtk_label_set_text (self->withheld, advice != NULL ? advice : "");
  gtk_widget_set_visible (GTK_WIDGET (self->withheld), advice != NULL);
}

static void
show_result (TdmAnswerPage *self, TdmResult *result)
{
  if (self->shown == result)
    return;
  g_clear_pointer (&self->shown, tdm_result_unref);
  self->shown = tdm_result_ref (result);
  g_autoptr (GDateTime) clock = g_date_time_new_now_local ();
  g_autoptr (TdmScene) scene = tdm_scene_builder_build_at (
      result, tdm_session_get_options (self->session), clock);
  tdm_plot_view_set_scene (self->plot, scene);
  show_notes (self, result);
  show_words (self, result);
  tdm_fit_page_set_result (self->fit_page, result);
}

static void
forget_result (TdmAnswerPage *self)
{
  g_clear_pointer (&self->shown, tdm_result_unref);
  tdm_plot_view_set_scene (self->plot, NULL);
  tdm_notes_strip_set_notes (self->notes, NULL);
  tdm_fit_page_set_result (self->fit_page, NULL);
  gtk_label_set_text (self->conclusion, "");
  gtk_label_set_text (self->withheld, "");
  set_stale (self, NULL);
}

static void
show_failure (TdmAnswerPage *self)
{
  const GError *error = tdm_session_get_error (self->session);
  g_autofree char *words =
      g_markup_escape_text (error != NULL ? error->message : "", -1);

  forget_result (self);
  adw_status_page_set_description (self->failed, words);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

static void
published_cb (TdmAnswerPage *self)
{
  TdmSessionState state = tdm_session_get_state (self->session);
  TdmResult *result = tdm_session_get_result (self->session);

  if (state != TDM_SESSION_COMPUTING)
    g_clear_handle_id (&self->patience, g_source_remove);
  switch (state)
    {
    case TDM_SESSION_EMPTY:
      forget_result (self);
      gtk_stack_set_visible_child_name (self->stack, "empty");
      break;
    case TDM_SESSION_FAILED:
      show_failure (self);
      break;
    case TDM_SESSION_COMPUTING:
      if (self->patience == 0)
        self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
      break;
    case TDM_SESSION_STALE:
      /* It may never have been shown: a draft came back with the case. */
      show_result (self, result);
      gtk_stack_set_visible_child_name (self->stack, "answer");
      set_stale (self, "Out of date: a field is being edited");
      break;
    case TDM_SESSION_READY:
    case TDM_SESSION_WITHHELD:
    default:
      show_result (self, result);
      set_stale (self, NULL);
      gtk_stack_set_visible_child_name (self->stack, "answer");
      break;
    }
  tdm_proposals_list_refresh (self->proposals);
}

static void
record_changed_cb (TdmAnswerPage *self)
{
  tdm_model_page_refresh (self->model_page);
}

static void
level_activated_cb (TdmAnswerPage *self, guint index)
{
  g_autofree char *place = g_strdup_printf ("levels[%u]", index);

  g_signal_emit (self, jump_signal, 0, place);
}

static void
jump_cb (TdmAnswerPage *self, const char *place)
{
  g_signal_emit (self, jump_signal, 0, place);
}

/* The tools of the plot show with the plot. */
static void
page_cb (TdmAnswerPage *self)
{
  const char *page = adw_view_stack_get_visible_child_name (self->pages);
  const char *state = gtk_stack_get_visible_child_name (self->stack);

  gtk_widget_set_visible (GTK_WIDGET (self->tools),
                          g_strcmp0 (page, "answer") == 0
                              && g_strcmp0 (state, "answer") == 0);
}

static void
hours_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  tdm_plot_view_show_hours (TDM_ANSWER_PAGE (widget)->plot,
                            g_variant_get_double (parameter));
}

static void
log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  TdmAnswerPage *self = TDM_ANSWER_PAGE (widget);

  gtk_toggle_button_set_active (self->log, !gtk_toggle_button_get_active (self->log));
}

static void
log_cb (TdmAnswerPage *self)
{
  tdm_plot_view_set_log (self->plot, gtk_toggle_button_get_active (self->log));
}

void
tdm_answer_page_set_session (TdmAnswerPage *self, TdmSession *session)
{
  self->session = g_object_ref (session);
  tdm_proposals_list_set_session (self->proposals, session);
  tdm_model_page_set_session (self->model_page, session);
  tdm_compare_page_set_session (self->compare_page, session);
  gtk_box_insert_child_after (GTK_BOX (self->content), tdm_output_choice_new (session),
                              GTK_WIDGET (self->notes));
  GtkWidget *sample = tdm_sample_card_new (session);
  self->words = TDM_WORDS_CARD (tdm_words_card_new (session, TDM_FOLLOW_CARD (sample)));
  gtk_box_append (self->cards, tdm_robust_card_new (session));
  gtk_box_append (self->cards, sample);
  gtk_box_append (self->cards, GTK_WIDGET (self->words));
  g_signal_connect_object (session, "published", G_CALLBACK (published_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "record-changed", G_CALLBACK (record_changed_cb),
                           self, G_CONNECT_SWAPPED);
  published_cb (self);
  record_changed_cb (self);
  page_cb (self);
}

void
tdm_answer_page_show (TdmAnswerPage *self, const char *name)
{
  adw_view_stack_set_visible_child_name (self->pages, name);
}

TdmPlotView *
tdm_answer_page_get_plot_view (TdmAnswerPage *self)
{
  return self->plot;
}

void
tdm_answer_page_finish_words (TdmAnswerPage *self)
{
  tdm_words_card_finish (self->words);
}

const TdmComparison *
tdm_answer_page_get_comparison (TdmAnswerPage *self)
{
  return tdm_compare_page_get_comparison (self->compare_page);
}

static void
tdm_answer_page_dispose (GObject *object)
{
  TdmAnswerPage *self = TDM_ANSWER_PAGE (object);

  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_pointer (&self->shown, tdm_result_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tdm_answer_page_parent_class)->dispose (object);
}

static void
tdm_answer_page_class_init (TdmAnswerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_answer_page_dispose;
  g_type_ensure (TDM_TYPE_PLOT_VIEW);
  g_type_ensure (TDM_TYPE_NOTES_STRIP);
  g_type_ensure (TDM_TYPE_PROPOSALS_LIST);
  g_type_ensure (TDM_TYPE_FIT_PAGE);
  g_type_ensure (TDM_TYPE_MODEL_PAGE);
  g_type_ensure (TDM_TYPE_COMPARE_PAGE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/titrate/Titrate/ui/answer-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, stack);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, failed);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, pages);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, tools_view);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, tools);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, log);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, notes);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, content);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, divider);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, plot);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, stale);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, conclusion);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, proposals);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, withheld);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, cards);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, fit_page);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, model_page);
  gtk_widget_class_bind_template_child (widget_class, TdmAnswerPage, compare_page);
  gtk_widget_class_bind_template_callback (widget_class, level_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, jump_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_cb);
  gtk_widget_class_bind_template_callback (widget_class, log_cb);
  gtk_widget_class_install_action (widget_class, "answer.hours", "d", hours_action);
  gtk_widget_class_install_action (widget_class, "answer.log", NULL, log_action);
  jump_signal = g_signal_new ("jump", TDM_TYPE_ANSWER_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                              NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tdm_answer_page_init (TdmAnswerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tdm_a11y_set_label (GTK_WIDGET (self->log), "Logarithmic scale");
  tdm_a11y_set_label (self->divider, "Divider of plot and regimens");
  tdm_a11y_skip_scrolling (GTK_WIDGET (self->stack));
  tdm_a11y_skip_scrolling (self->tools_view);
}
