"""Models and data of published population items that more than one test computes."""

import csv
import math

from validation import find, model, read, table

LINEAR_1 = {"kind": "linear", "compartments": 1, "chain": 1}
LINEAR_2 = {"kind": "linear", "compartments": 2, "chain": 0}
TENTH = "0.31622776601683794"
# Wang's error models in our words, in the file's order.
ERRORS = [
    {"error": "proportional", "proportional": f"{TENTH} 1"},
    {"error": "additive", "additive": f"{TENTH} mg/L"},
    {"error": "combined", "additive": f"{TENTH} mg/L", "proportional": f"{TENTH} 1"},
    {"error": "combined_sd", "additive": f"{TENTH} mg/L", "proportional": f"{TENTH} 1"},
    {"error": "power", "coefficient": TENTH, "power": "0.5"},
    {"error": "power", "coefficient": TENTH, "power": "0.5", "additive": f"{TENTH} mg/L"},
    {"error": "combined_sd", "additive": f"{TENTH} mg/L", "proportional": f"{TENTH} 1",
     "power": "0.5"},
    {"error": "log", "log_sd": TENTH},
    {"error": "log", "log_sd": TENTH},
]


def wang_model(error):
    return model("wang", {"CL": "0.5 * exp(eta_CL) | L/h", "V": "1 | L"}, ["CL = variance 0.04"],
                 {"kind": "linear", "compartments": 1}, {"C": {"unit": "mg/L", **error}},
                 {"iv": {"into": "central"}}, expected="0.5")


def wang_data():
    rows = ["ID,TIME,AMT,DV"]
    for row in read("wang2007_ofv", "data.csv"):
        if row["Time"] == "0":
            rows.append(f"{row['ID']},0,10,.")
        rows.append(f"{row['ID']},{row['Time']},0,{row['Y']}")
    return table("wang.csv", rows)


def estimates(item, name, block="1"):
    """The published estimates by name."""
    return {row["parameter"]: float(row["estimate"]) for row in read(item, name)
            if row["table"] == block}


def omega(names, values):
    """Lines of [effects] from NONMEM's OMEGAi_j."""
    lines = [f"{name} = variance {values[f'OMEGA{i}_{i}']}" for i, name in enumerate(names, 1)]
    for i, name in enumerate(names, 1):
        for k, other in enumerate(names[:i - 1], 1):
            if values.get(f"OMEGA{i}_{k}", 0.0) != 0.0:
                lines.append(f"{other} {name} = covariance {values[f'OMEGA{i}_{k}']}")
    return lines


def columns(got, key):
    return [level[key] for fit in got["subjects"] for level in fit["levels"]]


def bauer_model(name, form, covariates):
    """`form`: how CL and V come from theta; the same data for every method."""
    theta = estimates("bauer2019_504_cov", f"{name}_estimates.csv",
                      "2" if name == "saem" else "1")
    cl, v = (text.format(**theta) for text in form)
    return theta, model(
        f"bauer-{name.replace('_', '-')}", {"CL": f"{cl} | L/h", "V": f"{v} | L"},
        omega(["CL", "V"], theta), {"kind": "linear", "compartments": 1},
        {"C": {"unit": "mg/L", "error": "proportional",
               "proportional": f"{math.sqrt(theta['SIGMA1_1'])!r} 1"}},
        {"iv": {"into": "central", "infusion": "yes"}}, covariates,
        given="WT 70, AGE 50, SEX 0",
        expected=f"{theta['THETA1'] if 'natural' in name else math.exp(theta['THETA1']):.6g}")


NATURAL = ("{THETA1} * (WT/70)^{THETA3} * (AGE/50)^({THETA5}) * {THETA7}^SEX * exp(eta_CL)",
           "{THETA2} * (WT/70)^{THETA4} * (AGE/50)^({THETA6}) * {THETA8}^SEX * exp(eta_V)")
LOGS = ("exp({THETA1} + {THETA3} * log(WT/70) + ({THETA5}) * log(AGE/50) + ({THETA7}) * SEX"
        " + eta_CL)",
        "exp({THETA2} + {THETA4} * log(WT/70) + ({THETA6}) * log(AGE/50) + ({THETA8}) * SEX"
        " + eta_V)")
