"""One patient on the screen: who it is, then every answer by section of the form."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from msreg.forms.answers import counting, open_questions
from msreg.forms.columns import forms_of, to_json
from msreg.forms.definition import Form
from msreg.forms.showing import show as show_value
from msreg.rules.completeness import completeness_tone, course_is_due
from msreg.rules.names import display_name, mask_bsn
from msreg.screen.counted import RECORDS, all_counted
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.services.records import PatientRecord
from msreg.vocabulary import Record


def headline(screen: Screen, record: PatientRecord) -> None:
    """The first line of every screen about one patient."""
    row = record.row
    name = display_name(row["family_name"], row["name_prefix"], row["initials"])
    screen.line(Cell(name, "accent"), f"   {record.number}   {row['centre_code']}:{row['patient_number']}")


def show_patient(screen: Screen, record: PatientRecord, today: date, *, reveal: bool) -> None:
    """`patients show`: state first, then the answers."""
    headline(screen, record)
    screen.line()
    screen.facts(_state(record, today), indent=2)
    for form in forms_of(Record.PATIENT):
        screen.line()
        screen.line(form.label[active()], tone="accent")
        screen.facts(_answers(form, record, reveal=reveal), indent=2)
    screen.line()
    screen.text(all_counted({kind: len(record.dossier.of(kind)) for kind in RECORDS}), "grey")
    if record.row["open_questions"] and not record.row["withdrawn_on"]:
        screen.next(f"msreg patients why {record.number}", _("What is missing"))
    else:
        screen.next(f"msreg courses list {record.number}")


def _state(record: PatientRecord, today: date) -> Iterator[tuple[str, str | Cell | None]]:
    row = record.row
    withdrawn = day(row["withdrawn_on"])
    if withdrawn:
        text = _("{date}, nothing new may be recorded").format(date=withdrawn)
        yield _("Consent withdrawn"), Cell(text, "orange")
    if row["mail_stopped_on"]:
        text = _("wants no mail since {date}").format(date=day(row["mail_stopped_on"]))
        yield _("Mail"), Cell(text, "orange")
    tone = completeness_tone(
        row["open_questions"], bool(row["deceased"]), bool(row["treatment_ended"]), bool(withdrawn)
    )
    if row["complete"]:
        complete = Cell(_("yes"), tone)
    else:
        questions = ngettext("{count} open question", "{count} open questions", row["open_questions"])
        complete = Cell(f"{_('no')}, {questions}", tone)
    yield _("Complete"), complete
    last = day(row["last_course_on"])
    due = row["course_due_on"]
    if last and due and course_is_due(date.fromisoformat(due), today):
        yield _("Last course"), Cell(f"{last}  ! {_('a new course is due')}", "orange")
    else:
        yield _("Last course"), last
    phenotype = row["last_phenotype"]
    yield _("Phenotype now"), phenotype.upper() if phenotype else None
    yield _("Centre"), f"{row['centre_code']}  {row['centre_name']}"
    for shared in record.shared:
        since = day(shared.since) or ""
        yield (
            _("Shared with"),
            "⇄ "
            + _("{centre}  {name}, since {date}").format(centre=shared.centre, name=shared.name, date=since),
        )


def _answers(form: Form, record: PatientRecord, *, reveal: bool) -> Iterator[tuple[str, str | Cell | None]]:
    known = counting(form, record.values)
    open_keys = {item.key for item in open_questions(form, record.values)}
    for item in form.items:
        if item.key in known:
            value = known[item.key]
            text = mask_bsn(value) if item.key == "bsn" and not reveal else show_value(item, value, active())
            yield item.label[active()], text
        elif item.key in open_keys:
            yield f"{item.label[active()]} *", Cell(_("open"), "red")


def patient_data(record: PatientRecord, *, reveal: bool) -> dict[str, Any]:
    """`patients show --json`: the state, and the answers by the keys of the codebook."""
    row = record.row
    answers: dict[str, Any] = {}
    for form in forms_of(Record.PATIENT):
        known = counting(form, record.values)
        answers |= {item.key: to_json(known.get(item.key)) for item in form.items}
    if not reveal:
        answers["bsn"] = mask_bsn(answers.get("bsn"))
    return {
        "registry_number": record.number,
        "centre": row["centre_code"],
        **answers,
        "version": row["version"],
        "complete": bool(row["complete"]),
        "open_questions": row["open_questions"],
        "last_course_on": row["last_course_on"],
        "course_due_on": row["course_due_on"],
        "last_phenotype": row["last_phenotype"],
        "withdrawn_on": row["withdrawn_on"],
        "mail_stopped_on": row["mail_stopped_on"],
        "shared_with": [{"centre": s.centre, "since": s.since} for s in record.shared],
        "courses": len(record.dossier.of(Record.COURSE)),
        "disease_events": len(record.dossier.of(Record.DISEASE)),
        "medications": len(record.dossier.of(Record.MEDICATION)),
        "adverse_events": len(record.dossier.of(Record.ADVERSE_EVENT)),
        "proms": len(record.dossier.of(Record.PROM)),
    }
