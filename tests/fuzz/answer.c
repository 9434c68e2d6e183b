/* The whole path from a case to a result with a bundled model. The bytes are edits of a
 * valid case: one byte chooses the case, then four bytes an edit choose field, entry
 * and value. So most inputs are cases that are odd rather than refused. What must hold
 * of an answer is in check_result().
 *
 * With FUZZ_SHOW set, the edited case goes to standard error. */
#include "fuzz.h"

#include "base/error.h"
#include "engine/result-json.h"
#include "engine/result.h"
#include "model/library.h"
#include "num/linalg.h"
#include "record/case-file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BYTES_PER_EDIT 4
#define MAX_EDITS 24
#define DRAWS 20

static const char *const cases[] = {
  "{\"format\":\"titrate-case/1\",\"model\":\"vancomycin-goti-2018\","
  "\"patient\":{\"sex\":\"male\"},\"covariates\":["
  "{\"name\":\"AGE\",\"value\":68.3,\"unit\":\"y\"},"
  "{\"name\":\"WT\",\"value\":79,\"unit\":\"kg\"},"
  "{\"name\":\"SCR\",\"value\":1.1,\"unit\":\"mg/dL\"},"
  "{\"name\":\"SCR\",\"time\":46,\"value\":141,\"unit\":\"umol/L\"},"
  "{\"name\":\"DIAL\",\"value\":0}],\"doses\":["
  "{\"time\":0,\"amount\":1750,\"unit\":\"mg\",\"route\":\"iv\",\"duration\":2},"
  "{\"time\":12,\"amount\":1000,\"unit\":\"mg\",\"duration\":1,\"interval\":12,"
  "\"count\":4}],\"levels\":[{\"time\":47.5,\"value\":17.6,\"unit\":\"mg/L\"},"
  "{\"time\":50.5,\"value\":27.9,\"unit\":\"mg/L\"}]}",
  "{\"format\":\"titrate-case/1\",\"model\":\"vancomycin-thomson-2009\","
  "\"covariates\":[{\"name\":\"WT\",\"value\":71,\"unit\":\"kg\"},"
  "{\"name\":\"CLCR\",\"value\":83,\"unit\":\"mL/min\"}],\"doses\":["
  "{\"time\":0,\"amount\":1250,\"unit\":\"mg\",\"duration\":1.5,\"interval\":12,"
  "\"count\":3,\"steady_state\":true}],"
  "\"levels\":[{\"time\":35.2,\"value\":13.1,\"unit\":\"mg/L\"}]}",
  "{\"format\":\"titrate-case/1\",\"model\":\"tacrolimus-woillard-2011\","
  "\"covariates\":[{\"name\":\"PROGRAF\",\"value\":1},{\"name\":\"CYP3A5\",\"value\":0}"
  ","
  "{\"name\":\"HCT\",\"value\":33,\"unit\":\"%\"}],\"doses\":["
  "{\"time\":0,\"amount\":4,\"unit\":\"mg\",\"route\":\"oral\",\"interval\":12,"
  "\"count\":11}],\"levels\":[{\"time\":71.7,\"value\":6.3,\"unit\":\"ng/mL\"},"
  "{\"time\":121.1,\"value\":7.1,\"unit\":\"ng/mL\"}]}",
  "{\"format\":\"titrate-case/1\",\"model\":\"gentamicin-staatz-2005\","
  "\"covariates\":[{\"name\":\"WT\",\"value\":71,\"unit\":\"kg\"},"
  "{\"name\":\"CLCR\",\"value\":83,\"unit\":\"mL/min\"}],\"doses\":["
  "{\"time\":0,\"amount\":340,\"unit\":\"mg\",\"duration\":0.5,\"interval\":24,"
  "\"count\":3}],\"levels\":[{\"time\":49.1,\"value\":15.3,\"unit\":\"mg/L\"},"
  "{\"time\":56,\"value\":2.3,\"unit\":\"mg/L\"}]}",
  "{\"format\":\"titrate-case/1\",\"model\":\"busulfan-long-boyle-2015\","
  "\"covariates\":[{\"name\":\"AGE\",\"value\":6.1,\"unit\":\"y\"},"
  "{\"name\":\"WT\",\"value\":22,\"unit\":\"kg\"}],\"doses\":["
  "{\"time\":0,\"amount\":70,\"unit\":\"mg\",\"duration\":3}],\"levels\":["
  "{\"time\":3.25,\"value\":2.71,\"unit\":\"mg/L\"},"
  "{\"time\":7,\"value\":0.95,\"unit\":\"mg/L\"}]}",
};

static TdmCase *records[G_N_ELEMENTS (cases)];
static TdmModel *models[G_N_ELEMENTS (cases)];

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      records[i] = tdm_case_file_parse (cases[i], strlen (cases[i]), &error);
      g_assert_no_error (error);
      models[i] = tdm_library_load (tdm_case_get_model (records[i]), &error);
      g_assert_no_error (error);
    }
  return 0;
}

