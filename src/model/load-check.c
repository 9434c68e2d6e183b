#include <math.h>
#include <string.h>

#include "model/model-private.h"
#include "model/scan.h"
#include "pk/plan.h"

/* A [check …] section on its way in. */
typedef struct
{
  TdmModel *model;
  const TdmKeySection *section;
  TdmModelCheck *check;
  double tolerance; /* relative, of [check] as a whole; 0 = by the digits */
} Item;

/* A value of a covariate: one of its categories, or a number. */
static gboolean
read_covariate_value (TdmScan *scan, const TdmModelCovariate *c, double *out,
                      GError **error)
{
  TdmScan before = *scan;

  if (c->categories == NULL)
    return tdm_scan_number (scan, out, NULL, error);
  g_autofree char *text = tdm_scan_dup_token (scan, "a category", error);
  if (text == NULL)
    return FALSE;
  int category = tdm_model_find_category (c, text);
  *out = category;
  return category >= 0
         || tdm_scan_set_error (&before, error, "expected a category of %s", c->name);
}

/* NAME VALUE {"," NAME VALUE} */
static gboolean
read_covariates (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "covariates");
  const guint n = item->model->covariates->len;

  item->check->covariates = g_new (double, n + 1);
  for (guint i = 0; i < n; i++)
    item->check->covariates[i] = NAN;
  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  do
    {
      tdm_scan_at_end (&scan);
      TdmScan before = scan;
      g_autofree char *name = tdm_scan_dup_token (&scan, "a covariate", error);
      if (name == NULL)
        return FALSE;
      int i = tdm_model_find_covariate (item->model, name);
      if (i < 0 || !isnan (item->check->covariates[i]))
        return tdm_scan_set_error (
            &before, error, "expected each covariate of the model once, not “%s”",
            name);
      if (!read_covariate_value (&scan, tdm_model_get_covariate (item->model, i),
                                 &item->check->covariates[i], error))
        return FALSE;
    }
  while (tdm_scan_char (&scan, ','));
  return tdm_scan_expect_end (&scan, error);
}

/* WORD NUMBER "h", if WORD is next. */
static gboolean
read_hours (TdmScan *scan, const char *word, double *out, gboolean *found,
            GError **error)
{
  double factor;

  *found = tdm_scan_word (scan, word);
  if (!*found)
    return TRUE;
  TdmScan before = *scan;
  if (!tdm_scan_number (scan, out, NULL, error)
      || !tdm_scan_unit (scan, "h", 0.0, &factor, NULL, error))
    return FALSE;
  *out *= factor;
  return *out >= 0.0 || tdm_scan_set_error (&before, error, "expected 0 h or more");
}

/* AMOUNT UNIT ROUTE */
static gboolean
read_given (const Item *item, TdmScan *scan, TdmPkDose *dose, GError **error)
{
  TdmScan before = *scan;
  double factor;

  if (!tdm_scan_number (scan, &dose->amount_mg, NULL, error))
    return FALSE;
  if (!(dose->amount_mg > 0.0))
    return tdm_scan_set_error (&before, error, "expected more than 0");
  if (!tdm_scan_unit (scan, item->model->amount_unit, item->model->molar_mass, &factor,
                      NULL, error))
    return FALSE;
  dose->amount_mg *= factor;
  tdm_scan_at_end (scan);
  before = *scan;
  g_autofree char *name = tdm_scan_dup_token (scan, "a route", error);
  if (name == NULL)
    return FALSE;
  int route = tdm_model_find_route (item->model, name);
  if (route < 0)
    return tdm_scan_set_error (&before, error, "expected the name of a route");
  dose->route = tdm_model_get_route (item->model, route)->route;
  g_array_append_val (item->check->routes, route);
  return TRUE;
}

/* "times" COUNT | "steady" */
static gboolean
read_repeats (TdmScan *scan, TdmPkDose *dose, GError **error)
{
  TdmScan before = *scan;
  double count;

  dose->steady_state = tdm_scan_word (scan, "steady");
  if (dose->steady_state)
    return TRUE;
  if (!tdm_scan_expect_word (scan, "times", error)
      || !tdm_scan_number (scan, &count, NULL, error))
    return FALSE;
  if (count != floor (count) || count < 2.0 || count > 1000.0)
    return tdm_scan_set_error (&before, error, "expected 2 to 1000 doses");
  dose->count = (guint)count;
  return TRUE;
}

