/* A case and its edits. An edit holds a case of its own that nobody else sees;
 * finishing copies it, so that an edit can go on after a refusal. */
#include "record/case.h"

#include "base/clock.h"
#include "record/case-file.h"
#include "record/case-private.h"

#include <math.h>
#include <string.h>

struct _TdmCaseEdit
{
  TdmCase *draft;
};

static TdmMoment
moment_copy (const TdmMoment *from)
{
  return (TdmMoment){ .hours = from->hours, .text = g_strdup (from->text) };
}

static void
covariate_free (gpointer data)
{
  TdmCovariateEntry *entry = data;
  g_free (entry->name);
  g_free (entry->time.text);
  g_free (entry->text);
  g_free (entry->unit);
  g_free (entry);
}

static gpointer
covariate_copy (gconstpointer data, gpointer unused)
{
  const TdmCovariateEntry *from = data;
  TdmCovariateEntry *entry = g_memdup2 (from, sizeof *from);
  entry->name = g_strdup (from->name);
  entry->time = moment_copy (&from->time);
  entry->text = g_strdup (from->text);
  entry->unit = g_strdup (from->unit);
  return entry;
}

static void
dose_free (gpointer data)
{
  TdmDoseEntry *entry = data;
  g_free (entry->time.text);
  g_free (entry->end_from.text);
  g_free (entry->end_to.text);
  g_free (entry->unit);
  g_free (entry->route);
  g_free (entry->salt);
  g_free (entry->formulation);
  g_free (entry);
}

static gpointer
dose_copy (gconstpointer data, gpointer unused)
{
  const TdmDoseEntry *from = data;
  TdmDoseEntry *entry = g_memdup2 (from, sizeof *from);
  entry->time = moment_copy (&from->time);
  entry->end_from = moment_copy (&from->end_from);
  entry->end_to = moment_copy (&from->end_to);
  entry->unit = g_strdup (from->unit);
  entry->route = g_strdup (from->route);
  entry->salt = g_strdup (from->salt);
  entry->formulation = g_strdup (from->formulation);
  return entry;
}

static void
dialysis_free (gpointer data)
{
  TdmDialysisEntry *entry = data;
  g_free (entry->time.text);
  g_free (entry->unit);
  g_free (entry);
}

static gpointer
dialysis_copy (gconstpointer data, gpointer unused)
{
  const TdmDialysisEntry *from = data;
  TdmDialysisEntry *entry = g_memdup2 (from, sizeof *from);
  entry->time = moment_copy (&from->time);
  entry->unit = g_strdup (from->unit);
  return entry;
}

static void
level_free (gpointer data)
{
  TdmLevelEntry *entry = data;
  g_free (entry->time.text);
  g_free (entry->time_to.text);
  g_free (entry->unit);
  g_free (entry->output);
  g_free (entry);
}

static gpointer
level_copy (gconstpointer data, gpointer unused)
{
  const TdmLevelEntry *from = data;
  TdmLevelEntry *entry = g_memdup2 (from, sizeof *from);
  entry->time = moment_copy (&from->time);
  entry->time_to = moment_copy (&from->time_to);
  entry->unit = g_strdup (from->unit);
  entry->output = g_strdup (from->output);
  return entry;
}

static void
patient_clear (TdmPatient *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->birth);
  memset (self, 0, sizeof *self);
}

static TdmPatient
patient_copy (const TdmPatient *from)
{
  return (TdmPatient){ .id = g_strdup (from->id),
                       .name = g_strdup (from->name),
                       .sex = from->sex,
                       .birth = g_strdup (from->birth) };
}

static void
target_clear (TdmTarget *self)
{
  g_free (self->output);
  g_free (self->unit);
  g_free (self->at.text);
  g_free (self->from.text);
  g_free (self->to.text);
  g_free (self->threshold_unit);
  g_free (self->mic_unit);
  *self = (TdmTarget){ .low = -INFINITY, .high = INFINITY, .at_steady_state = TRUE };
}

