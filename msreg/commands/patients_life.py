"""`msreg patients decease|end`: a patient died, or is not treated any more (P9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from msreg.commands.entry import DryRun, Yes
from msreg.commands.opening import Desk, at_work
from msreg.errors import Refused, Usage
from msreg.screen.ask import ask_bsn, confirm
from msreg.screen.command import command
from msreg.screen.kinds import Patient
from msreg.screen.language import _
from msreg.screen.options import DATE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record

if TYPE_CHECKING:
    from msreg.screen.ended import Ending
    from msreg.services.editing import Edited

_CAUSES = ("ms", "other", "unknown")
_REASONS = ("unknown_hospital", "abroad", "lost", "other")


def add_life(app: typer.Typer) -> None:
    """Give the noun `patients` these verbs."""
    command(app, "decease", help=N_("Record that a patient died."),
            example="msreg patients decease MS-0000012 2026-11-03 --cause other", json=True)(decease)  # fmt: skip
    command(app, "end", help=N_("Record that a patient is not treated any more, and why."),
            example="msreg patients end MS-0000012 2026-11-03 --reason abroad", json=True)(end)  # fmt: skip


def decease(
    patient: Patient,
    when: Annotated[
        date | None, typer.Argument(metavar="DATE", click_type=DATE, help=N_("Date of death."))
    ] = None,
    date_: Annotated[
        date | None, typer.Option("--date", click_type=DATE, help=N_("The same, as an option."))
    ] = None,
    cause: Annotated[
        str | None,
        typer.Option(help=N_("ms, other or unknown."), autocompletion=lambda: list(_CAUSES)),
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Asks for what is missing, shows what it means, and asks before it is done."""
    from msreg.screen.asking import ask_answer
    from msreg.screen.ended import DECEASED
    from msreg.services.ending import decease as service

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        day = one_date(when, date_)
        if day is None:
            day = ask_answer(Record.PATIENT, "deceased_on", option="--date", today=desk.today)
            if cause is None:
                cause = ask_answer(
                    Record.PATIENT, "death_cause", option="--cause", today=desk.today, required=False
                )

        def do(*, dry: bool) -> Edited:
            return service(
                desk.registry, by=desk.by, patient=name, bsn=bsn, on=day, cause=cause, today=desk.today,
                dry_run=dry,
            )  # fmt: skip

        with _named_here({"deceased_on": "--date", "death_cause": "--cause"}):
            return _asked_first(desk, do, DECEASED, yes=yes, dry_run=dry_run)


def end(
    patient: Patient,
    when: Annotated[
        date | None, typer.Argument(metavar="DATE", click_type=DATE, help=N_("Date on which it ended."))
    ] = None,
    date_: Annotated[
        date | None, typer.Option("--date", click_type=DATE, help=N_("The same, as an option."))
    ] = None,
    reason: Annotated[
        str | None,
        typer.Option(
            help=N_("unknown_hospital, abroad, lost or other."), autocompletion=lambda: list(_REASONS)
        ),
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:
    """Asks for what is missing, shows what it means, and asks before it is done."""
    from msreg.screen.asking import ask_answer
    from msreg.screen.ended import ENDED
    from msreg.services.ending import end as service

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        day = one_date(when, date_)
        if day is None:
            day = ask_answer(Record.PATIENT, "treatment_ended_on", option="--date", today=desk.today)
        why = reason or ask_answer(
            Record.PATIENT, "treatment_ended_reason", option="--reason", today=desk.today
        )

        def do(*, dry: bool) -> Edited:
            return service(
                desk.registry, by=desk.by, patient=name, bsn=bsn, on=day, reason=why, today=desk.today,
                dry_run=dry,
            )  # fmt: skip

        with _named_here({"treatment_ended_on": "--date", "treatment_ended_reason": "--reason"}):
            return _asked_first(desk, do, ENDED, yes=yes, dry_run=dry_run)


def one_date(argument: date | None, option: date | None) -> date | None:
    """The date of a verb that takes it as an argument or as an option."""
    if argument is not None and option is not None and argument != option:
        raise Usage(N_("There are two dates here; give one."), field="date")
    return argument or option


def _asked_first(desk: Desk, do: Callable[..., Edited], what: Ending, *, yes: bool, dry_run: bool) -> Result:
    from msreg.screen.ended import ended_result, show_trial

    if not (yes or dry_run):
        if not desk.edge.interactive:
            confirm("", yes=False)  # nobody can be asked, which is told before any work is done
        show_trial(Screen(desk.edge), do(dry=True), what)
        confirm(_(what.ask), yes=False)
    return ended_result(do(dry=dry_run), what, dry_run=dry_run)


@contextmanager
def _named_here(options: dict[str, str]) -> Iterator[None]:
    """A fault names the options of this verb, not those of `patients edit`."""
    try:
        yield
    except Refused as fault:
        params: dict[str, Any] = dict(fault.params)
        if fault.field in options:
            params["option"] = options[fault.field]
        raise Refused(fault.message, hint=fault.hint, rule=fault.rule, field=fault.field, **params) from None
