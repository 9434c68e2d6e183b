#!/usr/bin/python3
"""NONMEM-style data on the command line, and the same history as a case."""

import math

from harness import answer, close, folder, main, run, test
from validation import model, population, subjects

ROWS = """ID,TIME,EVID,AMT,CMT,RATE,II,ADDL,SS,DV,DIAL
1,0,1,500,1,250,12,3,1,.,0
1,6,0,0,2,0,0,0,0,11.5,0
1,10,2,0,2,0,0,0,0,.,1
1,14,2,0,2,0,0,0,0,.,0
1,24,1,100,1,0,8,2,2,.,0
1,40,0,0,2,0,0,0,0,14.5,0
1,50,4,300,1,100,0,0,0,.,0
1,56,0,0,2,0,0,0,0,5.5,0
B,0,1,500,1,0,0,0,0,.,0
B,5,0,0,2,0,0,0,0,12.5,0
"""


def dialysis_model(carry="forward"):
    path = model("dialysis", {"CL": "2.1 * exp(eta_CL) + 6.3*DIAL | L/h",
                              "V": "31 * exp(eta_V) | L"},
                 ["CL = variance 0.09", "V = variance 0.04"],
                 {"kind": "linear", "compartments": 1},
                 {"C": {"unit": "mg/L", "error": "combined", "additive": "0.3 mg/L",
                        "proportional": "12 %"}},
                 {"iv": {"into": "central", "infusion": "yes"}}, {"DIAL": "1 0 1"},
                 expected="2.1")
    path.write_text(path.read_text(encoding="utf-8").replace("carry = backward",
                                                             f"carry = {carry}"),
                    encoding="utf-8")
    return path


def write(text, name="data.csv"):
    path = folder() / name
    path.write_text(text, encoding="utf-8")
    return path


@test
def test_same_as_case():
    """The first subject as a case file has the same estimate. In data a level at the time of
    an additional dose was drawn after it."""
    path = dialysis_model()
    case = {"format": "titrate-case/1", "doses": [
        {"time": 0, "amount": 500, "unit": "mg", "duration": 2, "interval": 12, "count": 4,
         "steady_state": True},
        {"time": 24, "amount": 100, "unit": "mg", "interval": 8, "count": 3,
         "steady_state": True, "added": True},
        {"time": 50, "amount": 300, "unit": "mg", "duration": 3, "reset": True}],
        "covariates": [{"name": "DIAL", "time": time, "value": value}
                       for time, value in ((0, 0), (10, 1), (14, 0))],
        "levels": [{"time": time, "value": value, "unit": "mg/L", "after_dose": time == 40}
                   for time, value in ((6, 11.5), (40, 14.5), (56, 5.5))]}
    fits = subjects("fit", write(ROWS), path)
    assert [fit["id"] for fit in fits] == ["1", "B"]
    alone = answer("fit", case, "--model", path)
    for key in ("CL", "V"):
        close(fits[0]["eta"][key], alone["eta"][key], 1e-9, key)
    close(fits[0]["objective"], alone["objective"], 1e-12, "objective")


@test
def test_dialysis_session():
    """Four hours of dialysis take away what its clearance takes in four hours."""
    path = dialysis_model()
    data = write("ID,TIME,AMT,DV,DIAL\n1,0,620,.,0\n1,10,0,.,1\n1,14,0,.,0\n1,30,0,.,0\n")
    got = subjects("predict", data, path)[0]["predictions"]
    left = math.exp(-(2.1 * 26 + 8.4 * 4) / 31)
    close(got[-1]["population"], 620 / 31 * left, 1e-12, "after the session")


def sessions(**more):
    """A case with a session that adds what the model's own covariate would."""
    return {"format": "titrate-case/1", "start": "2026-03-02T08:00",
            "doses": [{"time": 0, "amount": 500, "unit": "mg", "duration": 2,
                       "interval": 12, "count": 3}],
            "covariates": [{"name": "DIAL", "value": 0}],
            "dialysis": [{"time": 10, "end": 14, "clearance": 105, "unit": "mL/min"}],
            "levels": [{"time": 6, "value": 11.5, "unit": "mg/L"},
                       {"time": 20, "value": 9.5, "unit": "mg/L"}], **more}


