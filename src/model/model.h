/* A model: structure, parameter programs, prior, residual error, and everything a user
 * must know about it. Loaded from a model file (models/README.md). Immutable, reference
 * counted, may be shared between threads. */
#pragma once

#include <glib.h>

#include "base/note.h"
#include "model/drug.h"
#include "num/jet.h"
#include "pk/structure.h"
#include "record/case.h"

typedef struct _TdmModel TdmModel;

/* How a covariate behaves between its entries. */
typedef enum
{
  TDM_CARRY_FORWARD,  /* the last entry holds; the first also backwards */
  TDM_CARRY_BACKWARD, /* the next entry holds (NONMEM's habit); the last also forwards
                       */
  TDM_CARRY_LINEAR,
} TdmCarry;

typedef struct
{
  char *name;                       /* "WT" */
  char *title;                      /* "Body weight", in the user's language */
  char *unit;                       /* the unit expressions see; NULL = none */
  double studied_low, studied_high; /* outside: a caution (and extrapolated bands) */
  double limit_low, limit_high;     /* outside: refused */
  gboolean has_default;             /* a missing value takes it, and a note says so */
  double default_value;
  TdmCarry carry;
  char **categories; /* texts of a categorical covariate, value = index; or NULL */
  gboolean derived;  /* has an expression over other covariates; may be given instead */
  gboolean imputed;  /* derived, but only as a guess: a note says so */
  gboolean needed;   /* some parameter depends on it, directly or through others */
  gboolean formulation; /* its categories are formulations, which doses may name */
} TdmModelCovariate;

/* When an occasion begins. */
typedef enum
{
  TDM_OCCASION_NONE,      /* no effects of occasions */
  TDM_OCCASION_DOSE,      /* with every dose */
  TDM_OCCASION_PERIOD,    /* every period_h from the first dose */
  TDM_OCCASION_COVARIATE, /* where the covariate changes; equal values are one */
} TdmOccasionKind;

typedef struct
{
  TdmOccasionKind kind;
  double period_h;
  guint covariate;
} TdmOccasionRule;

typedef enum
{
  TDM_RESIDUAL_ADDITIVE,     /* v = a^2 */
  TDM_RESIDUAL_PROPORTIONAL, /* v = (b f)^2 */
  TDM_RESIDUAL_COMBINED,     /* v = a^2 + (b f)^2 */
  TDM_RESIDUAL_COMBINED_SD,  /* v = (a + b f^p)^2 */
  TDM_RESIDUAL_POWER,        /* v = a^2 + (b f^p)^2 */
  TDM_RESIDUAL_LOG,          /* ln y = ln f + e, v = a^2 */
  TDM_RESIDUAL_LOG_ADDITIVE, /* ln y = ln f + e, v = b^2 + (a / f)^2 */
  TDM_RESIDUAL_ASSAY,        /* v = (c0 + c1 f + c2 f^2 + c3 f^3)^2 */
} TdmResidualKind;

typedef struct
{
  char *name;        /* "C" */
  char *title;       /* "Vancomycin, serum, total" */
  char *unit;        /* of levels, residual error and answers: "mg/L", "ng/mL" */
  double per_mg_l;   /* value in `unit` = per_mg_l * what the structure gives: a
                      * concentration in mg/L (units/L for a drug in units), or an effect
                      * in   a unit of its own */
  gboolean effect;   /* no concentration of the drug: INR, a biomarker, a receptor */
  double molar_mass; /* of what is measured, g/mol; 0 = moles do not convert */
  gboolean baseline; /* has a value without any dose */
  TdmResidualKind error;
  double additive;     /* SD in `unit` (LOG: SD of the logarithm) */
  double proportional; /* fraction (POWER: factor; LOG_ADDITIVE: SD of logarithms) */
  double power;        /* POWER: the exponent; COMBINED_SD: too, 0 = 1 */
  double assay[4];     /* ASSAY: the coefficients, for values in `unit` */
  gboolean positive;   /* measurements are known to be above 0 (M4) */
  guint cmt;           /* the compartment of NONMEM-style data it is; 0 = none stated */
} TdmModelOutput;

typedef struct
{
  char *name; /* "iv", "oral" */
  char *title;
  char *formulation; /* the one given this way, or NULL */
  gboolean infusion; /* doses take a duration */
  TdmPkRoute route;
  guint cmt; /* the compartment that NONMEM-style data dose by this route; 0 = none */
} TdmModelRoute;

/* A form of the drug that is weighed otherwise than the model counts: a salt, a
 * prodrug, or the active part itself. */
typedef struct
{
  char *name;     /* as case files write it: "aminophylline" */
  char *title;    /* "Aminophylline" */
  char *unit;     /* doses of it are counted in this: "mg" or "mmol" */
  double mg;      /* what one `unit` of it counts for in the model, mg */
  guint64 routes; /* bit r: route r takes it */
  char *source;
} TdmModelSalt;

