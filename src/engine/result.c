/* The one path from a case to an answer. */
#include "engine/target.h"

#include "engine/notes-history.h"
#include "engine/result.h"
#include "num/linalg.h"
#include "record/case-file.h"

#include <math.h>
#include <string.h>

/* How far past the adjust time to draw: this many intervals, within these hours. */
#define AHEAD_INTERVALS 5
#define AHEAD_LEAST_H 48.0
#define AHEAD_MOST_H 24.0 * 21
/* The population's bands are only read out, not drawn: fewer draws will do. */
#define POPULATION_SHARE 4
/* At most this much history is drawn before the adjust time. */
#define BACK_MOST_H 24.0 * 60

/* From the first event, or BACK_MOST_H before the adjust time, to some intervals after.
 */
static void
find_span (const TdmProblem *problem, const TdmResultOptions *options,
           double interval_h, TdmCurveOptions *out)
{
  double adjust = tdm_problem_get_adjust_h (problem), first = adjust;
  for (guint i = 0; i < tdm_problem_get_n_doses (problem); i++)
    first = MIN (first, tdm_problem_get_dose (problem, i)->time_h);
  for (guint i = 0; i < tdm_problem_get_n_levels (problem); i++)
    first = MIN (first, tdm_problem_get_level (problem, i)->time_h);
  double ahead = CLAMP (AHEAD_INTERVALS * interval_h, AHEAD_LEAST_H, AHEAD_MOST_H);
  if (options && options->ahead_h > 0)
    ahead = options->ahead_h;
  out->from_h = MAX (first, adjust - BACK_MOST_H);
  out->to_h = adjust + ahead;
}

/* The one asked for, else the one the target is of. */
static guint
shown_output (const TdmProblem *problem, const TdmResultOptions *options)
{
  const TdmModel *model = tdm_problem_get_model (problem);
  int found =
      options && options->output ? tdm_model_find_output (model, options->output) : -1;
  if (found < 0)
    found = tdm_target_find_output (model, tdm_problem_get_target (problem), NULL);
  return (guint)MAX (found, 0);
}

static TdmCurve *
curve_of (const TdmResult *self, const TdmRegimen *regimen,
          const TdmResultOptions *options, GCancellable *cancellable, GError **error)
{
  TdmCurveOptions o = { .until_h = INFINITY, .posterior = self->posterior };
  const TdmProblem *problem = self->fit->problem;
  TdmPkDose lines[TDM_REGIMEN_LINES];
  o.draws = MIN (self->posterior->draws, options && options->draws
                                             ? options->draws
                                             : tdm_problem_get_draws (problem));
  o.seed = options ? options->seed : 0;
  o.residual = options && options->residual_bands;
  o.output = shown_output (problem, options);
  find_span (
      problem, options,
      regimen ? regimen->interval_h : tdm_problem_get_current (problem).interval_h, &o);
  if (regimen)
    {
      o.n_extra = tdm_regimen_lines (regimen, o.to_h, lines);
      o.until_h = tdm_regimen_start (regimen);
      o.extra = lines;
    }
  /* Before the adjust time a new regimen's curve is the current one's. */
  if (regimen && !regimen->is_current)
    o.from_h = tdm_regimen_start (regimen);
  o.population_draws = MAX (o.draws / POPULATION_SHARE, 1);
  return tdm_curve_new (self->fit, &o, cancellable, error);
}

static const TdmRegimen *
find_current (const TdmProposals *proposals, int *index)
{
  for (guint i = 0; i < proposals->regimens->len; i++)
    {
      const TdmRegimen *regimen = proposals->regimens->pdata[i];
      if (regimen->is_current)
        {
          *index = (int)i;
          return regimen;
        }
    }
  *index = -1;
  return NULL;
}

gboolean
tdm_result_current_regimen (const TdmProblem *problem, TdmRegimen *out)
{
  TdmCurrentRegimen current = tdm_problem_get_current (problem);
  *out = (TdmRegimen){ .route = current.route,
                       .salt = current.salt,
                       .amount_mg = current.amount_mg,
                       .interval_h = current.interval_h,
                       .duration_h = current.duration_h,
                       .first_dose_h = tdm_problem_get_adjust_h (problem),
                       .is_current = TRUE };
  return current.route != NULL && current.interval_h > 0;
}

