"""Target M2: how long the page of a questionnaire takes while two hundred are asked for each second."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from time import monotonic, sleep

from benchmarks.ground import Ground
from benchmarks.pairs import Failed, Measure
from benchmarks.rate import percentile, seconds_at_rate
from benchmarks.target import Target
from msreg.clock import today
from msreg.config import load_settings
from msreg.services import access
from msreg.services.links import WantedLink, make_links
from msreg.services.mail_types import Due
from msreg.services.outbox import queue
from msreg.services.writing import writing
from msreg.store.registry import Registry
from msreg.vocabulary import Action, LinkPurpose, MailKind

RATE = 200
SECONDS = 10
LINKS = 1_000
WITHIN = 0.050
_STARTS_WITHIN = 30.0
_WHO = (
    "SELECT id FROM patient WHERE consent AND withdrawn_on IS NULL AND NOT coalesce(deceased, 0)"
    " AND NOT coalesce(treatment_ended, 0) AND id NOT IN (SELECT patient_id FROM prom WHERE answered_on = ?) LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Served(Target):
    """The time within which 99 of 100 pages came, against the one that is allowed."""

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The measured time, and the allowed one."""
        links: list[str] = []

        def ours() -> float:
            if not links:
                links.extend(_links(ground))
            with _served(ground) as port:
                seconds_at_rate(port, links, rate=RATE / 4, seconds=1)  # connections and files are warm
                return percentile(seconds_at_rate(port, links, rate=RATE, seconds=SECONDS), 0.99)

        return ours, lambda: WITHIN


def _links(ground: Ground) -> list[str]:
    """Paths of questionnaires, each of another patient."""
    assert ground.incomplete_patient
    with Registry.open(load_settings(ground.environ)) as registry:
        by = access.whoami(registry, ground.environ)
        with writing(registry, by=by, event="reminders.run", action=Action.CREATE, plain=True) as work:
            day = today()
            who = work.db.rows(_WHO, (day.isoformat(), LINKS))
            kind = MailKind.PROM_INVITATION
            keys = {f"{kind.value}:bench:{each}": each for (each,) in who}
            queue(work, [Due(kind, key, day, "bench", "", "", patient_id=each) for key, each in keys.items()])
            rows = work.db.rows("SELECT id, key FROM outbox WHERE period = 'bench'")
            wanted = [WantedLink("link", LinkPurpose.PROM, day + timedelta(days=42))]
            made = [make_links(registry, work.db, id_, wanted, work.at).values["link"] for id_, _key in rows]
            work.db.execute("UPDATE outbox SET state = 'sent' WHERE period = 'bench'")
        start = len(registry.settings.web.address)
    return [each[start:] for each in made]


@contextmanager
def _served(ground: Ground) -> Iterator[int]:
    """`msreg serve` as its users start it; gives its port."""
    port = _free()
    server = subprocess.Popen(
        ground.msreg("serve", "--port", str(port)), env=ground.environ, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = monotonic() + _STARTS_WITHIN
        while not _answers(port):
            if server.poll() is not None or monotonic() > until:
                raise Failed("msreg serve did not start")
            sleep(0.05)
        yield port
    finally:
        server.terminate()
        server.wait(30)


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port: int = place.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    link = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        link.request("GET", "/health")
        return link.getresponse().status == 200
    except OSError:
        return False
    finally:
        link.close()


PAGES: tuple[Target, ...] = (
    Served(
        "M2",
        f"page of a questionnaire, {RATE} a second for {SECONDS} s, p99",
        "50 ms",
        1.0,
        runs=5,
        warm_up=1,
    ),
)
