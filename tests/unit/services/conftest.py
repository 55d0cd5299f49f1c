"""Batch files made row by row, and what becomes of them in a real registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from msreg.formats.csv_out import write_folder
from msreg.formats.sheets import SheetOut
from msreg.services import access, case_forms
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.case_forms import FormAnswered
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Role
from tests.case_answers import NC, Answer, case_with

Row = dict[str, Any]
Lay = Callable[..., Loaded]
TOLD = How(changes=True)

NAMING = {
    "patients": ("centre", "patient_number"),
    "courses": ("centre", "patient_number", "course_date"),
    "disease": ("centre", "patient_number", "kind", "date"),
    "medication": ("centre", "patient_number", "medicine", "start_date"),
}


@pytest.fixture
def row() -> dict[str, Callable[..., Row]]:
    """Makers of sound rows by sheet; each takes the patient number and what should differ."""

    def maker(**usual: Any) -> Callable[..., Row]:
        def make(number: str = "00001", **other: Any) -> Row:
            return {"centre": "AMS01", "patient_number": number} | usual | other

        return make

    return {
        "patient": maker(
            consent=True, consent_date=date(2020, 1, 2), family_name="Jansen", birth_date=date(1980, 5, 6),
            sex="female", diagnosis_date=date(2019, 3, 4), diagnosis_phenotype="rrms",
        ),
        "course": maker(course_date=date(2021, 1, 1), edss_method="assessed", edss=2.5, mri_done=False),
        "relapse": maker(kind="relapse", date=date(2021, 2, 3), methylprednisolone=True),
        "referral": maker(kind="referral", referred_by="gp"),
        "medication": maker(medicine="L04AG08", start_date=date(2020, 6, 1), deviating_interval=False),
        "event": maker(
            medicine="L04AG08", medication_start=date(2020, 6, 1), description="hoofdpijn", report_to_lareb=False
        ),
        "prom": maker(
            answered_on=date(2021, 3, 4), mobility="2", self_care="2", usual_activities="2", pain_discomfort="2",
            anxiety_depression="2", health_score=68, mode="paper",
        ),
    }  # fmt: skip


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a batch file: a folder of CSV files, one for each sheet; needed sheets that are not named are empty."""
    numbers = count(1)

    def make(**rows: Sequence[Mapping[str, Any]]) -> Path:
        tables = []
        for name in dict.fromkeys((*NAMING, *rows)):
            mine = rows.get(name, ())
            header = list(dict.fromkeys((*NAMING.get(name, ()), *(key for each in mine for key in each))))
            tables.append(SheetOut(name, header, [[each.get(key) for key in header] for each in mine]))
        return write_folder(tmp_path / f"batch-{next(numbers)}", tables)

    return make


@pytest.fixture
def lay(registry: Registry, desk: Actor, today: date, write: Callable[..., Path]) -> Lay:
    """Load rows: `lay(patients=[…], courses=[…])`; `by`, `dry_run` and the like as `load_batch` has them."""

    def call(
        *, by: Actor = desk, dry_run: bool = False, check: bool = False, how: How = TOLD,
        **rows: Sequence[Mapping[str, Any]],
    ) -> Loaded:  # fmt: skip
        return load_batch(
            registry, by=by, path=write(**rows), today=today, dry_run=dry_run, check=check,
            how=how,
        )  # fmt: skip

    return call


@pytest.fixture
def member(registry: Registry, desk: Actor) -> Callable[..., Actor]:
    """Somebody who works for a centre."""

    def make(code: str, role: Role = Role.DATA_MANAGER) -> Actor:
        with registry.light() as db:
            known = access.centre_by_code(db, code)
        assert known is not None
        return replace(desk, user=code.lower(), role=role, centres=frozenset({known[0]}), centre=known[0])

    return make


@pytest.fixture
def stored(registry: Registry) -> Callable[[str], list[Row]]:
    """All rows of a table, in the order in which they were made."""

    def read(table: str) -> list[Row]:
        with registry.light() as db:
            names = [each[1] for each in db.rows(f"PRAGMA table_info({table})")]
            return [
                dict(zip(names, each, strict=True))
                for each in db.rows(f"SELECT * FROM {table} ORDER BY rowid")
            ]

    return read


@pytest.fixture
def death(registry: Registry, desk: Actor, today: date) -> str:
    """The id of a maternal death, NC-2026-0001."""
    return case_with(registry, desk, today, CaseForm.CRF).id


@pytest.fixture
def answer(registry: Registry, desk: Actor, today: date) -> Answer:
    def call(
        key: str, value: Any, form: CaseForm = CaseForm.CRF, by: Actor | None = None, **more: Any
    ) -> FormAnswered:
        return case_forms.answer(
            registry, by=by or desk, case=NC, form=form, key=key, value=value, **{"today": today, **more}
        )  # fmt: skip

    return call
