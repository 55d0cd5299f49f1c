"""Reporting a case by the month question (SPEC N2, N3): a session after the mailed code, one case, and it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from msreg.services.case_opening import EVENT, NewCase, open_case, prepared
from msreg.services.link_actors import notifier_of
from msreg.services.links import Closed, find_link
from msreg.services.month_links import MonthPage, closed_or_notifier
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import mail_codes as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Language, LinkPurpose


class Session(NamedTuple):
    """Who is at work after the code, for which month (`2026-11`) and centre, and until when."""

    by: Actor
    month: str
    centre: str
    code: str
    language: Language
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Reported:
    """The case that was reported; or why there is none: the session is over, or it reported its case already."""

    closed: Closed | None
    language: Language
    case: NewCase | None = None


def session(registry: Registry, *, session: str) -> Session | None:
    """Who a session belongs to; None for one that is over, or is none. Nothing is read but that."""
    found = closed_or_notifier(registry, session, LinkPurpose.SESSION)
    if isinstance(found, MonthPage) or found[0].used_at is not None:
        return None
    link, notifier = found
    return Session(
        notifier.by, link.period, notifier.centre, notifier.code, notifier.language, link.expires_at
    )


def is_reported(registry: Registry, *, session: str) -> bool:
    """Whether a session is over because its case was reported, and not because its time was up."""
    with registry.light() as db:
        link = find_link(db, session, LinkPurpose.SESSION)
    return link is not None and link.used_at is not None


def report(registry: Registry, *, session: str, answers: Mapping[str, Any], today: date) -> Reported:
    """Report a case for the month of a session, and end the session. Twice is once.

    Raises as `new_case` does for answers that are not understood or cannot be true; the session goes on then.
    """
    found = closed_or_notifier(registry, session, LinkPurpose.SESSION)
    if isinstance(found, MonthPage):
        return Reported(found.closed, found.language)
    link, notifier = found
    if link.used_at is not None:
        return Reported(Closed.ANSWERED, notifier.language)
    ready = prepared(registry, by=notifier.by, answers=answers, month=link.period, today=today)
    with writing(registry, by=notifier.by, event=EVENT, action=Action.CREATE, plain=True) as work:
        now = find_link(work.db, session, LinkPurpose.SESSION)
        closed = Closed.UNKNOWN if now is None else now.closed(work.at)
        if now is not None and now.used_at is not None:
            closed = Closed.ANSWERED
        elif closed is None and (now is None or notifier_of(registry, work.db, now) is None):
            closed = Closed.ENDED
        if closed is not None:
            work.about = {"closed": closed, "unchanged": True}
            return Reported(closed, notifier.language)
        case = open_case(work, ready, notifier.code, today)
        queries.use(work.db, link.id, work.at)
    return Reported(None, notifier.language, case)
