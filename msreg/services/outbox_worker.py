"""Who sends: a process with a name, and a lock by which others see whether it still lives (decision 0043).

In the file of the lock it notes each mail as soon as the server has answered. Who finds a worker dead reads there what
went out and was not marked yet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.services.outbox_claims import Clerk
from msreg.services.outbox_done import note_id, read_note
from msreg.store.dbapi import Database, transaction
from msreg.store.locks import Held, held, left_behind, notes_so_far
from msreg.store.queries import outbox as queries
from msreg.store.queries.saving import moment
from msreg.vocabulary import MailState

if TYPE_CHECKING:
    from msreg.config import Settings

_HOST = 60
"""Signs of the name of the machine that are kept; the column has room for 80 in all."""


@contextmanager
def at_work(settings: Settings) -> Iterator[tuple[str, Held]]:
    """The name of this worker as long as the block runs (machine, process, something random), and its lock."""
    name = f"{_host()}:{os.getpid()}:{os.urandom(4).hex()}"
    with held(_lock(settings, name)) as lock:
        yield name, lock


def take_over(db: Database, clerk: Clerk, now: datetime) -> None:
    """Mark what workers that are no more noted as done, and let the other mails that they had wait again.

    On this machine its lock tells whether a worker lives, on another one the end of its claim does.
    """
    settings = clerk.registry.settings
    until = dict(queries.workers(db))
    for name in {*until, *_left(settings)}:
        over = until.get(name, moment(now)) <= moment(now)
        if _host_of(name) != _host():
            if over:
                _settle(db, clerk, name, [], now)
            continue
        with left_behind(_lock(settings, name)) as notes:
            if notes is not None:
                _settle(db, clerk, name, notes, now)
            elif over and name in until:
                # It lives and stands still (stopped in its terminal, a machine that slept): what it noted went out.
                _settle(db, clerk, name, notes_so_far(_lock(settings, name)), now)


def _left(settings: Settings) -> Iterator[str]:
    """The workers of this machine whose locks are there, living or dead."""
    for path in _folder(settings).glob("mail-*-*.lock"):
        _mail, process, chance = path.stem.split("-", 2)
        yield f"{_host()}:{process}:{chance}"


def _settle(db: Database, clerk: Clerk, name: str, notes: list[str], now: datetime) -> None:
    with transaction(db):
        mails = queries.of_worker(db, name)
        told = {note_id(each): each for each in notes}
        for id_ in told.keys() - mails.keys():
            # Somebody else ended it while it went out: it is not marked, but that it went out is in the log.
            row = queries.by_id(db, id_)
            if row is not None and row["state"] == MailState.CANCELLED.value:
                mails[id_] = dict(row)
        if not mails:
            return
        done = [read_note(note, mails[id_]) for id_, note in told.items() if id_ in mails]
        clerk.of(name).mark(db, done, logged_at=now)
        queries.let_go(db, name)


def _host() -> str:
    return os.uname().nodename[:_HOST]


def _host_of(name: str) -> str:
    return name.rsplit(":", 2)[0]


def _folder(settings: Settings) -> Path:
    return settings.home / "locks"


def _lock(settings: Settings, name: str) -> Path:
    _machine, process, chance = name.rsplit(":", 2) if name.count(":") >= 2 else ("", "0", "0")
    return _folder(settings) / f"mail-{process}-{chance}.lock"
