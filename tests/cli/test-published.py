#!/usr/bin/python3
"""The bundled models against published check values, through predict and fit."""

import json

from harness import ANSWERS, answer, main, must_fail, run, test

STORED = json.loads((ANSWERS / "published.json").read_text(encoding="utf-8"))["sheets"]


def agrees(got, printed, what):
    """Within half a unit of the last printed digit."""
    decimals = len(printed.partition(".")[2])
    assert abs(got - float(printed)) <= 0.51 * 10.0 ** -decimals, (
        f"{what}: got {got!r}, printed {printed}")


def case_of(sheet, count):
    dose = {"time": 0, "unit": "mg", **sheet["dose"]}
    if count > 1:
        dose |= {"interval": sheet["train"][1], "count": count}
    covariates = [{"name": name, "value": value, **({"unit": unit} if unit else {})}
                  for name, value, unit in sheet["covariates"]]
    case = {"format": "titrate-case/1", "model": sheet["model"], "covariates": covariates,
            "doses": [dose]}
    if "sex" in sheet:
        case["patient"] = {"sex": sheet["sex"]}
    return case


def concentration(case, time):
    got = answer("predict", case, "--from", time, "--to", time, "--draws", 0)
    assert got["population"] == got["individual"], "without levels both are the typical patient"
    return got["population"][0], got["unit"]


@test
def test_first_dose():
    for sheet in STORED:
        for time, printed in sheet["single"]:
            got, unit = concentration(case_of(sheet, 1), time)
            assert unit == sheet["unit"]
            agrees(got, printed, f"{sheet['name']} at {time} h")


@test
def test_parameters():
    for sheet in STORED:
        got = answer("fit", case_of(sheet, 1))["parameters"]["population"]
        for name, printed in sheet.get("parameters", {}).items():
            agrees(got[name], printed, f"{sheet['name']} {name}")


@test
def test_many_doses():
    for sheet in (sheet for sheet in STORED if "train" in sheet):
        count, interval = sheet["train"]
        for after, printed in sheet["train_levels"]:
            got, _ = concentration(case_of(sheet, count), (count - 1) * interval + after)
            agrees(got, printed, f"{sheet['name']} {after} h after dose {count}")


@test
def test_area_of_the_last_interval():
    for sheet in (sheet for sheet in STORED if "train" in sheet):
        count, interval = sheet["train"]
        printed, hours = sheet["auc"]
        end = count * interval
        unit = sheet["unit"].replace("/", ".h/")
        case = case_of(sheet, count)
        case["target"] = {"metric": "auc", "from": end - hours, "to": end, "low": 1, "unit": unit}
        got = answer("fit", case)["metrics"]["auc"]
        assert got["unit"] == unit
        agrees(got["value"], printed, f"{sheet['name']} area")


@test
def test_models_check_themselves():
    got = run("models", "check", "--json").expect(0).json()
    assert got["format"] == "titrate-checks/1"
    assert {sheet["model"] for sheet in STORED} <= {model["id"] for model in got["models"]}
    for model in got["models"]:
        assert model["failed"] == 0 and model["passed"] == len(model["checks"]) >= 5


@test
def test_the_comparison_finds_differences():
    must_fail(agrees, 14.116, "14.11", "beyond half a unit")
    must_fail(agrees, 5.21, "5.20", "a unit")
    agrees(14.1149, "14.11", "within")


main()
