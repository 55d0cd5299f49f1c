"""The themes of case notifications: what the manual tells of them, and files that are refused (SPEC N1, seed 004)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msreg.config import data_folder
from msreg.errors import NotFound
from msreg.forms.conditions import asked
from msreg.forms.load import CASE_FORMS, load
from msreg.forms.themes import BrokenThemes, Theme, case_form, read_themes, theme, themes, themes_of
from msreg.rules.case_windows import Window
from msreg.vocabulary import Language, Process

KEYS = (
    "maternal_death", "peripartum_hysterectomy", "embolisation", "relaparotomy", "acute_fatty_liver", "late_termination",
)  # fmt: skip
TEXT = (data_folder() / "themes.toml").read_text(encoding="utf-8")
each_theme = pytest.mark.parametrize("found", themes(), ids=lambda each: each.key)
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_six_in_the_order_of_the_manual() -> None:
    assert tuple(each.key for each in themes()) == KEYS
    assert [each.key for each in themes_of(Process.LATE_TERMINATION)] == ["late_termination"]
    assert [each.key for each in themes_of(Process.NETHOSS)] == list(KEYS[:5])


def test_the_windows() -> None:
    days, year = Window(after="delivery_date", days=42, pregnant=True), Window(
        after="delivery_date", years=1, pregnant=True
    )  # fmt: skip
    assert [each.window for each in themes()] == [
        year, days, days, Window(after="caesarean_date", days=42), None, Window(weeks=24, confirmed="not_viable"),
    ]  # fmt: skip


def test_the_lists_of_documents_that_the_manual_shows() -> None:
    """Seed 004, word for word (its one typing error aside)."""
    assert [each.label["nl"] for each in theme("HYS").wanted] == [
        "zwangerschapskaart (1e/2e/3e lijn)",
        "partusverslag",
        "OK-verslag",
        "anesthesieverslag inclusief vitale parameters",
        "relevante diagnostiek (echo, laboratorium)",
        "bloedtransfusie lab (indien van toepassing)",
        "ontslagbrieven alle betrokken specialisten",
        "pathologierapport",
    ]
    assert [each.label["nl"] for each in theme("REL").wanted] == [
        "zwangerschapskaart (1e/2e/3e lijn)",
        "partusverslag",
        "OK-verslag",
        "anesthesieverslag inclusief vitale parameters",
        "decursus opname",
        "relevante diagnostiek (echo, laboratorium)",
        "ontslagbrieven alle betrokken specialisten",
    ]


def test_the_lists_that_follow_from_that_of_hysterectomy() -> None:
    hysterectomy = [each.key for each in theme("HYS").wanted]
    death = [each.key for each in theme("maternal_death").wanted]
    assert death == [*hysterectomy, "autopsy_report", "crf"]
    embolisation = {each.key for each in theme("EMB").wanted}
    assert embolisation == set(hysterectomy) - {"operation_report", "pathology_report"} | {"radiology_report"}


def test_forms_beside_that_of_the_case() -> None:
    assert {each.key: each.forms for each in themes() if each.forms} == {
        "maternal_death": ("crf_maternal_death",),
        "acute_fatty_liver": ("swansea",),
    }


@each_theme
def test_texts_are_there_in_both_languages(found: Theme) -> None:
    for text in (found.label, found.inclusion, found.event, *(each.label for each in found.wanted)):
        assert set(text) == set(Language)
        assert all(each and each.strip() == each for each in text.values())


@each_theme
def test_the_form_asks_what_the_theme_says(found: Theme) -> None:
    """The conditions of the form and the data of the themes tell the same."""
    answers = {"theme": found.key, "pregnancy_ended": True}
    shown = [key for key, yes in asked(load("case"), answers).items() if yes]
    assert shown == ["theme", "patient_number", *found.questions]


@each_theme
def test_the_theme_is_a_choice_of_the_form(found: Theme) -> None:
    choices = load("case")["theme"].choices
    assert [each.code for each in choices] == list(KEYS)
    (choice,) = (each for each in choices if each.code == found.key)
    assert choice.label == found.label
    assert found.code in choice.also


@each_theme
def test_the_form_speaks_of_the_event_in_the_words_of_the_theme(found: Theme) -> None:
    form = case_form(found.key)
    assert form["event_date"].label == found.event
    assert form.keys == load("case").keys
    assert [each for each in form.items if each.key != "event_date"] == [
        each for each in load("case").items if each.key != "event_date"
    ]


@pytest.mark.parametrize(
    "name", ["relaparotomy", "REL", "rel", " Relaparotomie na sectio ", "RELAPAROTOMY AFTER CAESAREAN"]
)
def test_a_theme_by_key_code_or_name(name: str) -> None:
    assert theme(name).key == "relaparotomy"


@pytest.mark.parametrize("name", ["", "rela", "Bakker"])
def test_what_is_no_theme_is_not_repeated(name: str) -> None:
    with pytest.raises(NotFound) as told:
        theme(name)
    assert told.value.text() == "There is no such theme."
    assert all(key in (told.value.hint_text() or "") for key in KEYS)


def test_forms_of_cases_are_all_used() -> None:
    used = {form for each in themes() for form in each.forms}
    assert used == set(CASE_FORMS) - {"case"}


def test_a_file_of_ones_own_reads_back(written: Written) -> None:
    assert read_themes(written(TEXT)) == themes()


WRONG = {
    "no toml": ("[[themes]]", "[[themes", "cannot be read"),
    "a word": ('code = "HYS"', 'code = "HYS"\ncolour = "red"', "peripartum_hysterectomy: there is no word colour here"),
    "a table": ("[documents.crf]", "[extra]\n[documents.crf]", "there is no word extra here"),
    "no code": ('code = "HYS"\n', "", "peripartum_hysterectomy: code is missing"),
    "the code of another": ('code = "HYS"', 'code = "REL"', "the key, the code or the name of peripartum_hysterectomy"),
    "a process": ('process = "lza1"', 'process = "lza2"', "late_termination: process must be one of nethoss, lza1"),
    "one language": (', en = "Maternal death"', "", "maternal_death: label must be there in nl and en"),
    "a document": ('"admission_notes",', '"notes",', "relaparotomy: there is no document notes"),
    "a document twice": ('"admission_notes",', '"diagnostics",', "relaparotomy: wanted holds a word twice"),
    "nobody's document": ('"team_advice", ', "", "–: no theme wants the document team_advice"),
    "a question": ('"gestation_weeks", "not_viable"]', '"weight"]', "the form of a case has no question weight"),
    "a window's question": ('"gestation_weeks", "not_viable"]', '"not_viable"]', "its window reads gestation_weeks"),
    "a window's word": ("{ weeks = 24,", "{ month = 6,", "late_termination: there is no word month here"),
    "a window's number": ("{ weeks = 24,", '{ weeks = "24",', "weeks is not what it should be: int"),
    "a yes for a number": ("{ weeks = 24,", "{ weeks = true,", "weeks is not what it should be: int"),
    "an endless window": ("days = 42 }", "pregnant = true }", "relaparotomy: its window: "),
    "a form": ('forms = ["swansea"]', 'forms = ["course"]', "there is no form course of a case"),
    "a form that lacks": ('forms = ["swansea"]\n', "", "are not the same"),
    "a document's form": ('form = "swansea"', 'form = "swanzea"', "swansea: there is no form swanzea of a case"),
    "nothing to judge by": ("window = { weeks = 24, confirmed = \"not_viable\" }\n", "", "neither a window nor a form"),
    "no list": ('questions = ["event_date"]', 'questions = "event_date"', "questions must be a list of words"),
    "no yes or no": ("if_applicable = true", "if_applicable = 1", "if_applicable is not what it should be: bool"),
    "no themes": (TEXT[TEXT.index("[[themes]]") :], "", "it has no themes"),
    "no table of documents": (TEXT[: TEXT.index("[[themes]]")], "documents = 3\n", "own.toml, –: "),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_broken_file_is_refused_with_place_and_reason(name: str, written: Written) -> None:
    before, behind, expected = WRONG[name]
    assert before in TEXT
    with pytest.raises(BrokenThemes) as told:
        read_themes(written(TEXT.replace(before, behind, 1)))
    assert expected in told.value.text()
    assert told.value.text().startswith("own.toml")
    assert "{" not in told.value.text().partition(": ")[0]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenThemes):
        read_themes(tmp_path / "none.toml")
