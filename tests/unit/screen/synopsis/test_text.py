"""A synopsis as text: on one screen at any width, in both languages, whatever is in it (SPEC O2, SCREENS).

The snapshots are what a person sees. When they are meant to change, RENEW_SNAPSHOTS=1 before pytest writes them
anew; look at the difference before it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from msreg.screen.language import activate
from msreg.screen.synopsis import LINES, NARROW, WIDEST, lines
from msreg.screen.table import Cell
from msreg.screen.widths import width as columns
from msreg.services.synopsis import Relapse, Synopsis

SNAPSHOTS = Path(__file__).parents[3] / "snapshots" / "synopsis"
SHOWN = [
    *((case, lang, width) for case in ("usual", "long") for lang in ("nl", "en") for width in (40, 80, 120)),
    ("bare", "nl", 80), ("bare", "en", 40), ("gaps", "nl", 120), ("gaps", "en", 80), ("gaps", "nl", 40),
    ("over", "nl", 80), ("over", "en", 80), ("crowded", "en", 80), ("hostile", "en", 80), ("hostile", "nl", 40),
]  # fmt: skip

Made = Callable[[str], Synopsis]


def text_of(synopsis: Synopsis, width: int) -> str:
    return "".join(
        "".join(cell.text for cell in line).rstrip() + "\n" for line in lines(synopsis, width=width)
    )


@pytest.mark.parametrize(("case", "lang", "width"), SHOWN)
def test_what_a_person_sees(case: str, lang: str, width: int, made: Made) -> None:
    activate(lang)
    text = text_of(made(case), width)
    path = SNAPSHOTS / f"{case}-{lang}-{width}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_snapshot_is_compared() -> None:
    assert {path.name for path in SNAPSHOTS.iterdir()} == {f"{c}-{lang}-{w}.txt" for c, lang, w in SHOWN}


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("width", [40, 41, 59, 60, 61, 80, 100, 120, 121, 300])
def test_no_line_is_wider_than_the_screen_and_all_fit_on_one(each: Synopsis, width: int, lang: str) -> None:
    """59, 60 and 61: from 60 columns on labels stand beside their texts. Nothing grows beyond 120."""
    activate(lang)
    found = lines(each, width=width)
    assert len(found) <= (LINES if width >= NARROW else LINES + 15)
    for line in found:
        text = "".join(cell.text for cell in line)
        assert columns(text) <= min(width, WIDEST), text
        assert text.isprintable()


@pytest.mark.parametrize("count", [1, 2, 300])
def test_what_is_not_shown_is_counted(count: int, made: Made) -> None:
    """Courses that stand there and those that are said to be more are all courses."""
    visit = made("usual").visits[0]
    found = text_of(made("usual")._replace(visits=(visit,) * count), 80)
    rows = found.count("EDSS 3.5  MRI")
    more = [line for line in found.splitlines() if "more: msreg courses list MS-0000012" in line]
    assert rows + sum(int(line.split("…")[1].split()[0]) for line in more) == count
    assert bool(more) is (count == 300)


def test_side_by_side_rows_are_counted_too(made: Made) -> None:
    visit = made("usual").visits[0]
    found = text_of(made("usual")._replace(visits=(visit,) * 301), 120)
    [more] = [line for line in found.splitlines() if "more: msreg courses list" in line]
    assert found.count("EDSS 3.5  MRI") + int(more.split("…")[1].split()[0]) == 301
    assert max(line.count("EDSS 3.5  MRI") for line in found.splitlines()) == 2


def test_relapses_that_are_left_out_are_counted(made: Made) -> None:
    relapse = Relapse(made("usual").visits[0].on, True, None)
    found = text_of(made("long")._replace(relapses=(relapse,) * 400), 80)
    [more] = [line for line in found.splitlines() if "more: msreg disease show" in line]
    shown = found.count("2026-11-21 treated")
    assert "400: 2026-11-21 treated" in found
    assert 1 < shown < 400
    assert shown + int(more.split("…")[1].split()[0]) == 400


def toned(synopsis: Synopsis, text: str) -> str:
    cells: list[Cell] = [cell for line in lines(synopsis, width=100) for cell in line]
    [tone] = {cell.tone for cell in cells if text in cell.text}
    return tone


def test_colours_are_those_of_the_manual(made: Made) -> None:
    """P6, P7, K3: red what is open, orange a course that is due; white who needs no more of it."""
    gaps = made("gaps")
    assert toned(gaps, "2026-11-20") == "red"
    assert toned(gaps, "2025-01-02") == "red"
    assert toned(gaps, "treatment not filled in") == "red"
    assert toned(gaps, "6 open questions") == "red"
    assert toned(gaps, "a new course is due") == "orange"
    assert toned(made("bare"), "not filled in") == "red"
    assert toned(made("usual"), "2024-10-30") == "plain"
    assert toned(made("over"), "withdrawn on") == "red"
