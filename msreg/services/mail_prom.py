"""Mails to patients: the invitation to the questionnaire, and that no more mails will come (SPEC Q1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from msreg.rules.duedates import asked_up_to, months_after, newest_slot
from msreg.services.links import WantedLink
from msreg.services.mail_types import Addressed, Due, Kind, addressed
from msreg.services.naming import registry_number
from msreg.store.dbapi import Database, Row
from msreg.store.queries import due as queries
from msreg.vocabulary import N_, LinkPurpose, MailKind, MailReason

if TYPE_CHECKING:
    from msreg.config import Settings

FIRST = N_("a questionnaire after the last course")
AGAIN = N_("a questionnaire again, {months} months after the one before")
STOPPED = N_("no more mails, as the patient asked")
STOP_DAYS = 365
"""How long the link works by which a patient wants no more mails."""

LAPSED_MONTHS = 11
"""So many months after its day an invitation has lapsed for certain: its course is over a year old by then."""
_LATE_MONTHS = 12
"""How long nothing may have run without a repeat being forgotten."""


def _due(db: Database, today: date, settings: Settings) -> Iterator[Due]:
    for row in queries.first_invitations(db, today, after=months_after(today, -LAPSED_MONTHS)):
        yield _invitation(row, date.fromisoformat(row[3]), FIRST, {})
    every = settings.proms.every_months
    if every is None:
        return
    last = asked_up_to(today, every)
    for row in queries.repeats(db, today, up_to=last, after=months_after(last, -_LATE_MONTHS)):
        base, asked = date.fromisoformat(row[3]), date.fromisoformat(row[5])
        if months_after(base, every) > today:
            continue  # the course was corrected to a later day: its series has only begun
        slot = newest_slot(base, every, today)
        if slot > asked and (row[6] is None or row[6] < slot.isoformat()):
            yield _invitation(row, slot, AGAIN, {"months": every})


def _invitation(row: Row, slot: date, why: str, params: Mapping[str, object]) -> Due:
    return Due(
        MailKind.PROM_INVITATION,
        f"{MailKind.PROM_INVITATION.value}:{row[0]}:{slot}",
        slot,
        slot.isoformat(),
        registry_number(row[1]),
        why,
        params,
        patient_id=row[0],
        centre_id=row[2],
        centre=row[4],
    )


def _check_invitation(
    db: Database, mail: Mapping[str, Any], today: date, settings: Settings
) -> Addressed | MailReason:
    found = queries.patient(db, mail["patient_id"])
    reason = _silent(found) or (MailReason.STOPPED if found and found["mail_stopped_on"] else None)
    if found is None or reason is not None:
        return reason or MailReason.ERASED
    if not found["email"]:
        return MailReason.NO_ADDRESS
    reason = _past(db, found, date.fromisoformat(mail["period"]), today, settings.proms.every_months)
    if reason is not None:
        return reason
    until = today + timedelta(days=settings.proms.link_days)
    links = (
        WantedLink("link", LinkPurpose.PROM, until),
        WantedLink("stop_link", LinkPurpose.STOP, today + timedelta(days=STOP_DAYS)),
    )
    return addressed(found["email"], found["language"], {"until": until}, links, unsubscribe="stop_link")


def _silent(found: Mapping[str, Any] | None) -> MailReason | None:
    """Why a patient gets no mail at all."""
    if found is None:
        return MailReason.ERASED
    if found["withdrawn_on"] is not None or not found["consent"]:
        return MailReason.WITHDRAWN
    if found["deceased"]:
        return MailReason.DECEASED
    return MailReason.ENDED if found["treatment_ended"] else None


def _past(
    db: Database, found: Mapping[str, Any], slot: date, today: date, every: int | None
) -> MailReason | None:
    """Why there is nothing to ask any more: another invitation took its place, it is answered, or it lapsed."""
    invite = found["invite_due_on"]
    same = invite == slot.isoformat() or found["newest_course_id"] == found["asked_course_id"]
    if invite is None or found["asked_for_on"] != slot.isoformat() or not same:
        return MailReason.OVERTAKEN
    again = every is not None and months_after(date.fromisoformat(invite), every) <= slot
    since = slot.isoformat() if again else found["last_course_on"]
    if queries.has_list_since(db, found["id"], since):
        return MailReason.ANSWERED
    if again and every is not None:
        return MailReason.EXPIRED if months_after(slot, every) <= today else None
    lapses = found["course_due_on"]
    return MailReason.EXPIRED if lapses is not None and lapses <= today.isoformat() else None


def _check_stopped(
    db: Database, mail: Mapping[str, Any], today: date, settings: Settings
) -> Addressed | MailReason:
    found = queries.patient(db, mail["patient_id"])
    if found is None:
        return MailReason.ERASED
    if found["deceased"]:
        return MailReason.DECEASED
    if found["withdrawn_on"] is not None:
        return MailReason.WITHDRAWN
    if found["mail_stopped_on"] is None:
        return MailReason.OVERTAKEN
    return addressed(found["email"], found["language"], {})


PROM_INVITATION = Kind(
    MailKind.PROM_INVITATION, N_("invitation to the questionnaire"), _due, _check_invitation
)
MAIL_STOPPED = Kind(MailKind.MAIL_STOPPED, N_("that no more mails come"), None, _check_stopped)
