"""Batch files into the registry: all or nothing, and a check that is the real run rolled back."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from msreg.formats.cells import Source
from msreg.formats.registry import read
from msreg.services import access
from msreg.services.batch_index import index_of
from msreg.services.batch_loading import DEFAULT, How, Loading, Step
from msreg.services.batch_result import Loaded
from msreg.services.batch_sheets import Findings, open_sheets
from msreg.services.batches import record_batch
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Right


@dataclass(frozen=True, slots=True)
class BatchFile:
    """A batch file that was opened: what it holds, and the date of the file where it has one."""

    path: Path
    source: Source
    saved: datetime | None


def open_batch(
    registry: Registry, *, by: Actor, path: Path, sheet: str | None = None, event: str = "imports.run"
) -> BatchFile:
    """Open a batch file; `-` is standard input. `sheet` names the sheet that a single CSV file is.

    Raises the errors of reading the file.
    """
    access.require(registry, by=by, right=Right.IMPORT, event=event)
    return BatchFile(path, read(path, sheet=sheet), _saved(path))


def load_batch(
    registry: Registry,
    *,
    by: Actor,
    path: Path,
    today: date,
    dry_run: bool = False,
    check: bool = False,
    how: How = DEFAULT,
) -> Loaded:
    """Open and load a batch file: `open_batch` and `load` in one."""
    event = "imports.check" if check else "imports.run"
    file = open_batch(registry, by=by, path=path, event=event)
    return load(registry, by=by, file=file, today=today, dry_run=dry_run, check=check, how=how)


def load(
    registry: Registry,
    *,
    by: Actor,
    file: BatchFile,
    today: date,
    dry_run: bool = False,
    check: bool = False,
    how: How = DEFAULT,
    step: Step | None = None,
) -> Loaded:
    """Load a batch file, or with `dry_run` or `check` do the same and roll it back.

    One fault and nothing is loaded (B3), unless `how.partial`. Faults in the data are in the result. `step`
    is called with how many rows are done, of how many.
    """
    started = time.monotonic()
    event = "imports.check" if check else "imports.run"
    access.require(registry, by=by, right=Right.IMPORT, event=event)
    keep = not (dry_run or check)
    source = file.source
    findings = Findings()
    opened = open_sheets(source, findings, centre_known=how.centre is not None)
    dates = [each for each in (file.saved, opened.origin.saved) if each is not None]
    saved = min(dates) if file.saved else None
    stored: list[str] = []
    with writing(registry, by=by, event=event, action=Action.EXECUTE, dry_run=not keep, plain=True) as work:
        in_passing(work.db)
        index = index_of(work.db, opened.parts, how.centre)
        loading = Loading(registry, work, opened, index, findings, how, today, saved, stored)
        loading.run(step)
        result = loading.result(source, dry_run=not keep)
        result.saved = saved
        if keep and not result.refused:
            result.batch = record_batch(
                work, seq=work.log.seq, file=str(source.name), sha256=source.sha256, format=source.format,
                centres=result.centres, counts=result.summary,
                partial=how.partial and result.in_part,
            )  # fmt: skip
        work.keep = keep and not result.refused
        work.about = {
            "file": str(source.name),
            "sha256": source.sha256,
            "dry_run": not keep,
            "partial": how.partial,
            "overwrite": how.overwrite,
            "blank_clears": how.blank_clears,
            "conflicts": result.conflicts,
            **result.summary,
        }
    if not work.keep:
        _log_look(registry, by, event, work.about, stored)
    result.seconds = time.monotonic() - started
    return result


def _log_look(registry: Registry, by: Actor, event: str, about: dict[str, object], stored: list[str]) -> None:
    """Note in the log that a file was laid over these patients, though nothing was kept of it."""
    with writing(registry, by=by, event=event, action=Action.READ, plain=True) as work:
        work.about = about
        for patient in stored:
            work.touched(Action.READ, "patient", patient, patient_id=patient)


def _saved(path: Path) -> datetime | None:
    """The date of a file; of a folder that of its newest file. None for standard input."""
    from msreg.formats.csv_folder import tables_of
    from msreg.formats.fhir_folder import answers_of

    try:
        files = (tables_of(path) or answers_of(path)) if path.is_dir() else [path]
        return datetime.fromtimestamp(max(os.stat(each).st_mtime for each in files), UTC)
    except (OSError, ValueError):
        return None
