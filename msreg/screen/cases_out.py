"""What went to the committee, what stayed behind, and which case a pseudonym is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from msreg.rules.case_numbers import CaseNumber
from msreg.screen.case_words import trace_words
from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.progress import Step, progress
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.case_out_plan import LeftOut, Reason
from msreg.services.cases_out import CasesOut

PARTIAL = 7


def exporting() -> AbstractContextManager[Step]:
    """Show how far a long export is."""
    return progress(_("MB written"))


def out_result(done: CasesOut) -> Result:
    """Exit 7 when files stayed behind: who hands it on has to know that it is not all."""
    data: dict[str, Any] = {
        "out": done.path,
        "cases": len(done.cases),
        "files": done.files,
        "project": done.project,
        "log_row": done.seq,
        "left_out": [
            {
                "case": str(each.number),
                "place": each.document.row["place"],
                "reason": each.reason,
                "traces": each.document.traces,
            }
            for each in done.left_out
        ],
    }
    return Result(data, lambda screen: _show(screen, done), PARTIAL if done.left_out else 0)


def _show(screen: Screen, done: CasesOut) -> None:
    cases = ngettext("{count} case", "{count} cases", len(done.cases))
    files = ngettext("{count} file", "{count} files", done.files)
    screen.line(Cell(str(done.path), "accent"), f"  {cases}, {files}")
    screen.text(
        _(
            "With pseudonyms; what stands in the files themselves is as it was. It is row {seq} of the log."
        ).format(seq=done.seq),
        "grey",
    )
    _stayed(screen, done, Reason.TRACES, _("Left out, for they hold what may tell who somebody is:"))
    _stayed(
        screen,
        done,
        Reason.UNSEARCHED,
        _("Left out, for nobody searched them since the answers of their case changed:"),
    )
    _stayed(screen, done, Reason.QUARANTINE, _("Left out, for they are in quarantine:"))
    if any(each.reason is not Reason.QUARANTINE for each in done.left_out):
        screen.text(
            _(
                "Look at them yourself (msreg cases download); when nobody can be known from them, say --with-traces."
            ),
            "grey",
        )
    screen.next("msreg cases whose …", _("Which case a pseudonym is"))


def _stayed(screen: Screen, done: CasesOut, reason: Reason, heading: str) -> None:
    found = [each for each in done.left_out if each.reason is reason]
    if not found:
        return
    screen.text(heading, "orange")
    for each in found:
        screen.text(_left(each), "orange", indent=2)


def _left(each: LeftOut) -> str:
    """Such as `NC-2026-0042  file 2: brief.pdf: 1 BSN`."""
    text = _("{case}  file {place}: {name}").format(
        case=each.number, place=each.document.row["place"], name=each.document.name
    )
    return f"{text}: {trace_words(each.document.traces)}" if each.document.traces else text


def whose_result(number: CaseNumber) -> Result:
    """The case behind a pseudonym."""

    def show(screen: Screen) -> None:
        screen.line(Cell(str(number), "accent"))
        screen.next(f"msreg cases show {number}")

    return Result({"case": str(number)}, show)
