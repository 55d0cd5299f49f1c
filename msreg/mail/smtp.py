"""Mails to one SMTP server, over one connection for as many as it takes. No other machine is ever reached.

The mail program of the standard library is asked command by command, so that the next mail is made while the server
is busy with this one.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from msreg.mail.messages import Sender
from msreg.mail.smtp_line import TIMEOUT, Server, open_line, refuses_sender
from msreg.mail.transports import (
    AddressRefused,
    Ask,
    Away,
    Envelope,
    Later,
    MailRefused,
    NotWanted,
    NoWay,
    Step,
    always,
    nothing,
)

TAKING_TIMEOUT = 300.0
"""How long the server may take to say that it has a mail: it may scan it first. Giving up on it sends it twice."""
_DOTS = re.compile(rb"(?m)^\.")
_BROKEN = (OSError, smtplib.SMTPException)
_OF_THE_ADDRESS = frozenset({550, 551, 552, 553, 556})
"""Answers to an address that say that it is the address: RFC 5321, 4.2.3, and RFC 7504."""


class SmtpTransport:
    """Mails to one server. The connection is made at the first mail, and again when the server closes it."""

    def __init__(self, server: Server, sender: Sender, password: Callable[[], str]) -> None:
        self.sender = sender
        self._server = server
        self._password = password
        self._line: smtplib.SMTP | None = None
        self._taken = 0
        """Mails that the server took over this connection."""

    def send(self, envelope: Envelope, *, wanted: Ask = always, meanwhile: Step = nothing) -> int:
        """Hand a mail to the server and give its last answer; see `Transport.send`."""
        try:
            code = self._handed(envelope, wanted, meanwhile)
        except (Later, Away):
            raise
        except (AddressRefused, MailRefused, NoWay, NotWanted):
            self._forget_mail()
            raise
        except BaseException:
            # What raised is not the server: a mail that is half handed over is not finished.
            self._hang_up()
            raise
        self._taken += 1
        return code

    def close(self) -> None:
        """Say goodbye and hang up."""
        line = self._line
        if line is not None:
            with suppress(*_BROKEN):
                if line.sock is not None:
                    line.sock.settimeout(2.0)
                line.quit()
        self._hang_up()

    def _handed(self, envelope: Envelope, wanted: Ask, meanwhile: Step) -> int:
        line = self._begun(envelope)
        if not wanted():  # asked here, for a new line may have taken half a minute
            raise NotWanted
        code = self._asked(line, "rcpt", f"TO:<{envelope.to}>")
        if code in _OF_THE_ADDRESS:
            raise AddressRefused(code)
        if code >= 500:
            raise MailRefused(code)  # such as "relay denied": of the server, and the address may be right
        if code not in (250, 251):
            self._not_now(code)
        code = self._asked(line, "data")
        if code >= 500:
            raise MailRefused(code)
        if code != 354:
            self._not_now(code)
        try:
            assert line.sock is not None
            line.sock.sendall(_DOTS.sub(b"..", envelope.content) + b".\r\n")
        except OSError:
            self._lost()  # before its end: the server has no mail
        try:
            line.sock.settimeout(TAKING_TIMEOUT)
            meanwhile()
            code = line.getreply()[0]
            line.sock.settimeout(TIMEOUT)
        except (*_BROKEN, AttributeError):  # a line that getreply closed has no socket
            self._lost(sure=False)
        if code >= 500:
            raise MailRefused(code)
        if code // 100 != 2:
            self._not_now(code, sure=400 <= code < 500)
        return code

    def _begun(self, envelope: Envelope) -> smtplib.SMTP:
        """Open the mail on the line, on a new line when the server has had enough of this one."""
        while True:
            if self._line is None:
                self._line, self._taken = open_line(self._server, self._password), 0
            line, used = self._line, self._taken > 0
            code = self._opened(line, envelope)
            if code == 250:
                return line
            if used and (code is None or 400 <= code < 500):
                self.close()  # so many mails over one line, and no more
                continue
            if code is None:
                self._lost()
            if code >= 500:
                self._forget_mail()
                raise refuses_sender(envelope.sender, code)
            self._not_now(code, shaky=True)

    def _opened(self, line: smtplib.SMTP, envelope: Envelope) -> int | None:
        """Name the sender. None when the line is lost."""
        words = f"FROM:<{envelope.sender}>"
        foreign = not envelope.to.isascii()
        try:
            line.ehlo_or_helo_if_needed()
            if foreign and not line.has_extn("smtputf8"):
                raise NoWay
            line.command_encoding = "utf-8" if foreign else "ascii"
            line.putcmd("mail", f"{words} BODY=8BITMIME SMTPUTF8" if foreign else words)
            return line.getreply()[0]
        except _BROKEN:
            return None

    def _asked(self, line: smtplib.SMTP, command: str, words: str = "") -> int:
        try:
            line.putcmd(command, words)
            return line.getreply()[0]
        except _BROKEN:
            self._lost()

    def _not_now(self, code: int, *, sure: bool = True, shaky: bool = False) -> NoReturn:
        """The server says "later", or what nobody understands: this mail goes back."""
        if code == 421 or not 400 <= code < 500:
            self._hang_up()
            raise Later(code if code > 0 else None, sure=sure, shaky=True)
        self._forget_mail()
        raise Later(code, shaky=shaky)

    def _lost(self, *, sure: bool = True) -> NoReturn:
        self._hang_up()
        raise Later(sure=sure, shaky=True)

    def _hang_up(self) -> None:
        line, self._line, self._taken = self._line, None, 0
        if line is not None:
            line.close()

    def _forget_mail(self) -> None:
        """Let the server drop the mail that it was told of, so that the next one begins anew."""
        if self._line is None:
            return
        try:
            if self._line.rset()[0] == 250:
                return
        except _BROKEN:
            pass
        self._hang_up()
