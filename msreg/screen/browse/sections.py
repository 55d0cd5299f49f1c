"""The sections of a patient's page: the patient's own answers, courses, disease, medication, side effects, EQ-5D."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msreg.forms.answers import counting, open_questions
from msreg.forms.columns import forms_of
from msreg.forms.medicines import medicine
from msreg.forms.showing import show as show_value
from msreg.rules.names import mask_bsn
from msreg.screen.entries import complete, told
from msreg.screen.language import _, active
from msreg.screen.prom_words import index_told
from msreg.screen.table import Cell, Column, Row
from msreg.services.deriving import worth
from msreg.services.dossiers import Entry
from msreg.services.finding_records import PARENT
from msreg.services.records import PatientRecord
from msreg.vocabulary import N_, DiseaseKind, Record


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its records as a table, and which command deletes one of them."""

    record: Record
    label: str
    columns: Sequence[Column]
    row: Callable[[PatientRecord, Entry], Row]
    nothing: str
    kinds: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """What can be added, with the answers that say so; empty: one kind alone."""


def entries_of(record: PatientRecord, section: Section) -> list[Entry]:
    """The records of a section, newest first."""
    return record.newest_first(section.record)


def which_of(entry: Entry) -> dict[str, Any]:
    """The answers that tell a record from the others of its kind, as `guided.guide` takes them."""
    values = entry.values
    match entry.record:
        case Record.COURSE:
            keys: tuple[str, ...] = ("course_date",)
        case Record.DISEASE:
            keys = ("kind", "date")
        case Record.MEDICATION:
            keys = ("medicine", "start_date")
        case Record.ADVERSE_EVENT:
            assert entry.parent is not None
            above = {f"{PARENT}{key}": entry.parent.values[key] for key in ("medicine", "start_date")}
            return {**above, "description": values["description"]}
        case Record.PROM:
            keys = ("answered_on",)
        case Record.PATIENT:
            keys = ()
    return {key: values[key] for key in keys if values.get(key) is not None}


def _date(entry: Entry, key: str) -> Cell:
    return Cell(told(entry, key) or "–", "red" if entry.row["open_questions"] else "plain")


def _course(record: PatientRecord, entry: Entry) -> Row:
    return [
        _date(entry, "course_date"), told(entry, "edss"), told(entry, "mri_done"), told(entry, "mri_new_t2"),
        told(entry, "mri_gd_lesions"), complete(entry), record.centres.get(entry.row["centre_id"]),
    ]  # fmt: skip


def _disease(_record: PatientRecord, entry: Entry) -> Row:
    kind = entry.values.get("kind")
    if kind == DiseaseKind.PHENOTYPE:
        what = [told(entry, "phenotype")]
    elif kind == DiseaseKind.RELAPSE:
        what = [told(entry, key) for key in ("severity", "symptoms", "recovery")]
    else:
        what = [told(entry, key) for key in ("referred_by", "referred_from")]
    text = " · ".join(each for each in what if each)
    return [_date(entry, "date"), told(entry, "kind"), text, complete(entry)]


def name_of(code: str) -> str:
    """A medicine as people call it."""
    known = medicine(code)
    return known.label(active()) if known else code


def _medication(record: PatientRecord, entry: Entry) -> Row:
    effects = [each for each in record.dossier.of(Record.ADVERSE_EVENT) if each.parent is entry]
    return [
        name_of(entry.values["medicine"]), _date(entry, "start_date"),
        told(entry, "stop_date") or Cell(_("now"), "green"), told(entry, "stop_reasons"),
        str(len(effects)) if effects else None, complete(entry),
    ]  # fmt: skip


def _effect(_record: PatientRecord, entry: Entry) -> Row:
    parent = entry.parent
    return [
        told(entry, "description"), name_of(parent.values["medicine"]) if parent else None,
        told(entry, "start_date"), told(entry, "outcome"), complete(entry),
    ]  # fmt: skip


