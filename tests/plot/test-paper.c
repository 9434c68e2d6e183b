/* Files: the same bytes again, clear errors, and what a PDF says. */
#include "plot/plot.h"
#include "plot/report.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "demo-scene.h"
#include "demo-report.h"

typedef struct
{
  char *folder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("titrate-paper-XXXXXX", NULL);
  g_assert_nonnull (self->folder);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_free (self->folder);
}

static TdmPlot *
plot_new (void)
{
  TdmPlot *plot = tdm_plot_new ();
  g_autoptr (TdmScene) scene = demo_scene_trough ();
  tdm_plot_set_scene (plot, scene);
  return plot;
}

static char *
path_in (const Fixture *self, const char *name)
{
  return g_build_filename (self->folder, name, NULL);
}

static GBytes *
read_bytes (const char *path)
{
  char *data;
  gsize length;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, length);
}

static void
test_repeatable (Fixture *self, gconstpointer data)
{
  static const char *const suffixes[] = { ".svg", ".png", ".pdf", ".PDF" };
  static const char *const starts[] = { "<?xml", "\x89PNG", "%PDF-", "%PDF-" };
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      GBytes *bytes[2] = { NULL };
      g_autofree char *name = g_strconcat ("plot", suffixes[i], NULL);
      g_autofree char *path = path_in (self, name);
      for (guint k = 0; k < 2; k++)
        {
          g_autoptr (TdmPlot) plot = plot_new ();
          g_autoptr (GError) error = NULL;
          g_assert_true (tdm_plot_save (plot, path, &error));
          g_assert_no_error (error);
          bytes[k] = read_bytes (path);
        }
      g_assert_cmpuint (g_bytes_get_size (bytes[0]), >, 5000);
      g_assert_cmpint (
          memcmp (g_bytes_get_data (bytes[0], NULL), starts[i], strlen (starts[i])), ==,
          0);
      g_assert_true (g_bytes_equal (bytes[0], bytes[1]));
      g_bytes_unref (bytes[0]);
      g_bytes_unref (bytes[1]);
    }
}

static void
test_private (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmPlot) plot = plot_new ();
  g_autofree char *path = path_in (self, "plot.svg");
  GStatBuf status;
  g_assert_true (tdm_plot_save (plot, path, NULL));
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmPlot) plot = plot_new ();
  g_autoptr (GError) suffix = NULL;
  g_autofree char *jpeg = path_in (self, "plot.jpg");
  g_assert_false (tdm_plot_save (plot, jpeg, &suffix));
  g_assert_error (suffix, TDM_ERROR, TDM_ERROR_USAGE);
  g_assert_nonnull (strstr (suffix->message, ".svg"));
  g_assert_nonnull (strstr (suffix->message, ".png"));
  g_assert_nonnull (strstr (suffix->message, ".pdf"));
  g_assert_false (g_file_test (jpeg, G_FILE_TEST_EXISTS));

  g_autoptr (GError) missing = NULL;
  g_autofree char *nowhere = path_in (self, "no-such-folder/plot.svg");
  g_assert_false (tdm_plot_save (plot, nowhere, &missing));
  g_assert_error (missing, TDM_ERROR, TDM_ERROR_SYSTEM);
  g_assert_nonnull (strstr (missing->message, nowhere));

  g_autoptr (TdmReport) report = demo_report_new ();
  g_autoptr (GError) only = NULL;
  g_autofree char *svg = path_in (self, "report.svg");
  g_assert_false (tdm_report_save (report, svg, &only));
  g_assert_error (only, TDM_ERROR, TDM_ERROR_USAGE);
}

/* The text of a PDF, or NULL with the test skipped when there is no pdftotext. */
static char *
pdf_text (const char *path)
{
  g_autofree char *program = g_find_program_in_path ("pdftotext");
  char *text = NULL;
  if (program == NULL)
    {
      g_test_skip ("pdftotext (poppler-utils) is not installed");
      return NULL;
    }
  const char *argv[] = { program, "-layout", path, "-", NULL };
  g_autoptr (GError) error = NULL;
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &text, NULL,
                NULL, &error);
  g_assert_no_error (error);
  return text;
}

static guint
count (const char *text, const char *wanted)
{
  guint n = 0;
  for (const char *at = strstr (text, wanted); at != NULL; at = strstr (at + 1, wanted))
    n++;
  return n;
}

static void
test_report_one_page (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmReport) report = demo_report_new ();
  g_autofree char *path = path_in (self, "report.pdf");
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), ==, 1);
  /* A printer's units make no difference. */
  g_assert_cmpuint (tdm_report_n_pages (report, 2480.33, 3507.87), ==, 1);
  g_assert_true (tdm_report_save (report, path, NULL));
  g_autofree char *text = pdf_text (path);
  if (text == NULL)
    return;
  static const char *const texts[] = {
    "Teaching case 1", "TEACH-001",      "page 1 of 1",           "1250 mg every 12 h",
    "keep current",    "28 / 54 / 18 %", "drawn during infusion", "assumed",
    "Calculated by",   "Checked by",     "trained professionals"
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (strstr (text, texts[i]) == NULL)
      g_error ("the report does not say \"%s\"", texts[i]);
  g_assert_false (g_regex_match_simple ("\\d\\.\\d*0 mg ", text, 0, 0));
}

