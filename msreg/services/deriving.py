"""The columns that are worked out from others: completeness, last course, phenotype, due dates, index value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.forms.value_sets import default_set
from msreg.rules.completeness import is_complete
from msreg.rules.duedates import ask_due_on, course_due_on, invite_due_on
from msreg.rules.eq5d import profile_of, value
from msreg.rules.names import fold_name
from msreg.services.dossiers import Dossier, Entry
from msreg.vocabulary import DiseaseKind, Record

NOT_COUNTED: Mapping[Entry, int] = MappingProxyType({})


def of_entry(entry: Entry) -> dict[str, Any]:
    """`complete` and `open_questions` of one record, and what the answers of a questionnaire are worth."""
    lacking = _open(entry)
    found: dict[str, Any] = {"complete": lacking == 0, "open_questions": lacking}
    return found | worth(entry.values) if entry.record is Record.PROM else found


def worth(values: Mapping[str, Any]) -> dict[str, Any]:
    """Profile, index value and the set that it is of; all None while a dimension is open (Q3)."""
    profile = profile_of(values)
    if profile is None:
        return {"profile": None, "index_value": None, "value_set": None}
    used = default_set()
    return {"profile": profile, "index_value": value(profile, used), "value_set": used.name}


def _open(entry: Entry) -> int:
    return sum(len(open_questions(form, entry.values)) for form in forms_of(entry.record))


def of_patient(dossier: Dossier, counted: Mapping[Entry, int] = NOT_COUNTED) -> dict[str, Any]:
    """The derived columns of the patient, by the rules P6, P7, P10 and Q1.

    Open questions of the courses and of the patient count; those of other records do not (P6). `counted`:
    what is known of them already.
    """
    values = dossier.patient.values
    lacking = _open(dossier.patient)
    for course in dossier.of(Record.COURSE):
        known = counted.get(course)
        lacking += _open(course) if known is None else known
    deceased = bool(values.get("deceased"))
    ended = bool(values.get("treatment_ended"))
    withdrawn = dossier.patient.row.get("withdrawn_on") is not None
    newest = _newest_course(dossier)
    last = newest.values["course_date"] if newest else None
    invite = invite_due_on(
        last,
        bool(values.get("consent")) and not withdrawn,
        values.get("email"),
        deceased,
        ended,
        dossier.patient.row.get("mail_stopped_on") is not None,
    )
    asked_for = dossier.patient.row.get("asked_for_on")
    family = values.get("family_name") or ""
    return {
        "search_name": fold_name(family)[:100],
        "search_full": fold_name(f"{values.get('name_prefix') or ''} {family}")[:120],
        "complete": is_complete(lacking, ended, withdrawn),
        "open_questions": lacking,
        "last_course_on": last,
        "last_phenotype": last_phenotype(dossier),
        "course_due_on": course_due_on(last, deceased, ended, withdrawn),
        "invite_due_on": invite,
        "ask_due_on": ask_due_on(
            invite,
            newest.id if newest else None,
            date.fromisoformat(asked_for) if asked_for else None,
            dossier.patient.row.get("asked_course_id"),
        ),
    }


def _newest_course(dossier: Dossier) -> Entry | None:
    return max(dossier.of(Record.COURSE), key=lambda entry: entry.values["course_date"], default=None)


def last_phenotype(dossier: Dossier) -> str | None:
    """The phenotype of the newest change, else the one at diagnosis (D1)."""
    changes = [
        (entry.values["date"], entry.values["phenotype"])
        for entry in dossier.of(Record.DISEASE)
        if entry.values.get("kind") == DiseaseKind.PHENOTYPE
        and entry.values.get("date")
        and entry.values.get("phenotype")
    ]
    return max(changes)[1] if changes else dossier.patient.values.get("diagnosis_phenotype")
