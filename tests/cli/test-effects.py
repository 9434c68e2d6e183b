#!/usr/bin/python3
"""Subpopulations and occasions to come, by the command line."""

import json

from harness import close, folder, main, run, test

HEAD = """[model]
format = titrate-model/1
id = {id}
version = 1
drug = testamycin
title = t
reference = r
status = C
status_text = s
population = p
limits = l
"""
REST = """[structure]
kind = linear
compartments = 1
[output C]
title = C
unit = mg/L
error = combined
additive = 0.37 mg/L
proportional = 13 %
[route iv]
title = iv
into = central
infusion = yes
[dosing iv]
amounts = 100 to 2000 step 100 mg
intervals = 12 h
durations = 1 h
source = Test
[target auc24]
title = t
metric = auc24
low = 180
high = 220
unit = mg.h/L
source = Test
[check one]
values = V 23.7
source = Test
"""
PARAMETERS = """[parameters]
CL = {cl}
V = 23.7 * exp(eta_V)
[units]
CL = L/h
V = L
[effects]
CL = variance 0.0841
V = variance 0.0625
"""
DOSES = [{"time": 0, "amount": 730, "unit": "mg", "duration": 1, "interval": 12, "count": 2}]
LEVELS = [{"time": 11.3, "value": 9.4, "unit": "mg/L"},
          {"time": 20.9, "value": 15.2, "unit": "mg/L"}]


def write(name, text):
    path = folder() / f"testamycin-{name}-2026.model"
    path.write_text(HEAD.format(id=path.stem) + text + REST, encoding="utf-8")
    return path


def write_case(model, **more):
    path = folder() / "case.json"
    path.write_text(json.dumps({"format": "titrate-case/1", "model": model.stem,
                                "doses": DOSES, "levels": LEVELS, **more}), encoding="utf-8")
    return path


def mixture():
    return write("mixture", "[subpopulations]\nfast = 0.7\nslow = remainder\n"
                 + PARAMETERS.format(
                     cl='(SUBPOPULATION == "fast" ? 4.61 : 1.97) * exp(eta_CL)'))


def occasions():
    return write("occasion", PARAMETERS.format(cl="3.1 * exp(eta_CL + iov_CL)")
                 + "[occasion_effects]\nCL = sd 0.41\n[occasions]\nstart = dose\n")


@test
def test_subpopulations():
    model = mixture()
    fit = run("fit", write_case(model), "--model", model, "--json").expect(0).json()
    fast, slow = fit["subpopulations"]
    assert (fast["name"], slow["name"]) == ("fast", "slow"), fit["subpopulations"]
    close(fast["prior"], 0.7, 1e-14, "prior")
    close(fast["posterior"] + slow["posterior"], 1.0, 1e-12, "sum")
    best = max(fit["subpopulations"], key=lambda one: one["posterior"])
    assert best["objective"] == fit["objective"] and best["eta"] == fit["eta"], fit
    assert any(note["code"].startswith("subpopulation") for note in fit["notes"])


@test
def test_subpopulations_in_words():
    model = mixture()
    text = run("fit", write_case(model), "--model", model).expect(0).out.decode()
    assert "This patient is most probably of the subpopulation “slow”" in text, text
    assert "chance before the levels" in text, text


@test
def test_subpopulations_of_one_kind():
    """A model without them says nothing of them."""
    model = occasions()
    fit = run("fit", write_case(model), "--model", model, "--json").expect(0).json()
    assert "subpopulations" not in fit


@test
def test_future_occasions():
    """The switch of the case and that of the command are one: chances are less certain."""
    model = occasions()
    common = ("--model", model, "--seed", 5, "--json")
    typical = run("propose", write_case(model), *common).expect(0).json()
    asked = run("propose", write_case(model), "--future-occasions", *common).expect(0).json()
    own = run("propose", write_case(model, options={"future_occasions": True}),
              *common).expect(0).json()
    assert (typical["future_occasions"], asked["future_occasions"]) == (False, True)
    assert asked["regimens"] == own["regimens"]
    highest = [max(r["probability"]["within"] for r in got["regimens"])
               for got in (typical, asked)]
    assert highest[1] < highest[0] - 0.1, highest
    assert "future-occasions" in [note["code"] for note in typical["notes"]]
    assert "future-occasions" not in [note["code"] for note in asked["notes"]]


@test
def test_future_occasions_belong_to_proposals():
    run("fit", write_case(occasions()), "--future-occasions").fails(2, "--future-occasions")


main()
