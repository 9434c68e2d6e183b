#!/usr/bin/python3
"""No case that can be written keeps anybody waiting: what would is refused, by count."""

import time

from harness import answer, changed, demo, main, run, test

SOON_S = 60  # far above what it takes, far below what it took without the limits
VANCOMYCIN = demo("vancomycin")
BUSULFAN = demo("busulfan")


def dose(**fields):
    return {"time": 0, "amount": 70, "unit": "mg", "route": "iv", "duration": 1, **fields}


@test
def test_very_long_histories_of_a_linear_model_are_answered():
    start = time.monotonic()
    case = changed(VANCOMYCIN, levels=[], doses=[dose(interval=8, count=100_000)])
    answer("fit", case)
    answer("predict", case, "--from", "799000", "--by", "5", "--draws", "20")
    case["doses"] = [dose(time=i * 0.1, duration=0.05) for i in range(100_000)]
    answer("propose", case, "--draws", "20")
    assert time.monotonic() - start < SOON_S


@test
def test_differential_equations_take_a_thousand_events():
    long = changed(BUSULFAN, levels=[], doses=[dose(interval=6, count=1001)])
    for command in ("fit", "predict", "propose"):
        run(command, case=long).fails(3, "doses: ")
    many = {"time": 5, "value": 1, "unit": "mg/L"}
    run("fit", case=changed(BUSULFAN, levels=[many] * 1200)).fails(3, "levels: ")


@test
def test_changes_of_covariates():
    rising = [{"name": "SCR", "time": 50 + i / 10, "value": 1 + i / 10_000, "unit": "mg/dL"}
              for i in range(3000)]
    run("fit", case=changed(VANCOMYCIN, covariates=VANCOMYCIN["covariates"] + rising)).fails(
        3, "covariates: ")


@test
def test_targets_in_the_far_future():
    trough = {"metric": "trough", "low": 10, "high": 20, "unit": "mg/L"}
    area = {"metric": "cumulative_auc", "low": 80, "high": 90, "unit": "mg.h/L"}
    span = {"metric": "auc", "from": 0, "to": 1e6, "low": 80, "unit": "mg.h/L"}
    run("fit", case=changed(VANCOMYCIN, target={**trough, "at": 1e6})).fails(3, "target.at: ")
    run("fit", case=changed(VANCOMYCIN, target=span)).fails(3, "target.to: ")
    run("fit", case=changed(BUSULFAN, target={**area, "at": 2000})).fails(3, "target.at: ")
    long = [dose(interval=8, count=6000)]
    run("propose", case=changed(VANCOMYCIN, doses=long, target={**trough, "at": 48010})).fails(
        3, "doses: ")
    answer("propose", changed(BUSULFAN, target={**area, "at": 96}))


@test
def test_intervals_nobody_gives():
    for interval in (1e-9, 0.05):
        often = changed(BUSULFAN, doses=[dose(interval=interval, duration=0, steady_state=True)])
        run("propose", case=often).fails(3, "doses[0].interval: ")
        wanted = changed(VANCOMYCIN, options={"interval": [12, interval]})
        run("propose", case=wanted).fails(3, "options.interval[1]: ")


main()
