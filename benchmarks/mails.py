"""Targets of mails, F10, F11g and F16n: how long it takes to see what is due, and how much memory a run takes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.crowd import invite
from benchmarks.ground import Ground
from benchmarks.jobs import Job
from benchmarks.pairs import Call, Measure
from benchmarks.starts import MANY, TEN, Start
from benchmarks.stock import remove
from benchmarks.target import Target, Unit
from msreg.clock import today
from msreg.config import load_settings
from msreg.store.registry import Registry

DUE = 18_000
LARGE, SMALL = 80_000, 8_000
"""Patients of whom an eighth is invited in one run."""

_PLAIN = """
import os, sys
from msreg.config import load_settings
from msreg.store.registry import Registry

with Registry.open(load_settings(os.environ)) as registry, registry.light() as db:
    rows = db.raw.execute(
        "SELECT p.number, c.code, p.ask_due_on FROM patient p JOIN centre c ON c.id = p.centre_id"
        " WHERE p.ask_due_on <= ?", (sys.argv[1],)
    )
    for row in rows:
        print(*row)
"""


@dataclass(frozen=True, slots=True)
class Running(Target):
    """The peak of one run that sends many mails to a folder against that of one with a tenth of them."""

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """Both peaks."""
        return _run(ground, LARGE).megabytes, _run(ground, SMALL).megabytes


def _run(ground: Ground, patients: int) -> Job:
    around = ground.of(patients)
    assert around.incomplete_patient
    due, work = around.folder / "due", around.folder / "work"
    if not due.exists():
        shutil.copytree(Path(around.environ["MSREG_HOME"]), due)
        settings = load_settings({**around.environ, "MSREG_HOME": str(due)})
        with Registry.open(settings) as registry, registry.light() as db:
            invite(db, patients // 8, today=today())

    def ready() -> None:
        remove(work)
        shutil.copytree(due, work)

    return Job(
        ready, (Call(around.msreg("reminders", "run", "--yes"), {**around.environ, "MSREG_HOME": str(work)}),)
    )


def _due(patients: int) -> Callable[[Ground], list[str]]:
    def call(ground: Ground) -> list[str]:
        around = ground.of(patients)
        assert around.incomplete_patient
        return around.msreg("reminders", "due")

    return call


def _first_page(ground: Ground) -> list[str]:
    around = ground.of(TEN)
    assert around.incomplete_patient
    return around.msreg("patients", "list")


def _day(ground: Ground) -> date:
    """The day on which so many of the patients of the largest registry are due: until today nobody is."""
    around = ground.of(MANY)
    assert around.incomplete_patient
    with Registry.open(load_settings(around.environ)) as registry, registry.light() as db:
        found = db.one(
            "SELECT max(day) FROM (SELECT ask_due_on AS day FROM patient WHERE ask_due_on IS NOT NULL"
            " ORDER BY ask_due_on LIMIT ?)",
            (DUE,),
        )
    assert found is not None
    return date.fromisoformat(found[0])


def _many_due(ground: Ground) -> list[str]:
    return ground.of(MANY).msreg("reminders", "due", "--today", str(_day(ground)), "--json")


def _plain(ground: Ground) -> list[str]:
    return [sys.executable, "-c", _PLAIN, str(_day(ground))]


MAILS: tuple[Target, ...] = (
    Start(
        "F10a", f"reminders due, nothing due, {MANY:,} patients", f"patients list, {TEN:,} patients (F3)", 2.0,
        _due(MANY), _first_page, among=MANY, against_among=TEN,
    ),
    Start(
        "F10b", f"reminders due, {DUE:,} due, {MANY:,} patients", "the plain indexed query, written as it comes", 3.0,
        _many_due, _plain, among=MANY, against_among=MANY, runs=9,
    ),
    Start(
        "F11g", f"reminders due, {MANY:,} patients", f"the same, {TEN:,} patients", 1.5, _due(MANY), _due(TEN),
        among=MANY, against_among=TEN,
    ),
    Running(
        "F16n", f"reminders run to a folder, {LARGE // 8:,} mails, peak", f"the same, {SMALL // 8:,} mails", 1.3,
        unit=Unit.MEGABYTES, runs=3, warm_up=0,
    ),
)  # fmt: skip
