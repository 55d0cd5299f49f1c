"""Side effects to Lareb as people and programs use it (SPEC L1, C2, C3, C5, C12)."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.lareb import acknowledgement

Run = Callable[..., Any]
FULL: Mapping[str, Any] = {
    "report_to_lareb": True, "start_date": date(2021, 7, 1), "event_course": "Begon na het infuus.",
    "outcome": "recovered", "severity": "mild", "seriousness": "hospitalisation",
}  # fmt: skip
CODED = {"meddra_llt": "12345678", "meddra_version": "27.1"}
ONE = "NL-MSREG-0000001"


@pytest.fixture
def people(load: Run, write: Run, person: Run) -> None:
    """Two patients with a side effect that can be sent; one of them has a MedDRA code."""
    who = [{"centre": "AMS01", "patient_number": f"{number:05d}"} for number in (1, 2)]
    effect = {"medicine": "L04AG08", "medication_start": date(2021, 1, 1), "description": "koorts"} | FULL
    load(
        write(
            patients=[person(1), person(2)],
            medication=[
                each | {"medicine": "L04AG08", "start_date": date(2021, 1, 1), "deviating_interval": False}
                for each in who
            ],
            adverse_events=[who[0] | effect | CODED, who[1] | effect],
        )
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "lareb"
    folder.mkdir()
    return folder


def test_l1_from_list_to_answer_as_a_program_sees_it(people: None, quick: Run, out: Path) -> None:
    first, second = json.loads(quick("events", "list", "--unsent", "--json").out)
    assert first["registry_number"] == "MS-0000001"
    assert (first["standing"], first["sendable"], first["coded"], first["serious"]) == (
        "ready",
        True,
        True,
        True,
    )
    assert (second["coded"], second["missing"], second["report"]) == (False, [], None)
    assert first["criteria"] == dict.fromkeys(("reporter", "patient", "product", "reaction"), True)
    trial = json.loads(quick("events", "send", "--dry-run", "--json").out)
    assert (trial["dry_run"], trial["batch"], trial["reports"], trial["written"]) == (True, None, 2, [])
    sent = json.loads(quick("events", "send", "--yes", "--out", out, "--json").out)
    assert (sent["batch"], sent["reports"], sent["coded"]) == ("L-000001", 2, 1)
    assert [each["files"] for each in sent["written"]] == [
        [str(out / "NL-MSREG-L000001.xml"), str(out / "NL-MSREG-L000001.csv")]
    ]
    again = quick("events", "send", "--yes", "--out", out, "--json")
    assert (again.code, json.loads(again.out)["reports"]) == (0, 0)
    assert json.loads(quick("events", "list", "--unsent", "--json").out) == []
    (one,) = json.loads(quick("events", "list", "1", "--json").out)
    assert (one["lareb"]["standing"], one["lareb"]["report"], one["lareb"]["batch"]) == (
        "sent",
        ONE,
        "L-000001",
    )
    ack = acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CR"})
    answered = json.loads(quick("events", "ack", ack, "--json").out)
    assert (answered["answer"], answered["refused"], answered["already"]) == ("AE", 1, False)
    assert "text" not in answered["answers"][0]  # C12: the receiver's words may be about the patient
    shown = json.loads(quick("events", "ack", ack, "--json", "--values").out)
    assert (shown["already"], shown["answers"][0]["text"]) == (True, f"over {ONE}")
    (batch,) = json.loads(quick("events", "batches", "--json").out)
    assert (batch["batch"], batch["reports"], batch["refused"], batch["written"]) == ("L-000001", 2, 1, True)
    (refused,) = json.loads(quick("events", "list", "--unsent", "--json").out)
    assert (refused["standing"], refused["answer"]) == ("refused", "CR")


def test_spec_0_cron_needs_no_word_more_than_the_command(people: None, run: Run, tmp_path: Path) -> None:
    done = run("events", "send")
    assert (done.code, done.err) == (0, "")
    folder = tmp_path / "home" / "lareb"
    assert sorted(each.name for each in folder.iterdir()) == ["NL-MSREG-L000001.csv", "NL-MSREG-L000001.xml"]
    settings = tmp_path / "home" / "msreg.toml"
    settings.write_text('[lareb]\nsender = "OFFICE"\nreceiver = "NLLAREB"\nemail = "lareb@example.org"\n')
    edited = run("events", "edit", "1", "L04AG08", "2021-01-01", "koorts", "--outcome", "sequelae", "--json")
    assert edited.code == 0, edited.err
    done = run("events", "send", "--changed")
    assert done.code == 0, done.err
    text = (folder / "NL-OFFICE-L000002.xml").read_text(encoding="utf-8")
    for word in (f'"{ONE}"', '"OFFICE"', '"NLLAREB"', "mailto:lareb@example.org"):
        assert word in text


def test_l1_a_rebuilt_batch_is_the_same_to_the_last_byte(
    people: None, quick: Run, out: Path, tmp_path: Path
) -> None:
    quick("events", "send", "--yes", "--out", out)
    place = tmp_path / "again"
    place.mkdir()
    assert quick("events", "rebuild", "L-000001", "--out", place).code == 0
    assert {each.name: each.read_bytes() for each in place.iterdir()} == {
        each.name: each.read_bytes() for each in out.iterdir()
    }
    assert (
        quick("events", "rebuild", "NL-MSREG-L000001", "--out", place).code == 0
    )  # it stands there as it should
    (place / "NL-MSREG-L000001.csv").write_text("anders")
    assert quick("events", "rebuild", "1", "--out", place).code == 8


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("list",), 2),
        (("list", "1", "--unsent"), 2),
        (("list", "99"), 3),
        (("ack", "none.xml"), 3),
        (("ack", "kek"), 6),
        (("batches", "L-000009"), 3),
        (("batches", "huh"), 2),
        (("rebuild", "L-000001", "--out", "."), 3),
        (("rebuild", "L-000001", "--out", "none"), 3),
        (("rebuild", "L-000001"), 2),
        (("send", "--out", "none"), 3),
    ],
)
def test_wrong_input_is_told_in_one_sentence(
    words: tuple[str, ...], code: int, people: None, quick: Run
) -> None:
    done = quick("events", *words)
    assert (done.code, done.out) == (code, "")
    assert "Traceback" not in done.err
    assert 1 <= len(done.err.splitlines()) <= 2, done.err


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_screen_fits_in_80_columns(lang: str, people: None, terminal: Run, out: Path) -> None:
    acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CR"})
    for words in (
        ("list", "--unsent"),
        ("send", "--yes", "--out", out),
        ("ack", out / "ack-AE.xml"),
        ("batches",),
        ("batches", "1"),
        ("list", "1"),
    ):
        seen = terminal("events", *words, "--lang", lang)
        assert seen.code == 0, (words, seen.lines)
        lines = re.sub(r"\x1b\[[0-9;]*m", "", seen.raw).replace("\r", "").split("\n")
        assert len(lines) > 2
        assert max(len(line) for line in lines if str(out) not in line) <= 80, lines
        assert not [line for line in lines if "{" in line or "None" in line]


def test_c5_a_person_is_asked_first_and_no_means_no(
    people: None, home: Mapping[str, str], tmp_path: Path, out: Path
) -> None:
    for answer, files in (("n", 0), ("y", 2)):
        child = pexpect.spawn(
            sys.executable, ["-m", "msreg", "events", "send", "--out", str(out)], dimensions=(40, 80),
            encoding="utf-8", env=dict(home) | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}, cwd=tmp_path,
            timeout=60,
        )  # fmt: skip
        child.expect("2 reports would be sent to LAREB")
        child.send(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == (0 if files else 130)
        assert len(list(out.iterdir())) == files


def test_texts_of_the_receiver_cannot_move_the_terminal(people: None, quick: Run, out: Path) -> None:
    quick("events", "send", "--yes", "--out", out)
    path = acknowledgement(out, "NL-MSREG-L000001", "AE", {ONE: "CR"})
    path.write_text(
        path.read_text(encoding="utf-8").replace(f"over {ONE}", "x\u202e\u009b2Jy"), encoding="utf-8"
    )
    assert quick("events", "ack", path).code == 0
    shown = quick("events", "list", "--unsent").out
    assert "\u202e" not in shown
    assert "\u009b" not in shown
    assert "\\u202e" in shown
