/* Virtual patients of a bundled model under its standard regimen: what suits the
 * typical person best, by weight where children are among the people. */
#pragma once

#include "engine/dose-search.h"
#include "engine/simulate.h"
#include "given.h"
#include "num/linalg.h"

#include <math.h>

typedef struct
{
  TdmModel *model;
  TdmPeople people;
  const TdmModelRoute *route;
  double amount_mg, interval_h, duration_h;
  double per_kg; /* weight of the typical person, 0 = one amount for all */
  double visit_h;
} Ward;

static inline double
weight_of (const TdmCase *record)
{
  for (guint i = 0; i < tdm_case_get_n_covariates (record); i++)
    if (g_str_equal (tdm_case_get_covariate (record, i)->name, "WT"))
      return tdm_case_get_covariate (record, i)->value;
  return 0;
}

/* The regimen ranked first for the typical person; the middle of what can be given
 * where there is no advice. */
static inline void
find_standard (Ward *self, TdmCase *typical)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmProblem) problem = tdm_problem_new (typical, self->model, &error);
  g_assert_no_error (error);
  g_autoptr (TdmFit) fit = tdm_map_fit (problem, NULL, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) notes = tdm_notes_new ();
  const TdmDoseSearchOptions search = { .draws = 20, .seed = 3 };
  g_autoptr (TdmProposals) proposals =
      tdm_dose_search (fit, notes, &search, NULL, &error);
  g_assert_no_error (error);
  if (proposals->regimens->len > 0)
    {
      const TdmRegimen *best = proposals->regimens->pdata[0];
      self->route = best->route;
      self->amount_mg = best->amount_mg;
      self->interval_h = best->interval_h;
      self->duration_h = best->duration_h;
      return;
    }
  const TdmModelDosing *dosing = tdm_model_get_dosing (self->model, 0);
  self->route = dosing->route;
  self->amount_mg = dosing->amounts_mg[dosing->n_amounts / 2];
  self->interval_h = dosing->intervals_h[dosing->n_intervals / 2];
  self->duration_h = dosing->n_durations ? dosing->durations_h[0] : 0;
}

/* Each model has patients of its own, so that models can be counted together. */
static inline void
ward_open (Ward *self, const char *id, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  *self = (Ward){ .model = bundled_model (id) };
  self->people = (TdmPeople){ .model = self->model, .seed = seed + g_str_hash (id) };
  g_autoptr (TdmCase) typical = tdm_people_typical (&self->people, &error);
  g_assert_no_error (error);
  find_standard (self, typical);
  if (tdm_model_get_people (self->model)->age.low < 18)
    self->per_kg = weight_of (typical);
  self->visit_h = 3 * self->interval_h;
  self->people.visits_h = &self->visit_h;
  self->people.n_visits = 1;
}

static inline void
ward_close (Ward *self)
{
  tdm_model_unref (self->model);
}

/* Patient `number` with `count` doses of the standard regimen from hour 0; NULL with an
 * error when nobody is found. Yours. */
static inline TdmCase *
ward_admit (const Ward *self, guint64 number, guint count, GError **error)
{
  g_autoptr (TdmCase) person = tdm_people_draw (&self->people, number, error);
  if (!person)
    return NULL;
  double factor = self->per_kg > 0 ? weight_of (person) / self->per_kg : 1.0;
  TdmDoseEntry dose = { .amount = self->amount_mg * (factor > 0 ? factor : 1.0),
                        .unit = (char *)tdm_salt_unit (
                            tdm_model_get_default_salt (self->model)),
                        .route = self->route->name,
                        .duration_h = self->duration_h,
                        .interval_h = self->interval_h,
                        .count = count };
  g_autoptr (TdmCaseEdit) edit = tdm_case_edit_new (person);
  tdm_case_edit_insert_dose (edit, 0, &dose);
  return tdm_case_edit_finish (edit, error);
}

/* When levels are drawn: three in the second interval, one at the end of the fourth. */
#define WARD_LEVELS 4
static inline TdmLook
ward_look (const Ward *self, double times_h[WARD_LEVELS])
{
  const double tau = self->interval_h, after = MIN (self->duration_h, 0.7 * tau);
  times_h[0] = tau + after + 0.06 * (tau - after);
  times_h[1] = tau + after + 0.4 * (tau - after);
  times_h[2] = tau + after + 0.93 * (tau - after);
  times_h[3] = 3 * tau + after + 0.97 * (tau - after);
  return (TdmLook){ times_h, WARD_LEVELS, 0 };
}
