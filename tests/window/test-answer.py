"""From a typed level to a new answer, by keyboard alone, in the real window."""

import drive


def shows_the_case(program):
    program.wait("frame", "Teaching case 1 · born 1957-05-02 · TEACH-001 · male")
    program.wait("label", "Clearance is ")
    program.wait("image", "Predicted trough ")


def follows_a_level(program):
    before = program.wait("label", "Clearance is ").get_name()
    plot = program.wait("image", "Predicted trough ").get_name()
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.type("2026-03-04 07:30")
    program.key("Tab")
    program.wait_focus("New level, Level")
    program.type("31.2")
    program.wait("label", "Out of date")
    program.key("Return")
    program.wait("text", "Level 3, Level")
    after = drive.until("another conclusion", lambda: other(program, "label", "Clearance is ",
                                                            before))
    assert "28 % below" in after or "below what is typical" in after, after
    drive.until("another plot", lambda: other(program, "image", "Predicted trough ", plot))
    assert program.find("label", "Out of date") is None
    drive.until("the word Saved", lambda: program.find("label", "Saved"))


def other(program, role, start, name):
    node = program.find(role, start)
    return node.get_name() if node is not None and node.get_name() != name else None


def undoes_it(program):
    program.key("ctrl+z")
    drive.until("the level gone", lambda: program.find("text", "Level 3, Level") is None)
    program.wait("label", "Clearance is 9 % above")
    program.key("ctrl+shift+z")
    program.wait("text", "Level 3, Level")
    program.key("ctrl+z")
    drive.until("the level gone", lambda: program.find("text", "Level 3, Level") is None)


def asks_about_a_slip(program):
    """H1: a creatinine that fits the other unit is asked about at the field."""
    program.move_to("Serum creatinine, Value")
    program.key("ctrl+a")
    program.type("97")
    program.key("Return")
    program.wait("push button", "It is 97 µmol/L")
    program.wait("push button", "Keep 97 mg/dL")
    program.wait("label", "Out of date")
    program.key("Escape")
    drive.until("the question gone",
                lambda: program.find("push button", "It is 97 µmol/L") is None)


def draws_a_choice(program):
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.move_to("Show all regimens")
    if not program.move("Tab").startswith("Keep current"):
        assert program.move("Home").startswith("Keep current"), program.focus
    program.move_to("500 mg every 12 h", "Down", 3)
    program.key("Return")
    drive.until("the row selected", lambda: program.has(
        program.find("list item", "500 mg every 12 h"), "SELECTED"))
    # The plot's readout, moved by keys, has a second curve now.
    program.move_to("Predicted trough", "shift+Tab", 8)
    program.key("End")
    drive.until("curve B in the readout", lambda: "B " in (
        program.find("image", "Predicted trough ").get_description()))


def turns_pages(program):
    program.key("alt+2")
    program.wait("label", "How it was found")
    program.key("alt+3")
    program.wait("label", "The people it was built from")
    drive.until("the checks", lambda: program.find("label", "Running") is None
                and next((n for n in program.walk() if "reference checks passed"
                          in (n.get_name() or "")), None))
    program.key("alt+1")
    program.wait("label", "Clearance is ")


if __name__ == "__main__":
    drive.run([shows_the_case, follows_a_level, undoes_it, asks_about_a_slip,
               draws_a_choice, turns_pages], ["--demo"])
