"""What was done to a case: reported, changed, submitted, returned, approved, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msreg.forms.columns import to_json
from msreg.forms.showing import show as show_value
from msreg.rules.case_checks import CaseFinding
from msreg.rules.case_windows import Included, Judged
from msreg.screen.case_data import findings_data, judged_data, lacking_data
from msreg.screen.case_standing import next_forms, standing_data, tell_standing
from msreg.screen.case_words import tell_missing, tell_traces, verdict_cell
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import day
from msreg.screen.table import Cell
from msreg.services.case_editing import EditedCase
from msreg.services.case_opening import NewCase
from msreg.services.case_steps import Stepped
from msreg.vocabulary import N_, CaseStep

DONE = {
    CaseStep.SUBMIT: N_("{case} is submitted: the coordinator looks at it now."),
    CaseStep.RETURN: N_("{case} is returned to {centre} and incomplete now."),
    CaseStep.APPROVE: N_("{case} is approved: nothing of it changes any more."),
    CaseStep.WITHDRAW: N_("{case} is withdrawn; all of it is kept."),
}
WOULD = {
    CaseStep.SUBMIT: N_("{case} would be submitted."),
    CaseStep.RETURN: N_("{case} would be returned to {centre}."),
    CaseStep.APPROVE: N_("{case} would be approved."),
    CaseStep.WITHDRAW: N_("{case} would be withdrawn."),
}


def new_result(done: NewCase) -> Result:
    """`cases new`."""
    return Result(lambda: _new_data(done), lambda screen: _show_new(screen, done))


def _show_new(screen: Screen, done: NewCase) -> None:
    tell_reported(screen, done)
    _verdict(screen, done.judged)
    _doubts(screen, done.doubts)
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
        return
    next_forms(screen, done.number, done.theme)
    screen.next(f"msreg cases upload {done.number} …", _("Add a file"))
    screen.next(f"msreg cases show {done.number}", _("What the committee would like"))


def tell_reported(screen: Screen, done: NewCase) -> None:
    """The number of a case that was reported, and the null report that is no longer true."""
    text = (
        _("The case would be reported as {case}.") if done.dry_run else _("The case is reported as {case}.")
    )
    screen.line(text.format(case=done.number))
    screen.line("  ", done.theme.label[active()], "  ", Cell(done.centre, "grey"))
    if done.null_report_undone:
        text = _("The null report of {month} is undone: there is a case.")
        screen.text(text.format(month=day(done.null_report_undone)), "orange")


def _new_data(done: NewCase) -> dict[str, Any]:
    return {
        "case": str(done.number),
        "dry_run": done.dry_run,
        "process": done.number.process,
        "theme": done.theme.key,
        "centre": done.centre,
        "state": "concept",
        "month": done.month,
        "reminder_due_on": done.reminder_on,
        "included": judged_data(done.judged),
        "doubts": findings_data(done.doubts),
        "null_report_undone": done.null_report_undone,
        "version": 1,
    }


def edited_result(done: EditedCase) -> Result:
    """`cases edit`."""
    return Result(lambda: _edited_data(done), lambda screen: _show_edited(screen, done))


def _show_edited(screen: Screen, done: EditedCase) -> None:
    if not done.changes:
        screen.line(_("Nothing changed: the case has these answers already."))
        return
    form = done.state.form
    for each in done.changes:
        item = form[each.key]
        old, new = (show_value(item, value, active()) for value in (each.old, each.new))
        told = f"{old} → {new}" if screen.values_allowed else _("changed")
        screen.line(f"  {done.number}  {item.label[active()]}  ", Cell(told, "accent"))
    tell_standing(screen, done.state, done.generated)
    _doubts(screen, done.doubts)
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
    else:
        screen.next(f"msreg cases show {done.number}")


def _edited_data(done: EditedCase) -> dict[str, Any]:
    return {
        "case": str(done.number),
        "dry_run": done.dry_run,
        "changes": [
            {"field": each.key, "old": to_json(each.old), "new": to_json(each.new)} for each in done.changes
        ],
        "doubts": findings_data(done.doubts),
        "included": judged_data(done.judged),
        **standing_data(done.state),
        "version": done.version,
    }


def step_result(done: Stepped, *, told: bool = False) -> Result:
    """`cases submit|return|approve|withdraw`; `told`: what is doubtful stands above it already, with a question."""
    return Result(lambda: _step_data(done), lambda screen: _show_step(screen, done, told))


def _show_step(screen: Screen, done: Stepped, told: bool) -> None:
    """What a step did or would do, with what is still missing and doubtful."""
    words = (WOULD if done.dry_run else DONE)[done.step]
    screen.text(_(words).format(case=done.number, centre=done.case.row["centre_code"]))
    if done.step is CaseStep.SUBMIT and not told:
        tell_doubts(screen, done)
        if done.wants_reason and done.remark is None:
            screen.text(_("It is only submitted with a remark that says why: --remark TEXT."), "orange")
    elif done.step is CaseStep.APPROVE:
        tell_missing(screen, done.case.lacking)
    if done.reminder_on is not None:
        text = _("A first reminder goes out on {date}.")
        screen.line(text.format(date=day(done.reminder_on)), tone="grey")
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
    else:
        screen.next(f"msreg cases show {done.number}")


def tell_doubts(screen: Screen, done: Stepped) -> None:
    """What is doubtful about a case that is handed in: its theme, what is missing, and who may be named."""
    if done.case.judged.included is not Included.YES:
        _verdict(screen, done.case.judged)
    tell_missing(screen, done.case.lacking)
    tell_traces(screen, done.traces)


def _step_data(done: Stepped) -> dict[str, Any]:
    return {
        "case": str(done.number),
        "dry_run": done.dry_run,
        "step": done.step,
        "before": done.case.state,
        "after": done.after,
        "since": done.since,
        "remark": done.remark,
        "reminder_due_on": done.reminder_on,
        "included": judged_data(done.case.judged),
        "missing": lacking_data(done.case.lacking),
        "traces": done.traces,
        "version": done.version,
    }


def _verdict(screen: Screen, judged: Judged) -> None:
    cell = verdict_cell(judged)
    screen.text(f"{_('Within the theme')}: {cell.text}", cell.tone, indent=2)


def _doubts(screen: Screen, doubts: Iterable[CaseFinding]) -> None:
    for each in doubts:
        hint = each.hint_text(_)
        told = f"{_('Is this right?')} {each.text(_)} ({each.code})" + (f"; {hint}" if hint else "")
        screen.text(told, "orange", indent=2)
