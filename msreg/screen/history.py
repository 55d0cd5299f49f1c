"""The history of a patient: who changed which answer, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from msreg.forms.columns import to_json
from msreg.rules.names import display_name
from msreg.screen.changes import answer_lines, answer_text, title
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import NOTHING, Cell
from msreg.services.changed_answers import Answer
from msreg.services.history import Change, History
from msreg.vocabulary import N_, Action, Record

DID = {Action.CREATE: N_("added"), Action.UPDATE: N_("changed"), Action.DELETE: N_("deleted; it was")}


def show_history(screen: Screen, found: History, *, writes: bool) -> None:
    """One page, newest first; the events of one guided entry stand together, in the order of the questions.

    `writes`: who reads it may change things, and is told how to take them back.
    """
    row = found.row
    name = display_name(row["family_name"], row["name_prefix"], row["initials"])
    screen.line(Cell(name, "accent"), f"   {found.number}   {row['centre_code']}:{row['patient_number']}")
    screen.line()
    if not found.changes:
        screen.line(
            _("Nothing was changed that fits.") if found.page == 1 else _("There are no more changes.")
        )
        return
    for _key, group in groupby(found.changes, key=lambda each: each.entry or each.seq):
        changes = sorted(group, key=lambda each: each.seq)
        _head(screen, changes)
        for _record_id, of_record in groupby(
            sorted(changes, key=lambda each: _place(changes, each)), key=lambda each: each.record_id
        ):
            _show(screen, list(of_record))
        screen.line()
    screen.line(_("Page {page}, newest first.").format(page=found.page), tone="grey")
    if found.more:
        screen.next(f"msreg patients history {found.number} … --page {found.page + 1}", _("Older changes"))
    if writes:
        screen.next("msreg undo", _("Take your own last change back"))


def _place(changes: Sequence[Change], each: Change) -> tuple[bool, int]:
    """The patient's own answers stand first, then records in the order in which they were first touched."""
    at = next(at for at, other in enumerate(changes) if other.record_id == each.record_id)
    return each.record is not Record.PATIENT, at


def _head(screen: Screen, changes: Sequence[Change]) -> None:
    """When, who and how."""
    first, last = changes[0], changes[-1]
    when = moment(last.at) or NOTHING
    if (begun := moment(first.at)) not in (None, when):
        when = f"{begun} – {when.rsplit(' ', 1)[-1]}" if str(begun)[:10] == when[:10] else f"{begun} – {when}"
    who = ", ".join(filter(None, (last.role, last.centre)))
    way = _way(last)
    rows = f"{first.seq}" if first.seq == last.seq else f"{first.seq}–{last.seq}"
    screen.line(
        Cell(when, "white"),
        f"  {last.user or NOTHING}",
        Cell(f" ({who})" if who else "", "grey"),
        Cell("  " + (_("row {seq}") if first.seq == last.seq else _("rows {seq}")).format(seq=rows), "grey"),
        f"  {way}" if way else "",
    )


def _way(change: Change) -> str:
    """How it came about, where it was not a single change by hand."""
    if change.event == "imports.undo":
        return _("batch {batch} taken back").format(batch=change.batch)
    if change.batch is not None:
        return _("batch {batch}").format(batch=change.batch)
    if len(change.undoes) == 1:
        return _("takes row {seq} back").format(seq=change.undoes[0])
    if change.undoes:
        rows = f"{min(change.undoes)}–{max(change.undoes)}"
        return _("takes rows {rows} back").format(rows=rows)
    if change.entry is not None:
        return _("guided entry")
    return _("made-up people") if change.event == "demo.fill" else ""


def _show(screen: Screen, changes: Sequence[Change]) -> None:
    """What a group of events did to one record."""
    first = changes[0]
    named = title(first.record, first.which, values=screen.values_allowed)
    if first.record is None and not first.erased:
        for each in changes:
            screen.line(f"  {_shared(each)}")
        return
    did = next((each.action for each in changes if each.action is not Action.UPDATE), Action.UPDATE)
    word = _("came back") if did is Action.CREATE and first.undoes else _(DID[did])
    answers = [answer for each in changes for answer in each.answers]
    if did is Action.DELETE and not (answers and screen.values_allowed):
        word = _("deleted")
    screen.line(f"  {named}  ", Cell(word, "red" if did is Action.DELETE else "grey"))
    if any(each.erased for each in changes):
        screen.line(f"    {_('erased')}", tone="grey")
    if did is Action.DELETE:
        answer_text(screen, _untold(screen, changes[-1]), "old")
    elif did is Action.CREATE and first.entry is None:
        answer_text(screen, _untold(screen, first), "new")
    else:
        answer_lines(screen, answers, bare=did is Action.CREATE)


def _untold(screen: Screen, change: Change) -> list[Answer]:
    """The answers of a record that do not stand in its name already."""
    return [each for each in change.answers if not screen.values_allowed or each.key not in change.which]


def _shared(change: Change) -> str:
    """A share that began or ended."""
    (answer,) = change.answers or (None,)
    if answer is None:
        return _("sharing changed")
    if answer.new is not None:
        return _("shared with {centre}").format(centre=answer.new)
    return _("no longer shared with {centre}").format(centre=answer.old)


def history_data(found: History) -> Iterator[dict[str, Any]]:
    """The page for programs: an object for each answer that changed, with the codes of the codebook."""
    for change in found.changes:
        about = {
            "seq": change.seq,
            "at": change.at,
            "user": change.user,
            "role": change.role,
            "centre": change.centre,
            "event": change.event,
            "entry": change.entry,
            "batch": change.batch,
            "undoes": list(change.undoes),
            "record": "share" if change.record is None else change.record.value,
            "record_id": change.record_id,
            "which": {key: to_json(value) for key, value in change.which.items()},
            "action": change.action.name.lower(),
            "erased": change.erased,
        }
        for answer in change.answers:
            yield {
                **about,
                "field": answer.key,
                "old": to_json(answer.old),
                "new": to_json(answer.new),
                "code": answer.code,
                "reason": answer.reason,
            }
        if not change.answers:
            yield {**about, **dict.fromkeys(("field", "old", "new", "code", "reason"))}
