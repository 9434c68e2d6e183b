"""Methotrexate, imatinib, antibodies: the published equations."""

from math import exp

from body import bsa_mosteller, cockcroft_gault, derive
from registry import infusion, published
from solve import Route, System, chain

DAY = 24.0
UMOL_L = 1000.0 / 454.44  # in 1 mg/L of methotrexate


@published("imatinib-gotta-2012")
def gotta(c):
    male = 1.0 if c["sex"] == "male" else -1.0
    leukaemia = 1.0 if c["DISEASE"] == "CML" else -1.0
    cl = 14.3 + 5.42 * (c["WT"] - 70.0) / 70.0 + 1.49 * male
    cl += -5.81 * (c["AGE"] - 50.0) / 50.0 + 0.806 * leukaemia
    volume = 347.0 + 46.2 * male
    return {"CL": cl, "V": volume}, chain(
        1, cl, volume=volume, ka=0.609, steps=1, scale=1000.0,
        routes={"oral": {"into": "absorption"}})


@published("methotrexate-faltaos-2006")
def faltaos(c):
    cl = 7.1 * (67.0 / c["SCR"]) ** 0.43 * (62.0 / c["AGE"]) ** 0.22
    return {"CL": cl}, chain(2, cl, volume=25.1, q=[(0.15, 2.7)], scale=UMOL_L,
                             routes=infusion())


@published("methotrexate-joerger-2006")
def joerger(c):
    clcr = derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))
    cl = 8.85 + 0.0423 * (min(clcr, 140.0) - 87.0)
    cl -= 2.45 if c.get("PPI") == "yes" else 0.0
    cl -= 1.46 if c.get("NSAID") == "yes" else 0.0
    return {"CL": cl}, chain(3, cl, volume=23.0, q=[(0.444, 185.0), (0.716, 5.34)],
                             scale=UMOL_L, routes=infusion())


@published("methotrexate-taylor-2020")
def taylor(c):
    bsa = derive(c, "BSA", lambda: bsa_mosteller(c["WT"], c["HT"]))
    size = bsa / 1.73
    cl = 11.0 * size * (29.0 / c["SCR"]) ** 0.247
    v1 = 16.5 * size
    return {"CL": cl, "V1": v1}, chain(
        3, cl, volume=v1, q=[(0.602 * size, 4.55 * size), (0.111 * size, 13.1 * size)],
        scale=UMOL_L, routes=infusion())


@published("infliximab-fasanmade-2009")
def fasanmade_colitis(c):
    female = c["sex"] == "female"
    cl = 0.407 * (4.1 / c["ALB"]) ** 1.54 / DAY
    cl *= (1.471 if c.get("ADA") == "yes" else 1.0) * (0.764 if female else 1.0)
    v1 = 3.29 * (c["WT"] / 77.0) ** 0.538 * (0.863 if female else 1.0)
    return {"CL": cl, "V1": v1}, chain(2, cl, volume=v1, q=[(7.14 / DAY, 4.13)],
                                       routes=infusion())


@published("infliximab-fasanmade-2011")
def fasanmade_crohn(c):
    size = c["WT"] / 70.0
    cl = 0.294 * size**0.614 * (4.0 / c["ALB"]) ** 1.17 / DAY
    cl *= 1.257 if c.get("ADA") == "yes" else 1.0
    v1, q, v2 = 3.33 * size**0.691, 0.0719 * size**1.1 / DAY, 1.14 * size**0.59
    return {"CL": cl, "V1": v1, "Q": q, "V2": v2}, chain(
        2, cl, volume=v1, q=[(q, v2)], routes=infusion())


@published("adalimumab-marquez-megias-2023")
def marquez_megias(c):
    cl = 0.0312 * (5.5 if c["ADA"] == "yes" else 1.0) * (3.77 / c["ALB"]) ** 2.33
    return {"CL": cl}, chain(1, cl, volume=7.76, ka=0.00625, steps=1,
                             routes={"sc": {"into": "absorption"}})


@published("pembrolizumab-ahamadi-2017")
def ahamadi(c):
    female = c["sex"] == "female"
    prior = c.get("PRIOR") == "yes"
    weight, albumin = c["WT"] / 76.8, c["ALB"] / 39.6
    cl = 0.22 * weight**0.595 * albumin**-0.907 * (c["BSLD"] / 89.6) ** 0.0872
    cl *= (c["EGFR"] / 88.47) ** 0.135 * (0.848 if female else 1.0)
    cl *= 1.145 if c.get("NSCLC") == "yes" else 1.0
    cl *= 0.9261 if c.get("ECOG") == "yes" else 1.0
    cl *= 1.14 if prior else 1.0
    v1 = 3.48 * weight**0.489 * albumin**-0.208 * (0.866 if female else 1.0)
    v1 *= 1.0736 if prior else 1.0
    cl, q, v2 = cl / DAY, 0.795 * weight**0.595 / DAY, 4.06 * weight**0.489
    return {"CL": cl, "V1": v1, "Q": q, "V2": v2}, chain(
        2, cl, volume=v1, q=[(q, v2)], routes=infusion())


@published("nivolumab-bajaj-2017")
def bajaj(c):
    male = 1.0 if c["sex"] == "male" else 0.0
    status = 1.0 if c.get("PS") == "yes" else 0.0
    asian = 1.0 if c.get("ASIAN") == "yes" else 0.0
    weight = c["WT"] / 80.0
    cl0 = 0.0094 * weight**0.566 * (c["EGFR"] / 90.0) ** 0.186
    cl0 *= exp(0.172 * status + 0.165 * male - 0.125 * asian)
    v1, v2, q = 3.63 * weight**0.597 * exp(0.152 * male), 2.78, 0.0321

    def rhs(t, x):
        share = 1.0 / (1.0 + (1410.0 / t) ** 3.15) if t > 0.0 else 0.0
        exchange = q * (x[0] / v1 - x[1] / v2)
        return [-cl0 * exp(-0.295 * share) * x[0] / v1 - exchange, exchange]

    return {"CL0": cl0, "V1": v1}, System(2, {"iv": Route(0)},
                                          {"C": lambda x: x[0] / v1}, rhs=rhs)
