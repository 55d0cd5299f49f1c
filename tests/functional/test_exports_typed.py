"""Parquet, SPSS and ODM say what the CSV says, cell by cell, with types and labels (X2)."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from lxml import etree

from msreg.formats.parquet_arrow import require_pyarrow
from msreg.forms.columns import sheets
from msreg.forms.definition import Type

Run = Callable[..., Any]
Rows = list[dict[str, Any]]
COLUMNS = {sheet.key: {column.key: column for column in sheet.columns} for sheet in sheets()}
NS = "{http://www.cdisc.org/ns/odm/v1.3}"
pytestmark = pytest.mark.usefixtures("people_registry")


@pytest.fixture
def expected(quick: Run, tmp_path: Path) -> Mapping[str, Rows]:
    """What the CSV export has: texts, nothing for what is empty."""
    assert quick("exports", "csv", "--out", tmp_path / "csv", "--shared").code == 0
    found = {}
    for name in COLUMNS:
        text = (tmp_path / "csv" / f"{name}.csv").read_text(encoding="utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";")
        found[name] = [{key: value for key, value in row.items() if value} for row in rows]
    return found


def text(value: Any) -> str:
    """A value as the CSV has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal | float):
        value = Decimal(str(value))
        return (
            str(value.to_integral_value()) if value == value.to_integral_value() else str(value.normalize())
        )
    return ";".join(value) if isinstance(value, list) else str(value)


def plain(rows: Rows, name: str) -> Rows:
    """Rows of the CSV with numbers without the noughts at their end."""
    kinds = {key: column.kind for key, column in COLUMNS[name].items()}
    return [
        {
            key: text(Decimal(value)) if kinds[key] is Type.DECIMAL else value.removeprefix("'")
            for key, value in row.items()
        }
        for row in rows
    ]


def test_parquet_says_what_the_csv_says(quick: Run, expected: Mapping[str, Rows], tmp_path: Path) -> None:
    _arrow, parquet = require_pyarrow()
    out = tmp_path / "out"
    assert quick("exports", "parquet", "--out", out, "--shared").code == 0
    for name, rows in expected.items():
        table = parquet.read_table(out / f"{name}.parquet")
        found = []
        for row in table.to_pylist():
            unknown = {key.removesuffix("_unknown") for key in row if key.endswith("_unknown") and row[key]}
            there = {key: text(value) for key, value in row.items() if value is not None and value != []}
            found.append(
                {key: value for key, value in there.items() if not key.endswith("_unknown")}
                | dict.fromkeys(unknown, "unknown")
            )
        assert found == plain(rows, name)
        for field in table.schema:
            key = field.name.removesuffix("_unknown")
            assert field.metadata[b"label_nl"].decode().startswith(COLUMNS[name][key].label["nl"])
        told = json.loads(table.schema.metadata[b"msreg"])
        assert told[f"rows {name}"] == str(len(rows))


