"""Vancomycin: the published equations."""

from math import exp, log, log10

from body import bsa_dubois, cockcroft_gault, derive, fat_free_mass
from registry import infusion, published
from solve import chain


def one(cl, v):
    return {"CL": cl, "V": v}, chain(1, cl, volume=v, routes=infusion())


def two(cl, v1, q, v2):
    values = {"CL": cl, "V1": v1, "Q": q, "V2": v2}
    return values, chain(2, cl, volume=v1, q=[(q, v2)], routes=infusion())


def renal(c):
    return derive(c, "CLCR",
                  lambda: cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"]))


def body_mass_index(c):
    if "HT" in c:
        derive(c, "BMI", lambda: c["WT"] / (c["HT"] / 100.0) ** 2)


def postmenstrual(c):
    return derive(c, "PMA", lambda: c["GA"] + c["PNA"] / 7.0)


@published("vancomycin-goti-2018")
def goti(c):
    clcr = min(renal(c), 150.0)
    dialysis = c.get("DIAL") == "yes"
    return two(4.5 * (clcr / 120.0) ** 0.8 * (0.7 if dialysis else 1.0),
               58.4 * c["WT"] / 70.0 * (0.5 if dialysis else 1.0), 6.5, 38.4)


@published("vancomycin-thomson-2009")
def thomson(c):
    clcr = max(5.0, min(renal(c), 150.0))
    return two(2.99 + 2.99 * 0.0154 * (clcr - 66.0), 0.675 * c["WT"], 2.28, 0.732 * c["WT"])


@published("vancomycin-adane-2015")
def adane(c):
    body_mass_index(c)

    def normalised():
        raw = cockcroft_gault(c["AGE"], c["WT"], c["SCR"], c["sex"])
        return raw * 1.73 / bsa_dubois(c["WT"], c["HT"])

    clcr = derive(c, "CLCR", normalised)
    return one(6.54 * clcr / 125.0, 0.51 * c["WT"])


@published("vancomycin-buelga-2005")
def buelga(c):
    slope = 1.17 if c.get("AML") == "yes" else 1.08
    return one(slope * renal(c) * 0.06, 0.98 * c["WT"])


@published("vancomycin-carreno-2017")
def carreno(c):
    v1, k12, k21 = 25.76, 2.29, 1.44
    q = k12 * v1
    return two(0.18 + 0.036 * renal(c), v1, q, q / k21)


@published("vancomycin-colin-2019")
def colin(c):
    weeks = derive(c, "PMA", lambda: 52.0 * c["AGE"] + c.get("GA", 40.0))
    years = weeks / 52.0
    maturation = 1.0 / (1.0 + (46.4 / weeks) ** 2.89)
    decline = 61.6**2.24 / (61.6**2.24 + years**2.24)
    standard = exp(-1.228 + log10(years) * 0.672 + 6.27 * exp(-3.11 * years))
    renal_factor = exp(-0.649 * (c["SCR"] - standard))
    size = c["WT"] / 70.0
    malignancy = 1.294 if c.get("HAEM") == "yes" else 1.0
    cl = 5.31 * size**0.75 * maturation * decline * renal_factor * malignancy
    return two(cl, 42.9 * size, 3.22 * size**0.75, 41.7 * size)


@published("vancomycin-dao-2019")
def dao(c):
    pma = postmenstrual(c)
    maturation = 1.0 / (1.0 + (46.4 / pma) ** 3.54)
    cl = 0.273 * c["WT"] ** 0.438 * (0.61 / c["SCR"]) ** 0.473 * maturation
    return one(cl, 0.628 * c["WT"])


@published("vancomycin-frymoyer-2014")
def frymoyer(c):
    pma = postmenstrual(c)
    size = c["WT"] / 2.9
    maturation = pma**4.53 / (pma**4.53 + 34.8**4.53)
    return one(0.345 * size**0.75 * maturation * c["SCR"] ** -0.267, 1.75 * size)


@published("vancomycin-hughes-2024")
def hughes(c):
    body_mass_index(c)
    ffm = derive(c, "FFM", lambda: fat_free_mass(c["WT"], c["HT"], c["sex"]))
    clcr = derive(c, "CLCR", lambda: cockcroft_gault(c["AGE"], ffm, c["SCR"], c["sex"]))
    return two(5.0627 * (clcr / 100.0) ** 0.8509, 64.339 * ffm / 70.0, 6.2402,
               59.019 * ffm / 70.0)


@published("vancomycin-jacqz-aigrain-2019")
def jacqz_aigrain(c):
    assay = 0.72 if c.get("ASSAY") == "yes" else 1.0
    size = c["WT"] / 1.35
    renal_factor = (assay * c["SCR"] / 0.61086) ** -0.666
    cl = 0.068 * size**0.863 * (postmenstrual(c) / 32.0) ** 0.544 * renal_factor * assay
    return two(cl, 0.728 * size**1.13, 0.0301 * size, 0.358 * size**1.15)


@published("vancomycin-le-2014")
def le(c):
    age = log(c["AGE"] * 365.25) / 7.7
    cl = 0.258 * c["WT"] ** 0.75 * (0.4 / c["SCR"]) ** 0.431 * age**0.808
    return one(cl, 0.644 * c["WT"])


@published("vancomycin-llopis-salvia-2006")
def llopis_salvia(c):
    weight = c["WT"]
    return two(0.034 * renal(c) + 0.015 * weight, 0.414 * weight, 7.48, 1.32 * weight)


@published("vancomycin-revilla-2010")
def revilla(c):
    per_kg = 0.67 * c["CLCR"] / c["WT"] + c["AGE"] ** -0.24
    volume = 0.82 * c["WT"] * (2.49 if c["SCR"] > 1.0 else 1.0)
    return one(per_kg * c["WT"] * 60.0 / 1000.0, volume)


@published("vancomycin-roberts-2011")
def roberts(c):
    return one(4.58 * c["CLCR"] / 100.0, 1.53 * c["WT"])
