#!/usr/bin/python3
"""Virtual trials by the command line."""

from harness import folder, main, run, test

TRUTH = ["trial", "--truth", "vancomycin-goti-2018"]
QUICK = ["--patients", "6", "--days", "3", "--levels", "35.5", "--draws", "40",
         "--seed", "5", "--interval", "12, 24"]


@test
def answer():
    policies = "label,same,other:vancomycin-thomson-2009"
    trial = run(*TRUTH, *QUICK, "--policy", policies, "--json").expect(0).json()
    assert trial["format"] == "titrate-trial/1"
    assert trial["truth"]["id"] == "vancomycin-goti-2018"
    assert (trial["patients"], trial["days"], trial["seed"]) == (6, 3, 5)
    assert trial["levels"] == [35.5] and trial["draws"] == 40
    assert (trial["target"]["low"], trial["target"]["high"]) == (400, 600)
    assert trial["target"]["alarm_low"] is None and trial["target"]["alarm_high"] == 600
    assert [arm["models"] for arm in trial["arms"]] == \
        [[], ["vancomycin-goti-2018"], ["vancomycin-thomson-2009"]]
    assert [arm["asked"] for arm in trial["arms"]] == [0, 12, 12]
    for arm in trial["arms"]:
        assert [day["day"] for day in arm["days"]] == [1, 2, 3]
        for day in arm["days"]:
            assert abs(day["below"] + day["within"] + day["above"] - 1) < 1e-9
            low, high = day["within_95"]
            assert 0 <= low <= day["within"] <= high <= 1
            metric = day["metric"]
            assert 0 < metric["5"] <= metric["50"] <= metric["95"]


@test
def same_seed_same_text():
    first = run(*TRUTH, *QUICK, "--policy", "same").expect(0)
    assert first.out == run(*TRUTH, *QUICK, "--policy", "same").expect(0).out
    text = first.out.decode("utf-8")
    assert "6 virtual patients of vancomycin-goti-2018" in text
    assert "a level at 35.5 h" in text and "40 draws" in text
    assert "400 to 600 mg·h/L" in text


@test
def figure():
    path = folder() / "trial.svg"
    run(*TRUTH, *QUICK, "-o", path).expect(0)
    text = path.read_text()
    assert text.startswith("<?xml") and text.count("<path") > 20


@test
def fixed_rule():
    trial = run(*TRUTH, "--patients", "5", "--days", "2", "--levels", "none", "--policy", "label",
                "--label", "15 mg/kg every 12 h over 1.5 h", "--target", "trough 10 - mg/L",
                "--json").expect(0).json()
    assert trial["label"].startswith("15 mg/kg every 12 h over 1.5 h")
    assert trial["target"]["metric"] == "trough" and trial["target"]["high"] is None
    assert all(day["above"] == 0 for day in trial["arms"][0]["days"])
    # The first trough of the typical patient is some mg/L.
    assert 1 < trial["arms"][0]["days"][0]["metric"]["50"] < 40


@test
def drugs_in_units():
    trial = run("trial", "--truth", "factor-viii-garmann-2017", "--policy", "label,same",
                "--label", "25 IU/kg every 48 h over 0.2 h", "--patients", "4", "--days", "4",
                "--levels", "24", "--draws", "20", "--json").expect(0).json()
    assert trial["label"].startswith("25 units/kg every 48 h")
    assert all(sum(day[side] for side in ("below", "within", "above")) > 0.99
               for arm in trial["arms"] for day in arm["days"])


@test
def refusals():
    run("trial").fails(2, "--truth")
    run("trial", "--truth", "nothing-2018").fails(3, "nothing-2018")
    run(*TRUTH, "--patients", "0").fails(2, "--patients")
    run(*TRUTH, "--days", "1.5").fails(2, "--days")
    run(*TRUTH, "--levels", "40, 30").fails(2, "ascending")
    run(*TRUTH, "--days", "2", "--levels", "60").fails(2, "after the last")
    run(*TRUTH, "--policy", "best").fails(2, "none of label")
    run(*TRUTH, "--policy", "other:nothing-2018").fails(3, "nothing-2018")
    run(*TRUTH, "--target", "auc24 400").fails(2, "--target")
    run(*TRUTH, "--label", "1 g twice a day").fails(2, "--label")
    run(*TRUTH, "--label", "15 IU/kg every 12 h").fails(2, "in mg, not in IU")
    run(*TRUTH, "-o", folder() / "trial.txt").fails(2, ".svg")
    run(*TRUTH, "case.json").fails(2, "no case")


main()
