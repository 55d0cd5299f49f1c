"""The one way to look: the event is in the log, committed, before anything is shown (S5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice

from msreg.errors import NotAllowed, NotFound
from msreg.services import access
from msreg.services.marking import mark
from msreg.store.actor import Actor
from msreg.store.audit import Item, Opened
from msreg.store.connect import Database, transaction
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Outcome, Right

_PIECE = 2_000


@dataclass
class Look:
    """An open read and what will be logged of it."""

    db: Database
    about: dict[str, object] = field(default_factory=dict)
    patients: Iterable[str] = ()
    """Ids of those who were seen; an iterator of ids that differ, where there are too many to hold."""
    others: Iterable[tuple[str, str]] = ()
    """What was seen beside patients: the table and the id of each record, such as `("notification", id)`."""
    patient_id: str | None = None
    """The one patient whom the look is about, when there is one."""
    segment: str | None = None
    action: Action = Action.READ
    seq: int = 0
    """Number of the event in the log, after the block."""


@contextmanager
def looking(
    registry: Registry, *, by: Actor, event: str, right: Right = Right.PATIENTS_READ
) -> Iterator[Look]:
    """Read inside the block, name whom was seen, and show only after it: by then it is in the log.

    When the log cannot be written the block's result must not be shown, and the fault is raised.
    """
    access.require(registry, by=by, right=right, event=event)
    with registry.light() as db:
        look = Look(db)
        try:
            with transaction(db):
                yield look
                look.seq = _log(registry, db, by, event, look, Outcome.DONE)
        except (NotFound, NotAllowed):
            # Somebody looked for a patient who is not there, or not for them: that is an event too.
            with transaction(db):
                refused = Look(db, look.about, patient_id=look.patient_id)
                _log(registry, db, by, event, refused, Outcome.REFUSED)
            raise
        mark(registry, db)


def _log(registry: Registry, db: Database, by: Actor, event: str, look: Look, outcome: Outcome) -> int:
    log = Opened(db, registry.keys.audit_key, at=registry.clock())
    seen = iter(dict.fromkeys(look.patients) if isinstance(look.patients, list) else look.patients)
    while piece := list(islice(seen, _PIECE)):
        log.add([Item(Action.READ, "patient", each, each) for each in piece])
    others = iter(dict.fromkeys(look.others))
    while part := list(islice(others, _PIECE)):
        log.add([Item(Action.READ, entity, each, None) for entity, each in part])
    return log.close(
        by=by,
        event=event,
        action=look.action,
        outcome=outcome,
        patient_id=look.patient_id,
        about=look.about,
        segment=look.segment,
    )
