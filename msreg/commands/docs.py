"""`msreg docs`: letters for patients, the consent form, and the mails that patients get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.config import Office
from msreg.errors import Usage
from msreg.formats.letter import Letter
from msreg.mail.templates import Message
from msreg.screen.command import command, group
from msreg.screen.document_file import save
from msreg.screen.documents import WIDTH, letter_lines, mail_lines
from msreg.screen.edge import edge
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell, Column, Table, row
from msreg.services.documents import (
    Document,
    DocumentKind,
    documents,
    example_mail,
    find_document,
    letter,
    not_set,
)
from msreg.vocabulary import N_

app = group("docs", help=N_("Letters for patients, the consent form, and the mails that patients get."))

KINDS = {DocumentKind.LETTER: N_("letter"), DocumentKind.MAIL: N_("mail")}
LIST = (
    Column("key", N_("document")),
    Column("title", N_("title"), shrink=1, least=20, wrap=True),
    Column("kind", N_("kind")),
    Column("languages", N_("languages"), drop=1),
    Column("formats", N_("formats"), drop=2),
)


def _keys(incomplete: str) -> list[str]:
    return [each.key for each in documents() if each.key.startswith(incomplete)]


@command(app, "list", help=N_("All letters, and all mails that patients get."),
         example="msreg docs list", json=True)  # fmt: skip
def list_() -> Result:
    """The documents, letters first."""
    found = documents()

    def show(screen: Screen) -> None:
        rows = (
            row(
                each.key,
                each.titles[active()],
                _(KINDS[each.kind]),
                " ".join(each.titles),
                " ".join(each.formats),
            )
            for each in found
        )
        screen.table(Table(LIST, rows))
        screen.line()
        screen.next("msreg docs get consent_form --out consent_form.pdf", _("One of them on paper"))

    return Result([_listed(each) for each in found], show)


@command(app, "get", help=N_("One letter or mail, on the screen or in a file, in the language of --lang."),
         example="msreg docs get consent_form --lang en\n"
                 "msreg docs get patient_information --lang nl --out brief.pdf\n"
                 "msreg docs get prom_invitation --out mail.html", json=True)  # fmt: skip
def get(
    document: Annotated[
        str,
        typer.Argument(metavar="DOCUMENT", help=N_("A document (msreg docs list)."), autocompletion=_keys),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", help=N_("The file to write: .pdf, .txt or .md; of a mail .txt or .html.")),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
) -> Result:
    """Letters have the office's own address (settings `office.*`); mails have made-up links (O4)."""
    office = edge().settings.office
    found = find_document(document)
    title = found.titles[active()]
    format = None if out is None else _format(found, out)
    made = _made(found, office)
    lacking = not_set(found.key, office)
    told: dict[str, Any] = {**_named(found), "language": active(), "title": title, "not_set": lacking}
    if out is None or format is None:
        told |= _content(made)
    else:
        save(out, made, format, overwrite=overwrite)
        told |= {"out": out, "format": format}

    def show(screen: Screen) -> None:
        if out is None:
            for line in _lines(made, min(WIDTH, screen.edge.width)):
                screen.line(line)
        else:
            screen.line(Cell(str(out), "accent"), f"  {title}")
        if lacking:
            screen.note(
                _("Not set in msreg.toml: {settings}; see msreg help settings.").format(
                    settings=", ".join(lacking)
                )
            )

    return Result(told, show)


def _made(document: Document, office: Office) -> Letter | Message:
    if document.kind is DocumentKind.LETTER:
        return letter(document.key, active(), office)
    return example_mail(document.key, active(), office)


def _lines(made: Letter | Message, room: int) -> Iterator[Cell]:
    return letter_lines(made, room) if isinstance(made, Letter) else mail_lines(made, room)


def _format(document: Document, out: Path) -> str:
    """What the name of the file asks for."""
    wanted = out.suffix.lower().removeprefix(".")
    if wanted not in document.formats:
        endings = [f".{each}" for each in document.formats]
        raise Usage(
            N_("The name of this file ends in one of: {endings}."),
            field="out",
            endings=", ".join(endings),
        )
    return wanted


def _named(document: Document) -> dict[str, Any]:
    return {"key": document.key, "kind": document.kind}


def _listed(document: Document) -> dict[str, Any]:
    return {
        **_named(document),
        "title": document.titles,
        "languages": list(document.titles),
        "formats": document.formats,
    }


def _content(made: Letter | Message) -> dict[str, Any]:
    if isinstance(made, Letter):
        text = "".join(f"{line.text}\n" for line in letter_lines(made))
        return {"version": made.version, "date": made.date, "text": text}
    return {"subject": made.subject, "text": made.text, "html": made.html}
