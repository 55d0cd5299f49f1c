"""`msreg patients withdraw|consent`: consent that was withdrawn, and a new form that was signed (P10)."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from msreg.commands.entry import DryRun, Yes
from msreg.commands.opening import Desk, at_work
from msreg.commands.patients_life import one_date
from msreg.errors import Interrupted, Usage
from msreg.screen.ask import ask_bsn, confirm
from msreg.screen.command import command
from msreg.screen.kinds import Patient
from msreg.screen.language import _
from msreg.screen.options import DATE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record

_LONGEST = 500


def add_consent(app: typer.Typer) -> None:
    """Give the noun `patients` these verbs."""
    command(app, "withdraw", help=N_("A patient withdrew consent: keep what is there, or erase it."),
            example="msreg patients withdraw MS-0000012 --keep\n"
                    "msreg patients withdraw MS-0000012 --erase --dry-run",
            json=True)(withdraw)  # fmt: skip
    command(app, "consent", help=N_("A patient who withdrew consent signed a new form."),
            example="msreg patients consent MS-0000012 2026-11-20", json=True)(consent)  # fmt: skip


def withdraw(
    patient: Patient,
    keep: Annotated[bool, typer.Option("--keep", help=N_("Keep what is there; nothing new is added."))] = False,
    erase: Annotated[
        bool, typer.Option("--erase", help=N_("Erase the patient with everything, in the log too."))
    ] = False,
    date_: Annotated[
        date | None, typer.Option("--date", click_type=DATE, help=N_("Day of the withdrawal (without it: today)."))
    ] = None,
    reason: Annotated[str | None, typer.Option(help=N_("Why; kept in the log beside what stays."))] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
) -> Result:  # fmt: skip
    """Never decides by itself what becomes of the data: one of the two is said or asked."""
    from msreg.services import erasing, withdrawing

    if keep and erase:
        raise Usage(N_("Choose one of --keep and --erase."), field="erase")
    if erase and (reason or date_):
        raise Usage(
            N_("Of who is erased neither a day nor a reason is kept: leave --date and --reason out."),
            field="reason" if reason else "date",
        )
    if reason and len(reason) > _LONGEST:
        raise Usage(N_("The reason is longer than {limit} characters."), field="reason", limit=_LONGEST)
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        if not (keep or erase) or not (yes or dry_run):
            erase = _asked(desk, name, bsn, keep=keep, erase=erase, yes=yes or dry_run)
        from msreg.screen.withdrawn import erased_result, kept_result

        if erase:
            done = erasing.erase(
                desk.registry, by=desk.by, patient=name, bsn=bsn, today=desk.today, dry_run=dry_run
            )
            return erased_result(done, dry_run=dry_run)
        on = date_ or desk.today
        found = withdrawing.withdraw(
            desk.registry, by=desk.by, patient=name, bsn=bsn, on=on, reason=reason, today=desk.today,
            dry_run=dry_run,
        )  # fmt: skip
        return kept_result(found, on, dry_run=dry_run)


def consent(
    patient: Patient,
    when: Annotated[
        date | None, typer.Argument(metavar="DATE", click_type=DATE, help=N_("Date of the new form."))
    ] = None,
    date_: Annotated[
        date | None, typer.Option("--date", click_type=DATE, help=N_("The same, as an option."))
    ] = None,
) -> Result:
    """New data may be recorded again from then on."""
    from msreg.screen.asking import ask_answer
    from msreg.screen.withdrawn import consent_result
    from msreg.services import withdrawing

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        on = one_date(when, date_)
        if on is None:
            on = ask_answer(Record.PATIENT, "consent_date", option="--date", today=desk.today)
        found = withdrawing.consent(desk.registry, by=desk.by, patient=name, bsn=bsn, on=on, today=desk.today)
    return consent_result(found, on)


def _asked(desk: Desk, name: str | None, bsn: str | None, *, keep: bool, erase: bool, yes: bool) -> bool:
    """Show what there is and ask what is not said yet; True when it is to be erased."""
    from msreg.screen.withdrawn import COPIES, GONE, KEPT, show_standing
    from msreg.services.withdrawing import standing

    if not desk.edge.interactive:
        if not (keep or erase):
            raise Usage(N_("Say what becomes of what is there: --keep or --erase."), field="erase")
        confirm("", yes=False)  # nobody can be asked, which is told before any work is done
    screen = Screen(desk.edge)
    found = standing(desk.registry, by=desk.by, patient=name, bsn=bsn)
    show_standing(screen, found)
    if not (keep or erase):
        erase = _choose()
    if yes:
        return erase
    screen.text(f"{_(GONE)} {_(COPIES)}" if erase else _(KEPT))
    if erase:
        _type_again(found.number)
    else:
        confirm(_("Record that consent was withdrawn?"), yes=False)
    return erase


def _choose() -> bool:
    from msreg.screen.prompter import Move, Option, Question
    from msreg.screen.prompting import prompter

    question = Question(
        _("What becomes of what is there?"),
        "--keep",
        required=True,
        options=(Option(False, _("it stays")), Option(True, _("it is erased"))),
    )
    ask = prompter()
    while True:
        reply = ask.ask(question)
        if reply is not None and not isinstance(reply, Move):
            return bool(reply)


def _type_again(number: str) -> None:
    """A yes is given too soon for what cannot be taken back: the number is typed once more."""
    from msreg.screen.prompter import Question
    from msreg.screen.prompting import prompter

    question = Question(
        _("Type {number} to erase this patient").format(number=number), "--yes", required=True
    )
    reply = prompter().ask(question)
    if not isinstance(reply, str) or reply.strip().casefold() != number.casefold():
        raise Interrupted(N_("Left as it was."))
