#include "gtk/window-actions.h"

#include <string.h>

#include "app/report-builder.h"
#include "plot/report.h"
#include "record/case-file.h"

/* A report that takes longer says so. */
#define PATIENCE_MS 700

/* A file chooser that is answered later. */
typedef void (*Chosen) (TdmWindow *self, const char *path);

typedef struct
{
  TdmWindow *window;
  GtkFileChooserNative *chooser;
  Chosen chosen;
} Asking;

static void
response_cb (Asking *asking, int response)
{
  g_autoptr (GFile) file =
      gtk_file_chooser_get_file (GTK_FILE_CHOOSER (asking->chooser));
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path != NULL)
    asking->chosen (asking->window, path);
  g_object_unref (asking->chooser);
  g_object_unref (asking->window);
  g_free (asking);
}

/* Case files first; all files are a choice away. */
static void
add_filters (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) cases = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (cases, "Case files (.json)");
  gtk_file_filter_add_suffix (cases, "json");
  gtk_file_filter_set_name (all, "All files");
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, cases);
  gtk_file_chooser_add_filter (chooser, all);
}

/* `name` NULL: to open a file, else to save one under that name. */
static void
ask (TdmWindow *self, const char *title, const char *name, Chosen chosen)
{
  Asking *asking = g_new0 (Asking, 1);
  GtkFileChooserAction action =
      name != NULL ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN;

  asking->window = g_object_ref (self);
  asking->chosen = chosen;
  asking->chooser =
      gtk_file_chooser_native_new (title, GTK_WINDOW (self), action, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (asking->chooser), TRUE);
  if (name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (asking->chooser), name);
  else
    add_filters (GTK_FILE_CHOOSER (asking->chooser));
  g_signal_connect_swapped (asking->chooser, "response", G_CALLBACK (response_cb),
                            asking);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (asking->chooser));
}

static void
tell_error (TdmWindow *self, const char *heading, const GError *error)
{
  tdm_window_tell (self, heading, error->message);
}

/* No names of patients in names of files: the identifier only. */
static char *
file_name (TdmWindow *self, const char *suffix)
{
  TdmCase *record = tdm_session_get_record (tdm_window_get_session (self));
  const char *id = record != NULL ? tdm_case_get_patient (record)->id : NULL;
  g_autofree char *safe = g_strdup (id != NULL && id[0] != '\0' ? id : "case");

  g_strcanon (safe, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_", '-');
  return g_strdup_printf ("%s%s", safe, suffix);
}

static void
import_chosen (TdmWindow *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tdm_window_import (self, file);
}

void
tdm_window_ask_import (TdmWindow *self)
{
  ask (self, "Import a case", NULL, import_chosen);
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (TdmWindow) self = data;
  g_autoptr (GError) error = NULL;

  if (!tdm_store_export_finish (result, &error))
    tell_error (self, "The case was not exported", error);
  else
    tdm_window_toast (self, "Case exported");
}

/* Without a database the file is what keeps the case. */
static void
export_directly (TdmWindow *self, const char *path)
{
  TdmCase *record = tdm_session_get_record (tdm_window_get_session (self));
  g_autoptr (GError) error = NULL;

  if (record == NULL)
    return;
  if (!tdm_case_file_write (record, path, &error))
    tell_error (self, "The case was not exported", error);
  else
    tdm_window_toast (self, "Case exported");
}

static void
export_chosen (TdmWindow *self, const char *path)
{
  TdmSession *session = tdm_window_get_session (self);
  TdmStore *store = tdm_session_get_store (session);

  if (store != NULL)
    tdm_store_export_async (store, tdm_session_get_case_id (session), path, exported_cb,
                            g_object_ref (self));
  else
    export_directly (self, path);
}

void
tdm_window_ask_export (TdmWindow *self)
{
  g_autofree char *name = file_name (self, ".json");

  ask (self, "Export the case", name, export_chosen);
}

static void
plot_chosen (TdmWindow *self, const char *path)
{
  TdmPlotView *view = g_object_get_data (G_OBJECT (self), "plot-to-save");
  g_autoptr (GError) error = NULL;

  if (!tdm_plot_save (tdm_plot_view_get_plot (view), path, &error))
    tell_error (self, "The plot was not saved", error);
  else
    tdm_window_toast (self, "Plot saved");
}

void
tdm_window_ask_save_plot (TdmWindow *self, TdmPlotView *view)
{
  g_autofree char *name = file_name (self, "-plot.pdf");

  g_object_set_data (G_OBJECT (self), "plot-to-save", view);
  ask (self, "Save the plot (.pdf, .svg or .png)", name, plot_chosen);
}

/* A report whose last parts are computed before it is written. */
typedef struct
{
  TdmWindow *window;
  TdmResult *result;
  GPtrArray *models;
  char *path; /* NULL: to print */
  guint patience;
  AdwToast *toast; /* says that it takes a while, or NULL */
} Preparing;

static void
preparing_free (gpointer data)
{
  Preparing *preparing = data;

  g_clear_handle_id (&preparing->patience, g_source_remove);
  g_clear_object (&preparing->toast);
  g_clear_object (&preparing->window);
  tdm_result_unref (preparing->result);
  g_ptr_array_unref (preparing->models);
  g_free (preparing->path);
  g_free (preparing);
}

static gboolean
preparing_cb (gpointer data)
{
  Preparing *preparing = data;

  preparing->patience = 0;
  preparing->toast =
      tdm_window_toast_until (preparing->window, "Preparing the report …");
  return G_SOURCE_REMOVE;
}

/* In a worker thread. */
static void
prepare_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Preparing *preparing = data;
  GError *error = NULL;
  TdmReportExtras *extras =
      tdm_report_extras_new (preparing->result, preparing->models, cancellable, &error);

  if (extras != NULL)
    g_task_return_pointer (task, extras, (GDestroyNotify)tdm_report_extras_free);
  else
    g_task_return_error (task, error);
}

