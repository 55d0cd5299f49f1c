"""Completion of the Tab key: typer knows the shells, msreg says it in its own words."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from msreg.errors import Unavailable, Usage
from msreg.screen.language import _
from msreg.vocabulary import N_

PROGRAM = "msreg"
VARIABLE = "_MSREG_COMPLETE"
SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")


def prepare() -> None:
    """Let typer know the shells, before it answers one."""
    _typer("typer._completion_classes").completion_init()


def show() -> None:
    """Print the completion script of the shell that runs this."""
    script = _typer("typer._completion_shared").get_completion_script(
        prog_name=PROGRAM, complete_var=VARIABLE, shell=_shell()
    )
    sys.stdout.write(f"{script}\n")


def install() -> None:
    """Write the completion script where the shell that runs this looks for it."""
    shell = _shell()
    try:
        _name, path = _typer("typer._completion_shared").install(shell, PROGRAM, VARIABLE)
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


def _shell() -> str:
    found = _typer("typer._completion_shared")._get_shell_name()
    if found not in SHELLS:
        raise Usage(N_("Which shell this is could not be seen; run it in bash, zsh or fish."))
    return str(found)


def _typer(module: str) -> Any:
    # By name: these modules of typer are not part of its typed surface.
    return importlib.import_module(module)
