"""Models and data of other programs' published answers, for test-validation.py.

Data whose licence allows it stand in tests/data/validation, with their source; the others are
looked for in the folder TITRATE_VALIDATION, or ../shared/validation beside the project, and
their tests are skipped where it is not there.
"""

import csv
import os
import pathlib

from harness import ROOT, TESTS, folder, run, test

OWN = TESTS / "data" / "validation"
BESIDE = pathlib.Path(os.environ.get("TITRATE_VALIDATION",
                                     ROOT.parent / "shared" / "validation"))


class Skip(Exception):
    """Raised where data are not there."""


def optional(function):
    """A test whose data may not be there: it says so and passes."""
    def wrapper():
        try:
            function()
        except Skip as reason:
            print(f"# SKIP {function.__name__}: {reason}", flush=True)
    wrapper.__name__ = function.__name__
    return test(wrapper)


def find(item, name):
    """The path of a file of an item."""
    for place in (OWN, BESIDE):
        if (place / item / name).exists():
            return place / item / name
    raise Skip(f"{item}/{name} is not in {BESIDE}")


def read(item, name):
    with open(find(item, name), newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


HEAD = """[model]
format = titrate-model/1
id = {0}
version = 1
drug = {1}
title = {0}
reference = see tests/data/validation
doi = 10.1000/none
status = C
status_text = As the item states it.
population = It compares programs.
limits = Not for patients.
"""


def section(name, lines):
    return f"\n[{name}]\n" + "".join(f"{line}\n" for line in lines)


def keys(values):
    return [f"{key} = {value}" for key, value in values.items()]


def model(name, parameters, effects, structure, outputs, routes, covariates=None, **others):
    """Writes a model file and returns its path.

    parameters: name -> "expression | unit"; effects: lines; structure: key -> value, or a
    dict of equations; outputs, routes: name -> keys; covariates: name -> "unit low high".
    """
    name += "-published-2026"
    text = HEAD.format(name, name.split("-")[0])
    for key, value in (covariates or {}).items():
        unit, low, high = value.split()
        text += section(f"covariate {key}", keys({
            "title": key, "unit": unit, "allowed": f"{low} to {high}", "carry": "backward"}))
    if "terms" in others:
        text += section("terms", keys(others["terms"]))
    split = {key: [part.strip() for part in value.split("|")] for key, value in parameters.items()}
    text += section("parameters", keys({key: value[0] for key, value in split.items()}))
    text += section("units", keys({key: value[1] for key, value in split.items()}
                                  | others.get("states", {})))
    text += section("effects", effects)
    if "occasions" in others:
        text += section("occasion_effects", others["occasion_effects"])
        text += section("occasions", keys({"start": others["occasions"]}))
    if "ode" in others:
        text += section("ode", keys(others["ode"]))
    if "initial" in others:
        text += section("ode_initial", keys(others["initial"]))
    text += section("structure", keys(structure))
    for key, value in outputs.items():
        text += section(f"output {key}", keys({"title": key, **value}))
    for key, value in routes.items():
        text += section(f"route {key}", keys({"title": key, **value}))
    given = others.get("given", ", ".join(
        f"{key} {value.split()[1]}" for key, value in (covariates or {}).items()))
    check = {"covariates": given} if given else {}
    first = others.get("checked") or next(
        key for key, value in split.items() if "eta" in value[0])
    text += section("check written", keys({
        **check, "values": f"{first} {others['expected']}", "source": "by hand"}))
    path = folder() / f"{name}.model"
    path.write_text(text, encoding="utf-8")
    return path


def subjects(command, data, path, *arguments, status=0):
    """The subjects of `fit` or `predict` of a table."""
    done = run(command, data, "--model", path, "--json", *arguments)
    assert done.status == status, str(done)
    return done.json()["subjects"]


def population(data, path, method, *arguments):
    """What `fit --objective` says of a whole table: method, objective, subjects."""
    done = run("fit", data, "--model", path, "--objective", method, "--json", *arguments)
    answer = done.expect(0).json()
    assert answer["population"]["method"] == method
    total = sum(subject["contribution"] for subject in answer["subjects"])
    assert abs(total - answer["population"]["objective"]) < 1e-9 * (1 + abs(total))
    return {**answer["population"], "subjects": answer["subjects"]}


def table(name, rows):
    """Writes a table (a list of lines) and returns its path."""
    path = folder() / name
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path
