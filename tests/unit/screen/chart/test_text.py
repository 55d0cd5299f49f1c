"""A chart on a terminal: at any width, in both languages, in any letters, whatever is in it (SPEC O1, SCREENS).

The snapshots are what a person sees. When they are meant to change, RENEW_SNAPSHOTS=1 before pytest writes them
anew; look at the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from msreg.screen.chart_grid import Grid
from msreg.screen.chart_picture import picture
from msreg.screen.chart_plot import NARROW, WIDEST, plot
from msreg.screen.chart_signs import ASCII, UNICODE, Signs, signs_for
from msreg.screen.language import activate
from msreg.screen.widths import width as columns
from msreg.services.charts import Chart

SNAPSHOTS = Path(__file__).parents[3] / "snapshots" / "chart"
SHOWN = [
    *(("usual", lang, width, "unicode") for lang in ("nl", "en") for width in (40, 80, 120)),
    ("usual", "nl", 80, "ascii"), ("bare", "nl", 80, "unicode"), ("one", "en", 40, "unicode"),
    ("long", "en", 80, "unicode"), ("long", "nl", 120, "unicode"), ("gaps", "nl", 80, "unicode"),
    ("over", "nl", 80, "unicode"), ("part", "en", 80, "unicode"), ("part", "en", 40, "ascii"),
    ("crowded", "en", 80, "unicode"),
]  # fmt: skip
SETS = {"unicode": UNICODE, "ascii": ASCII}

Made = Callable[[str], Chart]


def lines_of(chart: Chart, width: int, signs: Signs = UNICODE) -> list[str]:
    found = plot(picture(chart, named=True), width=width, signs=signs)
    return ["".join(cell.text for cell in line) for line in found]


@pytest.mark.parametrize(("case", "lang", "width", "letters"), SHOWN)
def test_what_a_person_sees(case: str, lang: str, width: int, letters: str, made: Made) -> None:
    activate(lang)
    text = "\n".join(lines_of(made(case), width, SETS[letters])) + "\n"
    path = SNAPSHOTS / f"{case}-{lang}-{width}-{letters}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_snapshot_is_compared() -> None:
    assert {path.name for path in SNAPSHOTS.iterdir()} == {
        f"{c}-{lang}-{w}-{letters}.txt" for c, lang, w, letters in SHOWN
    }


@pytest.mark.parametrize("signs", SETS.values(), ids=SETS)
@pytest.mark.parametrize("width", [40, NARROW - 1, NARROW, 80, 133, 400])
def test_no_line_is_wider_than_the_terminal(width: int, signs: Signs, each: Chart) -> None:
    for lang in ("nl", "en"):
        activate(lang)
        for line in lines_of(each, width, signs):
            assert columns(line) <= min(width, WIDEST), line
            assert line == line.rstrip()


def test_ascii_is_ascii(each: Chart) -> None:
    assert all(line.isascii() for line in lines_of(each._replace(name="Bakker"), 80, ASCII))


def test_each_row_of_the_drawing_is_there_in_its_order(made: Made) -> None:
    heads = [line.split("  ")[0] for line in lines_of(made("usual"), 80)]
    rows = ["Phenotype", "Relapses", "EDSS", "Courses", "New T2", "Gd", "Medication"]
    assert [head for head in heads if head in rows] == rows


def test_steps_are_where_the_scores_are(made: Made) -> None:
    """A mark stands in the row of its score, which the numbers at the left tell; the score stands beside it."""
    lines = lines_of(made("usual"), 80)
    row = {line.partition("│")[0].strip(): line for line in lines if "│" in line}
    assert "●" in row["2"]
    assert "○" in row["4"]
    assert row["6"].count("●") == 1
    assert "6" in lines[lines.index(row["6"]) - 1].split("│")[1]


def test_a_tone_for_each_line_and_none_for_numbers(made: Made) -> None:
    tones: dict[str, set[str]] = {}
    for line in plot(picture(made("usual"), named=True), width=80, signs=UNICODE):
        for cell in line:
            for sign in cell.text:
                tones.setdefault(sign, set()).add(cell.tone)
    assert tones["●"] == {"accent"}
    assert tones["▽"] == tones["▼"] == {"orange"}
    assert tones["◇"] == {"green"}


@pytest.mark.parametrize(("encoding", "terminal", "signs"), [
    ("utf-8", None, UNICODE), ("utf-8", "xterm-256color", UNICODE), ("utf-8", "dumb", ASCII), ("utf-8", "linux", ASCII),
    ("ascii", "xterm", ASCII), ("latin-1", None, ASCII), ("cp437", None, ASCII), (None, None, UNICODE),
    ("no-such-encoding", None, ASCII),
])  # fmt: skip
def test_the_letters_are_those_that_there_are(
    encoding: str | None, terminal: str | None, signs: Signs
) -> None:
    assert signs_for(encoding, terminal) is signs


def test_dots_of_one_cell_make_one_sign() -> None:
    grid = Grid(3, 2)
    for x, y in ((0, 0), (1, 3), (4, 7)):
        grid.dot(x, y, "accent")
    assert [cell.text for cell in grid.row(0)] == ["⡈", "  "]
    assert "".join(cell.text for cell in grid.row(1)) == "  ⠁"
    grid.dot(0, 1, "green")
    assert grid.row(0)[0] == ("⠄", "green")


def test_signs_outside_the_grid_are_left_away() -> None:
    grid = Grid(3)
    grid.put(-1, 0, "abcdef")
    grid.put(0, 1, "x")
    assert [cell.text for cell in grid.row(0)] == ["bcd"]
    assert not grid.free(2, 0, 2)
    assert not grid.free(0, 0, 1)
    assert Grid(3).free(0, 0, 3)


def test_a_score_of_ten_and_of_nought_stay_on_the_curve(made: Made) -> None:
    usual = made("usual")
    courses = tuple(
        usual.assessments[0]._replace(on=date(2021, 3, 7 + at), edss=each.edss and each.edss * 0 + at * 10)
        for at, each in enumerate(usual.assessments[:2])
    )
    lines = lines_of(usual._replace(assessments=courses, lists=usual.lists[:0]), 80)
    curve = [line for line in lines if "│" in line]
    assert "●" in curve[0]
    assert "●" in curve[-1]
