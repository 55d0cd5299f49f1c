"""The ways by which a mail leaves: files in a folder, or an SMTP server. The settings say which (SPEC R3)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from msreg.errors import MsregError, Usage
from msreg.mail.messages import Sender
from msreg.store.files import private_dir, write_private
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

Step = Callable[[], None]
Ask = Callable[[], bool]
PORTS = {"starttls": 587, "tls": 465, "none": 25}
_NOBODY = "msreg@localhost"
"""Who mails in a folder come from when nothing is set: nobody gets them."""


class Envelope(NamedTuple):
    """A mail on its way: from which address to which, and its bytes."""

    sender: str
    to: str
    content: bytes
    message_id: str

    def __repr__(self) -> str:
        return f"Envelope({self.message_id})"  # an address belongs in no message of an error


class NotWanted(Exception):
    """The mail was not begun: whoever gave it does not want it to go any more."""


class NotSent(Exception):
    """The mail did not go out, or nobody knows whether it did. `code` is what the server answered."""

    def __init__(self, code: int | None = None) -> None:
        super().__init__(code)
        self.code = code


class AddressRefused(NotSent):
    """The server will never take a mail for this address."""


class MailRefused(NotSent):
    """The server will never take this mail."""


class NoWay(NotSent):
    """This server cannot take an address with such signs."""


class Later(NotSent):
    """Not now. `sure`: the server does not have it; otherwise it may have. `shaky`: it is not about this mail."""

    def __init__(self, code: int | None = None, *, sure: bool = True, shaky: bool = False) -> None:
        super().__init__(code)
        self.sure = sure
        self.shaky = shaky


class Away(NotSent):
    """The server takes no mail at all at present; `told` is the sentence that says why."""

    def __init__(self, told: MsregError, code: int | None = None) -> None:
        super().__init__(code)
        self.told = told


def nothing() -> None:
    """A step in which there is nothing to do."""


def always() -> bool:
    """Of a mail that is wanted whatever happens."""
    return True


class Transport(Protocol):
    """Takes one mail after another. `sender` is whom they are from."""

    @property
    def sender(self) -> Sender: ...

    def send(self, envelope: Envelope, *, wanted: Ask = always, meanwhile: Step = nothing) -> int | None:
        """Send a mail and give the server's answer; raises `NotSent`.

        `wanted` is asked at the last moment, when all that takes time before it is done; `NotWanted` is raised on a no.
        `meanwhile` is done while the server takes it, when there is such a while; it raises nothing.
        """

    def close(self) -> None:
        """Let go of what is open."""


class FolderTransport:
    """Writes each mail to a file of its own, for its owner only. A mail that is sent again is the same file."""

    def __init__(self, folder: Path, sender: Sender) -> None:
        self.sender = sender
        self._folder = folder
        self._made = False

    def send(self, envelope: Envelope, *, wanted: Ask = always, meanwhile: Step = nothing) -> int | None:
        """Write the file: whole, or not at all."""
        if not wanted():
            raise NotWanted
        name = f"{envelope.message_id[1:].partition('@')[0]}.eml"
        try:
            if not self._made:
                private_dir(self._folder)
                self._made = True
            write_private(self._folder / name, envelope.content)
        except MsregError as fault:
            raise Away(fault) from None
        return None

    def close(self) -> None:
        """Nothing is open."""


def make_transport(settings: Settings, password: Callable[[], str]) -> Transport:
    """The way that the settings name; `password` is asked when the server wants it.

    Nothing is reached yet. Raises `Usage` with the name of the setting that lacks or does not fit.
    """
    mail, office = settings.mail, settings.office
    address = mail.sender or (None if mail.transport == "smtp" else office.email or _NOBODY)
    reply_to = mail.reply_to or office.email
    if mail.transport == "folder":
        assert address is not None
        return FolderTransport(mail_folder(settings), _sender(address, office.mail_name, reply_to))
    if mail.host is None:
        raise _lacks("mail.host", N_("The setting {name} is missing: the SMTP server that mails go to."))
    if address is None:
        raise _lacks("mail.sender", N_("The setting {name} is missing: the address that mails come from."))
    if mail.security == "none" and not is_loopback(mail.host):
        raise Usage(
            N_("Without encryption mails go to a server on this machine only, and {host} is another."),
            hint=N_("Set mail.security to starttls or tls."),
            field="mail.security",
            host=mail.host,
        )
    if mail.security == "none" and mail.user is not None:
        raise Usage(
            N_(
                "A password never goes over a line without encryption: mail.user is set, mail.security is none."
            ),
            hint=N_("Set mail.security to starttls or tls, or take mail.user away."),
            field="mail.security",
        )
    if not is_loopback(mail.host) and not (settings.web.url or "").startswith("https://"):
        raise _lacks(
            "web.url",
            N_("Links in mails need pages that people reach: set {name} to their address, with https."),
        )
    from msreg.mail.smtp import SmtpTransport
    from msreg.mail.smtp_line import Server

    server = Server(mail.host, mail.port or PORTS[mail.security], mail.security, mail.user)
    return SmtpTransport(server, _sender(address, office.mail_name, reply_to), password)


def mail_folder(settings: Settings) -> Path:
    """Where the folder transport puts its files."""
    return settings.mail.folder or settings.home / "outbox"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its very name."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _sender(address: str, name: str | None, reply_to: str | None) -> Sender:
    return Sender(address, name, None if reply_to == address else reply_to)


def _lacks(setting: str, message: str) -> Usage:
    return Usage(message, hint=N_("See msreg help settings."), field=setting, name=setting)
