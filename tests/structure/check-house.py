#!/usr/bin/python3
"""Checks the rules of the house that a compiler does not.

Usage: check-house.py ROOT

Includes go down only; each outside library is used in its home; headers are guarded once;
one parser of numbers; functions and files stay short. Prints one line a fault, as
FILE:LINE: what is wrong, and ends with status 1 when there is one.
"""

import pathlib
import re
import sys

# A room may include rooms of a lower rank, and itself.
RANKS = {"base": 0, "num": 1, "lang": 1, "record": 1, "pk": 2, "model": 3, "nonmem": 4,
         "engine": 4, "store": 4, "plot": 4, "app": 5, "gtk": 6, "cli": 6}

# Rooms whose list is not what their rank says: most see less, lang sees a neighbour.
ONLY = {"num": {"base"}, "lang": {"base", "num"}, "record": {"base"},
        "pk": {"base", "num", "record"}, "plot": {"base"},
        "nonmem": {"base", "num", "lang", "record", "model"}}

# The start of an outside library's header, and the rooms that are its home.
HOMES = [
    (r"gsl/", {"num"}), (r"lapacke?\.h|cblas\.h", {"num"}),
    (r"cvodes?/|nvector/|sun(dials|matrix|linsol|nonlinsol)", {"num"}),
    (r"sqlite3", {"store"}), (r"gtk/|gdk/|gsk/|adwaita", {"gtk"}),
    (r"cairo|pango/", {"plot", "gtk"}), (r"jansson", {"record", "engine", "cli"}),
]

# Parsers that follow the locale or ignore faults, and their only home.
NUMBER_CALLS = re.compile(r"\b(strtod|strtof|strtold|atof|g_strtod|setlocale)\s*\(")
NUMBER_HOME = "src/base/number.c"

MAX_FUNCTION = 120
MAX_FILE = 700


def strip_comments_and_strings(text):
    """Blanks comments and string contents, keeping the lines."""
    def blank(match):
        kept = match.group(0)
        if kept.startswith('"'):
            return '""'
        if kept.startswith("'"):
            return "' '"
        return "\n" * kept.count("\n")
    return re.sub(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text,
                  flags=re.S)


def check_include(room, name):
    """What is wrong with room including <name> or "name"; None = nothing."""
    for pattern, homes in HOMES:
        if re.match(pattern, name) and room not in homes:
            return f"{name} has its home in {', '.join(sorted(homes))}"
    other = name.split("/")[0]
    if "/" not in name or other not in RANKS or other == room:
        return None
    if room in ONLY:
        return None if other in ONLY[room] else (
            f"{room} may include only {', '.join(sorted(ONLY[room]))}, not {name}")
    if RANKS[other] >= RANKS[room]:
        return f"{room} (rank {RANKS[room]}) includes {name} (rank {RANKS[other]})"
    return None


def functions(lines):
    """(first line, length) of each block that starts in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start + 1
            start = None


def check_length(path, lines):
    if len(lines) > MAX_FILE:
        yield f"{path}:{MAX_FILE + 1}: {len(lines)} lines; split at {MAX_FILE}"
    for start, length in functions(lines):
        if length > MAX_FUNCTION:
            yield f"{path}:{start}: a function of {length} lines; at most {MAX_FUNCTION}"


def check_source(path, text):
    """Faults of one file below src."""
    room = pathlib.PurePosixPath(path).parts[1]
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)[>"]', line)
        fault = match and room in RANKS and check_include(room, match.group(1))
        if fault:
            yield f"{path}:{number}: {fault}"
    code = strip_comments_and_strings(text)
    for number, line in enumerate(code.splitlines(), 1):
        match = NUMBER_CALLS.search(line)
        if match and path != NUMBER_HOME:
            if match.group(1) == "setlocale" and room in ("gtk", "cli"):
                continue
            yield f"{path}:{number}: {match.group(1)}: numbers are read in {NUMBER_HOME}"
    if path.endswith(".h") and code.count("#pragma once") != 1:
        yield f"{path}:1: a header has #pragma once"


def check(root):
    for top in ("src", "tests"):
        for file in sorted((root / top).rglob("*.[ch]")):
            path = file.relative_to(root).as_posix()
            if path.startswith("tests/structure/"):
                continue
            text = file.read_text(encoding="utf-8")
            yield from check_length(path, text.splitlines())
            if top == "src":
                yield from check_source(path, text)


def main():
    root = pathlib.Path(sys.argv[1])
    if not (root / "src").is_dir():
        sys.exit(f"{root} has no folder src")
    faults = list(check(root))
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
