#!/usr/bin/python3
"""Every metric of a target against the curve that `predict` gives for the same doses.

The patient has no level, so that the curve of the proposed doses is that of the typical
patient; the regimen in question is the current one, added to the history as doses.
"""

import harness
from harness import answer, changed, main, run, test

CASE = {"format": "titrate-case/1", "model": "vancomycin-goti-2018",
        "covariates": [{"name": "WT", "value": 83.7, "unit": "kg"},
                       {"name": "CLCR", "value": 61.3, "unit": "mL/min"},
                       {"name": "DIAL", "value": 0}],
        "doses": [{"time": 0, "amount": 1250, "unit": "mg", "route": "iv", "duration": 1.5,
                   "interval": 12, "count": 3}], "options": {"adjust": 36}}
STEP = 0.02
# A late interval stands for the steady state.
LATE_H = 36 + 40 * 12


MODEL_OF_DOSE = """[model]
format = titrate-model/1
id = example-of-dose-2026
version = 1
drug = Example
title = Example
reference = None
status = C
status_text = x
population = x
limits = x
[parameters]
CL = 3.17 * exp(eta_CL)
V = 23.9
KA = 0.87
[units]
CL = L/h
V = L
KA = 1/h
[effects]
CL = cv 30 %
[structure]
kind = linear
compartments = 1
chain = 1
[output C]
title = x
unit = mg/L
error = log
log_sd = 0.2
[route oral]
title = x
into = absorption
bioavailability = 0.83 * 271 [mg] / (271 [mg] + dose)
[dosing oral]
amounts = 100 to 1500 step 50 mg
intervals = 8, 12, 24 h
source = x
[check one]
values = CL 3.17
source = x
"""


def close(got, want, relative=0.0, absolute=0.0):
    harness.close(got, want, relative, "metric", absolute)


def current(target, case=CASE):
    """The current regimen's value of the target's metric, and the whole answer."""
    got = answer("propose", changed(case, target=target), "--draws", 50, "--seed", 3)
    assert got["withheld"] is None, got["withheld"]
    rows = [row for row in got["regimens"] if row["current"]]
    assert len(rows) == 1, got["regimens"]
    return rows[0]["metrics"][target["metric"]], rows[0], got


_curves = {}


def curve(start, end):
    if (start, end) not in _curves:
        case = changed(CASE, doses=[changed(CASE["doses"][0], count=80)])
        got = answer("predict", case, "--from", start, "--to", end, "--by", STEP, "--draws", 0)
        _curves[start, end] = got["time"], got["individual"]
    return _curves[start, end]


def share_above(values, limit):
    """Of an even grid, with straight lines between its points."""
    above = 0.0
    for a, b in zip(values, values[1:]):
        if min(a, b) >= limit:
            above += 1
        elif max(a, b) >= limit:
            above += (max(a, b) - limit) / abs(a - b)
    return above / (len(values) - 1)


def last_above(times, values, limit):
    return max((t for t, v in zip(times, values) if v >= limit), default=times[0])


def area(values):
    return STEP * (sum(values) - 0.5 * (values[0] + values[-1]))


@test
def shares_of_time_at_steady_state():
    times, values = curve(LATE_H, LATE_H + 12)
    for limit in (17.3, 21.9):
        wanted = share_above(values, limit)
        got, _, _ = current({"metric": "time_above", "threshold": limit,
                             "threshold_unit": "mg/L", "low": 0.4})
        close(got, wanted, absolute=3e-3)
        got, _, _ = current({"metric": "time_below", "threshold": limit,
                             "threshold_unit": "mg/L", "low": 0.4})
        close(got, 1 - wanted, absolute=3e-3)


@test
def the_area_of_the_whole_course():
    """From the first dose to a stated hour; of one dose, at last, the dose by the clearance."""
    _, values = curve(0, 71)
    got, _, _ = current({"metric": "cumulative_auc", "at": 71, "low": 900, "high": 1100,
                         "unit": "mg.h/L"})
    close(got, area(values), 1e-5)
    once = changed(CASE, doses=[{"time": 0, "amount": 1250, "unit": "mg", "route": "iv",
                                 "duration": 1.5}])
    got, row, _ = current({"metric": "cumulative_auc", "at": 900, "low": 100, "high": 300,
                           "unit": "mg.h/L"}, once)
    clearance = answer("fit", once)["parameters"]["individual"]["CL"]
    assert (row["amount"], row["interval"], row["first_dose"]) == (0, None, None), row
    close(got, 1250 / clearance, 1e-6)


