"""What two numbers tell together that may each be shown of other centres (see `disclosure`).

One of them often counts a part of the people of the other: who uses a medicine now has used it, who has PIRA has
had progression. Then the one less the other is a number of people too. And events less the people who had one are
the events of those who had more than one.
"""

from __future__ import annotations

from typing import NamedTuple

from msreg.rules.disclosure import SMALLEST, is_open


def gap_is_open(whole: int, part: int) -> bool:
    """Whether a part may stand beside its whole: none are left over, or enough.

    Where a few of the part are not of the whole, the difference is judged all the same, whichever is larger.
    """
    return is_open(abs(whole - part))


class Repeats(NamedTuple):
    """What may be shown of events, and of the people who had one."""

    events: bool
    people: bool


def open_repeats(events: int, people: int) -> Repeats:
    """Whether events may be shown, and how many people had one, so that nobody is told who had several.

    Of one event more than people exactly one had two. Shown are none more, or so many that those who had several
    may be one to `SMALLEST` + 1 people at least. Else the people are withheld; and the events too where their
    number is so small that at least `SMALLEST` people leave too little room for what is withheld.
    """
    more = events - people
    if more == 0 or (more > SMALLEST + 1 and people > SMALLEST):
        return Repeats(True, True)
    return Repeats(events > 2 * SMALLEST, False)
