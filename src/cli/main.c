/* titrate-cli: the same engine as the window, for scripts, tests and machines without a
 * display. */
#include "base/error.h"
#include "cli/cli.h"
#include "num/linalg.h"

#include <locale.h>
#include <string.h>

static const TdmCliCommand commands[] = {
  { "models", "models [list | show ID | check [ID|FILE…]] [--json]",
    "list the models, show one, run their reference checks", tdm_cli_models },
  { "fit", "fit CASE [--model ID|FILE] [--covariance exact|expected] [--json]",
    "MAP estimate: effects, parameters, predictions, diagnostics", tdm_cli_fit },
  { "predict",
    "predict CASE [--from H] [--to H] [--by H] [--draws N] [--seed N] [--residual] "
    "[--json]",
    "concentrations on a grid, with percentiles", tdm_cli_predict },
  { "propose", "propose CASE [--draws N] [--seed N] [--json]",
    "regimens that can be given, ranked for the target", tdm_cli_propose },
};

static void
print_help (void)
{
  g_print (
      "Usage: titrate-cli COMMAND …\n\nBayesian dosing of one patient: a case file "
      "goes in, estimates and regimens come out.\nCASE is a case file, or - for "
      "standard input.\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_print ("  titrate-cli %s\n      %s\n", commands[i].usage, commands[i].summary);
  g_print (
      "\nExit status: 0 done, 1 no trustworthy answer, 2 wrong usage, 3 wrong input "
      "file, 4 system failure.\n");
}

static const TdmCliCommand *
find_command (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  return NULL;
}

static void
options_clear (TdmCliOptions *self)
{
  g_free (self->model);
  g_free (self->output);
  g_free (self->from);
  g_free (self->to);
  g_free (self->by);
  g_free (self->draws);
  g_free (self->seed);
  g_free (self->covariance);
  g_strfreev (self->arguments);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmCliOptions, options_clear)

static gboolean
parse_options (char ***argv, TdmCliOptions *o, GError **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &o->json, NULL, NULL },
    { "model", 'm', 0, G_OPTION_ARG_STRING, &o->model, NULL, NULL },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output, NULL, NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &o->from, NULL, NULL },
    { "to", 0, 0, G_OPTION_ARG_STRING, &o->to, NULL, NULL },
    { "by", 0, 0, G_OPTION_ARG_STRING, &o->by, NULL, NULL },
    { "draws", 0, 0, G_OPTION_ARG_STRING, &o->draws, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &o->seed, NULL, NULL },
    { "covariance", 0, 0, G_OPTION_ARG_STRING, &o->covariance, NULL, NULL },
    { "residual", 0, 0, G_OPTION_ARG_NONE, &o->residual, NULL, NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->arguments, NULL,
      NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_autoptr (GError) local = NULL;
  if (g_option_context_parse_strv (context, argv, &local))
    return TRUE;
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_USAGE, local->message);
  return FALSE;
}

static int
report_error (const TdmCliCommand *command, const GError *error)
{
  int status = tdm_error_exit_status (error);
  g_printerr ("titrate-cli: %s\n", error->message);
  if (status == TDM_ERROR_USAGE && command)
    g_printerr ("Usage: titrate-cli %s\n", command->usage);
  return status;
}

static int
run_command (const TdmCliCommand *command, char ***argv)
{
  g_auto (TdmCliOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  int status = 0;
  if (parse_options (argv, &options, &error)
      && command->run (&options, &status, &error))
    return status;
  return report_error (command, error);
}

/* TRUE when `name` stands among the arguments. */
static gboolean
has_flag (char **arguments, const char *name)
{
  for (; *arguments; arguments++)
    if (g_str_equal (*arguments, name))
      return TRUE;
  return FALSE;
}

int
main (int argc, char *argv[])
{
  g_auto (GStrv) arguments = NULL;
  setlocale (LC_ALL, "");
  tdm_num_init ();
  arguments = g_strdupv (argv);
  if (argc < 2)
    {
      print_help ();
      return TDM_ERROR_USAGE;
    }
  if (has_flag (arguments, "--version"))
    {
      g_print ("titrate-cli %s\n", TDM_VERSION);
      return 0;
    }
  if (has_flag (arguments, "--help") || has_flag (arguments, "-h")
      || g_str_equal (argv[1], "help"))
    {
      print_help ();
      return 0;
    }
  const TdmCliCommand *command = find_command (argv[1]);
  if (!command)
    {
      g_printerr ("titrate-cli: there is no command \"%s\"; see titrate-cli --help\n",
                  argv[1]);
      return TDM_ERROR_USAGE;
    }
  /* The command's name is no argument of it. */
  g_free (arguments[1]);
  memmove (arguments + 1, arguments + 2, (gsize)(argc - 1) * sizeof *arguments);
  return run_command (command, &arguments);
}
