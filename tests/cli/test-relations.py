#!/usr/bin/python3
"""Relations that hold whatever the numbers are: what a case says counts, not how it is said."""

import copy
import random

from harness import answer, changed, close, demo, main, must_fail, same, test, without

CASE = demo("vancomycin")
MOLAR_MASS = 1449.3  # g/mol, vancomycin
CREATININE = 88.42  # umol/L in 1 mg/dL
# The input's hash belongs to how it is written.
HOW = ("input_sha256", "place")


def all_answers(case):
    """Everything about a case but the order of its entries."""
    fit = answer("fit", case)
    fit["levels"].sort(key=lambda level: level["time"])
    fit["certificate"]["levels"].sort(key=lambda level: level["time"])
    fit.pop("notes")
    proposals = answer("propose", case, "--seed", 3)
    proposals.pop("notes")
    curve = answer("predict", case, "--from", 0, "--to", 72, "--by", 1.5, "--draws", 50)
    return {"fit": fit, "proposals": proposals, "curve": curve}


def agree(one, other, relative=1e-7):
    same(all_answers(one), all_answers(other), relative, "answer", absolute=1e-9, skip=HOW)


def typical(case, *grid):
    start, end, step = grid or (0, 72, 0.75)
    return answer("predict", changed(case, levels=[]), "--from", start, "--to", end, "--by", step,
                  "--draws", 0)["population"]


@test
def test_the_order_of_entries():
    for name in ("vancomycin", "tacrolimus"):
        case = demo(name)
        shuffled = changed(case)
        for part in ("covariates", "doses", "levels"):
            shuffled[part].reverse()
            random.Random(7).shuffle(shuffled[part])
        agree(case, shuffled)


@test
def test_the_zero_of_time():
    """Hours counted from another start on the same day (age counts from it): only times shift."""
    shift = 7.75
    moved = changed(CASE, start="2026-03-01T00:15")
    for part in ("covariates", "doses", "levels"):
        for entry in moved[part]:
            if isinstance(entry.get("time", 0), (int, float)):
                entry["time"] = entry.get("time", 0) + shift
    one, other = answer("fit", CASE), answer("fit", moved)
    same(one["eta"], other["eta"], 1e-7, "eta", absolute=1e-9)
    close(other["objective"], one["objective"], 1e-10, "objective")
    close([level["time"] for level in other["levels"]],
          [level["time"] + shift for level in one["levels"]], 1e-12, "times")
    proposals = [answer("propose", case)["regimens"] for case in (CASE, moved)]
    for regimen in proposals[1]:
        regimen["first_dose"] -= shift
    same(*proposals, 1e-7, "regimens", absolute=1e-9)
    must_fail(close, other["levels"][0]["time"], one["levels"][0]["time"], 1e-3, "unshifted")


@test
def test_hours_and_date_times():
    hours = changed(CASE)
    hours["covariates"][2]["time"] = 46
    hours["levels"][0]["time"], hours["levels"][1]["time"] = 47.5, 50.5
    agree(CASE, hours, 1e-12)
    zoned = changed(CASE)
    zoned["levels"][0]["time"] = "2026-03-03T06:30Z"
    zoned["levels"][1]["time"] = "2026-03-03T16:30+07:00"
    agree(CASE, zoned, 1e-12)


@test
def test_elapsed_hours_count_when_clocks_change():
    """The night of 29 March has one hour less, that of 25 October one more."""
    for day, following, hours in (("2026-03-28", "2026-03-29", 23), ("2026-10-24", "2026-10-25", 25)):
        case = changed(CASE, start=f"{day}T08:00")
        case["covariates"][2]["time"] = 10
        case["doses"][1]["count"] = 1
        case["levels"] = [{"time": f"{following}T08:00", "value": 9.7, "unit": "mg/L"}]
        assert answer("fit", case)["levels"][0]["time"] == hours


