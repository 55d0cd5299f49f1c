"""How a form of a case is: complete or open, its score, its document. For people and for programs."""

from __future__ import annotations

from typing import Any

from msreg.forms.load import load
from msreg.forms.themes import Theme
from msreg.rules.case_numbers import CaseNumber
from msreg.screen.case_words import score_words, verdict_cell
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.table import Cell
from msreg.services.case_filling import EVENTS
from msreg.services.case_form_state import FormState
from msreg.services.case_generated import Generated
from msreg.vocabulary import N_, CaseForm

DONE = {
    Generated.MADE: N_("It is complete: its PDF stands with the documents of the case now."),
    Generated.RENEWED: N_("It is complete: its PDF among the documents of the case is renewed."),
    Generated.REMOVED: N_(
        "It is not complete any more: its PDF is no longer among the documents of the case."
    ),
}


def tell_standing(screen: Screen, state: FormState, generated: Generated | None = None) -> None:
    """What a form tells of its case, and what is open or wrong in it."""
    if state.which is not CaseForm.CRF:  # the CRF says nothing about the theme
        cell = verdict_cell(state.judged)
        screen.text(f"{_('Within the theme')}: {cell.text}", cell.tone, indent=2)
    if state.score is not None:
        screen.text(f"{_('Swansea criteria')}: {score_words(state.score)}", indent=2)
    if state.which is not CaseForm.CASE:
        if generated is not None:
            screen.text(_(DONE[generated]), "orange" if generated is Generated.REMOVED else "green", indent=2)
        elif state.standing.complete:
            screen.line("  ", Cell(_("complete"), "green"))
        _open(screen, state)
    elif generated is Generated.REMOVED:
        text = _(
            "The PDF of a form of this case is no longer among its documents: the form has to be mended."
        )
        screen.text(text, "orange", indent=2)


def _open(screen: Screen, state: FormState) -> None:
    labels = [state.form[key].label[active()] for key in state.standing.open]
    if labels:
        text = ngettext("{count} question is still open", "{count} questions are still open", len(labels))
        screen.text(f"{text}: {', '.join(labels)}.", "red", indent=2)
    for each in state.standing.findings:
        label = state.form[each.field].label[active()]
        screen.text(f"{label}: {each.text(_)} ({each.code})", "red" if each.is_error else "orange", indent=2)


def next_forms(screen: Screen, number: CaseNumber, about: Theme) -> None:
    """The forms that a theme asks for, as commands."""
    for key in about.forms:
        screen.next(form_command(number, CaseForm(key)), load(key).label[active()])


def form_command(number: CaseNumber, which: CaseForm) -> str:
    """The command that fills in a form of a case."""
    return f"msreg {EVENTS[which].replace('.', ' ')} {number}"


def standing_data(state: FormState) -> dict[str, Any]:
    """The same for programs."""
    data: dict[str, Any] = {
        "form": state.which,
        "form_version": state.form_version,
        "complete": state.standing.complete,
        "open": list(state.standing.open),
    }
    if (found := state.score) is not None:
        data["score"] = {
            "low": found.low,
            "high": found.high,
            "fulfilled": found.fulfilled,
            "met": list(found.met),
            "not_met": list(found.not_met),
            "unknown": list(found.unknown),
        }
    return data
