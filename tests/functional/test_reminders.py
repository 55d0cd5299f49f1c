"""`msreg reminders due|run|preview|password`: what cron runs and what the desk sees of it (R1-R5, C2-C5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.store.registry import Registry
from msreg.vocabulary import MailKind
from tests.keyboard import Seat
from tests.mail_links import changed, dump
from tests.mails import add_user, outbox, set_centre

Run = Callable[..., Any]
TODAY = ("--today", "2026-12-01")
SMTP = '[mail]\ntransport = "smtp"\nhost = "{host}"\nport = {port}\nsecurity = "none"\nsender = "post@example.org"\n'
DUE_KEYS = {
    "kind", "key", "due_on", "period", "who", "registry_number", "case", "user", "centre", "why", "state",
}  # fmt: skip
COUNTS = ("sent", "refused", "later", "cancelled", "failed")


@pytest.fixture
def office(people_registry: Registry) -> Registry:
    """Made-up people, a centre and a notifier who can be mailed: three kinds of mail are due on 1 December."""
    set_centre(people_registry, "AMS01", email="ms@amstel.example.org")
    add_user(people_registry, "jansen")
    return people_registry


def _due(quick: Run, *words: str) -> list[dict[str, Any]]:
    done = quick("reminders", "due", "--json", *words, *TODAY)
    assert done.code == 0, done.err
    return list(json.loads(done.out))


def _files(registry: Registry) -> list[Path]:
    return list((registry.settings.home / "outbox").glob("*.eml"))


# ---- due


def test_what_is_due_tells_whom_and_why(office: Registry, quick: Run) -> None:
    """R1: each with whom it is about under a key of its own; nothing changes, and whom it showed is in the log."""
    before = dump(office)
    found = _due(quick)
    kinds = Counter(each["kind"] for each in found)
    assert set(kinds) == {"prom-invitation", "course-digest", "case-month"}
    assert all(set(each) == DUE_KEYS for each in found)
    for each in found:
        own = {"prom-invitation": "registry_number", "case-month": "user"}.get(each["kind"])
        named = {key for key in ("registry_number", "case", "user") if each[key] is not None}
        assert named == ({own} if own else set())
        assert own is None or each[own] == each["who"]
        assert (each["state"], each["centre"] is not None) == ("due", True)
        assert each["due_on"] <= "2026-12-01"
    (digest,) = (each for each in found if each["kind"] == "course-digest")
    assert (digest["who"], digest["period"], digest["due_on"]) == ("AMS01", "2026-12", "2026-12-01")
    assert changed(before, dump(office)) == set()
    look = json.loads(quick("audit", "list", "--event", "reminders.due", "--json").out)[0]
    assert look["records"] == kinds["prom-invitation"]

    lines = quick("reminders", "due", "--jsonl", *TODAY).out.splitlines()
    assert [json.loads(each) for each in lines] == found
    some = _due(quick, "--kind", "course-digest", "--kind", "case-month")
    assert some == [each for each in found if each["kind"] != "prom-invitation"]


def test_no_address_is_shown(office: Registry, quick: Run, terminal: Run) -> None:
    """Whom it is about is enough; where it goes is looked up with the patient."""
    quick("reminders", "run", *TODAY)
    shown = [
        quick("reminders", *words).out
        for words in (("due", *TODAY), ("due", "--json", *TODAY), ("log",), ("log", "--json"))
    ]
    shown.append("\n".join(terminal("reminders", "log").lines))
    assert "@" not in "".join(shown)
    assert "MS-00" in "".join(shown)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_is_due_on_80_columns(office: Registry, terminal: Run, quick: Run, lang: str) -> None:
    """A kind for a kind, the first of each; piped all of them stand in one table."""
    seen = terminal("reminders", "due", *TODAY, MSREG_LANG=lang, MSREG_PAGE_SIZE="2")
    assert seen.code == 0
    assert max(map(len, seen.lines)) <= 80
    invitations = sum(each["kind"] == "prom-invitation" for each in _due(quick))
    assert sum("MS-00" in line for line in seen.lines) == 2
    assert any(str(invitations - 2) in line and "--kind prom-invitation" in line for line in seen.lines)
    assert any("msreg reminders run --dry-run" in line for line in seen.lines)
    piped = quick("reminders", "due", "--lang", lang, *TODAY).out.splitlines()
    assert sum(line.startswith("prom-invitation") for line in piped) == invitations


def test_nothing_is_due(registry: Registry, quick: Run, terminal: Run) -> None:
    """C3: an empty list is a list."""
    assert _due(quick) == []
    assert quick("reminders", "due", "--jsonl", *TODAY).out == ""
    assert len(quick("reminders", "due", *TODAY).out.splitlines()) == 1
    assert len(terminal("reminders", "due", *TODAY).lines) == 1


# ---- run


def test_a_run_is_one_line_and_the_next_one_says_nothing(office: Registry, quick: Run, terminal: Run) -> None:
    """R2; SCREENS: cron mails what is printed, so nothing is printed where nothing was done."""
    kinds = Counter(each["kind"] for each in _due(quick))
    done = quick("reminders", "run", *TODAY)
    assert (done.code, done.err) == (0, "")
    parts = " · ".join(f"{kind.value} {kinds[kind.value]} sent" for kind in MailKind if kinds[kind.value])
    assert done.out == f"2026-12-01  {parts}\n"
    assert len(_files(office)) == kinds.total()
    again = quick("reminders", "run", *TODAY)
    assert (again.code, again.out, again.err) == (0, "", "")
    assert len(_files(office)) == kinds.total()
    told = terminal("reminders", "run", *TODAY)
    assert (told.code, len(told.lines)) == (0, 1)
    assert _due(quick) == []


def test_a_run_for_programs(office: Registry, quick: Run) -> None:
    kinds = Counter(each["kind"] for each in _due(quick))
    told = json.loads(quick("reminders", "run", "--json", "--kind", "course-digest", *TODAY).out)
    digest = {"kind": "course-digest", "queued": 1, "waiting": 1, "sent": 1} | dict.fromkeys(COUNTS[1:], 0)
    assert told == {
        "today": "2026-12-01", "dry_run": False, "queued": 1, "waiting": 1, "sent": 1,
        **dict.fromkeys(COUNTS[1:], 0), "kinds": [digest],
    }  # fmt: skip
    told = json.loads(quick("reminders", "run", "--json", *TODAY).out)
    assert told["sent"] == kinds.total() - 1
    empty = json.loads(quick("reminders", "run", "--json", *TODAY).out)
    assert {name: empty[name] for name in ("queued", *COUNTS)} == dict.fromkeys(("queued", *COUNTS), 0)


def test_a_dry_run_writes_and_sends_nothing(office: Registry, quick: Run) -> None:
    """C5: the run itself, taken back; and the run after it does what was told."""
    before = dump(office)
    tried = json.loads(quick("reminders", "run", "--dry-run", "--json", *TODAY).out)
    shown = quick("reminders", "run", "--dry-run", *TODAY)
    assert changed(before, dump(office)) == set()
    assert _files(office) == []
    assert (tried["dry_run"], tried["sent"]) == (True, 0)
    assert shown.code == 0
    assert f"prom-invitation {_of(tried, 'prom-invitation')['queued']}" in shown.out
    assert json.loads(quick("reminders", "run", "--json", *TODAY).out)["sent"] == tried["queued"]
    assert outbox(office)


def _of(told: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(each for each in told["kinds"] if each["kind"] == kind)


@pytest.mark.parametrize(("key", "code"), [("n", 130), ("y", 0)])
def test_a_run_asks_on_a_terminal(office: Registry, quick: Run, tmp_path: Path, key: str, code: int) -> None:
    """C5: sends to people ask first, and tell how many of which kind would go where."""
    count = len(_due(quick))
    seat = Seat(tmp_path, "reminders", "run", *TODAY)
    seat.until(f"{count} mails", "prom-invitation", "course-digest 1", "outbox", "Send?").type(key)
    assert seat.wait() == code
    assert len(_files(office)) == (count if code == 0 else 0)
    assert len(outbox(office)) == (count if code == 0 else 0)


def test_yes_asks_nothing(office: Registry, terminal: Run) -> None:
    seen = terminal("reminders", "run", "--yes", *TODAY, MSREG_LANG="nl")
    assert seen.code == 0
    assert seen.lines[0].startswith("01-12-2026  prom-invitation ")
    assert max(map(len, seen.lines)) <= 80
    assert _files(office)


def test_a_server_that_is_away_loses_nothing(office: Registry, quick: Run, error_of: Run) -> None:
    """C4: 9, with the reason on standard error; the next run goes on."""
    office.settings.config_file.write_text(SMTP.format(host="127.0.0.1", port=1))
    count = len(_due(quick))
    done = quick("reminders", "run", "--json", *TODAY)
    assert done.code == 9
    told = json.loads(done.out)
    assert (told["sent"], told["queued"], told["later"]) == (0, count, told["later"])
    assert error_of(done.err)["code"] == "unavailable"
    waiting = _due(quick)
    assert {each["state"] for each in waiting} == {"new"}
    assert len(waiting) == count
    shown = quick("reminders", "due", *TODAY).out
    assert str(count) in shown.splitlines()[-1]
    office.settings.config_file.unlink()
    assert json.loads(quick("reminders", "run", "--json", *TODAY).out)["sent"] == count
    assert len(_files(office)) == count


WRONG = (
    (("due", "--kind", "prom"), ""),
    (("run", "--kind", "prom"), ""),
    (("run", "--kind", "code"), ""),
    (("run",), '[mail]\ntransport = "smtp"\n'),
    (("run", "--dry-run"), '[mail]\ntransport = "smtp"\n'),
    (("run",), '[mail]\ntransport = "smtp"\nhost = "mail.example.org"\nsender = "a@example.org"\n'),
    (("run",), SMTP.format(host="mail.example.org", port=25)),
    (("run",), '[mail]\ntransport = "pigeon"\n'),
    (("run", "extra"), ""),
    (("preview", "prom"), ""),
    (("preview", "code", "--out", "code.pdf"), ""),
    (("preview", "code", "--browser"), ""),
    (("preview",), ""),
    (("password",), ""),
)
"""Calls that are wrong in themselves, or by a setting."""


def test_what_is_wrong_is_told_before_anything_is_done(office: Registry, quick: Run) -> None:
    """C2, C4: 2, one sentence, and the registry as it was."""
    before = dump(office)
    for words, settings in WRONG:
        office.settings.config_file.write_text(settings)
        done = quick("reminders", *words, *(TODAY if words[0] in ("due", "run") else ()))
        assert (done.code, done.out) == (2, ""), words
        assert done.err.strip()
    assert changed(before, dump(office)) == set()
    assert _files(office) == []


# ---- preview


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_each_mail_is_previewed(
    registry: Registry, quick: Run, terminal: Run, tmp_path: Path, lang: str
) -> None:
    """R4: subject and text in the terminal, the page in a file; nothing is sent."""
    for kind in MailKind:
        shown = quick("reminders", "preview", kind.value, "--lang", lang)
        assert shown.code == 0, shown.err
        told = json.loads(quick("reminders", "preview", kind.value, "--lang", lang, "--json").out)
        assert told["subject"] in shown.out.splitlines()[0]
        assert (told["kind"], told["language"]) == (kind.value, lang)
        assert f'lang="{lang}"' in told["html"]
        out = tmp_path / f"{kind.value}.html"
        assert quick("reminders", "preview", kind.value, "--lang", lang, "--out", out).code == 0
        assert out.read_text(encoding="utf-8") == told["html"]
        assert quick("reminders", "preview", kind.value, "--out", out).code != 0
        assert quick("reminders", "preview", kind.value, "--out", out.with_suffix(".txt")).code == 0
    seen = terminal("reminders", "preview", "prom-invitation", MSREG_LANG=lang)
    assert max(len(line) for line in seen.lines if "http" not in line) <= 80
    assert outbox(registry) == []


# ---- password


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}, 9),
        ({"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, 9),
        ({"MSREG_MAIL_PASSWORD_FILE": "/etc/msreg/smtp"}, 2),
        ({"MSREG_MAIL_PASSWORD": "geheim-7"}, 2),
    ],
)
def test_a_password_that_cannot_be_kept(
    registry: Registry, run: Run, environ: dict[str, str], code: int
) -> None:
    """C6: it is never repeated, and nothing that is not trusted keeps it."""
    registry.settings.config_file.write_text('[mail]\nuser = "msreg"\n')
    done = run("reminders", "password", stdin="geheim-7\n", **environ)
    assert (done.code, done.out) == (code, "")
    assert done.err.strip()
    assert "geheim" not in done.err
    with registry.light() as db:
        assert not [row for row in db.rows("SELECT body FROM audit_event") if "geheim" in str(row[0])]


def test_what_is_no_password(registry: Registry, quick: Run) -> None:
    registry.settings.config_file.write_text('[mail]\nuser = "msreg"\n')
    for typed in ("", "\n", "geheim\x07-7\n", "x" * 1001):
        done = quick("reminders", "password", stdin=typed)
        assert (done.code, done.out) == (2, "")
