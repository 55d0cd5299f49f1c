"""What the forms and the checks say of a batch, each finding at the row that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.forms.answers import open_questions
from msreg.forms.columns import forms_of
from msreg.forms.values import KEPT
from msreg.rules.findings import Finding
from msreg.services.batch_merge import Merged
from msreg.services.batch_rows import BatchRow, Tell
from msreg.services.differing import differs
from msreg.services.dossiers import Dossier, Entry
from msreg.services.judging import judge
from msreg.services.placed import PlacedFinding


def judge_piece(merged: Merged, today: date, tell: Tell, *, made_up: bool) -> None:
    """Tell what the forms and checks say of every dossier; a row with a fault is refused."""
    for patient, dossier in merged.dossiers.items():
        found = judge(dossier, today, made_up=made_up, bsn_known=merged.bsn_known.get(patient))
        if found and dossier.id is not None:
            found = _without_old(dossier, found, today, made_up=made_up)
        if dossier.id is not None:
            for entry in dossier.entries():
                for kept in _kept(entry):
                    tell(kept)
        for finding in found:
            row = _row_of(dossier, finding)
            if row is not None:
                if finding.is_error:
                    row.refused = True
                tell(row.finding(finding))


def _kept(entry: Entry) -> Iterator[PlacedFinding]:
    """Required cells that the file leaves blank where the registry has an answer: it is kept, and told."""
    row: BatchRow | None = entry.place
    if row is None or entry.stored is None:
        return
    blank = {key for key in entry.values if row.blank(key)}
    if not blank:
        return
    given = {key: value for key, value in entry.values.items() if key not in blank}
    for form in forms_of(entry.record):
        for item in open_questions(form, given, entry.faulty):
            if item.key in blank and item.default is None:
                yield row.finding(
                    Finding(KEPT.code, KEPT.severity, entry.record, item.key, KEPT.message, ref=entry)
                )


def _without_old(dossier: Dossier, found: list[Finding], today: date, *, made_up: bool) -> list[Finding]:
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
        old = {(f.code, f.field, id(f.ref)) for f in judge(before, today, made_up=made_up)}
    finally:
        for entry, values in was.items():
            entry.values = values
    return [f for f in found if (f.code, f.field, id(f.ref)) not in old or differs(f.ref)]


def _row_of(dossier: Dossier, finding: Finding) -> BatchRow | None:
    """The row that a finding is about.

    A finding about a record that stands in the registry only is laid at the row of the same kind that
    brought it about; a doubt about such a record is not the file's and is left out.
    """
    entry: Entry = finding.ref
    row: BatchRow | None = entry.place
    if row is not None or not finding.is_error:
        return row
    near = [e.place for e in dossier.of(entry.record) if e.place is not None and differs(e)]
    near += [e.place for e in dossier.entries() if e.place is not None and differs(e)]
    return near[0] if near else None
