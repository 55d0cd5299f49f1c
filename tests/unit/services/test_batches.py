"""The history of batches: who loaded what, and what each did to which record (SPEC B5, C12, S3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import NotAllowed, NotFound, Usage
from msreg.services.batch_records import BatchShown, show_batch
from msreg.services.batches import BatchPage, list_batches, record_batch
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.saving import save
from msreg.services.undoing import undo_batch
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import walking
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role, Rowed

COUNTS = {"added": 3, "changed": 1, "unchanged": 5, "skipped": 2, "refused": 4}
BSN = "999990019"
Load = Callable[..., int]
Made = Callable[..., Dossier]


@pytest.fixture
def load(registry: Registry, desk: Actor) -> Load:
    """Load what is made of the dossiers of the registry, and note it."""

    def call(
        change: Callable[[list[Dossier]], list[Dossier]] = list, *, by: Actor = desk, keep: bool = True,
        partial: bool = False, counts: Mapping[str, int] = COUNTS, centres: tuple[str, ...] = ("AMS01",),
        file: str = "november.xlsx",
    ) -> int:  # fmt: skip
        with writing(
            registry, by=by, event="imports.run", action=Action.EXECUTE, dry_run=not keep, plain=True
        ) as work:
            save(work, change(read_dossiers(work.db, walking.patients_after(work.db, 0))))
            return record_batch(
                work, seq=work.log.seq, file=file, sha256="ab" * 32, format="excel", centres=centres,
                counts=counts, partial=partial,
            )  # fmt: skip

    return call


@pytest.fixture
def made(registry: Registry, row: dict[str, Callable[..., dict[str, Any]]]) -> Made:
    """A new patient with one course."""

    def make(number: str = "00001", centre: str = "AMS01", **other: Any) -> Dossier:
        with registry.light() as db:
            (found,) = db.rows("SELECT id FROM centre WHERE code = ?", (centre,))
        values = {key: value for key, value in row["patient"](number, **other).items() if key != "centre"}
        course = row["course"](edss=Decimal("2.5"))
        dossier = Dossier(Entry(Record.PATIENT, values), found[0])
        keys = ("course_date", "edss_method", "edss", "mri_done")
        dossier.of(Record.COURSE).append(Entry(Record.COURSE, {key: course[key] for key in keys}))
        return dossier

    return make


@pytest.fixture
def history(registry: Registry, desk: Actor) -> Callable[..., BatchPage]:
    def call(*, by: Actor = desk, page: int = 1, page_size: int = 50) -> BatchPage:
        return list_batches(registry, by=by, page=page, page_size=page_size)

    return call


@pytest.fixture
def shown(registry: Registry, desk: Actor) -> Callable[..., BatchShown]:
    def call(batch: str = "1", *, by: Actor = desk, **how: Any) -> BatchShown:
        return show_batch(registry, by=by, batch=batch, **how)

    return call


def last_event(registry: Registry) -> dict[str, Any]:
    with registry.light() as db:
        (found,) = db.rows("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    return dict(json.loads(found[0]))


# -- who loaded what ----------------------------------------------------------------------------------------


def test_b5_a_load_is_in_the_history_with_who_what_and_counts(
    registry: Registry, desk: Actor, load: Load, history: Callable[..., BatchPage]
) -> None:
    assert load(centres=("UTR01", "AMS01"), partial=True) == 1
    (found,) = history().rows
    assert (found.label, found.user, found.name, found.file) == (
        "B-000001", desk.user, desk.name, "november.xlsx",
    )  # fmt: skip
    assert (found.sha256, found.format, found.centres, found.partial) == (
        "ab" * 32, "excel", ["AMS01", "UTR01"], True,
    )  # fmt: skip
    assert found.counts == {Rowed(key): count for key, count in COUNTS.items()}
    assert found.undone is None
    with registry.light() as db:
        (event,) = db.rows("SELECT body FROM audit_event WHERE seq = ?", (found.seq,))
    body = json.loads(event[0])
    assert body["event"] == "imports.run"
    assert f"{found.at:%Y-%m-%dT%H:%M:%S.%fZ}" == body["at"]
    assert last_event(registry)["event"] == "imports.history"


def test_a_dry_run_leaves_no_batch_and_uses_no_number(load: Load, history: Callable[..., BatchPage]) -> None:
    load()
    load(keep=False)
    assert load() == 2
    assert [each.label for each in history().rows] == ["B-000002", "B-000001"]


def test_the_history_comes_in_pages_newest_first(load: Load, history: Callable[..., BatchPage]) -> None:
    for _ in range(5):
        load()
    pages = [history(page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [[each.number for each in page.rows] for page in pages] == [[5, 4], [3, 2], [1], []]
    assert [page.more for page in pages] == [True, True, False, False]


def test_a_name_too_long_for_the_table_is_cut(load: Load, history: Callable[..., BatchPage]) -> None:
    load(file="x" * 300)
    assert history().rows[0].file == "x" * 255


def test_s3_own_batches_only(
    load: Load,
    history: Callable[..., BatchPage],
    shown: Callable[..., BatchShown],
    member: Callable[..., Actor],
) -> None:
    """What the own centre loaded, whatever it was about, and what the office loaded for it alone."""
    ours, theirs = member("AMS01"), member("UTR01")
    load()  # 1: the office, for AMS01
    load(centres=("AMS01", "UTR01"))  # 2: the office, for both
    load(by=ours, centres=("UTR01",))  # 3: a shared patient of UTR01
    load(by=theirs, centres=("UTR01",))  # 4
    load(centres=())  # 5: a file without rows
    assert [each.number for each in history().rows] == [5, 4, 3, 2, 1]
    assert [each.number for each in history(by=ours).rows] == [3, 1]
    assert [each.number for each in history(by=theirs).rows] == [4]
    for hidden in ("2", "4", "5", "99"):
        with pytest.raises(NotFound, match="no such batch among those"):
            shown(hidden, by=ours)
    assert history(by=ours, page_size=1, page=2).rows[0].number == 1


def test_only_who_may_import_sees_the_history(
    registry: Registry, load: Load, history: Callable[..., BatchPage], shown: Callable[..., BatchShown],
    member: Callable[..., Actor], today: date,
) -> None:  # fmt: skip
    load()
    reader = member("AMS01", Role.READER)
    for call in (
        lambda: history(by=reader),
        lambda: shown(by=reader),
        lambda: undo_batch(registry, by=reader, batch="1", today=today),
    ):
        with pytest.raises(NotAllowed):
            call()
        assert last_event(registry)["outcome"] == "4"


# -- what it did --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["1", "B-1", "b-000001", "B1", " B-000001 "])
def test_a_batch_goes_by_its_number(name: str, load: Load, shown: Callable[..., BatchShown]) -> None:
    load()
    assert shown(name).row.label == "B-000001"


@pytest.mark.parametrize("name", ["", "B-", "x", "1;2", "-1", "B-1234567890"])
def test_what_is_no_name_of_a_batch(name: str, load: Load, shown: Callable[..., BatchShown]) -> None:
    load()
    with pytest.raises(Usage, match="B-000012"):
        shown(name)


def test_every_record_is_told_with_its_fields_and_no_values(
    registry: Registry, load: Load, made: Made, shown: Callable[..., BatchShown]
) -> None:
    """C12: places, fields and codes; values only when they are asked for."""
    load(lambda known: [made(bsn=BSN, family_name="Geheimhart")])

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values |= {"family_name": "Nieuwenaam", "email": "x@example.org"}
        return known

    load(change)
    added, changed = shown("1"), shown("2")
    assert [(each.patient, each.record, each.added) for each in added.touched] == [
        ("MS-0000001", Record.COURSE, True), ("MS-0000001", Record.PATIENT, True),
    ]  # fmt: skip
    assert "edss" in added.touched[0].fields
    assert [(each.record, each.added, sorted(each.fields)) for each in changed.touched] == [
        (Record.PATIENT, False, ["email", "family_name"])
    ]
    for value in ("Geheimhart", BSN, "Nieuwenaam", "2021-01-01", "x@example.org", "2.5"):
        assert value not in repr(added)
        assert value not in repr(changed)
    body = last_event(registry)
    assert (body["event"], body["items"]) == ("imports.show", 1)
    assert body["about"] == {"batch": "B-000002", "page": 1, "values": False}


def test_values_old_and_new_where_they_may_be_told_and_a_bsn_masked(
    load: Load, made: Made, shown: Callable[..., BatchShown]
) -> None:
    load(lambda known: [made(bsn=BSN)])

    def change(known: list[Dossier]) -> list[Dossier]:
        known[0].patient.values |= {"family_name": "Nieuwenaam", "bsn": "999994669"}
        known[0].of(Record.COURSE)[0].values["mri_region"] = "brain"
        return known

    load(change)
    course, patient = shown("2", values=True).touched
    assert (course.which, course.before, course.after) == (
        {"course_date": "2021-01-01"}, {}, {"mri_region": "brain"},
    )  # fmt: skip
    assert patient.before == {"bsn": "••••••019", "family_name": "Jansen"}
    assert patient.after == {"bsn": "••••••669", "family_name": "Nieuwenaam"}
    assert BSN not in repr(shown("1", values=True))


def test_a_long_batch_comes_in_pages(load: Load, made: Made, shown: Callable[..., BatchShown]) -> None:
    load(lambda known: [made(f"{number:05d}") for number in range(1, 6)])
    pages = [shown(page=page, page_size=4) for page in (1, 2, 3)]
    assert [len(page.touched) for page in pages] == [4, 4, 2]
    assert [page.more for page in pages] == [True, True, False]
    assert len({each.record_id for page in pages for each in page.touched}) == 10


def test_after_taking_back_the_history_says_so_and_the_patients_keep_their_numbers(
    registry: Registry, desk: Actor, load: Load, made: Made, history: Callable[..., BatchPage],
    shown: Callable[..., BatchShown], today: date,
) -> None:  # fmt: skip
    load(lambda known: [made()])
    done = undo_batch(registry, by=desk, batch="1", today=today)
    (row,) = history().rows
    assert row.undone is not None
    assert (row.undone.by, row.undone.seq) == (desk.user, done.seq)
    assert row.undone.at >= row.at
    found = shown(values=True)
    assert {each.patient for each in found.touched} == {"MS-0000001"}
    assert found.touched[0].which == {"course_date": "2021-01-01"}
    assert last_event(registry)["items"] == 0  # nobody is there to be seen any more


def test_patients_whom_a_member_may_not_see_any_more_are_left_out(
    registry: Registry, load: Load, made: Made, shown: Callable[..., BatchShown], member: Callable[..., Actor]
) -> None:
    """S3: a member's own batch over a patient of another centre, who is not shared any more."""
    load(lambda known: [made("1"), made("2", "UTR01")], by=member("AMS01"))
    assert {each.patient for each in shown(by=member("AMS01")).touched} == {"MS-0000001"}
    assert {each.patient for each in shown().touched} == {"MS-0000001", "MS-0000002"}
