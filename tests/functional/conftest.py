"""What the functional tests share: batch files made row by row, people at other desks, and a terminal."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyte
import pytest

from msreg.services import access
from msreg.services.batch_result import Loaded
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Role
from tests.standing_by import PATIENCE, StandingBy, seen_late

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


@dataclass(frozen=True)
class Answer:
    """One finished call of the program."""

    code: int
    out: str
    err: str


@pytest.fixture
def quick(
    standing_by: StandingBy, home: Mapping[str, str], tmp_path: Path
) -> Iterator[Callable[..., Answer]]:
    """As `run`, many calls in one process."""
    (theirs, into), (out, their_out) = os.pipe(), os.pipe()
    serving = standing_by.begin((), (theirs, their_out, 2), env=home, folder=tmp_path, many=True)
    os.close(theirs)
    os.close(their_out)
    with open(out, encoding="utf-8") as answers, open(into, "w", encoding="utf-8") as asked:

        def call(*words: object, stdin: str = "") -> Answer:
            asked.write(json.dumps([[str(word) for word in words], stdin]) + "\n")
            asked.flush()
            code, out, err = json.loads(answers.readline())
            return Answer(code, out, err)

        yield call
    assert serving.wait() == 0


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
def terminal(standing_by: StandingBy, home: Mapping[str, str], tmp_path: Path) -> Callable[..., Seen]:
    """Run the program on a terminal of so many columns: `terminal("patients", "list", columns=80)`."""

    def call(*words: object, columns: int = 80, rows: int = 100, **more: str) -> Seen:
        assert all(map(seen_late, more))
        # Workers of the tests are told a width in COLUMNS; here the terminal itself has one.
        ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        called = standing_by.begin(
            words, (slave,) * 3, folder=tmp_path,
            env=ours | dict(home) | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | more,
        )  # fmt: skip
        os.close(slave)
        raw = _read(master)
        code = called.wait()
        os.close(master)
        screen = pyte.Screen(columns, rows)
        pyte.Stream(screen).feed(raw)
        lines = [line.rstrip() for line in screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return Seen(lines, raw, code, screen)

    return call


def _read(terminal: int) -> str:
    """All that is written to a terminal, until the program lets go of it."""
    told, end = bytearray(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1.0)[0]:
            try:
                data = os.read(terminal, 1 << 16)
            except OSError as fault:
                if fault.errno != errno.EIO:  # the other side is closed
                    raise
                data = b""
            if not data:
                return told.decode()
            told += data
    raise AssertionError(f"it does not end; it told: {told.decode()}")


@pytest.fixture
def error_of() -> Callable[[str], dict[str, Any]]:
    """The one error object on standard error, checked for its keys (C4)."""

    def read(err: str) -> dict[str, Any]:
        found = json.loads(err)
        assert list(found) == ["error"]
        assert set(found["error"]) == {"code", "rule", "field", "message", "hint"}
        return dict(found["error"])

    return read
