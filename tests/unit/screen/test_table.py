"""Tables: fitted to a terminal without cutting identifiers, plain and whole when piped (SPEC C3)."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.screen.edge import Edge
from msreg.screen.output import Screen
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.screen.widths import cut, pad, width, wrap

COLUMNS = (
    Column("number", "MS number"),
    Column("name", "Name", shrink=1, least=10),
    Column("born", "Born", drop=1),
    Column("edss", "EDSS", align="right"),
    Column("changed", "Changed", drop=2),
)
ROWS = (
    row("MS-0000012", "Bakker, A.", "1970-01-03", "3.5", "2026-11-03"),
    row("MS-0000019", "王小明 van den Berg-de Jong", "1972-03-05", Cell("10.0", "red"), None),
)


def shown(table: Table, *, room: int | None = None, color: bool = False) -> list[str]:
    out = io.StringIO()
    Screen(Edge(terminal=room is not None, width=room or 80, color=color), out).table(table)
    return out.getvalue().splitlines()


def test_piped_columns_are_plain_and_whole() -> None:
    assert shown(Table(COLUMNS, ROWS)) == [
        "MS number   Name                         Born        EDSS  Changed",
        "MS-0000012  Bakker, A.                   1970-01-03   3.5  2026-11-03",
        "MS-0000019  王小明 van den Berg-de Jong  1972-03-05  10.0  –",
    ]


def test_a_narrow_terminal_cuts_first_what_may_be_cut() -> None:
    lines = shown(Table(COLUMNS, ROWS), room=60)
    assert max(map(width, lines)) <= 60
    assert lines[2] == " MS-0000019  王小明 van den B…  1972-03-05  10.0  –"


def test_a_narrower_one_leaves_columns_out_and_says_so() -> None:
    lines = shown(Table(COLUMNS, ROWS), room=40)
    assert lines[0] == " MS number   Name                   EDSS"
    assert lines[1] == " MS-0000012  Bakker, A.              3.5"
    assert lines[-1].endswith("Born, Changed.")


def test_an_identifier_is_never_cut() -> None:
    assert all("MS-0000012" in line for line in shown(Table(COLUMNS, ROWS[:1]), room=10)[1:2])


@pytest.mark.parametrize("data", ["[rrms]", "[/b]", ":smile:", "[link=https://x]y[/link]", "[bold]x"])
def test_markup_in_data_is_text(data: str) -> None:
    for color in (False, True):
        assert data in "".join(shown(Table((Column("a", "A"),), [row(data)]), room=80, color=color))


def test_colour_only_where_it_was_asked() -> None:
    assert "\x1b[31m10.0\x1b[0m" in "".join(shown(Table(COLUMNS, ROWS), room=100, color=True))
    assert "\x1b" not in "".join(shown(Table(COLUMNS, ROWS), room=100))


def test_a_long_text_wraps_under_itself() -> None:
    columns = (
        Column("row", "row", align="right"),
        Column("why", "what is wrong", wrap=True, shrink=1, least=10),
    )
    assert shown(
        Table(columns, [row("2", "not a valid BSN: it fails the eleven-test")], indent=0), room=25
    ) == [
        "row  what is wrong",
        "  2  not a valid BSN: it",
        "     fails the",
        "     eleven-test",
    ]


def test_rows_are_written_as_they_come() -> None:
    """Long output starts before its last row is known."""
    out = io.StringIO()

    def rows() -> Iterator[Row]:
        for number in range(2000):
            if number == 1500:
                assert "\n1000\n" in out.getvalue()
            yield row(str(number))

    Screen(Edge(), out).table(Table((Column("n", "n"),), rows()))
    assert out.getvalue().endswith("\n1999\n")


TEXTS = st.text(st.sampled_from("aé王\u0301🙂 -"), max_size=30)


@settings(derandomize=True, max_examples=300)
@given(TEXTS, st.integers(1, 30))
def test_cut_pad_and_wrap_keep_to_their_room(text: str, room: int) -> None:
    assert width(cut(text, room)) <= max(room, 1)
    assert width(pad(text, room)) >= room
    lines = wrap(text, room)
    assert " ".join(lines).split() == text.split()
    assert all(width(line) <= room or " " not in line.strip() for line in lines)


@settings(derandomize=True, max_examples=200)
@given(st.lists(st.lists(TEXTS, min_size=5, max_size=5), max_size=5), st.integers(40, 120))
def test_columns_line_up_and_fit(texts: list[list[str]], room: int) -> None:
    rows = [row("MS-0000012", *cells[1:4], cells[4]) for cells in texts]
    lines = shown(
        Table(tuple(Column(each.key, each.label, shrink=1, least=4) for each in COLUMNS), rows), room=room
    )
    assert all(width(line) <= room for line in lines)
