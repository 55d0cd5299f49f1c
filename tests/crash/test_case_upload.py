"""Uploading documents of a case: killed at any moment, or on a full disk, all of the files are there or none (SPEC
N5, C9; security R4), and a file of 50 MB passes through little memory."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from msreg.config import load_settings
from msreg.formats.upload_limits import MAX_UPLOAD_BYTES
from msreg.services import access
from msreg.services.audit_proof import prove
from msreg.services.case_torn import torn_files
from msreg.store.copies import check_database
from msreg.store.registry import Registry
from tests.cases import reported
from tests.conftest import environment
from tests.crash.forked import TODAY, Running, run
from tests.crash.killing import copied
from tests.crash.small_disk import run_on_small_disk
from tests.crash.states import sound

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

CASE = "NC-2026-0001"
SIZES = (700_000, 40_000, 900_000)
KILLS = 8
ROOMS = 7
MOST_MB = 150


@pytest.fixture(scope="module")
def ground(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a case, and beside it the files to upload."""
    for name in ("commands.cases", "screen.case_documents", "services.case_gate", "services.case_documents"):
        importlib.import_module(f"msreg.{name}")
    folder = copied(template, tmp_path_factory.mktemp("upload") / "copy")
    settings = load_settings(environment(folder))
    with Registry.open(settings) as registry:
        reported(registry, access.whoami(registry, settings.environ), TODAY)
    (folder / "files").mkdir()
    for n, size in enumerate(SIZES):
        (folder / "files" / f"{n}.txt").write_text(Random(n).randbytes(size // 2).hex())
    return folder


def words(folder: Path) -> tuple[object, ...]:
    return ("cases", "upload", CASE, *sorted((folder / "files").iterdir()), "--json")


def stored(folder: Path) -> int:
    """How many files the case has: each of them whole, in a registry that is sound."""
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert check_database(db) == []
        assert prove(db, registry.keys, registry.uuid, registry.settings.anchors_file).ok
        assert torn_files(db) == []
        found = db.one(
            "SELECT count(*), (SELECT count(*) FROM audit_event"
            ' WHERE body LIKE \'%"event":"cases.upload"%\') FROM case_document'
        )
    assert found is not None
    files, events = found
    assert events == (1 if files else 0)  # both, or neither
    return int(files)


def moments(life: float) -> list[Callable[[Running], None]]:
    """All over the life of the call, and close behind the beginning of its transaction."""
    chance = Random("upload")

    def after(seconds: float) -> Callable[[Running], None]:
        return lambda running: time.sleep(max(0.0, seconds - running.age()))

    def committing(more: float) -> Callable[[Running], None]:
        def wait(running: Running) -> None:
            running.until(running.commits)
            time.sleep(more)

        return wait

    half = KILLS // 2
    return [
        *(after(life * (each + chance.random()) / half) for each in range(half)),
        *(committing(0.004 * each) for each in range(half)),
    ]


def test_c9_killed_at_any_moment_all_files_are_there_or_none(ground: Path, tmp_path: Path) -> None:
    """And what a killed call left behind of its copies, the next one clears away."""
    whole = run(copied(ground, tmp_path / "whole"), *words(ground))
    assert (whole.code, whole.err) == (0, "")
    killed, found = 0, set()
    for moment in moments(whole.seconds):
        folder = copied(ground, tmp_path / "killed")
        running = Running(folder, *words(folder))
        moment(running)
        running.send(signal.SIGKILL)
        killed += running.end().killed
        found.add(files := stored(folder))
        assert files in (0, len(SIZES))
        again = run(folder, *words(folder))
        assert again.code == 0, again
        assert {each["state"] for each in json.loads(again.out)["files"]} == {"there" if files else "stored"}
        assert sound(folder).counts["case_document"] == len(SIZES)  # and nothing lies about
    assert killed >= KILLS // 2
    assert 0 in found


def test_r4_on_a_full_disk_all_files_are_there_or_none(ground: Path, tmp_path: Path) -> None:
    """At sizes from nothing to enough: for the copies, for the transaction, for what the database grows by."""
    folder = copied(ground, tmp_path / "full")
    before = sound(folder)
    enough = 4 * sum(SIZES)
    codes = []
    for room in [*(enough * each // (ROOMS - 2) for each in range(ROOMS - 1)), 3 * enough]:
        ended = run_on_small_disk(folder / "home", room, folder, *words(folder))
        codes.append(ended.code)
        state = sound(folder, like=before)
        if ended.code == 0:
            assert stored(folder) == len(SIZES)
            folder = copied(ground, tmp_path / "full")
        else:
            assert ended.code == 9, ended
            assert (ended.out, state.exact) == ("", before.exact)
            error = json.loads(ended.err)["error"]
            assert error["message"].rstrip(".").count(". ") == 0
            assert error["hint"]
    assert codes == sorted(codes, reverse=True)  # what fits a disk fits a larger one
    assert (codes[0], codes[-1]) == (9, 0)
    assert codes.count(9) >= 3


def test_n5_a_file_of_fifty_megabytes_goes_up_and_down_in_little_memory(ground: Path, tmp_path: Path) -> None:
    """The peak of the largest of the processes, those that look at the file included."""
    folder = copied(ground, tmp_path / "large")
    large = folder / "large.txt"
    with large.open("wb") as out:
        line = b"Hemoglobine 6,1 mmol/l; trombocyten 120.\n"
        out.write(line * (MAX_UPLOAD_BYTES // len(line)))
        out.write(b"x" * (MAX_UPLOAD_BYTES % len(line)))
    assert large.stat().st_size == MAX_UPLOAD_BYTES
    assert _peak(folder, "cases", "upload", CASE, large) < MOST_MB
    out_file = folder / "back.txt"
    assert _peak(folder, "cases", "download", CASE, 1, "--out", out_file) < MOST_MB / 2
    assert _sha256(out_file) == _sha256(large)


def _peak(folder: Path, *given: object) -> float:
    """Megabytes that a call of the program had at most, in the largest process of it."""
    measure = (
        "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], capture_output=True);"
        " assert done.returncode == 0, done.stderr;"
        " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    call = [sys.executable, "-m", "msreg", *map(str, given), "--today", TODAY.isoformat()]
    done = subprocess.run(
        [sys.executable, "-c", measure, *call], env={**os.environ, **environment(folder)}, cwd=folder,
        capture_output=True, encoding="utf-8", check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return int(done.stdout) / 1024


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
