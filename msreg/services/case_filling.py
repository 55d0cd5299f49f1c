"""Answers to a form of a case: what they bring, and keeping them with the log and the document that is made of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from msreg.errors import Conflict
from msreg.forms.answers import counting, hidden
from msreg.forms.load import load
from msreg.forms.themes import Theme, theme
from msreg.forms.values import NOT_ASKED, REQUIRED
from msreg.rules.case_checks import CaseFinding, run_case_checks
from msreg.services.answering import refused
from msreg.services.case_answers import COLUMNS, Values, to_keep, values_of
from msreg.services.case_generated import Generated, renew
from msreg.services.case_writing import change
from msreg.services.cases import number_of
from msreg.services.confirming import keep_reason
from msreg.services.writing import Work
from msreg.vocabulary import N_, CaseForm, Severity

EVENTS: Mapping[CaseForm, str] = {
    CaseForm.CASE: "cases.edit",
    CaseForm.CRF: "cases.crf",
    CaseForm.SWANSEA: "cases.swansea",
}
"""What the log calls work on each form; the verb of the command, too."""


class Changed(NamedTuple):
    """One answer that became another."""

    key: str
    old: Any
    new: Any


class Kept(NamedTuple):
    """The row of a case after its answers were kept, and what became of the document of a form."""

    row: dict[str, Any]
    generated: Generated | None


def theme_of(row: Mapping[str, Any], key: str) -> Theme:
    """The theme that a case gets. Raises `Conflict` for one of the other process."""
    about = theme(key)
    if about.process.value != row["process"]:
        raise Conflict(
            N_("This theme belongs to another process, with numbers and rights of its own."),
            hint=N_("Withdraw this case and report it anew: msreg cases new --theme {theme}"),
            field="theme",
            theme=about.key,
        )
    return about


def doubts_of(
    which: CaseForm,
    row: Mapping[str, Any],
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    given: Collection[str],
) -> list[CaseFinding]:
    """The doubts that new answers bring. Raises `Refused` at a fault that was not there before.

    Of several faults one at a question of `given` comes first.
    """
    if which is CaseForm.CASE and new.get("theme") is None:
        raise refused(REQUIRED.code, "theme", REQUIRED.message, None, {})
    before = {(each.code, each.field, old.get(each.field)) for each in _findings(which, row, old)}
    found = [
        each
        for each in _findings(which, row, new)
        if (each.code, each.field, new.get(each.field)) not in before
    ]
    errors = sorted((each for each in found if each.is_error), key=lambda each: each.field not in given)
    if errors:
        each = errors[0]
        raise refused(each.code, each.field, each.message, each.hint, each.params)
    return found


def _findings(which: CaseForm, row: Mapping[str, Any], values: Mapping[str, Any]) -> list[CaseFinding]:
    """What is wrong or doubtful about answers to a form, those that do not count included."""
    form = load(which)
    case = None if which is CaseForm.CASE else counting(load(CaseForm.CASE), values_of(row))
    return [
        *run_case_checks(which, counting(form, values), case),
        *(
            CaseFinding(NOT_ASKED.code, Severity.WARNING, which, each.key, NOT_ASKED.message)
            for each in hidden(form, values)
        ),
    ]


def keep(
    work: Work,
    row: Mapping[str, Any],
    which: CaseForm,
    old: Values,
    new: Values,
    *,
    today: date,
    doubts: Sequence[CaseFinding] = (),
    reason: str | None = None,
) -> Kept:
    """Write the answers to a form of a case that was found in this work; nothing when they are the same.

    Documents that are made of forms follow: they come, are renewed, or go. `reason` says why `doubts` are right.
    """
    work.about["case"] = str(number_of(row))
    changes = differences(which, old, new)
    if not changes:
        return Kept(dict(row), None)
    columns: dict[str, Any] = {COLUMNS[which]: to_keep(new, which)}
    columns["form_version" if which is CaseForm.CASE else f"{COLUMNS[which]}_version"] = load(which).version
    if which is CaseForm.CASE:
        columns |= {"theme": new["theme"], "patient_number": new.get("patient_number")}
    # The forms of a case share keys with the case itself: a date of delivery is asked in both.
    name = "" if which is CaseForm.CASE else f"{which.value}."
    version = change(
        work,
        row,
        columns,
        before={name + each.key: each.old for each in changes if each.old is not None},
        after={name + each.key: each.new for each in changes if each.new is not None},
    )
    if reason is not None:
        keep_reason(work, row["id"], None, doubts, reason)
    after = {**row, **columns, "version": version}
    return Kept(after, renew(work, after, which, today=today))


def differences(which: CaseForm, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Changed]:
    """The answers that are others, in the order of the form."""
    return [
        Changed(key, old.get(key), new.get(key)) for key in load(which).keys if old.get(key) != new.get(key)
    ]
