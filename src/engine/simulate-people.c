/* Drawing people. The logarithm of a covariate is a normal with a width of its own on
 * either side of the median: the ends of the range lie where the extremes of the n
 * people studied are expected, and nobody is beyond them. */
#include "engine/simulate.h"

#include "base/error.h"
#include "base/unit.h"
#include "num/linalg.h"
#include "num/normal.h"

#include <math.h>

/* Of the patient's purposes of random numbers. */
#define STREAM_PEOPLE 1
/* People drawn for one who suits. */
#define TRIES 400
/* Where n is not known. */
#define PEOPLE_UNKNOWN 50
/* The chance of each patient to be of the category that counts where none is given. */
#define DEFAULT_CATEGORY 0.8
/* Correlation of ages and sizes where people grow. */
#define GROWTH 0.95
#define ADULT_Y 18.0
#define CREATININE_G_MOL 113.12

/* Where a model studied a covariate only through what it derives from it. */
typedef struct
{
  const char *name, *unit;
  double low, median, high;
} Usual;

static const Usual usual[] = { { "SCR", "mg/dL", 0.4, 0.9, 5.0 },
                               { "GA", "wk", 24, 36, 42 },
                               { "PNA", "d", 1, 10, 90 },
                               { "AGE", "y", 18, 55, 90 } };

typedef struct
{
  const TdmPeople *people;
  TdmRandom *random; /* NULL = the typical person */
  GHashTable *seen;  /* names of covariates */
  TdmCaseEdit *edit;
  double growth;    /* how old and big among its like, a normal score */
  gboolean growing; /* children are among the people */
} Draw;

static double
score (Draw *d)
{
  return d->random ? tdm_random_normal (d->random) : 0.0;
}

static void
take_range (TdmModelRange *out, const TdmModelRange *people, const char *from,
            const char *to)
{
  double low, high, median;
  if (!to || !tdm_unit_convert (people->low, from, to, 0, &low, NULL)
      || !tdm_unit_convert (people->high, from, to, 0, &high, NULL)
      || !tdm_unit_convert (people->median, from, to, 0, &median, NULL))
    return;
  if (!isfinite (out->low))
    out->low = low;
  if (!isfinite (out->high))
    out->high = high;
  if (!isfinite (out->median))
    out->median = median;
}

static void
take_usual (TdmModelRange *out, const TdmModelCovariate *c)
{
  const double mass = g_str_equal (c->name, "SCR") ? CREATININE_G_MOL : 0;
  for (guint i = 0; i < G_N_ELEMENTS (usual); i++)
    {
      double low, high, median;
      if (!g_str_equal (usual[i].name, c->name) || !c->unit
          || !tdm_unit_convert (usual[i].low, usual[i].unit, c->unit, mass, &low, NULL)
          || !tdm_unit_convert (usual[i].high, usual[i].unit, c->unit, mass, &high,
                                NULL)
          || !tdm_unit_convert (usual[i].median, usual[i].unit, c->unit, mass, &median,
                                NULL))
        continue;
      if (!isfinite (out->low))
        *out = (TdmModelRange){ low, high, median };
    }
}

/* Ends and median of a covariate among the people of `model`. */
static TdmModelRange
find_range (const TdmModel *model, const TdmModelCovariate *c)
{
  const TdmModelPeople *people = tdm_model_get_people (model);
  TdmModelRange out = { c->studied_low, c->studied_high, NAN };
  if (g_str_equal (c->name, "AGE"))
    take_range (&out, &people->age, "y", c->unit);
  else if (g_str_equal (c->name, "WT"))
    take_range (&out, &people->weight, "kg", c->unit);
  take_usual (&out, c);
  if (!isfinite (out.low))
    out.low = isfinite (c->limit_low) ? c->limit_low : 0;
  if (!isfinite (out.high))
    out.high = isfinite (c->limit_high) ? c->limit_high : MAX (4 * out.low, 1);
  out.low = MAX (out.low, c->limit_low);
  out.high = MIN (out.high, c->limit_high);
  if (!(out.median > out.low && out.median < out.high))
    out.median = out.low > 0 ? sqrt (out.low * out.high) : (out.low + out.high) / 2;
  return out;
}

static double
draw_within (Draw *d, const TdmModel *model, const TdmModelRange *range, double z)
{
  const guint n = tdm_model_get_people (model)->n;
  const double extreme = tdm_normal_quantile (1 - 0.5 / (n ? n : PEOPLE_UNKNOWN));
  while (fabs (z) > extreme)
    z = score (d);
  const double end = z < 0 ? range->low : range->high, share = fabs (z) / extreme;
  if (range->low > 0)
    return range->median * pow (end / range->median, share);
  return range->median + (end - range->median) * share;
}

static gboolean
grows (const char *name)
{
  static const char *const names[] = { "AGE", "PNA", "PMA", "WT", "HT",
                                       "BSA", "FFM", "LBW", NULL };
  return g_strv_contains (names, name);
}

/* Four significant digits: what a chart would say. */
static double
as_written (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (text, sizeof text, "%.4g", value);
  return g_ascii_strtod (text, NULL);
}