@test
def test_molar_and_mass_units():
    molar = changed(CASE)
    for level in molar["levels"]:
        level["value"] *= 1000 / MOLAR_MASS
        level["unit"] = "umol/L"
    agree(CASE, molar)
    small = changed(CASE)
    for level in small["levels"]:
        level["unit"] = "ug/mL"
    small["doses"][0] |= {"amount": 1.75, "unit": "g"}
    agree(CASE, small)
    lone = changed(CASE, target={**CASE["target"], "low": 400_000 / MOLAR_MASS,
                                 "high": 600_000 / MOLAR_MASS, "unit": "umol.h/L"})
    one, other = answer("propose", CASE), answer("propose", lone)
    same(one["regimens"], other["regimens"], 1e-9, "regimens")


@test
def test_units_of_covariates():
    other = changed(CASE)
    other["covariates"][0] |= {"value": 79 / 0.45359237, "unit": "lb"}
    other["covariates"][1] |= {"value": 1.1 * CREATININE, "unit": "umol/L"}
    other["covariates"][2] |= {"value": 141 / CREATININE, "unit": "mg/dL"}
    agree(CASE, other)
    wrong = changed(other)
    wrong["covariates"][1]["value"] *= 1.01
    must_fail(agree, CASE, wrong)


@test
def test_a_derived_covariate_or_its_ingredients():
    fit = answer("fit", changed(CASE, covariates=CASE["covariates"][:2]))
    age = (68 * 365.25 + 303) / 365.25  # 2 May 1957 to 1 March 2026
    clearance = (140 - age) * 79 / (72 * 1.1)
    given = without(without(CASE, "SCR"), "DIAL")
    given["covariates"].append({"name": "CLCR", "value": clearance, "unit": "mL/min"})
    close(answer("fit", given)["parameters"]["population"]["CL"],
          fit["parameters"]["population"]["CL"], 2e-4, "CL")


@test
def test_an_infusion_cut_in_two():
    cut = changed(CASE)
    whole = cut["doses"].pop(0)
    cut["doses"] += [{**whole, "amount": 700, "duration": 0.8},
                     {**whole, "time": 0.8, "amount": 1050, "duration": 1.2}]
    one, other = answer("fit", CASE), answer("fit", cut)
    same(one["eta"], other["eta"], 1e-7, "eta", absolute=1e-9)
    close(typical(cut), typical(CASE), 1e-10, "curve", absolute=1e-10)


@test
def test_an_interval_with_a_count_is_a_list_of_doses():
    listed = changed(CASE)
    repeated = listed["doses"].pop()
    count, interval = repeated.pop("count"), repeated.pop("interval")
    listed["doses"] += [{**repeated, "time": 12 + i * interval} for i in range(count)]
    agree(CASE, listed)


@test
def test_the_end_of_an_infusion_is_its_duration():
    ended = changed(CASE)
    del ended["doses"][0]["duration"]
    ended["doses"][0]["end"] = "2026-03-01T10:00"
    agree(CASE, ended, 1e-12)


@test
def test_doses_add_up():
    """In a linear model concentrations are those of the doses one by one, added."""
    for name in ("vancomycin", "tacrolimus"):
        case = changed(demo(name), levels=[])
        doubled, parts = changed(case), []
        for dose in doubled["doses"]:
            dose["amount"] *= 2
        close(typical(doubled), [2 * c for c in typical(case)], 1e-12, "double", absolute=1e-12)
        for i in range(len(case["doses"])):
            parts.append(typical(changed(case, doses=[case["doses"][i]])))
        close(typical(case), [sum(column) for column in zip(*parts, strict=True)], 1e-9, "sum",
              absolute=1e-12)


@test
def test_doses_of_saturable_elimination_do_not_add_up():
    case = demo("busulfan")
    doubled = changed(case)
    doubled["doses"][0]["amount"] *= 2
    must_fail(close, typical(doubled, 3, 24, 1), [2 * c for c in typical(case, 3, 24, 1)], 1e-3,
              "double")


