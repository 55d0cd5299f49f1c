"""Records of one patient as lists and as pages: courses, disease history, medication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msreg.forms.answers import counting, open_questions
from msreg.forms.columns import forms_of, to_json
from msreg.forms.definition import Form
from msreg.forms.showing import show as show_value
from msreg.forms.showing import unit_of
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.table import Cell, Column, Row, Table
from msreg.screen.why import edit_command, option
from msreg.services.deriving import worth
from msreg.services.dossiers import Entry
from msreg.services.records import PatientRecord
from msreg.vocabulary import Record


def told(entry: Entry, key: str) -> str | None:
    """One answer as people read it; nothing when there is none or it does not count."""
    for form in forms_of(entry.record):
        if key in form.by_key:
            value = counting(form, entry.values).get(key)
            return None if value is None else show_value(form[key], value, active())
    return None


def label(entry: Entry, key: str) -> str:
    """The label of a question."""
    for form in forms_of(entry.record):
        if key in form.by_key:
            return form[key].label[active()]
    return key


def data(record: PatientRecord, entry: Entry) -> dict[str, Any]:
    """A record for programs: its parents, its answers by the keys of the codebook, and its state."""
    answers: dict[str, Any] = {}
    lacking: list[str] = []
    for form in forms_of(entry.record):
        known = counting(form, entry.values)
        answers |= {item.key: to_json(known.get(item.key)) for item in form.items}
        lacking += [item.key for item in open_questions(form, entry.values)]
    if entry.record is Record.PROM:
        answers |= worth(entry.values)
    return {
        "registry_number": record.number,
        "centre": record.row["centre_code"],
        "patient_number": record.row["patient_number"],
        **answers,
        "complete": not lacking,
        "open": lacking,
        "version": entry.row.get("version"),
        "written_by": record.centres.get(entry.row.get("centre_id", "")),
    }


def complete(entry: Entry) -> Cell:
    """Complete or not, with the number of open questions."""
    lacking = entry.row["open_questions"]
    return Cell(_("yes"), "green") if not lacking else Cell(f"{_('no')}  ({lacking})", "red")


def show_list(screen: Screen, columns: Sequence[Column], rows: Sequence[Row], *, nothing: str) -> None:
    """A list of records, or one sentence when there are none."""
    if rows:
        screen.table(Table(columns, rows))
    else:
        screen.line(f"  {nothing}", tone="grey")


def show_entry(screen: Screen, record: PatientRecord, entry: Entry) -> None:
    """All answers of one record by section, open questions in red, and how to fill them."""
    for form in forms_of(entry.record):
        lacking = show_answers(screen, form, entry.values)
        if lacking:
            screen.line()
            options = " ".join(f"{option(key)} …" for key in lacking)
            screen.line(
                _("Fill in: "), Cell(f"{edit_command(record, entry)} {options}", "accent"), tone="grey"
            )


def show_answers(screen: Screen, form: Form, values: Mapping[str, Any]) -> list[str]:
    """The answers to a form by section, open questions in red; gives the keys of those."""
    language = active()
    known = counting(form, values)
    lacking = [item.key for item in open_questions(form, values)]
    section: str | None = None
    facts: list[tuple[str, str | Cell | None]] = []
    for item in form.items:
        if item.key not in known and item.key not in lacking:
            continue
        if item.section != section and facts:
            screen.facts(facts, indent=2)
            facts = []
        if item.section != section:
            section = item.section
            title = next((each.label[language] for each in form.sections if each.key == section), None)
            if title:
                screen.line(title, tone="grey")
        if item.key in known:
            value = known[item.key]
            facts.append((item.label[language], show_value(item, value, language) + unit_of(item, value)))
        else:
            facts.append((f"{item.label[language]} *", Cell(_("open"), "red")))
    screen.facts(facts, indent=2)
    return lacking
