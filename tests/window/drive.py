"""Drives the real program in a display and a session bus of its own.

A test script calls run(main); main gets a Program. Everything waits with a deadline and
says what it waited for; nothing is left behind.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

# For what never comes: a busy machine is not a fault.
DEADLINE_S = 20


def inside():
    """Returns in the process that has its own bus; else becomes that process. The bus and
    what it starts talk to nobody: standard output is the test's alone."""
    output = os.environ.get("TITRATE_TEST_OUTPUT")
    if output is not None:
        os.dup2(int(output), 1)
        os.close(int(output))
        return
    folder = tempfile.mkdtemp(prefix="titrate-window-")
    # The accessibility bus keeps its socket there: one of its own for each run.
    output = os.dup(1)
    os.set_inheritable(output, True)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    environment = dict(os.environ, TITRATE_TEST_OUTPUT=str(output), TITRATE_TEST_FOLDER=folder,
                       XDG_RUNTIME_DIR=folder, XDG_CACHE_HOME=folder)
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS"):
        environment.pop(name, None)
    os.execvpe("dbus-run-session",
               ["dbus-run-session", "--", sys.executable] + sys.argv, environment)


def start_display(size):
    """An Xvfb that chooses its own number: the process and the number."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", size + "x24", "-nolisten",
         "tcp"], pass_fds=[write_end], stderr=subprocess.DEVNULL)
    os.close(write_end)
    with os.fdopen(read_end) as numbers:
        return server, ":" + numbers.readline().strip()


def until(what, condition):
    """The first true value of condition(), or an error that says what was missing."""
    end = time.monotonic() + DEADLINE_S
    last = None
    while time.monotonic() < end:
        try:
            last = condition()
        except Exception as error:  # the tree changes while it is read
            last = None
            problem = error
        else:
            problem = None
        if last:
            return last
        time.sleep(0.05)
    raise AssertionError(f"waited {DEADLINE_S} s for {what}; last: {last!r} {problem or ''}")


class Program:
    """The program, seen through its accessibility tree and moved by keys."""

    def __init__(self, path, arguments, folder):
        environment = dict(
            os.environ, GSK_RENDERER="cairo", GDK_BACKEND="x11", GTK_A11Y="atspi",
            G_DEBUG="fatal-warnings", LC_ALL="C.UTF-8", TZ="Europe/Zurich",
            XDG_DATA_HOME=folder, XDG_CONFIG_HOME=folder, GSETTINGS_BACKEND="memory",
            NO_AT_BRIDGE="0")
        self.command = [path] + arguments
        self.environment = environment
        self.folder = folder
        self.log = open(os.path.join(folder, "log"), "w+")
        import gi
        gi.require_version("Atspi", "2.0")
        from gi.repository import Atspi
        self.atspi = Atspi
        self.start()
        self.listen()

    def start(self):
        self.process = subprocess.Popen(self.command, env=self.environment,
                                        stdout=self.log, stderr=self.log)
        self.root = until("the program on the accessibility bus", self.find_root)

    def kill_and_start(self):
        """The program ends at once, without a chance to do anything, and comes back."""
        self.check_alive()
        self.process.kill()
        self.process.wait()
        self.start()

    def start_second(self, *arguments):
        """A second start beside the first: its exit status."""
        return subprocess.run([self.command[0], *arguments], env=self.environment,
                              stdout=self.log, stderr=self.log, timeout=DEADLINE_S).returncode

    def find_root(self):
        self.check_alive()
        desktop = self.atspi.get_desktop(0)
        for i in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(i)
            if child is not None and child.get_process_id() == self.process.pid:
                return child
        return None

    def check_alive(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise SystemExit(f"Bail out! the program ended with {self.process.returncode}:\n"
                             + self.log.read())

    def walk(self, node=None):
        """Every node of the tree, depth first, as it is now."""
        if node is None:
            node = self.root
            node.clear_cache()
        yield node
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield from self.walk(child)

    def has(self, node, *states):
        present = node.get_state_set()
        return all(present.contains(getattr(self.atspi.StateType, s)) for s in states)

    def find(self, role, start, visible=True):
        """The first node of a role whose name starts with `start`, or None."""
        self.check_alive()
        for node in self.walk():
            if (node.get_role_name() == role and (node.get_name() or "").startswith(start)
                    and (not visible or self.has(node, "VISIBLE"))):
                return node
        return None

    def wait(self, role, start):
        return until(f"a {role} named {start!r}", lambda: self.find(role, start))

    def key(self, *keys):
        self.check_alive()
        subprocess.run(["xdotool", "key", "--clearmodifiers"] + list(keys), check=True)

    def type(self, text):
        self.check_alive()
        subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)

    def listen(self):
        """Follows the focus by its events: far quicker than reading the tree."""
        from gi.repository import GLib
        self.context = GLib.MainContext.default()
        self.focus = None
        self.moves = 0
        self.listener = self.atspi.EventListener.new(self.on_focus)
        self.listener.register("object:state-changed:focused")

    def on_focus(self, event):
        if event.detail1 == 1 and event.source.get_process_id() == self.process.pid:
            self.focus = event.source.get_name() or ""
            self.moves += 1

    def move(self, key):
        """Presses a key that moves the focus; the name of where it went."""
        while self.context.iteration(False):
            pass
        before = self.moves
        self.key(key)
        end = time.monotonic() + 2
        while self.moves == before and time.monotonic() < end:
            self.context.iteration(False)
            time.sleep(0.002)
        while self.context.iteration(False):
            pass
        return self.focus or ""

    def move_to(self, start, key="Tab", most=80):
        """Presses `key` until the focus is on what is named so; where it went if never."""
        went = []
        for _ in range(most):
            went.append(self.move(key))
            if went[-1].startswith(start):
                return
        raise AssertionError(f"{key} never reached {start!r}; it went {went}")

    def wait_focus(self, start):
        """Waits until the node whose name starts so has the focus."""
        return until(f"the focus on {start!r}", lambda: next(
            (n for n in self.walk() if self.has(n, "FOCUSED")
             and (n.get_name() or "").startswith(start)), None))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


def run(tests, arguments, size="1366x768", prepare=None):
    """Runs functions of one Program in order; TAP on standard output. `prepare` gets the
    program's data folder before it starts."""
    inside()
    print(f"1..{len(tests)}", flush=True)
    folder = os.environ["TITRATE_TEST_FOLDER"]
    if prepare is not None:
        prepare(folder)
    server, display = start_display(size)
    os.environ["DISPLAY"] = display
    program = None
    failed = 0
    try:
        program = Program(sys.argv[1], arguments, folder)
        for number, test in enumerate(tests, 1):
            try:
                test(program)
                print(f"ok {number} {test.__name__}", flush=True)
            except Exception:
                failed += 1
                for line in traceback.format_exc().splitlines():
                    print("# " + line)
                print(f"not ok {number} {test.__name__}", flush=True)
    finally:
        if program is not None:
            program.stop()
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)
