/* What the files of this room know about a case and others do not. */
#pragma once

#include "record/case.h"

struct _TdmCase
{
  gatomicrefcount ref_count;
  char **models;    /* or NULL */
  char *start_text; /* or NULL */
  GDateTime *start; /* from start_text */
  TdmPatient patient;
  GPtrArray *covariates; /* of TdmCovariateEntry */
  GPtrArray *doses;      /* of TdmDoseEntry */
  GPtrArray *dialyses;   /* of TdmDialysisEntry */
  GPtrArray *levels;     /* of TdmLevelEntry */
  TdmTarget target;
  TdmCaseOptions options;
  TdmCaseWords words;
};

/* Takes the start from its text. */
gboolean tdm_case_resolve_start (TdmCase *self, GError **error);

/* Takes the hours of a moment written as text from that text, and checks that it is
 * within reach. `entry` and `field` make the place, "doses[2]" and "time". */
gboolean tdm_moment_resolve (TdmMoment *self, GDateTime *start, const char *entry,
                             const char *field, GError **error);

/* Same for sessions of dialysis. */
gboolean tdm_case_check_dialyses (TdmCase *self, GError **error);

/* Resolves all moments and checks all rules that need no model. `self` is not shared
 * yet. FALSE with an error naming the place. */
gboolean tdm_case_check (TdmCase *self, GError **error);
