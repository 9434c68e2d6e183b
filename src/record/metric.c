/* The names of what a target may ask for. */
#include "record/case.h"

static const char *const names[] = {
  [TDM_METRIC_NONE] = NULL,
  [TDM_METRIC_TROUGH] = "trough",
  [TDM_METRIC_PEAK] = "peak",
  [TDM_METRIC_AVERAGE] = "average",
  [TDM_METRIC_AUC24] = "auc24",
  [TDM_METRIC_AUC] = "auc",
  [TDM_METRIC_CUMULATIVE_AUC] = "cumulative_auc",
  [TDM_METRIC_TIME_ABOVE] = "time_above",
  [TDM_METRIC_PEAK_MIC] = "peak_mic",
  [TDM_METRIC_AUC_MIC] = "auc_mic",
  [TDM_METRIC_TIME_BELOW] = "time_below",
  [TDM_METRIC_TIME_TO_BELOW] = "time_to_below",
};

const char *
tdm_metric_name (TdmMetricKind kind)
{
  g_assert ((guint)kind < G_N_ELEMENTS (names));
  return names[kind];
}

gboolean
tdm_metric_from_name (const char *name, TdmMetricKind *out)
{
  for (guint i = TDM_METRIC_TROUGH; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      {
        *out = (TdmMetricKind)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
tdm_metric_has_threshold (TdmMetricKind kind)
{
  return tdm_metric_is_share (kind) || kind == TDM_METRIC_TIME_TO_BELOW;
}

gboolean
tdm_metric_is_share (TdmMetricKind kind)
{
  return kind == TDM_METRIC_TIME_ABOVE || kind == TDM_METRIC_TIME_BELOW;
}

gboolean
tdm_metric_takes_span (TdmMetricKind kind)
{
  return kind == TDM_METRIC_TROUGH || kind == TDM_METRIC_PEAK
         || kind == TDM_METRIC_AVERAGE || kind == TDM_METRIC_AUC
         || kind == TDM_METRIC_PEAK_MIC || tdm_metric_has_threshold (kind);
}
