"""R9, R1: many writers at once, and writers killed at random: no gap in the log, nothing half done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from msreg.config import Settings, load_settings
from msreg.store.audit import verify
from msreg.store.connect import Database
from msreg.store.copies import check_database
from msreg.store.registry import Registry

WRITER = """
import os, sys
from msreg.config import load_settings
from msreg.store.actor import system_actor
from msreg.store.audit import Item, append
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action
name, times, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
registry = Registry.open(load_settings(dict(os.environ)))
with registry.light() as db:
    for turn in range(times):
        keys = [f"{name}-{turn}-{n}" for n in range(rows)]
        items = [Item(Action.CREATE, "meta", key, None, None, {"value": 1}) for key in keys]
        with transaction(db):
            db.executemany("INSERT INTO meta VALUES (?, ?)", ((key, "1") for key in keys))
            append(db, registry.keys.audit_key, by=system_actor(name), event="test", action=Action.CREATE,
                   at=registry.clock(), items=items)
        print(turn, flush=True)
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {"MSREG_HOME": str(tmp_path / "home"), "MSREG_KEY_FILE": str(tmp_path / "kek"), "MSREG_LANG": "en"}
    )


def start(settings: Settings, name: str, times: int, rows: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, name, str(times), str(rows)],
        env={**os.environ, **settings.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def records(db: Database) -> int:
    return int((db.one("SELECT count(*) FROM meta WHERE key LIKE 'w%-%'") or (0,))[0])


def test_eight_writers_of_a_hundred_transactions_leave_no_gap(settings: Settings) -> None:
    registry, _ = Registry.create(settings)
    writers = [start(settings, f"w{n}", 100, 1) for n in range(8)]
    told = [writer.communicate(timeout=120) for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 8, [each[1] for each in told]
    with registry.light() as db:
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
        assert verdict.ok
        assert verdict.rows == 800
        assert verdict.items == 800
        assert records(db) == 800
        assert check_database(db) == []


def test_a_writer_killed_at_any_moment_leaves_whole_transactions(settings: Settings) -> None:
    registry, _ = Registry.create(settings)
    chance = random.Random(3)
    told = kept = killed = 0
    for n in range(25):
        writer = start(settings, f"w{n}", 100_000, 200)
        assert writer.stdout is not None
        assert writer.stderr is not None
        # Some die while they start, most while they write.
        if n % 5:
            writer.stdout.readline()
            told += 1
        time.sleep(chance.random() * 0.05)
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read().count("\n")
        killed += writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        writer.stderr.close()
        with registry.light() as db:
            verdict = verify(db, registry.keys.audit_key, registry.uuid)
            assert verdict.ok, verdict
            kept = verdict.rows
            # What was told as written is there, and each event with all of its records.
            assert kept >= told
            assert verdict.items == records(db) == kept * 200
            told = kept
    assert killed == 25
    assert kept > 25
    with registry.light() as db:
        assert check_database(db) == []
