/* What a model is made of, for the files of this room only. */
#pragma once

#include "lang/program.h"
#include "model/key-file.h"
#include "model/check.h"
#include "model/model.h"

/* A parameter and the unit its expression computes in (NULL = none). */
typedef struct
{
  char *name;
  char *unit;
} TdmModelParameter;

/* Random effects and their covariance matrix. Those of variance 0 are fixed to 0: a
 * name that expressions may use, nothing else. */
typedef struct
{
  GPtrArray *names; /* of char* */
  GPtrArray *fixed; /* of char* */
  double *omega;    /* names x names */
} TdmModelEffects;

/* Kinds of people, and the program of each one's prior probability over the covariates;
 * NULL: what the others leave. */
typedef struct
{
  GPtrArray *names;  /* of char* */
  GPtrArray *priors; /* of TdmProgram* */
  gboolean has_remainder;
} TdmModelSubpopulations;

/* What expressions call it: a constant after the covariates, 1 for the first. */
#define TDM_MODEL_SUBPOPULATION "SUBPOPULATION"

/* The programs of an ODE structure, bound to no covariates: what the right-hand side
 * needs of them it takes from parameters. */
typedef struct
{
  guint n_states;
  TdmProgram *rhs;
  double *rhs_plain;
  TdmProgram *initial; /* NULL = all states are 0 */
  double *initial_plain;
  GPtrArray *outputs; /* of TdmProgram* */
  GPtrArray *plains;  /* of double*, one for each output */
} TdmModelOde;

/* A bioavailability or lag that depends on the amount of a dose (of-dose.c). */
typedef struct _TdmModelOfDose TdmModelOfDose;

/* What a line of a reference check compares. */
typedef enum
{
  TDM_CHECK_COVARIATE,
  TDM_CHECK_PARAMETER,
  TDM_CHECK_LEVEL,
  TDM_CHECK_AREA,
  TDM_CHECK_TROUGH,
  TDM_CHECK_PEAK,
  TDM_CHECK_AVERAGE,
  TDM_CHECK_AUC,   /* over one interval at steady state */
  TDM_CHECK_AUC24, /* over 24 h at steady state */
  TDM_CHECK_ETA,   /* at the estimate */
  TDM_CHECK_OBJECTIVE,
} TdmCheckKind;

typedef struct
{
  TdmCheckKind kind;
  guint index;           /* of the covariate, parameter or output */
  const char *effect;    /* ETA: its name, interned */
  double time_h, from_h; /* LEVEL: time; AREA: from, time */
  double expected;
  double tolerance; /* relative */
} TdmModelExpectation;

/* A [check …] section. */
typedef struct
{
  char *name;
  char *source;
  guint output;       /* that levels, areas and steady states are of */
  double *covariates; /* one each, NAN = not given */
  guint subpopulation;
  GArray *doses;    /* of TdmPkDose */
  GArray *routes;   /* of guint, one each */
  GArray *observed; /* of TdmCheckObserved */
  GArray *expected; /* of TdmModelExpectation */
} TdmModelCheck;

struct _TdmModel
{
  gatomicrefcount ref_count;
  char *source;
  gsize length;
  char *sha256;
  char *folder;          /* of the file, NULL from memory; while loading */
  TdmKeyFile *drug_file; /* or NULL; while loading */
  TdmDrug *drug;         /* or NULL */
  TdmModelPeople people;
  TdmModelText text;
  double molar_mass;
  const char *amount_unit; /* static */
  GPtrArray *covariates;   /* of TdmModelCovariate* */
  GPtrArray *formulas;     /* of TdmProgram*, one a covariate, NULL where not derived */
  TdmModelSubpopulations subpopulations;
  TdmModelEffects effects;          /* of the patient */
  TdmModelEffects occasion_effects; /* of each occasion */
  TdmOccasionRule occasion_rule;
  GPtrArray *parameters; /* of TdmModelParameter* */
  TdmProgram *program;   /* outputs: the parameters */
  TdmPkStructure structure;
  TdmModelOde ode;
  GPtrArray *outputs;    /* of TdmModelOutput* */
  GPtrArray *routes;     /* of TdmModelRoute* */
  GPtrArray *of_doses;   /* of TdmModelOfDose*, that routes point to */
  GPtrArray *salts;      /* of TdmModelSalt* */
  GPtrArray *dosings;    /* of TdmModelDosing* */
  GPtrArray *conditions; /* of TdmProgram*, one a dosing, NULL = for everyone */
  GPtrArray *targets;    /* of TdmModelTarget* */
  GPtrArray *checks;     /* of TdmModelCheck* */
};

/* A model without anything in it. */
TdmModel *tdm_model_new_empty (void) G_GNUC_WARN_UNUSED_RESULT;

/* -1 = none. */
int tdm_model_find_parameter (const TdmModel *self, const char *name);
int tdm_model_find_route (const TdmModel *self, const char *name);
int tdm_model_find_category (const TdmModelCovariate *covariate, const char *text);

/* A program of one output, `name` = the entry's value, over the first `n` covariates;
 * constant i is covariate i. Yours. */