static void
test_report_flows (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmReport) report = demo_report_new ();
  g_autofree char *path = path_in (self, "long.pdf");
  for (guint i = 0; i < 90; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u.5 units", 1000 + i);
      const TdmReportInput input = { .time = (char *)"Mon 2 Mar 07:30",
                                     .what = (char *)"Level",
                                     .value = value };
      tdm_report_add_input (report, &input);
    }
  guint pages = tdm_report_n_pages (report, 595.28, 841.89);
  g_assert_cmpuint (pages, >=, 2);
  g_assert_true (tdm_report_save (report, path, NULL));
  g_autofree char *text = pdf_text (path);
  if (text == NULL)
    return;
  for (guint i = 0; i < 90; i++)
    {
      g_autofree char *value = g_strdup_printf ("%u.5 units", 1000 + i);
      g_assert_cmpuint (count (text, value), ==, 1);
    }
  g_assert_cmpuint (count (text, "Teaching case 1"), ==, pages);
  g_autofree char *last = g_strdup_printf ("page %u of %u", pages, pages);
  g_assert_cmpuint (count (text, last), ==, 1);
}

/* Edited words are printed as they are, line by line, with that they are edited and
 * what the program says now; units are not torn; a section has its table. */
static void
test_report_words (Fixture *self, gconstpointer data)
{
  static const char *const row[][4] = { { "Doubt", "Within", "Advice", NULL },
                                        { "the first level", "42 %", "the same",
                                          NULL } };
  g_autoptr (TdmReport) report = demo_report_new ();
  g_autofree char *path = path_in (self, "words.pdf");
  GString *words = g_string_new ("Proposed: hold it.\n\n");
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);
  for (guint i = 0; i < 40; i++)
    g_string_append_printf (words, "and AUC24 is %u mg·h/L, chance %u %% ", i, i);
  for (guint i = 0; i < G_N_ELEMENTS (row); i++)
    g_ptr_array_add (table, g_strdupv ((char **)(gpointer)row[i]));
  g_free (report->conclusion);
  report->conclusion = g_string_free (words, FALSE);
  report->edited = g_strdup ("Edited by hand on Tue 3 Mar.");
  report->unedited = g_strdup ("Proposed: 750 mg every 12 h.");
  tdm_report_add_section (report, "Would the advice change?", "Hardly.", table);
  g_assert_true (tdm_report_save (report, path, NULL));
  g_autofree char *text = pdf_text (path);
  if (text == NULL)
    return;
  static const char *const texts[] = {
    "Proposed: hold it.",       "Edited by hand on Tue 3 Mar.",
    "The program says now:",    "Proposed: 750 mg every 12 h.",
    "Would the advice change?", "Hardly.",
    "the first level",          "the same",
  };
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_assert_cmpuint (count (text, texts[i]), >=, 1);
  g_assert_cmpuint (count (text, "mg·h/L, chance"), >=, 35);
  g_assert_cmpuint (count (text, "mg·h/\n"), ==, 0);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *chance = g_strdup_printf ("%u %%", i);
      g_assert_cmpuint (count (text, chance), >=, 1);
    }
}

/* A remark longer than a page is broken, not cut. */
static void
test_report_endless_cell (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmReport) report = demo_report_new ();
  g_autoptr (GString) words = g_string_new (NULL);
  for (guint i = 0; i < 1500; i++)
    g_string_append_printf (words, "w%04u ", i);
  const TdmReportInput input = { .time = (char *)"–",
                                 .what = (char *)"Note",
                                 .value = words->str };
  tdm_report_add_input (report, &input);
  g_autofree char *path = path_in (self, "endless.pdf");
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), >=, 4);
  g_assert_true (tdm_report_save (report, path, NULL));
  g_autofree char *text = pdf_text (path);
  if (text == NULL)
    return;
  g_assert_cmpuint (count (text, "w0000"), ==, 1);
  g_assert_cmpuint (count (text, "w0777"), ==, 1);
  g_assert_cmpuint (count (text, "w1499"), ==, 1);
}

static void
test_report_empty (Fixture *self, gconstpointer data)
{
  g_autoptr (TdmReport) report = tdm_report_new ();
  g_autofree char *path = path_in (self, "empty.pdf");
  g_assert_cmpuint (tdm_report_n_pages (report, 595.28, 841.89), ==, 1);
  g_assert_true (tdm_report_save (report, path, NULL));
}

static void
test_report_repeatable (Fixture *self, gconstpointer data)
{
  g_autoptr (GBytes) first = NULL;
  g_autofree char *path = path_in (self, "report.pdf");
  for (guint k = 0; k < 2; k++)
    {
      g_autoptr (TdmReport) report = demo_report_new ();
      g_assert_true (tdm_report_save (report, path, NULL));
      g_autoptr (GBytes) bytes = read_bytes (path);
      if (first != NULL)
        g_assert_true (g_bytes_equal (first, bytes));
      else
        first = g_bytes_ref (bytes);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/plot/paper/repeatable", test_repeatable);
  ADD ("/plot/paper/private", test_private);
  ADD ("/plot/paper/errors", test_errors);
  ADD ("/plot/report/one-page", test_report_one_page);
  ADD ("/plot/report/flows", test_report_flows);
  ADD ("/plot/report/words", test_report_words);
  ADD ("/plot/report/endless-cell", test_report_endless_cell);
  ADD ("/plot/report/empty", test_report_empty);
  ADD ("/plot/report/repeatable", test_report_repeatable);
  return g_test_run ();
}
