"""`msreg reminders log|retry|cancel`: what the server refused, and what the desk does about it (R3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from msreg.store.registry import Registry
from msreg.vocabulary import CaseState
from tests.cases import reported
from tests.functional.test_reminders import SMTP, TODAY
from tests.keyboard import Seat
from tests.mail_links import changed, dump
from tests.mail_server import MailServer, mail_server
from tests.mails import add_user, outbox, set_centre, sql

Run = Callable[..., Any]
KEYS = {
    "mail", "id", "kind", "who", "registry_number", "case", "user", "centre", "due_on", "period", "state", "reason",
    "code", "tries", "queued_at", "next_at", "sent_at",
}  # fmt: skip


def strict(address: str) -> str | None:
    """Nobody is called `gone`, and there is no time for who is called `later`."""
    answers = {"gone": "550 5.1.1 no such user", "later": "451 4.3.0 not now"}
    return answers.get(address.partition("@")[0])


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A real server on this machine."""
    with mail_server() as found:
        found.on_rcpt = strict
        yield found


@pytest.fixture
def office(registry: Registry, server: MailServer) -> Registry:
    """Three notifiers and a server that takes the mail of one, refuses another and puts off the third."""
    registry.settings.config_file.write_text(SMTP.format(host="127.0.0.1", port=server.port))
    for user in ("fine", "gone", "later"):
        add_user(registry, user)
    return registry


def _log(quick: Run, *words: str) -> dict[str, dict[str, Any]]:
    done = quick("reminders", "log", "--json", *words)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert all(set(each) == KEYS for each in found)
    return {each["who"]: each for each in found}


def test_what_was_refused_is_told_and_tried_anew(office: Registry, quick: Run, server: MailServer) -> None:
    """R3: 7 and one line; the address is mended, and the mail goes out once."""
    done = quick("reminders", "run", *TODAY)
    assert (done.code, done.err) == (7, "")
    assert done.out == (
        "2026-12-01  case-month 1 sent, 1 refused by the server, 1 waits for later"
        " (MS desk: msreg reminders log --failed)\n"
    )
    assert server.to() == ["fine@example.org"]
    log = _log(quick)
    assert [(each["state"], each["reason"], each["code"]) for _, each in sorted(log.items())] == [
        ("sent", None, 250), ("failed", "address_refused", 550), ("new", "server_later", 451),
    ]  # fmt: skip
    assert list(_log(quick, "--failed")) == ["gone"]
    assert list(_log(quick, "--state", "new")) == ["later"]
    assert set(_log(quick, "--state", "new", "--state", "sent")) == {"later", "fine"}
    assert _log(quick, "--kind", "prom-invitation") == {}
    assert log["later"]["next_at"] > log["later"]["queued_at"]

    # At once nothing is tried again, and so nothing is told.
    again = quick("reminders", "run", *TODAY)
    assert (again.code, again.out) == (0, "")

    name = log["gone"]["mail"]
    same = quick("reminders", "retry", "--failed", "--yes", "--json", *TODAY)
    assert same.code == 7
    told = json.loads(same.out)
    assert (told["again"], [each["mail"] for each in told["same_address"]]) == ([], [name])
    assert quick("users", "edit", "gone", "--email", "found@example.org").code == 0
    before = dump(office)
    tried = quick("reminders", "retry", "--failed", "--dry-run", "--json", *TODAY)
    assert [each["mail"] for each in json.loads(tried.out)["again"]] == [name]
    assert changed(before, dump(office)) == set()
    assert quick("reminders", "retry", name, *TODAY).code == 0
    assert quick("reminders", "run", *TODAY).out == "2026-12-01  case-month 1 sent\n"
    assert server.to() == ["fine@example.org", "found@example.org"]
    assert _log(quick, "--failed") == {}
    assert quick("reminders", "log", "--failed").out == "No mail failed.\n"
    assert quick("reminders", "retry", name, *TODAY).code == 8
    assert quick("audit", "verify").code == 0


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_log_says_in_words_what_became_of_each(
    office: Registry, quick: Run, terminal: Run, lang: str
) -> None:
    """80 columns; the code of the server with what it means, and the next command."""
    quick("reminders", "run", *TODAY)
    seen = terminal("reminders", "log", MSREG_LANG=lang)
    text = " ".join(" ".join(seen.lines).split())
    assert max(map(len, seen.lines)) <= 80
    assert "(550: " in text
    assert "(451: " in text
    assert f"msreg reminders retry {_log(quick)['gone']['mail']}" in text
    for words in (("due", *TODAY), ("log", "--failed"), ("retry", "--failed", "--dry-run", *TODAY)):
        shown = terminal("reminders", *words, MSREG_LANG=lang)
        assert shown.code in (0, 7)
        assert max(map(len, shown.lines)) <= 80
        assert "{" not in shown.raw


