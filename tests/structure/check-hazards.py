#!/usr/bin/python3
"""Checks tests/hazards.md: every hazard and goal has a row with tests, and they exist.

Usage: check-hazards.py ROOT

Prints one line a fault and ends with status 1 when there is one.
"""

import pathlib
import re
import sys

WANTED = [f"H{i}" for i in range(1, 34)] + [f"R{i}" for i in range(1, 22)]


def c_tests(root):
    """The test paths written in the C programs."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(root.glob("tests/*/*.c")))
    return set(re.findall(r'"(/[a-z]+/[a-z0-9/-]+)"', text))


def exists(root, name, paths):
    if name.startswith("/"):
        return name in paths
    file, _, function = name.partition(":")
    if not (root / file).exists():
        return False
    return not function or re.search(rf"^def {re.escape(function)}\(",
                                     (root / file).read_text(encoding="utf-8"), re.M) is not None


def check(root):
    text = (root / "tests" / "hazards.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| ([HR]\d+) \|[^|]*\|(.*)\|$", text, re.M))
    paths = c_tests(root)
    for row in WANTED:
        if row not in rows:
            yield f"tests/hazards.md: {row} has no row"
            continue
        names = re.findall(r"`([^`]+)`", rows[row])
        if not names and "not yet" not in rows[row]:
            yield f"tests/hazards.md: {row} names no test and does not say why"
        for name in names:
            if not exists(root, name, paths):
                yield f"tests/hazards.md: {row}: there is no test {name}"


def main():
    faults = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