static TdmTarget
target_copy (const TdmTarget *from)
{
  TdmTarget copy = *from;
  copy.output = g_strdup (from->output);
  copy.unit = g_strdup (from->unit);
  copy.at = moment_copy (&from->at);
  copy.from = moment_copy (&from->from);
  copy.to = moment_copy (&from->to);
  copy.threshold_unit = g_strdup (from->threshold_unit);
  copy.mic_unit = g_strdup (from->mic_unit);
  return copy;
}

static void
options_clear (TdmCaseOptions *self)
{
  g_free (self->intervals_h);
  g_free (self->adjust.text);
  *self = (TdmCaseOptions){ .prior_weight = 1.0 };
}

static TdmCaseOptions
options_copy (const TdmCaseOptions *from)
{
  TdmCaseOptions copy = *from;
  copy.intervals_h =
      g_memdup2 (from->intervals_h, from->n_intervals * sizeof *from->intervals_h);
  copy.adjust = moment_copy (&from->adjust);
  return copy;
}

static void
words_clear (TdmCaseWords *self)
{
  g_free (self->text);
  g_free (self->instead_of);
  g_free (self->edited);
  *self = (TdmCaseWords){ 0 };
}

static TdmCaseWords
words_copy (const TdmCaseWords *from)
{
  return (TdmCaseWords){ g_strdup (from->text), g_strdup (from->instead_of),
                         g_strdup (from->edited) };
}

