"""The tables of medicines: which one patients use, and how long they used each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import chain

from msreg.formats.report import SMALL, Column, Row, Table, Value
from msreg.rules.survival import median_time
from msreg.services.reports_measures import LINES, NONE, YES, line_of
from msreg.services.reports_people import Side
from msreg.services.reports_tables import ALL, OWN, breakdown, rounded
from msreg.services.reports_tally import Tally
from msreg.services.reports_withheld import free_cells, free_gap, rest


def medicine_table(tally: Tally, *, compared: bool) -> Table:
    """Which medicine patients use, most used in the own centre first."""
    codes = sorted(
        tally.categories("medicine"),
        key=lambda code: (code == NONE, -tally.parts("medicine", code).own, code),
    )
    free = _free_medicines(tally)
    return breakdown(tally, "medicine", codes, compared=compared, free=[free[code] for code in codes])


def _free_medicines(tally: Tally) -> Mapping[str, bool]:
    """Which medicines may be shown of all.

    The lines of treatment are shown too, and are sums of medicines: what is withheld is withheld within its line.
    """
    codes = sorted(tally.categories("medicine"))
    free: dict[str, bool] = {}
    open_lines = free_cells([tally.parts("line", name) for name in LINES])
    for name, may in zip(LINES, open_lines, strict=True):
        inside = [code for code in codes if line_of(code) == name]
        cells = free_cells([tally.parts("medicine", code) for code in inside])
        free |= {code: may and each for code, each in zip(inside, cells, strict=True)}
    return free


def used_table(tally: Tally, *, compared: bool) -> Table:
    """Who ever used a medicine, and after how many months half of them had stopped (Kaplan-Meier).

    Who uses it now has used it, so of a medicine that is withheld among those of now this is withheld too, and
    so it is where the one less the other tells of a few.
    """
    people = tally.parts("people", "all")
    now_free = _free_medicines(tally)
    rows, withheld = [], False
    for code in sorted(tally.rows("used")):
        used, now = tally.parts("used", YES, code), tally.parts("medicine", code)
        free = (
            now_free.get(code, True) and free_gap(used, now) and all(free_cells([used, rest(people, used)]))
        )
        withheld |= compared and not free
        if not (used.own or (compared and free)):
            continue
        values: tuple[Value, ...] = (used.own, _months(tally, code, OWN))
        if compared:
            values += (used.all, _months(tally, code, ALL)) if free else (SMALL, SMALL)
        rows.append(Row(code, values))
    columns: tuple[Column, ...] = (Column("own"), Column("own_months", "number"))
    if compared:
        columns += (Column("all"), Column("all_months", "number"))
    rows.sort(key=lambda row: -int(row.values[0]) if isinstance(row.values[0], int) else 0)
    return Table("used", "medicine", columns, tuple(rows), withheld=withheld)


def _months(tally: Tally, code: str, sides: Sequence[Side]) -> Decimal | None:
    spells = chain.from_iterable(tally.spells.get((code, side), Counter()).elements() for side in sides)
    days = median_time(spells)
    return None if days is None else rounded(Decimal(days) * 12 / Decimal("365.25"), 1)
