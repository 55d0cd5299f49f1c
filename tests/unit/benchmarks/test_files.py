"""F6 to F9 and F16: both sides do the work that the row of the table says, on a fresh registry each time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from python_calamine import load_workbook

from benchmarks.files import FILES, Bounded, Growing, Timed
from benchmarks.ground import Ground
from benchmarks.pairs import Failed
from benchmarks.stock import EACH, Stock
from benchmarks.target import Target, Unit

LARGE, SMALL = 12, 3
BY_ID = {target.id: target for target in FILES}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(tmp_path_factory.mktemp("ground"), large=LARGE, small=SMALL)


@pytest.fixture(scope="module")
def stock(ground: Ground) -> Stock:
    return Stock(ground, LARGE)


def timed(id: str) -> Timed:
    target = BY_ID[id]
    assert isinstance(target, Timed)
    return target


def courses(stock: Stock) -> int:
    """Courses in the registry that the last job worked on."""
    said = json.loads(
        stock.msreg(
            "exports", "csv", "--out", str(stock.folder / "counted"), "--overwrite", "--json"
        ).output()
    )
    return int(said["rows"]["courses"])


def test_the_registry_before_has_the_patients_and_the_one_after_their_courses(stock: Stock) -> None:
    stock.fresh(stock.before)
    assert courses(stock) == 0
    stock.fresh(stock.after)
    assert courses(stock) == LARGE * EACH


def test_what_is_not_loaded_as_expected_is_not_measured_with(stock: Stock) -> None:
    stock.fresh(stock.after)
    with pytest.raises(Failed, match="'unchanged': 132"):
        stock._load(stock.work, stock.csv, added=1)


@pytest.mark.parametrize("id", ["F6", "F7"])
def test_the_batch_is_checked_and_then_loaded_anew_each_time(stock: Stock, id: str) -> None:
    job = timed(id).ours(stock)
    assert [call.words[2:4] for call in job.calls] == [["imports", "check"], ["imports", "run"]]
    assert job.seconds() > 0
    assert courses(stock) == LARGE * EACH
    job.ready()
    assert courses(stock) == 0


def test_sqlite_utils_loads_the_same_courses_anew_each_time(stock: Stock) -> None:
    peer = timed("F6").peer(stock)
    for _ in range(2):
        assert peer.seconds() > 0
        with closing(sqlite3.connect(stock.folder / "peer.db")) as db:
            assert db.execute("SELECT count(*), count(course_date) FROM courses").fetchone() == (120, 120)


def test_openpyxl_writes_the_cells_that_our_workbook_has(stock: Stock) -> None:
    target = timed("F8a")
    assert target.ours(stock).seconds() > 0
    assert target.peer(stock).seconds() > 0
    ours, theirs = (load_workbook(stock.folder / name) for name in ("out.xlsx", "peer.xlsx"))
    assert ours.sheet_names == theirs.sheet_names
    rows = {
        name: ours.get_sheet_by_name(name).to_python() for name in ours.sheet_names if name != "provenance"
    }
    assert rows == {name: theirs.get_sheet_by_name(name).to_python() for name in rows}
    assert len(rows["courses"]) == 1 + LARGE * EACH


def test_csv_writer_writes_the_files_that_ours_writes(stock: Stock) -> None:
    target = timed("F9a")
    assert target.ours(stock).seconds() > 0
    assert target.peer(stock).seconds() > 0
    ours, theirs = (files(stock.folder / name) for name in ("out-csv", "peer-csv"))
    assert ours.keys() == theirs.keys()
    del ours["provenance.csv"], theirs["provenance.csv"]
    assert ours == theirs


def files(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}


@pytest.mark.parametrize(
    "target", [each for each in FILES if each.unit is Unit.MEGABYTES], ids=lambda each: each.id
)
def test_peaks_are_those_of_whole_commands(ground: Ground, target: Target) -> None:
    ours, other = target.sides(ground)
    assert 20 < ours() < 300
    if isinstance(target, Bounded):
        assert other() == target.bound
    else:
        assert isinstance(target, Growing)
        assert 20 < other() < 300


def test_long_work_is_done_few_times() -> None:
    """All of `make bench` takes less than ten minutes."""
    assert {target.id: (target.runs, target.warm_up) for target in FILES if isinstance(target, Timed)} == {
        "F6": (5, 1), "F7": (3, 0), "F8a": (3, 0), "F9a": (5, 1),
    }  # fmt: skip
    assert all((target.runs, target.warm_up) == (1, 0) for target in FILES if target.unit is Unit.MEGABYTES)
