"""Guided entry, F15: how long somebody waits between an answer and the next question."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from benchmarks.ground import Ground
from benchmarks.pairs import Measure
from benchmarks.starts import FEW
from benchmarks.target import Target
from msreg.clock import today
from msreg.config import load_settings
from msreg.screen.edge import Edge, use
from msreg.screen.guided import guide
from msreg.screen.prompter import Question
from msreg.services import access, entering
from msreg.services.removing import remove_record
from msreg.store.registry import Registry
from msreg.vocabulary import Record

ANSWERS: tuple[tuple[str, Any], ...] = (
    ("course_date", today().isoformat()), ("edss_method", "assessed"), ("edss", "3.5"), ("mri_done", True),
    ("mri_date", today().isoformat()), ("mri_region", "brain"), ("mri_gadolinium", True),
    ("mri_new_t2", "0"), ("mri_gd_lesions", "0"),
)  # fmt: skip
"""A course with an MRI."""


@dataclass
class Timed:
    """Gives these answers and takes the time from each to the next question."""

    seconds: list[float] = field(default_factory=list)
    _since: float | None = None

    def ask(self, question: Question) -> Any:
        """The answer to this question."""
        if self._since is not None:
            self.seconds.append(time.perf_counter() - self._since)
        key = question.name.removeprefix("--").replace("-", "_")
        self._since = time.perf_counter()
        if key == "reason":  # the made-up patient's EDSS may have been another one
            return True if question.options else "made up"
        return dict(ANSWERS).get(key)


@dataclass(frozen=True, slots=True)
class Entry(Target):
    """One answer of a new course among many patients, within so many seconds."""

    within: float
    walk: Callable[[Ground], float]

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        """The median answer of a course, and what it may take."""
        return (lambda: self.walk(ground)), (lambda: self.within)


def _whole(ground: Ground) -> float:
    """The walk with its screen, from an answer to the next question."""
    timed = Timed()

    def enter(registry: Registry, patient: str) -> None:
        by = access.whoami(registry, registry.settings.environ)
        guide(registry, by=by, today=today(), record=Record.COURSE, patient=patient, ask=timed)

    _with_course(ground, enter)
    return median(timed.seconds)


def _service(ground: Ground) -> float:
    """What msreg does with an answer: read, judge, save, log, commit."""
    seconds: list[float] = []

    def enter(registry: Registry, patient: str) -> None:
        by = access.whoami(registry, registry.settings.environ)
        entry = entering.begin(registry, by=by, record=Record.COURSE, patient=patient, today=today())
        for key, value in ANSWERS:
            from msreg.services.answering import typed

            answer = typed(Record.COURSE, {key: value}, today())[key]
            started = time.perf_counter()
            entering.answer(
                registry, by=by, entering=entry, key=key, value=answer, today=today(), reason="made up"
            )
            seconds.append(time.perf_counter() - started)
        entering.finish(registry, by=by, entering=entry, today=today())

    _with_course(ground, enter)
    return median(seconds)


def _with_course(ground: Ground, enter: Callable[[Registry, str], None]) -> None:
    """Enter a course and delete it again."""
    crowded = ground.of(FEW)
    patient, settings = crowded.incomplete_patient, load_settings(crowded.environ)
    use(Edge(terminal=True, interactive=True, width=80, loaded=settings))
    with Registry.open(settings) as registry, open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        enter(registry, patient)
        by = access.whoami(registry, settings.environ)
        remove_record(
            registry, by=by, record=Record.COURSE, patient=patient, which={"course_date": today()},
            today=today(),
        )  # fmt: skip


ENTRY: tuple[Entry, ...] = (
    Entry("F15a", f"one answer to the next question, {FEW:,} patients", "50 ms", 1.0, 0.050, _whole, runs=9),
    Entry("F15b", "of which msreg's own: read, judge, save, log", "10 ms", 1.0, 0.010, _service, runs=9),
)
