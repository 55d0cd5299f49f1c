"""The bytes of a mail: what the email package reads in them, and that nothing gets a line of its own (R3, attack 12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.config import Office
from msreg.mail.kinds import KINDS, mail_kind
from msreg.mail.messages import BadAddress, Sender, build, message_id, on_the_line
from msreg.mail.moulds import Moulds
from msreg.mail.templates import Message, render
from msreg.vocabulary import Language

AT = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
OFFICE = Office("Bureau", None, "bureau@example.org", "030 123 45 67", "Bureau De Vécht")
SENDER = Sender("post@example.org", OFFICE.mail_name, "bureau@example.org")
ID = message_id("prom-invitation:1:2026-12-01", SENDER.address)
STOP = "https://vragen.example.org/stop/AbCdEfGhIjKlMnOpQrStUv"


def built(message: Message, **other: Any) -> bytes:
    values: dict[str, Any] = {"to": "jan@example.org", "sender": SENDER, "message_id": ID, "at": AT} | other
    return build(message, **values)


def read(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=policy.default)
    assert isinstance(found, EmailMessage)
    for part in found.walk():
        assert part.defects == []
        assert all(not value.defects for value in part.values())
    return found


def texts(found: EmailMessage) -> list[tuple[str, str]]:
    assert found.get_content_type() == "multipart/alternative"
    return [
        (each.get_content_type(), each.get_content().replace("\r\n", "\n")) for each in found.iter_parts()
    ]


@pytest.mark.parametrize("key", KINDS)
@pytest.mark.parametrize("language", Language)
def test_r4_every_kind_reads_as_the_email_package_would_have_written_it(key: str, language: Language) -> None:
    message = render(key, language, mail_kind(key).example, office=OFFICE)
    content = built(message, unsubscribe=STOP)
    found = read(content)
    assert texts(found) == [("text/plain", message.text), ("text/html", message.html)]
    own = EmailMessage(policy=policy.SMTP)
    own["Subject"] = message.subject
    own["From"] = f'"{SENDER.name}" <{SENDER.address}>'
    own["To"], own["Reply-To"] = "jan@example.org", SENDER.reply_to
    own["Date"], own["Message-ID"] = AT, ID
    own.set_content(message.text)
    own.add_alternative(message.html, subtype="html")
    theirs = read(own.as_bytes())
    for name in theirs:
        if name not in ("Content-Type", "MIME-Version"):
            assert str(found[name]) == str(theirs[name]), name
    assert texts(theirs) == texts(found)


def test_the_head_has_what_mail_programs_ask_for_and_nothing_else() -> None:
    found = read(built(Message("Onderwerp", "a\n", "<p>a</p>\n"), unsubscribe=STOP))
    assert dict(found.items()) == {
        "From": "Bureau De Vécht <post@example.org>",
        "To": "jan@example.org",
        "Subject": "Onderwerp",
        "Date": "Tue, 01 Dec 2026 05:30:00 +0000",
        "Message-ID": ID,
        "Reply-To": "bureau@example.org",
        "List-Unsubscribe": f"<{STOP}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": found["Content-Type"],
    }


def test_one_click_is_only_offered_over_https() -> None:
    plain = read(built(Message("x", "a\n", "b\n"), unsubscribe="http://127.0.0.1:8420/stop/x"))
    assert plain["List-Unsubscribe"] == "<http://127.0.0.1:8420/stop/x>"
    assert plain["List-Unsubscribe-Post"] is None
    none = read(built(Message("x", "a\n", "b\n"), sender=Sender("post@example.org")))
    assert (none["List-Unsubscribe"], none["Reply-To"], none["From"]) == (None, None, "post@example.org")


LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t. =-"))


@settings(max_examples=60)
@given(text=LINES, html=LINES)
def test_any_text_comes_out_as_it_went_in_and_every_line_is_short_and_plain(text: str, html: str) -> None:
    content = built(Message("x", text, html))
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 100
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert texts(read(content)) == [("text/plain", text), ("text/html", html)]


@settings(max_examples=60)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Cn", "Co"]),
        max_size=200,
    )
)
def test_any_subject_and_name_comes_out_as_it_went_in(words: str) -> None:
    words = " ".join(words.split())
    content = built(Message(words, "a\n", "b\n"), sender=Sender("post@example.org", words or None))
    found = read(content)
    assert str(found["Subject"]) == words
    assert found["From"].addresses[0].addr_spec == "post@example.org"
    # The newer reader of Python puts a space between two encoded words of a name, where the standard has none.
    raw = message_from_bytes(content)["From"].replace("\r\n", "")
    assert str(make_header(decode_header(raw))).rpartition(" <")[0] == words.strip() or not words


EVIL = ["a\r\nBcc: x@example.org", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x0bb"]


@pytest.mark.parametrize("evil", EVIL)
def test_nothing_gets_a_line_of_its_own_in_the_head(evil: str) -> None:
    message = Message("x", "a\n", "b\n")
    for wrong in (
        {"to": f"{evil}@example.org"},
        {"to": f"jan@example.org{evil}"},
        {"sender": Sender("post@example.org", evil)},
        {"sender": Sender(evil)},
        {"sender": Sender("post@example.org", None, evil)},
        {"message_id": f"<{evil}@example.org>"},
        {"unsubscribe": f"https://example.org/{evil}"},
    ):
        with pytest.raises(ValueError):
            built(message, **wrong)
    with pytest.raises(ValueError):
        built(Message(evil, "a\n", "b\n"))


@pytest.mark.parametrize(
    "wrong", ["", "jan", "@example.org", "jan@", "a@b@example.org", "jan jansen@example.org", "<jan@example.org>",
              "jan@example.org,piet@example.org", "jan@example.org>", '"jan"@example.org', "jan@[127.0.0.1]"]
)  # fmt: skip
def test_what_is_no_address_of_one_person_gets_no_mail(wrong: str) -> None:
    with pytest.raises(BadAddress) as told:
        on_the_line(wrong)
    assert not wrong or wrong not in str(told.value)


@pytest.mark.parametrize(
    ("address", "line"),
    [("o'brien+x@example.org", "o'brien+x@example.org"), ("jan@bücher.example", "jan@xn--bcher-kva.example"),
     ("jan@BÜCHER.example", "jan@xn--bcher-kva.example"),
     # The older rules make another domain of this one: it goes as it is, or not at all.
     ("jan@straße.example", "jan@straße.example")],
)  # fmt: skip
def test_a_foreign_domain_goes_in_its_plain_form_where_that_is_the_same(address: str, line: str) -> None:
    assert on_the_line(address) == line


def test_the_message_id_is_of_the_key_and_tells_nothing_of_it() -> None:
    assert ID == message_id("prom-invitation:1:2026-12-01", "ander@example.org")
    assert ID != message_id("prom-invitation:1:2026-12-02", "post@example.org")
    assert ID.endswith("@example.org>")
    assert "prom" not in ID


def test_a_mould_gives_what_the_template_gives() -> None:
    moulds = Moulds(OFFICE)
    for number in range(3):
        for key in KINDS:
            for language in Language:
                example = dict(mail_kind(key).example)
                links = {
                    name: f"https://v.example.org/q/{number}-MS-{name}"
                    for name in example
                    if name.endswith("link")
                }
                values = {name: value for name, value in example.items() if name not in links}
                try:
                    wanted = render(key, language, {**values, **links}, office=OFFICE)
                except Exception:  # a token may hold a word that a text may not
                    assert links
                    wanted = render(
                        key,
                        language,
                        {**values, **{n: x.replace("MS", "XY") for n, x in links.items()}},
                        office=OFFICE,
                    )
                    wanted = Message(
                        wanted.subject,
                        wanted.text.replace("-XY-", "-MS-"),
                        wanted.html.replace("-XY-", "-MS-"),
                    )
                assert moulds.message(key, language, values, links) == wanted


def test_a_mould_is_of_its_values() -> None:
    moulds, links = Moulds(OFFICE), {"link": "https://a.example/q/1", "stop_link": "https://a.example/stop/2"}
    for day in range(1, 29):
        for month in (1, 2, 3):
            until = date(2027, month, day)
            text = moulds.message("prom_invitation", Language.EN, {"until": until}, links).text
            assert f"{day} {['January', 'February', 'March'][month - 1]} 2027" in text


def test_a_link_that_html_writes_otherwise_is_no_matter() -> None:
    values = {"until": date(2027, 1, 31)}
    links = {"link": "https://a.example/q?a=1&b=2", "stop_link": "https://a.example/stop/2"}
    wanted = render("prom_invitation", Language.NL, {**values, **links}, office=OFFICE)
    assert Moulds(OFFICE).message("prom_invitation", Language.NL, values, links) == wanted
