"""What changed between two versions of a form."""

from __future__ import annotations

from typing import Any

import pytest

from msreg.forms.definition import Form
from msreg.forms.diff import KINDS, Change, ChangeKind, diff
from msreg.forms.load import FORMS, build_form, load

ADDED, REMOVED, CHANGED = ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.CHANGED


def by_key(plain: dict[str, Any], key: str) -> dict[str, Any]:
    return next(item for item in plain["items"] if item["key"] == key)


@pytest.mark.parametrize("key", FORMS)
def test_a_form_does_not_differ_from_itself(key: str) -> None:
    assert diff(load(key), load(key)) == []


@pytest.mark.parametrize(
    ("key", "change", "expected"),
    [
        ("name", {"label": {"nl": "Naam", "en": "Name"}},
         Change(CHANGED, "name", "label in Dutch", "Name (nl)", "Naam")),
        ("bsn", {"help": {"nl": "Nine digits (nl)", "en": "9"}},
         Change(CHANGED, "bsn", "help in English", "Nine digits", "9")),
        ("story", {"required": True}, Change(CHANGED, "story", "required", "no", "yes")),
        ("story", {"max_length": 300},
         Change(CHANGED, "story", "limits", "at most 2000 characters", "at most 300 characters")),
        ("day", {"min": "1950-01-01"},
         Change(CHANGED, "day", "limits", "1900-01-01 … today", "1950-01-01 … today")),
        ("count", {"unit": "g"},
         Change(CHANGED, "count", "limits", "0 … 100 (mg) or unknown", "0 … 100 (g) or unknown")),
        ("since", {"max": None}, Change(REMOVED, "since", "limits", "to 2030-12-31", None)),
        ("seen", {"default": True}, Change(CHANGED, "seen", "at first", "no", "yes")),
        ("seen", {"privacy": "operational"},
         Change(CHANGED, "seen", "privacy", "clinical", "operational")),
        ("seen", {"column": False},
         Change(CHANGED, "seen", "kept in", "a column of its own", "the column answers")),
        ("story", {"section": "one"}, Change(ADDED, "story", "section", None, "one")),
        ("bsn", {"normalise": None}, Change(REMOVED, "bsn", "written as", "bsn", None)),
        ("unasked", {"required_when": None},
         Change(CHANGED, "unasked", "required", "if Kinds is “X” and Name is not answered", "no")),
        ("after", {"when": {"all": [{"item": "day", "operator": "<", "answer": "2020-02-29"}]}},
         Change(CHANGED, "after", "asked if", "Day is on or after 2020-02-29", "Day is before 2020-02-29")),
        ("grouped", {"when": None},
         Change(REMOVED, "grouped", "asked if", "Medicine is an anti-CD20 antibody", None)),
        ("unasked", {"type": "text"}, Change(CHANGED, "unasked", "type", "yes or no", "text")),
    ],
)  # fmt: skip
def test_each_word_of_a_question(
    rich: Form, plain: dict[str, Any], key: str, change: dict[str, Any], expected: Change
) -> None:
    item = by_key(plain, key)
    item.update(change)
    for word in [word for word, value in change.items() if value is None]:
        del item[word]
    assert diff(rich, build_form(plain, "new")) == [expected]


def test_questions_come_and_go(rich: Form, plain: dict[str, Any]) -> None:
    plain["items"] = [item for item in plain["items"] if item["key"] != "story"]
    plain["items"].append({**by_key(plain, "bsn"), "key": "extra", "label": {"nl": "Extra", "en": "More"}})
    assert diff(rich, build_form(plain, "new")) == [
        Change(REMOVED, "story", "question", "Story", None),
        Change(ADDED, "extra", "question", None, "More"),
    ]


def test_choices_come_go_and_change(rich: Form, plain: dict[str, Any]) -> None:
    first, second, *_ = by_key(plain, "kind")["choices"]
    by_key(plain, "kind")["choices"] = [
        {"code": "new", "label": {"nl": "Nieuw", "en": "New"}},
        {**second, "label": {"nl": "Bee", "en": "B"}},
        {**first, "also": ["eerste"]},
    ]
    plain["items"] = [item for item in plain["items"] if item["key"] != "named"]
    changes = [each for each in diff(rich, build_form(plain, "new"), "nl") if each.item == "kind"]
    assert changes == [
        Change(REMOVED, "kind", "choice", "unknown: Unknown (nl)", None),
        Change(ADDED, "kind", "choice", None, "new: Nieuw"),
        Change(CHANGED, "kind", "choice", "b: B (nl)", "b: Bee"),
        Change(CHANGED, "kind", "other words for a choice", "a: first, eerste", "a: eerste"),
        Change(CHANGED, "kind", "order of the choices", "a, b", "b, a"),
    ]


def test_the_form_itself(rich: Form, plain: dict[str, Any]) -> None:
    plain |= {"version": 4, "label": {"nl": "Nieuw", "en": "Rich form"}, "identity": ["day"]}
    plain["items"][3], plain["items"][4] = plain["items"][4], plain["items"][3]
    assert diff(rich, build_form(plain, "new")) == [
        Change(CHANGED, None, "version", "3", "4"),
        Change(CHANGED, None, "label in Dutch", "Rich form (nl)", "Nieuw"),
        Change(CHANGED, None, "told apart by", "day, name", "day"),
        Change(CHANGED, None, "order of the questions", "story, since", "since, story"),
    ]


def test_fixed_words_are_translated(rich: Form, plain: dict[str, Any]) -> None:
    by_key(plain, "story")["required"] = True
    dutch = {"no": "nee", "yes": "ja"}
    changes = diff(rich, build_form(plain, "new"), "nl", lambda text: dutch.get(text, text))
    assert changes == [Change(CHANGED, "story", "required", "nee", "ja")]
    assert set(KINDS) == set(ChangeKind)
