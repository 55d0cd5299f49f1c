"""Mails: one wording, two faces, and nothing in them that tells of a disease (SPEC R4, O4)."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import UndefinedError
from jinja2.exceptions import SecurityError

from msreg.config import Office, data_folder
from msreg.errors import MsregError, Refused
from msreg.forms.medicines import catalogue
from msreg.mail.kinds import ALL, mail_kind
from msreg.mail.templates import day_in_words, fill, render
from msreg.rules.revealing import ABBREVIATIONS, WORDS
from msreg.vocabulary import Language

FULL = Office("Bureau", "Postbus 1, Utrecht", "bureau@example.org", "030 123 45 67", "Bureau De Vecht")
EACH = [(key, language, office) for key in ALL for language in Language for office in (Office(), FULL)]
INVITATION = mail_kind("prom_invitation").example


class Page(HTMLParser):
    """What a reader of HTML meets."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.attributes: dict[str, str | None] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(("key", "language", "office"), EACH)
def test_r4_no_mail_names_a_disease_or_a_medicine(key: str, language: Language, office: Office) -> None:
    """Looked for without the rule that render itself asks."""
    message = render(key, language, mail_kind(key).example, office=office)
    medicines = {name for each in catalogue() for name in (*each.inn.values(), *each.brands)}
    text = f"{message.subject} {message.text} {Page(message.html).words}"
    assert len(medicines) > 20
    for word in (*ABBREVIATIONS, *WORDS, *medicines):
        assert not re.search(rf"\b{re.escape(word)}\b", text, 0 if word.isupper() else re.IGNORECASE), word


@pytest.mark.parametrize(("key", "language", "office"), EACH)
def test_text_and_html_say_the_same_and_nothing_is_left_open(
    key: str, language: Language, office: Office
) -> None:
    kind = mail_kind(key)
    message = render(key, language, kind.example, office=office)
    page = Page(message.html)
    for link in (value for name, value in kind.example.items() if name.endswith("link")):
        assert message.text.count(link) == 1
        assert message.html.count(link) == 1
    assert page.links == re.findall(r"https?://\S+", message.text)
    said = re.sub(r":\n(https?://\S+)", "", message.text).split()
    assert page.words.split() == [*message.subject.split(), *said]
    assert not re.search(r"\{[{%]|[%}]\}|None|____", message.subject + message.text + message.html)
    assert "\n" not in message.subject
    for known in (office.phone, office.mail_name):
        if (
            known
            and f"office.{'phone' if known == office.phone else 'mail_name'}" in kind.wordings[language].body
        ):
            assert known in message.text


@pytest.mark.parametrize("key", ALL)
def test_html_is_a_page_that_fetches_nothing(key: str) -> None:
    message = render(key, Language.NL, mail_kind(key).example, office=FULL)
    page = Page(message.html)
    assert set(page.tags) <= {"html", "head", "meta", "title", "body", "div", "p", "a"}
    assert page.attributes["lang"] == "nl"
    assert not re.search(r"url\(|src=|@import", message.html)


def test_both_languages_have_the_same_paragraphs_links_and_values() -> None:
    for key in ALL:
        shapes = []
        for wording in mail_kind(key).wordings.values():
            values = [
                sorted(re.findall(r"\b(?:office\.)?\w+(?= *[|}%])", each)) for each in _pieces(wording.body)
            ]
            shapes.append((len(wording.body.split("\n\n")), values))
            assert "" not in (wording.title, wording.subject)
        assert shapes[0] == shapes[1], key


def _pieces(body: str) -> list[str]:
    return re.findall(r"\{\{.*?\}\}", body.replace('or "Het registratiebureau"', "").replace(
        'or "The registry office"', ""))  # fmt: skip


def test_every_file_is_a_kind() -> None:
    found = {path.stem for path in (data_folder() / "mail").glob("*.toml")}
    assert found == set(ALL)


def test_r4_an_office_that_signs_with_a_disease_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        render("prom_invitation", Language.NL, INVITATION, office=Office(mail_name="MS-registratie"))
    assert refused.value.exit_code == 6
    assert refused.value.field == "office.mail_name"
    assert "MS" in refused.value.text()


