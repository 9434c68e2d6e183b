#include "gtk/proposals-list.h"

#include "app/proposal-row.h"
#include "gtk/a11y.h"
#include "gtk/chance-bar.h"

/* Pixels for the current regimen and a few others. */
#define LEAST_HEIGHT 112

static const char keep_heading[] = "Keep current";
static const char change_heading[] = "Change to, best first";

struct _TdmProposalsList
{
  GtkWidget parent_instance;

  TdmSession *session;
  TdmProposals *shown; /* whose rows are built */
  TdmProposalRows rows;
  int shown_chosen; /* the rows hang on it unless all are shown */
  GtkWidget *header;
  GtkWidget *first; /* the heading of the first rows, and which rows there are */
  GtkWidget *list;
  GtkWidget *continuous;
  GtkSizeGroup *groups[TDM_COLUMN_N + 1]; /* the last: the bar */
};

G_DEFINE_FINAL_TYPE (TdmProposalsList, tdm_proposals_list, GTK_TYPE_WIDGET)

static void
add_cell (TdmProposalsList *self, GtkWidget *row, GtkWidget *cell, guint group)
{
  gtk_size_group_add_widget (self->groups[group], cell);
  gtk_box_append (GTK_BOX (row), cell);
}

static GtkWidget *
text_cell (const char *text, gboolean heading)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_RIGHT);
  gtk_label_set_yalign (GTK_LABEL (label), heading ? 1 : 0.5f);
  gtk_widget_add_css_class (label, heading ? "caption" : "numeric");
  if (heading)
    gtk_widget_add_css_class (label, "dim-label");
  return label;
}

static void
build_header (TdmProposalsList *self, const TdmResult *result)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->header)) != NULL)
    gtk_box_remove (GTK_BOX (self->header), child);
  for (guint column = 0; column < TDM_COLUMN_N; column++)
    {
      if (!tdm_proposal_has_column (result, column))
        continue;
      g_autofree char *title = tdm_proposal_heading (result, column);
      if (column == TDM_COLUMN_BELOW)
        add_cell (self, self->header, text_cell ("Chance to be", TRUE), TDM_COLUMN_N);
      add_cell (self, self->header, text_cell (title, TRUE), column);
    }
}

/* The row's cells; under them, over the whole width, what they do not say. */
static GtkWidget *
content_new (const TdmResult *result, guint index, GtkWidget *cells)
{
  g_autofree char *course = tdm_proposal_course (result, index);
  GtkWidget *box, *label;

  if (course == NULL)
    return cells;
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  label = gtk_label_new (course);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "tdm-course");
  gtk_box_append (GTK_BOX (box), cells);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
row_new (TdmProposalsList *self, const TdmResult *result, guint index)
{
  const TdmRegimen *regimen = g_ptr_array_index (result->proposals->regimens, index);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  g_autofree char *sentence = tdm_proposal_sentence (result, index);

  for (guint column = 0; column < TDM_COLUMN_N; column++)
    {
      if (!tdm_proposal_has_column (result, column))
        continue;
      g_autofree char *text = tdm_proposal_text (result, index, column);
      if (column == TDM_COLUMN_BELOW)
        add_cell (
            self, box,
            tdm_chance_bar_new (regimen->p_below, regimen->p_within, regimen->p_above),
            TDM_COLUMN_N);
      add_cell (self, box, text_cell (text, FALSE), column);
    }
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content_new (result, index, box));
  g_object_set_data (G_OBJECT (row), "index", GUINT_TO_POINTER (index));
  tdm_a11y_set_label (row, sentence);
  g_object_set_data (G_OBJECT (row), "current", GINT_TO_POINTER (regimen->is_current));
  return row;
}

static void
build_rows (TdmProposalsList *self, const TdmResult *result)
{
  GtkWidget *child;

  gboolean current = FALSE;

  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  build_header (self, result);
  /* What is given now comes first, whatever its rank: it is what the others are
   * compared with. */
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < result->proposals->regimens->len; i++)
      {
        const TdmRegimen *regimen = g_ptr_array_index (result->proposals->regimens, i);
        current |= regimen->is_current;
        if (regimen->is_current == (pass == 0)
            && tdm_proposal_is_shown (result, i, self->rows))
          gtk_list_box_append (GTK_LIST_BOX (self->list), row_new (self, result, i));
      }
  gtk_label_set_text (GTK_LABEL (self->first), current ? keep_heading : change_heading);
  g_autofree char *continuous = tdm_proposal_continuous (result);
  gtk_label_set_text (GTK_LABEL (self->continuous), continuous);
  gtk_widget_set_visible (self->continuous, continuous != NULL);
}

static int
index_of (GtkListBoxRow *row)
{
  return GPOINTER_TO_INT (g_object_get_data (G_OBJECT (row), "index"));
}

/* Enter or a click, never the mere passing of the cursor; once more takes it back. */
static void
activated_cb (TdmProposalsList *self, GtkListBoxRow *row)
{
  TdmResult *result = tdm_session_get_result (self->session);
  int index = index_of (row);

  if (result != NULL)
    tdm_session_choose (self->session, result->chosen_index == index ? -1 : index);
}

static void
show_chosen (TdmProposalsList *self, int chosen)
{
  GtkListBox *list = GTK_LIST_BOX (self->list);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (list, i)) != NULL; i++)
    {
      gboolean is_chosen = index_of (row) == chosen;
      if (is_chosen)
        gtk_widget_add_css_class (GTK_WIDGET (row), "tdm-chosen");
      else
        gtk_widget_remove_css_class (GTK_WIDGET (row), "tdm-chosen");
      gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED,
                                   is_chosen, -1);
    }
}

