"""`msreg cases crf|swansea`: the forms that some themes ask for beside the case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.commands.case_steps import IfVersion
from msreg.commands.entry import Clear, DryRun, From, Reason
from msreg.commands.opening import Desk, at_work
from msreg.errors import Usage
from msreg.screen.command import command
from msreg.screen.form_options import asking_form, given
from msreg.screen.going import Purpose, To
from msreg.screen.kinds import Case
from msreg.screen.result import Result
from msreg.vocabulary import N_, CaseForm

Out = Annotated[
    Path | None, typer.Option("--out", help=N_("Write it to this file, a PDF in the language of the call."))
]
Show = Annotated[bool, typer.Option("--show", help=N_("Only show the answers, and what is open."))]


def add_forms(app: typer.Typer) -> None:
    """Register a verb for each form that a theme may ask for."""
    _add(
        app, CaseForm.CRF, "crf",
        N_("The CRF of a maternal death; on a terminal its questions are asked, each answer saved at once."),
        "msreg cases crf NC-2026-0042\nmsreg cases crf NC-2026-0042 --autopsy no\n"
        "msreg cases crf NC-2026-0042 --show",
    )  # fmt: skip
    _add(
        app, CaseForm.SWANSEA, "swansea",
        N_("The Swansea criteria of an acute fatty liver, with their score; on a terminal they are asked one by one."),
        "msreg cases swansea NC-2026-0042\nmsreg cases swansea NC-2026-0042 --bilirubin 88\n"
        "msreg cases swansea NC-2026-0042 --show",
    )  # fmt: skip


def _add(app: typer.Typer, form: CaseForm, verb: str, help: str, example: str) -> None:
    @command(app, verb, help=help, example=example, json=True, base=asking_form(form))
    def form_(
        case: Case,
        show: Show = False,
        out: Out = None,
        overwrite: Annotated[bool, typer.Option("--overwrite", help=N_("Replace what is there."))] = False,
        to: To = None,
        purpose: Purpose = None,
        clear: Clear = None,
        source: From = None,
        reason: Reason = None,
        if_version: IfVersion = None,
        dry_run: DryRun = False,
    ) -> Result:
        """When it is complete its PDF stands with the documents by itself."""
        changes = bool(given() or clear or source or dry_run or reason)
        if changes and (show or out):
            option = "show" if show else "out"
            raise Usage(
                N_("{option} changes nothing, so no answer goes with it."), field=option, option=f"--{option}"
            )
        if out is None and (overwrite or to or purpose):
            raise Usage(N_("The options --overwrite, --to and --purpose go with --out."), field="out")
        with at_work() as desk:
            if out is not None:
                return _write(desk, form, case, out, overwrite, to, purpose)
            if show or (desk.edge.machine and not changes):
                from msreg.screen.case_forms import form_result
                from msreg.services.case_forms import show_form

                return form_result(show_form(desk.registry, by=desk.by, case=case, form=form))
            from msreg.screen.case_forms import TOLD

            return change(
                desk, form, case, source=source, told=TOLD, clear=clear, reason=reason, if_version=if_version,
                dry_run=dry_run,
            )  # fmt: skip


def _write(
    desk: Desk, form: CaseForm, case: str, out: Path, overwrite: bool, to: str | None, purpose: str | None
) -> Result:
    """The form as it is now as PDF, in the language of the call."""
    from msreg.screen.case_forms import write_form
    from msreg.services.case_forms import show_form
    from msreg.services.export_going import Going

    if out.suffix.lower() != ".pdf":
        raise Usage(N_("A form is written as PDF: the name of its file ends in .pdf."), field="out")
    told = {"to_file": True, "file": out.name, "format": "pdf", "patients": 1,
            **Going(to or "", purpose or "").told()}  # fmt: skip
    return write_form(
        out,
        lambda: show_form(desk.registry, by=desk.by, case=case, form=form, told=told),
        overwrite=overwrite,
    )


def change(
    desk: Desk,
    form: CaseForm,
    case: str,
    *,
    source: Path | None,
    told: frozenset[str],
    clear: list[str] | None,
    reason: str | None,
    if_version: int | None,
    dry_run: bool,
) -> Result:
    """Change answers to a form of a case by options or from a file; on a terminal, without any, it asks.

    `told` are keys of the file that are no answers.
    """
    read = read_form_answers(source, form, told)
    answers: Mapping[str, Any] = {**read.answers, **given()}
    if asks(desk, source, dry_run) and not answers and not clear:
        from msreg.screen.case_forms import filled_result
        from msreg.screen.case_guided import fill_in

        return filled_result(fill_in(desk.registry, by=desk.by, today=desk.today, case=case, form=form))
    from msreg.screen.case_told import edited_result
    from msreg.services.case_editing import edit_case

    done = edit_case(
        desk.registry, by=desk.by, case=case, form=form, answers=answers,
        clear=[key.replace("-", "_") for key in clear or ()], empty=read.empty - answers.keys(),
        today=desk.today, reason=reason, version=read.version if if_version is None else if_version,
        dry_run=dry_run,
    )  # fmt: skip
    return edited_result(done)


def asks(desk: Desk, source: Path | None, dry_run: bool) -> bool:
    """Whether there is somebody to ask, and nothing that says not to."""
    return desk.edge.interactive and source is None and not dry_run


def read_form_answers(source: Path | None, form: CaseForm, told: frozenset[str]) -> Any:
    """The answers in a file to a form of a case."""
    from msreg.forms.load import load
    from msreg.services.answers_file import FromFile, read_answers_to

    return FromFile() if source is None else read_answers_to(source, load(form).by_key, told)
