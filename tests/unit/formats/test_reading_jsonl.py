"""SPEC B2: JSON lines, one object a row; refused with the line, in memory that does not grow with the file."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Refused
from msreg.formats.cells import Unreadable, pick
from msreg.formats.limits import MAX_LINE, MAX_TEXT
from msreg.formats.registry import read


def written(tmp_path: Path, text: str | bytes, name: str = "batch.jsonl") -> Path:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def row(**cells: Any) -> str:
    return json.dumps({"sheet": "courses", **cells})


def test_a_table_for_each_sheet_with_the_names_in_order(tmp_path: Path) -> None:
    text = "\n".join((
        '{"sheet": "courses", "centre": "AMS01", "edss": 3.5}',
        "",
        '{"sheet": "patients", "patient_number": "001"}',
        '{"sheet": "courses", "mri_done": true, "centre": "UTR01"}',
        "   ",
        '{"centre": "UTR01", "sheet": "courses", "note": null}',
    ))  # fmt: skip
    source = read(written(tmp_path, text))
    assert (source.format, source.whole) == ("jsonl", False)
    courses, patients = source.tables
    assert (courses.sheet, courses.header) == ("courses", ["centre", "edss", "mri_done", "note"])
    assert not courses.lettered
    for _ in range(2):
        assert list(courses.rows) == [
            (1, ["AMS01", Decimal("3.5"), None, None]),
            (4, ["UTR01", None, True, None]),
            (6, ["UTR01", None, None, None]),
        ]
        assert list(pick(courses.rows, [2, 0])) == [
            (1, [None, "AMS01"]),
            (4, [True, "UTR01"]),
            (6, [None, "UTR01"]),
        ]
    assert list(patients.rows) == [(3, ["001"])]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ('"x"', "x"), ('" \\u00a0x "', "x"), ('""', None), ("null", None), ("true", True), ("false", False),
        ("12", 12), ("-0", 0), ("3.50", Decimal("3.50")), ("7.0", 7), ("1e2", 100), ("0.1", Decimal("0.1")),
        ("1e999", Unreadable("1e999")), ("1e-999", Unreadable("1e-999")), ("0e999999999", Unreadable("0e999999999")),
        ('["a", "b"]', "a;b"), ('["a"]', "a"), ("[]", None), ("[1, 2]", "1;2"), ('"\\ud83d\\ude00"', "😀"),
    ],
)  # fmt: skip
def test_values(tmp_path: Path, value: str, cell: Any) -> None:
    path = written(tmp_path, f'{{"sheet": "courses", "a": "1", "b": {value}}}\n')
    [(number, cells)] = read(path).tables[0].rows
    assert (number, cells, type(cells[1])) == (1, ["1", cell], type(cell))


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("name", ["batch.jsonl", "batch.ndjson", "batch.json", "batch"])
def test_it_is_known_by_its_content(tmp_path: Path, name: str, mark: str) -> None:
    source = read(written(tmp_path, f"{mark}{row(a='1')}\r\n{row(a='2')}", name))
    assert [list(table.rows) for table in source.tables] == [[(1, ["1"]), (2, ["2"])]]


def test_lines_that_name_no_sheet_are_of_the_sheet_that_is_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, '{"a": "1"}\n{"a": "2", "sheet": "patients"}\n')
    assert [table.sheet for table in read(path, sheet="courses").tables] == ["courses", "patients"]


def test_a_sheet_without_anything_has_no_rows(tmp_path: Path) -> None:
    [table] = read(written(tmp_path, '{"sheet": "courses"}\n{"sheet": "courses", "a": " "}\n')).tables
    assert (table.header, list(table.rows), list(pick(table.rows, [0]))) == (["a"], [], [])


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "no object in JSON"),
        ("12", "no object in JSON"),
        ('{"sheet": "courses"} {}', "no object in JSON"),
        ('{"sheet": "courses", "a": NaN}', "no object in JSON"),
        ('{"sheet": "courses", "a": -Infinity}', "no object in JSON"),
        ('{"sheet": "courses", "a": ' + "1" * 5000 + "}", "no object in JSON"),
        ('{"sheet": "courses", "a": "\\ud800"}', "no object in JSON"),
        ('{"sheet": "courses", "a": "x", "a": "y"}', "a name stands there twice"),
        ('{"sheet": "courses", "a": {"b": 1}}', "within another is not read"),
        ('{"sheet": "courses", "a": [["b"]]}', "within another is not read"),
        ('{"sheet": "courses", "a": [{"b": 1}]}', "within another is not read"),
        ('{"sheet": "courses", "a": ' + "[" * 60_000 + "]" * 60_000 + "}", "no object in JSON"),
        ('{"sheet": "courses", "a": ' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}", "no object in JSON"),
        ('{"a": 1}', "does not say which sheet"),
        ('{"sheet": 3}', "does not say which sheet"),
        ('{"sheet": "courses", "a": "' + "x" * (MAX_TEXT + 1) + '"}', f"more than {MAX_TEXT} characters"),
        ('{"sheet": "courses", "a": "' + "x" * MAX_LINE + '"}', f"longer than {MAX_LINE} bytes"),
        (json.dumps({"sheet": "courses", **{f"a{n}": 1 for n in range(513)}}), "more than 512 columns"),
        ('{"sheet": "courses", "a": "\0"}', "not UTF-8 text"),
    ],
)  # fmt: skip
def test_lines_that_are_refused(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, f"{row(a='Kanarievogel')}\n\n{line}\n")
    with pytest.raises(Refused) as caught:
        read(path)
    assert "line 3: " in caught.value.text()
    assert says in caught.value.text()
    assert caught.value.hint_text()
    assert "Kanarievogel" not in f"{caught.value!r}{caught.value.params}{caught.value.hint_text()}"


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"sheet": "courses", "a": "Zo\xeb"}')
    with pytest.raises(Refused, match="line 1: this is not UTF-8"):
        read(path)


def test_one_document_is_no_lines(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="one list in JSON"):
        read(written(tmp_path, f"[{row(a=1)}]", "batch.json"))
    with pytest.raises(Refused, match="line 1: this is no object"):
        read(written(tmp_path, '{\n"sheet": "courses"\n}', "batch.json"))


def test_more_sheets_than_there_are(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"sheet": f"s{n}", "a": 1}) for n in range(101))
    with pytest.raises(Refused, match="line 101: more than 100 sheets"):
        read(written(tmp_path, lines))


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from msreg.formats import jsonl_in

    monkeypatch.setattr(jsonl_in, "MAX_ROWS", 2)
    with pytest.raises(Refused, match="more than 2 rows"):
        read(written(tmp_path, f"{row(a=1)}\n" * 3))


def test_rows_of_two_sheets_in_turn(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"sheet": "ab"[n % 2], "n": n}) for n in range(2_000))
    first, second = read(written(tmp_path, lines)).tables
    assert [cells[0] for _, cells in first.rows] == list(range(0, 2_000, 2))
    assert [number for number, _ in second.rows] == list(range(2, 2_001, 2))
