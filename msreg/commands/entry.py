"""The verbs `add`, `edit` and `delete` of every noun: by options, from a file, or asked for on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from msreg.commands.opening import Desk, at_work
from msreg.errors import Usage
from msreg.screen.ask import ask_bsn, confirm, read_bsn
from msreg.screen.command import command
from msreg.screen.form_options import asking, given
from msreg.screen.form_values import question_keys
from msreg.screen.kinds import Kind, Patient, offered
from msreg.screen.language import _
from msreg.screen.result import Result
from msreg.vocabulary import N_, DiseaseKind, Record

From = Annotated[
    Path | None,
    typer.Option("--from", help=N_("Read the answers from a JSON file, or - for standard input.")),
]
Reason = Annotated[
    str | None, typer.Option("--reason", help=N_("Why a doubtful answer is right; kept in the log."))
]
Incomplete = Annotated[
    bool, typer.Option("--incomplete", help=N_("Add it although required questions stay open."))
]
Centre = Annotated[
    str | None,
    typer.Option(
        "--centre", help=N_("Centre that registers the patient."), autocompletion=offered(Kind.CENTRE)
    ),
]
Clear = Annotated[
    list[str] | None,
    typer.Option(
        "--clear",
        help=N_("Take the answer to this question away (its key)."),
        autocompletion=question_keys,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help=N_("Do the same and take it back: shows what would change."))
]
Yes = Annotated[bool, typer.Option("--yes", help=N_("Do not ask first."))]


def add(
    record: Record,
    patient: str | None,
    *,
    source: Path | None,
    incomplete: bool,
    reason: str | None,
    dry_run: bool,
    fixed: Mapping[str, Any] | None = None,
    parent: Mapping[str, Any] | None = None,
    centre: str | None = None,
) -> Result:
    """Add a record; on a terminal what is missing is asked for."""
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        read = _read(source, record)
        answers = {**read.answers, **_given(), **(fixed or {})}
        centre = centre or read.centre
        if _asks(desk, source, dry_run) and not incomplete and _lacks(record, answers, parent):
            return _guided(desk, record, patient=name, bsn=bsn, fixed=answers, parent=parent, centre=centre)
        from msreg.services.adding import add_record

        done = add_record(
            desk.registry, by=desk.by, record=record, patient=name, bsn=bsn, parent=parent, centre=centre,
            answers=answers, today=desk.today, dry_run=dry_run, incomplete=incomplete, reason=reason,
        )  # fmt: skip
    from msreg.screen.edited import edited_result

    return edited_result(done, dry_run=dry_run)


def add_verb(
    app: typer.Typer, record: Record, *, help: str, example: str, kind: DiseaseKind | None = None
) -> None:
    """Give a noun its verb `add`, with an option for every question of the record's form.

    `kind`: for one kind of row of the disease history, which the noun says and nobody is asked for.
    """
    fixed = None if kind is None else {"kind": kind.value}

    @command(app, "add", help=help, example=example, json=True, base=asking(record, kind))
    def add_(
        patient: Patient,
        source: From = None,
        incomplete: Incomplete = False,
        reason: Reason = None,
        dry_run: DryRun = False,
    ) -> Result:
        return add(
            record, patient, source=source, incomplete=incomplete, reason=reason, dry_run=dry_run, fixed=fixed
        )


def edit(
    record: Record,
    patient: str,
    which: Mapping[str, Any],
    *,
    source: Path | None = None,
    clear: list[str] | None,
    reason: str | None = None,
    dry_run: bool,
    anew: tuple[str, ...] = (),
) -> Result:
    """Change answers of one record; on a terminal, without an answer given, its questions are asked.

    `anew` are questions that are asked although the record needs no answer to them, and that options must give.
    """
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        read = _read(source, record)
        answers = {**read.answers, **_given()}
        cleared = [key.replace("-", "_") for key in clear or ()]
        if _asks(desk, source, dry_run) and not answers and not cleared:
            return _guided(desk, record, patient=name, bsn=bsn, which=which, anew=anew)
        from msreg.services.editing import edit_record

        done = edit_record(
            desk.registry, by=desk.by, record=record, patient=name, bsn=bsn, which=which, answers=answers,
            clear=cleared, empty=read.empty - answers.keys(), today=desk.today, dry_run=dry_run,
            version=read.version, reason=reason, whole=anew,
        )  # fmt: skip
    from msreg.screen.edited import edited_result

    return edited_result(done, dry_run=dry_run)


def stop_medication(
    patient: str, which: str | None, *, source: Path | None, reason: str | None, dry_run: bool
) -> Result:
    """Stop the medicine that runs: its stop date, and what that makes one ask."""
    named = {"stop_date": None} | ({} if which is None else {"medicine": which})
    return edit(
        Record.MEDICATION, patient, named, source=source, clear=None, reason=reason, dry_run=dry_run,
        anew=("stop_date",),
    )  # fmt: skip


def delete(record: Record, patient: str, which: Mapping[str, Any], *, yes: bool, dry_run: bool) -> Result:
    """Delete one record after asking; what it was stays in the history."""
    from msreg.screen.removed import removed_result, what_goes
    from msreg.services.removing import remove_record

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        version = None
        if not yes and not dry_run:
            would = remove_record(
                desk.registry, by=desk.by, record=record, patient=name, bsn=bsn, which=which,
                today=desk.today, dry_run=True,
            )  # fmt: skip
            confirm(_("Delete {what}?").format(what=what_goes(would)), yes=False)
            version = would.version
        done = remove_record(
            desk.registry, by=desk.by, record=record, patient=name, bsn=bsn, which=which, today=desk.today,
            dry_run=dry_run, version=version,
        )  # fmt: skip
    return removed_result(done, dry_run=dry_run)


def _read(source: Path | None, record: Record) -> Any:
    from msreg.services.answers_file import FromFile, read_answers

    return FromFile() if source is None else read_answers(source, record)


def _given() -> dict[str, Any]:
    """The answers that were given as options; a BSN comes from standard input, where nobody else reads it."""
    answers: dict[str, Any] = dict(given())
    if "bsn" in answers:
        if answers["bsn"] != "-":
            raise Usage(
                N_("A BSN does not belong in a command line, where others can read it."),
                hint=N_("Write --bsn - and give it on standard input, or put it in the file of --from."),
                field="bsn",
            )
        answers["bsn"] = read_bsn("-")
    return answers


def _asks(desk: Desk, source: Path | None, dry_run: bool) -> bool:
    return desk.edge.interactive and source is None and not dry_run


def _lacks(record: Record, answers: Mapping[str, Any], parent: Mapping[str, Any] | None) -> bool:
    from msreg.services.adding import defaults
    from msreg.services.answering import lacking

    no_parent = record is Record.ADVERSE_EVENT and not parent
    return no_parent or bool(lacking(record, {**defaults(record), **answers}))


def _guided(desk: Desk, record: Record, **settings: Any) -> Result:
    from msreg.screen.entered import entered_result, follow_up
    from msreg.screen.guided import guide

    done = guide(desk.registry, by=desk.by, today=desk.today, record=record, **settings)
    follow_up(desk.registry, done, by=desk.by, today=desk.today)
    return entered_result(done)
