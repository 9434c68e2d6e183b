#!/usr/bin/python3
"""Doses, times and intervals that another program proposes for a fitted patient, and weights
of models: what our prediction makes of them.

The questions are those of posologyr's tests (levenc/posologyr at 4af150b9: single numbers with 4
significant digits; its times are on a grid of 0.1 h and its intervals up to 0.7 % long) and of
mapbayr's (FelicienLL/mapbayr at 080fb292).
"""

import math

from harness import answer, changed, close, main, must_fail, test
from validation import model

# When the proposed regimen starts in a body from which all that was before is taken away.
FRESH_H = 500.0


def vancomycin():
    path = model("vancomycin", {"CL": "4.5 * (65/120)^0.8 * exp(eta_CL) | L/h",
                                "V1": "58.4 * exp(eta_V1) | L", "V2": "38.4 * exp(eta_V2) | L",
                                "Q": "6.5 | L/h"},
                 ["CL = variance 0.147", "V1 = variance 0.51", "V2 = variance 0.282"],
                 {"kind": "linear", "compartments": 2},
                 {"C": {"unit": "mg/L", "error": "combined_sd", "additive": "3.4 mg/L",
                        "proportional": "22.7 %"}},
                 {"iv": {"into": "central", "infusion": "yes"}}, checked="Q", expected="6.5")
    return path, {"format": "titrate-case/1", "doses": [
        {"time": 0, "amount": 2000, "unit": "mg", "duration": 2},
        {"time": 24.2, "amount": 1400, "unit": "mg", "duration": 2}],
        "levels": [{"time": 13, "value": 12, "unit": "mg/L"},
                   {"time": 48, "value": 10.5, "unit": "mg/L"}]}


def ganciclovir():
    path = model("ganciclovir", {"CL": "7.49 * 80/57 * exp(eta_CL) | L/h",
                                 "V1": "31.90 * exp(eta_V1) | L", "Q": "10.2 | L/h",
                                 "V2": "32 | L", "KA": "0.895 * exp(eta_KA) | 1/h",
                                 "F": "0.825 * exp(eta_F) | 1", "LAG": "0.382 | h"},
                 ["CL = variance 0.107", "V1 = variance 0.227", "KA = variance 0.464",
                  "F = variance 0.049"],
                 {"kind": "linear", "compartments": 2, "chain": 1},
                 {"C": {"unit": "mg/L", "error": "combined_sd", "additive": "0.465 mg/L",
                        "proportional": "14.3 %"}},
                 {"oral": {"into": "absorption", "bioavailability": "F", "lag": "LAG"},
                  "iv": {"into": "central"}}, checked="Q", expected="10.2")
    levels = [{"time": time, "value": value, "unit": "mg/L"}
              for time, value in ((1, 3.4), (2, 2.7), (6, 1.4))]
    return path, {"format": "titrate-case/1", "levels": levels, "doses": [
        {"time": 0, "amount": 450, "unit": "mg", "route": "oral"}]}


class Patient:
    """A fitted patient, and one more line of doses."""

    def __init__(self, made):
        self.path, self.case = made

    def given(self, amount, start=FRESH_H, **more):
        """The case with that line; from FRESH_H on without what was before."""
        dose = {"time": start, "amount": amount, "unit": "mg", **more}
        if start == FRESH_H:
            dose["reset"] = True
        return changed(self.case, doses=self.case["doses"] + [dose])

    def curve(self, case, start, end, step):
        got = answer("predict", case, "--model", self.path, "--from", start, "--to", end, "--by",
                     step, "--draws", 0)
        return got["time"], got["individual"]

    def level(self, case, time):
        return self.curve(case, time, time, 1)[1][0]

    def area(self, case, start, end):
        target = {"metric": "auc", "from": start, "to": end, "low": 1, "unit": "mg.h/L"}
        case = changed(case, target=target, options={"adjust": end + 1000})
        return answer("fit", case, "--model", self.path)["metrics"]["auc"]["value"]

    def first_below(self, case, limit, start):
        """Hours from `start` to the first point of a grid of 0.1 h at or below the limit."""
        times, values = self.curve(case, start, start + 40, 0.1)
        return next(time for time, value in zip(times, values) if value <= limit) - start


@test
def test_vancomycin_doses():
    """Doses for an area or a level, by infusions of 2 h."""
    patient = Patient(vancomycin())
    once = {"duration": 2}
    daily = {"interval": 24, "count": 11, "duration": 2}
    close(patient.area(patient.given(2377.758, **once), 500, 524), 400, 2e-4, "area 0-24")
    close(patient.level(patient.given(2530.699, **once), 524), 11.04931, 2e-4, "level at 24 h")
    close(patient.area(patient.given(1229.366, **daily), 716, 740), 400, 2e-4, "area of day 10")
    close(patient.level(patient.given(1229.426, **{**daily, "duration": 24}), 737.6), 400 / 24,
          2e-4, "continuous infusion")
    must_fail(close, patient.area(patient.given(2379, **once), 500, 524), 400, 2e-4, "area")


