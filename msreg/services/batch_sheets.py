"""The sheets and columns of a batch file: which are which, and what is wrong with the file as such.

Sheets and columns are named by key or by label in either language, in any order.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from msreg.errors import Refused
from msreg.formats.cells import Source, Table, letter
from msreg.formats.sheets import LISTS
from msreg.forms.cleaning import clean
from msreg.forms.columns import Column, Sheet, sheet_of, sheets
from msreg.services.batch_kinds import of_file
from msreg.services.batch_origin import (
    FINDINGS,
    IGNORED_SHEETS,
    PROVENANCE,
    Origin,
    copied_from,
    read_origin,
)
from msreg.services.batch_rows import Header, placed_column
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Record

NEEDED = (Record.PATIENT, Record.COURSE, Record.DISEASE, Record.MEDICATION)
PSEUDONYMS = frozenset(("pseudonym", "pseudoniem"))
"""What the first column of a pseudonymised export is called."""
MOST = 100_000
"""Findings that are kept; a file with more is wrong in a way that the first ones tell."""


class Findings:
    """Everything that there is to say about a file, up to what anybody could mend."""

    def __init__(self) -> None:
        self.told: list[PlacedFinding] = []
        self.more = 0
        """Faults beyond `MOST`."""
        self.errors = 0

    def tell(self, finding: PlacedFinding) -> None:
        """Keep a finding."""
        if finding.is_error:
            self.errors += 1
        if len(self.told) < MOST:
            self.told.append(finding)
        elif finding.is_error:
            self.more += 1

    def in_order(self) -> list[PlacedFinding]:
        """The findings in the order of the file."""
        order = {sheet.key: at for at, sheet in enumerate(sheets())}
        self.told.sort(
            key=lambda f: (order.get(f.sheet, len(order)), f.row or 0, len(f.column or "~~~"), f.column or "", f.code)
        )  # fmt: skip
        if self.more:
            self.told.append(
                of_file(
                    "FIL-022", "", N_("there are {count} more faults than are told one by one"),
                    hint=N_("mend what is told first, and check again"), params={"count": self.more},
                )
            )  # fmt: skip
        return self.told


@dataclass(slots=True)
class Part:
    """A sheet of the file that is read: the table, its header, and its columns."""

    table: Table
    header: Header
    columns: list[tuple[int, Column]]


@dataclass(slots=True)
class Opened:
    """A batch file whose headers were read, and what it tells of where it came from."""

    parts: list[Part] = field(default_factory=list)
    origin: Origin = field(default_factory=Origin)


def open_sheets(source: Source, findings: Findings, *, centre_known: bool = False) -> Opened:
    """Find the sheets and columns of a file; what cannot be placed is told.

    `centre_known`: rows that name no centre are of one that is known, so the column may be missing.
    """
    opened = Opened()
    seen: set[str] = set()
    unknown: list[str] = []
    for table in source.tables:
        name = clean(table.sheet).casefold()
        sheet = next((each for each in sheets() if name in each.names), None)
        if sheet is None:
            if name in PROVENANCE or name == LISTS:
                read_origin(table, opened.origin, findings.tell)
            elif name in FINDINGS:
                opened.origin.saved = copied_from(table)
            elif name not in IGNORED_SHEETS:
                unknown.append(table.sheet)
                findings.tell(of_file("FIL-002", table.sheet, N_("this sheet is not known and was not read")))
            continue
        if sheet.key in seen:
            findings.tell(of_file("FIL-012", table.sheet, N_("this sheet stands there twice")))
            continue
        seen.add(sheet.key)
        columns = _columns(table, sheet, findings)
        letters = placed_column(columns, table.lettered)
        header = Header(sheet, table.sheet, table.header_row, {c.key: at for at, c in columns}, letters)
        if _names_records(header, findings, centre_known):
            opened.parts.append(Part(table, header, columns))
    whole = source.whole and not opened.origin.narrowed
    for key in [sheet_of(record).key for record in NEEDED if whole]:
        if key not in seen:
            findings.tell(
                of_file(
                    "FIL-001",
                    key,
                    N_("this sheet is missing; add it, with no rows if there is nothing to tell"),
                )
            )
    if unknown and not seen and not whole:
        # Such as a misspelt --sheet: nothing at all would be loaded, and exit code 0 would hide it.
        known = ", ".join(sheet.key for sheet in sheets())
        findings.tell(
            of_file(
                "FIL-001",
                unknown[0],
                N_("the file has no sheet that is known; the sheets are: {known}"),
                params={"known": known},
            )
        )
    opened.parts.sort(key=lambda part: list(Record).index(part.header.sheet.record))
    return opened


def notes(part: Part) -> list[PlacedFinding]:
    """What was assumed while a table was read, once it was walked."""
    by_index = {at: key for key, at in part.header.at.items()}
    return [
        of_file(
            note.code,
            part.header.sheet.key,
            note.message,
            row=note.row,
            column=None if note.column is None or not part.table.lettered else letter(note.column),
            field=None if note.column is None else by_index.get(note.column),
            params=note.params,
        )
        for note in part.table.notes
    ]


def naming(sheet: Sheet) -> list[str]:
    """The columns without which a row names no record."""
    parents = [column.key for column in sheet.columns if column.item is None and not column.told]
    identity = [key for form in sheet.forms for key in form.identity]
    return parents + [key for key in identity if key not in parents]


def _names_records(header: Header, findings: Findings, centre_known: bool) -> bool:
    missing = [key for key in naming(header.sheet) if key not in header.at]
    missing = [key for key in missing if not (centre_known and key == "centre")]
    for key in missing:
        findings.tell(
            of_file(
                "FIL-005", header.sheet.key, N_("the column {column} is missing; it names the record"),
                row=header.row, field=key, params={"column": key},
            )
        )  # fmt: skip
    return not missing


def _columns(table: Table, sheet: Sheet, findings: Findings) -> list[tuple[int, Column]]:
    found: dict[str, tuple[int, Column]] = {}
    for at, header in enumerate(table.header):
        if not header or sheet.passed_over(header):
            continue
        column = sheet.column(header)
        place = letter(at) if table.lettered else None
        if column is None:
            if header.strip().casefold() in PSEUDONYMS:
                raise Refused(
                    N_("This is an export with pseudonyms: nothing in it says whose the records are."),
                    hint=N_("Load an export that was made without --pseudonymise."),
                    sheet=sheet.key,
                )
            findings.tell(
                of_file(
                    "FIL-003", sheet.key, N_("there is no column {column} here"),
                    row=table.header_row, column=place, params={"column": repr(header[:40])},
                    hint=N_("see the columns with: msreg forms list"),
                )
            )  # fmt: skip
        elif column.key in found:
            findings.tell(
                of_file(
                    "FIL-004", sheet.key, N_("the column {column} stands there twice"),
                    row=table.header_row, column=place, field=column.key, params={"column": column.key},
                )
            )  # fmt: skip
        else:
            found[column.key] = (at, column)
    return list(found.values())
