"""What stands between a case and the coordinator: `cases check`."""

from __future__ import annotations

from typing import Any

from msreg.errors import Refused
from msreg.forms.load import load
from msreg.screen.case_data import findings_data, judged_data, lacking_data
from msreg.screen.case_words import (
    STEP_COMMANDS,
    STEP_WORDS,
    headline,
    state_cell,
    tell_missing,
    tell_traces,
    verdict_cell,
)
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.services.case_checking import CheckedCase
from msreg.vocabulary import CaseStep


def check_result(found: CheckedCase) -> Result:
    """Exit 6 when something is missing or wrong; what may tell who somebody is does not count, and is told."""
    code = 0 if found.complete else Refused.exit_code
    return Result(lambda: _data(found), lambda screen: _show(screen, found), code)


def _show(screen: Screen, found: CheckedCase) -> None:
    case = found.case
    headline(screen, case.number, case.theme.label, case.row["centre_code"])
    screen.line()
    count = len(case.uploaded)
    files = Cell(ngettext("{count} file", "{count} files", count), "plain" if count else "red")
    screen.facts(
        [
            (_("State"), state_cell(case.state)),
            (_("Within the theme"), verdict_cell(case.judged)),
            (_("Uploaded"), files),
            *((load(each.form).label[active()], _form(each.complete, len(each.open))) for each in case.forms),
        ],
        indent=2,
    )
    screen.line()
    _hindrances(screen, found)
    for each in case.forms:
        for finding in each.findings:
            tone = "red" if finding.is_error else "orange"
            screen.text(f"{finding.text(_)} ({finding.code})", "red" if tone == "red" else "orange")
    tell_missing(screen, case.lacking)
    tell_traces(screen, found.traces)
    if found.complete:
        screen.line(_("Nothing is missing."), tone="green")
    if found.ready and CaseStep.SUBMIT in case.possible:
        screen.next(STEP_COMMANDS[CaseStep.SUBMIT].format(case=case.number), _(STEP_WORDS[CaseStep.SUBMIT]))


def _form(complete: bool, open_: int) -> Cell:
    if complete:
        return Cell(_("complete"), "green")
    return Cell(ngettext("{count} question open", "{count} questions open", open_), "orange")


def _hindrances(screen: Screen, found: CheckedCase) -> None:
    """Without these a case is not submitted."""
    if found.without_file:
        screen.text(_("A case is submitted with at least one file."), "red")
    for each in found.held:
        text = _("File {number} is in quarantine: nobody could say that it is clean.")
        screen.text(text.format(number=each.row["place"]), "red")
    if found.outside:
        screen.text(_("It is only submitted with a remark that says why: --remark TEXT."), "red")


def _data(found: CheckedCase) -> dict[str, Any]:
    case = found.case
    return {
        "case": str(case.number),
        "state": case.state,
        "complete": found.complete,
        "ready": found.ready,
        "included": judged_data(case.judged),
        "files": len(case.uploaded),
        "held": [each.row["place"] for each in found.held],
        "missing": lacking_data(case.lacking),
        "forms": [
            {
                "form": each.form,
                "complete": each.complete,
                "open": list(each.open),
                "findings": findings_data(each.findings),
            }
            for each in case.forms
        ],
        "traces": found.traces,
    }
