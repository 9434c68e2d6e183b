#!/usr/bin/env python3
"""MAP estimates without the program: the model file read, integrated and minimised here.

    estimate.py --write FILE...   appends a [check estimate] to model files that have none

Expressions of the file become Python functions, concentrations come from matrix
exponentials or LSODA (solve.py), the minimum from SciPy's BFGS. The objective is
sum ln v + (y - f)^2 / v over the levels, plus eta' inv(Omega) eta.
"""

import math
import os
import re
import sys

import body
import numpy as np
import solve
from scipy.optimize import minimize

MASS = {"mg": 1.0, "IU": 1.0, "g": 1e3, "ug": 1e-3, "ng": 1e-6, "mcg": 1e-3}
MOLES = {"mol": 1e3, "mmol": 1.0, "umol": 1e-3, "nmol": 1e-6}
VOLUME = {"L": 1.0, "mL": 1e-3, "dL": 0.1}
PATTERN = (1.37, 0.88, 1.45)


def sexed(function, place):
    """Functions of body.py take "male" or "female", files count them 0 and 1."""
    def run(*given):
        given = list(given)
        given[place] = "female" if given[place] else "male"
        return function(*given)
    return run


def ckdepi(scr, age, sex):
    kappa, alpha = ((0.7, -0.241), (0.9, -0.302))[0 if sex else 1]
    low, high = min(scr / kappa, 1.0) ** alpha, max(scr / kappa, 1.0) ** -1.2
    return 142.0 * low * high * 0.9938**age * (1.012 if sex else 1.0)


def mdrd(scr, age, sex):
    return 175.0 * scr**-1.154 * age**-0.203 * (0.742 if sex else 1.0)


FUNCTIONS = {
    "exp": math.exp, "log": math.log, "ln": math.log, "log10": math.log10, "sqrt": math.sqrt,
    "pow": pow, "abs": abs, "floor": math.floor, "min": min, "max": max,
    "expit": lambda x: 1.0 / (1.0 + math.exp(-x)), "logit": lambda p: math.log(p / (1.0 - p)),
    "choose": lambda c, a, b: a if c else b, "by_sex": lambda sex, m, f: f if sex else m,
    "cockcroft_gault": sexed(body.cockcroft_gault, 3), "bsa_dubois": body.bsa_dubois,
    "bsa_mosteller": body.bsa_mosteller, "fat_free_mass": sexed(body.fat_free_mass, 2),
    "ideal_weight": lambda height, sex: (45.5 if sex else 50.0) + 2.3 * (height / 2.54 - 60.0),
    "lean_body_weight": lambda w, h, sex: (1.07 if sex else 1.10) * w
    - (148.0 if sex else 128.0) * (w / h) ** 2,
    "egfr_ckdepi_2021": ckdepi, "egfr_mdrd": mdrd,
}


def read_sections(path):
    sections, current = {}, None
    with open(path, encoding="utf-8") as file:
        for line in map(str.strip, file):
            if re.fullmatch(r"\[.+\]", line):
                current = sections.setdefault(line[1:-1], {})
            elif current is not None and "=" in line and not line.startswith("#"):
                key, value = line.split("=", 1)
                current[key.strip()] = value.strip()
    return sections


def variance(text):
    kind, value = text.split()[:2]
    value = float(value)
    return value if kind == "variance" else (value / (100.0 if kind == "cv" else 1.0)) ** 2


def read_omega(lines):
    """Names and covariance matrix of the effects that vary; names of the others."""
    found = {name: variance(text) for name, text in lines.items() if " " not in name}
    names = [name for name in found if found[name] > 0.0]
    omega = np.diag([found[name] for name in names])
    for pair, text in lines.items():
        if " " not in pair:
            continue
        i, j = (names.index(name) for name in pair.split())
        kind, value = text.split()[:2]
        scale = math.sqrt(omega[i, i] * omega[j, j]) if kind == "correlation" else 1.0
        omega[i, j] = omega[j, i] = float(value) * scale
    return names, omega, [name for name in found if not found[name] > 0.0]


