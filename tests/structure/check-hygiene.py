#!/usr/bin/python3
"""Checks what is in the repository: nothing generated, unfinished or of one machine.

Usage: check-hygiene.py ROOT

Prints one line a fault and ends with status 1 when there is one. The files looked at are
those that git knows; in a source archive without git, all of them.
"""

import pathlib
import re
import subprocess
import sys

GENERATED = re.compile(r"\.(o|a|so|gmo|mo|pyc|orig|rej|swp|bak|log|db|db-wal|lock)$|~$")
# Written in two parts, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE = re.compile(r"/(home/[a-z]|ro" r"ot/|wo" r"rk/|Users/)")
MAX_BYTES = 1_000_000
TEXT_SUFFIXES = {".c", ".h", ".py", ".sh", ".md", ".build", ".in", ".ui", ".css", ".model", ".json",
                 ".xml", ".txt", ".po", ".svg", ""}


def names(root):
    try:
        done = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], capture_output=True,
                              check=True)
        return [name for name in done.stdout.decode().split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        found = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
        return [path.as_posix() for path in found
                if path.parts[0] != ".git" and not path.parts[0].startswith("build")]


def check_text(name, text):
    code = name.endswith((".c", ".h", ".py", ".sh", ".build"))
    for number, line in enumerate(text.splitlines(), 1):
        if UNFINISHED.search(line):
            yield f"{name}:{number}: unfinished work is not left in the file"
        if MACHINE.search(line):
            yield f"{name}:{number}: a path of one machine"
        if code and line != line.rstrip():
            yield f"{name}:{number}: blanks at the end of the line"
        if code and "\t" in line:
            yield f"{name}:{number}: a tab"
    if text and not text.endswith("\n"):
        yield f"{name}: the last line is not ended"


def check(root):
    for name in names(root):
        path = root / name
        if not path.is_file():
            continue
        data = path.read_bytes()
        if GENERATED.search(name):
            yield f"{name}: a generated file"
        if len(data) > MAX_BYTES:
            yield f"{name}: {len(data)} bytes; at most {MAX_BYTES}"
        if path.suffix in TEXT_SUFFIXES:
            try:
                yield from check_text(name, data.decode("utf-8"))
            except UnicodeDecodeError:
                yield f"{name}: not UTF-8"


def main():
    root = pathlib.Path(sys.argv[1])
    faults = list(check(root))
    print("\n".join(faults))
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
