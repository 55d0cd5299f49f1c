"""A mail as the bytes that go over the line: text and HTML beside each other, every line in seven bits.

The bytes are written here and not by the email package, which takes twenty-five times as long, and the nightly run
sends many. A test reads them back with the email package and compares.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID, uuid5

from msreg.mail.templates import Message
from msreg.rules.identifiers import is_email

_NAMESPACE = UUID("0d5f4b0e-3f0c-5d0b-9a63-6f0a6d1f7a52")
_LINE = re.compile(r"[\x21-\x7e]{1,900}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")


class BadAddress(ValueError):
    """An address to which no mail can be made; the text does not repeat it."""


class Sender(NamedTuple):
    """From whom mails come: an address, the name beside it, and where answers go when that is elsewhere."""

    address: str
    name: str | None = None
    reply_to: str | None = None


def message_id(key: str, sender: str) -> str:
    """The Message-ID of the mail with this key: the same at every attempt, and it tells nothing of whom it is to."""
    return f"<{uuid5(_NAMESPACE, key)}@{sender.rpartition('@')[2]}>"


def on_the_line(address: str) -> str:
    """An address as servers take it: a foreign domain in its ASCII form, where that says the same.

    Raises `BadAddress` for what is none; so no address can bring a line of its own into a mail.
    """
    if not is_email(address):
        raise BadAddress("not an address of one person")
    local, _at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        plain = domain.encode("idna").decode("ascii")
        # The older rules of the standard library write some signs as others (ß as ss): that is another domain.
        same = plain.encode("ascii").decode("idna") == domain.lower()
    except UnicodeError:
        return address
    return f"{local}@{plain}" if same else address


def build(
    message: Message,
    *,
    to: str,
    sender: Sender,
    message_id: str,
    at: datetime,
    unsubscribe: str | None = None,
) -> bytes:
    """The mail to one address, ready to send. `unsubscribe` is the link for who wants no such mail any more.

    Raises `BadAddress` for an address that is none, `ValueError` for a head that would not stay on its own lines.
    """
    to = on_the_line(to)
    marker = f"=_{_on_one_line(message_id)[1:].partition('@')[0]}"
    lines = [
        _from(sender.name, sender.address),
        f"To: {to}",
        _subject(message.subject),
        f"Date: {format_datetime(at.astimezone(UTC))}",
        f"Message-ID: {message_id}",
    ]
    if sender.reply_to:
        lines.append(f"Reply-To: {_on_one_line(sender.reply_to)}")
    if unsubscribe is not None:
        lines.append(f"List-Unsubscribe: <{_on_one_line(unsubscribe)}>")
        # One click of a mail program is a POST, which RFC 8058 allows over https alone.
        if unsubscribe.startswith("https://"):
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    lines += [
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{marker}"',
    ]
    head = "\r\n".join(lines).encode()
    # The marker cannot stand in a part: there every sign "=" is followed by two digits or the end of the line.
    begin = f"\r\n--{marker}\r\n".encode()
    parts = (_part("plain", message.text), _part("html", message.html))
    return head + b"\r\n" + begin + begin.join(parts) + f"\r\n--{marker}--\r\n".encode()


def _part(kind: str, text: str) -> bytes:
    # Line ends of any kind become the same one, so that no half of one stands alone on the line to the server.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    body = b2a_qp(text.encode(), istext=True).replace(b"\n", b"\r\n")
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    return head.encode() + body


def _on_one_line(text: str) -> str:
    if not _LINE.fullmatch(text):
        raise ValueError("a value of the head of a mail is not one plain word")
    return text


@lru_cache(maxsize=64)
def _subject(text: str) -> str:
    return f"Subject: {_words(text, len('Subject: '))}"


@lru_cache(maxsize=8)
def _from(name: str | None, address: str) -> str:
    if name is None:
        return f"From: {_on_one_line(address)}"
    plain = _ATOMS.fullmatch(name) is not None and len(name) < 60
    return f"From: {name if plain else _words(name, len('From: '), always=True)} <{_on_one_line(address)}>"


def _words(text: str, used: int, *, always: bool = False) -> str:
    """Words of a head, encoded where they are not plain; long ones go on in a next line that begins with a space."""
    if not text.isprintable():
        raise ValueError("a head of a mail has a sign in it that is none to print")
    plain = text.isascii() and len(text) + used < 76 and "=?" not in text and not always
    return text if plain else Header(text, "utf-8", header_name="x" * (used - 2)).encode(linesep="\r\n")
