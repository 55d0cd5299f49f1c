"""The units in docs/systemd are what systemd takes them for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.programs.conftest import program

FOLDER = Path(__file__).parents[2] / "docs" / "systemd"
UNITS = sorted([*FOLDER.glob("*.service"), *FOLDER.glob("*.timer")])


def _ran(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    """It also looks for what is started: a program of this machine stands in its place."""
    copies = []
    for unit in UNITS:
        copy = tmp_path / unit.name
        text = unit.read_text(encoding="utf-8").replace("/usr/local/bin/msreg", sys.executable)
        copy.write_text(text, encoding="utf-8")
        copies.append(str(copy))
    assert len(copies) >= 7
    done = _ran(program("systemd-analyze"), "verify", "--man=no", *copies)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    "unit", [each for each in UNITS if each.suffix == ".service"], ids=lambda unit: unit.name
)
def test_a_service_is_exposed_little(unit: Path) -> None:
    """systemd's own measure, of 10: what has no network stays below 1.5, what mails below 2."""
    limit = 15 if "PrivateNetwork=true" in unit.read_text(encoding="utf-8") else 20
    done = _ran(
        program("systemd-analyze"),
        "security",
        "--offline=true",
        f"--threshold={limit}",
        "--no-pager",
        str(unit),
    )
    assert done.returncode == 0, done.stdout[-200:]


@pytest.mark.parametrize(
    "unit", [each for each in UNITS if each.suffix == ".timer"], ids=lambda unit: unit.name
)
def test_a_timer_comes_each_day(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (when,) = (line.partition("=")[2] for line in text.splitlines() if line.startswith("OnCalendar="))
    done = _ran(program("systemd-analyze"), "calendar", "--base-time=2026-03-28 22:00:00 UTC", when)
    assert done.returncode == 0, done.stderr
    assert "2026-03-29" in done.stdout  # the day on which the clock goes forward
