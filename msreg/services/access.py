"""Who may do what, to which patients and cases: one table, and the only place that asks it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from msreg.errors import NotAllowed, NotFound, NotLoggedIn
from msreg.services.refusing import log_refused
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Process, Right, Role

_READ = frozenset({Right.CENTRES_READ, Right.PATIENTS_READ})
_WORK = _READ | {Right.PATIENTS_WRITE, Right.IMPORT, Right.EXPORT}
_CASES = frozenset({Right.CENTRES_READ, Right.CASES_READ})
_FILES = _CASES | {Right.CASES_FILES}
_DATA = {Right.BSN_REVEAL, Right.PATIENTS_ERASE, Right.REPORTS, Right.LAREB}

RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.DESK: frozenset(Right) - {Right.OWN_ANSWERS},
    Role.DATA_MANAGER: _WORK | _DATA,
    Role.CLINICIAN: _WORK | {Right.BSN_REVEAL, Right.REPORTS},
    Role.READER: _READ,
    # Scripted imports: they load and see what they load, and change nothing by hand.
    Role.IMPORTER: _READ | {Right.IMPORT},
    # Who works on case notifications alone has nothing to look for in the MS registry.
    Role.NOTIFIER: _FILES | {Right.CASES_CREATE, Right.CASES_WRITE, Right.CASES_NOTHING, Right.CASES_LATE},
    Role.ENTRY_CLERK: _FILES | {Right.CASES_WRITE},
    Role.COORDINATOR: _FILES | {Right.CASES_REVIEW, Right.CASES_EXPORT, Right.CASES_LATE},
    Role.AUDITOR: frozenset({Right.CENTRES_READ, Right.AUDIT_READ, Right.AUDIT_VERIFY}),
    # What cron runs: reports of side effects, the proof of the log, backups, mails, and which cases are to be
    # reminded of.
    Role.JOB: _CASES
    | {Right.CASES_LATE, Right.AUDIT_VERIFY, Right.BACKUP}
    | {Right.LAREB, Right.REMINDERS_READ, Right.REMINDERS_RUN},
    # Who came by a personal link: the own questionnaire and the own mails, nothing else.
    Role.PATIENT: frozenset({Right.OWN_ANSWERS}),
}


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on the patient table `p` with its parameters, for use in a query."""

    sql: str
    params: tuple[object, ...] = ()


def whoami(registry: Registry, environ: Mapping[str, str]) -> Actor:
    """The actor behind this call: the user of the operating system, with the role that `init` gave.

    Under sudo it is the person who called sudo. Raises `NotLoggedIn` for a user without a role.
    """
    user = os_user(environ)
    with registry.light(keep=True) as db:
        found = db.one("SELECT role, centre_id FROM operator WHERE os_user = ?", (user,))
    if found is None:
        raise NotLoggedIn(
            N_("The user {user} of this machine has no role in this registry."),
            hint=N_("Ask the registry office to give you one: msreg users add {user} --role ROLE"),
            user=user,
        )
    role, centre = found
    return Actor(
        user=user,
        role=Role(role),
        centres=None if centre is None else frozenset({centre}),
        name=user,
        os_user=user,
        host=os.uname().nodename,  # what socket.gethostname() gives, without importing sockets
        tty=_terminal(),
        ssh=environ.get("SSH_CONNECTION", "").split(" ")[0],
        centre=centre,
    )


def os_user(environ: Mapping[str, str]) -> str:
    """Who is at the keyboard, by the operating system; its number when it has no name."""
    number = int(environ["SUDO_UID"]) if os.geteuid() == 0 and environ.get("SUDO_UID", "").isdigit() else None
    import pwd

    number = os.getuid() if number is None else number
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"uid{number}"


def _terminal() -> str:
    try:
        return os.ttyname(0)
    except OSError:
        return ""


def may(by: Actor, right: Right) -> bool:
    """Whether the actor's role has a right."""
    return right in RIGHTS[by.role]


def require(registry: Registry, *, by: Actor, right: Right, event: str) -> None:
    """Let the actor go on, or log the attempt and raise `NotAllowed`."""
    if may(by, right):
        return
    log_refused(registry, by=by, event=event, about={"right": right.value})
    raise NotAllowed(
        N_("Your role ({role}) may not do this; it needs the right {right}."),
        hint=N_("See who may: msreg users rights"),
        role=by.role.value,
        right=right.value,
    )


def reach(by: Actor) -> Predicate:
    """The patients whom the actor may see: of the own centres, and those shared with them."""
    if by.centres is None:
        return Predicate("1 = 1")
    marks = ", ".join("?" * len(by.centres)) or "NULL"
    centres = tuple(sorted(by.centres))
    return Predicate(
        f"(p.centre_id IN ({marks}) OR p.id IN"
        f" (SELECT s.patient_id FROM share s WHERE s.until IS NULL AND s.centre_id IN ({marks})))",
        centres + centres,
    )


def case_reach(by: Actor) -> Predicate:
    """The case notifications that the actor may see, as a condition on the table `n`.

    Those of the own centre, or all; late terminations only for who has the right to them. For a role without
    anything to do with cases there are none.
    """
    if not may(by, Right.CASES_READ):
        return Predicate("1 = 0")
    process = "1 = 1" if may(by, Right.CASES_LATE) else f"n.process <> '{Process.LATE_TERMINATION.value}'"
    if by.centres is None:
        return Predicate(process)
    marks = ", ".join("?" * len(by.centres)) or "NULL"
    return Predicate(f"{process} AND n.centre_id IN ({marks})", tuple(sorted(by.centres)))


def works_for(by: Actor, centre_id: str) -> bool:
    """Whether a centre is among the actor's own; what they may do there is for `require`."""
    return by.centres is None or centre_id in by.centres


class Centre(NamedTuple):
    """A centre as the registry has it; `code` is in its own capitals."""

    id: str
    name: str
    code: str
    active: bool


def centre_by_code(db: Database, code: str) -> Centre | None:
    """The centre with this code, upper or lower case."""
    found = db.one("SELECT id, name, code, active FROM centre WHERE code = ? COLLATE NOCASE", (code,))
    return None if found is None else Centre(found[0], found[1], found[2], bool(found[3]))


def require_centre(db: Database, code: str, *, field: str | None = "centre") -> Centre:
    """The same. Raises `NotFound` with where to look when there is none; `field` is what named it."""
    found = centre_by_code(db, code)
    if found is None:
        raise NotFound(
            N_("There is no centre {code}."),
            hint=N_("See them with: msreg centres list"),
            field=field,
            code=code,
        )
    return found
