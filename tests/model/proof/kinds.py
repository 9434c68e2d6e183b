"""The kinds of model of tests/engine/kinds: their equations once more, in concentrations
where the files have amounts."""

from math import exp, floor, sqrt

from registry import published
from solve import Route, System, chain

CL, V, KA = 2.13, 23.7, 0.83


def drug(x, clearance=CL):
    """Gut (mg) and central concentration (mg/L)."""
    return [-KA * x[0], KA * x[0] - clearance * x[1] / V]


def oral(n, rhs, outputs, start=None):
    """A dose by mouth goes to state 0, the drug is state 1."""
    return {}, System(n, {"oral": Route(0)}, {"C": lambda x: x[1] / V, **outputs}, rhs=rhs,
                      start=start)


def target(kon):
    """Full target-mediated disposition; target and complex in mg/L."""
    cl, v, q, v2 = 0.0121, 3.13, 0.0317, 2.71
    koff, kint, kdeg, ksyn = 0.0211, 0.0113, 0.0231, 0.0313

    def rhs(t, x):
        free, far, receptor, complex_ = x[0] / v, x[1] / v2, x[2], x[3]
        binding = kon * free * receptor - koff * complex_
        there = q * (free - far)
        return [-cl * free - there - v * binding, there, ksyn - kdeg * receptor - binding,
                binding - kint * complex_]

    return {}, System(4, {"iv": Route(0)}, {"C": lambda x: x[0] / v, "T": lambda x: x[2] + x[3]},
                      rhs=rhs, start=[0.0, 0.0, ksyn / kdeg, 0.0])


@published("kind-tmdd-full-2026")
def tmdd_full(c):
    return target(0.93)


@published("kind-tmdd-stiff-2026")
def tmdd_stiff(c):
    return target(911.0)


def unbound(total, receptor, constant):
    """Free drug, by the quadratic equation of binding."""
    gap = total - receptor - constant
    return 0.5 * (gap + sqrt(gap * gap + 4.0 * constant * total))


@published("kind-tmdd-steady-2026")
def tmdd_steady(c):
    cl, v, ka, kss = 0.0121, 3.13, 0.0173, 0.0371
    kint, kdeg, ksyn = 0.0113, 0.0231, 0.0313

    def bound(x):
        free = unbound(x[1] / v, x[2], kss)
        return free, x[2] * free / (kss + free)

    def rhs(t, x):
        free, complex_ = bound(x)
        return [-ka * x[0], ka * x[0] - cl * free - kint * v * complex_,
                ksyn - kdeg * (x[2] - complex_) - kint * complex_]

    return {}, System(3, {"sc": Route(0)},
                      {"C": lambda x: x[1] / v, "F": lambda x: bound(x)[0],
                       "T": lambda x: x[2] - bound(x)[1]}, rhs=rhs,
                      start=[0.0, 0.0, ksyn / kdeg])


@published("kind-tmdd-equilibrium-2026")
def tmdd_equilibrium(c):
    cl, v, q, v2, kd, kint, receptor = 0.0121, 3.13, 0.0317, 2.71, 0.0233, 0.0113, 1.37

    def rhs(t, x):
        free = unbound(x[0] / v, receptor, kd)
        there = q * (free - x[1] / v2)
        return [-cl * free - there - kint * (x[0] - v * free), there]

    return {}, System(2, {"iv": Route(0)},
                      {"C": lambda x: x[0] / v, "F": lambda x: unbound(x[0] / v, receptor, kd)},
                      rhs=rhs)


@published("kind-enterohepatic-2026")
def enterohepatic(c):
    cl, bile, empty, meal = 3.1, 0.093, 2.7, 4.75

    def rhs(t, x):
        clock = t - 12.0 * floor(t / 12.0)
        back = empty * x[2] if meal < clock < meal + 1.125 else 0.0
        return [back - KA * x[0], KA * x[0] - cl * x[1] / V - bile * x[1], bile * x[1] - back]

    # LSODA is told where the emptying begins and ends.
    jumps = [12.0 * k + at for k in range(8) for at in (0.0, meal, meal + 1.125)]
    values, system = oral(3, rhs, {})
    system.jumps = jumps
    return values, system


def response(production=lambda c: 1.0, loss=lambda c: 1.0):
    kin, kout = 9.1, 0.103

    def rhs(t, x):
        conc = x[1] / V
        return [*drug(x), kin * production(conc) - kout * loss(conc) * x[2]]

    return oral(3, rhs, {"R": lambda x: x[2]}, [0.0, 0.0, kin / kout])


def inhibited(conc):
    return 1.0 - 0.87 * conc / (1.34 + conc)


