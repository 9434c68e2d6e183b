/* What the commands of titrate-cli share. */
#pragma once

#include "engine/result.h"

/* Options of one command line, after parsing. Strings are owned. */
typedef struct
{
  gboolean json;
  char *model;          /* --model ID|FILE, or NULL */
  char *output;         /* -o FILE, or NULL */
  char *from, *to, *by; /* --from, --to, --by, or NULL */
  char *draws, *seed;   /* or NULL */
  char *covariance;     /* "exact" (default) or "expected" */
  gboolean residual;    /* bands of the next measurement */
  char **arguments;     /* what is not an option */
} TdmCliOptions;

/* A command: prints its answer on standard output. Returns FALSE with an error;
 * `status` (0 at first) is what the program exits with when TRUE is returned. */
typedef gboolean (*TdmCliRun) (const TdmCliOptions *options, int *status,
                               GError **error);

typedef struct
{
  const char *name;
  const char *usage; /* "fit CASE [--model ID|FILE] …" */
  const char *summary;
  TdmCliRun run;
} TdmCliCommand;

gboolean tdm_cli_models (const TdmCliOptions *options, int *status, GError **error);
gboolean tdm_cli_fit (const TdmCliOptions *options, int *status, GError **error);
gboolean tdm_cli_predict (const TdmCliOptions *options, int *status, GError **error);
gboolean tdm_cli_propose (const TdmCliOptions *options, int *status, GError **error);

/* Reads the case (the only argument) and its model: --model, else the case's. */
gboolean tdm_cli_load (const TdmCliOptions *options, TdmCase **record, TdmModel **model,
                       GError **error);

/* Loads both and computes the result. Yours. */
TdmResult *tdm_cli_compute (const TdmCliOptions *options,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* --draws and --seed as numbers (0 when not given). */
gboolean tdm_cli_draws (const TdmCliOptions *options, TdmResultOptions *out,
                        GError **error);

/* Parses the number of option `name`; `fallback` when `text` is NULL. */
gboolean tdm_cli_number (const char *name, const char *text, double fallback,
                         double *out, GError **error);

/* The output file of plot and report; a usage error when it is missing. */
const char *tdm_cli_output_file (const TdmCliOptions *options, GError **error);

/* Prints `value` as JSON; takes the reference. */
struct json_t;
void tdm_cli_print_json (struct json_t *value);

/* Prints the notes, one a line: "stop", "check" or "info", then the sentence. */
void tdm_cli_print_notes (const GPtrArray *notes);

/* A number for a table: 4 significant digits, right-aligned in `width`. */
void tdm_cli_print_number (int width, double value);
