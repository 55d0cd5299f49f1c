"""The plain structure of a chart, and where things find a place: lines, gaps, lanes, labels, ticks, letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

import pytest
from reportlab.pdfbase.ttfonts import TTFont

from msreg.formats.letters import font_file, text_width
from msreg.formats.picture import Labels, Picture, Point
from msreg.formats.picture_places import apart, by_weight, lanes, ticks
from msreg.formats.picture_scene import Line, Text, backed, dashes, hatch

FIRST = date(2020, 1, 1)
NAMES = Labels("P", "R", "E", "H", "C", "T", "G", "M")


def picture(*scores: float | None, carried: Point | None = None, first: date = FIRST) -> Picture:
    """Courses a hundred days apart, from the first day on."""
    points = tuple(
        Point(FIRST + timedelta(days=100 * at), each, "gap" if each is None else "assessed", str(each), ())
        for at, each in enumerate(scores)
    )
    return Picture("en", "t", "h", "a", first, date(2022, 1, 1), NAMES, points=points, carried=carried)


def day(at: int) -> date:
    return FIRST + timedelta(days=100 * at)


@pytest.mark.parametrize(("scores", "strokes", "gaps"), [
    ((), [], []),
    ((1,), [[1]], []),
    ((None,), [], []),
    ((1, 2), [[1, 2]], []),
    ((1, None, 2), [[1], [2]], [(0, 2)]),
    ((1, None, None, 2, 3), [[1], [2, 3]], [(0, 3)]),
    ((1, 2, None), [[1, 2]], [(1, 2)]),
    ((None, 1), [[1]], [(0, 1)]),
    ((None, None, None), [], [(0, 2)]),
    ((1, None, 2, None, 3), [[1], [2], [3]], [(0, 2), (2, 4)]),
])  # fmt: skip
def test_no_line_goes_over_a_stretch_without_a_score(
    scores: Sequence[float | None], strokes: list[list[float]], gaps: list[tuple[int, int]]
) -> None:
    """And each such stretch is marked, from the last score before it until the next."""
    found = picture(*scores)
    assert [[each.edss for each in stroke] for stroke in found.strokes()] == strokes
    assert found.gaps() == [(day(since), day(until)) for since, until in gaps]


def test_what_held_before_goes_on_from_the_left_edge() -> None:
    first = date(2019, 12, 1)
    scored = Point(date(2019, 1, 1), 3.0, "assessed", "3", ())
    open_ = scored._replace(edss=None, kind="gap")
    assert picture(1, carried=scored, first=first).strokes()[0][0] is scored
    assert picture(1, carried=scored, first=first).gaps() == []
    assert picture(None, 1, carried=scored, first=first).gaps() == [(first, day(1))]
    assert picture(1, carried=open_, first=first).gaps() == [(first, day(0))]
    assert picture(carried=open_, first=first).gaps() == [(first, date(2022, 1, 1))]


def test_a_day_has_its_share_of_the_width() -> None:
    found = picture()
    assert [found.share(each) for each in (FIRST, date(2022, 1, 1), date(2019, 1, 1), date(2023, 1, 1))] == [
        0,
        1,
        0,
        1,
    ]
    assert found.share(date(2021, 1, 1)) == pytest.approx(366 / 731)
    assert found._replace(last=FIRST).days == 1


def test_spans_that_meet_stand_in_lanes_of_their_own() -> None:
    assert lanes([]) == []
    assert lanes([(0, 10), (10, 20)]) == [0, 0]
    assert lanes([(0, 10), (9, 20), (10, 12)]) == [0, 1, 0]
    assert lanes([(0, 9)] * 5, most=3) == [0, 1, 2, 2, 2]


def test_labels_are_apart_and_the_last_and_the_first_go_first() -> None:
    assert by_weight([]) == []
    assert by_weight([1]) == [0]
    assert by_weight([1, 1, 2, 2, 2]) == [4, 0, 2, 3, 1]
    places = [0.0, 4.0, 9.0, 10.0]
    assert apart(places, by_weight(places), 5) == {0, 3}
    assert apart(places, by_weight(places), 4) == {0, 1, 3}
    assert apart([], [], 5) == set()


@pytest.mark.parametrize(("days", "texts"), [
    (200, ["2020-01", "2020-02", "2020-03", "2020-04", "2020-05", "2020-06", "2020-07"]),
    (500, ["2020-01", "2020-04", "2020-07", "2020-10", "2021-01", "2021-04"]),
    (1500, ["2020", "2021", "2022", "2023", "2024"]),
    (15000, ["2020", "2025", "2030", "2035", "2040", "2045", "2050", "2055", "2060"]),
])  # fmt: skip
def test_time_is_told_in_months_or_years(days: int, texts: list[str]) -> None:
    assert [each.text for each in ticks(FIRST, FIRST + timedelta(days=days), most=10, dutch=False)] == texts


def test_ticks_are_never_too_many() -> None:
    for days in range(1, 40_000, 97):
        for most in (2, 6, 16):
            found = ticks(FIRST, FIRST + timedelta(days=days), most=most, dutch=True)
            assert len(found) <= most + 1
            assert all(one.on < other.on for one, other in pairwise(found))
    assert ticks(FIRST, date(2020, 2, 1), most=10, dutch=True)[0].text == "01-2020"


@pytest.mark.parametrize("bold", [False, True])
def test_letters_are_as_wide_as_another_library_says(bold: bool) -> None:
    """Of every character of the basic plane that European names have."""
    other = TTFont("Other", str(font_file(bold)))
    for code in (*range(0x20, 0x7F), *range(0xA0, 0x530), 0x2013, 0x2026, 0x25CF, 0x4E00, 0xFFFF):
        assert text_width(chr(code), 1000, bold=bold) == pytest.approx(other.stringWidth(chr(code), 1000)), (
            hex(code)
        )
    assert text_width("", 12) == 0


def test_a_dashed_line_goes_on_around_a_corner() -> None:
    strokes = list(dashes(((0, 0), (10, 0), (10, 10)), (6, 2)))
    assert strokes == [((0, 0), (6, 0)), ((8, 0), (10, 0)), ((10, 0), (10, 4)), ((10, 6), (10, 10))]


def test_hatching_stays_within_its_rectangle() -> None:
    for wide, tall in ((100, 20), (5, 300), (0.5, 1)):
        for line in hatch(10, 20, wide, tall, "gap"):
            for x, y in line.places:
                assert 10 <= x <= 10 + wide + 1e-9
                assert 20 - 1e-9 <= y <= 20 + tall + 1e-9
    assert isinstance(hatch(0, 0, 50, 50, "gap")[0], Line)


def test_a_text_covers_what_is_below_it() -> None:
    for anchor, left in (("start", 100), ("middle", 80), ("end", 60)):
        paper, text = backed(Text(100, 50, "x", anchor=anchor), 40)  # type: ignore[arg-type]
        assert paper.fill == "paper"
        assert paper.places[0][0] == pytest.approx(left - 1.5)
        assert text.text == "x"
