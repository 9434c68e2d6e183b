#!/usr/bin/python3
"""Commands, options, exit statuses, files, and the same bytes whatever the surroundings."""

import hashlib
import json
import os
import re
import shutil

from harness import DEMO, REFERENCE, ROOT, answer, demo, folder, main, run, test

CASE = DEMO / "vancomycin.json"
COMMANDS = {"fit": [], "predict": ["--draws", 40], "propose": [], "sample": [],
            "answer": ["--language", "de"],
            "plot": ["-o", "plot.svg"], "report": ["-o", "report.pdf"]}
SURROUNDINGS = [{"LC_ALL": "C", "TZ": "UTC"},
                {"LC_ALL": "de_CH.UTF-8", "LANGUAGE": "de", "TZ": "America/Vancouver"},
                {"LC_ALL": "fa_IR.UTF-8", "TZ": "Asia/Kathmandu",
                 "G_FILENAME_ENCODING": "ISO-8859-1"}]


@test
def test_help():
    text = run("--help").expect(0).out.decode()
    for command in ("models", *COMMANDS):
        assert f"titrate-cli {command} " in text
        assert run(command, "--help").expect(0).out.decode() == text
    assert run("help").expect(0).out.decode() == text and "Exit status" in text


@test
def test_version():
    version = re.search(r"version: '([^']+)'", (ROOT / "meson.build").read_text()).group(1)
    assert run("--version").expect(0).out.decode() == f"titrate-cli {version}\n"


@test
def test_wrong_usage():
    run().fails(2, "a command is needed")
    run("cure").fails(2, '"cure"')
    run("--json").fails(2, '"--json"')
    for command in ("fit", "predict", "propose"):
        run(command).fails(2, "one case file")
        run(command, CASE, CASE).fails(2, "one case file")
        run(command, CASE, "--colour").fails(2, "--colour")
        run(command, CASE, "-x").fails(2, "-x")
        run(command, CASE, "--jso").fails(2, "--jso")
        run(command, CASE, "--json", "--json").fails(2, "--json is given twice")
        run(command, CASE, "--json=yes").fails(2, "--json takes no value")
        run(command, CASE, "--model").fails(2, "--model needs a value")
        run(command, CASE, "--model=").fails(2, "--model needs a value")
        run(command, CASE, "--model", "a", "--model", "b").fails(2, "twice")
        run(command, CASE, "-o", "x.svg").fails(2, "-o")
    for seed in ("-1", "1.5", "x", "1e999", "NaN", "1,000", "99999999999999999999"):
        run("propose", CASE, "--seed", seed).fails(2, "--seed: ")
    run("models", "cure").fails(2, '"cure"')
    run("models", "show").fails(2, "one model")
    run("models", "show", "a", "b").fails(2, "one model")
    run("models", "list", "a").fails(2, "no model")
    run("models", "--seed", "1").fails(2, "--seed")


@test
def test_options_belong_to_commands():
    run("fit", CASE, "--draws", "10").fails(2, "--draws")
    run("fit", CASE, "--from", "0").fails(2, "--from")
    run("propose", CASE, "--covariance", "exact").fails(2, "--covariance")
    run("predict", CASE, "--log").fails(2, "--log")
    run("fit", CASE, "--covariance", "wrong").fails(2, "neither exact nor expected")


@test
def test_grids():
    run("predict", CASE, "--by", "0").fails(2, "--by")
    run("predict", CASE, "--by", "-1").fails(2, "--by")
    run("predict", CASE, "--from", "5", "--to", "4").fails(2, "--from")
    run("predict", CASE, "--to", "1e9", "--by", "0.001").fails(2, "points")
    run("predict", CASE, "--to", "1000", "--by", "0.02", "--draws", "1000").fails(2, "--draws")
    run("predict", CASE, "--from", "five").fails(2, "--from: ")
    got = run("predict", CASE, "--from", "-2", "--to=0.7", "--by", "0.1", "--draws", 0, "--json")
    times = got.expect(0).json()["time"]
    assert len(times) == 28 and times[0] == -2 and abs(times[-1] - 0.7) < 1e-12


