"""What an edit did: old and new of each answer, doubts, and what is still open."""

from __future__ import annotations

from typing import Any

from msreg.forms.columns import forms_of, to_json
from msreg.forms.showing import show as show_value
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.prom_words import tell_worth
from msreg.screen.removed import in_words
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.differing import CellChange
from msreg.services.dossiers import Entry
from msreg.services.editing import Edited
from msreg.vocabulary import Record


def edited_result(done: Edited, *, dry_run: bool) -> Result:
    """The result of an edit for people and for programs."""
    return Result(lambda: _data(done, dry_run), lambda screen: _show(screen, done, dry_run))


def _show(screen: Screen, done: Edited, dry_run: bool) -> None:
    if done.added:
        screen.line(_added(done, dry_run))
    elif not done.changes:
        screen.line(_("Nothing changed: the registry has these answers already."))
        return
    else:
        for change in done.changes:
            label, old, new = _told(change)
            screen.line(
                f"  {done.number}  {label}  ",
                Cell(f"{old} → {new}" if screen.values_allowed else _("changed"), "accent"),
            )
    for doubt in done.doubts:
        screen.line(Cell(f"  {_('Is this right?')} {doubt.text(_)} ({doubt.code})", "orange"))
    if done.record is Record.PROM and screen.values_allowed:
        tell_worth(screen, done.named)
    if dry_run:
        screen.line(_("Nothing was written."), tone="grey")
    elif done.open_questions:
        text = ngettext(
            "{count} question is still open.", "{count} questions are still open.", done.open_questions
        )
        screen.line(text)
        screen.next(f"msreg patients why {done.number}")
    elif done.complete:
        screen.line(_("The patient is complete."), tone="green")


def _added(done: Edited, dry_run: bool) -> str:
    if done.record is Record.PATIENT:
        text = (
            _("The patient would be registered as {number}.")
            if dry_run
            else _("The patient is registered as {number}.")
        )
        return text.format(number=done.number)
    text = _("This would be added: {what} of {patient}.") if dry_run else _("Added: {what} of {patient}.")
    return text.format(what=in_words(Entry(done.record, dict(done.named))), patient=done.number)


def _told(change: CellChange) -> tuple[str, str, str]:
    for form in forms_of(change.entry.record):
        if change.key in form.by_key:
            item = form[change.key]
            return (
                item.label[active()],
                show_value(item, change.old, active()),
                show_value(item, change.new, active()),
            )
    return change.key, "–", "–"


def _data(done: Edited, dry_run: bool) -> dict[str, Any]:
    return {
        "registry_number": done.number,
        "dry_run": dry_run,
        "changes": [
            {"field": each.key, "old": to_json(each.old), "new": to_json(each.new)} for each in done.changes
        ],
        "doubts": [{"code": each.code, "field": each.field, "message": each.text(_)} for each in done.doubts],
        "open_questions": done.open_questions,
        "complete": done.complete,
    }