def stimulated(conc):
    return 1.0 + 2.9 * conc / (2.41 + conc)


@published("kind-indirect-1-2026")
def indirect_1(c):
    return response(production=inhibited)


@published("kind-indirect-2-2026")
def indirect_2(c):
    return response(loss=inhibited)


@published("kind-indirect-3-2026")
def indirect_3(c):
    return response(production=stimulated)


@published("kind-indirect-4-2026")
def indirect_4(c):
    return response(loss=stimulated)


def effect(power):
    def rhs(t, x):
        return [*drug(x), 0.31 * (x[1] / V - x[2])]

    def shown(x):
        here = max(x[2], 0.0) ** power
        return 71.0 + 59.0 * here / (2.41**power + here)

    return oral(3, rhs, {"E": shown})


@published("kind-effect-emax-2026")
def effect_emax(c):
    return effect(1.0)


@published("kind-effect-sigmoid-2026")
def effect_sigmoid(c):
    return effect(2.37)


@published("kind-metabolite-2026")
def metabolite(c):
    fm, clm, vm = 0.37, 1.27, 11.3

    def rhs(t, x):
        return [*drug(x), fm * CL * x[1] / V - clm * x[2] / vm]

    return oral(3, rhs, {"M": lambda x: 1000.0 * x[2] / vm})


@published("kind-autoinduction-2026")
def autoinduction(c):
    def rhs(t, x):
        conc = x[1] / V
        return [*drug(x, CL * x[2]), 0.0093 * (1.0 + 1.9 * conc / (1.37 + conc) - x[2])]

    return oral(3, rhs, {}, [0.0, 0.0, 1.0])


@published("kind-saturable-and-linear-2026")
def saturable(c):
    def rhs(t, x):
        conc = x[0] / V
        return [-1.13 * conc - 13.1 / (1.0 + 1.93 / conc) if conc > 0.0 else 0.0]

    return {}, System(1, {"iv": Route(0)}, {"C": lambda x: x[0] / V}, rhs=rhs)


@published("kind-transit-2026")
def transit(c):
    ktr = 2.9

    def rhs(t, x):
        moved = [ktr * each for each in x[:4]]
        return [-moved[0], moved[0] - moved[1], moved[1] - moved[2], moved[2] - moved[3],
                moved[3] - KA * x[4], KA * x[4] - CL * x[5] / V]

    return {}, System(6, {"oral": Route(0, lag=0.37)}, {"C": lambda x: x[5] / V}, rhs=rhs)


@published("kind-erlang-2026")
def erlang(c):
    return {}, chain(2, CL, volume=V, ka=2.9, steps=4, q=[(1.91, 37.1)],
                     routes={"oral": {"into": "absorption"}})


@published("kind-falling-clearance-2026")
def falling(c):
    v = 3.7

    def rhs(t, x):
        late = t**2.3 / (317.0**2.3 + t**2.3)
        return [-0.231 * exp(-0.41 * late) * x[0] / v]

    return {}, System(1, {"iv": Route(0)}, {"C": lambda x: x[0] / v}, rhs=rhs)


@published("kind-first-pass-metabolite-2026")
def first_pass(c):
    """All but the gut in mg/L; both deep compartments have the same volume."""
    v, v2, ka, kgut, q, qm, made = 1005.0, 1481.0, 1.557, 1.208, 171.1, 50.3, 149.6

    def rhs(t, x):
        gut, drug_, deep, metabolite, far = x
        there, moved = q * (drug_ - deep), qm * (metabolite - far)
        return [-(ka + kgut) * gut, (ka * gut - (241.9 + made) * drug_ - there) / v, there / v2,
                (kgut * gut + made * drug_ - 181.0 * metabolite - moved) / v, moved / v2]

    return {}, System(5, {"oral": Route(0, lag=0.238, duration=0.989)},
                      {"C": lambda x: 1000.0 * x[1], "M": lambda x: 1000.0 * x[3]}, rhs=rhs)


@published("kind-saturable-and-falling-2026")
def saturable_and_falling(c):
    v, v2, ka, q = 79.0, 103.0, 3.1, 15.5
    most = 1.0 / (1.0 + exp(-1.5))

    def rhs(t, x):
        conc, deep = x[1] / v, x[2] / v2
        active = 114.0 * (1.0 - most * t / (t + 2.41))
        gone = 6.16 * conc + active * conc / (1.15 + conc) + q * (conc - deep)
        return [-ka * x[0], ka * x[0] - gone, q * (conc - deep)]

    return {}, System(3, {"oral": Route(0, fraction=0.585, lag=0.949), "iv": Route(1)},
                      {"C": lambda x: x[1] / v}, rhs=rhs)
