"""What deleting a record did, or would do."""

from __future__ import annotations

from typing import Any

from msreg.forms.columns import to_json
from msreg.forms.medicines import medicine
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.services.dossiers import Entry
from msreg.services.removing import Removed
from msreg.vocabulary import DiseaseKind, Record


def what_goes(done: Removed) -> str:
    """The record in words, with what goes along: the course of 2026-06-30 of MS-0000012."""
    text = _("{record} of {patient}").format(record=in_words(done.entry), patient=done.number)
    if events := done.along[Record.ADVERSE_EVENT]:
        text += " " + ngettext("with {count} side effect", "with {count} side effects", events)
    return text


def in_words(entry: Entry) -> str:
    """A record by what tells it from others: the course of 2026-06-30."""
    values = entry.values
    if entry.record is Record.COURSE:
        return _("the course of {date}").format(date=day(values.get("course_date")) or "–")
    if entry.record is Record.DISEASE:
        date = day(values.get("date"))
        if values.get("kind") == DiseaseKind.REFERRAL:
            return _("the referral")
        if values.get("kind") == DiseaseKind.PHENOTYPE:
            return _("the phenotype of {date}").format(date=date)
        return _("the relapse of {date}").format(date=date)
    if entry.record is Record.MEDICATION:
        known = medicine(values["medicine"])
        name = known.inn[active()] if known else values["medicine"]
        return _("the medication {medicine} from {date}").format(
            medicine=name, date=day(values["start_date"])
        )
    if entry.record is Record.PROM:
        return _("the questionnaire of {date}").format(date=day(values.get("answered_on")) or "–")
    return _("the side effect") if entry.record is Record.ADVERSE_EVENT else _("the patient")


def removed_result(done: Removed, *, dry_run: bool) -> Result:
    """The result of a deletion for people and for programs."""

    def show(screen: Screen) -> None:
        what = what_goes(done)
        if dry_run:
            screen.line(_("This would be deleted: {what}.").format(what=what))
            screen.line(_("Nothing was written."), tone="grey")
            return
        screen.line(_("Deleted: {what}.").format(what=what))
        screen.next("msreg undo", _("To take it back"))

    return Result(lambda: _data(done, dry_run), show)


def _data(done: Removed, dry_run: bool) -> dict[str, Any]:
    return {
        "registry_number": done.number,
        "dry_run": dry_run,
        "record": done.entry.record,
        "deleted": {key: to_json(value) for key, value in done.entry.values.items()},
        "side_effects": done.along[Record.ADVERSE_EVENT],
    }