@test
def multiples_of_the_mic():
    _, values = curve(LATE_H, LATE_H + 12)
    got, _, _ = current({"metric": "time_above", "mic": 4.35, "multiple": 4, "low": 0.4})
    close(got, share_above(values, 4 * 4.35), absolute=3e-3)
    once, _, _ = current({"metric": "time_above", "mic": 17.4, "low": 0.4})
    close(got, once, absolute=1e-12)


@test
def the_free_fraction_counts():
    total = current({"metric": "time_above", "mic": 8.7, "low": 0.4})[0]
    free = current({"metric": "time_above", "mic": 8.7 * 0.45, "free_fraction": 0.45,
                    "low": 0.4})[0]
    close(free, total, absolute=1e-12)
    for metric, unit in (("auc24", "mg.h/L"), ("peak", "mg/L"), ("trough", "mg/L"),
                         ("average", "mg/L")):
        window = {"metric": metric, "low": 1, "unit": unit}
        close(current({**window, "free_fraction": 0.45})[0], 0.45 * current(window)[0],
              relative=1e-12)
    window = {"metric": "auc_mic", "mic": 1.7, "low": 1}
    close(current({**window, "free_fraction": 0.45})[0], 0.45 * current(window)[0],
          relative=1e-12)


@test
def ratios_to_the_mic():
    _, values = curve(LATE_H, LATE_H + 12)
    close(current({"metric": "auc_mic", "mic": 1.7, "low": 1})[0], 2 * area(values) / 1.7,
          relative=2e-4)
    close(current({"metric": "peak_mic", "mic": 1.7, "low": 1})[0], max(values) / 1.7,
          relative=1e-4)


@test
def hours_until_below():
    times, values = curve(LATE_H, LATE_H + 12)
    for part in (0.137, 0.61):
        limit = min(values) + part * (max(values) - min(values))
        got, _, _ = current({"metric": "time_to_below", "threshold": limit,
                             "threshold_unit": "mg/L", "high": 12})
        close(got, last_above(times, values, limit) - LATE_H, absolute=2 * STEP)
    # Never reached: at once. Not within the interval: no number, and surely above.
    got, row, _ = current({"metric": "time_to_below", "threshold": 400,
                           "threshold_unit": "mg/L", "high": 12})
    assert got == 0 and row["probability"]["within"] == 1, row
    got, row, _ = current({"metric": "time_to_below", "threshold": 0.001,
                           "threshold_unit": "mg/L", "high": 12})
    assert got is None and row["probability"]["above"] == 1, row


@test
def a_stated_window_of_time():
    start, end = 41.0, 67.0
    times, values = curve(start, end)
    span = {"from": start, "to": end}
    unit = {"unit": "mg/L", "low": 1}
    close(current({"metric": "trough", **span, **unit})[0], min(values), relative=1e-3)
    close(current({"metric": "peak", **span, **unit})[0], max(values), relative=1e-3)
    close(current({"metric": "average", **span, **unit})[0], area(values) / (end - start),
          relative=1e-3)
    close(current({"metric": "auc", **span, "unit": "mg.h/L", "low": 1})[0], area(values),
          relative=1e-3)
    close(current({"metric": "time_above", **span, "threshold": 18.2, "threshold_unit": "mg/L",
                   "low": 0.1})[0], share_above(values, 18.2), absolute=5e-3)
    close(current({"metric": "peak_mic", **span, "mic": 1.3, "low": 1})[0],
          max(values) / 1.3, relative=1e-3)


