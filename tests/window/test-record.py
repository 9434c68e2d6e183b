"""What the case file can say, said in the real window by keyboard: a sequence of doses, a
session of dialysis, the options, another target, the weight of a level."""

import drive


def type_into(program, name, text):
    program.move_to(name, most=100)
    program.key("ctrl+a")
    program.type(text)
    program.key("Return")


def unfold(program, near, title):
    program.key(near)
    program.wait_focus("New ")
    program.move_to(title)
    program.key("space")


def keeps_a_sequence_half_typed(program):
    program.wait("label", "Clearance is ")
    unfold(program, "ctrl+d", "Sequence of doses")
    type_into(program, "First dose", "2026-03-04 08:00")
    type_into(program, "Amount", "700")
    type_into(program, "Every, hours", "8")
    program.wait("label", "Still to type: Number of doses.")
    assert program.find("label", "Out of date") is None
    type_into(program, "Number of doses", "2.5")
    program.wait("label", "Number of doses: a whole number")


def adds_the_sequence(program):
    type_into(program, "Every, hours", "12")
    type_into(program, "Number of doses", "3")
    program.wait("label", "1 line, 3 doses in all, in mg")
    program.move_to("Add these doses")
    program.key("space")
    program.wait("text", "Dose 3, Amount")
    program.key("ctrl+z")
    drive.until("the doses gone", lambda: program.find("text", "Dose 3, Amount") is None)


def adds_a_session_of_dialysis(program):
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    program.move_to("Sessions of dialysis", "shift+Tab", 40)
    program.key("space")
    type_into(program, "New session, Began", "2026-03-02 13:00")
    type_into(program, "New session, Ended", "4 h")
    type_into(program, "New session, Clearance", "120")
    program.wait("text", "Session 1, Clearance")
    drive.until("the note", lambda: any(
        "Each session of dialysis adds its clearance" in (n.get_name() or "")
        for n in program.walk()))
    row_menu(program, "Session 1, Began", "Remove")
    drive.until("no session", lambda: program.find("text", "Session 1") is None)
    program.key("ctrl+z")
    program.wait("text", "Session 1, Ended")
    program.key("ctrl+z")


def row_menu(program, field, item):
    """Chooses from the menu of the row of a field, by keyboard."""
    program.move_to(field, most=100)
    program.key("shift+F10")
    program.wait("push button", item)
    program.move_to(item, most=15)
    program.key("space")


def knows_a_time_only_as_two(program):
    row_menu(program, "Level 1, Time drawn", "Drawn some time between")
    program.wait_focus("Level 1, Drawn at the latest")
    program.type("11:45")
    program.key("Return")
    drive.until("the words under the level", lambda: any(
        "drawn then or until 11:45" in (n.get_name() or "") for n in program.walk()))
    drive.until("the note", lambda: any(
        "Level 1 was drawn at an unknown time" in (n.get_name() or "")
        for n in program.walk()))
    program.key("ctrl+z")
    drive.until("the field gone", lambda: program.find("text", "Level 1, Drawn at") is None)


def leaves_out_a_missed_dose(program):
    row_menu(program, "Dose 2, Given from", "Doses not given")
    program.wait("check box", "Given at 2026-03-01 20:00")
    program.wait("frame", "Doses not given · Teaching case 1 · born 1957-05-02")
    program.move_to("Given at 2026-03-02 08:00", most=10)
    program.key("space")
    program.move_to("Apply", most=10)
    program.key("space")
    program.wait("text", "Dose 3, Amount")
    assert program.find("frame", "Doses not given") is None
    program.key("ctrl+z")
    drive.until("one line again", lambda: program.find("text", "Dose 3") is None)


def weighs_a_level(program):
    type_into(program, "Level 1, Weight", "0.3")
    program.wait("label", "Clearance is ")
    program.key("ctrl+z")


def sets_options(program):
    unfold(program, "ctrl+e", "Options")
    type_into(program, "Weight of the prior", "3")
    program.wait("label", "Options · every 8, 12, 24 h · prior 3")
    type_into(program, "Intervals wished for", "8, 36")
    program.wait("label", "Options · every 8, 36 h · prior 3")
    type_into(program, "Weight of the prior", "30")
    program.wait("label", "The weight of the prior is above 0")
    program.key("Escape")


def takes_another_target(program):
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.move_to("Target: ")
    program.key("space", "End", "Up", "Up", "Return")
    program.wait("label", "Type the limits and what else is empty")
    type_into(program, "Target from", "350")
    type_into(program, "Minimal inhibitory", "0.5")
    drive.until("the target taken",
                lambda: program.find("label", "Type the limits") is None)
    drive.until("AUC24/MIC in the words", lambda: any(
        "AUC24/MIC" in (node.get_name() or "") for node in program.walk()
        if node.get_role_name() == "label"))


def says_the_formulation_of_a_dose(program):
    """What a covariate said of all doses is said by each of them."""
    program.key("ctrl+f")
    program.wait_focus("Search patients")
    program.move_to("Teaching case 2", most=5)
    program.key("Return")
    program.wait("frame", "Teaching case 2")
    program.wait("combo box", "Formulation")
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    program.move_to("Dose 1, Given from", "shift+Tab", 10)
    program.key("shift+F10")
    program.wait("push button", "Formulation: Advagraf")
    program.move_to("Formulation: Advagraf", most=15)
    program.key("space")
    drive.until("the formulation under the dose", lambda: any(
        "Advagraf" in (n.get_name() or "") and "last Sat 7 Mar" in n.get_name()
        for n in program.walk()))
    drive.until("no covariate of it",
                lambda: program.find("combo box", "Formulation") is None)


if __name__ == "__main__":
    drive.run([keeps_a_sequence_half_typed, adds_the_sequence, adds_a_session_of_dialysis,
               knows_a_time_only_as_two,
               leaves_out_a_missed_dose, weighs_a_level, sets_options,
               takes_another_target, says_the_formulation_of_a_dose], ["--demo"])
