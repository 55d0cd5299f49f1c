"""Cases for programs: stable keys, those of the codebook for answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msreg.forms.columns import to_json
from msreg.rules.case_checks import CaseFinding
from msreg.rules.case_reminders import Reminder
from msreg.rules.case_wanted import Lacking
from msreg.rules.case_windows import Judged
from msreg.screen.language import _
from msreg.services.case_listing import Due, Listed
from msreg.services.cases import Case, Document, StepTaken

TOLD = frozenset(
    ("case", "process", "centre", "state", "since", "opened_on", "opened_by", "month", "reminder_due_on",
     "reminded_weeks", "included", "forms", "documents", "missing", "steps", "possible")
)  # fmt: skip
"""Keys of a case that are no answers; what `cases show --json` gives may be edited and read back."""


def case_data(case: Case) -> dict[str, Any]:
    """One case in full."""
    row = case.row
    return {
        "case": str(case.number),
        "version": row["version"],
        "process": row["process"],
        "centre": row["centre_code"],
        "state": case.state,
        "since": row["since"],
        "opened_on": row["opened_on"],
        "opened_by": row["opened_by_name"],
        "month": row["month"],
        "reminder_due_on": row["reminder_due_on"],
        "reminded_weeks": row["reminded_weeks"],
        **{key: to_json(value) for key, value in case.values.items()},
        "included": judged_data(case.judged),
        "forms": [
            {
                "form": each.form,
                "begun": each.begun,
                "complete": each.complete,
                "answered": each.answered,
                "open": list(each.open),
                "findings": findings_data(each.findings),
            }
            for each in case.forms
        ],
        "documents": [document_data(each) for each in case.documents],
        "missing": lacking_data(case.lacking),
        "steps": [_step(each) for each in case.steps],
        "possible": list(case.possible),
    }


def document_data(each: Document) -> dict[str, Any]:
    """One document, without its bytes."""
    row = each.row
    return {
        "document": row["place"],
        "name": each.name,
        "kind": row["kind"],
        "size": row["size"],
        "sha256": row["sha256"],
        "wanted": each.wanted,
        "form": row["form"],
        "form_version": row["form_version"],
        "scan": row["scan"],
        "held": each.held,
        "traces": each.traces,
        "uploaded_at": each.at,
        "uploaded_by": row["user_name"],
    }


def judged_data(judged: Judged) -> dict[str, Any]:
    """Whether a case falls within its theme."""
    return {"verdict": judged.included, "why": judged.why.text(_), "lacking": list(judged.lacking)}


def lacking_data(lacking: Lacking) -> dict[str, Any]:
    """What a case lacks, by key."""
    return {
        "complete": lacking.complete,
        "documents": [each.key for each in lacking.documents],
        "if_applicable": [each.key for each in lacking.if_applicable],
        "forms": [each.form for each in lacking.forms],
    }


def findings_data(found: Iterable[CaseFinding]) -> list[dict[str, Any]]:
    """Faults and doubts about answers."""
    return [
        {
            "code": each.code,
            "severity": each.severity,
            "field": each.field,
            "message": each.text(_),
            "hint": each.hint_text(_),
        }
        for each in found
    ]


def listed_data(each: Listed) -> dict[str, Any]:
    """One case of a list."""
    return {
        **_short(each.row, str(each.number)),
        "state": each.state,
        "since": each.since,
        "documents": each.documents,
        "missing": None if each.lacking is None else lacking_data(each.lacking),
    }


def due_data(each: Due) -> dict[str, Any]:
    """One case that waits for its centre."""
    return {
        **_short(each.row, str(each.number)),
        "state": each.state,
        "since": each.since,
        "reminded_weeks": each.reminded_weeks,
        "due": _reminder(each.due),
        "coming": _reminder(each.coming),
    }


def _short(row: Mapping[str, Any], number: str) -> dict[str, Any]:
    return {
        "case": number,
        "process": row["process"],
        "centre": row["centre_code"],
        "theme": row["theme"],
        "patient_number": row["patient_number"],
        "opened_on": row["opened_on"],
    }


def _reminder(each: Reminder | None) -> dict[str, Any] | None:
    return None if each is None else {"weeks": each.weeks, "on": each.on}


def _step(each: StepTaken) -> dict[str, Any]:
    return {
        "step": each.step,
        "before": each.before,
        "after": each.after,
        "at": each.at,
        "user": each.user,
        "user_name": each.user_name,
        "role": each.role,
        "remark": each.remark,
    }
