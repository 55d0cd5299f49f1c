"""Taking a batch back gives the registry from before it, exactly, or lists what stands in the way (SPEC B5)."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound
from msreg.forms.columns import forms_of
from msreg.services.batches import record_batch
from msreg.services.database import check_registry
from msreg.services.deleting import delete
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.editing import edit_record
from msreg.services.exports import Style, export
from msreg.services.hindrances import Hindrance, Reason
from msreg.services.made_up import make_people
from msreg.services.naming import registry_number
from msreg.services.patients import Asked
from msreg.services.saving import save
from msreg.services.shares import add as add_share
from msreg.services.shares import share, unshare
from msreg.services.undoing import Undone, undo_batch
from msreg.services.writing import Work, writing
from msreg.store import verify
from msreg.store.actor import Actor
from msreg.store.queries import walking
from msreg.store.queries.numbers import last_number
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role

Change = Callable[[list[Dossier]], Sequence[Dossier]]
Batch = Callable[..., str]
Undo = Callable[..., Undone]
TODAY = date(2026, 11, 21)
SEED = 7  # of the people in the registry


@pytest.fixture
def registry(people_registry: Registry) -> Registry:
    return people_registry


@pytest.fixture
def desk(desk_of_people: Actor) -> Actor:
    return desk_of_people


@pytest.fixture
def do(registry: Registry, desk: Actor) -> Callable[..., None]:
    """Change dossiers by hand, so to say: the same saving in an event of another kind."""

    def call(
        change: Change, *, event: str = "courses.edit", noted: Callable[[Work], None] | None = None,
        by: Actor = desk,
    ) -> None:  # fmt: skip
        with writing(registry, by=by, event=event, action=Action.EXECUTE) as work:
            save(work, change(read_dossiers(work.db, walking.patients_after(work.db, 0))))
            if noted is not None:
                noted(work)

    return call


@pytest.fixture
def batch(do: Callable[..., None], desk: Actor) -> Batch:
    """Load a batch: what it makes of the dossiers of the registry is saved and noted in the history."""

    def call(
        change: Change, *, then: Callable[[Work], None] | None = None, by: Actor = desk,
        centres: Sequence[str] = ("AMS01", "UTR01"),
    ) -> str:  # fmt: skip
        numbers: list[int] = []

        def note(work: Work) -> None:
            if then is not None:
                then(work)
            counts = {"added": 1, "changed": 0, "unchanged": 0, "skipped": 0, "refused": 0}
            numbers.append(
                record_batch(work, seq=work.log.seq, file="x.xlsx", sha256="0" * 64, format="excel",
                             centres=centres, counts=counts, partial=False)
            )  # fmt: skip

        do(change, event="imports.run", noted=note, by=by)
        return f"B-{numbers[0]:06d}"

    return call


@pytest.fixture
def undo(registry: Registry, desk: Actor) -> Undo:
    def call(name: str, *, by: Actor = desk, dry_run: bool = False) -> Undone:
        return undo_batch(registry, by=by, batch=name, today=TODAY, dry_run=dry_run)

    return call


@pytest.fixture
def exported(registry: Registry, desk: Actor, tmp_path: Path) -> Callable[[str], dict[str, bytes]]:
    """The export, file by file, without the sheet that tells when it was made."""

    def call(name: str) -> dict[str, bytes]:
        out = tmp_path / name
        export(registry, by=desk, format="csv", out=out, asked=Asked(), today=TODAY, style=Style(False, "en"))
        found = {each.name: each.read_bytes() for each in out.iterdir() if each.name != "provenance.csv"}
        assert len(found) == len(Record) + 1  # with the codebook
        return found

    return call


def rows(registry: Registry) -> dict[str, list[dict[str, Any]]]:
    """Every row of the tables of records but for when and how often it was changed; answers are read."""
    found = {}
    with registry.light() as db:
        for table in ("patient", "course", "disease_event", "medication", "adverse_event", "share"):
            names = [each[1] for each in db.rows(f"PRAGMA table_info({table})")]
            read = [
                dict(zip(names, each, strict=True)) for each in db.rows(f"SELECT * FROM {table} ORDER BY id")
            ]
            for each in read:
                del each["updated_at"], each["version"]
                if "answers" in each:
                    each["answers"] = json.loads(each["answers"])
            found[table] = read
    return found


def fresh(registry: Registry, count: int) -> list[Dossier]:
    """Made-up people whom the registry does not have."""
    with registry.light() as db:
        centres = [row[0] for row in db.rows("SELECT id FROM centre ORDER BY rowid")]
    return list(islice(make_people(SEED, 200, TODAY, centres), 30, 30 + count))


def reasons(done: Undone) -> list[tuple[Reason, str, str | None]]:
    return [(each.reason, each.record, each.detail) for each in done.in_the_way]


def first_with(dossiers: list[Dossier], record: Record) -> Dossier:
    return next(each for each in dossiers if each.of(record))


# -- it is as it was ----------------------------------------------------------------------------------------


def muddle(rng: Random, dossiers: list[Dossier], new: list[Dossier]) -> list[Dossier]:
    """What a batch may do: answers changed, cleared and given, records and patients added."""
    chosen = rng.sample(dossiers, 12)
    for dossier, other in zip(chosen, reversed(chosen), strict=True):
        for entry in dossier.entries():
            named = {key for form in forms_of(entry.record) for key in form.identity} | {
                "bsn",
                "consent",
                "stop_date",
                "deceased_on",
            }
            required = {item.key for form in forms_of(entry.record) for item in form.items if item.required}
            donors = other.of(entry.record)
            donor = rng.choice(donors).values if donors else {}
            for form in forms_of(entry.record):
                for key in form.keys:
                    if key in named or rng.random() < 0.7:
                        continue
                    if key in donor:
                        entry.values[key] = donor[key]
                    elif key not in required:
                        entry.values.pop(key, None)
    for dossier, guest in zip(chosen, new, strict=False):
        days = {each.values["course_date"] for each in dossier.of(Record.COURSE)}
        dossier.of(Record.COURSE).extend(
            Entry(Record.COURSE, dict(each.values))
            for each in guest.of(Record.COURSE)
            if each.values["course_date"] not in days
        )
        dossier.of(Record.DISEASE).extend(
            Entry(Record.DISEASE, dict(e.values)) for e in guest.of(Record.DISEASE)
        )
        for medication in dossier.of(Record.MEDICATION)[:1]:
            effect = {"description": f"nieuw {rng.random()}", "report_to_lareb": rng.random() < 0.5}
            dossier.of(Record.ADVERSE_EVENT).append(Entry(Record.ADVERSE_EVENT, effect, parent=medication))
    return [*chosen, *new]


@pytest.mark.parametrize("seed", range(8))
def test_b5_an_undone_batch_leaves_the_export_from_before_it(
    seed: int, registry: Registry, desk: Actor, batch: Batch, undo: Undo,
    exported: Callable[[str], dict[str, bytes]],
) -> None:  # fmt: skip
    """Byte for byte in every sheet, in every column of every table, and with a log that holds."""
    before, kept = exported("before"), rows(registry)
    name = batch(lambda known: muddle(Random(seed), known, fresh(registry, 6)))
    assert exported("loaded") != before
    trial = undo(name, dry_run=True)
    done = undo(name)
    assert not done.refused, reasons(done)
    assert done.deleted[Record.PATIENT] == 6
    assert done.deleted[Record.COURSE] > 6
    assert done.deleted[Record.ADVERSE_EVENT] > 1
    assert done.changed_back[Record.PATIENT] > 5
    assert done.changed_back.total() > 20
    assert (trial.deleted, trial.changed_back, trial.seq) == (done.deleted, done.changed_back, None)
    assert exported("after") == before
    assert rows(registry) == kept
    assert check_registry(registry, by=desk).ok
    with registry.light() as db:
        assert verify.verify(db, registry.keys.audit_key, registry.uuid).ok


def test_an_answer_that_was_not_there_is_not_there_again(
    registry: Registry, batch: Batch, undo: Undo
) -> None:
    """An answer that was given goes, one that was cleared comes back, one that was changed is the old one."""
    kept = rows(registry)

    def change(known: list[Dossier]) -> list[Dossier]:
        dossier = next(e for e in known if e.of(Record.COURSE) and "email" in e.patient.values)
        assert "mri_region" not in dossier.of(Record.COURSE)[0].values
        course = dossier.of(Record.COURSE)[0].values
        del dossier.patient.values["email"]
        dossier.patient.values["name_prefix"] = "van der"
        course["edss_method"], course["edss"] = "assessed", Decimal("9.5")
        course["mri_region"] = "brain"  # hidden, and kept all the same
        return [dossier]

    name = batch(change)
    assert rows(registry) != kept
    done = undo(name)
    assert dict(done.changed_back) == {Record.PATIENT: 1, Record.COURSE: 1}
    assert not done.deleted
    assert rows(registry) == kept


def test_a_patient_who_only_lost_a_course_gets_the_derived_columns_back(
    registry: Registry, batch: Batch, undo: Undo, desk: Actor
) -> None:
    """P6, P7, Q1: the last course, completeness and the days that follow from it."""
    kept = rows(registry)

    def change(known: list[Dossier]) -> list[Dossier]:
        alive = [each for each in known if not each.patient.values.get("deceased")][:3]
        for dossier in alive:
            dossier.of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": TODAY - timedelta(days=1)}))
        return alive

    name = batch(change)
    assert [each["last_course_on"] for each in rows(registry)["patient"]].count("2026-11-20") == 3
    assert dict(undo(name).deleted) == {Record.COURSE: 3}
    assert rows(registry) == kept
    assert check_registry(registry, by=desk).differences == []


def test_the_log_tells_what_was_deleted_and_what_came_back(
    registry: Registry, batch: Batch, undo: Undo
) -> None:
    """B5: taking back is a new change; items of what is gone hold what it was."""
    new = fresh(registry, 1)[0]

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values["family_name"] = "Anders"
        return [known[0], new]

    name = batch(change)
    done = undo(name)
    with registry.light() as db:
        body = json.loads(db.rows("SELECT body FROM audit_event WHERE seq = ?", (done.seq,))[0][0])
        items = db.rows(
            "SELECT entity, action, before, after FROM audit_item WHERE seq = ? ORDER BY n", (done.seq,)
        )
    assert (body["event"], body["about"]["batch"], body["items"]) == ("imports.undo", name, len(items))
    assert body["about"]["deleted"] == done.deleted.total() == len(list(new.entries()))
    deleted = [json.loads(each[2]) for each in items if each[:2] == ("patient", "D")]
    assert [(each["patient_number"], each["number"]) for each in deleted] == [
        (new.patient.values["patient_number"], 31)
    ]
    assert all(each[3] is None for each in items if each[1] == "D")
    back = [(json.loads(each[2]), json.loads(each[3])) for each in items if each[1] == "U"]
    assert [(set(old), set(now)) for old, now in back] == [({"family_name"}, {"family_name"})]
    assert back[0][0] == {"family_name": "Anders"}


def test_a_number_is_never_given_twice(registry: Registry, batch: Batch, undo: Undo) -> None:
    """The last patient is deleted; the next new one gets the number after it all the same."""
    people = fresh(registry, 3)
    undo(batch(lambda known: people[:2]))
    with registry.light() as db:
        assert db.one("SELECT max(number) FROM patient") == (30,)
        assert last_number(db) == 32
    batch(lambda known: people[2:])
    with registry.light() as db:
        assert db.one("SELECT max(number) FROM patient") == (33,)


def test_batches_are_taken_back_one_after_another(registry: Registry, batch: Batch, undo: Undo) -> None:
    """A later batch stands in the way until it is taken back itself."""
    kept = rows(registry)
    new = fresh(registry, 2)
    first = batch(lambda known: new)

    def more(known: list[Dossier]) -> list[Dossier]:
        known[-1].patient.values["family_name"] = "Later"
        known[-2].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": date(2026, 1, 2)}))
        return known

    second = batch(more)
    refused = undo(first)
    assert reasons(refused) == [(Reason.ADDED, "course", None), (Reason.CHANGED, "patient", None)]
    assert {each.event for each in refused.in_the_way} == {"imports.run"}
    assert not undo(second).refused
    assert not undo(first).refused
    assert rows(registry) == kept


def test_twice_and_never_loaded(batch: Batch, undo: Undo, registry: Registry) -> None:
    name = batch(lambda known: fresh(registry, 1))
    done = undo("1")
    assert done.row.label == name
    with pytest.raises(Conflict, match=rf"{name} was taken back already, by \S+ \(row {done.seq} of"):
        undo(name)
    for other in ("2", "B-000002", "b-2"):
        with pytest.raises(NotFound):
            undo(other)


def test_a_batch_that_changed_nothing(registry: Registry, batch: Batch, undo: Undo) -> None:
    """There is nothing to take back, however often it is tried."""
    name = batch(lambda known: known)
    for dry_run in (False, True, False):
        done = undo(name, dry_run=dry_run)
        assert (done.nothing, done.refused, done.seq) == (True, False, None)


def test_a_dry_run_says_what_stands_in_the_way_and_writes_nothing(
    registry: Registry, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    name = batch(lambda known: fresh(registry, 2))
    loaded = rows(registry)
    assert undo(name, dry_run=True).seq is None
    assert rows(registry) == loaded

    def later(known: list[Dossier]) -> list[Dossier]:
        known[-1].patient.values["family_name"] = "Later"
        return known

    do(later)
    changed = rows(registry)
    assert [undo(name, dry_run=dry).hindrances for dry in (True, False)] == [1, 1]
    assert rows(registry) == changed


# -- what stands in the way ---------------------------------------------------------------------------------


def one(done: Undone) -> Hindrance:
    (found,) = done.in_the_way
    return found


def test_a_record_of_the_batch_that_was_changed_by_hand(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo
) -> None:
    """Told by patient, record, who and when; no values. The other patients of the batch stay too."""

    def change(known: list[Dossier]) -> list[Dossier]:
        for dossier in known[:3]:
            dossier.patient.values["family_name"] = "Uit het Bestand"
        return known[:3]

    name = batch(change)
    edit_record(
        registry,
        by=desk,
        record=Record.PATIENT,
        patient="MS-0000002",
        answers={"initials": "Q."},
        today=TODAY,
    )
    loaded = rows(registry)
    done = undo(name)
    found = one(done)
    assert (found.reason, found.patient, found.record) == (Reason.CHANGED, "MS-0000002", "patient")
    assert (found.event, found.user) == ("patient.edit", desk.user)
    assert found.at is not None
    with registry.light() as db:
        (body,) = db.rows("SELECT body FROM audit_event WHERE seq = ?", (found.seq,))
    assert json.loads(body[0])["event"] == "patient.edit"
    assert rows(registry) == loaded
    assert "Uit het" not in repr(done)


def test_other_records_of_the_patient_may_change(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """A course that the batch did not touch stays as it was changed by hand, and so do its derived columns."""

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values["family_name"] = "Uit het Bestand"
        known[0].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": date(2026, 1, 2)}))
        return known[:1]

    before = rows(registry)
    name = batch(change)

    def later(known: list[Dossier]) -> list[Dossier]:
        known[0].of(Record.COURSE)[0].values |= {"edss_method": "assessed", "edss": Decimal("9.5")}
        return known[:1]

    do(later)
    assert not undo(name).refused
    now = rows(registry)
    assert check_registry(registry, by=desk).ok
    assert now["patient"] == before["patient"]
    assert [each["edss"] for each in now["course"]].count(9.5) == 1
    assert len(now["course"]) == len(before["course"])
    assert now["course"] != before["course"]


def test_what_was_added_to_something_that_would_go(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """Courses and shares of a new patient, side effects of a new medication."""
    new = fresh(registry, 2)
    medication = {"medicine": "L04AG08", "start_date": date(1990, 1, 1), "stop_date": date(1990, 2, 1)}

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].of(Record.MEDICATION).append(Entry(Record.MEDICATION, medication))
        return [known[0], *new]

    name = batch(change)

    def later(known: list[Dossier]) -> list[Dossier]:
        above = next(e for e in known[0].of(Record.MEDICATION) if e.values["start_date"] == date(1990, 1, 1))
        effect = {"description": "hoofdpijn", "report_to_lareb": False}
        known[0].of(Record.ADVERSE_EVENT).append(Entry(Record.ADVERSE_EVENT, effect, parent=above))
        known[-2].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": date(2026, 1, 2)}))
        return known

    def give(work: Work) -> None:
        with registry.light() as db:
            (other,) = db.rows("SELECT id FROM centre WHERE id <> ? LIMIT 1", (new[1].centre_id,))
        assert new[1].id is not None
        add_share(work, patient_id=new[1].id, centre_id=other[0], since=TODAY)

    do(later, event="events.add", noted=give)
    done = undo(name)
    assert sorted((each.patient, each.record, each.reason.value) for each in done.in_the_way) == [
        ("MS-0000001", "adverse_event", "added"), ("MS-0000031", "course", "added"),
        ("MS-0000032", "share", "added"),
    ]  # fmt: skip
    assert {each.event for each in done.in_the_way} == {"events.add"}


def test_what_was_added_and_deleted_again_is_no_hindrance(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    kept = rows(registry)
    name = batch(lambda known: fresh(registry, 1))
    day = date(2026, 1, 2)

    def add(known: list[Dossier]) -> list[Dossier]:
        known[-1].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": day}))
        return known

    do(add)
    assert undo(name).hindrances == 1
    with writing(registry, by=desk, event="courses.delete", action=Action.DELETE) as work:
        dossier = read_dossiers(work.db, walking.patients_after(work.db, 30))[0]
        delete(work, dossier, [e for e in dossier.of(Record.COURSE) if e.values["course_date"] == day])
    assert not undo(name).refused
    assert rows(registry) == kept


def test_a_record_of_the_batch_that_was_deleted(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo
) -> None:
    """An answer cannot come back in a record that is gone; a patient who is gone keeps the number."""
    new = fresh(registry, 1)

    def change(known: list[Dossier]) -> list[Dossier]:
        first_with(known, Record.COURSE).of(Record.COURSE)[0].values["edss"] = Decimal("9.5")
        return [*known, *new]

    name = batch(change)
    with writing(registry, by=desk, event="patients.withdraw", action=Action.DELETE) as work:
        dossiers = read_dossiers(work.db, walking.patients_after(work.db, 0))
        course = first_with(dossiers, Record.COURSE)
        delete(work, course, course.of(Record.COURSE)[:1])
        delete(work, dossiers[-1], [dossiers[-1].patient])
    done = undo(name)
    assert {each.event for each in done.in_the_way} == {"patients.withdraw"}
    assert {each.reason for each in done.in_the_way} == {Reason.CHANGED}
    assert {each.patient for each in done.in_the_way} == {
        registry_number(course.patient.row["number"]), "MS-0000031"
    }  # fmt: skip


def test_a_number_and_a_bsn_that_another_patient_has_now(
    registry: Registry, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """P3, P4: they cannot be given back."""
    old: dict[str, Any] = {}

    def change(known: list[Dossier]) -> list[Dossier]:
        dossier = next(each for each in known if each.patient.values.get("bsn"))
        old.update(dossier.patient.values, centre=dossier.centre_id)
        dossier.patient.values["patient_number"] = "A-77"
        del dossier.patient.values["bsn"]
        return [dossier]

    name = batch(change)
    newcomer = fresh(registry, 1)[0]
    newcomer.centre_id = old["centre"]
    newcomer.patient.values |= {key: old[key] for key in ("patient_number", "bsn")}
    do(lambda known: [newcomer])
    done = undo(name)
    assert reasons(done) == [(Reason.TAKEN, "patient", "patient_number"), (Reason.TAKEN, "patient", "bsn")]
    assert old["bsn"] not in repr(done)


def test_a_number_and_a_bsn_that_a_patient_of_the_batch_has(
    registry: Registry, batch: Batch, undo: Undo
) -> None:
    """The batch gave them on: the newcomer goes first, then they are free."""
    kept = rows(registry)
    newcomer = fresh(registry, 1)[0]

    def change(known: list[Dossier]) -> list[Dossier]:
        dossier = next(each for each in known if each.patient.values.get("bsn"))
        values = dossier.patient.values
        newcomer.centre_id = dossier.centre_id
        newcomer.patient.values |= {key: values[key] for key in ("patient_number", "bsn")}
        values["patient_number"] = "A-77"
        del values["bsn"]
        return [dossier]

    name = batch(change, then=lambda work: save(work, [newcomer]))
    assert not undo(name).refused
    assert rows(registry) == kept


def test_a_number_that_would_be_free_is_not_told_as_taken(
    registry: Registry, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """Something else keeps the newcomer where it is: that alone is told."""
    newcomer = fresh(registry, 1)[0]

    def change(known: list[Dossier]) -> list[Dossier]:
        newcomer.centre_id = known[0].centre_id
        newcomer.patient.values["patient_number"] = known[0].patient.values["patient_number"]
        known[0].patient.values["patient_number"] = "A-77"
        return known[:1]

    def later(known: list[Dossier]) -> list[Dossier]:
        known[-1].patient.values["family_name"] = "Later"
        return known[-1:]

    name = batch(change, then=lambda work: save(work, [newcomer]))
    do(later)
    assert reasons(undo(name)) == [(Reason.CHANGED, "patient", None)]


def test_a_record_that_is_gone_without_a_trace(registry: Registry, batch: Batch, undo: Undo) -> None:
    """Removed outside the program, so that nobody knows by whom: it is told all the same."""

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": date(2026, 1, 2)}))
        return known[:1]

    name = batch(change)
    with registry.light() as db:
        db.execute("DELETE FROM course WHERE course_date = '2026-01-02'")
    found = one(undo(name))
    assert (found.reason, found.patient, found.record) == (Reason.CHANGED, "MS-0000001", "course")
    assert (found.user, found.at, found.seq) == (None, None, None)


def test_old_answers_that_break_a_rule_beside_what_came_later(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """G4: the batch stopped a medicine, the next one was started by hand; without the stop they overlap."""

    def running(known: list[Dossier]) -> Dossier:
        return next(
            e
            for e in known
            if e.of(Record.MEDICATION) and "stop_date" not in e.of(Record.MEDICATION)[-1].values
        )

    def change(known: list[Dossier]) -> list[Dossier]:
        values = running(known).of(Record.MEDICATION)[-1].values
        values["stop_date"] = TODAY - timedelta(days=10)
        return known

    with registry.light() as db:
        patient = running(read_dossiers(db, walking.patients_after(db, 0)))
    name = batch(change)

    def start(known: list[Dossier]) -> list[Dossier]:
        dossier = next(each for each in known if each.id == patient.id)
        values = {"medicine": "L04AG08", "start_date": TODAY - timedelta(days=5), "deviating_interval": False}
        dossier.of(Record.MEDICATION).append(Entry(Record.MEDICATION, values))
        return [dossier]

    assert not undo(name, dry_run=True).refused
    do(start, event="medications.add")
    found = one(undo(name))
    assert (found.reason, found.record, found.event) == (Reason.RULE, "medication", "medications.add")
    assert found.detail is not None
    assert found.detail.startswith("MED-")


def faulty(known: list[Dossier]) -> list[Dossier]:
    """A fault that the registry has: a course from before its patient was born (COU-001)."""
    values = {"course_date": date(1901, 1, 1), "edss_method": "not_done", "mri_done": False}
    known[0].of(Record.COURSE).append(Entry(Record.COURSE, values))
    return known[:1]


def test_a_fault_that_the_batch_mended_comes_back(
    registry: Registry, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    """The registry becomes what it was, faults and all, where nothing was done to the patient since."""

    def mend(known: list[Dossier]) -> list[Dossier]:
        next(e for e in known[0].of(Record.COURSE) if e.values["course_date"].year == 1901).values[
            "course_date"
        ] = date(2026, 1, 2)
        return known[:1]

    do(faulty)
    kept = rows(registry)
    name = batch(mend)
    assert not undo(name).refused
    assert rows(registry) == kept


def test_a_fault_that_is_there_anyway_is_no_hindrance(
    registry: Registry, batch: Batch, undo: Undo, do: Callable[..., None]
) -> None:
    def rename(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values["family_name"] = "Uit het Bestand"
        return known[:1]

    def later(known: list[Dossier]) -> list[Dossier]:
        known[0].of(Record.COURSE)[-1].values |= {"edss_method": "assessed", "edss": Decimal("9.5")}
        return known[:1]

    do(faulty)
    before = rows(registry)["patient"]
    name = batch(rename)
    do(later)
    assert not undo(name).refused
    assert rows(registry)["patient"] == before


def test_an_answer_that_no_form_asks_for_any_more(registry: Registry, batch: Batch, undo: Undo) -> None:
    """A newer version of the form dropped the question: the old answer has no place to come back to."""
    with registry.light() as db:
        ((patient_id,),) = db.rows("SELECT id FROM patient WHERE number = 3")

    def note(work: Work) -> None:
        about = ("patient", patient_id)
        work.touched(Action.UPDATE, *about, patient_id=patient_id, before={"shoe_size": 43}, after=None)

    found = one(undo(batch(lambda known: [], then=note)))
    assert (found.reason, found.patient, found.detail) == (Reason.FORM, "MS-0000003", "shoe_size")


def test_a_record_that_the_batch_touched_more_than_once(registry: Registry, batch: Batch, undo: Undo) -> None:
    """The oldest answer comes back; a record that was added and then changed is deleted."""
    kept = rows(registry)
    day = date(2026, 1, 2)

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values["family_name"] = "Eerst"
        known[0].of(Record.COURSE).append(Entry(Record.COURSE, {"course_date": day}))
        return known[:1]

    def again(work: Work) -> None:
        dossier = read_dossiers(work.db, walking.patients_after(work.db, 0, 1))[0]
        dossier.patient.values |= {"family_name": "Dan", "name_prefix": "van"}
        course = next(each for each in dossier.of(Record.COURSE) if each.values["course_date"] == day)
        course.values["mri_done"] = False
        save(work, [dossier])

    done = undo(batch(change, then=again))
    assert (dict(done.deleted), dict(done.changed_back)) == ({Record.COURSE: 1}, {Record.PATIENT: 1})
    assert rows(registry) == kept


def test_mending_derived_columns_is_no_later_change(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo
) -> None:
    """`db check --fix` writes no answers, and taking back works the columns out again anyway."""
    kept = rows(registry)
    name = batch(lambda known: fresh(registry, 2))
    with registry.light() as db:
        db.execute("UPDATE patient SET open_questions = 99 WHERE number > 29")
    assert check_registry(registry, by=desk, fix=True).fixed == 3
    assert not undo(name).refused
    assert rows(registry) == kept


# -- who may ------------------------------------------------------------------------------------------------


@pytest.fixture
def member(registry: Registry, desk: Actor) -> Callable[[str], Actor]:
    """A data manager of a centre."""

    def make(centre_id: str) -> Actor:
        own = frozenset({centre_id})
        return replace(desk, user="member", role=Role.DATA_MANAGER, centres=own, centre=centre_id)

    return make


def test_a_member_takes_back_what_the_own_centre_loaded(
    registry: Registry, batch: Batch, undo: Undo, member: Callable[[str], Actor]
) -> None:
    """S3: a batch of the office that is about more centres, and that of another centre, are not there."""
    kept = rows(registry)
    with registry.light() as db:
        centres = [row[0] for row in db.rows("SELECT id FROM centre ORDER BY rowid")]
    new = fresh(registry, 1)[0]
    new.centre_id = centres[1]
    own = batch(lambda known: [new], by=member(centres[1]), centres=["UTR01"])
    office = batch(lambda known: [], centres=["AMS01", "UTR01"])
    for name in (own, office):
        with pytest.raises(NotFound):
            undo(name, by=member(centres[0]))
    with pytest.raises(NotFound):
        undo(office, by=member(centres[1]))
    assert not undo(own, by=member(centres[1])).refused
    assert rows(registry) == kept


def test_what_the_office_loaded_for_one_centre_is_of_that_centre(
    registry: Registry, batch: Batch, undo: Undo, member: Callable[[str], Actor]
) -> None:
    with registry.light() as db:
        centres = dict(db.rows("SELECT code, id FROM centre"))
    new = fresh(registry, 1)[0]
    new.centre_id = centres["UTR01"]
    name = batch(lambda known: [new], centres=["utr01"])
    with pytest.raises(NotFound):
        undo(name, by=member(centres["AMS01"]))
    assert not undo(name, by=member(centres["UTR01"])).refused


def test_a_patient_who_is_no_longer_shared_stands_in_the_way_of_a_member(
    registry: Registry, desk: Actor, batch: Batch, undo: Undo, member: Callable[[str], Actor]
) -> None:
    """P8: what the centre may not see any more it may not change; the registry office can."""
    with registry.light() as db:
        centres = dict(db.rows("SELECT id, code FROM centre"))
        guest = next(
            each
            for each in read_dossiers(db, walking.patients_after(db, 0))
            if not db.rows("SELECT 1 FROM share WHERE patient_id = ?", (each.id,))
        )
    other = next(each for each in centres if each != guest.centre_id)
    assert guest.id is not None
    about = {"by": desk, "patient_id": guest.id, "centre_code": centres[other], "today": TODAY}
    share(registry, **about)
    kept = rows(registry)

    def change(known: list[Dossier]) -> list[Dossier]:
        mine = next(each for each in known if each.id == guest.id)
        mine.patient.values["family_name"] = "Anders"
        return [mine]

    name = batch(change, by=member(other), centres=[centres[guest.centre_id]])
    unshare(registry, **about)
    with pytest.raises(NotAllowed, match="no longer see"):
        undo(name, by=member(other))
    with registry.light() as db:
        (body,) = db.rows("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert (json.loads(body[0])["event"], json.loads(body[0])["outcome"]) == ("imports.undo", "4")
    assert not undo(name).refused
    assert rows(registry)["patient"] == kept["patient"]