@test
def test_steady_state_is_sixty_doses():
    for name, interval, relative in (("vancomycin", 12, 1e-6), ("tacrolimus", 12, 1e-6),
                                     ("busulfan", 24, 1e-5)):
        case = changed(demo(name), levels=[])
        case["covariates"] = [c for c in case["covariates"] if c.get("time", 0) == 0]
        dose = {**case["doses"][0], "time": 0, "interval": interval, "count": 1}
        steady = changed(case, doses=[{**dose, "steady_state": True}])
        long = changed(case, doses=[{**dose, "time": -59 * interval, "count": 60}])
        close(typical(steady, 0, 24, 1), typical(long, 0, 24, 1), relative, name, absolute=1e-9)


@test
def test_a_level_not_used_is_as_not_there():
    case = changed(CASE)
    case["levels"].insert(1, {"time": 49, "value": 77, "unit": "mg/L", "use": False})
    got, plain = answer("fit", case), answer("fit", CASE)
    assert got["eta"] == plain["eta"] and got["levels"][1]["used"] is False
    case["levels"][1] = {"time": 49, "value": 77, "unit": "mg/L", "weight": 0}
    assert answer("fit", case)["eta"] == plain["eta"]
    case["levels"][1].pop("weight")
    assert answer("fit", case)["eta"] != plain["eta"]


@test
def test_a_weight_of_a_half_twice_is_a_whole():
    halves = copy.deepcopy(CASE)
    level = halves["levels"][0]
    halves["levels"][0:1] = [{**level, "weight": 0.5}, {**level, "weight": 0.5}]
    one, other = answer("fit", CASE), answer("fit", halves)
    close(other["objective"], one["objective"], 1e-9, "objective")
    same(one["eta"], other["eta"], 1e-7, "eta", absolute=1e-9)


@test
def test_censored_levels_pull_their_way():
    eta = answer("fit", CASE)["eta"]["CL"]
    below, above = changed(CASE), changed(CASE)
    below["levels"][1] = {"time": 50.5, "value": 10, "unit": "mg/L", "below": True}
    above["levels"][1] = {"time": 50.5, "value": 60, "unit": "mg/L", "above": True}
    assert answer("fit", below)["eta"]["CL"] > eta > answer("fit", above)["eta"]["CL"]


@test
def test_a_level_at_the_time_of_a_dose_was_drawn_before_it():
    case = changed(CASE, levels=[])
    curve = typical(case, 24, 24, 1)
    without_it = changed(case)
    without_it["doses"][1]["count"] = 1  # the dose at 12 h only
    close(curve, typical(without_it, 24, 24, 1), 1e-12, "at the dose")
    with_bolus = changed(case)
    for dose in with_bolus["doses"]:
        del dose["duration"]
    before = changed(with_bolus)
    before["doses"][1]["count"] = 1
    close(typical(with_bolus, 24, 24, 1), typical(before, 24, 24, 1), 1e-12, "at the bolus")


@test
def test_a_smaller_prior_weight_follows_the_levels_more():
    """What the levels add to the objective falls as the prior counts less."""
    variances = {"CL": 0.398**2, "V1": 0.816**2, "V2": 0.571**2}
    parts = []
    for weight in (10, 1, 0.3, 0.1):
        case = changed(CASE, options={"prior_weight": weight})
        got = answer("fit", case)
        prior = sum(weight * got["eta"][name] ** 2 / v for name, v in variances.items())
        parts.append(got["objective"] - prior)
    assert parts == sorted(parts, reverse=True) and parts[0] > parts[-1] + 1e-3, parts


def regimens(**target):
    """The metrics of the current regimen for a target."""
    got = answer("propose", changed(CASE, target=target))
    return next(r for r in got["regimens"] if r["current"])["metrics"]


