"""Documents of a case on their way out, in quarantine, and looked through (SPEC N5; security F3, F6, 4.8)."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Unavailable, Usage
from msreg.services.case_checking import CheckedCase, check_case
from msreg.services.case_documents import Offered, drop_generated, put_generated, remove, upload
from msreg.services.case_download import Downloaded, download
from msreg.services.case_editing import edit_case
from msreg.services.case_scanning import Scanned, scan_again
from msreg.services.case_steps import approve, submit
from msreg.services.cases import find_case, show_case
from msreg.services.database import check_registry
from msreg.services.export_going import Going
from msreg.services.exports_left import list_left
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseForm, Role, ScanResult
from tests.cases import add_file, person, reported
from tests.false_clamd import CLEAN, ERROR, FOUND, FalseClamd, false_clamd

CASE = "NC-2026-0001"
LONG = Random(5).randbytes(400_000).hex().encode()
"""Text of four pieces."""
Get = Callable[..., Downloaded]


@pytest.fixture
def files(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> None:
    """A case with two files, of several pieces and of one."""
    reported(registry, desk, today)
    (tmp_path / "Ontslag brief.TXT").write_bytes(LONG)
    (tmp_path / "b.txt").write_bytes(b"kort")
    offered = [Offered(tmp_path / name) for name in ("Ontslag brief.TXT", "b.txt")]
    upload(registry, by=desk, case=CASE, files=offered)


@pytest.fixture
def get(registry: Registry, desk: Actor) -> Get:
    def call(place: int | None, out: Path, *, by: Actor = desk, **how: Any) -> Downloaded:
        return download(registry, by=by, case=CASE, place=place, out=out, **how)

    return call


@pytest.fixture
def clamd(registry: Registry, tmp_path: Path) -> Iterator[FalseClamd]:
    with false_clamd(tmp_path) as server:
        cases = replace(
            registry.settings.cases, scanner="clamd", scanner_address=server.address, scan_required=True
        )
        registry.settings = replace(registry.settings, cases=cases)
        yield server


def sql(registry: Registry, text: str) -> None:
    with registry.light() as db:
        db.execute(text)


def last_event(registry: Registry) -> dict[str, Any]:
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    event: dict[str, Any] = json.loads(found[0])
    return event


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- out ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("files")
def test_f6_one_file_comes_out_as_it_went_in_for_its_owner_only(get: Get, tmp_path: Path) -> None:
    done = get(1, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == LONG
    assert mode(tmp_path / "out") == 0o600
    assert [(each.name, path) for each, path in done.files] == [("Ontslag brief.TXT", tmp_path / "out")]


@pytest.mark.usefixtures("files")
def test_all_files_go_into_a_folder_with_their_numbers(get: Get, tmp_path: Path) -> None:
    out = tmp_path / "alles"
    get(None, out)
    assert {each.name: each.read_bytes() for each in out.iterdir()} == {
        "01-Ontslag brief.TXT": LONG,
        "02-b.txt": b"kort",
    }
    assert {mode(each) for each in out.iterdir()} == {0o600}
    assert mode(out) == 0o700
    with pytest.raises(Conflict):
        get(None, out)
    get(None, out, overwrite=True)


@pytest.mark.usefixtures("files")
def test_into_a_folder_that_is_there_a_file_goes_by_its_own_name(
    registry: Registry, get: Get, tmp_path: Path
) -> None:
    """Which may name a person, so the log does not have it."""
    folder = tmp_path / "map"
    folder.mkdir()
    done = get(1, folder)
    assert done.out == folder / "Ontslag brief.TXT"
    assert done.out.read_bytes() == LONG
    assert last_event(registry)["about"]["file"] == f"{CASE}-1"
    with pytest.raises(Conflict):
        get(1, folder)


@pytest.mark.usefixtures("files")
def test_s5_what_left_is_in_the_log_with_to_whom_and_why(
    registry: Registry, desk: Actor, get: Get, tmp_path: Path
) -> None:
    get(2, tmp_path / "b.pdf", going=Going("commissie", "beoordeling"))
    event = last_event(registry)
    assert event["event"] == "cases.download"
    assert event["about"] == {
        "case": CASE, "to_file": True, "file": "b.pdf", "format": "txt", "files": 1, "patients": 1,
        "recipient": "commissie", "purpose": "beoordeling",
    }  # fmt: skip
    (left,) = list_left(registry, by=desk).rows
    assert (left.event, left.recipient, left.patients) == ("cases.download", "commissie", 1)


@pytest.mark.usefixtures("files")
def test_the_own_centre_and_the_coordinator_get_the_files_and_nobody_else(
    registry: Registry, desk: Actor, today: date, get: Get, tmp_path: Path
) -> None:
    for n, role in enumerate((Role.NOTIFIER, Role.ENTRY_CLERK, Role.COORDINATOR)):
        get(2, tmp_path / f"{n}", by=person(registry, desk, role))
    for role in (Role.JOB, Role.AUDITOR, Role.DATA_MANAGER, Role.READER):
        with pytest.raises(NotAllowed):
            get(2, tmp_path / "no", by=person(registry, desk, role))
    with pytest.raises(NotFound):
        get(2, tmp_path / "no", by=person(registry, desk, Role.NOTIFIER, "UTR01"))
    submit(registry, by=desk, case=CASE, today=today)
    approve(registry, by=desk, case=CASE, today=today)
    get(None, tmp_path / "after", by=person(registry, desk, Role.COORDINATOR))
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("place", [1, None])
@pytest.mark.usefixtures("files")
def test_f6_bytes_that_are_not_what_was_uploaded_are_not_written(
    place: int | None, registry: Registry, desk: Actor, get: Get, tmp_path: Path
) -> None:
    sql(registry, "UPDATE case_chunk SET piece = zeroblob(length(piece)) WHERE n = 2")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(Unavailable) as caught:
        get(place, tmp_path / "out")
    assert caught.value.exit_code == 9
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("files")
def test_a_file_that_is_not_there_and_a_case_without_files(
    registry: Registry, desk: Actor, today: date, get: Get, tmp_path: Path
) -> None:
    with pytest.raises(NotFound, match="no file 3"):
        get(3, tmp_path / "out")
    reported(registry, desk, today)
    with pytest.raises(NotFound, match="no files yet"):
        download(registry, by=desk, case="NC-2026-0002", out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


# -- quarantine ---------------------------------------------------------------------------------------


@pytest.fixture
def held(registry: Registry, clamd: FalseClamd, files: None) -> FalseClamd:
    """Both files were stored while the scanner could not say, the second found clean since."""
    sql(registry, "UPDATE case_document SET held = 1")
    sql(registry, "UPDATE case_document SET held = 0, scan = 'clean' WHERE place = 2")
    return clamd


def scan_now(registry: Registry, desk: Actor) -> list[tuple[int, ScanResult, bool]]:
    done: Scanned = scan_again(registry, by=desk, case=CASE)
    return [(each.document.row["place"], each.result, each.held) for each in done.files]


def test_f3_a_file_in_quarantine_stays_where_it_is(
    registry: Registry, held: FalseClamd, get: Get, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="quarantine"):
        get(1, tmp_path / "out")
    done = get(None, tmp_path / "alles")
    assert [each.name for each in (tmp_path / "alles").iterdir()] == ["02-b.txt"]
    assert [each.row["place"] for each in done.held] == [1]
    sql(registry, "UPDATE case_document SET held = 1")
    with pytest.raises(Conflict):
        get(None, tmp_path / "none")


def test_f3_a_scan_that_finds_nothing_ends_the_quarantine(
    registry: Registry, desk: Actor, today: date, held: FalseClamd, get: Get, tmp_path: Path
) -> None:
    held.says = lambda _data: ERROR
    assert scan_now(registry, desk) == [(1, ScanResult.NOT_SCANNED, True)]
    held.says = lambda _data: CLEAN
    assert scan_now(registry, desk) == [(1, ScanResult.CLEAN, False)]
    assert scan_now(registry, desk) == []
    get(1, tmp_path / "out")
    submit(registry, by=desk, case=CASE, today=today)


def test_f3_a_file_that_proves_infected_is_never_let_out(
    registry: Registry, desk: Actor, today: date, held: FalseClamd, get: Get, tmp_path: Path
) -> None:
    held.says = lambda _data: FOUND
    assert scan_now(registry, desk) == [(1, ScanResult.INFECTED, True)]
    with pytest.raises(Conflict):
        submit(registry, by=desk, case=CASE, today=today)
    with pytest.raises(Conflict):
        get(1, tmp_path / "out")
    remove(registry, by=desk, case=CASE, place=1)
    submit(registry, by=desk, case=CASE, today=today)


@pytest.mark.usefixtures("files")
def test_without_a_scanner_there_is_nothing_to_scan_with(registry: Registry, desk: Actor) -> None:
    with pytest.raises(Usage, match="No scanner is set"):
        scan_again(registry, by=desk, case=CASE)


# -- what is left to do -------------------------------------------------------------------------------


def check(registry: Registry, by: Actor) -> CheckedCase:
    return check_case(registry, by=by, case=CASE)


def test_a_check_tells_what_holds_a_case_and_what_is_missing(
    registry: Registry, desk: Actor, today: date
) -> None:
    case = reported(registry, desk, today)
    found = check(registry, desk)
    assert (found.ready, found.complete, found.without_file) == (False, False, True)
    for wanted in found.case.theme.wanted[:-1]:
        add_file(registry, case.id, wanted=wanted.key)
    found = check(registry, person(registry, desk, Role.COORDINATOR))
    assert (found.ready, found.complete) == (True, False)
    assert [each.key for each in found.case.lacking.documents] == ["pathology_report"]
    add_file(registry, case.id, wanted="pathology_report")
    coordinator = person(registry, desk, Role.COORDINATOR)
    assert check(registry, coordinator).complete
    sql(registry, "UPDATE case_document SET held = 1 WHERE place = 2")
    found = check(registry, coordinator)
    assert (found.ready, [each.row["place"] for each in found.held]) == (False, [2])
    sql(registry, "UPDATE case_document SET held = 0")
    answers = {"event_date": "2026-03-05", "pregnancy_ended": "yes", "delivery_date": "2026-01-01"}
    edit_case(registry, by=desk, case=CASE, answers=answers, today=today)
    found = check(registry, coordinator)
    assert (found.outside, found.ready, found.complete) == (True, False, False)


@pytest.mark.usefixtures("files")
def test_a_check_searches_files_again_after_the_answers_changed(
    registry: Registry, desk: Actor, today: date, tmp_path: Path
) -> None:
    (tmp_path / "c.txt").write_text("gezien op 6 maart 2026")
    upload(registry, by=desk, case=CASE, files=[Offered(tmp_path / "c.txt")])
    assert check(registry, desk).traces == {}
    edit_case(registry, by=desk, case=CASE, answers={"event_date": "2026-03-06"}, today=today)
    assert check(registry, person(registry, desk, Role.COORDINATOR)).traces == {}
    assert check(registry, desk).traces == {"c.txt": {"date": 1}}
    assert check(registry, person(registry, desk, Role.COORDINATOR)).traces == {"c.txt": {"date": 1}}


# -- made by msreg ------------------------------------------------------------------------------------


def generate(registry: Registry, desk: Actor, data: bytes | None, version: int = 1) -> bool:
    with writing(registry, by=desk, event="cases.crf", action=Action.UPDATE, plain=True) as work:
        row = find_case(work.db, by=desk, name=CASE)
        if data is None:
            return drop_generated(work, row, CaseForm.CRF.value)
        return put_generated(work, row, CaseForm.CRF.value, "CRF.pdf", data, version)


def test_n6_the_pdf_of_a_form_comes_is_renewed_and_goes(registry: Registry, desk: Actor, today: date) -> None:
    reported(registry, desk, today, "maternal_death")

    def made() -> list[tuple[int, int, str, str, int]]:
        found = show_case(registry, by=desk, case=CASE).documents
        return [
            tuple(each.row[key] for key in ("place", "size", "wanted", "form", "form_version"))
            for each in found
        ]  # type: ignore[misc]

    assert generate(registry, desk, b"%PDF one")
    assert made() == [(1, 8, "crf", "crf_maternal_death", 1)]
    assert not generate(registry, desk, b"%PDF one")
    assert generate(registry, desk, b"%PDF two!")
    assert [each[1] for each in made()] == [9]
    assert generate(registry, desk, b"%PDF two!", version=2)
    assert [each[4] for each in made()] == [2]
    with pytest.raises(Conflict, match="made of a form"):
        remove(registry, by=desk, case=CASE, place=made()[0][0])
    assert generate(registry, desk, None)
    assert not generate(registry, desk, None)
    assert made() == []


def test_n6_the_bytes_of_that_pdf_that_somebody_uploaded_become_it(
    registry: Registry, desk: Actor, today: date
) -> None:
    case = reported(registry, desk, today, "maternal_death")
    from hashlib import sha256

    add_file(registry, case.id)
    sql(registry, f"UPDATE case_document SET sha256 = '{sha256(b'%PDF one').hexdigest()}'")
    assert generate(registry, desk, b"%PDF one")
    (found,) = show_case(registry, by=desk, case=CASE).documents
    assert found.made


# -- db check -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("files")
def test_db_check_finds_files_that_are_not_whole_and_bytes_of_none(registry: Registry, desk: Actor) -> None:
    assert check_registry(registry, by=desk).ok
    sql(registry, "DELETE FROM case_chunk WHERE n = 1")
    sql(registry, f"INSERT INTO case_chunk (document_id, n, piece) VALUES ('{'0' * 32}', 0, x'00')")
    found = check_registry(registry, by=desk)
    assert not found.ok
    assert [(each.case and str(each.case), each.place) for each in found.files] == [(CASE, 1), (None, None)]
    fixed = check_registry(registry, by=desk, fix=True)
    assert (fixed.ok, fixed.dropped) == (False, 1)
    found = check_registry(registry, by=desk)
    assert [(each.case and str(each.case), each.place) for each in found.files] == [(CASE, 1)]
    assert show_case(registry, by=desk, case=CASE).documents[0].row["place"] == 1
    remove(registry, by=desk, case=CASE, place=1)
    assert check_registry(registry, by=desk).ok
