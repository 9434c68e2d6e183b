#!/usr/bin/python3
"""Tests check-house.py: a sound tree passes, and each deliberate fault is found where it is.

Usage: test-check-house.py PATH-OF-CHECK-HOUSE
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

CHECK = sys.argv.pop(1)

SOUND = {
    "src/base/number.c": '#include "base/number.h"\n\nint\nf (void)\n{\n  return strtod ();\n}\n',
    "src/base/number.h": "#pragma once\n/* strtod () is spoken of here. */\n",
    "src/num/jet.c": '#include "base/number.h"\n#include <gsl/gsl_math.h>\n',
    "src/lang/program.c": '#include "num/jet.h"\n#include "lang/op.h"\n',
    "src/store/store.c": '#include <sqlite3.h>\n#include "record/case.h"\n',
    "src/gtk/main.c": "#include <gtk/gtk.h>\n#include <cairo.h>\nint x = setlocale ();\n",
    "tests/store/test-store.c": "#include <sqlite3.h>\n",
}

# file, text, what the check must say of it
FAULTS = [
    ("src/base/up.c", '#include "num/jet.h"\n', "src/base/up.c:1: base (rank 0) includes num/jet.h"),
    ("src/engine/side.c", '\n#include "store/store.h"\n', "src/engine/side.c:2: engine (rank 4)"),
    ("src/pk/lang.c", '#include "lang/program.h"\n', "src/pk/lang.c:1: pk may include only"),
    ("src/plot/case.c", '#include "record/case.h"\n', "src/plot/case.c:1: plot may include only"),
    ("src/app/win.c", "# include <gtk/gtk.h>\n", "src/app/win.c:1: gtk/gtk.h has its home in gtk"),
    ("src/app/draw.c", "#include <cairo-pdf.h>\n", "src/app/draw.c:1: cairo-pdf.h has its home"),
    ("src/model/sql.c", "#include <sqlite3.h>\n", "src/model/sql.c:1: sqlite3.h has its home"),
    ("src/engine/ode.c", "#include <cvodes/cvodes.h>\n", "src/engine/ode.c:1: cvodes/cvodes.h"),
    ("src/engine/la.c", "#include <lapacke.h>\n", "src/engine/la.c:1: lapacke.h has its home"),
    ("src/store/json.c", "#include <jansson.h>\n", "src/store/json.c:1: jansson.h has its home"),
    ("src/cli/read.c", "\n\nint x = atof (\"1\");\n", "src/cli/read.c:3: atof: numbers are read"),
    ("src/model/loc.c", "int x = setlocale ();\n", "src/model/loc.c:1: setlocale"),
    ("src/num/open.h", "int x;\n", "src/num/open.h:1: a header has #pragma once"),
    ("src/num/long.c", "int\nf (void)\n{\n" + "  g ();\n" * 119 + "}\n",
     "src/num/long.c:3: a function of 121 lines"),
    ("tests/num/test-big.c", "int x;\n" * 701, "tests/num/test-big.c:701: 701 lines"),
]


def run_on(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, CHECK, folder], capture_output=True, text=True,
                              check=False)


class CheckHouse(unittest.TestCase):
    def test_sound_tree_passes(self):
        done = run_on(SOUND)
        self.assertEqual((done.returncode, done.stdout.strip()), (0, ""))

    def test_each_fault_is_found(self):
        for name, text, said in FAULTS:
            with self.subTest(name):
                done = run_on({**SOUND, name: text})
                self.assertEqual(done.returncode, 1)
                self.assertTrue(done.stdout.startswith(said), done.stdout)
                self.assertEqual(done.stdout.count("\n"), 1, done.stdout)

    def test_longest_allowed_passes(self):
        text = "int\nf (void)\n{\n" + "  g ();\n" * 118 + "}\n"
        self.assertEqual(run_on({**SOUND, "src/num/long.c": text}).returncode, 0)

    def test_wrong_folder_is_a_failure(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, CHECK, folder], capture_output=True, check=False)
            self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
