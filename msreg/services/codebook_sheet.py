"""The codebook as a sheet of an export: every column, what it asks and what its codes mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msreg.formats.cells import Cell
from msreg.forms.columns import Column
from msreg.forms.definition import Item
from msreg.services.export_columns import Chosen

NAMES = {"nl": "Codeboek", "en": "Codebook"}
HEADER = (
    "sheet", "column", "form", "version", "type", "required", "privacy", "label_nl", "label_en",
    "limits", "unit", "codes_nl", "codes_en",
)  # fmt: skip


def codebook_rows(chosen: Iterable[Chosen]) -> Iterator[list[Cell]]:
    """One row a column that is exported, in the order of the sheets."""
    for part in chosen:
        for column in part.columns:
            item, form = column.item, column.form
            yield [
                part.sheet.key,
                column.key,
                form.key if form else None,
                form.version if form else None,
                column.kind.value,
                _required(column),
                item.privacy.value if item else None,
                column.label["nl"],
                column.label["en"],
                _limits(item),
                item.unit if item else None,
                _codes(column, "nl"),
                _codes(column, "en"),
            ]


def _required(column: Column) -> str:
    item = column.item
    if item is None:
        return "no" if column.told else "yes"
    if item.required and item.when is None:
        return "yes"
    return "conditional" if item.required or item.required_when else "no"


def _limits(item: Item | None) -> str | None:
    if item is None:
        return None
    if item.max_length:
        return f"≤ {item.max_length}"
    if item.min is None and item.max is None:
        return None
    return f"{'' if item.min is None else item.min} … {'' if item.max is None else item.max}"


def _codes(column: Column, language: str) -> str | None:
    return "; ".join(f"{code} = {label[language]}" for code, label in column.words.items()) or None
