#!/usr/bin/env python3
"""Runs the script of the worked example in models/README.md and finds every number that it
prints in the checks of the example.

    readme.py README.md
"""

import contextlib
import io
import re
import sys

try:
    import scipy  # noqa: F401
except ModuleNotFoundError:
    print("skipped: scipy is not installed")
    sys.exit(77)


def block(text, language):
    return re.search(f"```{language}\n(.*?)```", text, re.DOTALL)[1]


def main(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    checks = block(text, "ini")
    checks = checks[checks.index("[check "):]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(block(text, "python"), {"__name__": "example"})
    lines = dict(line.split(" ", 1) for line in printed.getvalue().splitlines())
    assert set(lines) == {"values", "levels", "trough", "auc24"}, lines
    for what, numbers in lines.items():
        wanted = f"{what} {numbers}" if what in ("trough", "auc24") else f"{what} = {numbers}"
        if wanted not in checks:
            print(f"the example has no “{wanted}”")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
