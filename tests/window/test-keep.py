"""A new patient typed by keyboard alone; what is typed, saved, printed and exported stays."""

import json
import os
import shutil
import sqlite3
import subprocess

import drive

MARKS = ["Meierhofer, Anna", "P-47113", "1961-09-30"]


def starts_empty(program):
    program.wait("frame", "Titrate")
    program.wait("label", "No patients yet")
    program.wait("push button", "New patient")


def takes_a_new_patient(program):
    """Who, model, covariates, doses, level: to the answer without the mouse."""
    program.key("ctrl+n")
    program.wait_focus("Name")
    program.type(MARKS[0])
    program.move_to("Identifier", most=1)
    program.type(MARKS[1])
    program.move_to("Sex", most=1)
    # A drop-down opens, takes the third choice and closes.
    program.key("space")
    program.wait("label", "Female")
    program.key("Down", "Down", "Return")
    program.wait("frame", MARKS[0] + " · " + MARKS[1] + " · female")
    program.move_to("Birth date")
    program.type(MARKS[2])
    program.move_to("Drug and model")
    choose_model(program)
    program.move_to("Body weight, Value")
    program.type("72.4")
    program.move_to("Serum creatinine, Value")
    program.type("97")
    program.key("Return")
    program.wait("push button", "It is 97 µmol/L")
    program.move_to("It is 97 µmol/L", most=3)
    program.key("Return")
    program.wait("label", "= 1.1 mg/dL")


def choose_model(program):
    program.key("space")
    program.wait_focus("Search models")
    program.type("vancomycin, hosp")
    drive.until("one model found", lambda: program.find("label", "Amikacin") is None
                and program.find("label", "Vancomycin, hospitalised adults"))
    program.key("Return")
    program.wait("label", "Body weight")


def answers(program):
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    for text in ["2026-11-19 08:00", "1000", "1", "12"]:
        program.type(text)
        program.move("Tab")
    program.type("4")
    program.key("Return")
    program.wait("text", "Dose 1, Amount")
    program.wait("label", "No level is used")
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.type("2026-11-20 19:30")
    program.move("Tab")
    program.type("14.2")
    program.key("Return")
    program.wait("text", "Level 1, Level")
    program.wait("label", "Clearance is ")
    program.wait("list item", "Keep current")
    drive.until("the word Saved", lambda: program.find("label", "Saved"))


def save_as(program, keys, path):
    """Answers the file chooser that `keys` open; waits until the file is whole."""
    program.key(keys)
    drive.until("the file chooser", lambda: next(
        (n for n in program.walk() if program.has(n, "FOCUSED") and program.has(n, "EDITABLE")
         and n.get_role_name() == "text"
         and "P-47113" in program.atspi.Text.get_text(
             n, 0, program.atspi.Text.get_character_count(n))), None))
    program.key("ctrl+a")
    program.type(path)
    program.key("Return")
    drive.until(path, lambda: os.path.exists(path) and os.path.getsize(path) > 0)


def saves_the_report(program):
    """H12, H29: the page says who it is."""
    path = os.path.join(program.folder, "report.pdf")
    save_as(program, "ctrl+shift+p", path)
    program.wait("label", "Report saved")
    text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True,
                          capture_output=True, text=True).stdout
    for mark in MARKS + ["72.4 kg", "97 µmol/L", "14.2 mg/L", "page 1 of 2"]:
        assert mark in text, f"{mark!r} is not in the report:\n{text}"


def exports_what_it_imports(program):
    """A second start hands its file to the first window, and ends."""
    first = os.path.join(program.folder, "first.json")
    second = os.path.join(program.folder, "second.json")
    save_as(program, "ctrl+shift+e", first)
    program.wait("label", "Case exported")
    with open(first, encoding="utf-8") as file:
        case = json.load(file)
    assert case["covariates"][1]["unit"] == "umol/L", case
    case["levels"][0]["value"] = 14.7
    with open(first, "w", encoding="utf-8") as file:
        json.dump(case, file)
    assert program.start_second(first) == 0
    drive.until("two cases", lambda: len([n for n in program.walk() if n.get_role_name()
                == "list item" and n.get_name().startswith(MARKS[0])]) == 2)
    drive.until("the imported case open", lambda: next(
        (n for n in program.walk() if n.get_name() == "Level 1, Level"
         and program.atspi.Text.get_text(n, 0, 4) == "14.7"), None))
    program.wait("label", "Clearance is ")
    save_as(program, "ctrl+shift+e", second)
    with open(second, encoding="utf-8") as file:
        assert json.load(file) == case


def drafts(program):
    """The drafts on disk, read from a copy: the program holds the database."""
    copy = os.path.join(program.folder, "copy")
    os.makedirs(copy, exist_ok=True)
    for name in ["titrate.db", "titrate.db-wal"]:
        source = os.path.join(program.folder, "titrate", name)
        if os.path.exists(source):
            shutil.copy(source, os.path.join(copy, name))
    database = sqlite3.connect(os.path.join(copy, "titrate.db"))
    try:
        return [text for row in database.execute("SELECT * FROM drafts") for text in row]
    finally:
        database.close()
        shutil.rmtree(copy)


def loses_nothing(program):
    """H23: killed while a level is being typed, the text is there at the next start."""
    program.key("ctrl+e")
    program.wait_focus("New level, Time drawn")
    program.type("2026-11-21 07:1")
    drive.until("the draft on disk", lambda: "2026-11-21 07:1" in drafts(program))
    program.kill_and_start()
    program.wait("frame", "Titrate")
    program.wait("list item", MARKS[0])
    program.key("ctrl+f")
    program.wait_focus("Search patients")
    program.move_to(MARKS[0], "Tab", 3)
    program.key("Return")
    program.wait("frame", MARKS[0] + " · born " + MARKS[2])
    drive.until("the draft", lambda: next(
        (n for n in program.walk() if n.get_name() == "New level, Time drawn"
         and program.atspi.Text.get_text(n, 0, 15) == "2026-11-21 07:1"), None))
    # The answer of the record is there, and says that it is not of what is typed.
    program.wait("label", "Out of date")
    program.wait("label", "Clearance is ")


def says_why_advice_is_withheld(program):
    """H18: a level that no such patient could have."""
    path = os.path.join(program.folder, "first.json")
    with open(path, encoding="utf-8") as file:
        case = json.load(file)
    case["levels"][0]["value"] = 941.5
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case, file)
    assert program.start_second(path) == 0
    why = program.wait("label", "No advice is given: ").get_name()
    assert len(why) > len("No advice is given: ") + 20, why
    assert program.find("list item", "Keep current") is None


if __name__ == "__main__":
    drive.run([starts_empty, takes_a_new_patient, answers, saves_the_report,
               exports_what_it_imports, loses_nothing, says_why_advice_is_withheld], [])
