#!/usr/bin/python3
"""Bad input: one clear line that names the place, status 3, nothing written; and input that is
odd but can be answered."""

import json
import time

from harness import answer, changed, demo, folder, main, run, test, without

CASE = demo("vancomycin")
COMMANDS = ("fit", "predict", "propose")
SOON_S = 10  # no long wait: the answers take milliseconds


def text_of(case):
    return json.dumps(case)


def refused(case, place):
    """Every command refuses `case` and names `place`; plot and report write nothing."""
    for command in COMMANDS:
        run(command, case=case).fails(3, place)
        run(command, "--json", case=case).fails(3, place)
    for command, name in (("plot", "refused.svg"), ("report", "refused.pdf")):
        run(command, "-o", folder() / name, case=case).fails(3, place)
    assert list(folder().iterdir()) == [], list(folder().iterdir())


def with_entry(part, index, **fields):
    """CASE with fields of one entry replaced; None takes one out."""
    case = changed(CASE)
    entry = case[part][index] if isinstance(case[part], list) else case[part]
    for key, value in fields.items():
        entry[key] = value
        if value is None:
            del entry[key]
    return case


@test
def test_unknown_keys():
    refused(changed(CASE, colour="red"), "colour: ")
    for part, index in (("covariates", 1), ("doses", 1), ("levels", 0)):
        refused(with_entry(part, index, colour="red"), f"{part}[{index}].colour: ")
    for part in ("patient", "target", "options"):
        refused(with_entry(part, 0, colour="red"), f"{part}.colour: ")


@test
def test_duplicate_keys():
    text = text_of(CASE)
    refused(text.replace('"format"', '"model": "x", "format"', 1), "line 1, column ")
    refused(text.replace('"amount": 1750', '"amount": 1750, "amount": 750'), "given twice")


@test
def test_wrong_units():
    refused(with_entry("levels", 1, unit="mg/furlong"), "levels[1].unit: ")
    refused(with_entry("levels", 1, unit="mg"), "levels[1].unit: ")
    refused(with_entry("levels", 1, unit=None), "levels[1].unit: ")
    refused(with_entry("doses", 0, unit="mL"), "doses[0].unit: ")
    refused(with_entry("covariates", 0, unit="cm"), "covariates[0].unit: ")
    refused(with_entry("covariates", 1, unit=None), "covariates[1].unit: ")
    refused(with_entry("target", 0, unit="mg/L"), "target.unit: ")


@test
def test_impossible_numbers():
    refused(with_entry("doses", 0, amount=-1750), "doses[0].amount: ")
    refused(with_entry("doses", 0, amount=0), "doses[0].amount: ")
    refused(with_entry("doses", 1, interval=0), "doses[1].interval: ")
    refused(with_entry("doses", 1, interval=-12), "doses[1].interval: ")
    refused(with_entry("doses", 1, count=10**9), "doses[1].count: ")
    refused(with_entry("doses", 1, count=2.5), "doses[1].count: ")
    refused(with_entry("doses", 1, count=0), "doses[1].count: ")
    refused(with_entry("doses", 0, duration=-1), "doses[0].duration: ")
    refused(with_entry("levels", 0, value=-0.1), "levels[0].value: ")
    refused(with_entry("covariates", 1, value=0), "covariates[1].value: ")
    refused(with_entry("covariates", 0, value=-79), "covariates[0].value: ")
    refused(with_entry("target", 0, low=700), "target.low: ")
    refused(with_entry("options", 0, interval=[0]), "options.interval[0]: ")


@test
def test_numbers_that_are_none():
    text = text_of(CASE)
    for wrong in ("NaN", "1e999", "-Infinity", "1,5", "017", "+3", ".5", "0x10"):
        refused(text.replace('"amount": 1750', f'"amount": {wrong}'), "line 1, column ")
    for wrong in ("1750", True, None, [1750], {}):
        case = changed(CASE)
        case["doses"][0]["amount"] = wrong
        refused(case, "doses[0].amount: ")


@test
def test_times_that_do_not_exist():
    for wrong in ("2026-02-30T08:00", "2026-03-03T24:01", "2026-03-03", "yesterday", ""):
        refused(with_entry("levels", 0, time=wrong), "levels[0].time: ")
    refused(changed(CASE, start="2026-13-01T08:00"), "start: ")
    refused(with_entry("patient", 0, birth="1957-02-29"), "patient.birth: ")
    # On this day clocks go from 2:00 to 3:00 in the zone of the tests.
    refused(with_entry("levels", 0, time="2026-03-29T02:30"), "levels[0].time: ")
    hours = {key: value for key, value in CASE.items() if key != "start"}
    refused(hours, "time: ")


@test
def test_a_cumulative_area_needs_an_end():
    """Without one every dose would look too small."""
    target = {"metric": "cumulative_auc", "low": 78, "high": 101, "unit": "mg.h/L"}
    refused(changed(CASE, target=target), "target.at: ")
    got = answer("propose", changed(CASE, target={**target, "at": 96}))
    assert got["target"]["at"] == 96


@test
def test_what_the_model_needs():
    refused(without(CASE, "SCR"), "covariates")
    refused(without(CASE, "WT"), "covariates")
    refused(changed(CASE, model="vancomycin-nobody-1900"), "model: ")
    refused({key: value for key, value in CASE.items() if key != "model"}, "model: ")
    refused(with_entry("doses", 0, route="oral"), "doses[0].route: ")
    refused(with_entry("doses", 0, salt="hydrochloride"), "doses[0].salt: ")
    refused(with_entry("levels", 0, output="urine"), "levels[0].output: ")


