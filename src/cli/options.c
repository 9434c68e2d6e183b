/* The options of a command line. Each command accepts those it has and no others. */
#include "cli/cli.h"

#include "base/error.h"

#include <string.h>

void
tdm_cli_options_clear (TdmCliOptions *self)
{
  g_free (self->model);
  g_free (self->output);
  g_free (self->show);
  g_free (self->from);
  g_free (self->to);
  g_free (self->by);
  g_free (self->draws);
  g_free (self->seed);
  g_free (self->covariance);
  g_free (self->objective);
  g_free (self->posterior);
  g_free (self->models);
  g_free (self->weights);
  g_free (self->language);
  g_free (self->truth);
  g_free (self->policy);
  g_free (self->patients);
  g_free (self->days);
  g_free (self->levels);
  g_free (self->interval);
  g_free (self->target);
  g_free (self->label);
  g_free (self->id);
  g_free (self->dose_unit);
  g_free (self->dv_unit);
  g_free (self->time_unit);
  g_free (self->covariates);
  g_strfreev (self->arguments);
}

gboolean
tdm_cli_usage (GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, TDM_ERROR, TDM_ERROR_USAGE, message);
  return FALSE;
}

/* One option: whose it is (0 = every command's) and where its value goes, which is
 * text, or a flag where `flag` is set. */
typedef struct
{
  const char *name;
  char letter; /* or 0 */
  TdmCliOptionSet whose;
  char **text;
  gboolean *flag;
} Option;

/* "--seed", or "--seed=3" with the value after the sign in `value`. */
static gboolean
matches (const Option *option, const char *argument, const char **value)
{
  *value = NULL;
  if (argument[0] == '-' && argument[1] != '-')
    return option->letter && argument[1] == option->letter && argument[2] == '\0';
  gsize n = strlen (option->name);
  if (strncmp (argument + 2, option->name, n) != 0)
    return FALSE;
  if (argument[2 + n] == '=')
    *value = argument + 2 + n + 1;
  return argument[2 + n] == '\0' || *value;
}

/* Takes the option at argv[*at]; its value may be the next argument. */
static gboolean
take_option (const Option *options, TdmCliOptionSet has, char **argv, guint *at,
             GError **error)
{
  const char *argument = argv[*at], *value;
  const Option *o = options;
  while (o->name && !(matches (o, argument, &value) && (!o->whose || (o->whose & has))))
    o++;
  if (!o->name)
    return tdm_cli_usage (error, "there is no option %s here", argument);
  if (o->flag ? *o->flag : *o->text != NULL)
    return tdm_cli_usage (error, "--%s is given twice", o->name);
  if (o->flag && value)
    return tdm_cli_usage (error, "--%s takes no value", o->name);
  if (o->flag)
    {
      *o->flag = TRUE;
      return TRUE;
    }
  if (!value)
    value = argv[*at + 1] ? argv[++*at] : NULL;
  if (!value || !*value)
    return tdm_cli_usage (error, "--%s needs a value", o->name);
  *o->text = g_strdup (value);
  return TRUE;
}

gboolean
tdm_cli_options_parse (TdmCliOptions *self, TdmCliOptionSet has, char **argv,
                       GError **error)
{
  const Option options[] = {
    { "json", 0, 0, NULL, &self->json },
    { "model", 'm', TDM_CLI_MODEL, &self->model, NULL },
    { "output", 'o', TDM_CLI_OUTPUT, &self->output, NULL },
    { "from", 0, TDM_CLI_GRID, &self->from, NULL },
    { "to", 0, TDM_CLI_GRID, &self->to, NULL },
    { "by", 0, TDM_CLI_GRID, &self->by, NULL },
    { "draws", 0, TDM_CLI_DRAWS, &self->draws, NULL },
    { "seed", 0, TDM_CLI_SEED, &self->seed, NULL },
    { "covariance", 0, TDM_CLI_COVARIANCE, &self->covariance, NULL },
    { "objective", 0, TDM_CLI_OBJECTIVE, &self->objective, NULL },
    { "posterior", 0, TDM_CLI_POSTERIOR, &self->posterior, NULL },
    { "models", 0, TDM_CLI_COMPARE, &self->models, NULL },
    { "weights", 0, TDM_CLI_COMPARE, &self->weights, NULL },
    { "language", 0, TDM_CLI_LANGUAGE, &self->language, NULL },
    { "truth", 0, TDM_CLI_TRIAL, &self->truth, NULL },
    { "policy", 0, TDM_CLI_TRIAL, &self->policy, NULL },
    { "patients", 0, TDM_CLI_TRIAL, &self->patients, NULL },
    { "days", 0, TDM_CLI_TRIAL, &self->days, NULL },
    { "interval", 0, TDM_CLI_TRIAL, &self->interval, NULL },
    { "levels", 0, TDM_CLI_TRIAL, &self->levels, NULL },
    { "target", 0, TDM_CLI_TRIAL, &self->target, NULL },
    { "label", 0, TDM_CLI_TRIAL, &self->label, NULL },
    { "residual", 0, TDM_CLI_RESIDUAL, NULL, &self->residual },
    { "accept-altered", 0, TDM_CLI_MODEL, NULL, &self->accept_altered },
    { "future-occasions", 0, TDM_CLI_FUTURE, NULL, &self->future_occasions },
    { "show", 0, TDM_CLI_SHOW, &self->show, NULL },
    { "log", 0, TDM_CLI_LOG, NULL, &self->log_scale },
    { "id", 0, TDM_CLI_IMPORT, &self->id, NULL },
    { "dose-unit", 0, TDM_CLI_IMPORT, &self->dose_unit, NULL },
    { "dv-unit", 0, TDM_CLI_IMPORT, &self->dv_unit, NULL },
    { "time-unit", 0, TDM_CLI_IMPORT, &self->time_unit, NULL },
    { "covariates", 0, TDM_CLI_IMPORT, &self->covariates, NULL },
    { NULL, 0, 0, NULL, NULL },
  };
  g_autoptr (GPtrArray) arguments = g_ptr_array_new_with_free_func (g_free);
  gboolean only_arguments = FALSE;
  for (guint i = 0; argv[i]; i++)
    if (only_arguments || argv[i][0] != '-' || argv[i][1] == '\0')
      g_ptr_array_add (arguments, g_strdup (argv[i]));
    else if (strcmp (argv[i], "--") == 0)
      only_arguments = TRUE;
    else if (!take_option (options, has, argv, &i, error))
      return FALSE;
  g_ptr_array_add (arguments, NULL);
  self->arguments = (char **)g_ptr_array_free (g_steal_pointer (&arguments), FALSE);
  return TRUE;
}
