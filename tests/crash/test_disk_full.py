"""A full disk is one sentence and loses nothing, wherever it becomes full (SPEC C4: exit 9; security R4)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.crash.forked import Ended, Running, run, small_files
from tests.crash.killing import copied
from tests.crash.small_disk import mountable, run_on_small_disk
from tests.crash.states import RECORDS, State, sound

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

SIZES = 30
PAGE = 4096


def sizes(enough: int) -> list[int]:
    """From no room at all over single pages to more than enough."""
    fine = [each * PAGE for each in range(10)]
    step = (enough - fine[-1]) // (SIZES - len(fine) - 2)
    return [*fine, *range(fine[-1] + step, enough + 3 * step, step)][:SIZES]


def told_in_one_sentence(ended: Ended) -> None:
    assert ended.out == ""
    error = json.loads(ended.err)["error"]
    assert error["code"] == "unavailable"
    assert error["message"].rstrip(".").count(". ") == 0
    assert error["hint"]


@pytest.fixture
def enough(fresh: Path, batch: Path, tmp_path: Path) -> int:
    """Bytes that a load writes before it is done: its transaction, and what the database grows by."""
    folder = copied(fresh, tmp_path / "measured")
    before = (folder / "home" / "data" / "registry.db").stat().st_size
    running = Running(folder, "imports", "run", batch, "--yes", "--json")
    size = 0

    def grown() -> bool:
        nonlocal size
        size = max(size, running.pending())
        return False

    running.until(grown)
    assert running.end().code == 0
    return size + running.database().st_size - before


@pytest.mark.parametrize("kind", ["disk", "files"])
def test_r4_a_load_on_a_full_disk_is_all_or_nothing(
    kind: str, fresh: Path, batch: Path, whole: State, enough: int, tmp_path: Path
) -> None:
    """At 30 sizes of the disk that holds the registry, and with 30 limits on the size of files.

    What one size refused is tried again with the next on the same registry, up to what is enough.
    """
    words = ("imports", "run", batch, "--yes", "--json")
    before = sound(fresh)
    folder = copied(fresh, tmp_path / "full")
    codes = []
    limits = sizes(enough)
    assert len(limits) == SIZES
    for room in limits:
        if kind == "disk":
            ended = run_on_small_disk(folder / "home", room, folder, *words)
        else:
            ended = run(folder, *words, first=small_files(room))
        codes.append(ended.code)
        state = sound(folder, like=before)
        if ended.code == 0:
            assert state.content == whole.content
            assert json.loads(ended.out)["summary"]["added"] == sum(whole.counts[each] for each in RECORDS)
            folder = copied(fresh, tmp_path / "full")
        else:
            assert ended.code == 9, ended
            assert state.exact == before.exact
            told_in_one_sentence(ended)
    assert codes == sorted(codes, reverse=True)  # what fits a disk fits a larger one
    assert codes.count(9) >= 10
    assert codes.count(0) >= 2


@pytest.mark.parametrize(("format", "name"), [("excel", "e.xlsx"), ("csv", "e"), ("jsonl", "e.jsonl")])
def test_r4_an_export_to_a_full_disk_is_there_or_not(
    format: str, name: str, fresh: Path, batch: Path
) -> None:
    assert run(fresh, "imports", "run", batch, "--yes").code == 0
    disk = fresh / "disk"
    disk.mkdir()
    words = ("exports", format, "--out", disk / name, "--json")
    assert run(fresh, *words).code == 0
    made = sorted(each.relative_to(disk) for each in disk.rglob("*"))
    size = sum(each.stat().st_size for each in disk.rglob("*") if each.is_file())
    codes = []
    part = size // 4
    for room in (0, PAGE, 5 * PAGE, part, 2 * part, 3 * part, size - 2 * PAGE, 4 * size + 50 * PAGE):
        shutil.rmtree(disk)
        disk.mkdir()
        ended = run_on_small_disk(disk, room, fresh, *words)
        codes.append(ended.code)
        if ended.code == 0:
            assert sorted(each.relative_to(disk) for each in disk.rglob("*")) == made
        else:
            assert ended.code == 9, ended
            told_in_one_sentence(ended)
            assert list(disk.iterdir()) == []
        sound(fresh)
    assert codes == [9] * 7 + [0] or (not mountable() and (codes[0], codes[-1]) == (9, 0))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_r4_a_marked_copy_on_a_full_disk_is_there_or_not(kind: str, fresh: Path, batch: Path) -> None:
    """Asked for, it is exit 9; nobody asked for it, the findings are told all the same."""
    disk = fresh / "disk"
    disk.mkdir()
    file = disk / "faulty"
    if kind == "csv":
        shutil.copytree(batch, file)
        courses = file / "courses.csv"
        courses.write_text(
            courses.read_text(encoding="utf-8-sig").replace("assessed", "guessed"), encoding="utf-8"
        )
    else:
        file = file.with_suffix(".xlsx")
        from openpyxl import Workbook

        book = Workbook()
        for path in sorted(batch.glob("*.csv")):
            page = book.create_sheet(path.stem)
            for line in path.read_text(encoding="utf-8-sig").splitlines():
                page.append([each.strip('"').replace("assessed", "guessed") for each in line.split(";")])
        del book["Sheet"]
        book.save(file)
    asked = ("imports", "check", file, "--marked", disk / f"marked{file.suffix}", "--json")
    whole = run(fresh, *asked)
    assert whole.code == 6, whole
    marked = disk / f"marked{file.suffix}"
    assert marked.exists()
    shutil.rmtree(marked) if marked.is_dir() else marked.unlink()
    for room in (0, PAGE, 3 * PAGE, 10 * PAGE):
        ended = run_on_small_disk(disk, room, fresh, *asked)
        assert ended.code == 9, (room, ended)
        told_in_one_sentence(ended)
        assert list(disk.iterdir()) == [file]
        unasked = run_on_small_disk(disk, room, fresh, "imports", "check", file, "--json")
        if mountable():
            assert unasked.code == 6, (room, unasked)
            assert json.loads(unasked.out)["findings"] == json.loads(whole.out)["findings"]
        assert list(disk.iterdir()) == [file]
    sound(fresh)
