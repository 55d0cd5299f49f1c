"""The faults of a batch file: a table for people, keys for programs (SPEC B3, C11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from msreg.errors import fill
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.table import Cell, Column, Row, Table
from msreg.screen.tones import Tone
from msreg.vocabulary import N_, Severity

ON_A_TERMINAL = 20


class PlacedFinding(Protocol):
    """A finding with its place in a file. `message` and `hint` are msgids that `params` fills."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int | None: ...
    @property
    def column(self) -> str | None: ...
    @property
    def field(self) -> str | None: ...
    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def message(self) -> str: ...
    @property
    def hint(self) -> str | None: ...
    @property
    def params(self) -> Mapping[str, object]: ...
    @property
    def value(self) -> object: ...


COLUMNS = (
    Column("sheet", N_("sheet")),
    Column("row", N_("row"), align="right"),
    Column("column", N_("column")),
    Column("code", N_("code")),
    Column("message", N_("what is wrong"), shrink=2, least=24, wrap=True),
)
VALUE = Column("value", N_("value"), shrink=1, least=12)


def show_findings(
    screen: Screen,
    found: Sequence[PlacedFinding],
    *,
    limit: int | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Findings as a table: twenty on a terminal unless `limit` says otherwise, all of them when piped.

    `names`: what sheets are called in the file, by key, since that is what people look for in it.
    Values stand in it only with `--values`; what to do about a fault is in JSON and in the rule's page.
    """
    if limit is None:
        limit = ON_A_TERMINAL if screen.edge.terminal else len(found)
    values = screen.edge.values and any(each.value is not None for each in found)
    columns = (*COLUMNS[:-1], VALUE, COLUMNS[-1]) if values else COLUMNS
    screen.table(Table(columns, _rows(found[:limit], names, values=values), indent=2))
    if len(found) > limit:
        screen.line("  … ", ngettext("{count} more", "{count} more", len(found) - limit), tone="grey")


def _rows(found: Sequence[PlacedFinding], names: Mapping[str, str], *, values: bool) -> Iterator[Row]:
    for each in found:
        place = f"{each.column or ''}  {each.field or ''}".strip() or None
        text = fill(each.message, each.params, _)
        warning = each.severity is Severity.WARNING
        if warning:
            text = _("warning: {text}").format(text=text)
        tone: Tone = "orange" if warning else "red"
        cells: list[Cell | str | None] = [
            names.get(each.sheet, each.sheet),
            None if each.row is None else str(each.row),
            place,
            Cell(each.code, tone),
        ]
        if values:
            cells.append(None if each.value is None else str(each.value))
        yield [*cells, text]


def finding_data(each: PlacedFinding, *, values: bool = False) -> dict[str, Any]:
    """A finding with the keys that scripts rely on; `value` is there only with `--values`."""
    data: dict[str, Any] = {
        "sheet": each.sheet,
        "row": each.row,
        "column": each.column,
        "field": each.field,
        "code": each.code,
        "severity": each.severity,
        "message": fill(each.message, each.params, _),
        "hint": fill(each.hint, each.params, _) if each.hint else None,
    }
    if values:
        data["value"] = each.value
    return data
