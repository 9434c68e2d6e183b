"""The words for the report: looked at, edited, out of date, restored."""

import drive


def says_them(program):
    program.wait("push button", "Words for the report: what was found")
    press(program, "Words for the report: ")
    view = program.wait("text", "Words for the report")
    drive.until("the words", lambda: length(view) > 300)
    assert program.find("push button", "Restore the program's words") is None


def keeps_what_is_typed(program):
    """Typed at the end of what is there: kept in the case, said to be edited."""
    view = program.wait("text", "Words for the report")
    before = length(view)
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.move_to("Words for the report: ", most=100)
    assert program.move("Tab") == "Words for the report"
    program.key("ctrl+End")
    program.type(" Seen on the ward.")
    program.wait("push button", "Words for the report: edited by hand.")
    program.wait("label", "These words were edited by hand on ")
    assert length(program.wait("text", "Words for the report")) == before + 18
    program.wait("push button", "Restore the program's words")
    assert program.find("push button", "Keep my words") is None


def warns_when_the_numbers_change(program):
    """Another regimen is chosen: the words stay, and are said to be out of date."""
    program.move_to("1250 mg every 24 h", "shift+Tab", 12)
    program.key("Return")
    program.wait("push button", "Words for the report: edited by hand, and the numbers")
    program.wait("label", "The program says now:")
    assert length(program.wait("text", "Words for the report")) > 300
    press(program, "Keep my words")
    program.wait("push button", "Words for the report: edited by hand.")
    assert program.find("label", "The program says now:") is None


def restores_the_programs(program):
    press(program, "Restore the program's words")
    program.wait("push button", "Words for the report: what was found")
    drive.until("no button to restore",
                lambda: program.find("push button", "Restore the program's") is None)


def length(view):
    return view.get_text_iface().get_character_count()


def press(program, start):
    program.wait("push button", start).get_action_iface().do_action(0)


if __name__ == "__main__":
    drive.run([says_them, keeps_what_is_typed, warns_when_the_numbers_change,
               restores_the_programs], ["--demo"])
