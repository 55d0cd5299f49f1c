"""The codebook as a sheet of an export: every column, what it asks and what its codes mean."""

from __future__ import annotations

from collections.abc import Iterator

from msreg.formats.cells import Cell
from msreg.forms.columns import sheets
from msreg.forms.definition import Item

NAMES = {"nl": "Codeboek", "en": "Codebook"}
HEADER = (
    "sheet", "column", "form", "version", "type", "required", "privacy", "label_nl", "label_en",
    "limits", "unit", "codes_nl", "codes_en",
)  # fmt: skip


def codebook_rows() -> Iterator[list[Cell]]:
    """One row a column, in the order of the sheets."""
    for sheet in sheets():
        for column in sheet.columns:
            item, form = column.item, column.form
            yield [
                sheet.key,
                column.key,
                form.key if form else None,
                form.version if form else None,
                item.type.value if item else "text",
                _required(item),
                item.privacy.value if item else None,
                column.label["nl"],
                column.label["en"],
                _limits(item),
                item.unit if item else None,
                _codes(item, "nl"),
                _codes(item, "en"),
            ]


def _required(item: Item | None) -> str:
    if item is None or (item.required and item.when is None):
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


def _codes(item: Item | None, language: str) -> str | None:
    if item is None or not item.choices:
        return None
    return "; ".join(f"{choice.code} = {choice.label[language]}" for choice in item.choices)