def test_types_of_parquet(quick: Run, tmp_path: Path) -> None:
    _arrow, parquet = require_pyarrow()
    out = tmp_path / "out"
    assert quick("exports", "parquet", "--out", out).code == 0
    kinds = {field.name: str(field.type) for field in parquet.read_schema(out / "courses.parquet")}
    assert kinds["course_date"] == "date32[day]"
    assert kinds["edss"] == "decimal128(18, 6)"
    assert kinds["mri_done"] == kinds["mri_gd_lesions_unknown"] == "bool"
    assert kinds["mri_gd_lesions"] == "int32"
    assert kinds["mri_new_t2"].startswith("dictionary<values=string")
    schema = parquet.read_schema(out / "disease.parquet")
    assert str(schema.field("symptoms").type) == "list<element: string>"
    assert json.loads(schema.field("severity").metadata[b"choices"])["mild"] == {"nl": "licht", "en": "mild"}
    assert schema.field("mp_dose_mg").metadata[b"unit"] == b"mg"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_spss_says_what_the_csv_says(
    lang: str, quick: Run, expected: Mapping[str, Rows], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert quick("exports", "spss", "--out", out, "--shared", "--lang", lang).code == 0
    for name, rows in expected.items():
        frame, meta = pyreadstat.read_sav(out / f"{name}.sav", user_missing=True)
        kinds = {key: column.kind for key, column in COLUMNS[name].items()}
        found = []
        for row in frame.to_dict("records"):
            there = {
                key: value for key, value in row.items() if key in kinds and value == value and value != ""
            }
            found.append({key: spss_text(kinds[key], key, value) for key, value in there.items()})
        assert found == plain(rows, name)
        assert {key: meta.column_names_to_labels[key].partition(" (")[0] for key in kinds} == {
            key: column.label[lang].partition(" (")[0] for key, column in COLUMNS[name].items()
        }
        for key, column in COLUMNS[name].items():
            if column.words and column.kind is not Type.CHOICES:
                assert set(meta.variable_value_labels[key]) == set(column.words)


def spss_text(kind: Type, key: str, value: Any) -> str:
    if key == "mri_gd_lesions" and value == -9:
        return "unknown"
    return text(bool(value)) if kind is Type.BOOLEAN else text(value)


def test_odm_says_what_the_csv_says(quick: Run, expected: Mapping[str, Rows], tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    assert quick("exports", "odm", "--out", out, "--shared").code == 0
    root = etree.parse(out).getroot()
    found: dict[str, Rows] = {name: [] for name in COLUMNS}
    for event in root.iter(f"{NS}StudyEventData"):
        name = event.get("StudyEventOID").removeprefix("SE.")
        row: dict[str, Any] = {}
        for item in event.iter(f"{NS}ItemData"):
            take(row, COLUMNS[name], item.get("ItemOID").rpartition(".")[2], item.get("Value"))
        order = [key for key in COLUMNS[name] if row.get(key)]
        found[name].append({key: text(row[key]) for key in order})
    for name, rows in expected.items():
        assert plain(found[name], name) == plain(rows, name)


def take(row: dict[str, Any], columns: Mapping[str, Any], key: str, value: str) -> None:
    """One item of ODM into the row: sides of an answer put together again."""
    if key in columns:
        row[key] = value
    elif key.endswith("_unknown") and key.removesuffix("_unknown") in columns:
        if value == "true":
            row[key.removesuffix("_unknown")] = "unknown"
    else:
        whole = next(
            each for each in columns if key.startswith(f"{each}_") and columns[each].kind is Type.CHOICES
        )
        row.setdefault(whole, [])
        if value == "true":
            row[whole].append(key.removeprefix(f"{whole}_"))


@pytest.mark.parametrize(("form", "name"), [("parquet", "out"), ("spss", "out"), ("odm", "out.xml")])
def test_private_and_not_overwritten_unasked(form: str, name: str, quick: Run, tmp_path: Path) -> None:
    """S8, C5: as every export."""
    out = tmp_path / name
    assert quick("exports", form, "--out", out, "--columns", "edss").code == 0
    files = [out] if out.is_file() else list(out.iterdir())
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    if out.is_dir():
        suffix = {"parquet": ".parquet", "spss": ".sav"}[form]
        assert sorted(each.name for each in files) == ["codebook.csv", f"courses{suffix}", "provenance.csv"]
    again = quick("exports", form, "--out", out)
    assert (again.code, again.out) == (8, "")
    assert quick("exports", form, "--out", out, "--overwrite").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("odm", "--out", "x.txt"), 2), (("parquet", "--out", "-"), 2), (("spss", "--out", "-"), 2), (("odm", "--out", "-"), 2),
     (("parquet", "--out", "none/x"), 3), (("spss", "--out", "x", "--labels"), 2), (("odm",), 2),
     (("spss", "--out", "x", "--project", "a"), 2), (("csv", "--out", "x", "--with-free-text"), 2)],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(words: tuple[str, ...], code: int, quick: Run, tmp_path: Path) -> None:
    done = quick("exports", *words)
    assert (done.code, done.out) == (code, "")
    assert 1 <= len(done.err.splitlines()) <= 2
    assert not (tmp_path / "x").exists()


def test_dates_are_days_whatever_the_program(quick: Run, tmp_path: Path) -> None:
    assert quick("exports", "spss", "--out", tmp_path / "out").code == 0
    frame, _meta = pyreadstat.read_sav(tmp_path / "out" / "courses.sav")
    assert all(isinstance(each, date) for each in frame["course_date"])
