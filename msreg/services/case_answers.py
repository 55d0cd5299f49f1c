"""The answers to the forms of a case: as the tables keep them, what counts, what is open, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from msreg.forms.answers import counting, hidden, open_questions
from msreg.forms.columns import from_json, to_json
from msreg.forms.definition import Form
from msreg.forms.load import load
from msreg.forms.themes import Theme, case_form
from msreg.forms.values import NOT_ASKED
from msreg.rules import case_windows, swansea
from msreg.rules.case_checks import CaseFinding, run_case_checks
from msreg.rules.case_windows import Included, Judged
from msreg.vocabulary import CaseForm, Severity

Values = dict[str, Any]

COLUMNS: Mapping[CaseForm, str] = {
    CaseForm.CASE: "answers",
    CaseForm.CRF: "crf",
    CaseForm.SWANSEA: "swansea",
}
"""Where the table of cases keeps the answers to each form."""

OWN = ("theme", "patient_number")
"""Questions of the form of a case whose answers have columns of their own in the table of cases."""


@dataclass(frozen=True, slots=True)
class FormStanding:
    """How far one of the other forms of a case is: what is open, what is wrong."""

    form: CaseForm
    begun: bool
    answered: int
    """Questions that are asked and have an answer."""
    open: tuple[str, ...]
    """Required questions without an answer, by key."""
    findings: tuple[CaseFinding, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is open or wrong: then it goes with the documents by itself."""
        return self.begun and not self.open and not any(each.is_error for each in self.findings)


def form_of(which: CaseForm, theme: Theme) -> Form:
    """A form of a case; that of the case itself in the words of its theme."""
    return case_form(theme.key) if which is CaseForm.CASE else load(which)


def values_of(row: Mapping[str, Any], which: CaseForm = CaseForm.CASE) -> Values:
    """The answers to a form of a case, from its row; none for a form that nobody began."""
    raw = row[COLUMNS[which]]
    kept: Mapping[str, Any] = json.loads(raw) if isinstance(raw, str) else raw or {}
    if which is CaseForm.CASE:
        kept = {**kept, **{key: row[key] for key in OWN}}
    items = load(which).by_key
    return {key: from_json(items[key], kept[key]) for key in items if kept.get(key) is not None}


def to_keep(values: Mapping[str, Any], which: CaseForm = CaseForm.CASE) -> Values:
    """Answers as the column of their form keeps them."""
    own = OWN if which is CaseForm.CASE else ()
    return {key: to_json(value) for key, value in values.items() if value is not None and key not in own}


def is_begun(row: Mapping[str, Any], which: CaseForm) -> bool:
    """Whether somebody began a form of a case."""
    return row[COLUMNS[which]] is not None


def case_findings(values: Mapping[str, Any], faulty: Collection[str] = ()) -> list[CaseFinding]:
    """What is wrong or doubtful about the answers to the form of a case, those that do not count included."""
    form = load(CaseForm.CASE)
    return [
        *run_case_checks(CaseForm.CASE, counting(form, values), faulty=faulty),
        *(
            CaseFinding(NOT_ASKED.code, Severity.WARNING, CaseForm.CASE, each.key, NOT_ASKED.message)
            for each in hidden(form, values)
        ),
    ]


def standing_of(row: Mapping[str, Any], which: CaseForm) -> FormStanding:
    """How far a form of a case is."""
    form, values = load(which), values_of(row, which)
    counted = counting(form, values)
    case = counting(load(CaseForm.CASE), values_of(row))
    return FormStanding(
        which,
        is_begun(row, which),
        len(counted),
        tuple(item.key for item in open_questions(form, values)),
        tuple(run_case_checks(which, counted, case)),
    )


def included_of(theme: Theme, row: Mapping[str, Any]) -> Judged:
    """Whether a case falls within its theme: by its window in time, or by the form that judges it."""
    if theme.window is not None:
        return case_windows.included(theme.window, counting(load(CaseForm.CASE), values_of(row)))
    assert CaseForm.SWANSEA in theme.forms, "a theme without a window is judged by the Swansea criteria"
    return swansea.included(counting(load(CaseForm.SWANSEA), values_of(row, CaseForm.SWANSEA)))


def is_doubtful(judged: Judged) -> bool:
    """Whether a case lies outside its theme as far as its answers tell; unknown is not outside."""
    return judged.included is Included.NO
