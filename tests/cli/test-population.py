#!/usr/bin/python3
"""Objectives of populations at published parameters, by each approximation, and the weighted
residuals that go with them, through titrate-cli fit --objective.

Each test names its source; how many digits can be trusted is stated beside each tolerance.
"""

import math

from harness import close, main, must_fail, test
from items import (BAUER, ERRORS, KEIZER, LIMIT_UNITS, LOGS, NATURAL, bauer_data, bauer_model,
                   columns, keizer_data, keizer_model, limit_data, limit_model, methods_data,
                   methods_model, pheno_model, pheno_plain, pheno_real, theophylline_fo, wang_data,
                   wang_model)
from validation import Skip, find, optional, population, read

WANG = {"FO": "fo", "FOCE": "foce", "FOCEI": "focei"}


@test
def test_wang():
    """Wang 2007, table 2, as NONMEM and nlmixr2est at 845fa01a give it: 3 decimals."""
    data = wang_data()
    logs = 2 * sum(math.log(float(row["Y"])) for row in read("wang2007_ofv", "data.csv"))
    for row, error in zip(read("wang2007_ofv", "ofv.csv"), ERRORS, strict=True):
        # On the log scale our objective is that of the logarithms.
        shift = logs if "original scale" in row["error_model"] else 0.0
        for name, method in WANG.items():
            got = population(data, wang_model(error), method)
            close(got["objective"] + shift, float(row[name]), 0.0, f"{row['error_model']} {name}",
                  6e-4)


def compare(got, published, names, eta, objective):
    """Effects and parts of the objective of each subject against NONMEM's table of them; the
    largest differences. A lower objective of ours is right."""
    worst = {"eta": 0.0, "objective": 0.0}
    for fit, row in zip(got["subjects"], published, strict=True):
        assert fit["converged"], fit
        gain = float(row["OBJ"]) - fit["contribution"]
        far = max(abs(fit["eta"][name] - float(row[f"ETA{i}"]))
                  for i, name in enumerate(names, 1)) if names else 0.0
        worst["eta"] = max(worst["eta"], far)
        worst["objective"] = max(worst["objective"], abs(gain))
        assert abs(gain) <= objective, (fit["id"], gain, far)
        assert far <= eta, (fit["id"], gain, far)
    return worst


@test
def test_wang_subjects():
    """The same with a proportional error as NONMEM's table: parts of the objective, effects and
    weighted residuals, 5 digits. NONMEM's NWRES are the first-order ones, its CWRES have the
    variance of the prediction at the estimate; WRESI and CWRESI add to the variance what its
    mean over the effects is more, which no one else does."""
    rows = read("wang2007_ofv", "nonmem_focei_prop_table.csv")
    got = population(wang_data(), wang_model(ERRORS[0]), "focei")
    for fit, row in zip(got["subjects"], rows[::2], strict=True):
        close(fit["contribution"], float(row["OBJI"]), 1e-4, f"part {fit['id']}")
        close(fit["eta"]["CL"], float(row["ETA1"]), 1e-4, f"eta {fit['id']}", 1e-6)
    close(columns(got, "wres"), [float(row["NWRES"]) for row in rows], 2e-5, "WRES", 1e-5)
    close(columns(got, "cwres"), [float(row["CWRES"]) for row in rows], 1e-4, "CWRES", 1e-5)


@test
def test_wang_laplace():
    """The exact second derivative, against numbers by quadrature's author: 4 decimals."""
    data = wang_data()
    for row, error in zip(read("wang2007_ofv", "ofv_checked_by_us.csv"), ERRORS):
        got = population(data, wang_model(error), "laplace")
        close(got["objective"], float(row["Laplace_exact_2nd_derivative"]), 0.0,
              row["error_model"], 1e-4)


@test
def test_theophylline_first_order():
    """NONMEM's example CONTROL5 (nonmem2rx at 728d75c7): the first-order objective and the
    weighted residuals of 12 subjects, 5 printed digits of the parameters."""
    got = population(*theophylline_fo(), "fo")
    compare(got, read("theo_fo_control5", "phi.csv"), [], 0.0, 1e-4)
    close(got["objective"], 104.56106771844091, 0.0, "objective", 1e-4)
    rows = [row for row in read("theo_fo_control5", "table.csv") if float(row["DOSE"]) == 0.0]
    close(columns(got, "population"), [float(row["PRED"]) for row in rows], 5e-5, "PRED", 1e-4)
    close(columns(got, "wres"), [float(row["WRES"]) for row in rows], 2e-3, "WRES", 2e-3)