/* What an edit writes: the old value times a factor, or a number of its own. */
static double
decode (double old, uint8_t how, uint8_t much)
{
  static const double odd[] = { 0,     1,    -1,    1e-300, 5e-324, 1e-9, 1e-3, 0.5,
                                2,     12,   24,    1e3,    1e5,    1e6,  -1e6, 1e9,
                                1e300, -0.5, 1e-12, 47.5,   50.5,   8760, 0.1,  100 };
  if (how < 96)
    return old * exp2 ((much - 128) / 16.0);
  if (how < 160)
    return old + (much - 128) / 4.0;
  if (how < 224)
    return much / 2.0;
  return odd[much % G_N_ELEMENTS (odd)];
}

static void
edit_dose (TdmCaseEdit *edit, const TdmCase *record, const uint8_t *b)
{
  guint n = tdm_case_get_n_doses (record), i = b[1] % n;
  TdmDoseEntry dose = *tdm_case_get_dose (record, i);
  switch (b[0] % 8)
    {
    case 0:
      dose.time.hours = decode (dose.time.hours, b[2], b[3]);
      break;
    case 1:
      dose.amount = decode (dose.amount, b[2], b[3]);
      break;
    case 2:
      dose.duration_h = decode (dose.duration_h, b[2], b[3]);
      break;
    case 3:
      dose.interval_h = decode (dose.interval_h, b[2], b[3]);
      break;
    case 4:
      dose.count = b[2] > 250 ? b[3] * 8 : b[3];
      break;
    case 5:
      dose.steady_state = b[3] & 1;
      break;
    case 6:
      tdm_case_edit_insert_dose (edit, n, &dose);
      return;
    default:
      if (n > 1)
        tdm_case_edit_remove_dose (edit, i);
      return;
    }
  tdm_case_edit_replace_dose (edit, i, &dose);
}

static void
edit_level (TdmCaseEdit *edit, const TdmCase *record, const uint8_t *b)
{
  guint n = tdm_case_get_n_levels (record), i = b[1] % n;
  TdmLevelEntry level = *tdm_case_get_level (record, i);
  switch (b[0] % 8)
    {
    case 0:
    case 1:
      level.time.hours = decode (level.time.hours, b[2], b[3]);
      break;
    case 2:
    case 3:
      level.value = decode (level.value, b[2], b[3]);
      break;
    case 4:
      level.censor = (TdmCensor)(b[3] % 3);
      break;
    case 5:
      level.use = b[2] & 1;
      level.weight = b[3] / 255.0;
      break;
    case 6:
      level.time.hours += 1;
      tdm_case_edit_insert_level (edit, n, &level);
      return;
    default:
      if (n > 1)
        tdm_case_edit_remove_level (edit, i);
      return;
    }
  tdm_case_edit_replace_level (edit, i, &level);
}

static void
edit_covariate (TdmCaseEdit *edit, const TdmCase *record, const uint8_t *b)
{
  guint n = tdm_case_get_n_covariates (record), i = b[1] % n;
  TdmCovariateEntry entry = *tdm_case_get_covariate (record, i);
  if (b[0] % 8 < 4)
    entry.value = decode (entry.value, b[2], b[3]);
  else
    entry.time.hours = decode (entry.time.hours, b[2], b[3]);
  if (b[0] % 8 == 7)
    tdm_case_edit_insert_covariate (edit, n, &entry);
  else
    tdm_case_edit_replace_covariate (edit, i, &entry);
}

static void
edit_target (TdmCaseEdit *edit, const TdmCase *record, const uint8_t *b)
{
  TdmCaseOptions options = *tdm_case_get_options (record);
  TdmTarget target = { .metric = (TdmMetricKind)(1 + b[1] % 9),
                       .low = decode (10, b[2], b[3]),
                       .high = INFINITY,
                       .at_steady_state = b[0] % 8 < 4,
                       .threshold = 2,
                       .threshold_unit = (char[]){ "mg/L" },
                       .mic = 1,
                       .mic_unit = (char[]){ "mg/L" } };
  gboolean area =
      target.metric >= TDM_METRIC_AUC24 && target.metric <= TDM_METRIC_CUMULATIVE_AUC;
  target.unit = area                               ? (char[]){ "mg.h/L" }
                : target.metric < TDM_METRIC_AUC24 ? (char[]){ "mg/L" }
                                                   : NULL;
  target.at.hours = target.to.hours = 60 + b[0];
  if (b[0] % 8 > 5)
    {
      options.prior_weight = decode (1, b[2], b[3]);
      options.has_adjust = b[1] & 1;
      options.adjust.hours = b[1];
      tdm_case_edit_set_options (edit, &options);
    }
  else
    tdm_case_edit_set_target (edit, &target);
}

