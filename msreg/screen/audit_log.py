"""Rows of the log as people and programs see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msreg.screen.language import _, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import NOTHING, Cell, Column, Table, row
from msreg.services.audit_log import LogEvent, LogItem, LogPage, LogRow
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.store.verify import Verdict

COLUMNS = (
    Column("seq", N_("Row"), align="right"),
    Column("at", N_("When")),
    Column("user", N_("Who"), shrink=2),
    Column("role", N_("Role"), drop=3),
    Column("event", N_("Event"), shrink=1, least=13),
    Column("action", N_("Did")),
    Column("patient", N_("Patient")),
    Column("records", N_("Records"), align="right", drop=2),
    Column("segment", N_("Part"), drop=4),
    Column("outcome", N_("Outcome")),
    Column("reason", N_("Reason"), drop=5),
)
CASES = Column("patient", N_("Patient, case"))
ITEMS = (
    Column("patient", N_("Patient")),
    Column("entity", N_("Record")),
    Column("action", N_("Did")),
    Column("fields", N_("What"), shrink=1, least=20, wrap=True),
)
WORDS = {
    "create": N_("create"),
    "read": N_("read"),
    "update": N_("change"),
    "delete": N_("delete"),
    "execute": N_("run"),
    "done": N_("done"),
    "refused": N_("refused"),
    "failed": N_("failed"),
}
ENTITIES = {
    "patient": N_("patient"),
    "course": N_("course"),
    "disease_event": N_("disease history"),
    "medication": N_("medication"),
    "adverse_event": N_("side effect"),
    "prom": N_("questionnaire"),
    "share": N_("share"),
    "confirmation": N_("confirmation"),
    "tombstone": N_("tombstone"),
    "centre": N_("centre"),
    "operator": N_("user"),
    "draft": N_("draft"),
    "batch": N_("batch"),
    "lareb_batch": N_("batch to Lareb"),
    "lareb_report": N_("report to Lareb"),
    "notification": N_("case"),
    "case_step": N_("step of a case"),
    "case_document": N_("document of a case"),
    "null_report": N_("null report"),
}
"""The records of the log in words, by their table."""
ABOUT = ("host", "tty", "ssh", "alternate_user", "purpose", "program")


def show_page(screen: Screen, page: LogPage) -> None:
    """One page of the log."""
    if not page.rows:
        screen.line(_("The log has no such row."))
        return
    columns: Sequence[Column] = COLUMNS
    if any(each.case for each in page.rows):  # one column for both: no event is about a patient and a case
        columns = tuple(CASES if each.key == "patient" else each for each in COLUMNS)
    screen.table(Table(columns, (_cells(each) for each in page.rows)))
    screen.line()
    screen.line(_("Page {page}, newest first.").format(page=page.page), tone="grey")
    screen.next(f"msreg audit show {page.rows[0].seq}", _("One row in full"))
    if page.more:
        screen.next(f"msreg audit list … --page {page.page + 1}", _("Older rows"))


def _cells(each: LogRow) -> list[Cell | str | None]:
    return list(
        row(
            str(each.seq),
            moment(each.at),
            each.user,
            each.role,
            each.event,
            _word(each.action),
            each.patient or each.case,
            str(each.records) if each.records else None,
            each.segment,
            Cell(_word(each.outcome) or NOTHING, "plain" if each.outcome == "done" else "red"),
            each.reason,
        )
    )


def show_event(screen: Screen, event: LogEvent) -> None:
    """One event with its items."""
    each = event.row
    facts: list[tuple[str, str | Cell | None]] = [
        (_("when"), moment(each.at)),
        (_("who"), f"{each.user} ({each.role})"),
        (_("event"), each.event),
        (_("did"), _word(each.action)),
        (_("outcome"), Cell(_word(each.outcome) or NOTHING, "plain" if each.outcome == "done" else "red")),
    ]
    if each.patient:
        facts.append((_("patient"), each.patient))
    if each.segment:
        facts.append((_("part"), each.segment))
    if each.reason:
        facts.append((_("reason"), each.reason))
    facts += [(key, str(event.body[key])) for key in ABOUT if event.body.get(key)]
    about = event.body.get("about")
    if isinstance(about, Mapping):
        facts += [(str(key), _plain(value)) for key, value in about.items() if value not in ("", None)]
    screen.line(_("Row {seq} of the log").format(seq=each.seq))
    screen.line()
    screen.facts(facts, indent=2)
    if event.items:
        screen.line()
        screen.table(Table(ITEMS, (_item(item) for item in event.items)))
        screen.line()
        screen.line(ngettext("{count} record.", "{count} records.", each.records), tone="grey")
    if event.more:
        screen.next(f"msreg audit show {each.seq} --page {event.page + 1}", _("More records"))


def _item(item: LogItem) -> list[Cell | str | None]:
    fields = ", ".join(item.fields)
    if item.before is not None or item.after is not None:
        old, new = item.before or {}, item.after or {}
        fields = "; ".join(
            f"{key}: {_plain(new.get(key))}"
            if item.action == "create"
            else f"{key}: {_plain(old.get(key))} → {_plain(new.get(key))}"
            for key in item.fields
        )
    what = " ".join(filter(None, (entity_word(item.entity), item.case)))
    return list(row(item.patient, what, _word(item.action), fields or None))


def row_data(each: LogRow) -> dict[str, Any]:
    """One row for programs."""
    return {
        "seq": each.seq,
        "at": each.at,
        "user": each.user,
        "role": each.role,
        "event": each.event,
        "action": each.action,
        "patient": each.patient,
        "case": each.case,
        "segment": each.segment,
        "records": each.records,
        "outcome": each.outcome,
        "reason": each.reason,
    }


def event_data(event: LogEvent) -> dict[str, Any]:
    """One event for programs; `before` and `after` only where values may be told."""
    items = []
    for item in event.items:
        told: dict[str, Any] = {
            "n": item.n,
            "patient": item.patient,
            "entity": item.entity,
            "entity_id": item.entity_id,
            "case": item.case,
            "action": item.action,
            "fields": item.fields,
        }
        if event.values:
            told |= {"before": item.before, "after": item.after}
        items.append(told)
    about = event.body.get("about") or {}
    return {
        **row_data(event.row),
        **{key: event.body.get(key) for key in ABOUT},
        "about": about,
        "items": items,
        "more": event.more,
    }


def entity_word(entity: str) -> str:
    """A kind of record in words."""
    return _(ENTITIES[entity]) if entity in ENTITIES else entity


def _word(code: str | None) -> str | None:
    return _(WORDS[code]) if code in WORDS else code


def _plain(value: object) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def tell_restores(screen: Screen, verdict: Verdict) -> None:
    """That backups were put back: the log holds, and rows that it had once are not in it."""
    for each in verdict.restores:
        after = _("A backup was restored on {at} by {user} (row {seq}): rows after {last} were given up.")
        until = _(
            "A backup was restored on {at} by {user} (row {seq}): rows {first} to {last} were given up."
        )
        known = each.head_seq is not None and each.head_seq > each.kept_seq
        screen.text(
            (until if known else after).format(
                at=moment(each.at), user=each.user, seq=each.seq, first=each.kept_seq + 1,
                last=each.head_seq if known else each.kept_seq,
            ),
            "orange",
        )  # fmt: skip
