"""What a case lacks against the list of its theme (SPEC N1, N5)."""

from __future__ import annotations

import pytest

from msreg.errors import Refused
from msreg.rules.case_wanted import Wanted, lacking, require_file


def wanted(key: str, **more: object) -> Wanted:
    return Wanted(key, {"nl": key, "en": key}, **more)  # type: ignore[arg-type]


CARD, REPORT = wanted("card"), wanted("report")
BLOOD = wanted("blood", if_applicable=True)
CRF = wanted("crf", form="crf_maternal_death")
LIST = (CARD, BLOOD, REPORT, CRF)


def test_nothing_there() -> None:
    found = lacking(LIST, (), ())
    assert found == ((CARD, REPORT), (BLOOD,), (CRF,))
    assert not found.complete


def test_one_of_each_in_the_order_of_the_list() -> None:
    assert lacking(LIST, ("report",), ()) == ((CARD,), (BLOOD,), (CRF,))
    assert lacking(LIST, ("report", "blood", "unlisted"), ("crf_maternal_death",)) == ((CARD,), (), ())


def test_what_applies_perhaps_does_not_make_it_incomplete() -> None:
    found = lacking(LIST, ("card", "report"), ("crf_maternal_death",))
    assert found.if_applicable == (BLOOD,)
    assert found.complete


def test_a_form_is_there_when_it_is_complete_and_not_by_a_file_of_its_name() -> None:
    found = lacking(LIST, ("card", "report", "blood", "crf"), ("swansea",))
    assert found.forms == (CRF,)
    assert not found.complete


def test_an_empty_list_lacks_nothing() -> None:
    assert lacking((), (), ()).complete


@pytest.mark.parametrize("uploaded", [1, 2, 200])
def test_one_file_is_enough_to_submit(uploaded: int) -> None:
    require_file(uploaded)


def test_no_file_is_not() -> None:
    """Seed 004: it is obligatory to add at least one file before submitting."""
    with pytest.raises(Refused) as told:
        require_file(0)
    assert told.value.exit_code == 6
    assert "msreg cases upload" in (told.value.hint_text() or "")
