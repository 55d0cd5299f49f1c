"""Made-up answers to the forms of a case: a maternal death two days after a caesarean, and an acute fatty liver."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msreg.services.case_editing import EditedCase, edit_case
from msreg.services.case_form_state import FormState
from msreg.services.case_forms import FormAnswered, show_form
from msreg.services.case_opening import NewCase
from msreg.store.actor import Actor
from msreg.store.queries import case_documents, cases
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm
from tests.cases import reported

DEATH: Mapping[str, str] = {
    "event_date": "2026-11-20", "pregnancy_ended": "yes", "delivery_date": "2026-11-18", "patient_number": "Z12345",
}  # fmt: skip
CRF: Mapping[str, str] = {
    "death_date": "2026-11-20", "death_place": "hospital", "age": "34", "gravidity": "3", "parity": "2",
    "bmi": "31.4", "relevant_history": "hypertensie", "pregnancy_end": "birth", "gestation_weeks": "34",
    "delivery_mode": "caesarean", "delivery_date": "2026-11-18", "child_outcome": "alive", "multiple": "no",
    "cause_class": "direct", "cause_text": "eclampsie", "autopsy": "refused",
    "events": "Opname met hoofdpijn.\nEen dag later een insult.", "improvable": "yes",
    "improvable_text": "eerder verwijzen",
}  # fmt: skip
SWANSEA: Mapping[str, str] = {
    "vomiting": "yes", "abdominal_pain": "yes", "polydipsia_polyuria": "no", "encephalopathy": "unknown",
    "bilirubin": "88", "glucose": "3.2", "uric_acid": "unknown", "leucocytes": "14.5", "asat": "320", "alat": "401",
    "ammonia": "unknown", "creatinine": "150", "pt": "14", "aptt": "unknown", "ascites_bright_liver": "no",
    "steatosis": "unknown",
}  # fmt: skip
NC = "NC-2026-0001"
"""The number of the first case."""
Answer = Callable[..., FormAnswered]
ANSWERS = {CaseForm.CRF: CRF, CaseForm.SWANSEA: SWANSEA}
THEMES = {CaseForm.CRF: "maternal_death", CaseForm.SWANSEA: "acute_fatty_liver"}


def case_with(registry: Registry, by: Actor, today: date, form: CaseForm) -> NewCase:
    """A case of the theme that asks for this form, which nobody has begun."""
    more = DEATH if form is CaseForm.CRF else {}
    return reported(registry, by, today, THEMES[form], **more)


def filled(
    registry: Registry, by: Actor, today: date, case: str, form: CaseForm, **but: str | None
) -> EditedCase:
    """Fill in a form, with some answers otherwise; None leaves one open."""
    answers = {key: value for key, value in {**ANSWERS[form], **but}.items() if value is not None}
    return edit_case(registry, by=by, case=case, form=form, answers=answers, today=today)


def state(registry: Registry, by: Actor, form: CaseForm = CaseForm.CRF) -> FormState:
    """A form of the first case, as somebody sees it."""
    return show_form(registry, by=by, case=NC, form=form)


def row(registry: Registry, case_id: str) -> dict[str, Any]:
    """The row of a case by its id."""
    with registry.light() as db:
        found = cases.by_id(db, case_id)
    assert found is not None
    return found


def generated(registry: Registry, case_id: str) -> list[dict[str, Any]]:
    """The rows of the documents that msreg made, with their bytes."""
    with registry.light() as db:
        made = [each for each in cases.documents(db, [case_id]) if each["form"]]
        for each in made:
            pieces = case_documents.chunks(db, each["id"], size=each["size"], sha256=each["sha256"])
            each["bytes"] = b"".join(pieces)
    return made


def last_items(registry: Registry) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Record, before and after of the newest event in the log."""
    with registry.light() as db:
        rows = db.rows(
            "SELECT entity, before, after FROM audit_item WHERE seq = (SELECT max(seq) FROM audit_event) ORDER BY n"
        )
    return [(each, json.loads(old or "{}"), json.loads(new or "{}")) for each, old, new in rows]
