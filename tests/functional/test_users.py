"""Who gets mails and where: addresses of users and centres, people who left (N2, R1, C5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from msreg.errors import Conflict, MsregError
from msreg.services import access
from msreg.services.operators import add_operator, list_operators, remove_operator
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role
from tests.cases import reported

Run = Callable[..., Any]
NOTIFIER = ("users", "add", "--role", "notifier", "--centre", "AMS01")


def _users(quick: Run) -> dict[str, dict[str, Any]]:
    return {each["user"]: each for each in json.loads(quick("users", "list", "--json").out)}


@pytest.mark.parametrize(
    ("name", "options", "user", "email"),
    [
        ("jdeboer", (), "jdeboer", None),
        ("jdeboer", ("--email", " j@example.org "), "jdeboer", "j@example.org"),
        # S1: a user name that is an address is in lower case; the address stays as it was written.
        ("Jansen@Example.org", (), "jansen@example.org", "Jansen@Example.org"),
        ("jansen@example.org", ("--email", "anders@example.org"), "jansen@example.org", "anders@example.org"),
        ("jansen@localhost", (), "jansen@localhost", None),
        ("j" * 100, (), "j" * 100, None),
    ],
)
@pytest.mark.usefixtures("registry")
def test_a_name_that_is_an_address_is_also_the_address(
    quick: Run, name: str, options: tuple[str, ...], user: str, email: str | None
) -> None:
    added = quick(*NOTIFIER, name, *options, "--language", "en", "--json")
    assert added.code == 0, added.err
    expected = {"user": user, "role": "notifier", "centre": "AMS01", "email": email, "language": "en"}
    assert json.loads(added.out) == expected
    assert _users(quick)[user] == expected
    assert quick(*NOTIFIER, name).code == 8


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((*NOTIFIER, "jan jansen"), 6),
        ((*NOTIFIER, ""), 6),
        ((*NOTIFIER, "j" * 101), 6),
        ((*NOTIFIER, "jan\njansen"), 6),
        ((*NOTIFIER, "jan", "--email", "jan"), 6),
        ((*NOTIFIER, "jan", "--email", "jan@example.org\nBcc: x@example.org"), 6),
        ((*NOTIFIER, "jan", "--email", ""), 6),
        ((*NOTIFIER, "jan", "--language", "fr"), 2),
        (("users", "edit", "jan", "--language", "nl"), 3),
        (("users", "remove", "jan", "--yes"), 3),
        (("users", "remove", "jan"), 2),
        (("centres", "edit", "AMS01", "--email", "a@b"), 6),
        (("centres", "edit", "AMS01", "--email", "a@example.org", "--no-email"), 2),
        (("centres", "add", "GRO01", "--name", "Groningen", "--email", "a"), 6),
    ],
)
def test_what_is_no_name_or_address_changes_nothing(
    registry: Registry, quick: Run, words: tuple[str, ...], code: int
) -> None:
    """C4: refused by validation is 6, and what was typed is not repeated."""
    done = quick(*words)
    assert (done.code, done.out) == (code, "")
    assert done.err.strip()
    assert "Bcc" not in done.err
    assert len(_users(quick)) == 1
    with registry.light() as db:
        assert db.rows("SELECT code FROM centre WHERE email IS NOT NULL OR code = 'GRO01'") == []


@pytest.mark.usefixtures("registry")
def test_a_users_address_and_language_are_changed(quick: Run) -> None:
    quick(*NOTIFIER, "Jansen@example.org")
    edit = ("users", "edit", "JANSEN@example.org")
    told = json.loads(quick(*edit, "--email", "nieuw@example.org", "--language", "nl", "--json").out)
    assert told == {
        "user": "jansen@example.org", "role": "notifier", "centre": "AMS01", "email": "nieuw@example.org",
        "language": "nl", "changed": ["email", "language"],
    }  # fmt: skip
    assert json.loads(quick(*edit, "--language", "nl", "--json").out)["changed"] == []
    assert json.loads(quick(*edit, "--no-email", "--json").out)["email"] is None
    assert quick(*edit, "--no-email", "--email", "a@example.org").code == 2
    assert quick(*edit).code == 2
    logged = json.loads(quick("audit", "list", "--event", "users.edit", "--json").out)
    assert [each["records"] for each in logged] == [1, 0, 1]


@pytest.mark.usefixtures("registry")
def test_a_centres_address_is_its_own_and_the_offices(quick: Run, sit_down: Callable[..., Actor]) -> None:
    """Where reminders to a centre go another centre has nothing to do with."""
    for code in ("AMS01", "UTR01"):
        mail = ("--email", f"{code.lower()}@example.org", "--language", "nl")
        told = json.loads(quick("centres", "edit", code, *mail, "--json").out)
        assert set(told["changed"]) == {"email", "language"}
        assert json.loads(quick("centres", "edit", code, *mail, "--json").out)["changed"] == {}

    def addresses() -> list[str | None]:
        return [each["email"] for each in json.loads(quick("centres", "list", "--json").out)]

    assert addresses() == ["ams01@example.org", "utr01@example.org"]
    sit_down(Role.READER, "AMS01")
    assert addresses() == ["ams01@example.org", None]
    sit_down(Role.DESK)
    assert json.loads(quick("centres", "edit", "AMS01", "--no-email", "--json").out)["changed"] == {
        "email": None
    }
    assert addresses() == [None, "utr01@example.org"]


def test_who_left_has_no_role_and_keeps_the_name(
    registry: Registry, desk: Actor, quick: Run, today: Any
) -> None:
    """The log and the cases tell who it was; a dry run changes nothing (C5)."""
    quick(*NOTIFIER, "jansen@example.org")
    with registry.light() as db:
        centre = access.require_centre(db, "AMS01")
    gone = replace(
        desk, user="jansen@example.org", os_user="jansen@example.org", name="jansen@example.org",
        role=Role.NOTIFIER, centres=frozenset({centre.id}), centre=centre.id,
    )  # fmt: skip
    number = str(reported(registry, gone, today).number)

    tried = json.loads(quick("users", "remove", "jansen@example.org", "--dry-run", "--json").out)
    assert tried["dry_run"] is True
    assert len(_users(quick)) == 2
    removed = quick("users", "remove", "Jansen@example.org", "--yes")
    assert removed.code == 0, removed.err
    assert "jansen@example.org" in removed.out
    assert len(_users(quick)) == 1
    assert "jansen@example.org" in quick("cases", "history", number, "--json").out
    assert json.loads(quick("audit", "list", "--user", "jansen@example.org", "--json").out)
    assert quick("audit", "verify").code == 0
    assert quick("users", "remove", "jansen@example.org", "--yes").code == 3
    assert quick(*NOTIFIER, "jansen@example.org").code == 0  # and may come back


def test_nobody_removes_themselves(registry: Registry, desk: Actor, quick: Run) -> None:
    quick("users", "add", "other", "--role", "desk")
    done = quick("users", "remove", desk.os_user, "--yes")
    assert (done.code, done.out) == (8, "")
    assert quick("users", "remove", desk.os_user, "--dry-run").code == 8
    assert set(_users(quick)) == {desk.os_user, "other"}


def test_two_of_the_desk_who_remove_each_other_at_once(registry: Registry, desk: Actor) -> None:
    """The second of them stays: a registry without anybody to look after it cannot be mended from within."""
    add_operator(registry, by=desk, user="other", role=Role.DESK)
    both = [(desk, "other"), (replace(desk, user="other", os_user="other", name="other"), desk.os_user)]

    def remove(pair: tuple[Actor, str]) -> MsregError | None:
        try:
            remove_operator(registry, by=pair[0], user=pair[1])
        except MsregError as fault:
            return fault
        return None

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(remove, both))
    assert sorted(map(type, told), key=str) == sorted([Conflict, type(None)], key=str)
    assert len(list_operators(registry, by=desk)) == 1


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.usefixtures("registry")
def test_the_list_fits_on_80_columns(terminal: Run, quick: Run, lang: str) -> None:
    """An address that is the name as well does not stand there twice."""
    name = "een.lange.naam.van.iemand@ziekenhuis.example.org"
    quick(*NOTIFIER, name.capitalize(), "--language", "nl")
    seen = terminal("users", "list", MSREG_LANG=lang)
    assert seen.code == 0
    assert max(map(len, seen.lines)) <= 80
    assert "".join(seen.lines).casefold().count(name) == 1
    assert quick("users", "list").out.casefold().count(name) == 1