/* What the ward can give by one route. Arrays are yours to read, owned by the model. */
typedef struct
{
  char *name; /* of its section */
  const TdmModelRoute *route;
  char *unit;         /* of the amounts shown: "mg" */
  double *amounts_mg; /* every amount that can be given, ascending */
  guint n_amounts;
  double *intervals_h;
  guint n_intervals;
  double *durations_h; /* infusion lengths; n = 0 where not an infusion */
  guint n_durations;
  double max_rate_mg_h; /* INFINITY = no limit stated */
  double max_single_mg;
  double max_daily_mg;
  double loading_low_mg_kg, loading_high_mg_kg; /* 0 = no loading dose stated */
  double max_loading_mg;
  double max_concentration_mg_l; /* of what is given; INFINITY = no limit stated */
  double max_volume_l;           /* in which it is given; INFINITY = not stated */
  char *source;
} TdmModelDosing;

typedef struct
{
  char *name; /* "auc24": of its section */
  char *title;
  TdmTarget target;
  /* Beyond the window, in its unit: below the one no effect is to be expected, above
   * the other harm. -INFINITY and INFINITY = not stated. */
  double alarm_low, alarm_high;
  char *source;
} TdmModelTarget;

/* Ends and median of a quantity among people; NAN = not known. */
typedef struct
{
  double low, high, median;
} TdmModelRange;

/* Groups of patients, as bits. */
typedef enum
{
  TDM_GROUP_NEWBORN = 1 << 0,
  TDM_GROUP_OBESE = 1 << 1,
  TDM_GROUP_ICU = 1 << 2,
  TDM_GROUP_HAEMATOLOGY = 1 << 3,
  TDM_GROUP_DIALYSIS = 1 << 4,
  TDM_GROUP_TRANSPLANT = 1 << 5,
  TDM_GROUP_LUNG = 1 << 6, /* transplants of the lung */
} TdmGroup;

/* The people a model was built from, as numbers. */
typedef struct
{
  guint n, n_levels;    /* people and measurements; 0 = not known */
  TdmModelRange age;    /* years */
  TdmModelRange weight; /* kg */
  TdmModelRange renal;  /* creatinine clearance, mL/min */
  TdmModelRange bmi;    /* kg/m2 */
  guint groups;         /* TdmGroup: they were all (or, on dialysis, some) in them */
  char *setting;        /* in the user's language; NULL = not stated */
} TdmModelPeople;

/* Text about the model, in the user's language where the file translates it. */
typedef struct
{
  char *id, *drug, *title, *version;
  char *reference, *doi;
  char *population; /* the people it was built from, in words */
  char *status;     /* "A", "B" or "C": how it was verified */
  char *status_text;
  char *limits;      /* pitfalls, in words */
  gboolean teaching; /* for teaching only: a value nobody published decides */
  char *equations;   /* the [parameters] section as written */
} TdmModelText;

/* Loads a model file. NULL with a TDM_ERROR_INPUT error "FILE:LINE:COLUMN: what was
 * expected". Yours. */
