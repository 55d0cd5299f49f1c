"""Deleting records: what goes along, what the log keeps, and what is worked out again (K3, P6, P7)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from msreg.errors import Conflict
from msreg.services.batch_result import Loaded
from msreg.services.database import check_registry
from msreg.services.deleting import belonging, delete
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.shares import share, unshare
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import walking
from msreg.store.queries.numbers import last_number
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record

Rows = dict[str, Callable[..., dict[str, Any]]]
Stored = Callable[[str], list[dict[str, Any]]]
Remove = Callable[..., None]


@pytest.fixture
def remove(registry: Registry, desk: Actor, lay: Callable[..., Loaded], row: Rows) -> Remove:
    """One patient with two courses, a medication and its side effect; delete what is chosen of it."""
    lay(
        patients=[row["patient"]()],
        courses=[
            row["course"](),
            row["course"](course_date=date(2022, 1, 1), edss=None, edss_method="not_done"),
        ],
        medication=[row["medication"]()],
        adverse_events=[row["event"]()],
    )

    def call(choose: Callable[[Dossier], Sequence[Entry]], *, plain: bool = True) -> None:
        with writing(registry, by=desk, event="courses.delete", action=Action.DELETE, plain=plain) as work:
            (dossier,) = read_dossiers(work.db, walking.patients_after(work.db, 0))
            delete(work, dossier, choose(dossier))

    return call


def deleted(registry: Registry) -> list[tuple[str, dict[str, Any]]]:
    with registry.light() as db:
        found = db.rows("SELECT entity, before, after FROM audit_item WHERE action = 'D' ORDER BY n")
    assert all(after is None for _, _, after in found)
    return [(entity, json.loads(before)) for entity, before, _ in found]


@pytest.mark.parametrize("plain", [True, False])
def test_k3_a_course_goes_and_the_log_keeps_what_it_was(
    plain: bool, registry: Registry, desk: Actor, remove: Remove, stored: Stored
) -> None:
    """P7: the course before it is the last one again."""
    (before,) = stored("patient")
    assert before["last_course_on"] == "2022-01-01"
    course = stored("course")[1]
    remove(lambda dossier: dossier.of(Record.COURSE)[1:], plain=plain)
    assert [each["course_date"] for each in stored("course")] == ["2021-01-01"]
    (after,) = stored("patient")
    assert (after["last_course_on"], after["version"]) == ("2021-01-01", before["version"] + 1)
    assert after["updated_at"] > before["updated_at"]
    assert check_registry(registry, by=desk).ok
    answers = {"course_date": "2022-01-01", "edss_method": "not_done", "mri_done": False}
    assert deleted(registry) == [("course", {**answers, "centre_id": course["centre_id"]})]


def test_a_medication_takes_its_side_effects_along(
    registry: Registry, remove: Remove, stored: Stored
) -> None:
    remove(lambda dossier: dossier.of(Record.MEDICATION))
    assert stored("medication") == stored("adverse_event") == []
    assert [entity for entity, _ in deleted(registry)] == ["medication", "adverse_event"]
    assert len(stored("course")) == 2


def test_a_side_effect_goes_alone(remove: Remove, stored: Stored) -> None:
    remove(lambda dossier: dossier.of(Record.ADVERSE_EVENT))
    assert (len(stored("medication")), len(stored("adverse_event"))) == (1, 0)


def test_a_patient_takes_everything_along_and_keeps_the_number(
    registry: Registry, remove: Remove, stored: Stored
) -> None:
    """A number is never given twice, and the log still knows whose it was."""
    remove(lambda dossier: [dossier.patient, *dossier.of(Record.COURSE)])
    for table in ("patient", "course", "disease_event", "medication", "adverse_event"):
        assert stored(table) == []
    assert [(entity, before.get("number")) for entity, before in deleted(registry)] == [
        ("patient", 1), ("course", None), ("course", None), ("medication", None), ("adverse_event", None),
    ]  # fmt: skip
    with registry.light() as db:
        assert last_number(db) == 1


def test_nothing_to_delete_changes_nothing(registry: Registry, remove: Remove, stored: Stored) -> None:
    before = stored("patient")
    remove(lambda dossier: [])
    assert stored("patient") == before
    assert deleted(registry) == []


@pytest.mark.parametrize("ended", [False, True])
def test_a_patient_who_is_or_was_shared_is_not_deleted(
    ended: bool, registry: Registry, desk: Actor, remove: Remove, stored: Stored, today: date
) -> None:
    """P8: what the other centre was told is part of the history."""
    about = {"by": desk, "patient_id": stored("patient")[0]["id"], "centre_code": "UTR01", "today": today}
    share(registry, **about)
    if ended:
        unshare(registry, **about)
    with pytest.raises(Conflict, match="is or was shared"):
        remove(lambda dossier: [dossier.patient])
    assert len(stored("patient")) == 1
    remove(lambda dossier: dossier.of(Record.COURSE)[:1])
    assert len(stored("course")) == 1


@pytest.mark.parametrize("record", [Record.PATIENT, Record.COURSE])
def test_a_record_that_somebody_else_changed_is_not_deleted(
    record: Record, registry: Registry, remove: Remove, stored: Stored
) -> None:
    """The row is of another version than the one that was read: the whole work is taken back."""

    def stale(dossier: Dossier) -> list[Entry]:
        entry = dossier.of(record)[0]
        entry.row = {**entry.row, "version": entry.row["version"] + 1}
        return [dossier.of(Record.COURSE)[0]]

    with pytest.raises(Conflict, match="Somebody else"):
        remove(stale)
    assert len(stored("course")) == 2
    assert deleted(registry) == []


def test_what_belongs_to_a_record_is_what_the_registry_has(
    registry: Registry, remove: Remove, desk: Actor
) -> None:
    """Records that were never saved are not there to be deleted."""
    with registry.light() as db:
        (dossier,) = read_dossiers(db, walking.patients_after(db, 0))
    (above,) = dossier.of(Record.MEDICATION)
    fresh = Entry(Record.ADVERSE_EVENT, {"description": "x"}, parent=above)
    dossier.of(Record.ADVERSE_EVENT).append(fresh)
    assert belonging(dossier, above) == [above, dossier.of(Record.ADVERSE_EVENT)[0]]
    assert fresh not in belonging(dossier, dossier.patient)
    assert belonging(dossier, replace(fresh)) == []