@test
def test_several_models_are_not_averaged_in_silence():
    case = {key: value for key, value in CASE.items() if key != "model"}
    case["models"] = ["vancomycin-goti-2018", "vancomycin-thomson-2009"]
    refused(case, "models: ")
    chosen = answer("fit", case, "--model", "vancomycin-thomson-2009")
    assert chosen["model"]["id"] == "vancomycin-thomson-2009"


@test
def test_files_that_are_no_cases():
    whole = text_of(CASE).encode()
    refused(b"", "empty")
    refused(b" \n\t", "empty")
    refused(b"[]", "line 1")
    refused(b"{}", "format: ")
    refused(b'{"format": "titrate-case/2"}', "format: ")
    refused(b"\xff\xfe{}", "line 1")
    refused(whole.replace(b"Teaching", b"Te\x00ching"), "zero byte")
    refused(whole.replace(b"Teaching", b"Te\xe9ching"), "line 1")
    for cut in (1, 2, 40, len(whole) // 2, len(whole) - 1):
        refused(whole[:cut], "line 1, column ")


@test
def test_deep_and_huge_files():
    start = time.monotonic()
    run("fit", case=b"[" * 200_000).fails(3, "64")
    run("fit", case=b'{"format":' * 200_000).fails(3, "64")
    run("fit", case=b" " * (17 << 20)).fails(3, "MiB")
    many = changed(CASE, levels=CASE["levels"] * 15_000)
    run("fit", case=many).fails(3, "levels: ")
    same_time = {"name": "WT", "time": 0, "value": 79, "unit": "kg"}
    run("fit", case=changed(CASE, covariates=[same_time] * 50_000)).fails(3, "covariates: ")
    run("fit", case=with_entry("patient", 0, name="x" * 1_000_000)).fails(3, "patient.name: ")
    assert time.monotonic() - start < SOON_S


@test
def test_files_that_cannot_be_read():
    missing = folder() / "missing.json"
    run("fit", missing).fails(3, "missing.json")
    run("fit", folder()).fails(3, str(folder()))
    run("fit", folder() / "a\nb.json").fails(3, "a?b.json")


def codes(got):
    return {note["code"] for note in got["notes"]}


@test
def test_no_levels_is_the_typical_patient():
    case = changed(CASE, levels=[])
    got = answer("fit", case)
    assert set(got["eta"].values()) == {0} and got["levels"] == [] and "a-priori" in codes(got)
    assert got["parameters"]["individual"] == got["parameters"]["population"]
    assert answer("propose", case)["regimens"]
    case.pop("levels")
    assert answer("fit", case)["parameters"] == got["parameters"]


@test
def test_a_level_before_the_first_dose_is_noted_and_left_out():
    early = {"time": -3, "value": 4.2, "unit": "mg/L"}
    got = answer("fit", changed(CASE, levels=[early, *CASE["levels"]]))
    plain = answer("fit", CASE)
    assert "level-before-first-dose" in codes(got)
    assert got["levels"][0]["used"] is False and got["levels"][1]["used"] is True
    assert got["eta"] == plain["eta"] and got["objective"] == plain["objective"]


@test
def test_no_doses():
    got = answer("propose", changed(CASE, doses=[], levels=[]))
    assert got["regimens"] and not any(regimen["current"] for regimen in got["regimens"])


@test
def test_covariates_outside_the_people_studied():
    got = answer("fit", with_entry("covariates", 0, value=270))
    note = [n for n in got["notes"] if n["code"] == "covariate-outside-range"]
    assert note and note[0]["severity"] == "caution" and note[0]["place"] == "covariates[0].value"


@test
def test_a_covariate_that_is_not_used_is_said():
    case = changed(CASE)
    case["covariates"].append({"name": "ALB", "value": 33, "unit": "g/L"})
    assert "covariate-not-used" in codes(answer("fit", case))


@test
def test_entries_far_from_the_start():
    """A slip of the pen in a date is drawn, not a crash; beyond a million hours it is refused."""
    far = changed(CASE)
    far["levels"][1]["time"] = 1e6
    run("plot", "-o", folder() / "far.svg", case=far).expect(0)
    run("report", "-o", folder() / "far.pdf", case=far).expect(1, "advice is withheld")
    for path in folder().iterdir():
        path.unlink()
    assert len(answer("predict", far, "--draws", 0)["time"]) <= 10_001
    refused(with_entry("levels", 1, time=1e6 + 1), "levels[1].time: ")


@test
def test_intervals_too_short_to_be_walked():
    """Answered or refused, but soon and without a crash."""
    start = time.monotonic()
    for interval in (5e-324, 1e-12, 1e-7):
        done = run("propose", case=with_entry("doses", 1, interval=interval))
        assert done.status in (0, 1, 3), done
        twice = changed(CASE)
        twice["doses"].append({"time": 48 + interval, "amount": 90, "unit": "mg", "route": "iv",
                               "duration": 1})
        assert run("propose", case=twice).status in (0, 1, 3), interval
    assert time.monotonic() - start < SOON_S


@test
def test_long_histories_take_no_long():
    start = time.monotonic()
    case = changed(CASE, levels=[], doses=[{"time": 0, "amount": 700, "unit": "mg", "route": "iv",
                                            "duration": 1, "interval": 8, "count": 20_000}])
    answer("fit", case)
    assert time.monotonic() - start < SOON_S


main()
