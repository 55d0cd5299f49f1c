"""Text and lists fitted to a page: nothing is wider, nothing is lost without being counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.formats.fitting import cut, flow, shown, wrap

texts = st.text(alphabet="ab ", max_size=40)
heights = st.lists(st.lists(st.integers(1, 3), max_size=12), max_size=5)


@pytest.mark.parametrize(
    ("text", "room", "kept"),
    [("abcdef", 7, "abcdef"), ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("ab cdef", 4, "ab…"), ("abc", 1, "…"),
     ("", 0, "")],
)  # fmt: skip
def test_cut_keeps_as_much_as_fits(text: str, room: int, kept: str) -> None:
    assert cut(text, room, len) == kept


@pytest.mark.parametrize(
    ("text", "room", "most", "lines"),
    [
        ("aa bb cc", 8, 2, ["aa bb cc"]),
        ("aa bb cc", 7, 2, ["aa bb", "cc"]),
        ("aa bb cc", 5, 2, ["aa bb", "cc"]),
        ("aa bb cc", 4, 2, ["aa", "bb…"]),
        ("aa bb cc", 4, 3, ["aa", "bb", "cc"]),
        ("aa bb cc", 4, 1, ["aa…"]),
        ("aaaaaa bb", 4, 2, ["aaa…", "bb"]),
        ("", 4, 2, [""]),
    ],
)
def test_wrap_breaks_at_spaces_and_cuts_what_is_left(
    text: str, room: int, most: int, lines: list[str]
) -> None:
    assert wrap(text, room, most, len) == lines


@given(texts, st.integers(1, 20), st.integers(1, 4))
def test_wrap_never_goes_beyond_its_room(text: str, room: int, most: int) -> None:
    lines = wrap(text, room, most, len)
    assert 1 <= len(lines) <= most
    assert all(len(line) <= room for line in lines)
    if not any("…" in line for line in lines):
        assert " ".join(lines) == text


def test_flow_puts_on_a_line_what_fits() -> None:
    """An end belongs to what it follows; what stands between is only between two on one line."""
    assert flow(["aa", "bb", "cc"], 7, len, end=",") == [[("aa,", 0), ("bb,", 1)], [("cc", 2)]]
    assert flow(["aa", "bb", "cc"], 6, len, end=",") == [[("aa,", 0)], [("bb,", 1), ("cc", 2)]]
    assert flow(["aa", "bb"], 7, len, between=" · ") == [[("aa", 0), ("bb", 1)]]
    assert flow(["aa", "bb"], 6, len, between=" · ") == [[("aa", 0)], [("bb", 1)]]
    assert flow(["aa bb cc", "d"], 5, len) == [[("aa bb", 0)], [("cc", 0), ("d", 1)]]
    assert flow([], 5, len) == []


@given(st.lists(texts, max_size=8), st.integers(1, 30))
def test_flow_tells_every_text_in_order(pieces: list[str], room: int) -> None:
    lines = flow(pieces, room, len, end=",", between=" · ")
    places = [at for line in lines for _text, at in line]
    assert places == sorted(places)
    assert set(places) == set(range(len(pieces)))
    assert all(len(" · ".join(text for text, _at in line)) <= room for line in lines)


def taken(lists: list[list[int]], kept: list[int]) -> int:
    rows = sum(sum(each[:count]) for each, count in zip(lists, kept, strict=True))
    return rows + sum(count < len(each) for each, count in zip(lists, kept, strict=True))


@given(heights, st.integers(0, 60))
def test_what_is_shown_fits_whenever_one_row_of_each_does(lists: list[list[int]], room: int) -> None:
    kept = shown(lists, room, more=1)
    assert all(min(1, len(each)) <= count <= len(each) for count, each in zip(kept, lists, strict=True))
    if taken(lists, [min(1, len(each)) for each in lists]) <= room:
        assert taken(lists, kept) <= room
    if taken(lists, [len(each) for each in lists]) <= room:
        assert kept == [len(each) for each in lists]


def test_the_longest_list_gives_way_first() -> None:
    assert shown([[1] * 10, [1] * 3], 13, more=1) == [10, 3]
    assert shown([[1] * 10, [1] * 3], 12, more=1) == [8, 3]
    assert shown([[1] * 10, [1] * 10], 12, more=1) == [5, 5]
    assert shown([[1], []], 0, more=1) == [1, 0]


def test_one_line_is_not_left_out_for_a_line_that_says_so() -> None:
    assert shown([[1, 1]], 1, more=1) == [2]
    assert shown([[1, 2]], 2, more=1) == [1]
