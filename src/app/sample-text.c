#include "app/sample-text.h"

#include "app/fit-text.h"
#include "app/moment-text.h"
#include "app/proposal-row.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/unit.h"
#include "engine/words.h"

#include <math.h>

/* Rows beside the best ones. */
#define BETWEEN 4

/* "Wed 4 Mar 07:30", or hours without a clock. */
static char *
when_text (const TdmResult *result, double time_h)
{
  GDateTime *start = tdm_case_get_start (result->record);

  if (start == NULL)
    return tdm_sample_text_time (result, time_h);
  g_autoptr (GDateTime) at = tdm_clock_add_hours (start, time_h);
  return tdm_clock_display (at);
}

char *
tdm_sample_text_time (const TdmResult *result, double time_h)
{
  const TdmMoment moment = { time_h, NULL };

  return tdm_moment_format_people (&moment, tdm_case_get_start (result->record));
}

char *
tdm_sample_text_sentence (const TdmResult *result, const TdmNextSample *sample)
{
  const TdmSampleTime *best = &sample->times[sample->best];
  const TdmSampleTime *choice = &sample->times[sample->best_choice];
  g_autofree char *when = when_text (result, best->time_h);
  g_autofree char *other = when_text (result, choice->time_h);
  g_autofree char *now = tdm_percent_text (sample->p_wrong_now);
  g_autofree char *then = tdm_percent_text (choice->p_wrong);
  g_autofree char *narrower =
      tdm_percent_text (1 - sqrt (1 - MIN (best->reduction, 1)));
  g_autofree char *at = sample->best == sample->best_choice
                            ? g_strdup ("it")
                            : g_strdup_printf ("a level on %s", other);

  if (choice->p_wrong >= sample->p_wrong_now - 0.005)
    return g_strdup_printf ("A level on %s would tell most: what is uncertain about %s "
                            "is expected to be %s narrower. It is not expected to "
                            "change which regimen is best.",
                            when, tdm_words_metric (sample->metric), narrower);
  return g_strdup_printf (
      "A level on %s would tell most: what is uncertain about %s is expected to be %s "
      "narrower. After %s the chance to miss the window falls from %s to %s.",
      when, tdm_words_metric (sample->metric), narrower, at, now, then);
}

GArray *
tdm_sample_text_picks (const TdmNextSample *sample)
{
  GArray *picks = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < sample->n; i++)
    {
      gboolean picked = i == sample->best || i == sample->best_choice;
      for (guint k = 0; k < BETWEEN; k++)
        picked |= i == k * (sample->n - 1) / (BETWEEN - 1);
      if (picked)
        g_array_append_val (picks, i);
    }
  return picks;
}

static const char *
remark (const TdmNextSample *sample, guint i)
{
  if (i == sample->best && i == sample->best_choice)
    return "best";
  if (i == sample->best)
    return "tells most";
  return i == sample->best_choice ? "best for the choice" : "";
}

GPtrArray *
tdm_sample_text_table (const TdmResult *result, const TdmNextSample *sample)
{
  const char *code = tdm_model_get_output (result->model, sample->output)->unit;
  g_autofree char *unit = tdm_unit_display (code);
  g_autofree char *level = g_strdup_printf ("Level to expect, %s", unit);
  const char *headings[] = { "Drawn at", level, "Narrower by", "Chance to miss", "" };
  g_autoptr (GArray) picks = tdm_sample_text_picks (sample);
  GPtrArray *table = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  tdm_fit_text_add_row (table, headings, G_N_ELEMENTS (headings));
  for (guint k = 0; k < picks->len; k++)
    {
      const guint i = g_array_index (picks, guint, k);
      const TdmSampleTime *time = &sample->times[i];
      g_autofree char *when = when_text (result, time->time_h);
      g_autofree char *expected = tdm_number_format (time->expected, 3);
      g_autofree char *narrower =
          tdm_percent_text (1 - sqrt (1 - MIN (time->reduction, 1)));
      g_autofree char *wrong = tdm_percent_text (time->p_wrong);
      const char *cells[] = { when, expected, narrower, wrong, remark (sample, i) };
      tdm_fit_text_add_row (table, cells, G_N_ELEMENTS (cells));
    }
  return table;
}
