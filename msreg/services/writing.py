"""The one way to write: rows and their event in one transaction, or neither.

Every writing service opens `writing(...)`, which cannot be left without an event in the log. A dry run is
the same work, with its event, rolled back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msreg.errors import MsregError, NotAllowed, NotFound, Refused
from msreg.services.marking import mark
from msreg.services.refusing import log_refused
from msreg.store.actor import Actor
from msreg.store.audit import Item, Opened
from msreg.store.connect import Database, transaction, translate_fault
from msreg.store.registry import Registry
from msreg.vocabulary import Action

if TYPE_CHECKING:
    from sqlmodel import Session

_HELD = 2_000
"""Items that wait before they are written together; a batch has more than memory should hold."""


_TELLS_OF_OTHERS = frozenset(("PAT-010", "PAT-011", "PAT-013"))
"""Rules whose refusal says that a BSN or number is somebody's: who tries numbers leaves a trace."""


@dataclass
class Work:
    """An open transaction and what will be logged of it."""

    db: Database
    at: datetime
    by: Actor
    log: Opened
    _session: Session | None = None
    items: list[Item] = field(default_factory=list)
    """Items of the event that are not written yet."""
    about: dict[str, object] = field(default_factory=dict)
    patient_id: str | None = None
    keep: bool = True
    """False: roll everything back at the end, the event included."""

    @property
    def session(self) -> Session:
        """The SQLModel session of work that was not opened as plain."""
        assert self._session is not None, "this work was opened without a session"
        return self._session

    def touched(
        self,
        action: Action,
        entity: str,
        entity_id: str,
        *,
        patient_id: str | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Note a record that the event creates, changes or deletes, with the fields that change."""
        self.items.append(Item(action, entity, entity_id, patient_id, before, after))
        if len(self.items) >= _HELD:
            self.write_items()

    def write_items(self) -> None:
        """Write the items that wait."""
        self.log.add(self.items)
        self.items.clear()


@contextmanager
def writing(
    registry: Registry, *, by: Actor, event: str, action: Action, dry_run: bool = False, plain: bool = False
) -> Iterator[Work]:
    """Open a write transaction; at its end the event is logged and everything is committed together.

    Whatever raises inside leaves the registry as it was. Faults of the database come out as sentences.
    `plain`: SQL text only, without the session of SQLModel, which takes a quarter of a second to load.
    """
    work: Work | None = None
    try:
        with _opened(registry, plain) as (db, session):
            at = registry.clock()
            opened = Opened(db, registry.keys.audit_key, at=at)
            work = Work(db, at, by, opened, session, keep=not dry_run)
            yield work
            if session is not None:
                session.flush()
            work.write_items()
            opened.close(by=by, event=event, action=action, patient_id=work.patient_id, about=work.about)
            if not work.keep:
                raise _RolledBack
    except _RolledBack:
        return
    except (NotFound, NotAllowed) as fault:
        # Who was to be changed is not there, or this is not for them to do: as with looking, that is an event too.
        patient_id = (work and work.patient_id) or getattr(fault, "patient_id", None)
        log_refused(registry, by=by, event=event, action=action, patient_id=patient_id)
        raise
    except Refused as fault:
        if fault.rule in _TELLS_OF_OTHERS:
            log_refused(registry, by=by, event=event, action=action, about={"rule": fault.rule})
        raise
    except MsregError:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it was, its text may hold an answer
        raise translate_fault(fault) from None
    mark(registry)


class _RolledBack(Exception):
    """The work was done and is not kept."""


@contextmanager
def _opened(registry: Registry, plain: bool) -> Iterator[tuple[Database, Session | None]]:
    """One transaction, with or without a session; committed at the end, rolled back when it raises."""
    if plain:
        with registry.light() as db, transaction(db):
            yield db, None
        return
    with registry.session() as session:
        try:
            yield registry.under(session), session
            session.commit()
        except BaseException:
            session.rollback()
            raise
