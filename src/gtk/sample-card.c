#include "gtk/sample-card.h"

#include "app/sample-text.h"
#include "gtk/a11y.h"
#include "gtk/text-table.h"

static gpointer
compute (TdmFollowInput *input, GCancellable *cancellable, GError **error)
{
  return tdm_next_sample_new (input->result, cancellable, error);
}

static char *
sentence (const TdmResult *result, gconstpointer output)
{
  return tdm_sample_text_sentence (result, output);
}

/* A button that copies a time, to be typed where the level is ordered or entered. */
static void
add_button (GtkBox *row, const TdmResult *result, double time_h, const char *words)
{
  g_autofree char *time = tdm_sample_text_time (result, time_h);
  g_autofree char *label = g_strdup_printf ("Copy %s", time);
  g_autofree char *name = g_strdup_printf ("Copy %s, %s", time, words);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.copy-text");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", time);
  gtk_widget_add_css_class (button, "tdm-answer");
  tdm_a11y_set_label (button, name);
  gtk_box_append (row, button);
}

static void
fill (GtkBox *box, const TdmResult *result, gconstpointer output)
{
  const TdmNextSample *sample = output;
  g_autoptr (GPtrArray) table = tdm_sample_text_table (result, sample);
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (box, tdm_text_table_new (table));
  add_button (GTK_BOX (row), result, sample->times[sample->best].time_h,
              "the time that tells most");
  if (sample->best_choice != sample->best)
    add_button (GTK_BOX (row), result, sample->times[sample->best_choice].time_h,
                "the best time for the choice");
  gtk_box_append (box, row);
}

GtkWidget *
tdm_sample_card_new (TdmSession *session)
{
  static const TdmFollowKind kind = {
    .title = "Next level",
    .compute = compute,
    .output_free = (GDestroyNotify)tdm_next_sample_unref,
    .sentence = sentence,
    .fill = fill,
  };

  return tdm_follow_card_new (session, &kind);
}
