"""Who has which role: users of the operating system, until accounts take their place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msreg.errors import Conflict, NotFound, Refused, Usage
from msreg.rules.identifiers import is_email
from msreg.services import access
from msreg.services.addresses import checked_address, wanted_mail
from msreg.services.reading import looking
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor, system_actor
from msreg.store.connect import Database
from msreg.store.queries.rows import named
from msreg.store.queries.saving import change, moment
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Language, Right, Role

OFFICE_ROLES = frozenset({Role.DESK, Role.COORDINATOR, Role.AUDITOR, Role.JOB})
"""Roles that are not of one centre."""
_NAME = re.compile(r"[^\s\x00-\x1f\x7f]{1,100}")
_FOUND = (
    "SELECT o.id, o.os_user, o.role, o.centre_id, c.code, o.email, o.language, o.version FROM operator o"
    " LEFT JOIN centre c ON c.id = o.centre_id"
)


@dataclass(frozen=True, slots=True)
class OperatorRow:
    """A user with the role and, for roles of a centre, the centre's code; mails go to `email` in `language`."""

    user: str
    role: Role
    centre: str | None
    email: str | None = None
    language: Language | None = None


def first_operator(registry: Registry, *, user: str, host: str) -> None:
    """Give the user who made the registry the role of the service desk. Only for a new registry."""
    by = system_actor("init", os_user=user, host=host)
    with writing(registry, by=by, event="registry.init", action=Action.CREATE) as work:
        found = work.db.one("SELECT count(*) FROM operator")
        if found and found[0]:
            raise Conflict(N_("This registry has users already."))
        _add(work, {"os_user": user, "role": Role.DESK.value, "centre_id": None})


def add_operator(
    registry: Registry,
    *,
    by: Actor,
    user: str,
    role: Role,
    centre: str | None = None,
    email: str | None = None,
    language: Language | None = None,
) -> OperatorRow:
    """Give somebody a role: a user of the operating system, or who only uses the links of mails.

    A centre's role needs the code of a centre. A name that is a mail address is also the address, unless there is
    another one. Raises `Refused` for a name or an address that is none, `Conflict` for somebody who is there already.
    """
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
    user, email = _named(user, email)
    with writing(registry, by=by, event="users.add", action=Action.CREATE) as work:
        known = None if centre is None else access.require_centre(work.db, centre, field=None)
        if work.db.one("SELECT 1 FROM operator WHERE os_user = ?", (user,)):
            raise Conflict(
                N_("The user {user} has a role already."), hint=N_("See: msreg users list"), user=user
            )
        values = {"os_user": user, "role": role.value, "centre_id": known.id if known else None}
        _add(work, values | {"email": email, "language": language.value if language else None})
    return OperatorRow(user, role, known.code if known else None, email, language)


def list_operators(registry: Registry, *, by: Actor) -> list[OperatorRow]:
    """All users with their roles."""
    with looking(registry, by=by, event="users.list", right=Right.REGISTRY_ADMIN) as look:
        rows = list(named(look.db, f"{_FOUND} ORDER BY o.os_user"))
    return [_row(each) for each in rows]


def edit_operator(
    registry: Registry,
    *,
    by: Actor,
    user: str,
    email: str | None = None,
    no_email: bool = False,
    language: Language | None = None,
) -> tuple[OperatorRow, frozenset[str]]:
    """Change where mails to somebody go, and in which language; what is not named stays. Gives what changed too.

    The role stays: who gets another one is removed and added. Raises `NotFound` for somebody who is not there.
    """
    access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event="users.edit")
    wanted = wanted_mail(email, no_email, language)
    if not wanted:
        raise Usage(N_("Nothing to change: give --email, --no-email or --language."))
    with writing(registry, by=by, event="users.edit", action=Action.UPDATE, plain=True) as work:
        found = _find(work.db, user)
        changed = {key: value for key, value in wanted.items() if found[key] != value}
        if changed:
            row = changed | {
                "updated_at": moment(work.at), "id": found["id"], "version": found["version"] + 1,
            }  # fmt: skip
            change(work.db, "operator", [row])
            before = {key: found[key] for key in changed}
            work.touched(Action.UPDATE, "operator", found["id"], before=before, after=changed)
    return _row(found | changed), frozenset(changed)


def remove_operator(registry: Registry, *, by: Actor, user: str, dry_run: bool = False) -> OperatorRow:
    """Take somebody's role away: who left. What they did keeps their name, in the log and on cases.

    Raises `Conflict` for oneself and for the last user of the service desk, `NotFound` for somebody who is not there.
    """
    access.require(registry, by=by, right=Right.REGISTRY_ADMIN, event="users.remove")
    with writing(
        registry, by=by, event="users.remove", action=Action.DELETE, dry_run=dry_run, plain=True
    ) as work:
        found = _find(work.db, user)
        if found["os_user"] == by.os_user:
            raise Conflict(
                N_("Nobody takes away their own role; nothing was changed."),
                hint=N_("Ask somebody else of the service desk."),
                field="user",
            )
        work.db.execute("DELETE FROM operator WHERE id = ?", (found["id"],))
        # Two of the desk may remove each other at the same moment: the second of them stays.
        if work.db.one("SELECT 1 FROM operator WHERE role = ?", (Role.DESK.value,)) is None:
            raise Conflict(
                N_("{user} is the last of the service desk, and somebody has to look after the registry."),
                hint=N_("Give somebody else the role first: msreg users add USER --role desk"),
                field="user",
                user=found["os_user"],
            )
        before = {key: found[key] for key in ("os_user", "role", "centre_id", "email", "language")}
        work.touched(Action.DELETE, "operator", found["id"], before=before)
    if dry_run:
        with looking(registry, by=by, event="users.remove", right=Right.REGISTRY_ADMIN) as look:
            look.about = {"dry_run": True}
    return _row(found)


def _named(user: str, email: str | None) -> tuple[str, str | None]:
    """The name to keep and the address to write to. A name that is an address is in lower case (SPEC S1)."""
    if not _NAME.fullmatch(user):
        raise Refused(
            N_("The name of a user has 1 to 100 characters and no spaces; a mail address will do."),
            field="user",
        )
    address = None if email is None else checked_address(email)
    if not is_email(user):
        return user, address
    return user.lower(), address or user


def _find(db: Database, user: str) -> dict[str, Any]:
    """The row of somebody with a role; addresses are found in upper and lower case alike."""
    names = (user, user.lower() if is_email(user) else user)
    row = next(named(db, f"{_FOUND} WHERE o.os_user IN (?, ?)", names), None)
    if row is None:
        raise NotFound(
            N_("The user {user} has no role in this registry."),
            hint=N_("See: msreg users list"),
            field="user",
            user=user,
        )
    return row


def _row(row: Mapping[str, Any]) -> OperatorRow:
    language = None if row["language"] is None else Language(row["language"])
    return OperatorRow(row["os_user"], Role(row["role"]), row["code"], row["email"], language)


def _add(work: Work, values: Mapping[str, str | None]) -> None:
    from msreg.models.base import new_id
    from msreg.models.office import Operator

    row = Operator.model_validate({"id": new_id(), "created_at": work.at, "updated_at": work.at, **values})
    work.session.add(row)
    work.touched(Action.CREATE, "operator", row.id, after=values)