TdmCase *
tdm_case_new_empty (void)
{
  TdmCase *self = g_new0 (TdmCase, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->covariates = g_ptr_array_new_with_free_func (covariate_free);
  self->doses = g_ptr_array_new_with_free_func (dose_free);
  self->dialyses = g_ptr_array_new_with_free_func (dialysis_free);
  self->levels = g_ptr_array_new_with_free_func (level_free);
  target_clear (&self->target);
  options_clear (&self->options);
  return self;
}

static TdmCase *
case_copy (const TdmCase *from)
{
  TdmCase *self = g_new0 (TdmCase, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->models = g_strdupv (from->models);
  self->start_text = g_strdup (from->start_text);
  self->start = from->start == NULL ? NULL : g_date_time_ref (from->start);
  self->patient = patient_copy (&from->patient);
  self->covariates =
      g_ptr_array_copy (from->covariates, (GCopyFunc)covariate_copy, NULL);
  self->doses = g_ptr_array_copy (from->doses, (GCopyFunc)dose_copy, NULL);
  self->dialyses = g_ptr_array_copy (from->dialyses, (GCopyFunc)dialysis_copy, NULL);
  self->levels = g_ptr_array_copy (from->levels, (GCopyFunc)level_copy, NULL);
  self->target = target_copy (&from->target);
  self->options = options_copy (&from->options);
  self->words = words_copy (&from->words);
  return self;
}

TdmCase *
tdm_case_ref (TdmCase *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
tdm_case_unref (TdmCase *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_strfreev (self->models);
  g_free (self->start_text);
  g_clear_pointer (&self->start, g_date_time_unref);
  patient_clear (&self->patient);
  g_ptr_array_unref (self->covariates);
  g_ptr_array_unref (self->doses);
  g_ptr_array_unref (self->dialyses);
  g_ptr_array_unref (self->levels);
  target_clear (&self->target);
  words_clear (&self->words);
  options_clear (&self->options);
  g_free (self);
}

gboolean
tdm_case_equal (const TdmCase *one, const TdmCase *other)
{
  if (one == other)
    return TRUE;
  g_autofree char *a = tdm_case_file_to_text (one);
  g_autofree char *b = tdm_case_file_to_text (other);
  return g_str_equal (a, b);
}

const char *
tdm_case_get_model (const TdmCase *self)
{
  return self->models == NULL ? NULL : self->models[0];
}

const char *const *
tdm_case_get_models (const TdmCase *self)
{
  return (const char *const *)self->models;
}

GDateTime *
tdm_case_get_start (const TdmCase *self)
{
  return self->start;
}

const char *
tdm_case_get_start_text (const TdmCase *self)
{
  return self->start_text;
}

const TdmPatient *
tdm_case_get_patient (const TdmCase *self)
{
  return &self->patient;
}

guint
tdm_case_get_n_covariates (const TdmCase *self)
{
  return self->covariates->len;
}

const TdmCovariateEntry *
tdm_case_get_covariate (const TdmCase *self, guint i)
{
  g_assert (i < self->covariates->len);
  return self->covariates->pdata[i];
}

guint
tdm_case_get_n_doses (const TdmCase *self)
{
  return self->doses->len;
}

const TdmDoseEntry *
tdm_case_get_dose (const TdmCase *self, guint i)
{
  g_assert (i < self->doses->len);
  return self->doses->pdata[i];
}

guint
tdm_case_count_doses (const TdmCase *self)
{
  guint n = 0;
  for (guint i = 0; i < self->doses->len; i++)
    n += tdm_case_get_dose (self, i)->count;
  return n;
}

guint
tdm_case_get_n_dialyses (const TdmCase *self)
{
  return self->dialyses->len;
}

const TdmDialysisEntry *
tdm_case_get_dialysis (const TdmCase *self, guint i)
{
  g_assert (i < self->dialyses->len);
  return self->dialyses->pdata[i];
}

guint
tdm_case_get_n_levels (const TdmCase *self)
{
  return self->levels->len;
}

const TdmLevelEntry *
tdm_case_get_level (const TdmCase *self, guint i)
{
  g_assert (i < self->levels->len);
  return self->levels->pdata[i];
}

const TdmTarget *
tdm_case_get_target (const TdmCase *self)
{
  return &self->target;
}

const TdmCaseOptions *
tdm_case_get_options (const TdmCase *self)
{
  return &self->options;
}

const TdmCaseWords *
tdm_case_get_words (const TdmCase *self)
{
  return &self->words;
}

gboolean
tdm_case_equal_but_words (const TdmCase *one, const TdmCase *other)
{
  g_autoptr (TdmCase) first = case_copy (one);
  g_autoptr (TdmCase) second = case_copy (other);
  words_clear (&first->words);
  words_clear (&second->words);
  return tdm_case_equal (first, second);
}

TdmCaseEdit *
tdm_case_edit_new (const TdmCase *from)
{
  TdmCaseEdit *self = g_new0 (TdmCaseEdit, 1);
  self->draft = from == NULL ? tdm_case_new_empty () : case_copy (from);
  return self;
}

void
tdm_case_edit_free (TdmCaseEdit *self)
{
  if (self == NULL)
    return;
  tdm_case_unref (self->draft);
  g_free (self);
}

void
tdm_case_edit_set_model (TdmCaseEdit *self, const char *id)
{
  const char *const ids[] = { id, NULL };
  tdm_case_edit_set_models (self, ids);
}

void
tdm_case_edit_set_models (TdmCaseEdit *self, const char *const *ids)
{
  char **copy =
      ids == NULL || ids[0] == NULL ? NULL : g_strdupv ((char **)(gpointer)ids);
  g_strfreev (self->draft->models);
  self->draft->models = copy;
}

void
tdm_case_edit_set_start (TdmCaseEdit *self, GDateTime *start)
{
  /* A start in another zone would be read back as one in this computer's. */
  g_autoptr (GDateTime) local = start == NULL ? NULL : g_date_time_to_local (start);
  g_autofree char *text = local == NULL ? NULL : tdm_clock_format (local);
  tdm_case_edit_set_start_text (self, text);
}

void
tdm_case_edit_set_start_text (TdmCaseEdit *self, const char *text)
{
  char *copy = g_strdup (text);
  g_free (self->draft->start_text);
  self->draft->start_text = copy;
}

void
tdm_case_edit_set_patient (TdmCaseEdit *self, const TdmPatient *patient)
{
  TdmPatient copy = patient_copy (patient);
  patient_clear (&self->draft->patient);
  self->draft->patient = copy;
}

/* Puts `entry`, which becomes the list's, in the place of number `i`. */
static void
replace (GPtrArray *list, guint i, gpointer entry)
{
  g_assert (i < list->len);
  g_ptr_array_insert (list, (int)i, entry);
  g_ptr_array_remove_index (list, i + 1);
}

static void
insert (GPtrArray *list, guint i, gpointer entry)
{
  g_assert (i <= list->len);
  g_ptr_array_insert (list, (int)i, entry);
}

static void
remove_entry (GPtrArray *list, guint i)
{
  g_assert (i < list->len);
  g_ptr_array_remove_index (list, i);
}

void
tdm_case_edit_insert_covariate (TdmCaseEdit *self, guint i,
                                const TdmCovariateEntry *entry)
{
  insert (self->draft->covariates, i, covariate_copy (entry, NULL));
}

void
tdm_case_edit_replace_covariate (TdmCaseEdit *self, guint i,
                                 const TdmCovariateEntry *entry)
{
  replace (self->draft->covariates, i, covariate_copy (entry, NULL));
}

void
tdm_case_edit_remove_covariate (TdmCaseEdit *self, guint i)
{
  remove_entry (self->draft->covariates, i);
}

void
tdm_case_edit_insert_dose (TdmCaseEdit *self, guint i, const TdmDoseEntry *entry)
{
  insert (self->draft->doses, i, dose_copy (entry, NULL));
}

void
tdm_case_edit_replace_dose (TdmCaseEdit *self, guint i, const TdmDoseEntry *entry)
{
  replace (self->draft->doses, i, dose_copy (entry, NULL));
}

void
tdm_case_edit_remove_dose (TdmCaseEdit *self, guint i)
{
  remove_entry (self->draft->doses, i);
}

void
tdm_case_edit_insert_dialysis (TdmCaseEdit *self, guint i,
                               const TdmDialysisEntry *entry)
{
  insert (self->draft->dialyses, i, dialysis_copy (entry, NULL));
}

void
tdm_case_edit_replace_dialysis (TdmCaseEdit *self, guint i,
                                const TdmDialysisEntry *entry)
{
  replace (self->draft->dialyses, i, dialysis_copy (entry, NULL));
}

void
tdm_case_edit_remove_dialysis (TdmCaseEdit *self, guint i)
{
  remove_entry (self->draft->dialyses, i);
}

void
tdm_case_edit_insert_level (TdmCaseEdit *self, guint i, const TdmLevelEntry *entry)
{
  insert (self->draft->levels, i, level_copy (entry, NULL));
}

void
tdm_case_edit_replace_level (TdmCaseEdit *self, guint i, const TdmLevelEntry *entry)
{
  replace (self->draft->levels, i, level_copy (entry, NULL));
}

void
tdm_case_edit_remove_level (TdmCaseEdit *self, guint i)
{
  remove_entry (self->draft->levels, i);
}

void
tdm_case_edit_set_target (TdmCaseEdit *self, const TdmTarget *target)
{
  TdmTarget copy = target_copy (target);
  target_clear (&self->draft->target);
  self->draft->target = copy;
}

void
tdm_case_edit_set_options (TdmCaseEdit *self, const TdmCaseOptions *options)
{
  TdmCaseOptions copy = options_copy (options);
  options_clear (&self->draft->options);
  self->draft->options = copy;
}

void
tdm_case_edit_set_words (TdmCaseEdit *self, const TdmCaseWords *words)
{
  const TdmCaseWords none = { 0 };
  TdmCaseWords copy = words_copy (words != NULL ? words : &none);
  words_clear (&self->draft->words);
  self->draft->words = copy;
}

TdmCase *
tdm_case_edit_finish (TdmCaseEdit *self, GError **error)
{
  g_autoptr (TdmCase) result = case_copy (self->draft);
  if (!tdm_case_check (result, error))
    return NULL;
  return g_steal_pointer (&result);
}
