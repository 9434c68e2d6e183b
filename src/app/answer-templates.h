/* What the answer in words is put together from, in each language. */
#pragma once

#include "record/case.h"

typedef enum
{
  TDM_LANGUAGE_ENGLISH,
  TDM_LANGUAGE_GERMAN,
} TdmLanguage;

#define TDM_LANGUAGE_N (TDM_LANGUAGE_GERMAN + 1)

/* Sentences with their places for text: every %s takes words, in the order told. */
typedef struct
{
  const char *code; /* "en": as in LANGUAGE and in JSON */
  /* What was found. */
  const char *found, *unfounded, *no_level;
  const char *clearance_typical, *clearance_below, *clearance_above; /* percent */
  const char *subpopulation;                                         /* name, chance */
  const char *judged;   /* metric, value, when, side */
  const char *sides[3]; /* window */
  const char *steady, *over_span, *at_time;
  const char *not_judged, *no_regimen;
  /* What is proposed. */
  const char *proposed;         /* regimen */
  const char *kept;             /* regimen */
  const char *expected;         /* metric, value, low, high */
  const char *chances;          /* within, below, above */
  const char *current_as_good;  /* its chance within */
  const char *nothing_proposed; /* reason */
  const char *none_reaches;
  /* What to watch. */
  const char *watch, *watch_above, *watch_below; /* chance */
  const char *watch_alarm_high, *watch_alarm_low;
  const char *more, *nothing_to_watch;
  /* When to measure again. */
  const char *next_level;   /* when, metric without its article, percent */
  const char *articles[3];  /* that are left out there, NULL = none */
  const char *next_idle;    /* the best time tells next to nothing */
  const char *next_settled; /* no time was found */
  const char *next_withheld;
  const char *earlier;
  /* Regimens and numbers. */
  /* Of a regimen; NULL in English, which engine/words.h speaks. */
  const char *every, *infused, *loading, *held, *step, *weeks, *week, *no_dose;
  const char *hours, *minutes;
  const char *at_most, *at_least, *never;
  const char *metrics[TDM_METRIC_LAST + 1]; /* "the trough" */
  const char *days[8], *months[13];         /* from 1 */
  const char *moment_h;                     /* hours, with their unit */
  const char *moment;                       /* day, its number, month, time */
} TdmAnswerTemplates;

/* Static. */
const TdmAnswerTemplates *tdm_answer_templates (TdmLanguage language);

/* What a note of this code says, about entry `place` ("levels[1]") or NULL; NULL where
 * there is no such sentence in this language. Yours. */
char *tdm_answer_note (TdmLanguage language, const char *code,
                       const char *place) G_GNUC_WARN_UNUSED_RESULT;
