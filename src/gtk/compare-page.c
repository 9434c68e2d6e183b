#include "gtk/compare-page.h"

#include "app/compare.h"
#include "app/later.h"
#include "app/scene-builder.h"
#include "gtk/a11y.h"
#include "gtk/plot-view.h"
#include "gtk/text-table.h"

struct _TdmComparePage
{
  AdwBin parent_instance;

  GtkLabel *status;
  GtkWidget *found; /* what is dimmed when it is out of date */
  TdmPlotView *plot;
  GtkBox *tables;
  GtkWidget *choice;
  GtkBox *models;
  GtkCheckButton *rules[TDM_WEIGHT_EQUAL + 1];

  TdmSession *session;
  TdmLater *later;
  TdmCase *shown;   /* whose models are listed */
  TdmResult *asked; /* what `later` goes with */
  TdmWeightRule asked_rule;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (TdmComparePage, tdm_compare_page, ADW_TYPE_BIN)

static gpointer
compute (gpointer input, GCancellable *cancellable, GError **error)
{
  return tdm_comparison_new (input, cancellable, error);
}

static GPtrArray *
rank (TdmComparePage *self)
{
  return tdm_domain_rank (tdm_session_get_record (self->session),
                          tdm_session_get_models (self->session),
                          tdm_session_get_model (self->session));
}

static TdmWeightRule
get_rule (TdmComparePage *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rules); i++)
    if (gtk_check_button_get_active (self->rules[i]))
      return (TdmWeightRule)i;
  return TDM_WEIGHT_LIKELIHOOD;
}

static void
ask (TdmComparePage *self, TdmResult *result)
{
  TdmCompareInput *input = g_new0 (TdmCompareInput, 1);
  g_autoptr (GPtrArray) ranked = rank (self);

  g_clear_pointer (&self->asked, tdm_result_unref);
  self->asked = tdm_result_ref (result);
  self->asked_rule = get_rule (self);
  input->record = tdm_case_ref (result->record);
  input->models = tdm_compare_models (result->record, result->model, ranked);
  input->rule = self->asked_rule;
  input->options = *tdm_session_get_options (self->session);
  tdm_later_start (self->later, input, (GDestroyNotify)tdm_compare_input_free);
}

/* The models that are ticked, the case's own first. */
static GPtrArray *
ticked (TdmComparePage *self)
{
  GPtrArray *out = g_ptr_array_new ();
  TdmModel *own = tdm_session_get_model (self->session);

  g_ptr_array_add (out, own);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->models));
       child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      TdmModel *model = g_object_get_data (G_OBJECT (child), "model");
      if (model != own && gtk_check_button_get_active (GTK_CHECK_BUTTON (child)))
        g_ptr_array_add (out, model);
    }
  return out;
}

static void
ticked_cb (TdmComparePage *self)
{
  if (self->refreshing)
    return;
  g_autoptr (GPtrArray) models = ticked (self);
  g_autoptr (TdmCase) next =
      tdm_compare_choose (tdm_session_get_record (self->session), models, NULL);
  if (next != NULL)
    tdm_session_commit (self->session, next);
}

