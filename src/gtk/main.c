/* titrate: the window. */
#include <locale.h>
#include <stdlib.h>

#include "base/error.h"
#include "gtk/application.h"
#include "num/linalg.h"

static gboolean show_version, demo;
static char **paths;

static const GOptionEntry options[] = {
  { "version", 0, 0, G_OPTION_ARG_NONE, &show_version, "Print the version", NULL },
  { "demo", 0, 0, G_OPTION_ARG_NONE, &demo, "Open the teaching cases; nothing is kept",
    NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL,
    "[CASE.json …]" },
  { NULL }
};

static gboolean
parse_options (int *argc, char ***argv)
{
  g_autoptr (GOptionContext) context =
      g_option_context_new ("– from a drug level to a dose");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (context, options, NULL);
  if (g_option_context_parse (context, argc, argv, &error))
    return TRUE;
  g_printerr ("titrate: %s\nTry titrate --help.\n", error->message);
  return FALSE;
}

/* The application reads the files, so that a window that is open already gets them. */
static int
run (char *program)
{
  g_autoptr (TdmApplication) application = tdm_application_new (demo);
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  g_ptr_array_add (arguments, program);
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    g_ptr_array_add (arguments, paths[i]);
  int n = (int)arguments->len;
  g_ptr_array_add (arguments, NULL);
  return g_application_run (G_APPLICATION (application), n, (char **)arguments->pdata);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  tdm_num_init ();
  g_setenv ("OPENBLAS_NUM_THREADS", "1", FALSE);
  g_set_prgname ("org.titrate.Titrate");
  if (!parse_options (&argc, &argv))
    return TDM_ERROR_USAGE;
  if (show_version)
    {
      g_print ("titrate %s\n", TDM_VERSION);
      return EXIT_SUCCESS;
    }
  if (!gtk_init_check ())
    {
      g_printerr ("titrate: there is no display to open a window on. "
                  "titrate-cli answers the same questions without one.\n");
      return TDM_ERROR_SYSTEM;
    }
  return run (argv[0]);
}
