#!/usr/bin/python3
"""Checks that the answer in words knows every caution and refusal in every language.

Usage: check-notes.py ROOT

The codes of notes that the engine writes as cautions or refusals, and of withheld advice, are
looked for in its source; each needs a sentence in src/app/answer-templates.c, and each sentence
there a note. Prints one line a fault and ends with status 1 when there is one.
"""

import pathlib
import re
import sys

WRITTEN = [re.compile(r'TDM_NOTE_(?:CAUTION|REFUSE)\s*(?::\s*TDM_NOTE_\w+\s*)?,\s*("[^;]{0,120})', re.S),
           re.compile(r'tdm_proposals_withhold\s*\(\s*\w+,\s*("[^;]{0,60})', re.S)]
CODE = re.compile(r'"([a-z]+(?:-[a-z0-9]+)+)"')
CHOICE = re.compile(r'\?\s*"([a-z-]+)"\s*:\s*"([a-z-]+)"')


def written(root):
    """The codes, each with one file that writes it."""
    found = {}
    for path in sorted(root.glob("src/engine/*.c")):
        text = path.read_text()
        for pattern in WRITTEN:
            for match in pattern.finditer(text):
                code = CODE.match(match.group(1))
                if code:
                    found[code.group(1)] = path
        for match in CHOICE.finditer(text):
            if "TDM_NOTE_REFUSE : TDM_NOTE_CAUTION" in text[max(0, match.start() - 200):match.start()]:
                found.update({code: path for code in match.groups()})
    return found


def main():
    root = pathlib.Path(sys.argv[1])
    codes = written(root)
    table = (root / "src/app/answer-templates.c").read_text()
    said = set(re.findall(r'\{ "([a-z-]+)",\s*"', table))
    faults = [f"{codes[code]}: no sentence for “{code}”" for code in sorted(set(codes) - said)]
    faults += [f"src/app/answer-templates.c: nobody writes “{code}”"
               for code in sorted(said - set(codes))]
    assert len(codes) > 20, "the notes are not found any more"
    print("\n".join(faults) or f"{len(codes)} notes")
    return 1 if faults else 0


sys.exit(main())
