"""Who does something: handed to every service, written in every row of the log. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a job at work, with what they may reach and from where they came."""

    user: str
    """Identifier of the account; never a patient's."""
    role: Role
    centres: frozenset[str] | None
    """Ids of the centres whose records may be reached; None is all of them."""
    name: str
    os_user: str
    """The operating-system user behind the account, also through sudo."""
    host: str
    tty: str
    ssh: str
    centre: str | None
    """Id of the centre that the actor works for, when there is one."""
    purpose: str = "PATADMIN"
    """Purpose of use, a code of HL7 v3 PurposeOfUse."""


def system_actor(job: str, *, os_user: str = "", host: str = "") -> Actor:
    """The actor of unattended work, such as a timer; `job` names it in the log."""
    return Actor(
        user=f"job:{job}",
        role=Role.JOB,
        centres=None,
        name=job,
        os_user=os_user,
        host=host,
        tty="",
        ssh="",
        centre=None,
        purpose="SYSADMIN",
    )
