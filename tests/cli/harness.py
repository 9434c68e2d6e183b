"""What the whole-path tests share: running titrate-cli, comparing numbers, TAP.

A test file defines functions, each decorated with @test, and ends with main(). It is run as
TEST.py EXE TESTS-FOLDER.
"""

import copy
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import traceback

EXE = sys.argv[1]
TESTS = pathlib.Path(sys.argv[2])
ROOT = TESTS.parent
REFERENCE = TESTS / "data" / "reference"
DEMO = ROOT / "data" / "demo"
ANSWERS = TESTS / "cli" / "answers"
TIMEOUT_S = 60

_tests = []
_folder = None


def test(function):
    _tests.append(function)
    return function


def folder():
    """A folder for this run's files, removed at the end."""
    return pathlib.Path(_folder)


class Run:
    """One run of titrate-cli that has ended."""

    def __init__(self, arguments, done):
        self.arguments = [str(argument) for argument in arguments]
        self.status = done.returncode
        self.out = done.stdout or b""
        self.err = done.stderr.decode("utf-8")

    def __str__(self):
        return (f"titrate-cli {' '.join(self.arguments)}\nstatus {self.status}\n"
                f"out {self.out[:2000]!r}\nerr {self.err[:2000]!r}")

    def expect(self, status, words=None):
        """Status as expected; `words` on standard error (nothing on it when None)."""
        assert self.status == status, str(self)
        if words is None:
            assert self.err == "", str(self)
        else:
            assert words in self.err, f"{words!r} expected\n{self}"
        return self

    def fails(self, status, words):
        """A failure: one line that holds `words`, nothing on standard output."""
        self.expect(status, words)
        lines = self.err.splitlines()
        assert len(lines) == (2 if status == 2 else 1), str(self)
        assert lines[0].startswith("titrate-cli: "), str(self)
        assert status != 2 or lines[1].startswith("Usage: titrate-cli "), str(self)
        assert self.out == b"", str(self)
        return self

    def json(self):
        """The one JSON object on standard output."""
        def no_constant(name):
            raise AssertionError(f"{name} in the JSON\n{self}")
        answer = json.loads(self.out.decode("utf-8"), parse_constant=no_constant)
        assert isinstance(answer, dict) and self.out.endswith(b"}\n"), str(self)
        return answer


def run(*arguments, case=None, env=None, stdout=subprocess.PIPE):
    """Runs titrate-cli. `case`, a dict, text or bytes, goes to standard input as "-"."""
    stdin = b""
    if case is not None:
        data = json.dumps(case) if isinstance(case, dict) else case
        stdin = data if isinstance(data, bytes) else data.encode("utf-8")
        arguments = (arguments[0], "-", *arguments[1:])
    environment = {**os.environ, "HOME": str(folder()), "XDG_DATA_HOME": str(folder() / "data"),
                   "XDG_CONFIG_HOME": str(folder() / "config"),
                   "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", "/nonexistent"),
                   "TITRATE_MODELS_DIR": str(ROOT / "models"), "TZ": "Europe/Zurich",
                   "LC_ALL": "C.UTF-8", **(env or {})}
    done = subprocess.run([EXE, *map(str, arguments)], input=stdin, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=TIMEOUT_S, env=environment, check=False)
    assert done.returncode >= 0, f"killed by signal {-done.returncode}: {Run(arguments, done)}"
    return Run(arguments, done)


def answer(command, case, *arguments, status=0, env=None):
    """The JSON answer of a command to `case`."""
    done = run(command, *arguments, "--json", case=case, env=env)
    if status == 0:
        done.expect(0)
    assert done.status == status, str(done)
    return done.json()


def demo(name):
    return json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8"))


def changed(case, **parts):
    """A copy of `case` with some parts replaced."""
    return {**copy.deepcopy(case), **copy.deepcopy(parts)}


def without(case, name):
    """A copy of `case` without the covariate."""
    return changed(case, covariates=[c for c in case["covariates"] if c["name"] != name])


def close(got, want, relative, what, absolute=0.0):
    """Numbers, or lists of them, agree."""
    if isinstance(want, (list, tuple)):
        assert len(got) == len(want), f"{what}: {len(got)} values, not {len(want)}"
        for i, (one, other) in enumerate(zip(got, want)):
            close(one, other, relative, f"{what}[{i}]", absolute)
        return
    assert isinstance(got, (int, float)) and math.isfinite(got), f"{what}: got {got!r}"
    assert abs(got - want) <= relative * abs(want) + absolute, (
        f"{what}: got {got!r}, want {want!r}, relative {abs(got - want) / abs(want or 1):.2g}")


def same(one, other, relative, what, absolute=0.0, skip=()):
    """Two JSON answers agree: the same keys and texts, numbers within the tolerance."""
    if isinstance(one, dict):
        assert isinstance(other, dict) and one.keys() == other.keys(), f"{what}: keys differ"
        for key in one:
            if key not in skip:
                same(one[key], other[key], relative, f"{what}.{key}", absolute, skip)
    elif isinstance(one, list):
        assert isinstance(other, list) and len(one) == len(other), f"{what}: lengths differ"
        for i, (a, b) in enumerate(zip(one, other)):
            same(a, b, relative, f"{what}[{i}]", absolute, skip)
    elif isinstance(one, (int, float)) and not isinstance(one, bool):
        close(one, other, relative, what, absolute)
    else:
        assert one == other, f"{what}: {one!r} and {other!r}"


def must_fail(function, *arguments, **options):
    """A comparison is itself tested: it must find a deliberate difference."""
    try:
        function(*arguments, **options)
    except AssertionError:
        return
    raise AssertionError(f"{function.__name__} found nothing")


def _run_one(function):
    try:
        function()
    except Exception:  # pylint: disable=broad-except
        return traceback.format_exc()
    return None


def main():
    global _folder
    failed = 0
    _folder = tempfile.mkdtemp(prefix="titrate-cli-")
    print(f"1..{len(_tests)}")
    try:
        for number, function in enumerate(_tests, 1):
            fault = _run_one(function)
            name = function.__name__.removeprefix("test_").replace("_", " ")
            print(f"{'not ok' if fault else 'ok'} {number} - {name}", flush=True)
            if fault:
                failed += 1
                print("\n".join("# " + line for line in fault.splitlines()), flush=True)
    finally:
        shutil.rmtree(_folder)
    sys.exit(1 if failed else 0)
