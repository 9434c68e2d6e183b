/* Every way to get a model file wrong is refused with its place and what would be
 * right. */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "model/lint.h"
#include "model/model.h"

typedef struct
{
  const char *name;  /* of the test */
  const char *from;  /* stands once in the good file */
  const char *to;    /* what the faulty file has instead */
  const char *error; /* how the message begins */
} Fault;

static const Fault linear_faults[] = {
#define F(name, from, to, error) \
  {                              \
    name, from, to, error        \
  }
  /* The key file. */
  F ("no-equals", "drug = Example\n", "drug Example\n",
     "bad:6:1: expected “key = value”, “[section]” or a comment after “#”"),
  F ("no-key", "drug = Example\n", "= Example\n",
     "bad:6:1: expected “key = value”, “[section]” or a comment after “#”"),
  F ("no-value", "drug = Example\n", "drug =\n",
     "bad:6:7: expected a value for “drug”"),
  F ("bad-locale", "title[de] = ", "title[de = ",
     "bad:8:1: expected a key such as “title” or “title[de]”"),
  F ("bad-escape", "For tests\\nonly", "For tests\\qonly",
     "bad:14:19: expected \\n, \\t, \\r, \\s or \\\\ after a backslash"),
  F ("bad-utf8", "Nobody at all",
     "Nob\xff"
     "dy",
     "bad:13:17: expected text in UTF-8"),
  F ("key-before-section", "[model]\n", "",
     "bad:2:1: expected “[model]” before the first key"),
  F ("open-section", "[covariate AGE]", "[covariate AGE",
     "bad:17:1: expected a section such as “[covariate WT]”"),
  F ("duplicate-key", "version = 1.2\n", "version = 1.2\ndoi = 10.1234/other\n",
     "bad:11:1: the key “doi” is there already, on line 6"),
  F ("duplicate-section", "[covariate HT]", "[covariate AGE]",
     "bad:53:1: the section “[covariate AGE]” is there already, on line 17"),
  /* Sections and keys. */
  F ("unknown-section", "[covariate HT]", "[covariat HT]",
     "bad:53:1: unknown section “[covariat HT]”"),
  F ("unknown-key", "carry = linear", "carrry = linear",
     "bad:29:1: unknown key “carrry” in “[covariate]”"),
  F ("missing-key", "status = B\n", "",
     "bad:2:1: expected the key “status” in “[model]”"),
  F ("missing-section", "[effects]", "[terms2]",
     "bad:80:1: unknown section “[terms2]”"),
  F ("nameless-section", "[route iv]", "[route]",
     "bad:99:1: expected a name, as in “[route iv]”"),
  F ("named-section", "[terms]", "[terms more]",
     "bad:59:8: expected “[terms]” without a name"),
  F ("translated-number", "low = 30\n", "low = 30\nlow[de] = 31\n",
     "bad:130:1: “low” is the same in every language; expected no “[de]”"),
  F ("translation-alone", "title = Age\n", "title[de] = Alter\n",
     "bad:18:1: expected “title” without a language as well"),
  /* The model. */
  F ("format", "titrate-model/1", "titrate-model/2",
     "bad:3:10: format: expected “titrate-model/1”"),
  F ("id-shape", "id = example-author-2020", "id = example-2020",
     "bad:4:6: id: expected drug-author-year such as “vancomycin-goti-2018”"),
  F ("id-drug", "id = example-author-2020", "id = other-author-2020",
     "bad:4:6: id: expected an id that begins with the drug"),
  F ("doi", "doi = 10.1234/example", "doi = https://doi.org/10.1234/example",
     "bad:10:7: doi: expected a DOI such as “10.1097/FTD.0000000000000490”"),
  F ("status", "status = B", "status = E", "bad:11:10: status: expected A, B or C"),
  F ("version", "version = 1.2", "version = new",
     "bad:5:11: version: expected a version such as 1 or 1.2"),
  F ("molar-mass", "431.7 g/mol", "-431.7 g/mol",
     "bad:15:14: molar_mass: expected more than 0 g/mol"),
  F ("molar-mass-unit", "431.7 g/mol", "431.7 mg",
     "bad:15:20: molar_mass: expected a unit such as g/mol"),
  /* Covariates. */
  F ("covariate-name", "[covariate HT]", "[covariate 2HT]",
     "bad:53:12: '2HT' is not a name"),
  F ("covariate-case", "[covariate HT]", "[covariate wt]",
     "bad:53:12: expected a name that differs from “WT” by more than capitals"),
  F ("covariate-word", "[covariate HT]", "[covariate min]",
     "bad:53:12: 'min' is a word of the language"),
  F ("covariate-unit", "unit = kg", "unit = kgg",
     "bad:25:8: unit: “kgg” is not a known unit"),
  F ("covariate-no-unit", "unit = kg\n", "",
     "bad:23:1: expected “unit” (1 = none) or “categories” in “[covariate WT]”"),
  F ("range-order", "studied = 40 to 130", "studied = 130 to 40",
     "bad:26:11: studied: expected LOW to HIGH with LOW below HIGH"),
  F ("range-word", "studied = 40 to 130", "studied = 40 - 130",
     "bad:26:14: studied: expected “to”"),
  F ("range-number", "studied = 40 to 130", "studied = 40 to 1,3",
     "bad:26:18: studied: expected the end of the line, not “,3”"),
  F ("range-nan", "studied = 40 to 130", "studied = nan to 130",
     "bad:26:11: studied: expected a number"),
  F ("range-huge", "studied = 40 to 130", "studied = 40 to 1e999",
     "bad:26:17: studied: expected a finite number"),
  F ("range-outside", "studied = 40 to 130", "studied = 20 to 130",
     "bad:26:11: studied: expected a range within the allowed one"),
  F ("range-missing", "allowed = 30 to 200\n", "",
     "bad:23:1: expected the key “allowed” (LOW to HIGH) in “[covariate WT]”"),
  F ("default-outside", "default = 71.3", "default = 150",
     "bad:28:11: default: expected a value within the studied range"),
  F ("default-category", "default = tablet", "default = drops",
     "bad:50:11: default: expected one of the categories"),
  F ("default-derived", "formula = cock", "default = 91\nformula = cock",
     "bad:45:11: default: expected a formula or a default, not both"),
  F ("carry", "carry = linear", "carry = nearest",
     "bad:29:9: carry: expected forward, backward or (numbers only) linear"),
  F ("carry-category", "carry = backward", "carry = linear",
     "bad:51:9: carry: expected forward, backward or (numbers only) linear"),
  F ("one-category", "tablet, syrup", "tablet",
     "bad:49:14: categories: expected two categories or more, with commas between"),
  F ("same-category", "tablet, syrup", "tablet, tablet",
     "bad:49:14: categories: expected every category once"),
  F ("category-unit", "categories = tablet, syrup",
     "categories = tablet, syrup\nunit = kg",
     "bad:50:8: unit: expected only with numbers, not with categories"),
  F ("sex-order", "male, female", "female, male",
     "bad:33:14: categories: expected “male, female”: functions count on the order"),
  F ("formula-unknown", "(AGE, WT, SCR, sex)", "(AGE, WT, SCR, HT)",
     "bad:45:41: unknown name 'HT'"),
  F ("formula-arguments", "(AGE, WT, SCR, sex)", "(AGE, WT, SCR)",
     "bad:45:11: cockcroft_gault has 3 arguments"),
  F ("covariate-unused", "guard = yes\n", "",
     "bad:53:12: no parameter uses “HT”; expected one, or “guard = yes” if only its "
     "range matters"),
  F ("guard-used", "carry = linear", "guard = yes",
     "bad:29:9: guard: expected only for a covariate that no parameter uses"),
  F ("cmt", "title = Infusion", "title = Infusion\ncmt = 2.5",
     "bad:101:7: cmt: expected a whole number from 0 to 999"),
  F ("cmt-output", "title = Example, plasma", "title = Example, plasma\ncmt = -1",
     "bad:94:7: cmt: expected a whole number from 0 to 999"),
  F ("input-rate-unit", "lag = TLAG", "lag = TLAG\nrate = KA",
     "bad:109:8: rate: expected a parameter in the unit mg/h"),
  F ("input-rate-and-duration", "lag = TLAG", "lag = TLAG\nduration = TLAG\nrate = KA",
     "bad:110:8: rate: expected either duration or rate"),
  F ("guard-word", "guard = yes", "guard = no",
     "bad:57:9: guard: expected “yes”, or no such key"),
  /* Parameters and effects. */
  F ("expression", "Q = 4.31", "Q = 4.31 *", "bad:65:11: unexpected the end"),
  F ("expression-name", "23.9 * size", "23.9 * siz", "bad:64:13: unknown name 'siz'"),
  F ("expression-category", "\"syrup\"", "\"sirup\"",
     "bad:67:24: FORM has no category \"sirup\""),
  F ("eta-unknown", "exp(eta_V2)", "exp(eta_V3)", "bad:66:17: unknown name 'eta_V3'"),
  F ("eta-unused", "exp(eta_V2)", "1",
     "bad:83:1: expected a parameter that uses “eta_V2”"),
  F ("parameter-twice", "Q = 4.31", "size = 4.31", "bad:65:8: 'size' is defined twice"),
  F ("unit-missing", "F1 = 1\n", "",
     "bad:68:1: expected a unit for “F1” in “[units]” (1 = none)"),
  F ("unit-unknown", "Q = L/h", "Q = L/hrs",
     "bad:74:5: Q: “L/hrs” is not a known unit"),
  F ("unit-stray", "Q = L/h", "Q = L/h\nQ9 = L/h",
     "bad:75:1: expected the name of a parameter or of a state, not “Q9”"),
  F ("unit-wrong", "CL = L/h", "CL = mL/min", "bad:72:6: CL: expected the unit L/h"),
  F ("unit-kind", "KA = 1/h", "KA = h", "bad:76:6: KA: expected the unit 1/h"),
  F ("variance-word", "variance 0.17", "var 0.17",
     "bad:83:6: V2: expected “variance 0.09”, “sd 0.3” or “cv 30 %”"),
  F ("variance-negative", "variance 0.17", "variance -0.17",
     "bad:83:6: V2: expected 0 or more"),
  F ("variance-percent", "cv 31 %", "cv 31",
     "bad:81:11: CL: expected “%” after the number"),
  F ("variance-rest", "sd 0.23", "sd 0.23 %",
     "bad:82:14: V1: expected the end of the line, not “%”"),
  F ("pair-unknown", "V1 V2 = cov", "V1 V9 = cov",
     "bad:85:1: expected two different effects of this section, as in “CL V1”"),
  F ("pair-same", "V1 V2 = cov", "V1 V1 = cov",
     "bad:85:1: expected two different effects of this section, as in “CL V1”"),
  F ("pair-twice", "V1 V2 = covariance", "V1 CL = covariance",
     "bad:85:9: V1 CL: expected each pair of effects once"),
  F ("pair-word", "correlation 0.37", "corr 0.37",
     "bad:84:9: CL V1: expected “covariance 0.01” or “correlation 0.4”"),
  F ("correlation-range", "correlation 0.37", "correlation 1.37",
     "bad:84:9: CL V1: expected a correlation between -1 and 1"),
  F ("omega-indefinite", "covariance -0.021", "covariance -0.21",
     "bad:80:1: expected effects whose covariance matrix is positive definite"),
  F ("occasions-missing", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0.1\n",
     "bad:86:1: expected the section “[occasions]” as well"),
  F ("occasion-effects-missing", "covariance -0.021\n",
     "covariance -0.021\n[occasions]\nstart = dose\n",
     "bad:86:1: expected the section “[occasion_effects]” as well"),
  F ("occasion-start", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0.1\n[occasions]\nstart = meal\n",
     "bad:89:9: start: expected “dose”, “every 24 h” or the name of a covariate"),
  F ("occasion-period", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0.1\n[occasions]\nstart = every 0 "
     "h\n",
     "bad:89:9: start: expected a period above 0"),
  F ("occasion-period-unit", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0.1\n[occasions]\nstart = every 3 "
     "kg\n",
     "bad:89:17: start: expected"),
  F ("occasion-effect-zero", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0\n[occasions]\nstart = dose\n",
     "bad:86:1: expected an effect with a variance above 0"),
  F ("occasion-effect-unused", "covariance -0.021\n",
     "covariance -0.021\n[occasion_effects]\nV1 = sd 0.1\n[occasions]\nstart = dose\n",
     "bad:87:1: expected a parameter that uses “iov_V1”"),
  /* Structure, output, routes. */
  F ("structure-kind", "kind = linear", "kind = nonlinear",
     "bad:88:8: kind: expected linear or ode"),
  F ("compartments", "compartments = 2", "compartments = 4",
     "bad:89:16: compartments: expected a whole number from 1 to 3"),
  F ("compartments-missing", "compartments = 2\n", "",
     "bad:87:1: expected the key “compartments” in “[structure]”"),
  F ("chain", "chain = 1", "chain = 1.5",
     "bad:90:9: chain: expected a whole number from 0 to 20"),
  F ("structure-parameter", "compartments = 2", "compartments = 3",
     "bad:87:1: expected a parameter “Q3”, or “Q3 = NAME” here"),
  F ("structure-mapping", "chain = 1\n", "chain = 1\nCL = CLX\n",
     "bad:91:6: CL: expected the name of a parameter"),
  F ("structure-extra", "chain = 1\n", "chain = 1\nQ3 = Q\n",
     "bad:91:6: Q3: this structure has no such parameter"),
  F ("ode-stray", "[structure]", "[ode]\nA = -A\n[structure]",
     "bad:87:1: expected only with “kind = ode”"),
  F ("output-unit", "unit = ug/mL", "unit = mg",
     "bad:94:8: unit: expected a unit such as mg/L"),
  F ("error-kind", "error = combined", "error = mixed",
     "bad:95:9: error: expected additive, proportional, combined, combined_sd, power, "
     "log, log_additive or assay"),
  F ("error-power", "error = combined", "error = power",
     "bad:97:1: expected no key “proportional” with “error = power”"),
  F ("error-power-zero", "error = combined", "error = combined_sd\npower = 0",
     "bad:96:9: power: expected more than 0"),
  F ("error-power-extra", "error = combined", "error = combined\npower = 0.5",
     "bad:96:1: expected no key “power” with “error = combined”"),
  F ("error-assay", "proportional = 17 %", "proportional = 17 %\nassay = 0, 0.1",
     "bad:98:1: expected no key “assay” with “error = combined”"),
  F ("censoring-word", "error = combined", "error = combined\ncensoring = m5",
     "bad:96:13: censoring: expected m3 or m4"),
  F ("error-missing", "additive = 130 ng/mL\n", "",
     "bad:92:1: expected the key “additive” with “error = combined”"),
  F ("error-extra", "error = combined", "error = additive",
     "bad:97:1: expected no key “proportional” with “error = additive”"),
  F ("error-no-unit", "additive = 130 ng/mL", "additive = 130",
     "bad:96:15: additive: expected a unit such as ug/mL"),
  F ("error-zero", "additive = 130 ng/mL", "additive = 0 ng/mL",
     "bad:96:12: additive: expected more than 0"),
  F ("error-percent", "proportional = 17 %", "proportional = 17 mg",
     "bad:97:19: proportional: expected a unit such as 1"),
  F ("route-into", "into = central", "into = gut",
     "bad:101:8: into: expected central or absorption"),
  F ("route-parameter", "lag = TLAG", "lag = ALAG",
     "bad:108:7: unknown name 'ALAG'; did you mean TLAG?"),
  F ("route-unit", "lag = TLAG", "lag = KA",
     "bad:108:7: lag: expected a parameter in the unit h"),
  F ("route-infusion", "infusion = yes", "infusion = maybe",
     "bad:102:12: infusion: expected yes or no"),
  F ("route-duration", "infusion = yes", "infusion = yes\nduration = TLAG",
     "bad:103:12: duration: expected only for a route whose doses have no duration of "
     "their own"),
  /* Dosing and targets. */
  F ("dosing-route", "[dosing oral]", "[dosing nasal]",
     "bad:121:9: expected the name of a route, not “nasal”"),
  F ("dosing-key", "[dosing oral]\n", "[dosing tablets]\nroute = mouth\n",
     "bad:122:9: expected the name of a route, not “mouth”"),
  F ("dosing-when", "[dosing oral]\n", "[dosing oral]\nwhen = FORM == 'drops'\n",
     "bad:122:16: FORM has no category"),
  F ("amounts-order", "50, 75, 100", "75, 50, 100",
     "bad:111:11: amounts: expected values above 0 that ascend"),
  F ("amounts-step", "100 to 300 step 50 mg", "100 to 300 step 60 mg",
     "bad:111:19: amounts: expected LOW to HIGH step STEP that ends at HIGH, at most "
     "1000 steps"),
  F ("amounts-unit", "100 to 300 step 50 mg", "100 to 300 step 50",
     "bad:111:37: amounts: expected a unit such as mg"),
  F ("amounts-kind", "100 to 300 step 50 mg", "100 to 300 step 50 mL",
     "bad:111:38: amounts: expected a unit such as mg"),
  F ("intervals-zero", "intervals = 8, 12, 24 h", "intervals = 0, 12, 24 h",
     "bad:112:13: intervals: expected values above 0 that ascend"),
  F ("durations-missing", "durations = 30, 60 min\n", "",
     "bad:110:1: expected the key “durations” in “[dosing iv]”"),
  F ("durations-oral", "intervals = 0.5, 1 d", "intervals = 0.5, 1 d\ndurations = 1 h",
     "bad:124:13: durations: expected only for a route with infusions"),
  F ("rate-unit", "max_rate = 5 mg/min", "max_rate = 5 mg",
     "bad:114:14: max_rate: expected a unit such as mg/h"),
  F ("single-small", "max_single = 300 mg", "max_single = 30 mg",
     "bad:115:14: max_single: expected at least the smallest amount"),
  F ("loading-order", "loading = 3 to 5 mg/kg", "loading = 5 to 3 mg/kg",
     "bad:117:11: loading: expected LOW to HIGH with LOW above 0"),
  F ("loading-alone", "loading = 3 to 5 mg/kg\n", "",
     "bad:117:15: max_loading: expected “loading” as well"),
  F ("metric", "metric = auc24", "metric = auc48",
     "bad:128:10: metric: expected trough, peak, average, auc24, auc, cumulative_auc, "
     "time_above, time_below, time_to_below, peak_mic or auc_mic"),
  F ("metric-unit", "high = 50\nunit = mg.h/L", "high = 50\nunit = mg/L",
     "bad:131:8: unit: expected a unit for auc24, such as ug.h/mL"),
  F ("window-order", "low = 30\nhigh = 50", "low = 60\nhigh = 50",
     "bad:130:8: high: expected more than “low”"),
  F ("window-none", "low = 30\nhigh = 50\n", "",
     "bad:126:1: expected “low”, “high” or both in “[target auc24]”"),
  F ("window-negative", "low = 30", "low = -30",
     "bad:129:7: low: expected more than 0"),
  F ("auc-without-to", "to = 2 d\n", "",
     "bad:134:1: expected the key “to” with “metric = auc”"),
  F ("auc-order", "from = 0 h", "from = 72 h",
     "bad:140:6: to: expected a time after “from”"),
  F ("threshold-missing", "threshold = 2 mg/L\n", "",
     "bad:143:1: expected the key “threshold” with “metric = time_above”"),
  F ("threshold-stray", "high = 12\n", "high = 12\nthreshold = 2 mg/L\n",
     "bad:156:1: expected no key “threshold” with “metric = peak_mic”"),
  F ("mic-unit", "mic = 0.5 mg/L", "mic = 0.5",
     "bad:157:10: mic: expected a unit such as ug/mL"),
  F ("at", "at = 48 h", "at = tomorrow",
     "bad:158:6: at: expected steady_state or a time such as 96 h"),
  /* Checks. */
  F ("check-covariate", "CLCR 87.1, WT", "CRCL 87.1, WT",
     "bad:162:14: covariates: expected each covariate of the model once, not “CRCL”"),
  F ("check-twice", "CLCR 87.1, WT", "WT 87.1, WT",
     "bad:162:23: covariates: expected each covariate of the model once, not “WT”"),
  F ("check-category", "FORM syrup", "FORM sirup",
     "bad:162:39: covariates: expected a category of FORM"),
  F ("check-route", "100 mg oral", "100 mg nasal",
     "bad:163:62: doses: expected the name of a route"),
  F ("check-amount", "150 mg iv", "0 mg iv", "bad:163:9: doses: expected more than 0"),
  F ("check-unit", "150 mg iv", "150 mL iv",
     "bad:163:13: doses: expected a unit such as mg"),
  F ("check-times", "times 3", "times 1",
     "bad:163:46: doses: expected 2 to 1000 doses"),
  F ("check-interval", "every 12 h", "every 0 h",
     "bad:163:35: doses: expected an interval above 0 h"),
  F ("check-no-times", "every 12 h times 3", "every 12 h",
     "bad:163:45: doses: expected “times”"),
  F ("check-name", "KA 1.653", "KB 1.653",
     "bad:164:29: values: expected a parameter or a covariate"),
  F ("check-zero", "KA 1.653", "KA 0",
     "bad:164:32: values: expected a value other than 0"),
  F ("check-nothing", "values = CL 3.06, V1 21.35, KA 1.653\n", "",
     "bad:161:1: expected “values”, “levels”, “areas”, “steady_state”, “eta” or "
     "“objective” in “[check "
     "one]”"),
  F ("check-level", "tolerance", "levels = 3.1 at 3\ntolerance",
     "bad:165:18: levels: expected a unit such as h"),
  F ("check-steady", "tolerance", "steady_state = valley 3.1\ntolerance",
     "bad:165:16: steady_state: expected trough, peak, average, auc or auc24"),
  F ("check-tolerance", "tolerance = 0.1 %", "tolerance = 20 %",
     "bad:165:13: tolerance: expected a tolerance up to 5 %"),
  F ("check-eta-alone", "tolerance", "eta = CL 0.1\ntolerance",
     "bad:165:7: eta: expected the key “observed” as well"),
  F ("check-eta-unknown", "tolerance", "observed = 3.1 at 4 h\neta = CM 0.1\ntolerance",
     "bad:166:7: eta: expected a random effect, such as CL or CL[1]"),
  F ("check-observed-of", "tolerance", "observed = 3.1 of Z at 4 h\ntolerance",
     "bad:165:19: observed: expected the name of an output"),
  F ("check-observed", "tolerance", "observed = -3.1 at 4 h\ntolerance",
     "bad:165:12: observed: expected more than 0"),
  F ("check-output", "tolerance", "output = D\ntolerance",
     "bad:165:10: output: expected the name of an output"),
  F ("check-rest", "KA 1.653\n", "KA 1.653 1/h\n",
     "bad:164:38: values: expected the end of the line, not “1/h”"),
  /* Units of expressions. */
  F ("units-no-time", "Q = 4.31", "Q = 0.2*V1",
     "bad:65:5: Q is in L/h, but this gives L"),
  F ("units-rate", "KA = 0.87 *", "KA = Q * V1 *",
     "bad:67:6: KA is in 1/h, but this gives L^2/h"),
  F ("units-swapped", "KA = 0.87 *", "KA = V1/Q *",
     "bad:67:6: KA is in 1/h, but this gives h"),
  F ("units-covariate", "3.17 * (CLCR/91)^0.83 * exp", "CLCR * exp",
     "bad:63:6: CL is in L/h, but this gives 0.06 L/h"),
  F ("units-sum", "Q = 4.31", "Q = CL + V1",
     "bad:65:8: L/h and L do not go together; expected both in one unit"),
  F ("units-exp", "KA = 0.87 *", "KA = exp(-CL) *",
     "bad:67:6: exp of L/h; expected a number without unit"),
  F ("units-log", "KA = 0.87 *", "KA = log(V1) *",
     "bad:67:6: log of L; expected a number without unit"),
  F ("units-exponent", "(CLCR/91)^0.83", "(CLCR/91)^(WT)",
     "bad:63:22: an exponent of kg; expected a number without unit"),
  F ("units-varying-power", "F1 = 0.63", "F1 = 0.63 * CL^(0.1*eta_CL)",
     "bad:68:15: a power of L/h that varies; expected a base without unit, or a "
     "constant exponent"),
  F ("units-condition", "if(FORM == \"syrup\"", "if(WT > CLCR",
     "bad:67:19: kg and 0.06 L/h do not go together; expected both in one unit"),
  F ("units-branches", "Q = 4.31", "Q = if(WT > 70, CL, V1)",
     "bad:65:5: L/h and L do not go together; expected both in one unit"),
  F ("units-argument", "formula = cockcroft_gault(AGE, ",
     "formula = cockcroft_gault(WT, ",
     "bad:45:27: cockcroft_gault takes age_y in y; this is in kg"),
  F ("units-formula", "formula = cockcroft_gault(AGE, WT, SCR, sex)", "formula = AGE",
     "bad:45:11: CLCR is in mL/min, but this gives 8766 h"),
  F ("units-literal", "Q = 4.31", "Q = 4.31 [L/d]",
     "bad:65:5: Q is in L/h, but this gives 0.04167 L/h"),
  F ("units-literal-unknown", "Q = 4.31", "Q = 4.31 [L/foo]",
     "bad:65:11: “L/foo” is not a known unit"),
  F ("units-literal-open", "Q = 4.31", "Q = 4.31 [L/h",
     "bad:65:10: the unit has no end; expected ']'"),
  /* What it computes. */
  F ("clearance-negative", "3.17 * (CLCR/91)^0.83", "3.17 * (1 + 0.02*(CLCR - 91))",
     "bad:63:6: CL: expected a positive number over the whole allowed range, not "
     "-2.16839"),
  F ("volume-infinite", "23.9 * size", "23.9 / (WT - 30)",
     "bad:64:6: V1: expected a finite number over the whole allowed range,"),
  F ("volume-middle", "37.7 * exp", "37.7 * log(WT/30 - 1.5) * exp",
     "bad:66:6: V2: expected a finite number over the whole allowed range, not"),
  F ("derivative-floor", "3.17 * (CLCR/91)^0.83 * exp(eta_CL)",
     "3.17 * (CLCR/91)^0.83 * exp(floor(eta_CL))",
     "bad:63:34: floor of what depends on a random effect has no derivative; expected "
     "a "
     "smooth expression"),
  F ("derivative-comparison", "3.17 * (CLCR/91)^0.83 * exp(eta_CL)",
     "3.17 * (CLCR/91)^0.83 * (eta_CL > 0 ? 2 : 1)",
     "bad:63:38: a comparison of what depends on a random effect has no derivative"),
  F ("derivative-condition", "37.7 * exp(eta_V2)",
     "if(CL - 3, 37.7, 41.3) * exp(eta_V2)",
     "bad:66:6: a condition of what depends on a random effect has no derivative"),
  F ("cv-of-percent", "CL = cv 31 %", "CL = cv 3100 %",
     "bad:81:6: CL: expected at most 1000 %; is it in percent already?"),
  F ("error-of-percent", "proportional = 17 %", "proportional = 1700 %",
     "bad:97:16: proportional: expected at most 200 %; is it in percent already?"),
  F ("bioavailability", "F1 = 0.63", "F1 = -0.63",
     "bad:68:6: F1: expected a positive number over the whole allowed range, not "
     "-0.63"),
  F ("lag", "TLAG = 0.41", "TLAG = 0 - 0.41",
     "bad:69:8: TLAG: expected a positive number over the whole allowed range, not "
     "-0.41"),
};

