"""SPEC P10, security T6: an erased patient leaves a tombstone, a chain that holds, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from msreg.errors import NotAllowed, NotFound
from msreg.services import audit_log
from msreg.services.batch_records import show_batch
from msreg.services.editing import edit_record
from msreg.services.erasing import erase
from msreg.services.naming import registry_number
from msreg.services.records import read_record
from msreg.services.shares import share, unshare
from msreg.services.undoing import undo_batch
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.audit import verify
from msreg.store.connect import Database, open_database
from msreg.store.copies import check_database, copy_database
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

TODAY = date(2026, 11, 21)
CANARY = "Kanarievogel"
SECRET = "zingt over de kanarie"
Row = dict[str, Any]
PAGE, RESERVED, SALT = 4096, 80, 16


@pytest.fixture
def patient(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: dict[str, Callable[..., Row]]
) -> str:
    """A patient whose name and texts are canaries, among forty others; gives the id."""
    named = {"family_name": CANARY, "email": f"{CANARY}@example.org".lower(), "bsn": "999990019"}
    others = [f"{number:05d}" for number in range(2, 42)]
    every = ["00001", *others]
    lay(
        patients=[row["patient"](number=n, **(named if n == "00001" else {"family_name": f"Ander{n}"})) for n in every],
        courses=[row["course"](number=n, course_date=date(2015 + y, 1, 1)) for n in every for y in range(6)],
        medication=[row["medication"](number=n) for n in every],
        adverse_events=[
            row["event"](number=n, description=SECRET if n == "00001" else "hoofdpijn") for n in every
        ],
    )  # fmt: skip
    with registry.light() as db:
        found = db.one("SELECT id FROM patient WHERE family_name = ?", (CANARY,))
    assert found is not None
    for initials in ("A.", "B.", "C."):
        edit_record(
            registry, by=desk, record=Record.PATIENT, patient="AMS01:00001",
            answers={"initials": initials, "name_prefix": f"van {CANARY}"[:20]}, today=TODAY,
        )  # fmt: skip
    return str(found[0])


def pages(registry: Registry) -> Iterator[bytes]:
    """Every page of the database and of the file beside it, deciphered as they lie on the disk."""
    path = registry.settings.database_file
    content = path.read_bytes()
    for at in range(0, len(content), PAGE):
        yield decipher(registry.keys.db_key, content[at : at + PAGE], first=at == 0)
    waiting = path.with_name(path.name + "-wal")
    if waiting.exists():
        content = waiting.read_bytes()[32:]
        for at in range(0, len(content), PAGE + 24):
            page = content[at + 24 : at + 24 + PAGE]
            number = int.from_bytes(content[at : at + 4], "big")
            yield decipher(registry.keys.db_key, page, first=number == 1)


def decipher(key: bytes, page: bytes, *, first: bool) -> bytes:
    """A page as SQLCipher 4 writes it: AES-256-CBC, the vector in front of the signature at its end."""
    start, end = SALT if first else 0, len(page) - RESERVED
    vector = page[end : end + 16]
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
    return cipher.update(page[start:end]) + cipher.finalize()


def dumped(registry: Registry) -> str:
    """Every value of every table, as text."""
    with registry.light() as db:
        names = [row[0] for row in db.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(repr(each) for name in names for each in db.rows(f'SELECT * FROM "{name}"'))


def hits(registry: Registry, *words: str) -> int:
    return sum(page.lower().count(word.lower().encode()) for page in pages(registry) for word in words) + sum(
        dumped(registry).lower().count(word.lower()) for word in words
    )


def test_t6_nothing_of_an_erased_patient_is_left_on_any_page(
    registry: Registry, desk: Actor, patient: str
) -> None:
    assert hits(registry, CANARY, SECRET, "999990019") > 10  # the scan sees what there is
    done = erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    assert done.swept
    assert hits(registry, CANARY, SECRET, "999990019") == 0
    assert hits(registry, "Ander00002") > 0
    wal = registry.settings.database_file.with_name(registry.settings.database_file.name + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0
    with registry.light() as db:
        assert check_database(db) == []
        assert verify(db, registry.keys.audit_key, registry.uuid).ok


def items(registry: Registry, patient: str) -> list[Row]:
    names = ("seq", "entity", "action", "before", "after", "erased_seq")
    with registry.light() as db:
        rows = db.rows(
            f"SELECT {', '.join(names)} FROM audit_item WHERE patient_id = ? ORDER BY seq, n", (patient,)
        )
    return [dict(zip(names, each, strict=True)) for each in rows]


def test_p10_the_log_keeps_that_and_by_whom_and_loses_what(
    registry: Registry, desk: Actor, patient: str
) -> None:
    before = items(registry, patient)
    with registry.light() as db:
        others = db.rows("SELECT * FROM audit_item WHERE patient_id <> ? ORDER BY seq, n", (patient,))
    done = erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    after = items(registry, patient)
    with registry.light() as db:
        assert db.rows("SELECT * FROM audit_item WHERE patient_id <> ? ORDER BY seq, n", (patient,)) == others
    held = [each for each in before if each["before"] or each["after"]]
    assert done.log_items == len(held) > 10
    same = after[: len(before)]
    assert [(e["seq"], e["entity"], e["action"]) for e in same] == [
        (e["seq"], e["entity"], e["action"]) for e in before
    ]
    seq = after[-1]["seq"]
    assert {e["erased_seq"] for e, was in zip(same, before, strict=True) if was in held} == {seq}
    assert all(e["before"] is e["after"] is None for e in after)
    own = [(e["entity"], e["action"]) for e in after if e["seq"] == seq]
    assert own == [
        ("adverse_event", "D"), ("medication", "D"), *[("course", "D")] * 6, ("patient", "D"), ("tombstone", "C"),
    ]  # fmt: skip
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event WHERE seq = ?", (seq,))
    assert found is not None
    body = json.loads(found[0])
    assert (body["event"], body["action"], body["patient_id"]) == ("patients.erase", "D", patient)
    assert (body["about"], body["reason"]) == ({"erased_items": done.log_items}, None)


def test_p10_a_tombstone_holds_a_number_a_day_and_who(
    registry: Registry, desk: Actor, patient: str, stored: Callable[[str], list[Row]]
) -> None:
    with registry.light() as db:
        number, centre = db.one("SELECT number, centre_id FROM patient WHERE id = ?", (patient,)) or (0, "")
    erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    (grave,) = stored("tombstone")
    seq = items(registry, patient)[-1]["seq"]
    told = {key: grave[key] for key in ("id", "number", "centre_id", "erased_on", "erased_by", "seq")}
    assert told == {
        "id": patient, "number": number, "centre_id": centre, "erased_on": "2026-11-21",
        "erased_by": desk.user, "seq": seq,
    }  # fmt: skip
    assert {len(stored(table)) for table in ("patient", "medication")} == {40}


def test_the_number_of_an_erased_patient_is_not_given_again(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: dict[str, Callable[..., Row]],
    stored: Callable[[str], list[Row]],
) -> None:  # fmt: skip
    lay(patients=[row["patient"](), row["patient"](number="00002", family_name="Tweede")])
    erase(registry, by=desk, patient="MS-0000002", today=TODAY)
    lay(patients=[row["patient"](number="00002", family_name="Anders")])  # the hospital may use its own again
    assert [each["number"] for each in stored("patient")] == [1, 3]


def test_who_asks_for_an_erased_patient_is_told_so_when_it_was_theirs(
    registry: Registry, desk: Actor, member: Callable[..., Actor], patient: str
) -> None:
    with registry.light() as db:
        number = registry_number((db.one("SELECT number FROM patient WHERE id = ?", (patient,)) or (0,))[0])
    erase(registry, by=desk, patient="AMS01:00001", today=TODAY)

    def said(by: Actor, name: str) -> str:
        with pytest.raises(NotFound) as told:
            read_record(registry, by=by, event="patients.show", patient=name)
        return str(told.value)

    for by in (desk, member("AMS01")):
        assert (
            said(by, number)
            == f"The patient {number} was erased on 2026-11-21; nothing is left of the record."
        )
        # The hospital's own number went too, so nobody can tell whose it was.
        assert said(by, "AMS01:00001") == said(by, "AMS01:99999")
    assert said(member("UTR01"), number) == said(member("UTR01"), "MS-0099999")


def test_the_log_of_an_erased_patient_can_be_asked_for(registry: Registry, desk: Actor, patient: str) -> None:
    with registry.light() as db:
        number = registry_number((db.one("SELECT number FROM patient WHERE id = ?", (patient,)) or (0,))[0])
    erase(registry, by=desk, patient=number, today=TODAY)
    page = audit_log.list_events(registry, by=desk, asked=audit_log.AskedLog(patient=number))
    assert (page.rows[0].event, page.rows[0].patient) == ("patients.erase", number)
    assert {"patient.edit", "imports.run"} <= {each.event for each in page.rows}
    edit = next(each for each in page.rows if each.event == "patient.edit")
    shown = audit_log.show_event(registry, by=desk, seq=edit.seq, values=True)
    assert [(each.patient, each.fields, each.before, each.after) for each in shown.items] == [
        (number, [], None, None)
    ]


def test_a_batch_that_brought_an_erased_patient_can_still_be_looked_at_and_taken_back(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: dict[str, Callable[..., Row]],
    stored: Callable[[str], list[Row]],
) -> None:  # fmt: skip
    done = lay(
        patients=[row["patient"](), row["patient"](number="00002", family_name="Tweede")],
        courses=[row["course"](), row["course"](number="00002")],
    )
    assert done.batch is not None
    erase(registry, by=desk, patient="MS-0000001", today=TODAY)
    shown = show_batch(registry, by=desk, batch="B-000001", values=True)
    assert [(e.patient, bool(e.after)) for e in shown.touched] == [
        ("MS-0000001", False), ("MS-0000001", False), ("MS-0000002", True), ("MS-0000002", True),
    ]  # fmt: skip
    undone = undo_batch(registry, by=desk, batch="B-000001", today=TODAY)
    assert (undone.refused, undone.erased, undone.patients) == (False, 1, 1)
    assert undone.deleted == {Record.PATIENT: 1, Record.COURSE: 1}
    assert stored("patient") == stored("course") == []


def test_a_batch_of_which_everybody_was_erased_has_nothing_to_take_back(
    registry: Registry, desk: Actor, lay: Callable[..., Any], row: dict[str, Callable[..., Row]]
) -> None:
    lay(patients=[row["patient"]()])
    erase(registry, by=desk, patient="MS-0000001", today=TODAY)
    undone = undo_batch(registry, by=desk, batch="B-000001", today=TODAY)
    assert (undone.nothing, undone.refused, undone.erased) == (True, False, 1)


def test_shares_go_along_and_entries_under_way_too(
    registry: Registry, desk: Actor, patient: str, stored: Callable[[str], list[Row]]
) -> None:
    for code in ("UTR01",):
        share(registry, by=desk, patient="AMS01:00001", centre_code=code, today=TODAY)
        unshare(registry, by=desk, patient="AMS01:00001", centre_code=code, today=TODAY)
        share(registry, by=desk, patient="AMS01:00001", centre_code=code, today=TODAY)
    with registry.light() as db:
        db.execute(
            "INSERT INTO draft (id, created_at, updated_at, version, begun_by, record, adding, patient_id,"
            " record_id, answers, passed, confirmed)"
            " VALUES (?, '2026', '2026', 1, 'x', 'course', 1, ?, ?, ?, '[]', '[]')",
            ("d" * 32, patient, "c" * 32, json.dumps({"remark": SECRET})),
        )
    erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    assert stored("share") == stored("draft") == []
    assert hits(registry, SECRET) == 0


def test_c5_a_trial_says_what_would_go_and_changes_nothing(
    registry: Registry, desk: Actor, patient: str, stored: Callable[[str], list[Row]]
) -> None:
    before = {table: stored(table) for table in ("patient", "course", "audit_item", "meta", "tombstone")}
    done = erase(registry, by=desk, patient="AMS01:00001", today=TODAY, dry_run=True)
    assert done.standing.counts == {
        Record.COURSE: 6, Record.DISEASE: 0, Record.MEDICATION: 1, Record.ADVERSE_EVENT: 1, Record.PROM: 0,
    }  # fmt: skip
    after = {table: stored(table) for table in before}
    looked = after["audit_item"].pop()  # the trial itself is a look
    assert (looked["patient_id"], looked["action"]) == (patient, "R")
    assert after == before
    with registry.light() as db:
        assert verify(db, registry.keys.audit_key, registry.uuid).ok


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.READER, Role.IMPORTER])
def test_who_has_not_the_right_erases_nobody(
    role: Role, registry: Registry, member: Callable[..., Actor], patient: str,
    stored: Callable[[str], list[Row]],
) -> None:  # fmt: skip
    with pytest.raises(NotAllowed):
        erase(registry, by=member("AMS01", role), patient="AMS01:00001", today=TODAY)
    assert len(stored("patient")) == 41


def test_only_the_centre_that_registered_erases(
    registry: Registry, desk: Actor, member: Callable[..., Actor], patient: str
) -> None:
    share(registry, by=desk, patient="AMS01:00001", centre_code="UTR01", today=TODAY)
    with pytest.raises(NotAllowed):
        erase(registry, by=member("UTR01"), patient="AMS01:00001", today=TODAY)
    assert erase(registry, by=member("AMS01"), patient="AMS01:00001", today=TODAY).swept


def test_erased_is_erased_once(registry: Registry, desk: Actor, patient: str) -> None:
    withdraw(registry, by=desk, patient="AMS01:00001", on=TODAY, reason=SECRET, today=TODAY)
    number = erase(registry, by=desk, patient="AMS01:00001", today=TODAY).standing.number
    with pytest.raises(NotFound):
        erase(registry, by=desk, patient=number, today=TODAY)
    assert hits(registry, SECRET) == 0  # the reason of the withdrawal went too


def test_two_erasures_prove_each_other_right(registry: Registry, desk: Actor, patient: str) -> None:
    erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    erase(registry, by=desk, patient="AMS01:00007", today=TODAY)
    with registry.light() as db:
        assert verify(db, registry.keys.audit_key, registry.uuid).ok
        assert db.one("SELECT count(DISTINCT erased_seq) FROM audit_item") == (2,)


def test_who_reads_meanwhile_keeps_the_waiting_file_until_the_next_check(
    registry: Registry, desk: Actor, patient: str
) -> None:
    """The erasure stands; that the file beside it still waits is told, and the check of the database empties it."""
    reader = Database(open_database(registry.settings.database_file, registry.keys.db_key, timeout=0.1))
    reader.execute("BEGIN")
    assert reader.one("SELECT count(*) FROM patient") == (41,)
    try:
        done = erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    finally:
        reader.close()
    assert not done.swept
    with registry.light() as db:
        assert check_database(db) == []
    assert hits(registry, CANARY, SECRET) == 0


def test_a_copy_of_the_database_has_what_the_database_has(
    registry: Registry, desk: Actor, patient: str
) -> None:
    """The copy that an upgrade makes first: after erasing it holds nothing, before it does, which is told."""
    key, path = registry.keys.db_key, registry.settings.database_file
    old, new = path.with_name("old.db"), path.with_name("new.db")
    copy_database(path, key, old)
    erase(registry, by=desk, patient="AMS01:00001", today=TODAY)
    copy_database(path, key, new)
    for copy, there in ((old, 1), (new, 0)):
        db = Database(open_database(copy, key))
        assert db.one("SELECT count(*) FROM patient WHERE family_name = ?", (CANARY,)) == (there,)
        db.close()
