"""An attempt that was refused is an event too (S5)."""

from __future__ import annotations

from collections.abc import Mapping

from msreg.store.actor import Actor
from msreg.store.audit import append
from msreg.store.connect import transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Outcome


def log_refused(
    registry: Registry,
    *,
    by: Actor,
    event: str,
    action: Action = Action.EXECUTE,
    patient_id: str | None = None,
    about: Mapping[str, object] | None = None,
) -> None:
    """Write the refused attempt in a transaction of its own; the refusal itself is for the caller to raise."""
    with registry.light() as db, transaction(db):
        append(
            db,
            registry.keys.audit_key,
            by=by,
            event=event,
            action=action,
            at=registry.clock(),
            outcome=Outcome.REFUSED,
            patient_id=patient_id,
            about=about,
        )
