#!/usr/bin/python3
"""The reference problems, through the command line, against their stored answers."""

import json

from harness import ANSWERS, REFERENCE, answer, changed, close, main, must_fail, run, test

STORED = json.loads((ANSWERS / "reference.json").read_text(encoding="utf-8"))
TOLERANCES = STORED["tolerances"]
MODELS = {"TITRATE_MODELS_DIR": str(REFERENCE)}


def case_of(name):
    return json.loads((REFERENCE / f"{name}.json").read_text(encoding="utf-8"))


def fit(name, *arguments):
    return run("fit", REFERENCE / f"{name}.json", "--json", *arguments, env=MODELS).expect(0).json()


def check_fit(name):
    want, got = STORED["problems"][name], fit(name)
    names = want["names"]
    assert got["converged"] is True and got["optima"] == 1
    assert list(got["eta"]) == names
    close(got["objective"], want["objective"], TOLERANCES["objective"], "objective")
    close([got["eta"][n] for n in names], want["eta"], TOLERANCES["eta"], "eta")
    assert got["covariance"]["names"] == names and got["covariance"]["kind"] == "exact"
    for row, wanted in zip(got["covariance"]["values"], want["covariance"], strict=True):
        close(row, wanted, TOLERANCES["covariance"], "covariance")
    close([level["individual"] for level in got["levels"]], want["level_individual"],
          TOLERANCES["prediction"], "individual at levels")
    close([level["population"] for level in got["levels"]], want["level_population"],
          TOLERANCES["prediction"], "population at levels")
    for which, key in (("individual", "individual_parameters"), ("population", "typical_parameters")):
        parameters = got["parameters"][which]
        assert parameters.keys() == want[key].keys()
        close(list(parameters.values()), [want[key][n] for n in parameters], 1e-5, which)


@test
def test_A4_fit():
    check_fit("A4")


@test
def test_B_fit():
    check_fit("B")


@test
def test_C_fit():
    check_fit("C")


@test
def test_predictions():
    for name, want in STORED["problems"].items():
        for time, population, individual in zip(want["predict_times"], want["population"],
                                                want["individual"], strict=True):
            got = run("predict", REFERENCE / f"{name}.json", "--from", time, "--to", time,
                      "--draws", 0, "--json", env=MODELS).expect(0).json()
            assert got["time"] == [time]
            close(got["population"], [population], TOLERANCES["prediction"], f"{name} at {time}")
            close(got["individual"], [individual], TOLERANCES["prediction"], f"{name} at {time}")


@test
def test_areas():
    """Areas of the individual: the metric "auc", with no dose after the adjust time."""
    for window, want in STORED["problems"]["A4"]["auc"].items():
        start, end = map(float, window.split("-"))
        target = {"metric": "auc", "from": start, "to": end, "low": 1, "unit": "mg.h/L"}
        case = changed(case_of("A4"), target=target, options={"adjust": 96})
        got = answer("fit", case, env=MODELS)["metrics"]["auc"]
        assert got["unit"] == "mg.h/L"
        close(got["value"], want, TOLERANCES["auc"], f"area {window}")


@test
def test_shrinkage_is_one_minus_posterior_over_prior():
    prior = {"CL": 0.0784, "V1": 0.1225, "Q": 0.2025, "V2": 0.16}
    got = fit("A4")
    for i, name in enumerate(got["covariance"]["names"]):
        close(got["shrinkage"][name], 1 - got["covariance"]["values"][i][i] / prior[name], 1e-12,
              name)


@test
def test_expected_covariance_is_another_matrix():
    exact, expected = fit("A4"), fit("A4", "--covariance", "expected")
    assert expected["covariance"]["kind"] == "expected"
    assert exact["eta"] == expected["eta"]
    one, other = exact["covariance"]["values"], expected["covariance"]["values"]
    must_fail(close, other[0], one[0], 1e-3, "first row")
    for i in range(4):
        close(other[i], one[i], 0.5, "row", absolute=0.02)
        close(other[i], [other[k][i] for k in range(4)], 1e-12, "symmetry")


@test
def test_the_file_of_a_model_may_be_named():
    case = changed(case_of("B"), model="another-model")
    run("fit", case=case).fails(3, "another-model")
    named = answer("fit", case, "--model", REFERENCE / "imatinib-reference-2026.model")
    assert named["objective"] == fit("B")["objective"]


@test
def test_the_comparison_finds_differences():
    must_fail(close, 1.000002, 1.0, 1e-6, "one")
    must_fail(close, [1.0, 2.0], [1.0], 1e-6, "length")
    must_fail(close, float("nan"), 1.0, 1e-6, "nan")
    must_fail(close, None, 1.0, 1e-6, "null")


main()
