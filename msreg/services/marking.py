"""After a commit: a signed mark of the log outside the database, when one is due."""

from __future__ import annotations

from msreg.errors import Unavailable
from msreg.store.connect import Database
from msreg.store.registry import Registry


def mark(registry: Registry, db: Database | None = None) -> None:
    """Write an anchor when one is due.

    The work is committed by now, so a mark that cannot be written does not undo it: the fault is kept in
    `registry.unmarked`, and the command tells it.
    """
    try:
        if db is not None:
            registry.anchor_if_due(db)
        else:
            with registry.light() as own:
                registry.anchor_if_due(own)
    except Unavailable as fault:
        registry.unmarked = fault
