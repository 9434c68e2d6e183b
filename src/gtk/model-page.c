#include "gtk/model-page.h"

#include <math.h>

#include "app/first-use.h"
#include "app/fit-text.h"
#include "app/sheet.h"
#include "base/number.h"
#include "base/unit.h"
#include "gtk/a11y.h"
#include "gtk/domain-section.h"
#include "gtk/drug-section.h"
#include "gtk/text-table.h"
#include "engine/qualify.h"
#include "model/trust.h"

struct _TdmModelPage
{
  AdwBin parent_instance;

  GtkBox *box;
  GtkLabel *empty;
  GtkBox *checks;
  GtkBox *domain;
  TdmSession *session;
  TdmModel *shown;
};

G_DEFINE_FINAL_TYPE (TdmModelPage, tdm_model_page, ADW_TYPE_BIN)

/* "18 to 101 y", or the categories. */
static char *
range_text (const TdmModelCovariate *covariate, double low, double high)
{
  if (covariate->categories != NULL)
    return g_strjoinv (", ", covariate->categories);
  if (!isfinite (low) || !isfinite (high))
    return g_strdup ("not stated");
  g_autofree char *from = tdm_number_format (low, 4);
  g_autofree char *to = tdm_number_format (high, 4);
  g_autofree char *unit =
      covariate->unit != NULL ? tdm_unit_display (covariate->unit) : g_strdup ("");
  return g_strchomp (g_strdup_printf ("%s to %s %s", from, to, unit));
}

static GtkWidget *
covariates_table (TdmModel *model)
{
  static const char *const headings[] = { "Covariate", "Studied", "Allowed",
                                          "Between entries" };
  g_autoptr (GPtrArray) table =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *covariate = tdm_model_get_covariate (model, i);
      g_autofree char *studied =
          range_text (covariate, covariate->studied_low, covariate->studied_high);
      g_autofree char *allowed =
          range_text (covariate, covariate->limit_low, covariate->limit_high);
      const char *cells[] = { covariate->title, studied, allowed,
                              tdm_sheet_carry_words (covariate->carry) };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
  return tdm_text_table_new_words (table);
}

static void
check_thread_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *lines = tdm_qualify_model (data, &error);

  tdm_first_use_check (data);
  if (lines != NULL)
    g_task_return_pointer (task, lines, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static GtkWidget *
checks_table (const GPtrArray *lines)
{
  static const char *const headings[] = { "Check", "Quantity", "Expected", "Computed",
                                          "" };
  g_autoptr (GPtrArray) table =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint i = 0; i < lines->len; i++)
    {
      const TdmCheckLine *line = g_ptr_array_index (lines, i);
      g_autofree char *expected = tdm_number_format (line->expected, 6);
      g_autofree char *got =
          isfinite (line->got) ? tdm_number_format (line->got, 6) : g_strdup ("none");
      const char *cells[] = { line->name, line->quantity, expected, got,
                              line->passed ? "passed" : "FAILED" };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
  return tdm_text_table_new (table);
}

static guint
count_passed (const GPtrArray *lines)
{
  guint passed = 0;

  for (guint i = 0; i < lines->len; i++)
    passed += ((TdmCheckLine *)g_ptr_array_index (lines, i))->passed ? 1 : 0;
  return passed;
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  TdmModelPage *self = TDM_MODEL_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_task_get_task_data (G_TASK (result)) != self->shown || self->checks == NULL)
    return;
  tdm_box_clear (self->checks);
  if (lines == NULL)
    {
      tdm_box_add_paragraph (self->checks, error->message);
      return;
    }
  g_autofree char *date = NULL;
  tdm_trust_get_checks (self->shown, &date);
  g_autofree char *words = g_strdup_printf (
      "%u of %u reference checks passed on this computer; first run here on %s.",
      count_passed (lines), lines->len, date != NULL ? date : "an unknown day");
  tdm_box_add_paragraph (self->checks, words);
  gtk_box_append (self->checks, checks_table (lines));
}

static void
start_checks (TdmModelPage *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, checked_cb, NULL);

  g_task_set_task_data (task, tdm_model_ref (self->shown),
                        (GDestroyNotify)tdm_model_unref);
  g_task_run_in_thread (task, check_thread_cb);
}

static void
add_equations (TdmModelPage *self, const char *equations)
{
  GtkWidget *label = gtk_label_new (equations);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "monospace");
  gtk_widget_add_css_class (label, "card");
  gtk_widget_add_css_class (label, "tdm-card");
  gtk_box_append (self->box, label);
}

static void rebuild (TdmModelPage *self);

static void
accept_cb (GtkButton *button, TdmModelPage *self)
{
  g_autoptr (GError) error = NULL;

  if (!tdm_trust_accept (self->shown, &error))
    g_warning ("%s", error->message);
  tdm_session_recompute (self->session);
  rebuild (self);
}

