"""Unfinished entries on the screen: what they are, not what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msreg.screen.language import _
from msreg.screen.output import Screen, afterwards
from msreg.screen.shown import moment
from msreg.screen.table import Column, Table
from msreg.services.drafts import Draft
from msreg.vocabulary import N_, DiseaseKind, Record

COLUMNS = [
    Column("number", "", align="right"),
    Column("what", N_("Entry"), shrink=1),
    Column("patient", N_("Patient")),
    Column("when", N_("Left at")),
]

_NEW = {
    Record.PATIENT: N_("new patient"),
    Record.COURSE: N_("new course"),
    Record.MEDICATION: N_("new medication"),
    Record.ADVERSE_EVENT: N_("new side effect"),
    Record.DISEASE: N_("new row of the disease history"),
    Record.PROM: N_("new questionnaire"),
}
_OLD = {
    Record.PATIENT: N_("data of a patient"),
    Record.COURSE: N_("a course"),
    Record.MEDICATION: N_("a medication"),
    Record.ADVERSE_EVENT: N_("a side effect"),
    Record.DISEASE: N_("a row of the disease history"),
    Record.PROM: N_("a questionnaire"),
}
_KINDS = {
    DiseaseKind.PHENOTYPE: N_("new phenotype"),
    DiseaseKind.RELAPSE: N_("new relapse"),
    DiseaseKind.REFERRAL: N_("new referral"),
}


def kind_of(draft: Draft) -> str:
    """What is being entered: a new course."""
    if draft.adding and draft.kind is not None:
        return _(_KINDS[DiseaseKind(draft.kind)])
    return _((_NEW if draft.adding else _OLD)[draft.record])


def in_words(draft: Draft) -> str:
    """The same with the patient or the centre."""
    where = draft.number or draft.centre
    return f"{kind_of(draft)} ({where})" if where else kind_of(draft)


def show_drafts(screen: Screen, drafts: Sequence[Draft]) -> None:
    """The list, numbered for `resume` and `discard`."""
    if not drafts:
        screen.line(_("You have no unfinished entries."), tone="grey")
        return
    narrow = screen.edge.terminal and screen.edge.width < 50
    rows = [
        [str(at), kind_of(each), each.number or each.centre, _left_at(each, narrow)]
        for at, each in enumerate(drafts, 1)
    ]
    screen.table(Table(COLUMNS, rows))
    screen.line()
    screen.next("msreg drafts resume", _("Go on"))


def _left_at(draft: Draft, narrow: bool) -> str | None:
    when = moment(draft.changed_at)
    return when.split()[0] if when and narrow else when


def tell_drafts(drafts: Sequence[Draft]) -> None:
    """A remark after what the command shows: there is an entry that is not finished."""
    if drafts:
        text = _("Not finished: {what}. Go on with: msreg drafts resume")
        afterwards(text.format(what=in_words(drafts[0])))


def draft_data(draft: Draft) -> dict[str, Any]:
    """One for programs."""
    return {
        "record": draft.record,
        "kind": draft.kind,
        "adding": draft.adding,
        "registry_number": draft.number,
        "centre": draft.centre,
        "changed_at": draft.changed_at,
    }


def drafts_data(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """The list for programs."""
    return [{"number": at, **draft_data(each)} for at, each in enumerate(drafts, 1)]
