"""The checks against their cases: what each must say, and what it must not.

A case is a made-up patient, and the rows and questions at which the check of that file speaks. The other
checks may speak too; they have their own files.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from msreg.rules.checks import all_checks, run_checks
from msreg.rules.facts import (
    CourseFacts,
    DiseaseFacts,
    EventFacts,
    MedicationFacts,
    PatientFacts,
    PromFacts,
    RecordFacts,
)

CASES = Path(__file__).parent / "cases"
TODAY = date(2026, 11, 21)
KINDS: dict[str, type] = {
    "courses": CourseFacts,
    "disease": DiseaseFacts,
    "medication": MedicationFacts,
    "events": EventFacts,
    "proms": PromFacts,
}
DECIMALS = {"edss", "regular_interval_days"}
LISTS = {"seriousness"}
CODES = sorted({check.code for check in all_checks()} | {path.stem for path in CASES.iterdir()})


@cache
def cases(code: str) -> tuple[dict[str, Any], ...]:
    path = CASES / f"{code}.yaml"
    return tuple(yaml.safe_load(path.read_text(encoding="utf-8"))) if path.is_file() else ()


def _facts(kind: type, row: dict[str, Any], ref: str) -> Any:
    values = dict(row)
    faulty = frozenset(values.pop("faulty", ()))
    for key in DECIMALS & values.keys():
        assert isinstance(values[key], str), f"{key} is written between quotes"
        values[key] = Decimal(values[key])
    for key in LISTS & values.keys():
        values[key] = tuple(values[key])
    # The class itself, not .of(): it refuses a key that is no question, and keeps a refused value.
    return kind(ref=ref, faulty=faulty, **values)


def record_of(written: dict[str, Any]) -> RecordFacts:
    rest = dict(written)
    patient = _facts(PatientFacts, rest.pop("patient", {}), "patient")
    rows = {
        name: tuple(_facts(kind, row, f"{name}[{n}]") for n, row in enumerate(rest.pop(name, ())))
        for name, kind in KINDS.items()
    }
    return RecordFacts(patient=patient, made_up=rest.pop("made_up", False), **rows, **rest)


@pytest.mark.parametrize(
    ("code", "case"),
    [pytest.param(code, case, id=f"{code}: {case['name']}") for code in CODES for case in cases(code)],
)
def test_case(code: str, case: dict[str, Any]) -> None:
    assert case.keys() <= {"name", "today", "record", "expect"}
    findings = run_checks(record_of(case["record"]), case.get("today", TODAY))
    said = [{"row": finding.ref, "field": finding.field} for finding in findings if finding.code == code]
    assert sorted(said, key=str) == sorted(case["expect"], key=str)


@pytest.mark.parametrize("code", CODES)
def test_check_has_a_passing_and_a_failing_case(code: str) -> None:
    """STYLE 7: without both, nobody knows whether the check speaks at all, or ever keeps silent."""
    assert code in {check.code for check in all_checks()}, "cases of a check that does not exist"
    written = cases(code)
    assert [case for case in written if not case["expect"]], "no case that passes"
    assert [case for case in written if case["expect"]], "no case that fails"
    assert not [name for name, n in Counter(case["name"] for case in written).items() if n > 1]
