#!/usr/bin/python3
"""Would the advice change: the card on the command line, and times known as an interval."""

import copy
import math

from harness import answer, close, main, must_fail, run, test

CASE = {"format": "titrate-case/1", "model": "vancomycin-goti-2018",
        "start": "2026-03-01T08:00", "patient": {"sex": "male", "birth": "1957-05-02"},
        "covariates": [{"name": "WT", "value": 79, "unit": "kg"},
                       {"name": "SCR", "value": 1.1, "unit": "mg/dL"},
                       {"name": "DIAL", "value": 0}],
        "doses": [{"time": 0, "amount": 1500, "unit": "mg", "route": "iv", "duration": 2},
                  {"time": 12, "amount": 1000, "unit": "mg", "route": "iv", "duration": 1,
                   "interval": 12, "count": 4}],
        "levels": [{"time": 15, "value": 26.4, "unit": "mg/L"},
                   {"time": 23.5, "value": 14.1, "unit": "mg/L"},
                   {"time": 47.5, "value": 16.4, "unit": "mg/L"}],
        "target": {"metric": "auc24", "low": 400, "high": 600, "unit": "mg.h/L"}}


def case(**levels):
    """CASE with keys of its levels replaced: number_key."""
    out = copy.deepcopy(CASE)
    for name, value in levels.items():
        number, key = name[1:].split("_", 1)
        out["levels"][int(number)][key] = value
    return out


@test
def card():
    got = answer("robust", CASE)
    assert got["format"] == "titrate-robustness/1"
    kinds = [row["kind"] for row in got["doubts"]]
    for kind, count in {"level": 3, "level_time": 6, "level_value": 6, "dose_start": 4,
                        "dose_end": 4, "prior": 1, "model": 1}.items():
        assert kinds.count(kind) == count, (kind, kinds)
    leading = answer("propose", CASE)["regimens"][0]
    close(got["p_within"], leading["probability"]["within"], 0, "chance", absolute=0.02)
    close(got["value"], leading["metrics"]["auc24"], 1e-4, "AUC24")
    for row in got["doubts"]:
        assert row["p_within"]["before"] == got["p_within"]
        assert 0 <= row["p_within"]["after"] <= 1
        assert row["changed"] == (row["leading"] != got["leading"]), row
    worst = got["doubts"][got["worst"]]
    assert worst["what"] in got["sentence"] and worst["change"] in got["sentence"]
    assert answer("robust", CASE) == got


@test
def rows_are_the_case_written_otherwise():
    rows = answer("robust", CASE)["doubts"]
    later = next(r for r in rows if r["kind"] == "level_time" and r["index"] == 1
                 and r["change"] == "15 minutes later")
    other = answer("robust", case(_1_time=23.75))
    assert other["leading"] == answer("robust", CASE)["leading"]
    close(later["metric"]["after"], other["value"], 1e-5, "metric")
    close(later["p_within"]["after"], other["p_within"], 0, "chance", absolute=0.02)


@test
def text():
    done = run("robust", case=CASE).expect(0)
    shown = done.out.decode("utf-8")
    assert "15 minutes later" in shown and "leads then" in shown, shown
    assert answer("robust", CASE)["sentence"] in shown


@test
def refused():
    none = copy.deepcopy(CASE)
    none["levels"][0]["value"] = 26.4
    del none["covariates"][0]
    must_fail(answer, "robust", none)


@test
def time_between():
    known = answer("fit", CASE)
    got = answer("fit", case(_1_time=22, _1_time_to=25))
    level = got["levels"][1]
    assert (level["time_from"], level["time"], level["time_to"]) == (22, 23.5, 25), level
    assert "time_to" not in known["levels"][1]
    assert any(note["code"] == "level-time-uncertain" for note in got["notes"])
    # The mean of the likelihood is between those at the ends.
    ends = [answer("fit", case(_1_time=t))["objective"] for t in (22, 25)]
    assert min(ends) - 0.5 < got["objective"] < max(ends) + 0.5
    assert got["objective"] != known["objective"]
    assert math.isfinite(got["objective"])


@test
def drugs_in_units():
    """Units are no salt to be looked for: doubts and averages judge the leading regimen."""
    factor = {"format": "titrate-case/1", "model": "factor-viii-garmann-2017",
              "patient": {"sex": "male"},
              "covariates": [{"name": "WT", "value": 70, "unit": "kg"},
                             {"name": "HT", "value": 175, "unit": "cm"},
                             {"name": "AGE", "value": 30, "unit": "y"}],
              "doses": [{"time": 0, "amount": 3000, "unit": "IU", "duration": 0.1}],
              "levels": [{"time": 24, "value": 22, "unit": "IU/dL"}]}
    leading = answer("propose", factor)["regimens"][0]
    got = answer("robust", factor)
    close(got["p_within"], leading["probability"]["within"], 0.05, "chance")
    assert not any(row["obstacle"] for row in got["doubts"] if row["kind"] != "model")
    assert b"units/dL" in run("robust", case=factor).expect(0).out
    average = answer("compare", factor, "--models", "factor-viii-garmann-2017")["average"]
    assert average["regimens"][0]["amount"] == leading["amount"]


if __name__ == "__main__":
    main()
