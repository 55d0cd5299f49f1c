"""CSV in: a zip file with one file a sheet. It is unpacked while it is read; nothing of it is written to a disk."""

from __future__ import annotations

import io
import zipfile
from contextlib import ExitStack
from functools import partial
from typing import BinaryIO, cast

from msreg.errors import Phrase, Refused
from msreg.formats import zip_guard
from msreg.formats.cells import Table
from msreg.formats.csv_folder import ONE_A_SHEET, SUFFIX, check_twins, is_table
from msreg.formats.csv_rows import read_table
from msreg.formats.origin import PIECE, Name, Origin
from msreg.vocabulary import N_

MAX_TABLES = 50
_UNPACK = N_("Unpack it and give the folder, or make a zip file of the CSV files alone.")

FAULTS: dict[str, tuple[str, str]] = {
    "damaged": (N_("{file} is damaged, or no zip file."), N_("Make the zip file again.")),
    "password": (N_("{file} is a zip file with a password."), N_("Make one without a password.")),
    "names": (N_("{file} holds doubled or misleading names of files, or links."), _UNPACK),
    "unpacked": (
        N_("{file} is too large when it is unpacked."),
        N_("Spread the rows over several files."),
    ),
    "nested": (N_("{file} holds another zip file or a workbook."), _UNPACK),
    "folders": (N_("{file} holds tables in more than one folder."), N_("Put all CSV files in one folder.")),
    "none": (N_("{file} holds no tables."), ONE_A_SHEET),
}
_PACKED = (".zip", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".7z", ".rar", ".gz")


def read_zip(origin: Origin) -> list[Table]:
    """Each CSV file in a zip file as a table named after it, in order of name.

    They stand in the zip file itself or all in one folder of it. Raises `Refused` with a sentence for a zip file
    that is anything else.
    """
    try:
        with zip_guard.opened(origin.open()) as archive:
            found = tables_of(archive.infolist())
            budget = zip_guard.Budget()
            for entry in found:  # once in full, before any row is used: sizes and check sums are real
                for _ in zip_guard.pieces(archive, entry, budget):
                    continue
    except zip_guard.Fault as fault:
        raise refusal(fault.code, origin.name) from None
    names = [entry.filename for entry in found]
    shown = [_shown(origin.name, name) for name in names]
    stems = [name.rpartition("/")[2] for name in names]
    check_twins(zip(shown, stems, strict=True))
    return [
        read_table(partial(_opened, origin, name), called, stem[: -len(SUFFIX)])
        for name, called, stem in zip(names, shown, stems, strict=True)
    ]


def refusal(code: str, file: Name) -> Refused:
    """The refusal of a zip file, by the code of its fault."""
    message, hint = FAULTS[code]
    return Refused(message, hint=hint, file=file)


def tables_of(entries: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The tables among the files of a zip, in order of name. Raises `zip_guard.Fault` when there are none."""
    found = []
    for entry in entries:
        folder, _, name = entry.filename.rpartition("/")
        hidden = any(part.startswith((".", "~")) or part == "__MACOSX" for part in entry.filename.split("/"))
        if hidden or entry.is_dir():
            continue
        if name.lower().endswith(_PACKED):
            raise zip_guard.Fault("nested")
        if is_table(name):
            found.append((folder, entry))
    if len({folder for folder, _ in found}) > 1:
        raise zip_guard.Fault("folders")
    if not found:
        raise zip_guard.Fault("none")
    if len(found) > MAX_TABLES:
        raise zip_guard.Fault("unpacked")
    return sorted((entry for _, entry in found), key=lambda entry: entry.filename)


def _shown(file: Name, name: str) -> Name:
    return (
        Phrase("{file}: {part}", {"file": file, "part": name})
        if isinstance(file, Phrase)
        else f"{file}: {name}"
    )


def _opened(origin: Origin, name: str) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Part(origin, name), PIECE // 8))


class _Part(io.RawIOBase):
    """One file in a zip file, unpacked while it is read."""

    def __init__(self, origin: Origin, name: str) -> None:
        self._name = origin.name
        self._budget = zip_guard.Budget()
        self._held = ExitStack()
        try:
            archive = self._held.enter_context(zip_guard.opened(origin.open()))
            self._part = self._held.enter_context(archive.open(name))
        except (zip_guard.Fault, KeyError, *zip_guard.BROKEN):
            raise refusal("damaged", origin.name) from None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            piece = self._part.read(len(buffer))
            self._budget.take(len(piece))
        except (zip_guard.Fault, *zip_guard.BROKEN):
            raise refusal("damaged", self._name) from None
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._held.close()
        super().close()