/* GIVEN ["over" HOURS] ["at" HOURS] ["every" HOURS REPEATS] */
static gboolean
read_dose (const Item *item, TdmScan *scan, GError **error)
{
  TdmPkDose dose = { .count = 1 };
  gboolean found;

  if (!read_given (item, scan, &dose, error)
      || !read_hours (scan, "over", &dose.duration_h, &found, error)
      || !read_hours (scan, "at", &dose.time_h, &found, error))
    return FALSE;
  TdmScan before = *scan;
  if (!read_hours (scan, "every", &dose.interval_h, &found, error))
    return FALSE;
  if (found && !(dose.interval_h > 0.0))
    return tdm_scan_set_error (&before, error, "expected an interval above 0 h");
  if (found && !read_repeats (scan, &dose, error))
    return FALSE;
  g_array_append_val (item->check->doses, dose);
  return TRUE;
}

/* DOSE {"," DOSE} */
static gboolean
read_doses (const Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "doses");

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  do
    if (!read_dose (item, &scan, error))
      return FALSE;
  while (tdm_scan_char (&scan, ','));
  return tdm_scan_expect_end (&scan, error);
}

/* The expected NUMBER, right to half a unit of its last printed digit. */
static gboolean
read_expected (const Item *item, TdmScan *scan, TdmModelExpectation *out,
               GError **error)
{
  TdmScan before = *scan;
  double half_digit;

  if (!tdm_scan_number (scan, &out->expected, &half_digit, error))
    return FALSE;
  if (out->expected == 0.0)
    return tdm_scan_set_error (&before, error, "expected a value other than 0");
  /* A hair more, so that a tie that was rounded up passes. */
  out->tolerance =
      MAX (item->tolerance, half_digit / fabs (out->expected) * (1.0 + 1e-9));
  return TRUE;
}

/* NAME NUMBER, of a covariate or parameter. */
static gboolean
read_value (const Item *item, TdmScan *scan, GError **error)
{
  TdmModelExpectation x = { TDM_CHECK_PARAMETER };

  tdm_scan_at_end (scan);
  TdmScan before = *scan;
  g_autofree char *name = tdm_scan_dup_token (scan, "a name", error);
  if (name == NULL)
    return FALSE;
  int i = tdm_model_find_parameter (item->model, name);
  if (i < 0)
    {
      x.kind = TDM_CHECK_COVARIATE;
      i = tdm_model_find_covariate (item->model, name);
    }
  if (i < 0)
    return tdm_scan_set_error (&before, error, "expected a parameter or a covariate");
  x.index = i;
  if (!read_expected (item, scan, &x, error))
    return FALSE;
  g_array_append_val (item->check->expected, x);
  return TRUE;
}

/* NUMBER "at" HOURS */
static gboolean
read_level (const Item *item, TdmScan *scan, GError **error)
{
  TdmModelExpectation x = { TDM_CHECK_LEVEL, .index = item->check->output };
  gboolean found;

  if (!read_expected (item, scan, &x, error)
      || !read_hours (scan, "at", &x.time_h, &found, error))
    return FALSE;
  if (!found)
    return tdm_scan_expect_word (scan, "at", error);
  g_array_append_val (item->check->expected, x);
  return TRUE;
}

/* NUMBER "from" HOURS "to" HOURS */
static gboolean
read_area (const Item *item, TdmScan *scan, GError **error)
{
  TdmModelExpectation x = { TDM_CHECK_AREA };
  gboolean from, to;

  if (!read_expected (item, scan, &x, error)
      || !read_hours (scan, "from", &x.from_h, &from, error))
    return FALSE;
  if (!from)
    return tdm_scan_expect_word (scan, "from", error);
  TdmScan before = *scan;
  if (!read_hours (scan, "to", &x.time_h, &to, error))
    return FALSE;
  if (!to || !(x.time_h > x.from_h))
    return tdm_scan_set_error (&before, error, "expected “to” and a later time");
  g_array_append_val (item->check->expected, x);
  return TRUE;
}