static const Fault ode_faults[] = {
  F ("ode-missing", "[ode]\nA = -CLIN * conc / (1 + conc/KM)\n", "",
     "bad:62:1: expected a section “[ode]” with “STATE = RATE” lines"),
  F ("ode-key", "kind = ode", "kind = ode\ncompartments = 1",
     "bad:64:1: expected no key “compartments” with “kind = ode”"),
  F ("ode-covariate", "A = -CLIN * conc", "A = -CLIN * WT * conc",
     "bad:69:13: unknown name 'WT'"),
  F ("ode-term", "conc = A/V", "conc = A/V1", "bad:66:10: unknown name 'V1'"),
  F ("ode-state-taken", "A = -CLIN", "V = -CLIN", "bad:69:1: 'V' is a variable"),
  F ("ode-no-output", "expression = A/V\n", "",
     "bad:71:1: expected the key “expression” in “[output C]”"),
  F ("ode-output", "expression = A/V\n", "expression = A/\n",
     "bad:78:16: unexpected the end"),
  F ("ode-units-rate", "A = -CLIN * conc", "A = -CLIN * A",
     "bad:69:5: the rate of A is in mg/h, but this gives mg*L/h"),
  F ("ode-units-dose", "conc/KM", "A/KM",
     "bad:69:5: the rate of A is in mg/h, but this gives mg/L/h"),
  F ("ode-units-output", "expression = A/V\n", "expression = A*V\n",
     "bad:78:14: the output of C is in mg/L, but this gives mg*L"),
  F ("ode-units-number", "A = -CLIN * conc", "A = -0.3 * A",
     "bad:69:5: the rate of A is in mg/h, but this gives mg"),
  F ("ode-units-time", "A = -CLIN * conc", "A = -CLIN * exp(-t) * conc",
     "bad:69:13: exp of h; expected a number without unit"),
  F ("ode-units-state", "KM = mg/L\n", "KM = mg/L\nA = 1\n",
     "bad:70:5: the rate of A is in 1/h"),
  F ("ode-into", "into = A", "into = central",
     "bad:83:8: into: expected a state of “[ode]”"),
};

