"""A load is all or nothing, whatever happens while it runs (SPEC C9, B3; security R1, R4)."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from msreg.config import load_settings
from msreg.services import access, exports
from msreg.services.centres import add_centre
from msreg.services.made_up import fill
from msreg.services.made_up.lists import centres
from msreg.services.patients import Asked
from msreg.store.audit import verify
from msreg.store.copies import check_database
from msreg.store.registry import Registry

TODAY = date(2026, 11, 21)
KILLS = 30
TABLES = ("patient", "course", "disease_event", "medication", "adverse_event")

PIPES = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

Counts = tuple[int, ...]


def environ(folder: Path) -> dict[str, str]:
    return {
        "MSREG_HOME": str(folder / "home"), "MSREG_KEY_FILE": str(folder / "kek"), "MSREG_LANG": "en",
        "TMPDIR": str(folder / "tmp"), "PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[2]),
    }  # fmt: skip


@pytest.fixture(scope="module")
def empty(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry without patients that knows the centres of the batch."""
    folder = tmp_path_factory.mktemp("empty") / "copy"
    shutil.copytree(template, folder)
    settings = load_settings(environ(folder))
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        with registry.light() as db:
            missing = [each for each in centres() if access.centre_by_code(db, each.code) is None]
        for each in missing:
            add_centre(registry, by=by, code=each.code, name=each.name)
    return folder


