"""Answers that somebody entered by hand after the file was made are kept, and told (B4).

Whether the file is older is known when it is an export: it says at which row of the log, and when, the registry
was read. Of other files only the date of the file is known. It counts where no batch ever loaded the answer;
where one did and somebody corrected it by hand since, the file's sender never saw the correction, however new
the file is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msreg.services.batch_rows import BatchRow, Tell
from msreg.services.differing import differences, differs
from msreg.services.dossiers import Dossier, Entry
from msreg.store.connect import Database
from msreg.store.queries.setters import Set, changes_of
from msreg.vocabulary import N_

CODE = "FIL-020"
_MACHINE = ("imports.", "demo.")


@dataclass(frozen=True, slots=True)
class Age:
    """How old a file is: at which row of this registry's log and when it was exported; the date of the file."""

    log_row: int | None = None
    exported: datetime | None = None
    saved: datetime | None = None


def keep_newer(db: Database, dossiers: Iterable[Dossier], age: Age, tell: Tell) -> int:
    """Put answers back that are newer than the file; gives how many there were."""
    changed = {
        entry.id: entry
        for dossier in dossiers
        for entry in dossier.entries()
        if entry.place is not None and entry.stored is not None and differs(entry)
    }
    patients = [
        dossier.id
        for dossier in dossiers
        if dossier.id is not None and any(each.id in changed for each in dossier.entries())
    ]
    if not changed:
        return 0
    history: dict[str, list[Set]] = {}
    for each in changes_of(db, patients):
        if each.entity_id in changed:
            history.setdefault(each.entity_id, []).append(each)
    kept = 0
    for entity_id, entry in changed.items():
        for key in [change.key for change in differences(entry)]:
            if newer([each for each in history.get(entity_id or "", []) if key in each.keys], age):
                _keep(entry, key, tell)
                kept += 1
    return kept


def newer(setters: Sequence[Set], age: Age) -> bool:
    """Whether the newest of these changes of one answer was made by hand, after the file was made."""
    if not setters or setters[0].event.startswith(_MACHINE):
        return False
    if age.log_row is not None:
        return setters[0].seq > age.log_row
    if age.exported is not None:
        return setters[0].at > age.exported
    if any(each.event.startswith("imports.") for each in setters):
        return True
    return age.saved is None or setters[0].at > age.saved


def _keep(entry: Entry, key: str, tell: Tell) -> None:
    stored = entry.stored or {}
    if key in stored:
        entry.values[key] = stored[key]
    else:
        entry.values.pop(key, None)
    row: BatchRow = entry.place
    tell(
        row.problem(
            key, CODE, N_("the registry has a newer answer, entered by hand; it is kept"),
            N_("replace it with --overwrite, or mend the file"),
        )
    )  # fmt: skip