def _list(record: PatientRecord, entry: Entry) -> Row:
    found = worth(entry.values)
    return [
        _date(entry, "answered_on"), found["profile"], index_told(found["index_value"]),
        told(entry, "health_score"), told(entry, "mode"), complete(entry),
        record.centres.get(entry.row["centre_id"]),
    ]  # fmt: skip


def patient_rows(record: PatientRecord) -> list[Row]:
    """The patient's own answers, a question a row; open ones in red, the BSN masked."""
    rows: list[Row] = []
    for form in forms_of(Record.PATIENT):
        known = counting(form, record.values)
        lacking = {item.key for item in open_questions(form, record.values)}
        for item in form.items:
            label = Cell(item.label[active()], "grey")
            if item.key in known:
                value = known[item.key]
                text = mask_bsn(value) if item.key == "bsn" else show_value(item, value, active())
                rows.append([label, text])
            elif item.key in lacking:
                rows.append([Cell(f"{item.label[active()]} *", "grey"), Cell(_("open"), "red")])
    return rows


_COMPLETE = Column("complete", N_("Complete"), drop=1)

PATIENT = Section(
    Record.PATIENT,
    N_("Patient"),
    [
        Column("question", N_("Question"), shrink=1, least=12),
        Column("answer", N_("Answer"), shrink=2, least=10),
    ],
    lambda _record, _entry: [],
    "",
)
SECTIONS: tuple[Section, ...] = (
    PATIENT,
    Section(
        Record.COURSE,
        N_("Courses"),
        [
            Column("date", N_("Date")),
            Column("edss", N_("EDSS"), align="right"),
            Column("mri", N_("MRI"), drop=4),
            Column("new_t2", N_("New T2"), align="right", drop=5),
            Column("gd", N_("Gd"), align="right", drop=6),
            _COMPLETE,
            Column("centre", N_("Written by"), drop=7),
        ],
        _course,
        N_("No courses yet."),
    ),
    Section(
        Record.DISEASE,
        N_("Disease"),
        [
            Column("date", N_("Date")),
            Column("kind", N_("What")),
            Column("told", "", shrink=1, least=8),
            _COMPLETE,
        ],
        _disease,
        N_("No disease events yet."),
        (
            (N_("a relapse"), {"kind": DiseaseKind.RELAPSE.value}),
            (N_("a new phenotype"), {"kind": DiseaseKind.PHENOTYPE.value}),
            (N_("a referral"), {"kind": DiseaseKind.REFERRAL.value}),
        ),
    ),
    Section(
        Record.MEDICATION,
        N_("Medication"),
        [
            Column("medicine", N_("Medicine"), shrink=1, least=12),
            Column("start_date", N_("From")),
            Column("stop_date", N_("Until")),
            Column("stop_reasons", N_("Why stopped"), shrink=2, least=10, drop=3),
            Column("events", N_("Side effects"), align="right", drop=4),
            _COMPLETE,
        ],
        _medication,
        N_("No medication."),
    ),
    Section(
        Record.ADVERSE_EVENT,
        N_("Side effects"),
        [
            Column("description", N_("Side effect"), shrink=1, least=12),
            Column("medicine", N_("Medicine"), shrink=2, least=10),
            Column("start_date", N_("From"), drop=3),
            Column("outcome", N_("Outcome"), drop=4),
            _COMPLETE,
        ],
        _effect,
        N_("No side effects."),
    ),
    Section(
        Record.PROM,
        N_("EQ-5D"),
        [
            Column("date", N_("Date")),
            Column("profile", N_("Profile")),
            Column("index", N_("Index"), align="right"),
            Column("score", N_("Score"), align="right"),
            Column("mode", N_("How"), shrink=1, drop=3),
            _COMPLETE,
            Column("centre", N_("Written by"), drop=4),
        ],
        _list,
        N_("No questionnaires yet."),
    ),
)
