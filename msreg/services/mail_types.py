"""What every kind of mail is described by: what is due, and what is sent to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from msreg.rules.identifiers import is_email
from msreg.services.links import WantedLink
from msreg.store.dbapi import Database
from msreg.vocabulary import Language, MailKind, MailReason, MailState

if TYPE_CHECKING:
    from msreg.config import Settings

NOTHING: Mapping[str, object] = MappingProxyType({})


class Due(NamedTuple):
    """A mail that is due, or one that waits in the outbox (`state`). It holds no address."""

    kind: MailKind
    key: str
    """Kind, subject and period: nobody gets two mails of one key."""
    due_on: date
    """The first day on which it was due."""
    period: str
    who: str
    """Registry number, code of the centre, user or number of the case."""
    why: str
    """A text with the places of `params`, to be translated; see `msreg.errors.fill`."""
    params: Mapping[str, object] = NOTHING
    patient_id: str | None = None
    centre_id: str | None = None
    operator_id: str | None = None
    notification_id: str | None = None
    centre: str | None = None
    """Code of the centre that it is about."""
    state: MailState | None = None
    """How it stands in the outbox; None while it is not there yet."""


class Addressed(NamedTuple):
    """What to send, decided right before sending; `values` of the template are without links and codes."""

    to: str
    language: Language
    values: Mapping[str, Any]
    links: tuple[WantedLink, ...] = ()
    unsubscribe: str | None = None
    """Name of the link for who wants no such mail any more."""

    def __repr__(self) -> str:
        return f"Addressed({self.language.value})"  # an address belongs in no message of an error


Find = Callable[[Database, date, "Settings"], Iterator[Due]]
Check = Callable[[Database, Mapping[str, Any], date, "Settings"], Addressed | MailReason]


class Kind(NamedTuple):
    """A kind of mail."""

    kind: MailKind
    label: str
    """Its name for people, to be translated."""
    due: Find | None
    """What is due on a day and is not in the outbox, as it comes; None for what no day makes due."""
    check: Check
    """Whom a row of the outbox goes to now, or why to nobody; reads everything anew."""
    waits: bool = True
    """Whether it may wait for another attempt."""


def addressed(
    email: str | None,
    language: str | None,
    values: Mapping[str, Any],
    links: tuple[WantedLink, ...] = (),
    unsubscribe: str | None = None,
) -> Addressed | MailReason:
    """What to send, in Dutch to who has no language; or what is wrong with the address."""
    if not email:
        return MailReason.NO_ADDRESS
    if not is_email(email):
        return MailReason.BAD_ADDRESS
    return Addressed(email, Language(language or Language.NL), values, links, unsubscribe)
