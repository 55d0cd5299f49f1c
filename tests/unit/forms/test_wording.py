"""The official wording from the file of the registry office (SPEC Q2); without it the labels of msreg."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from msreg.errors import Usage
from msreg.forms.load import load
from msreg.forms.wording import worded
from msreg.rules.eq5d import DIMENSIONS, LEVELS

Written = Callable[[str], Path]


def texts(language: str) -> str:
    """Made-up words in the layout of docs/how-to/proms.md; what EuroQol wrote stands nowhere in msreg."""
    parts = []
    for dimension in DIMENSIONS:
        lines = [f'{level} = "{language} {dimension} text {level}"' for level in LEVELS]
        parts.append("\n".join((f"[{language}.{dimension}]", f'label = "{language} {dimension}"', *lines)))
    return "\n".join(
        (*parts, f"[{language}.health_score]", f'label = "{language} score"', 'help = "say it"', "")
    )


BOTH = texts("nl") + texts("en")


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "words.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_without_a_file_the_form_is_what_it_was() -> None:
    form = load("eq5d5l")
    assert worded(form, None) is form


def test_other_forms_never_look_at_the_file(tmp_path: Path) -> None:
    """A broken file does not stand in the way of a course."""
    course = load("course")
    assert worded(course, tmp_path / "none.toml") is course


def test_a_form_is_asked_in_the_words_of_the_office(written: Written) -> None:
    own, form = load("eq5d5l"), worded(load("eq5d5l"), written(BOTH))
    for dimension in DIMENSIONS:
        item = form[dimension]
        assert item.label == {"nl": f"nl {dimension}", "en": f"en {dimension}"}
        assert [choice.code for choice in item.choices] == list(LEVELS)
        assert item.choices[4].label["en"] == f"en {dimension} text 5"
        assert set(own[dimension].choices[4].label.values()) <= set(item.choices[4].also)
    assert form["health_score"].label["nl"] == "nl score"
    assert form["health_score"].help["nl"] == "say it"
    for key in ("answered_on", "mode"):
        assert form[key] == own[key]


def test_a_language_that_the_file_lacks_keeps_the_labels_of_msreg(written: Written) -> None:
    form, own = worded(load("eq5d5l"), written(texts("nl"))), load("eq5d5l")
    assert form["mobility"].label == {"nl": "nl mobility", "en": own["mobility"].label["en"]}
    assert form["mobility"].choices[0].label["en"] == own["mobility"].choices[0].label["en"]


def test_lines_of_a_text_become_one(written: Written) -> None:
    text = BOTH.replace('"nl mobility"', '"""\n nl\n  mobility \n"""')
    assert worded(load("eq5d5l"), written(text))["mobility"].label["nl"] == "nl mobility"


WRONG = {
    "a level lacks": ('3 = "nl self_care text 3"\n', "", "nl.self_care.3 is missing"),
    "a label lacks": ('label = "en mobility"\n', "", "en.mobility.label is missing"),
    "a dimension lacks": ("[en.self_care]", "[en.sleep]", "en.sleep is not a question of the EQ-5D-5L"),
    "no score": ('[nl.health_score]\nlabel = "nl score"\nhelp = "say it"\n', "", "nl.health_score is missing"),
    "no label of the score": ('label = "nl score"', "", "nl.health_score.label is missing"),
    "another language": ("[nl.mobility]", "[fr.mobility]", "fr is not a language: nl and en are"),
    "a level too many": ("[nl.self_care]", '6 = "x"\n[nl.self_care]', "nl.mobility.6 is not a word of a question"),
    "an empty text": ('"nl mobility text 2"', '"  "', "nl.mobility.2 is no text of at most 400 letters"),
    "a long text": ('"nl mobility text 2"', f'"{"x" * 401}"', "nl.mobility.2 is no text of at most 400 letters"),
    "a number": ('"nl mobility text 2"', "2", "nl.mobility.2 is no text of at most 400 letters"),
    "an empty help": ('help = "say it"', 'help = ""', "nl.health_score.help is no text of at most 400 letters"),
    "one text for two": ("nl mobility text 2", "NL mobility  text 1", "nl.mobility has the same text for two levels"),
    "twice": ("[nl.self_care]", "[nl.mobility]", "cannot be read: "),
    "not TOML": ("[nl.self_care]", "nl.self_care", "cannot be read: "),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), WRONG.values(), ids=WRONG)
def test_a_file_with_a_hole_is_one_sentence_with_its_place(
    right: str, wrong: str, told: str, written: Written
) -> None:
    assert right in BOTH
    with pytest.raises(Usage) as fault:
        worded(load("eq5d5l"), written(BOTH.replace(right, wrong, 1)))
    assert str(fault.value).startswith("The wording file words.toml")
    assert told in str(fault.value)
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(("text", "told"), [("", "nl is missing"), ("nl = 1", "nl has no texts")])
def test_a_file_without_texts(text: str, told: str, written: Written) -> None:
    with pytest.raises(Usage, match=told):
        worded(load("eq5d5l"), written(text))


def test_a_file_that_is_not_there_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(Usage) as fault:
        worded(load("eq5d5l"), tmp_path / "none.toml")
    assert "none.toml cannot be read" in str(fault.value)
    assert "proms.wording_file" in (fault.value.hint_text() or "")


def test_a_text_of_exactly_four_hundred_letters_is_taken(written: Written) -> None:
    form = worded(load("eq5d5l"), written(BOTH.replace('"nl mobility text 2"', f'"{"x" * 400}"')))
    assert len(form["mobility"].choices[1].label["nl"]) == 400
