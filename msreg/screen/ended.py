"""A death or the end of a treatment, before and after it is recorded: whose, what, and what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msreg.forms.columns import forms_of
from msreg.forms.showing import show as show_value
from msreg.rules.names import display_name
from msreg.screen.edited import edited_result
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.editing import Edited
from msreg.vocabulary import N_, Record


@dataclass(frozen=True, slots=True)
class Ending:
    """What is recorded: the question that says that it is so, and the words for it."""

    flag: str
    ask: str
    done: str
    meaning: str


DECEASED = Ending(
    "deceased",
    N_("Record this death?"),
    N_("The death of {patient} is recorded."),
    N_("No new course is asked for any more, and no mail goes out to this patient."),
)
ENDED = Ending(
    "treatment_ended",
    N_("Record that the treatment ended?"),
    N_("That the treatment of {patient} ended is recorded."),
    N_("No new course is asked for any more, no mail goes out, and the patient counts as complete."),
)


def show_trial(screen: Screen, done: Edited, what: Ending) -> None:
    """Whom it is about and what would change, for who is about to be asked."""
    values = done.changes[0].entry.values
    name = display_name(values["family_name"], values.get("name_prefix"), values.get("initials"))
    screen.line(Cell(name, "accent"), f"   {done.number}")
    _show(screen, done, what)


def ended_result(done: Edited, what: Ending, *, dry_run: bool) -> Result:
    """The result for people and for programs."""

    def show(screen: Screen) -> None:
        if dry_run:
            screen.line(done.number)
        else:
            screen.line(_(what.done).format(patient=done.number))
        _show(screen, done, what)
        if dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        else:
            screen.next(f"msreg patients show {done.number}")

    return Result(edited_result(done, dry_run=dry_run).data, show)


def _show(screen: Screen, done: Edited, what: Ending) -> None:
    screen.facts(_facts(screen, done, what), indent=2)
    for doubt in done.doubts:
        screen.text(f"{_('Is this right?')} {doubt.text(_)} ({doubt.code})", "orange", indent=2)
    screen.text(_(what.meaning), "grey")


def _facts(screen: Screen, done: Edited, what: Ending) -> Iterator[tuple[str, str]]:
    items = {item.key: item for form in forms_of(Record.PATIENT) for item in form.items}
    for change in done.changes:
        if change.key != what.flag:
            item = items[change.key]
            told = show_value(item, change.new, active()) if screen.values_allowed else _("changed")
            yield item.label[active()], told