/* ("trough" | "peak" | "average" | "auc" | "auc24") NUMBER */
static gboolean
read_steady (const Item *item, TdmScan *scan, GError **error)
{
  static const struct
  {
    const char *word;
    TdmCheckKind kind;
  } words[] = { { "trough", TDM_CHECK_TROUGH },
                { "peak", TDM_CHECK_PEAK },
                { "average", TDM_CHECK_AVERAGE },
                { "auc", TDM_CHECK_AUC },
                { "auc24", TDM_CHECK_AUC24 } };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (tdm_scan_word (scan, words[i].word))
      {
        TdmModelExpectation x = { words[i].kind };
        if (!read_expected (item, scan, &x, error))
          return FALSE;
        g_array_append_val (item->check->expected, x);
        return TRUE;
      }
  return tdm_scan_set_error (scan, error,
                             "expected trough, peak, average, auc or auc24");
}

typedef gboolean (*ReadOne) (const Item *item, TdmScan *scan, GError **error);

/* ONE {"," ONE} */
static gboolean
read_all (const Item *item, const char *key, ReadOne read, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, key);

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  do
    if (!read (item, &scan, error))
      return FALSE;
  while (tdm_scan_char (&scan, ','));
  return tdm_scan_expect_end (&scan, error);
}

/* NUMBER "%", at most 5 */
static gboolean
read_tolerance (Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "tolerance");

  if (entry == NULL)
    return TRUE;
  TdmScan scan = tdm_scan_new (entry);
  if (!tdm_scan_number (&scan, &item->tolerance, NULL, error))
    return FALSE;
  if (!(item->tolerance > 0.0 && item->tolerance <= 5.0) || !tdm_scan_char (&scan, '%'))
    return tdm_scan_refuse (entry, error, "expected a tolerance up to 5 %");
  item->tolerance /= 100.0;
  return tdm_scan_expect_end (&scan, error);
}

static gboolean
read_output (Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "output");

  if (entry == NULL)
    return TRUE;
  int output = tdm_model_find_output (item->model, entry->value);
  item->check->output = MAX (output, 0);
  return output >= 0
         || tdm_scan_refuse (entry, error, "expected the name of an output");
}

static gboolean
read_subpopulation (Item *item, GError **error)
{
  const TdmKeyEntry *entry = tdm_key_section_find (item->section, "subpopulation");
  const guint n = tdm_model_get_n_subpopulations (item->model);

  if (entry == NULL)
    return TRUE;
  for (guint k = 0; k < n; k++)
    if (strcmp (tdm_model_get_subpopulation_name (item->model, k), entry->value) == 0)
      {
        item->check->subpopulation = k;
        return TRUE;
      }
  return tdm_scan_refuse (entry, error, "expected the name of a subpopulation");
}

/* ["of" OUTPUT] */
static gboolean
read_of_output (const Item *item, TdmScan *scan, guint *out, GError **error)
{
  if (!tdm_scan_word (scan, "of"))
    return TRUE;
  tdm_scan_at_end (scan);
  TdmScan before = *scan;
  g_autofree char *name = tdm_scan_dup_token (scan, "an output", error);
  if (name == NULL)
    return FALSE;
  int output = tdm_model_find_output (item->model, name);
  *out = MAX (output, 0);
  return output >= 0
         || tdm_scan_set_error (&before, error, "expected the name of an output");
}

/* NUMBER ["of" OUTPUT] "at" HOURS, measured */
static gboolean
read_one_observed (const Item *item, TdmScan *scan, GError **error)
{
  TdmCheckObserved observed = { .output = item->check->output };
  TdmScan before = *scan;
  gboolean found;

  if (!tdm_scan_number (scan, &observed.value, NULL, error))
    return FALSE;
  if (!(observed.value > 0.0))
    return tdm_scan_set_error (&before, error, "expected more than 0");
  if (!read_of_output (item, scan, &observed.output, error))
    return FALSE;
  if (!read_hours (scan, "at", &observed.time_h, &found, error))
    return FALSE;
  if (!found)
    return tdm_scan_expect_word (scan, "at", error);
  g_array_append_val (item->check->observed, observed);
  return TRUE;
}

/* "CL", or "CL[2]" of an occasion. */
static gboolean
is_effect (const TdmModel *model, const char *name)
{
  const gsize length = strcspn (name, "[");
  const GPtrArray *names =
      name[length] == '[' ? model->occasion_effects.names : model->effects.names;

  for (guint i = 0; i < names->len; i++)
    if (strncmp (names->pdata[i], name, length) == 0
        && ((const char *)names->pdata[i])[length] == '\0')
      return TRUE;
  return FALSE;
}

