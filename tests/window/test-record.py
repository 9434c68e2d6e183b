"""What the case file can say, said in the real window by keyboard: a sequence of doses, a
session of dialysis, a missed dose, other targets, and the options."""

import drive


def gone(program, role, start):
    drive.until(f"no {role} {start!r}", lambda: program.find(role, start) is None)


def type_into(program, name, text):
    program.move_to(name)
    program.key("ctrl+a")
    program.type(text)


def adds_a_sequence(program):
    program.wait("label", "Clearance is ")
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    program.move_to("Sequence of doses")
    program.key("space")
    program.move_to("Pattern of the sequence: Again and again")
    program.key("Down", "Down", "Down", "Return")
    program.wait_focus("Pattern of the sequence: Tapering")
    type_into(program, "First dose", "2026-03-04 08:00")
    program.key("Tab")
    program.type("900, 600 300")
    program.key("Tab")
    program.type("12")
    program.wait("label", "Still to type: Days each")
    # What was typed comes back after an end without warning.
    program.kill_and_start()


def keeps_what_was_typed(program):
    program.wait("label", "Clearance is ")


def sets_options(program):
    program.wait("label", "Clearance is ")
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    program.move_to("Options")
    program.key("space")
    type_into(program, "Weight of the prior", "3")
    program.key("Return")
    program.wait("toggle button", "Options · prior 3")
