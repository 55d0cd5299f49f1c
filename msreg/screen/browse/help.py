"""The keys, one a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msreg.screen.browse.pens import Line
from msreg.screen.language import _
from msreg.screen.table import Cell
from msreg.screen.widths import pad, wrap
from msreg.vocabulary import N_

_OVERVIEW = (
    ("↑ ↓", N_("one patient up or down")),
    ("PgUp PgDn", N_("a screen up or down")),
    ("Home End", N_("the first, the last patient")),
    ("Enter", N_("open the patient")),
    ("/  A–Z", N_("find by the first letters of the name, while you type; Enter keeps, Esc takes back")),
    ("b", N_("find by birth date, or by year alone")),
    ("f", N_("a filter for every column")),
    ("s  r", N_("sort on another column; the other way round")),
    ("o", N_("all, own, shared patients")),
    ("x", N_("reset the search: everybody again")),
    ("F5", N_("look again")),
)
_PATIENT = (
    ("← →  1–6", N_("another section")),
    ("↑ ↓", N_("one record up or down")),
    ("v", N_("every answer of the record")),
    ("y", N_("the whole synopsis")),
    ("d", N_("which command deletes the record")),
    ("Esc", N_("back to the overview")),
)
_WRITES = (
    ("n", N_("add a patient, question after question")),
    ("a", N_("on a patient's page: add a record to the section")),
    ("e", N_("on a patient's page: change the record, question after question")),
)
_END = (("q  Ctrl-C", N_("quit")),)


def overview_help(writes: bool) -> Callable[[int], Sequence[Line]]:
    """The help as lines for a width; keys that change something only for who may."""

    def lines(room: int) -> list[Line]:
        found: list[Line] = []
        for title, pairs in (
            (N_("Overview"), _OVERVIEW),
            (N_("A patient's page"), _PATIENT),
            (N_("Writing"), _WRITES if writes else ()),
            (N_("The end"), _END),
        ):
            if pairs:
                found.append([Cell(f" {_(title)}", "grey")])
                found += _pairs(pairs, room)
        return found

    return lines


def _pairs(pairs: Sequence[tuple[str, str]], room: int) -> list[Line]:
    found: list[Line] = []
    for key, what in pairs:
        first, *more = wrap(_(what), max(10, room - 15))
        found.append([Cell(pad(f"   {key}", 14), "accent"), first])
        found += [[" " * 14, line] for line in more]
    return found
