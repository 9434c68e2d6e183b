"""Models whose files are not those that ship: an altered one gives no advice until it is
accepted on its page, a user's own is marked; the page shows all that is known of the drug."""

import os
import shutil

import drive


def prepare(folder):
    """A library with a comment more in one file, and a model of the user's own."""
    library = os.path.join(folder, "library")
    shutil.copytree(os.environ["TITRATE_MODELS_DIR"], library)
    with open(os.path.join(library, "vancomycin-goti-2018.model"), "a", encoding="utf-8") as file:
        file.write("\n# Looked at, and found right.\n")
    with open(os.path.join(library, "vancomycin-thomson-2009.model"), encoding="utf-8") as file:
        own = file.read().replace("vancomycin-thomson-2009", "vancomycin-ours-2026")
    os.makedirs(os.path.join(folder, "titrate", "models"))
    path = os.path.join(folder, "titrate", "models", "vancomycin-ours-2026.model")
    with open(path, "w", encoding="utf-8") as file:
        file.write(own.replace("(Thomson 2009", "(our hospital"))
    path = os.path.join(folder, "titrate", "models", "vancomycin-broken-2026.model")
    with open(path, "w", encoding="utf-8") as file:
        file.write(own[:900])
    os.environ["TITRATE_MODELS_DIR"] = library


def says(program, words):
    return drive.until(f"the words {words!r}", lambda: next(
        (n for n in program.walk() if words in (n.get_name() or "")
         and program.has(n, "VISIBLE")), None))


def says_what_is_left_out(program):
    says(program, "A model of your own is left out: ")
    program.key("Escape")
    drive.until("the dialog closed", lambda: not any(
        "is left out: " in (n.get_name() or "") for n in program.walk()))


def withholds_advice(program):
    says(program, "No advice is given: ")
    assert program.find("list item", "Keep current") is None


def accepts_it_on_its_page(program):
    program.key("alt+3")
    program.wait("push button", "Accept this altered file")
    program.move_to("Accept this altered file", most=90)
    program.key("space")
    drive.until("the button gone",
                lambda: program.find("push button", "Accept this altered") is None)
    says(program, "accepted")
    program.key("alt+1")
    program.wait("label", "Clearance is ")
    program.wait("list item", "Keep current")


def shows_the_drug(program):
    program.key("alt+3")
    for words in ["250 to 3000 in steps of 250 mg", "600 mg/h", "4500 mg", "1449.3 g/mol",
                  "above 600 mg", "Rybak 2020", "LOINC codes are", "the last one holds", "This patient beside"]:
        says(program, words)
    says(program, "reference checks passed on this computer")


def marks_what_is_the_users_own(program):
    program.key("ctrl+d")
    program.wait_focus("New dose, Given from")
    program.move_to("Drug and model", "shift+Tab", 40)
    program.key("space")
    program.wait_focus("Search models")
    says(program, "· your own")
    # At once: what was typed last counts before the list has followed.
    program.type("our hospital")
    program.key("Return")
    says(program, "This is a local model")


if __name__ == "__main__":
    drive.run([says_what_is_left_out, withholds_advice, accepts_it_on_its_page, shows_the_drug,
               marks_what_is_the_users_own], ["--demo"], prepare=prepare)
