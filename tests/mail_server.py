"""A real mail server on this machine: it takes, refuses, waits or breaks off as a test tells it to."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

logging.getLogger("mail.log").setLevel(logging.CRITICAL)

DROP = "drop"
"""Break the line off without an answer."""


@dataclass
class Delivered:
    """A mail that the server has."""

    sender: str
    to: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class MailServer:
    """What a running server does and has. An answer is an SMTP reply, `DROP`, or None for yes."""

    port: int = 0
    delivered: list[Delivered] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    lines: int = 0
    """Connections so far."""
    open: set[Any] = field(default_factory=set)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    on_mail: Callable[[str], str | None] = lambda _sender: None
    on_rcpt: Callable[[str], str | None] = lambda _address: None
    on_data: Callable[[], str | None] = lambda: None
    """Before the content is asked for."""
    on_content: Callable[[Delivered], str | None] = lambda _mail: None
    """When the content is there; the mail is delivered when this gives None or `kept` is so."""
    wants_login: bool = False
    kept: bool = False
    """Whether a mail is delivered whatever `on_content` says: the answer alone is lost."""

    def ids(self) -> list[str]:
        """The Message-IDs of what was delivered, in order."""
        return [each.id for each in self.delivered]

    def to(self) -> list[str]:
        """The addresses of what was delivered, in order."""
        return [each.to[0] for each in self.delivered]


class _Protocol(SMTP):
    def __init__(self, server: MailServer, *args: Any, **more: Any) -> None:
        super().__init__(_Handler(server), *args, **more)
        self._told = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._told.lines += 1
        self._told.open.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._told.open.discard(self.transport)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:
        answer = self._told.on_data()
        if answer is None:
            await super().smtp_DATA(arg)
        else:
            await self.push(_said(self, answer))


class _Handler:
    def __init__(self, server: MailServer) -> None:
        self._told = server

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._told.commands.append(f"MAIL {' '.join(options)}".strip())
        assert server.transport is not None
        self._told.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        answer = self._told.on_mail(address)
        if self._told.wants_login and not session.authenticated:
            return "530 5.7.0 log in first"
        if answer is not None:
            return _said(server, answer)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._told.on_rcpt(address)
        if answer is not None:
            return _said(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = Delivered(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content)
        answer = self._told.on_content(mail)
        if answer is None or self._told.kept:
            self._told.delivered.append(mail)
        return "250 OK taken" if answer is None else _said(server, answer)


def _said(server: SMTP, answer: str) -> str:
    if answer == DROP:
        assert server.transport is not None
        server.transport.abort()
        raise ConnectionResetError
    return answer


@contextmanager
def mail_server(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    password: tuple[str, str] | None = None,
    utf8: bool = True,
    port: int = 0,
) -> Iterator[MailServer]:
    """A server with a thread of its own; `password` is the name and the password that it wants."""
    told = MailServer(wants_login=password is not None)

    def known(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        found = data.login.decode(), data.password.decode()
        told.logins.append(found)
        return AuthResult(success=found == password, handled=False)

    def protocol() -> _Protocol:
        return _Protocol(
            told,
            hostname="localhost",
            enable_SMTPUTF8=utf8,
            tls_context=starttls,
            authenticator=known if password else None,
            auth_require_tls=tls is None,
            auth_exclude_mechanism=() if password else ("LOGIN", "PLAIN"),
            loop=loop,
        )

    loop = asyncio.new_event_loop()
    started = threading.Event()

    async def serve() -> asyncio.Server:
        return await loop.create_server(protocol, "127.0.0.1", port, ssl=tls)

    def run() -> None:
        asyncio.set_event_loop(loop)
        found = loop.run_until_complete(serve())
        told.port = found.sockets[0].getsockname()[1]
        started.set()
        loop.run_forever()
        found.close()
        for each in list(told.open):
            each.abort()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield told
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def certificates(folder: Path, *, name: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """The file of a certificate authority of our own, and the side of a server with a certificate by it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = datetime.now(UTC)

    def certificate(
        subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *, ca: bool
    ) -> x509.Certificate:  # fmt: skip
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            try:
                other: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(subject))
            except ValueError:
                other = x509.DNSName(subject)
            made = made.add_extension(x509.SubjectAlternativeName([other]), critical=False)
        return made.sign(signer, hashes.SHA256())

    authority, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("tests", authority, "tests", authority, ca=True)
    leaf = certificate(name, own, "tests", authority, ca=False)
    pem = serialization.Encoding.PEM
    trusted, chain = folder / "ca.pem", folder / "server.pem"
    trusted.write_bytes(root.public_bytes(pem))
    chain.write_bytes(
        own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + leaf.public_bytes(pem)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return trusted, context
