"""Outputs that are no concentrations, and doses in units, through titrate-cli."""

from harness import main, run, test

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


main()
