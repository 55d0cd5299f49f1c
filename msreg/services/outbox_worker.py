"""Who sends: a process with a name, and a lock by which others see whether it still lives (decision 0043)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.store.dbapi import Database, transaction
from msreg.store.locks import held, is_held
from msreg.store.queries import outbox as queries
from msreg.store.queries.saving import moment

if TYPE_CHECKING:
    from msreg.config import Settings

_HOST = 60
"""Signs of the name of the machine that are kept; the column has room for 80 in all."""


@contextmanager
def at_work(settings: Settings) -> Iterator[str]:
    """The name of this worker as long as the block runs: its machine, its process and something random."""
    name = f"{_host()}:{os.getpid()}:{os.urandom(4).hex()}"
    with held(_lock(settings, name)):
        yield name


def let_dead_go(db: Database, settings: Settings, now: datetime) -> int:
    """Let mails wait again that a worker had who is no more; gives how many.

    On this machine its lock tells, on another one the end of its claim does.
    """
    gone = [name for name, until in queries.workers(db) if _is_gone(settings, name, until, now)]
    if not gone:
        return 0
    with transaction(db):
        return sum(queries.let_go(db, name) for name in gone)


def clear_locks(settings: Settings) -> None:
    """Take away what workers left that were killed."""
    for each in _folder(settings).glob("mail-*.lock"):
        is_held(each)


def _is_gone(settings: Settings, name: str, until: str, now: datetime) -> bool:
    if name.rpartition(":")[0].rpartition(":")[0] == _host() and not is_held(_lock(settings, name)):
        return True
    return until <= moment(now)


def _host() -> str:
    return os.uname().nodename[:_HOST]


def _folder(settings: Settings) -> Path:
    return settings.home / "locks"


def _lock(settings: Settings, name: str) -> Path:
    _host_name, process, chance = name.rsplit(":", 2) if name.count(":") >= 2 else ("", "0", "0")
    return _folder(settings) / f"mail-{process}-{chance}.lock"
