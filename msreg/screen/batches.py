"""The history of batch files as people and programs see it, and one batch in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msreg.forms.columns import forms_of, from_json
from msreg.forms.showing import show as show_value
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.shown import moment
from msreg.screen.table import Cell, Column, Row, Table, row
from msreg.services.batch_records import BatchShown, Touched
from msreg.services.batches import BatchPage, BatchRow
from msreg.vocabulary import N_, Record, Rowed

COLUMNS = (
    Column("batch", N_("Batch")),
    Column("at", N_("When")),
    Column("user", N_("Who"), shrink=1),
    Column("file", N_("File"), shrink=2, least=12),
    Column("centres", N_("Centres"), shrink=3, drop=1),
    Column("added", N_("Added"), align="right"),
    Column("changed", N_("Changed"), align="right"),
    Column("unchanged", N_("Same"), align="right", drop=4),
    Column("refused", N_("Refused"), align="right", drop=3),
    Column("note", N_("Note")),
)
TOUCHED = (
    Column("patient", N_("Patient")),
    Column("record", N_("Record"), shrink=2, least=20, wrap=True),
    Column("what", N_("Did")),
    Column("fields", N_("What"), shrink=1, least=20, wrap=True),
)
RECORDS: Mapping[Record, str] = {
    Record.PATIENT: N_("patient"),
    Record.COURSE: N_("course"),
    Record.DISEASE: N_("disease event"),
    Record.MEDICATION: N_("medication"),
    Record.ADVERSE_EVENT: N_("side effect"),
    Record.PROM: N_("questionnaire"),
}
WORDS: Mapping[Rowed, str] = {
    Rowed.ADDED: N_("rows added"),
    Rowed.CHANGED: N_("rows changed"),
    Rowed.UNCHANGED: N_("rows unchanged"),
    Rowed.SKIPPED: N_("rows skipped"),
    Rowed.REFUSED: N_("rows refused"),
}


def show_history(screen: Screen, page: BatchPage) -> None:
    """One page of the history."""
    if not page.rows:
        screen.line(_("No batch was loaded yet.") if page.page == 1 else _("There are no more batches."))
        return
    screen.table(Table(COLUMNS, (_cells(each) for each in page.rows)))
    screen.line()
    screen.line(_("Page {page}, newest first.").format(page=page.page), tone="grey")
    screen.next(f"msreg imports show {page.rows[0].label}", _("One batch in full"))
    if page.more:
        screen.next(f"msreg imports history --page {page.page + 1}", _("Older batches"))


def _cells(each: BatchRow) -> Row:
    note = None
    if each.undone is not None:
        note = Cell(_("taken back"), "orange")
    elif each.partial:
        note = Cell(_("in part"), "orange")
    refused = each.counts[Rowed.REFUSED]
    return row(
        each.label,
        moment(each.at),
        each.name,
        _file(each),
        " ".join(each.centres) or None,
        str(each.counts[Rowed.ADDED]),
        str(each.counts[Rowed.CHANGED]),
        str(each.counts[Rowed.UNCHANGED]),
        Cell(str(refused), "red" if refused else "plain"),
        note,
    )


def _file(each: BatchRow) -> str:
    """The name of the file; standard input has one in each language."""
    return _("standard input") if each.file == "standard input" else each.file


def show_batch(screen: Screen, shown: BatchShown) -> None:
    """One batch: its file, its counts, and a page of the records that it touched."""
    each = shown.row
    facts: list[tuple[str, str | Cell | None]] = [
        (_("when"), moment(each.at)),
        (_("who"), each.name),
        (_("file"), _file(each)),
        (_("hash, SHA-256"), each.sha256),
        (_("format"), each.format),
        (_("centres"), " ".join(each.centres) or None),
        *((_(WORDS[rowed]), str(count)) for rowed, count in each.counts.items()),
        (_("row of the log"), str(each.seq)),
    ]
    if each.partial:
        facts.append((_("loaded"), Cell(_("in part: the patients without faults"), "orange")))
    if each.undone is not None:
        said = _("{at}, by {user} (row {seq} of the log)").format(
            at=moment(each.undone.at), user=each.undone.by, seq=each.undone.seq
        )
        facts.append((_("taken back"), Cell(said, "orange")))
    screen.line(_("Batch {batch}").format(batch=each.label))
    screen.line()
    screen.facts(facts, indent=2)
    if shown.touched:
        screen.line()
        screen.table(Table(TOUCHED, (_touched(item) for item in shown.touched)))
    if shown.more:
        screen.next(f"msreg imports show {each.label} --page {shown.page + 1}", _("More records"))
    elif shown.touched and each.undone is None:
        screen.next(f"msreg imports undo {each.label} --dry-run", _("What taking it back would do"))


def _touched(item: Touched) -> Row:
    did = Cell(_("added"), "green") if item.added else _("changed")
    return row(item.patient, " ".join(_record(item)), did, "; ".join(_fields(item)) or None)


def _record(item: Touched) -> Iterator[str]:
    yield _(RECORDS[item.record])
    for key, value in (item.which or {}).items():
        yield _told(item.record, key, value)


def _fields(item: Touched) -> Iterator[str]:
    if item.before is None or item.after is None:
        yield ", ".join(item.fields)
        return
    which = item.which or {}
    for key in (each for each in item.fields if each not in which):  # told beside the kind of record
        new = _told(item.record, key, item.after.get(key))
        if item.added:
            yield f"{key}: {new}"
        else:
            yield f"{key}: {_told(item.record, key, item.before.get(key))} → {new}"


def _told(record: Record, key: str, value: Any) -> str:
    """An answer from the log as people read it; one that no form asks for any more as it stands there."""
    for form in forms_of(record):
        if value is not None and key in form.by_key and key != "bsn":  # a masked BSN is no answer
            return show_value(form[key], from_json(form[key], value), active())
    return "–" if value is None else str(value)


def batch_data(each: BatchRow) -> dict[str, Any]:
    """One batch for programs."""
    undone = None
    if each.undone is not None:
        undone = {"at": each.undone.at, "user": each.undone.by, "log_row": each.undone.seq}
    return {
        "batch": each.label,
        "at": each.at,
        "user": each.user,
        "name": each.name,
        "file": each.file,
        "sha256": each.sha256,
        "format": each.format,
        "centres": each.centres,
        "summary": {rowed.value: count for rowed, count in each.counts.items()},
        "partial": each.partial,
        "log_row": each.seq,
        "undone": undone,
    }


def shown_data(shown: BatchShown) -> dict[str, Any]:
    """One batch in full for programs; old and new answers only where values may be told (SPEC C12)."""
    records = []
    for item in shown.touched:
        told: dict[str, Any] = {
            "patient": item.patient,
            "record": item.record.value,
            "record_id": item.record_id,
            "outcome": (Rowed.ADDED if item.added else Rowed.CHANGED).value,
            "fields": item.fields,
        }
        if shown.values:
            told |= {"which": item.which, "before": item.before, "after": item.after}
        records.append(told)
    return {**batch_data(shown.row), "records": records, "page": shown.page, "more": shown.more}
