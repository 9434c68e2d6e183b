#!/usr/bin/python3
"""From the start of the window to its first frame on the screen, under Xvfb.

Usage: first-frame.py TITRATE. Prints the median and the range over several starts.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time

STARTS = 7
WAIT_S = 60


def is_visible(env):
    """Whether the window is on the screen; a window that just went away is no error."""
    found = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--name", "Titrate|Teaching"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return found.returncode == 0


def first_frame(program, env):
    """Seconds until the teaching case's window can be seen."""
    start = time.monotonic()
    child = subprocess.Popen(
        [program, "--demo"], env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not is_visible(env):
            if time.monotonic() - start > WAIT_S:
                raise TimeoutError("no window after %d s" % WAIT_S)
        return time.monotonic() - start
    finally:
        child.terminate()
        child.wait()


def measure(program):
    env = dict(os.environ, GDK_BACKEND="x11", GSK_RENDERER="cairo")
    env.pop("WAYLAND_DISPLAY", None)
    with tempfile.TemporaryDirectory() as home:
        env.update(HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home,
                   XDG_CACHE_HOME=home)
        times = [first_frame(program, env) for _ in range(STARTS + 1)][1:]
    print("start of titrate --demo to its window: %.0f ms (%.0f to %.0f)" % (
        1e3 * statistics.median(times), 1e3 * min(times), 1e3 * max(times)))


def main():
    if "TITRATE_BENCH_INSIDE" in os.environ:
        measure(sys.argv[1])
        return
    env = dict(os.environ, TITRATE_BENCH_INSIDE="1")
    command = ["dbus-run-session", "--", "xvfb-run", "-a", "-s",
               "-screen 0 1366x768x24 -noreset", sys.executable, __file__, sys.argv[1]]
    result = subprocess.run(command, env=env, text=True, capture_output=True)
    sys.stdout.write(result.stdout)
    if result.returncode != 0:
        sys.stderr.write(result.stderr)
        sys.exit(1)


main()
