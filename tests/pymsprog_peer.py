"""The same question put to msreg and to the package pymsprog, with the answers in one shape."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from typing import Any, NamedTuple

import pandas as pd
import pymsprog

from msreg.rules.progression import (
    CAGOL_2022,
    KAPPOS_2020,
    MULLER_2023,
    MULLER_2023_SPECIFIC,
    MULLER_2025,
    Confirmation,
    Kind,
    Settings,
    Visit,
    events,
    threshold_step,
)

ORIGIN = date(2000, 1, 1)

Cohort = Mapping[str, tuple[Sequence[Visit], Sequence[date]]]
"""Visits and relapses by patient."""

FREE: dict[Any, dict[str, Any]] = {
    MULLER_2023: {"prec": (0, 0), "event": (90, 30), "conf": (90, 30)},
    MULLER_2023_SPECIFIC: {"prec": (0, None), "event": (None, None), "conf": (None, 0)},
    KAPPOS_2020: {"prec": (0, None), "event": (None, 30), "conf": (30, 30)},
    CAGOL_2022: {"prec": (0, 0), "event": (90, None), "conf": (None, 0)},
    MULLER_2025: {"prec": (0, None), "event": (None, 0), "conf": (30, 0), "prec_type": "last"},
}
"""Each definition of PIRA as the package writes it."""


class Found(NamedTuple):
    """One event; dates are days since `ORIGIN`."""

    change: str
    kind: str
    on: int
    edss: float
    baseline_on: int
    baseline: float
    confirmed: dict[int, int]
    independent: dict[int, int]
    sustained_days: int
    sustained: bool


def day(number: int) -> date:
    return ORIGIN + timedelta(number)


def toy_cohort() -> dict[str, tuple[list[Visit], list[date]]]:
    """The seven patients that come with the package."""
    folder = files(pymsprog) / "data"
    cohort: dict[str, tuple[list[Visit], list[date]]] = {}
    with (folder / "MSprog_toydata_visits.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            visits = cohort.setdefault(row["id"], ([], []))[0]
            visits.append(Visit(date.fromisoformat(row["date"]), Decimal(row["EDSS"])))
    with (folder / "MSprog_toydata_relapses.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            cohort[row["id"]][1].append(date.fromisoformat(row["date"]))
    return cohort


def theirs(cohort: Cohort, settings: Settings) -> dict[str, list[Found]]:
    """What the package finds, in one call for the whole cohort."""
    visits = [(who, _days(v.on), float(v.edss)) for who, (known, _) in cohort.items() for v in known]
    relapses = [(who, _days(on)) for who, (_, known) in cohort.items() for on in known]
    _, results = pymsprog.MSprog(
        pd.DataFrame(visits, columns=["id", "date", "EDSS"]),
        "id",
        "EDSS",
        "date",
        "edss",
        relapse=pd.DataFrame(relapses, columns=["id", "date"]),
        date_format="day",
        delta_fun=lambda score: float(threshold_step(Decimal(str(score)), settings.threshold)),
        event=settings.which.value,
        RAW_PIRA=True,
        baseline=settings.baseline.value,
        proceed_from=settings.resume.value,
        sub_threshold_rebl=settings.below_threshold.value,
        bl_geq=settings.never_lower,
        relapse_rebl=settings.new_baseline_after_relapse,
        conf_days=list(settings.confirm_days),
        conf_tol_days=[settings.early_days, settings.late_days],
        require_sust_days=settings.sustained_days,
        relapse_to_bl=list(settings.baseline_gap),
        relapse_to_event=list(settings.onset_gap),
        relapse_to_conf=list(settings.confirmation_gap),
        relapse_assoc=list(settings.associated),
        relapse_indep=dict(FREE[settings.relapse_free]),
        include_dates=True,
        include_value=True,
        verbose=0,
    )
    found: dict[str, list[Found]] = {who: [] for who in cohort}
    for row in results.to_dict("records"):
        if row["event_type"]:
            found[row["id"]].append(_found(row, settings.confirm_days))
    return found


def ours(cohort: Cohort, settings: Settings) -> dict[str, list[Found]]:
    """What msreg finds."""
    return {
        who: [
            Found(
                {"worsening": "CDW", "improvement": "CDI"}[event.change],
                {None: "", Kind.PIRA: "PIRA", Kind.RAW: "RAW", Kind.UNDEFINED: "undefined"}[event.kind],
                _days(event.on),
                float(event.edss),
                _days(event.baseline_on),
                float(event.baseline),
                _by_period(event.confirmed),
                _by_period(event.independent),
                event.sustained_days,
                event.sustained,
            )
            for event in events(visits, relapses, settings)
        ]
        for who, (visits, relapses) in cohort.items()
    }


def _found(row: Mapping[Any, Any], periods: Sequence[int]) -> Found:
    def confirmed(prefix: str) -> dict[int, int]:
        seen = {period: row.get(f"{prefix}conf{period}_date") for period in periods}
        return {period: int(on) for period, on in seen.items() if on is not None and not pd.isna(on)}

    return Found(
        row["event_type"],
        row.get("CDW_type", ""),
        int(row["date"]),
        row["value"],
        int(row["bl_date"]),
        row["bl_value"],
        confirmed(""),
        confirmed("PIRA_"),
        int(row["sust_days"]),
        bool(row["sust_last"]),
    )


def _by_period(confirmations: Sequence[Confirmation]) -> dict[int, int]:
    return {each.days: _days(each.on) for each in confirmations}


def _days(on: date) -> int:
    return (on - ORIGIN).days
