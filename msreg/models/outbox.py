"""Mails that go out: each with its key, what became of it, and the links in it; questionnaires that were begun."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index
from sqlmodel import Field

from msreg.models.base import Row, UtcDateTime, one_of
from msreg.vocabulary import LinkPurpose, MailKind, MailReason, MailState


class Outbox(Row, table=True):
    """One mail. It holds no address and no text: both are made when it is sent, by what the registry says then.

    `key` tells kind, subject and period, so that nobody gets the same mail twice; the Message-ID is made of it. The
    subject has no foreign key: a mail outlives who it was to. `due_on` is the day since when it was due, `period`
    that of its series, such as `2026-11`. `tried_at` is its first attempt; the next one is not before `next_at`.
    `worker` took it and holds it until `claim_until`. `code` is the last answer of the mail server. `address_mark`
    is a keyed digest of the last address, to see whether it changed since.
    """

    __table_args__ = (
        Index("uq_outbox_key", "key", unique=True),
        Index("ix_outbox_patient", "patient_id", "kind"),
        Index("ix_outbox_state", "state", "kind", "id"),
        one_of("kind", MailKind),
        one_of("state", MailState),
        one_of("reason", MailReason),
        CheckConstraint("tries >= 0", name="ck_tries"),
    )

    kind: str = Field(max_length=20)
    key: str = Field(max_length=120)
    patient_id: str | None = Field(default=None, max_length=32)
    centre_id: str | None = Field(default=None, max_length=32)
    operator_id: str | None = Field(default=None, max_length=32)
    notification_id: str | None = Field(default=None, max_length=32)
    due_on: date
    period: str = Field(max_length=20)
    state: str = Field(max_length=10)
    reason: str | None = Field(default=None, max_length=20)
    tries: int = 0
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    next_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    claim_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker: str | None = Field(default=None, max_length=80)
    code: int | None = None
    address_mark: str | None = Field(default=None, max_length=64)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class MailLink(Row, table=True):
    """A link in a mail, or a code or session that came of one: its keyed or plain digest, never what it is.

    `expires_at`: from this moment on it does nothing. `tries` counts wrong codes.
    """

    __tablename__ = "mail_link"
    __table_args__ = (
        Index("uq_mail_link_digest", "digest", unique=True),
        Index("ix_mail_link_outbox", "outbox_id", "purpose"),
        one_of("purpose", LinkPurpose),
    )

    outbox_id: str = Field(foreign_key="outbox.id", max_length=32)
    purpose: str = Field(max_length=10)
    digest: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=UtcDateTime, nullable=False)
    used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    tries: int = 0


class Questionnaire(Row, table=True):
    """A questionnaire that a patient began by the link of an invitation: one for each invitation.

    `answers` are kept until it is handed in; then they are in the list `prom_id` and not here any more.
    """

    __table_args__ = (
        Index("uq_questionnaire_outbox", "outbox_id", unique=True),
        Index("ix_questionnaire_patient", "patient_id"),
    )

    outbox_id: str = Field(foreign_key="outbox.id", max_length=32)
    patient_id: str = Field(foreign_key="patient.id", max_length=32)
    answers: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    answered_on: date | None = None
    prom_id: str | None = Field(default=None, max_length=32)
