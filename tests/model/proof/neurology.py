"""Antiepileptics and further drugs: the published equations."""

from math import exp

from body import cockcroft_gault, derive
from registry import infusion, published
from solve import Route, System, chain


def swallowed(cl, volume, ka, *, lag=0.0, fraction=1.0, scale=1.0):
    routes = {"oral": {"into": "absorption", "lag": lag, "fraction": fraction}}
    return chain(1, cl, volume=volume, ka=ka, steps=1, scale=scale, routes=routes)


@published("levetiracetam-bilbao-meseguer-2021")
def bilbao_meseguer(c):
    cl = 3.5 + (min(c["CLCR"], 240.0) / 120.0) ** 2.5
    return {"CL": cl}, chain(2, cl, volume=20.7, q=[(31.9, 33.5)], routes=infusion())


@published("lamotrigine-milosheska-2016")
def milosheska(c):
    clcr = derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))
    cl = 2.40 * (c["WT"] / 70.0) ** 0.938 * (1.0 + 0.00328 * (min(clcr, 220.0) - 110.0))
    cl *= 1.0 - 0.579 if c.get("VPA") == "yes" else 1.0
    cl *= 1.340 if c.get("SMOKE") == "yes" else 1.0
    cl *= 1.546 if c.get("EIAED") == "yes" else 1.0
    cl *= {"CT": 0.9642, "TT": 0.796}.get(c.get("UGT2B7_161"), 1.0)
    cl *= {"AG": 1.194, "GG": 2.17}.get(c.get("UGT2B7_372"), 1.0)
    volume = 76.2 * (1.0 + 0.0181 * (c["WT"] - 70.0))
    return {"CL": cl, "V": volume}, swallowed(cl, volume, 1.96)


@published("valproate-williams-2012")
def williams(c):
    size = c["WT"] / 70.0
    cl, q = 0.854 * size**0.75, 5.34 * size**0.75
    v1, v2 = 10.3 * size * (8.5 / c["AGE"]) ** 0.267, 4.08 * size

    def rhs(t, x):
        sprinkle, capsule, tablet, central, far = x
        exchange = q * (central / v1 - far / v2)
        absorbed = 1.2 * sprinkle + 2.0 * capsule + 4.1 * tablet
        return [-1.2 * sprinkle, -2.0 * capsule, -4.1 * tablet,
                absorbed - cl * central / v1 - exchange, exchange]

    routes = {"sprinkle": Route(0, lag=1.0), "capsule": Route(1),
              "tablet": Route(2, lag=2.0), "syrup": Route(3, rate=410.0), "iv": Route(3)}
    return {"CL": cl, "V1": v1, "Q": q, "V2": v2}, System(
        5, routes, {"C": lambda x: x[3] / v1}, rhs=rhs)


@published("phenytoin-yukawa-1990")
def yukawa(c):
    with_others = c.get("COAED") == "yes"
    vmax = 325.0 / 24.0 * (c["WT"] / 60.0) ** 0.737 * (1.08 if with_others else 1.0)
    km = 2.41 * (0.752 if c["AGE"] < 15.0 else 1.0) * (1.32 if with_others else 1.0)
    volume, ka = 0.6 * c["WT"], 1.5

    def rhs(t, x):
        level = x[1] / volume
        return [-ka * x[0], ka * x[0] - vmax * level / (km + level)]

    def powder(amount):
        return 1.0 - exp(-9.92 * c["WT"] / amount)

    return {"VMAX": vmax, "KM": km, "V": volume, "FULL": 9.92 * c["WT"]}, System(
        2, {"oral": Route(0), "powder": Route(0, powder), "sodium": Route(0, 0.92),
            "iv": Route(1, 0.92)}, {"C": lambda x: x[1] / volume}, rhs=rhs)


@published("theophylline-yano-1993")
def yano(c):
    hepatic = -0.525 if c.get("HEPATIC") == "yes" else 0.0
    cl = c["WT"] * exp(-3.78 + hepatic + 0.0233 * c["PACO2"])
    volume = c["WT"] * exp(-1.12 + 0.00934 * c["PACO2"])
    routes = {**infusion(), "aminophylline": {"into": "central", "fraction": 0.8}}
    return {"CL": cl, "V": volume}, chain(1, cl, volume=volume, routes=routes)


@published("caffeine-lee-1997")
def lee(c):
    grams = c["WT"] * 1000.0
    cl = 3.99e-6 * grams + 0.000128 * c["PNA"]
    if c["GA"] > 28.0:
        volume = 0.000764 * grams + 0.0468 * c["PNA"]
    else:
        volume = 0.000755 * grams + 0.0224 * c["PNA"]
    return {"CL": cl, "V": volume}, chain(
        1, cl, volume=volume, routes={"citrate": {"into": "central", "fraction": 0.5}})


@published("digoxin-jelliffe-2014")
def jelliffe(c):
    v1 = 1.5714 * c["WT"]
    kel = 0.0288 + 0.000451 * c["CLCR"]
    q = 0.56 * v1
    return {"KEL": kel, "V1": v1, "CL": kel * v1}, chain(
        2, kel * v1, volume=v1, q=[(q, q / 0.15)], ka=0.6093, steps=1, scale=1000.0,
        routes={"oral": {"into": "absorption", "fraction": 0.65}})


@published("lithium-yuan-2021")
def yuan(c):
    size = c["WT"] / 20.0
    cl, v1, q, v2 = 0.98 * size**0.75, 13.1 * size, 0.84 * size**0.75, 8.2 * size
    routes = {"oral": {"into": "absorption", "fraction": 2.0 * 6.94 / 73.89}}
    return {"CL": cl, "V1": v1}, chain(2, cl, volume=v1, q=[(q, v2)], ka=7.0 / 0.52,
                                       steps=6, scale=1.0 / 6.94, routes=routes)


@published("voriconazole-friberg-2012")
def friberg(c):
    size = c["WT"] / 70.0
    vmax, km, t50 = 114.0 * size**0.75, 1.15, 2.41
    inhibition = 1.0 / (1.0 + exp(-1.5)) if c.get("CYP2C19", "extensive") == "extensive" else 1.0
    cl, q = 6.16 * size**0.75, 15.5 * size**0.75
    v1, v2 = 79.0 * size, 103.0 * size
    fraction = 1.0 / (1.0 + exp(-0.585))
    ka = 100.0

    def rhs(t, x):
        gut, central, far = x
        elapsed = max(t - 1.0, 0.0)
        capacity = vmax * (1.0 - inhibition * elapsed / (elapsed + t50 - 1.0))
        level = central / v1
        exchange = q * (level - far / v2)
        return [-ka * gut, ka * gut - capacity * level / (km + level) - cl * level - exchange,
                exchange]

    return {"VMAX": vmax, "CL": cl, "V1": v1, "F1": fraction}, System(
        3, {"oral": Route(0, fraction, 0.949), "iv": Route(1)},
        {"C": lambda x: x[1] / v1}, rhs=rhs)
