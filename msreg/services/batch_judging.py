"""What the forms and the checks say of a batch, each finding at the row that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.forms.values import KEPT
from msreg.rules.findings import Finding
from msreg.services.batch_merge import Merged
from msreg.services.batch_sheets import Batch
from msreg.services.dossiers import Dossier, Entry
from msreg.services.judging import judge
from msreg.services.placed import PlacedFinding, RowPlace
from msreg.services.saving import differences
from msreg.store.registry import Registry


def judge_batch(registry: Registry, batch: Batch, merged: Merged, today: date) -> None:
    """Add to the batch's findings what the forms and checks say of every dossier, in the order of the file."""
    for key, dossier in merged.dossiers.items():
        found = judge(dossier, today, made_up=registry.made_up, bsn_known=merged.bsn_known.get(key))
        if found and dossier.id is not None:
            found = _without_old(registry, dossier, found, today)
        batch.findings += [each for entry in dossier.entries() for each in _kept(entry)]
        for finding in found:
            if (placed := _place(dossier, finding)) is not None:
                batch.findings.append(placed)
    order = {sheet: at for at, sheet in enumerate(_sheet_order())}
    batch.findings.sort(
        key=lambda f: (order.get(f.sheet, len(order)), f.row or 0, _column_order(f.column), f.code)
    )


def _kept(entry: Entry) -> Iterator[PlacedFinding]:
    """Required cells that the file leaves blank where the registry has an answer: it is kept, and told."""
    place: RowPlace | None = entry.place
    if place is None or entry.stored is None:
        return
    for form in forms_of(entry.record):
        blank = {
            key
            for key in form.keys
            if key in place.letters and key not in place.raw and entry.values.get(key) is not None
        }
        if not blank:
            continue
        given = {key: value for key, value in entry.values.items() if key not in blank}
        for item in open_questions(form, given, entry.faulty):
            if item.key in blank and item.default is None:
                found = Finding(KEPT.code, KEPT.severity, entry.record, item.key, KEPT.message, ref=entry)
                yield place.finding(found)


def _without_old(registry: Registry, dossier: Dossier, found: list[Finding], today: date) -> list[Finding]:
    """Leave out what the registry's own record has already, in rows that change nothing.

    What is in the registry may be older than a rule, or be a broken-off course; a file that leaves it as it
    is must still load, and is not about it.
    """
    was = {entry: entry.values for entry in dossier.entries() if entry.stored is not None}
    before = Dossier(dossier.patient, dossier.centre_id)
    before.children = {
        record: [entry for entry in entries if entry in was] for record, entries in dossier.children.items()
    }
    try:
        for entry in was:
            entry.values = entry.stored or {}
        old = {(f.code, f.field, id(f.ref)) for f in judge(before, today, made_up=registry.made_up)}
    finally:
        for entry, values in was.items():
            entry.values = values
    return [f for f in found if (f.code, f.field, id(f.ref)) not in old or differences(f.ref)]


def _sheet_order() -> list[str]:
    from msreg.forms.columns import sheets

    return [sheet.key for sheet in sheets()]


def _column_order(column: str | None) -> tuple[int, str]:
    return (len(column), column) if column else (99, "")


def _place(dossier: Dossier, finding: Finding) -> PlacedFinding | None:
    """The row that a finding is about.

    A finding about a record that stands in the registry only is laid at the row of the same kind that
    brought it about; a doubt about such a record is not the file's and is left out.
    """
    entry: Entry = finding.ref
    place: RowPlace | None = entry.place
    if place is None:
        if not finding.is_error:
            return None
        near = [e.place for e in dossier.of(entry.record) if e.place is not None and differences(e)]
        near += [e.place for e in dossier.entries() if e.place is not None and differences(e)]
        if not near:
            return None
        place = near[0]
    return place.finding(finding)
