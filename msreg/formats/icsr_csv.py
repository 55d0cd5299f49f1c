"""The CSV beside a batch: every report of it in Dutch words, for whoever reads it at Lareb.

Lareb's own layout is not public. A line is a text of its own, so that a stored line gives the same file again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from msreg.formats.formula_guard import guard
from msreg.formats.icsr_report import Report
from msreg.formats.icsr_words import answer

MARK = "\ufeff"
"""By which spreadsheets see that it is UTF-8."""

HEADER = (
    "Meldingsnummer", "Versie", "In XML", "Centrum", "Plaats", "Geboortedatum", "Geslacht", "Overleden op",
    "Bijwerking", "MedDRA-code", "MedDRA-versie", "Startdatum", "Einddatum", "Beloop", "Uitkomst", "Ernst",
    "Ernstcriteria", "Maatregel", "Medicijn", "ATC-code", "Toedieningsweg", "Medicijn vanaf", "Medicijn tot",
    "Indicatie", "Bekend sinds", "Bijgewerkt op",
)  # fmt: skip


def header() -> str:
    """The first line, with the mark of the file before it."""
    return MARK + _line(HEADER)


def line(report: Report) -> str:
    """One report as a line of the file."""
    return _line(_cells(report))


def _cells(report: Report) -> Iterator[str | date | None]:
    reaction, medicine = report.reaction, report.medicine
    llt, version = reaction.meddra or (None, None)
    yield from (
        report.id,
        str(report.edition),
        "ja" if reaction.meddra else "nee",
        report.centre,
        report.city,
    )
    yield from (report.birth_date, answer("patient", "sex", report.sex), report.death_date)
    yield from (reaction.words, llt, version, reaction.start, reaction.end, reaction.course)
    yield from (_effect("outcome", reaction.outcome), _effect("severity", reaction.severity))
    yield ", ".join(filter(None, (_effect("seriousness", each) for each in reaction.seriousness or ())))
    yield from (_effect("action_taken", medicine.action), medicine.name, medicine.atc)
    yield from (medicine.route, medicine.start, medicine.stop, "multipele sclerose")
    yield from (report.received.date(), report.recent.date())


def _effect(key: str, code: str | None) -> str | None:
    return answer("adverse_event", key, code)


def _line(cells: Iterable[str | date | None]) -> str:
    return ";".join(map(_field, cells)) + "\r\n"


def _field(cell: str | date | None) -> str:
    """A field in quotes: where `;` parts fields, a `'` alone does not keep a formula from being one."""
    text = "" if cell is None else cell.isoformat() if isinstance(cell, date) else guard(cell)
    return '"' + text.replace("\0", "").replace('"', '""') + '"'