BAUER = {"WT": "kg 20 200", "AGE": "y 10 100", "SEX": "1 0 1"}


def bauer_data():
    lines = find("bauer2019_504_cov", "data.csv").read_text(encoding="utf-8").splitlines()
    return table("bauer.csv", lines[1:])


LIMIT_UNITS = {"CL": "L/h", "V1": "L", "Q": "L/h", "V2": "L"}


def limit_model(method):
    """Bauer's AD3TR4 at the estimates of a method: levels below exp (-3.5) are censored."""
    theta = estimates("bauer2019_blq_ad3tr4", f"{method}_estimates.csv")
    return theta, model(f"bauer-blq-{method}", {
        name: f"exp({theta[f'THETA{i}']} + eta_{name}) | {unit}"
        for i, (name, unit) in enumerate(LIMIT_UNITS.items(), 1)}, omega(list(LIMIT_UNITS), theta),
        {"kind": "linear", "compartments": 2},
        {"C": {"unit": "mg/L", "error": "log", "log_sd": f"{theta['THETA5']}"}},
        {"iv": {"into": "central"}}, expected=f"{math.exp(theta['THETA1']):.6g}")


def limit_data():
    rows = ["ID,TIME,AMT,EVID,DV,CENS,LLOQ"]
    lines = find("bauer2019_blq_ad3tr4", "data.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(lines[1:]):
        below = row["EVID"] == "0" and float(row["LOGC"]) < -3.5
        rows.append(",".join([row["ID"], row["TIME"], row["AMT"], row["EVID"],
                              row["CONC"] if row["EVID"] == "0" else ".",
                              "1" if below else "0", repr(math.exp(-3.5))]))
    assert sum(line.split(",")[5] == "1" for line in rows) == 104
    return table("blq.csv", rows)


def methods_data():
    rows = [",".join(row[key] for key in ("ID", "TIME", "DV", "AMT"))
            for row in read("nlmixr2_theophylline_methods", "data.csv")]
    return table("methods.csv", ["ID,TIME,DV,AMT", *rows])


def methods_model(row):
    """Theophylline at the estimates of one of nlmixr2's methods, a row of its table."""
    return model(f"theophylline-{row['method']}", {
        name: f"exp({row[key]} + eta_{name}) | {unit}" for name, key, unit in
        (("KA", "tka", "1/h"), ("CL", "tcl", "L/h"), ("V", "tv", "L"))},
        [f"{name} = variance {row[key]}" for name, key in
         (("KA", "eta.ka"), ("CL", "eta.cl"), ("V", "eta.v"))],
        {"kind": "linear", "compartments": 1, "chain": 1},
        {"C": {"unit": "mg/L", "error": "additive", "additive": f"{row['add.sd']} mg/L"}},
        {"oral": {"into": "absorption"}}, expected=f"{math.exp(float(row['tka'])):.6g}")


def pheno_model(name, clearance, volume, sigma, effects, **others):
    return model(name, {"CL": f"{clearance} | L/h", "V": f"{volume} | L"}, effects,
                 {"kind": "linear", "compartments": 1},
                 {"C": {"unit": "mg/L", "error": "proportional",
                        "proportional": f"{math.sqrt(sigma)!r} 1"}},
                 {"iv": {"into": "central"}}, **others)


def pheno_plain(block):
    """Without covariates, at the estimates of one of the two methods of foce_imp."""
    theta = estimates("pharmpy_pheno", "foce_imp_estimates.csv", block)
    return theta, pheno_model(
        "pheno-plain", f"{theta['THETA1']} * exp(eta_CL)", f"{theta['THETA2']} * exp(eta_V)",
        theta["SIGMA1_1"], omega(["CL", "V"], theta), expected=str(theta["THETA1"]))


def warfarin_model(name, theta, omega, lag=False):
    names = ["KA", "CL", "V"] + (["TLAG"] if lag else [])
    units = {"KA": "1/h", "CL": "L/h", "V": "L", "TLAG": "h"}
    parameters = {key: f"exp({value} + eta_{key}) | {units[key]}"
                  for key, value in zip(names, theta)}
    proportional, additive = theta[len(names):]
    return names, model(
        name, parameters, [f"{key} = variance {value}" for key, value in zip(names, omega)],
        LINEAR_1, {"C": {"unit": "mg/L", "error": "combined", "additive": f"{additive} mg/L",
                         "proportional": f"{proportional} 1"}},
        {"oral": {"into": "absorption", **({"lag": "TLAG"} if lag else {})}},
        expected=f"{math.exp(theta[0]):.4f}")


WARFARIN = [
    ("000", [-0.569395, -2.00723, 2.05853, 0.117047, 0.722484],
     [0.474983, 0.0790298, 0.0482784], 423.327289421798),
    ("001", [-0.569598, -2.00721, 2.05855, 0.117058, 0.722488],
     [0.474868, 0.0790201, 0.0482975], 423.327287970079),
    ("006", [-0.569442, -2.00718, 2.05852, 0.117043, 0.722444],
     [0.474865, 0.0790333, 0.0482885], 423.327281796598),
]


def warfarin_lag_model():
    return warfarin_model(
        "warfarin-lag", [0.229059, -2.02255, 2.07590, -0.230712, 0.0842935, 0.281372],
        [0.643555, 0.0838693, 0.0484973, 0.388885], lag=True)


ACOP = ["CL", "V1", "Q2", "V2"]


def acop_model():
    theta = {"CL": ("1.37034", "L/h"), "V1": ("4.19815", "L"), "Q2": ("1.38003", "L/h"),
             "V2": ("3.87657", "L")}
    variances = [0.101251, 0.0993872, 0.101303, 0.0730498]
    return model("acop-bolus", {key: f"exp({value} + eta_{key}) | {unit}"
                                for key, (value, unit) in theta.items()},
                 [f"{key} = variance {value}" for key, value in zip(theta, variances)], LINEAR_2,
                 {"C": {"unit": "mg/L", "error": "proportional", "proportional": "0.196446 1"}},
                 {"iv": {"into": "central"}}, expected="3.937")


TURNOVER = {"KTR": "1/h", "KA": "1/h", "CL": "L/h", "V": "L", "EMAX": "1", "EC50": "mg/L",
            "KOUT": "1/h", "E0": "1"}


def turnover_model(name, values, variances, errors):
    """Warfarin and the prothrombin complex activity whose production it inhibits. `values`
    are logarithms (of Emax the logit), `errors` proportional, additive, and of the activity."""
    parameters = {key: f"{'expit' if key == 'EMAX' else 'exp'}({value} + eta_{key}) | {unit}"
                  for (key, unit), value in zip(TURNOVER.items(), values)}
    outputs = {
        "CP": {"unit": "mg/L", "error": "combined", "additive": f"{errors[1]} mg/L",
               "proportional": f"{errors[0]} 1", "expression": "C/V", "cmt": 1},
        "PCA": {"unit": "1", "error": "additive", "additive": f"{errors[2]} 1",
                "expression": "E", "cmt": 2}}
    return model(
        name, parameters, [f"{key} = variance {value}" for key, value in zip(TURNOVER, variances)],
        {"kind": "ode"}, outputs, {"oral": {"into": "D"}}, checked="CL",
        expected=f"{math.exp(values[2]):.5f}", initial={"E": "E0"}, states={"E": "1"},
        ode={"D": "-KTR*D", "G": "KTR*D - KA*G", "C": "KA*G - CL*C/V",
             "E": "E0*KOUT*(1 - EMAX*C/(EC50*V + C)) - KOUT*E"})


def turnover_data():
    """The table, with what was measured in the column CMT."""
    return table("turnover.csv", ["ID,TIME,EVID,AMT,DV,CMT"] + [
        f"{row['ID']},{row['TIME']},{row['EVID']},{row['AMT']},{row['DV']},"
        + ("." if row["EVID"] == "1" else row["DVID"])
        for row in read("warfarin_pkpd_turnover", "data.csv")])


def turnover_nonmem():
    found = estimates("warfarin_pkpd_turnover", "nonmem_estimates.csv")
    theta = [found[f"THETA{i}"] for i in (1, 2, 3, 4, 7, 8, 9, 10)]
    return found, turnover_model(
        "turnover-nonmem", theta, [found[f"OMEGA{i}_{i}"] for i in range(1, 9)],
        [found[f"THETA{i}"] for i in (5, 6, 11)])


def turnover_monolix():
    found = {row["parameter"]: float(row["value"])
             for row in read("warfarin_pkpd_turnover", "monolix_populationParameters.csv")}
    names = [key.lower() for key in TURNOVER]
    values = [math.log(found[f"{key}_pop"]) for key in names]
    values[4] -= math.log(1.0 - found["emax_pop"])
    return turnover_model("turnover-monolix", values,
                          [found[f"omega_{key}"] ** 2 for key in names],
                          [found["prop__err"], found["pkadd__err"], found["pdadd__err"]])


KEIZER = {
    "run100": "{THETA2}", "run101": "{THETA2} * (WT/70)^{THETA6}",
    "run102": "{THETA2} * (WT/70)^0.75",
    "run103": "{THETA2} * (WT/70)^{THETA6} * {THETA7}^SEX",
    "run105": "{THETA2} * (WT/70)^0.75 * {THETA6}^SEX",
}


def keizer_data():
    rows = ["ID,TIME,MDV,EVID,DV,AMT,SEX,WT"]
    for row in read("keizer_handsonA_oral", "acop.csv"):
        rows.append(",".join(row[key] for key in ("id", "time", "mdv", "evid", "dv", "amt", "sex",
                                                  "wt")))
    return table("keizer.csv", rows)


def keizer_model(name):
    clearance = KEIZER[name]
    theta = estimates("keizer_handsonA_oral", f"{name}_estimates.csv")
    return theta, model(f"keizer-{name}", {
        "KA": f"{theta['THETA1']} | 1/h",
        "CL": f"{clearance.format(**theta)} * exp(eta_CL) | L/h",
        "V": f"{theta['THETA3']} * exp(eta_V) | L"}, omega(["CL", "V"], theta), LINEAR_1,
        {"C": {"unit": "mg/L", "error": "assay",
               "assay": f"{theta['THETA5']}, {theta['THETA4']}, 0, 0"}},
        {"oral": {"into": "absorption"}}, {} if name == "run100" else {
            "WT": "kg 20 200", **({"SEX": "1 0 1"} if "SEX" in clearance else {})},
        given="" if name == "run100" else "WT 70" + (", SEX 0" if "SEX" in clearance else ""),
        expected=f"{theta['THETA1']:.6g}", checked="KA")


def pheno_real():
    theta = estimates("pharmpy_pheno", "pheno_real_estimates.csv")
    return pheno_model("pheno-real", f"{theta['THETA1']} * WGT * exp(eta_CL)",
                       f"{theta['THETA2']} * WGT * (APGR < 5 ? {1 + theta['THETA3']} : 1)"
                       " * exp(eta_V)", theta["SIGMA1_1"], omega(["CL", "V"], theta),
                       covariates={"WGT": "kg 0.5 5", "APGR": "1 0 10"}, given="WGT 1, APGR 7",
                       expected=str(theta["THETA1"]))


def theophylline_fo():
    theta = estimates("theo_fo_control5", "estimates.csv")
    path = model("theophylline-fo", {
        "KA": f"{theta['THETA1']} + eta_KA | 1/h", "K": f"{theta['THETA2']} + eta_K | 1/h",
        "TOTAL": f"{theta['THETA3']} * BW + eta_CL | L/h", "V": "TOTAL / K / BW | L",
        "CL": "TOTAL / BW | L/h"}, omega(["KA", "K", "CL"], theta),
        {"kind": "linear", "compartments": 1, "chain": 1},
        {"C": {"unit": "mg/L", "error": "additive",
               "additive": f"{math.sqrt(theta['SIGMA1_1'])!r} mg/L"}},
        {"oral": {"into": "absorption"}}, {"BW": "1 30 150"}, expected=str(theta["THETA1"]))
    rows, weight = ["ID,TIME,AMT,DV,BW"], {}
    for line in find("theo_fo_control5", "THEOPP.txt").read_text(encoding="utf-8").splitlines():
        subject, amount, time, level, own = line.split()
        weight[subject] = own if own != "." else weight[subject]
        rows.append(",".join([subject, time, amount, level, weight[subject]]))
    return table("theophylline.csv", rows), path
