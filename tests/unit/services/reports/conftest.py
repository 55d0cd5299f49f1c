"""Reports on small registries that are made by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from msreg.formats.report import Report, Table, Value
from msreg.services.reports import make_report
from msreg.services.reports_scope import Wanted
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Make = Callable[..., Report]
D = date


@pytest.fixture
def make(registry: Registry, desk: Actor, today: date) -> Make:
    def call(key: str, centre: str | None = "AMS01", *, by: Actor = desk, **wanted: Any) -> Report:
        return make_report(registry, by=by, key=key, wanted=Wanted(centre, **wanted), today=today)

    return call


@pytest.fixture
def cells() -> Callable[[Report, str], dict[str, tuple[Value, ...]]]:
    """The rows of a table by key."""

    def call(report: Report, table: str) -> dict[str, tuple[Value, ...]]:
        found: Table = next(each for each in report.tables if each.key == table)
        return {row.key: row.values for row in found.rows}

    return call


@pytest.fixture
def patients(row: Any) -> Callable[..., dict[str, list[dict[str, Any]]]]:
    """Batch rows of patients of a centre with one complete course each, numbered from `first`."""

    def call(centre: str, count: int, first: int = 1, **other: Any) -> dict[str, list[dict[str, Any]]]:
        numbers = [f"{number:05d}" for number in range(first, first + count)]
        course = {key: other.pop(key) for key in ("course_date", "edss") if key in other}
        return {
            "patients": [row["patient"](each, centre=centre, **other) for each in numbers],
            "courses": [
                row["course"](each, centre=centre, **{"course_date": D(2026, 6, 1), **course})
                for each in numbers
            ],
        }

    return call


@pytest.fixture
def lose(registry: Registry) -> Callable[..., None]:
    """Take the EDSS of courses away, as an entry by hand may leave it out: a required question is open then."""

    def call(centre: str, first: int = 1, last: int = 99_999, course_date: str = "2026-06-01") -> None:
        with registry.light() as db:
            ids = [row[0] for row in db.rows(
                "SELECT p.id FROM patient p JOIN centre c ON c.id = p.centre_id"
                " WHERE c.code = ? AND p.patient_number BETWEEN ? AND ?",
                (centre, f"{first:05d}", f"{last:05d}"),
            )]  # fmt: skip
            for each in ids:
                db.execute("UPDATE course SET edss = NULL, complete = FALSE, open_questions = 1"
                           " WHERE patient_id = ? AND course_date = ?", (each, course_date))  # fmt: skip
                db.execute(
                    "UPDATE patient SET complete = FALSE, open_questions = open_questions + 1 WHERE id = ?",
                    (each,),
                )

    return call


@pytest.fixture
def both() -> Callable[..., dict[str, list[Any]]]:
    """Several batches as one."""

    def call(*parts: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {sheet: [each for part in parts for each in part.get(sheet, [])] for sheet in parts[0]}

    return call
