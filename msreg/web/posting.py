"""Sending the mail with a code while its reader waits: at once, or not at all."""

from __future__ import annotations

from datetime import date

from msreg.errors import MsregError
from msreg.services.reminders_run import send_now
from msreg.store.actor import system_actor
from msreg.store.registry import Registry
from msreg.web.guard import log

JOB = "pages"


def send_code(registry: Registry, outbox_id: str, today: date) -> bool:
    """Send one mail of the outbox now; False when it did not go out, for whatever reason."""
    try:
        return send_now(registry, outbox_id, by=system_actor(JOB), today=today)
    except MsregError as fault:
        log.error("a code was not mailed: %s %s", fault.code, fault.field or "")
        return False
