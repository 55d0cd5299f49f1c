"""What a guided entry says beside its questions: remarks below an answer, and how it ended when it was stopped."""

from __future__ import annotations

from msreg.errors import Interrupted
from msreg.screen.output import Screen
from msreg.screen.safe import safe
from msreg.screen.tones import Tone
from msreg.screen.widths import wrap
from msreg.services.drafts import Draft
from msreg.vocabulary import N_


def below(screen: Screen, text: str, tone: Tone, hint: str | None = None) -> None:
    """A remark about the answer above it, or the question below it; the lines of both texts stand in one column."""
    for at, line in enumerate(wrap(safe(text), screen.edge.width - 4)):
        screen.line(f"  {' ' if at else '↳'} {line}", tone=tone)
    if hint:
        screen.text(hint, "grey", indent=4)


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
