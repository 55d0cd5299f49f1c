"""What became of a batch of side effects: sent, written once more, or answered."""

from __future__ import annotations

from typing import Any

from msreg.errors import Partial
from msreg.screen.language import _, ngettext
from msreg.screen.lareb_batches import ANSWERS, REPORTS, batch_data, left_out, report_row, reports
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Table
from msreg.services.lareb import Handed
from msreg.services.lareb_answers import Answered
from msreg.services.lareb_files import Written


def question(handed: Handed, receiver: str) -> str:
    """What is asked before a batch is made."""
    return _("{reports} would be sent to {receiver}. Send?").format(
        reports=reports(len(handed.made.going)), receiver=receiver
    )


def handed_result(handed: Handed) -> Result:
    """What was sent or would be, and what stays."""
    made = handed.made
    data = {
        "dry_run": handed.dry_run,
        "batch": made.batch.label if made.batch else None,
        "name": made.batch.name if made.batch else None,
        "reports": len(made.going),
        "coded": sum(each.candidate.coded for each in made.going),
        "sent": [
            {
                "report": each.report,
                "edition": each.edition,
                "registry_number": each.candidate.patient,
                "coded": each.candidate.coded,
            }
            for each in made.going
        ],
        "not_sent": [
            {
                "registry_number": each.patient,
                "standing": each.standing.value,
                "missing": list(each.validity.missing),
                "revealing": list(each.validity.revealing),
                "report_before": each.report_before,
            }
            for each in made.staying
        ],
        "written": [_written_data(each) for each in handed.written],
    }
    return Result(data, lambda screen: _show_handed(screen, handed))


def _show_handed(screen: Screen, handed: Handed) -> None:
    made = handed.made
    coded = sum(each.candidate.coded for each in made.going)
    if made.going:
        start = () if made.batch is None else (Cell(made.batch.label, "accent"), "  ")
        inside = _("{count} in the XML, all in the CSV").format(count=coded)
        screen.line(*start, f"{reports(len(made.going))}  ({inside})")
    elif not handed.written:
        screen.line(_("There is nothing to send."))
    if handed.dry_run and made.going:
        for each in made.going:
            version = "" if each.edition == 1 else "  " + _("version {number}").format(number=each.edition)
            screen.line(f"  {each.report}  {each.candidate.patient}{version}")
        screen.line(_("Nothing was written."), tone="grey")
    for written in handed.written:
        _show_written(screen, written, named=made.batch is None or written.batch.id != made.batch.id)
    if made.staying:
        left = ngettext(
            "{count} side effect was not sent.", "{count} side effects were not sent.", len(made.staying)
        )
        screen.line(left, tone="orange")
        screen.next("msreg events list --unsent", _("What is missing"))


def _show_written(screen: Screen, written: Written, *, named: bool) -> None:
    if named:
        screen.line(Cell(written.batch.label, "accent"), f"  {reports(written.batch.reports)}")
    for path in written.files:
        screen.line(f"  {path}")
    if written.left_out:
        screen.line(left_out(written.left_out), tone="orange")
    if written.files:
        text = _("These files hold personal data in clear; the batch stands in the log as row {seq}.")
        screen.text(text.format(seq=written.batch.seq), tone="grey")


def _written_data(written: Written) -> dict[str, Any]:
    return {
        "batch": written.batch.label,
        "files": list(written.files),
        "sha256": written.batch.sha256,
        "left_out": written.left_out,
    }


def rebuilt_result(written: Written) -> Result:
    """A batch that was written once more; done in part when reports of the erased are left out."""
    return Result(
        _written_data(written),
        lambda screen: _show_written(screen, written, named=True),
        Partial.exit_code if written.left_out else 0,
    )


def answered_result(answered: Answered, *, values: bool) -> Result:
    """What was answered to a batch. The receiver's own words only where values may be told (SPEC C12)."""
    data = {
        **batch_data(answered.batch),
        "already": answered.already,
        "waiting": answered.waiting,
        "answers": [
            {"report": each.name, "registry_number": each.patient, "answer": each.answer}
            | ({"text": each.text} if values else {})
            for each in answered.reports
        ],
    }
    return Result(data, lambda screen: _show_answered(screen, answered))


def _show_answered(screen: Screen, answered: Answered) -> None:
    batch = answered.batch
    screen.line(Cell(batch.label, "accent"), "  ", _(ANSWERS[batch.answer or ""]))
    counts = _("{accepted} accepted, {refused} refused, {waiting} without an answer").format(
        accepted=batch.accepted, refused=batch.refused, waiting=answered.waiting
    )
    screen.line(f"  {counts}")
    refused = [each for each in answered.reports if each.answer == "CR"]
    if refused:
        screen.line()
        screen.table(Table(REPORTS, [report_row(each, values=screen.values_allowed) for each in refused]))
    if answered.already:
        screen.line(_("This answer was read before; nothing changed."), tone="grey")
    if refused:
        screen.next("msreg events list --unsent", _("Correct them, and send once more"))
