/* The parts of the report that were computed beside the regimens. */
#include <math.h>
#include <string.h>

#include "app/fit-text.h"
#include "app/report-builder.h"
#include "app/robust-text.h"
#include "app/sample-text.h"
#include "base/number.h"

/* Doubts listed; those that change the advice come first. */
#define MAX_DOUBTS 5

TdmReportExtras *
tdm_report_extras_new (const TdmResult *result, const GPtrArray *models,
                       GCancellable *cancellable, GError **error)
{
  g_autoptr (TdmReportExtras) self = g_new0 (TdmReportExtras, 1);
  if (result->proposals->withheld == NULL)
    {
      self->robustness = tdm_robustness_new (result, models, cancellable, NULL);
      self->sample = tdm_next_sample_new (result, cancellable, NULL);
    }
  return g_cancellable_set_error_if_cancelled (cancellable, error)
             ? NULL
             : g_steal_pointer (&self);
}

void
tdm_report_extras_free (TdmReportExtras *self)
{
  g_clear_pointer (&self->robustness, tdm_robustness_unref);
  g_clear_pointer (&self->sample, tdm_next_sample_unref);
  g_free (self);
}

static void
add_robustness (TdmReport *report, const TdmRobustness *card)
{
  g_autofree char *minutes = tdm_number_format (card->uncertainty_min, 3);
  g_autoptr (GString) text = g_string_new (card->sentence);
  GPtrArray *table = tdm_robust_text_table (card);
  guint rows = table->len - 1;
  g_string_append_printf (text,
                          " %u doubts were taken as true one at a time; times "
                          "are shifted by %s min.",
                          rows, minutes);
  if (rows > MAX_DOUBTS)
    {
      g_ptr_array_set_size (table, MAX_DOUBTS + 1);
      g_string_append_printf (text, " Those that matter most:");
    }
  tdm_report_add_section (report, "Would the advice change?", text->str, table);
}

static void
add_sample (TdmReport *report, const TdmResult *result, const TdmNextSample *sample)
{
  g_autofree char *sentence = tdm_sample_text_sentence (result, sample);
  tdm_report_add_section (report, "Next level", sentence, NULL);
}

static void
add_comparison (TdmReport *report, const TdmComparison *comparison)
{
  const TdmAverage *average = comparison->average;
  g_autofree char *sentence = tdm_compare_sentence (average);
  g_autofree char *text = g_strdup_printf ("%s Weights: %s.", sentence,
                                           tdm_compare_rule_title (average->rule));
  tdm_report_add_section (report, "Several models", text,
                          tdm_compare_members (average));
}

void
tdm_report_builder_add_sections (TdmReport *report, const TdmReportSource *source)
{
  const TdmReportExtras *extras = source->extras;
  if (extras != NULL && extras->robustness != NULL)
    add_robustness (report, extras->robustness);
  if (extras != NULL && extras->sample != NULL)
    add_sample (report, source->result, extras->sample);
  if (source->comparison != NULL)
    add_comparison (report, source->comparison);
}

/* "Gradient where it stopped 2.1e-6; distinct optima 1; …" */
static char *
certificate_text (const TdmResult *result)
{
  g_autoptr (GPtrArray) table = tdm_fit_text_certificate (result);
  GString *text = g_string_new ("Looked at: ");
  for (guint i = 1; i < table->len; i++)
    {
      char **cells = table->pdata[i];
      g_string_append_printf (text, "%s%c%s: %s", i > 1 ? "; " : "",
                              g_ascii_tolower (cells[0][0]), cells[0] + 1, cells[1]);
    }
  g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

void
tdm_report_builder_add_trust (TdmReport *report, const TdmResult *result)
{
  g_autofree char *advice = tdm_fit_text_advice (result);
  const gboolean whole = g_str_has_suffix (advice, ".");
  g_ptr_array_add (report->fit, g_strconcat (advice, whole ? NULL : ".", NULL));
  g_ptr_array_add (report->fit, certificate_text (result));
  g_ptr_array_add (report->fit, tdm_fit_text_posterior (result));
}
