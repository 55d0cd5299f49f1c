"""The files of a batch of side effects, from what was stored of it: the same bytes each time.

A batch is recorded before its files are written. What was recorded and never written is written by whoever sends
next; a lock sees to it that not two do so at once.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from msreg.errors import Busy, Conflict, MsregError, NotFound
from msreg.formats.atomic import finished_file
from msreg.services import access
from msreg.services.lareb_batches import Batch, batch_label, batch_of, find_batch, is_own
from msreg.services.lareb_written import note_written
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.queries import lareb as queries
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right


@dataclass(frozen=True, slots=True)
class Written:
    """A batch with its files. `left_out`: reports of patients who were erased, which nobody has any more."""

    batch: Batch
    files: tuple[Path, ...]
    left_out: int


@contextmanager
def alone(registry: Registry) -> Iterator[None]:
    """Nobody else sends from this registry meanwhile. Raises `Busy` when somebody does; a killed one does not."""
    import fcntl

    handle = os.open(registry.settings.home, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Busy(
            N_("Somebody else sends side effects of this registry now."), hint=N_("Try again in a moment.")
        ) from None
    finally:
        os.close(handle)


def ready_folder(registry: Registry, folder: Path | None) -> Path:
    """The folder for batches: the one that is named, or that of the settings, or the registry's own, made here."""
    found = folder or registry.settings.lareb.folder
    if found is None:
        found = registry.settings.home / "lareb"
        found.mkdir(mode=0o700, exist_ok=True)
    if not found.is_dir():
        raise NotFound(
            N_("There is no folder {folder} to write in."),
            hint=N_("Make it first, or choose another place."),
            field="out",
            folder=str(found),
        )
    return found


def write_waiting(registry: Registry, *, by: Actor, folder: Path) -> list[Written]:
    """Write the batches that were recorded and have no files yet, and note that they have. Within `alone`."""
    access.require(registry, by=by, right=Right.LAREB, event="events.written")
    with registry.light() as db:
        waiting = [batch_label(row["number"]) for row in queries.unwritten(db) if is_own(row, by)]
    return [_finish(registry, by, each, folder) for each in waiting]


def rebuild(registry: Registry, *, by: Actor, batch: str, folder: Path, overwrite: bool = False) -> Written:
    """Write the files of a batch once more, byte for byte as they were; that they leave again is logged first.

    Raises `Conflict` when there are other files of these names and not `overwrite`.
    """
    row, reports = _leaving(registry, by, batch, "events.rebuild", again=True)
    files = _write(row, reports, folder, overwrite)
    found = batch_of(row)
    if not found.written:
        found = note_written(registry, by=by, batch=found.label)
    return Written(found, files, _left_out(reports))


def _finish(registry: Registry, by: Actor, batch: str, folder: Path) -> Written:
    row, reports = _leaving(registry, by, batch, "events.write", again=False)
    files = _write(row, reports, folder, False)
    return Written(note_written(registry, by=by, batch=batch), files, _left_out(reports))


def _leaving(
    registry: Registry, by: Actor, batch: str, event: str, *, again: bool
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A batch with its reports, after the log has that they go into files, and of whom."""
    with looking(registry, by=by, event=event, right=Right.LAREB) as look:
        row = find_batch(look.db, by=by, batch=batch)
        reports = queries.reports_of(look.db, row["id"])
        kept = [each for each in reports if each["line"] is not None]
        look.patients = [each["patient_id"] for each in kept]
        look.action = Action.EXECUTE
        look.about = {
            "batch": batch_label(row["number"]),
            "format": "icsr",
            "file": f"{row['name']}.xml" if any(each["message"] for each in kept) else f"{row['name']}.csv",
            "recipient": row["receiver"],
            "reports": len(kept),
            "patients": len({each["patient_id"] for each in kept}),
        }
        if again:
            look.about["to_file"] = (
                True  # it leaves once more; the first time is told by the event of sending
            )
    return row, reports


def _left_out(reports: Sequence[Mapping[str, Any]]) -> int:
    return sum(each["line"] is None for each in reports)


def _write(
    row: Mapping[str, Any], reports: Sequence[Mapping[str, Any]], folder: Path, overwrite: bool
) -> tuple[Path, ...]:
    """The XML, when a report is coded, and the CSV beside it."""
    contents = {f"{row['name']}{ending}": content for ending, content in _contents(row, reports)}
    if row["sha256"] is not None and contents:
        first = next(iter(contents.values()))
        if sha256(first).hexdigest() != row["sha256"]:
            raise MsregError(
                N_("What is stored of batch {batch} is not what was sent; nothing was written."),
                hint=N_("Look at the database with: msreg db check"),
                batch=batch_label(row["number"]),
            )
    for name, content in contents.items():
        _place(folder / name, content, overwrite)
    return tuple(folder / name for name in contents)


def _contents(row: Mapping[str, Any], reports: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, bytes]]:
    from msreg.formats.icsr import assembled

    messages = [zlib.decompress(each["message"]) for each in reports if each["message"] is not None]
    if messages:
        yield ".xml", assembled(row["head"].encode(), messages, row["tail"].encode())
    lines = [each["line"] for each in reports if each["line"] is not None]
    if lines:
        yield ".csv", (row["csv_head"] + "".join(lines)).encode()


def _place(path: Path, content: bytes, overwrite: bool) -> None:
    """Let a file appear whole, or find that it stands there as it should."""
    try:
        if path.read_bytes() == content:
            return
    except OSError:
        pass
    else:
        if not overwrite:
            raise Conflict(
                N_("{file} is there already, and holds something else."),
                hint=N_("Choose another folder, or move that file away."),
                field="out",
                file=str(path),
            )
    with finished_file(path, overwrite=overwrite) as made:
        made.write_bytes(content)
