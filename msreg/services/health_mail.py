"""What `health` looks at of mails: do the settings fit, does anything wait too long, did anything fail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msreg.errors import MsregError
from msreg.services.health_state import Health, State
from msreg.store.connect import Database
from msreg.store.queries import outbox as queries
from msreg.vocabulary import N_, MailState

if TYPE_CHECKING:
    from msreg.config import Settings

CHECK = "mail"
LATEST = timedelta(hours=26)
"""A run every night is at most 25 hours after the one before: the night in autumn has an hour more."""


def mail(settings: Settings, db: Database, registry: str, now: datetime) -> Iterator[Health]:
    """The way that mails go, and what stands in its way; one line when all is well."""
    try:
        where = _way(settings, registry)
    except MsregError as fault:
        yield Health(CHECK, State.RED, fault.message, fault.hint, fault.params)
        return
    found = list(_troubles(db, now))
    yield from found or [where]


def _way(settings: Settings, registry: str) -> Health:
    """How mails go. Raises what is wrong with the settings, or with the place of the password."""
    from msreg.mail.transports import mail_folder, make_transport

    make_transport(settings, lambda: "")
    if settings.mail.transport == "folder":
        params = {"path": str(mail_folder(settings))}
        return Health(CHECK, State.GREEN, N_("Mails are files in {path}; nobody gets them."), params=params)
    if settings.mail.user is not None:
        from msreg.mail.password import read_password

        read_password(settings, registry)
    return Health(
        CHECK, State.GREEN, N_("Mails go out through {host}."), params={"host": settings.mail.host or ""}
    )


def _troubles(db: Database, now: datetime) -> Iterator[Health]:
    ran, since = queries.ran_at(db), queries.oldest_waiting(db)
    if ran is not None and now - ran > LATEST:
        yield Health(
            CHECK,
            State.YELLOW,
            N_("Mails were last sent {hours} hours ago."),
            N_("Look whether the nightly run still runs, or send now: msreg reminders run"),
            {"hours": _hours(now - ran)},
        )
    elif since is not None and now - since > LATEST:
        yield Health(
            CHECK,
            State.YELLOW,
            N_("A mail has been waiting for {hours} hours."),
            N_("See why: msreg reminders log"),
            {"hours": _hours(now - since)},
        )
    failed = queries.count_states(db).get(MailState.FAILED.value, 0)
    if failed:
        yield Health(
            CHECK,
            State.YELLOW,
            N_("Mails that failed: {count}."),
            N_("See them with: msreg reminders log --failed"),
            {"count": failed},
        )


def _hours(time: timedelta) -> int:
    return int(time.total_seconds() // 3600)