def test_a_mail_that_waits_is_cancelled(office: Registry, quick: Run, server: MailServer) -> None:
    quick("reminders", "run", *TODAY)
    name = _log(quick)["later"]["mail"]
    before = dump(office)
    assert quick("reminders", "cancel", name, "--dry-run").code == 0
    assert changed(before, dump(office)) == set()
    refused = quick("reminders", "cancel", name)
    assert (refused.code, refused.out) == (2, "")  # nobody can be asked
    told = json.loads(quick("reminders", "cancel", name, "--yes", "--json").out)
    assert (told["mail"], told["state"], told["reason"]) == (name, "cancelled", "by_hand")
    sql(office, "UPDATE outbox SET next_at = '2026-01-01 00:00:00'")
    assert quick("reminders", "run", *TODAY).out == ""
    assert server.to() == ["fine@example.org"]
    assert quick("reminders", "cancel", name, "--yes").code == 8
    assert list(_log(quick, "--state", "cancelled")) == ["later"]


def test_the_links_of_a_mail_that_went_out_end(office: Registry, quick: Run, tmp_path: Any) -> None:
    """For a mail that reached somebody else; asked first (C5)."""
    quick("reminders", "run", *TODAY)
    name = _log(quick)["fine"]["mail"]
    left = Seat(tmp_path, "reminders", "cancel", name)
    left.until("went out", "?").type("n")
    assert left.wait() == 130
    done = Seat(tmp_path, "reminders", "cancel", name)
    done.until("went out", "?").type("y")
    assert done.wait() == 0, done.told()
    told = json.loads(quick("reminders", "cancel", name, "--yes", "--json").out)
    assert (told["state"], told["links_ended"]) == ("sent", 0)
    with office.light() as db:
        assert db.one("SELECT count(*) FROM mail_link WHERE revoked_at IS NULL") == (0,)


def test_mails_of_one_patient_and_of_one_case(
    people_registry: Registry, desk_of_people: Any, quick: Run, today: Any
) -> None:
    """The log of one of them tells of nobody else; and each page is as long as the settings say."""
    set_centre(people_registry, "AMS01", email="ms@example.org")
    add_user(people_registry, "jansen")
    case = str(reported(people_registry, desk_of_people, today).number)
    sql(
        people_registry,
        "UPDATE notification SET since = '2026-10-20', reminder_due_on = '2026-11-17', state = ?",
        CaseState.CONCEPT.value,
    )
    assert quick("reminders", "run", *TODAY).code == 0
    everything = json.loads(quick("reminders", "log", "--json").out)
    patient = next(each["registry_number"] for each in everything if each["registry_number"])
    assert list(_log(quick, "--patient", patient)) == [patient]
    (about,) = _log(quick, "--case", case).values()
    assert (about["kind"], about["case"], about["period"]) == ("case-reminder", case, "w4")
    assert [each["id"] for each in everything] == sorted((each["id"] for each in everything), reverse=True)
    looked = json.loads(quick("audit", "list", "--event", "reminders.log", "--json").out)
    assert looked[0]["records"] == 1


def test_pages(people_registry: Registry, quick: Run) -> None:
    quick("reminders", "run", *TODAY)
    everything = [each["mail"] for each in json.loads(quick("reminders", "log", "--json").out)]
    assert len(everything) == len(outbox(people_registry)) > 4
    people_registry.settings.config_file.write_text("page_size = 3\n")
    pages = [
        [each["mail"] for each in json.loads(quick("reminders", "log", "--json", "--page", page).out)]
        for page in (1, 2)
    ]
    assert pages == [everything[:3], everything[3:6]]
    assert json.loads(quick("reminders", "log", "--json", "--page", 99).out) == []
    assert len(quick("reminders", "log", "--page", 99).out.splitlines()) == 1


WRONG = (
    (("log", "--kind", "prom"), 2),
    (("log", "--state", "gone"), 2),
    (("log", "--failed", "--state", "sent"), 2),
    (("log", "--page", "0"), 2),
    (("log", "--patient", "MS-0099999"), 3),
    (("log", "--patient", "Jansen"), 2),
    (("log", "--case", "NC-2026-0099"), 3),
    (("log", "--case", "x"), 2),
    (("retry",), 2),
    (("retry", "--failed"), 2),
    (("retry", "--failed", "3f2a91bc"), 2),
    (("retry", "3f2a91bc", "--kind", "code"), 2),
    (("retry", "3f2a91bc"), 3),
    (("retry", "x"), 2),
    (("cancel",), 2),
    (("cancel", "3f2a91bc"), 2),
    (("cancel", "3f2a91bc", "--yes"), 3),
    (("cancel", "3f2a91bc", "--dry-run"), 3),
    (("cancel", "%", "--yes"), 2),
)
"""What is none, is not there, or is not said; with its exit code."""


def test_what_is_wrong_changes_nothing(registry: Registry, quick: Run, error_of: Run) -> None:
    before = dump(registry)
    for words, code in WRONG:
        done = quick("reminders", *words)
        assert (done.code, done.out) == (code, ""), words
        assert done.err.strip()
        told = quick("reminders", *words, "--json")
        assert (told.code, told.out) == (code, ""), words
        assert error_of(told.err)["message"]
    assert changed(before, dump(registry)) == set()
