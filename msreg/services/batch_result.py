"""What a check or a load of a batch did, or would do: counted in rows, with old and new of each cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from msreg.services.batch_merge import Merged
from msreg.services.batch_sheets import Batch
from msreg.services.dossiers import Dossier, Entry
from msreg.services.placed import PlacedFinding
from msreg.services.saving import CellChange, differences, outcome
from msreg.vocabulary import Record, Rowed


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


def summarise(
    batch: Batch, merged: Merged, path: Path, digest: str, *, dry_run: bool, default_centre: str | None
) -> Loaded:
    """What a batch did, or would do, counted in rows (C11). Called before anything is saved."""
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
