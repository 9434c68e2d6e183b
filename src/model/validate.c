/* Evaluates a model all over the ranges it allows, and refuses it where it computes
 * nonsense: at every corner of the covariates' ranges (allowed and studied), in their
 * middle unless there are very many covariates, once from the raw covariates through
 * the formulas and once with the derived covariates given. Corners are where monotonic
 * formulas have their extremes. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "model/model-private.h"

/* Points tried for one range; beyond, every n-th of them. */
#define MAX_POINTS 20000

/* More points than this, and the middles of the ranges are left to the smaller models:
 * the whole library is loaded when the program starts. */
#define MAX_WITH_MIDDLES 2000

/* What is varied: the values each covariate takes. */
typedef struct
{
  guint n;
  GArray **values; /* of double, at least one each (NAN = not given) */
} Grid;

static void
grid_free (Grid *self)
{
  for (guint i = 0; i < self->n; i++)
    g_array_unref (self->values[i]);
  g_free (self->values);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Grid, grid_free)

/* Which points a grid has. */
typedef struct
{
  gboolean studied; /* the studied ranges instead of the allowed ones */
  gboolean given;   /* derived covariates are given, otherwise computed */
  gboolean middles; /* not only the ends of ranges */
} GridKind;

static void
add_values (GArray *values, const TdmModelCovariate *c, const GridKind *kind)
{
  double low = kind->studied ? c->studied_low : c->limit_low;
  double high = kind->studied ? c->studied_high : c->limit_high;
  double middle = 0.5 * (low + high);

  if (c->categories == NULL)
    {
      g_array_append_val (values, low);
      if (kind->middles)
        g_array_append_val (values, middle);
      g_array_append_val (values, high);
      return;
    }
  for (double v = low; v <= high; v += 1.0)
    g_array_append_val (values, v);
}

/* Whether a parameter or a chance reads it itself, not through a formula. */
static gboolean
is_read (const TdmModel *model, const TdmModelCovariate *c)
{
  for (guint p = 0; p < model->parameters->len; p++)
    if (tdm_program_depends (model->program, p, c->name))
      return TRUE;
  return tdm_model_uses_for_subpopulations (model, c->name);
}

static gboolean
feeds_formula (const TdmModel *model, const TdmModelCovariate *c)
{
  for (guint i = 0; i < model->formulas->len; i++)
    {
      const TdmProgram *formula = g_ptr_array_index (model->formulas, i);
      if (formula != NULL && tdm_program_depends (formula, 0, c->name))
        return TRUE;
    }
  return FALSE;
}

/* With the derived covariates given, what only they are computed from says nothing; nor
 * does what only counts occasions. */
static gboolean
is_varied (const TdmModel *model, const TdmModelCovariate *c, const GridKind *kind)
{
  if (kind->given)
    return is_read (model, c);
  return c->needed && !c->derived && (is_read (model, c) || feeds_formula (model, c));
}

static Grid *
grid_new (const TdmModel *model, const GridKind *kind)
{
  Grid *self = g_new0 (Grid, 1);

  self->n = model->covariates->len;
  self->values = g_new0 (GArray *, self->n + 1);
  for (guint i = 0; i < self->n; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      self->values[i] = g_array_new (FALSE, FALSE, sizeof (double));
      if (is_varied (model, c, kind))
        add_values (self->values[i], c, kind);
      else
        {
          double missing = NAN;
          g_array_append_val (self->values[i], missing);
        }
    }
  return self;
}

static double
grid_count (const Grid *self)
{
  double count = 1.0;

  for (guint i = 0; i < self->n; i++)
    count *= self->values[i]->len;
  return count;
}

/* Point `index`, the digits of which choose the values. */
static void
grid_point (const Grid *self, guint64 index, double *point)
{
  for (guint i = 0; i < self->n; i++)
    {
      point[i] = g_array_index (self->values[i], double, index % self->values[i]->len);
      index /= self->values[i]->len;
    }
}

/* "AGE 101, WT 33": the needed covariates of a point. */
static char *
dup_point (const TdmModel *model, const double *point)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < model->covariates->len; i++)
    {
      const TdmModelCovariate *c = tdm_model_get_covariate (model, i);
      if (isnan (point[i]))
        continue;
      g_autofree char *number = tdm_number_exact (point[i]);
      g_string_append_printf (text, text->len > 0 ? ", %s %s" : "%s %s", c->name,
                              c->categories != NULL ? c->categories[(guint)point[i]]
                                                    : number);
    }
  return g_string_free (text, FALSE);
}

