"""What a guided entry says beside its questions: remarks below an answer, and how it ended when it was stopped."""

from __future__ import annotations

from msreg.errors import Interrupted
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.safe import safe
from msreg.screen.table import Cell
from msreg.screen.tones import Tone
from msreg.screen.widths import width, wrap
from msreg.services.drafts import Draft
from msreg.vocabulary import N_


def below(screen: Screen, text: str, tone: Tone, hint: str | None = None) -> None:
    """A remark about the answer above it, or the question below it; the lines of both texts stand in one column."""
    for at, line in enumerate(wrap(safe(text), screen.edge.width - 4)):
        screen.line(f"  {' ' if at else '↳'} {line}", tone=tone)
    if hint:
        screen.text(hint, "grey", indent=4)


def headline(screen: Screen, what: str) -> None:
    """What an entry is about, and the keys that a person has."""
    keys = _("? help   ctrl-b back   ctrl-c stop and keep")
    gap = screen.edge.width - width(what) - width(keys)
    if gap >= 2:
        screen.line(Cell(what, "accent"), " " * gap, Cell(keys, "grey"))
    else:
        screen.text(what, "accent")
        screen.text(keys, "grey")
    screen.line()


def stopped(draft: Draft) -> Interrupted:
    """What becomes of an entry that the person stopped."""
    if draft.version:
        return Interrupted(
            N_("Stopped; what you answered is kept."), hint=N_("Go on with: msreg drafts resume")
        )
    if draft.adding:
        return Interrupted(N_("Stopped; nothing was answered, so nothing is kept."))
    return Interrupted(
        N_("Stopped; what you answered is kept in the record."),
        hint=N_("See what is open with: msreg patients why {patient}"),
        patient=draft.number,
    )
