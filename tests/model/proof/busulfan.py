"""Busulfan: the published equations."""

from math import exp

from body import derive, fat_free_mass_of_child
from registry import infusion, published
from solve import Route, System, chain


def falling(clearance, v1, q, v2, scale=1.0):
    """One or two compartments with a clearance that depends on time."""

    def rhs(t, x):
        out = clearance(t) * x[0] / v1
        if v2 is None:
            return [-out]
        exchange = q * (x[0] / v1 - x[1] / v2)
        return [-out - exchange, exchange]

    return System(1 if v2 is None else 2, {"iv": Route(0)}, {"C": lambda x: x[0] / v1},
                  rhs=rhs, scale=scale)


@published("busulfan-long-boyle-2015")
def long_boyle(c):
    age, size = c["AGE"], c["WT"] / 22.0
    clin = 4.32 * size**0.75 * (1.0 + 0.032 * min(age, 12.0))
    clin *= 1.0 - 0.0138 * max(age - 12.0, 0.0)
    volume, km = 15.7 * size, 6.704

    def rhs(t, x):
        level = x[0] / volume
        return [-clin * level / (1.0 + level / km)]

    return {"CLIN": clin, "V": volume, "KM": km}, System(
        1, {"iv": Route(0)}, {"C": lambda x: x[0] / volume}, rhs=rhs)


@published("busulfan-lawson-2022")
def lawson(c):
    ffm = derive(c, "FFM", lambda: fat_free_mass_of_child(
        c["WT"], c["HT"], c["sex"], c["AGE"]))
    pma = derive(c, "PMA", lambda: 52.18 * c["AGE"] + 40.0)
    fat = c["WT"] - ffm
    cl0 = 14.5 * ((ffm + 0.509 * fat) / 62.0) ** 0.75 / (1.0 + (45.6 / pma) ** 2.3)
    size = (ffm + 0.203 * fat) / 59.0
    v1, v2, q = 40.6 * size, 3.57 * size, 1.92 * (ffm / 56.1) ** 0.75
    system = falling(lambda t: cl0 * exp(-0.198 * t / (50.6 + t)), v1, q, v2)
    return {"CL0": cl0, "V1": v1, "Q": q, "V2": v2}, system


@published("busulfan-paci-2012")
def paci(c):
    ratio = c["WT"] / 9.0
    cl = 2.18 * ratio ** (1.25 if ratio < 1.0 else 0.76)
    volume = 6.6 * ratio**0.86
    return {"CL": cl, "V": volume}, chain(1, cl, volume=volume, routes=infusion())


@published("busulfan-shukla-2020")
def shukla(c):
    ffm = derive(c, "FFM", lambda: fat_free_mass_of_child(
        c["WT"], c["HT"], c["sex"], c["AGE"]))
    maturation = 0.451 + (1.0 - 0.451) * (1.0 - exp(-1.37 * c["AGE"]))
    cl = 3.96 * maturation * (ffm / 12.0) ** 0.75
    cl *= 0.8 if c.get("REGI") == "yes" else 1.0
    volume = 10.8 * ffm / 12.0
    system = falling(lambda t: cl * (0.865 if t > 24.0 else 1.0), volume, None, None)
    system.jumps = (24.0,)
    return {"CL1": cl, "V": volume}, system
