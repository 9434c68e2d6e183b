"""Body size and renal function, written down independently of the program."""

from math import sqrt

CREATININE = 88.42  # umol/L in 1 mg/dL


def cockcroft_gault(age, weight, scr, sex):
    """mL/min; creatinine in mg/dL"""
    factor = 0.85 if sex == "female" else 1.0
    return (140.0 - age) * weight * factor / (72.0 * scr)


def fat_free_mass(weight, height, sex):
    """Janmahasatian 2005, kg; height in cm"""
    bmi = weight / (height / 100.0) ** 2
    if sex == "female":
        return 9270.0 * weight / (8780.0 + 244.0 * bmi)
    return 9270.0 * weight / (6680.0 + 216.0 * bmi)


def fat_free_mass_of_child(weight, height, sex, age):
    """Al-Sallami 2015, kg"""
    adult = fat_free_mass(weight, height, sex)
    if sex == "female":
        return adult * (1.11 + (1.0 - 1.11) / (1.0 + (age / 7.1) ** -1.1))
    return adult * (0.88 + (1.0 - 0.88) / (1.0 + (age / 13.4) ** -12.7))


def lean_body_weight(weight, height, sex):
    """James 1976, kg"""
    ratio = weight / height
    if sex == "female":
        return 1.07 * weight - 148.0 * ratio * ratio
    return 1.10 * weight - 128.0 * ratio * ratio


def ideal_weight(height, sex):
    """Devine 1974, kg"""
    return (45.5 if sex == "female" else 50.0) + 2.3 * (height / 2.54 - 60.0)


def bsa_dubois(weight, height):
    return 0.007184 * weight**0.425 * height**0.725


def bsa_mosteller(weight, height):
    return sqrt(weight * height / 3600.0)


def mdrd(scr, age, sex):
    """mL/min/1.73 m2, IDMS-traceable"""
    return 175.0 * scr**-1.154 * age**-0.203 * (0.742 if sex == "female" else 1.0)


def derive(c, name, compute):
    """What the case gives, else what is computed from its ingredients."""
    if name not in c:
        c[name] = compute()
    return c[name]
