/* True effects and measurements of virtual patients. */
#include "engine/simulate.h"

#include "base/error.h"
#include "engine/residual.h"
#include "num/linalg.h"

#include <math.h>
#include <string.h>

/* Purposes of a patient's random numbers; tdm_people_draw() has 1. */
#define STREAM_EFFECTS 2
#define STREAM_SUBPOPULATION 3
#define STREAM_LEVEL 1000
/* An error this many times below 0 is no measurement. */
#define TRIES 100
/* The lower limit of quantification, in standard deviations of the error at 0: low
 * enough to hide little. */
#define LIMIT 0.5

/* The finaliser of Steele, Lea and Flood (OOPSLA 2014), which scatters neighbours. */
static guint64
scatter (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ (x >> 31);
}

TdmRandom *
tdm_simulate_stream (guint64 seed, guint64 number, guint64 stream)
{
  return tdm_random_new (scatter (scatter (scatter (seed) + number) + stream));
}

/* Which stream an effect's normal number is from: "CL[2]" has that of occasion "2". */
static guint64
stream_of (const TdmProblem *problem, guint i)
{
  const char *label = strchr (tdm_problem_get_effect_name (problem, i), '[');
  const guint own = tdm_model_get_n_effects (tdm_problem_get_model (problem));
  return STREAM_EFFECTS
         + (i >= own && label ? (guint64)g_str_hash (label) + 1000000 : 0);
}

static void
draw_subpopulation (const TdmProblem *problem, guint64 seed, guint64 number,
                    double *row)
{
  const guint n = tdm_problem_get_n_subpopulations (problem);
  const double *priors = tdm_problem_get_subpopulation_priors (problem);
  if (n == 0)
    return;
  g_autoptr (TdmRandom) random =
      tdm_simulate_stream (seed, number, STREAM_SUBPOPULATION);
  double left = tdm_random_uniform (random);
  guint k = 0;
  while (k + 1 < n && left >= priors[k])
    left -= priors[k++];
  row[tdm_problem_get_n_values (problem) - 1] = k + 1.0;
}

double *
tdm_simulate_effects (const TdmProblem *problem, guint64 seed, guint64 number)
{
  const guint n = tdm_problem_get_n_effects (problem);
  g_autofree double *z = g_new0 (double, n + 1);
  double *row = g_new0 (double, tdm_problem_get_n_values (problem) + 1);
  g_autoptr (TdmRandom) random = NULL;
  guint64 last = 0;
  for (guint i = 0; i < n; i++)
    {
      const guint64 stream = stream_of (problem, i);
      if (stream != last)
        {
          g_clear_pointer (&random, tdm_random_free);
          random = tdm_simulate_stream (seed, number, stream);
          last = stream;
        }
      z[i] = tdm_random_normal (random);
    }
  tdm_lower_times (n, tdm_problem_get_omega_cholesky (problem), z, row);
  draw_subpopulation (problem, seed, number, row);
  return row;
}

/* Levels at the times of `look`, those of a negative value below that limit. Without
 * values they make the occasions known. */
static TdmCase *
with_looks (TdmCase *record, TdmModel *model, const TdmLook *look, const double *values,
            GError **error)
{
  const TdmModelOutput *output = tdm_model_get_output (model, look->output);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (record);
  for (guint i = 0; i < look->n; i++)
    {
      const TdmLevelEntry entry = {
        .time = { look->times_h[i], NULL },
        .value = values ? fabs (values[i]) : 1.0,
        .censor = values && values[i] < 0 ? TDM_CENSOR_BELOW : TDM_CENSOR_NONE,
        .unit = output->unit,
        .output = tdm_model_get_n_outputs (model) > 1 ? output->name : NULL,
        .use = TRUE,
        .weight = 1.0
      };
      tdm_case_edit_insert_level (edit, tdm_case_get_n_levels (record) + i, &entry);
    }
  return tdm_case_edit_finish (edit, error);
}

TdmProblem *
tdm_simulate_truth (TdmCase *record, TdmModel *model, const TdmLook *look, guint64 seed,
                    guint64 number, double **effects, GError **error)
{
  g_autoptr (TdmCase) looked = with_looks (record, model, look, NULL, error);
  TdmProblem *problem = looked ? tdm_problem_new (looked, model, error) : NULL;
  if (problem)
    *effects = tdm_simulate_effects (problem, seed, number);
  return problem;
}

/* A value; less a limit when it is below that. Where the error at 0 is not 0, no
 * measurement would tell of a level near it: were such ones left out, those reported
 * would be too high. Only where they are known to be above 0 are they (M4). */
static double
measure (const TdmModelOutput *output, double f, TdmRandom *random)
{
  const double limit = LIMIT * tdm_residual_sd (output, 0);
  if (limit > 0 && isfinite (limit) && !output->positive
      && !tdm_residual_is_log (output))
    {
      double value = tdm_residual_measure (output, f, tdm_random_normal (random));
      return value >= limit ? value : -limit;
    }
  for (guint k = 0; k < TRIES; k++)
    {
      double value = tdm_residual_measure (output, f, tdm_random_normal (random));
      if (value > 0)
        return value;
    }
  return NAN;
}

TdmCase *
tdm_simulate_measure (TdmCase *record, TdmModel *model, const TdmLook *look,
                      guint64 seed, guint64 number, GError **error)
{
  g_autofree double *effects = NULL;
  g_autofree double *values = g_new (double, look->n + 1);
  g_autofree guint *outputs = g_new (guint, look->n + 1);
  g_autoptr (TdmProblem) truth =
      tdm_simulate_truth (record, model, look, seed, number, &effects, error);
  if (!truth)
    return NULL;
  for (guint i = 0; i < look->n; i++)
    outputs[i] = look->output;
  const TdmPlanSpec spec = { .until_h = INFINITY,
                             .times_h = look->times_h,
                             .outputs = outputs,
                             .n_times = look->n };
  if (!tdm_problem_predict (truth, effects, &spec, values, error))
    return NULL;
  for (guint i = 0; i < look->n; i++)
    {
      g_autoptr (TdmRandom) random = tdm_simulate_stream (
          seed, number, STREAM_LEVEL + tdm_case_get_n_levels (record) + i);
      values[i] =
          measure (tdm_model_get_output (model, look->output), values[i], random);
      if (!isfinite (values[i]))
        {
          g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                       "nothing can be measured at %g h", look->times_h[i]);
          return NULL;
        }
    }
  return with_looks (record, model, look, values, error);
}
