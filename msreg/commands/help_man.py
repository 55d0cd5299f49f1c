"""`msreg help man`: manual pages, made from the commands themselves."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from typer._click.core import Context
from typer._click.globals import get_current_context

from msreg.errors import NotFound, Usage
from msreg.screen.command import command
from msreg.screen.language import _, activate, active, ngettext
from msreg.screen.manual import Manual, Rows, walk
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_, Language

FOLDERS: Mapping[Language, str] = {Language.EN: "man1", Language.NL: "nl/man1"}


def _next_words(ctx: Context, incomplete: str) -> list[tuple[str, str]]:
    """The commands below those that were named."""
    node: Any = ctx.find_root().command
    at = ctx.find_root()
    for word in ctx.params.get("words") or ():
        node = node.load(at, word) if hasattr(node, "list_commands") else None
        if node is None:
            return []
        at = Context(node, info_name=word, parent=at)
    names = node.list_commands(at) if hasattr(node, "list_commands") else ()
    return [(name, node.get_command(at, name).get_short_help_str()) for name in names]


Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="COMMAND",
        help=N_("The words of a command, such as courses edit; without any, msreg itself."),
        autocompletion=_next_words,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", help=N_("Write the pages of all commands below this folder: man1, and nl/man1 in Dutch.")
    ),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help=N_("Replace pages that are there."))]


def add_man(app: typer.Typer) -> None:
    """Give the noun `help` this verb."""
    command(app, "man", help=N_("The manual page of a command, or the files of all pages."),
            example="msreg help man courses edit | man -l -\n"
                    "msreg help man --out /usr/local/share/man")(man)  # fmt: skip


def man(words: Words = None, out: Out = None, overwrite: Overwrite = False) -> Result | None:
    """The page goes to standard output as it is, for `man` to show."""
    program = get_current_context().find_root().command
    if out is None:
        sys.stdout.write(_page(program, tuple(words or ())))
        return None
    if words:
        raise Usage(N_("With --out the pages of all commands are written; leave the command out."))
    from msreg.services.manual_pages import save_pages

    spoken = active()
    pages = dict(each for language in Language for each in _files(program, language))
    activate(spoken)
    save_pages(out, pages, overwrite=overwrite)

    def show(screen: Screen) -> None:
        count = ngettext("{count} page", "{count} pages", len(pages))
        screen.line(_("{pages} written below {folder}.").format(pages=count, folder=out))
        screen.next(f"man -M {out} msreg", _("Look at one"))

    return Result(show=show)


def _page(program: Any, words: tuple[str, ...]) -> str:
    from msreg.screen.roff import roff

    found = list(walk(program))
    told = next((each for each in found if each.words == words), None)
    if told is None:
        raise NotFound(
            N_("There is no such command in msreg."),
            hint=N_("msreg --help lists the commands."),
            field="command",
        )
    return roff(told, codes=_codes(), settings=_settings(told), pages=[each.words for each in found])


def _files(program: Any, language: Language) -> Iterator[tuple[str, str]]:
    from msreg.screen.roff import page_name, roff

    activate(language)
    found = list(walk(program))
    pages = [each.words for each in found]
    for each in found:
        text = roff(each, codes=_codes(), settings=_settings(each), pages=pages)
        yield f"{FOLDERS[language]}/{page_name(each.words)}.1", text


def _codes() -> Rows:
    from msreg.screen.exit_codes import EXIT_CODES

    return [(str(number), _(meaning)) for number, _code, meaning in EXIT_CODES]


def _settings(told: Manual) -> Rows:
    """What can be set stands in the page of msreg itself."""
    from msreg.config import SETTINGS

    return [] if told.words else [(each.env, _(each.help)) for each in SETTINGS]
