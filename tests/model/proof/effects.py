"""Effects and targets: factor VIII, warfarin and its INR, omalizumab and IgE, and what
else came with them: the published equations."""

from math import log, sqrt

from body import cockcroft_gault, derive, fat_free_mass, lean_body_weight
from registry import infusion, published
from solve import Route, System, chain

DAY = 24.0
TENTH = 0.1  # IU/dL in 1 IU/L


@published("factor-viii-garmann-2017")
def garmann(c):
    lbw = derive(c, "LBW", lambda: lean_body_weight(c["WT"], c["HT"], c["sex"]))
    cl, v1 = 0.188 * (lbw / 51.1) ** 0.610, 3.00 * (lbw / 51.1) ** 0.950
    return {"CL": cl, "V1": v1}, chain(2, cl, volume=v1, q=[(0.19, 0.637)], scale=TENTH,
                                       routes=infusion())


@published("factor-viii-nestorov-2015")
def nestorov(c):
    cl = 0.165 * (118.0 / c["VWF"]) ** 0.343
    v1 = 3.75 * (c["WT"] / 73.0) ** 0.382 * (45.0 / c["HCT"]) ** 0.419
    return {"CL": cl, "V1": v1}, chain(2, cl, volume=v1, q=[(0.00746, 0.692)], scale=TENTH,
                                       routes=infusion())


@published("warfarin-holford-1986")
def holford(c):
    size = c["WT"] / 70.0
    cl, volume = 0.131 * size**0.75, 8.06 * size
    ka, kout, before, c50 = log(2.0) / 0.944, log(2.0) / 13.3, 95.9, 1.17

    def rhs(t, x):
        gut, drug, activity = x
        level = drug / volume
        made = kout * before * c50 / (c50 + level)
        return [-ka * gut, ka * gut - cl * level, made - kout * activity]

    return {"CL": cl, "V": volume}, System(
        3, {"oral": Route(0, lag=1.03)},
        {"C": lambda x: x[1] / volume, "PCA": lambda x: x[2]}, rhs=rhs,
        start=[0.0, 0.0, before])


@published("warfarin-hamberg-2007")
def hamberg(c):
    alleles = {"*1/*1": 1.0, "*1/*2": 0.685, "*1/*3": 0.547, "*2/*2": 0.278, "*2/*3": 0.310,
               "*3/*3": 0.148}[c["CYP2C9"]]
    cl = 0.314 * (1.0 - 0.0091 * (c["AGE"] - 71.0)) * alleles
    ec50 = {"GG": 4.61, "GA": 3.02, "AA": 2.20}[c["VKORC1"]]
    before = c.get("INR0", 1.0)
    v1, q, v2, ka, short, long = 13.8, 0.131, 6.59, 2.0, 11.6, 120.0

    def rhs(t, x):
        gut, drug, far = x[:3]
        level = drug / v1
        power = max(level, 1e-9) ** 0.424
        left = ec50**0.424 / (ec50**0.424 + power)
        exchange = q * (level - far / v2)
        steps = [(left - x[3]) / short]
        steps += [(x[2 + i] - x[3 + i]) / short for i in range(1, 6)]
        return [-ka * gut, ka * gut - cl * level - exchange, exchange, *steps,
                (left - x[9]) / long]

    def inr(x):
        return before + 20.0 * max(1.0 - x[8] * x[9], 0.0) ** 3.61

    return {"CL": cl, "EC50": ec50}, System(
        10, {"oral": Route(0, 0.5)}, {"INR": inr, "C": lambda x: x[1] / v1}, rhs=rhs,
        start=[0.0] * 3 + [1.0] * 7)


@published("omalizumab-lowe-2009")
def lowe(c):
    size, ige = c["WT"] / 70.0, c["IGE"] * 2.42 / 365.0
    ka, clx = 0.458 / DAY, 0.208 / DAY * size
    cle = 3.85 / DAY * size**0.499 * ige**0.372
    clc, v = 0.832 / DAY * size**0.671, 9.33 * size**0.828
    vc = 6.31 * size**0.549
    made = 1220.0 / 190.07 / DAY * size**0.491 * ige**0.594
    kd0 = 1.81 * ige**0.115

    def split(x):
        """Free drug, free IgE and complex, nmol/L."""
        drug, target = x[1], x[2]
        kd = kd0 * max(drug / target, 1e-9) ** 0.0902 * v * v / vc
        total = drug + target + kd
        bound = 2.0 * drug * target / (total + sqrt(total * total - 4.0 * drug * target))
        return (drug - bound) / v, (target - bound) / v, bound / vc

    def rhs(t, x):
        drug, target, both = split(x)
        lost = clc * both
        return [-ka * x[0], ka * x[0] * 1000.0 / 150.0 - clx * drug - lost,
                made - cle * target - lost]

    outputs = {"C": lambda x: 0.150 * (split(x)[0] + split(x)[2]),
               "IGE": lambda x: 190.07 * (split(x)[1] + split(x)[2]),
               "FREE": lambda x: 190.07 * split(x)[1]}
    return {"CLX": clx, "CLE": cle, "CLC": clc, "V": v, "VC": vc, "R": made,
            "KD0": kd0}, System(3, {"sc": Route(0)}, outputs, rhs=rhs,
                                start=[0.0, 0.0, c["IGE"] * 2.42 / 190.07 * v])


@published("everolimus-ter-heine-2018")
def ter_heine(c):
    ffm = derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    cells = c["HCT"] / 100.0
    size = ffm / 57.2
    plasma_flow = 90.0 * size**0.75 * (1.0 - cells)
    intrinsic = 0.27 * 340.0 * (1.31 if c.get("PRED20") == "yes" else 1.0)
    extracted = intrinsic / (plasma_flow + intrinsic)
    cl, q = plasma_flow * extracted, 85.7 * size**0.75
    v1, v2, ktr = 175.0 * size, 577.0 * size, 5.0 / 0.404

    def rhs(t, x):
        level = x[5] / v1
        exchange = q * (level - x[6] / v2)
        steps = [-ktr * x[0]] + [ktr * (x[i - 1] - x[i]) for i in range(1, 5)]
        return [*steps, ktr * x[4] - cl * level - exchange, exchange]

    def whole_blood(x):
        plasma = 1000.0 * x[5] / v1  # ng/mL
        red = 964.0 * plasma / (92.0 + plasma) + 0.153 * plasma
        return (cells * red + (1.0 - cells) * plasma) / 1000.0

    return {"FFM": ffm, "CL": cl, "V1": v1, "F1": 1.0 - extracted}, System(
        7, {"oral": Route(0, 1.0 - extracted)}, {"C": whole_blood}, rhs=rhs, scale=1000.0)


@published("digoxin-komatsu-2015")
def komatsu(c):
    clcr = derive(c, "CLCR", lambda: min(
        cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]), 200.0))
    cl = (1.21 + 0.0532 * clcr) * (1.0 if c.get("AMIO") == "yes" else 1.787)
    return {"CLCR": clcr, "CL": cl}, chain(
        1, cl, volume=7.0 * c["WT"], ka=0.6, steps=1, scale=1000.0,
        routes={"oral": {"into": "absorption"}})
