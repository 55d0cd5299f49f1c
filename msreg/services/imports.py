"""Batch files into the registry: all or nothing, and a check that is the real run rolled back."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from msreg.formats.registry import read
from msreg.rules.findings import Finding
from msreg.services import access
from msreg.services.batch_merge import Merged, merge
from msreg.services.batch_sheets import Batch, read_batch
from msreg.services.dossiers import Dossier, Entry
from msreg.services.judging import judge
from msreg.services.placed import PlacedFinding, RowPlace
from msreg.services.saving import CellChange, differences, outcome, save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record, Right, Rowed


@dataclass(frozen=True, slots=True)
class RowChange:
    """What the load changes at one row: the patient by number, and the answers with old and new."""

    sheet: str
    row: int
    patient: str
    outcome: Rowed
    cells: tuple[CellChange, ...]


@dataclass(slots=True)
class Loaded:
    """What a check or a load did, or would do."""

    file: str
    sha256: str
    dry_run: bool
    centres: list[str]
    rows: Counter[Record]
    patients: int
    sound_patients: int
    summary: dict[str, int]
    by_record: dict[Record, Counter[Rowed]]
    findings: list[PlacedFinding]
    changes: list[RowChange] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def refused(self) -> bool:
        """True when faults stood in the way and nothing was loaded."""
        return any(finding.is_error for finding in self.findings)

    @property
    def errors(self) -> list[PlacedFinding]:
        """The findings that stand in the way."""
        return [finding for finding in self.findings if finding.is_error]


def load_batch(
    registry: Registry,
    *,
    by: Actor,
    path: Path,
    today: date,
    dry_run: bool = False,
    check: bool = False,
    default_centre: str | None = None,
) -> Loaded:
    """Load a batch file, or with `dry_run` or `check` do the same and roll it back.

    One fault and nothing is loaded (B3). Raises the errors of reading the file; faults in the data are in
    the result.
    """
    started = time.monotonic()
    event = "imports.check" if check else "imports.run"
    access.require(registry, by=by, right=Right.IMPORT, event=event)
    tables = read(path)
    digest = _sha256(path)
    batch = read_batch(tables, today)
    keep = not (dry_run or check)
    with writing(registry, by=by, event=event, action=Action.EXECUTE, dry_run=not keep) as work:
        merged = merge(work.db, batch, by=by, default_centre=default_centre)
        _judge_all(registry, batch, merged, today)
        result = _result(batch, merged, path, digest, dry_run=not keep, default_centre=default_centre)
        if result.refused:
            # What reading the batch showed of patients is told in the log; rows are not.
            work.keep = False
        else:
            save(work, list(merged.dossiers.values()), writer=by.centre)
        work.about = {
            "file": path.name,
            "sha256": digest,
            "dry_run": not keep,
            **result.summary,
        }
    if not keep or result.refused:
        _log_look(registry, by, event, work.about, merged)
    result.seconds = time.monotonic() - started
    return result


def _judge_all(registry: Registry, batch: Batch, merged: Merged, today: date) -> None:
    for key, dossier in merged.dossiers.items():
        found = judge(dossier, today, made_up=registry.made_up, bsn_known=merged.bsn_known.get(key))
        if found and dossier.id is not None:
            found = _without_old(registry, dossier, found, today)
        for finding in found:
            if (placed := _place(dossier, finding)) is not None:
                batch.findings.append(placed)
    order = {sheet: at for at, sheet in enumerate(_sheet_order())}
    batch.findings.sort(
        key=lambda f: (order.get(f.sheet, len(order)), f.row or 0, _column_order(f.column), f.code)
    )


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


def _result(
    batch: Batch, merged: Merged, path: Path, digest: str, *, dry_run: bool, default_centre: str | None
) -> Loaded:
    bad = {(f.sheet, f.row) for f in batch.findings if f.is_error}
    refused = bool(bad)
    by_record: dict[Record, Counter[Rowed]] = {record: Counter() for record in Record}
    changes: list[RowChange] = []
    placed: dict[tuple[str, int], tuple[Dossier, Entry]] = {
        (entry.place.sheet, entry.place.row): (dossier, entry)
        for dossier in merged.dossiers.values()
        for entry in dossier.entries()
        if entry.place is not None
    }
    faulty_patients: set[str] = set()
    patients: set[str] = set()
    for record, rows in batch.rows.items():
        for row in rows:
            at = (row.place.sheet, row.place.row)
            centre = _centre(row.parents, default_centre)
            name = f"{centre or '–'}:{_number(row.values, row.parents)}"
            patients.add(name)
            if at in bad or row.refused:
                by_record[record][Rowed.REFUSED] += 1
                faulty_patients.add(name)
            elif refused or at not in placed:
                by_record[record][Rowed.SKIPPED] += 1
            else:
                dossier, entry = placed[at]
                done = outcome(entry)
                by_record[record][done] += 1
                if done is not Rowed.UNCHANGED:
                    changes.append(
                        RowChange(*at, _patient_name(dossier, name), done, tuple(differences(entry)))
                    )
    total: Counter[Rowed] = sum(by_record.values(), Counter())
    # A centre that does not exist is not told here: whatever stands in its cell may be a patient's value.
    unknown = {(f.sheet, f.row) for f in batch.findings if f.code == "FIL-006"}
    named = {
        _centre(row.parents, default_centre)
        for rows in batch.rows.values()
        for row in rows
        if (row.place.sheet, row.place.row) not in unknown
    }
    centres = sorted(code for code in named if code)
    return Loaded(
        file=path.name,
        sha256=digest,
        dry_run=dry_run,
        centres=centres,
        rows=Counter({record: len(rows) for record, rows in batch.rows.items()}),
        patients=len(patients),
        sound_patients=len(patients - faulty_patients),
        summary={each.value: total[each] for each in Rowed},
        by_record=by_record,
        findings=batch.findings,
        changes=changes,
    )


def _centre(parents: Mapping[str, object], default: str | None) -> str | None:
    """The code of the centre that a row is of, as the registry writes it."""
    code = parents.get("centre") or default
    return None if code is None else str(code).upper()


def _number(values: Mapping[str, object], parents: Mapping[str, object]) -> object:
    return values.get("patient_number") or parents.get("patient_number")


def _patient_name(dossier: Dossier, name: str) -> str:
    """The registry number of a patient who has one, else centre and patient number."""
    number = dossier.patient.row.get("number")
    return f"MS-{number:07d}" if number is not None else name


def _log_look(registry: Registry, by: Actor, event: str, about: dict[str, object], merged: Merged) -> None:
    """Note in the log that a file was laid over these patients, though nothing was kept of it."""
    with writing(registry, by=by, event=event, action=Action.READ) as work:
        work.about = about
        for dossier in merged.dossiers.values():
            if dossier.patient.stored is not None and dossier.id is not None:
                work.touched(Action.READ, "patient", dossier.id, patient_id=dossier.id)


def _sha256(path: Path) -> str:
    """Hash of a file, or of the files of a folder in the order of their names."""
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(path.glob("*.csv"))
    for each in files:
        digest.update(each.read_bytes())
    return digest.hexdigest()
