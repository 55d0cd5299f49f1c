"""What `health` looks at of backups: is there one, and is the last one of this day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msreg.services.backups import newest
from msreg.services.health_state import Health, State
from msreg.store.connect import Database
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

CHECK = "backup"
LATEST = timedelta(hours=26)
"""As with mails: one every night is at most 25 hours after the one before."""


def last_backup(settings: Settings, db: Database, now: datetime) -> Iterator[Health]:
    """How old the last backup is. A registry of made-up people needs none."""
    at = newest(settings)
    folder = str(settings.backup_folder)
    if at is None:
        if db.one("SELECT 1 FROM meta WHERE key = 'made_up' AND value = '1'") is None:
            yield Health(
                CHECK,
                State.YELLOW,
                N_("There is no backup of this registry in {folder}."),
                N_("Make one now, and let it be made every night: msreg db backup"),
                {"folder": folder},
            )
        return
    hours = int((now - at).total_seconds() // 3600)
    if now - at > LATEST:
        yield Health(
            CHECK,
            State.YELLOW,
            N_("The last backup is {hours} hours old."),
            N_("Look whether the nightly backup still runs, or make one now: msreg db backup"),
            {"hours": hours},
        )
        return
    yield Health(
        CHECK, State.GREEN, N_("The last backup is in {folder}, {hours} hours old."),
        params={"folder": folder, "hours": max(hours, 0)},
    )  # fmt: skip
