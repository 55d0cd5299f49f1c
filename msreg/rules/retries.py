"""When a mail that the server did not take for the moment is tried again, and when that is over (SPEC R3)."""

from __future__ import annotations

from datetime import datetime, timedelta

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long after each attempt the next one comes; the last of them goes on."""

GIVE_UP = timedelta(hours=48)
"""So long after the first attempt there is a last one, whatever the wait would be."""


def next_try(first: datetime, tries: int, now: datetime) -> datetime | None:
    """When a mail is tried again of which attempt `tries` just failed for the moment; None when that was the last.

    `first` is the moment of its first attempt.
    """
    last = first + GIVE_UP
    if now >= last:
        return None
    return min(now + WAITS[min(max(tries, 1), len(WAITS)) - 1], last)
