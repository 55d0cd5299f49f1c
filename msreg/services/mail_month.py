"""The mail that asks each notifier on the first of a month about the month before (SPEC N2), and the mailed code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msreg.clock import AMSTERDAM
from msreg.rules.case_months import month_after, month_of
from msreg.services.links import CODE_MINUTES, WantedLink
from msreg.services.mail_types import Addressed, Due, Kind, addressed
from msreg.services.null_reports import PROCESS, written_month
from msreg.store.dbapi import Database
from msreg.store.queries import due as queries
from msreg.store.queries.saving import moment
from msreg.vocabulary import N_, LinkPurpose, MailKind, MailReason

if TYPE_CHECKING:
    from msreg.config import Settings

WHY = N_("the question about cases in {month}")
WHY_CODE = N_("a code to go on with")
_LINK_MONTHS = 2
"""The links work until the end of the second month after the one that is asked about: who was away when the mail
came still finds it working beside the next one."""


def asked_month(today: date) -> str:
    """The month that is asked about now: the newest one that is over."""
    return month_after(month_of(today), -1)


def last_day(month: str) -> date:
    """The last day of a month."""
    return date.fromisoformat(f"{month_after(month)}-01") - timedelta(days=1)


def _due(db: Database, today: date, settings: Settings) -> Iterator[Due]:
    month, first = asked_month(today), today.replace(day=1)
    begins = datetime.combine(first, time.min, ZoneInfo(AMSTERDAM)).astimezone(UTC)
    head = f"{MailKind.CASE_MONTH.value}:"
    for row in queries.notifiers_to_ask(db, head, month, PROCESS.value, before=moment(begins)):
        yield Due(
            MailKind.CASE_MONTH,
            f"{head}{row[0]}:{month}",
            first,
            month,
            row[1],
            WHY,
            {"month": written_month(month)},
            centre_id=row[2],
            operator_id=row[0],
            centre=row[3],
        )


def _notifier(db: Database, mail: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The notifier of a mail who still works for the centre that it is about, and that takes part."""
    found = queries.notifier(db, mail["operator_id"])
    there = found is not None and found["centre_id"] == mail["centre_id"] and found["active"]
    return found if there else None


def _check_month(
    db: Database, mail: Mapping[str, Any], today: date, settings: Settings
) -> Addressed | MailReason:
    found, month = _notifier(db, mail), mail["period"]
    if found is None:
        return MailReason.NOT_TAKING_PART
    if month != asked_month(today):
        return MailReason.OVERTAKEN
    if queries.month_answered(db, found["centre_id"], PROCESS.value, month):
        return MailReason.ANSWERED
    until = last_day(month_after(month, _LINK_MONTHS))
    return addressed(
        found["email"],
        found["language"],
        {"month": date.fromisoformat(f"{month}-01"), "centre": found["centre_name"], "until": until},
        (WantedLink("no_link", LinkPurpose.NO, until), WantedLink("yes_link", LinkPurpose.YES, until)),
    )


def _check_code(
    db: Database, mail: Mapping[str, Any], today: date, settings: Settings
) -> Addressed | MailReason:
    found = _notifier(db, mail)
    if found is None:
        return MailReason.NOT_TAKING_PART
    if str(mail["due_on"]) != today.isoformat():
        return MailReason.EXPIRED
    return addressed(
        found["email"],
        found["language"],
        {"minutes": CODE_MINUTES},
        (WantedLink("code", LinkPurpose.CODE, today),),
    )


CASE_MONTH = Kind(MailKind.CASE_MONTH, N_("monthly question about cases"), _due, _check_month)
CODE = Kind(MailKind.CODE, N_("code to go on with"), None, _check_code, waits=False)
