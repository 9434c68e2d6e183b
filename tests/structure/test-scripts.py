#!/usr/bin/python3
"""Tests check-hygiene.py, check-hazards.py and packaging/count-tests with deliberate faults.

Usage: test-scripts.py PATH-OF-CHECK-HYGIENE PATH-OF-CHECK-HAZARDS PATH-OF-COUNT-TESTS
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

COUNT = sys.argv.pop(3)
HAZARDS = sys.argv.pop(2)
HYGIENE = sys.argv.pop(1)


def run(script, *arguments):
    return subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True,
                          check=False)


def junit(cases):
    """A report with one case for each of "pass", "fail" and "skip"."""
    inner = {"pass": "", "fail": "<failure/>", "skip": "<skipped/>"}
    return "<testsuites><testsuite>" + "".join(
        f"<testcase>{inner[case]}</testcase>" for case in cases) + "</testsuite></testsuites>"


class Hygiene(unittest.TestCase):
    def check(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, name).write_text(text, encoding="utf-8")
            return run(HYGIENE, folder)

    def test_sound_file_passes(self):
        self.assertEqual(self.check("a.c", "int x;\n").returncode, 0)

    def test_each_fault_is_found(self):
        for name, text in [("a.c", "/* TO" "DO: more */\n"), ("a.md", "see /ho" "me/me/x\n"),
                           ("a.c", "int x; \n"), ("a.c", "\tint x;\n"), ("a.c", "int x;"),
                           ("a.o", "x\n"), ("a.db", "x\n"), ("a.dat", "x" * 1_000_001)]:
            with self.subTest(name=name, text=text[:20]):
                done = self.check(name, text)
                self.assertEqual(done.returncode, 1)
                self.assertTrue(done.stdout.startswith(name + ":"), done.stdout)


class Hazards(unittest.TestCase):
    def check(self, last):
        """Checks a table whose last row is R21 with `last` as its tests."""
        ids = [f"H{i}" for i in range(1, 34)] + [f"R{i}" for i in range(1, 21)]
        rows = [f"| {name} | what | `/room/noun/verb` |" for name in ids]
        with tempfile.TemporaryDirectory() as folder:
            room = pathlib.Path(folder, "tests", "room")
            room.mkdir(parents=True)
            room.joinpath("test-noun.c").write_text('f ("/room/noun/verb", f);\n')
            room.joinpath("test-noun.py").write_text("def test_it():\n    pass\n")
            room.parent.joinpath("hazards.md").write_text("\n".join([*rows, last, ""]))
            return run(HAZARDS, folder)

    def test_sound_tables_pass(self):
        for tests in ("`/room/noun/verb`", "not yet: why", "`tests/room/test-noun.py:test_it`"):
            self.assertEqual(self.check(f"| R21 | what | {tests} |").returncode, 0, tests)

    def test_each_fault_is_found(self):
        for row in ("", "| R21 | what | |", "| R21 | what | `/room/noun/none` |",
                    "| R21 | what | `tests/room/test-noun.py:test_none` |",
                    "| R21 | what | `tests/room/none.py` |"):
            with self.subTest(row=row):
                done = self.check(row)
                self.assertEqual(done.returncode, 1)
                self.assertIn("R21", done.stdout)


class CountTests(unittest.TestCase):
    def count(self, *builds):
        """Counts builds given as (cases, results of programs); None = no report at all."""
        with tempfile.TemporaryDirectory() as folder:
            for number, build in enumerate(builds):
                logs = pathlib.Path(folder, str(number), "meson-logs")
                logs.mkdir(parents=True)
                if build is not None:
                    logs.joinpath("testlog.junit.xml").write_text(junit(build[0]))
                    logs.joinpath("testlog.json").write_text(
                        "\n".join(json.dumps({"result": result}) for result in build[1]))
            done = run(COUNT, *(f"{folder}/{number}" for number in range(len(builds))))
            return done.stdout.strip(), done.returncode

    def test_sums_over_builds(self):
        self.assertEqual(self.count((["pass", "pass", "skip"], ["OK"]), (["pass"], ["OK"])),
                         ("3 passed, 0 failed", 0))

    def test_a_failed_case_fails(self):
        self.assertEqual(self.count((["pass", "fail"], ["FAIL"])), ("1 passed, 1 failed", 1))

    def test_a_crash_after_good_cases_fails(self):
        self.assertEqual(self.count((["pass"], ["ERROR"])), ("1 passed, 1 failed", 1))

    def test_a_build_without_tests_fails(self):
        self.assertEqual(self.count((["pass"], ["OK"]), None), ("1 passed, 1 failed", 1))

    def test_nothing_ran_fails(self):
        self.assertEqual(self.count(([], [])), ("0 passed, 1 failed", 1))
        self.assertEqual(self.count(), ("0 passed, 0 failed", 1))


if __name__ == "__main__":
    unittest.main()
