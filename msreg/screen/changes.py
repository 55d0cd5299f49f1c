"""What a record is called, and answers that changed, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msreg.forms.showing import show as show_value
from msreg.screen.batches import RECORDS
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.shown import day
from msreg.screen.table import NOTHING, Cell
from msreg.screen.widths import cut, pad, width
from msreg.services.changed_answers import MAIL_STOPPED, WITHDRAWN, Answer, items_of
from msreg.vocabulary import N_, Record

LONGEST = 200
"""Characters of one answer on a terminal."""

_MOST_LABEL = 34
_OTHERS: Mapping[str, str] = {
    WITHDRAWN: N_("Consent withdrawn on"),
    MAIL_STOPPED: N_("No mails since"),
    "centre": N_("Shared with"),
    "reason": N_("Reason"),
}


def title(record: Record | None, which: Mapping[str, Any], *, values: bool) -> str:
    """The name of a record: `course 2026-06-30`; its kind alone where values may not be told."""
    if record is None:
        return _("sharing")
    if not values or not which:
        return _(RECORDS[record])
    items = items_of(record)
    told = {key: show_value(items[key], value, active()) for key, value in which.items()}
    if record is Record.DISEASE:  # the kind says enough: a relapse, a phenotype, the referral
        return " ".join(told.values())
    return " ".join((_(RECORDS[record]), *told.values()))


def label(answer: Answer) -> str:
    """The question, in the language that is spoken now."""
    if answer.item is not None:
        return answer.item.label[active()]
    return _(_OTHERS[answer.key]) if answer.key in _OTHERS else answer.key


def value(answer: Answer, raw: Any) -> str:
    """One value of an answer as people read it; a dash for none."""
    if raw is None:
        return NOTHING
    if answer.item is not None:
        try:
            told = show_value(answer.item, raw, active())
        except (AttributeError, KeyError, TypeError):
            told = str(raw)  # of an older version of the form
        return f"{told} {answer.item.unit}" if answer.item.unit else told
    return (day(raw) or "") if isinstance(raw, date) else str(raw)


def answer_lines(
    screen: Screen, answers: Iterable[Answer], *, old: str = "old", new: str = "new", bare: bool = False
) -> None:
    """A line an answer: what it was → what it became, and why a doubtful one was called right.

    `old` and `new` say which side stands first; `bare` leaves out "nothing" before an arrow.
    """
    told = [(label(each), each) for each in answers]
    room = min(max((width(text) for text, _each in told), default=0), _MOST_LABEL)
    for text, each in told:
        said = _said(screen, getattr(each, old), getattr(each, new), each, bare)
        if screen.edge.terminal and width(text) > room:
            screen.line(f"    {text}")
            text = ""
        _line(screen, pad(text, room), said)
        if each.reason is not None:
            _reason(screen, each)


def _said(screen: Screen, old: Any, new: Any, answer: Answer, bare: bool) -> str:
    if old is None and new is None:
        return _("kept")
    if not screen.values_allowed:
        return _("answered") if old is None else _("cleared") if new is None else _("changed")
    shown = [value(answer, each) for each in (old, new)]
    if screen.edge.terminal:
        shown = [cut(each, LONGEST) for each in shown]
    return shown[1] if bare and old is None else f"{shown[0]} → {shown[1]}"


def _line(screen: Screen, start: str, said: str) -> None:
    if screen.edge.terminal and 6 + width(start) + width(said) > screen.edge.width:
        if start.strip():
            screen.line(f"    {start.rstrip()}")
        screen.text(said, tone="accent", indent=6)
    else:
        screen.line(f"    {start}  ", Cell(said, "accent"))


def _reason(screen: Screen, answer: Answer) -> None:
    if screen.values_allowed:
        told = _("called right: {reason}").format(reason=cut(str(answer.reason), LONGEST))
    else:
        told = _("called right")
    screen.text(f"↳ {told}" + (f" ({answer.code})" if answer.code else ""), tone="grey", indent=6)


def answer_text(screen: Screen, answers: Iterable[Answer], side: str) -> None:
    """Many answers of one record as a paragraph; `side` is "old" or "new"."""
    told = []
    for each in answers:
        raw = getattr(each, side)
        if raw is None:
            continue
        shown = f"{label(each)}: {cut(value(each, raw), LONGEST)}" if screen.values_allowed else label(each)
        told.append(shown)
    if told:
        screen.text("; ".join(told), tone="grey", indent=4)