@pytest.mark.parametrize("wrong", [{}, {**INVITATION, "name": "Jansen"}])
def test_a_value_too_few_or_too_many(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes the values"):
        render("prom_invitation", Language.NL, wrong, office=Office())


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "https://a.example/\nBcc: x@y", 'https://a"onclick=', ""]
)
def test_a_link_that_is_none(link: str) -> None:
    with pytest.raises(ValueError, match="no address of the web"):
        render("prom_invitation", Language.NL, {**INVITATION, "link": link}, office=Office())


def test_what_the_office_is_called_is_no_markup() -> None:
    office = Office(mail_name="<b>Bureau</b> & [x]({{ link }})")
    message = render("prom_invitation", Language.EN, INVITATION, office=office)
    assert "<b>Bureau</b> & [x]({{ link }})" in message.text
    assert "<b>" not in message.html
    assert "&lt;b&gt;Bureau&lt;/b&gt; &amp; [x]({{ link }})" in message.html


def test_texts_reach_nothing_of_the_program() -> None:
    with pytest.raises(UndefinedError):
        fill("{{ nobody }}", {}, Language.NL)
    with pytest.raises(SecurityError):
        fill("{{ ''.__class__.__mro__ }}", {}, Language.NL)


@pytest.mark.parametrize(
    ("day", "nl", "en"),
    [
        (date(2027, 1, 31), "31 januari 2027", "31 January 2027"),
        (date(2028, 2, 29), "29 februari 2028", "29 February 2028"),
        (date(2026, 12, 1), "1 december 2026", "1 December 2026"),
    ],
)
def test_days_in_words(day: date, nl: str, en: str) -> None:
    assert (day_in_words(day, Language.NL), day_in_words(day, Language.EN)) == (nl, en)


def test_a_kind_that_is_not_there() -> None:
    with pytest.raises(MsregError, match="cannot be read"):
        mail_kind("nothing")


def test_a_hospital_may_be_called_what_it_is_called() -> None:
    """Its own people read its name; what else the mail says is looked at all the same."""
    values = {**mail_kind("course_digest").example, "centre": "MS Centrum <De Vecht>"}
    message = render("course_digest", Language.NL, values, office=Office())
    assert "MS Centrum <De Vecht>" in message.text
    assert "MS Centrum &lt;De Vecht&gt;" in message.html
    with pytest.raises(Refused):
        render("course_digest", Language.NL, values, office=Office(mail_name="MS Centrum <De Vecht>"))


@pytest.mark.parametrize(
    ("count", "nl", "en"),
    [(1, "Van één patiënt van", "Of one patient of"), (2, "Van 2 patiënten van", "Of 2 patients of")],
)
def test_one_patient_and_many(count: int, nl: str, en: str) -> None:
    values = {**mail_kind("course_digest").example, "count": count}
    assert nl in render("course_digest", Language.NL, values, office=FULL).text
    assert en in render("course_digest", Language.EN, values, office=FULL).text


def test_the_month_and_the_case_are_in_words_and_in_the_subject() -> None:
    month = render("case_month", Language.NL, mail_kind("case_month").example, office=FULL)
    assert "november 2026" in month.text
    assert "31 januari 2027" in month.text
    reminder = {**mail_kind("case_reminder").example, "case": "LZ-2026-0007"}
    first = render("case_reminder", Language.EN, reminder, office=FULL)
    assert first.subject == "Case LZ-2026-0007 still waits for you"
    assert "once more later" in first.text
    last = render("case_reminder", Language.EN, {**reminder, "weeks": 12, "last": True}, office=FULL)
    assert "the last reminder" in last.text


def test_both_answers_look_alike_and_the_way_out_is_quiet() -> None:
    """A button for "no" beside a small "yes" would make people say no."""
    for key, buttons, quiet in (("case_month", 2, 0), ("prom_invitation", 1, 1), ("mail_stopped", 0, 0)):
        page = render(key, Language.NL, mail_kind(key).example, office=FULL).html
        assert page.count("<a ") == buttons + quiet
        assert page.count("display:inline-block") == buttons