@test
def test_targets():
    """Each metric is what its definition says, of the same curve."""
    base = regimens(metric="auc24", low=400, high=600, unit="mg.h/L")
    trough = regimens(metric="trough", low=10, high=15, unit="mg/L")
    same(base, trough, 1e-12, "metrics")
    close(regimens(metric="average", low=15, high=25, unit="mg/L")["average"], base["auc24"] / 24,
          1e-12, "average")
    close(regimens(metric="auc_mic", low=400, high=600, mic=2)["auc_mic"], base["auc24"] / 2, 1e-12,
          "auc_mic")
    close(regimens(metric="peak_mic", low=8, mic=0.5)["peak_mic"], base["peak"] / 0.5, 1e-12,
          "peak_mic")
    everything = regimens(metric="time_above", low=0.5, threshold=1e-3, unit="mg/L")
    close(everything["time_above"], 1, 1e-12, "time above next to nothing")
    nothing = regimens(metric="time_above", low=0.5, threshold=1e4, unit="mg/L")
    assert nothing["time_above"] == 0


@test
def test_targets_at_a_time():
    """The same as the curve of the case with the regimen carried on."""
    carried = changed(CASE)
    carried["doses"][1]["count"] += 3
    at = answer("predict", carried, "--from", 72, "--to", 84, "--by", 0.25, "--draws", 0)
    got = regimens(metric="trough", low=10, high=15, unit="mg/L", at="2026-03-04T08:00")
    close(got["trough"], at["individual"][0], 1e-9, "trough")
    close(got["peak"], max(at["individual"]), 1e-9, "peak, at the end of the infusion")
    span = regimens(metric="auc", low=1, unit="mg.h/L", **{"from": 0, "to": 72})
    until = regimens(metric="cumulative_auc", low=1, unit="mg.h/L", at=72)
    close(until["cumulative_auc"], span["auc"], 1e-10, "area from the first dose")
    steady = regimens(metric="auc24", low=400, high=600, unit="mg.h/L")
    close([span["trough"], span["auc24"]], [steady["trough"], steady["auc24"]], 1e-12, "steady")
    later = regimens(metric="auc", low=1, unit="mg.h/L", **{"from": 72, "to": 96})
    close(until["auc24"], later["auc"], 1e-10, "the day after")


@test
def test_covariates_over_time():
    """The first value holds backwards, each until the next; what comes later changes nothing."""
    late = changed(CASE)
    late["covariates"][0]["time"] = 30
    agree(CASE, late, 1e-12)
    constant = changed(CASE)
    del constant["covariates"][2]
    before = (0, 46, 1)
    close(typical(CASE, *before), typical(constant, *before), 1e-12, "before the change")
    must_fail(close, typical(CASE, 47, 72, 1), typical(constant, 47, 72, 1), 1e-3, "after it")
    again = changed(CASE)
    again["covariates"].append({"name": "WT", "time": 21.5, "value": 79, "unit": "kg"})
    agree(CASE, again)


@test
def test_categories_by_number_or_word():
    word = changed(CASE)
    word["covariates"][3]["value"] = "no"
    agree(CASE, word, 1e-12)
    word["covariates"][3]["value"] = "yes"
    yes = changed(CASE)
    yes["covariates"][3]["value"] = 1
    agree(yes, word, 1e-12)
    must_fail(agree, CASE, yes)


@test
def test_age_in_any_unit():
    by_birth = changed(CASE, patient={**CASE["patient"], "birth": "1956-03-01"})
    cl = answer("fit", by_birth)["parameters"]["population"]["CL"]
    for value, unit in ((70, "y"), (25567, "d"), (25567 / 7, "wk")):
        given = changed(by_birth)
        del given["patient"]["birth"]
        given["covariates"].append({"name": "AGE", "value": value, "unit": unit})
        close(answer("fit", given)["parameters"]["population"]["CL"], cl, 1e-4, unit)


@test
def test_the_only_output_and_route_may_be_named_or_not():
    named = changed(CASE)
    for level in named["levels"]:
        level["output"] = "C"
    for dose in named["doses"]:
        del dose["route"]
    agree(CASE, named, 1e-12)


main()
