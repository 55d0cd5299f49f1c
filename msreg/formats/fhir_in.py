"""FHIR in: the answers to msreg's Questionnaires, out of a Bundle, a file of NDJSON, or a folder of such files.

Rows are read from the file anew on each walk. What other resources tell is not read: they are made from these
answers. A row is numbered as its entry in the Bundle, or its line.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NoReturn

from msreg.errors import Refused
from msreg.formats.cells import Cell, Row, Table
from msreg.formats.csv_encoding import not_text
from msreg.formats.fhir_folder import answers_of
from msreg.formats.fhir_frame import EXPORT
from msreg.formats.fhir_rows import WITHDRAWN, OddError, row_of, sheet_of_response
from msreg.formats.json_parts import Broken, Parts
from msreg.formats.json_values import number as exact
from msreg.formats.limits import MAX_COLUMNS, MAX_RECORD, MAX_ROWS
from msreg.formats.origin import Origin, of_file
from msreg.vocabulary import N_

MAX_SHEETS = 100
_HEAD = 4096
_MARK = b"\xef\xbb\xbf"
_BUNDLE = re.compile(rb'"resourceType"\s*:\s*"Bundle"|"entry"\s*:')
_FACTS = 100
_HINT = N_("Give a Bundle or NDJSON as it comes from: msreg exports fhir")


@dataclass(slots=True)
class Responses:
    """The rows of one sheet: its columns, and where in the file each answer is."""

    origin: Origin
    columns: dict[str, None] = field(default_factory=dict)
    _starts: array[int] = field(default_factory=lambda: array("Q"))
    _sizes: array[int] = field(default_factory=lambda: array("I"))
    _numbers: array[int] = field(default_factory=lambda: array("I"))

    def add(self, start: int, size: int, number: int) -> None:
        """Take over a resource that stands there in the file."""
        self._starts.append(start)
        self._sizes.append(size)
        self._numbers.append(number)

    def __iter__(self) -> Iterator[Row]:
        keys = list(self.columns)
        for number, row in self._rows():
            yield number, [row.get(key) for key in keys]

    def pick(self, columns: Sequence[int]) -> Iterator[Row]:
        """See `cells.pick`."""
        keys = list(self.columns)
        wanted = [keys[at] if at < len(keys) else None for at in columns]
        for number, row in self._rows():
            yield number, [row.get(key) if key is not None else None for key in wanted]

    def _rows(self) -> Iterator[tuple[int, dict[str, Cell]]]:
        with self.origin.open() as file:
            for start, size, number in zip(self._starts, self._sizes, self._numbers, strict=True):
                file.seek(start)
                found = _DECODE(file.read(size).decode())
                yield number, row_of(found.get("resource", found))


_DECODE = json.JSONDecoder(parse_float=lru_cache(4096)(exact)).decode


def read_fhir(origin: Origin) -> list[Table]:
    """A table for each sheet that there are answers of, and one with what the export tells of itself.

    Raises `Refused` with the entry or line for what is no such file, and for FHIR without such answers.
    """
    reading = _Reading()
    path = origin.path
    files = [of_file(each) for each in answers_of(path)] if path is not None and path.is_dir() else [origin]
    for each in files:
        reading.origin = each
        with each.open() as file:
            head = file.read(_HEAD)
        if _BUNDLE.search(head):
            reading.bundle()
        else:
            reading.lines()
    if not reading.sheets and not reading.told:
        raise Refused(
            N_("{file} is FHIR without answers to the questionnaires of msreg."),
            hint=N_(
                "Clinical resources of other systems are not read. Give what comes from: msreg exports fhir"
            ),
            file=origin.name,
        )
    tables = [Table(key, list(rows.columns), rows, 0, lettered=False) for key, rows in reading.sheets.items()]
    if reading.told:
        tables.insert(0, Table("provenance", ["key", "value"], reading.told, 0, lettered=False))
    return tables


class _Reading:
    """What was found at the first walk, file by file."""

    def __init__(self) -> None:
        self.origin: Origin
        self.sheets: dict[str, Responses] = {}
        self.told: list[Row] = []
        self._rows = 0

    def bundle(self) -> None:
        """Walk the entries of a Bundle."""
        entry = 0
        with self.origin.open() as file, self.origin.open() as again:
            parts = Parts(file, "entry", most=MAX_RECORD)
            try:
                for start, end, value in parts.entries():
                    entry += 1
                    resource = value.get("resource") if isinstance(value, dict) else None
                    if not isinstance(resource, dict):
                        continue
                    if self._kept(resource):
                        again.seek(start)
                        self._take(again.read(end - start), start, entry)
            except Broken as broken:
                self._broken(broken)
        if parts.kind != "Bundle":
            raise Refused(N_("{file} is no Bundle of FHIR."), hint=_HINT, file=self.origin.name)

    def lines(self) -> None:
        """Walk the lines of a file of NDJSON."""
        start, line = 0, 0
        with self.origin.open() as file:
            while text := file.readline(MAX_RECORD + 1):
                line += 1
                if len(text) > MAX_RECORD:
                    self._refuse(N_("{file}, line {line}: the line is longer than {most} bytes."), line)
                begin = len(_MARK) if line == 1 and text.startswith(_MARK) else 0
                if text.strip():
                    self._line(text[begin:], start + begin, line)
                start += len(text)

    def _line(self, text: bytes, start: int, line: int) -> None:
        try:
            resource = json.loads(text)
        except UnicodeDecodeError:
            raise not_text(self.origin.name, line) from None
        except (ValueError, RecursionError):
            resource = None
        if not isinstance(resource, dict):
            self._refuse(N_("{file}, line {line}: this is no object in JSON."), line)
        if self._kept(resource):
            self._take(text, start, line)

    def _kept(self, resource: dict[str, Any]) -> bool:
        """Whether a resource is read: answers to our questions, and where they came from."""
        kind = resource.get("resourceType")
        if kind == "Provenance":
            return True
        taken_back = resource.get("status") == WITHDRAWN
        return kind == "QuestionnaireResponse" and not taken_back and sheet_of_response(resource) is not None

    def _take(self, text: bytes, start: int, number: int) -> None:
        try:
            found = _DECODE(text.decode())
            if b"\\u" in text:  # half a sign is no text, and could not be written anywhere
                json.dumps(found, ensure_ascii=False, default=str).encode()
        except (ValueError, ArithmeticError):
            self._refuse(
                N_("{file}, entry {line}: this is no text in UTF-8, or holds a number that is none."), number
            )
        resource = found.get("resource", found)
        if resource["resourceType"] == "Provenance":
            self._tell(resource)
            return
        try:
            row = row_of(resource)
        except OddError:
            self._refuse(
                N_("{file}, entry {line}: the answers are not as a QuestionnaireResponse has them."), number
            )
        key = sheet_of_response(resource)
        assert key is not None
        rows = self.sheets.get(key)
        if rows is None:
            rows = self.sheets[key] = Responses(self.origin)
            if len(self.sheets) > MAX_SHEETS:
                self._refuse(N_("{file}, entry {line}: more than {most} sheets."), number, MAX_SHEETS)
        rows.columns.update(dict.fromkeys(row))
        rows.add(start, len(text), number)
        self._rows += 1
        if len(rows.columns) > MAX_COLUMNS:
            self._refuse(N_("{file}, entry {line}: more than {most} questions."), number, MAX_COLUMNS)
        if self._rows > MAX_ROWS:
            raise Refused(
                N_("{file} has more than {most} rows."),
                hint=N_("Spread the rows over several files."),
                file=self.origin.name,
                most=MAX_ROWS,
            )

    def _tell(self, resource: dict[str, Any]) -> None:
        """What an export of msreg says of itself, and nobody else's provenance."""
        extensions = resource.get("extension")
        for each in extensions if isinstance(extensions, list) else ():
            if isinstance(each, dict) and each.get("url") == EXPORT:
                parts = each.get("extension")
                words = [part.get("valueString") for part in parts if isinstance(part, dict)] if parts else []
                if (
                    len(words) == 2
                    and len(self.told) < _FACTS
                    and all(isinstance(word, str) for word in words)
                ):
                    self.told.append((len(self.told) + 1, list(words)))

    def _broken(self, broken: Broken) -> NoReturn:
        messages = {
            "cut": N_("{file} ends in the middle, after entry {line}."),
            "large": N_("{file}: entry {line} is longer than {most} bytes, or no JSON."),
            "json": N_("{file} is no JSON from entry {line} on."),
        }
        self._refuse(messages[broken.why], broken.part)

    def _refuse(self, message: str, line: int, most: int = MAX_RECORD) -> NoReturn:
        raise Refused(message, hint=_HINT, file=self.origin.name, line=line, most=most) from None