@test
def test_session_of_a_case():
    """A session that states its clearance is the same as one by the model's covariate; a
    steady state is one of days without a session."""
    path = dialysis_model()
    by_covariate = sessions(covariates=[{"name": "DIAL", "time": time, "value": value}
                                        for time, value in ((0, 0), (10, 1), (14, 0))])
    del by_covariate["dialysis"]
    one, other = (answer("fit", case, "--model", path) for case in (sessions(), by_covariate))
    close(one["objective"], other["objective"], 1e-12, "objective")
    close(one["eta"]["CL"], other["eta"]["CL"], 1e-9, "CL")
    assert "dialysis" in [note["code"] for note in one["notes"]], one["notes"]
    own = sessions(covariates=by_covariate["covariates"])
    assert "dialysis-counted-twice" in [note["code"] for note in answer(
        "fit", own, "--model", path)["notes"]]
    target = {"metric": "auc24", "low": 200, "high": 300, "unit": "mg.h/L"}
    later = [{"time": 35, "duration": 4, "clearance": 105, "unit": "mL/min"}]
    metrics = [answer("fit", sessions(dialysis=list_, target=target), "--model", path)["metrics"]
               for list_ in (later, [])]
    close(metrics[0]["auc24"]["value"], metrics[1]["auc24"]["value"], 1e-9, "steady state")


@test
def test_session_of_an_apparent_clearance():
    """Where nothing is given into a vein, it is said that a clearance is one of what is absorbed."""
    path = dialysis_model()
    path.write_text(path.read_text(encoding="utf-8").replace("infusion = yes", "infusion = no"),
                    encoding="utf-8")
    case = sessions()
    del case["doses"][0]["duration"]
    codes = [note["code"] for note in answer("fit", case, "--model", path)["notes"]]
    assert "dialysis-apparent" in codes, codes
    codes = [note["code"] for note in answer("fit", sessions(), "--model",
                                             dialysis_model())["notes"]]
    assert "dialysis-apparent" not in codes, codes


@test
def test_sessions_refused():
    path = dialysis_model()
    twice = sessions()["dialysis"] + [{"time": 13.9, "duration": 3, "clearance": 90,
                                       "unit": "mL/min"}]
    run("fit", "--model", path, case=sessions(dialysis=twice)).fails(
        3, "dialysis[1].time: the session runs into another")
    run("fit", "--model", path, case=sessions(
        dialysis=[{"time": 1, "clearance": 90, "unit": "mL/min"}])).fails(
        3, "dialysis[0].duration: must be more than 0")
    run("fit", "--model", path, case=sessions(
        dialysis=[{"time": 1, "duration": 4, "clearance": 90, "unit": "mL"}])).fails(
        3, "dialysis[0].unit: ")
    begun = [{"time": 12, "amount": 500, "unit": "mg", "duration": 2, "interval": 12,
              "steady_state": True}]
    run("fit", "--model", path, case=sessions(doses=begun)).fails(
        3, "cannot begin while a session of dialysis runs")


@test
def test_old_levels_count_less():
    """As if each level had the weight that its age leaves it."""
    path = dialysis_model()
    aged = sessions(options={"weight_half_life": 28})
    aged["levels"][0]["weight"] = 0.8
    stated = sessions()
    stated["levels"][0]["weight"] = 0.8 * 2 ** (-14 / 28)
    one, other = (answer("fit", case, "--model", path) for case in (aged, stated))
    close(one["objective"], other["objective"], 1e-12, "objective")
    close(one["levels"][0]["weight"], 0.8 * 2 ** -0.5, 1e-12, "weight")
    assert "weight" not in one["levels"][1]
    assert "weight-half-life" in [note["code"] for note in one["notes"]], one["notes"]
    run("fit", "--model", path, case=sessions(options={"weight_half_life": 0})).fails(
        3, "options.weight_half_life: must be more than 0 hours")


@test
def test_own_covariates_of_a_dose():
    """What is absorbed depends on a covariate that the dose's row alone has: without a lag the
    row counts, also after another row of the same time; with one the row at which it arrives."""
    for lag, fraction in ((0, 0.5), (1, 0.25)):
        path = model("own", {"CL": "2 * exp(eta_CL) | L/h", "V": "30 | L", "F": "PART | 1",
                             "LAG": f"{lag} | h"}, ["CL = variance 0.09"],
                     {"kind": "linear", "compartments": 1},
                     {"C": {"unit": "mg/L", "error": "additive", "additive": "1 mg/L"}},
                     {"iv": {"into": "central", "bioavailability": "F",
                             **({"lag": "LAG"} if lag else {})}}, {"PART": "1 0.01 1"},
                     expected="2")
        if not lag:
            path.write_text(path.read_text(encoding="utf-8").replace("LAG = 0\n", "").replace(
                "LAG = h\n", ""), encoding="utf-8")
        data = write("ID,TIME,EVID,AMT,DV,PART\n1,0,2,0,.,0.75\n1,6,2,0,.,0.75\n"
                     "1,6,1,900,.,0.5\n1,12,0,0,.,0.25\n")
        got = subjects("predict", data, path)[0]["predictions"][0]["population"]
        close(got, 900 * fraction / 30 * math.exp(-2 * (6 - lag) / 30), 1e-7, f"lag {lag}")


