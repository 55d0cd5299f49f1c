"""Locks that the kernel lets go of, and the notes in them (decision 0043)."""

from __future__ import annotations

import os
import resource
import signal
import time
from pathlib import Path

import pytest

from msreg.store.locks import Held, held, left_behind, notes_so_far


def notes(path: Path) -> list[str] | None:
    with left_behind(path) as found:
        return found


def test_a_lock_is_for_its_owner_and_goes_with_the_block(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "one.lock"
    with held(path):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        assert notes(path) is None
        assert path.exists()
    assert not path.exists()
    assert notes(path) == []


def test_notes_that_were_not_wiped_stay_for_who_comes_next_and_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    with held(path) as lock:
        lock.note("een")
        lock.wipe()
        lock.note("twee")
        lock.note("drie")
    assert notes(path) == ["twee", "drie"]
    assert not path.exists()
    with held(path) as lock:
        lock.note("vier")
        lock.wipe()
    assert not path.exists()


def test_who_fails_to_use_the_notes_leaves_them(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    with held(path) as lock:
        lock.note("een")

    def fail() -> None:
        with left_behind(path) as found:
            raise ZeroDivisionError(str(found))

    with pytest.raises(ZeroDivisionError, match="een"):
        fail()
    with left_behind(path) as found, left_behind(path) as other:
        assert (found, other) == (["een"], None)
    assert notes(path) == []


def test_a_process_that_is_killed_lets_go_and_half_a_note_is_none(tmp_path: Path) -> None:
    path = tmp_path / "one.lock"
    child = os.fork()
    if not child:
        with held(path) as lock:
            lock.note("heel")
            os.write(lock._handle, b"half")
            time.sleep(60)
        os._exit(0)
    for _ in range(500):
        if path.exists() and path.read_bytes().endswith(b"half"):
            break
        time.sleep(0.01)
    assert notes(path) is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert notes(path) == ["heel"]


def test_a_link_in_the_place_of_a_lock_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x\n")
    (tmp_path / "one.lock").symlink_to(tmp_path / "secret")
    assert notes(tmp_path / "one.lock") == []
    assert (tmp_path / "secret").read_text() == "x\n"


def test_a_lock_that_cannot_be_opened_is_not_taken_for_one_that_was_let_go(tmp_path: Path) -> None:
    """As the lock of another user; root can open everything, so here no file can be opened any more."""
    path = tmp_path / "one.lock"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with held(path) as lock:
        lock.note("een")
        free = os.dup(0)
        os.close(free)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
        try:
            found = (notes(path), notes_so_far(path))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert found == (None, [])
        assert notes_so_far(path) == ["een"]
        lock.wipe()


def test_a_note_for_which_there_is_no_room_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "wb", buffering=0) as full, pytest.raises(OSError, match="No space"):
        Held(full.fileno()).note("een")
