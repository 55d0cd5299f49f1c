"""Who comes by a link of a mail: a patient without a name, or the notifier to whom the mail went."""

from __future__ import annotations

import os
from typing import NamedTuple

from msreg.services import access
from msreg.services.links import DEFAULT_LANGUAGE, LinkRow
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.registry import Registry
from msreg.vocabulary import Language, Role

BY_LINK = "link:patient"
"""The user of a patient in the log: no user of a machine has a colon. Which patient it is, the event says."""

_WEB = "web"


class Notifier(NamedTuple):
    """Who answers for a centre by a link, with the centre's name and code."""

    by: Actor
    language: Language
    centre: str
    code: str


def patient_actor(registry: Registry) -> Actor:
    """A patient who came by a personal link: reaches no record by name, and only answers for themselves."""
    return Actor(
        user=BY_LINK,
        role=Role.PATIENT,
        centres=frozenset(),
        name="patient",
        os_user=access.os_user(registry.settings.environ),
        host=os.uname().nodename,
        tty=_WEB,
        ssh="",
        centre=None,
        purpose="PATRQT",
    )


def notifier_of(registry: Registry, db: Database, link: LinkRow) -> Notifier | None:
    """The notifier to whom the mail of a link went; None for who is no notifier of that centre any more.

    None too when the centre does not take part any more: it is not asked.
    """
    found = db.one(
        "SELECT u.os_user, u.language, c.id, c.name, c.code FROM operator u JOIN centre c ON c.id = u.centre_id"
        " WHERE u.id = ? AND u.role = ? AND c.id = ? AND c.active",
        (link.operator_id, Role.NOTIFIER.value, link.centre_id),
    )
    if found is None:
        return None
    user, language, centre_id, centre, code = found
    by = Actor(
        user=user,
        role=Role.NOTIFIER,
        centres=frozenset({centre_id}),
        name=user,
        os_user=access.os_user(registry.settings.environ),
        host=os.uname().nodename,
        tty=_WEB,
        ssh="",
        centre=centre_id,
    )
    return Notifier(by, Language(language or DEFAULT_LANGUAGE), centre, code)