static void print_report (TdmWindow *self, TdmReport *report);

static void
save_report (TdmWindow *self, const TdmReport *report, const char *path)
{
  g_autoptr (GError) error = NULL;

  if (!tdm_report_save (report, path, &error))
    tell_error (self, "The report was not saved", error);
  else
    tdm_window_toast (self, "Report saved");
}

/* The record may have changed while the report was prepared: what is out of date is
 * never printed. */
static void
prepared_cb (GObject *source, GAsyncResult *async, gpointer data)
{
  Preparing *preparing = g_task_get_task_data (G_TASK (async));
  g_autoptr (TdmWindow) self = g_steal_pointer (&preparing->window);
  TdmSession *session = tdm_window_get_session (self);
  g_autoptr (TdmReportExtras) extras = g_task_propagate_pointer (G_TASK (async), NULL);
  const TdmReportSource report_source = { preparing->result,
                                          tdm_session_get_options (session), extras,
                                          tdm_window_get_comparison (self),
                                          tdm_answer_text_language () };

  g_clear_handle_id (&preparing->patience, g_source_remove);
  if (preparing->toast != NULL)
    adw_toast_dismiss (preparing->toast);
  g_clear_object (&preparing->toast);
  if (!tdm_session_is_current (session)
      || tdm_session_get_result (session) != preparing->result)
    {
      tdm_window_tell (self, "The report was not made",
                       "The answer has changed meanwhile. Ask for the report again.");
      return;
    }
  g_autoptr (TdmReport) report = tdm_report_builder_build (&report_source);
  if (preparing->path != NULL)
    save_report (self, report, preparing->path);
  else
    print_report (self, g_steal_pointer (&report));
}

/* Makes the report of the result on the screen: to `path`, or to print. */
static void
make_report (TdmWindow *self, const char *path)
{
  TdmSession *session = tdm_window_get_session (self);

  tdm_window_finish_words (self);
  if (!tdm_session_is_current (session))
    {
      tdm_window_tell (self, "The report was not made",
                       "The answer is out of date. Enter what is being typed first.");
      return;
    }
  Preparing *preparing = g_new0 (Preparing, 1);
  preparing->window = g_object_ref (self);
  preparing->result = tdm_result_ref (tdm_session_get_result (session));
  preparing->models = g_ptr_array_ref (tdm_session_get_models (session));
  preparing->path = g_strdup (path);
  preparing->patience = g_timeout_add (PATIENCE_MS, preparing_cb, preparing);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, prepared_cb, NULL);
  g_task_set_task_data (task, preparing, preparing_free);
  g_task_run_in_thread (task, prepare_cb);
}

static void
report_chosen (TdmWindow *self, const char *path)
{
  make_report (self, path);
}

void
tdm_window_ask_save_report (TdmWindow *self)
{
  g_autofree char *name = file_name (self, "-report.pdf");

  ask (self, "Save the report as PDF", name, report_chosen);
}

static void
begin_print_cb (GtkPrintOperation *operation, GtkPrintContext *context,
                TdmReport *report)
{
  guint pages = tdm_report_n_pages (report, gtk_print_context_get_width (context),
                                    gtk_print_context_get_height (context));

  gtk_print_operation_set_n_pages (operation, (int)pages);
}

static void
draw_page_cb (GtkPrintOperation *operation, GtkPrintContext *context, int page,
              TdmReport *report)
{
  tdm_report_draw_page (report, gtk_print_context_get_cairo_context (context),
                        gtk_print_context_get_width (context),
                        gtk_print_context_get_height (context), (guint)page);
}

static void
forget_report (gpointer data, GClosure *closure)
{
  tdm_report_free (data);
}

/* Takes the report. */
static void
print_report (TdmWindow *self, TdmReport *report)
{
  g_autoptr (GtkPrintOperation) operation = gtk_print_operation_new ();
  g_autoptr (GError) error = NULL;

  gtk_print_operation_set_job_name (operation, "Titrate report");
  gtk_print_operation_set_unit (operation, GTK_UNIT_POINTS);
  g_signal_connect_data (operation, "begin-print", G_CALLBACK (begin_print_cb), report,
                         forget_report, 0);
  g_signal_connect (operation, "draw-page", G_CALLBACK (draw_page_cb), report);
  if (gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_PRINT_DIALOG,
                               GTK_WINDOW (self), &error)
      == GTK_PRINT_OPERATION_RESULT_ERROR)
    tell_error (self, "The report was not printed", error);
}

void
tdm_window_print (TdmWindow *self)
{
  make_report (self, NULL);
}

void
tdm_window_show_about (TdmWindow *self)
{
  adw_show_about_window (
      GTK_WINDOW (self), "application-name", "Titrate", "application-icon",
      "org.titrate.Titrate", "version", TDM_VERSION, "license-type",
      GTK_LICENSE_GPL_3_0, "comments",
      "From a drug level to a dose: Bayesian dosing at the bedside, offline.\n\nThe "
      "program advises people who are trained to prescribe. It is not a certified "
      "medical device, and what is given remains their decision.",
      NULL);
}
