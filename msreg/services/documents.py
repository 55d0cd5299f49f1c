"""The letters of the office, and the mails that patients get, as they get them (SPEC O4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from msreg.config import Office, data_folder
from msreg.errors import NotFound
from msreg.formats.letter import BLANK, Letter, head, read_letter
from msreg.mail.kinds import KINDS, mail_kind
from msreg.mail.templates import Message, fill, render
from msreg.vocabulary import N_, Language

LETTERS = ("patient_information", "consent_form")


class DocumentKind(StrEnum):
    """What a document is: paper, or mail that the registry sends."""

    LETTER = "letter"
    MAIL = "mail"


FORMATS: Mapping[DocumentKind, tuple[str, ...]] = {
    DocumentKind.LETTER: ("pdf", "txt", "md"),
    DocumentKind.MAIL: ("txt", "html"),
}
"""What each kind can be written as; also how the names of the files end."""


@dataclass(frozen=True, slots=True)
class Document:
    """A letter or a mail, with its title in each language that it is there in."""

    key: str
    kind: DocumentKind
    titles: Mapping[Language, str]

    @property
    def formats(self) -> tuple[str, ...]:
        """What it can be written as."""
        return FORMATS[self.kind]


def documents() -> tuple[Document, ...]:
    """All of them: letters first."""
    letters = (
        Document(key, DocumentKind.LETTER, {each: _letter_title(key, each) for each in Language})
        for key in LETTERS
    )
    mails = (
        Document(key, DocumentKind.MAIL, {each: said.title for each, said in mail_kind(key).wordings.items()})
        for key in KINDS
    )
    return (*letters, *mails)


def find_document(name: str) -> Document:
    """The document of this key; a hyphen does for an underscore. Raises `NotFound` with what there is."""
    found = documents()
    for each in found:
        if each.key == name.replace("-", "_"):
            return each
    raise NotFound(
        N_("There is no such document."),
        hint=N_("The documents are: {documents}."),
        field="document",
        documents=", ".join(each.key for each in found),
    )


def letter(key: str, language: Language, office: Office) -> Letter:
    """A letter with the office's address in it; where that is not set there is a place to write it on."""
    text = fill(_source(key, language), {"office": _to_write(office)}, language)
    return read_letter(text, language, _name(key, language))


def example_mail(key: str, language: Language, office: Office) -> Message:
    """A mail as a patient gets it, with made-up links. Raises `Refused` when it would tell too much."""
    return render(key, language, mail_kind(key).example, office=office)


def not_set(key: str, office: Office) -> tuple[str, ...]:
    """The settings of the office that the document shows and that are empty, as msreg.toml names them."""
    kind = find_document(key).kind
    shown = (
        _source(key, Language.EN)
        if kind is DocumentKind.LETTER
        else mail_kind(key).wordings[Language.EN].body
    )
    return tuple(
        f"office.{name}"
        for name in Office.__slots__
        if f"office.{name}" in shown and not getattr(office, name)
    )


def _to_write(office: Office) -> Mapping[str, str]:
    return {name: getattr(office, name) or BLANK for name in Office.__slots__}


def _letter_title(key: str, language: Language) -> str:
    return head(_source(key, language), _name(key, language))[0].get("title", key)


def _source(key: str, language: Language) -> str:
    return (data_folder() / "letters" / _name(key, language)).read_text(encoding="utf-8")


def _name(key: str, language: Language) -> str:
    return f"{key}.{language.value}.md"
