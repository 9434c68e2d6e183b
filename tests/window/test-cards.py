"""What follows the answer: the cards under the proposals, looked at and opened by hand."""

import drive


def says_when_to_draw(program):
    program.wait("label", "Clearance is ")
    program.wait("push button", "Next level: A level on Wed 4 Mar")
    assert program.find("push button", "Copy 2026-03-04") is None


def opens_the_times(program):
    press(program, "Next level: ")
    program.wait("push button", "Copy 2026-03-04")
    program.wait("label", "Level to expect")
    press(program, "Next level: ")
    drive.until("the times folded",
                lambda: program.find("push button", "Copy 2026-03-04") is None)


def keeps_to_the_hours_of_the_ward(program):
    """The hours stand in the options of the case; undone, the first time is back."""
    before = program.wait("push button", "Next level: A level").get_name()
    press(program, "Options")
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.move_to("Next level drawn from", most=100)
    program.type("13:00-15:00")
    program.key("Return")
    program.wait("label", "Options · every 8, 12, 24 h · level 13:00–15:00")
    after = drive.until("a time in these hours", lambda: program.find(
        "push button", "Next level: A level on Tue 3 Mar 1"))
    assert after.get_name() != before
    program.key("ctrl+z")
    drive.until("the first time again", lambda: program.find(
        "push button", "Next level: A level").get_name() == before)


def shows_more_or_fewer_regimens(program):
    """The best alone, the best of each interval, all; the current one is always there."""
    every = regimens(program)
    assert len(every) > 6 and every[0].startswith("Keep current")
    shown = {}
    for button, most in (("Show the best regimen of each interval", len(every) - 1),
                         ("Show the best regimen", 2), ("Show all regimens", len(every))):
        node = next(n for n in program.walk() if n.get_name() == button)
        node.get_action_iface().do_action(0)
        shown[button] = drive.until(f"at most {most} rows", lambda: (
            lambda rows: rows if len(rows) <= most else None)(regimens(program)))
    few, best, again = shown.values()
    assert best == every[:2] and best[1] in few and 2 < len(few) < len(every)
    drive.until("all again", lambda: regimens(program) == every)
    intervals = [name.split(" every ")[1].split(",")[0] for name in few[1:]]
    assert len(set(intervals)) == len(intervals), intervals
    program.wait("label", "For comparison, were there any amount: ")


def regimens(program):
    return [n.get_name() for n in program.walk()
            if n.get_role_name() == "list item" and ": trough " in (n.get_name() or "")]


def says_what_the_advice_hangs_on(program):
    """The card names a doubt; opened it has them all, and folded again none."""
    program.wait("push button", "Would the advice change?: None of these doubts would")
    assert program.find("label", "the time of the second level") is None
    press(program, "Would the advice change?: ")
    program.wait("label", "the time of the second level")
    program.wait("label", "500 mg every 12 h, infused over 1 h, within the target with")
    press(program, "Would the advice change?: ")
    drive.until("the doubts folded",
                lambda: program.find("label", "the time of the second level") is None)


def press(program, start):
    program.wait("push button", start).get_action_iface().do_action(0)


if __name__ == "__main__":
    drive.run([says_when_to_draw, shows_more_or_fewer_regimens, opens_the_times, says_what_the_advice_hangs_on,
               keeps_to_the_hours_of_the_ward], ["--demo"])
