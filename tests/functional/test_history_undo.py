"""`patients history` and `undo` as people and scripts use them (SPEC C1-C5, C8, C12, S5)."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import pytest

from msreg.services import access
from msreg.services.adding import add_record
from msreg.services.editing import edit_record
from msreg.services.removing import remove_record
from msreg.store.actor import Actor
from msreg.store.audit import Item, append
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Role

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
DAY = {"course_date": date(2022, 2, 2)}


@pytest.fixture
def worked(
    registry: Registry, desk: Actor, load: Run, write: Run, person: Run, course: Run
) -> dict[str, Any]:
    """A patient from a batch, whose course got another EDSS by hand; gives what services are called with."""
    load(
        write(
            "one.xlsx",
            patients=[person(1, family_name="Geheimhart")],
            courses=[course(1, DAY["course_date"])],
        )
    )
    about = {"registry": registry, "by": desk, "patient": "MS-0000001", "today": date(2026, 11, 21)}
    edit_record(**about, record=Record.COURSE, which=DAY, answers={"edss": "4"})
    return about  # fmt: skip


def edss(quick: Run) -> list[str]:
    return [each["edss"] for each in json.loads(quick("courses", "list", "MS-0000001", "--json").out)]


KEYS = {
    "seq", "at", "user", "role", "centre", "event", "entry", "batch", "undoes", "record", "record_id", "which",
    "action", "erased", "field", "old", "new", "code", "reason",
}  # fmt: skip


@pytest.mark.usefixtures("worked")
def test_c3_history_for_programs(quick: Run, desk: Actor, registry: Registry) -> None:
    """An object for each answer, with the codes of the codebook; pages are arrays, and JSON lines too."""
    found = json.loads(quick("patients", "history", "AMS01:00001", "--json").out)
    assert {key for each in found for key in each} == KEYS
    first = found[0]
    assert (first["field"], first["old"], first["new"]) == ("edss", "2.5", "4")
    assert (first["record"], first["which"], first["user"]) == (
        "course",
        {"course_date": "2022-02-02"},
        desk.user,
    )
    assert first["at"].endswith("Z")
    assert {each["batch"] for each in found[1:]} == {"B-000001"}
    assert {each["field"]: each["new"] for each in found}["diagnosis_phenotype"] == "rrms"
    lines = quick("patients", "history", "MS-0000001", "--record", "course", "--field", "edss", "--jsonl").out
    assert [json.loads(each)["new"] for each in lines.splitlines()] == ["4", "2.5"]
    assert quick("patients", "history", "MS-0000001", "--page", "9", "--json").out == "[]\n"
    assert quick("patients", "history", "MS-0000001", "--user", "nobody", "--json").out == "[]\n"
    typed = quick("patients", "history", "-", "--json", stdin=found_bsn(registry))
    assert json.loads(typed.out) == found


def found_bsn(registry: Registry) -> str:
    with registry.light() as db:
        return str(db.rows("SELECT bsn FROM patient")[0][0])


def test_c12_what_is_piped_has_no_values_but_when_asked(
    quick: Run, worked: dict[str, Any], terminal: Run
) -> None:
    """Records, questions and rows of the log are named; a terminal has the values."""
    remove_record(**worked, record=Record.COURSE, which=DAY)
    piped = quick("patients", "history", "MS-0000001").out
    assert "course  deleted\n    Registration date; EDSS assessed; EDSS score; MRI done\n" in piped
    assert "EDSS score  changed" in piped
    assert "2022-02-02" not in piped
    assert "2.5" not in piped
    values = quick("patients", "history", "MS-0000001", "--values").out
    assert (
        "course 2022-02-02  deleted; it was\n    EDSS assessed: assessed; EDSS score: 4; MRI done: no\n"
        in values
    )
    assert "EDSS score  2.5 → 4" in values
    assert "batch B-000001" in values
    seen = terminal("patients", "history", "MS-0000001", "--lang", "nl")
    assert any("2,5 → 4" in line for line in seen.lines)
    assert max(map(len, seen.lines)) <= 80
    assert seen.code == 0
    for columns in (40, 200):
        assert terminal("patients", "history", "MS-0000001", columns=columns).code == 0


@pytest.mark.usefixtures("worked")
def test_c4_wrong_words(quick: Run, error_of: Run) -> None:
    done = quick("patients", "history", "MS-0000001", "--field", "shoe-size", "--json")
    assert (done.code, error_of(done.err)["field"]) == (2, "field")
    assert quick("patients", "history", "MS-0000009").code == 3
    assert quick("patients", "history", "MS-0000001", "--since", "2026-13-01").code == 2
    assert quick("patients", "history", "MS-0000001", "--record", "shoe").code == 2


def test_text_that_could_steer_a_terminal_is_shown_harmless(worked: dict[str, Any], terminal: Run) -> None:
    """What an older registry may have in its log: colours, markup, right-to-left marks, 10,000 characters."""
    hostile = "[red]x[/b] :smile: \u202e\x1b[31m e\u0301 " + "y" * 10_000
    registry, by = worked["registry"], worked["by"]
    with registry.light() as db, transaction(db):
        ((patient_id,),) = db.rows("SELECT id FROM patient")
        name = {"family_name": hostile}
        append(
            db, registry.keys.audit_key, by=by, event="patient.edit", action=Action.UPDATE, at=registry.clock(),
            items=[Item(Action.UPDATE, "patient", patient_id, patient_id, name, {"family_name": "Jansen"})],
        )  # fmt: skip
    seen = terminal("patients", "history", "MS-0000001", "--field", "family_name")
    assert any("[red]x[/b] :smile:" in line for line in seen.lines)
    assert "\u202e" not in seen.raw
    assert "\x1b[31m" not in seen.raw
    assert len(seen.raw) < 2_000


# -- undo ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("worked")
def test_undo_in_a_script(quick: Run, error_of: Run) -> None:
    """C2, C5: it asks first, so nobody can be asked is told; --dry-run shows the same and writes nothing."""
    for words in ((), ("--json",), ("--no-input",)):
        done = quick("undo", *words, *TODAY)
        assert (done.code, done.out) == (2, "")
        assert "--yes" in done.err
    trial = json.loads(quick("undo", "--dry-run", "--json", *TODAY).out)
    assert (trial["dry_run"], trial["undone"], trial["log_row"]) == (True, False, None)
    (record,) = trial["records"]
    assert record["answers"] == [{"field": "edss", "now": "4", "then": "2.5"}]
    assert (record["record"], record["did"], record["registry_number"]) == ("course", "changed", "MS-0000001")
    assert edss(quick) == ["4"]
    done = json.loads(quick("undo", "--yes", "--json", *TODAY).out)
    assert (done["undone"], done["undoes"], done["event"]) == (True, trial["undoes"], "course.edit")
    assert done["records"] == trial["records"]
    assert edss(quick) == ["2.5"]
    told = quick("patients", "history", "MS-0000001").out
    assert f"row {done['log_row']}  takes row {done['undoes'][0]} back" in told
    wall = quick("undo", "--yes", "--json", *TODAY)
    assert (wall.code, wall.out) == (8, "")
    assert error_of(wall.err)["hint"] == "Take it back with: msreg imports undo B-000001"


def test_c4_nothing_to_take_back(quick: Run, registry: Registry, error_of: Run) -> None:
    done = quick("undo", "--yes", "--json")
    assert (done.code, error_of(done.err)["code"]) == (3, "not_found")


def test_c12_what_undo_tells_in_a_pipe(quick: Run, worked: dict[str, Any]) -> None:
    out = quick("undo", "--dry-run").out
    assert "course  would get the old answers back\n    EDSS score  changed\n" in out
    assert "2.5" not in out
    assert "EDSS score  4 → 2.5" in quick("undo", "--dry-run", "--values").out
    edit_record(**worked, record=Record.COURSE, which=DAY, answers={}, clear=["edss"])
    assert "EDSS score  – → 4" in quick("undo", "--yes", "--values").out


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, "2.5"), ("n", 130, "4"), ("\x03", 130, "4")])
def test_undo_shows_first_and_asks(
    answer: str, code: int, left: str, worked: dict[str, Any], quick: Run, home: Mapping[str, str], tmp_path: Path
) -> None:  # fmt: skip
    """C5: on a terminal what will be taken back is told before the question; no and Ctrl-C leave it as it is."""
    child = pexpect.spawn(
        sys.executable, ["-m", "msreg", "undo"], env=dict(home) | {"TERM": "dumb", "PYTHONUTF8": "1"},
        encoding="utf-8", timeout=30, cwd=str(tmp_path), dimensions=(30, 100),
    )  # fmt: skip
    child.expect("EDSS score  4 → 2.5")
    child.expect(r"Take this back\?")
    child.send(answer)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert edss(quick) == [left]


def test_a_clinician_takes_back_and_a_reader_does_not(
    quick: Run, worked: dict[str, Any], sit_down: Callable[..., Actor], registry: Registry
) -> None:
    """S3: PATIENTS_WRITE; a reader may read the history and is not told of undo."""
    sit_down(Role.READER, "AMS01")
    assert quick("undo", "--yes").code == 5
    assert quick("patients", "history", "MS-0000001").code == 0
    doctor = sit_down(Role.CLINICIAN, "AMS01")
    assert access.may(doctor, access.Right.PATIENTS_WRITE)
    add_record(
        **worked | {"by": doctor}, record=Record.DISEASE, answers={"kind": "referral"}, incomplete=True
    )
    assert quick("undo", "--yes", *TODAY).code == 0
    assert quick("undo", "--yes", *TODAY).code == 0
    assert edss(quick) == ["2.5"]
