"""Outside addresses are reached only through the SMTP server of the settings; and tests stay on this machine."""

from __future__ import annotations

import ast
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.services.access import whoami
from msreg.services.centres import edit_centre
from msreg.store.registry import Registry
from tests.conftest import environment

ROOT = Path(__file__).parents[2]
REACHING = frozenset(
    {"socket", "ssl", "smtplib", "http", "ftplib", "poplib", "imaplib", "xmlrpc", "socketserver", "asyncio", "webbrowser",
     "urllib.request", "urllib3", "requests", "httpx", "uvicorn", "aiosmtpd", "dns", "paramiko"}
)  # fmt: skip
"""Modules by which a program can reach, or be reached by, another machine."""
ALLOWED: Mapping[str, set[str]] = {
    # The one way out.
    "mail/smtp.py": {"smtplib"},
    "mail/smtp_line.py": {"smtplib", "socket", "ssl"},
    # Who visits the pages.
    "web/serving.py": {"asyncio", "socket", "uvicorn"},
    "web/worker.py": {"asyncio"},
    "web/forms.py": {"asyncio"},
    "commands/serve.py": {"socket", "uvicorn"},
    # A socket to a scanner; the settings take one of this machine alone (tests/unit/formats/test_scanner.py).
    "formats/scanner.py": {"socket"},
    # The name of this machine, and a screen that is redrawn.
    "services/setup.py": {"socket"},
    "screen/browse/page.py": {"asyncio"},
    # A browser of this machine, with a file of this machine.
    "commands/reminders_preview.py": {"webbrowser"},
}


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "registry.example"])
def test_no_other_machine_is_reached(address: str) -> None:
    with pytest.raises(RuntimeError, match="another machine"):
        socket.create_connection((address, 25), timeout=1)


def test_this_machine_is_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


# -- what the source can do -------------------------------------------------------------------------


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, at its top or within a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)


def reaching(names: Iterator[str]) -> set[str]:
    return {each for name in names for each in REACHING if name == each or name.startswith(f"{each}.")}


def test_only_these_files_can_reach_another_machine() -> None:
    """A new way out is a change of this table, and of what the pages tell of the network."""
    found = {
        str(path.relative_to(ROOT / "msreg")): used
        for path in sorted((ROOT / "msreg").rglob("*.py"))
        if (used := reaching(imported(path)))
    }
    assert found == {name: used for name, used in ALLOWED.items() if (ROOT / "msreg" / name).exists()}


# -- what the program does --------------------------------------------------------------------------

HEARD = """
import sys
heard = []
def hear(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"):
        heard.append((event, arguments[1] if event.startswith(("socket.connect", "socket.send")) else arguments[:2]))
sys.addaudithook(hear)
from msreg.cli import main
codes = []
for line in sys.stdin:
    codes.append(main(line.rstrip("\\n").split("\\t")))
sys.stderr.write("\\nHEARD " + repr((codes, heard)))
"""
LINES = (
    "patients list", "doctor", "audit verify", "db check", "db backup", "db backups", "exports csv --out x", "exports fhir --out f", "proms status",
    "reports response", "events send --out .", "docs get consent_form --out c.pdf", "chart MS-0000001 --out c.svg",
    "cases list", "help settings", "reminders due", "reminders preview code", "reminders log",
)  # fmt: skip


def heard(folder: Path, lines: Sequence[str]) -> tuple[list[int], list[tuple[str, object]]]:
    """The exit codes of some calls, and every address that they tried to reach."""
    done = subprocess.run(
        [sys.executable, "-c", HEARD], env=environment(folder), cwd=folder, capture_output=True, text=True, timeout=120,
        input="".join("\t".join(shlex.split(line)) + "\n" for line in lines), check=False,
    )  # fmt: skip
    codes, told = ast.literal_eval(done.stderr.rpartition("HEARD ")[2])
    return codes, told


@pytest.fixture
def office(people: Path, tmp_path: Path) -> Path:
    """A registry with a centre that is mailed on 1 December."""
    folder = tmp_path / "office"
    shutil.copytree(people, folder)
    with Registry.open(load_settings(environment(folder))) as registry:
        by = whoami(registry, registry.settings.environ)
        edit_centre(registry, by=by, code="AMS01", email="ms@example.org")
    return folder


def test_commands_reach_nobody(office: Path) -> None:
    codes, told = heard(office, LINES)
    assert codes == [0] * len(LINES)
    assert told == []


RUN = "reminders run --kind course-digest --today 2026-12-01"


def test_mails_in_a_folder_reach_nobody(office: Path) -> None:
    codes, told = heard(office, [RUN])
    assert (codes, told) == ([0], [])
    assert len(list((office / "home" / "outbox").glob("*.eml"))) == 1


def test_mails_reach_the_server_of_the_settings_and_nobody_else(office: Path) -> None:
    """One that is not there: the attempt is what is looked for."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (office / "home" / "msreg.toml").write_text(
        f'[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "a@example.org"\n'
    )
    codes, told = heard(office, [RUN])
    assert codes == [9]
    assert {event for event, _ in told} <= {"socket.connect", "socket.getaddrinfo"}
    assert {tuple(where)[:2] for _, where in told if isinstance(where, (tuple, list))} == {
        ("127.0.0.1", port)
    }
