"""The tables of `reports progression`: outcomes together, by phenotype and by line of treatment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msreg.formats.report import SMALL, Column, Row, Share, Table, Value
from msreg.services.reports_measures import LINES, NO, NOT_JUDGED, PHENOTYPES, YES
from msreg.services.reports_outcomes import OUTCOMES
from msreg.services.reports_people import Side
from msreg.services.reports_tables import relapse_table, relapse_values
from msreg.services.reports_tally import Frame, Parts, Tally
from msreg.services.reports_withheld import free_cells, free_gap, free_rows, summed

_WAYS = (YES, NO, NOT_JUDGED)
_RATE = 4  # where the rate stands among what `relapse_values` gives
_MEASURES = (*OUTCOMES, "relapses")


def progression_tables(tally: Tally, frame: Frame, *, compared: bool) -> list[Table]:
    """All tables; what is withheld in one is withheld wherever it could be worked out from another."""
    split = _splits(tally, frame)
    since = frame.since if frame.asked else None
    tables = [
        _outcomes(tally, frame, _free(tally, frame, split), compared=compared),
        progression_relapses(tally, frame, since, compared=compared),
    ]
    for each in split:
        tables.append(each.table("own", (Side.OWN,), since, frame.until))
        if compared:
            tables.append(each.table("all", tuple(Side), since, frame.until))
    return tables


def outcomes_table(tally: Tally, frame: Frame, *, compared: bool) -> Table:
    """The outcomes of all patients together, on a page that does not split them; withheld where the split is."""
    return _outcomes(tally, frame, _free(tally, frame, _splits(tally, frame)), compared=compared)


def progression_relapses(tally: Tally, frame: Frame, since: date | None, *, compared: bool) -> Table:
    """The relapse rate of all together, withheld where the split of the same days is."""
    may = _free(tally, frame, _splits(tally, frame))["relapses"]
    return relapse_table(tally, since, frame.until, compared=compared, may=may)


def _splits(tally: Tally, frame: Frame) -> list[_Split]:
    """Both splits. Where one of them hides a sum, the other one may not give it as the sum of its rows."""
    split = [_Split(tally, frame, "phenotype", PHENOTYPES), _Split(tally, frame, "line", LINES)]
    for measure in _MEASURES:
        if not all(each.sums[measure] for each in split):
            for each in split:
                if each.sums[measure]:
                    each.rows[measure] = (False,) * len(each.codes)
    return split


def _free(tally: Tally, frame: Frame, split: list[_Split]) -> dict[str, bool]:
    return {
        measure: all(free_cells([tally.parts(measure, way) for way in _WAYS]))
        and all(each.sums[measure] for each in split)
        and _apart(tally, frame, measure, "")
        for measure in _MEASURES
    }


_WITHIN = {"cdp24": ("cdp12",), "pira24": ("cdp24", "cdp12"), "raw24": ("cdp24", "cdp12")}
"""Outcomes that are true only, or nearly only, of patients of whom the others are."""


def _apart(tally: Tally, frame: Frame, measure: str, row: str) -> bool:
    """Whether an outcome may stand beside those that it is a part of, and they beside it."""

    def ways(outcome: str) -> list[Parts]:
        return [tally.parts(outcome, way, row) for way in _WAYS]

    yes, no, _unknown = ways(measure)
    free = True
    for whole in _WITHIN.get(measure, ()):
        true, untrue, _rest = ways(whole)
        free &= free_gap(true, yes) and free_gap(summed((true, untrue)), summed((yes, no)))
    if measure == "raw24":  # and with PIRA: of neither kind
        free &= free_gap(ways("cdp24")[0], summed((ways("pira24")[0], yes)))
    if measure == "neda3" and frame.asked:  # over the same days: who relapsed or worsened has lost it
        free &= free_gap(no, ways("cdp12")[0]) and (bool(row) or free_gap(no, ways("relapses")[0]))
    return free


def _outcomes(tally: Tally, frame: Frame, free: dict[str, bool], *, compared: bool) -> Table:
    rows = []
    for outcome in OUTCOMES:
        values = _share(tally, outcome, "", (Side.OWN,))
        if compared:
            values += _share(tally, outcome, "", tuple(Side)) if free[outcome] else (SMALL, SMALL)
        rows.append(Row(outcome, values))
    columns: tuple[Column, ...] = (Column("own", "share"), Column("own_not_judged"))
    if compared:
        columns += (Column("all", "share"), Column("all_not_judged"))
    withheld = compared and not all(free[outcome] for outcome in OUTCOMES)
    since = frame.since if frame.asked else None
    return Table("outcomes", "outcome", columns, tuple(rows), since, frame.until, withheld)


class _Split:
    """The outcomes by phenotype or by line of treatment, with what may be shown of all centres."""

    def __init__(self, tally: Tally, frame: Frame, name: str, codes: Sequence[str]) -> None:
        self.tally, self.name, self.codes = tally, name, codes
        sizes = [summed(self._others("cdp12", code)) for code in codes]
        self.totals = free_cells(sizes)
        self.rows: dict[str, tuple[bool, ...]] = {}
        self.sums: dict[str, bool] = {}
        for measure in _MEASURES:
            shut = [not _apart(tally, frame, measure, f"{name}:{code}") for code in codes]
            found = free_rows([self._others(measure, code) for code in codes], self.totals, shut)
            self.rows[measure], self.sums[measure] = found

    def table(self, whose: str, sides: tuple[Side, ...], since: date | None, until: date) -> Table:
        """One row for each phenotype or line that somebody has."""
        rows, withheld = [], False
        for at, code in enumerate(self.codes):
            people = sum(self._parts("cdp12", way, code)[side] for way in _WAYS for side in sides)
            may = {
                measure: whose == "own" or (self.totals[at] and self.rows[measure][at])
                for measure in _MEASURES
            }
            withheld |= not all(may.values())
            size: Value = people if whose == "own" or self.totals[at] else SMALL
            if size == 0 or (size is SMALL and not self._own(code)):
                continue
            row = f"{self.name}:{code}"
            values = [_share(self.tally, each, row, sides)[0] if may[each] else SMALL for each in OUTCOMES]
            rate = relapse_values(self.tally, row, sides, may=may["relapses"])[_RATE]
            rows.append(Row(code, (size, *values, rate)))
        columns = (
            Column("people"), *(Column(each, "share") for each in OUTCOMES), Column("rate", "number", 3),
        )  # fmt: skip
        return Table(f"{self.name}_{whose}", self.name, columns, tuple(rows), since, until, withheld)

    def _own(self, code: str) -> int:
        return sum(self._parts("cdp12", way, code).own for way in _WAYS)

    def _others(self, measure: str, code: str) -> list[Parts]:
        return [self._parts(measure, way, code) for way in _WAYS]

    def _parts(self, measure: str, way: str, code: str) -> Parts:
        return self.tally.parts(measure, way, f"{self.name}:{code}")


def _share(tally: Tally, outcome: str, row: str, sides: tuple[Side, ...]) -> tuple[Value, ...]:
    """Of how many who could be judged it is true; and how many could not be judged."""
    yes, no, unknown = (sum(tally.parts(outcome, way, row)[side] for side in sides) for way in _WAYS)
    return Share(yes, yes + no), unknown
