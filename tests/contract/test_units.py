"""The units of systemd and the crontab in docs/systemd: what they start exists, and all of them are shut in alike."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from msreg.cli import root
from msreg.mail.password import CREDENTIAL as PASSWORD
from msreg.store.keysources import CREDENTIAL as KEY

FOLDER = Path(__file__).parents[2] / "docs" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
TIMERS = sorted(FOLDER.glob("*.timer"))
CRONTAB = FOLDER / "crontab.example"
SHUT_IN = {
    "ProtectSystem": "strict", "PrivateTmp": "true", "NoNewPrivileges": "true", "UMask": "0077",
    "ProtectHome": "true", "ReadWritePaths": "/var/lib/msreg", "CapabilityBoundingSet": "", "User": "msreg",
    "SystemCallFilter": "@system-service",
}  # fmt: skip
MAIL = {"msreg-reminders.service", "msreg-serve.service"}
"""Those that reach the mail server; the others have no network."""

Unit = dict[str, list[str]]


def read(path: Path) -> Unit:
    """The settings of a unit, each with all of its values."""
    found: Unit = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def started() -> Iterator[tuple[str, list[str]]]:
    """The calls of msreg: those of the services and of the crontab."""
    for path in SERVICES:
        for line in read(path)["ExecStart"]:
            program, *words = shlex.split(line)
            assert program == "/usr/local/bin/msreg"
            yield path.name, words
    for line in CRONTAB.read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"[\d*/-]+ +[\d*/-]+ +\* \* \*  umask 077; msreg (.*?) > .*", line):
            yield CRONTAB.name, shlex.split(found[1])


CALLS = list(started())


@pytest.mark.parametrize(("name", "words"), CALLS, ids=[f"{name} {' '.join(words)}" for name, words in CALLS])
def test_what_is_started_is_a_call_that_parses(name: str, words: list[str]) -> None:
    program: Any = root()
    ctx = program.make_context("msreg", list(words))
    command = program
    while hasattr(command, "list_commands"):
        verb, command, rest = command.resolve_command(ctx, [*ctx._protected_args, *ctx.args])
        assert command is not None
        ctx = command.make_context(verb, rest, parent=ctx)
    assert hasattr(command, "gives_data")


def test_cron_and_systemd_start_the_same() -> None:
    by_cron = {" ".join(words) for name, words in CALLS if name == CRONTAB.name}
    by_systemd = {" ".join(words) for name, words in CALLS if name != CRONTAB.name}
    assert by_systemd - by_cron == {"serve"}
    assert by_cron < by_systemd


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_each_service_is_shut_in(path: Path) -> None:
    """security.md 4.6: nothing can be written but the registry, and no right is gained."""
    unit = read(path)
    assert {name: unit[name] for name in SHUT_IN} == {name: [value] for name, value in SHUT_IN.items()}
    folder = "/etc/credstore.encrypted"
    wanted = [KEY, PASSWORD] if path.name in MAIL else [KEY]
    assert unit["LoadCredentialEncrypted"] == [f"{each}:{folder}/{each}" for each in wanted]
    assert ("PrivateNetwork" in unit) is (path.name not in MAIL)
    text = path.read_text(encoding="utf-8")
    assert ("#IPAddressDeny=any\n#IPAddressAllow=" in text) is (path.name in MAIL)
    assert unit["Environment"] == ["MSREG_HOME=/var/lib/msreg"]  # and so no secret


@pytest.mark.parametrize("path", TIMERS, ids=lambda path: path.name)
def test_each_timer_is_of_a_service_on_the_clock_of_the_office(path: Path) -> None:
    unit = read(path)
    assert path.with_suffix(".service") in SERVICES
    assert unit["Persistent"] == ["true"]
    assert all(each.endswith(" Europe/Amsterdam") for each in unit["OnCalendar"])
    if path.name == "msreg-reminders.timer":
        assert unit["OnCalendar"] == ["*-*-* 07..20:00/15 Europe/Amsterdam"]


def test_each_service_is_started_by_something() -> None:
    alone = {path.name for path in SERVICES} - {f"{path.stem}.service" for path in TIMERS}
    assert {name for name in alone if "WantedBy" in read(FOLDER / name)} == alone == {"msreg-serve.service"}


def test_the_page_names_every_unit() -> None:
    text = (FOLDER.parent / "how-to" / "unattended.md").read_text(encoding="utf-8")
    for path in (*(each for each in SERVICES if "WantedBy" in read(each)), *TIMERS):
        assert path.name in text, path.name
