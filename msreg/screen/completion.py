"""Completion of the Tab key: an answer or silence, never a question, an error or a delay."""

from __future__ import annotations

import importlib
import io
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, suppress
from typing import Any

from typer._click.core import Parameter
from typer._click.shell_completion import CompletionItem, _resolve_context, _resolve_incomplete
from typer.models import TyperPath

from msreg.errors import MsregError, Unavailable, Usage
from msreg.screen.edge import edge, look, use
from msreg.screen.language import _, activate
from msreg.screen.options import OrFile
from msreg.screen.shells import FILES, PROGRAM, SHELLS, VARIABLE, told, typed
from msreg.vocabulary import N_


def answer(program: Any, environ: Mapping[str, str]) -> int:
    """Answer a shell that set `_MSREG_COMPLETE`: with its script, or with what fits the line so far."""
    task, _sign, name = environ[VARIABLE].partition("_")
    shell = SHELLS.get(name)
    if shell is None or task not in ("source", "complete"):
        return 2
    if task == "source":
        sys.stdout.write(f"{_script(name)}\n")
        return 0
    words, incomplete = typed(environ)
    shown = ""
    # Whatever goes wrong, the line that somebody is typing stays as it is, without a word on the screen.
    with suppress(Exception), redirect_stderr(io.StringIO()):
        found = fitting(program, words, incomplete, environ)
        shown = FILES if found is None else told(shell, incomplete, found)
    if shown:
        sys.stdout.write(f"{shown}\n")
    return 0


def fitting(
    program: Any, words: list[str], incomplete: str, environ: Mapping[str, str]
) -> list[CompletionItem] | None:
    """What may stand in the place of an incomplete word after these words; None for the name of a file."""
    with suppress(MsregError):
        use(look(words, environ))
    activate(edge().lang)
    ctx = _resolve_context(program, {}, PROGRAM, words)
    asked, begun = _resolve_incomplete(ctx, words, incomplete)
    found = asked.shell_complete(ctx, begun)
    if not found and isinstance(asked, Parameter) and isinstance(asked.type, TyperPath | OrFile):
        return None
    return found


def show() -> None:
    """Print the completion script of the shell that runs this."""
    sys.stdout.write(f"{_script(_shell())}\n")


def install() -> None:
    """Write the completion script where the shell that runs this looks for it."""
    shell = _shell()
    shared = _shared()
    ours = {name: each.script.replace("%", "%%") for name, each in SHELLS.items() if each.script}
    shared._completion_scripts.update(ours)  # it fills these in with the operator %
    try:
        _name, path = shared.install(shell, PROGRAM, VARIABLE)
    except OSError:
        raise Unavailable(
            N_("The completion could not be written; check the rights of your home folder.")
        ) from None
    sys.stdout.write(
        _("Completion for {shell} is now in {path}; open a new terminal to use it.").format(
            shell=shell, path=path
        )
        + "\n"
    )


def _script(name: str) -> str:
    script = SHELLS[name].script or _shared().get_completion_script(
        prog_name=PROGRAM, complete_var=VARIABLE, shell=name
    )
    return script.strip()


def _shell() -> str:
    found = _shared()._get_shell_name()
    if found not in SHELLS:
        raise Usage(N_("Which shell this is could not be seen; run it in bash, zsh or fish."))
    return str(found)


def _shared() -> Any:
    # By name: this module of typer is not part of its typed surface.
    return importlib.import_module("typer._completion_shared")
