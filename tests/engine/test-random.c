/* A thousand random patients: every one gets an answer that converged, or a refusal
 * that says why. Nothing is ever NaN, in numbers, in JSON or in words. */
#include "engine/result-json.h"
#include "engine/words.h"
#include "given.h"

#include "base/error.h"
#include "num/linalg.h"
#include "num/random.h"

#include <math.h>

#define SEED 20261121

typedef struct
{
  const char *id;
  guint n;
  const char *route;
  gboolean infusion;
  double amount_low, amount_high;
  double level_low, level_high;
  const char *unit;
} Drug;

static const Drug drugs[] = {
  { "vancomycin-goti-2018", 300, "iv", TRUE, 500, 2500, 3, 60, "mg/L" },
  { "vancomycin-thomson-2009", 300, "iv", TRUE, 500, 2500, 3, 60, "mg/L" },
  { "gentamicin-staatz-2005", 220, "iv", TRUE, 80, 500, 0.2, 25, "mg/L" },
  { "tacrolimus-woillard-2011", 160, "oral", FALSE, 0.5, 10, 1.5, 30, "ng/mL" },
  { "busulfan-long-boyle-2015", 20, "iv", TRUE, 5, 120, 0.05, 4, "mg/L" },
};

static double
between (TdmRandom *r, double low, double high)
{
  return low + (high - low) * tdm_random_uniform (r);
}

static guint
choice (TdmRandom *r, guint n)
{
  return (guint)(tdm_random_uniform (r) * n) % n;
}

/* Locale or not, a point. */
static void
append_number (GString *out, const char *before, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.4g", value);
  g_string_append_printf (out, "%s%s", before, text);
}

static void
append_covariate (GString *out, const char *name, double time_h, double value,
                  const char *unit)
{
  g_string_append_printf (out, "%s{'name': '%s'",
                          out->str[out->len - 1] == '[' ? "" : ", ", name);
  append_number (out, ", 'time': ", time_h);
  append_number (out, ", 'value': ", value);
  if (unit)
    g_string_append_printf (out, ", 'unit': '%s'", unit);
  g_string_append (out, "}");
}

/* Values over the whole allowed range and, now and then, a little beyond it. */
static void
append_covariates (GString *out, TdmRandom *r, const TdmModel *model)
{
  g_string_append (out, ", 'covariates': [");
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (c->derived || g_str_equal (c->name, "sex") || choice (r, 40) == 0)
        continue;
      guint times = 1 + (choice (r, 4) == 0 ? choice (r, 4) : 0);
      for (guint k = 0; k < times; k++)
        {
          gboolean wide = choice (r, 6) == 0 || !isfinite (c->studied_low);
          double low = wide ? c->limit_low : c->studied_low;
          double high = wide ? c->limit_high * 1.02 : c->studied_high;
          if (g_str_equal (c->name, "SCR"))
            low = 0.4, high = 5;
          double value = c->categories ? choice (r, g_strv_length (c->categories))
                                       : between (r, low, high);
          append_covariate (out, c->name, 17.3 * k, value, c->unit);
        }
    }
  g_string_append (out, "]");
}

static void
append_doses (GString *out, TdmRandom *r, const Drug *drug)
{
  static const double intervals[] = { 6, 8, 12, 18, 24, 36 };
  guint n = choice (r, 4);
  double t = 0;
  g_string_append (out, ", 'doses': [");
  for (guint i = 0; i < n; i++)
    {
      double interval = intervals[choice (r, G_N_ELEMENTS (intervals))];
      guint count = 1 + choice (r, 9);
      append_number (out, i ? ", {'time': " : "{'time': ", t);
      append_number (out,
                     ", 'amount': ", between (r, drug->amount_low, drug->amount_high));
      g_string_append_printf (out, ", 'unit': 'mg', 'route': '%s'", drug->route);
      if (drug->infusion)
        append_number (out, ", 'duration': ", between (r, 0.3, 4));
      if (count > 1 || choice (r, 3) == 0)
        {
          append_number (out, ", 'interval': ", interval);
          g_string_append_printf (out, ", 'count': %u", count);
          if (i == 0 && choice (r, 4) == 0)
            g_string_append (out, ", 'steady_state': true");
        }
      g_string_append (out, "}");
      t += count * interval;
    }
  g_string_append (out, "]");
}

static void
append_levels (GString *out, TdmRandom *r, const Drug *drug)
{
  guint n = choice (r, 4);
  g_string_append (out, ", 'levels': [");
  for (guint i = 0; i < n; i++)
    {
      append_number (out, i ? ", {'time': " : "{'time': ", between (r, -3, 150));
      append_number (
          out, ", 'value': ",
          drug->level_low
              * pow (drug->level_high / drug->level_low, tdm_random_uniform (r)));
      g_string_append_printf (out, ", 'unit': '%s'", drug->unit);
      guint kind = choice (r, 12);
      if (kind < 2)
        g_string_append (out, kind ? ", 'below': true" : ", 'above': true");
      else if (kind == 3)
        append_number (out, ", 'weight': ", tdm_random_uniform (r));
      else if (kind == 4)
        g_string_append (out, ", 'use': false");
      g_string_append (out, "}");
    }
  g_string_append (out, "]");
}

