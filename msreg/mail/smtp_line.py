"""The line to the SMTP server: opened, enciphered and logged in on, or a sentence why it could not be."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import NamedTuple

from msreg.errors import MsregError, Unavailable
from msreg.mail.transports import Away, is_loopback
from msreg.vocabulary import N_

TIMEOUT = 30.0
_GREETING = "[127.0.0.1]"
"""How we name ourselves: without a look in the name service, and without the name of this machine."""


class Server(NamedTuple):
    """Where the server is, how the line to it is enciphered (`starttls`, `tls`, `none`), and who logs in."""

    host: str
    port: int
    security: str
    user: str | None = None


def open_line(server: Server, password: Callable[[], str]) -> smtplib.SMTP:
    """A line on which mails can be sent. Raises `Away` with a sentence; the password is in none."""
    try:
        line = _connected(server)
    except ssl.SSLCertVerificationError as fault:
        message = N_("The certificate of the mail server {host} does not hold: {why}.")
        raise Away(_sentence(message, host=server.host, why=fault.verify_message)) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise _unreached(server, fault) from None
    try:
        if server.security == "starttls":
            _encipher(line, server)
        if server.user is not None:
            _log_in(line, server, server.user, password())
        if line.sock is not None:
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except MsregError as told:
        line.close()
        raise Away(told) from None
    except (OSError, smtplib.SMTPException) as fault:
        line.close()
        raise _unreached(server, fault) from None
    except BaseException:
        line.close()
        raise
    return line


def _connected(server: Server) -> smtplib.SMTP:
    if server.security == "none" and (server.user is not None or not is_loopback(server.host)):
        raise ValueError("a line without encryption leaves this machine, or is to carry a password")
    host = server.host.strip("[]")
    if server.security == "tls":
        return smtplib.SMTP_SSL(
            host, server.port, timeout=TIMEOUT, local_hostname=_GREETING, context=_trusted()
        )
    return smtplib.SMTP(host, server.port, timeout=TIMEOUT, local_hostname=_GREETING)


def _encipher(line: smtplib.SMTP, server: Server) -> None:
    line.ehlo_or_helo_if_needed()
    if not line.has_extn("starttls"):
        raise _sentence(
            N_("The mail server {host} offers no encryption, so it gets no mail."), host=server.host
        )
    try:
        line.starttls(context=_trusted())
    except ssl.SSLCertVerificationError as fault:
        message = N_("The certificate of the mail server {host} does not hold: {why}.")
        raise _sentence(message, host=server.host, why=fault.verify_message) from None
    line.ehlo_or_helo_if_needed()


def _log_in(line: smtplib.SMTP, server: Server, user: str, password: str) -> None:
    if not (user.isascii() and password.isascii()):
        raise _sentence(
            N_(
                "The name and the password for the mail server are of letters, digits and signs without accents."
            )
        )
    line.ehlo_or_helo_if_needed()
    try:
        line.login(user, password)
    except smtplib.SMTPAuthenticationError as fault:
        raise _sentence(
            N_("The mail server does not let {user} log in with this password ({code})."),
            user=user,
            code=fault.smtp_code,
        ) from None
    except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
        raise
    except smtplib.SMTPException:
        message = N_(
            "The mail server {host} does not let people log in by name and password, and mail.user is set."
        )
        raise _sentence(message, host=server.host) from None


def _trusted() -> ssl.SSLContext:
    """The certificates that the system trusts, and names that are checked."""
    return ssl.create_default_context()


def _unreached(server: Server, fault: Exception) -> Away:
    if isinstance(fault, smtplib.SMTPResponseException):
        why: str = str(fault.smtp_code)
    elif isinstance(fault, TimeoutError):
        why = "timeout"
    else:
        why = getattr(fault, "strerror", None) or type(fault).__name__
    message = N_("The mail server {host} cannot be used on port {port}: {why}.")
    return Away(_sentence(message, host=server.host, port=server.port, why=why))


def refuses_sender(address: str, code: int) -> Away:
    """The server takes no mail from this sender: that is of all mails, and none of them is lost by it."""
    message = N_("The mail server does not take mails from {sender} ({code}).")
    return Away(_sentence(message, sender=address, code=code), code)


def _sentence(message: str, **params: object) -> Unavailable:
    told = Unavailable(message, hint=N_("Mails wait until it works; see: msreg doctor"))
    told.params = params
    return told