class Model:
    def __init__(self, path):
        self.sections = read_sections(path)
        self.head = self.sections["model"]
        drug = os.path.join(os.path.dirname(path), self.head.get("drug_file", "") + ".drug")
        self.drug = read_sections(drug) if os.path.isfile(drug) else {}
        molar = self.head.get("molar_mass") or next(
            (s["molar_mass"] for s in self.drug.values() if "molar_mass" in s), None)
        self.molar = float(molar.split()[0]) if molar else None
        self.covariates = {name[10:]: s for name, s in self.sections.items()
                           if name.startswith("covariate ")}
        self.effects = read_omega(self.sections["effects"])
        self.occasional = read_omega(self.sections.get("occasion_effects", {}))
        self.programs = {}
        self.jumps = ()  # times at which the equations jump

    def translate(self, text):
        """An expression as Python's."""
        code = re.sub(r"\s*\[[^\]]*\]", "", text)
        code = re.sub(r"\bif\(", "choose(", code).replace("^", "**")
        return re.sub(r'(\w+) (==|!=) "([^"]*)"', self.category, code)

    def evaluate(self, text, names):
        """The value of an expression."""
        if text not in self.programs:
            self.programs[text] = compile(self.translate(text), text, "eval")
        return eval(self.programs[text], {"__builtins__": {}, **FUNCTIONS}, names)

    def function(self, values, results):
        """f(t, x) that gives `results`, expressions over parameters, states and terms."""
        states = ", ".join(self.sections["ode"])
        # The checks of estimates give their first dose at 0 h: time and time since it are one.
        lines = ["def f(t, x):", f"    {states}, = x", "    tfd = t"]
        lines += [f"    {name} = {self.translate(text)}"
                  for name, text in self.sections.get("ode_terms", {}).items()]
        lines.append(f"    return [{', '.join(map(self.translate, results))}]")
        code = "\n".join(lines)
        if code not in self.programs:
            self.programs[code] = compile(code, "ode", "exec")
        names = {"__builtins__": {}, **FUNCTIONS, **values}
        exec(self.programs[code], names)
        return names["f"]

    def index(self, name, text):
        texts = self.covariates[name]["categories"].split(",")
        return [item.strip() for item in texts].index(text)

    def category(self, found):
        name, sign, text = found.groups()
        return f"{name} {sign} {self.index(name, text)}"

    def resolve(self, given):
        names = {}
        for name, section in self.covariates.items():
            value = given.get(name, section.get("default"))
            if value is None and "formula" in section:
                try:
                    value = self.evaluate(section["formula"], names)
                except NameError:
                    continue
            elif value is not None and "categories" in section:
                value = self.index(name, str(value))
            if value is not None:
                names[name] = float(value)
        return names

    def parameters(self, covariates, eta, iov):
        names = dict(covariates)
        names |= {f"eta_{name}": value for name, value in zip(self.effects[0], eta)}
        names |= {f"iov_{name}": value for name, value in zip(self.occasional[0], iov)}
        names |= {f"eta_{name}": 0.0 for name in self.effects[2]}
        names |= {f"iov_{name}": 0.0 for name in self.occasional[2]}
        for section in ("terms", "parameters"):
            for name, text in self.sections.get(section, {}).items():
                names[name] = self.evaluate(text, names)
        return {name: names[name] for name in self.sections["parameters"]}

    def of_route(self, values, text):
        """A parameter, or a function of the dose."""
        if text in values:
            return values[text]
        return lambda dose: self.evaluate(text, values | {"dose": dose})

    def routes(self, values):
        made = {}
        for heading, s in self.sections.items():
            if heading.startswith("route "):
                made[heading[6:]] = {"into": s["into"]} | {
                    key: self.of_route(values, s[word]) for key, word in
                    (("fraction", "bioavailability"), ("lag", "lag"), ("duration", "duration"),
                     ("rate", "rate")) if word in s}
        return made

    def system(self, values):
        structure = self.sections["structure"]
        if structure["kind"] == "ode":
            return self.equations(values)
        def find(*names):
            mapped = structure.get(names[0])
            return values[mapped] if mapped else next(values[n] for n in names if n in values)
        n, steps = int(structure["compartments"]), int(structure.get("chain", 0))
        q = [(find("Q2", "Q"), find("V2"))] if n > 1 else []
        q += [(find("Q3"), find("V3"))] if n > 2 else []
        return solve.chain(n, find("CL"), volume=find("V1", "V"), q=q, steps=steps,
                           ka=find("KA", "KTR") if steps else None, routes=self.routes(values))

    def equations(self, values):
        states = list(self.sections["ode"])

        outputs = {}
        for heading, section in self.sections.items():
            if heading.startswith("output "):
                f = self.function(values, [section["expression"]])
                outputs[heading[7:]] = lambda x, f=f: f(0.0, x)[0]
        rhs = self.function(values, self.sections["ode"].values())
        routes = {name: solve.Route(states.index(r.pop("into")), **r)
                  for name, r in self.routes(values).items()}
        first = self.sections.get("ode_initial", {})
        start = [self.evaluate(first[name], values) if name in first else 0.0
                 for name in states]
        return solve.System(len(states), routes, outputs, rhs=rhs, start=start,
                            jumps=self.jumps)

    def per_mg_l(self, unit):
        above, below = unit.split("/")
        if above in MASS:
            return VOLUME[below] / MASS[above]
        return VOLUME[below] / (MOLES[above] * self.molar)

    def output(self, name=None):
        """The first, or the one that is called so."""
        return next((heading[7:], s) for heading, s in self.sections.items()
                    if heading.startswith("output ") and name in (None, heading[7:]))

    def reported(self, section):
        """What a value of the output's expression is multiplied with."""
        other = "/" not in section["unit"] or "expression_unit" in section
        return 1.0 if other else self.per_mg_l(section["unit"])


