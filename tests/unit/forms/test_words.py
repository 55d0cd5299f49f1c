"""Conditions and limits in words, in the language of the labels."""

from __future__ import annotations

from dataclasses import replace

import pytest

from msreg.forms.definition import Condition, Form, Operator, Term
from msreg.forms.load import load
from msreg.forms.medicines import catalogue
from msreg.forms.words import GROUPS, in_words, limits_in_words, required_in_words, type_in_words

DUTCH = {
    "{question} is {answer}": "{question} is {answer}",
    "{question} is answered": "{question} is ingevuld",
    "{this} and {that}": "{this} en {that}",
    "a fumarate": "een fumaraat",
    "today": "vandaag",
    "whole number": "geheel getal",
    "or unknown": "of onbekend",
    "yes": "ja",
}


def dutch(text: str) -> str:
    return DUTCH[text]


def test_a_condition_in_both_languages() -> None:
    course = load("course")
    when = course["mri_date"].when
    assert when is not None
    assert in_words(when, course, "nl", dutch) == "MRI verricht is ja"
    assert in_words(when, course, "en") == "MRI done is yes"


def test_terms_are_joined_and_choices_stand_in_quotes() -> None:
    medication = load("medication")
    when = medication["washout_done"].when
    assert when is not None
    assert in_words(when, medication, "nl", dutch) == (
        "Medicijn is “teriflunomide (Aubagio)” en Stopdatum is ingevuld"
    )
    assert in_words(when, medication, "en") == (
        "Medicine is “teriflunomide (Aubagio)” and Stop date is answered"
    )


def test_a_group_has_a_name_of_its_own() -> None:
    medication = load("medication")
    when = medication["lymphocyte_nadir"].when
    assert when is not None
    assert in_words(when, medication, "nl", dutch) == "Medicijn is een fumaraat"
    assert {group for each in catalogue() for group in each.groups} <= set(GROUPS)


def test_a_group_without_a_name_is_told_by_its_choices(rich: Form) -> None:
    first, second, third = rich["kind"].choices
    few = frozenset({"few"})
    grouped = (replace(first, groups=few), second, replace(third, groups=few))
    form = replace(rich, items=(replace(rich["kind"], choices=grouped),))
    term = Condition((Term("kind", Operator.NOT_EQUAL, group="few"),))
    assert in_words(term, form, "en") == "Kind is not “A” or “Unknown”"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("after", "Day is on or after 2020-02-29"),
        ("many", "Count is more than 3 or Score is less than 1.5"),
        ("named", "Name is “x” or Kind is not “A”"),
        ("neither", "Medicine is not an S1P receptor modulator or Kind is “A”"),
    ],
)
def test_every_comparison(rich: Form, key: str, words: str) -> None:
    when = rich[key].when
    assert when is not None
    assert in_words(when, rich, "en") == words


def test_required_in_words(rich: Form) -> None:
    assert required_in_words(rich["day"], rich, "nl", dutch) == "ja"
    assert required_in_words(rich["name"], rich, "en") == "no"
    assert required_in_words(rich["unasked"], rich, "en") == "if Kinds is “X” and Name is not answered"


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("day", "1900-01-01 … today"),
        ("since", "to 2030-12-31"),
        ("count", "0 … 100 (mg) or unknown"),
        ("score", "0.5 … 2.25"),
        ("name", "at most 20 characters"),
        ("seen", ""),
    ],
)
def test_limits(rich: Form, key: str, words: str) -> None:
    assert limits_in_words(rich[key], "en") == words


def test_limits_follow_the_language(rich: Form) -> None:
    assert limits_in_words(rich["day"], "nl", dutch) == "01-01-1900 … vandaag"
    assert limits_in_words(rich["score"], "nl", dutch) == "0,5 … 2,25"
    assert type_in_words(rich["count"], dutch) == "geheel getal"
