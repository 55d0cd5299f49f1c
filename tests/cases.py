"""Cases for tests: people of each role, and files of a case without what an upload does to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from hashlib import sha256

from msreg.models.ids import new_id
from msreg.services.access import centre_by_code
from msreg.services.case_opening import NewCase, new_case
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.queries import cases as queries
from msreg.store.queries.case_documents import add_document
from msreg.store.queries.saving import as_json, moment
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Role, ScanResult

OFFICE = (Role.DESK, Role.COORDINATOR, Role.AUDITOR, Role.JOB)


def person(registry: Registry, desk: Actor, role: Role, centre: str = "AMS01") -> Actor:
    """Somebody with this role, at this centre when the role is of one."""
    with registry.light() as db:
        known = centre_by_code(db, centre)
    assert known is not None
    own = None if role in OFFICE else known.id
    name = f"{role.value}-{centre.lower()}"
    return replace(
        desk, user=name, name=name, role=role, centre=own, centres=None if own is None else frozenset({own})
    )


def reported(
    registry: Registry, by: Actor, today: date, theme: str = "peripartum_hysterectomy", **answers: object
) -> NewCase:
    """A case of somebody's centre; the desk reports for AMS01."""
    centre = "AMS01" if by.centres is None else None
    return new_case(registry, by=by, answers={"theme": theme, **answers}, centre=centre, today=today)


def add_file(
    registry: Registry,
    case_id: str,
    *,
    wanted: str | None = None,
    held: bool = False,
    form: CaseForm | None = None,
    traces: Mapping[str, int] | None = None,
    name: str = "verslag.txt",
    says: str = "Verslag",
) -> None:
    """A small text of a case, past the gate that an upload goes through: no test of that, and a hundred times as fast."""
    with registry.light() as db, transaction(db):
        place = len(list(queries.documents(db, [case_id]))) + 1
        text, at = f"{says} ({place})\n".encode(), moment(registry.clock())
        row = {
            "id": new_id(),
            "created_at": at,
            "updated_at": at,
            "version": 1,
            "notification_id": case_id,
            "place": place,
            "name": name,
            "kind": "txt",
            "size": len(text),
            "sha256": sha256(text).hexdigest(),
            "wanted": wanted,
            "form": None if form is None else form.value,
            "form_version": None if form is None else 1,
            "traces": as_json(dict(traces or {})),
            "scan": ScanResult.CLEAN.value,
            "held": int(held),
            "user": "somebody",
            "user_name": "somebody",
        }
        add_document(db, row, [text])
