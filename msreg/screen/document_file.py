"""A letter or a mail in a file: text, Markdown, PDF or HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from msreg.formats.letter import Letter
from msreg.mail.templates import Message
from msreg.screen.documents import letter_foot, letter_lines, mail_lines, page_of
from msreg.screen.language import _


def document_bytes(made: Letter | Message, format: str) -> bytes:
    """The document as one of the formats of its kind (services/documents.FORMATS).

    Raises `Unavailable` when it takes a library that is not installed.
    """
    if isinstance(made, Letter):
        return _LETTERS[format](made)
    return _MAILS[format](made)


def save(path: Path, made: Letter | Message, format: str, *, overwrite: bool) -> None:
    """Write the document to a file that others may read: it says nothing about anybody.

    Raises as `finished_file` does, and `Unavailable` when it takes a library that is not installed.
    """
    from msreg.formats.atomic import finished_file

    with finished_file(path, overwrite=overwrite) as file:
        file.write_bytes(document_bytes(made, format))
    path.chmod(0o644)


def _pdf(letter: Letter) -> bytes:
    from msreg.formats.letter_pdf import Words, letter_pdf

    return letter_pdf(letter, Words(_("yes"), _("no"), letter_foot(letter), page_of))


def _letter_text(letter: Letter) -> bytes:
    return "".join(f"{line.text}\n" for line in letter_lines(letter)).encode()


def _markdown(letter: Letter) -> bytes:
    return f"# {letter.title}\n\n{letter.source.strip()}\n\n{letter_foot(letter)}\n".encode()


def _mail_text(message: Message) -> bytes:
    return "".join(f"{line.text}\n" for line in mail_lines(message)).encode()


def _html(message: Message) -> bytes:
    return message.html.encode()


_LETTERS: Mapping[str, Callable[[Letter], bytes]] = {"pdf": _pdf, "txt": _letter_text, "md": _markdown}
_MAILS: Mapping[str, Callable[[Message], bytes]] = {"txt": _mail_text, "html": _html}
