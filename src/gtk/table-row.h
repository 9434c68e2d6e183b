/* The widgets of one row of a table. Plain struct; the widgets belong to the grid. */
#pragma once

#include "gtk/field.h"
#include "gtk/remark.h"
#include "gtk/unit-button.h"

#define TDM_ROW_MAX_FIELDS 5

typedef struct
{
  char *kind; /* what the row was built for; another kind is built anew */
  TdmForm *form;
  TdmSection section;
  guint row;
  GtkWidget *title; /* covariates: the name, and under it the echo */
  GtkWidget *echo;
  GtkWidget *use;    /* levels: fitted or only shown */
  GtkWidget *output; /* levels, where the model has several: which; or NULL */
  GtkWidget *choice; /* yes or no, or a category; or NULL */
  GtkWidget *fields[TDM_ROW_MAX_FIELDS];
  guint n_fields;
  GtkWidget *interval; /* of a time known as two: words and fields; or NULL */
  GtkWidget *ends[2];  /* its fields; the second NULL for a level */
  GtkWidget *unit;
  GtkWidget *menu;
  GtkWidget *remark;
  gboolean refreshing;
} TdmTableRow;

/* What the row is of: rows of another kind have other widgets. Yours. */
char *tdm_table_row_kind (TdmForm *form, TdmSection section,
                          guint row) G_GNUC_WARN_UNUSED_RESULT;

/* Builds the widgets of a row into `grid`, its lines at 3 row + 1 and the two
 * after it. */
TdmTableRow *tdm_table_row_new (TdmForm *form, TdmSection section, guint row,
                                GtkGrid *grid) G_GNUC_WARN_UNUSED_RESULT;
/* Removes the widgets from the grid and frees the row. */
void tdm_table_row_free (TdmTableRow *self);
void tdm_table_row_refresh (TdmTableRow *self);

/* Whether doses of the present model can take a time to run in. */
gboolean tdm_table_has_infusion (TdmForm *form);

/* Whether levels of the present model can be of several things. */
gboolean tdm_table_has_outputs (TdmForm *form);

/* Titles of the columns over a section's fields, NULL where none: n = 6. */
const char *const *tdm_table_headings (TdmSection section);