/* EFFECT NUMBER */
static gboolean
read_effect (const Item *item, TdmScan *scan, GError **error)
{
  TdmModelExpectation x = { TDM_CHECK_ETA };

  tdm_scan_at_end (scan);
  TdmScan before = *scan;
  g_autofree char *name = tdm_scan_dup_token (scan, "a random effect", error);
  if (name == NULL)
    return FALSE;
  if (!is_effect (item->model, name))
    return tdm_scan_set_error (&before, error,
                               "expected a random effect, such as CL or CL[1]");
  x.effect = g_intern_string (name);
  if (!read_expected (item, scan, &x, error))
    return FALSE;
  g_array_append_val (item->check->expected, x);
  return TRUE;
}

static gboolean
read_objective (const Item *item, TdmScan *scan, GError **error)
{
  TdmModelExpectation x = { TDM_CHECK_OBJECTIVE };

  if (!read_expected (item, scan, &x, error))
    return FALSE;
  g_array_append_val (item->check->expected, x);
  return TRUE;
}

/* What is compared must have been computed from something. */
static gboolean
check_whole (const Item *item, GError **error)
{
  const GArray *doses = item->check->doses;
  const TdmKeyEntry *steady = tdm_key_section_find (item->section, "steady_state");
  const char *const dosed[] = { "levels", "areas", "steady_state", "observed" };
  const char *const estimated[] = { "eta", "objective" };

  if (item->check->expected->len == 0)
    return tdm_place_set_error (
        error, &item->section->place,
        "expected “values”, “levels”, “areas”, “steady_state”, “eta” or “objective” in "
        "“[%s]”",
        item->section->group);
  for (guint i = 0; i < G_N_ELEMENTS (dosed); i++)
    {
      const TdmKeyEntry *entry = tdm_key_section_find (item->section, dosed[i]);
      if (entry != NULL && doses->len == 0)
        return tdm_scan_refuse (entry, error, "expected the key “doses” as well");
    }
  for (guint i = 0; i < G_N_ELEMENTS (estimated); i++)
    {
      const TdmKeyEntry *entry = tdm_key_section_find (item->section, estimated[i]);
      if (entry != NULL && item->check->observed->len == 0)
        return tdm_scan_refuse (entry, error, "expected the key “observed” as well");
    }
  if (steady != NULL
      && !(g_array_index (doses, TdmPkDose, doses->len - 1).interval_h > 0.0))
    return tdm_scan_refuse (steady, error, "expected a last dose with “every”");
  return TRUE;
}

static gboolean
read_check (Item *item, GError **error)
{
  return read_tolerance (item, error) && read_output (item, error)
         && read_subpopulation (item, error) && read_covariates (item, error)
         && read_doses (item, error) && read_all (item, "values", read_value, error)
         && read_all (item, "levels", read_level, error)
         && read_all (item, "areas", read_area, error)
         && read_all (item, "steady_state", read_steady, error)
         && read_all (item, "observed", read_one_observed, error)
         && read_all (item, "eta", read_effect, error)
         && read_all (item, "objective", read_objective, error)
         && check_whole (item, error);
}

gboolean
tdm_load_checks (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint i = 0; i < tdm_key_file_get_n_sections (file); i++)
    {
      Item item = { .model = self, .section = tdm_key_file_get_section (file, i) };
      if (strcmp (item.section->kind, "check") != 0)
        continue;
      item.check = g_new0 (TdmModelCheck, 1);
      item.check->name = g_strdup (item.section->name);
      item.check->source = tdm_key_file_dup_text (file, item.section, "source");
      item.check->doses = g_array_new (FALSE, FALSE, sizeof (TdmPkDose));
      item.check->routes = g_array_new (FALSE, FALSE, sizeof (guint));
      item.check->observed = g_array_new (FALSE, FALSE, sizeof (TdmCheckObserved));
      item.check->expected = g_array_new (FALSE, FALSE, sizeof (TdmModelExpectation));
      g_ptr_array_add (self->checks, item.check);
      if (!read_check (&item, error))
        return FALSE;
    }
  return TRUE;
}
