/* Molar masses of what laboratories measure besides the drug. */
#pragma once

/* g/mol. Creatinine's is the one that makes 1 mg/dL exactly 88.42 umol/L, the factor
 * clearance formulas were fitted with. */
#define TDM_CREATININE_G_MOL (10000.0 / 88.42)
#define TDM_ALBUMIN_G_MOL 66500.0
#define TDM_BILIRUBIN_G_MOL 584.66

/* The molar mass for a covariate's name ("SCR", "ALB", "BILI") in g/mol; 0 where a mass
 * does not convert to moles. */
double tdm_substance_molar_mass (const char *covariate);
