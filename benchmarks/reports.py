"""Reports over all patients: how long one takes beside a plain walk over the same rows, and how much memory."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.files import Growing, Timed
from benchmarks.jobs import Job
from benchmarks.pairs import Call
from benchmarks.stock import Stock
from benchmarks.target import Target

_WALK = """
import sqlite3, sys

db = sqlite3.connect(sys.argv[1])
for name in ("patients", "courses", "disease", "medication"):
    for row in db.execute(f'SELECT * FROM "{name}" ORDER BY registry_number'):
        pass
"""


def _report(stock: Stock) -> Job:
    after = stock.after
    return Job(lambda: stock.fresh(after), (stock.msreg("reports", "benchmark", "--json"),))


def _walk(stock: Stock) -> Job:
    plain: Path = stock.plain
    return Job(lambda: None, (Call([sys.executable, "-c", _WALK, str(plain)], stock.ground.environ),))


REPORTS: tuple[Target, ...] = (
    Timed(
        "O3a", "reports benchmark, 10,000 patients, 100,000 courses", "the rows in order, a plain cursor", 12.0,
        _report, _walk, runs=3, warm_up=0, informational=True,
    ),
    Growing(
        "O3b", "peak memory: reports benchmark, 100,000 courses", "itself, 10,000 courses", 1.3, _report,
        runs=1, warm_up=0,
    ),
)  # fmt: skip
