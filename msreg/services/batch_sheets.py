"""The sheets and columns of a batch file: which are which, and what is wrong with the file as such.

Sheets and columns are named by key or by label in either language, in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from msreg.formats.cells import Source, Table, letter
from msreg.forms.cleaning import clean
from msreg.forms.columns import Column, Sheet, forms_of, sheet_of, sheets
from msreg.services.batch_kinds import KINDS
from msreg.services.batch_rows import Header, placed_column
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Record

PROVENANCE = frozenset(("provenance", "herkomst"))
LISTS = "msreg_lists"
FINDINGS = frozenset(("findings", "bevindingen"))
IGNORED_SHEETS = PROVENANCE | FINDINGS | frozenset(("codebook", "codeboek", "summary", "samenvatting", LISTS))
"""Sheets that msreg itself adds to a workbook."""

DATED = frozenset(("date of the file", "datum van het bestand"))
"""What stands before that date on the sheet with the findings, in either language."""

NEEDED = (Record.PATIENT, Record.COURSE, Record.DISEASE, Record.MEDICATION)
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
    """A batch file whose headers were read. An export tells of which registry it is, and when it was made."""

    parts: list[Part] = field(default_factory=list)
    registry: str | None = None
    log_row: int | None = None
    made_at: datetime | None = None
    saved: datetime | None = None
    """Of a marked copy: the date of the file that it is a copy of. Mending it makes its answers no newer."""
    narrowed: bool = False
    """An export of some columns: sheets that have none of them are not missing."""


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
                _origin(table, opened, findings)
            elif name in FINDINGS:
                opened.saved = _copied(table)
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
    whole = source.whole and not opened.narrowed
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


def of_file(
    code: str, sheet: str, message: str, *, row: int | None = None, column: str | None = None,
    field: str | None = None, hint: str | None = None, params: Mapping[str, object] | None = None,
) -> PlacedFinding:  # fmt: skip
    """A finding about a file or a sheet as such."""
    return PlacedFinding(sheet, row, column, field, code, KINDS[code].severity, message, hint, params or {})


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


def _origin(table: Table, opened: Opened, findings: Findings) -> None:
    """What the file says of where it came from: an export's provenance, or the lists of a template."""
    rows = [list(map(_word, cells)) for _number, cells in islice(table.rows, 60)]
    header = [_word(name) for name in table.header]
    if header[:1] == ["key"] or header[:1] == ["msreg"]:
        told = {row[0]: row[1] for row in rows if len(row) > 1}
    else:
        told = dict(zip(header, rows[0], strict=False)) if rows else {}
    _compare_forms(told.get("forms", ""), table.sheet, findings)
    opened.registry = told.get("registry")
    opened.narrowed = bool(told.get("columns"))
    if (row := told.get("log_row", "")).isascii() and row.isdigit():
        opened.log_row = int(row)
    try:
        found = datetime.fromisoformat(told.get("exported_at", ""))
    except ValueError:
        return
    opened.made_at = found if found.tzinfo else None


def _copied(table: Table) -> datetime | None:
    """The date that a marked copy tells of the file that it is a copy of."""
    for _number, cells in islice(table.rows, 20):
        if len(cells) > 1 and _word(cells[0]) in DATED:
            try:
                found = datetime.fromisoformat(_word(cells[1]))
            except ValueError:
                return None
            return found if found.tzinfo else None
    return None


def _word(cell: object) -> str:
    return "" if cell is None else str(cell)


def _compare_forms(told: str, sheet: str, findings: Findings) -> None:
    versions: dict[str, str] = dict(_pair(each.split(":")) for each in told.split() if each.count(":") == 1)
    for form in (form for record in Record for form in forms_of(record)):
        made_for = versions.get(form.key)
        if made_for is not None and made_for != str(form.version):
            findings.tell(
                of_file(
                    "FIL-019", sheet, N_("made for version {then} of the form {form}; version {now} is in force"),
                    hint=N_("make a new one with: msreg imports template"),
                    params={"then": repr(made_for[:10]), "form": form.key, "now": form.version},
                )
            )  # fmt: skip


def _pair(parts: Sequence[str]) -> tuple[str, str]:
    return parts[0], parts[1]