static void
append_target (GString *out, TdmRandom *r, const Drug *drug)
{
  guint kind = choice (r, 8);
  static const char *const names[] = { "trough", "peak", "average" };
  if (kind < 3)
    {
      double low = between (r, drug->level_low, drug->level_high / 2);
      g_string_append_printf (out, ", 'target': {'metric': '%s', 'unit': '%s'",
                              names[kind], drug->unit);
      if (choice (r, 3))
        append_number (out, ", 'low': ", low);
      else
        append_number (out, ", 'high': ", low);
      if (choice (r, 3) == 0)
        append_number (out, ", 'at': ", between (r, 0, 400));
      g_string_append (out, "}");
    }
  else if (kind == 3)
    {
      append_number (out,
                     ", 'target': {'metric': 'time_above', 'low': 0.6, 'threshold': ",
                     drug->level_low * 2);
      g_string_append_printf (out, ", 'threshold_unit': '%s'}", drug->unit);
    }
}

static char *
random_case (TdmRandom *r, const Drug *drug, const TdmModel *model)
{
  GString *out = g_string_new (NULL);
  g_string_append_printf (
      out,
      "{'format': 'titrate-case/1', 'model': '%s', 'patient': {'id': 'R', 'sex': '%s'}",
      drug->id, choice (r, 2) ? "male" : "female");
  append_covariates (out, r, model);
  append_doses (out, r, drug);
  append_levels (out, r, drug);
  append_target (out, r, drug);
  if (choice (r, 4) == 0)
    append_number (out, ", 'options': {'prior_weight': ", between (r, 0.2, 3));
  if (out->str[out->len - 1] != ']' && strstr (out->str, "'options'"))
    g_string_append (out, "}");
  g_string_append (out, "}");
  return g_string_free (out, FALSE);
}

/* Words of a number that is none, in whatever is shown or written. */
static void
assert_clean (const char *text, const char *json)
{
  g_autoptr (GRegex) bad = g_regex_new (
      "(?<![[:alpha:]])-?(nan|inf|infinity)(?![[:alpha:]])", G_REGEX_CASELESS, 0, NULL);
  if (g_regex_match (bad, text, 0, NULL))
    g_error ("not a number in “%s” for %s", text, json);
}

static void
check_values (const double *values, guint n, const char *json)
{
  for (guint i = 0; i < n; i++)
    if (!isfinite (values[i]))
      g_error ("not a number for %s", json);
}

static void
check_result (const TdmResult *result, const char *json)
{
  const TdmFit *fit = result->fit;
  json_t *answers[] = { tdm_json_fit (result, FALSE), tdm_json_proposals (result),
                        tdm_json_prediction (result->model, result->current) };
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_assert_nonnull (answers[i]);
      g_autofree char *text = tdm_json_text (answers[i]);
      assert_clean (text, json);
      json_decref (answers[i]);
    }
  check_values (fit->eta, fit->n, json);
  check_values (fit->covariance, fit->n * fit->n, json);
  check_values (&fit->objective, 1, json);
  check_values (result->current->individual, result->current->n, json);
  g_autofree char *conclusion = tdm_words_conclusion (result);
  g_autofree char *plot = tdm_words_plot (result);
  assert_clean (conclusion, json);
  assert_clean (plot, json);
  g_assert_true (*conclusion != '\0');
  for (guint i = 0; i < fit->n; i++)
    if (!(fit->covariance[i * fit->n + i] > 0))
      g_error ("no posterior for %s", json);
  if (!fit->converged)
    g_assert_nonnull (result->proposals->withheld);
}

typedef struct
{
  guint answered, refused, not_converged, withheld;
} Tally;

static void
run_case (TdmModel *model, const char *json, Tally *tally)
{
  g_autoptr (GError) error = NULL;
  const TdmResultOptions options = { .draws = 12, .seed = 5 };
  g_autoptr (TdmCase) record = given_case (json);
  g_autoptr (TdmResult) result =
      tdm_result_compute (record, model, &options, NULL, &error);
  if (!result)
    {
      g_assert_nonnull (error);
      if (error->domain != TDM_ERROR || strlen (error->message) < 20)
        g_error ("%s for %s", error->message, json);
      assert_clean (error->message, json);
      g_test_message ("refused: %s", error->message);
      tally->refused++;
      return;
    }
  check_result (result, json);
  tally->answered++;
  tally->withheld += result->proposals->withheld != NULL;
  if (!result->fit->converged)
    {
      g_test_message ("not converged (%s): %s", tdm_stop_name (result->fit->stop),
                      json);
      tally->not_converged++;
    }
}

static void
test_drug (gconstpointer data)
{
  const Drug *drug = data;
  g_autoptr (TdmModel) model = bundled_model (drug->id);
  g_autoptr (TdmRandom) r = tdm_random_new (SEED + (guint)(drug - drugs));
  Tally tally = { 0 };
  for (guint i = 0; i < drug->n; i++)
    {
      g_autofree char *json = random_case (r, drug, model);
      run_case (model, json, &tally);
    }
  g_test_message ("seed %d: %u answered (%u withheld), %u refused, %u not converged",
                  SEED, tally.answered, tally.withheld, tally.refused,
                  tally.not_converged);
  g_assert_cmpuint (tally.answered + tally.refused, ==, drug->n);
  g_assert_cmpuint (tally.answered, >, drug->n / 2);
  g_assert_cmpuint (tally.not_converged, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  tdm_num_init ();
  for (guint i = 0; i < G_N_ELEMENTS (drugs); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/random/", drugs[i].id, NULL);
      g_test_add_data_func (path, &drugs[i], test_drug);
    }
  return g_test_run ();
}
