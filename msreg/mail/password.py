"""The password for the SMTP server: from the places that keys come from, and never an option or a setting.

The first place that is set up is the place: an error in it never makes msreg look further.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from msreg.errors import MsregError, Unavailable, Usage
from msreg.store.keysources import read_command, read_guarded
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

CREDENTIAL = "msreg-smtp"
COMMAND = "MSREG_MAIL_PASSWORD_CMD"
FILE = "MSREG_MAIL_PASSWORD_FILE"
_REFUSED = "MSREG_MAIL_PASSWORD"
_LONGEST = 1000


class Source(NamedTuple):
    """A place that keeps the password, and where it is: a path, a variable, the keyring."""

    name: Literal["credential", "command", "file", "keyring"]
    where: str


def password_source(settings: Settings) -> Source:
    """Where the password comes from. Raises `Usage` when a variable holds the password itself."""
    environ = settings.environ
    if _REFUSED in environ:
        raise Usage(
            N_("{variable} is refused: other programs can read variables, so none holds a password."),
            hint=N_("Put the password in a file of mode 0600 and name that file with {file}."),
            field=_REFUSED,
            variable=_REFUSED,
            file=FILE,
        )
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        path = Path(folder) / CREDENTIAL
        if os.path.lexists(path):
            return Source("credential", str(path))
    if environ.get(COMMAND):
        return Source("command", COMMAND)
    if named := environ.get(FILE):
        return Source("file", str(Path(named).expanduser()))
    return Source("keyring", "keyring")


def read_password(settings: Settings, registry: str) -> str:
    """The password for the SMTP server of this registry. Raises `Unavailable` and says why, without it."""
    source = password_source(settings)
    if source.name == "command":
        return _decoded(read_command(settings, COMMAND), source.where)
    if source.name == "keyring":
        return _from_keyring(registry)
    try:
        content = read_guarded(Path(source.where))
    except Unavailable:
        raise Unavailable(
            N_("The file with the mail password is not read: {path}."),
            hint=N_(
                "It is a plain file of mode 0600 that is yours, in a folder that not everybody can write."
            ),
            path=source.where,
        ) from None
    return _decoded(content, source.where)


def keep_password(settings: Settings, registry: str, password: str) -> None:
    """Put the password into the keyring of the system.

    Raises `Usage` when it comes from elsewhere or is none, `Unavailable` when there is no keyring to trust.
    """
    source = password_source(settings)
    if source.name != "keyring":
        raise Usage(
            N_("The mail password comes from {where}; change it there."),
            field=source.where,
            where=source.where,
        )
    from msreg.store.keyrings import keep_secret

    try:
        kept = _decoded(password.encode(), "-")
    except Unavailable:
        raise Usage(N_("A password is one line of letters, digits and signs."), field="password") from None
    keep_secret(_name(registry), kept)


def _from_keyring(registry: str) -> str:
    from msreg.store.keyrings import read_secret

    hint = N_("Set it with msreg reminders password, or name a file with {variable}.")
    try:
        found = read_secret(_name(registry))
    except Unavailable as fault:
        raise Unavailable(fault.message, hint=hint, **_params(fault)) from None
    if found is None:
        raise Unavailable(N_("There is no password for the mail server yet."), hint=hint, variable=FILE)
    return found


def _params(fault: MsregError) -> dict[str, str]:
    return {**{key: str(value) for key, value in fault.params.items()}, "variable": FILE}


def _name(registry: str) -> str:
    return f"{registry}:smtp"


def _decoded(content: bytes, where: str) -> str:
    """One line of text, without the end of that line."""
    try:
        text = content.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        text = ""
    if not (0 < len(text) <= _LONGEST and text.isprintable()):
        raise Unavailable(
            N_("What {where} gives is not a password: one line of letters, digits and signs."), where=where
        )
    return text