@test
def test_bauer_covariates():
    """NONMEM 7.4 FOCEI (Bauer 2019, problem 504; nonmem2rx at 728d75c7), parameters natural and
    as logarithms: etas to 3e-6, CWRES to 5 digits."""
    data = bauer_data()
    for name, form in (("foce_full_natural", NATURAL), ("foce_full_log", LOGS)):
        theta, path = bauer_model(name, form, BAUER)
        got = population(data, path, "focei")
        compare(got, read("bauer2019_504_cov", f"{name}_phi.csv"), ["CL", "V"], 1e-4, 1e-4)
        close(got["objective"], theta["OBJ"], 0.0, name, 1e-3)
        if name != "foce_full_natural":
            continue
        rows = [row for row in read("bauer2019_504_cov", f"{name}_table.csv")
                if float(row["TIME"]) > 0.0]
        close(columns(got, "individual"), [float(row["CIPRED"]) for row in rows], 1e-5, "IPRED")
        close(columns(got, "population"), [float(row["PRED"]) for row in rows], 1e-5, "PRED")
        close(columns(got, "cwres"), [float(row["CWRES"]) for row in rows], 2e-5, "CWRES", 2e-5)


@test
def test_bauer_two_stage():
    """The same at the estimates of NONMEM's iterative two-stage method: the objective is FOCEI,
    PHI the logarithms of the individual CL and V."""
    theta, path = bauer_model("its", LOGS, BAUER)
    got = population(bauer_data(), path, "focei")
    published = read("bauer2019_504_cov", "its_phi.csv")
    for fit, row in zip(got["subjects"], published, strict=True):
        own = fit["parameters"]["individual"]
        for name, column in (("CL", "PHI1"), ("V", "PHI2")):
            close(math.log(own[name]), float(row[column]), 0.0, f"{fit['id']} {name}", 1e-4)
        close(fit["contribution"], float(row["OBJ"]), 0.0, f"part {fit['id']}", 1e-3)
    close(got["objective"], theta["OBJ"], 0.0, "sum", 1e-3)


@test
def test_bauer_below_the_limit():
    """NONMEM 7.4 LAPLACE with M3 on logarithms (Bauer 2019 II, AD3TR4; nonmem2rx at 728d75c7):
    100 subjects. NONMEM's second derivatives are numerical, ours
    exact: parts differ by up to 0.06, as those of an independent computation do. Its search
    stopped early ("minimization terminated"), and etas are good to 1e-3."""
    theta, path = limit_model("lap")
    got = population(limit_data(), path, "laplace")
    published = read("bauer2019_blq_ad3tr4", "lap_phi.csv")
    compare(got, published, list(LIMIT_UNITS), 2e-3, 0.061)
    close(got["objective"], -130.36, 0.0, "an independent sum", 0.006)
    close(got["objective"], theta["OBJ"], 0.0, "NONMEM's sum", 0.75)


@test
def test_theophylline_methods():
    """nlmixr2qual at bb02bd37: theophylline with an additive error; FOCE and FOCEI at their own
    estimates. The levels at time 0 count, whose prediction is 0."""
    data = methods_data()
    for row in read("nlmixr2_theophylline_methods", "reference.csv"):
        if row["method"] not in ("foce", "focei"):
            continue
        path = methods_model(row)
        got = population(data, path, row["method"])
        close(got["objective"], float(row["ofv"]), 0.0, row["method"], 1e-5)
        if row["method"] == "focei":
            # By an independent computation of the Laplace approximation: 3 decimals.
            exact = population(data, path, "laplace")["objective"]
            close(exact, 118.530, 0.0, "Laplace", 1e-3)


def compare_keizer_table(got):
    """Predictions and weighted residuals, 5 printed digits, where the table is there."""
    try:
        rows = [row for row in read("keizer_handsonA_oral", "run105_sdtab.csv")
                if float(row["EVID"]) == 0.0]
    except Skip as reason:
        print(f"# SKIP keizer's table: {reason}", flush=True)
        return
    for key, column in (("population", "PRED"), ("individual", "IPRED"),
                        ("weighted_residual", "IWRES")):
        close(columns(got, key), [float(row[column]) for row in rows], 6e-5, column, 2e-5)


