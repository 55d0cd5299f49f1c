"""Care of the database: derived columns against the rules, mending, upgrading (DESIGN 1.4, SPEC S6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.errors import NotAllowed, Unavailable
from msreg.services import access, database, operators
from msreg.services.centres import add_centre
from msreg.services.database import check_registry, upgrade_database
from msreg.services.made_up import make_people
from msreg.services.saving import save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.audit import verify
from msreg.store.connect import transaction
from msreg.store.queries import walking
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role

TODAY = date(2026, 11, 21)
PATIENTS = 40


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Registry]:
    where = {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek")}
    registry, _ = Registry.create(load_settings(where), made_up=True)
    with registry:
        operators.first_operator(registry, user=access.os_user({}), host="desk-3")
        by = access.whoami(registry, {})
        add_centre(registry, by=by, code="AMS01", name="Amsterdam")
        with registry.light() as db:
            known = access.centre_by_code(db, "AMS01")
        assert known is not None
        with writing(registry, by=by, event="patients.add", action=Action.CREATE) as work:
            save(work, list(make_people(7, PATIENTS, TODAY, [known[0]])), writer=known[0])
        yield registry


@pytest.fixture
def by(office: Registry) -> Actor:
    return access.whoami(office, {})


def spoil(registry: Registry, *statements: str) -> None:
    with registry.light() as db, transaction(db):
        for statement in statements:
            db.execute(statement)


def test_what_services_wrote_is_right(office: Registry, by: Actor) -> None:
    """Every kind of record is looked at, and none differs."""
    found = check_registry(office, by=by)

    with office.light() as db:
        tables = ("patient", "course", "disease_event", "medication", "adverse_event", "prom")
        rows = sum(db.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables)
    assert found.ok
    assert (found.patients, found.records) == (PATIENTS, rows)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("complete", "1 - complete"),
        ("open_questions", "open_questions + 1"),
        ("search_name", "'x'"),
        ("search_full", "'x'"),
        ("last_course_on", "'1999-01-01'"),
        ("last_phenotype", "CASE last_phenotype WHEN 'ris' THEN 'cis' ELSE 'ris' END"),
        ("course_due_on", "'1999-01-01'"),
        ("invite_due_on", "'1999-01-01'"),
        ("ask_due_on", "'1999-01-01'"),
    ],
)
def test_each_derived_column_is_compared(office: Registry, by: Actor, column: str, value: str) -> None:
    spoil(office, f"UPDATE patient SET {column} = {value} WHERE number = 7")
    found = check_registry(office, by=by)

    assert [(each.patient, each.record, each.columns) for each in found.differences] == [
        ("MS-0000007", Record.PATIENT, (column,))
    ]
    assert not found.ok


@pytest.mark.parametrize("table", ["course", "disease_event", "medication", "adverse_event"])
def test_records_are_compared(office: Registry, by: Actor, table: str) -> None:
    spoil(office, f"UPDATE {table} SET complete = 1 - complete WHERE id = (SELECT max(id) FROM {table})")
    found = check_registry(office, by=by)

    assert [each.columns for each in found.differences] == [("complete",)]


def test_mending_writes_the_columns_and_the_log_only(office: Registry, by: Actor) -> None:
    """Nobody changed an answer: version and last change stay, and the log tells old and new."""
    with office.light() as db:
        before = db.rows("SELECT * FROM patient ORDER BY number")
    spoil(office, "UPDATE patient SET complete = 1 - complete, invite_due_on = '1999-01-01' WHERE number = 3")
    found = check_registry(office, by=by, fix=True)

    assert (found.ok, found.fixed) == (True, 1)
    with office.light() as db:
        assert db.rows("SELECT * FROM patient ORDER BY number") == before
        assert verify(db, office.keys.audit_key, office.uuid).ok
        told = db.rows("SELECT before FROM audit_item ORDER BY seq DESC LIMIT 1")[0][0]
    assert '"invite_due_on":"1999-01-01"' in told
    assert check_registry(office, by=by).ok


def test_mending_needs_the_right(office: Registry, by: Actor) -> None:
    spoil(office, "UPDATE patient SET open_questions = 99")
    job = replace(by, role=Role.JOB)

    assert not check_registry(office, by=job).ok
    with pytest.raises(NotAllowed):
        check_registry(office, by=job, fix=True)


def test_pieces_cover_everybody(office: Registry, by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Smaller pieces find the same: no patient falls between two of them."""
    spoil(office, "UPDATE patient SET search_name = 'x' WHERE number % 3 = 0")
    whole = check_registry(office, by=by)
    monkeypatch.setattr(walking.patients_after, "__defaults__", (7,))
    steps: list[tuple[int, int | None]] = []
    small = check_registry(office, by=by, fix=True, step=lambda done, total: steps.append((done, total)))

    assert small.differences == whole.differences
    assert steps[-1] == (PATIENTS, PATIENTS)
    assert len(steps) == 6
    assert check_registry(office, by=by).ok


def test_an_upgrade_of_something_else(office: Registry, tmp_path: Path) -> None:
    """A database without the tables of a registry is not made into one."""
    from msreg.store.connect import open_database
    from msreg.store.copies import remove_database

    office.close()
    path = office.settings.database_file
    remove_database(path)
    raw = open_database(path, office.keys.db_key, create=True)
    raw.execute("CREATE TABLE t (a)")
    raw.close()
    with pytest.raises(Unavailable):
        upgrade_database(office.settings, environ={})


def test_an_upgrade_needs_the_right(office: Registry) -> None:
    spoil(office, "UPDATE operator SET role = 'auditor'")
    with pytest.raises(NotAllowed):
        upgrade_database(office.settings, environ={})


def test_the_service_is_all_there() -> None:
    assert database.Checked().ok
