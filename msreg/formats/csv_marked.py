"""A copy of CSV files with two more columns: the state of each row, and its faults.

Everything else in a line stays as it is written, quotes and blanks and line ends; so do separator and
encoding. Only in a copy of a marked copy are lines written anew, for the old marks stand within them.
"""

from __future__ import annotations

import codecs
import csv
import io
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from msreg.formats import csv_folder, csv_zip, zip_guard
from msreg.formats.atomic import finished_file, finished_folder
from msreg.formats.csv_encoding import UTF_8, UTF_16
from msreg.formats.csv_rows import Text
from msreg.formats.formula_guard import guard
from msreg.formats.marks import MarkedSheet, Marks
from msreg.formats.origin import Origin

Texts = Mapping[str, Text]
"""The files of a batch as they were read, by the names of their sheets."""


def mark_csv(source: Path, target: Path, marks: Marks, texts: Texts, *, overwrite: bool = False) -> Path:
    """Write a marked copy of a folder of CSV files, of a zip of them or of one file, of the same kind.

    A folder or zip gets the summary as one more file. Mode 0600, in a folder of 0700; it appears only when
    it is finished. Raises `Refused` for files that changed since they were read, and what `finished_file` does.
    """
    if source.is_dir():
        _mark_folder(source, target, marks, texts, overwrite=overwrite)
    elif zipfile.is_zipfile(source):
        _mark_zip(source, target, marks, texts, overwrite=overwrite)
    else:
        [sheet] = marks.sheets
        with finished_file(target, overwrite=overwrite) as made, made.open("wb") as out:
            _mark(texts[sheet.name], out, sheet, marks)
    return target


def _mark_folder(source: Path, target: Path, marks: Marks, texts: Texts, *, overwrite: bool) -> None:
    sheets = {sheet.name: sheet for sheet in marks.sheets}
    files = {file.stem: file for file in csv_folder.tables_of(source)}
    with finished_folder(target, overwrite=overwrite, suffix=csv_folder.SUFFIX) as made:
        for name, file in files.items():
            if name == marks.old_summary:
                continue
            with (made / file.name).open("xb") as out:
                if name in sheets:
                    _mark(texts[name], out, sheets[name], marks)
                else:
                    with Origin(file).open() as unread:
                        shutil.copyfileobj(unread, out)
        with (made / _free(marks, files)).open("xb") as out:
            out.write(_summary(marks))


def _mark_zip(source: Path, target: Path, marks: Marks, texts: Texts, *, overwrite: bool) -> None:
    sheets = {sheet.name: sheet for sheet in marks.sheets}
    try:
        with (
            zip_guard.opened(Origin(source).open()) as archive,
            finished_file(target, overwrite=overwrite) as made,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            budget = zip_guard.Budget()
            names: dict[str, str] = {}
            for entry in csv_zip.tables_of(archive.infolist()):
                folder, slash, file = entry.filename.rpartition("/")
                name = file[: -len(csv_folder.SUFFIX)]
                names[name] = folder + slash
                if name == marks.old_summary:
                    continue
                with new.open(entry.filename, "w") as out:
                    if name in sheets:
                        _mark(texts[name], out, sheets[name], marks)
                    else:
                        out.writelines(zip_guard.pieces(archive, entry, budget))
            with new.open(min(names.values()) + _free(marks, names), "w") as out:
                out.write(_summary(marks))
    except zip_guard.Fault as fault:
        raise csv_zip.refusal(fault.code, str(source)) from None


def _free(marks: Marks, names: Iterable[str]) -> str:
    """A name for the summary that no file has, but for an earlier summary."""
    taken = {name.casefold() for name in names if name != marks.old_summary}
    wanted, number = marks.summary_name, 1
    while wanted.casefold() in taken:
        number += 1
        wanted = f"{marks.summary_name} ({number})"
    return wanted + csv_folder.SUFFIX


def _summary(marks: Marks) -> bytes:
    lines = (
        ";".join(_quoted("" if cell is None else str(cell)) for cell in row) for row in marks.summary_rows
    )
    return "\r\n".join([*lines, ""]).encode("utf-8-sig", "replace")


@dataclass(frozen=True, slots=True)
class _Record:
    """One record: its number, its fields, and how it is written with and without its line end."""

    number: int
    fields: list[str]
    raw: str
    end: str


def _mark(text: Text, out: IO[bytes], sheet: MarkedSheet, marks: Marks) -> None:
    mark, codec = _written(text)
    width = max(
        (len(record.fields) for record in _records(text) if record.number >= sheet.header_row), default=0
    )
    out.write(mark)
    for line in _marked(_records(text), sheet, marks, width, text.separator):
        out.write(line.encode(codec, "replace"))


def _written(text: Text) -> tuple[bytes, str]:
    """The mark that a file begins with, and the encoding of what comes behind it."""
    with text.open() as file:
        start = file.read(3)
    if text.encoding == UTF_16:
        return start[:2], "utf-16-le" if start.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    if text.encoding == UTF_8:
        return start if start == codecs.BOM_UTF8 else b"", "utf-8"
    return b"", text.encoding


def _marked(
    records: Iterable[_Record], sheet: MarkedSheet, marks: Marks, width: int, separator: str
) -> Iterator[str]:
    status, faults = sheet.status_column, sheet.fault_column
    fresh = status is None and faults is None
    if status is None:
        status, width = width, width + 1
    if faults is None:
        faults, width = width, width + 1
    for record in records:
        if record.number < sheet.header_row or not any(map(str.strip, record.fields)):
            yield record.raw + record.end
            continue
        said = sheet.status.get(record.number, ""), sheet.faults.get(record.number, "")
        if record.number == sheet.header_row:
            said = marks.status_header, marks.fault_header
        if fresh:
            blank = separator * (width - 2 - len(record.fields))
            new = separator.join(map(_quoted, said))
            yield f"{record.raw}{blank}{separator}{new}{record.end}"
        else:
            fields = record.fields + [""] * (width - len(record.fields))
            fields[status], fields[faults] = map(guard, said)
            yield separator.join('"' + field.replace('"', '""') + '"' for field in fields) + record.end


def _quoted(text: str) -> str:
    return '"' + guard(text).replace('"', '""') + '"'


def _records(text: Text) -> Iterator[_Record]:
    """The records of a file, numbered as Excel counts. It was read before: it is text, and has no lone quotes."""
    taken: list[str] = []

    def feed(file: Iterable[str]) -> Iterator[str]:
        for line in file:
            taken.append(line)
            yield line

    with io.TextIOWrapper(text.open(), text.encoding, newline="") as file:
        reader = csv.reader(feed(file), delimiter=text.separator, strict=True)
        for number, fields in enumerate(reader, start=1):
            whole = "".join(taken)
            taken.clear()
            raw = whole.rstrip("\r\n")
            yield _Record(number, fields, raw, whole[len(raw) :])