@test
def test_keizer():
    """NONMEM 7.2 FOCEI, ronkeizer/nonmem_examples at ab079054: 40 subjects, five covariate
    models, an SD of 4.1 - 0.08 f, simulated levels below 0 and before the dose: etas to 2e-6.
    The sum of y^2/a^2 of subject 1, who was given nothing, is that of rounded a: 300 times
    1e-6."""
    criteria = {}
    data = keizer_data()
    for name in KEIZER:
        theta, path = keizer_model(name)
        got = population(data, path, "focei")
        compare(got, read("keizer_handsonA_oral", f"{name}_phi.csv"), ["CL", "V"], 1e-5, 5e-4)
        close(got["objective"], theta["OBJ"], 0.0, name, 1e-4)
        if name == "run105":
            compare_keizer_table(got)
        criteria[name] = got["objective"] + 2 * (7 + ("THETA6" in theta and name != "run102")
                                                 + ("THETA7" in theta))
    ranked = sorted(criteria, key=criteria.get)
    assert ranked == ["run105", "run103", "run102", "run101", "run100"], ranked


@test
def test_phenobarbital_without_covariates():
    """NONMEM FOCEI at estimates where its search had stopped early (pharmpy at 435dd66e,
    foce_imp): the objective there is exact."""
    theta, path = pheno_plain("1")
    got = population(find("pharmpy_pheno", "pheno.csv"), path, "focei")
    compare(got, read("pharmpy_pheno", "foce_imp_phi_table1.csv"), ["CL", "V"], 2e-5, 1e-4)
    close(got["objective"], theta["OBJ"], 0.0, "sum", 1e-3)


# Parts of the objective of the first subjects, from the run's table.
IOV_PARTS = [7.7878116416020848, 13.091905489952941, 10.777986009528579, 11.355572986107129,
             8.7611025847520576, 15.767781918888680, 10.233478553610063, 13.185975937458874,
             13.973128215469577, 10.267415217479456, 5.2077097826286991, 11.532021777756672]


@test
def test_phenobarbital_occasions():
    """NONMEM FOCEI with inter-occasion variability of CL and V (pharmpy, qa/iov): the occasion
    is FA1 of the record, which holds back to the record before. The blocks have correlations of
    0.9997 and 1.0000."""
    path = pheno_model(
        "pheno-occasions", "0.00676815 * exp(eta_CL + iov_CL)", "1.40693 * exp(eta_V + iov_V)",
        0.0113914, ["CL = variance 0.0673712", "V = variance 0.00510956",
                    "CL V = covariance 0.0185480"], covariates={"FA1": "1 0 1"}, given="FA1 0",
        occasion_effects=["CL = variance 0.308699", "V = variance 0.160361",
                          "CL V = covariance 0.222493"], occasions="FA1", expected="0.00676815")
    got = population(find("pharmpy_pheno", "pheno.csv"), path, "focei")
    close([fit["contribution"] for fit in got["subjects"][:12]], IOV_PARTS, 0.0, "parts", 1e-4)
    close(got["objective"], 688.57974053270084, 0.0, "sum", 1e-4)
    must_fail(close, got["objective"], 688.57974053270084, 0.0, "sum", 1e-6)
    # The first subject's effects, by the value of FA1.
    want = {"CL": -6.51603e-2, "V": -1.79352e-2, "CL[0]": -5.57606e-3, "V[0]": -4.01889e-3,
            "CL[1]": -1.10267e-1, "V[1]": -7.94740e-2}
    for name, value in want.items():
        close(got["subjects"][0]["eta"][name], value, 0.0, name, 1e-4)


@optional
def test_phenobarbital_table():
    """NONMEM's table of pheno_real: predictions and CWRES, 5 digits."""
    path = pheno_real()
    rows = [row for row in read("pharmpy_pheno", "pheno_real_sdtab1.csv")
            if float(row["AMT"]) == 0.0]
    got = population(find("pharmpy_pheno", "pheno.csv"), path, "focei")
    for key, column in (("population", "PRED"), ("individual", "IPRED"), ("cwres", "CWRES")):
        close(columns(got, key), [float(row[column]) for row in rows], 6e-5, column, 2e-4)


main()
