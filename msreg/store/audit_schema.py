"""The log only grows: triggers in the database itself see to it. For the migration that makes its tables."""

from __future__ import annotations

from collections.abc import Callable

# REPLACE is DELETE + INSERT without a delete trigger unless recursive_triggers is on, so the insert
# triggers close that way as well, whatever the connection says.
AUDIT_TRIGGERS: tuple[str, ...] = (
    """CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
    """CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event
    BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
    """CREATE TRIGGER audit_event_next BEFORE INSERT ON audit_event
    WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)
    BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END""",
    """CREATE TRIGGER audit_item_no_update BEFORE UPDATE ON audit_item
    BEGIN SELECT RAISE(ABORT, 'audit_item is append-only'); END""",
    """CREATE TRIGGER audit_item_no_delete BEFORE DELETE ON audit_item
    BEGIN SELECT RAISE(ABORT, 'audit_item is append-only'); END""",
    """CREATE TRIGGER audit_item_next BEFORE INSERT ON audit_item
    WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)
      OR EXISTS (SELECT 1 FROM audit_item WHERE seq = new.seq AND n = new.n)
    BEGIN SELECT RAISE(ABORT, 'audit_item is append-only'); END""",
)
"""SQL of the triggers on `audit_event` and `audit_item`; rows of an event go in before their event."""

TRIGGER_NAMES: tuple[str, ...] = tuple(each.split()[2] for each in AUDIT_TRIGGERS)


def create_triggers(execute: Callable[[str], object]) -> None:
    """Make the triggers, with `op.execute` of a migration or any other way to run a statement."""
    for statement in AUDIT_TRIGGERS:
        execute(statement)
