"""Concentrations and areas by SciPy, for models written as rates of change.

Nothing here comes from the program that is tested. Linear models are propagated with
matrix exponentials, the others with LSODA; the program has closed forms and other
integrators of its own.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.integrate import solve_ivp
from scipy.linalg import expm

RELATIVE, ABSOLUTE = 1e-10, 1e-13
BESIDE = 1e-10  # h
SETTLED = 1e-9  # relative change of a trough that counts as none
MOST_DOSES = 3000


@dataclass
class Route:
    state: int
    fraction: object = 1.0  # or a function of the amount
    lag: float = 0.0
    duration: float = 0.0  # of zero-order input, h; 0 = as the dose says
    rate: float = 0.0  # of zero-order input, mg/h, instead of a duration


@dataclass
class System:
    """`matrix` (linear) or `rhs(t, x)` over `n` states in mg; `outputs` are functions of
    the states in mg/L, times `scale` = the unit that is reported. `start`: the states
    before the first dose, where they are not 0. `jumps`: times at which `rhs` jumps."""

    n: int
    routes: dict
    outputs: dict
    matrix: object = None
    rhs: object = None
    scale: float = 1.0
    start: list = None
    jumps: tuple = ()
    cache: dict = field(default_factory=dict)


@dataclass
class Dose:
    amount: float
    route: str
    time: float = 0.0
    over: float = 0.0
    every: float = 0.0
    times: int = 1


def chain(n, elimination, *, volume, ka=None, steps=0, q=(), scale=1.0, routes):
    """A linear model: central compartment 0, peripherals, then `steps` absorption
    compartments, all emptied at `ka`. `q` holds (clearance, volume) of peripherals."""
    peripherals = len(q)
    size = 1 + peripherals + steps
    a = np.zeros((size, size))
    a[0, 0] -= elimination / volume
    for i, (flow, space) in enumerate(q, 1):
        a[0, 0] -= flow / volume
        a[i, 0] += flow / volume
        a[i, i] -= flow / space
        a[0, i] += flow / space
    for i in range(steps):
        here = 1 + peripherals + i
        a[here, here] -= ka
        a[here + 1 if i + 1 < steps else 0, here] += ka
    entry = {"central": 0, "absorption": 1 + peripherals}
    made = {name: Route(entry[r.pop("into")], **r) for name, r in routes.items()}
    assert n == 1 + peripherals
    return System(size, made, {"C": lambda x: x[0] / volume}, matrix=a, scale=scale)


def _advance(system, t, x, rates, until, first):
    """The states and the area under output `first`, which is the last state."""
    if until <= t:
        return x
    if system.matrix is not None:
        key = (round(until - t, 12), tuple(rates), first)
        if key not in system.cache:
            size = system.n
            big = np.zeros((size + 2, size + 2))
            big[:size, :size] = system.matrix
            big[:size, size + 1] = rates
            for i in range(size):
                big[size, i] = first(np.eye(size)[i])
            system.cache[key] = expm(big * (until - t))
        return (system.cache[key] @ np.append(x, 1.0))[:-1]

    def rhs(time, state):
        dx = np.asarray(system.rhs(time, state[:-1]), dtype=float) + rates
        return np.append(dx, first(state[:-1]))

    for end in [jump for jump in system.jumps if t < jump < until] + [until]:
        # Beside a jump, the side of the stretch counts.
        inside = (t + BESIDE, end - BESIDE) if system.jumps else (-np.inf, np.inf)
        done = solve_ivp(lambda time, state: rhs(np.clip(time, *inside), state), (t, end), x,
                         method="LSODA", rtol=RELATIVE, atol=ABSOLUTE)
        assert done.success, done.message
        t, x = end, done.y[:, -1]
    return x


def _events(system, doses):
    """(time, what): boluses and changes of the rate of an input, in order of time."""
    events = []
    for dose in doses:
        route = system.routes[dose.route]
        over = route.duration or dose.over
        fraction = route.fraction
        if callable(fraction):
            fraction = fraction(dose.amount)
        if route.rate > 0.0:
            over = dose.amount * fraction / route.rate
        for i in range(dose.times):
            start = dose.time + i * dose.every + route.lag
            amount = dose.amount * fraction
            if over > 0.0:
                events.append((start, 0.0, route.state, amount / over))
                events.append((start + over, 0.0, route.state, -amount / over))
            else:
                events.append((start, amount, route.state, 0.0))
    return sorted(events, key=lambda event: event[0])


def history(system, doses, times, output=None):
    """States at `times` (with the area as the last one): before a dose at that time."""
    first = system.outputs[output or next(iter(system.outputs))]
    events = _events(system, doses)
    wanted = sorted(set(times))
    x = np.append(system.start if system.start else np.zeros(system.n), 0.0)
    rates = np.zeros(system.n)
    t, next_event, found = 0.0, 0, {}
    for time in wanted:
        while next_event < len(events) and events[next_event][0] < time - 1e-12:
            at, bolus, state, rate = events[next_event]
            x = _advance(system, t, x, rates, at, first)
            t = max(t, at)
            x[state] += bolus
            rates[state] += rate
            if abs(rates[state]) < 1e-12:
                rates[state] = 0.0
            next_event += 1
        x = _advance(system, t, x, rates, time, first)
        t = max(t, time)
        found[time] = x.copy()
    return found


def levels(system, doses, times, output=None):
    name = output or next(iter(system.outputs))
    found = history(system, doses, times)
    return [system.scale * system.outputs[name](found[t][:-1]) for t in times]


def area(system, doses, start, end, output=None):
    found = history(system, doses, [start, end], output)
    return system.scale * (found[end][-1] - found[start][-1])


def steady(system, dose, output=None):
    """Trough, peak, area of one interval once a dose has been repeated for long. The
    peak is looked for on a fine grid; the end of an infusion is on it."""
    count, before = 32, None
    while True:
        repeated = Dose(dose.amount, dose.route, 0.0, dose.over, dose.every, count)
        start, end = (count - 1) * dose.every, count * dose.every
        grid = [start + dose.every * i / 400 for i in range(401)]
        if dose.over > 0.0:
            grid.append(start + dose.over + system.routes[dose.route].lag)
        found = history(system, [repeated], grid, output)
        first = system.outputs[output or next(iter(system.outputs))]
        values = [system.scale * first(found[t][:-1]) for t in grid]
        trough = values[400]
        if before is not None and abs(trough - before) <= SETTLED * abs(trough):
            auc = system.scale * (found[end][-1] - found[start][-1])
            return trough, max(values), auc
        assert count < MOST_DOSES, "no steady state"
        before, count = trough, 2 * count
