"""The registry of checks and the one way to run them.

A check is a function with a code. It finds and never raises; the caller decides what an error stops.
Checks of one row run first; what they refuse is kept from the checks that compare rows, so a fault
is told once, where it is, and not again for everything that follows from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import import_module
from typing import Any

from msreg.rules.facts import Facts, PatientFacts, RecordFacts
from msreg.rules.findings import Finding
from msreg.vocabulary import Record, Severity

MODULES = ("patient", "diagnosis", "course", "disease", "medication", "event", "prom")


@dataclass(frozen=True, slots=True)
class Fault:
    """What a check yields: which question of which record, and the reason."""

    fact: Facts
    field: str
    message: str
    hint: str | None
    params: dict[str, object]


def at(fact: Facts, field: str, message: str, *, hint: str | None = None, **params: object) -> Fault:
    """A fault at `field` of `fact`. Parameters are limits and dates of today, never answers."""
    return Fault(fact, field, message, hint, params)


RowCheck = Callable[[Any, RecordFacts, date], Iterator[Fault]]
WholeCheck = Callable[[RecordFacts, date], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its code, the questions that it reads and its manual page."""

    code: str
    record: Record
    reads: tuple[str, ...]
    severity: Severity
    whole: bool
    run: Callable[..., Iterator[Fault]]

    @property
    def title(self) -> str:
        """The first line of the manual page."""
        return (self.run.__doc__ or "").strip().splitlines()[0]

    @property
    def manual(self) -> str:
        """The manual page: what it refuses, a bad example, a good one."""
        lines = (self.run.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)


_checks: dict[str, Check] = {}


def check(
    code: str, record: Record, *reads: str, severity: Severity = Severity.ERROR
) -> Callable[[RowCheck], RowCheck]:
    """Register a check of one row: `function(fact, record, today)`.

    `reads` are keys of the row, or `patient.key`; the check is left out when one of them is faulty.
    """

    def register(function: RowCheck) -> RowCheck:
        _add(Check(code, record, reads, severity, False, function))
        return function

    return register


def check_whole(
    code: str, record: Record, *reads: str, severity: Severity = Severity.ERROR
) -> Callable[[WholeCheck], WholeCheck]:
    """Register a check that compares rows of one patient: `function(record, today)`.

    It runs after the checks of single rows; it asks `sound(...)` for the rows that it may compare.
    """

    def register(function: WholeCheck) -> WholeCheck:
        _add(Check(code, record, reads, severity, True, function))
        return function

    return register


def _add(new: Check) -> None:
    if new.code in _checks:
        raise ValueError(f"two checks have the code {new.code}")
    _checks[new.code] = new


@cache
def all_checks() -> tuple[Check, ...]:
    """Every check, by code."""
    for name in MODULES:
        import_module(f"msreg.rules.{name}")
    return tuple(_checks[code] for code in sorted(_checks))


def sound(facts: tuple[Any, ...], *keys: str) -> list[Any]:
    """The rows of which each of `keys` is answered and not faulty."""
    return [
        fact
        for fact in facts
        if fact.faulty.isdisjoint(keys) and all(getattr(fact, key) is not None for key in keys)
    ]


@cache
def _row_checks(record: Record) -> tuple[tuple[Check, frozenset[str], frozenset[str]], ...]:
    found = []
    for each in all_checks():
        if each.record is record and not each.whole:
            own = frozenset(key for key in each.reads if not key.startswith("patient."))
            patient = frozenset(key[8:] for key in each.reads if key.startswith("patient."))
            found.append((each, own, patient))
    return tuple(found)


def run_checks(record: RecordFacts, today: date) -> list[Finding]:
    """Everything the checks have to say about one patient, single rows first."""
    findings: list[Finding] = []
    patient, told = _run_rows((record.patient,), replace(record), today)
    findings += told
    assert isinstance(patient[0], PatientFacts)
    record = replace(record, patient=patient[0])
    for name in ("courses", "disease", "medication", "events", "proms"):
        facts, told = _run_rows(getattr(record, name), record, today)
        findings += told
        if told:
            judged: dict[str, Any] = {name: facts}
            record = replace(record, **judged)
    for each in all_checks():
        if each.whole:
            findings += [_finding(each, fault) for fault in each.run(record, today)]
    return findings


def _run_rows(
    facts: tuple[Facts, ...], record: RecordFacts, today: date
) -> tuple[tuple[Facts, ...], list[Finding]]:
    if not facts:
        return facts, []
    findings: list[Finding] = []
    judged: list[Facts] = []
    patient_faulty = record.patient.faulty
    for fact in facts:
        refused = fact.faulty
        for each, own, patient in _row_checks(fact.record):
            # Nearly always nothing was refused: asking that first is what keeps large files fast.
            if refused and not refused.isdisjoint(own):
                continue
            if patient_faulty and not patient_faulty.isdisjoint(patient):
                continue
            for fault in each.run(fact, record, today):
                findings.append(_finding(each, fault))
                if each.severity is Severity.ERROR:
                    refused = refused | {fault.field}
        judged.append(fact if refused is fact.faulty else replace(fact, faulty=refused))
    return tuple(judged), findings


def _finding(each: Check, fault: Fault) -> Finding:
    return Finding(
        each.code,
        each.severity,
        fault.fact.record,
        fault.field,
        fault.message,
        ref=fault.fact.ref,
        hint=fault.hint,
        params=fault.params,
    )
