#!/usr/bin/python3
"""The JSON answers have the fields and types that other programs rely on."""

import math
import re

from harness import answer, changed, close, demo, main, must_fail, run, test

CASES = {name: demo(name) for name in ("vancomycin", "tacrolimus", "busulfan")}
NUMBER, TEXT, FLAG, ANY = "a number", "a text", "true or false", "anything"
NUMBERS = [NUMBER]  # a list of one of a kind stands for a list of any length
SHA256 = re.compile("[0-9a-f]{64}")


class Maybe:
    """null or what is described."""

    def __init__(self, shape):
        self.shape = shape


class Map:
    """An object with any keys and one kind of value."""

    def __init__(self, shape):
        self.shape = shape


def check(value, shape, where="answer"):
    """`value` is what `shape` describes: every key of it there, of its type; more keys may be."""
    if isinstance(shape, Maybe):
        if value is not None:
            check(value, shape.shape, where)
    elif isinstance(shape, Map):
        assert isinstance(value, dict), f"{where}: no object"
        for key in value:
            check(value[key], shape.shape, f"{where}.{key}")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), f"{where}: no object"
        for key, inner in shape.items():
            assert key in value, f"{where}.{key} is missing"
            check(value[key], inner, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{where}: no list"
        for i, item in enumerate(value):
            check(item, shape[0], f"{where}[{i}]")
    elif shape is NUMBER:
        assert isinstance(value, (int, float)) and not isinstance(value, bool), (
            f"{where}: {value!r} is no number")
        assert math.isfinite(value), f"{where}: {value!r}"
    elif shape is TEXT:
        assert isinstance(value, str) and value, f"{where}: {value!r} is no text"
    elif shape is FLAG:
        assert isinstance(value, bool), f"{where}: {value!r} is neither true nor false"
    else:
        assert shape is ANY or value == shape, f"{where}: {value!r}, not {shape!r}"


MODEL = {"id": TEXT, "sha256": TEXT}
POSTERIOR = {"method": TEXT, "draws": NUMBER, "prior": FLAG, "reliable": FLAG, "ess": NUMBER}
NUMERICS = {"method": TEXT}
NOTES = [{"severity": TEXT, "code": TEXT, "text": TEXT, "place": Maybe(TEXT)}]
FIT = {
    "format": "titrate-fit/1", "model": MODEL, "converged": FLAG, "objective": NUMBER,
    "eta": Map(NUMBER), "shrinkage": Map(NUMBER), "stop_reason": TEXT, "optima": NUMBER,
    "parameters": {"population": Map(NUMBER), "individual": Map(NUMBER)},
    "covariance": {"kind": TEXT, "names": [TEXT], "values": [NUMBERS]},
    "levels": [{"time": NUMBER, "observed": NUMBER, "population": NUMBER, "individual": NUMBER,
                "residual": NUMBER, "weighted_residual": NUMBER, "used": FLAG, "unit": TEXT}],
    "metrics": Map({"value": NUMBER, "unit": TEXT}), "posterior": POSTERIOR, "numerics": NUMERICS,
    "notes": NOTES,
    "certificate": {"advice": TEXT, "reason": TEXT, "eigenvalues": NUMBERS, "percentile": Map(NUMBER),
                    "joint_percentile": NUMBER, "learned": NUMBER, "gradient_norm": NUMBER,
                    "levels": [{"prior_percentile": Maybe(NUMBER), "influence": Maybe(NUMBER)}]},
}
PERCENTILES = {"5": NUMBERS, "25": NUMBERS, "50": NUMBERS, "75": NUMBERS, "95": NUMBERS}
PREDICTION = {
    "format": "titrate-prediction/1", "model": MODEL, "unit": TEXT, "time": NUMBERS,
    "population": NUMBERS, "individual": NUMBERS,
    "percentiles": {"population": PERCENTILES, "individual": PERCENTILES},
    "posterior": POSTERIOR, "numerics": NUMERICS,
}
PROPOSALS = {
    "format": "titrate-proposals/1", "model": MODEL, "target": Maybe({"metric": TEXT}),
    "regimens": [{
        "amount": NUMBER, "unit": "mg", "route": TEXT, "interval": NUMBER, "duration": NUMBER,
        "first_dose": NUMBER, "loading": Maybe({"amount": NUMBER, "unit": "mg"}),
        "metrics": {"auc24": NUMBER, "trough": NUMBER, "peak": NUMBER},
        "probability": {"below": NUMBER, "within": NUMBER, "above": NUMBER},
        "score": NUMBER, "notes": NOTES}],
    "withheld": Maybe({"code": TEXT, "text": TEXT}), "posterior": POSTERIOR, "notes": NOTES,
}
MODELS = {"format": "titrate-models/1",
          "models": [{"id": TEXT, "drug": TEXT, "title": TEXT, "reference": TEXT,
                      "doi": Maybe(TEXT),
                      "population": TEXT, "limits": TEXT, "status": TEXT, "sha256": TEXT}]}
SHOWN = {"format": "titrate-model-description/1", "id": TEXT, "sha256": TEXT,
         "covariates": [{"name": TEXT, "derived": FLAG, "needed": FLAG,
                         "studied": [Maybe(NUMBER)], "allowed": [Maybe(NUMBER)]}],
         "parameters": [{"name": TEXT}], "effects": {"names": [TEXT], "values": [NUMBERS]},
         "routes": [{"name": TEXT, "infusion": FLAG}], "outputs": [{"name": TEXT, "unit": TEXT}]}
CHECKS = {"format": "titrate-checks/1",
          "models": [{"id": TEXT, "sha256": TEXT, "passed": NUMBER, "failed": NUMBER,
                      "checks": [{"check": TEXT, "quantity": TEXT, "expected": NUMBER,
                                  "got": NUMBER, "tolerance": NUMBER, "passed": FLAG}]}]}


@test
def test_fit():
    for name, case in CASES.items():
        got = answer("fit", case)
        check(got, FIT, name)
        assert SHA256.fullmatch(got["model"]["sha256"]) and got["model"]["id"] == case["model"]
        names = got["covariance"]["names"]
        assert list(got["eta"]) == names == list(got["shrinkage"])
        assert [len(row) for row in got["covariance"]["values"]] == [len(names)] * len(names)
        assert len(got["levels"]) == len(case["levels"])
        assert {"auc24", "trough", "peak", "average"} <= got["metrics"].keys()
        parameters = got["parameters"]
        assert parameters["population"].keys() == parameters["individual"].keys()


@test
def test_residuals():
    got = answer("fit", CASES["vancomycin"])
    for level, entry in zip(got["levels"], CASES["vancomycin"]["levels"], strict=True):
        individual = level["individual"]
        sd = math.hypot(3.4, 0.227 * individual)  # the published residual error
        assert level["observed"] == entry["value"]
        close(level["residual"], entry["value"] - individual, 1e-12, "residual", absolute=1e-12)
        close(level["weighted_residual"], (entry["value"] - individual) / sd, 1e-9, "weighted")


@test
def test_objective_is_its_definition():
    """Sum of ln v + (y - f)^2/v over the levels, plus the etas' squares over their variances."""
    got = answer("fit", CASES["vancomycin"])
    variances = {"CL": 0.398**2, "V1": 0.816**2, "V2": 0.571**2}
    total = sum(got["eta"][name] ** 2 / v for name, v in variances.items())
    for level in got["levels"]:
        v = 3.4**2 + (0.227 * level["individual"]) ** 2
        total += math.log(v) + (level["observed"] - level["individual"]) ** 2 / v
    close(got["objective"], total, 1e-10, "objective")


@test
def test_predict():
    for name, case in CASES.items():
        got = answer("predict", case, "--from", 10, "--to", 20, "--by", 2.5, "--draws", 60)
        check(got, PREDICTION, name)
        assert got["time"] == [10, 12.5, 15, 17.5, 20]
        assert got["unit"] == case["levels"][0]["unit"]
        for which in ("population", "individual"):
            bands = got["percentiles"][which]
            assert len(got[which]) == 5
            for column in zip(*(bands[p] for p in ("5", "25", "50", "75", "95")), strict=True):
                assert list(column) == sorted(column) and column[0] < column[-1]


@test
def test_predict_by_default():
    check(answer("predict", CASES["vancomycin"]), PREDICTION)
    got = answer("predict", CASES["vancomycin"], "--draws", 0)
    assert got["percentiles"] == {"population": {}, "individual": {}}


@test
def test_posterior_is_sampled_as_asked():
    """Three ways to the same posterior: the two that sample it agree."""
    case = CASES["vancomycin"]
    median = {}
    for method in ("laplace", "importance", "hmc"):
        for got in (answer("predict", case, "--from", 60, "--to", 60, "--draws", 2000,
                           "--posterior", method),
                    answer("predict", changed(case, options={"posterior": method}), "--from", 60,
                           "--to", 60, "--draws", 2000)):
            assert got["posterior"]["method"] == method
            assert median.setdefault(method, got["percentiles"]["individual"]["50"]) == (
                got["percentiles"]["individual"]["50"])
        assert answer("propose", case, "--posterior", method)["posterior"]["method"] == method
    assert len({values[0] for values in median.values()}) == 3
    close(median["hmc"], median["importance"], 0.02, "median")
    auto = answer("fit", case)["posterior"]
    assert auto["method"] == "importance" and auto["pareto_k"] < 0.7 and auto["reliable"]
    assert auto["ess"] <= auto["proposals"]
    chains = answer("propose", case, "--posterior", "hmc")["posterior"]
    assert chains["rhat"] < 1.05 and chains["chains"] == 4 and "pareto_k" not in chains
    none = answer("predict", changed(case, levels=[]), "--posterior", "hmc")["posterior"]
    assert none["prior"] and none["reliable"] and none["method"] == "laplace"
    assert answer("predict", case, "--draws", 0)["posterior"] is None
    run("propose", "--posterior", "nuts", case=case).fails(2, "--posterior: ")


@test
def test_sample():
    case = changed(CASES["vancomycin"], options={"sample_hours": ["06:00", "22:00"],
                                                 "sample_within": 20})
    got = answer("sample", case)
    assert got["format"] == "titrate-sample/1" and got["metric"] == "auc24"
    assert got["best"] in got["times"] and got["best_choice"] in got["times"]
    assert max(time["reduction"] for time in got["times"]) == got["best"]["reduction"] > 0.05
    assert min(time["p_wrong"] for time in got["times"]) == got["best_choice"]["p_wrong"]
    assert got["best_choice"]["p_wrong"] < got["p_wrong_now"] and got["sd_now"] > 0
    for time in got["times"]:
        assert 6 <= (8 + time["time"]) % 24 <= 22 and 0 <= time["reduction"] <= 1
    text = run("sample", case=case).expect(0).out.decode()
    assert "would tell most about AUC24" in text
    run("sample", case=changed(case, options={"sample_hours": ["04:00", "04:10"],
                                              "sample_within": 1})).fails(1, "sample_hours")


@test
def test_words():
    """The words, in both languages; a user's in their place, and out of date with the numbers."""
    case = CASES["vancomycin"]
    english, german = answer("answer", case), answer("answer", case, "--language", "de")
    assert english["format"] == "titrate-answer/1" and english["edited"] is None
    assert english["answer"] == english["program"] != german["answer"]
    best = answer("propose", case)["regimens"][0]
    for words, leads in ((english, ("Found", "Proposed", "Watch", "Measure again")),
                         (german, ("Befund", "Vorschlag", "Zu beachten", "Nächste Messung"))):
        lines = words["answer"].split("\n")
        assert [line.split(":")[0] for line in lines] == list(leads)
        assert f"{best['amount']:g} mg " in lines[1]
        assert f"{100 * best['probability']['within']:.0f} %" in lines[1]
    own = {"text": "Proposed: see the ward round.", "edited": "2026-03-03T11:41"}
    kept = changed(case, words={**own, "instead_of": english["program"]})
    later = changed(kept, target={**case["target"], "high": 530})
    for edited, stale, language in ((kept, False, "en"), (kept, False, "de"),
                                    (later, True, "en")):
        got = answer("answer", edited, "--language", language)
        assert got["answer"] == own["text"] and got["edited"]["at"] == own["edited"]
        assert got["edited"]["stale"] is stale
        assert ("Measure again" in got["program"]) == (language == "en")
    text = run("answer", case=later).expect(0).out.decode()
    assert "edited by hand" in text and "changed since" in text and "Found: " in text
    run("answer", "--language", "fr", case=case).fails(2, "--language: ")


@test
def test_bands_of_the_next_measurement_are_wider():
    options = ("--from", 60, "--to", 60, "--draws", 2000)
    plain = answer("predict", CASES["vancomycin"], *options)["percentiles"]["individual"]
    wide = answer("predict", CASES["vancomycin"], *options, "--residual")
    wide = wide["percentiles"]["individual"]
    assert wide["5"][0] < plain["5"][0] and wide["95"][0] > plain["95"][0]


@test
def test_propose():
    for name, case in CASES.items():
        got = answer("propose", case)
        check(got, PROPOSALS, name)
        target = got["target"]
        assert got["withheld"] is None and target["at"] == "steady_state"
        assert {k: target[k] for k in case["target"]} == case["target"]
        assert sum(regimen["current"] for regimen in got["regimens"]) == 1
        assert len(got["regimens"]) > 3
        for regimen in got["regimens"]:
            close(sum(regimen["probability"].values()), 1, 1e-12, "probabilities")
            assert target["metric"] in regimen["metrics"]
            assert regimen["metrics"]["trough"] < regimen["metrics"]["peak"]
        # Scores that differ by less than the draws can tell are equal.
        scores = [round(100 * regimen["score"]) for regimen in got["regimens"][:12]
                  if not regimen["current"]]
        assert scores == sorted(scores, reverse=True)


@test
def test_as_many_draws_as_asked_for():
    """Probabilities are whole numbers of draws, also where the default is fewer. Of costly
    models the rows behind the leading ones may have seen some only, and say so."""
    for name, case in CASES.items():
        for draws in (37, 301):
            regimens = answer("propose", case, "--draws", draws)["regimens"]
            assert all(r["draws"] == draws for r in regimens[:6] if name == "busulfan")
            assert all(r["draws"] == draws for r in regimens if name != "busulfan" or draws == 37)
            counts = [p * r["draws"] for r in regimens for p in r["probability"].values()]
            close(counts, [round(count) for count in counts], 0, name, absolute=1e-9)
            assert any(count % draws for count in map(round, counts)), "all 0 or 1"


@test
def test_proposals_are_what_the_ward_can_give():
    got = answer("propose", CASES["vancomycin"])
    for regimen in (r for r in got["regimens"] if not r["current"]):
        assert regimen["amount"] % 250 == 0 and regimen["interval"] in (8, 12, 24)
        assert regimen["amount"] / regimen["duration"] <= 600.0001
        assert regimen["amount"] * 24 / regimen["interval"] <= 4500


@test
def test_current_regimen_agrees_with_the_fit():
    fit, got = answer("fit", CASES["vancomycin"]), answer("propose", CASES["vancomycin"])
    current = next(regimen for regimen in got["regimens"] if regimen["current"])
    assert (current["amount"], current["interval"], current["duration"]) == (1000, 12, 1)
    for name in ("auc24", "trough", "peak"):
        close(current["metrics"][name], fit["metrics"][name]["value"], 1e-12, name)
    # At steady state the area over a day is the daily dose over the clearance.
    close(current["metrics"]["auc24"], 2000 / fit["parameters"]["individual"]["CL"], 1e-9, "auc24")


@test
def test_withheld_advice():
    """Levels that no patient of this model has: an estimate, but no advice; status 1."""
    case = changed(CASES["vancomycin"])
    for value, code in ((480, "effect-implausible"), (8000, "level-contradicts-model")):
        case["levels"][0]["value"] = value
        got = run("propose", "--json", case=case).expect(1, "advice is withheld").json()
        check(got, PROPOSALS)
        assert got["regimens"] == []
        assert code in {n["code"] for n in got["notes"] if n["severity"] == "refuse"}, got["notes"]
    assert got["withheld"]["code"] in ("level-contradicts-model", "effect-implausible")
    text = run("propose", case=case).expect(1, "advice is withheld").out.decode("utf-8")
    assert "Advice is withheld" in text and " mg every " not in text
    check(answer("fit", case), FIT)


@test
def test_models():
    listed = run("models", "list", "--json").expect(0).json()
    check(listed, MODELS)
    ids = [model["id"] for model in listed["models"]]
    assert ids == sorted(ids) and len(ids) >= 5
    for model in listed["models"][::5]:
        shown = run("models", "show", model["id"], "--json").expect(0).json()
        check(shown, SHOWN, model["id"])
        assert shown["sha256"] == model["sha256"]
        assert len(shown["effects"]["names"]) == len(shown["effects"]["values"])
        source = shown["doi"] or shown["reference"]
        assert source in run("models", "show", model["id"]).expect(0).out.decode()
    check(run("models", "check", "--json").expect(0).json(), CHECKS)


@test
def test_text_for_people():
    words = {"fit": ["Objective", "CL", "mg/L", "47.5"], "predict": ["hours", "this patient"],
             "propose": ["1000 mg every 12 h", "(current)", "AUC24", "mg·h/L"]}
    for command, expected in words.items():
        text = run(command, case=CASES["vancomycin"]).expect(0).out.decode("utf-8")
        for word in expected:
            assert word in text, f"{word}\n{text}"
        assert not any(line != line.rstrip() for line in text.splitlines()), text


@test
def test_the_check_finds_faults():
    good = {"a": 1, "b": [{"c": "x"}], "d": None}
    shape = {"a": NUMBER, "b": [{"c": TEXT}], "d": Maybe(TEXT)}
    check(good, shape)
    for bad in ({"b": [], "d": None}, {**good, "a": "1"}, {**good, "a": True}, {**good, "b": {}},
                {**good, "b": [{}]}, {**good, "d": 3}, {**good, "a": math.inf}):
        must_fail(check, bad, shape)


main()
