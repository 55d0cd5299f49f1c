"""`patients share|decease|end|withdraw|consent` as people and scripts use them (P8, P9, P10, C2, C4, C5)."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pexpect
import pytest

from msreg.store.registry import Registry

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
P = "MS-0000001"


@pytest.fixture(autouse=True)
def patient(
    registry: Registry, load: Callable[..., Any], write: Callable[..., Path],
    person: Callable[..., dict[str, Any]], course: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """Two patients of AMS01, each with a course."""
    load(
        write(
            patients=[person(1, family_name="Kanarie"), person(2)],
            courses=[course(n, date(2025, 2, 2)) for n in (1, 2)],
        )
    )


@pytest.fixture
def typing(home: Mapping[str, str], tmp_path: Path) -> Callable[..., pexpect.spawn]:
    """The program on a terminal, for who types."""

    def start(*words: str, lang: str = "en") -> pexpect.spawn:
        return pexpect.spawn(
            sys.executable, ["-m", "msreg", *words, *TODAY, "--lang", lang], dimensions=(40, 80), timeout=20,
            env=os.environ | dict(home) | {"TERM": "xterm-256color", "LANG": "C.UTF-8"}, encoding="utf-8",
            cwd=str(tmp_path),
        )  # fmt: skip

    return start


def ended(child: pexpect.spawn) -> int:
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus is not None
    return int(child.exitstatus)


# -- sharing -------------------------------------------------------------------------------------------


def test_p8_share_and_take_it_back(quick: Run) -> None:
    done = quick("patients", "share", P, "--with", "utr01", *TODAY)
    assert (done.code, done.err) == (0, "")
    assert "MS-0000001 is shared with UTR01" in done.out
    assert "Kanarie" not in done.out
    shown = json.loads(quick("patients", "show", P, "--json").out)
    assert shown["shared_with"] == [{"centre": "UTR01", "since": "2026-11-21"}]
    again = quick("patients", "share", P, "--with", "UTR01", *TODAY)
    assert (again.code, again.out) == (8, "")
    back = quick("patients", "unshare", P, "--with", "UTR01", *TODAY, "--json")
    assert json.loads(back.out) == {
        "registry_number": P, "centre": "UTR01", "name": "Ziekenhuis De Vecht", "since": "2026-11-21",
        "until": "2026-11-21",
    }  # fmt: skip
    assert json.loads(quick("patients", "show", P, "--json").out)["shared_with"] == []


@pytest.mark.parametrize(("centre", "code"), [("AMS01", 6), ("ZZZ99", 3)])
def test_a_centre_that_cannot_be(centre: str, code: int, quick: Run, error_of: Callable[..., Any]) -> None:
    done = quick("patients", "share", P, "--with", centre, "--json", *TODAY)
    assert (done.code, done.out) == (code, "")
    assert error_of(done.err)["field"] == "centre"


def test_c2_without_a_centre_the_option_is_named(quick: Run) -> None:
    done = quick("patients", "share", P, *TODAY)
    assert done.code == 2
    assert "--with" in done.err


def test_c8_by_number_of_the_hospital_and_by_bsn(quick: Run, bsn: Callable[[int], str]) -> None:
    assert quick("patients", "share", "AMS01:00001", "--with", "UTR01", *TODAY).code == 0
    assert quick("patients", "unshare", "-", "--with", "UTR01", *TODAY, stdin=bsn(1)).code == 0


# -- death and the end of treatment --------------------------------------------------------------------


@pytest.mark.parametrize("words", [("2026-11-03",), ("03-11-2026",), ("--date", "03/11/2026")])
def test_p9_a_death_by_options(words: tuple[str, ...], quick: Run) -> None:
    done = quick("patients", "decease", P, *words, "--cause", "ms", "--yes", *TODAY)
    assert (done.code, done.err) == (0, "")
    assert "2026-11-03" not in done.out  # C12: values only on a terminal
    shown = json.loads(quick("patients", "show", P, "--json").out)
    told = ("deceased", "deceased_on", "death_cause", "course_due_on")
    assert [shown[key] for key in told] == [True, "2026-11-03", "ms", None]
    again = quick("patients", "decease", P, *words, "--yes", *TODAY)
    assert again.code == 8
    assert "msreg undo" in again.err


def test_p9_the_end_of_treatment_by_options(quick: Run) -> None:
    words = ("patients", "end", P, "2026-11-03", "--reason", "lost")
    trial = quick(*words, "--dry-run", "--json", *TODAY)
    assert json.loads(trial.out)["dry_run"] is True
    assert json.loads(quick("patients", "show", P, "--json").out)["treatment_ended"] is False
    assert quick(*words, "--yes", *TODAY).code == 0
    shown = json.loads(quick("patients", "show", P, "--json").out)
    told = ("treatment_ended", "treatment_ended_on", "treatment_ended_reason", "complete")
    assert [shown[key] for key in told] == [True, "2026-11-03", "lost", True]


@pytest.mark.parametrize(
    ("words", "code", "option"),
    [
        (("decease", P), 2, "--date"),
        (("end", P, "2026-11-03"), 2, "--reason"),
        (("end", P, "--reason", "lost"), 2, "--date"),
        (("decease", P, "2026-11-03"), 2, "--yes"),
        (("end", P, "2026-11-03", "--reason", "lost"), 2, "--yes"),
        (("decease", P, "2026-11-03", "--date", "2026-11-04", "--yes"), 2, "two dates"),
        (("decease", P, "2025-02-01", "--yes"), 6, "--date:"),
        (("decease", P, "2026-11-22", "--yes"), 6, "--date:"),
        (("decease", P, "2026-11-03", "--cause", "ouderdom", "--yes"), 6, "--cause:"),
        (("end", P, "2026-11-03", "--reason", "zomaar", "--yes"), 6, "--reason:"),
    ],
)
def test_c2_c4_what_is_missing_or_wrong_names_the_option(
    words: tuple[str, ...], code: int, option: str, quick: Run
) -> None:
    done = quick("patients", *words, *TODAY)
    assert (done.code, done.out) == (code, "")
    assert option in done.err
    shown = json.loads(quick("patients", "show", P, "--json").out)
    assert (shown["deceased"], shown["treatment_ended"]) == (False, False)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", ("Date of death", "MS", "Record this death?")), ("nl", ("Datum overlijden", "MS", "j/N"))],
)
def test_c2_on_a_terminal_what_is_missing_is_asked(
    lang: str, words: tuple[str, ...], typing: Run, quick: Run
) -> None:
    child = typing("patients", "decease", P, lang=lang)
    child.expect(words[0])
    child.send("3-11-2026\r")
    child.expect(words[1])
    child.send("MS\r")
    child.expect(words[2])
    child.send({"en": "y", "nl": "j"}[lang])
    assert ended(child) == 0
    shown = json.loads(quick("patients", "show", P, "--json").out)
    assert (shown["deceased_on"], shown["death_cause"]) == ("2026-11-03", "ms")


def test_c5_who_says_no_changes_nothing(typing: Run, quick: Run) -> None:
    child = typing("patients", "end", P, "2026-11-03", "--reason", "lost")
    child.expect("Kanarie")
    child.expect("Record that the treatment ended")
    child.send("n")
    assert ended(child) == 130
    assert json.loads(quick("patients", "show", P, "--json").out)["treatment_ended"] is False


# -- consent -------------------------------------------------------------------------------------------


def test_p10_withdrawn_and_kept_is_seen_everywhere(quick: Run, tmp_path: Path) -> None:
    done = quick("patients", "withdraw", P, "--keep", "--date", "2026-11-20", "--yes", "--json", *TODAY)
    assert json.loads(done.out) == {
        "registry_number": P, "dry_run": False, "withdrawn_on": "2026-11-20", "erased": False, "courses": 1,
        "disease_events": 0, "medications": 0, "adverse_events": 0, "proms": 0, "shared": 0,
    }  # fmt: skip
    shown = quick("patients", "show", P, "--lang", "nl")
    assert "20-11-2026" in shown.out
    listed = json.loads(quick("patients", "list", "--json").out)
    assert [each["withdrawn_on"] for each in listed] == ["2026-11-20", None]
    assert [
        e["registry_number"] for e in json.loads(quick("patients", "list", "--withdrawn", "--json").out)
    ] == [P]
    assert [
        each["complete"] for each in json.loads(quick("patients", "list", "--consenting", "--json").out)
    ] == [True]
    assert json.loads(quick("patients", "why", P, "--json").out)["withdrawn_on"] == "2026-11-20"
    assert "2026-11-20" in quick("patients", "why", P).out
    table = quick("patients", "list", *TODAY)
    assert [line.count("×") for line in table.out.splitlines()] == [0, 1, 0]
    assert "× consent withdrawn" in table.err
    assert quick("exports", "csv", "--out", tmp_path / "out").code == 0
    for sheet, expected in (("patients", ["withdrawn", "complete"]), ("courses", ["withdrawn", "complete"])):
        with (tmp_path / "out" / f"{sheet}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert [row["state"] for row in csv.DictReader(file, delimiter=";")] == expected
    assert quick("exports", "csv", "--out", tmp_path / "without", "--consenting").code == 0
    assert "Kanarie" not in (tmp_path / "without" / "patients.csv").read_text(encoding="utf-8-sig")
    again = quick("imports", "run", tmp_path / "out", "--json", *TODAY)
    assert json.loads(again.out)["summary"]["unchanged"] == 4


@pytest.mark.parametrize(
    "words",
    [
        ("patients", "edit", P, "--initials", "Q."),
        ("courses", "edit", P, "2025-02-02", "--edss", "3"),
        ("courses", "add", P, "--course-date", "2026-11-01", "--edss-method", "not_done", "--mri-done", "no"),
        ("patients", "decease", P, "2026-11-20", "--yes"),
        ("patients", "share", P, "--with", "UTR01"),
    ],
)
def test_p10_nothing_new_by_any_command(
    words: tuple[str, ...], quick: Run, error_of: Callable[..., Any]
) -> None:
    assert quick("patients", "withdraw", P, "--keep", "--yes", *TODAY).code == 0
    refused = quick(*words, *TODAY, "--json")
    assert (refused.code, refused.out) == (5, "")
    told = error_of(refused.err)
    assert told["rule"] == "PAT-012"
    assert f"msreg patients consent {P}" in told["hint"]
    assert quick("patients", "consent", P, "2026-11-21", *TODAY).code == 0
    assert quick(*words, *TODAY).code == 0


@pytest.mark.parametrize(
    ("words", "option"),
    [
        ((), "--keep"),
        (("--yes",), "--keep"),
        (("--keep", "--erase"), "--keep"),
        (("--keep",), "--yes"),
        (("--erase",), "--yes"),
        (("--erase", "--reason", "x", "--yes"), "--reason"),
        (("--erase", "--date", "2026-11-20", "--yes"), "--date"),
        (("--keep", "--yes", "--reason", "x" * 501), "500"),
    ],
)
def test_p10_what_becomes_of_it_is_never_decided_by_default(
    words: tuple[str, ...], option: str, quick: Run
) -> None:
    done = quick("patients", "withdraw", P, *words, *TODAY)
    assert (done.code, done.out) == (2, "")
    assert option in done.err
    assert json.loads(quick("patients", "show", P, "--json").out)["withdrawn_on"] is None


def test_p10_erased_by_options(quick: Run) -> None:
    trial = quick("patients", "withdraw", P, "--erase", "--dry-run", *TODAY)
    assert trial.code == 0
    assert "Nothing was written." in trial.out
    done = quick("patients", "withdraw", P, "--erase", "--yes", "--json", *TODAY)
    assert json.loads(done.out) == {
        "registry_number": P, "dry_run": False, "withdrawn_on": None, "erased": True, "courses": 1,
        "disease_events": 0, "medications": 0, "adverse_events": 0, "proms": 0, "shared": 0, "log_items": 2, "swept": True,
    }  # fmt: skip
    for command in ("show", "why", "history"):
        gone = quick("patients", command, P)
        assert (gone.code, gone.out) == (3, "")
        assert "was erased on 2026-11-21" in gone.err
    assert quick("audit", "verify").code == 0
    assert quick("db", "check").code == 0
    log = json.loads(quick("audit", "list", "--patient", P, "--json").out)
    assert log[0]["event"] == "patients.erase"


def test_p10_on_a_terminal_the_number_is_typed_before_it_is_erased(typing: Run, quick: Run) -> None:
    for typed, code in (("ja", 130), (P.lower(), 0)):
        child = typing("patients", "withdraw", P)
        child.expect("Kanarie")
        child.expect("1 course")
        child.expect("What becomes of what is there")
        child.send("\x1b[B\x1b[B\r")
        child.expect("cannot be brought back")
        child.expect(f"Type {P}")
        child.send(f"{typed}\r")
        assert ended(child) == code
        assert quick("patients", "show", P).code == (0 if code else 3)


def test_p10_on_a_terminal_it_may_stay_too(typing: Run, quick: Run) -> None:
    child = typing("patients", "withdraw", P, "--reason", "op eigen verzoek")
    child.expect("What becomes of what is there")
    child.send("\x1b[B\r")
    child.expect("Record that consent was withdrawn")
    child.send("y")
    assert ended(child) == 0
    assert json.loads(quick("patients", "show", P, "--json").out)["withdrawn_on"] == "2026-11-21"


def test_p10_a_new_form(quick: Run) -> None:
    quick("patients", "withdraw", P, "--keep", "--date", "2026-11-10", "--yes", *TODAY)
    assert quick("patients", "consent", P, *TODAY).code == 2
    assert quick("patients", "consent", P, "2026-11-09", *TODAY).code == 6
    done = quick("patients", "consent", P, "--date", "10-11-2026", *TODAY, "--json")
    assert json.loads(done.out) == {"registry_number": P, "consent_date": "2026-11-10", "withdrawn_on": None}
    shown = json.loads(quick("patients", "show", P, "--json").out)
    assert (shown["withdrawn_on"], shown["consent_date"]) == (None, "2026-11-10")