TdmProgram *tdm_load_program (const TdmModel *self, guint n, const char *name,
                              const TdmKeyEntry *entry,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rule for the unit of a covariate. Borrows from it. */
TdmUnitRule tdm_model_rule_of_covariate (const TdmModelCovariate *c);
TdmUnitRule tdm_model_covariate_rule (const TdmModel *self, guint i);
/* Same for a parameter where it is computed; elsewhere `empirical` does not matter. */
TdmUnitRule tdm_model_parameter_rule (const TdmModel *self, guint i);

/* Makes the subpopulation known to expressions, if the model has some. */
gboolean tdm_load_add_subpopulation_variable (const TdmModel *self,
                                              TdmProgramBuilder *builder,
                                              const TdmKeyFile *file, GError **error);
/* TRUE when a prior probability depends on this covariate. */
gboolean tdm_model_uses_for_subpopulations (const TdmModel *self,
                                            const char *covariate);

/* A whole number from `low` to `high`; 0 when the key is absent, which it may be only
 * when `low` is 0. */
gboolean tdm_load_count (const TdmKeySection *section, const char *key, guint low,
                         guint high, guint *out, GError **error);

/* The unit of amounts followed by `suffix`: "mg/L" for "/L". Yours. */
char *tdm_load_amount_unit (const TdmModel *self,
                            const char *suffix) G_GNUC_WARN_UNUSED_RESULT;

/* The largest number of a compartment in NONMEM-style data. */
#define TDM_MODEL_MAX_CMT 999

/* The bytes of a file, if there are not too many. NULL with an error. Yours. */
/* As tdm_model_parse() of what stands in the file `path`: its name is checked, and
 * files beside it are found. */
TdmModel *tdm_model_parse_file (const char *data, gsize length, const char *path,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

char *tdm_load_bytes (const char *path, gsize *length,
                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A section of the model's file or of its drug's. */
typedef struct
{
  const TdmKeyFile *file;
  const TdmKeySection *section;
} TdmSharedSection;

/* The sections of a kind that the model uses, of TdmSharedSection: those that `key` of
 * [model] names, in that order; without the key its own and then its drug's. NULL with
 * an error. Yours. */
GArray *tdm_load_shared (const TdmModel *self, const TdmKeyFile *file, const char *kind,
                         const char *key, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Steps of loading, in this order; each FALSE with "FILE:LINE:COLUMN: …". */
gboolean tdm_load_text (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_people (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_drug (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_covariates (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_subpopulations (TdmModel *self, const TdmKeyFile *file,
                                  GError **error);
gboolean tdm_load_effects (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_parameters (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_outputs (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_structure (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_ode (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_routes (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_salts (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_dosings (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_targets (TdmModel *self, const TdmKeyFile *file, GError **error);
gboolean tdm_load_checks (TdmModel *self, const TdmKeyFile *file, GError **error);

/* Evaluates the parameters all over the allowed ranges of the covariates and refuses a
 * model that computes nonsense there. */
gboolean tdm_model_validate (TdmModel *self, const TdmKeyFile *file, GError **error);

/* tdm_model_bind_subpopulation() without its check that parameters make sense. */
TdmBinding *tdm_model_bind_unchecked (TdmModel *self, const double *covariates,
                                      guint subpopulation, double *resolved,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tries many points of the covariates; one thread. FALSE where a parameter makes no
 * sense, or something is missing: tdm_model_bind_unchecked() then tells what. */
typedef struct _TdmProbe TdmProbe;
TdmProbe *tdm_probe_new (TdmModel *model) G_GNUC_WARN_UNUSED_RESULT;
void tdm_probe_free (TdmProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmProbe, tdm_probe_free)
gboolean tdm_probe_is_sane (TdmProbe *self, const double *covariates,
                            guint subpopulation);

/* FALSE when a parameter of the typical patient is not finite, or not positive where it
 * must be; `bad` receives which, `bad_value` (or NULL) its value. */
gboolean tdm_binding_is_sane (const TdmBinding *self, guint *bad, double *bad_value);

/* `entry`, an expression over parameters and the amount of a dose, in `unit`. NULL with
 * an error. Yours. */
TdmModelOfDose *tdm_load_of_dose (const TdmModel *self, const TdmKeyFile *file,
                                  const TdmKeyEntry *entry, const char *unit,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
const TdmPkOfDose *tdm_model_of_dose_get (const TdmModelOfDose *self);
void tdm_model_of_dose_free (TdmModelOfDose *self);

/* Makes the parameters known to expressions over them. */
gboolean tdm_load_add_parameter_variables (const TdmModel *self, const TdmKeyFile *file,
                                           TdmProgramBuilder *builder, GError **error);

/* An amount for which a route has no sensible bioavailability or lag. */
typedef struct
{
  const char *route, *key; /* borrowed */
  double amount_mg, value;
} TdmOfDoseFault;

/* Tries all amounts that the model proposes under plain `parameters`. */
gboolean tdm_model_of_dose_is_sane (const TdmModel *self, const double *parameters,
                                    TdmOfDoseFault *fault);

/* The closures of an ODE structure; data is the TdmModelOde. */
void tdm_model_ode_rhs (gconstpointer data, const TdmJetSpace *space,
                        const double *time, const double *parameters,
                        const double *states, double *derivatives, double *scratch);
void tdm_model_ode_output (gconstpointer data, const TdmJetSpace *space, guint output,
                           const double *time, const double *parameters,
                           const double *states, double *value, double *scratch);
void tdm_model_ode_initial (gconstpointer data, const TdmJetSpace *space,
                            const double *parameters, double *states, double *scratch);
void tdm_model_ode_clear (TdmModelOde *self);
