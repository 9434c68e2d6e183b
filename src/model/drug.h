/* A drug: what all models of it share. Read from the file of the drug
 * (models/README.md), of which a model says that it uses it; targets and what can be
 * given come with the model (model/model.h). Belongs to its model. */
#pragma once

#include <glib.h>

/* What a level is called in messages between computers. */
typedef enum
{
  TDM_LOINC_MASS,
  TDM_LOINC_MOLAR,
  TDM_LOINC_ACTIVITY,
} TdmLoincQuantity;

/* To be shown wherever codes are. */
#define TDM_LOINC_NOTICE                                                     \
  "LOINC codes are © Regenstrief Institute, Inc. and the LOINC Committee, " \
  "available at no cost under the licence at loinc.org/license."

typedef struct
{
  char *code;  /* "20578-1"; its check digit is right */
  char *title; /* what it stands for, in the user's language */
  TdmLoincQuantity quantity;
  char *source;
} TdmLoinc;

typedef struct
{
  char *id; /* "vancomycin": of the file vancomycin.drug */
  char *version;
  char *name;           /* in the user's language */
  char *plain_name;     /* as models call it */
  double molar_mass;    /* g/mol, 0 = unknown */
  char *sampling;       /* when levels are usually taken, in words */
  char *source;         /* of the above */
  double above_penalty; /* what a chance above the window costs, in chances within */
  GPtrArray *loinc;     /* of TdmLoinc* */
  char *sha256;         /* of the file's bytes, hex */
} TdmDrug;

/* Taken where no file of a drug says how much worse too much is than too little. */
#define TDM_DRUG_ABOVE_PENALTY 0.5

void tdm_drug_free (TdmDrug *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TdmDrug, tdm_drug_free)

/* "mass", "molar", "activity". Static. */
const char *tdm_loinc_quantity_name (TdmLoincQuantity quantity);