/* What depends on the dose must make sense for every amount that may be given. */
static gboolean
check_doses (TdmModel *self, const TdmKeyFile *file, const TdmBinding *binding,
             const double *point, GError **error)
{
  const TdmJetSpace plain = tdm_jet_space (0, 0);
  g_autofree double *eta = g_new0 (double, self->effects.names->len + 1);
  g_autofree double *parameters = g_new (double, self->parameters->len + 1);
  TdmOfDoseFault fault;

  if (self->of_doses->len == 0)
    return TRUE;
  tdm_binding_parameters (binding, &plain, eta, NULL, parameters);
  if (tdm_model_of_dose_is_sane (self, parameters, &fault))
    return TRUE;
  const TdmKeySection *section = tdm_key_file_find (file, "route", fault.route);
  g_autofree char *where = dup_point (self, point);
  return tdm_place_set_error (
      error, &tdm_key_section_find (section, fault.key)->place,
      "%s: expected a %s number for every amount that may be given, not %g for a dose "
      "of %g %s%s%s",
      fault.key, isfinite (fault.value) ? "positive" : "finite", fault.value,
      fault.amount_mg, self->amount_unit, *where != '\0' ? " at " : "", where);
}

/* An error of the binding itself names no place in the file: it gets that of the
 * parameters. */
static gboolean
check_point_of (TdmModel *self, const TdmKeyFile *file, const double *point,
                guint subpopulation, GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "parameters", NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (TdmBinding) binding =
      tdm_model_bind_unchecked (self, point, subpopulation, NULL, &local);
  guint bad;
  double value;

  if (binding != NULL && tdm_binding_is_sane (binding, &bad, &value))
    return check_doses (self, file, binding, point, error);
  g_autofree char *where = dup_point (self, point);
  if (binding == NULL)
    return tdm_place_set_error (error, &section->place, "%s at %s", local->message,
                                where);
  const char *name = tdm_model_get_parameter_name (self, bad);
  return tdm_place_set_error (
      error, &tdm_key_section_find (section, name)->place,
      "%s: expected a %s number over the whole allowed range, not %g at %s", name,
      isfinite (value) ? "positive" : "finite", value, where);
}

/* The chances of the subpopulations, where the covariates are as the point and the
 * formulas say. */
static gboolean
check_priors (TdmModel *self, const TdmKeyFile *file, const double *point,
              GError **error)
{
  const TdmKeySection *section = tdm_key_file_find (file, "subpopulations", NULL);
  g_autofree double *resolved = g_new (double, self->covariates->len + 1);
  g_autofree double *priors = g_new (double, tdm_model_get_n_subpopulations (self) + 1);
  g_autoptr (GError) local = NULL;
  g_autoptr (TdmBinding) binding =
      tdm_model_bind_unchecked (self, point, 0, resolved, &local);

  if (binding != NULL
      && tdm_model_get_subpopulation_priors (self, resolved, priors, &local))
    return TRUE;
  g_autofree char *where = dup_point (self, point);
  return tdm_place_set_error (error, &section->place, "%s at %s", local->message,
                              where);
}

static gboolean
check_point (TdmModel *self, const TdmKeyFile *file, TdmProbe *probe,
             const double *point, GError **error)
{
  const guint n = MAX (tdm_model_get_n_subpopulations (self), 1);

  /* What is wrong, and what depends on the dose, is found the slow way. */
  for (guint k = 0; k < n; k++)
    if ((self->of_doses->len > 0 || !tdm_probe_is_sane (probe, point, k))
        && !check_point_of (self, file, point, k, error))
      return FALSE;
  return tdm_model_get_n_subpopulations (self) == 0
         || check_priors (self, file, point, error);
}

static gboolean
check_grid (TdmModel *self, const TdmKeyFile *file, const Grid *grid, GError **error)
{
  g_autofree double *point = g_new0 (double, self->covariates->len + 1);
  g_autoptr (TdmProbe) probe = tdm_probe_new (self);
  double count = grid_count (grid);
  double stride = ceil (count / MAX_POINTS);

  for (double i = 0.0; i < count; i += stride)
    {
      grid_point (grid, (guint64)i, point);
      if (!check_point (self, file, probe, point, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_kind (TdmModel *self, const TdmKeyFile *file, GridKind *kind, GError **error)
{
  g_autoptr (Grid) full = grid_new (self, kind);

  if (grid_count (full) <= MAX_WITH_MIDDLES)
    return check_grid (self, file, full, error);
  kind->middles = FALSE;
  g_autoptr (Grid) corners = grid_new (self, kind);
  return check_grid (self, file, corners, error);
}

static gboolean
has_derived (const TdmModel *self)
{
  for (guint i = 0; i < self->covariates->len; i++)
    if (tdm_model_get_covariate (self, i)->derived)
      return TRUE;
  return FALSE;
}

gboolean
tdm_model_validate (TdmModel *self, const TdmKeyFile *file, GError **error)
{
  for (guint given = 0; given <= (has_derived (self) ? 1u : 0u); given++)
    for (guint studied = 0; studied <= 1; studied++)
      {
        GridKind kind = { studied != 0, given != 0, TRUE };
        if (!check_kind (self, file, &kind, error))
          return FALSE;
      }
  return TRUE;
}
