"""The one way to write: rows and their event in one transaction, or neither.

Every writing service opens `writing(...)`, which cannot be left without an event in the log. A dry run is
the same work, with its event, rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msreg.errors import MsregError, NotFound
from msreg.services.marking import mark
from msreg.services.refusing import log_refused
from msreg.store.actor import Actor
from msreg.store.audit import Item, append
from msreg.store.connect import Database, translate_fault
from msreg.store.registry import Registry
from msreg.vocabulary import Action

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass
class Work:
    """An open transaction and what will be logged of it."""

    session: Session
    db: Database
    at: datetime
    by: Actor
    items: list[Item] = field(default_factory=list)
    about: dict[str, object] = field(default_factory=dict)
    patient_id: str | None = None
    keep: bool = True
    """False: roll everything back at the end, the event included."""

    def touched(
        self,
        action: Action,
        entity: str,
        entity_id: str,
        *,
        patient_id: str | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Note a record that the event creates, changes or deletes, with the fields that change."""
        self.items.append(Item(action, entity, entity_id, patient_id, before, after))


@contextmanager
def writing(
    registry: Registry, *, by: Actor, event: str, action: Action, dry_run: bool = False
) -> Iterator[Work]:
    """Open a write transaction; at its end the event is logged and everything is committed together.

    Whatever raises inside leaves the registry as it was. Faults of the database come out as sentences.
    """
    with registry.session() as session:
        try:
            db = registry.under(session)
            work = Work(session, db, registry.clock(), by, keep=not dry_run)
            yield work
            session.flush()
            append(
                db,
                registry.keys.audit_key,
                by=by,
                event=event,
                action=action,
                at=work.at,
                patient_id=work.patient_id,
                items=work.items,
                about=work.about,
            )
            if not work.keep:
                session.rollback()
                return
            session.commit()
        except NotFound:
            # Who was to be changed is not there, or not for them: as with looking, that is an event too.
            session.rollback()
            log_refused(registry, by=by, event=event, action=action)
            raise
        except MsregError:
            session.rollback()
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it was, its text may hold an answer
            session.rollback()
            raise translate_fault(fault) from None
        except BaseException:
            session.rollback()
            raise
    mark(registry)
