#include "lang/function.h"

#define OPERATION(name, parameters, n, op) \
  {                                        \
    name, parameters, n, n, op             \
  }
#define BODY(name, parameters, n, unit, body, source)          \
  {                                                            \
    name, parameters, n, n, TDM_OP_LITERAL, body, unit, source \
  }

/* Bodies may use what stands above them. 0/0 is "no value". */
static const TdmFunction functions[] = {
  OPERATION ("exp", "x", 1, TDM_OP_EXP),
  OPERATION ("log", "x", 1, TDM_OP_LOG),
  OPERATION ("ln", "x", 1, TDM_OP_LOG),
  OPERATION ("log10", "x", 1, TDM_OP_LOG10),
  OPERATION ("sqrt", "x", 1, TDM_OP_SQRT),
  OPERATION ("pow", "x, exponent", 2, TDM_OP_POW),
  OPERATION ("abs", "x", 1, TDM_OP_ABS),
  OPERATION ("floor", "x", 1, TDM_OP_FLOOR),
  OPERATION ("logit", "p", 1, TDM_OP_LOGIT),
  OPERATION ("expit", "x", 1, TDM_OP_EXPIT),
  { "min", "x, y, …", 2, 8, TDM_OP_MIN },
  { "max", "x, y, …", 2, 8, TDM_OP_MAX },
  OPERATION ("if", "condition, then, else", 3, TDM_OP_SELECT),

  BODY ("by_sex", "sex, male, female", 3, NULL,
        "if(sex == 0, male, if(sex == 1, female, 0/0))", NULL),
  BODY ("cockcroft_gault", "age_y, weight_kg, scr_mg_dl, sex", 4, "mL/min",
        "(140 - age_y) * weight_kg / (72 * scr_mg_dl) * by_sex(sex, 1, 0.85)",
        "Cockcroft DW, Gault MH. Nephron 1976;16:31-41"),
  BODY ("bsa_dubois", "weight_kg, height_cm", 2, "m2",
        "0.007184 * weight_kg^0.425 * height_cm^0.725",
        "Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-871"),
  BODY ("bsa_mosteller", "weight_kg, height_cm", 2, "m2",
        "sqrt(weight_kg * height_cm / 3600)",
        "Mosteller RD. N Engl J Med 1987;317:1098"),
  BODY ("ideal_weight", "height_cm, sex", 2, "kg",
        "by_sex(sex, 50, 45.5) + 2.3 * (height_cm/2.54 - 60)",
        "Devine BJ. Drug Intell Clin Pharm 1974;8:650-655"),
  BODY ("adjusted_weight", "weight_kg, ideal_weight_kg", 2, "kg",
        "ideal_weight_kg + 0.4 * (weight_kg - ideal_weight_kg)",
        "Traynor AM et al. Antimicrob Agents Chemother 1995;39:545-548"),
  BODY ("fat_free_mass", "weight_kg, height_cm, sex", 3, "kg",
        "9270 * weight_kg / (by_sex(sex, 6680, 8780)"
        " + by_sex(sex, 216, 244) * weight_kg / (height_cm/100)^2)",
        "Janmahasatian S et al. Clin Pharmacokinet 2005;44:1051-1065"),
  BODY ("lean_body_weight", "weight_kg, height_cm, sex", 3, "kg",
        "by_sex(sex, 1.10, 1.07) * weight_kg"
        " - by_sex(sex, 128, 148) * (weight_kg/height_cm)^2",
        "James WPT. Research on Obesity. London: HMSO 1976"),
  BODY ("egfr_ckdepi_2021", "scr_mg_dl, age_y, sex", 3, "mL/min/1.73m2",
        "142 * min(scr_mg_dl / by_sex(sex, 0.9, 0.7), 1)^by_sex(sex, -0.302, -0.241)"
        " * max(scr_mg_dl / by_sex(sex, 0.9, 0.7), 1)^-1.200"
        " * 0.9938^age_y * by_sex(sex, 1, 1.012)",
        "Inker LA et al. N Engl J Med 2021;385:1737-1749"),
  /* The IDMS-traceable form, without the factor for race. */
  BODY ("egfr_mdrd", "scr_mg_dl, age_y, sex", 3, "mL/min/1.73m2",
        "175 * scr_mg_dl^-1.154 * age_y^-0.203 * by_sex(sex, 1, 0.742)",
        "Levey AS et al. Ann Intern Med 2006;145:247-254"),
  BODY ("egfr_schwartz", "height_cm, scr_mg_dl", 2, "mL/min/1.73m2",
        "0.413 * height_cm / scr_mg_dl",
        "Schwartz GJ et al. J Am Soc Nephrol 2009;20:629-637"),
};

const TdmFunction *
tdm_function_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (g_str_equal (functions[i].name, name))
      return &functions[i];
  return NULL;
}

const TdmFunction *
tdm_functions (guint *n)
{
  *n = G_N_ELEMENTS (functions);
  return functions;
}
