/* titrate-cli: the same engine as the window, for scripts, tests and machines without a
 * display. */
#include "base/error.h"
#include "cli/cli.h"
#include "model/trust.h"
#include "num/linalg.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const TdmCliCommand commands[] = {
  { "models",
    "models [list | show ID|FILE | check [ID|FILE…] [-o FILE.pdf] | accept ID|FILE | "
    "new ID | lint FILE | "
    "import RUN.ctl "
    "[-o ID.model] "
    "[--id ID] [--dose-unit U] [--dv-unit U] [--time-unit U] [--covariates LIST]] "
    "[--json]",
    "list the models, show one, run their reference checks, import a NONMEM control "
    "stream",
    TDM_CLI_OUTPUT | TDM_CLI_IMPORT, tdm_cli_models },
  { "fit",
    "fit CASE|DATA.csv [--model ID|FILE] [--accept-altered] [--covariance "
    "exact|expected] "
    "[--objective fo|foce|focei|laplace|linear|imp [--draws N]] [--seed N] "
    "[--posterior auto|laplace|importance|hmc] [--json]",
    "MAP estimate: effects, parameters, predictions, diagnostics",
    TDM_CLI_MODEL | TDM_CLI_COVARIANCE | TDM_CLI_OBJECTIVE | TDM_CLI_DRAWS
        | TDM_CLI_SEED | TDM_CLI_POSTERIOR,
    tdm_cli_fit },
  { "predict",
    "predict CASE|DATA.csv [--model ID|FILE] [--accept-altered] [--output NAME] "
    "[--from H] [--to H] [--by H] [--draws N] [--seed N] "
    "[--posterior auto|laplace|importance|hmc] [--residual] [--json]",
    "concentrations (or another output of the model) on a grid, with percentiles",
    TDM_CLI_MODEL | TDM_CLI_OUTPUT | TDM_CLI_GRID | TDM_CLI_DRAWS | TDM_CLI_SEED
        | TDM_CLI_RESIDUAL | TDM_CLI_POSTERIOR,
    tdm_cli_predict },
  { "propose",
    "propose CASE [--model ID|FILE] [--accept-altered] [--draws N] [--seed N] "
    "[--posterior auto|laplace|importance|hmc] [--future-occasions] [--json]",
    "regimens that can be given, ranked for the target",
    TDM_CLI_MODEL | TDM_CLI_DRAWS | TDM_CLI_SEED | TDM_CLI_POSTERIOR | TDM_CLI_FUTURE,
    tdm_cli_propose },
  { "sample",
    "sample CASE [--model ID|FILE] [--accept-altered] [--draws N] [--seed N] "
    "[--posterior auto|laplace|importance|hmc] [--json]",
    "when to draw the next level",
    TDM_CLI_MODEL | TDM_CLI_DRAWS | TDM_CLI_SEED | TDM_CLI_POSTERIOR, tdm_cli_sample },
  { "answer",
    "answer CASE [--language en|de] [--model ID|FILE] [--accept-altered] [--draws N] "
    "[--seed N] [--posterior auto|laplace|importance|hmc] [--json]",
    "the answer in words, as the report says it",
    TDM_CLI_MODEL | TDM_CLI_DRAWS | TDM_CLI_SEED | TDM_CLI_POSTERIOR | TDM_CLI_LANGUAGE,
    tdm_cli_answer },
  { "robust",
    "robust CASE [--model ID|FILE] [--accept-altered] [--draws N] [--seed N] [--json]",
    "would the advice change, were a level, a time, the prior or the model otherwise?",
    TDM_CLI_MODEL | TDM_CLI_DRAWS | TDM_CLI_SEED, tdm_cli_robust },
  { "plot",
    "plot CASE -o FILE.svg|.png|.pdf [--model ID|FILE] [--accept-altered] "
    "[--show OUTPUT] [--draws N] [--seed N] "
    "[--posterior auto|laplace|importance|hmc] [--residual] [--log] [--json]",
    "the concentration plot as a file",
    TDM_CLI_MODEL | TDM_CLI_OUTPUT | TDM_CLI_DRAWS | TDM_CLI_SEED | TDM_CLI_RESIDUAL
        | TDM_CLI_LOG | TDM_CLI_POSTERIOR | TDM_CLI_SHOW,
    tdm_cli_plot },
  { "report",
    "report CASE -o FILE.pdf [--language en|de] [--model ID|FILE] [--accept-altered] "
    "[--draws N] [--seed N] [--json]",
    "the report for the chart",
    TDM_CLI_MODEL | TDM_CLI_OUTPUT | TDM_CLI_DRAWS | TDM_CLI_SEED | TDM_CLI_POSTERIOR
        | TDM_CLI_LANGUAGE,
    tdm_cli_report },
  { "compare",
    "compare CASE [--models ID,ID…] [--weights likelihood|aic|prediction|equal] "
    "[--model ID|FILE] [--draws N] [--seed N] [--json]",
    "several models of the drug side by side, and their average",
    TDM_CLI_MODEL | TDM_CLI_COMPARE | TDM_CLI_DRAWS | TDM_CLI_SEED, tdm_cli_compare },
  { "trial",
    "trial --truth ID|FILE [--policy label,same,other:ID,average[:ID+ID]] "
    "[--patients N] [--days D] [--levels \"HOURS\"] [--interval \"HOURS\"] [--target "
    "\"NAME|METRIC LOW HIGH "
    "UNIT\"] [--label \"15 mg/kg every 12 h over 1 h\"] [--draws N] [--seed N] "
    "[-o FILE.svg|.png|.pdf] [--json]",
    "virtual patients dosed by rules and by this program: who is within the target",
    TDM_CLI_TRIAL | TDM_CLI_OUTPUT | TDM_CLI_DRAWS | TDM_CLI_SEED, tdm_cli_trial },
  { "suggest", "suggest CASE [--model ID|FILE] [--json]",
    "the drug's models, those first whose people are nearest to the patient",
    TDM_CLI_MODEL, tdm_cli_suggest },
};

