"""The codebook tells everything about every question, and reads well as it stands."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from msreg.forms.codebook import markdown
from msreg.forms.definition import Form
from msreg.forms.load import FORMS, build_form, load

ALL = [load(key) for key in FORMS]


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_question_and_choice_is_told(language: str) -> None:
    text = markdown(ALL, language)
    for form in ALL:
        assert f"## {form.label[language]}\n" in text
        for item in form.items:
            assert f"`{item.key}`" in text
            assert item.label[language] in text
            for choice in item.choices:
                assert f"`{choice.code}`" in text
                assert choice.label[language] in text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_lines_fit_a_terminal(language: str) -> None:
    assert max(len(line) for line in markdown(ALL, language).splitlines()) <= 100


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_tables_are_tables(language: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown(ALL, language))
    rows = sum(token.type == "tr_open" for token in tokens)
    items = sum(len(form.items) for form in ALL)
    choices = sum(len(item.choices) for form in ALL for item in form.items)
    heads = sum(2 + any(item.choices for item in form.items) for form in ALL)
    assert rows == 2 * items + choices + heads


def test_one_question_in_full() -> None:
    text = markdown([load("course")], "en")
    assert "Form: `course` · Version: 1 · Sheet: `courses` (Courses) · Told apart by: `course_date`" in text
    (question,) = (line for line in text.splitlines() if "| Gadolinium" in line and "yes or no" in line)
    assert [cell.strip() for cell in question.strip("|").split("|")] == [
        "`mri_gadolinium`", f"{load('course')['mri_gadolinium'].label['en']} *", "yes or no",
    ]  # fmt: skip
    assert "- `mri_gadolinium`: asked if MRI done is yes" in text
    assert "| `mri_done`         | clinical | a column of its own |" in text
    assert "| `mri_gadolinium`   | clinical | the column answers  |" in text


def test_conditional_requirement_defaults_and_odd_signs(rich: Form) -> None:
    text = markdown([rich], "en")
    assert "- `unasked`: required if Kinds is “X” and Name is not answered" in text
    assert "yes or no; at first no" in text
    assert "whole number, 0 … 100 (mg) or unknown" in text


def test_a_bare_form_has_only_the_parts_that_it_needs() -> None:
    label = {"nl": "Kaal", "en": "Bare | thin"}
    item = {"key": "a", "type": "text", "label": label, "privacy": "clinical"}
    text = markdown([build_form({"key": "b", "version": 1, "label": label, "items": [item]}, "b")], "en")
    assert "Bare \\| thin" in text
    assert [line for line in text.splitlines() if line.startswith("###")] == [
        "### Questions",
        "### Privacy and place",
    ]


def test_fixed_words_are_translated() -> None:
    seen: list[str] = []

    def loud(text: str) -> str:
        seen.append(text)
        return text if "{" in text else text.upper()

    text = markdown([load("diagnosis")], "nl", loud)
    assert "# CODEBOOK" in text
    assert "### QUESTIONS" in text
    assert "ONE OR MORE CHOICES" in text
    assert "Beloopsvorm bij diagnose" in text
    assert {"Key", "Privacy", "clinical", "today"} <= set(seen)
