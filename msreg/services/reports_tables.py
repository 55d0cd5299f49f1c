"""Tables of a tally: the own centre beside all centres, with what may not be shown of the others withheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from msreg.formats.report import SMALL, Column, Row, Table, Value
from msreg.rules.rates import relapse_rate
from msreg.services.reports_measures import NO, NONE, NOT_JUDGED, YES
from msreg.services.reports_people import Side
from msreg.services.reports_tally import Frame, Tally
from msreg.services.reports_withheld import free_cells, free_gap, free_repeats

OWN = (Side.OWN,)
ALL = tuple(Side)
_COUNTS = (Column("own"), Column("own_percent", "percent"))
_COUNTS_OF_ALL = (Column("all"), Column("all_percent", "percent"))


def percent(part: int, whole: int) -> Decimal | None:
    """A share of a hundred with one decimal, halves up; None of nothing."""
    return rounded(Decimal(100 * part) / whole, 1) if whole else None


def rounded(number: Decimal | float | None, digits: int) -> Decimal | None:
    """A number with so many decimals, halves up."""
    if number is None:
        return None
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def breakdown(
    tally: Tally, key: str, categories: Sequence[str], *, compared: bool, free: Sequence[bool] | None = None
) -> Table:
    """How many stand in each category, own and of all centres.

    `free`: which categories of all may be shown, where the breakdown itself does not decide that. Then a category
    in which nobody of the own centre stands is left out when it is empty or withheld.
    """
    sparse = free is not None
    parts = [tally.parts(key, category) for category in categories]
    own_total, total = sum(each.own for each in parts), sum(each.all for each in parts)
    if free is None:
        free = free_cells(parts)
    rows = []
    for category, each, may in zip(categories, parts, free, strict=True):
        if not (each.own or (compared and may and each.all) or not sparse):
            continue
        values: tuple[Value, ...] = (each.own, percent(each.own, own_total))
        if compared:
            values += (each.all, percent(each.all, total)) if may else (SMALL, SMALL)
        rows.append(Row(category, values))
    columns = _COUNTS + _COUNTS_OF_ALL if compared else _COUNTS
    return Table(key, key, columns, tuple(rows), withheld=compared and not all(free))


def middle(tally: Tally, key: str, categories: Sequence[str], *, compared: bool) -> Row:
    """The median of what a breakdown shows in bands; of all only when no band of the others is withheld.

    A median beside bands would tell what a withheld band hides.
    """
    own = tally.median(key, OWN)
    values: tuple[Value, ...] = (tally.number(key, OWN), rounded(own, 1))
    if compared:
        free = all(free_cells([tally.parts(key, each) for each in categories]))
        values += (tally.number(key, ALL), rounded(tally.median(key, ALL), 1)) if free else (SMALL, SMALL)
    return Row(key, values)


def middles(rows: Iterable[Row], *, compared: bool) -> Table:
    """The medians of some breakdowns as one table."""
    found = tuple(rows)
    columns: tuple[Column, ...] = (Column("own_people"), Column("own_median", "number"))
    if compared:
        columns += (Column("all_people"), Column("all_median", "number"))
    return Table("medians", "measure", columns, found, withheld=any(SMALL in row.values for row in found))


def relapse_table(
    tally: Tally, since: date | None, until: date, *, compared: bool, may: bool = True
) -> Table:
    """The annualised relapse rate with its exact interval; `may`: whether that of all may be told otherwise."""
    yes = tally.parts("relapses", YES)
    repeats = free_repeats(tally.sum("relapses"), yes)
    free = may and repeats.events and all(free_cells([tally.parts("relapses", each) for each in _WATCHED]))
    rows = [Row("own", relapse_values(tally, "", OWN, may=True))]
    if compared:
        values = relapse_values(tally, "", ALL, may=free)
        rows.append(Row("all", values if repeats.people else (values[0], SMALL, *values[2:])))
    withheld = compared and not (free and repeats.people)
    return Table("relapses", "side", RELAPSE_COLUMNS, tuple(rows), since, until, withheld)


_WATCHED = (YES, NO, NOT_JUDGED)
RELAPSE_COLUMNS = (
    Column("people"), Column("with_relapse"), Column("relapses"), Column("years", "number"),
    Column("rate", "number", 3), Column("low", "number", 3), Column("high", "number", 3),
)  # fmt: skip


def relapse_values(tally: Tally, row: str, sides: Sequence[Side], *, may: bool) -> tuple[Value, ...]:
    """People who were watched, those with a relapse, relapses, years, rate and its limits."""
    if not may:
        return (SMALL,) * len(RELAPSE_COLUMNS)
    yes, no = (_of(tally.parts("relapses", each, row), sides) for each in (YES, NO))
    rate = relapse_rate(_of(tally.sum("relapses", row), sides), _of(tally.sum("days", row), sides))
    return (
        yes + no, yes, rate.events, rounded(rate.years, 1),
        *(rounded(each, 3) for each in (rate.value, rate.low, rate.high)),
    )  # fmt: skip


def prom_table(tally: Tally, frame: Frame, *, compared: bool) -> Table:
    """What patients answered: the mean index of each value set, and the mean health score."""
    sets = sorted(tally.categories("index") - {NONE})
    columns: tuple[Column, ...] = (Column("own_people"), Column("own_mean", "number", 3))
    if compared:
        columns += (Column("all_people"), Column("all_mean", "number", 3))
    free = free_cells([tally.parts("index", each) for each in (*sets, NONE)])
    # The score is of nearly the same lists: its number is the sum of the sets where these are all of them.
    score = all(
        (*free, *free_cells([tally.parts("score", each) for each in (YES, NO)]),
         free_gap(tally.parts("score", NO), tally.parts("index", NONE)))
    )  # fmt: skip
    measures = [(f"index:{name}", f"index:{name}", 3, may) for name, may in zip(sets, free, strict=False)]
    measures.append(("score", "score", 1, score))
    rows = []
    for key, measure, digits, may in measures:
        values: tuple[Value, ...] = (tally.number(measure, OWN), rounded(tally.mean(measure, OWN), digits))
        if compared:
            of_all = (tally.number(measure, ALL), rounded(tally.mean(measure, ALL), digits))
            values += of_all if may else (SMALL, SMALL)
        rows.append(Row(key, values))
    withheld = compared and not (score and all(free))
    return Table("proms", "prom", columns, tuple(rows), frame.since, frame.until, withheld)


def years_table(tally: Tally) -> Table:
    """Courses of the own centre a year, and of how many patients."""
    rows = [
        Row(year, (tally.parts("courses", year).own, tally.parts("course_people", year).own))
        for year in sorted(tally.categories("courses"), reverse=True)
    ]
    return Table("courses", "year", (Column("courses"), Column("people")), tuple(rows))


def _of(parts: Sequence[int], sides: Sequence[Side]) -> int:
    return sum(parts[side] for side in sides)
