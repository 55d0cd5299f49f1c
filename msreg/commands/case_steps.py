"""`msreg cases submit|return|approve|withdraw`: the steps of a case."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from msreg.commands.entry import DryRun, Yes
from msreg.commands.opening import Desk, at_work
from msreg.screen.ask import ask_text, confirm
from msreg.screen.command import command
from msreg.screen.kinds import Case
from msreg.screen.language import _
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.vocabulary import N_, CaseStep

if TYPE_CHECKING:
    from msreg.services.case_steps import Stepped

Remark = Annotated[
    str | None,
    typer.Option("--remark", metavar="TEXT", help=N_("What the other side should know; kept with the step.")),
]
IfVersion = Annotated[
    int | None,
    typer.Option(
        "--if-version",
        metavar="NUMBER",
        help=N_("Only when the case still has this version, as cases show --json gives it."),
    ),
]


class Verb(NamedTuple):
    """A verb that takes a step, and what is asked before it is taken."""

    name: str
    step: CaseStep
    help: str
    example: str
    question: str


VERBS = (
    Verb(
        "submit",
        CaseStep.SUBMIT,
        N_("Hand a case to the coordinator, with at least one file."),
        "msreg cases submit NC-2026-0042",
        N_("Submit {case} all the same?"),
    ),
    Verb(
        "return",
        CaseStep.RETURN,
        N_("Return a submitted case to its centre, with what is missing."),
        'msreg cases return NC-2026-0042 --remark "The discharge letter is missing."',
        N_("Return {case} to {centre} with this remark?"),
    ),
    Verb(
        "approve",
        CaseStep.APPROVE,
        N_("Approve a submitted case, after asking."),
        "msreg cases approve NC-2026-0042",
        N_("Approve {case}? Nothing of it changes any more after that."),
    ),
    Verb(
        "withdraw",
        CaseStep.WITHDRAW,
        N_("Withdraw a case that was none or is there twice, after asking."),
        'msreg cases withdraw NC-2026-0042 --remark "Reported twice."',
        N_("Withdraw {case}? Nothing of it changes any more after that."),
    ),
)
QUESTIONS = {each.step: each.question for each in VERBS}


def add_steps(app: typer.Typer) -> None:
    """Register the verbs that take a step."""
    for verb in VERBS:
        _add(app, verb)


def _add(app: typer.Typer, verb: Verb) -> None:
    @command(app, verb.name, help=verb.help, example=verb.example, json=True)
    def take(
        case: Case,
        remark: Remark = None,
        if_version: IfVersion = None,
        yes: Yes = False,
        dry_run: DryRun = False,
    ) -> Result:
        return _take(verb.step, case, remark, if_version, yes, dry_run)


def _take(
    step: CaseStep, case: str, remark: str | None, version: int | None, yes: bool, dry_run: bool
) -> Result:
    from msreg.rules.case_states import REMARKED
    from msreg.screen.case_told import step_result

    with at_work() as desk:
        if step in REMARKED and not (remark or "").strip() and desk.edge.interactive:
            remark = ask_text(_("Remark"))
        if step is CaseStep.SUBMIT and not dry_run:
            from msreg.services.case_traces import search_again

            search_again(desk.registry, by=desk.by, case=case)
        told = False
        take = partial(_service(step), desk.registry, by=desk.by, case=case, today=desk.today)
        if dry_run:
            return step_result(take(remark=remark, version=version, dry_run=True))
        if step is CaseStep.SUBMIT and not desk.edge.interactive:
            return step_result(take(remark=remark, version=version, confirmed=yes))
        if not yes or step is CaseStep.SUBMIT:
            would = take(remark=remark, version=version, dry_run=True)
            given, remark = remark, _settled(desk, would, remark, yes=yes)
            told = (bool(would.traces) and not yes) or remark != given
            version = would.case.row["version"]  # what was looked at just now
        more = {"confirmed": True} if step is CaseStep.SUBMIT else {}
        return step_result(take(remark=remark, version=version, **more), told=told)


def _settled(desk: Desk, would: Stepped, remark: str | None, *, yes: bool) -> str | None:
    """Ask what has to be asked before a step; gives its remark."""
    from msreg.screen.case_told import tell_doubts

    asks = not yes
    if would.step is CaseStep.SUBMIT:
        asks = asks and bool(would.traces)
        if would.wants_reason and not remark:
            tell_doubts(Screen(desk.edge, out=sys.stderr), would)
            remark = ask_text(_("Why it is a case of this theme after all"))
        elif asks:
            tell_doubts(Screen(desk.edge, out=sys.stderr), would)
    if asks:
        question = _(QUESTIONS[would.step]).format(case=would.number, centre=would.case.row["centre_code"])
        confirm(question, yes=False)
    return remark


def _service(step: CaseStep) -> Callable[..., Stepped]:
    from msreg.services import case_steps

    services: dict[CaseStep, Any] = {
        CaseStep.SUBMIT: case_steps.submit,
        CaseStep.RETURN: case_steps.give_back,
        CaseStep.APPROVE: case_steps.approve,
        CaseStep.WITHDRAW: case_steps.withdraw,
    }
    service: Callable[..., Stepped] = services[step]
    return service
