"""Tacrolimus, everolimus, ciclosporin, mycophenolate: the published equations."""

from math import exp

import numpy as np

from body import bsa_dubois, derive, fat_free_mass, lean_body_weight
from registry import published
from solve import Route, System, chain

NG_ML = 1000.0  # in 1 mg/L


def by_mouth(cl, v1, q, v2, ka, *, steps=1, lag=0.0, fraction=1.0):
    routes = {"oral": {"into": "absorption", "lag": lag, "fraction": fraction}}
    return chain(2, cl, volume=v1, q=[(q, v2)], ka=ka, steps=steps, scale=NG_ML,
                 routes=routes)


@published("tacrolimus-woillard-2011")
def woillard(c):
    prograf = c["PROGRAF"] == "Prograf"
    ktr = 3.34 * (1.53 if prograf else 1.0)
    cl = 21.2 * (35.0 / c["HCT"]) ** 1.14 * (2.0 if c["CYP3A5"] == "expresser" else 1.0)
    v1 = 486.0 * (0.29 if prograf else 1.0)
    return {"KTR": ktr, "CL": cl, "V1": v1}, by_mouth(cl, v1, 79.0, 271.0, ktr, steps=3)


@published("tacrolimus-andrews-2019")
def andrews(c):
    bsa = derive(c, "BSA", lambda: bsa_dubois(c["WT"], c["HT"]))
    lean = derive(c, "LBW", lambda: max(
        20.0, lean_body_weight(c["WT"], c["HT"], c["sex"])))
    cl = 23.0 * (1.631 if c.get("CYP3A5") == "expresser" else 1.0)
    cl *= 0.80 if c.get("CYP3A4_22") == "yes" else 1.0
    cl *= (55.72 / c["AGE"]) ** 0.43 * (c["ALB"] / 42.0) ** 0.43 * (bsa / 1.93) ** 0.88
    cl *= (134.98 / c["SCR"]) ** 0.14 * (34.0 / c["HCT"]) ** 0.76
    v1 = 692.0 * (lean / 58.94) ** 1.52
    return {"CL": cl, "V1": v1}, by_mouth(cl, v1, 11.6, 5340.0, 3.58, lag=0.38)


@published("tacrolimus-bergmann-2014")
def bergmann(c):
    cl = 25.5 * (1.60 if c.get("CYP3A5") == "expresser" else 1.0)
    cl *= 1.0 - 1.01 * (c["HCT"] / 100.0 - 0.33)
    cl *= (c["WT"] / 70.0) ** 0.75 * (1.0 - 0.0021 * (min(c["POD"], 180.0) - 22.7))
    v1 = 113.0 * (1.0 - 0.0028 * (c.get("PREDMAX", 155.5) - 155.5))
    return {"CL": cl, "V1": v1}, by_mouth(cl, v1, 67.9, 1060.0, 0.35, lag=0.44)


@published("tacrolimus-monchaud-2012")
def monchaud(c):
    ktr = 7.06 * (0.47 if c["CF"] == "yes" else 1.0)
    cl = 17.5 * (1.4 if c.get("CYP3A5") == "expresser" else 1.0)
    return {"KTR": ktr, "CL": cl}, by_mouth(cl, 136.0, 41.1, 529.0, ktr, steps=5)


@published("tacrolimus-storset-2014")
def storset(c):
    ffm = derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    expresser = c.get("CYP3A5") == "expresser"
    size = ffm / 60.0
    cl = 811.0 * size**0.75 * (1.30 if expresser else 1.0)
    q, v1, v2, ka = 1200.0 * size**0.75, 6290.0 * size, 32100.0 * size, 1.01
    fraction = 1.0 - 0.67 * c["PRED"] / (35.0 + c["PRED"])
    fraction *= 0.82 if expresser else 1.0
    fraction *= 2.68 if c.get("DAY1") == "yes" else 1.0
    bound, kd = 418.0 * c["HCT"] / 100.0, 3.8

    def rhs(t, x):
        gut, plasma, far = x
        exchange = q * (plasma / v1 - far / v2)
        return [-ka * gut, ka * gut - cl * plasma / v1 - exchange, exchange]

    def whole_blood(x):
        plasma = NG_ML * x[1] / v1
        return plasma * (1.0 + bound / (plasma + kd)) / NG_ML

    return {"CL": cl, "V1": v1, "F1": fraction, "BMAX": bound / NG_ML}, System(
        3, {"oral": Route(0, fraction, 0.41)}, {"C": whole_blood}, rhs=rhs, scale=NG_ML)


@published("everolimus-de-wit-2016")
def de_wit(c):
    size = c["WT"] / 70.0
    cl, v1 = 17.4 * size**0.75, 25.2 * size
    fraction = 0.792 if c.get("ABCB1") == "yes" else 1.0
    return {"CL": cl, "V1": v1, "F1": fraction}, by_mouth(
        cl, v1, 51.1, 400.0, 0.647, fraction=fraction)


@published("ciclosporin-press-2010")
def press(c):
    high = c["PRED20"] == "yes"
    size = c["WT"] / 76.0
    cl, v1 = 15.0 * size**0.75, 56.0 * size
    ka, fraction = (2.0 * 0.45, 0.5 * 0.78) if high else (2.0, 0.5)
    return {"CL": cl, "V1": v1, "KA": ka, "F1": fraction}, by_mouth(
        cl, v1, 14.0, 125.0, ka, steps=2, fraction=fraction)


@published("mycophenolate-riglet-2020")
def riglet(c):
    renal = c["CLCR"] / 54.81
    cl, v1, q, v2 = 900.0 * renal**0.38, 1620.0, 2040.0, 19400.0 / renal**1.03
    bound = 56.5 * (c["ALB"] / 37.0) ** 1.46
    inward, cells = 1200.0, 1980.0
    outward = 43.8 * (exp(-0.64) if c.get("ABCB1") == "yes" else 1.0)

    matrix = np.array([
        [-(cl + q + inward) / v1, q / v2, outward / cells],
        [q / v1, -q / v2, 0.0],
        [inward / v1, 0.0, -outward / cells],
    ])
    outputs = {"C": lambda x: x[0] / v1 * (1.0 + bound), "CU": lambda x: x[0] / v1}
    routes = {"oral": Route(0, 320.34 / 433.49, duration=1.29)}
    return {"CL": cl, "V2": v2, "KNS": bound, "CLOUT": outward}, System(
        3, routes, outputs, matrix=matrix)
