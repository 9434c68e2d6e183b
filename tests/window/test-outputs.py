"""A model of two things: the plot shows either, chosen by keyboard in the real window."""

import pathlib

import drive

CASE = pathlib.Path(__file__).parent / "two-outputs.json"


def shown(program, what):
    node = program.find("image", "Predicted")
    return node is not None and node.get_name().endswith(f"The plot shows {what}.")


def shows_what_the_target_is_of(program):
    drive.until("the INR", lambda: shown(program, "INR"))
    program.wait("label", "2.1 · 9 Mar")


def shows_the_drug(program):
    program.move_to("What the plot shows", most=140)
    program.key("space")
    program.key("Down")
    program.key("Return")
    drive.until("the drug", lambda: shown(program, "S-warfarin, plasma"))
    program.wait("combo box", "What the plot shows: S-warfarin")


def keeps_it_while_the_record_is_edited(program):
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.move_to("Level 2, Level", key="shift+Tab")
    program.key("ctrl+a")
    program.type("0.47")
    program.key("Return")
    drive.until("the new answer", lambda: program.find("label", "Out of date") is None)
    assert shown(program, "S-warfarin, plasma")


if __name__ == "__main__":
    drive.run([shows_what_the_target_is_of, shows_the_drug,
               keeps_it_while_the_record_is_edited], [str(CASE)])
