"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

MET, MISSED = 0, 7


@dataclass(frozen=True, slots=True)
class Row:
    """One target with what was measured. `seconds` and `peer_seconds` are medians of whole processes."""

    id: str
    what: str
    against: str
    ratio: float
    target: float
    met: bool
    informational: bool
    """Shown beside its target, but not part of the verdict: measured on less data than the target names."""
    runs: int
    seconds: float
    peer_seconds: float


def judged(
    id: str, what: str, against: str, target: float, pairs: Sequence[tuple[float, float]],
    *, informational: bool = False,
) -> Row:  # fmt: skip
    """The row of a target from its pairs of seconds (ours, the peer's).

    The median of the ratios, not the ratio of the medians: what disturbs the machine disturbs both halves
    of a pair alike.
    """
    ratio = median(ours / peer for ours, peer in pairs)
    return Row(
        id=id,
        what=what,
        against=against,
        ratio=round(ratio, 3),
        target=target,
        met=ratio <= target,
        informational=informational,
        runs=len(pairs),
        seconds=round(median(ours for ours, _peer in pairs), 5),
        peer_seconds=round(median(peer for _ours, peer in pairs), 5),
    )


def verdict(rows: Sequence[Row]) -> int:
    """The exit code: 0 when every target is met, 7 when one is missed."""
    return MET if all(row.met or row.informational for row in rows) else MISSED


def as_json(rows: Sequence[Row]) -> str:
    """The rows for programs."""
    return json.dumps([asdict(row) for row in rows], indent=2)


def as_text(rows: Sequence[Row]) -> str:
    """The rows for people: the ratio with its target beside it, and which targets are missed."""
    heads = ("", "work", "against", "ratio", "target", "", "ours", "peer", "runs")
    cells = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    lines.append("")
    lines += [
        f"{row.id} misses its target: {row.ratio:.2f} x, where {row.target:.1f} x is wanted."
        for row in rows
        if not row.met and not row.informational
    ]
    if verdict(rows) == MET:
        lines.append("Every target is met.")
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    state = "met" if row.met else "MISSED"
    return (
        row.id,
        row.what,
        row.against,
        f"{row.ratio:.2f} x",
        f"{row.target:.1f} x",
        f"({state})" if row.informational else state,
        f"{row.seconds * 1000:.1f} ms",
        f"{row.peer_seconds * 1000:.1f} ms",
        str(row.runs),
    )
