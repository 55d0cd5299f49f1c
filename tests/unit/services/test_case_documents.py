"""Uploading and removing documents of a case (SPEC N5; security F1, F3, 4.8)."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError, NotAllowed, NotFound, Refused, Usage
from msreg.formats.upload_limits import MAX_UPLOAD_BYTES
from msreg.services.case_documents import FileState, Offered, Uploaded, remove, upload
from msreg.services.case_editing import edit_case
from msreg.services.case_steps import approve, give_back, submit, withdraw
from msreg.services.case_traces import search_again
from msreg.services.cases import show_case
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, CaseState, Outcome, Role, ScanResult
from tests import uploads_make as made
from tests.cases import add_file, person, reported
from tests.false_clamd import CLEAN, ERROR, FOUND, FalseClamd, false_clamd

CASE = "NC-2026-0001"
Send = Callable[..., Uploaded]


@pytest.fixture(autouse=True)
def case(registry: Registry, desk: Actor, today: date) -> None:
    reported(registry, desk, today, patient_number="12345", event_date="2026-03-05")


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """A file of some text: `file("a.txt", "words")`."""

    def write(name: str, content: str | bytes = "") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else (content or f"Verslag {name}\n").encode())
        return path

    return write


@pytest.fixture
def send(registry: Registry, desk: Actor) -> Send:
    """Upload: `send(path, path, each=True)`; a pair of a path and a document too."""

    def call(*files: Any, by: Actor = desk, case: str = CASE, **how: Any) -> Uploaded:
        offered = [each if isinstance(each, tuple) else (each, None) for each in files]
        return upload(registry, by=by, case=case, files=[Offered(*each) for each in offered], **how)

    return call


@pytest.fixture
def clamd(registry: Registry, tmp_path: Path) -> Iterator[FalseClamd]:
    """A scanner that is set and required."""
    with false_clamd(tmp_path) as server:
        required(registry, server.address)
        yield server


def required(registry: Registry, address: str, *, required: bool = True) -> None:
    cases = replace(registry.settings.cases, scanner="clamd", scanner_address=address, scan_required=required)
    registry.settings = replace(registry.settings, cases=cases)


def rows(registry: Registry, table: str = "case_document") -> list[dict[str, Any]]:
    with registry.light() as db:
        names = [each[1] for each in db.rows(f"PRAGMA table_info({table})")]
        return [
            dict(zip(names, each, strict=True)) for each in db.rows(f"SELECT * FROM {table} ORDER BY rowid")
        ]


def last_events(registry: Registry, count: int) -> list[dict[str, Any]]:
    found = rows(registry, "audit_event")[-count:]
    return [json.loads(each["body"]) for each in found]


def version(registry: Registry) -> int:
    return int(rows(registry, "notification")[0]["version"])


def nothing_stored(registry: Registry) -> None:
    assert rows(registry) == []
    assert rows(registry, "case_chunk") == []
    assert version(registry) == 1
    assert not (registry.settings.home / "uploads").exists()
    assert list(registry.settings.home.glob(".uploads*")) == []


# -- all or none --------------------------------------------------------------------------------------


def test_n5_files_of_every_kind_are_stored_with_their_hash_and_ticked_off(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    done = send(
        (file("a.pdf", made.pdf()), "delivery_report"),
        (file("b.docx", made.docx()), "OK-verslag"),
        file("c.xlsx", made.xlsx()),
        file("d.png", made.png()),
        file("e.jpg", made.jpeg()),
        file("f.txt"),
    )
    assert [each.state for each in done.files] == [FileState.STORED] * 6
    stored = rows(registry)
    assert [each["kind"] for each in stored] == ["pdf", "docx", "xlsx", "png", "jpg", "txt"]
    assert [each["wanted"] for each in stored] == ["delivery_report", "operation_report", *[None] * 4]
    assert [each["place"] for each in stored] == list(range(1, 7))
    assert {each["scan"] for each in stored} == {"not_scanned"}
    assert not any(each["held"] for each in stored)
    lacking = [each.key for each in done.lacking.documents]
    assert "delivery_report" not in lacking
    assert "operation_report" not in lacking
    assert "pregnancy_card" in lacking
    assert version(registry) == 2
    (event,) = last_events(registry, 1)
    assert (event["event"], event["about"], event["items"]) == ("cases.upload", {"case": CASE, "files": 6}, 7)
    logged = [
        json.loads(each["after"])
        for each in rows(registry, "audit_item")
        if each["entity"] == "case_document"
    ]
    assert [set(each) - {"wanted"} for each in logged] == [
        {"place", "kind", "size", "sha256", "scan", "held"}
    ] * 6
    assert not any("a.pdf" in str(each.values()) for each in rows(registry, "audit_item"))


def test_one_file_that_is_refused_keeps_the_others_out_and_all_faults_are_told(
    registry: Registry, send: Send, file: Callable[..., Path], tmp_path: Path
) -> None:
    done = send(file("a.txt"), file("b.pdf", b"MZ"), file("c.txt", b"\0"), tmp_path / "weg.txt")
    assert [each.state.value for each in done.files] == ["left", "refused", "refused", "refused"]
    assert [each.gated.fault.exit_code for each in done.files[1:] if each.gated.fault] == [6, 6, 9]
    assert not done.stored
    nothing_stored(registry)
    (event,) = last_events(registry, 1)
    assert (event["event"], event["outcome"]) == ("cases.upload", Outcome.REFUSED.value)
    assert event["about"] == {"case": CASE, "files": 4, "refused": 3, "infected": 0}


def test_with_each_the_others_are_stored(registry: Registry, send: Send, file: Callable[..., Path]) -> None:
    done = send(file("a.txt"), file("b.pdf", b"MZ"), file("c.txt"), each=True)
    assert [each.state.value for each in done.files] == ["stored", "refused", "stored"]
    assert done.stored
    assert [each["name"] for each in rows(registry)] == ["a.txt", "c.txt"]
    refused, stored = last_events(registry, 2)
    assert (refused["outcome"], stored["outcome"]) == (Outcome.REFUSED.value, Outcome.DONE.value)


@pytest.mark.parametrize("each", [False, True])
def test_when_all_are_refused_nothing_is_written(
    each: bool, registry: Registry, send: Send, file: Callable[..., Path]
) -> None:
    done = send(file("a.pdf", b"MZ"), file("b.exe", b"MZ"), each=each)
    assert not done.stored
    nothing_stored(registry)


def test_a_dry_run_stores_nothing_and_says_the_same(
    registry: Registry, send: Send, file: Callable[..., Path]
) -> None:
    tried = send(file("a.txt"), dry_run=True)
    assert [each.state for each in tried.files] == [FileState.STORED]
    nothing_stored(registry)
    (event,) = last_events(registry, 1)
    assert (event["action"], event["about"]) == ("R", {"case": CASE, "dry_run": True})


# -- the same once more -------------------------------------------------------------------------------


def test_the_same_bytes_twice_are_there_already(
    registry: Registry, send: Send, file: Callable[..., Path]
) -> None:
    """In one call and in two, under another name too; nothing changes, and it is no fault."""
    first = send(file("a.txt", "woorden"), file("b.txt", "woorden"))
    assert [each.state.value for each in first.files] == ["stored", "there"]
    before, number = rows(registry), version(registry)
    again = send(file("c.txt", "woorden"))
    assert [(each.state.value, each.row and each.row["place"]) for each in again.files] == [("there", 1)]
    assert (rows(registry), version(registry)) == (before, number)


def test_the_same_bytes_may_be_said_to_be_another_document(
    registry: Registry, send: Send, file: Callable[..., Path]
) -> None:
    path = file("a.txt")
    send((path, "delivery_report"))
    send(path)
    assert rows(registry)[0]["wanted"] == "delivery_report"
    done = send((path, "operation_report"))
    assert [each.state.value for each in done.files] == ["there"]
    assert rows(registry)[0]["wanted"] == "operation_report"
    assert "delivery_report" in [each.key for each in done.lacking.documents]
    send((path, "other"))
    assert rows(registry)[0]["wanted"] is None
    assert version(registry) == 4


# -- what a case takes --------------------------------------------------------------------------------


def test_two_hundred_files_are_refused_in_one_sentence_before_any_is_read(
    registry: Registry, send: Send, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match="200 files are too many") as caught:
        send(*(tmp_path / f"{n}.txt" for n in range(200)))
    assert caught.value.hint
    nothing_stored(registry)


def test_a_case_takes_forty_files(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    """Those that msreg makes of forms come on top of that."""
    case_id = rows(registry, "notification")[0]["id"]
    for _ in range(39):
        add_file(registry, case_id)
    add_file(registry, case_id, form=CaseForm.CRF)
    with pytest.raises(Conflict, match="has 39 and would get 2"):
        send(file("x.txt"), file("y.txt"))
    assert len(rows(registry)) == 40
    send(file("x.txt"))
    assert len(rows(registry)) == 41
    send(file("x.txt"))  # it is there
    with pytest.raises(Conflict, match="has 40"):
        send(file("y.txt"))
    remove(registry, by=desk, case=CASE, place=7)
    send(file("y.txt"))
    assert len(rows(registry)) == 41


def test_a_centre_has_a_quota(
    registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    """Counted over all cases of the centre: to the byte that fits, and not one more."""
    registry.settings = replace(registry.settings, cases=replace(registry.settings.cases, quota=1))
    reported(registry, desk, today)
    send(file("a.txt", "a" * 600_000))
    send(file("b.txt", "b" * 400_000), case="NC-2026-0002")
    with pytest.raises(Conflict, match="1 MB at most"):
        send(file("c.txt", "c"))
    remove(registry, by=desk, case="NC-2026-0002", place=1)
    with pytest.raises(Conflict):
        send(file("d.txt", "d" * 400_001))
    send(file("e.txt", "e" * 400_000))


@pytest.mark.parametrize(
    ("size", "code"), [(0, 6), (1, None), (MAX_UPLOAD_BYTES, None), (MAX_UPLOAD_BYTES + 1, 6)]
)
def test_n5_a_file_has_one_byte_to_fifty_megabytes(
    size: int, code: int | None, registry: Registry, send: Send, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as out:
        line = b"Hemoglobine 6,1\n" * 65_536
        for _ in range(size // len(line)):
            out.write(line)
        out.write(b"x" * (size % len(line)))
    done = send(path)
    fault = done.files[0].gated.fault
    assert (fault and fault.exit_code) == code
    assert [each["size"] for each in rows(registry)] == ([] if code else [size])


@pytest.mark.parametrize(
    ("word", "kind"), [("nonsense", Usage), ("swansea", Usage), ("crf", Usage), ("team_advice", Usage)]
)
def test_a_document_that_the_list_does_not_have_is_refused(
    word: str, kind: type[MsregError], registry: Registry, send: Send, file: Callable[..., Path]
) -> None:
    with pytest.raises(kind) as caught:
        send((file("a.txt"), word))
    assert (caught.value.field, bool(caught.value.hint)) == ("as", True)
    nothing_stored(registry)


def test_the_pdf_of_a_form_cannot_be_uploaded_in_its_place(
    registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    reported(registry, desk, today, "maternal_death")
    with pytest.raises(Usage, match="made of its form by itself"):
        send((file("a.txt"), "crf"), case="NC-2026-0002")


def test_no_file_at_all_is_a_usage_error(registry: Registry, send: Send) -> None:
    with pytest.raises(Usage):
        send()
    nothing_stored(registry)


# -- who, and when ------------------------------------------------------------------------------------


def test_only_who_works_on_a_case_adds_files(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    path = file("a.txt")
    for role in (Role.COORDINATOR, Role.AUDITOR, Role.JOB, Role.DATA_MANAGER, Role.READER):
        with pytest.raises(NotAllowed):
            send(path, by=person(registry, desk, role))
    for role in (Role.NOTIFIER, Role.ENTRY_CLERK):
        with pytest.raises(NotFound):
            send(path, by=person(registry, desk, role, "UTR01"))
        assert last_events(registry, 1)[0]["outcome"] == Outcome.REFUSED.value
    nothing_stored(registry)
    send(path, by=person(registry, desk, Role.ENTRY_CLERK))
    assert rows(registry)[0]["user"] == "entry_clerk-ams01"


def test_late_terminations_are_unknown_to_an_entry_clerk(
    registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    reported(registry, desk, today, "late_termination")
    with pytest.raises(NotFound):
        send(file("a.txt"), by=person(registry, desk, Role.ENTRY_CLERK), case="LZ-2026-0001")
    send((file("a.txt"), "team_advice"), by=person(registry, desk, Role.NOTIFIER), case="LZ-2026-0001")


def test_files_come_and_go_while_a_case_is_a_concept_or_incomplete(
    registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    send(file("a.txt"))
    submit(registry, by=desk, case=CASE, today=today)
    for work in (lambda: send(file("b.txt")), lambda: remove(registry, by=desk, case=CASE, place=1)):
        with pytest.raises(Conflict, match="does not change any more"):
            work()
    give_back(registry, by=desk, case=CASE, today=today, remark="ontslagbrief")
    send(file("b.txt"))
    remove(registry, by=desk, case=CASE, place=1)
    submit(registry, by=desk, case=CASE, today=today)
    approve(registry, by=desk, case=CASE, today=today)
    for work in (lambda: send(file("c.txt")), lambda: remove(registry, by=desk, case=CASE, place=2)):
        with pytest.raises(Conflict):
            work()
    assert [each["name"] for each in rows(registry)] == ["b.txt"]


@pytest.mark.parametrize("end", ["approved", "withdrawn", "submitted"])
def test_a_case_that_ends_while_somebody_uploads_takes_nothing(
    end: str, registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    """The files were looked at already: the upload loses, with nothing half."""
    send(file("a.txt"))
    number = version(registry)

    def meanwhile(_done: int, _total: int | None) -> None:
        if end == "withdrawn":
            withdraw(registry, by=desk, case=CASE, today=today, remark="dubbel")
            return
        submit(registry, by=desk, case=CASE, today=today)
        if end == "approved":
            approve(registry, by=desk, case=CASE, today=today)

    with pytest.raises(Conflict, match=end):
        send(file("b.txt"), step=meanwhile)
    assert [each["name"] for each in rows(registry)] == ["a.txt"]
    assert version(registry) == number + (2 if end == "approved" else 1)
    assert show_case(registry, by=desk, case=CASE).state is CaseState(end)


def test_two_who_upload_at_the_same_time_both_have_their_files(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    done = send(file("a.txt"), step=lambda _done, _total: send(file("b.txt")) and None)
    assert [each.row and each.row["place"] for each in done.files] == [2]
    assert [each["name"] for each in rows(registry)] == ["b.txt", "a.txt"]


def test_a_file_that_changes_while_it_is_read_is_refused(
    registry: Registry, send: Send, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"regel\n" * 1_000_000)
    over = threading.Event()

    def grow() -> None:
        with path.open("ab", buffering=0) as out:
            while not over.wait(0.0005):
                out.write(b"nog een\n")

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        done = send(path)
    finally:
        over.set()
        writer.join()
    fault = done.files[0].gated.fault
    assert fault is not None
    assert "was changed while it was being read" in str(fault)
    nothing_stored(registry)
    assert send(path).of(FileState.STORED)


# -- removing -----------------------------------------------------------------------------------------


def test_a_removed_file_is_gone_with_its_bytes_and_the_log_tells_what_it_was(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    send((file("a.txt", "woorden"), "delivery_report"), file("b.txt"))
    gone = rows(registry)[0]
    done = remove(registry, by=desk, case=CASE, place=1)
    assert (done.document.name, done.dry_run) == ("a.txt", False)
    assert [each["name"] for each in rows(registry)] == ["b.txt"]
    assert {each["document_id"] for each in rows(registry, "case_chunk")} == {rows(registry)[0]["id"]}
    item = next(each for each in rows(registry, "audit_item") if each["action"] == "D")
    assert json.loads(item["before"]) == {
        key: gone[key] if key != "held" else 0
        for key in ("place", "kind", "size", "sha256", "wanted", "scan", "held")
    }
    assert (item["entity"], item["entity_id"], item["after"]) == ("case_document", gone["id"], None)
    assert version(registry) == 3


def test_the_number_of_a_removed_file_is_never_given_out_again(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    """A script that removes file 2 twice must not take the one that came after it."""
    send(file("a.txt"), file("b.txt", "woorden"))
    remove(registry, by=desk, case=CASE, place=2)
    send(file("c.txt", "andere woorden"))
    assert [(each["name"], each["place"]) for each in rows(registry)] == [("a.txt", 1), ("c.txt", 3)]
    with pytest.raises(NotFound):
        remove(registry, by=desk, case=CASE, place=2)
    remove(registry, by=desk, case=CASE, place=3)
    remove(registry, by=desk, case=CASE, place=1)
    send(file("d.txt", "nog meer woorden"))
    assert [(each["name"], each["place"]) for each in rows(registry)] == [("d.txt", 4)]


def test_a_dry_run_removes_nothing_and_nobody_removes_twice(
    registry: Registry, desk: Actor, send: Send, file: Callable[..., Path]
) -> None:
    send(file("a.txt"))
    remove(registry, by=desk, case=CASE, place=1, dry_run=True)
    assert len(rows(registry)) == 1
    remove(registry, by=desk, case=CASE, place=1)
    with pytest.raises(NotFound):
        remove(registry, by=desk, case=CASE, place=1)
    assert rows(registry) == []


# -- traces -------------------------------------------------------------------------------------------


def test_what_may_tell_who_somebody_is_is_counted_and_counted_again_for_other_answers(
    registry: Registry, desk: Actor, today: date, send: Send, file: Callable[..., Path]
) -> None:
    text = "BSN 999990019, gezien op 5 maart 2026 en 06-03-2026; nummer 12345."
    send(file("a.txt", text), file("b.pdf", made.pdf(text=text)), file("c.png", made.png()))
    traces = [json.loads(each["traces"]) for each in rows(registry)]
    assert traces == [{"bsn": 1, "date": 1, "number": 1}] * 2 + [{}]
    assert search_again(registry, by=desk, case=CASE) == 0
    edit_case(
        registry,
        by=desk,
        case=CASE,
        answers={"event_date": "2026-03-06"},
        clear=["patient_number"],
        today=today,
    )
    assert search_again(registry, by=desk, case=CASE) == 3
    assert json.loads(rows(registry)[0]["traces"]) == {"bsn": 1, "date": 1}
    edit_case(registry, by=desk, case=CASE, answers={"event_date": "2026-03-07"}, today=today)
    number = version(registry)
    assert search_again(registry, by=desk, case=CASE) == 3
    assert json.loads(rows(registry)[1]["traces"]) == {"bsn": 1}
    assert version(registry) == number  # who looked at the case before may go on
    with pytest.raises(Usage):
        submit(registry, by=desk, case=CASE, today=today)
    submit(registry, by=desk, case=CASE, today=today, confirmed=True)
    assert search_again(registry, by=desk, case=CASE) == 0
    assert not any("999990019" in str(each.values()) for each in rows(registry, "audit_item"))


# -- scanning -----------------------------------------------------------------------------------------


def test_f3_a_clean_file_is_stored_as_clean(
    registry: Registry, clamd: FalseClamd, send: Send, file: Callable[..., Path]
) -> None:
    send(file("a.txt"), file("b.txt"))
    stored = rows(registry)
    assert [(each["scan"], each["held"]) for each in stored] == [("clean", 0)] * 2
    assert clamd.seen == [each["sha256"] for each in stored]


def test_f3_an_infected_file_is_refused_and_in_the_log(
    registry: Registry, clamd: FalseClamd, send: Send, file: Callable[..., Path]
) -> None:
    clamd.says = lambda data: FOUND if b"kwaad" in data else CLEAN
    done = send(file("a.txt"), file("b.txt", "kwaad"))
    assert [each.state.value for each in done.files] == ["left", "refused"]
    assert "infected" in str(done.files[1].gated.fault)
    nothing_stored(registry)
    assert last_events(registry, 1)[0]["about"]["infected"] == 1


@pytest.mark.parametrize("answer", [ERROR, b"what?\0", b"", None])
def test_f3_what_could_not_be_scanned_is_in_quarantine_where_a_scan_is_required(
    answer: bytes | None, registry: Registry, desk: Actor, clamd: FalseClamd, today: date, send: Send,
    file: Callable[..., Path],
) -> None:  # fmt: skip
    clamd.says = lambda _data: answer
    done = send((file("a.txt"), "delivery_report"))
    assert [(each.state, each.gated.scan) for each in done.files] == [
        (FileState.STORED, ScanResult.NOT_SCANNED)
    ]
    assert rows(registry)[0]["held"] == 1
    assert "delivery_report" in [each.key for each in done.lacking.documents]
    with pytest.raises(Conflict, match="quarantine"):
        submit(registry, by=desk, case=CASE, today=today)


def test_f3_a_scanner_that_is_away_holds_files_only_where_a_scan_is_required(
    registry: Registry, send: Send, file: Callable[..., Path], tmp_path: Path
) -> None:
    required(registry, str(tmp_path / "nobody"))
    send(file("a.txt"))
    required(registry, str(tmp_path / "nobody"), required=False)
    send(file("b.txt"))
    assert [(each["scan"], each["held"]) for each in rows(registry)] == [
        ("not_scanned", 1),
        ("not_scanned", 0),
    ]
