"""A synopsis in the words of the language that is spoken: parts that text, Markdown and PDF lay out alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from msreg.rules.completeness import completeness_tone
from msreg.rules.names import display_name
from msreg.screen.language import _, ngettext
from msreg.screen.safe import safe
from msreg.screen.shown import day
from msreg.screen.synopsis_rows import (
    effect_row,
    list_told,
    medicine_name,
    period_row,
    relapse_told,
    told,
    visit_row,
)
from msreg.screen.table import NOTHING, Cell
from msreg.services.synopsis import Synopsis
from msreg.vocabulary import N_, Record

_LISTS = 2
"""Questionnaires that a synopsis tells of."""

SEX = {"male": N_("m"), "female": N_("f"), "other": N_("o")}
BANDS = {
    "yes": N_("oligoclonal bands"),
    "no": N_("no oligoclonal bands"),
    "not_done": N_("oligoclonal bands not determined"),
    "unknown": N_("oligoclonal bands unknown"),
}


class Fact(NamedTuple):
    """A label and what is to be said of it, in pieces that follow one another."""

    label: str
    pieces: tuple[Cell, ...]


class Run(NamedTuple):
    """Short pieces that follow one another, newest first; those that do not fit are counted."""

    label: str
    pieces: tuple[Cell, ...]
    command: str


class Listing(NamedTuple):
    """Rows, newest first, with a head for each column; `nothing` says that there are none.

    `leads` are words before the cells of a column, where rows are laid out without heads.
    """

    label: str
    heads: tuple[str, ...]
    leads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    nothing: str
    command: str


Part: TypeAlias = Fact | Run | Listing


class Words(NamedTuple):
    """A whole synopsis: whose it is, then its parts in order. Every text is safe to show."""

    name: str
    who: str
    number: str
    centre: str
    consent: str
    parts: tuple[Part, ...]


def words(synopsis: Synopsis) -> Words:
    """The synopsis in words."""
    patient = synopsis.patient
    name = display_name(patient.get("family_name"), patient.get("name_prefix"), patient.get("initials"))
    sex = SEX.get(patient.get("sex", ""))
    who = ", ".join(filter(None, (_(sex) if sex else "", "" if synopsis.age is None else str(synopsis.age))))
    signed = day(patient.get("consent_date")) or NOTHING
    return Words(
        safe(name),
        f"({who})" if who else "",
        synopsis.number,
        safe(synopsis.centre),
        _("consent {date}").format(date=signed),
        tuple(_safe(part) for part in _parts(synopsis)),
    )


def _parts(synopsis: Synopsis) -> Iterator[Part]:
    yield Fact(_("Born"), tuple(_identity(synopsis)))
    yield from _state(synopsis)
    yield Fact(_("Diagnosis"), tuple(_diagnosis(synopsis.patient)) or (Cell(_("not filled in"), "red"),))
    if len(synopsis.phenotypes) > 1:
        steps = (f"{step.phenotype.upper()} {day(step.since) or ''}".rstrip() for step in synopsis.phenotypes)
        yield Fact(_("Phenotype"), (Cell(" → ".join(steps)),))
    yield Fact(_("Now") if synopsis.in_care else _("Last known"), tuple(_now(synopsis)) or _none())
    yield _relapses(synopsis)
    number = synopsis.number
    yield Listing(
        _("Courses"),
        (_("Date"), _("EDSS"), _("MRI"), _("Remark")),
        ("", _("EDSS"), _("MRI"), ""),
        tuple(visit_row(each, synopsis.centre) for each in synopsis.visits),
        _("none"),
        f"msreg courses list {number}",
    )
    yield Listing(
        _("Medication"),
        (_("Medicine"), _("Period"), _("Why stopped"), _("Remark")),
        ("", "", "", ""),
        tuple(period_row(each, synopsis.in_care) for each in synopsis.periods),
        _("none"),
        f"msreg medications list {number}",
    )
    yield Listing(
        _("Side effects"),
        (_("Date"), _("Medicine"), _("Side effect"), _("Outcome"), _("Remark")),
        ("", "", "", "", ""),
        tuple(effect_row(each) for each in synopsis.effects),
        _("none"),
        f"msreg events list {number}",
    )
    if synopsis.proms:
        yield Run("EQ-5D", tuple(_lists(synopsis)), f"msreg proms show {number}")
    to_do = tuple(_to_do(synopsis))
    if to_do:
        yield Fact(_("To do"), to_do)


def _identity(synopsis: Synopsis) -> Iterator[Cell]:
    patient = synopsis.patient
    yield Cell(day(patient.get("birth_date")) or NOTHING)
    yield Cell(_("patient number {number}").format(number=patient.get("patient_number", NOTHING)))
    if patient.get("bsn"):
        yield Cell(f"BSN {patient['bsn']}")


def _state(synopsis: Synopsis) -> Iterator[Fact]:
    """What ends care or lets others in, told only when it is so."""
    patient = synopsis.patient
    if patient.get("deceased"):
        on = day(patient.get("deceased_on")) or _("date not known")
        cause = told(Record.PATIENT, "death_cause", patient.get("death_cause"))
        aged = "" if synopsis.age is None else _("aged {years}").format(years=synopsis.age)
        yield Fact(_("Deceased"), _cells(on, aged, cause and _("cause: {cause}").format(cause=cause)))
    if patient.get("treatment_ended"):
        on = day(patient.get("treatment_ended_on")) or _("date not known")
        reason = told(Record.PATIENT, "treatment_ended_reason", patient.get("treatment_ended_reason"))
        yield Fact(_("Ended"), _cells(on, reason))
    if synopsis.withdrawn_on:
        on = day(synopsis.withdrawn_on) or ""
        yield Fact(_("Consent"), (Cell(_("withdrawn on {date}: no new data").format(date=on), "red"),))
    if synopsis.shared:
        since = _("{centre} since {date}")
        shared = (since.format(centre=each.centre, date=day(each.since) or "") for each in synopsis.shared)
        yield Fact(_("Shared with"), _cells(*shared))


def _diagnosis(patient: Mapping[str, Any]) -> Iterator[Cell]:
    if patient.get("diagnosis_date"):
        yield Cell(day(patient["diagnosis_date"]) or "")
    for key in ("diagnosis_phenotype", "criteria"):
        text = told(Record.PATIENT, key, patient.get(key))
        if text:
            yield Cell(text)
    bands = BANDS.get(patient.get("csf_bands", ""))
    if bands:
        yield Cell(_(bands))


def _now(synopsis: Synopsis) -> Iterator[Cell]:
    if synopsis.phenotype:
        yield Cell(synopsis.phenotype.upper())
    last = synopsis.last_edss
    if last is not None:
        edss = told(Record.COURSE, "edss", last.edss)
        yield Cell(_("EDSS {edss} ({date})").format(edss=edss, date=day(last.on)))
    for each in synopsis.current:
        yield Cell(
            _("{medicine} since {date}").format(medicine=medicine_name(each.medicine), date=day(each.start))
        )
    if not synopsis.current and synopsis.in_care:
        yield Cell(_("no medicine"))


def _relapses(synopsis: Synopsis) -> Run:
    pieces = [relapse_told(each) for each in synopsis.relapses]
    if pieces:
        pieces[0] = Cell(f"{len(pieces)}: {pieces[0].text}", pieces[0].tone)
    return Run(_("Relapses"), tuple(pieces) or _none(), f"msreg disease show {synopsis.number}")


def _lists(synopsis: Synopsis) -> Iterator[Cell]:
    """The newest lists; how the others went `msreg proms show` and the chart tell."""
    for each in synopsis.proms[:_LISTS]:
        yield Cell(list_told(each))
    if (more := len(synopsis.proms) - _LISTS) > 0:
        yield Cell(f"… {ngettext('{count} more', '{count} more', more)}", "grey")


def _to_do(synopsis: Synopsis) -> Iterator[Cell]:
    if synopsis.open_questions and not synopsis.complete:
        questions = ngettext("{count} open question", "{count} open questions", synopsis.open_questions)
        ended = bool(synopsis.patient.get("treatment_ended"))
        tone = completeness_tone(synopsis.open_questions, bool(synopsis.patient.get("deceased")), ended)
        yield Cell(questions, tone)
    if synopsis.course_due:
        yield Cell(f"! {_('a new course is due')}", "orange")


def _cells(*texts: str | None) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts if text)


def _none() -> tuple[Cell, ...]:
    return (Cell(_("none"), "grey"),)


def _safe(part: Part) -> Part:
    if isinstance(part, Listing):
        return part._replace(rows=tuple(tuple(_made_safe(row)) for row in part.rows))
    return part._replace(pieces=tuple(_made_safe(part.pieces)))


def _made_safe(cells: Iterable[Cell]) -> Iterator[Cell]:
    return (Cell(safe(each.text), each.tone) for each in cells)
