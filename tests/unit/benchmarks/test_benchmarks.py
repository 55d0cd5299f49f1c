"""`make bench`: ratios pair by pair, each beside its target, and an exit code that says whether they hold."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.__main__ import main, measure
from benchmarks.cases import CASES, chosen
from benchmarks.ground import Ground
from benchmarks.pairs import WARM_UP, Call, Failed, Measure, in_turns
from benchmarks.starts import STARTS
from benchmarks.table import MET, MISSED, Row, as_json, as_text, judged, verdict
from benchmarks.target import Target, Unit

PAIRS = [(1.0, 1.0), (9.0, 3.0), (4.0, 2.0)]


@dataclass(frozen=True, slots=True)
class Nothing(Target):
    """A target that is judged without being measured."""

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        return lambda: 1.0, lambda: 1.0


def row(target: float = 2.0, *, informational: bool = False, unit: Unit = Unit.SECONDS) -> Row:
    return judged(Nothing("F0", "work", "peer", target, informational=informational, unit=unit), PAIRS)


def test_the_ratio_is_the_median_of_the_ratios_of_the_pairs() -> None:
    found = row()
    assert found.ratio == 2.0  # of 1, 3 and 2
    apart = judged(Nothing("F0", "", "", 1), [(1.0, 1.0), (8.0, 2.0), (9.0, 9.0)])
    assert (apart.ratio, apart.ours, apart.peer) == (1.0, 8.0, 2.0)
    assert (found.ours, found.peer, found.runs) == (4.0, 2.0, 3)


@pytest.mark.parametrize(("target", "met"), [(1.99, False), (2.0, True), (2.01, True)])
def test_a_target_is_met_up_to_and_with_its_ratio(target: float, met: bool) -> None:
    assert row(target).met is met
    assert verdict([row(9.0), row(target)]) == (MET if met else MISSED)


def test_what_is_only_information_is_not_in_the_verdict() -> None:
    assert verdict([row(1.0, informational=True)]) == MET


def test_the_table_names_ratio_and_target_and_what_is_missed() -> None:
    missed = as_text([row(9.0), row(1.5), row(1.0, informational=True)]).split("\n")
    assert "2.00 x" in missed[1]
    assert "9.0 x" in missed[1]
    assert missed[1].split()[-6:] == ["met", "4.00", "s", "2.00", "s", "3"]
    assert "MISSED" in missed[2]
    assert "(MISSED)" in missed[3]
    assert missed[-1] == "F0 misses its target: 2.00 x, where 1.5 x is wanted."
    assert as_text([row()]).endswith("Every target is met.")


def test_amounts_are_told_in_what_they_are_read_in() -> None:
    short = as_text([judged(Nothing("F0", "", "", 1.0), [(0.0052, 0.5)])]).split("\n")[1].split()
    assert short[-5:] == ["5.2", "ms", "500.0", "ms", "1"]
    assert as_text([row(unit=Unit.MEGABYTES)]).split("\n")[1].split()[-5:] == ["4.0", "MB", "2.0", "MB", "3"]


def test_a_target_is_told_to_the_figure() -> None:
    """0.25 is neither 0.2 nor 0.3."""
    missed = as_text([row(0.25)])
    assert " 0.25 x " in missed
    assert missed.endswith("F0 misses its target: 2.00 x, where 0.25 x is wanted.")


def test_json_has_every_column_of_the_table() -> None:
    assert json.loads(as_json([row()])) == [
        {
            "id": "F0", "what": "work", "against": "peer", "ratio": 2.0, "target": 2.0, "met": True,
            "informational": False, "runs": 3, "unit": "s", "ours": 4.0, "peer": 2.0,
        }
    ]  # fmt: skip


def test_targets_are_those_of_the_project() -> None:
    assert {case.id: case.target for case in CASES if not case.informational} == {
        "F1": 2.0, "F2": 1.3, "F3": 2.0, "F4": 2.6, "F5a": 3.0, "F5b": 3.0, "F5c": 3.0, "F5d": 3.0,
            "F11a": 1.5, "F11b": 1.5, "F11c": 1.5, "F14": 1.3, "F11d": 1.5, "F11e": 1.5, "F11f": 1.5, "F11g": 1.5, "F10a": 2.0, "F10b": 3.0, "F15a": 1.0, "F15b": 1.0, "F6": 1.0, "F7": 0.4, "F8a": 0.25, "F8b": 1.0,
        "F16a": 1.3, "F16b": 1.3, "F16c": 1.3, "F16d": 1.3, "F16e": 1.3, "F16f": 1.3, "F16g": 1.3,
        "F16h": 1.3, "F16i": 1.3, "F16j": 1.3, "F16k": 1.3, "F16l": 1.3, "F16m": 1.3, "F16n": 1.3, "O3b": 1.3, "M1": 1.43, "M2": 1.0,
    }  # fmt: skip
    assert {case.id: case.target for case in CASES if case.informational} == {
        "F9a": 1.5, "F9b": 1.0, "O3a": 12.0,
    }  # fmt: skip


def test_a_number_stands_for_all_that_is_under_it() -> None:
    assert [case.id for case in chosen(["f5", "F1"])] == ["F1", "F5a", "F5b", "F5c", "F5d"]
    assert [case.id for case in chosen(["F16"])] == [f"F16{letter}" for letter in "abcdefghijklmn"]
    assert [case.id for case in chosen(["f16B"])] == ["F16b"]
    assert chosen([]) == list(CASES)


def python(code: str, *, terminal: bool = False) -> Call:
    return Call([sys.executable, "-c", code], {}, terminal)


def test_both_sides_run_in_turns_and_who_is_first_alternates(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    note: Callable[[str], Call] = lambda word: python(f"open({str(trace)!r}, 'a').write({word!r})")  # noqa: E731
    assert len(in_turns(note("a").seconds, note("b").seconds, 2)) == 2
    assert WARM_UP == 3
    assert trace.read_text() == "baabbaabba"
    trace.write_text("")
    assert len(in_turns(note("a").seconds, note("b").seconds, 1, warm_up=0)) == 1
    assert trace.read_text() == "ab"


def test_a_terminal_is_a_terminal_and_a_pipe_is_none() -> None:
    code = "import os, sys; print(sys.stdout.isatty(), sys.stdin.isatty())"
    assert python(code).output() == b"False False\n"
    assert python(code, terminal=True).output() == b"True True\r\n"


@pytest.mark.parametrize("terminal", [True, False])
def test_work_that_fails_is_not_timed(terminal: bool) -> None:
    with pytest.raises(Failed, match="ended with 3"):
        python("raise SystemExit(3)", terminal=terminal).seconds()


def test_the_registry_of_a_run_has_a_full_first_page_in_colour(tmp_path: Path) -> None:
    ground = Ground(tmp_path, patients=120, most=1_500)
    calls = {case.id: case.calls(ground)[0] for case in STARTS}
    assert calls["F3"].output().count(b"MS-0000") == 50
    shown = calls["F4"].output()
    assert shown.count(b"MS-0000") >= 50
    assert b"\x1b[" in shown
    assert b".jpg" in calls["F14"].output()
    assert (tmp_path / "chart.jpg").read_bytes()[:3] == b"\xff\xd8\xff"
    for id in ("F5a", "F5b", "F5c"):
        assert ground.of(1_500).incomplete_patient.encode() in calls[id].output()


def test_peers_are_bare_programs_of_typer(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    assert Call(ground.peer("nothing"), ground.environ).output() == b""
    help_page = Call(ground.peer("two_commands", "--help"), ground.environ).output()
    assert b"hello" in help_page
    assert b"goodbye" in help_page


def test_one_target_can_be_measured_for_programs(capfd: pytest.CaptureFixture[str]) -> None:
    code = main(["F1", "--json", "--runs", "1"])
    out, err = capfd.readouterr()
    (found,) = json.loads(out)
    assert found["id"] == "F1"
    assert found["runs"] == 1
    assert found["ratio"] > 0
    assert code == (MET if found["met"] else MISSED)
    assert err.startswith("F1 msreg --version (1 pair) …")


@dataclass(frozen=True, slots=True)
class Broken(Nothing):
    """A target whose work fails."""

    def sides(self, ground: Ground) -> tuple[Measure, Measure]:
        return python("raise SystemExit(3)").seconds, lambda: 1.0


def test_work_that_fails_is_told_and_the_other_targets_are_measured(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    targets = [Broken("F0", "broken", "", 1.0), Nothing("F1", "work", "", 1.0, runs=2)]
    rows, failed = measure(targets, Ground(tmp_path), None)
    assert ([(each.id, each.runs, each.met) for each in rows], failed) == ([("F1", 2, True)], ["F0"])
    assert verdict(rows, failed) == MISSED
    assert as_text(rows, failed).endswith("F0 could not be measured.")
    told = capfd.readouterr().err
    assert "F0: " in told
    assert "ended with 3" in told


@pytest.mark.parametrize("words", [["F99"], ["--runs", "0"], ["--runs", "many"]])
def test_a_wrong_word_is_a_wrong_call(words: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == 2