static void
append_help (GString *out)
{
  g_string_append (
      out, "Usage: titrate-cli COMMAND …\n\nBayesian dosing of one patient: a case "
           "file goes in, estimates and regimens come out.\nCASE is a case file, or - "
           "for standard input; DATA.csv is NONMEM-style data of many subjects.\n\n");
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    g_string_append_printf (out, "  titrate-cli %s\n      %s\n", commands[i].usage,
                            commands[i].summary);
  g_string_append (
      out,
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

/* One line on standard error. A message may quote a file name with line breaks. The C
 * library's streams are used throughout: GLib's printing converts to the locale's
 * character set. */
static void
print_error (const char *message)
{
  g_autofree char *line = g_strdup (message);
  for (char *p = line; *p; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  fprintf (stderr, "titrate-cli: %s\n", line);
}

/* Writes an answer out; the exit status is 4 when it cannot be. */
static int
print_answer (const GString *text, int status)
{
  if (fwrite (text->str, 1, text->len, stdout) == text->len && fflush (stdout) == 0)
    return status;
  g_autofree char *message =
      g_strdup_printf ("standard output: %s", g_strerror (errno));
  print_error (message);
  return TDM_ERROR_SYSTEM;
}

static int
run_command (const TdmCliCommand *command, char **argv)
{
  g_auto (TdmCliOptions) options = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  TdmCliAnswer answer = { .text = text };
  int status;
  gboolean parsed = tdm_cli_options_parse (&options, command->has, argv, &error);
  if (options.accept_altered)
    tdm_trust_accept_once ();
  if (parsed && command->run (&options, &answer, &error))
    {
      status = print_answer (text, answer.status);
      if (answer.warning)
        print_error (answer.warning);
      g_free (answer.warning);
      return status;
    }
  status = tdm_error_exit_status (error);
  print_error (error->message);
  if (status == TDM_ERROR_USAGE)
    fprintf (stderr, "Usage: titrate-cli %s\n", command->usage);
  return status;
}

/* TRUE when help is asked for before the "--" that ends the options. */
static gboolean
wants_help (char **argv)
{
  for (; *argv && !g_str_equal (*argv, "--"); argv++)
    if (g_str_equal (*argv, "--help") || g_str_equal (*argv, "-h"))
      return TRUE;
  return FALSE;
}

static int
print_usage_error (const char *message)
{
  print_error (message);
  fprintf (stderr, "Usage: titrate-cli COMMAND …; see titrate-cli --help\n");
  return TDM_ERROR_USAGE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GString) text = g_string_new (NULL);
  /* No setlocale: numbers and messages are those of the C locale; and model files give
   * their original texts, not translations. */
  g_setenv ("LANGUAGE", "C", TRUE);
  tdm_num_init ();
  if (argc < 2)
    return print_usage_error ("a command is needed");
  if (g_str_equal (argv[1], "--version"))
    {
      g_string_printf (text, "titrate-cli %s\n", TDM_VERSION);
      return print_answer (text, 0);
    }
  if (g_str_equal (argv[1], "help") || wants_help (argv + 1))
    {
      append_help (text);
      return print_answer (text, 0);
    }
  const TdmCliCommand *command = find_command (argv[1]);
  if (command)
    return run_command (command, argv + 2);
  g_autofree char *message = g_strdup_printf ("there is no command \"%s\"", argv[1]);
  return print_usage_error (message);
}
