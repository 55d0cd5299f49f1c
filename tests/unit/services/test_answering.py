"""What new answers of one record bring: read as people write them, refused with their place, or doubtful."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import Refused, Usage
from msreg.services.answering import items_of, judged, lacking, missing_options, option, refuse, typed
from msreg.services.batch_result import Loaded
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.naming import find_patient
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import Record

Rows = dict[str, Callable[..., dict[str, Any]]]
TODAY = date(2026, 11, 21)


@pytest.fixture
def dossier(
    registry: Registry, desk: Actor, lay: Callable[..., Loaded], row: Rows
) -> Callable[[Database], Dossier]:
    """Patient 00001 with a course of 2021-01-01, EDSS 2.5."""
    lay(patients=[row["patient"]()], courses=[row["course"]()])

    def read(db: Database) -> Dossier:
        return read_dossiers(db, [find_patient(db, by=desk, name="AMS01:00001")])[0]

    return read


def test_answers_are_read_as_people_write_them() -> None:
    given = {"course_date": "31-03-2022", "edss": "3,5", "mri_done": "ja", "edss_method": "geschat"}
    assert typed(Record.COURSE, given, TODAY) == {
        "course_date": date(2022, 3, 31), "edss": Decimal("3.5"), "mri_done": True, "edss_method": "estimated",
    }  # fmt: skip


def test_typed_answers_stay_what_they_are() -> None:
    given = {"course_date": date(2022, 3, 31), "edss": Decimal("3.5"), "mri_done": False}
    assert typed(Record.COURSE, given, TODAY) == given


@pytest.mark.parametrize("empty", ["", "  ", "\u00a0", None])
def test_an_empty_answer_says_nothing_and_clear_is_named(empty: str | None) -> None:
    with pytest.raises(Usage) as told:
        typed(Record.COURSE, {"edss": empty}, TODAY)
    assert "--clear edss" in told.value.text()


@pytest.mark.parametrize(
    ("key", "raw", "code"),
    [("course_date", "31-02-2022", "FRM-002"), ("course_date", "2026-11-22", "FRM-006"), ("edss", "?", "FRM-003"),
     ("mri_gd_lesions", "101", "FRM-004"), ("mri_region", "knee", "FRM-005"), ("mri_done", "perhaps", "FRM-007"),
     ("mri_gd_lesions", "1.5", "FRM-012")],
)  # fmt: skip
def test_what_is_not_understood_names_rule_and_option_and_no_value(key: str, raw: str, code: str) -> None:
    with pytest.raises(Refused) as told:
        typed(Record.COURSE, {key: raw}, TODAY)
    assert (told.value.rule, told.value.field) == (code, key)
    said = f"{told.value.text()} {told.value.hint_text()}"
    assert option(key) in said
    assert raw not in said


@pytest.mark.parametrize(("day", "good"), [("2026-11-20", True), ("2026-11-21", True), ("2026-11-22", False)])
def test_k1_today_is_the_last_day(day: str, good: bool) -> None:
    if good:
        assert typed(Record.COURSE, {"course_date": day}, TODAY)
        return
    with pytest.raises(Refused):
        typed(Record.COURSE, {"course_date": day}, TODAY)


def test_a_fault_that_was_there_is_not_told_again_while_its_answer_stays(
    registry: Registry, dossier: Callable[[Database], Dossier]
) -> None:
    """COU-004 in the registry already; another question may be answered, this one not wrongly again."""
    with registry.light() as db:
        mine = dossier(db)
        entry = mine.of(Record.COURSE)[0]
        assert entry.stored is not None
        entry.stored = {**entry.stored, "edss": Decimal("2.75")}
        entry.values = dict(entry.stored)
        laid = judged(db, mine, entry, {**entry.values, "mri_done": True}, today=TODAY, made_up=True)
        assert laid.errors == []
        laid = judged(db, mine, entry, {**entry.values, "edss": Decimal("3.25")}, today=TODAY, made_up=True)
        assert [each.code for each in laid.errors] == ["COU-004"]
        laid = judged(db, mine, entry, {**entry.values, "edss": Decimal("3.5")}, today=TODAY, made_up=True)
        assert laid.errors == []


def test_an_open_required_question_is_no_fault(
    registry: Registry, dossier: Callable[[Database], Dossier]
) -> None:
    with registry.light() as db:
        mine = dossier(db)
        new = Entry(Record.COURSE, {})
        mine.of(Record.COURSE).append(new)
        laid = judged(db, mine, new, {"course_date": date(2026, 1, 1)}, today=TODAY, made_up=True)
        assert (laid.errors, laid.doubts) == ([], [])


def test_the_fault_at_what_was_given_comes_first_and_the_others_are_named(
    registry: Registry, dossier: Callable[[Database], Dossier]
) -> None:
    with registry.light() as db:
        mine = dossier(db)
        new = Entry(Record.COURSE, {})
        mine.of(Record.COURSE).append(new)
        values = {"course_date": date(1970, 1, 1), "edss_method": "assessed", "edss": Decimal("0.5")}
        found = judged(db, mine, new, values, today=TODAY, made_up=True)
        for given, first, other in (("edss", "COU-004", "COU-001"), ("course_date", "COU-001", "COU-004")):
            with pytest.raises(Refused) as told:
                refuse(found, new, {given})
            assert told.value.rule == first
            assert other in (told.value.hint_text() or "")


@pytest.mark.parametrize(
    ("record", "values", "also", "keys"),
    [
        (Record.COURSE, {}, (), ["course_date", "edss_method", "mri_done"]),
        (Record.COURSE, {"edss_method": "not_done", "mri_done": False}, (), ["course_date"]),
        (Record.MEDICATION, {"medicine": "L04AG08", "start_date": TODAY, "deviating_interval": False}, (), []),
        (Record.MEDICATION, {"medicine": "L04AG08", "start_date": TODAY, "deviating_interval": False},
         ("stop_date",), ["stop_date"]),
        (Record.DISEASE, {"kind": "referral"}, (), ["referred_by"]),
    ],
)  # fmt: skip
def test_what_is_lacking(
    record: Record, values: dict[str, Any], also: tuple[str, ...], keys: list[str]
) -> None:
    assert [item.key for item in lacking(record, values, also)] == keys


def test_c2_missing_options_are_named_in_one_sentence() -> None:
    items = items_of(Record.COURSE)
    one = missing_options([items["mri_done"]]).text()
    assert one == "The option --mri-done is missing."
    many = missing_options([items["course_date"], items["edss_method"]]).text()
    assert many == "These options are missing: --course-date, --edss-method."