static void
fill_metrics (TdmResult *self, const TdmRegimen *current)
{
  g_auto (TdmResolvedTarget) target = { .at_steady_state = TRUE };
  const TdmProblem *problem = self->fit->problem;
  if (tdm_problem_get_target (problem)->metric != TDM_METRIC_NONE
      && !tdm_target_resolve (problem, tdm_problem_get_target (problem), &target, NULL))
    return;
  g_autoptr (TdmMetrics) metrics = tdm_metrics_new (problem, &target);
  g_autoptr (GError) error = NULL;
  self->has_metrics =
      tdm_metrics_compute (metrics, current, self->fit->eta, &self->metrics, &error);
  if (!self->has_metrics)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "current-not-judged", "doses",
                   "The current regimen cannot be judged by the target: %s.",
                   error->message);
}

static gint
compare_notes (gconstpointer a, gconstpointer b)
{
  const TdmNote *x = *(TdmNote *const *)a, *y = *(TdmNote *const *)b;
  return (int)y->severity - (int)x->severity;
}

static char *
hash_input (const TdmResult *self, const TdmResultOptions *options)
{
  g_autofree char *text = tdm_case_file_to_text (self->record);
  const TdmDrug *drug = tdm_model_get_drug (self->model);
  g_autofree char *all = g_strdup_printf (
      "%s\n%s\n%s\n%s\n%u %" G_GUINT64_FORMAT " %d %.17g %s%s%s\n", text,
      tdm_model_get_sha256 (self->model), drug ? drug->sha256 : "", TDM_VERSION,
      options ? options->draws : 0, options ? options->seed : 0,
      options && options->residual_bands, options ? options->ahead_h : 0.0,
      tdm_posterior_method_name (options ? options->posterior : TDM_POSTERIOR_AUTO),
      options && options->output ? " " : "",
      options && options->output ? options->output : "");
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, all, -1);
}

static TdmResult *
result_new (TdmCase *record, TdmModel *model)
{
  TdmResult *self = g_new0 (TdmResult, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->record = tdm_case_ref (record);
  self->model = tdm_model_ref (model);
  self->chosen_index = -1;
  self->notes = tdm_notes_new ();
  return self;
}

static gboolean
fill_curves (TdmResult *self, const TdmResultOptions *options,
             GCancellable *cancellable, GError **error)
{
  TdmRegimen current;
  gboolean known = tdm_result_current_regimen (self->fit->problem, &current);
  self->current = curve_of (self, known ? &current : NULL, options, cancellable, error);
  if (!self->current)
    return FALSE;
  if (self->current->left_out > 0)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "draws-left-out", NULL,
                   "%u of the likely patients have no finite concentration with this "
                   "history; the bands leave them out.",
                   self->current->left_out);
  int index;
  const TdmRegimen *none = known ? NULL : find_current (self->proposals, &index);
  if (known)
    fill_metrics (self, &current);
  else if (none)
    {
      self->metrics = none->metrics;
      self->has_metrics = TRUE;
    }
  return TRUE;
}

/* The best regimen that is not the current one; that one where the best is that nothing
 * more is given. */
static int
first_other (const TdmProposals *proposals)
{
  const TdmRegimen *best =
      proposals->regimens->len > 0 ? proposals->regimens->pdata[0] : NULL;
  if (best && best->is_current && best->amount_mg <= 0)
    return 0;
  for (guint i = 0; i < proposals->regimens->len; i++)
    if (!((const TdmRegimen *)proposals->regimens->pdata[i])->is_current)
      return (int)i;
  return -1;
}

static void
collect_notes (TdmResult *self, GCancellable *cancellable)
{
  tdm_notes_extend (self->notes, tdm_problem_get_notes (self->fit->problem));
  tdm_notes_extend (self->notes, self->fit->notes);
  tdm_notes_on_renal_function (self->fit->problem, self->notes);
  tdm_notes_on_swapped_levels (self->fit, cancellable, self->notes);
}

static TdmPosterior *
sample_posterior (const TdmFit *fit, const TdmResultOptions *options,
                  GCancellable *cancellable, GError **error)
{
  TdmPosteriorOptions o = { 0 };
  if (options)
    {
      o.seed = options->seed;
      o.method = options->posterior;
      o.draws = options->draws;
    }
  return tdm_posterior_new (fit, &o, cancellable, error);
}

