"""The end of a guided entry: what is saved, what is open, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from msreg.screen.edge import edge
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.prom_words import tell_worth
from msreg.screen.prompter import Option, Prompter, Question
from msreg.screen.prompting import prompter
from msreg.screen.removed import in_words
from msreg.screen.result import Result
from msreg.screen.walk import Entered
from msreg.screen.why import edit_words
from msreg.services.dossiers import Entry
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record


def entered_result(done: Entered) -> Result:
    """What was entered, for the person who did; a guided entry has no other reader."""
    return Result(None, lambda screen: _show(screen, done))


def _show(screen: Screen, done: Entered) -> None:
    screen.line()
    if done.record is Record.PATIENT and done.added:
        screen.text(_("The patient is registered as {number}.").format(number=done.number), "green")
    else:
        what = in_words(Entry(done.record, dict(done.values)))
        screen.text(_("Saved: {what} of {patient}.").format(what=what, patient=done.number), "green")
    if done.record is Record.PROM:
        tell_worth(screen, done.values)
    if done.open_questions:
        count = len(done.open_questions)
        open_now = ngettext("{count} question is still open", "{count} questions are still open", count)
        labels = ", ".join(item.label[active()] for item in done.open_questions)
        screen.text(f"{open_now}: {labels}.", "red")
        screen.next(edit_words(done.number, done.record, done.values, done.parent), _("Go on later"))
    elif done.record is Record.PATIENT:
        screen.next(f"msreg courses add {done.number}")
    else:
        screen.next(f"msreg synopsis {done.number}", _("See the patient"))


def follow_up(
    registry: Registry, done: Entered, *, by: Actor, today: date, ask: Prompter | None = None
) -> None:
    """A medicine that was stopped for side effects: which, one after another (SPEC G5)."""
    from msreg.screen.guided import guide
    from msreg.services.records import read_record

    values: Mapping[str, Any] = done.values
    if done.record is not Record.MEDICATION or "adverse_event" not in (values.get("stop_reasons") or ()):
        return
    record = read_record(
        registry, by=by, event="adverse_event.add", patient=done.number, segment="adverse_events"
    )
    named = {"medicine": values["medicine"], "start_date": values["start_date"]}
    told = [
        each
        for each in record.dossier.of(Record.ADVERSE_EVENT)
        if each.parent is not None and named.items() <= each.parent.values.items()
    ]
    who, screen = ask or prompter(), Screen(edge())
    parent = {f"parent_{key}": value for key, value in named.items()}
    text = _("Which side effect was it?") if not told else _("Another side effect of this medicine?")
    while _wanted(who, text):
        screen.line()
        guide(
            registry, by=by, today=today, record=Record.ADVERSE_EVENT, patient=done.number, parent=parent,
            ask=who,
        )  # fmt: skip
        text = _("Another side effect of this medicine?")


def _wanted(ask: Prompter, text: str) -> bool:
    options = (Option(True, _("tell it now")), Option(False, _("not now")))
    return ask.ask(Question(text, "--adverse-event", options=options)) is True
