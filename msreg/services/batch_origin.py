"""Where a batch file came from, as it tells itself: an export, a template, or a marked copy of another file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from msreg.formats.cells import Table
from msreg.formats.sheets import LISTS
from msreg.forms.columns import forms_of
from msreg.services.batch_kinds import of_file
from msreg.services.placed import PlacedFinding
from msreg.vocabulary import N_, Record

PROVENANCE = frozenset(("provenance", "herkomst"))
FINDINGS = frozenset(("findings", "bevindingen"))
IGNORED_SHEETS = PROVENANCE | FINDINGS | frozenset(("codebook", "codeboek", "summary", "samenvatting", LISTS))
"""Sheets that msreg itself adds to a workbook."""

DATED = frozenset(("date of the file", "datum van het bestand"))
"""What stands before that date on the sheet with the findings, in either language."""


@dataclass(slots=True)
class Origin:
    """What a file tells of itself. An export says of which registry it is, and when it was made."""

    registry: str | None = None
    log_row: int | None = None
    exported: datetime | None = None
    saved: datetime | None = None
    """Of a marked copy: the date of the file that it is a copy of. Mending it makes its answers no newer."""
    narrowed: bool = False
    """An export of some columns: sheets that have none of them are not missing."""


def read_origin(table: Table, origin: Origin, tell: Callable[[PlacedFinding], None]) -> None:
    """What the file says of where it came from: an export's provenance, or the lists of a template."""
    rows = [list(map(_word, cells)) for _number, cells in islice(table.rows, 60)]
    header = [_word(name) for name in table.header]
    if header[:1] == ["key"] or header[:1] == ["msreg"]:
        told = {row[0]: row[1] for row in rows if len(row) > 1}
    else:
        told = dict(zip(header, rows[0], strict=False)) if rows else {}
    _compare_forms(told.get("forms", ""), table.sheet, tell)
    origin.registry = told.get("registry")
    origin.narrowed = bool(told.get("columns"))
    if (row := told.get("log_row", "")).isascii() and row.isdigit():
        origin.log_row = int(row)
    try:
        found = datetime.fromisoformat(told.get("exported_at", ""))
    except ValueError:
        return
    origin.exported = found if found.tzinfo else None


def copied_from(table: Table) -> datetime | None:
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


def _compare_forms(told: str, sheet: str, tell: Callable[[PlacedFinding], None]) -> None:
    versions: dict[str, str] = dict(_pair(each.split(":")) for each in told.split() if each.count(":") == 1)
    for form in (form for record in Record for form in forms_of(record)):
        made_for = versions.get(form.key)
        if made_for is not None and made_for != str(form.version):
            tell(
                of_file(
                    "FIL-019", sheet, N_("made for version {then} of the form {form}; version {now} is in force"),
                    hint=N_("make a new one with: msreg imports template"),
                    params={"then": repr(made_for[:10]), "form": form.key, "now": form.version},
                )
            )  # fmt: skip


def _pair(parts: Sequence[str]) -> tuple[str, str]:
    return parts[0], parts[1]