@test
def test_standard_input_and_file_agree():
    text = CASE.read_bytes()
    for command in ("fit", "propose"):
        assert run(command, CASE).expect(0).out == run(command, case=text).expect(0).out
    dashed = folder() / "-case.json"
    dashed.write_bytes(text)
    assert run("fit", "--json", "--", dashed).expect(0).out == run("fit", CASE, "--json").out


@test
def test_the_models_folder():
    listed = run("models", "--json", env={"TITRATE_MODELS_DIR": str(REFERENCE)}).expect(0).json()
    assert [model["id"] for model in listed["models"]] == [
        "imatinib-reference-2026", "phenytoin-reference-2026", "vancomycin-reference-2026"]
    run("models", env={"TITRATE_MODELS_DIR": str(folder() / "none")}).fails(4, "none")
    unset = run("models", env={"TITRATE_MODELS_DIR": ""})
    assert unset.expect(0).out == run("models").out, "run from the build folder"


def altered_model():
    """The bundled model with one number changed by hand."""
    text = (ROOT / "models" / "vancomycin-goti-2018.model").read_text(encoding="utf-8")
    model = folder() / "vancomycin-goti-2018.model"
    assert "\nQ = 6.5\n" in text
    model.write_text(text.replace("\nQ = 6.5\n", "\nQ = 6.6\n"), encoding="utf-8")
    return model


@test
def test_an_altered_model_gives_no_advice():
    model = altered_model()
    settings = {"XDG_CONFIG_HOME": str(folder() / "settings")}
    refused = run("propose", CASE, "--model", model, "--json", env=settings)
    assert refused.expect(1, "altered").json()["withheld"]["code"] == "model-altered"
    notes = run("fit", CASE, "--model", model, "--json", env=settings).expect(0).json()["notes"]
    assert ("refuse", "model-altered") in {(n["severity"], n["code"]) for n in notes}
    once = run("propose", CASE, "--model", model, "--accept-altered", "--json", env=settings)
    assert once.expect(0).json()["withheld"] is None
    run("propose", CASE, "--model", model, env=settings).expect(1, "altered")
    assert b"gives no advice" in run("models", "show", model, env=settings).expect(0).out
    run("models", "accept", model, env=settings).expect(0)
    accepted = run("propose", CASE, "--model", model, "--json", env=settings).expect(0).json()
    assert "model-altered" in {note["code"] for note in accepted["notes"]}
    run("models", "accept", "vancomycin-goti-2018", env=settings).fails(2, "nothing to accept")
    run("models", "accept", env=settings).fails(2, "one model")
    model.unlink()
    shutil.rmtree(folder() / "settings")


@test
def test_local_models():
    text = (ROOT / "models" / "busulfan-paci-2012.model").read_text(encoding="utf-8")
    home = folder() / "data" / "titrate" / "models"
    home.mkdir(parents=True)
    mine = text.replace("id = busulfan-paci-2012", "id = busulfan-me-2026")
    (home / "busulfan-me-2026.model").write_text(mine, encoding="utf-8")
    (home / "busulfan-bad-2026.model").write_text(
        mine.replace("-me-", "-bad-").replace("CL = 2.18", "CL = 1.1*V + 2.18"), encoding="utf-8")
    listed = run("models", "--json").expect(0).json()
    origins = {model["id"]: model["origin"] for model in listed["models"]}
    assert origins["busulfan-me-2026"] == "local"
    assert {origins[name] for name in origins if name != "busulfan-me-2026"} == {"bundled"}
    assert len(listed["left_out"]) == 1 and "bad-2026.model:" in listed["left_out"][0]
    assert b"left out: " in run("models").expect(0).out
    assert b"local model" in run("models", "show", "busulfan-me-2026").expect(0).out
    shutil.rmtree(folder() / "data")


