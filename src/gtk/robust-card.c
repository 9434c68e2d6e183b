#include "gtk/robust-card.h"

#include "app/robust-text.h"
#include "gtk/text-table.h"

static gpointer
compute (TdmFollowInput *input, GCancellable *cancellable, GError **error)
{
  return tdm_robustness_new (input->result, input->models, cancellable, error);
}

static char *
sentence (const TdmResult *result, gconstpointer output)
{
  const TdmRobustness *robustness = output;

  return g_strdup (robustness->sentence);
}

static void
fill (GtkBox *box, const TdmResult *result, gconstpointer output)
{
  const TdmRobustness *robustness = output;
  g_autoptr (GPtrArray) table = tdm_robust_text_table (robustness);
  g_autofree char *about = tdm_robust_text_about (robustness);

  tdm_box_add_paragraph (box, about);
  gtk_box_append (box, tdm_text_table_new_words (table));
}

GtkWidget *
tdm_robust_card_new (TdmSession *session)
{
  static const TdmFollowKind kind = {
    .title = "Would the advice change?",
    .compute = compute,
    .output_free = (GDestroyNotify)tdm_robustness_unref,
    .sentence = sentence,
    .fill = fill,
  };

  return tdm_follow_card_new (session, &kind);
}