static const char *
draw_category (Draw *d, const TdmModelCovariate *c)
{
  const guint n = g_strv_length (c->categories);
  const guint usual_one = c->has_default ? MIN ((guint)c->default_value, n - 1) : 0;
  if (!d->random)
    return c->categories[usual_one];
  if (c->has_default && tdm_random_uniform (d->random) < DEFAULT_CATEGORY)
    return c->categories[usual_one];
  return c->categories[MIN ((guint)(tdm_random_uniform (d->random) * n), n - 1)];
}

static void
add_entry (Draw *d, const TdmModelCovariate *c, double time_h, double value)
{
  const TdmCovariateEntry entry = {
    .name = c->name, .time = { time_h, NULL }, .value = value, .unit = c->unit
  };
  tdm_case_edit_insert_covariate (d->edit, 0, &entry);
}

static void
add_visits (Draw *d, const TdmModelCovariate *c)
{
  for (guint k = d->people->n_visits; k-- > 0;)
    add_entry (d, c, d->people->visits_h[k], k + 2.0);
  add_entry (d, c, 0, 1);
}

static gboolean
numbers_occasions (const TdmModel *model, guint covariate)
{
  const TdmOccasionRule rule = tdm_model_get_occasion_rule (model);
  return rule.kind == TDM_OCCASION_COVARIATE && rule.covariate == covariate;
}

static void
draw_covariate (Draw *d, const TdmModel *model, guint i)
{
  const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
  if (numbers_occasions (model, i))
    {
      add_visits (d, c);
      return;
    }
  if (c->categories)
    {
      TdmCovariateEntry entry = { .name = c->name };
      entry.text = (char *)draw_category (d, c);
      tdm_case_edit_insert_covariate (d->edit, 0, &entry);
      return;
    }
  const TdmModelRange range = find_range (model, c);
  double z = score (d);
  if (d->growing && grows (c->name))
    z = GROWTH * d->growth + sqrt (1 - GROWTH * GROWTH) * z;
  add_entry (
      d, c, 0,
      CLAMP (as_written (draw_within (d, model, &range, z)), range.low, range.high));
}

/* All that is needed and not derived, once each. */
static void
draw_covariates (Draw *d, const TdmModel *model)
{
  for (guint i = 0; i < tdm_model_get_n_covariates (model); i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (c->derived || g_str_equal (c->name, "sex")
          || (!c->needed && !numbers_occasions (model, i))
          || !g_hash_table_add (d->seen, c->name))
        continue;
      draw_covariate (d, model, i);
    }
}

static TdmCase *
draw_one (const TdmPeople *people, TdmRandom *random, GError **error)
{
  const TdmModelPeople *group = tdm_model_get_people (people->model);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (NULL);
  Draw d = { .people = people, .random = random, .seen = seen, .edit = edit };
  TdmPatient patient = { .id = (char *)"virtual", .sex = TDM_SEX_MALE };
  d.growing = group->age.low < ADULT_Y || (group->groups & TDM_GROUP_NEWBORN);
  d.growth = score (&d);
  if (random && tdm_random_uniform (random) < 0.5)
    patient.sex = TDM_SEX_FEMALE;
  tdm_case_edit_set_patient (edit, &patient);
  tdm_case_edit_set_model (edit, tdm_model_get_id (people->model));
  draw_covariates (&d, people->model);
  for (guint i = 0; people->others && i < people->others->len; i++)
    draw_covariates (&d, people->others->pdata[i]);
  return tdm_case_edit_finish (edit, error);
}

/* Whether all models take the case, the first without stretching. */
static gboolean
suits (const TdmPeople *people, TdmCase *record, GError **error)
{
  g_autoptr (TdmProblem) own = tdm_problem_new (record, people->model, error);
  if (!own)
    return FALSE;
  if (tdm_problem_is_extrapolated (own))
    {
      g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
                   "the people drawn are outside the ranges studied");
      return FALSE;
    }
  for (guint i = 0; people->others && i < people->others->len; i++)
    {
      g_autoptr (TdmProblem) other =
          tdm_problem_new (record, people->others->pdata[i], error);
      if (!other)
        return FALSE;
    }
  return TRUE;
}

TdmCase *
tdm_people_draw (const TdmPeople *self, guint64 number, GError **error)
{
  g_autoptr (TdmRandom) random =
      tdm_simulate_stream (self->seed, number, STREAM_PEOPLE);
  g_autoptr (GError) local = NULL;
  tdm_num_init ();
  for (guint i = 0; i < TRIES; i++)
    {
      g_clear_error (&local);
      g_autoptr (TdmCase) record = draw_one (self, random, &local);
      if (record && suits (self, record, &local))
        return g_steal_pointer (&record);
    }
  g_set_error (error, TDM_ERROR, TDM_ERROR_NO_ANSWER,
               "found nobody among %d people drawn: %s", TRIES, local->message);
  return NULL;
}

TdmCase *
tdm_people_typical (const TdmPeople *self, GError **error)
{
  tdm_num_init ();
  return draw_one (self, NULL, error);
}