def number_of(model, text, unit):
    """ "47 ng/mL" in `unit`; "11 %"; "0.3 1" """
    value, own = text.split() if " " in text else (text, "1")
    if own == unit:
        return float(value)
    if own == "%":
        return float(value) / 100.0
    if own == "1":
        return float(value)
    return float(value) * model.per_mg_l(unit) / model.per_mg_l(own)


def deviance(model, section, y, f):
    """ln v + (y - f)^2 / v of one level."""
    a, b = (number_of(model, section[key], section["unit"]) if key in section else 0.0
            for key in ("additive", "proportional"))
    kind = section["error"]
    if kind in ("log", "exponential", "log_additive"):
        v = float(section["log_sd"]) ** 2
        v += (a / f) ** 2 if kind == "log_additive" else 0.0
        return math.log(v) + (math.log(y) - math.log(f)) ** 2 / v
    if kind == "power":
        b = float(section["coefficient"]) * f ** float(section["power"])
        v = a * a + b * b
    elif kind == "combined_sd":
        v = (a + b * f ** float(section.get("power", "1"))) ** 2
    elif kind == "assay":
        c = [float(x) for x in section["assay"].split(",")]
        v = sum(x * f**i for i, x in enumerate(c)) ** 2
    else:
        v = a * a + (b * f) ** 2
    return math.log(v) + (y - f) ** 2 / v


class Estimate:
    """What a check's covariates, doses and observations make of the random effects."""

    def __init__(self, model, covariates, doses, observed):
        self.model, self.doses, self.observed = model, doses, observed
        self.covariates = model.resolve(covariates)
        self.n = len(model.effects[0])
        start = model.sections.get("occasions", {}).get("start", "dose")
        occasion = self.covariates.get(start, 1.0)
        self.names = model.effects[0] + [f"{name}[{occasion:g}]" for name in model.occasional[0]]
        size = len(self.names)
        omega = np.zeros((size, size))
        omega[: self.n, : self.n] = model.effects[1]
        omega[self.n :, self.n :] = model.occasional[1]
        self.sd = np.sqrt(np.diag(omega))
        self.inverse = np.linalg.inv(omega)

    def predict(self, eta, wanted):
        """Levels at (time, output or None for the first)."""
        values = self.model.parameters(self.covariates, eta[: self.n], eta[self.n :])
        system = self.model.system(values)
        times = sorted({time for time, _ in wanted})
        found = solve.history(system, self.doses, times)
        levels = []
        for time, output in wanted:
            name, section = self.model.output(output)
            shown = system.outputs[name if name in system.outputs else "C"]
            levels.append(self.model.reported(section) * shown(found[time][:-1]))
        return levels

    def objective(self, eta):
        predicted = self.predict(eta, [(time, output) for _, time, output in self.observed])
        fit = sum(deviance(self.model, self.model.output(output)[1], y, f)
                  for (y, _, output), f in zip(self.observed, predicted))
        return fit + float(eta @ self.inverse @ eta)

    def gradient(self, scaled, step=3e-4):
        """Central differences, over effects in prior SDs."""
        slope = np.zeros(len(scaled))
        for i in range(len(scaled)):
            move = np.zeros(len(scaled))
            move[i] = step
            slope[i] = (self.scaled(scaled + move) - self.scaled(scaled - move)) / (2.0 * step)
        return slope

    def scaled(self, x):
        return self.objective(x * self.sd)

    def minimum(self):
        """The lowest of the minima that BFGS finds from several starts (one for
        differential equations, which are slow here)."""
        linear = self.model.sections["structure"]["kind"] == "linear"
        random = np.random.default_rng(11)
        starts = [np.zeros(len(self.sd))]
        starts += [random.normal(size=len(self.sd)) for _ in range(6 if linear else 0)]
        found = [minimize(self.scaled, start, jac=self.gradient, method="BFGS",
                          options={"gtol": 1e-5}) for start in starts]
        done = min(found, key=lambda each: each.fun)
        assert np.max(np.abs(done.jac)) < 1e-3, done.message
        return done.x * self.sd, float(done.fun)


def read_observed(text, output=None):
    """ "3.1 at 2 h, 0.7 of M at 8 h" as (value, time, output); None is the first one """
    items = [re.fullmatch(r"\s*(\S+)(?: of (\S+))? at (\S+) h\s*", item)
             for item in text.split(",")]
    return [(float(item[1]), float(item[3]), item[2] or output) for item in items]


