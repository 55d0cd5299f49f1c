"""A patient died, or is not treated any more: no new courses are asked for, and no mail goes out (P6, P7, P9)."""

from __future__ import annotations

from datetime import date
from typing import Any

from msreg.errors import Conflict
from msreg.services.dossiers import Entry
from msreg.services.editing import Edited, edit_record
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Record


def decease(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    on: str | date,
    cause: str | None = None,
    today: date,
    dry_run: bool = False,
) -> Edited:
    """Record that a patient died, and of what when that is known: `ms`, `other` or `unknown`.

    Raises `Conflict` when the registry has the death already, and `Refused` for a day that cannot be: before
    birth, before the last course, in the future.
    """
    answers: dict[str, Any] = {"deceased": True, "deceased_on": on}
    if cause is not None:
        answers["death_cause"] = cause
    return edit_record(
        registry, by=by, record=Record.PATIENT, patient=patient, bsn=bsn, answers=answers, today=today,
        dry_run=dry_run, event="patients.decease", stands=_refuse_dead,
    )  # fmt: skip


def end(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    on: str | date,
    reason: str,
    today: date,
    dry_run: bool = False,
) -> Edited:
    """Record that the treatment ended and why: `unknown_hospital`, `abroad`, `lost` or `other`.

    Raises `Conflict` when the registry has that already, and `Refused` for a day before birth or in the future.
    """
    answers = {"treatment_ended": True, "treatment_ended_on": on, "treatment_ended_reason": reason}
    return edit_record(
        registry, by=by, record=Record.PATIENT, patient=patient, bsn=bsn, answers=answers, today=today,
        dry_run=dry_run, event="patients.end", stands=_refuse_ended,
    )  # fmt: skip


def _refuse_dead(entry: Entry) -> None:
    if entry.values.get("deceased"):
        raise Conflict(
            N_("The registry has it already that this patient died; nothing was changed."),
            hint=N_("Correct it with: msreg patients edit, or take it back with: msreg undo"),
            field="deceased",
        )


def _refuse_ended(entry: Entry) -> None:
    if entry.values.get("treatment_ended"):
        raise Conflict(
            N_("The registry has it already that the treatment of this patient ended; nothing was changed."),
            hint=N_("Correct it with: msreg patients edit, or take it back with: msreg undo"),
            field="treatment_ended",
        )
