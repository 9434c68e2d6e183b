/* What the commands of titrate-cli share. The command line is for scripts as much as
 * for people: it speaks English, and nothing it prints depends on the locale. */
#pragma once

#include "app/answer-templates.h"
#include "engine/result.h"

/* Options that not every command has. */
typedef enum
{
  TDM_CLI_MODEL = 1 << 0,      /* --model, --accept-altered */
  TDM_CLI_OUTPUT = 1 << 1,     /* -o, --output */
  TDM_CLI_GRID = 1 << 2,       /* --from, --to, --by */
  TDM_CLI_DRAWS = 1 << 3,      /* --draws */
  TDM_CLI_SEED = 1 << 4,       /* --seed */
  TDM_CLI_COVARIANCE = 1 << 5, /* --covariance */
  TDM_CLI_RESIDUAL = 1 << 6,   /* --residual */
  TDM_CLI_LOG = 1 << 7,        /* --log */
  TDM_CLI_OBJECTIVE = 1 << 8,  /* --objective */
  TDM_CLI_POSTERIOR = 1 << 9,  /* --posterior */
  TDM_CLI_FUTURE = 1 << 10,    /* --future-occasions */
  TDM_CLI_COMPARE = 1 << 11,   /* --models, --weights */
  TDM_CLI_IMPORT = 1 << 12,    /* --id, --covariates and the units of `models import` */
  TDM_CLI_SHOW = 1 << 13,      /* --show */
  TDM_CLI_TRIAL = 1 << 14,     /* --truth, --policy and the rest of `trial` */
  TDM_CLI_LANGUAGE = 1 << 15,  /* --language */
} TdmCliOptionSet;

/* Options of one command line, after parsing: as written, NULL where not given. Strings
 * are owned. */
typedef struct
{
  gboolean json;
  char *model;
  char *output; /* a file; of predict, the name of an output */
  char *show;   /* the name of an output */
  char *from, *to, *by;
  char *draws, *seed;
  char *covariance;
  char *objective;
  char *posterior;
  char *models, *weights;
  char *language;
  char *truth, *policy, *patients, *days, *levels, *interval, *target, *label;
  gboolean residual;
  gboolean future_occasions;
  gboolean log_scale;
  gboolean accept_altered;
  char *id, *dose_unit, *dv_unit, *time_unit, *covariates;
  char **arguments; /* what is not an option; never NULL */
} TdmCliOptions;

void tdm_cli_options_clear (TdmCliOptions *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TdmCliOptions, tdm_cli_options_clear)

/* Parses `argv`, what follows the command's name (NULL-terminated), of a command that
 * has
 * --json and the options `has`. FALSE with a TDM_ERROR_USAGE error. */
gboolean tdm_cli_options_parse (TdmCliOptions *self, TdmCliOptionSet has, char **argv,
                                GError **error);

/* What a command answers. It is printed only when the command returns TRUE, so that a
 * failure leaves nothing on standard output. */
typedef struct
{
  GString *text; /* for standard output, UTF-8 */
  int status;    /* the exit status, 0 at first */
  char *warning; /* for standard error, where the status is not 0; or NULL. Owned. */
} TdmCliAnswer;

/* A command. Returns FALSE with an error, which decides the exit status. */
typedef gboolean (*TdmCliRun) (const TdmCliOptions *options, TdmCliAnswer *answer,
                               GError **error);

typedef struct
{
  const char *name;
  const char *usage; /* "fit CASE [--model ID|FILE] …" */
  const char *summary;
  TdmCliOptionSet has;
  TdmCliRun run;
} TdmCliCommand;

gboolean tdm_cli_models (const TdmCliOptions *options, TdmCliAnswer *answer,
                         GError **error);
gboolean tdm_cli_fit (const TdmCliOptions *options, TdmCliAnswer *answer,
                      GError **error);
