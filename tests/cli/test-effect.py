"""Outputs that are no concentrations, and doses in units, through titrate-cli."""

from harness import close, main, run, test

INR = {"format": "titrate-case/1", "model": "warfarin-hamberg-2007",
       "covariates": [{"name": "AGE", "value": 66, "unit": "y"},
                      {"name": "CYP2C9", "value": "*1/*2"}, {"name": "VKORC1", "value": "GA"}],
       "doses": [{"time": 0, "amount": 5, "unit": "mg", "interval": 24, "count": 8}],
       "levels": [{"time": 168, "value": 2.1, "output": "INR"}]}


@test
def an_inr_is_predicted_and_named():
    answer = run("predict", "--output", "INR", "--from", "-5", "--to", "168", "--by", "173",
                 "--draws", "0", "--json",
                 case=INR).expect(0).json()
    assert answer["output"] == "INR" and answer["unit"] == "1"
    assert answer["individual"][0] == 1.0
    assert 1.9 < answer["individual"][-1] < 2.3


@test
def regimens_are_judged_by_the_inr():
    """The value at steady state is that of a month of the same doses."""
    got = run("propose", "--json", "--draws", "20", case=INR).expect(0).json()
    row = next(row for row in got["regimens"] if row["current"])
    assert got["target"]["output"] == "INR" and got["target"]["metric"] == "trough"
    long = {**INR, "doses": [{**INR["doses"][0], "count": 90}]}
    late = run("predict", "--output", "INR", "--from", "2160", "--to", "2160", "--by", "1",
               "--draws", "0", "--json", case=long).expect(0).json()
    close(row["metrics"]["trough"], late["individual"][0], 1e-4, "INR")


@test
def a_level_finds_its_output_by_its_unit():
    case = {**INR, "levels": [{"time": 168, "value": 2.1, "unit": "1"},
                              {"time": 167, "value": 0.4, "unit": "mg/L"}]}
    assert [level["output"] for level in run("fit", "--json", case=case).expect(0).json()["levels"]
            ] == ["INR", "C"]


@test
def units_of_activity_are_no_mass():
    case = {"format": "titrate-case/1", "model": "factor-viii-garmann-2017",
            "covariates": [{"name": "LBW", "value": 51.1, "unit": "kg"}],
            "doses": [{"time": 0, "amount": 1750, "unit": "mg", "duration": 0.1}]}
    run("fit", case=case).fails(3, "mg does not convert to IU")


def course(model, covariates, doses, levels, start):
    """A case whose first dose is `start` hours after the case begins."""
    return {"format": "titrate-case/1", "model": model,
            "patient": {"id": "1", "sex": "male"},
            "covariates": [{"name": name, "value": value, "unit": unit}
                           for name, value, unit in covariates],
            "doses": [{"amount": amount, "unit": "mg", "route": "iv", "duration": hours,
                       "interval": every, "count": count, "time": start + at}
                      for at, amount, hours, every, count in doses],
            "levels": [{"time": start + at, "value": value, "unit": "mg/L"}
                       for at, value in levels]}


COURSES = [
    ("nivolumab-bajaj-2017",
     [("WT", 83, "kg"), ("EGFR", 71, "mL/min/1.73m2")],
     [(0, 240, 0.5, 336, 9)], [(335, 17.3), (2600, 61.0)]),
    ("busulfan-shukla-2020", [("WT", 17.3, "kg"), ("HT", 104, "cm"), ("AGE", 4.7, "y")],
     [(0, 17, 2, 6, 12)], [(3, 0.81), (37, 0.57)]),
    ("voriconazole-friberg-2012", [("WT", 71, "kg"), ("AGE", 47, "y")],
     [(0, 400, 2, 12, 9)], [(11, 1.7), (83, 2.9)]),
]


@test
def clearances_fall_from_the_first_dose_on():
    """Not from the start of the case, which may lie days before it."""
    for model, covariates, doses, levels in COURSES:
        fits = [run("fit", "--json",
                    case=course(model, covariates, doses, levels, start)).expect(0).json()
                for start in (0, 97.3)]
        first, second = ([[level["population"], level["individual"]] for level in fit["levels"]]
                         for fit in fits)
        for one, other in zip(first, second):
            close(other, one, 1e-5, model)


main()