@test
def test_vancomycin_times():
    """When a level is reached, and the interval for a trough of 10 mg/L."""
    patient = Patient(vancomycin())
    once = patient.given(1500, duration=2)
    close(patient.first_below(once, 10, 502) + 2, 11.2, 0.0, "after one dose", 0.05)
    daily = patient.given(1500, duration=2, interval=24, count=11)
    close(patient.first_below(daily, 10, 742) + 2, 34.8, 0.0, "after the last dose", 0.05)
    case = patient.given(2000, duration=2, interval=35.807, count=11)
    close(patient.level(case, 500 + 11 * 35.807), 10, 2e-4, "trough")
    case = patient.given(2000, duration=2, interval=35.9, count=11)
    close(patient.level(case, 500 + 11 * 35.9), 10, 0.005, "trough at posologyr's interval")


@test
def test_ganciclovir_doses():
    """Oral doses and boluses after what is left of the first dose, and without it."""
    patient = Patient(ganciclovir())
    for route, level, fresh_level, area, fresh_area in (
            ("oral", 1014.197, 928.35, 924.458, 938.59), ("iv", 367.7199, 393.84, 645.857, 655.729)):
        def given(amount, start=FRESH_H, way=route):
            return patient.given(amount, start, route=way)
        close(patient.level(given(level, 24.1), 25), 6, 1e-3, f"{route} level")
        close(patient.level(given(fresh_level), 501), 6, 1e-3, f"{route} fresh level")
        close(patient.area(given(area, 24.1), 24.1, 48.1), 50, 1e-3, f"{route} area")
        close(patient.area(given(fresh_area), 500, 524), 50, 1e-3, f"{route} fresh area")


@test
def test_ganciclovir_times():
    patient = Patient(ganciclovir())
    close(patient.first_below(patient.case, 0.5, 1) + 1, 13.0, 0.0, "given dose", 0.05)
    for route, hours in (("oral", 13.7), ("iv", 14.6)):
        got = patient.first_below(patient.given(500, route=route), 0.5, 501) + 1
        close(got, hours, 0.0, f"500 mg {route}", 0.05)
    for route, interval, theirs in (("oral", 10.6126, 10.69046), ("iv", 11.2708, 11.34967)):
        for hours, tolerance in ((interval, 1e-4), (theirs, 0.02)):
            case = patient.given(500, route=route, interval=hours, steady_state=True)
            close(patient.level(case, 500 + hours), 1, tolerance, f"trough {route}")


def mapbayr_case(subject, amount):
    return {"format": "titrate-case/1", "patient": {"id": str(subject)}, "doses": [
        {"time": 0, "amount": amount, "unit": "mg", "route": "oral", "interval": 24, "count": 4}],
        "levels": [{"time": 96, "value": 1, "unit": "mg/L"}]}


@test
def test_model_weights():
    """mapbayr's weights of two models, from likelihoods exp(-OFV/2) and from AIC = OFV + 2 k, k
    the effects: 4 significant digits. The second model's dose is in two parts, a fifth by first
    order, the rest over D2."""
    common = {"V": "70 * exp(eta_V) | L", "KA": "exp(eta_KA) | 1/h"}
    effects = [f"{name} = variance 0.2" for name in ("CL", "V", "KA")]
    structure = {"kind": "linear", "compartments": 1, "chain": 1}
    output = {"C": {"unit": "mg/L", "error": "proportional",
                    "proportional": "0.22360679774997896 1"}}
    one = model("single", {"CL": "4 * exp(eta_CL) | L/h", **common}, effects, structure, output,
                {"oral": {"into": "absorption"}}, expected="4")
    two = model("parallel", {"CL": "1 * exp(eta_CL) | L/h", **common,
                             "D2": "4 * exp(eta_D2) | h", "F1": "0.2 | 1", "F2": "0.8 | 1"},
                [*effects, "D2 = variance 0.2"], structure, output,
                {"oral": {"into": "absorption", "bioavailability": "F1"},
                 "slow": {"into": "central", "bioavailability": "F2", "duration": "D2"}},
                expected="1")
    for subject, amount, ofv, likely, akaike in ((2, 100, -2.384, 0.8564, 0.9419),
                                                 (9, 200, -3.037, 0.9833, 0.9938)):
        case = mapbayr_case(subject, amount)
        both = changed(case, doses=case["doses"] + [{**case["doses"][0], "route": "slow"}])
        first = answer("fit", case, "--model", one)["objective"]
        second = answer("fit", both, "--model", two)["objective"]
        close(first, ofv, 0.0, f"objective {subject}", 6e-4)
        for extra, weight in ((0, likely), (2 * (4 - 3), akaike)):
            got = 1 / (1 + math.exp((first - second - extra) / 2))
            close(got, weight, 0.0, f"weight {subject} {extra}", 6e-5)


main()
