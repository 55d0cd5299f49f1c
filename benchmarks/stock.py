"""Files and registries of one size for the targets of files; each is made when it is first asked for."""

from __future__ import annotations

import csv
import json
import pickle
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.batch import hospital, write_csv, write_xlsx
from benchmarks.ground import Ground, new_registry
from benchmarks.pairs import Call, Failed
from msreg.clock import today
from msreg.services.centres import add_centre

EACH = 10
"""Courses of every patient."""

_PIECE = 1000


@dataclass(frozen=True, slots=True)
class Stock:
    """What work on the files of so many patients begins with, under `ground.folder`."""

    ground: Ground
    patients: int

    @property
    def folder(self) -> Path:
        """Where all of it is."""
        folder = self.ground.folder / f"files-{self.patients}"
        folder.mkdir(exist_ok=True)
        return folder

    @property
    def csv(self) -> Path:
        """The batch as a folder of CSV files."""
        return self._made("batch", lambda path: write_csv(path, self.patients, EACH, today()))

    @property
    def xlsx(self) -> Path:
        """The same batch as a workbook."""
        return self._made("batch.xlsx", lambda path: write_xlsx(path, self.patients, EACH, today()))

    @property
    def bundle(self) -> Path:
        """The batch as one Bundle of FHIR, as msreg exports it from `after`."""
        return self._made("bundle.json", self._export_bundle)

    @property
    def before(self) -> Path:
        """A registry that has the patients of the batch, and nothing of them but who they are."""
        return self._made("before", self._load_patients)

    @property
    def after(self) -> Path:
        """That registry with the whole batch loaded."""
        return self._made("after", self._load_all)

    @property
    def cells(self) -> Path:
        """What `exports excel` writes of `after`, pickled for a peer: each sheet's name, then its rows in blocks."""
        return self._made("cells", self._pickle_cells)

    @property
    def plain(self) -> Path:
        """What `exports csv` writes of `after`, as a table a sheet of an SQLite database without a key."""
        return self._made("plain.db", self._fill_plain)

    @property
    def work(self) -> Path:
        """The registry that measured processes work on; see `fresh`."""
        return self.folder / "work"

    def fresh(self, source: Path) -> None:
        """Make `work` a copy of a registry."""
        remove(self.work)
        shutil.copytree(source, self.work)

    def msreg(self, *words: str) -> Call:
        """A call of msreg on `work`."""
        return self._call(self.work, *words)

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        path = self.folder / name
        if not path.exists():
            new = self.folder / f"new-{name}"
            remove(new)
            make(new)
            new.rename(path)
        return path

    def _load_patients(self, place: Path) -> None:
        registry, by = new_registry(self._environ(place))
        with registry:
            centre = hospital()
            add_centre(registry, by=by, code=centre.code, name=centre.name, city=centre.city)
        self._load(place, self._made("patients", self._patients_alone), added=self.patients)

    def _load_all(self, place: Path) -> None:
        shutil.copytree(self.before, place)
        self._load(place, self.csv, added=self.patients * EACH, unchanged=self.patients)

    def _load(self, place: Path, file: Path, *, added: int, unchanged: int = 0) -> None:
        output = self._call(place, "imports", "run", str(file), "--yes", "--json").output()
        said = json.loads(output)["summary"]
        expected = {"added": added, "changed": 0, "unchanged": unchanged, "skipped": 0, "refused": 0}
        if {key: said[key] for key in expected} != expected:
            raise Failed(f"loading {file.name} did {said}, not {expected}")

    def _patients_alone(self, folder: Path) -> None:
        shutil.copytree(self.csv, folder)
        with (folder / "courses.csv").open("rb+") as file:
            file.truncate(len(file.readline()))

    def _export_bundle(self, path: Path) -> None:
        self._call(self.after, "exports", "fhir", "--out", str(path)).output()

    def _pickle_cells(self, path: Path) -> None:
        from python_calamine import load_workbook

        workbook = self.folder / "cells.xlsx"
        remove(workbook)
        self._call(self.after, "exports", "excel", "--out", str(workbook)).output()
        book = load_workbook(workbook)
        with path.open("wb") as file:
            for name in book.sheet_names:
                pickle.dump(name, file)
                rows = book.get_sheet_by_name(name).iter_rows()
                while block := [_cells(row) for row in islice(rows, _PIECE)]:
                    pickle.dump(block, file)

    def _fill_plain(self, path: Path) -> None:
        folder = self.folder / "plain"
        remove(folder)
        self._call(self.after, "exports", "csv", "--out", str(folder)).output()
        with closing(sqlite3.connect(path)) as db, db:
            for file in sorted(folder.glob("*.csv")):
                _fill(db, file)

    def _environ(self, place: Path) -> dict[str, str]:
        home = {"MSREG_HOME": str(place), "MSREG_KEY_FILE": str(self.folder / "key")}
        return {**self.ground.environ, **home}

    def _call(self, place: Path, *words: str) -> Call:
        return Call(self.ground.msreg(*words), self._environ(place))


def remove(path: Path) -> None:
    """Take a file or a folder away, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _cells(row: Sequence[Any]) -> list[Any]:
    return [None if cell == "" else cell for cell in row]


def _fill(db: sqlite3.Connection, file: Path) -> None:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows: Iterator[list[str]] = csv.reader(opened, delimiter=";")
        header = next(rows)
        names = ", ".join(f'"{name}"' for name in header)
        db.execute(f'CREATE TABLE "{file.stem}" ({names})')
        db.executemany(f'INSERT INTO "{file.stem}" VALUES ({", ".join("?" * len(header))})', rows)
