#!/usr/bin/env python3
"""Proves the reference checks of the model files without the program.

    prove.py DIRECTORY|FILE...      compare every check with SciPy, exit 1 on a difference
    prove.py --write FILE NAME      print check NAME of FILE with numbers from SciPy

The published equations stand in this folder a second time, in Python; of the model
files only the [check ...] sections are read: covariates, doses and expected numbers.
"""

import os
import re
import sys

try:
    import estimate
    import solve
    from equations import MODELS
except ModuleNotFoundError as missing:
    if missing.name not in ("numpy", "scipy"):
        raise
    print(f"skipped: {missing.name} is not installed")
    sys.exit(77)

TOLERANCE = 1e-6  # of numbers that are right but for their last printed digit


def read_checks(path):
    checks, current, name = {}, None, None
    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            heading = re.fullmatch(r"\[(.+)\]", line)
            if heading:
                name = heading[1]
                current = checks.setdefault(name[6:], {}) if name[:6] == "check " else None
            elif current is not None and " = " in line and not line.startswith("#"):
                key, value = line.split(" = ", 1)
                current[key] = value
    return checks


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def read_covariates(text):
    """ "sex male, WT 70" """
    pairs = [item.split(None, 1) for item in text.split(",")] if text else []
    return {name: number(value.strip()) for name, value in pairs}


UNITS = {"mg": 1.0, "g": 1000.0, "ug": 0.001, "IU": 1.0}


def read_dose(text):
    """ "500 mg iv over 1 h at 2 h every 12 h times 4" """
    words = text.split()
    dose = solve.Dose(float(words[0]) * UNITS[words[1]], words[2])
    steady = False
    rest = words[3:]
    while rest:
        word = rest.pop(0)
        if word == "steady":
            steady = True
            continue
        value = rest.pop(0)
        if word == "times":
            dose.times = int(value)
            continue
        assert rest.pop(0) == "h", text
        setattr(dose, {"over": "over", "at": "time", "every": "every"}[word], float(value))
    return dose, steady


def half_digit(text):
    mantissa = text.lower().split("e")[0]
    exponent = int(text.lower().split("e")[1]) if "e" in text.lower() else 0
    decimals = len(mantissa.split(".")[1]) if "." in mantissa else 0
    return 0.5 * 10.0 ** (exponent - decimals)


class Check:
    """One section; `lines` yields (what, expected text, computed)."""

    def __init__(self, model, fields):
        self.fields = fields
        self.values, self.system = MODELS[model](read_covariates(fields.get("covariates")))
        texts = fields["doses"].split(",") if "doses" in fields else []
        read = [read_dose(text.strip()) for text in texts]
        self.doses = [dose for dose, _ in read]
        self.only_steady = any(steady for _, steady in read)

    def items(self, key):
        return [item.strip() for item in self.fields.get(key, "").split(",") if item.strip()]

    def lines(self):
        for item in self.items("values"):
            name, text = item.split()
            yield name, text, self.values[name]
        at = [re.fullmatch(r"(\S+) at (\S+) h", item).groups() for item in self.items("levels")]
        if at:
            assert not self.only_steady
            got = solve.levels(self.system, self.doses, [float(t) for _, t in at],
                               self.fields.get("output"))
            yield from ((f"C({t} h)", text, value) for (text, t), value in zip(at, got))
        for item in self.items("areas"):
            text, start, end = re.fullmatch(r"(\S+) from (\S+) h to (\S+) h", item).groups()
            yield f"AUC({start}-{end} h)", text, solve.area(
                self.system, self.doses, float(start), float(end), self.fields.get("output"))
        yield from self.steady_lines()

    def steady_lines(self):
        items = self.items("steady_state")
        if not items:
            return
        last = self.doses[-1]
        trough, peak, auc = solve.steady(self.system, last, self.fields.get("output"))
        computed = {"trough": trough, "peak": peak, "auc": auc, "average": auc / last.every,
                    "auc24": auc * 24.0 / last.every}
        for item in items:
            what, text = item.split()
            yield what, text, computed[what]

    def slack(self, text):
        tolerance = self.fields.get("tolerance", "0 %").rstrip(" %")
        expected = abs(float(text))
        return max(half_digit(text), float(tolerance) / 100.0 * expected) + TOLERANCE * expected


def prove(path):
    """How many numbers were compared and how many differ."""
    model = os.path.basename(path)[: -len(".model")]
    compared = wrong = 0
    if model not in MODELS:
        print(f"{model}: has no equations in {os.path.dirname(__file__)}")
        return 0, 1
    for name, fields in read_checks(path).items():
        check = Check(model, fields)
        lines = list(check.lines())
        if "observed" in fields:
            lines += estimate.prove(path, fields, read_covariates, read_dose,
                                    check.system.jumps)
        for what, text, got in lines:
            compared += 1
            if not abs(got - float(text)) <= check.slack(text):
                wrong += 1
                print(f"{model}: {name}: {what} is {got:.8g}, the file says {text}")
    return compared, wrong


def digits(value):
    text = f"{value:.5g}"
    return f"{value:.10f}"[: 2 + 10].rstrip("0") if "e" in text else text


def write(path, name):
    model = os.path.basename(path)[: -len(".model")]
    fields = read_checks(path)[name]
    check = Check(model, fields)
    for what, _, got in check.lines():
        print(f"{what} {digits(got)}")


def paths_of(argument):
    if not os.path.isdir(argument):
        return [argument]
    names = sorted(name for name in os.listdir(argument) if name.endswith(".model"))
    return [os.path.join(argument, name) for name in names]


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--write":
        return write(*arguments[1:])
    compared = wrong = files = 0
    for path in (path for argument in arguments for path in paths_of(argument)):
        some, bad = prove(path)
        compared, wrong, files = compared + some, wrong + bad, files + 1
    print(f"{files} models, {compared} numbers compared, {wrong} differ")
    return 1 if wrong or not compared else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