static char *
read_file (GTestFileType type, const char *first, const char *second)
{
  g_autofree char *path = g_test_build_filename (type, first, second, NULL);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* The good file with one thing in it exchanged. */
static char *
spoil (const char *good, const Fault *fault)
{
  const char *at = strstr (good, fault->from);

  g_assert_nonnull (at);
  g_assert_null (strstr (at + 1, fault->from));
  return g_strdup_printf ("%.*s%s%s", (int)(at - good), good, fault->to,
                          at + strlen (fault->from));
}

static void
check_fault (const char *good, const Fault *fault)
{
  g_autofree char *bad = spoil (good, fault);
  g_autoptr (GError) error = NULL;
  g_autoptr (TdmModel) model = tdm_model_parse (bad, strlen (bad), "bad", &error);

  g_assert_null (model);
  g_assert_error (error, TDM_ERROR, TDM_ERROR_INPUT);
  if (!g_str_has_prefix (error->message, fault->error))
    g_test_message ("%s: “%s” should begin with “%s”", fault->name, error->message,
                    fault->error);
  g_assert_true (g_str_has_prefix (error->message, fault->error));
}

static void
test_linear (gconstpointer fault)
{
  g_autofree char *good = read_file (G_TEST_DIST, "model", "example-author-2020.model");
  check_fault (good, fault);
}

static void
test_ode (gconstpointer fault)
{
  g_autofree char *good =
      read_file (G_TEST_DIST, "../models", "busulfan-long-boyle-2015.model");
  check_fault (good, fault);
}

/* Whatever is cut off or exchanged, there is a model or an error. */
static void
test_damage (void)
{
  g_autofree char *text = read_file (G_TEST_DIST, "model", "example-author-2020.model");
  const gsize length = strlen (text);

  for (gsize i = 0; i < length; i += 11)
    {
      g_autoptr (GError) cut = NULL, changed = NULL;
      g_autoptr (TdmModel) prefix = tdm_model_parse (text, i, "bad", &cut);
      g_assert_true ((prefix == NULL) == (cut != NULL));
      char before = text[i];
      text[i] = "0 ,=/-(%\"e9.[\n"[i % 15];
      g_autoptr (TdmModel) other = tdm_model_parse (text, length, "bad", &changed);
      g_assert_true ((other == NULL) == (changed != NULL));
      text[i] = before;
    }
}

static guint
count_lines (const char *text)
{
  guint n = 0;
  for (; *text; text++)
    n += *text == '\n';
  return n;
}

static gboolean
lists (const TdmLint *lint, const char *path, const Fault *fault)
{
  for (guint i = 0; i < lint->faults->len; i++)
    {
      const char *message = lint->faults->pdata[i];
      if (g_str_has_prefix (message, path)
          && g_str_has_prefix (message + strlen (path), fault->error + strlen ("bad")))
        return TRUE;
    }
  return FALSE;
}

/* How many of two faults in one file lint does not list; -1: they do not go together.
 */
static int
count_hidden (const char *good, const char *path, const Fault *one, const Fault *other)
{
  g_autoptr (GError) error = NULL;
  const char *at = strstr (good, other->from);
  if (one == other || at == NULL || count_lines (one->from) != count_lines (one->to)
      || count_lines (other->from) != count_lines (other->to))
    return -1;
  g_autofree char *bad = spoil (good, one);
  const char *still = strstr (bad, other->from);
  if (still == NULL || strstr (still + 1, other->from) != NULL)
    return -1;
  g_autofree char *worse = spoil (bad, other);
  g_file_set_contents (path, worse, -1, &error);
  g_assert_no_error (error);
  g_autoptr (TdmLint) lint = tdm_lint_file (path, &error);
  g_assert_no_error (error);
  const int hidden = !lists (lint, path, one) + !lists (lint, path, other);
  if (hidden > 0)
    g_test_message ("%s and %s: %d hidden", one->name, other->name, hidden);
  return hidden;
}

/* Lint goes on behind a fault. What is hidden is what a repair takes away: a section
 * that is called something else, or a use. */
static void
test_pairs (void)
{
  g_autofree char *good = read_file (G_TEST_DIST, "model", "example-author-2020.model");
  g_autofree char *dir = g_dir_make_tmp ("titrate-lint-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "example-author-2020.model", NULL);
  const guint n = G_N_ELEMENTS (linear_faults);
  guint pairs = 0, hidden = 0;

  for (guint i = 0; i < n; i++)
    {
      const int h = count_hidden (good, path, &linear_faults[i],
                                  &linear_faults[(61 * i + 17) % n]);
      pairs += h >= 0;
      hidden += MAX (h, 0);
    }
  g_test_message ("%u pairs, %u faults hidden", pairs, hidden);
  g_assert_cmpuint (pairs, >=, 50);
  g_assert_cmpuint (hidden * 20, <=, pairs);
  g_unlink (path);
  g_rmdir (dir);
}

/* What only follows from a fault is not listed: a wrong file is told of once. */
static void
test_alone (void)
{
  g_autofree char *good = read_file (G_TEST_DIST, "model", "example-author-2020.model");
  g_autofree char *dir = g_dir_make_tmp ("titrate-lint-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "example-author-2020.model", NULL);
  guint more = 0;

  for (guint i = 0; i < G_N_ELEMENTS (linear_faults); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *bad = spoil (good, &linear_faults[i]);
      g_file_set_contents (path, bad, -1, &error);
      g_assert_no_error (error);
      g_autoptr (TdmLint) lint = tdm_lint_file (path, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lint->faults->len, >=, 1);
      if (lint->faults->len > 1)
        g_test_message ("%s: also %s", linear_faults[i].name,
                        (char *)lint->faults->pdata[1]);
      more += lint->faults->len > 1;
    }
  /* A section or a parameter that is called something else is one thing, its absence
   * another; an effect of occasions that nothing uses is a fault of its own. */
  g_assert_cmpuint (more, <=, 10);
  g_unlink (path);
  g_rmdir (dir);
}

static void
add_all (const Fault *faults, guint n, GTestDataFunc test)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *path = g_strconcat ("/model/fault/", faults[i].name, NULL);
      g_test_add_data_func (path, &faults[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_all (linear_faults, G_N_ELEMENTS (linear_faults), test_linear);
  g_test_add_func ("/model/fault/damage", test_damage);
  g_test_add_func ("/model/fault/pairs", test_pairs);
  g_test_add_func ("/model/fault/alone", test_alone);
  add_all (ode_faults, G_N_ELEMENTS (ode_faults), test_ode);
  return g_test_run ();
}