@test
def test_answers_say_how_a_model_was_verified():
    """One public source is said, teaching is a caution, well verified is nothing."""
    case = {"format": "titrate-case/1", "doses": [
        {"time": 0, "amount": 1000, "unit": "mg", "route": "iv", "duration": 1, "interval": 12,
         "count": 3}], "covariates": [{"name": "WT", "value": 93, "unit": "kg"},
                                      {"name": "CLCR", "value": 70, "unit": "mL/min"}],
            "levels": [{"time": 35, "value": 14.1, "unit": "mg/L"}]}
    for model, code, severity in (("vancomycin-llopis-salvia-2006", "model-one-source", "info"),
                                  ("vancomycin-carreno-2017", "model-teaching", "caution"),
                                  ("vancomycin-goti-2018", None, None)):
        notes = answer("fit", case, "--model", model)["notes"]
        found = {note["code"]: note["severity"] for note in notes
                 if note["code"] in ("model-one-source", "model-teaching")}
        assert found == ({code: severity} if code else {}), (model, notes)


@test
def test_what_is_said_of_every_model():
    listed = run("models", "--json").expect(0).json()["models"]
    assert len(listed) >= 69
    for model in listed:
        for key in ("drug", "title", "reference", "status", "status_text", "version", "limits",
                    "population"):
            assert model[key], (model["id"], key)
        assert model["doi"] is None or re.fullmatch(r"10\.\d+/\S+", model["doi"]), model["id"]
        data = (ROOT / "models" / f"{model['id']}.model").read_bytes()
        assert model["sha256"] == hashlib.sha256(data).hexdigest(), model["id"]
        assert model["verified"] == (model["status"] != "C"), model["id"]
        assert model["origin"] == "bundled", model["id"]
        assert model["checks"]["passed"] >= 6 and model["checks"]["failed"] == 0, model["id"]
        assert model["people"]["studied"], model["id"]
    assert {model["id"] for model in listed if model["teaching"]} >= {
        "digoxin-jelliffe-2014", "vancomycin-carreno-2017"}
    people = {model["id"]: model["people"] for model in listed}
    assert people["vancomycin-goti-2018"]["n"] == 1812
    assert people["ceftazidime-georges-2009"]["n"] == 72
    assert people["daptomycin-di-paolo-2013"]["n"] is None
    assert people["vancomycin-goti-2018"]["studied"]["WT"]["unit"] == "kg"


@test
def test_the_qualification_report():
    path = folder() / "q.pdf"
    report = run("models", "check", "busulfan-paci-2012", "gentamicin-xuan-2003", "-o", path,
                 "--json").expect(0).json()
    assert report["failed"] == 0 and report["checks"] > 12
    for what in ("Titrate", "SHA-256 of the program", "Machine", "System", "GLib", "GSL", "SUNDIALS",
                 "LAPACK (OpenBLAS)", "jansson", "Cairo", "Pango"):
        assert report["platform"][what], what
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", report["date"]), report["date"]
    for model in report["models"]:
        assert len(model["sha256"]) == 64 and model["version"] and model["origin"] == "bundled"
        assert all(check["source"] for check in model["checks"])
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    # A line a check, sources once: 44 numbers go on two pages.
    assert len(re.findall(rb"/Type /Page\b(?!s)", data)) == 2
    path.unlink()
    run("models", "check", "-o", folder() / "q.txt").fails(2, ".pdf")
    run("models", "list", "-o", path).fails(2, "takes no option")
    run("models", "check", "-o", folder() / "none" / "q.pdf").fails(4, "q.pdf")
    model = altered_model()
    run("models", "check", model, "-o", path).expect(1, "checks failed")
    assert path.exists()
    path.unlink()
    model.unlink()


