"""Beta-lactams, glycopeptides but vancomycin, and others: the published equations."""

from math import log

from body import cockcroft_gault, derive, fat_free_mass, ideal_weight, mdrd
from registry import infusion, published
from solve import Route, System, chain


def two(cl, v1, q, v2):
    values = {"CL": cl, "V1": v1, "Q": q, "V2": v2}
    return values, chain(2, cl, volume=v1, q=[(q, v2)], routes=infusion())


def renal(c):
    return derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))


@published("meropenem-li-2006")
def li(c):
    cl = 14.6 * (renal(c) / 83.0) ** 0.62 * (35.0 / c["AGE"]) ** 0.34
    return two(cl, 10.8 * (c["WT"] / 70.0) ** 0.99, 18.6, 12.6)


@published("piperacillin-obrink-hansen-2015")
def obrink_hansen(c):
    return two(3.6 - 0.011 * (c["SCR"] - 170.0), 7.3, 6.58, 3.9)


@published("piperacillin-thorsted-2019")
def thorsted(c):
    size = c["WT"] / 70.0
    return two(15.4 * size**0.75, 16.0 * size, 0.237, 3.4)


@published("ceftazidime-georges-2009")
def georges(c):
    egfr = derive(c, "EGFR", lambda: mdrd(c["SCR"], c["AGE"], c["sex"]))
    v1 = 9.02 if c["VENT"] == "yes" else 18.9
    v2 = {"polytrauma": 57.1, "post-surgical": 25.7, "medical": 13.6}[c["ADMISSION"]]
    return two(2.24 + 0.024 * egfr, v1, 15.2, v2)


@published("linezolid-boak-2014")
def boak(c):
    size = derive(c, "SIZE", lambda: min(ideal_weight(c["HT"], c["sex"]), c["WT"]))
    standard = cockcroft_gault(c["AGE"], 65.0, c["SCR"], c["sex"]) / 120.0
    cl = (size / 65.0) ** 0.75 * (4.55 + 2.17 * standard)
    volume = 44.3 * size / 65.0
    klag, ka = 3.0 / (69.2 / 60.0), log(2.0) / (10.3 / 60.0)

    def rhs(t, x):
        first, second, third, gut, central = x
        return [-klag * first, klag * (first - second), klag * (second - third),
                klag * third - ka * gut, ka * gut - cl / volume * central]

    return {"CL": cl, "V": volume, "RF": standard, "KLAG": klag, "KA": ka}, System(
        5, {"oral": Route(0), "iv": Route(4)}, {"C": lambda x: x[4] / volume}, rhs=rhs)


@published("teicoplanin-soy-2006")
def soy(c):
    cl = 0.57 * (1.0 + 0.0048 * (renal(c) - 63.2)) * c["WT"] / 73.2
    return two(cl, 3.1, 4.0, 47.1)


@published("teicoplanin-zhao-2015")
def zhao(c):
    size = c["WT"] / 27.1
    flow = size**0.75
    return two(0.491 * flow * (c["SCHWARTZ"] / 179.0) ** 0.606, 12.9 * size, 0.341 * flow,
               25.2 * size)


@published("daptomycin-di-paolo-2013")
def di_paolo(c):
    cl, volume = 0.8016 * (renal(c) / 80.0) ** 0.2026, 12.29
    return {"CL": cl, "V": volume}, chain(1, cl, volume=volume, routes=infusion())


@published("dalbavancin-carrothers-2020")
def carrothers(c):
    albumin, weight = c["ALB"] / 3.7, c["WT"] / 85.5
    cl = 0.0531 * albumin**-0.477 * (renal(c) / 100.0) ** 0.273 * weight**0.391
    v1 = 3.04 * albumin**-0.340 * weight**0.683
    v2 = 8.78 * (c["AGE"] / 47.0) ** 0.486 * albumin**-0.413 * weight**0.365
    v3 = 3.28 * albumin**-0.551 * weight**0.518
    values = {"CL": cl, "V1": v1, "Q2": 0.288, "V2": v2, "Q3": 2.11, "V3": v3}
    return values, chain(3, cl, volume=v1, q=[(0.288, v2), (2.11, v3)], routes=infusion())


@published("rifampicin-smythe-2012")
def smythe(c):
    derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    fat = c["WT"] - c["FFM"]
    cl = 10.0 * ((c["FFM"] + 0.311 * fat) / 70.0) ** 0.75
    volume = 86.7 * (c["FFM"] + 0.188 * fat) / 70.0
    volume *= 1.296 if c.get("HIV") == "yes" else 1.0
    ktr, kenz = 2.0 / 0.713, 0.00369

    def rhs(t, x):
        gut, transit, central, enzyme = x
        level = central / volume
        induced = 1.0 + 1.04 * level / (0.0705 + level)
        return [-ktr * gut, ktr * (gut - transit),
                ktr * transit - cl * (1.0 + enzyme) * level,
                kenz * (induced - (1.0 + enzyme))]

    return {"CL": cl, "V": volume, "KTR": ktr}, System(
        4, {"oral": Route(0)}, {"C": lambda x: x[2] / volume}, rhs=rhs)


@published("rifampicin-svensson-2018")
def svensson(c):
    derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    size = c["FFM"] / 70.0
    vmax, volume, ka, kenz = 504.0 * size**0.75, 89.8 * size, 1.8, 0.00605
    stages, rate = 25.4, 24.4 / 0.524
    mean, spread = stages / rate, stages**0.5 / rate
    length = 12.0**0.5 * spread

    def rhs(t, x):
        level = x[1] / volume
        out = vmax * level / (36.5 + level) * (1.0 + x[2])
        return [-ka * x[0], ka * x[0] - out, kenz * (1.16 * level / (0.0601 + level) - x[2])]

    def fraction(amount):
        above = max(amount - 450.0, 0.0)
        return 1.0 + 0.514 * above / (69.0 + above)

    return {"VMAX": vmax, "V": volume, "D1": length}, System(
        3, {"oral": Route(0, fraction, mean - 0.5 * length, length)},
        {"C": lambda x: x[1] / volume}, rhs=rhs)
