"""What the program says when it cannot open a window, and about itself."""

import os
import subprocess
import sys


def call(*arguments):
    environment = {k: v for k, v in os.environ.items()
                   if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run([sys.argv[1], *arguments], env=environment, text=True,
                          capture_output=True, timeout=60)


def check(number, name, ok, answer):
    if not ok:
        print(f"# status {answer.returncode}\n# {answer.stdout!r}\n# {answer.stderr!r}")
    print(f"{'ok' if ok else 'not ok'} {number} {name}")
    return ok


print("1..3")
version = call("--version")
display = call("--demo")
wrong = call("--nonsense")
results = [
    check(1, "version", version.returncode == 0 and version.stdout.startswith("titrate 0."),
          version),
    check(2, "no display", display.returncode == 4 and "titrate-cli" in display.stderr,
          display),
    check(3, "wrong option", wrong.returncode == 2 and "--nonsense" in wrong.stderr, wrong),
]
sys.exit(0 if all(results) else 1)
