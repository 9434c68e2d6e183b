/* A model file being written: what its parts share. */
#pragma once

#include "nonmem/translation.h"

/* A file being written. */
typedef struct
{
  const TdmTranslation *from;
  GString *out;
  const char **names; /* by node: what it is called, or NULL */
  gboolean *used;     /* by node: part of some parameter */
  char **etas;        /* by ETA, from 0: the name of the effect, or NULL */
  char **occasions;   /* the same of effects of occasions */
  gsize begin;        /* of the expression at hand */
  gboolean too_long;
  gboolean loose; /* units of expressions are not checked */
} TdmImportWriter;

/* A covariate on its way out. */
typedef struct
{
  const char *name, *unit;
  double low, high, middle;
  gboolean assumed;
} TdmImportCovariate;

/* The name of a covariate in the file: our expressions read "sex" as male or female, a
 * control stream has a number. */
const char *tdm_writer_covariate_name (const char *item);

/* All data items that parameters use are appended to `out`, with the ranges stated in
 * the options, or else ones that get narrower with `width`. FALSE with an error. */
gboolean tdm_writer_collect_covariates (const TdmImportWriter *self,
                                        const TdmImportOptions *options, guint width,
                                        GArray *out, GError **error);
void tdm_writer_write_covariate (TdmImportWriter *self, const TdmImportCovariate *c);
