"""What the functional tests share: batch files made row by row, people at other desks, and a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pexpect
import pyte
import pytest

from msreg.services import access
from msreg.services.batch_result import Loaded
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Cells = Mapping[str, Any]
Write = Callable[..., Path]
Person = Callable[..., dict[str, Any]]

KEYS = {
    "patients": ("centre", "patient_number", "consent"),
    "courses": ("centre", "patient_number", "course_date"),
    "disease": ("centre", "patient_number", "kind", "date"),
    "medication": ("centre", "patient_number", "medicine", "start_date"),
}


def _bsn(number: int) -> str:
    """The BSN of a made-up person: from the test range, and it passes the eleven-test."""
    found = 0
    for tail in range(99999):
        digits = f"9999{tail:05d}"
        weighed = sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
        if weighed % 11 == 0:
            found += 1
            if found > number:
                return digits
    raise AssertionError("no BSN left")


@pytest.fixture(scope="session")
def bsn() -> Callable[[int], str]:
    """The BSN of a made-up person, by number."""
    return _bsn


@pytest.fixture(scope="session")
def person() -> Person:
    """A sound row of the sheet patients; name what should differ, and None for what is blank."""

    def make(number: int = 1, centre: str = "AMS01", **other: Any) -> dict[str, Any]:
        row: dict[str, Any] = {
            "centre": centre,
            "patient_number": f"{number:05d}",
            "consent": True,
            "consent_date": date(2020, 1, 2),
            "bsn": _bsn(number + (5000 if centre != "AMS01" else 0)),
            "family_name": "Jansen",
            "birth_date": date(1980, 5, 6),
            "sex": "female",
            "diagnosis_date": date(2019, 3, 4),
            "diagnosis_phenotype": "rrms",
        }
        return row | other

    return make


@pytest.fixture(scope="session")
def course() -> Person:
    """A sound row of the sheet courses."""

    def make(number: int, day: date, centre: str = "AMS01", **other: Any) -> dict[str, Any]:
        row = {"centre": centre, "patient_number": f"{number:05d}", "course_date": day,
               "edss_method": "assessed", "edss": 2.5, "mri_done": False}  # fmt: skip
        return row | other

    return make


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Cells]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title in dict.fromkeys((*KEYS, *sheets)):
        rows = sheets.get(title, ())
        header = list(dict.fromkeys((*KEYS.get(title, ()), *(key for row in rows for key in row))))
        sheet = book.create_sheet(title)
        sheet.append(header)
        for at, row in enumerate(rows, start=2):
            for column, key in enumerate(header, start=1):
                cell = sheet.cell(at, column, row.get(key))
                if isinstance(cell.value, str):
                    cell.data_type = "s"  # a name that begins with = is a name
    book.save(path)
    return path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a workbook: `write("a.xlsx", patients=[…], courses=[…])`; the sheets that are not named are empty."""

    def make(name: str = "batch.xlsx", **sheets: Sequence[Cells]) -> Path:
        return write_workbook(tmp_path / name, sheets)

    return make


@pytest.fixture(scope="session")
def write_to() -> Callable[[Path, Mapping[str, Sequence[Cells]]], Path]:
    """The same at any place."""
    return write_workbook


@pytest.fixture
def load(registry: Registry, desk: Actor, today: date) -> Callable[..., Loaded]:
    """Load a file as the service desk; the file must be sound."""

    def call(path: Path, *, by: Actor = desk) -> Loaded:
        done = load_batch(registry, by=by, path=path, today=today)
        assert not done.refused, [(f.sheet, f.row, f.field, f.code) for f in done.errors]
        return done

    return call


@pytest.fixture
def sit_down(registry: Registry) -> Callable[..., Actor]:
    """Give whoever runs the tests another role, as `sit_down(Role.READER, "AMS01")`, in the registry itself."""

    def change(role: Role, centre: str | None = None) -> Actor:
        with registry.light() as db:
            known = access.centre_by_code(db, centre) if centre else None
            assert centre is None or known is not None
            with transaction(db):
                db.execute(
                    "UPDATE operator SET role = ?, centre_id = ?", (role.value, known[0] if known else None)
                )
        return access.whoami(registry, registry.settings.environ)

    return change


SERVE = """
import io, json, sys
from contextlib import redirect_stderr, redirect_stdout
from msreg.cli import main
for line in sys.stdin:
    words, typed = json.loads(line)
    out, err, theirs = io.StringIO(), io.StringIO(), sys.stdin
    sys.stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8")
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    sys.stdin = theirs
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


@dataclass(frozen=True)
class Answer:
    """One finished call of the program."""

    code: int
    out: str
    err: str


@pytest.fixture
def quick(home: Mapping[str, str], tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    """As `run`, many calls in one process: starting takes ten times as long as answering."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], env=dict(home), cwd=tmp_path, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, encoding="utf-8",
    ) as serving:  # fmt: skip

        def call(*words: object, stdin: str = "") -> Answer:
            assert serving.stdin is not None
            assert serving.stdout is not None
            serving.stdin.write(json.dumps([[str(word) for word in words], stdin]) + "\n")
            serving.stdin.flush()
            code, out, err = json.loads(serving.stdout.readline())
            return Answer(code, out, err)

        yield call


@dataclass(frozen=True)
class Seen:
    """What a terminal shows after a call: its lines, the colour of every cell, and the exit code."""

    lines: list[str]
    raw: str
    code: int
    screen: pyte.Screen

    def colour(self, text: str, line: str = "") -> str:
        """The colour of the first place that shows `text`, on a line that has `line` in it."""
        for y, shown in enumerate(self.lines):
            if text in shown and line in shown:
                return str(self.screen.buffer[y][shown.index(text)].fg)
        raise AssertionError(f"{text} is not on the screen")


@pytest.fixture
def terminal(home: Mapping[str, str], tmp_path: Path) -> Callable[..., Seen]:
    """Run the program on a terminal of so many columns: `terminal("patients", "list", columns=80)`."""

    def call(*words: object, columns: int = 80, rows: int = 100, **more: str) -> Seen:
        # Workers of the tests are told a width in COLUMNS; here the terminal itself has one.
        ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        child = pexpect.spawn(
            sys.executable, ["-m", "msreg", *map(str, words)], dimensions=(rows, columns), encoding="utf-8",
            env=ours | dict(home) | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | more,
            cwd=str(tmp_path), timeout=60,
        )  # fmt: skip
        raw = child.read()
        child.close()
        screen = pyte.Screen(columns, rows)
        pyte.Stream(screen).feed(raw)
        lines = [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        assert child.exitstatus is not None
        return Seen(lines, raw, child.exitstatus, screen)

    return call


@pytest.fixture
def error_of() -> Callable[[str], dict[str, Any]]:
    """The one error object on standard error, checked for its keys (C4)."""

    def read(err: str) -> dict[str, Any]:
        found = json.loads(err)
        assert list(found) == ["error"]
        assert set(found["error"]) == {"code", "rule", "field", "message", "hint"}
        return dict(found["error"])

    return read
