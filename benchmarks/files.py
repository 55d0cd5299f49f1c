"""Targets of files, F6 to F9 and F16: how long a batch or an export takes, and how much memory."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from string import ascii_lowercase

from benchmarks.ground import Ground
from benchmarks.jobs import Job
from benchmarks.pairs import Call, Measure
from benchmarks.stock import Stock, remove
from benchmarks.target import Target, Unit

_READ = """
import sys
from openpyxl import load_workbook

for sheet in load_workbook(sys.argv[1], read_only=True).worksheets:
    for row in sheet.iter_rows(values_only=True):
        pass
"""
_WRITE = """
import pickle, sys
from openpyxl import Workbook

book = Workbook(write_only=True)
with open(sys.argv[1], "rb") as file:
    while file.peek(1):
        found = pickle.load(file)
        if isinstance(found, str):
            sheet = book.create_sheet(found)
        else:
            for row in found:
                sheet.append(row)
book.save(sys.argv[2])
"""
_CSV = """
import csv, os, sqlite3, sys

os.mkdir(sys.argv[2])
db = sqlite3.connect(sys.argv[1])
for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
    rows = db.execute(f'SELECT * FROM "{name}"')
    with open(f"{sys.argv[2]}/{name}.csv", "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writerow([column[0] for column in rows.description])
        writer.writerows(rows)
"""


@dataclass(frozen=True, slots=True)
class Timed(Target):
    """Work of msreg on the large batch against a peer's on the same file, both in seconds."""

    ours: Callable[[Stock], Job]
    peer: Callable[[Stock], Job]

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The seconds of each."""
        stock = Stock(ground, ground.large)
        return self.ours(stock).seconds, self.peer(stock).seconds


@dataclass(frozen=True, slots=True)
class Bounded(Target):
    """The peak of work on the large batch against a fixed number of megabytes."""

    ours: Callable[[Stock], Job]
    bound: float
    _: KW_ONLY
    unit: Unit = Unit.MEGABYTES

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The peak, and the bound."""
        return self.ours(Stock(ground, ground.large)).megabytes, lambda: self.bound


@dataclass(frozen=True, slots=True)
class Growing(Target):
    """The peak of work on the large batch against that of the same work on a tenth of it."""

    ours: Callable[[Stock], Job]
    _: KW_ONLY
    unit: Unit = Unit.MEGABYTES

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """Both peaks."""
        large, small = (self.ours(Stock(ground, patients)) for patients in (ground.large, ground.small))
        return large.megabytes, small.megabytes


def _loading(file: Callable[[Stock], Path], *verbs: str) -> Callable[[Stock], Job]:
    """`imports VERB FILE`, verb after verb on one fresh registry that has the patients."""

    def job(stock: Stock) -> Job:
        path, before = str(file(stock)), stock.before
        return Job(lambda: stock.fresh(before), tuple(stock.msreg("imports", verb, path) for verb in verbs))

    return job


def _exporting(format: str, name: str, *words: str) -> Callable[[Stock], Job]:
    """`exports FORMAT` of a fresh registry that has the courses, to a file or folder of that name."""

    def job(stock: Stock) -> Job:
        out, after = stock.folder / name, stock.after

        def ready() -> None:
            stock.fresh(after)
            remove(out)

        return Job(ready, (stock.msreg("exports", format, "--out", str(out), *words),))

    return job


def _peer(stock: Stock, words: list[str], out: Path) -> Job:
    return Job(lambda: remove(out), (Call([sys.executable, *words], stock.ground.environ),))


def _sqlite_utils(stock: Stock) -> Job:
    out, file = stock.folder / "peer.db", str(stock.csv / "courses.csv")
    words = ["-m", "sqlite_utils", "insert", str(out), "courses", file, "--csv", "--no-detect-types"]
    return _peer(stock, words, out)


def _openpyxl_reads(stock: Stock) -> Job:
    return _peer(stock, ["-c", _READ, str(stock.xlsx)], stock.folder / "none")


def _openpyxl_writes(stock: Stock) -> Job:
    out = stock.folder / "peer.xlsx"
    return _peer(stock, ["-c", _WRITE, str(stock.cells), str(out)], out)


def _cursor_to_csv(stock: Stock) -> Job:
    out = stock.folder / "peer-csv"
    return _peer(stock, ["-c", _CSV, str(stock.plain), str(out)], out)


def _csv(stock: Stock) -> Path:
    return stock.csv


def _xlsx(stock: Stock) -> Path:
    return stock.xlsx


def _bundle(stock: Stock) -> Path:
    return stock.bundle


_EXCEL, _AS_CSV, _JSONL = (
    _exporting("excel", "out.xlsx"),
    _exporting("csv", "out-csv"),
    _exporting("jsonl", "out.jsonl"),
)
_PARQUET, _SPSS, _ODM, _PSEUDONYMS = (
    _exporting("parquet", "out-parquet"), _exporting("spss", "out-spss"), _exporting("odm", "out.xml"),
    _exporting("csv", "out-pseudonyms", "--pseudonymise"),
)  # fmt: skip
_FHIR = _exporting("fhir", "out-fhir")
_GROWING: tuple[tuple[str, Callable[[Stock], Job]], ...] = (
    ("imports check, CSV", _loading(_csv, "check")),
    ("imports run, CSV", _loading(_csv, "run")),
    ("imports check, xlsx", _loading(_xlsx, "check")),
    ("imports run, xlsx", _loading(_xlsx, "run")),
    ("exports excel", _EXCEL),
    ("exports csv", _AS_CSV),
    ("exports jsonl", _JSONL),
    ("exports parquet", _PARQUET),
    ("exports spss", _SPSS),
    ("exports odm", _ODM),
    ("exports csv --pseudonymise", _PSEUDONYMS),
    ("exports fhir", _FHIR),
    ("imports run, FHIR Bundle", _loading(_bundle, "run")),
)

FILES: tuple[Target, ...] = (
    Timed(
        "F6", "imports check + run, 100,000 courses, CSV", "sqlite-utils insert --csv", 1.0,
        _loading(_csv, "check", "run"), _sqlite_utils, runs=5, warm_up=1,
    ),
    Timed(
        "F7", "imports check + run, 100,000 courses, xlsx", "openpyxl read-only, doing nothing", 0.4,
        _loading(_xlsx, "check", "run"), _openpyxl_reads, runs=3, warm_up=0,
    ),
    Timed(
        "F8a", "exports excel, 100,000 courses", "openpyxl write-only (no lxml), the same cells", 0.25,
        _EXCEL, _openpyxl_writes, runs=3, warm_up=0,
    ),
    Bounded("F8b", "peak memory of that", "a bound of 120 MB", 1.0, _EXCEL, 120.0, runs=1, warm_up=0),
    Timed(
        "F9a", "exports csv, 100,000 courses", "csv.writer over a plain cursor", 1.5,
        _AS_CSV, _cursor_to_csv, runs=5, warm_up=1, informational=True,
    ),
    Bounded(
        "F9b", "peak memory of that", "a bound of 80 MB", 1.0, _AS_CSV, 80.0,
        runs=1, warm_up=0, informational=True,
    ),
    *(
        Growing(
            f"F16{letter}", f"peak memory: {what}, 100,000 courses", "itself, 10,000 courses", 1.3, ours,
            runs=1, warm_up=0,
        )
        for letter, (what, ours) in zip(ascii_lowercase, _GROWING, strict=False)
    ),
)  # fmt: skip
