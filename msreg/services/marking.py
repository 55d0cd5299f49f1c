"""After a commit: a signed mark of the log outside the database, when one is due."""

from __future__ import annotations

from msreg.errors import Unavailable
from msreg.store.connect import Database
from msreg.store.registry import Registry


def mark(registry: Registry, db: Database | None = None) -> None:
    """Write an anchor when one is due.

    The work is committed by now, so a mark that cannot be written does not undo it: the fault is kept in
    `registry.unmarked`, and the command tells it. Of work that is done together with other work, it is the end of
    all that is marked.
    """
    try:
        if db is not None:
            _mark(registry, db)
        else:
            with registry.light() as own:
                _mark(registry, own)
    except Unavailable as fault:
        registry.unmarked = fault


def _mark(registry: Registry, db: Database) -> None:
    if not db.in_transaction:
        registry.anchor_if_due(db)
