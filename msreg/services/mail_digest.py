"""The mail to a centre, once a month, that patients of it are due for a course: how many, never who."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from msreg.rules.case_months import month_of
from msreg.services.mail_types import Addressed, Due, Kind, addressed
from msreg.store.dbapi import Database
from msreg.store.queries import due as queries
from msreg.vocabulary import N_, MailKind, MailReason

if TYPE_CHECKING:
    from msreg.config import Settings

WHY = N_("patients of this centre are due for a course")


def _due(db: Database, today: date, settings: Settings) -> Iterator[Due]:
    month = month_of(today)
    head = f"{MailKind.COURSE_DIGEST.value}:"
    for centre_id, code in queries.centres_to_tell(db, head, f":{month}"):
        if queries.has_due_course(db, centre_id, today):
            yield Due(
                MailKind.COURSE_DIGEST,
                f"{head}{centre_id}:{month}",
                today.replace(day=1),
                month,
                code,
                WHY,
                centre_id=centre_id,
                centre=code,
            )


def _check(db: Database, mail: Mapping[str, Any], today: date, settings: Settings) -> Addressed | MailReason:
    found = queries.centre(db, mail["centre_id"])
    if found is None or not found["active"]:
        return MailReason.NOT_TAKING_PART
    if mail["period"] != month_of(today):
        return MailReason.OVERTAKEN
    count = queries.due_courses(db, found["id"], today)
    if not count:
        return MailReason.NOTHING_DUE
    return addressed(found["email"], found["language"], {"count": count, "centre": found["name"]})


COURSE_DIGEST = Kind(MailKind.COURSE_DIGEST, N_("courses that are due at a centre"), _due, _check)