void
tdm_proposals_list_refresh (TdmProposalsList *self)
{
  TdmResult *result = tdm_session_get_result (self->session);
  gboolean some = result != NULL && result->proposals != NULL
                  && result->proposals->regimens->len > 0;

  gtk_widget_set_visible (GTK_WIDGET (self), some);
  if (!some || tdm_session_get_state (self->session) == TDM_SESSION_COMPUTING)
    return;
  if (self->shown != result->proposals
      || (self->rows != TDM_ROWS_ALL && self->shown_chosen != result->chosen_index))
    {
      self->shown_chosen = result->chosen_index;
      g_clear_pointer (&self->shown, tdm_proposals_unref);
      self->shown = tdm_proposals_ref (result->proposals);
      build_rows (self, result);
    }
  show_chosen (self, result->chosen_index);
}

void
tdm_proposals_list_set_session (TdmProposalsList *self, TdmSession *session)
{
  self->session = g_object_ref (session);
}

/* Two parts: what is given now, which stands above the list, and what could be given.
 */
static void
header_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  gboolean second = before != NULL
                    && g_object_get_data (G_OBJECT (before), "current") != NULL
                    && g_object_get_data (G_OBJECT (row), "current") == NULL;

  if (!second)
    gtk_list_box_row_set_header (row, NULL);
  else if (gtk_list_box_row_get_header (row) == NULL)
    {
      GtkWidget *label = gtk_label_new (change_heading);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "caption-heading");
      gtk_widget_add_css_class (label, "tdm-list-heading");
      gtk_list_box_row_set_header (row, label);
    }
}

/* The same regimens, more or fewer of them. */
static void
rows_cb (TdmProposalsList *self, GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  self->rows = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (button), "rows"));
  g_clear_pointer (&self->shown, tdm_proposals_unref);
  if (self->session != NULL)
    tdm_proposals_list_refresh (self);
}

static GtkWidget *
switch_new (TdmProposalsList *self)
{
  static const struct
  {
    TdmProposalRows rows;
    const char *label, *name;
  } choices[] = { { TDM_ROWS_BEST, "Best", "Show the best regimen" },
                  { TDM_ROWS_INTERVALS, "Each interval",
                    "Show the best regimen of each interval" },
                  { TDM_ROWS_ALL, "All", "Show all regimens" } };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *group = NULL;

  gtk_widget_add_css_class (box, "linked");
  for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (choices[i].label);
      g_object_set_data (G_OBJECT (button), "rows", GUINT_TO_POINTER (choices[i].rows));
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button),
                                   (GtkToggleButton *)group);
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                    choices[i].rows == self->rows);
      tdm_a11y_set_label (button, choices[i].name);
      gtk_widget_add_css_class (button, "tdm-more");
      g_signal_connect_swapped (button, "toggled", G_CALLBACK (rows_cb), self);
      gtk_box_append (GTK_BOX (box), button);
      group = button;
    }
  return box;
}

static GtkWidget *
heading_line_new (TdmProposalsList *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->first = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->first), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->first), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->first, TRUE);
  gtk_widget_add_css_class (self->first, "caption-heading");
  gtk_widget_add_css_class (self->first, "tdm-list-heading");
  gtk_box_append (GTK_BOX (line), self->first);
  gtk_box_append (GTK_BOX (line), switch_new (self));
  return line;
}

static void
tdm_proposals_list_dispose (GObject *object)
{
  TdmProposalsList *self = TDM_PROPOSALS_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  for (guint i = 0; i <= TDM_COLUMN_N; i++)
    g_clear_object (&self->groups[i]);
  g_clear_pointer (&self->shown, tdm_proposals_unref);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tdm_proposals_list_parent_class)->dispose (object);
}

static void
tdm_proposals_list_class_init (TdmProposalsListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tdm_proposals_list_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass),
                                            GTK_TYPE_BOX_LAYOUT);
}

/* With large text the columns are wider than the page: they move sideways together. */
static GtkWidget *
sideways_new (GtkWidget *header, GtkWidget *rows)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), rows);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  tdm_a11y_skip_scrolling (scrolled);
  return scrolled;
}

static void
tdm_proposals_list_init (TdmProposalsList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  for (guint i = 0; i <= TDM_COLUMN_N; i++)
    self->groups[i] = gtk_size_group_new (GTK_SIZE_GROUP_HORIZONTAL);
  self->header = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  gtk_widget_add_css_class (self->header, "tdm-proposals-header");
  self->list = gtk_list_box_new ();
  gtk_widget_add_css_class (self->list, "tdm-proposals");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_list_box_set_header_func (GTK_LIST_BOX (self->list), header_cb, NULL, NULL);
  tdm_a11y_set_label (self->list, "Regimens");
  g_signal_connect_swapped (self->list, "row-activated", G_CALLBACK (activated_cb),
                            self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->list);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled),
                                              LEAST_HEIGHT);
  gtk_widget_set_vexpand (scrolled, TRUE);
  self->continuous = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->continuous), 0);
  gtk_label_set_wrap (GTK_LABEL (self->continuous), TRUE);
  gtk_widget_add_css_class (self->continuous, "caption");
  gtk_widget_add_css_class (self->continuous, "dim-label");
  gtk_widget_add_css_class (self->continuous, "tdm-list-heading");
  gtk_widget_set_parent (heading_line_new (self), GTK_WIDGET (self));
  gtk_widget_set_parent (sideways_new (self->header, scrolled), GTK_WIDGET (self));
  gtk_widget_set_parent (self->continuous, GTK_WIDGET (self));
}
