"""`python -m benchmarks [F1 …] [--json] [--runs N]`: measure, show, and say by the exit code what holds."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cases import CASES, chosen
from benchmarks.ground import Ground, compile_all
from benchmarks.pairs import Failed, in_turns
from benchmarks.table import Row, as_json, as_text, judged, verdict
from benchmarks.target import Target


def measure(targets: Sequence[Target], ground: Ground, runs: int | None) -> tuple[list[Row], list[str]]:
    """The rows of what could be measured, each target with `runs` pairs or its own number, and ids of what not."""
    rows, failed = [], []
    for target in targets:
        pairs = runs or target.runs
        count = "1 pair" if pairs == 1 else f"{pairs} pairs"
        print(f"{target.id} {target.what} ({count}) …", file=sys.stderr, flush=True)
        try:
            ours, peer = target.sides(ground)
            rows.append(judged(target, in_turns(ours, peer, pairs, warm_up=target.warm_up)))
        except Failed as fault:
            print(f"{target.id}: {fault}", file=sys.stderr, flush=True)
            failed.append(target.id)
    return rows, failed


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the targets that are named, all without any; gives 0 when they are met, 7 when one is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("targets", nargs="*", metavar="F1", help=", ".join(case.id for case in CASES))
    parser.add_argument("--json", action="store_true", help="rows for programs")
    parser.add_argument("--runs", type=int, help="pairs for each target, instead of its own number")
    asked = parser.parse_args(argv)
    if asked.runs is not None and asked.runs < 1:
        parser.error("--runs takes a number from 1")
    try:
        targets = chosen(asked.targets)
    except KeyError as fault:
        parser.error(f"there is no target {fault.args[0]}")
    compile_all()
    with tempfile.TemporaryDirectory(prefix="msreg-bench-") as folder:
        ground = Ground(Path(folder))
        rows, failed = measure(targets, ground, asked.runs)
    print(as_json(rows) if asked.json else as_text(rows, failed))
    return verdict(rows, failed)


if __name__ == "__main__":
    sys.exit(main())
