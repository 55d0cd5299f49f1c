"""Batch files into the registry: all or nothing, and a check that is the real run rolled back."""

from __future__ import annotations

import hashlib
import time
from datetime import date
from pathlib import Path

from msreg.formats.registry import read
from msreg.services import access
from msreg.services.batch_judging import judge_batch
from msreg.services.batch_merge import Merged, merge
from msreg.services.batch_result import Loaded, summarise
from msreg.services.batch_sheets import read_batch
from msreg.services.saving import save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Right


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
        judge_batch(registry, batch, merged, today)
        result = summarise(batch, merged, path, digest, dry_run=not keep, default_centre=default_centre)
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
