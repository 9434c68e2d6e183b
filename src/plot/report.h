/* The report for the chart: one A4 page when the case is a usual one, more when it is
 * long. Strings and arrays only: `app` writes the words. */
#pragma once

#include <cairo.h>

#include "plot/scene.h"

/* A row of the table of regimens. All texts may be NULL. */
typedef struct
{
  char *regimen;                       /* "1250 mg every 12 h, infused over 1.5 h" */
  char *remark;                        /* "keep current", "chosen" */
  char *trough, *peak, *auc24, *daily; /* "15.3 (11.2–19)" */
  double below, within, above;         /* probabilities; all 0 = not known */
  gboolean strong;                     /* the chosen one */
  char *alarm;                         /* "alarm above 600: 16 %" */
} TdmReportOption;

/* A row of the table of inputs. */
typedef struct
{
  char *time;   /* "Sun 1 Mar 08:00" */
  char *what;   /* "Dose", "Level", "Creatinine" */
  char *value;  /* "1000 mg over 1 h" */
  char *remark; /* "assumed", "left out: drawn during infusion", "53 h old" or NULL */
  gboolean strong; /* the remark matters: bold */
} TdmReportInput;

/* Something that was looked at beside the regimens: a sentence or two and a table. */
typedef struct
{
  char *heading, *text; /* the text may be NULL */
  GPtrArray *table;     /* char **: rows, the first one the headings; or NULL. Owned. */
} TdmReportSection;

/* Plain struct; strings are owned by it, NULL where there is nothing to say. */
typedef struct
{
  char *title; /* "Vancomycin dosing report" */
  char *patient_name, *patient_id;
  GPtrArray *identity;    /* char*: birth date, sex, when … */
  char *conclusion;       /* in plain words, lines of their own */
  char *edited;           /* that and when a user has edited them, or NULL */
  char *unedited;         /* what they would say now, where they may be out of date */
  GPtrArray *warnings;    /* char*: most severe first */
  TdmScene *scene;        /* or NULL */
  char *unit, *area_unit; /* of the table of options */
  char *metric_title;     /* what its third range is of; NULL = AUC24 */
  GPtrArray *options;     /* TdmReportOption* */
  char *options_note;     /* why there are none, or that none reaches the target */
  GPtrArray *sections;    /* TdmReportSection* */
  GPtrArray *inputs;      /* TdmReportInput* */
  GPtrArray *fit;         /* char*: quality of the fit in words */
  GPtrArray *model;       /* char*: model, population, limits, reference, hash */
  char *footer;           /* model and its hash, input hash, program version */
  char *calculated_by, *checked_by; /* NULL = a line to sign on */
  char *intended_use;
  char *date; /* ISO 8601, of the PDF; NULL = a fixed one */
} TdmReport;

/* Empty, with empty arrays that own what is put into them. */
TdmReport *tdm_report_new (void) G_GNUC_WARN_UNUSED_RESULT;
void tdm_report_free (TdmReport *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmReport, tdm_report_free)

/* Copies. */
void tdm_report_add_option (TdmReport *self, const TdmReportOption *option);
void tdm_report_add_input (TdmReport *self, const TdmReportInput *input);
/* Takes `table` (or NULL). */
void tdm_report_add_section (TdmReport *self, const char *heading, const char *text,
                             GPtrArray *table);

/* Number of pages on paper of this shape (any unit; A4 is 595.28 x 841.89 points). */
guint tdm_report_n_pages (const TdmReport *self, double width, double height);
/* Draws page `page` (0-based) onto `width` x `height` of `cr`, for printing and for
 * preview. */
void tdm_report_draw_page (const TdmReport *self, cairo_t *cr, double width,
                           double height, guint page);
/* Writes FILE.pdf, A4; a TDM_ERROR_USAGE for another suffix. */
gboolean tdm_report_save (const TdmReport *self, const char *path,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
