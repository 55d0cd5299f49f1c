"""`python -m benchmarks [F1 …] [--json] [--runs N]`: measure, show, and say by the exit code what holds."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.cases import CASES, Case, chosen
from benchmarks.ground import Ground, compile_all
from benchmarks.pairs import in_turns
from benchmarks.table import Row, as_json, as_text, judged, verdict

RUNS = 25


def measure(case: Case, ground: Ground, runs: int) -> Row:
    """Measure one target."""
    ours, peer = case.calls(ground)
    pairs = in_turns(ours, peer, runs)
    return judged(
        case.id, case.what, case.against, case.target, pairs, informational=case.informational
    )  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the targets that are named, all without any; gives 0 when they are met, 7 when one is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=main.__doc__)
    parser.add_argument("targets", nargs="*", metavar="F1", help=", ".join(case.id for case in CASES))
    parser.add_argument("--json", action="store_true", help="rows for programs")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"pairs for each target (default {RUNS})")
    asked = parser.parse_args(argv)
    if asked.runs < 1:
        parser.error("--runs takes a number from 1")
    try:
        cases = chosen(asked.targets)
    except KeyError as fault:
        parser.error(f"there is no target {fault.args[0]}")
    compile_all()
    with tempfile.TemporaryDirectory(prefix="msreg-bench-") as folder:
        ground = Ground(Path(folder))
        rows = []
        for case in cases:
            print(f"{case.id} {case.what} ({asked.runs} pairs) …", file=sys.stderr, flush=True)
            rows.append(measure(case, ground, asked.runs))
    print(as_json(rows) if asked.json else as_text(rows))
    return verdict(rows)


if __name__ == "__main__":
    sys.exit(main())
