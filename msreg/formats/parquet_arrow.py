"""The library for Parquet, and the types of its columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from msreg.errors import Unavailable
from msreg.formats.sheets import Value, joined
from msreg.formats.typed import DECIMALS, DIGITS, Part
from msreg.forms.definition import Type
from msreg.vocabulary import N_

_STEP = Decimal(1).scaleb(-DECIMALS)


def require_pyarrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet part. Raises `Unavailable` with what to install when it is not there."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ModuleNotFoundError:
        raise Unavailable(
            N_("Parquet needs the library pyarrow, which is not installed here."),
            hint=N_("Install it with: {command}"),
            field="format",
            command="pip install 'msreg[statistics]'",
        ) from None
    return pyarrow, pyarrow.parquet


def schema(parts: Sequence[Part], facts: Mapping[str, str], arrow: Any) -> Any:
    """The schema of a sheet: types, what each column means in both languages, and where the file came from."""
    fields = [arrow.field(part.key, _type(part, arrow), metadata=_metadata(part)) for part in parts]
    return arrow.schema(fields, metadata={"msreg": json.dumps(facts, ensure_ascii=False)})


def maker(part: Part) -> Callable[[Value], Any]:
    """What a column of this kind holds for a cell."""
    if part.kind is Type.DECIMAL:
        return lambda cell: Decimal(str(cell)).quantize(_STEP)
    if part.kind is Type.CHOICES:
        return lambda cell: list(cell) if isinstance(cell, tuple) else [str(cell)]
    if part.kind in (Type.TEXT, Type.PARTIAL_DATE, Type.CHOICE):
        return lambda cell: str(joined(cell))
    return lambda cell: cell


def array(part: Part, values: list[Any], arrow: Any) -> Any:
    """The values of a column as an array of its type."""
    kind = _type(part, arrow)
    if arrow.types.is_dictionary(kind):
        return arrow.array(values, arrow.string()).dictionary_encode().cast(kind)
    return arrow.array(values, kind)


def _type(part: Part, arrow: Any) -> Any:
    if part.kind is Type.DATE:
        return arrow.date32()
    if part.kind is Type.INTEGER:
        return arrow.int32()
    if part.kind is Type.DECIMAL:
        return arrow.decimal128(DIGITS, DECIMALS)
    if part.kind is Type.BOOLEAN:
        return arrow.bool_()
    if part.kind is Type.CHOICES:
        return arrow.list_(arrow.string())
    # A program that knows categories sees one; another reads the texts.
    return arrow.dictionary(arrow.int32(), arrow.string()) if part.words else arrow.string()


def _metadata(part: Part) -> dict[str, str]:
    item, form = part.column.item, part.column.form
    told = {"label_nl": part.label["nl"], "label_en": part.label["en"], "type": part.kind.value}
    if part.words:
        told["choices"] = json.dumps(
            {code: dict(label) for code, label in part.words.items()}, ensure_ascii=False
        )
    if item and item.unit:
        told["unit"] = item.unit
    if form:
        told["form"] = f"{form.key}:{form.version}"
    return told
