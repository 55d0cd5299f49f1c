"""Workbooks in. The parser runs in a child process with limits; here its answer is checked and put together."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from msreg.errors import Unavailable
from msreg.formats import child, limits
from msreg.formats.cells import Table, names
from msreg.formats.origin import Name, Origin
from msreg.formats.xlsx_faults import FAULTS, fault
from msreg.formats.xlsx_notes import notes_of
from msreg.formats.xlsx_rows import Rows, column
from msreg.vocabulary import N_

__all__ = ["FAULTS", "fault", "read_workbook"]


def read_workbook(origin: Origin) -> list[Table]:
    """All sheets of an .xlsx file, in its order. Empty sheets have an empty header.

    Raises `Refused` with a sentence for a file that is no workbook, is too large, or tries something.
    """
    tables: list[Table] = []
    book: dict[str, Any] = {}
    state, rows, total, ended = "", Rows(origin.name, ""), 0, False
    try:
        for message, batch in _messages(origin):
            match message:
                case ["rows", int(count), int(columns), int()]:
                    total += count
                    if total > limits.MAX_ROWS:
                        raise fault("rows", origin.name, most=limits.MAX_ROWS)
                    rows.add(count, columns, batch)
                case ["header", 1, int(), int()]:
                    number, *header = batch.split(b"\n")
                    rows.header_row = json.loads(number[1:])[0]
                    found = names([column(line, 1)[0] for line in header])
                    rows.width = len(found)
                    tables[-1] = Table(rows.sheet, found, rows, rows.header_row)
                case ["sheet", str(name), str(state)]:
                    rows = Rows(origin.name, name)
                    tables.append(Table(name, [], rows))
                case ["shape", dict(shape)]:
                    tables[-1].notes.extend(notes_of(rows, shape, state, from_1904=book["from_1904"] is True))
                case ["book", dict(book)]:
                    continue
                case ["fault", str(code)]:
                    raise fault(code, origin.name)
                case ["end"]:
                    ended = True
                case _:
                    raise fault("damaged", origin.name)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):  # not what our child says
        raise fault("damaged", origin.name) from None
    if not ended:
        raise fault("memory", origin.name)
    return tables


def _messages(origin: Origin) -> Iterator[tuple[Any, bytes]]:
    """What the child says, each message with the batch behind it."""
    with origin.open() as file:
        process = _start(file if origin.path else origin.handle)
    assert process.stdout is not None
    alarm = threading.Timer(limits.CHILD_WALL_SECONDS, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        yield from _said(process.stdout, origin.name)
    finally:
        alarm.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _start(file: IO[bytes] | int) -> subprocess.Popen[bytes]:
    found = importlib.util.find_spec("python_calamine")
    if found is None or found.origin is None:
        raise Unavailable(N_("The library python-calamine, is missing; install msreg again."))
    folders = [str(Path(__file__).parents[2]), str(Path(found.origin).parents[1])]
    os.lseek(file if isinstance(file, int) else file.fileno(), 0, os.SEEK_SET)
    return subprocess.Popen(
        [sys.executable, "-I", "-S", child.__file__, *folders],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a crash report could hold a patient's value
        env={},
        cwd="/",
        pipesize=2**20,  # so that the child seldom waits for us
    )


def _said(stream: IO[bytes], name: Name) -> Iterator[tuple[Any, bytes]]:
    room = limits.MAX_STREAM_BYTES
    while line := stream.readline(limits.MAX_BATCH_BYTES):
        if not line.endswith(b"\n"):
            return  # it ended in the middle of a word
        message = json.loads(line)
        batch = b""
        if type(message) is list and message[0] in ("rows", "header"):
            size = message[3]
            if type(size) is not int or size < 0:
                raise fault("damaged", name)
            room -= size
            if room < 0 or size > limits.MAX_BATCH_BYTES:
                raise fault("unpacked", name)
            batch = stream.read(size)
            if len(batch) < size:
                return
        yield message, batch
