"""Gentamicin, tobramycin, amikacin: the published equations."""

from math import log, sqrt

from body import CREATININE, cockcroft_gault, derive, fat_free_mass
from registry import infusion, published
from solve import chain


def two(cl, v1, q, v2):
    values = {"CL": cl, "V1": v1, "Q": q, "V2": v2}
    return values, chain(2, cl, volume=v1, q=[(q, v2)], routes=infusion())


@published("gentamicin-staatz-2005")
def staatz(c):
    clcr = derive(c, "CLCR", lambda: cockcroft_gault(
        c["AGE"], c["WT"], max(c["SCR"], 60.0 / CREATININE), c["sex"]))
    return two(2.81 + 2.81 * 0.015 * (clcr - 63.0), 0.251 * c["WT"], 1.45, 0.156 * c["WT"])


@published("gentamicin-germovsek-2016")
def germovsek(c):
    pma = derive(c, "PMA", lambda: c["GA"] + c["PNA"] / 7.0)
    pna = max(c["PNA"], 0.5)
    size = c["WT"] / 70.0
    expected = 166.48 - 2.8488 * pma
    cl = 6.21 * size**0.632 / (1.0 + (55.4 / pma) ** 3.33) * pna / (1.7 + pna)
    cl *= (c["SCR"] / expected) ** -0.130
    q2, q3 = 2.15 * size**0.75, 0.271 * size**0.75
    v1, v2, v3 = 26.5 * size, 21.2 * size, 148.0 * size
    values = {"CL": cl, "V1": v1, "Q2": q2, "V2": v2, "Q3": q3, "V3": v3}
    return values, chain(3, cl, volume=v1, q=[(q2, v2), (q3, v3)], routes=infusion())


def creatinine_of(age, sex):
    """Expected creatinine, umol/L (Ceriotti 2008)"""
    if age >= 18.0:
        return 69.5 if sex == "female" else 84.0
    if age >= 15.0:
        return 4.7137 * age - 15.347 if sex == "female" else 9.5471 * age - 87.847
    return -2.37330 - 12.91367 * log(age) + 23.93581 * sqrt(age)


@published("tobramycin-hennig-2013")
def hennig(c):
    ffm = derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    size, age = ffm / 70.0, c["AGE"] - 18.0
    ageing = 1.0 - (0.021 if age <= 0.0 else 0.010) * age
    female = c["sex"] == "female"
    expected = derive(c, "SCRMEAN", lambda: creatinine_of(c["AGE"], c["sex"]))
    renal = (expected / max(c["SCR"], 60.0)) ** 0.222
    cl = (8.1 if female else 9.4) * size**0.952 * ageing * renal
    return two(cl, (20.1 if female else 25.1) * size, 1.5 * size**0.952, 10.0 * size)


@published("amikacin-de-cock-2012")
def de_cock(c):
    factor = (c["BW"] / 1.75) ** 1.34 * (1.0 + 0.213 * c["PNA"] / 2.0)
    factor *= 0.838 if c.get("IBU") == "yes" else 1.0
    volume = 0.833 * (c["WT"] / 1.76) ** 0.919
    return two(0.0493 * factor, volume, 0.0205 * factor, volume)


@published("amikacin-delattre-2010")
def delattre(c):
    clcr = derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))
    return two(0.77 + 1.42 * clcr / 55.5, 19.2, 4.38, 9.38)


@published("gentamicin-xuan-2003")
def xuan(c):
    clcr = derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))
    v1 = 0.28 * c["WT"]
    q = 0.092 * v1
    return two(0.047 * clcr, v1, q, q / 0.071)


@published("amikacin-tod-1998")
def tod(c):
    theta = 0.640 if c["sex"] == "female" else 0.797
    renal = theta * 6.0 * (0.985 - c["AGE"] / 100.0) * c["WT"] / c["SCR"]
    return two(renal + 1.66, 8.92, 4.43, 11.4)
