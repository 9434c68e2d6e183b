"""Several models side by side on their own page: chosen, weighed, compared, undone."""

import drive


def compares_the_nearest(program):
    program.wait("label", "Clearance is ")
    program.key("alt+4")
    program.wait("label", "4 models together: ")
    program.wait("image", "Average curve of the models. 4 models together")
    program.wait("label", "AUC24 by model")
    program.wait("label", "prior at a quarter of its strength")
    own = program.wait("check box", "Vancomycin, hospitalised adults, with or without")
    assert program.has(own, "CHECKED") and not program.has(own, "SENSITIVE")


def keeps_the_choice_with_the_case(program):
    other = next(n for n in program.walk() if n.get_role_name() == "check box"
                 and program.has(n, "CHECKED", "SENSITIVE")
                 and (n.get_name() or "").startswith("Vancomycin"))
    name = other.get_name()
    program.move_to(name, most=120)
    program.key("space")
    program.wait("label", "3 models together: ")
    program.key("ctrl+z")
    program.wait("label", "4 models together: ")
    assert program.has(program.find("check box", name), "CHECKED")
    program.key("ctrl+shift+z")
    program.wait("label", "3 models together: ")
    assert not program.has(program.find("check box", name), "CHECKED")


def weighs_by_another_rule(program):
    program.move_to("Probability of the levels", most=120)
    program.key("Right", "Right", "Right")
    drive.until("three alike", lambda: sum(
        1 for n in program.walk() if n.get_role_name() == "label"
        and n.get_name() == "33 %" and program.has(n, "VISIBLE")) >= 3)


if __name__ == "__main__":
    drive.run([compares_the_nearest, keeps_the_choice_with_the_case,
               weighs_by_another_rule], ["--demo"])
