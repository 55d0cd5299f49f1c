"""The options of everything that leaves the registry: to whom, why, and with pseudonyms or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from msreg.errors import Usage
from msreg.screen.result import Result
from msreg.vocabulary import N_

To = Annotated[str | None, typer.Option("--to", help=N_("Who gets it; kept in the log."))]
Purpose = Annotated[str | None, typer.Option("--purpose", help=N_("What for; kept in the log."))]

_OPTIONS: Mapping[str, tuple[Any, Any]] = {
    "to": (To, None),
    "purpose": (Purpose, None),
    "pseudonymise": (
        Annotated[
            bool,
            typer.Option(
                "--pseudonymise", help=N_("Pseudonyms for patients and centres, and nothing that names a person.")
            ),
        ],
        False,
    ),
    "project": (
        Annotated[
            str | None,
            typer.Option(
                "--project", help=N_("Pseudonyms of this project: two projects cannot be laid side by side.")
            ),
        ],
        None,
    ),
    "with_free_text": (
        Annotated[
            bool,
            typer.Option("--with-free-text", help=N_("Free text too, though it may name people.")),
        ],
        False,
    ),
}  # fmt: skip


def with_going(verb: Callable[..., Result]) -> Callable[..., Result]:
    """Give a verb these options in the place of its parameter `going`, which gets a `Going`."""
    whole = signature(verb, eval_str=True)
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]

    def call(**words: Any) -> Result:
        return verb(going=going(**{name: words.pop(name) for name in _OPTIONS}), **words)

    call.__name__, call.__doc__ = verb.__name__, verb.__doc__
    parameters: list[Parameter] = []
    for each in whole.parameters.values():
        parameters += options if each.name == "going" else [each.replace(kind=Parameter.KEYWORD_ONLY)]
    call.__signature__ = whole.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {}  # typer reads these too, and the signature says it all
    return call


def going(
    to: str | None, purpose: str | None, pseudonymise: bool, project: str | None, with_free_text: bool
) -> Any:
    """What these options say, as a `Going`. Raises `Usage` for one that says nothing without pseudonyms."""
    from msreg.services.export_going import Going
    from msreg.services.pseudonymise import Pseudonymise

    for name, given in (("project", project is not None), ("with-free-text", with_free_text)):
        if given and not pseudonymise:
            raise Usage(N_("{option} goes with --pseudonymise."), field=name, option=f"--{name}")
    how = Pseudonymise(project or "", with_free_text) if pseudonymise else None
    return Going(to or "", purpose or "", how)
