"""Texts of the office with their values filled in; a mail as text and as HTML from one wording (SPEC R4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from msreg.config import Office, data_folder
from msreg.errors import Refused
from msreg.mail.kinds import mail_kind
from msreg.vocabulary import N_, Language

if TYPE_CHECKING:
    from jinja2 import Environment, Template

MONTHS: Mapping[Language, str] = {
    Language.NL: "januari februari maart april mei juni juli augustus september oktober november december",
    Language.EN: "January February March April May June July August September October November December",
}
_LINK = re.compile(r"\[([^]]+)\]\((\{\{ *\w+ *\}\})\)")


class Message(NamedTuple):
    """A mail without its addresses. `html` is a whole page that fetches nothing."""

    subject: str
    text: str
    html: str


class _Part(NamedTuple):
    """A paragraph; with `link` the words of a link that stands alone."""

    words: str
    link: str | None = None


def render(kind: str, language: Language, values: Mapping[str, Any], *, office: Office) -> Message:
    """A mail of this kind (`msreg.mail.kinds.ALL`) with its values: those of the kind's example.

    Raises `ValueError` when a value lacks, is too many, or is a link that is not one to the web; `Refused`
    when the mail would tell of a disease or a treatment, as a setting of the office can make it do.
    """
    found = mail_kind(kind)
    if set(values) != set(found.example):
        raise ValueError(f"{kind} takes the values {sorted(found.example)}")
    wording = found.wordings[language]
    told = {**values, "office": office}
    parts = []
    # Cut into paragraphs before anything is filled in, so that no value makes a paragraph or a link.
    for paragraph in wording.body.strip().split("\n\n"):
        alone = _LINK.fullmatch(paragraph.strip())
        if alone is None:
            parts.append(_Part(fill(paragraph, told, language).strip()))
        else:
            parts.append(_Part(alone[1], _web(fill(alone[2], told, language))))
    parts = [each for each in parts if each.words]
    text = "\n\n".join(f"{each.words}:\n{each.link}" if each.link else each.words for each in parts) + "\n"
    subject = fill(wording.subject, told, language)
    if "centre" in values:
        # What a hospital is called is what it is: its own people read it, and it tells nothing of anybody.
        _require_discreet(kind, fill(f"{wording.subject}\n{wording.body}", {**told, "centre": ""}, language))
    else:
        _require_discreet(kind, f"{subject}\n{text}")
    page = _layout(language).render(language=language.value, subject=subject, parts=parts)
    return Message(subject, text, page + "\n")


def fill(text: str, values: Mapping[str, Any], language: Language) -> str:
    """A plain text with its values; dates in words by `{{ value | day }}`, months by `{{ value | month }}`.

    Raises an error of jinja2 for a value that the text names and nobody gave.
    """
    return _template(text, language).render(values)


def day_in_words(day: date, language: Language) -> str:
    """A day as letters write it: 31 januari 2027."""
    return f"{day.day} {MONTHS[language].split()[day.month - 1]} {day.year}"


def month_in_words(day: date, language: Language) -> str:
    """The month of a day: november 2026."""
    return f"{MONTHS[language].split()[day.month - 1]} {day.year}"


def _web(link: str) -> str:
    if not re.fullmatch(r"https?://[^\s\"'<>]+", link):
        raise ValueError("a link of a mail is no address of the web")
    return link


def _require_discreet(kind: str, text: str) -> None:
    from msreg.rules.revealing import revealing

    word = revealing(text, _too_much())
    if word is not None:
        raise Refused(
            N_("The mail {kind} is not made: the word {word} in it tells of a disease or a treatment."),
            hint=N_("Look at the setting {setting} in msreg.toml; see msreg help settings."),
            field="office.mail_name",
            kind=kind,
            word=word,
            setting="office.mail_name",
        )


@cache
def _too_much() -> re.Pattern[str]:
    from msreg.forms.medicines import catalogue
    from msreg.rules.revealing import pattern

    return pattern({name for each in catalogue() for name in (*each.inn.values(), *each.brands)})


@cache
def _environment(language: Language, *, html: bool) -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=html, keep_trailing_newline=not html)
    made.filters["day"] = lambda value: day_in_words(value, language)
    made.filters["month"] = lambda value: month_in_words(value, language)
    return made


@cache
def _template(text: str, language: Language) -> Template:
    return _environment(language, html=False).from_string(text)


@cache
def _layout(language: Language) -> Template:
    text = (data_folder() / "mail" / "layout.html.j2").read_text(encoding="utf-8")
    return _environment(language, html=True).from_string(text)
