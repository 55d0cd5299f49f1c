"""The history of a case on the screen: every step and every change, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msreg.forms.columns import from_json
from msreg.forms.definition import Item
from msreg.forms.load import load
from msreg.forms.showing import show as show_value
from msreg.forms.themes import case_form, theme
from msreg.rules.case_states import DONE_WORDS, STATE_WORDS
from msreg.screen.audit_log import entity_word
from msreg.screen.case_words import headline, label
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import moment
from msreg.screen.table import Cell
from msreg.services.case_history import Beside, CaseEvent, CaseHistory, Difference
from msreg.vocabulary import N_, Action, CaseForm

DID = {Action.CREATE: N_("added"), Action.UPDATE: N_("changed"), Action.DELETE: N_("deleted")}


def history_result(found: CaseHistory) -> Result:
    """`cases history`."""
    return Result(lambda: [_data(each) for each in found.events], lambda screen: _show(screen, found))


def _show(screen: Screen, found: CaseHistory) -> None:
    headline(screen, found.number, theme(found.row["theme"]).label, found.row["centre_code"])
    screen.line()
    if not found.events:
        screen.line(_("There are no more changes."))
        return
    for each in found.events:
        _event(screen, each, found.row["theme"])
    screen.line()
    screen.line(_("Page {page}, newest first.").format(page=found.page), tone="grey")
    if found.more:
        screen.next(f"msreg cases history {found.number} --page {found.page + 1}", _("Older changes"))
    screen.next(f"msreg cases show {found.number}")


def _event(screen: Screen, each: CaseEvent, about: str) -> None:
    screen.line(
        Cell(moment(each.at) or "", "white"),
        f"  {each.user_name}",
        Cell(f" ({each.role})", "grey"),
        Cell("  " + _("row {seq}").format(seq=each.seq), "grey"),
    )
    if each.step is not None and each.after is not None:
        states = _(STATE_WORDS[each.after])
        if each.before is not None:
            states = f"{_(STATE_WORDS[each.before])} → {states}"
        screen.line("  ", Cell(_(DONE_WORDS[each.step]), "accent"), f"  {states}")
    if each.remark:
        screen.text(each.remark if screen.values_allowed else _("with a remark"), indent=4)
    for change in each.changes:
        screen.line("  ", *_change(screen, change, about, bare=each.step is not None))
    for beside in each.beside:
        screen.line("  ", *_beside(screen, beside, about))


def _change(screen: Screen, change: Difference, about: str, *, bare: bool) -> Iterator[str | Cell]:
    item = _item(change.key, about)
    name = item.label[active()] if item else change.key
    yield f"{name}  "
    if not screen.values_allowed or item is None:
        yield "" if bare else Cell(_("changed"), "grey")
        return
    old, new = (
        show_value(item, None if value is None else from_json(item, value), active())
        for value in (change.old, change.new)
    )
    yield Cell(new if bare else f"{old} → {new}", "accent")


def _beside(screen: Screen, each: Beside, about: str) -> Iterator[str | Cell]:
    told = each.after or each.before
    number = f" {told['place']}" if each.entity == "case_document" and "place" in told else ""
    yield f"{entity_word(each.entity)}{number}"
    yield f" {_(DID[each.action])}" if each.action in DID else ""
    known = next((wanted for wanted in theme(about).wanted if wanted.key == told.get("wanted")), None)
    if known is not None:
        yield Cell(f"  {label(known)}", "grey")
    if screen.values_allowed and (reason := told.get("reason")):
        yield f"  {reason}"


def _item(key: str, about: str) -> Item | None:
    """The question behind a key: of the case in the words of its theme, or of the form before the point."""
    which, _point, name = key.rpartition(".")
    if which and which not in set(CaseForm):
        return None
    form = load(which) if which else case_form(about)
    return form[name] if name in form.by_key else None


def _data(each: CaseEvent) -> dict[str, Any]:
    return {
        "seq": each.seq,
        "at": each.at,
        "user": each.user,
        "user_name": each.user_name,
        "role": each.role,
        "event": each.event,
        "step": each.step,
        "before": each.before,
        "after": each.after,
        "remark": each.remark,
        "changes": [{"field": one.key, "old": one.old, "new": one.new} for one in each.changes],
        "records": [
            {
                "entity": one.entity,
                "action": one.action.name.lower(),
                "before": dict(one.before),
                "after": dict(one.after),
            }
            for one in each.beside
        ],
    }
