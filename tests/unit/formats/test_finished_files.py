"""Exports appear whole or not at all, for their owner only, and never in place of something else."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Conflict, NotFound, Unavailable
from msreg.formats.registry import WRITERS, Writer
from msreg.formats.sheets import SAMPLE, SheetOut
from msreg.forms.columns import Column
from msreg.forms.definition import Type

pytestmark = pytest.mark.parametrize("writer", WRITERS, ids=lambda each: each.key)


TYPES = {"b": Type.INTEGER}


class StoppedError(Exception):
    """The database went away half-way through the rows."""


def sheet(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> SheetOut:
    """A sheet of data: its columns have labels and types, for formats that have them too."""
    columns = [Column(each, {"nl": each, "en": each}, type=TYPES.get(each, Type.TEXT)) for each in header]
    return SheetOut(name, header, rows, None, columns)


def good() -> list[SheetOut]:
    return [sheet("courses", ["registry_number", "b"], [["x", 1]])]


def breaking(after: int) -> list[SheetOut]:
    def rows() -> Iterator[list[str]]:
        for _ in range(after):
            yield ["x"]
        raise StoppedError

    return [sheet("patients", ["registry_number"], [["x"]]), sheet("courses", ["registry_number"], rows())]


def content(path: Path) -> dict[str, bytes]:
    """Every byte of an export."""
    return {each.name: each.read_bytes() for each in [path, *path.rglob("*")] if each.is_file()}


def target(folder: Path, writer: Writer) -> Path:
    return folder / f"export{writer.suffix}"


def test_modes_do_not_depend_on_the_umask(tmp_path: Path, writer: Writer, no_umask: None) -> None:
    path = writer.write(target(tmp_path, writer), good(), False)
    for each in [path, *path.rglob("*")]:
        assert stat.S_IMODE(each.stat().st_mode) == (0o700 if each.is_dir() else 0o600)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("after", [0, SAMPLE - 1, SAMPLE + 1, 3 * SAMPLE])
def test_nothing_is_left_when_the_rows_break_off(tmp_path: Path, writer: Writer, after: int) -> None:
    with pytest.raises(StoppedError):
        writer.write(target(tmp_path, writer), breaking(after), False)
    assert list(tmp_path.iterdir()) == []


def test_the_old_export_stays_when_the_new_one_breaks_off(tmp_path: Path, writer: Writer) -> None:
    path = writer.write(target(tmp_path, writer), good(), False)
    before = content(path)
    with pytest.raises(StoppedError):
        writer.write(path, breaking(3 * SAMPLE), True)
    assert content(path) == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_first_row_is_computed_before_anything_is_made(tmp_path: Path, writer: Writer) -> None:
    seen: list[list[Path]] = []

    def rows() -> Iterator[list[str]]:
        seen.append(list(tmp_path.iterdir()))
        yield ["x"]

    writer.write(target(tmp_path, writer), [sheet("courses", ["registry_number"], rows())], False)
    assert seen == [[]]


def test_what_exists_is_not_overwritten_unasked(tmp_path: Path, writer: Writer) -> None:
    path = writer.write(target(tmp_path, writer), good(), False)
    with pytest.raises(Conflict) as caught:
        writer.write(path, good(), False)
    assert caught.value.exit_code == 8
    assert "--overwrite" in str(caught.value.hint)
    before = content(path)
    writer.write(path, [sheet("patients", ["registry_number"], [["y"]])], True)
    assert content(path) != before
    if writer.suffix == "":
        assert "courses" not in " ".join(content(path))
    assert list(tmp_path.iterdir()) == [path]


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path, writer: Writer) -> None:
    path = target(tmp_path, writer)

    def rows() -> Iterator[list[str]]:
        for _ in range(2 * SAMPLE):
            yield ["x"]
        path.mkdir() if not writer.suffix else None
        (path if writer.suffix else path / "mine.txt").write_text("mine")

    with pytest.raises((Conflict, Unavailable)):
        writer.write(path, [sheet("courses", ["registry_number"], rows())], False)
    kept = path if writer.suffix else path / "mine.txt"
    assert kept.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_named(tmp_path: Path, writer: Writer) -> None:
    with pytest.raises(NotFound, match="gone to write in"):
        writer.write(target(tmp_path / "gone", writer), good(), False)


def test_a_folder_or_file_of_another_kind_is_kept(tmp_path: Path, writer: Writer) -> None:
    path = target(tmp_path, writer)
    if writer.suffix:
        path.mkdir()
    else:
        path.write_text("mine")
    with pytest.raises(Conflict):
        writer.write(path, good(), True)
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_with_other_things_is_never_replaced(tmp_path: Path, writer: Writer) -> None:
    if writer.suffix:
        path = tmp_path
    else:
        path = target(tmp_path, writer)
        path.mkdir()
    (path / "thesis.docx").write_text("mine")
    with pytest.raises(Conflict):
        writer.write(path, good(), True)
    assert (path / "thesis.docx").read_text() == "mine"


def test_a_row_of_another_width_is_a_mistake_of_ours(tmp_path: Path, writer: Writer) -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 columns"):
        writer.write(target(tmp_path, writer), [sheet("courses", ["registry_number", "b"], [["x"]])], False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_nothing_is_one_sentence(writer: Writer) -> None:
    with pytest.raises(Unavailable, match="could not be written") as caught:
        writer.write(target(Path("/proc"), writer), good(), False)
    assert caught.value.exit_code == 9
    assert caught.value.__cause__ is None


def test_a_disk_that_fills_up_leaves_nothing(tmp_path: Path, writer: Writer) -> None:
    """A limit on the size of files stands for the disk; in a process of its own, which it never leaves."""
    code = f"""
import os, resource, signal, sys, warnings
from pathlib import Path
from msreg.errors import Unavailable
from msreg.formats.registry import writer
from msreg.formats.sheets import SheetOut
from msreg.forms.columns import Column
warnings.simplefilter("error")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
rows = ([f"row {{number}}", os.urandom(8).hex()] for number in range(20_000))
columns = [Column(name, {{"nl": name, "en": name}}) for name in ("registry_number", "b")]
try:
    writer({writer.key!r}).write(Path(sys.argv[1]), [SheetOut("courses", ["registry_number", "b"], rows, None, columns)], False)
except Unavailable as problem:
    print(problem.params["why"])
"""
    root = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", code, str(target(tmp_path, writer))],
        env={"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("File too large\n", "")
    assert list(tmp_path.iterdir()) == []
