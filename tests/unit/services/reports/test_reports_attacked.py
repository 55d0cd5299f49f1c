"""Who knows the own centre, and lays all its reports side by side, works out nothing of a few others (decision 0032)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, NamedTuple

import pytest

from msreg.formats.report import SMALL, Report, Share, Table
from msreg.rules.disclosure import SMALLEST, is_open
from msreg.services.centres import add_centre
from msreg.services.made_up import fill
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Make = Callable[..., Report]
COMPARED = ("benchmark", "completeness", "response", "progression")
BREAKDOWNS = ("care", "complete", "sex", "age", "phenotype", "edss", "duration", "line")


class Told(NamedTuple):
    """One number of others that a page gives to who knows the own ones; None where it is withheld."""

    table: str
    row: str
    column: str
    others: int | None


def told(table: Table) -> Iterator[Told]:
    """Every count of all, less the own one beside it."""
    for row in table.rows:
        values = dict(zip((column.key for column in table.columns), row.values, strict=True))
        for key, value in values.items():
            if not key.startswith("all") or key.endswith(("_percent", "_median", "_mean", "_months")):
                continue
            mine = values[key.replace("all", "own", 1)]
            if value is SMALL:
                yield Told(table.key, row.key, key, None)
            elif isinstance(value, Share) and isinstance(mine, Share):
                cases, of = value.cases - mine.cases, value.of - mine.of
                yield Told(table.key, row.key, f"{key}:cases", cases)
                yield Told(table.key, row.key, f"{key}:of", of)
                yield Told(table.key, row.key, f"{key}:left", of - cases)
            elif isinstance(value, int) and isinstance(mine, int):
                yield Told(table.key, row.key, key, value - mine)


def splits(report: Report) -> Iterator[Told]:
    """Tables of all that stand beside a table of the own centre: by phenotype, by line."""
    tables = {table.key: table for table in report.tables}
    for name in ("phenotype", "line"):
        if f"{name}_all" not in tables:
            continue
        mine = {row.key: row.values for row in tables[f"{name}_own"].rows}
        for row in tables[f"{name}_all"].rows:
            keys = [column.key for column in tables[f"{name}_all"].columns]
            for place, (key, value) in enumerate(zip(keys, row.values, strict=True)):
                own = mine[row.key][place] if row.key in mine else None
                if isinstance(value, Share):
                    beside = own if isinstance(own, Share) else Share(0, 0)
                    cases, of = value.cases - beside.cases, value.of - beside.of
                    for what, count in (("cases", cases), ("of", of), ("left", of - cases)):
                        yield Told(f"{name}_all", row.key, f"{key}:{what}", count)
                elif isinstance(value, int):
                    yield Told(f"{name}_all", row.key, key, value - (own if isinstance(own, int) else 0))


@pytest.fixture(params=[(2, 60), (3, 90), (3, 240)])
def reports(request: Any, registry: Registry, desk: Actor, today: date, make: Make) -> list[Report]:
    """All that a centre may ask for over the same days, of registries with one other centre and with two."""
    centres, patients = request.param
    if centres == 3:
        add_centre(registry, by=desk, code="LEI01", name="De Rijn")
    fill(registry, by=desk, seed=patients, patients=patients, today=today)
    days: tuple[dict[str, Any], ...] = ({}, {"year": 2025})
    return [make(key, **each) for each in days for key in COMPARED]


def test_no_number_of_one_to_four_others(reports: list[Report]) -> None:
    """Neither printed, nor all less own, nor a share less its cases, nor one number less another of the same row."""
    seen = 0
    for report in reports:
        for each in (*(one for table in report.tables for one in told(table)), *splits(report)):
            assert each.others is None or is_open(each.others), each
            seen += each.others is not None
        for funnel in report.funnels:
            for point in funnel.points:
                assert point.own or (is_open(point.cases) and is_open(point.people - point.cases)), funnel
    assert seen > 50


def test_what_one_report_withholds_no_other_tells(reports: list[Report]) -> None:
    """The same cell over the same days is withheld in all reports or in none."""
    found: dict[tuple[Any, ...], set[int | None]] = defaultdict(set)
    for report in reports:
        for table in report.tables:
            for each in told(table):
                found[(table.key, table.since, table.until, each.row, each.column.partition(":")[0])].add(
                    None if each.others is None else 0
                )
            if table.key == "relapses":
                for place, value in enumerate(table.rows[1].values):
                    found["relapses", table.since, table.until, place].add(None if value is SMALL else 0)
    assert all(len(each) == 1 for each in found.values())


def test_what_is_withheld_of_a_breakdown_has_room(reports: list[Report]) -> None:
    """The sum of others is told, so what is left over after the open cells is shared by the closed ones."""
    closed = 0
    for report in reports:
        for table in report.tables:
            if table.key not in BREAKDOWNS or not isinstance(report.others, int):
                continue
            cells = [each.others for each in told(table)]
            hidden = cells.count(None)
            left = report.others - sum(each for each in cells if each is not None)
            assert hidden == 0 or (hidden > 1 and left - hidden >= SMALLEST) or hidden == len(cells), table
            assert hidden or left == 0
            closed += hidden
    assert closed


def test_nested_numbers_leave_nobody_between(reports: list[Report]) -> None:
    """Who uses a medicine has used it, who has PIRA has progression: the differences are none or enough."""
    seen = 0
    for report in reports:
        cells = {
            (each.table, each.row, each.column): each.others
            for table in report.tables
            for each in told(table)
        }
        for (table, row, column), now in cells.items():
            ever = cells.get(("used", row, column))
            if table == "medicine" and row != "none" and now is not None and ever is not None:
                seen += 1
                assert is_open(ever - now), row
            if table == "medicine" and row != "none" and now is None:
                assert ever is None, row
        for part, whole in (("cdp24", "cdp12"), ("pira24", "cdp24"), ("raw24", "cdp24"), ("pira24", "cdp12")):
            for what in ("all:cases", "all:of"):
                one, other = (cells.get(("outcomes", each, what)) for each in (part, whole))
                if one is not None and other is not None:
                    seen += 1
                    assert is_open(abs(other - one)), (part, whole)
    assert seen
