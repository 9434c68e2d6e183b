"""Numbers of test-subpopulations.c (test_scipy), independently of the program: superposed
infusions into one compartment, BFGS from several starts and Newton steps for the estimate,
derivatives by complex steps. Prints prior, posterior, objective and estimate of each.

    /usr/bin/python3 tests/engine/subpopulations.py
"""
import numpy as np
from scipy.optimize import minimize

OMEGA = np.array([[0.0841, 0.021], [0.021, 0.0625]])
INVERSE = np.linalg.inv(OMEGA)
LEVELS = [(11.3, 9.4), (20.9, 15.2)]


def concentration(cl, v, t):
    k, total = cl / v, 0.0
    for start in (0.0, 12.0):
        if t > start:
            end = min(t - start, 1.0)
            total += 730 / cl * (1 - np.exp(-k * end)) * np.exp(-k * (t - start - end))
    return total


def objective(eta, cl):
    total = eta @ INVERSE @ eta
    for t, y in LEVELS:
        f = concentration(cl * np.exp(eta[0]), 23.7 * np.exp(eta[1]), t)
        v = 0.37**2 + (0.13 * f) ** 2
        total += np.log(v) + (y - f) ** 2 / v
    return total


def gradient(eta, cl):
    step = 1e-30j * np.eye(2)
    return np.array([objective(eta + s, cl).imag / 1e-30 for s in step])


def hessian(eta, cl, h=1e-3):
    def difference(s):
        return (8 * (gradient(eta + s, cl) - gradient(eta - s, cl))
                - (gradient(eta + 2 * s, cl) - gradient(eta - 2 * s, cl))) / (12 * h)
    out = np.array([difference(s) for s in h * np.eye(2)])
    return (out + out.T) / 2


weights, rows = [], []
prior = 1 / (1 + np.exp(-(1.1 - 0.02 * 13)))
for cl, p in ((4.61, prior), (1.97, 1 - prior)):
    starts = np.random.default_rng(1).normal(0, 0.3, (6, 2))
    best = min((minimize(objective, s, (cl,), jac=gradient) for s in starts),
               key=lambda r: r.fun)
    eta = best.x
    for _ in range(4):
        eta = eta - np.linalg.solve(hessian(eta, cl), gradient(eta, cl))
    value = objective(eta, cl)
    marginal = value + np.log(np.linalg.det(hessian(eta, cl) / 2) * np.linalg.det(OMEGA))
    weights.append(p * np.exp(-marginal / 2))
    rows.append((p, value, eta))
for weight, (p, value, eta) in zip(weights, rows):
    print(*(f"{x:.12g}" for x in (p, weight / sum(weights), value, *eta)), sep=", ")
