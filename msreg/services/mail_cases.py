"""The reminder of a case that waits for its centre, 4, 8 and 12 weeks after it came to wait (SPEC N8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_reminders import WEEKS, due
from msreg.rules.case_states import OPEN
from msreg.services.mail_types import Addressed, Due, Kind, addressed
from msreg.store.dbapi import Database
from msreg.store.queries import due as queries
from msreg.vocabulary import N_, CaseState, MailKind, MailReason, Process

if TYPE_CHECKING:
    from msreg.config import Settings

WHY = N_("it has waited for its centre for {weeks} weeks")


def weeks_of(period: str) -> int:
    """After how many weeks a reminder came, from its period: `w4`."""
    return int(period.removeprefix("w"))


def _number(row: Mapping[str, Any]) -> str:
    # Not by services/cases, which loads the themes: this is asked before every list of what is due.
    return str(CaseNumber(Process(row["process"]), row["year"], row["number"]))


def _due(db: Database, today: date, settings: Settings) -> Iterator[Due]:
    for row in queries.waiting_cases(db, today):
        since = date.fromisoformat(row["since"])
        found = due(CaseState(row["state"]), since, today, [row["reminded_weeks"]])
        if found is not None:
            yield Due(
                MailKind.CASE_REMINDER,
                f"{MailKind.CASE_REMINDER.value}:{row['id']}:{since}:w{found.weeks}",
                found.on,
                f"w{found.weeks}",
                _number(row),
                WHY,
                {"weeks": found.weeks},
                centre_id=row["centre_id"],
                notification_id=row["id"],
                centre=row["centre_code"],
            )


def _check(db: Database, mail: Mapping[str, Any], today: date, settings: Settings) -> Addressed | MailReason:
    found = queries.case(db, mail["notification_id"])
    if found is None or not found["active"]:
        return MailReason.NOT_TAKING_PART
    weeks = weeks_of(mail["period"])
    same_round = mail["key"] == f"{MailKind.CASE_REMINDER.value}:{found['id']}:{found['since']}:w{weeks}"
    if CaseState(found["state"]) not in OPEN or not same_round or found["reminded_weeks"] > weeks:
        return MailReason.OVERTAKEN
    who = queries.who_answers_for(db, found["centre_id"], found["opened_by"])
    if who is None:
        return MailReason.NO_ADDRESS
    told = {
        "case": _number(found),
        "weeks": weeks,
        "last": weeks == WEEKS[-1],
        "centre": found["centre_name"],
    }
    return addressed(who["email"], who["language"], told)


CASE_REMINDER = Kind(MailKind.CASE_REMINDER, N_("reminder of a case"), _due, _check)