TdmModel *tdm_model_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Same from memory; `name` stands for the file in messages. Yours. */
TdmModel *tdm_model_parse (const char *data, gsize length, const char *name,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
TdmModel *tdm_model_ref (TdmModel *self);
void tdm_model_unref (TdmModel *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmModel, tdm_model_unref)

const TdmModelText *tdm_model_get_text (const TdmModel *self);
const char *tdm_model_get_id (const TdmModel *self);
const char *tdm_model_get_sha256 (const TdmModel *self); /* of the file's bytes, hex */
/* The unit of amounts wherever this program says mg, mg/L …: "mg", or "IU" for drugs
 * that are measured by what they do. The two never convert. */
const char *tdm_model_get_amount_unit (const TdmModel *self);
const char *tdm_model_get_source (const TdmModel *self, gsize *length); /* the bytes */
const TdmModelPeople *tdm_model_get_people (const TdmModel *self);
/* "newborn", "icu" … of one bit. Static. */
const char *tdm_group_name (TdmGroup group);
double tdm_model_get_molar_mass (const TdmModel *self); /* g/mol, 0 = unknown */
/* What it shares with the other models of its drug; NULL = it stands alone. */
const TdmDrug *tdm_model_get_drug (const TdmModel *self);
const TdmPkStructure *tdm_model_get_structure (const TdmModel *self);
/* Whether an output is proportional to the doses, all else being equal: always of a
 * LINEAR structure; of differential equations where they and the output's expression
 * are such (whatever they do with time). FALSE when in doubt. */
gboolean tdm_model_is_proportional (const TdmModel *self, guint output);
guint tdm_model_get_n_parameters (const TdmModel *self);
const char *tdm_model_get_parameter_name (const TdmModel *self, guint i);
const char *tdm_model_get_parameter_unit (const TdmModel *self, guint i); /* or NULL */
guint tdm_model_get_n_effects (const TdmModel *self);
const char *tdm_model_get_effect_name (const TdmModel *self,
                                       guint i);          /* "CL" for eta_CL */
const double *tdm_model_get_omega (const TdmModel *self); /* n x n, row by row */
/* The effects that every occasion has anew (iov_CL in expressions), what makes an
 * occasion, and the covariance matrix of one occasion's effects. */
TdmOccasionRule tdm_model_get_occasion_rule (const TdmModel *self);
guint tdm_model_get_n_occasion_effects (const TdmModel *self);
const char *tdm_model_get_occasion_effect_name (const TdmModel *self, guint i);
const double *tdm_model_get_occasion_omega (const TdmModel *self);
/* Kinds of people of whom nobody knows beforehand who is one: 0, or 2 and more. Their
 * prior probabilities, one each, are those at the covariates `resolved`; FALSE with a
 * TDM_ERROR_INPUT error when they are no probabilities there. */
guint tdm_model_get_n_subpopulations (const TdmModel *self);
const char *tdm_model_get_subpopulation_name (const TdmModel *self, guint i);
gboolean tdm_model_get_subpopulation_priors (const TdmModel *self,
                                             const double *resolved, double *priors,
                                             GError **error);
guint tdm_model_get_n_covariates (const TdmModel *self);
const TdmModelCovariate *tdm_model_get_covariate (const TdmModel *self, guint i);
int tdm_model_find_covariate (const TdmModel *self, const char *name); /* -1 = none */
guint tdm_model_get_n_outputs (const TdmModel *self);
const TdmModelOutput *tdm_model_get_output (const TdmModel *self, guint i);
int tdm_model_find_output (const TdmModel *self, const char *name); /* -1 = none */
guint tdm_model_get_n_routes (const TdmModel *self);
const TdmModelRoute *tdm_model_get_route (const TdmModel *self, guint i);
/* The category of the covariate whose categories are formulations, and that covariate;
 * FALSE when there is none or `formulation` is none of them. */
gboolean tdm_model_find_formulation (const TdmModel *self, const char *formulation,
                                     guint *covariate, guint *category);
/* The formulations that doses may name: categories, then those of routes. Yours,
 * g_strfreev(); empty where the model tells none apart. */
char **tdm_model_dup_formulations (const TdmModel *self) G_GNUC_WARN_UNUSED_RESULT;
/* The route of a dose that names `route`, `formulation`, both or neither (NULL): the
 * only one that both allow. NULL when there is none, or several. */
const TdmModelRoute *tdm_model_route_of (const TdmModel *self, const char *route,
                                         const char *formulation);
guint tdm_model_get_n_salts (const TdmModel *self);
const TdmModelSalt *tdm_model_get_salt (const TdmModel *self, guint i);
/* Whether doses by route `r` may be of this salt. */
gboolean tdm_salt_fits (const TdmModelSalt *salt, const TdmModel *model,
                        const TdmModelRoute *route);
/* What the model counts as `mg`, in the salt and in its unit; NULL: mg as it is. */
double tdm_salt_amount (const TdmModelSalt *salt, double mg);
const char *tdm_salt_unit (const TdmModelSalt *salt);
/* What a dose is that names no salt: NULL, or for a drug in units, a salt without a
 * name that is those units. */
const TdmModelSalt *tdm_model_get_default_salt (const TdmModel *self);
guint tdm_model_get_n_dosings (const TdmModel *self);
const TdmModelDosing *tdm_model_get_dosing (const TdmModel *self, guint i);
/* Whether dosing `i` is for a patient with these (resolved) covariates: one formulation
 * may be given every 12 h, another every 24 h. A missing covariate never excludes. */
gboolean tdm_model_dosing_applies (const TdmModel *self, guint i,
                                   const double *resolved);
guint tdm_model_get_n_targets (const TdmModel *self);
const TdmModelTarget *tdm_model_get_target (const TdmModel *self,
                                            guint i); /* 0 = default */

/* Covariates of one moment turned into what parameters need: derived covariates are
 * computed and everything that depends on no random effect is evaluated once.
 * `covariates`: one value each, in the model's units, NAN = not given (allowed for
 * derived ones and those not needed). `resolved` (or NULL) receives all of them,
 * derived included. NULL with TDM_ERROR_INPUT "covariates: … is missing" or "… is not a
 * number" when an expression has no finite value. Yours; borrowed by nobody;
 * thread-safe to read. */
typedef struct _TdmBinding TdmBinding;
TdmBinding *tdm_model_bind (TdmModel *self, const double *covariates, double *resolved,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same for one subpopulation (0 = the first, which tdm_model_bind() takes). */
TdmBinding *tdm_model_bind_subpopulation (TdmModel *self, const double *covariates,
                                          guint subpopulation, double *resolved,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void tdm_binding_free (TdmBinding *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmBinding, tdm_binding_free)

/* The effects of the occasion at hand: `values`, and the number of the first one among
 * the jet's variables, G_MAXUINT = constants. NULL values: all 0. */
typedef struct
{
  const double *values;
  guint first;
} TdmOccasionEta;

/* The parameters at random effects `eta` (n_effects plain numbers, the first of the
 * jet's variables in order; a space with n = 0 gives plain values): n_parameters jets.
 * `occasion`: NULL where the model has no such effects, or for an occasion without.
 * FALSE when one is not finite. */
gboolean tdm_binding_parameters (const TdmBinding *self, const TdmJetSpace *space,
                                 const double *eta, const TdmOccasionEta *occasion,
                                 double *parameters);
