"""The filters of the overview (SPEC P5) as options: the same on every verb that works on some patients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from inspect import Parameter, signature
from typing import Annotated, Any

import typer

from msreg.errors import Usage
from msreg.screen.ask import read_bsn
from msreg.screen.edge import edge
from msreg.screen.kinds import Kind, offered
from msreg.screen.options import DATE
from msreg.screen.result import Result
from msreg.services.patients import Asked
from msreg.vocabulary import N_

Narrowing = Mapping[str, Any]
"""What was given of the options below, by the names of `Asked`; for `asked`."""

_SEXES = ("male", "female", "other")
_PHENOTYPES = ("ris", "cis", "rrms", "spms", "ppms")


def _text(help: str, offers: Callable[..., Any] | None = None) -> Any:
    return Annotated[str | None, typer.Option(help=help, autocompletion=offers)]


def _either(names: str, help: str) -> Any:
    return Annotated[bool | None, typer.Option(names, help=help)]


def _day(help: str) -> Any:
    return Annotated[date | None, typer.Option(click_type=DATE, help=help)]


_OPTIONS: Mapping[str, Any] = {
    "centre": _text(N_("Patients of this centre."), offered(Kind.CENTRE)),
    "name": _text(N_("First letters of the family name.")),
    "born": _text(N_("Birth date, or a year alone.")),
    "bsn": Annotated[bool, typer.Option("--bsn", help=N_("Ask for a BSN and show whose it is."))],
    "patient_number": _text(N_("The number that the centre gave.")),
    "sex": _text(N_("male, female or other."), lambda: list(_SEXES)),
    "phenotype": _text(N_("Last phenotype: ris cis rrms spms ppms."), lambda: list(_PHENOTYPES)),
    "complete": _either("--complete/--incomplete", N_("Only complete, or only incomplete patients.")),
    "due": _either("--due/--not-due", N_("Whether a new course is due.")),
    "deceased": _either("--deceased/--alive", N_("Only deceased, or only living patients.")),
    "ended": _either("--ended/--in-treatment", N_("Whether the treatment has ended.")),
    "withdrawn": _either("--withdrawn/--consenting", N_("Whether consent was withdrawn.")),
    "last_course_from": _day(N_("Last course on this day or later.")),
    "last_course_until": _day(N_("Last course on this day or earlier.")),
    "changed_from": _day(N_("Changed on this day or later.")),
    "changed_until": _day(N_("Changed on this day or earlier.")),
}


def narrowed(verb: Callable[..., Result]) -> Callable[..., Result]:
    """Give a verb these options in the place of its parameter `narrowing`."""
    whole = signature(verb, eval_str=True)
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=False if name == "bsn" else None, annotation=kind)
        for name, kind in _OPTIONS.items()
    ]

    def call(**words: Any) -> Result:
        return verb(narrowing={name: words.pop(name) for name in _OPTIONS}, **words)

    call.__name__, call.__doc__ = verb.__name__, verb.__doc__
    parameters: list[Parameter] = []
    for each in whole.parameters.values():
        found = options if each.name == "narrowing" else [each.replace(kind=Parameter.KEYWORD_ONLY)]
        parameters += found
    call.__signature__ = whole.replace(parameters=parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {}  # typer reads these too, and the signature says it all
    return call


def asked(narrowing: Narrowing, **more: Any) -> Asked:
    """What these options ask for; `more` as `Asked` has it. A BSN is asked for, or read from a pipe."""
    found = {
        **narrowing,
        "bsn": read_bsn(None if edge().interactive else "-") if narrowing["bsn"] else None,
        "sex": _one_of("sex", narrowing["sex"], _SEXES),
        "phenotype": _one_of("phenotype", narrowing["phenotype"], _PHENOTYPES),
    }
    return Asked(**found, **more)


def _one_of(option: str, value: str | None, known: tuple[str, ...]) -> str | None:
    if value is None or value.lower() in known:
        return value and value.lower()
    raise Usage(N_("{option} is one of {known}."), field=option, option=f"--{option}", known=", ".join(known))