static void
add_model (TdmComparePage *self, const TdmDomain *domain, gboolean on)
{
  const TdmModelText *text = tdm_model_get_text (domain->model);
  const gboolean own = domain->model == tdm_session_get_model (self->session);
  g_autofree char *title =
      own ? g_strdup_printf ("%s: the case's own", text->title)
      : domain->obstacle != NULL
          ? g_strdup_printf ("%s: %s", text->title, domain->obstacle)
          : g_strdup (text->title);
  GtkWidget *check = gtk_check_button_new_with_label (title);
  GtkWidget *label = gtk_widget_get_last_child (check);

  if (GTK_IS_LABEL (label))
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_set_tooltip_text (check, title);
    }
  tdm_a11y_set_label (check, title);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), on);
  gtk_widget_set_sensitive (check, !own && (on || domain->obstacle == NULL));
  g_object_set_data_full (G_OBJECT (check), "model", tdm_model_ref (domain->model),
                          (GDestroyNotify)tdm_model_unref);
  g_signal_connect_object (check, "toggled", G_CALLBACK (ticked_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (self->models, check);
}

/* The list as it is, as long as it is of the same models: what has the focus keeps it.
 */
static gboolean
update_ticks (TdmComparePage *self, const GPtrArray *ranked, GPtrArray *chosen)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->models));
  guint n = 0;

  if (self->shown == NULL
      || g_strcmp0 (tdm_case_get_model (self->shown),
                    tdm_case_get_model (tdm_session_get_record (self->session)))
             != 0)
    return FALSE;
  for (; child != NULL; child = gtk_widget_get_next_sibling (child), n++)
    {
      TdmModel *model = g_object_get_data (G_OBJECT (child), "model");
      gtk_check_button_set_active (GTK_CHECK_BUTTON (child),
                                   g_ptr_array_find (chosen, model, NULL));
    }
  return n == ranked->len;
}

