"""Who has which role: users of the operating system, until accounts take their place."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.errors import Conflict, Usage
from msreg.services import access
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor, system_actor
from msreg.store.queries.rows import named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right, Role

OFFICE_ROLES = frozenset({Role.DESK, Role.COORDINATOR, Role.AUDITOR, Role.JOB})
"""Roles that are not of one centre."""


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """A user with the role and, for roles of a centre, the centre's code."""

    user: str
    role: Role
    centre: str | None


def first_operator(registry: Registry, *, user: str, host: str) -> None:
    """Give the user who made the registry the role of the service desk. Only for a new registry."""
    by = system_actor("init", os_user=user, host=host)
    with writing(registry, by=by, event="registry.init", action=Action.CREATE) as work:
        found = work.db.one("SELECT count(*) FROM operator")
        if found and found[0]:
            raise Conflict(N_("This registry has users already."))
        _add(work, user, Role.DESK, None)


def add_operator(
    registry: Registry, *, by: Actor, user: str, role: Role, centre: str | None = None
) -> OperatorRow:
    """Give a user of the operating system a role. A centre's role needs the code of a centre."""
    access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event="users.add")
    if role is Role.PATIENT:
        raise Usage(
            N_("Nobody is given the role {role}: patients come by the links in their mails."),
            field="role",
            role=role.value,
        )
    if (role in OFFICE_ROLES) is not (centre is None):
        raise Usage(
            N_("The role {role} is of the whole office and takes no centre.")
            if role in OFFICE_ROLES
            else N_("The role {role} is of one centre: name it with --centre CODE."),
            field="centre",
            role=role.value,
        )
    with writing(registry, by=by, event="users.add", action=Action.CREATE) as work:
        known = None if centre is None else access.require_centre(work.db, centre, field=None)
        if work.db.one("SELECT 1 FROM operator WHERE os_user = ?", (user,)):
            raise Conflict(
                N_("The user {user} has a role already."), hint=N_("See: msreg users list"), user=user
            )
        _add(work, user, role, known.id if known else None)
    return OperatorRow(user, role, known.code if known else None)


def list_operators(registry: Registry, *, by: Actor) -> list[OperatorRow]:
    """All users with their roles."""
    with looking(registry, by=by, event="users.list", right=Right.REGISTRY_ADMIN) as look:
        rows = list(
            named(
                look.db,
                "SELECT o.os_user, o.role, c.code FROM operator o"
                " LEFT JOIN centre c ON c.id = o.centre_id ORDER BY o.os_user",
            )
        )
    return [OperatorRow(row["os_user"], Role(row["role"]), row["code"]) for row in rows]


def _add(work: Work, user: str, role: Role, centre_id: str | None) -> None:
    from msreg.models.base import new_id
    from msreg.models.office import Operator

    row = Operator.model_validate(
        {
            "id": new_id(),
            "created_at": work.at,
            "updated_at": work.at,
            "os_user": user,
            "role": role.value,
            "centre_id": centre_id,
        }
    )
    work.session.add(row)
    work.touched(
        Action.CREATE, "operator", row.id, after={"os_user": user, "role": role.value, "centre_id": centre_id}
    )
