"""The code that is mailed to a notifier who says yes (decision 0044): asked for, entered, and what it opens.

The link of a mail may be fetched by a program or forwarded; the code shows that somebody reads the mailbox now. It
works for ten minutes and dies at the fifth wrong try. Each try is counted before it is looked at, in the database and
in one transaction, so that many tries at once are counted one by one.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from hmac import compare_digest

from msreg.models.ids import new_id
from msreg.services import access
from msreg.services.link_actors import Notifier, notifier_of
from msreg.services.links import Closed, LinkRow, code_digest, find_link, new_row, new_token, token_digest
from msreg.services.mail_month import WHY_CODE
from msreg.services.mail_types import Due
from msreg.services.month_links import MonthPage, closed_or_notifier
from msreg.services.outbox import queue
from msreg.services.writing import Work, writing
from msreg.store.queries import links as link_queries
from msreg.store.queries import mail_codes as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Language, LinkPurpose, MailKind, Right

EVENT = "cases.code"
MOST_WRONG = 5
"""Wrong tries after which a code is dead."""

MOST_AN_HOUR = 5
"""Codes that can be asked for by one link in an hour."""

MOST_BY_A_LINK = 50
"""Wrong tries after which the link itself is dead: however long somebody goes on, the chance stays 1 in 20,000."""

SESSION_MINUTES = 30
_CODE = re.compile(r"[0-9]{6}")


class CodeFault(StrEnum):
    """Why a code was not sent, or does not open anything."""

    TOO_MANY = "too_many"
    """Five were asked for within an hour."""
    SHAPE = "shape"
    """It has not six digits; that is no try."""
    WRONG = "wrong"
    NO_CODE = "no_code"
    """There is none to be entered: none was asked for, it is too old, or it is dead."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """What the page for a code shows, for which month and centre; or why the link is closed."""

    closed: Closed | None
    language: Language
    month: str = ""
    centre: str = ""
    code: str = ""
    """The code of the centre."""
    fault: CodeFault | None = None
    tries_left: int | None = None
    outbox_id: str | None = None
    """The mail with the code that is to be sent now."""
    session: str | None = field(default=None, repr=False)
    """What the right code opens; the browser gives it with each page of the report."""


def request_code(registry: Registry, *, token: str, today: date) -> CodePage:
    """Queue the mail with a code for who pressed yes; the code is made when it is sent."""
    found = closed_or_notifier(registry, token, LinkPurpose.YES)
    if isinstance(found, MonthPage):
        return CodePage(found.closed, found.language)
    by = found[1].by
    access.require(registry, by=by, right=Right.CASES_CREATE, event=EVENT)
    with writing(registry, by=by, event=EVENT, action=Action.EXECUTE, plain=True) as work:
        link, notifier, page = _again(registry, work, token, found[1])
        if link is None:
            return page
        if queries.asked_since(work.db, link.id, work.at - timedelta(hours=1)) >= MOST_AN_HOUR:
            work.about["fault"] = CodeFault.TOO_MANY
            return replace(page, fault=CodeFault.TOO_MANY)
        work.about["asked"] = True
        return replace(page, outbox_id=_queue(work, link, notifier, today))


def enter_code(registry: Registry, *, token: str, code: str) -> CodePage:
    """Look whether a code is one that was mailed; the right one opens a session for the report of a case."""
    found = closed_or_notifier(registry, token, LinkPurpose.YES)
    if isinstance(found, MonthPage):
        return CodePage(found.closed, found.language)
    by = found[1].by
    access.require(registry, by=by, right=Right.CASES_CREATE, event=EVENT)
    code = "".join(code.split()) if len(code) < 100 else ""
    with writing(registry, by=by, event=EVENT, action=Action.EXECUTE, plain=True) as work:
        link, _notifier, page = _again(registry, work, token, found[1])
        if link is None:
            return page
        page = _entered(registry, work, link, code, page)
        work.about["fault"] = page.fault
        return page


def _again(
    registry: Registry, work: Work, token: str, before: Notifier
) -> tuple[LinkRow | None, Notifier, CodePage]:
    """The link as it is inside the transaction; None with the page for one that was closed just now."""
    link = find_link(work.db, token, LinkPurpose.YES)
    notifier = None if link is None else notifier_of(registry, work.db, link)
    closed = Closed.UNKNOWN if link is None else link.closed(work.at)
    if closed is None and notifier is None:
        closed = Closed.ENDED
    work.about = {"centre": before.code, "closed": closed}
    if link is None or notifier is None or closed is not None:
        return None, before, CodePage(closed, before.language)
    work.about["month"] = link.period
    return link, notifier, CodePage(None, notifier.language, link.period, notifier.centre, notifier.code)


def _queue(work: Work, link: LinkRow, notifier: Notifier, today: date) -> str:
    key = f"{queries.head(link.id)}:{secrets.token_hex(8)}"
    mail = Due(
        MailKind.CODE, key, today, link.period, notifier.by.user, WHY_CODE,
        centre_id=link.centre_id, operator_id=link.operator_id, centre=notifier.code,
    )  # fmt: skip
    queue(work, [mail])
    found = work.db.one("SELECT ob.id FROM outbox ob WHERE ob.key = ?", (key,))
    assert found is not None
    return str(found[0])


def _entered(registry: Registry, work: Work, link: LinkRow, code: str, page: CodePage) -> CodePage:
    if not _CODE.fullmatch(code):
        return replace(page, fault=CodeFault.SHAPE)
    living = queries.living(work.db, link.id, work.at, MOST_WRONG)
    if not living:
        return replace(page, fault=CodeFault.NO_CODE)
    ids = [each[0] for each in living]
    queries.count_tries(work.db, [*ids, link.id], 1, work.at)
    right = [each for each, kept, _tries in living if compare_digest(code_digest(registry, each, code), kept)]
    if right:
        queries.count_tries(work.db, [link.id], -1, work.at)
        queries.use(work.db, right[0], work.at)
        queries.kill(work.db, [each for each in ids if each != right[0]], work.at)
        return replace(page, session=_open_session(work, link))
    if link.tries + 1 >= MOST_BY_A_LINK:
        queries.kill(work.db, [link.id], work.at)
        return CodePage(Closed.REVOKED, page.language)
    left = max(MOST_WRONG - 1 - tries for _id, _kept, tries in living)
    return replace(page, fault=CodeFault.WRONG if left else CodeFault.NO_CODE, tries_left=left)


def _open_session(work: Work, link: LinkRow) -> str:
    session = new_token()
    until = work.at + timedelta(minutes=SESSION_MINUTES)
    kept = token_digest(session)
    row = new_row(new_id(), link.outbox_id, LinkPurpose.SESSION, kept, until, work.at)
    link_queries.keep(work.db, [row])
    return session
