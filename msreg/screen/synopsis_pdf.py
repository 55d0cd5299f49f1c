"""A synopsis as one page to print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from msreg.formats.pdf_page import Label, Page, Table, pdf_bytes
from msreg.screen.language import _, active, ngettext
from msreg.screen.safe import safe
from msreg.screen.shown import day
from msreg.screen.synopsis_words import Fact, Listing, Part, Run, words
from msreg.screen.table import Cell
from msreg.services.synopsis import Synopsis

FEW = 6
"""Pieces beside a label that all stand on the page; of more the last ones may be left out."""


def pdf(synopsis: Synopsis, *, today: date) -> bytes:
    """The page in the language that is spoken, printed `today`. Raises `Unavailable` without reportlab."""
    said = words(synopsis)
    title = _("Synopsis {number}").format(number=said.number)
    under = " · ".join((f"{said.centre} {safe(synopsis.centre_name)}", said.consent))
    printed = _("printed {date}").format(date=day(today))
    return pdf_bytes(
        Page(
            language=active().value,
            title=title,
            author="msreg",
            subject=_("One patient of the registry in short"),
            heading=f"{said.name} {said.who}".rstrip(),
            aside=said.number,
            under=under,
            parts=[_part(part) for part in said.parts],
            foot=(f"{title} · {_('personal data, in confidence')}", printed),
        )
    )


def _part(part: Part) -> Label | Table:
    match part:
        case Fact(label, pieces):
            return Label(label, pieces, more=_more if len(pieces) > FEW else None)
        case Run(label, pieces):
            return Label(label, pieces, "", " · ", _more)
        case Listing(label=label, rows=(), nothing=nothing):
            return Label(label, [Cell(nothing, "grey")])
        case Listing(label=label, heads=heads, rows=rows):
            return Table(label, *_filled(heads, rows), _more)


def _filled(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> tuple[list[str], list[list[Cell]]]:
    """The columns in which anything stands."""
    filled = [at for at in range(len(heads)) if any(row[at].text for row in rows)]
    return [heads[at] for at in filled], [[row[at] for at in filled] for row in rows]


def _more(count: int) -> str:
    return f"… {ngettext('{count} more', '{count} more', count)}"
