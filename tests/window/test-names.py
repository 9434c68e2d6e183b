"""Everything that can take the focus has a name, and Tab comes round to all sections."""

import drive


def everything_has_a_name(program):
    program.wait("label", "Clearance is ")
    unnamed = []
    for node in program.walk():
        if not program.has(node, "FOCUSABLE"):
            continue
        name = node.get_name() or ""
        if name == "" or name.startswith("Gtk") or name.startswith("Adw"):
            unnamed.append(f"{node.get_role_name()} {name!r} in "
                           f"{node.get_parent().get_name()!r}")
    assert not unnamed, "without a name: " + "; ".join(unnamed)


def tab_comes_round(program):
    wanted = ["Name", "Sex", "Drug and model", "Body weight, Value", "Dose 1, Amount",
              "New level, Level", "Target", "Predicted trough", "Keep current",
              "Search patients"]
    seen = [program.move("Tab") for _ in range(90)]
    opened = [n.get_name() for n in program.walk() if n.get_role_name() == "list item"
              and program.has(n, "SELECTED") and "Vancomycin" in n.get_name()]
    assert opened and opened[0].startswith("Teaching case 1"), \
        f"the focus passing by selects another patient: {opened}"
    missing = [w for w in wanted if not any(s.startswith(w) for s in seen)]
    if missing:
        raise AssertionError(f"Tab never reached {missing}; it went {seen}")


def windows_of_help_open(program):
    """The shortcuts and the preferences, without a warning (warnings end the program)."""
    program.key("ctrl+question")
    program.wait("label", "Take back what is being typed")
    program.key("Escape")
    program.key("ctrl+comma")
    program.wait("label", "Appearance")
    program.key("Escape")
    drive.until("the preferences closed",
                lambda: program.find("label", "Appearance") is None)


def titles_hold_the_identity(program):
    """H12: who it is stands in the title of the window."""
    program.key("ctrl+n")
    program.wait("frame", "Unnamed patient")
    program.wait_focus("Name")
    program.type("Doe, Jane")
    program.key("Tab")
    program.wait("frame", "Doe, Jane")
    assert program.find("label", "Clearance is ") is None, "an answer of another patient"


if __name__ == "__main__":
    drive.run([everything_has_a_name, tab_comes_round, windows_of_help_open,
               titles_hold_the_identity], ["--demo"])
