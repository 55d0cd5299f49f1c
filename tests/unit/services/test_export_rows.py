"""The quick way to a row gives what the forms say, answer by answer (K4, X1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from msreg.forms.answers import counting
from msreg.forms.columns import Sheet, from_row, sheets, to_store
from msreg.forms.definition import UNKNOWN, Item, Type
from msreg.services.export_cells import Style
from msreg.services.export_rows import Rows

CODES = Style(False, "en")
DAYS = [date(2020, 1, 1), date(2024, 2, 29)]


def answer(item: Item, chance: Random) -> Any:
    """Some answer, sound or not as a whole: whether it is asked for is the form's to say."""
    if chance.random() < 0.3:
        return None
    if item.or_unknown and chance.random() < 0.5:
        return UNKNOWN
    match item.type:
        case Type.BOOLEAN:
            return chance.random() < 0.5
        case Type.CHOICE:
            return chance.choice(item.choices).code
        case Type.CHOICES:
            return tuple(each.code for each in item.choices if chance.random() < 0.5) or None
        case Type.DATE:
            return chance.choice(DAYS)
        case Type.INTEGER:
            return chance.randrange(5)
        case Type.DECIMAL:
            return Decimal(chance.choice(["3", "3.5", "0.25"]))
        case _:
            return chance.choice(["x", "2019-05"])


def stored(sheet: Sheet, chance: Random) -> dict[str, Any]:
    """A row of the table, as the database gives it."""
    values = {item.key: answer(item, chance) for form in sheet.forms for item in form.items}
    typed, others = to_store(sheet.forms, values)
    raw = {key: each.isoformat() if isinstance(each, date) else each for key, each in typed.items()}
    raw = {key: int(each) if isinstance(each, bool) else each for key, each in raw.items()}
    raw = {key: float(each) if isinstance(each, Decimal) else each for key, each in raw.items()}
    worked_out = {"profile": "22222", "index_value": 0.705, "value_set": "NL-Versteegh-2016-3dp"}
    return {**worked_out, **raw, "answers": json.dumps(others), "complete": 1}


def selected(rows: Rows, row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the query gives for the names that are selected."""
    above = {"p.number": 12, "c.code": "AMS01", "p.patient_number": "00012", "m.medicine": "L04AG08",
             "m.start_date": "2021-01-01"}  # fmt: skip
    found: list[Any] = []
    for name in rows.selected:
        if name.startswith("CASE WHEN p.withdrawn_on IS NULL"):
            found.append(row["complete"])
        elif name.startswith("(SELECT w.code"):
            found.append("UTR01")
        elif name.startswith("nullif("):
            found.append(None if row[name.removeprefix("nullif(t.").split()[0]] is None else 1)
        else:
            found.append(row[name[2:]] if name.startswith("t.") else above[name])
    return tuple(found)


@pytest.mark.parametrize("sheet", sheets(), ids=lambda sheet: sheet.key)
def test_each_answer_that_counts_and_no_other(sheet: Sheet) -> None:
    chance = Random(7)
    rows = Rows(sheet, sheet.columns, CODES, booleans=False)
    wanted = [stored(sheet, chance) for _ in range(3000)]
    blanked = 0
    for raw, row in zip(wanted, rows.of(selected(rows, each) for each in wanted), strict=True):
        cells = [None if value is None else make(value) for make, value in zip(rows.cells, row, strict=True)]
        answers = from_row(sheet.forms, raw)
        expected: dict[str, Any] = {}
        for form in sheet.forms:
            expected |= counting(form, answers)
        blanked += len(answers) > len(expected)
        found = {column.key: cell for column, cell in zip(sheet.columns, cells, strict=True) if column.item}
        assert found == {column.key: expected.get(column.key) for column in sheet.columns if column.item}
        assert {key: type(cell) for key, cell in found.items() if cell is not None} == {
            key: type(value) for key, value in expected.items()
        }
        told = {
            column.key: cell for column, cell in zip(sheet.columns, cells, strict=True) if column.worked_out
        }
        assert told in (
            {},
            {"profile": "22222", "index_value": Decimal("0.705"), "value_set": raw["value_set"]},
        )
    asked_under_conditions = any(item.when for form in sheet.forms for item in form.items)
    assert blanked > 300 if asked_under_conditions else blanked == 0


def test_some_columns_need_not_what_others_need() -> None:
    sheet = sheets()[1]
    rows = Rows(sheet, [sheet.by_key["centre"], sheet.by_key["edss_method"]], CODES, booleans=False)
    assert rows.selected == ["c.code", "t.edss_method"]
    assert list(rows.of([("AMS01", "assessed")])) == [("AMS01", "assessed")]
    rows = Rows(sheet, [sheet.by_key["edss"]], CODES, booleans=False)
    row = {"t.edss": 3.5, "t.edss_method": "not_done", "t.answers": "{}"}
    assert list(rows.of([tuple(row.get(name) for name in rows.selected)])) == [[None]]  # not asked then


@pytest.mark.parametrize(
    ("style", "booleans", "key", "raw", "cell"),
    [
        (CODES, False, "mri_done", 1, True),
        (Style(True, "nl"), False, "mri_done", 0, "nee"),
        (Style(True, "nl"), True, "mri_done", 0, False),
        (Style(True, "en"), False, "edss_method", "not_done", "not done"),
        (Style(True, "nl"), False, "edss_method", "gone", "gone"),
        (CODES, False, "state", 0, "incomplete"),
        (Style(True, "nl"), False, "state", 1, "volledig"),
        (CODES, False, "state", 2, "withdrawn"),
        (Style(True, "nl"), False, "state", 2, "toestemming ingetrokken"),
        (Style(True, "en"), False, "state", 2, "consent withdrawn"),
        (CODES, False, "registry_number", 12, "MS-0000012"),
    ],
)
def test_codes_and_labels(style: Style, booleans: bool, key: str, raw: Any, cell: Any) -> None:
    sheet = sheets()[1]
    (make,) = Rows(sheet, [sheet.by_key[key]], style, booleans=booleans).cells
    assert make(raw) == cell