@test
def time_to_below_of_a_named_time():
    # After the last of few doses, as methotrexate is watched.
    case = changed(CASE, options={"adjust": 36, "interval": [96]})
    doses = [changed(CASE["doses"][0], interval=96, count=1)]
    case = changed(case, doses=[{"time": 0, "amount": 1250, "unit": "mg", "route": "iv",
                                 "duration": 1.5, "interval": 96, "count": 2}],
                   options={"adjust": 192})
    got, _, _ = current({"metric": "time_to_below", "threshold": 5.3, "threshold_unit": "mg/L",
                         "at": 192, "high": 72}, case)
    full = changed(case, doses=[changed(case["doses"][0], count=3)])
    line = answer("predict", full, "--from", 192, "--to", 288, "--by", STEP, "--draws", 0)
    close(got, last_above(line["time"], line["individual"], 5.3) - 192, absolute=0.05)


@test
def alarms_are_counted_apart():
    window = {"metric": "auc24", "low": 400, "high": 600, "unit": "mg.h/L"}
    # The model's own target has an alarm above 600.
    _, row, got = current(window)
    close(row["alarm"]["above"], row["probability"]["above"], absolute=1e-12)
    assert got["target"]["alarm_high"] == 600 and "alarm_low" not in got["target"]
    low, high = 350, 700
    _, row, got = current({**window, "alarm_low": low, "alarm_high": high})
    for side, limit, ends in (("below", low, ("low", 400)), ("above", high, ("high", 600))):
        plain = {"metric": "auc24", "unit": "mg.h/L", ends[0]: limit}
        _, other, _ = current(plain)
        close(row["alarm"][side], other["probability"][side], absolute=1e-12)
        assert row["alarm"][side] <= row["probability"][side]
    _, row, got = current({"metric": "trough", "low": 10, "high": 20, "unit": "mg/L"})
    assert row["alarm"] is None, row
    text = run("propose", case=changed(CASE, target={**window, "alarm_low": low})).out.decode()
    assert "< 350" in text and "alarm" in text, text


@test
def what_does_not_fit_is_refused():
    base = {"metric": "auc24", "low": 400, "unit": "mg.h/L"}
    peak = {"metric": "peak", "low": 20, "unit": "mg/L"}
    above = {"metric": "time_above", "low": 0.5}
    for target, words in (
            ({**base, "from": 1, "to": 2}, "target.from: is for"),
            ({**peak, "from": 1}, "target.to: is missing"),
            ({**peak, "from": 3, "to": 2}, "target.to: must be after from"),
            ({**peak, "from": 3, "to": 5, "at": 4}, "target.at: is for"),
            ({**peak, "multiple": 2}, "target.multiple: is for"),
            ({**peak, "free_fraction": 1.2}, "target.free_fraction: must be"),
            ({**peak, "free_fraction": 0}, "target.free_fraction: must be"),
            ({**peak, "alarm_low": 25}, "target.alarm_low: must be"),
            ({**peak, "alarm_high": 19}, "target.alarm_high: must be"),
            (above, "target.threshold: is missing"),
            ({**above, "mic": 1, "threshold": 2}, "target.threshold: is for"),
            ({**above, "threshold": 2, "threshold_unit": "mg/L", "multiple": 2},
             "target.multiple: is for"),
            ({"metric": "time_to_below", "high": 3, "unit": "mg/L", "mic": 1,
              "mic_unit": "mg/L"},
             "target.unit: ")):
        run("fit", case=changed(CASE, target=target)).fails(3, words)


@test
def amounts_when_absorption_depends_on_the_dose():
    """Steady areas of all proposals: what is absorbed of each amount over clearance."""
    model = MODEL_OF_DOSE
    path = harness.folder() / "example-of-dose-2026.model"
    path.write_text(model, encoding="utf-8")
    case = {"format": "titrate-case/1",
            "doses": [{"time": 0, "amount": 300, "unit": "mg", "interval": 12, "count": 3}],
            "target": {"metric": "auc24", "low": 90, "high": 140, "unit": "mg.h/L"}}
    got = answer("propose", case, "--model", path, "--draws", 50, "--seed", 3)
    assert got["withheld"] is None and len(got["regimens"]) > 3, got
    for row in got["regimens"]:
        absorbed = row["amount"] * 0.83 * 271 / (271 + row["amount"])
        close(row["metrics"]["auc24"], absorbed * 24 / row["interval"] / 3.17, relative=1e-6)


main()