/* Where the file comes from; one that was altered can be accepted. */
static void
add_origin (TdmModelPage *self)
{
  g_autofree char *words = tdm_trust_words (self->shown);
  g_autofree char *accepted = tdm_trust_dup_accepted (self->shown);

  tdm_box_add_paragraph (self->box, words);
  if (tdm_trust_origin (self->shown) != TDM_ORIGIN_ALTERED || accepted != NULL)
    return;
  GtkWidget *button = gtk_button_new_with_label ("Accept this altered file");
  gtk_widget_set_halign (button, GTK_ALIGN_START);
  g_signal_connect_object (button, "clicked", G_CALLBACK (accept_cb), self, 0);
  gtk_box_append (self->box, button);
}

static void
build (TdmModelPage *self)
{
  const TdmModelText *text = tdm_model_get_text (self->shown);
  g_autofree char *what = g_strdup_printf (
      "%s, version %s. %s", text->id, text->version != NULL ? text->version : "1",
      text->status_text != NULL ? text->status_text : "");
  g_autofree char *doi =
      text->doi != NULL ? g_strdup_printf ("doi:%s", text->doi) : NULL;
  g_autofree char *hash =
      g_strdup_printf ("SHA-256 of the file: %s", tdm_model_get_sha256 (self->shown));

  tdm_box_add_heading (self->box, text->title);
  tdm_box_add_paragraph (self->box, what);
  add_origin (self);
  self->domain = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  gtk_box_append (self->box, GTK_WIDGET (self->domain));
  tdm_box_add_heading (self->box, "The people it was built from");
  tdm_box_add_paragraph (self->box, text->population);
  gtk_box_append (self->box, covariates_table (self->shown));
  tdm_box_add_heading (self->box, "Limits");
  tdm_box_add_paragraph (self->box, text->limits);
  tdm_drug_section_add (self->box, self->shown);
  tdm_box_add_heading (self->box, "Equations");
  if (text->equations != NULL)
    add_equations (self, text->equations);
  tdm_box_add_heading (self->box, "Source");
  tdm_box_add_paragraph (self->box, text->reference);
  tdm_box_add_paragraph (self->box, doi);
  tdm_box_add_paragraph (self->box, hash);
  tdm_box_add_heading (self->box, "Reference checks");
  self->checks = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 6));
  tdm_box_add_paragraph (self->checks, "Running …");
  gtk_box_append (self->box, GTK_WIDGET (self->checks));
}

static void
set_model (TdmModelPage *self, TdmModel *model)
{
  if (self->shown == model)
    return;
  g_clear_pointer (&self->shown, tdm_model_unref);
  self->checks = NULL;
  self->domain = NULL;
  tdm_box_clear (self->box);
  gtk_widget_set_visible (GTK_WIDGET (self->empty), model == NULL);
  if (model == NULL)
    return;
  self->shown = tdm_model_ref (model);
  build (self);
  start_checks (self);
}

/* Comparing costs some milliseconds: only what is looked at is compared. */
static void
refresh_domain (TdmModelPage *self)
{
  if (self->domain != NULL && self->session != NULL
      && gtk_widget_get_mapped (GTK_WIDGET (self)))
    tdm_domain_section_fill (self->domain, self->session);
}

/* Anew, where something about the model has changed. */
static void
rebuild (TdmModelPage *self)
{
  g_autoptr (TdmModel) model = g_steal_pointer (&self->shown);

  set_model (self, model);
  refresh_domain (self);
}

void
tdm_model_page_set_session (TdmModelPage *self, TdmSession *session)
{
  g_set_object (&self->session, session);
}

void
tdm_model_page_refresh (TdmModelPage *self)
{
  set_model (self, tdm_session_get_model (self->session));
  refresh_domain (self);
}

static void
tdm_model_page_dispose (GObject *object)
{
  TdmModelPage *self = TDM_MODEL_PAGE (object);

  self->checks = NULL;
  self->domain = NULL;
  g_clear_object (&self->session);
  g_clear_pointer (&self->shown, tdm_model_unref);
  G_OBJECT_CLASS (tdm_model_page_parent_class)->dispose (object);
}

static void
tdm_model_page_class_init (TdmModelPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_model_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/titrate/Titrate/ui/model-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmModelPage, box);
  gtk_widget_class_bind_template_child (widget_class, TdmModelPage, empty);
}

static void
tdm_model_page_init (TdmModelPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_after (self, "map", G_CALLBACK (refresh_domain), NULL);
  /* It takes the focus, so that the page scrolls with the keys. */
  tdm_a11y_set_label (adw_bin_get_child (ADW_BIN (self)), "The model");
}