gboolean tdm_cli_predict (const TdmCliOptions *options, TdmCliAnswer *answer,
                          GError **error);
gboolean tdm_cli_propose (const TdmCliOptions *options, TdmCliAnswer *answer,
                          GError **error);
gboolean tdm_cli_sample (const TdmCliOptions *options, TdmCliAnswer *answer,
                         GError **error);
gboolean tdm_cli_robust (const TdmCliOptions *options, TdmCliAnswer *answer,
                         GError **error);
gboolean tdm_cli_plot (const TdmCliOptions *options, TdmCliAnswer *answer,
                       GError **error);
gboolean tdm_cli_report (const TdmCliOptions *options, TdmCliAnswer *answer,
                         GError **error);

gboolean tdm_cli_answer (const TdmCliOptions *options, TdmCliAnswer *answer,
                         GError **error);
/* --language, English when it is not given: nothing depends on the locale. */
gboolean tdm_cli_language (const TdmCliOptions *options, TdmLanguage *out,
                           GError **error);
gboolean tdm_cli_compare (const TdmCliOptions *options, TdmCliAnswer *answer,
                          GError **error);
gboolean tdm_cli_trial (const TdmCliOptions *options, TdmCliAnswer *answer,
                        GError **error);
gboolean tdm_cli_suggest (const TdmCliOptions *options, TdmCliAnswer *answer,
                          GError **error);

/* `models new` and `models lint`. */
gboolean tdm_cli_models_new (const TdmCliOptions *options, TdmCliAnswer *answer,
                             GError **error);
gboolean tdm_cli_models_lint (const TdmCliOptions *options, TdmCliAnswer *answer,
                              GError **error);

/* `models check`. */
gboolean tdm_cli_models_check (const TdmCliOptions *options, TdmCliAnswer *answer,
                               GError **error);

/* `models import`. */
gboolean tdm_cli_models_import (const TdmCliOptions *options, TdmCliAnswer *answer,
                                GError **error);

/* Sets a TDM_ERROR_USAGE error. Returns FALSE. */
gboolean tdm_cli_usage (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Reads the case (the only argument) and its model: --model, else the case's. */
gboolean tdm_cli_load (const TdmCliOptions *options, TdmCase **record, TdmModel **model,
                       GError **error);

/* --draws, --seed, --posterior and --residual; 0 draws when --draws is not given. */
gboolean tdm_cli_draws (const TdmCliOptions *options, TdmResultOptions *out,
                        GError **error);

/* Loads case and model and computes the result as `result_options` says. Yours. */
TdmResult *tdm_cli_compute (const TdmCliOptions *options,
                            const TdmResultOptions *result_options,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same with the current regimen chosen where none ranks before it: what the words
 * and the report propose. Yours. */
TdmResult *tdm_cli_compute_kept (const TdmCliOptions *options,
                                 const TdmResultOptions *result_options,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `name` (NULL = none) is an output of the model; else a usage error for the
 * option. */
gboolean tdm_cli_check_name (const char *option, const char *name,
                             const TdmModel *model, GError **error);

/* Parses the number of option `name`; `fallback` when `text` is NULL. */
gboolean tdm_cli_number (const char *name, const char *text, double fallback,
                         double *out, GError **error);

/* Whether --output is there and ends in one of `suffixes` (NULL-terminated, such as
 * ".pdf"); else a usage error. */
gboolean tdm_cli_check_output (const TdmCliOptions *options,
                               const char *const *suffixes, GError **error);

/* Answers that --output was written, and what is in it in words. */
void tdm_cli_answer_file (TdmCliAnswer *self, const TdmCliOptions *options,
                          const char *format, const char *summary);

/* The exit status and the warning of an answer from `fit`, which did not converge or
 * did; `withheld` (or NULL) is why there is no advice, where advice was asked for. */
void tdm_cli_answer_judge (TdmCliAnswer *self, const TdmFit *fit,
                           const TdmNote *withheld);