static void
refresh_models (TdmComparePage *self)
{
  TdmCase *record = tdm_session_get_record (self->session);
  TdmModel *model = tdm_session_get_model (self->session);

  gtk_widget_set_visible (self->choice, record != NULL && model != NULL);
  if (record == NULL || model == NULL || record == self->shown
      || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  g_autoptr (GPtrArray) ranked = rank (self);
  g_autoptr (GPtrArray) chosen = tdm_compare_models (record, model, ranked);
  self->refreshing = TRUE;
  if (!update_ticks (self, ranked, chosen))
    {
      tdm_box_clear (self->models);
      for (guint i = 0; i < ranked->len; i++)
        {
          const TdmDomain *domain = ranked->pdata[i];
          add_model (self, domain, g_ptr_array_find (chosen, domain->model, NULL));
        }
    }
  self->refreshing = FALSE;
  g_clear_pointer (&self->shown, tdm_case_unref);
  self->shown = tdm_case_ref (record);
}

static gboolean
is_asked (const TdmComparePage *self, const TdmResult *result, TdmWeightRule rule)
{
  return self->asked != NULL && self->asked->proposals == result->proposals
         && self->asked_rule == rule;
}

static void
published_cb (TdmComparePage *self)
{
  TdmResult *result = tdm_session_get_result (self->session);

  refresh_models (self);
  if (result == NULL)
    {
      g_clear_pointer (&self->asked, tdm_result_unref);
      tdm_later_forget (self->later);
    }
  else if (!tdm_session_is_current (self->session))
    {
      g_clear_pointer (&self->asked, tdm_result_unref);
      tdm_later_expire (self->later);
    }
  else if (!is_asked (self, result, get_rule (self))
           && gtk_widget_get_mapped (GTK_WIDGET (self)))
    ask (self, result);
}

static void
rule_cb (TdmComparePage *self)
{
  if (self->session != NULL)
    published_cb (self);
}

static void
show_found (TdmComparePage *self, const TdmComparison *comparison)
{
  const TdmAverage *average = comparison->average;
  g_autoptr (TdmScene) scene = tdm_scene_builder_build_average (average);
  g_autoptr (GPtrArray) members = tdm_compare_members (average);
  g_autoptr (GPtrArray) regimens = tdm_compare_regimens (average);
  g_autoptr (GPtrArray) variants = tdm_compare_variants (comparison->variants);

  tdm_plot_view_set_scene (self->plot, scene);
  gtk_widget_set_visible (GTK_WIDGET (self->plot), scene != NULL);
  tdm_box_clear (self->tables);
  tdm_box_add_heading (self->tables, "Each model");
  gtk_box_append (self->tables, tdm_text_table_new_words (members));
  tdm_box_add_heading (self->tables, "Regimens under all of them");
  gtk_box_append (self->tables, tdm_text_table_new (regimens));
  tdm_box_add_heading (self->tables, "The case's own model side by side");
  gtk_box_append (self->tables, tdm_text_table_new_words (variants));
}

static char *
status_text (TdmComparePage *self, const TdmComparison *comparison)
{
  const GError *error = tdm_later_get_error (self->later);

  if (tdm_later_is_computing (self->later))
    return g_strdup ("Comparing the models …");
  if (tdm_session_get_result (self->session) == NULL)
    return g_strdup ("There is no answer yet that could be compared.");
  if (!tdm_later_is_current (self->later))
    return g_strdup ("The record has changed: this comparison is out of date.");
  return comparison != NULL ? tdm_compare_sentence (comparison->average)
                            : g_strdup (error != NULL ? error->message : "");
}

static void
later_changed_cb (TdmComparePage *self)
{
  TdmComparison *comparison = tdm_later_get_output (self->later);
  gboolean current = tdm_later_is_current (self->later);
  g_autofree char *status = status_text (self, comparison);

  gtk_label_set_text (self->status, status);
  gtk_widget_set_visible (self->found, comparison != NULL);
  if (comparison != NULL && current)
    show_found (self, comparison);
  if (comparison == NULL)
    {
      tdm_plot_view_set_scene (self->plot, NULL);
      tdm_box_clear (self->tables);
    }
  if (current)
    gtk_widget_remove_css_class (self->found, "tdm-stale");
  else
    gtk_widget_add_css_class (self->found, "tdm-stale");
}

void
tdm_compare_page_set_session (TdmComparePage *self, TdmSession *session)
{
  self->session = g_object_ref (session);
  self->later = tdm_later_new (compute, (GDestroyNotify)tdm_comparison_free);
  g_signal_connect_object (self->later, "changed", G_CALLBACK (later_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "published", G_CALLBACK (published_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "record-changed", G_CALLBACK (refresh_models), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self, "map", G_CALLBACK (published_cb), self);
  published_cb (self);
}

const TdmComparison *
tdm_compare_page_get_comparison (TdmComparePage *self)
{
  TdmResult *result = tdm_session_get_result (self->session);

  return result != NULL && tdm_later_is_current (self->later) && self->asked != NULL
                 && self->asked->proposals == result->proposals
             ? tdm_later_get_output (self->later)
             : NULL;
}

static void
tdm_compare_page_dispose (GObject *object)
{
  TdmComparePage *self = TDM_COMPARE_PAGE (object);

  g_clear_object (&self->later);
  g_clear_object (&self->session);
  g_clear_pointer (&self->shown, tdm_case_unref);
  g_clear_pointer (&self->asked, tdm_result_unref);
  G_OBJECT_CLASS (tdm_compare_page_parent_class)->dispose (object);
}

static void
tdm_compare_page_class_init (TdmComparePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tdm_compare_page_dispose;
  g_type_ensure (TDM_TYPE_PLOT_VIEW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/titrate/Titrate/ui/compare-page.ui");
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, status);
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, found);
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, plot);
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, tables);
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, choice);
  gtk_widget_class_bind_template_child (widget_class, TdmComparePage, models);
  for (TdmWeightRule rule = 0; rule <= TDM_WEIGHT_EQUAL; rule++)
    {
      g_autofree char *id = g_strconcat ("rule_", tdm_weight_rule_name (rule), NULL);
      gtk_widget_class_bind_template_child_full (
          widget_class, id, FALSE,
          G_STRUCT_OFFSET (TdmComparePage, rules) + rule * sizeof (GtkCheckButton *));
    }
  gtk_widget_class_bind_template_callback (widget_class, rule_cb);
}

static void
tdm_compare_page_init (TdmComparePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  tdm_a11y_set_label (adw_bin_get_child (ADW_BIN (self)), "Models compared");
}