/* One edit; an edit that makes no valid case is passed over. */
static TdmCase *
apply (TdmCase *record, const uint8_t *b)
{
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  if (b[0] < 96)
    edit_dose (edit, record, b);
  else if (b[0] < 192)
    edit_level (edit, record, b);
  else if (b[0] < 232)
    edit_covariate (edit, record, b);
  else
    edit_target (edit, record, b);
  TdmCase *next = tdm_case_edit_finish (edit, NULL);
  return next ? next : tdm_case_ref (record);
}

static void
check_curve (const TdmCurve *curve)
{
  for (guint i = 0; i < curve->n; i++)
    {
      g_assert_true (isfinite (curve->time_h[i]));
      g_assert_true (i == 0 || curve->time_h[i] >= curve->time_h[i - 1]);
      g_assert_true (isfinite (curve->population[i]) && curve->population[i] >= 0);
      g_assert_true (isfinite (curve->individual[i]) && curve->individual[i] >= 0);
      for (guint k = 0; k < TDM_BAND_N; k++)
        {
          double *const *all[] = { curve->population_band, curve->individual_band };
          for (guint w = 0; w < 2; w++)
            {
              g_assert_true (isfinite (all[w][k][i]) && all[w][k][i] >= 0);
              g_assert_true (k == 0 || all[w][k][i] >= all[w][k - 1][i]);
            }
        }
    }
}

/* Within what can be given, and with probabilities that are some. */
static void
check_regimen (const TdmRegimen *regimen)
{
  double sum = regimen->p_below + regimen->p_within + regimen->p_above;
  g_assert_true (isfinite (regimen->amount_mg) && regimen->amount_mg > 0);
  g_assert_true (isfinite (regimen->score) && fabs (sum - 1) < 1e-9);
  g_assert_true (regimen->p_below >= 0 && regimen->p_above >= 0);
  g_assert_true (isfinite (regimen->metrics.trough) && regimen->metrics.trough >= 0);
  g_assert_true (isfinite (regimen->metrics.peak));
  g_assert_true (regimen->metrics.peak >= regimen->metrics.trough * (1 - 1e-9));
  g_assert_true (isfinite (regimen->metrics.auc24) && regimen->metrics.auc24 >= 0);
}

static void
check_result (const TdmResult *result)
{
  const TdmProposals *proposals = result->proposals;
  for (guint i = 0; i < result->fit->n; i++)
    g_assert_true (isfinite (result->fit->eta[i]));
  g_assert_true (isfinite (result->fit->objective));
  for (guint i = 0; i < result->fit->n_levels; i++)
    {
      const TdmFitLevel *level = &result->fit->levels[i];
      g_assert_true (isfinite (level->population) && level->population >= 0);
      g_assert_true (isfinite (level->individual) && level->individual >= 0);
      g_assert_true (isfinite (level->weighted_residual));
    }
  check_curve (result->current);
  if (result->chosen)
    check_curve (result->chosen);
  for (guint i = 0; i < proposals->regimens->len; i++)
    check_regimen (proposals->regimens->pdata[i]);
  g_assert_true (!tdm_notes_refusal (result->notes) || proposals->withheld);
  json_t *fit = tdm_json_fit (result, FALSE), *answer = tdm_json_proposals (result);
  g_autofree char *text = tdm_json_text (fit), *more = tdm_json_text (answer);
  g_assert_true (*text && *more);
  json_decref (fit);
  json_decref (answer);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const TdmResultOptions options = { .draws = DRAWS, .seed = 7 };
  g_autoptr (GError) error = NULL;
  if (size == 0)
    return 0;
  guint which = data[0] % G_N_ELEMENTS (cases);
  g_autoptr (TdmCase) record = tdm_case_ref (records[which]);
  size = MIN (size, 1 + MAX_EDITS * BYTES_PER_EDIT);
  for (gsize at = 1; at + BYTES_PER_EDIT <= size; at += BYTES_PER_EDIT)
    {
      TdmCase *next = apply (record, data + at);
      tdm_case_unref (record);
      record = next;
    }
  if (g_getenv ("FUZZ_SHOW"))
    {
      g_autofree char *text = tdm_case_file_to_text (record);
      fputs (text, stderr);
    }
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, models[which], &options, NULL, &error);
  if (!result)
    {
      g_assert_cmpint (error->domain, ==, TDM_ERROR);
      g_assert_true (error->code == TDM_ERROR_INPUT
                     || error->code == TDM_ERROR_NO_ANSWER);
      if (g_getenv ("FUZZ_SHOW"))
        fprintf (stderr, "%s\n", error->message);
      return 0;
    }
  check_result (result);
  return 0;
}
