"""Why a patient is not complete: each open question, and the command that fills it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from msreg.forms.showing import show as show_value
from msreg.rules.names import display_name
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.screen.widths import pad, width
from msreg.services.dossiers import Entry
from msreg.services.records import OpenQuestion, PatientRecord
from msreg.vocabulary import DiseaseKind, Record


def edit_command(record: PatientRecord, entry: Entry) -> str:
    """The command that changes one record of a patient."""
    above = entry.parent.values if entry.parent else None
    return edit_words(record.number, entry.record, entry.values, above)


def edit_words(
    number: str, record: Record, values: Mapping[str, Any], parent: Mapping[str, Any] | None = None
) -> str:
    """The same, of a record by its answers; `parent` are those of the medication of a side effect."""
    match record:
        case Record.PATIENT:
            return f"msreg patients edit {number}"
        case Record.COURSE:
            return f"msreg courses edit {number} {values['course_date'].isoformat()}"
        case Record.DISEASE:
            when = values.get("date")
            kind = values.get("kind", DiseaseKind.RELAPSE)
            return f"msreg disease {kind} edit {number}" + (f" {when.isoformat()}" if when else "")
        case Record.MEDICATION:
            return f"msreg medications edit {number} {values['medicine']} {values['start_date']}"
        case Record.ADVERSE_EVENT:
            assert parent is not None
            medication = f"{parent['medicine']} {parent['start_date']}"
            return f'msreg events edit {number} {medication} "{values["description"]}"'
        case Record.PROM:
            return f"msreg proms edit {number} {values['answered_on'].isoformat()}"


def option(key: str) -> str:
    """The option of a question."""
    return "--" + key.replace("_", "-")


def show_why(screen: Screen, record: PatientRecord, found: list[OpenQuestion]) -> None:
    """`patients why`: questions that count first, by record; then those that are only open."""
    row = record.row
    name = display_name(row["family_name"], row["name_prefix"], row["initials"])
    counting = [each for each in found if each.counts]
    screen.line(Cell(name, "accent"), f"  {record.number}  ", _headline(record, counting))
    if row["withdrawn_on"]:
        return  # what is open stays open
    others = [each for each in found if not each.counts]
    for title, questions in ((None, counting), (_("Open, but not needed for complete"), others)):
        if not questions:
            continue
        screen.line()
        if title:
            screen.line(title, tone="grey")
        _questions(screen, record, questions)
    if counting:
        first = counting[0].entry
        if screen.edge.terminal:
            screen.line()
        screen.next(edit_command(record, first), _("Answer them one after another"))


def _headline(record: PatientRecord, counting: list[OpenQuestion]) -> Cell:
    if record.row["withdrawn_on"]:
        since = day(record.row["withdrawn_on"])
        text = _("consent was withdrawn on {date}: nothing is asked any more").format(date=since)
        return Cell(text, "grey")
    if not counting:
        return Cell(_("complete"), "green")
    courses = len({id(each.entry) for each in counting if each.record is Record.COURSE})
    questions = ngettext("{count} question", "{count} questions", len(counting))
    where = ngettext("{count} course", "{count} courses", courses) if courses else _("the patient's data")
    if record.row["complete"]:
        text = _("counts as complete since the treatment has ended: {questions} open in {where}")
        return Cell(text.format(questions=questions, where=where), "grey")
    return Cell(_("incomplete: {questions} in {where}").format(questions=questions, where=where), "red")


def _options(questions: list[OpenQuestion], entry: Entry) -> str:
    return " ".join(f"{option(each.item.key)} …" for each in questions if each.entry is entry)


def _questions(screen: Screen, record: PatientRecord, questions: list[OpenQuestion]) -> None:
    titled = [(_title(each.entry), each) for each in questions]
    before = max(width(title) for title, _each in titled)
    label = max(width(each.item.label[active()]) for each in questions) + 2
    for _entry, group in groupby(titled, key=lambda pair: id(pair[1].entry)):
        for at, (title, each) in enumerate(group):
            command = f"{edit_command(record, each.entry)} {option(each.item.key)} …"
            start = f"  {pad(title if at == 0 else '', before)}  "
            text = pad(f"{each.item.label[active()]} *", label)
            if screen.edge.terminal and width(start + text + command) + 2 > screen.edge.width:
                screen.line(start, Cell(text.rstrip(), "red"))
                screen.line(" " * 6, Cell(command, "grey"))
            else:
                screen.line(start, Cell(text, "red"), "  ", Cell(command, "grey"))


def _title(entry: Entry) -> str:
    """What the record is called: its date, or what it is about."""
    values = entry.values
    match entry.record:
        case Record.PATIENT:
            return _("patient")
        case Record.COURSE:
            return day(values["course_date"]) or ""
        case Record.DISEASE:
            return f"{_kind(values)} {day(values.get('date')) or ''}".strip()
        case Record.MEDICATION:
            return f"{values['medicine']} {day(values['start_date'])}"
        case Record.ADVERSE_EVENT:
            return _("side effect")
        case Record.PROM:
            return _("questionnaire {date}").format(date=day(values["answered_on"]))


def _kind(values: dict[str, Any]) -> str:
    from msreg.forms.columns import forms_of

    item = forms_of(Record.DISEASE)[0]["kind"]
    return show_value(item, values.get("kind"), active())


def why_data(record: PatientRecord, found: list[OpenQuestion]) -> dict[str, Any]:
    """`patients why --json`."""
    return {
        "registry_number": record.number,
        "complete": bool(record.row["complete"]),
        "withdrawn_on": record.row["withdrawn_on"],
        "open": [
            {
                "record": each.record,
                "course_date": each.entry.values.get("course_date"),
                "date": each.entry.values.get("date") or each.entry.values.get("start_date"),
                "field": each.item.key,
                "label": each.item.label[active()],
                "counts": each.counts,
                "command": f"{edit_command(record, each.entry)} {option(each.item.key)}",
            }
            for each in found
        ],
    }