@test
def test_new_models_and_what_is_wrong_with_them():
    path = folder() / "examplin-me-2026.model"
    run("models", "new", "examplin-me-2026", "-o", path).expect(0)
    run("models", "new", "examplin-me-2026", "-o", path).fails(4, "examplin-me-2026.model")
    run("models", "new", "Examplin").fails(2, "drug-author-year")
    run("models", "lint").fails(2, "one file")
    run("models", "lint", folder() / "none.model").fails(3, "none.model")
    fresh = run("models", "lint", path, "--json").expect(0).json()
    assert fresh["faults"] == []
    assert f"{path}:9:9: still to be written: drug, people, way of giving (author and year)" \
        in fresh["remarks"]
    assert sum("still to be written" in remark for remark in fresh["remarks"]) == 9
    assert run("models", "check", path, "--json").expect(0).json()["failed"] == 0
    text = path.read_text(encoding="utf-8")
    for good, bad in (("CL = 4.2 *", "CL = 4.2 * V1 *"), ("V = 31 * WT", "V = 31 ** WT"),
                      ("status = C", "status = X"), ("low = 5", "low = x"),
                      ("values = CL", "values = CX"), ("allowed = 35 to", "allowed = 350 to")):
        assert text.count(good) == 1, good
        text = text.replace(good, bad)
    path.write_text(text, encoding="utf-8")
    wrong = run("models", "lint", path, "--json").expect(3, "faults in").json()
    places = {fault[len(str(path)) + 1:].split(": ")[0]: fault for fault in wrong["faults"]}
    assert "expected A, B or C" in places["13:10"], wrong
    assert len(wrong["faults"]) == 6, wrong
    assert "LOW to HIGH" in next(f for p, f in places.items() if p.startswith("24:")), wrong
    path.unlink()


@test
def test_faulty_models():
    text = (ROOT / "models" / "vancomycin-goti-2018.model").read_text(encoding="utf-8")
    model = folder() / "vancomycin-goti-2018.model"
    model.write_text(text.replace("Q = 6.5\n", "Q = 6.5 *\n"), encoding="utf-8")
    fault = run("fit", CASE, "--model", model).fails(3, f"{model}:")
    assert re.search(r"2018\.model:\d+:\d+: ", fault.err), fault
    run("models", "check", model).fails(3, f"{model}:")
    run("models", "show", model).fails(3, f"{model}:")
    model.write_text(text.replace("Q = 6.5\n", "Q = 6.6\n"), encoding="utf-8")
    wrong = run("models", "check", model, "--json").expect(1, "checks failed").json()
    assert wrong["models"][0]["failed"] > 0
    failed = [check for check in wrong["models"][0]["checks"] if not check["passed"]]
    assert "Q" in {check["quantity"] for check in failed}
    assert b"FAIL" in run("models", "check", model).expect(1, "checks failed").out
    run("fit", CASE, "--model", "no-such-model").fails(3, "--model: ")
    model.unlink()


@test
def test_no_trustworthy_answer():
    """Outside what the model may be used for: no answer, status 1."""
    case = demo("vancomycin")
    case["covariates"][0]["value"] = 24
    for command in ("fit", "predict", "propose"):
        run(command, "--json", case=case).fails(1, "covariates[0].value: ")


@test
def test_files():
    for command, name, magic in (("plot", "a.svg", b"<?xml"), ("plot", "a.png", b"\x89PNG"),
                                 ("plot", "a.pdf", b"%PDF"), ("plot", "A.SVG", b"<?xml"),
                                 ("report", "b.pdf", b"%PDF")):
        path = folder() / name
        said = run(command, CASE, "-o", path).expect(0).out.decode("utf-8")
        assert said.startswith(f"{path}\n")
        data = path.read_bytes()
        assert data.startswith(magic) and len(data) > 5000
        assert path.stat().st_mode & 0o077 == 0, "for its owner only"
        got = run(command, CASE, "-o", path, "--json").expect(0).json()
        assert got["format"] == f"titrate-{command}/1" and got["file"] == str(path)
        assert "AUC24" in got["summary"] and path.read_bytes() == data
        path.unlink()
    run("plot", CASE, "-o", folder() / "log.svg", "--log").expect(0)
    run("plot", CASE, "-o", folder() / "plain.svg").expect(0)
    assert (folder() / "log.svg").read_bytes() != (folder() / "plain.svg").read_bytes()
    for path in folder().iterdir():
        path.unlink()


