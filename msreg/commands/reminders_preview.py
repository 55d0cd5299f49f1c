"""`msreg reminders preview`: a mail as it goes out, in the terminal or in a browser (R4)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msreg.errors import Usage
from msreg.screen.command import command
from msreg.screen.edge import edge
from msreg.screen.language import _, active
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.table import Cell
from msreg.vocabulary import N_, MailKind

if TYPE_CHECKING:
    from msreg.mail.templates import Message

_ENDINGS = {".html": "html", ".txt": "txt"}


def add_preview(app: typer.Typer) -> None:
    """Give the noun `reminders` this verb."""
    command(app, "preview", help=N_("A mail as it goes out, with made-up values, in the language of --lang."),
            example="msreg reminders preview case-month --lang nl\n"
                    "msreg reminders preview prom-invitation --out mail.html",
            json=True)(preview)  # fmt: skip


def preview(
    kind: Annotated[MailKind, typer.Argument(metavar="KIND", help=N_("Which mail."))],
    out: Annotated[
        Path | None, typer.Option("--out", help=N_("The file to write: .html as most people see it, or .txt."))
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
    browser: Annotated[
        bool, typer.Option("--browser", help=N_("Show it in the browser of this machine."))
    ] = False,
) -> Result:  # fmt: skip
    """Nothing is sent. The office's own name and number come from the settings."""
    from msreg.screen.document_file import save
    from msreg.screen.documents import WIDTH, mail_lines
    from msreg.services.reminders import preview as service

    call = edge()
    if browser and not call.interactive:
        raise Usage(
            N_("There is no terminal here to open a browser from."),
            hint=N_("Write a file instead: --out mail.html"),
            field="browser",
        )
    message = service(kind, active(), call.settings)
    told: dict[str, Any] = {"kind": kind, "language": active(), "subject": message.subject}
    if out is not None:
        format = _ENDINGS.get(out.suffix.lower())
        if format is None:
            raise Usage(
                N_("The name of this file ends in one of: {endings}."),
                field="out",
                endings=", ".join(_ENDINGS),
            )
        save(out, message, format, overwrite=overwrite)
        told |= {"out": out, "format": format}
    else:
        told |= {"text": message.text, "html": message.html}
    if browser:
        _open(message)

    def show(screen: Screen) -> None:
        if out is not None:
            screen.line(Cell(str(out), "accent"), f"  {message.subject}")
        elif not browser:
            for line in mail_lines(message, min(WIDTH, screen.edge.width)):
                screen.line(line)

    return Result(told, show)


def _open(message: Message) -> None:
    """Show the page in a browser, from a file that stays until the browser has read it."""
    import tempfile
    import webbrowser

    from msreg.errors import Unavailable

    with tempfile.NamedTemporaryFile("w", suffix=".html", prefix="msreg-", delete=False) as file:
        file.write(message.html)
    if not webbrowser.open(Path(file.name).as_uri()):
        raise Unavailable(
            N_("No browser could be started on this machine."),
            hint=N_("Write a file and open that: --out mail.html"),
        )
    Screen(edge()).note(_("Shown in the browser; the file is {path}.").format(path=file.name))
