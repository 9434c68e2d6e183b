#include "gtk/output-choice.h"

#include "gtk/choice.h"

#define DATA "tdm-output-choice"

typedef struct
{
  GtkDropDown *drop_down; /* owns this */
  TdmSession *session;
  TdmModel *model; /* whose outputs are listed */
  gboolean filling;
} OutputChoice;

static void
choice_free (gpointer data)
{
  OutputChoice *self = data;

  g_clear_object (&self->session);
  g_clear_pointer (&self->model, tdm_model_unref);
  g_free (self);
}

static void
list_outputs (OutputChoice *self, TdmModel *model)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  if (self->model == model)
    return;
  g_clear_pointer (&self->model, tdm_model_unref);
  self->model = tdm_model_ref (model);
  for (guint i = 0; i < tdm_model_get_n_outputs (model); i++)
    gtk_string_list_append (titles, tdm_model_get_output (model, i)->title);
  gtk_drop_down_set_model (self->drop_down, G_LIST_MODEL (titles));
}

/* While an answer is computed, what was chosen stays. */
static void
published_cb (TdmSession *session, GtkDropDown *drop_down)
{
  OutputChoice *self = g_object_get_data (G_OBJECT (drop_down), DATA);
  TdmResult *result = tdm_session_get_result (session);

  if (tdm_session_get_state (session) == TDM_SESSION_COMPUTING)
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->drop_down),
                          result != NULL
                              && tdm_model_get_n_outputs (result->model) > 1);
  if (result == NULL)
    return;
  self->filling = TRUE;
  list_outputs (self, result->model);
  gtk_drop_down_set_selected (self->drop_down, result->current->output);
  self->filling = FALSE;
}

static void
selected_cb (GtkDropDown *drop_down, GParamSpec *pspec, OutputChoice *self)
{
  guint selected = gtk_drop_down_get_selected (drop_down);

  if (self->filling || self->model == NULL
      || selected >= tdm_model_get_n_outputs (self->model))
    return;
  tdm_session_set_output (self->session,
                          tdm_model_get_output (self->model, selected)->name);
}

GtkWidget *
tdm_output_choice_new (TdmSession *session)
{
  GtkWidget *drop_down = gtk_drop_down_new (NULL, NULL);
  OutputChoice *self = g_new0 (OutputChoice, 1);

  self->drop_down = GTK_DROP_DOWN (drop_down);
  self->session = g_object_ref (session);
  g_object_set_data_full (G_OBJECT (drop_down), DATA, self, choice_free);
  tdm_choice_set_name (self->drop_down, "What the plot shows");
  gtk_widget_set_tooltip_text (drop_down, "What the plot shows");
  gtk_widget_set_halign (drop_down, GTK_ALIGN_START);
  gtk_widget_set_margin_top (drop_down, 6);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (selected_cb), self);
  g_signal_connect_object (session, "published", G_CALLBACK (published_cb), drop_down,
                           0);
  published_cb (session, self->drop_down);
  return drop_down;
}
