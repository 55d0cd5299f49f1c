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

# Erasing a patient takes away what an item holds, and nothing else, in the name of the event that is being
# written. The digest stays, so that the chain still proves what was there; `verify` asks for the event.
ERASING_TRIGGERS: tuple[str, ...] = (
    """CREATE TRIGGER audit_item_no_update BEFORE UPDATE ON audit_item
    WHEN new.seq IS NOT old.seq OR new.n IS NOT old.n OR new.patient_id IS NOT old.patient_id
      OR new.entity IS NOT old.entity OR new.entity_id IS NOT old.entity_id OR new.action IS NOT old.action
      OR new.digest IS NOT old.digest OR old.patient_id IS NULL
      OR new.before IS NOT NULL OR new.after IS NOT NULL OR (old.before IS NULL AND old.after IS NULL)
      OR old.erased_seq IS NOT NULL
      OR new.erased_seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)
    BEGIN SELECT RAISE(ABORT, 'audit_item is append-only'); END""",
    """CREATE TRIGGER audit_item_next BEFORE INSERT ON audit_item
    WHEN new.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_event)
      OR new.erased_seq IS NOT NULL
      OR EXISTS (SELECT 1 FROM audit_item WHERE seq = new.seq AND n = new.n)
    BEGIN SELECT RAISE(ABORT, 'audit_item is append-only'); END""",
)
"""What takes the place of the triggers of the same names where patients can be erased."""


def create_triggers(execute: Callable[[str], object]) -> None:
    """Make the triggers, with `op.execute` of a migration or any other way to run a statement."""
    for statement in AUDIT_TRIGGERS:
        execute(statement)


def allow_erasing(execute: Callable[[str], object]) -> None:
    """Put the triggers that let a patient be erased in the place of those that let nothing change."""
    for statement in ERASING_TRIGGERS:
        execute(f"DROP TRIGGER {statement.split()[2]}")
        execute(statement)
