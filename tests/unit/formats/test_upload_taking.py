"""A document is read once: what is judged, hashed and stored is one and the same (security F6)."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from msreg.errors import Refused, Unavailable
from msreg.formats import upload_taking
from msreg.formats.upload_limits import MAX_UPLOAD_BYTES
from msreg.formats.uploads import taken


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "work"
    made.mkdir()
    return made


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=1, max_size=600_000))
def test_the_copy_is_the_file(folder: Path, data: bytes) -> None:
    path = folder.parent / "Brief\u202e.txt"
    path.write_bytes(data)
    with taken(path, folder) as copy:
        assert (copy.name, copy.size, copy.sha256) == (
            "Brief.txt",
            len(data),
            hashlib.sha256(data).hexdigest(),
        )
        assert copy.file.read() == data
        path.write_bytes(b"something else")
        copy.file.seek(0)
        assert copy.file.read() == data
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.write(copy.file.fileno(), b"a")
        assert list(folder.iterdir()) == []  # nothing to be left when the program is killed


@pytest.mark.parametrize(
    ("size", "fits"), [(0, False), (1, True), (MAX_UPLOAD_BYTES, True), (MAX_UPLOAD_BYTES + 1, False)]
)
def test_sizes(size: int, fits: bool, folder: Path) -> None:
    path = folder.parent / "a.txt"
    with path.open("wb") as file:
        file.truncate(size)
    if fits:
        with taken(path, folder) as copy:
            assert copy.size == size
    else:
        with pytest.raises(Refused, match="empty" if not size else "larger than 50 MB"):
            taken(path, folder)
    assert list(folder.iterdir()) == []


def test_what_is_no_file(folder: Path) -> None:
    os.mkfifo(folder.parent / "pipe.pdf")
    for path in (folder.parent, folder.parent / "pipe.pdf", Path("/dev/zero")):
        with pytest.raises(Refused, match="folder or no ordinary file"):
            taken(path, folder)
    with pytest.raises(Unavailable, match="cannot be read"):
        taken(folder.parent / "missing.pdf", folder)


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"a")


def _shrink(path: Path) -> None:
    os.truncate(path, 10)


def _overwrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"b")


def _replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    other.replace(path)


def _remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [_grow, _shrink, _overwrite, _replace, _remove])
@pytest.mark.parametrize("at", [0, 1, 3])
def test_a_file_that_changes_meanwhile(
    change: Callable[[Path], None], at: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the first piece, in the middle, behind the last: refused, and nothing is left."""
    path = folder.parent / "a.txt"
    path.write_bytes(b"a" * 3 * upload_taking.PIECE)
    real = hashlib.sha256

    class Hash:
        def __init__(self) -> None:
            self._real, self._count = real(), 0

        def update(self, piece: bytes) -> None:
            if self._count == at:
                change(path)
            self._count += 1
            self._real.update(piece)

        def hexdigest(self) -> str:
            if self._count == at:
                change(path)
            return self._real.hexdigest()

    monkeypatch.setattr(upload_taking.hashlib, "sha256", Hash)
    with pytest.raises(Refused, match="changed while it was being read"):
        taken(path, folder)
    assert list(folder.iterdir()) == []


def test_no_room_for_the_copy(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system says so in the middle of the copy."""
    path = folder.parent / "a.txt"
    path.write_bytes(b"a" * 3 * upload_taking.PIECE)
    real = upload_taking._private

    def private(where: Path, name: str) -> tuple[Any, Path]:
        copy, place = real(where, name)
        assert stat.S_IMODE(place.stat().st_mode) == 0o600
        copy.close()
        return open("/dev/full", "wb", buffering=0), place

    monkeypatch.setattr(upload_taking, "_private", private)
    with pytest.raises(Unavailable, match="no room") as caught:
        taken(path, folder)
    assert caught.value.hint_text()
    assert list(folder.iterdir()) == []


def test_no_folder_for_the_copy(folder: Path) -> None:
    path = folder.parent / "a.txt"
    path.write_bytes(b"a")
    with pytest.raises(Unavailable, match="no room"):
        taken(path, folder / "missing")
