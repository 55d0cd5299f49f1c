"""`msreg reports`: the own centre in figures, and against all centres (SPEC O3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.commands.opening import at_work
from msreg.commands.reports_notifications import add_notifications
from msreg.errors import Usage
from msreg.screen.command import command, group
from msreg.screen.edge import edge
from msreg.screen.going import Purpose, To
from msreg.screen.kinds import Kind, offered
from msreg.screen.options import DATE
from msreg.screen.result import Result
from msreg.vocabulary import N_

app = group("reports", help=N_("A centre in figures, and against all centres."))

_OPTIONS: Mapping[str, tuple[Any, Any]] = {
    "centre": (
        Annotated[
            str | None,
            typer.Option(
                help=N_("The centre that the report is for; without it your own, or all of them together."),
                autocompletion=offered(Kind.CENTRE),
            ),
        ],
        None,
    ),
    "year": (Annotated[int | None, typer.Option(help=N_("Over this calendar year."))], None),
    "since": (
        Annotated[
            date | None, typer.Option("--from", click_type=DATE, help=N_("From this day on; else a year back."))
        ],
        None,
    ),
    "until": (
        Annotated[date | None, typer.Option(click_type=DATE, help=N_("Until this day; else until today."))],
        None,
    ),
    "out": (
        Annotated[
            Path | None, typer.Option(help=N_("The file to write: .html, .xlsx, .csv or .json; - shows it here."))
        ],
        None,
    ),
    "overwrite": (Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))], False),
    "to": (To, None),
    "purpose": (Purpose, None),
}  # fmt: skip


def _report(verb: Callable[[], str]) -> Callable[..., Result]:
    """The options that all reports have, for a verb that gives the key of its report."""

    def call(**words: Any) -> Result:
        return _made(verb(), **words)

    call.__name__, call.__doc__ = verb.__name__, verb.__doc__
    options = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]
    call.__signature__ = signature(verb).replace(parameters=options)  # type: ignore[attr-defined]
    call.__annotations__ = {}  # typer reads these too, and the signature says it all
    return call


@command(app, "centre", help=N_("One centre in figures: patients, disease, treatment, courses, PROMs."),
         example="msreg reports centre --centre AMS01\nmsreg reports centre --year 2025 --out ams01-2025.xlsx",
         json=True)  # fmt: skip
@_report
def centre() -> str:
    """The own figures, all of them."""
    return "centre"


@command(app, "benchmark", help=N_("A centre against all centres, with funnel plots."),
         example="msreg reports benchmark --centre AMS01\nmsreg reports benchmark --centre AMS01 --out ams01.html",
         json=True)  # fmt: skip
@_report
def benchmark() -> str:
    """Fewer than five patients of other centres are never shown, nor can they be worked out."""
    return "benchmark"


@command(app, "completeness", help=N_("What is not complete: by question, and by centre."),
         example="msreg reports completeness --centre AMS01\nmsreg reports completeness --json", json=True)  # fmt: skip
@_report
def completeness() -> str:
    """Open required questions and overdue courses."""
    return "completeness"


@command(app, "response", help=N_("PROM lists that were expected and filled in, by quarter."),
         example="msreg reports response --centre AMS01 --year 2025\nmsreg reports response --json",
         json=True)  # fmt: skip
@_report
def response() -> str:
    """By centre too, for who works for all centres."""
    return "response"


@command(app, "progression", help=N_("Confirmed progression, PIRA, RAW, NEDA-3 and relapse rate."),
         example="msreg reports progression --centre AMS01\n"
                 "msreg reports progression --from 2021-01-01 --until 2025-12-31",
         json=True)  # fmt: skip
@_report
def progression() -> str:
    """All together, by phenotype and by line of treatment."""
    return "progression"


add_notifications(app)


def _made(
    key: str, centre: str | None, year: int | None, since: date | None, until: date | None, out: Path | None,
    overwrite: bool, to: str | None, purpose: str | None,
) -> Result:  # fmt: skip
    """Make the report, and show it or write it."""
    from msreg.screen.report_file import format_of, place_free, write_report
    from msreg.services.export_going import Going
    from msreg.services.reports import make_report
    from msreg.services.reports_scope import Wanted

    path = None if out == Path("-") else out
    if path is None and (to or purpose) and not edge().machine:
        raise Usage(N_("--to and --purpose are for a report that is written to a file."), field="out")
    told: dict[str, object] = {"to_file": path is not None, **Going(to or "", purpose or "").told()}
    if path is not None:
        told |= {"format": format_of(path), "file": path.name}
        place_free(path, overwrite=overwrite)
    with at_work() as desk:
        report = make_report(
            desk.registry,
            by=desk.by,
            key=key,
            wanted=Wanted(centre or desk.edge.settings.centre, year, since, until),
            today=desk.today,
            told=told,
        )
        if path is not None:
            return write_report(path, report, overwrite=overwrite)
    from msreg.screen.report import show_report
    from msreg.screen.report_data import report_data

    return Result(lambda: report_data(report), lambda screen: show_report(screen, report))