static TdmProposals *
search_doses (const TdmResult *self, GCancellable *cancellable, GError **error)
{
  const TdmDoseSearchOptions search = { .posterior = self->posterior };
  return tdm_dose_search (self->fit, self->notes, &search, cancellable, error);
}

TdmResult *
tdm_result_compute (TdmCase *record, TdmModel *model, const TdmResultOptions *options,
                    GCancellable *cancellable, GError **error)
{
  g_autoptr (TdmProblem) problem = NULL;
  g_autoptr (TdmResult) self = result_new (record, model);
  tdm_num_init ();
  problem = tdm_problem_new (record, model, error);
  if (!problem)
    return NULL;
  self->fit = tdm_map_fit (problem, NULL, cancellable, error);
  if (!self->fit)
    return NULL;
  collect_notes (self, cancellable);
  self->posterior = sample_posterior (self->fit, options, cancellable, error);
  if (!self->posterior)
    return NULL;
  tdm_posterior_add_notes (self->posterior, self->notes);
  self->certificate = tdm_certificate_new (self->fit, self->notes, cancellable, error);
  if (!self->certificate)
    return NULL;
  self->proposals = search_doses (self, cancellable, error);
  if (!self->proposals || !fill_curves (self, options, cancellable, error))
    return NULL;
  if (self->proposals->none_reaches && !self->proposals->withheld)
    tdm_notes_add (self->notes, TDM_NOTE_CAUTION, "target-not-reached", "target",
                   "None of the %u regimens that can be given brings this patient into "
                   "the target window; the nearest ones are shown.",
                   self->proposals->candidates);
  g_ptr_array_sort (self->notes, compare_notes);
  self->input_hash = hash_input (self, options);
  return tdm_result_choose (self, first_other (self->proposals), options, cancellable,
                            error);
}

/* All but the chosen regimen and the hash, of another record. */
static TdmResult *
result_copy (const TdmResult *self, TdmCase *record)
{
  TdmResult *out = result_new (record, self->model);
  out->fit = tdm_fit_ref (self->fit);
  out->posterior = tdm_posterior_ref (self->posterior);
  out->certificate = tdm_certificate_ref (self->certificate);
  out->proposals = tdm_proposals_ref (self->proposals);
  out->current = tdm_curve_ref (self->current);
  out->metrics = self->metrics;
  out->has_metrics = self->has_metrics;
  tdm_notes_extend (out->notes, self->notes);
  return out;
}

TdmResult *
tdm_result_with_words (TdmResult *self, TdmCase *record,
                       const TdmResultOptions *options)
{
  TdmResult *out = result_copy (self, record);
  out->chosen_index = self->chosen_index;
  out->chosen = self->chosen ? tdm_curve_ref (self->chosen) : NULL;
  out->input_hash = hash_input (out, options);
  return out;
}

TdmResult *
tdm_result_choose (TdmResult *self, int index, const TdmResultOptions *options,
                   GCancellable *cancellable, GError **error)
{
  g_autoptr (TdmResult) out = result_copy (self, self->record);
  int current;
  out->input_hash = g_strdup (self->input_hash);
  find_current (self->proposals, &current);
  if (index < 0 || index >= (int)self->proposals->regimens->len)
    return g_steal_pointer (&out);
  out->chosen_index = index;
  if (index == current)
    return g_steal_pointer (&out);
  out->chosen = curve_of (out, out->proposals->regimens->pdata[index], options,
                          cancellable, error);
  return out->chosen ? g_steal_pointer (&out) : NULL;
}

TdmResult *
tdm_result_ref (TdmResult *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_result_unref (TdmResult *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->fit, tdm_fit_unref);
  g_clear_pointer (&self->posterior, tdm_posterior_unref);
  g_clear_pointer (&self->certificate, tdm_certificate_unref);
  g_clear_pointer (&self->proposals, tdm_proposals_unref);
  g_clear_pointer (&self->current, tdm_curve_unref);
  g_clear_pointer (&self->chosen, tdm_curve_unref);
  g_ptr_array_unref (self->notes);
  g_free (self->input_hash);
  tdm_case_unref (self->record);
  tdm_model_unref (self->model);
  g_free (self);
}