@test
def test_files_that_cannot_be_written():
    for command, name in (("plot", "a.svg"), ("plot", "a.png"), ("report", "a.pdf")):
        run(command, CASE).fails(2, "-o FILE")
        run(command, CASE, "-o", folder() / "a.docx").fails(2, "does not end in")
        run(command, CASE, "-o", folder() / "none" / name).fails(4, name)
    run("report", CASE, "-o", folder() / "a.svg").fails(2, "does not end in .pdf")
    (folder() / "a.svg").mkdir()
    run("plot", CASE, "-o", folder() / "a.svg").fails(4, "a.svg")
    (folder() / "a.svg").rmdir()
    if not os.access("/dev/full", os.W_OK):
        return
    with open("/dev/full", "wb") as full:
        done = run("fit", CASE, stdout=full)
    assert done.status == 4 and "standard output" in done.err, done
    assert list(folder().iterdir()) == []


@test
def test_an_interrupted_write_leaves_the_old_file():
    path = folder() / "kept.svg"
    path.write_bytes(b"the old one")
    case = demo("vancomycin")
    case["doses"][0]["amount"] = -1
    run("plot", "-o", path, case=case).fails(3, "doses[0].amount")
    assert path.read_bytes() == b"the old one"
    path.unlink()


def output_of(command, env):
    """Standard output and what was written, for one command in some surroundings."""
    arguments = [folder() / a if str(a).endswith((".svg", ".pdf")) else a
                 for a in COMMANDS[command]]
    parts = [run(command, CASE, *arguments, env=env).expect(0).out]
    if command not in ("plot", "report"):
        parts.append(run(command, CASE, *arguments, "--json", env=env).expect(0).out)
    for path in sorted(folder().iterdir()):
        parts.append(path.read_bytes())
        path.unlink()
    return parts


@test
def test_the_same_bytes_in_any_surroundings():
    for command in COMMANDS:
        want = output_of(command, {})
        for env in SURROUNDINGS:
            got = output_of(command, env)
            assert got == want, f"{command} under {env}"


def undated(done):
    """The answer without the line that says when."""
    return re.sub(rb"(?m)^Date: .*\n", b"", done.expect(0).out)


@test
def test_models_in_any_surroundings():
    for arguments in (("models",), ("models", "check", "busulfan-paci-2012"),
                      ("models", "show", "tacrolimus-woillard-2011", "--json")):
        want = undated(run(*arguments))
        for env in SURROUNDINGS:
            assert undated(run(*arguments, env=env)) == want, f"{arguments} under {env}"


@test
def test_errors_in_any_surroundings():
    case = demo("vancomycin")
    case["covariates"][2]["unit"] = "µmol"
    want = run("fit", case=case).fails(3, "covariates[2].unit").err
    for env in SURROUNDINGS:
        assert run("fit", case=case, env=env).fails(3, "covariates[2].unit").err == want


@test
def test_seeds():
    one = answer("propose", demo("vancomycin"), "--seed", 11)
    again = answer("propose", demo("vancomycin"), "--seed", 11)
    other = answer("propose", demo("vancomycin"), "--seed", 12)
    assert one == again
    best = [got["regimens"][0]["probability"]["within"] for got in (one, other)]
    assert best[0] != best[1] and abs(best[0] - best[1]) < 0.1
    options = ("--from", 55, "--to", 55, "--draws", 500, "--seed")
    bands = [answer("predict", demo("vancomycin"), *options, seed) for seed in (1, 1, 2)]
    assert bands[0] == bands[1] != bands[2]
    assert bands[0]["individual"] == bands[2]["individual"]


@test
def test_numbers_read_back_exactly():
    out = run("fit", CASE, "--json").expect(0).out.decode()
    numbers = re.findall(r"-?\d+\.\d+(?:e[+-]?\d+)?", out)
    assert len(numbers) > 30
    for text in numbers:
        assert float(repr(float(text))) == float(text)
    got = json.loads(out)
    assert any(len(text) > 17 for text in numbers) and got["eta"]["CL"] != round(got["eta"]["CL"], 9)


@test
def test_tables_are_aligned():
    """Columns of numbers end below each other, counted in characters."""
    lines = run("propose", CASE).expect(0).out.decode("utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("regimen"))
    table = lines[start + 2:start + 8]
    assert len({line.index(" %") for line in table}) == 1, "\n".join(table)
    units = lines[start + 1]
    assert units.index("mg·h/L") + len("mg·h/L") == lines[start].index("AUC24") + len("AUC24")


main()