@test
def test_levels_of_data():
    """Negative measurements count, and so do those before the first dose, whose prediction is
    0: they move no effect."""
    path = dialysis_model()
    text = "ID,TIME,EVID,AMT,DV,DIAL\n1,1,1,500,.,0\n1,3,0,0,14.5,0\n1,20,0,0,-0.5,0\n"
    fit = subjects("fit", write(text), path)[0]
    early = subjects("fit", write(text.replace("1,1,1", "1,0,0,0,-0.25,0\n1,1,1")), path)[0]
    assert [level["used"] for level in early["levels"]] == [True] * 3
    close(early["objective"] - fit["objective"], (0.25 / 0.3) ** 2 + math.log(0.09), 1e-9, "part")
    close(early["eta"]["CL"], fit["eta"]["CL"], 1e-9, "eta")
    without = subjects("fit", write(text.replace("1,20,0,0,-0.5,0\n", "")), path)[0]
    assert early["eta"]["CL"] > without["eta"]["CL"] + 0.1


@test
def test_population_objective():
    """The sum of the parts, in both forms of the answer; what is asked for wrongly."""
    path = dialysis_model()
    data = write(ROWS)
    got = population(data, path, "focei")
    assert [fit["contribution"] for fit in got["subjects"]] == [
        fit["focei"] for fit in subjects("fit", data, path)]
    text = run("fit", data, "--model", path, "--objective", "focei").expect(0).out.decode("utf-8")
    assert f"Population objective (focei): {got['objective']:.9g}" in text, text
    run("fit", data, "--model", path, "--objective", "saem").fails(2, "none of fo, foce")
    case = {"format": "titrate-case/1"}
    run("fit", "--objective", "fo", case=case).fails(2, "for data, not for a case")


@test
def test_fails():
    path = dialysis_model()
    data = write(ROWS)
    run("fit", data).fails(2, "--model")
    run("fit", folder() / "none.csv", "--model", path).fails(3, "none.csv: cannot be read")
    run("predict", data, "--model", path, "--by", 1).fails(2, "their own times")
    run("fit", write(ROWS.replace("5,0,0,2,0,0,0,0,12.5", "5,0,0,2,0,0,0,0,x")),
        "--model", path).fails(3, "data.csv:11: DV: “x”")
    run("fit", write(ROWS.replace(",DV,", ",CONC,")), "--model",
        path).fails(3, "data.csv: holds no level: a row with EVID 0")
    run("fit", write(ROWS.replace("B,0,1,500,1,0,0,0,0,.,0", "B,0,1,500,1,0,0,0,0,.,-1")),
        "--model", path).expect(1, "1 of 2 subjects")


@test
def test_faults_of_the_model():
    """What the model refuses is said of the line and column, too, and the other subjects have
    answers; levels that say nothing are left out and counted."""
    path = dialysis_model()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("error = combined\nadditive = 0.3 mg/L\nproportional = 12 %",
                                 "error = log\nlog_sd = 0.2"), encoding="utf-8")
    done = run("fit", write(ROWS.replace("12.5,0", "0,0")), "--model", path)
    done.expect(1, "1 of 2 subjects")
    assert b"data.csv:11: DV: must be above 0" in done.out, done
    early = ROWS.replace("B,0,1", "B,-2,0,0,2,0,0,0,0,3.5,0\nB,0,1")
    lines = run("fit", write(early), "--model", path).expect(0).out.decode("utf-8").splitlines()
    assert [line.split()[1] for line in lines if line.startswith("B ")] == ["1"], lines
    assert any(line.startswith("B ") and line.endswith("1 left out") for line in lines), lines


@test
def test_endings():
    """Tables need not be called .csv, and may have tabs."""
    path = dialysis_model()
    objectives = [subjects("fit", write(text, name), path)[0]["objective"] for text, name in (
        (ROWS, "data.csv"), (ROWS.replace(",", "\t"), "data.tsv"),
        (ROWS.replace(",", ";"), "data.TXT"), (ROWS, "data.dat"))]
    assert len(set(objectives)) == 1, objectives


@test
def test_one_subject_fails():
    """A subject whom the model does not suit does not take away the others' answers."""
    path = dialysis_model()
    data = write(ROWS.replace("12.5,0", "12.5,7"))
    done = run("fit", data, "--model", path, "--json")
    done.expect(1, "1 of 2 subjects have no trustworthy answer")
    good, bad = done.json()["subjects"]
    assert good["converged"] and "DIAL 7" in bad["error"], bad
    text = run("fit", data, "--model", path)
    text.expect(1, "1 of 2 subjects")
    lines = text.out.decode("utf-8").splitlines()
    assert any(line.startswith("B ") and "DIAL 7" in line for line in lines), lines
    text = run("predict", write(ROWS), "--model", path).expect(0)
    assert len(text.out.decode("utf-8").splitlines()) == 5


main()
