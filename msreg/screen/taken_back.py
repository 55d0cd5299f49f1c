"""What taking one's last change back would do, and what it did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msreg.forms.columns import to_json
from msreg.screen.changes import answer_lines, answer_text, title
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import NOTHING, Cell
from msreg.services.taken_back import BackRecord, Did, TakenBack
from msreg.vocabulary import N_, Record

TRIAL: Mapping[Did, str] = {
    Did.CHANGED: N_("would get the old answers back"),
    Did.DELETED: N_("would be deleted"),
    Did.RETURNED: N_("would come back"),
    Did.SHARED: N_("would be shared again"),
    Did.UNSHARED: N_("would not be shared any more"),
}
DONE: Mapping[Did, str] = {
    Did.CHANGED: N_("has the old answers back"),
    Did.DELETED: N_("is deleted"),
    Did.RETURNED: N_("came back"),
    Did.SHARED: N_("is shared again"),
    Did.UNSHARED: N_("is not shared any more"),
}


def show_trial(screen: Screen, done: TakenBack) -> None:
    """What would be taken back, record by record: what each answer is now → what it becomes."""
    _show(screen, done, TRIAL)


def show_taken_back(screen: Screen, done: TakenBack, *, shown: bool) -> None:
    """What was taken back. `shown`: the person saw it a moment ago, and is not told again."""
    if not shown:
        _show(screen, done, TRIAL if done.dry_run else DONE)
    if done.dry_run:
        screen.line(_("Nothing was written."), tone="grey")
        return
    screen.line(_("Taken back, in row {seq} of the log.").format(seq=done.seq))
    number = next((each.patient for each in done.records), None)
    gone = any(each.record is Record.PATIENT and each.did is Did.DELETED for each in done.records)
    if number is not None and not gone:
        screen.next(f"msreg patients history {number}", _("The history"))
    screen.next("msreg undo", _("Take the change before it back too"))


def _show(screen: Screen, done: TakenBack, words: Mapping[Did, str]) -> None:
    change = done.change
    first, last = change.seqs[0], change.seqs[-1]
    rows = f"{first}" if first == last else f"{first}–{last}"
    screen.line(
        _("Your last change:"),
        " ",
        Cell(moment(change.at) or NOTHING, "white"),
        f"  {_('guided entry')}" if change.entry else "",
        Cell("  " + (_("row {seq}") if first == last else _("rows {seq}")).format(seq=rows), "grey"),
    )
    for each in done.records:
        _record(screen, each, words)
    screen.line()


def _record(screen: Screen, each: BackRecord, words: Mapping[Did, str]) -> None:
    red = each.did in (Did.DELETED, Did.UNSHARED)
    if each.record is None:
        named = each.which["centre"]
    else:
        named = title(each.record, each.which, values=screen.values_allowed)
    screen.line(f"  {each.patient}  {named}  ", Cell(_(words[each.did]), "red" if red else "plain"))
    if each.did is Did.CHANGED:
        answer_lines(screen, each.answers)
    elif each.did in (Did.DELETED, Did.RETURNED):
        told = [answer for answer in each.answers if answer.key not in each.which]
        answer_text(screen, told, "old" if each.did is Did.DELETED else "new")


def taken_back_data(done: TakenBack) -> dict[str, Any]:
    """The result for programs."""
    change = done.change
    return {
        "dry_run": done.dry_run,
        "undone": done.seq is not None,
        "undoes": list(change.seqs),
        "event": change.event,
        "entry": change.entry,
        "at": change.at,
        "records": [
            {
                "registry_number": each.patient,
                "record": "share" if each.record is None else each.record.value,
                "record_id": each.record_id,
                "which": {key: to_json(value) for key, value in each.which.items()},
                "did": each.did.value,
                "answers": [
                    {"field": answer.key, "now": to_json(answer.old), "then": to_json(answer.new)}
                    for answer in each.answers
                ],
            }
            for each in done.records
        ],
        "log_row": done.seq,
    }
