"""Security F2: a parser that a hostile file took over may say anything. Nothing of it is believed."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Refused
from msreg.formats import child, limits
from msreg.formats.registry import read

BOOK = ["book", {"from_1904": False}]
SHEET = ["sheet", "courses", "visible"]
SHAPE: dict[str, Any] = {
    "dates": False,
    "hidden_rows": [],
    "hidden_more": 0,
    "hidden_columns": [],
    "merged": [],
}
END = ["end"]


def batch(kind: str, numbers: str, *columns: str) -> list[Any]:
    text = "\n".join((f"n{numbers}", *columns))
    return [[kind, len(json.loads(numbers)), len(columns), len(text.encode())], text]


HEADER = batch("header", "[1]", 'v["edss"]')


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch, batch: Path, tmp_path: Path) -> Any:
    """Read a workbook with a child that says this: messages as JSON, texts as they are."""

    def run(*said: Any) -> list[Any]:
        text = "".join(each if isinstance(each, str) else json.dumps(each) + "\n" for each in said)
        (tmp_path / "said").write_bytes(text.encode())
        script = tmp_path / "child.py"
        script.write_text(
            f"import sys; sys.stdout.buffer.write(open({str(tmp_path / 'said')!r}, 'rb').read())"
        )
        monkeypatch.setattr(child, "__file__", str(script))
        return [list(table.rows) for table in read(batch / "msprog.xlsx").tables]

    return run


def test_an_honest_child_is_believed(says: Any) -> None:
    rows = batch("rows", "[2, 3, 5]", 'v[1, null, "x"]')
    assert says(BOOK, SHEET, *HEADER, *rows, ["shape", SHAPE], END) == [[(2, [1]), (3, [None]), (5, ["x"])]]


@pytest.mark.parametrize(
    "said",
    [
        ["nothing but words\n"],
        ["[" * 100_000 + "\n"],
        [{"book": 1}, END],
        [[1, 2, 3], *[END] * 2, ["fault", "no such code"]],
        [BOOK, *HEADER, END],
        [BOOK, SHEET, ["rows", 1, 1, -1], END],
        [BOOK, SHEET, ["rows", "1", 1, 10], END],
        [BOOK, SHEET, *HEADER, ["shape", {}], END],
        [BOOK, SHEET, *HEADER, ["shape", {**SHAPE, "merged": [[2, 1, 1, 1]]}], END],
        [BOOK, SHEET, *HEADER, ["shape", {**SHAPE, "merged": [["a", 1, 2, 1]]}], END],
        [BOOK, SHEET, *HEADER, ["shape", {**SHAPE, "hidden_rows": [["x", None]]}], END],
        *(
            [BOOK, SHEET, *HEADER, *batch("rows", "[2, 3]", column), END]
            for column in (
                "v[1]", "v[1, 2, 3]", 'v{"a": 1}', "v[[1, 2, 3], 4]", 'v[{"a": 1}, 2]', "d[1, -1]", "d[9999999, 2]",
                'd["x", 1]', "x[1, 2]", "u[1]\t#", "u[1]\t#$", "u[1]\t###", "v[1, 2", 'v[["d", "x"], 1]',
                'v[["t", "x"], 1]', "v" + "[" * 100_000,
            )
        ),
        *(
            [BOOK, SHEET, *HEADER, *batch("rows", numbers, 'v["a", "b"]'), END]
            for numbers in ("[3, 2]", "[2, 2]", "[0, 1]", '["2", "3"]', "[2, true]", "[-5, 2]", "[2.0, 3.0]")
        ),
        [BOOK, SHEET, *HEADER, *batch("rows", "[2]", 'v["a"]') * 2, END],
    ],
)  # fmt: skip
def test_nonsense_is_one_sentence(says: Any, said: list[Any]) -> None:
    with pytest.raises(Refused, match=r"damaged|more memory or time"):
        says(*said)


def test_numbers_without_end_are_no_numbers(says: Any) -> None:
    [[(_, first), (_, second)]] = says(BOOK, SHEET, *HEADER, *batch("rows", "[2, 3]", "v[1e999, NaN]"), END)
    assert [str(first[0]), str(second[0])] == ["inf", "nan"]


@pytest.mark.parametrize(
    "said", [[BOOK, SHEET], [BOOK, SHEET, *HEADER, '["rows", 1, 1, 100]\nshort'], [BOOK, '["en']]
)
def test_a_child_that_ends_early(says: Any, said: list[Any]) -> None:
    with pytest.raises(Refused, match="more memory or time"):
        says(*said)


def test_more_than_it_may_say(says: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_STREAM_BYTES", 1_000)
    rows = [batch("rows", f"[{n}]", f'v["{"x" * 100}"]') for n in range(2, 20)]
    with pytest.raises(Refused, match="too large"):
        says(BOOK, SHEET, *HEADER, *[each for row in rows for each in row], END)


def test_a_text_that_is_too_long_is_told_with_its_place(says: Any) -> None:
    rows = batch("rows", "[2, 9]", "", f'v["a", "{"x" * (limits.MAX_TEXT + 1)}"]')
    with pytest.raises(Refused, match="sheet courses, row 9, column B: the text is longer"):
        says(BOOK, SHEET, *HEADER, *rows, END)


def test_a_child_that_says_nothing_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, batch: Path, tmp_path: Path
) -> None:
    script = tmp_path / "child.py"
    script.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(child, "__file__", str(script))
    monkeypatch.setattr(limits, "CHILD_WALL_SECONDS", 0.5)
    start = time.monotonic()
    with pytest.raises(Refused, match="more memory or time"):
        read(batch / "msprog.xlsx")
    assert time.monotonic() - start < 10
