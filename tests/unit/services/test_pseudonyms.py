"""Pseudonyms: stable in a project, of no use beside those of another, and of a shape (X2, decision 0034)."""

from __future__ import annotations

import os

import pytest

from msreg.errors import Usage
from msreg.forms.columns import RECORD_FORMS, forms_of
from msreg.forms.definition import Privacy, Type
from msreg.models.ids import new_id
from msreg.services.pseudonymise import coded, is_code, is_free_text, leaves
from msreg.services.pseudonyms import Pseudonyms, is_pseudonym, pseudonyms
from msreg.store.registry import Registry

ITEMS = [item for record in RECORD_FORMS for form in forms_of(record) for item in form.items]


def test_the_same_patient_is_the_same_in_a_project_and_another_in_the_next(registry: Registry) -> None:
    made = pseudonyms(registry, "Fatigue")
    assert made.patient("a") == pseudonyms(registry, "Fatigue").patient("a")
    others = [pseudonyms(registry, name).patient("a") for name in ("", "Fatigue 2", "Fatigu")]
    assert len({made.patient("a"), *others}) == 4


def test_how_a_name_is_spelled_makes_no_difference(registry: Registry) -> None:
    assert pseudonyms(registry, "Big  Study").patient("a") == pseudonyms(registry, " big study ").patient("a")


def test_another_key_makes_others() -> None:
    assert Pseudonyms(b"1" * 32).patient("a") != Pseudonyms(b"2" * 32).patient("a")


def test_a_patient_a_record_and_a_centre_are_told_apart(registry: Registry) -> None:
    made = pseudonyms(registry)
    assert len({made.patient("a"), made.record("a"), made.centre("a"), made.patient("b")}) == 4
    assert made.centre("a").startswith("C")


def test_twenty_thousand_patients_have_as_many_pseudonyms() -> None:
    made = Pseudonyms(os.urandom(32))
    found = {made.patient(new_id()) for _ in range(20_000)}
    assert len(found) == 20_000
    assert all(map(is_pseudonym, found))


@pytest.mark.parametrize("text", ["", "A" * 15, "A" * 17, "a" * 16, "1" * 16, "MS-0000012"])
def test_what_is_no_pseudonym(text: str) -> None:
    assert not is_pseudonym(text)


@pytest.mark.parametrize("name", ["x" * 61, "a\0b", "a\x1b[31m"])
def test_a_name_of_a_project_is_one_that_the_log_can_hold(name: str, registry: Registry) -> None:
    with pytest.raises(Usage):
        pseudonyms(registry, name)
    assert pseudonyms(registry, "x" * 60).patient("a")


@pytest.mark.parametrize("item", ITEMS, ids=[item.key for item in ITEMS])
def test_no_identifying_question_and_no_free_text_leaves(item) -> None:  # type: ignore[no-untyped-def]
    """By what the form says of a question, so that one that is added later is judged as well."""
    assert leaves(item, free_text=True) is (item.privacy is not Privacy.IDENTIFYING)
    if item.type is Type.TEXT and (item.max_length is None or item.max_length > 8):
        assert is_free_text(item)
        assert not leaves(item, free_text=False)
    else:
        assert leaves(item, free_text=False) is leaves(item, free_text=True)


def test_the_questions_that_may_name_somebody() -> None:
    clinical = [item for item in ITEMS if item.privacy is not Privacy.IDENTIFYING]
    assert {item.key for item in clinical if is_free_text(item)} == {
        "description", "event_course", "referred_from", "cyp2c9",
    }  # fmt: skip
    assert {item.key for item in clinical if is_code(item)} == {"meddra_llt", "meddra_version"}


@pytest.mark.parametrize(
    ("text", "kept"), [("10019211", "10019211"), ("28.1", "28.1"), ("Jansen", None), ("2a", None)]
)
def test_a_code_has_no_letters(text: str, kept: str | None) -> None:
    assert coded(text) == kept
