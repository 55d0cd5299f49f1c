"""Who gets which report over which days, and what the log says of it (SPEC O3)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from msreg.errors import MsregError, NotAllowed, NotFound, Usage
from msreg.formats.report import Report
from msreg.services.reports import KEYS
from msreg.services.reports_scope import Wanted, frame
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Make = Callable[..., Report]
D = date


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
    return [each for row in rows if (each := json.loads(row[0]))["event"].startswith("reports.")]


def test_who_works_for_a_centre_gets_that_one(
    both: Any, make: Make, lay: Any, patients: Any, member: Any, registry: Registry
) -> None:
    lay(**both(patients("AMS01", 2), patients("UTR01", 3)))
    clerk = member("UTR01")
    assert make("centre", None, by=clerk).centre == "UTR01"
    assert make("centre", "utr01", by=clerk).patients == 3
    with pytest.raises(NotAllowed):
        make("centre", "AMS01", by=clerk)
    with pytest.raises(NotFound):
        make("centre", "NIX01", by=clerk)
    told = [(each["event"], each["outcome"], each["about"].get("centre"), each["about"].get("patients"))
            for each in events(registry)]  # fmt: skip
    assert told == [
        ("reports.centre", "0", "UTR01", 3), ("reports.centre", "0", "UTR01", 3),
        ("reports.centre", "4", None, None), ("reports.centre", "4", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("role", list(Role))
def test_only_with_the_right(role: Role, make: Make, member: Any, registry: Registry) -> None:
    may = role in (Role.DESK, Role.DATA_MANAGER, Role.CLINICIAN)
    for key in KEYS:
        if may:
            assert make(key, "AMS01", by=member("AMS01", role)).remarks[0] == "nobody"
        else:
            with pytest.raises(NotAllowed):
                make(key, "AMS01", by=member("AMS01", role))
        assert events(registry)[-1]["outcome"] == ("0" if may else "4")


def test_a_report_names_no_patient_in_the_log(
    make: Make, lay: Any, patients: Any, registry: Registry
) -> None:
    lay(**patients("AMS01", 3))
    make("benchmark", year=2025)
    event = events(registry)[-1]
    assert (event["about"]["from"], event["about"]["until"], event["segment"]) == (
        "2025-01-01",
        "2025-12-31",
        "benchmark",
    )
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM audit_item WHERE seq = (SELECT max(seq) FROM audit_event)") == (
            0,
        )


# -- the days -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wanted", "days"), [
    (Wanted(), (D(2025, 11, 22), D(2026, 11, 21), False)),
    (Wanted(year=2025), (D(2025, 1, 1), D(2025, 12, 31), True)),
    (Wanted(year=2026), (D(2026, 1, 1), D(2026, 11, 21), True)),
    (Wanted(since=D(2026, 11, 21)), (D(2026, 11, 21), D(2026, 11, 21), True)),
    (Wanted(until=D(2024, 2, 29)), (D(2023, 3, 1), D(2024, 2, 29), True)),
    (Wanted(until=D(2030, 1, 1)), (D(2025, 11, 22), D(2026, 11, 21), True)),
])  # fmt: skip
def test_the_days_of_a_report(wanted: Wanted, days: tuple[date, date, bool], today: date) -> None:
    found = frame(wanted, today)
    assert (found.since, found.until, found.asked) == days


@pytest.mark.parametrize("wanted", [
    Wanted(year=2027), Wanted(year=1899), Wanted(year=2025, since=D(2025, 1, 1)), Wanted(since=D(2026, 11, 22)),
    Wanted(since=D(2026, 2, 2), until=D(2026, 2, 1)),
])  # fmt: skip
def test_days_that_cannot_be(wanted: Wanted, today: date) -> None:
    with pytest.raises(Usage):
        frame(wanted, today)


def test_a_report_that_there_is_not(make: Make) -> None:
    with pytest.raises(MsregError):
        make("everything")
