/* Structures: how amounts move between compartments.
 *
 * Two kinds. LINEAR: one to three mammillary compartments with first-order elimination
 * from the central one, fed directly (iv) and through a chain of `chain` absorption
 * compartments that all empty at the same rate (1 = first-order absorption with rate
 * KA, n = Erlang transit with rate KTR); solved in closed form. ODE: the model supplies
 * the right-hand side; solved on the jets by an explicit Runge-Kutta method, and where
 * that finds the problem stiff by CVODES with forward sensitivities.
 *
 * Units: hours, mg, L. Everything that may depend on a random effect is a jet. */
#pragma once

#include <glib.h>

#include "num/jet.h"
#include "num/ode.h"

/* Longest absorption chain. */
#define TDM_PK_MAX_CHAIN 60

typedef enum
{
  TDM_PK_LINEAR,
  TDM_PK_ODE,
} TdmPkKind;

/* Structural parameters of a LINEAR structure, in this order (those that exist):
 * CL, V1, then Q2, V2, then Q3, V3, then the chain's rate. */
typedef enum
{
  TDM_PK_CL,
  TDM_PK_V1,
  TDM_PK_Q2,
  TDM_PK_V2,
  TDM_PK_Q3,
  TDM_PK_V3,
  TDM_PK_KA,
  TDM_PK_N_LINEAR,
} TdmPkLinearParameter;

/* Right-hand side of an ODE structure on jets. `time` is two jets: the hours since the
 * case's start, and those since the first dose (0 before it; see origin_h). Every
 * parameter, state and derivative is a jet over `space`; arrays of jets are contiguous.
 * Must be a pure function; `scratch` holds `scratch_jets` jets for its own use. */
typedef void (*TdmPkRhs) (gconstpointer data, const TdmJetSpace *space,
                          const double *time, const double *parameters,
                          const double *states, double *derivatives, double *scratch);

/* States of an ODE structure in a body to which nothing was given; same conventions. */
typedef void (*TdmPkInitial) (gconstpointer data, const TdmJetSpace *space,
                              const double *parameters, double *states,
                              double *scratch);

/* Output (a concentration in mg/L, or an effect in a unit of its own) of an ODE
 * structure; same conventions, one jet out. */
typedef void (*TdmPkOutput) (gconstpointer data, const TdmJetSpace *space, guint output,
                             const double *time, const double *parameters,
                             const double *states, double *value, double *scratch);

/* A structure. Plain value; the owner (a model) keeps `data` alive and immutable.
 * Parameter sets handed to the solver hold n_parameters jets; the indices below point
 * into such a set; G_MAXUINT = absent. */
typedef struct
{
  TdmPkKind kind;
  guint n_parameters;

  /* LINEAR */
  guint compartments; /* 1, 2 or 3 */
  guint chain;        /* absorption compartments: 0 … TDM_PK_MAX_CHAIN */
  guint linear[TDM_PK_N_LINEAR];

  /* ODE */
  guint n_states;
  guint scratch_jets;
  TdmPkRhs rhs;
  TdmPkOutput output;
  TdmPkInitial initial; /* or NULL: all states are 0 */
  gconstpointer data;
  /* Of one step; 0 = the default, 1e-8, with which smooth problems end up good to 3e-9:
   * the order of the method is far above that of its error estimate. */
  double relative_tolerance;
  double absolute_tolerance; /* mg; 0 = the default, 1e-9 */

  guint n_outputs; /* LINEAR: 1, the central concentration */

  /* Of the question, not of the model: the output that areas, troughs and peaks are of,
   * and when the first dose was given (h). Plans set both in their own copy. */
  guint main_output;
  double origin_h;
} TdmPkStructure;

/* A steady state began so long ago that nothing changes any more with the time since
 * the first dose: ten years. */
#define TDM_PK_LONG_AGO_H 87660.0

/* A property of a dose that depends on its amount (mg) as well as on parameters: one
 * jet. Must be a pure function; the owner (a model) keeps it and `data` alive. */
typedef struct
{
  void (*compute) (gconstpointer data, const TdmJetSpace *space, double amount_mg,
                   const double *parameters, double *value);
  gconstpointer data;
} TdmPkOfDose;

/* A route: where a dose enters and through which parameters. States of a LINEAR
 * structure: central 0, peripherals 1 and 2, then the chain in order of passage. */
typedef struct
{
  guint state;           /* compartment that receives the dose */
  guint bioavailability; /* parameter index, G_MAXUINT = 1 */
  guint lag;             /* parameter index (h), G_MAXUINT = 0 */
  guint duration; /* parameter index (h) of zero-order input, G_MAXUINT = dose's own */
  gboolean duration_is_rate; /* that parameter is a rate (mg/h): the input lasts until
                              * what is absorbed of the dose is in */
  /* Instead of the parameters of that name; NULL = those. */
  const TdmPkOfDose *bioavailability_of_dose, *lag_of_dose;
} TdmPkRoute;

/* Whether a dose by this route may be absorbed in part, or comes later. */
gboolean tdm_pk_route_has_bioavailability (const TdmPkRoute *self);
gboolean tdm_pk_route_has_lag (const TdmPkRoute *self);
/* Whether one of them depends on the amount: what is predicted is then no straight line
 * in the amount even where the structure is linear. */
gboolean tdm_pk_route_depends_on_dose (const TdmPkRoute *self);
/* Both as jets for a dose of `amount_mg` under one parameter set: 1 and 0 where the
 * route has none. */
void tdm_pk_route_bioavailability (const TdmPkRoute *self, const TdmJetSpace *space,
                                   double amount_mg, const double *parameters,
                                   double *value);
void tdm_pk_route_lag (const TdmPkRoute *self, const TdmJetSpace *space,
                       double amount_mg, const double *parameters, double *value);

/* How well, and by which method, an ODE structure is solved, and what ends that. */
typedef struct
{
  double relative, absolute; /* 0 = the structure's, or the defaults */
  TdmOdeMethod method;
  GCancellable *cancellable; /* these as in TdmOdeSystem */
  guint64 *left;
} TdmPkAccuracy;

/* What `wanted` comes to for this structure: no zeros left. */
TdmPkAccuracy tdm_pk_structure_accuracy (const TdmPkStructure *self,
                                         const TdmPkAccuracy *wanted);

/* Number of states. */
guint tdm_pk_structure_n_states (const TdmPkStructure *self);
