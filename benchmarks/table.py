"""What was measured, as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from benchmarks.target import Target, Unit

MET, MISSED = 0, 7


@dataclass(frozen=True, slots=True)
class Row:
    """One target with what was measured. `ours` and `peer` are medians, in `unit`: s or MB."""

    id: str
    what: str
    against: str
    ratio: float
    target: float
    met: bool
    informational: bool
    """Shown beside its target, but not part of the verdict: measured on less data than the target names."""
    runs: int
    unit: Unit
    ours: float
    peer: float


def judged(target: Target, pairs: Sequence[tuple[float, float]]) -> Row:
    """The row of a target from what was measured in pairs (ours, the peer's).

    The median of the ratios, not the ratio of the medians: what disturbs the machine disturbs both halves
    of a pair alike.
    """
    ratio = median(ours / peer for ours, peer in pairs)
    return Row(
        id=target.id,
        what=target.what,
        against=target.against,
        ratio=round(ratio, 3),
        target=target.target,
        met=ratio <= target.target,
        informational=target.informational,
        runs=len(pairs),
        unit=target.unit,
        ours=round(median(ours for ours, _peer in pairs), 5),
        peer=round(median(peer for _ours, peer in pairs), 5),
    )


def verdict(rows: Sequence[Row], failed: Sequence[str] = ()) -> int:
    """The exit code: 0 when every target is met, 7 when one is missed or could not be measured."""
    return MET if not failed and all(row.met or row.informational for row in rows) else MISSED


def as_json(rows: Sequence[Row]) -> str:
    """The rows for programs."""
    return json.dumps([asdict(row) for row in rows], indent=2)


def as_text(rows: Sequence[Row], failed: Sequence[str] = ()) -> str:
    """The rows for people: the ratio with its target beside it, which targets are missed, and which `failed`."""
    heads = ("", "work", "against", "ratio", "target", "", "ours", "peer", "runs")
    cells = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    lines.append("")
    lines += [
        f"{row.id} misses its target: {row.ratio:.2f} x, where {_bound(row)} is wanted."
        for row in rows
        if not row.met and not row.informational
    ]
    lines += [f"{id} could not be measured." for id in failed]
    if verdict(rows, failed) == MET:
        lines.append("Every target is met.")
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    state = "met" if row.met else "MISSED"
    return (
        row.id,
        row.what,
        row.against,
        f"{row.ratio:.2f} x",
        _bound(row),
        f"({state})" if row.informational else state,
        _amount(row.ours, row.unit),
        _amount(row.peer, row.unit),
        str(row.runs),
    )


def _bound(row: Row) -> str:
    return f"{row.target} x"


def _amount(value: float, unit: Unit) -> str:
    if unit is Unit.SECONDS:
        return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.1f} ms"
    return f"{value:.1f} {unit.value}"
