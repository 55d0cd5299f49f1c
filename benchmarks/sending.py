"""Target M1: how long it takes to send many mails to a server, beside a bare loop of smtplib with ready-made mails."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crowd import invite
from benchmarks.ground import Ground
from benchmarks.pairs import Call, Failed, Measure
from benchmarks.stock import remove
from benchmarks.target import Target
from msreg.clock import today
from msreg.config import load_settings
from msreg.services import access
from msreg.services.reminders import queue_due
from msreg.services.reminders_run import run
from msreg.store.registry import Registry

PATIENTS = 80_000
"""An eighth of them gets a mail; the registry is that of F16n."""

_SERVER = """
import asyncio
from aiosmtpd.smtp import SMTP

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="localhost"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()

asyncio.run(main())
"""
_LOOP = """
import pickle, smtplib, sys

with open(sys.argv[1], "rb") as file:
    mails = pickle.load(file)
with smtplib.SMTP("127.0.0.1", int(sys.argv[2]), local_hostname="localhost") as line:
    for mail in mails:
        line.sendmail("bureau@example.org", ["patient@example.org"], mail)
"""


@dataclass(frozen=True, slots=True)
class Sending(Target):
    """`reminders run` with mails that wait in the outbox, against the same mails, sent and nothing else."""

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """Both in seconds, each time with a server of its own, which is not measured."""
        place = _Place(ground)

        def ours() -> float:
            place.fresh()
            with server() as port:
                started = time.perf_counter()
                said = json.loads(place.run(port).output())
                seconds = time.perf_counter() - started
            if said["sent"] != place.mails:
                raise Failed(f"{said['sent']} mails went out, not {place.mails}")
            return seconds

        def peer() -> float:
            with server() as port:
                return Call(
                    [sys.executable, "-c", _LOOP, str(place.ready), str(port)], ground.environ
                ).seconds()

        return ours, peer


@contextmanager
def server() -> Iterator[int]:
    """A mail server in a process of its own, which takes everything and keeps nothing; gives its port."""
    process = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


class _Place:
    """A registry with mails in its outbox, and the same mails ready-made."""

    def __init__(self, ground: Ground) -> None:
        self._around = ground.of(PATIENTS)
        assert self._around.incomplete_patient
        self._work = self._around.folder / "work-mails"
        self._queued = self._around.folder / "queued"
        self.ready = self._around.folder / "mails.pickle"
        if not self.ready.exists():
            self._make()
        self.mails = int((self._around.folder / "mails").read_text())

    def fresh(self) -> None:
        """A copy of the registry, whose mails wait."""
        remove(self._work)
        shutil.copytree(self._queued, self._work)

    def run(self, port: int) -> Call:
        """The run that sends them."""
        mail = {"TRANSPORT": "smtp", "HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none"}
        mail["SENDER"] = "bureau@example.org"
        environ = {f"MSREG_MAIL_{name}": value for name, value in mail.items()}
        return Call(
            self._around.msreg("reminders", "run", "--yes", "--json"), self._environ(self._work) | environ
        )

    def _make(self) -> None:
        import pickle

        source = Path(self._around.environ["MSREG_HOME"])
        shutil.copytree(source, self._queued)
        settings = load_settings(self._environ(self._queued))
        with Registry.open(settings) as registry:
            by = access.whoami(registry, settings.environ)
            with registry.light() as db:
                invite(db, (self._around.patients + self._around.crowd) // 8, today=today())
            mails = sum(queue_due(registry, by=by, today=today()).values())
        self.fresh()
        with Registry.open(load_settings(self._environ(self._work))) as registry:
            run(registry, by=by, today=today())
        made = self._contents(sorted((self._work / "outbox").iterdir()))
        (self._around.folder / "mails").write_text(str(mails))
        if len(made) != mails:
            raise Failed(f"{len(made)} mails were made, not {mails}")
        with self.ready.open("wb") as file:
            pickle.dump(made, file)

    def _contents(self, files: Sequence[Path]) -> list[bytes]:
        return [each.read_bytes() for each in files]

    def _environ(self, home: Path) -> dict[str, str]:
        return {**self._around.environ, "MSREG_HOME": str(home)}


SENDING: tuple[Target, ...] = (
    Sending(
        "M1", f"reminders run, {PATIENTS // 8:,} mails to a server on this machine",
        "smtplib, the same mails ready-made", 1.43, runs=5, warm_up=1,
    ),
)  # fmt: skip