@pytest.fixture(scope="module")
def batch(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of CSV files with 2,000 rows and some."""
    folder = tmp_path_factory.mktemp("source") / "copy"
    shutil.copytree(empty, folder)
    settings = load_settings(environ(folder))
    out = folder / "batch"
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)
        fill(registry, by=by, seed=3, patients=175, today=TODAY)
        with registry.light() as db:
            # Courses that somebody left half answered: a registry that does not have them refuses them.
            db.execute("DELETE FROM course WHERE open_questions > 0")
        done = exports.export(
            registry,
            by=by,
            format="csv",
            out=out,
            asked=Asked(),
            today=TODAY,
            style=exports.Style(False, "en"),
        )
    assert sum(done.rows.values()) >= 2000
    return out


@pytest.fixture(scope="module")
def whole(batch: Path) -> Counts:
    """How many records of each kind the batch has."""
    with Registry.open(load_settings(environ(batch.parent))) as registry:
        return counts(registry)


def counts(registry: Registry) -> Counts:
    with registry.light() as db:
        return tuple(int((db.one(f"SELECT count(*) FROM {table}") or (0,))[0]) for table in TABLES)


def sound(folder: Path) -> tuple[Counts, list[str]]:
    """The records and the events of a registry whose file and log are whole."""
    with Registry.open(load_settings(environ(folder))) as registry, registry.light() as db:
        assert check_database(db) == []
        verdict = verify(db, registry.keys.audit_key, registry.uuid)
        assert verdict.ok, verdict
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
        return counts(registry), [json.loads(row[0])["event"] for row in rows]


def start(folder: Path, *words: object, **how: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "msreg", *map(str, words), "--today", TODAY.isoformat()],
        env=environ(folder),
        cwd=folder,
        text=True,
        **{**PIPES, **how},  # type: ignore[call-overload]
    )


def load(folder: Path, batch: Path, **how: object) -> subprocess.Popen[str]:
    return start(folder, "imports", "run", batch, "--yes", "--json", **how)


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(empty, folder)
    return folder


@pytest.fixture(scope="module")
def seconds(empty: Path, batch: Path, whole: Counts, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How long the load takes on this machine, with the other core as busy as in the tests."""
    folders = [tmp_path_factory.mktemp("calibrate") / "copy" for _ in range(2)]
    for folder in folders:
        shutil.copytree(empty, folder)
    begun = time.monotonic()
    both = [load(folder, batch) for folder in folders]
    with ThreadPoolExecutor(2) as readers:
        told = list(readers.map(lambda each: each.communicate(timeout=120), both))
    took = time.monotonic() - begun
    for out, err in told:
        assert json.loads(out)["summary"]["added"] == sum(whole), err
    return took


# -- kills ------------------------------------------------------------------------------------------------


def test_r1_killed_at_thirty_moments_it_is_all_or_nothing(
    empty: Path, batch: Path, whole: Counts, seconds: float, tmp_path: Path
) -> None:
    def kill(number: int) -> tuple[bool, bool]:
        """One registry, killed at its moment: whether it was running still, and whether the load is in."""
        folder = tmp_path / f"k{number}"
        shutil.copytree(empty, folder)
        _, before = sound(folder)
        answer = folder / "answer"
        with answer.open("w") as out:
            running = load(folder, batch, stdout=out, stderr=subprocess.DEVNULL)
        time.sleep(seconds * 1.02 * (number + 1) / KILLS)
        running.send_signal(signal.SIGKILL)
        running.wait(60)
        told = answer.read_text()
        found, events = sound(folder)
        assert found in (whole, (0,) * len(TABLES))
        loaded = found == whole
        assert events == [*before, *(["imports.run"] if loaded else [])]
        assert loaded or not told  # what was told as loaded is in
        shutil.rmtree(folder)
        return running.returncode == -signal.SIGKILL, loaded

    with ThreadPoolExecutor(2) as both:
        ends = list(both.map(kill, range(KILLS)))
    assert sum(killed for killed, _ in ends) >= KILLS * 2 // 3
    assert not all(loaded for _, loaded in ends)


@pytest.mark.parametrize("part", [0.2, 0.28, 0.36, 0.42])
def test_c9_ctrl_c_leaves_nothing_half_done(part: float, fresh: Path, batch: Path, seconds: float) -> None:
    _, before = sound(fresh)
    running = load(fresh, batch)
    time.sleep(seconds * part)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    found, events = sound(fresh)
    assert running.returncode == 130, (out, err)
    assert out == ""
    assert len(err.splitlines()) == 1
    assert found == (0,) * len(TABLES)
    assert events == before


# -- a full disk ------------------------------------------------------------------------------------------


def test_r4_a_full_disk_is_one_sentence_and_loses_nothing(fresh: Path, batch: Path, whole: Counts) -> None:
    """The largest file that may be grows step by step, from nothing to enough."""
    _, before = sound(fresh)
    database = (fresh / "home" / "data" / "registry.db").stat().st_size
    ends = []
    for room in (0, 4096, 65_536, database, database + 131_072, 2 * database, 600_000, 1_000_000):

        def narrow(room: int = room) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        running = load(fresh, batch, preexec_fn=narrow)
        out, err = running.communicate(timeout=120)
        found, events = sound(fresh)
        ends.append(running.returncode)
        if running.returncode == 0:
            assert found == whole
            break
        assert running.returncode == 9, err
        told = json.loads(err)["error"]
        assert "disk" in told["message"] or "written" in told["message"]
        assert told["hint"]
        assert out == ""
        assert found == (0,) * len(TABLES)
        assert events == before
    assert ends[:5] == [9] * 5
    running = load(fresh, batch)
    assert running.communicate(timeout=120)[1] == ""
    assert sound(fresh)[0] == whole


# -- many at once -----------------------------------------------------------------------------------------


def test_two_loads_at_once_are_as_one(fresh: Path, batch: Path, whole: Counts) -> None:
    both = [load(fresh, batch) for _ in range(2)]
    with ThreadPoolExecutor(2) as readers:
        told = list(readers.map(lambda each: each.communicate(timeout=120), both))
    codes = sorted(each.returncode for each in both)
    assert codes in ([0, 0], [0, 8]), told
    added = [json.loads(out)["summary"]["added"] for out, _ in told if out]
    assert sorted(added) == ([0, sum(whole)] if codes == [0, 0] else [sum(whole)])
    found, events = sound(fresh)
    assert found == whole
    assert events.count("imports.run") == codes.count(0)


def listing(folder: Path, until: Future[tuple[str, str]]) -> Iterator[tuple[int, str, str]]:
    while not until.done():
        with start(folder, "patients", "list", "--json") as running:
            out, err = running.communicate(timeout=60)
            yield running.returncode, out, err


def test_eight_people_look_while_one_loads(fresh: Path, batch: Path, whole: Counts) -> None:
    """They see nobody or everybody, and each look is in the log."""
    loading = load(fresh, batch)
    with ThreadPoolExecutor(9) as people:
        loaded = people.submit(loading.communicate, timeout=120)  # its answer is longer than a pipe holds
        looks = [
            look for each in people.map(lambda _: list(listing(fresh, loaded)), range(8)) for look in each
        ]
    out, err = loaded.result()
    assert loading.returncode == 0, err
    assert json.loads(out)["summary"]["added"] == sum(whole)
    assert looks
    assert {code for code, _, _ in looks} <= {0, 8}, looks
    shown = {len(json.loads(text)) for code, text, _ in looks if code == 0}
    assert shown <= {0, 50}
    found, events = sound(fresh)
    assert found == whole
    assert events.count("patients.list") == sum(code == 0 for code, _, _ in looks)
