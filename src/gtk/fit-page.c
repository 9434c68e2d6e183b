#include "gtk/fit-page.h"

#include "app/fit-text.h"
#include "gtk/a11y.h"
#include "gtk/text-table.h"

struct _TdmFitPage
{
  AdwBin parent_instance;

  GtkBox *box;
  GtkLabel *empty;
  TdmFit *shown;
};

G_DEFINE_FINAL_TYPE (TdmFitPage, tdm_fit_page, ADW_TYPE_BIN)

static void
build (TdmFitPage *self, TdmResult *result)
{
  g_autoptr (GPtrArray) parameters = tdm_fit_text_parameters (result);
  g_autoptr (GPtrArray) levels = tdm_fit_text_levels (result);
  g_autoptr (GPtrArray) certificate = tdm_fit_text_certificate (result);
  g_autofree char *convergence = tdm_fit_text_convergence (result);
  g_autofree char *advice = tdm_fit_text_advice (result);
  g_autofree char *posterior = tdm_fit_text_posterior (result);

  tdm_box_add_heading (self->box, "This patient");
  gtk_box_append (self->box, tdm_text_table_new (parameters));
  tdm_box_add_paragraph (
      self->box, "Learned is how much of the variance between such patients the levels "
                 "have taken away (the shrinkage of the posterior): near 0 %, they say "
                 "nothing about this parameter.");
  tdm_box_add_heading (self->box, "Levels");
  if (levels->len > 1)
    gtk_box_append (self->box, tdm_text_table_new (levels));
  else
    tdm_box_add_paragraph (self->box, "No level has been entered.");
  tdm_box_add_heading (self->box, "Does it deserve trust?");
  tdm_box_add_paragraph (self->box, advice);
  gtk_box_append (self->box, tdm_text_table_new (certificate));
  tdm_box_add_heading (self->box, "How it was found");
  tdm_box_add_paragraph (self->box, convergence);
  tdm_box_add_paragraph (self->box, posterior);
}

void
tdm_fit_page_set_result (TdmFitPage *self, TdmResult *result)
{
  if (result != NULL && self->shown == result->fit)
    return;
  g_clear_pointer (&self->shown, tdm_fit_unref);
  tdm_box_clear (self->box);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), result == NULL);
  if (result == NULL)
    return;
  self->shown = tdm_fit_ref (result->fit);
  build (self, result);
}

static void
tdm_fit_page_dispose (GObject *object)
{
  g_clear_pointer (&TDM_FIT_PAGE (object)->shown, tdm_fit_unref);
  G_OBJECT_CLASS (tdm_fit_page_parent_class)->dispose (object);
}

static void
tdm_fit_page_class_init (TdmFitPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_fit_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/titrate/Titrate/ui/fit-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmFitPage, box);
  gtk_widget_class_bind_template_child (widget_class, TdmFitPage, empty);
}

static void
tdm_fit_page_init (TdmFitPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* It takes the focus, so that the page scrolls with the keys. */
  tdm_a11y_set_label (adw_bin_get_child (ADW_BIN (self)), "The fit");
}
