#!/usr/bin/env python3
"""bundled.py OUT FILE...: a C header with the name and the SHA-256 of every file."""

import hashlib
import pathlib
import sys


def main(out, files):
    rows = []
    for path in sorted(map(pathlib.Path, files), key=lambda path: path.name):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append(f'  {{ "{path.name}",\n    "{digest}" }},\n')
    pathlib.Path(out).write_text(
        "/* The files of models and drugs that ship; written by bundled.py when the program is built. */\n"
        "static const struct\n{\n  const char *name, *sha256;\n} bundled[] = {\n"
        + "".join(rows) + "};\n", encoding="utf-8")


main(sys.argv[1], sys.argv[2:])
