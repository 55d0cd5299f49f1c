"""SPSS files as another program reads them: types, labels, widths, long texts, nothing at all (X2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from msreg.formats.sheets import SheetOut
from msreg.formats.spss_dictionary import segments
from msreg.formats.spss_out import write_spss
from msreg.forms.columns import Column
from msreg.forms.definition import Choice, Item, Privacy, Type

NL_EN = {"nl": "Vraag", "en": "Question"}


def column(key: str, kind: Type, codes: Sequence[str] = (), **more: Any) -> Column:
    choices = tuple(Choice(code, {"nl": f"nl {code}", "en": f"en {code}"}) for code in codes)
    item = Item(key, kind, NL_EN | {"en": key}, Privacy.CLINICAL, choices=choices, **more)
    return Column(key, item.label, item=item)


def written(
    folder: Path, columns: Sequence[Column], rows: Sequence[Sequence[Any]], language: str = "en"
) -> Any:
    """The sheet as pyreadstat gives it back: values as a dictionary a row, and what it knows of the file."""
    sheet = SheetOut("courses", [each.key for each in columns], rows, None, columns, language)
    write_spss(folder / "out", [sheet])
    found, meta = pyreadstat.read_sav(folder / "out" / "courses.sav", user_missing=True)
    return found.to_dict("records"), meta


def test_types_and_missing_values(tmp_path: Path) -> None:
    columns = [
        column("day", Type.DATE), column("edss", Type.DECIMAL), column("count", Type.INTEGER),
        column("done", Type.BOOLEAN), column("region", Type.CHOICE, ("brain", "spinal_cord")), column("text", Type.TEXT),
    ]  # fmt: skip
    rows = [
        (date(1900, 1, 1), Decimal("3.5"), 7, True, "brain", "één 日本"),
        (date(2026, 11, 21), Decimal("-0.285"), 100_000, False, "spinal_cord", ""),
        (None, None, None, None, None, None),
    ]
    found, meta = written(tmp_path, columns, rows)
    assert list(found[0].values()) == [date(1900, 1, 1), 3.5, 7, 1, "brain", "één 日本"]
    assert list(found[1].values()) == [date(2026, 11, 21), -0.285, 100_000, 0, "spinal_cord", ""]
    assert [str(value) for value in found[2].values()] == ["nan", "nan", "nan", "nan", "", ""]
    assert (meta.number_rows, meta.file_encoding) == (3, "UTF-8")
    assert meta.original_variable_types == {
        "day": "EDATE10", "edss": "F10.3", "count": "F8.0", "done": "F1.0", "region": "A11", "text": "A12",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["nl", "en"])
def test_labels_in_the_language_of_the_call_short_and_long(language: str, tmp_path: Path) -> None:
    """Codes of more than eight bytes have their labels in another place of the file."""
    columns = [column("a", Type.CHOICE, ("0", "3_or_more")), column("b", Type.CHOICE, ("x" * 8,)),
               column("c", Type.BOOLEAN), column("d", Type.INTEGER, unit="mg")]  # fmt: skip
    _found, meta = written(tmp_path, columns, [("0", "x" * 8, True, 1)], language)
    assert meta.variable_value_labels == {
        "a": {code: f"{language} {code}" for code in ("0", "3_or_more")},
        "b": {"x" * 8: f"{language} {'x' * 8}"},
        "c": {0: "nee", 1: "ja"} if language == "nl" else {0: "no", 1: "yes"},
    }
    assert meta.column_names_to_labels["d"] == ("Vraag (mg)" if language == "nl" else "d (mg)")


def test_unknown_is_a_missing_value_with_a_name(tmp_path: Path) -> None:
    [column_] = [column("lesions", Type.INTEGER, or_unknown=True, min=0)]
    found, meta = written(tmp_path, [column_], [(0,), ("unknown",), (None,)])
    assert [str(row["lesions"]) for row in found] == ["0.0", "-9.0", "nan"]
    assert meta.variable_value_labels == {"lesions": {-9: "unknown"}}
    assert meta.missing_ranges == {"lesions": [{"lo": -9, "hi": -9}]}


def test_a_multiple_choice_is_a_text_and_a_yes_or_no_for_each(tmp_path: Path) -> None:
    found, meta = written(
        tmp_path, [column("symptoms", Type.CHOICES, ("visual", "motor"))], [(("motor",),), (None,)]
    )
    assert found[0] == {"symptoms": "motor", "symptoms_visual": 0, "symptoms_motor": 1}
    assert [str(value) for value in found[1].values()] == ["", "nan", "nan"]
    assert meta.column_names_to_labels["symptoms_motor"] == "symptoms: en motor"


@pytest.mark.parametrize("length", [1, 8, 9, 255, 256, 504, 505, 2000, 8000])
def test_texts_of_every_length_come_back_whole(length: int, tmp_path: Path) -> None:
    """Above 255 bytes a text lies in segments; the columns behind it are where they should be."""
    text = ("abcdefg é " * 1000)[: length - 1] + "!"
    columns = [column("before", Type.INTEGER), column("long", Type.TEXT), column("after", Type.TEXT)]
    found, _meta = written(tmp_path, columns, [(1, text, "x"), (2, None, "y"), (3, "short", None)])
    assert [list(row.values()) for row in found] == [[1, text, "x"], [2, "", "y"], [3, "short", ""]]


@pytest.mark.parametrize(
    ("width", "found"), [(255, [255]), (256, [255, 4]), (504, [255, 252]), (505, [255, 255, 1])]
)
def test_segments(width: int, found: list[int]) -> None:
    assert segments(width) == found


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 501, 30_000])
def test_any_number_of_cases(count: int, tmp_path: Path) -> None:
    """The codes stand in groups of eight, and the rows wait in pieces of five hundred."""
    rows = [(at, f"t{at}", at / 7) for at in range(count)]
    columns = [column("a", Type.INTEGER), column("b", Type.TEXT), column("c", Type.DECIMAL)]
    found, meta = written(tmp_path, columns, rows)
    assert [tuple(row.values()) for row in found] == rows
    assert meta.number_rows == count
    assert [each.name for each in (tmp_path / "out").iterdir()] == ["courses.sav"]  # nothing that waited


def test_words_that_spss_keeps_for_itself_are_no_names(tmp_path: Path) -> None:
    found, _meta = written(tmp_path, [column("with", Type.INTEGER)], [(1,)])
    assert found == [{"with_": 1}]


def test_a_label_is_cut_between_letters(tmp_path: Path) -> None:
    item = Item("a", Type.CHOICE, {"nl": "é" * 200, "en": "é" * 200}, Privacy.CLINICAL,
                choices=(Choice("x", {"nl": "é" * 90, "en": "é" * 90}),))  # fmt: skip
    _found, meta = written(tmp_path, [Column("a", item.label, item=item)], [("x",)])
    assert meta.column_names_to_labels["a"] == "é" * 127
    assert meta.variable_value_labels["a"]["x"] == "é" * 60
