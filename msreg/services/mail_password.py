"""Keeping the password for the mail server in the keyring of this machine (C6). It is in no log and no setting."""

from __future__ import annotations

from msreg.errors import Usage
from msreg.mail.password import keep_password, password_source
from msreg.services import access
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.keyrings import keyring_name
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Right

EVENT = "reminders.password"


def require_use(registry: Registry, *, by: Actor) -> None:
    """Let who may keep a password go on, when the server asks for one at all."""
    access.require(registry, by=by, right=Right.REMINDERS_RUN, event=EVENT)
    if registry.settings.mail.user is None:
        raise Usage(
            N_("The mail server asks nobody for a password: the setting {name} is missing."),
            hint=N_("See msreg help settings."),
            field="mail.user",
            name="mail.user",
        )


def keep(registry: Registry, *, by: Actor, password: str) -> str | None:
    """Keep a password and give the name of the keyring; that it was given is in the log, and not what it is.

    Raises `Usage` when it comes from elsewhere or is none, `Unavailable` when there is no keyring to trust.
    """
    with looking(registry, by=by, event=EVENT, right=Right.REMINDERS_RUN) as look:
        look.action = Action.EXECUTE
        look.about = {"source": password_source(registry.settings).name}
    keep_password(registry.settings, registry.uuid, password)
    return keyring_name()
