"""A patient who wants no mail, as the desk notes it: `patients mail` (Q1, C5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from msreg.store.registry import Registry
from msreg.vocabulary import MailKind, MailState, Role
from tests.mail_links import changed, dump, mailed

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")


@pytest.fixture
def patient(people_registry: Registry) -> str:
    """A patient with an address, whose invitation waits in the outbox."""
    with people_registry.light() as db:
        found = db.one(
            "SELECT p.id, p.number FROM patient p WHERE p.email IS NOT NULL AND p.invite_due_on IS NOT NULL"
            " AND p.withdrawn_on IS NULL ORDER BY p.number LIMIT 1"
        )
    assert found is not None
    mailed(people_registry, MailKind.PROM_INVITATION, state=MailState.NEW, patient_id=found[0])
    return f"MS-{found[1]:07d}"


def _shown(quick: Run, patient: str) -> Any:
    return json.loads(quick("patients", "show", patient, "--json").out)


def test_mail_is_stopped_and_resumed(people_registry: Registry, quick: Run, patient: str) -> None:
    stopped = quick("patients", "mail", patient, "--stop", "--yes", "--json", *TODAY)
    assert stopped.code == 0, stopped.err
    assert json.loads(stopped.out) == {
        "registry_number": patient, "dry_run": False, "mail_stopped_on": "2026-11-21", "ask_due_on": None,
    }  # fmt: skip
    assert _shown(quick, patient)["mail_stopped_on"] == "2026-11-21"
    with people_registry.light() as db:
        assert db.one("SELECT m.state, m.reason FROM outbox m") == ("cancelled", "stopped")
    again = quick("patients", "mail", patient, "--stop", "--yes", *TODAY)
    assert (again.code, again.out) == (8, "")

    resumed = quick("patients", "mail", patient, "--resume", "--yes", "--json", *TODAY)
    assert json.loads(resumed.out)["mail_stopped_on"] is None
    assert _shown(quick, patient)["mail_stopped_on"] is None
    assert quick("patients", "mail", patient, "--resume", "--yes", *TODAY).code == 8
    assert quick("audit", "verify").code == 0
    # What `patients show --json` tells can be edited and read back.
    edited = quick("patients", "edit", patient, "--from", "-", "--dry-run", *TODAY,
                   stdin=quick("patients", "show", patient, "--json", "--reveal").out)  # fmt: skip
    assert edited.code == 0, edited.err


def test_a_dry_run_changes_nothing(people_registry: Registry, quick: Run, patient: str) -> None:
    before = dump(people_registry)
    done = quick("patients", "mail", patient, "--stop", "--dry-run", *TODAY)
    assert done.code == 0, done.err
    assert changed(before, dump(people_registry)) == set()
    assert quick("patients", "mail", patient, "--resume", "--dry-run", *TODAY).code == 8


@pytest.mark.parametrize(
    ("words", "code"), [((), 2), (("--stop", "--resume"), 2), (("--stop",), 2), (("--resume", "--yes"), 8)]
)
def test_what_is_asked_must_be_said(
    people_registry: Registry, quick: Run, patient: str, words: tuple[str, ...], code: int
) -> None:
    """C2, C5: nobody can be asked here, so --yes is needed; nothing is written."""
    before = dump(people_registry)
    done = quick("patients", "mail", patient, *words, *TODAY)
    assert (done.code, done.out) == (code, "")
    assert changed(before, dump(people_registry)) == set()


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_who_wants_no_mail_stands_with_the_patient(
    terminal: Run, quick: Run, patient: str, lang: str
) -> None:
    quick("patients", "mail", patient, "--stop", "--yes", *TODAY)
    seen = terminal("patients", "show", patient, MSREG_LANG=lang)
    date = {"nl": "21-11-2026", "en": "2026-11-21"}[lang]
    assert any("Mail" in line and date in line for line in seen.lines)
    assert max(map(len, seen.lines)) <= 80


def test_who_only_reads_stops_nothing(people_registry: Registry, quick: Run, patient: str) -> None:
    with people_registry.light() as db:
        db.execute(f"UPDATE operator SET role = '{Role.JOB.value}'")
    assert quick("patients", "mail", patient, "--stop", "--yes", *TODAY).code == 5
