"""PROM lists that were expected and filled in, by quarter and by centre (SPEC Q4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msreg.formats.report import SMALL, Column, Row, Share, Table, Value
from msreg.rules.disclosure import OpenRows
from msreg.services.reports_people import Side
from msreg.services.reports_tally import Frame, Tally
from msreg.services.reports_withheld import free_count, free_rows

TOTAL = "total"
_FILLED, _OPEN = "filled", "open"


def response_table(tally: Tally, frame: Frame, *, compared: bool) -> Table:
    """Lists expected and filled in: in the whole period, then each quarter, oldest first."""
    quarters = _quarters(tally)
    by_quarter = _judged(tally, quarters)
    told = free_count(tally.parts("people", "all"))
    free = [told and each for each in by_quarter.rows]
    whole = response_is_open(tally)
    rows = []
    for key, row, may in ((TOTAL, "", whole), *zip(quarters, quarters, free, strict=True)):
        values: tuple[Value, ...] = (lists(tally, row, (Side.OWN,)),)
        if compared:
            values += (lists(tally, row, tuple(Side)) if may else SMALL,)
        rows.append(Row(key, values))
    columns = (Column("own", "share"), Column("all", "share")) if compared else (Column("own", "share"),)
    withheld = compared and not (whole and all(free))
    return Table("response", "quarter", columns, tuple(rows), frame.since, frame.until, withheld)


def response_is_open(tally: Tally) -> bool:
    """Whether lists of the others may be told: enough people filled one in, and enough left one open.

    Lists are counted, people are protected: somebody may have several lists.
    """
    if not free_count(tally.parts("people", "all")):
        return False
    filled, left, expected = (tally.parts("response", way) for way in (_FILLED, _OPEN, "expected"))
    if not expected.others:
        return True
    enough = all(map(free_count, (filled, left, expected))) and bool(filled.others and left.others)
    return enough and _judged(tally, _quarters(tally)).sums


def _quarters(tally: Tally) -> list[str]:
    return sorted(tally.rows("response") - {""})


def _judged(tally: Tally, quarters: Sequence[str]) -> OpenRows:
    """Which quarters may be shown, by the people behind the lists: there are never fewer lists than people."""
    return free_rows([[tally.parts("response", way, each) for way in (_FILLED, _OPEN)] for each in quarters])


def lists(tally: Tally, row: str, sides: tuple[Side, ...]) -> Share:
    """Lists filled in, of those expected."""
    filled, left = (sum(tally.sum(f"lists_{way}", row)[side] for side in sides) for way in (_FILLED, _OPEN))
    return Share(filled, filled + left)


def response_by_centre(tally: Tally, frame: Frame, codes: Mapping[str, str]) -> Table:
    """The lists of each centre; for whom all centres are own."""
    rows = tuple(
        Row(code, (lists(tally, f"centre:{centre_id}", tuple(Side)),)) for centre_id, code in codes.items()
    )
    return Table("response_centres", "centre", (Column("own", "share"),), rows, frame.since, frame.until)
