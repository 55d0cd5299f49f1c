"""What a check or a load of a batch file says (SCREENS, "A batch file")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msreg.errors import Phrase
from msreg.forms.columns import forms_of, to_json
from msreg.forms.showing import show as show_value
from msreg.screen.counted import counted
from msreg.screen.findings import finding_data, show_findings
from msreg.screen.language import _, active, ngettext
from msreg.screen.output import Screen
from msreg.screen.shown import number
from msreg.screen.table import Cell, Column, Row, Table
from msreg.screen.widths import width
from msreg.services.batch_result import Loaded, RowChange
from msreg.services.batches import batch_label
from msreg.services.differing import CellChange
from msreg.services.dossiers import Entry
from msreg.vocabulary import N_, Record, Rowed

SHOWN_CHANGES = 40
NOTHING: Mapping[str, Path] = MappingProxyType({})


def named(done: Loaded) -> str:
    """What the file is called, in the language of the call."""
    return done.file.text(_) if isinstance(done.file, Phrase) else done.file


def show_loaded(
    screen: Screen,
    done: Loaded,
    *,
    checked: bool,
    limit: int | None,
    again: str | None,
    written: Mapping[str, Path],
) -> None:
    """The file, what is wrong with it, and what was or would be loaded. `written`: files beside
    it; `again`: the call that loads the patients without faults."""
    what = ", ".join(
        counted(record, count)
        for record, count in done.rows.items()
        if count or record not in (Record.ADVERSE_EVENT, Record.PROM)
    )
    seconds = number(round(done.seconds, 1))
    timed = (
        _("checked in {seconds} s") if checked or done.dry_run or done.refused else _("loaded in {seconds} s")
    )
    said = timed.format(seconds=seconds)
    head = f"  {' '.join(done.centres)}  " if done.centres else "  "
    if screen.edge.terminal and width(f"{named(done)}{head}{what}  {said}") > screen.edge.width:
        screen.line(Cell(named(done), "accent"), head, Cell(said, "grey"))
        screen.text(what, indent=2)
    else:
        screen.line(Cell(named(done), "accent"), f"{head}{what}  ", Cell(said, "grey"))
    if done.findings:
        screen.line()
        show_findings(screen, done.findings, limit=limit, names=done.names)
    screen.line()
    if done.refused:
        _tell_refused(screen, done)
    else:
        if done.dry_run and not checked:
            _show_changes(screen, done)
        screen.line(_summary(done))
        if done.in_part:
            screen.line(_left_out(done), tone="orange")
        if done.dry_run:
            screen.line(_("Nothing was written."), tone="grey")
        elif done.batch is not None:
            label = batch_label(done.batch)
            screen.line(_("Batch {batch}.").format(batch=label), tone="grey")
            if done.summary[Rowed.ADDED] or done.summary[Rowed.CHANGED]:
                screen.next(f"msreg imports undo {label}", _("Take it back"))
    _tell_written(screen, written)
    if done.refused and done.sound_patients and again is not None and _may_be_partial(done):
        sound = ngettext(
            "Load the one without faults", "Load the {count} without faults", done.sound_patients
        )
        screen.next(again, sound)


def _may_be_partial(done: Loaded) -> bool:
    """Whether the faults are those of patients, and not of the file."""
    return all(each.row is not None and each.row != done.header_rows.get(each.sheet) for each in done.errors)


_WRITTEN: tuple[tuple[str, str], ...] = (
    ("marked", N_("Marked copy: {file}  (mend it there and load it as it is)")),
    ("report", N_("Report: {file}")),
    ("valid", N_("Patients without faults: {file}")),
    ("refused", N_("The others: {file}")),
)


def _tell_written(screen: Screen, written: Mapping[str, Path]) -> None:
    for key, text in _WRITTEN:
        if key in written:
            screen.line(_(text).format(file=written[key]))


def _left_out(done: Loaded) -> str:
    """What of the file was not loaded, though the rest was."""
    refused, skipped = done.summary[Rowed.REFUSED], done.summary[Rowed.SKIPPED]
    parts = []
    if refused:
        parts.append(ngettext("{count} row refused", "{count} rows refused", refused))
    if skipped:
        parts.append(ngettext("{count} row skipped", "{count} rows skipped", skipped))
    if done.conflicts:
        parts.append(
            ngettext(
                "{count} newer answer of the registry kept",
                "{count} newer answers of the registry kept",
                done.conflicts,
            )
        )
    return "; ".join(parts) + "."


def _tell_refused(screen: Screen, done: Loaded) -> None:
    errors = done.errors
    rows = len({(each.sheet, each.row) for each in errors if each.row is not None})
    faults = ngettext("{count} fault", "{count} faults", len(errors))
    if rows:  # what is wrong with the file as such is in none
        where = ngettext("{count} row", "{count} rows", rows)
        faults = _("{faults} in {rows}").format(faults=faults, rows=where)
    sound = ngettext("{count} patient without faults", "{count} patients without faults", done.sound_patients)
    screen.line(
        Cell(faults, "red"),
        f"; {sound}. ",
        _("Nothing was loaded."),
    )


def _summary(done: Loaded) -> str:
    parts: list[str] = []
    added = [counted(record, c[Rowed.ADDED]) for record, c in done.by_record.items() if c[Rowed.ADDED]]
    changed = [counted(record, c[Rowed.CHANGED]) for record, c in done.by_record.items() if c[Rowed.CHANGED]]
    if added:
        text = _("{what} would be added") if done.dry_run else _("{what} added")
        parts.append(text.format(what=", ".join(added)))
    if changed:
        text = _("{what} would be changed") if done.dry_run else _("{what} changed")
        parts.append(text.format(what=", ".join(changed)))
    same = done.summary[Rowed.UNCHANGED]
    if same or not parts:
        parts.append(ngettext("{count} row unchanged", "{count} rows unchanged", same))
    return "; ".join(parts) + "."


def _show_changes(screen: Screen, done: Loaded) -> None:
    """Old and new of every cell; the answers themselves only where they may be shown."""
    changes = done.changes
    if not changes:
        return
    columns = (
        Column("patient", N_("patient")),
        Column("place", N_("row")),
        Column("field", N_("field")),
        Column("change", N_("change"), shrink=1, least=16),
    )
    most = SHOWN_CHANGES if screen.edge.terminal else len(changes)
    rows = [line for change in changes[:most] for line in _lines(change, done, screen.values_allowed)]
    screen.table(Table(columns, rows, indent=2))
    if len(changes) > most:
        screen.line(
            "  … ", ngettext("{count} more row", "{count} more rows", len(changes) - most), tone="grey"
        )
    screen.line()


def _lines(change: RowChange, done: Loaded, values: bool) -> Iterator[Row]:
    place = f"{done.names.get(change.sheet, change.sheet)} {change.row}"
    if change.outcome is Rowed.ADDED:
        yield (change.patient, place, "", Cell(_("new"), "green"))
        return
    for cell in change.cells:
        text = f"{_value(cell.entry, cell, cell.old)} → {_value(cell.entry, cell, cell.new)}"
        yield (change.patient, place, cell.key, text if values else _("changes"))


def _value(entry: Entry, cell: CellChange, value: Any) -> str:
    for form in forms_of(entry.record):
        if cell.key in form.by_key:
            return show_value(form[cell.key], value, active())
    return "–"


def loaded_data(done: Loaded, *, values: bool, written: Mapping[str, Path] = NOTHING) -> dict[str, Any]:
    """The result for programs. Old and new answers are there only with `--values` (C12)."""
    return {
        "file": named(done),
        "sha256": done.sha256,
        "format": done.format,
        "batch": None if done.batch is None else batch_label(done.batch),
        "dry_run": done.dry_run,
        "loaded": not (done.dry_run or done.refused),
        "partial": done.partial,
        "conflicts": done.conflicts,
        "written": dict(written),
        "centres": done.centres,
        "patients": done.patients,
        "patients_without_faults": done.sound_patients,
        "rows": {record.value: count for record, count in done.rows.items()},
        "summary": done.summary,
        "by_record": {
            record.value: {each.value: counts[each] for each in Rowed}
            for record, counts in done.by_record.items()
        },
        "outcomes": {sheet: outcomes.ranges() for sheet, outcomes in done.outcomes.items()},
        "findings": [finding_data(each, values=values) for each in done.findings],
        "changes": [
            {
                "sheet": change.sheet,
                "row": change.row,
                "patient": change.patient,
                "outcome": change.outcome.value,
                "fields": [_cell(cell, values) for cell in change.cells],
            }
            for change in done.changes
        ],
    }


def _cell(cell: CellChange, values: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"field": cell.key}
    if values:
        found |= {"old": to_json(cell.old), "new": to_json(cell.new)}
    return found