def prove(path, fields, read_covariates, read_dose, jumps=()):
    """Lines (what, expected text, computed) of a check with observations: the objective
    at the estimate the file gives, and that it is the lowest nearby."""
    model = Model(path)
    model.jumps = jumps
    doses = [read_dose(text.strip())[0] for text in fields["doses"].split(",")]
    made = Estimate(model, read_covariates(fields.get("covariates")), doses,
                    read_observed(fields["observed"], fields.get("output")))
    given = dict(item.split() for item in fields.get("eta", "").split(",") if item.strip())
    assert set(given) <= set(made.names), set(given) - set(made.names)
    eta = np.array([float(given.get(name, 0.0)) for name in made.names])
    lowest = made.objective(eta)
    yield "objective", fields["objective"], lowest
    for i, sd in enumerate(made.sd):
        for sign in (-1.0, 1.0):
            moved = eta.copy()
            moved[i] += sign * 0.02 * sd
            assert made.objective(moved) > lowest, (path, made.names[i], sign)


def plan(path, checks, read_covariates, read_dose):
    """What to observe: covariates, doses and times of the first check that has levels;
    where states begin above 0, of one with several levels, of an effect if there is."""
    sections = Model(path).sections
    once = "dose" in sections.get("occasions", {}).get("start", "")
    effect = "ode_initial" in sections

    def is_effect(fields):
        _, section = Model(path).output(fields.get("output"))
        return "expression_unit" in section or "/" not in section["unit"]

    for fields in sorted(checks.values(), key=lambda f: effect and (
            f.get("levels", "").count(",") < 2, not is_effect(f))):
        if "doses" not in fields or ("output" in fields and not effect):
            continue
        if "levels" not in fields and "steady_state" in fields:
            fields = {**fields, "doses": fields["doses"].replace("steady", "times 10"),
                      "levels": "0 at 219 h, 0 at 227 h, 0 at 240 h"}
        if "levels" not in fields or "steady" in fields["doses"]:
            continue
        texts = fields["doses"].split(",")
        if once and (len(texts) > 1 or "times" in texts[0]):
            continue
        times = [float(re.fullmatch(r"\S+ at (\S+) h", item.strip())[1])
                 for item in fields["levels"].split(",")]
        doses = [read_dose(text.strip())[0] for text in texts]
        return fields, read_covariates(fields.get("covariates")), doses, times
    raise AssertionError(f"{path}: no check with levels")


def write(path):
    from prove import read_checks, read_covariates, read_dose

    checks = read_checks(path)
    if "estimate" in checks:
        return
    fields, covariates, doses, times = plan(path, checks, read_covariates, read_dose)
    every = Model(path).sections.get("occasions", {}).get("start", "")
    if every.startswith("every"):
        times = [time for time in times if time <= float(every.split()[1])]
    output = fields.get("output")
    typical = Estimate(Model(path), covariates, doses, [])
    zero = np.zeros(len(typical.sd))
    levels = typical.predict(zero, [(time, output) for time in times])
    times = [time for time, level in zip(times, levels) if level > 0.02 * max(levels)]
    times = times[-3:] if len(times) <= 3 else [times[0], times[len(times) // 2], times[-1]]
    levels = typical.predict(zero, [(time, output) for time in times])
    # A very precise output is not surprised by more than its error explains.
    soft = min(1.0, 3.0 * float(typical.model.output(output)[1].get("log_sd", 1.0)))
    pairs = [(float(f"{level * (1.0 + soft * (factor - 1.0)):.3g}"), time, output)
             for level, factor, time in zip(levels, PATTERN, times) if level > 0.0]
    eta, lowest = Estimate(Model(path), covariates, doses, pairs).minimum()
    shown = [(name, f"{value:.4f}") for name, value in zip(typical.names, eta)]
    shown = [f"{name} {text}" for name, text in shown if float(text) != 0.0]
    lines = ["", "[check estimate]"]
    if "covariates" in fields:
        lines.append(f"covariates = {fields['covariates']}")
    if output:
        lines.append(f"output = {output}")
    lines += [f"doses = {fields['doses']}",
              "observed = " + ", ".join(f"{y:.10g} at {t:g} h" for y, t, _ in pairs),
              "eta = " + ", ".join(shown), f"objective = {lowest:.4f}",
              "source = The most likely effects for invented levels, by SciPy "
              "(tests/model/proof/estimate.py)"]
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    print(f"{os.path.basename(path)}: {', '.join(shown)}; {lowest:.4f}", flush=True)


if __name__ == "__main__":
    assert sys.argv[1] == "--write"
    for each in sys.argv[2:]:
        write(each)
