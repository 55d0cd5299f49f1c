"""Mails to a real SMTP server that takes them, refuses, waits or breaks off; and the line that they go over (R3)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from msreg.mail.messages import Sender
from msreg.mail.smtp import SmtpTransport
from msreg.mail.smtp_line import Server
from msreg.mail.transports import AddressRefused, Away, Envelope, Later, MailRefused, NotSent, NoWay
from tests.mail_server import DROP, MailServer, certificates, mail_server

BUREAU = Sender("bureau@example.org")
Line = Callable[..., SmtpTransport]


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as found:
        yield found


@pytest.fixture
def line() -> Iterator[Line]:
    """A way to a server; it is closed at the end."""
    made: list[SmtpTransport] = []

    def new(
        server: MailServer, security: str = "none", user: str | None = None, password: str = "geheim"
    ) -> SmtpTransport:
        transport = SmtpTransport(Server("127.0.0.1", server.port, security, user), BUREAU, lambda: password)
        made.append(transport)
        return transport

    yield new
    for each in made:
        each.close()


def mail(number: int = 1, to: str | None = None, content: bytes = b"Subject: x\r\n\r\nhallo\r\n") -> Envelope:
    name = f"<{number}@example.org>"
    head = f"Message-ID: {name}\r\n".encode()
    return Envelope(BUREAU.address, to or f"p{number}@example.org", head + content, name)


def test_mails_go_over_one_line_as_they_are(server: MailServer, line: Line) -> None:
    transport = line(server)
    dots = b"Subject: dots\r\n\r\n.\r\n..een\r\n.twee\r\nMAIL FROM:<x@example.org>\r\n"
    for envelope in (mail(1), mail(2, content=dots), mail(3)):
        assert transport.send(envelope) == 250
    assert server.to() == ["p1@example.org", "p2@example.org", "p3@example.org"]
    assert server.delivered[1].content == mail(2, content=dots).content
    assert {each.sender for each in server.delivered} == {"bureau@example.org"}
    assert server.lines == 1


def test_what_others_do_is_done_while_the_server_takes_the_mail(server: MailServer, line: Line) -> None:
    seen: list[str] = []
    server.on_data = lambda: seen.append("data")
    line(server).send(mail(), meanwhile=lambda: seen.append("meanwhile"))
    assert seen == ["data", "meanwhile"]


REFUSALS = [
    ("on_rcpt", "550 5.1.1 nobody", AddressRefused, 550, False),
    ("on_rcpt", "451 4.7.1 greylisted", Later, 451, False),
    ("on_rcpt", "554 5.7.1 relay denied", MailRefused, 554, False),
    ("on_rcpt", "530 5.7.0 log in first", MailRefused, 530, False),
    ("on_rcpt", "556 5.1.10 takes no mail", AddressRefused, 556, False),
    ("on_data", "554 5.7.1 not from you", MailRefused, 554, False),
    ("on_data", "451 4.3.0 busy", Later, 451, False),
    ("on_content", "552 5.3.4 too large", MailRefused, 552, False),
    ("on_content", "452 4.3.1 no room", Later, 452, False),
    ("on_mail", "451 4.3.0 not now", Later, 451, True),
    ("on_rcpt", "421 4.3.2 closing", Later, 421, True),
]


@pytest.mark.parametrize(("stage", "answer", "raised", "code", "shaky"), REFUSALS)
def test_a_refusal_is_of_one_mail_and_the_next_goes_through(
    server: MailServer, line: Line, stage: str, answer: str, raised: type[NotSent], code: int, shaky: bool
) -> None:
    transport = line(server)
    setattr(server, stage, lambda *_: answer)
    with pytest.raises(raised) as told:
        transport.send(mail(1))
    assert told.value.code == code
    if isinstance(told.value, Later):
        assert (told.value.sure, told.value.shaky) == (True, shaky)
    setattr(server, stage, lambda *_: None)
    assert transport.send(mail(2)) == 250
    assert server.to() == ["p2@example.org"]


def test_a_sender_that_the_server_does_not_take_is_no_fault_of_the_mail(
    server: MailServer, line: Line
) -> None:
    server.on_mail = lambda _sender: "553 5.7.1 who are you"
    with pytest.raises(Away) as told:
        line(server).send(mail())
    assert told.value.told.text() == "The mail server does not take mails from bureau@example.org (553)."
    assert told.value.told.exit_code == 9


@pytest.mark.parametrize(
    ("stage", "kept", "sure"), [("on_rcpt", False, True), ("on_content", False, False), ("on_content", True, False)]
)  # fmt: skip
def test_a_line_that_breaks_off_says_whether_the_mail_may_be_there(
    server: MailServer, line: Line, stage: str, kept: bool, sure: bool
) -> None:
    transport = line(server)
    setattr(server, stage, lambda *_: DROP)
    server.kept = kept
    with pytest.raises(Later) as told:
        transport.send(mail(1))
    assert (told.value.sure, told.value.shaky, told.value.code) == (sure, True, None)
    setattr(server, stage, lambda *_: None)
    transport.send(mail(2))
    assert server.to() == (["p1@example.org"] if kept else []) + ["p2@example.org"]


@pytest.mark.parametrize("answer", ["421 4.7.0 enough for one line", "452 4.5.3 too many mails", DROP])
def test_a_server_that_takes_few_mails_over_one_line_gets_another_line(
    server: MailServer, line: Line, answer: str
) -> None:
    count = [0]

    def each(_sender: str) -> str | None:
        count[0] += 1
        return answer if count[0] % 3 == 0 else None

    server.on_mail = each
    transport = line(server)
    for number in range(1, 8):
        transport.send(mail(number))
    assert len(server.delivered) == 7
    assert server.lines == 4


def test_a_server_that_is_away_is_told_in_one_sentence(line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(Away) as told:
        line(MailServer(port)).send(mail())
    assert told.value.told.text() == (
        f"The mail server 127.0.0.1 cannot be used on port {port}: Connection refused."
    )
    assert told.value.told.exit_code == 9


# -- encryption and logging in --------------------------------------------------------------------------


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_with_a_certificate_that_holds_everything_is_enciphered(
    line: Line, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(**{security: context}) as server:
        transport = line(server, security)
        transport.send(mail(1))
        transport.send(mail(2))
        transport.close()
    assert (len(server.delivered), server.encrypted) == (2, [True, True])


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize("fault", ["unknown", "name"])
def test_a_certificate_that_does_not_hold_stops_everything(
    line: Line, security: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificates(tmp_path, name="mail.example.org" if fault == "name" else "127.0.0.1")
    if fault == "name":
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(**{security: context}) as server, pytest.raises(Away) as told:
        line(server, security, user="bureau").send(mail())
    assert told.value.told.text().startswith("The certificate of the mail server 127.0.0.1 does not hold: ")
    assert (server.delivered, server.logins) == ([], [])


def test_a_server_without_encryption_gets_no_mail_and_no_password(line: Line) -> None:
    with mail_server() as server, pytest.raises(Away) as told:
        line(server, "starttls", user="bureau").send(mail())
    assert told.value.told.text() == "The mail server 127.0.0.1 offers no encryption, so it gets no mail."
    assert (server.commands, server.logins) == ([], [])


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_the_password_opens_the_server_and_a_wrong_one_is_told_without_it(
    line: Line, security: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(**{security: context}, password=("bureau", "geheim")) as server:
        transport = line(server, security, user="bureau")
        transport.send(mail())
        transport.close()
        with pytest.raises(Away) as told:
            line(server, security, user="bureau", password="verkeerd").send(mail())
    assert server.to() == ["p1@example.org"]
    assert server.logins[0] == ("bureau", "geheim")
    assert told.value.told.text() == "The mail server does not let bureau log in with this password (535)."


def test_a_server_that_wants_a_name_and_gets_none(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(starttls=context, password=("bureau", "geheim")) as server, pytest.raises(Away) as told:
        line(server, "starttls").send(mail())
    assert told.value.code == 530


def test_a_server_that_knows_no_names(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, context = certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    with mail_server(starttls=context) as server, pytest.raises(Away) as told:
        line(server, "starttls", user="bureau").send(mail())
    assert "does not let people log in" in told.value.told.text()


@pytest.mark.parametrize(
    ("host", "user"), [("192.0.2.1", None), ("mail.example.org", None), ("127.0.0.1", "x")]
)
def test_without_encryption_nothing_leaves_this_machine_and_no_password_goes(
    host: str, user: str | None
) -> None:
    """Settings are judged before; this is the last door."""
    transport = SmtpTransport(Server(host, 25, "none", user), BUREAU, lambda: "geheim")
    with pytest.raises(ValueError, match="without encryption"):
        transport.send(mail())


def test_foreign_addresses_need_a_server_that_knows_them(line: Line) -> None:
    foreign = "jan@straße.example"
    with mail_server(utf8=False) as server:
        transport = line(server)
        with pytest.raises(NoWay):
            transport.send(mail(1, to=foreign))
        transport.send(mail(2))
    assert server.to() == ["p2@example.org"]
    with mail_server() as server:
        transport = line(server)
        transport.send(mail(1, to=foreign))
        transport.send(mail(2))
        transport.close()
    assert server.to() == [foreign, "p2@example.org"]
    assert server.commands == ["MAIL BODY=8BITMIME SMTPUTF8", "MAIL"]
