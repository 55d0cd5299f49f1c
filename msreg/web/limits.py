"""How often somebody may try: counters in memory, of a bounded number of addresses and links."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import NamedTuple

_MOST = 10_000
_WHOLE_NETWORK = 64


class Pace(NamedTuple):
    """So many tries within so many seconds, which come back one by one."""

    tries: int
    seconds: float


@dataclass(slots=True)
class Limiter:
    """Counts tries by who or what; who was away longest is forgotten when there are too many to remember."""

    pace: Pace
    most: int = _MOST
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def wait(self, who: str, *, now: float | None = None) -> float:
        """Seconds until the next try is taken; 0 when it is taken now. Counts nothing."""
        left, _at = self._standing(who, monotonic() if now is None else now)
        return 0.0 if left >= 1 else (1 - left) * self.pace.seconds / self.pace.tries

    def count(self, who: str, *, now: float | None = None) -> None:
        """Count one try."""
        left, at = self._standing(who, monotonic() if now is None else now)
        self._left[who] = (max(left - 1, 0.0), at)
        self._left.move_to_end(who)
        while len(self._left) > self.most:
            self._left.popitem(last=False)

    def take(self, who: str, *, now: float | None = None) -> float:
        """Both in one: a try that is taken is counted; gives the seconds to wait, 0 when it was taken."""
        seconds = self.wait(who, now=now)
        if not seconds:
            self.count(who, now=now)
        return seconds

    def _standing(self, who: str, now: float) -> tuple[float, float]:
        left, at = self._left.get(who, (float(self.pace.tries), now))
        back = max(now - at, 0.0) * self.pace.tries / self.pace.seconds
        return min(left + back, float(self.pace.tries)), now


@dataclass(slots=True)
class Limits:
    """What the pages count."""

    unknown: Limiter = field(default_factory=lambda: Limiter(Pace(10, 60)))
    """Links that are none, by address."""
    looks: Limiter = field(default_factory=lambda: Limiter(Pace(120, 60)))
    """Pages that are asked for, by link: each is a row of the log, which nobody should fill."""
    posts: Limiter = field(default_factory=lambda: Limiter(Pace(60, 60)))
    """Forms that are handed in, by link: a questionnaire saves itself after each answer."""
    tries: Limiter = field(default_factory=lambda: Limiter(Pace(20, 600)))
    """Codes that are entered, by address."""


def address_of(client: str | None) -> str:
    """By what a client is counted: its address, of IPv6 the network, which one client has a world of."""
    try:
        known = ip_address(client or "")
    except ValueError:
        return "-"
    if isinstance(known, IPv6Address):
        mapped = known.ipv4_mapped
        return str(mapped) if mapped else str(int(known) >> _WHOLE_NETWORK)
    return str(known)
