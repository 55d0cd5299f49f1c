"""The month question behind the links of its mail (SPEC N2): looked at, answered with no case, and taken back.

Looking changes nothing but the log. Who is no notifier of the centre any more finds the links closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from msreg.errors import Conflict, Refused
from msreg.services.link_actors import Notifier, notifier_of
from msreg.services.links import DEFAULT_LANGUAGE, Closed, LinkRow, find_link, is_token
from msreg.services.null_reports import PROCESS, Nothing, report_nothing, take_back_nothing
from msreg.services.reading import looking
from msreg.store.connect import Database
from msreg.store.queries import null_reports as queries
from msreg.store.queries.saving import read_moment
from msreg.store.registry import Registry
from msreg.vocabulary import Language, LinkPurpose, Right

EVENT = "cases.month"


class MonthStanding(StrEnum):
    """What a centre answered for a month."""

    OPEN = "open"
    NOTHING = "nothing"
    CASES = "cases"


@dataclass(frozen=True, slots=True)
class MonthPage:
    """What a page about a month shows: the month (`2026-11`), the centre, and what stands; or why it is closed."""

    closed: Closed | None
    language: Language
    month: str = ""
    centre: str = ""
    code: str = ""
    standing: MonthStanding = MonthStanding.OPEN
    who: str | None = None
    """Who reported that there was nothing, and when."""
    at: datetime | None = None
    cases: int = 0
    changed: bool = False
    """Whether this call made the difference."""


def look_month(registry: Registry, *, token: str, purpose: LinkPurpose) -> MonthPage:
    """What stands for the month of a link with a yes or a no. Nothing but the log changes."""
    found = closed_or_notifier(registry, token, purpose)
    if isinstance(found, MonthPage):
        return found
    link, notifier = found
    with looking(registry, by=notifier.by, event=EVENT, right=Right.CASES_NOTHING) as look:
        page = _standing(look.db, link, notifier)
        look.about = {"centre": notifier.code, "month": link.period}
    return page


def answer_nothing(registry: Registry, *, token: str, today: date) -> MonthPage:
    """Report that there was no case in the month of a link. Once more changes nothing; a month with one says so."""

    def answer(link: LinkRow, notifier: Notifier) -> Nothing:
        return report_nothing(registry, by=notifier.by, month=link.period, centre=notifier.code, today=today)

    return _answer(registry, token, answer)


def take_back(registry: Registry, *, token: str) -> MonthPage:
    """Take the answer back that there was no case: the month is open again. Once more changes nothing."""

    def answer(link: LinkRow, notifier: Notifier) -> Nothing:
        return take_back_nothing(registry, by=notifier.by, month=link.period, centre=notifier.code)

    return _answer(registry, token, answer)


def closed_or_notifier(
    registry: Registry, token: str, purpose: LinkPurpose
) -> MonthPage | tuple[LinkRow, Notifier]:
    """The link of a token and to whom its mail went, or the page that says why it does nothing."""
    lang = DEFAULT_LANGUAGE
    if not is_token(token):
        return MonthPage(Closed.UNKNOWN, lang)
    with registry.light(keep=True) as db:
        link = find_link(db, token, purpose)
        notifier = None if link is None else notifier_of(registry, db, link)
    if link is None:
        return MonthPage(Closed.UNKNOWN, lang)
    closed = link.closed(registry.clock())
    if notifier is None:
        return MonthPage(closed or Closed.ENDED, lang)
    return MonthPage(closed, notifier.language) if closed is not None else (link, notifier)


def _answer(registry: Registry, token: str, answer: Callable[[LinkRow, Notifier], Nothing]) -> MonthPage:
    found = closed_or_notifier(registry, token, LinkPurpose.NO)
    if isinstance(found, MonthPage):
        return found
    try:
        changed = answer(*found).changed
    except (Refused, Conflict) as fault:
        if fault.field not in ("month", "centre"):
            raise
        changed = False  # there is a case, or the centre stopped taking part just now: the page says which
    page = look_month(registry, token=token, purpose=LinkPurpose.NO)
    return replace(page, changed=changed)


def _standing(db: Database, link: LinkRow, notifier: Notifier) -> MonthPage:
    assert link.centre_id is not None
    page = MonthPage(None, notifier.language, link.period, notifier.centre, notifier.code)
    row = queries.find(db, link.centre_id, PROCESS, link.period)
    if row is not None and row["undone_by"] is None:
        at = read_moment(row["updated_at"])
        return replace(page, standing=MonthStanding.NOTHING, who=row["user_name"], at=at)
    cases = queries.cases_in_month(db, link.centre_id, PROCESS, link.period)
    return replace(page, standing=MonthStanding.CASES, cases=cases) if cases else page
