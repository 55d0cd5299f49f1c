"""The response as a map on a terminal: a line for each centre, a sign for each month."""

from __future__ import annotations

from msreg.rules.case_months import month_of
from msreg.screen import response_words as words
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.widths import cut, pad, width
from msreg.services.reports_notifications import Answers, response_of

_WIDE = 4  # columns of a month, with the blank before it
_SHARE = 13  # of the response of a centre
_MOST = 12  # months side by side
_LEAST = 8  # columns of the names


def show_answers(screen: Screen, found: Answers) -> None:
    """The map, in pieces of at most twelve months, what its signs mean, and the next useful command."""
    screen.line(Cell(_(words.TITLE), "accent"))
    screen.facts([(_("Centre"), words.where(found)), *words.facts(found)], indent=2)
    if found.centres:
        room = screen.edge.width if screen.edge.terminal else 10_000
        fit = max(1, min(_MOST, (room - 2 - _LEAST - _SHARE) // _WIDE))
        for at in range(0, len(found.months), fit):
            screen.line()
            _piece(screen, found, range(at, min(at + fit, len(found.months))), room)
    else:
        screen.line()
        screen.line("  ", _("No centre takes part yet."), tone="grey")
    screen.line()
    for line in words.legend(found):
        screen.text(line, "grey", indent=2)
    for_centre = f" --centre {found.centre}" if found.centre else ""
    screen.next(f"msreg cases months --open{for_centre}", _("What is not answered yet"))
    screen.next(f"msreg reports notifications{for_centre} --out response.xlsx", _("As a workbook"))


def _piece(screen: Screen, found: Answers, places: range, room: int) -> None:
    """Some months of every centre; the last piece ends with the response over all of them."""
    last = places[-1] == len(found.months) - 1
    totals = words.totals(found)
    names = max(width(safe(each)) for each in [*(each.code for each in found.centres), *dict(totals)])
    names = min(names, max(_LEAST, room - 2 - _WIDE * len(places) - (_SHARE if last else 0)))

    def line(name: str, cells: list[Cell], end: str) -> None:
        screen.line(
            "  ",
            pad(cut(safe(name), names), names),
            *cells,
            Cell(f"{end:>{_SHARE}}".rstrip() if last else ""),
        )

    def above(texts: list[str]) -> list[Cell]:
        return [Cell(f"{each:>{_WIDE}}", "grey") for each in texts]

    months = [found.months[at] for at in places]
    shown = [each if at == 0 or each.endswith("-01") else "" for at, each in enumerate(months)]
    line("", above([f"'{each[2:4]}" if each else "" for each in shown]), "")
    stars = [
        f"{each[5:]}{words.STILL_RUNS}" if each == month_of(found.today) else each[5:] for each in months
    ]
    line("", above(stars), _("answered"))
    for centre in found.centres:
        signs = [(words.sign(centre.answers[at]), words.TONES[centre.answers[at].answer]) for at in places]
        cells = [Cell(f"{_fitting(text):>{_WIDE}}", tone) for text, tone in signs]
        line(centre.code, cells, words.share(response_of(centre.answers)))
    if found.centre is None or len(found.centres) > 1:
        for name, cells_of in totals:
            texts = [cells_of[at] for at in places]
            line(name, [Cell(f"{_fitting(each):>{_WIDE}}") for each in texts], cells_of[-1])


def _fitting(text: str) -> str:
    """A sign in the room of its column; more than three digits do not fit."""
    return text if width(text) < _WIDE else "…"
