"""`msreg audit`: the log of who saw and did what, and its proof."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from msreg.commands.opening import at_work
from msreg.errors import Refused, Usage
from msreg.screen.ask import ask_bsn
from msreg.screen.audit_log import event_data, row_data, show_event, show_page, tell_restores
from msreg.screen.command import command, group
from msreg.screen.kinds import Kind, offered
from msreg.screen.language import _, ngettext
from msreg.screen.options import DATE
from msreg.screen.output import Screen
from msreg.screen.result import Result
from msreg.screen.shown import moment
from msreg.screen.table import Cell
from msreg.vocabulary import N_

app = group("audit", help=N_("The log of who saw and did what, and its proof."))

Page = Annotated[int, typer.Option("--page", min=1, help=N_("Which page; the first is 1."))]


@command(app, "list", help=N_("The log, newest first."),
         example="msreg audit list\nmsreg audit list --patient MS-0000012 --from 2026-11-01\n"
                 "msreg audit list --event imports --user jdeboer --json",
         json=True)  # fmt: skip
def list_(
    patient: Annotated[
        str | None,
        typer.Option(
            "--patient",
            help=N_("Events that touched or showed this patient; bsn asks for a BSN."),
            autocompletion=offered(Kind.PATIENT),
        ),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(
            "--case",
            help=N_("Events that touched or showed this case."),
            autocompletion=offered(Kind.CASE),
        ),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help=N_("Events by this user."))] = None,
    event: Annotated[
        str | None,
        typer.Option("--event", help=N_("Events of this kind: imports.run, or imports for all of it.")),
    ] = None,
    from_: Annotated[
        date | None, typer.Option("--from", click_type=DATE, help=N_("On this day or later."))
    ] = None,
    until: Annotated[
        date | None, typer.Option("--until", click_type=DATE, help=N_("On this day or earlier."))
    ] = None,
    page: Page = 1,
) -> Result:
    """One page of the log; looking at it is logged too."""
    from msreg.services.audit_log import AskedLog, list_events

    if from_ is not None and until is not None and until < from_:
        raise Usage(N_("The day of --until is before that of --from."), field="until")
    if patient is not None and case is not None:
        raise Usage(N_("Choose a patient or a case: no event is about both."), field="case")
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        found = list_events(
            desk.registry,
            by=desk.by,
            asked=AskedLog(name, bsn, case, user, event, from_, until),
            page=page,
            page_size=desk.edge.settings.page_size,
        )
    return Result([row_data(each) for each in found.rows], lambda screen: show_page(screen, found))


@command(app, "show",
         help=N_("One row of the log, with the records that it touched or showed."),
         example="msreg audit show 1204\nmsreg audit show 1204 --json --values",
         json=True, values=True)  # fmt: skip
def show(
    seq: Annotated[int, typer.Argument(min=1, help=N_("The number of the row."))],
    page: Page = 1,
) -> Result:
    """One event in full."""
    from msreg.services.audit_log import show_event as service

    with at_work() as desk:
        found = service(
            desk.registry,
            by=desk.by,
            seq=seq,
            values=desk.edge.values_allowed,
            page=page,
            page_size=desk.edge.settings.page_size,
        )
    return Result(event_data(found), lambda screen: show_event(screen, found))


@command(app, "verify",
         help=N_("Check that the log is as it was written; exit code 6 when it is not."),
         example="msreg audit verify\nmsreg audit verify --anchor /mnt/usb/anchors.jsonl",
         json=True)  # fmt: skip
def verify(
    anchor: Annotated[
        Path | None,
        typer.Option(
            "--anchor", help=N_("Compare with this copy of the marks instead of the registry's own.")
        ),
    ] = None,
) -> Result:
    """Check each row, each item and each mark."""
    from msreg.services.audit_proof import verify_log

    with at_work() as desk:
        proof = verify_log(desk.registry, by=desk.by, marks_file=anchor)
    verdict = proof.verdict
    reason = _(verdict.reason).format(seq=verdict.first_bad) if verdict.reason else None
    fault = proof.marks_fault.text(_) if proof.marks_fault else None

    def show(screen: Screen) -> None:
        if proof.ok:
            screen.line(Cell("✓ ", "green"), _("The log is as it was written."))
        for wrong in filter(None, (reason, fault)):
            screen.line(Cell("✗ ", "red"), wrong)
        tell_restores(screen, verdict)
        if not proof.ok:
            screen.text(_("Change nothing more, and tell who answers for the registry."))
        screen.line()
        screen.facts(
            (
                (_("rows"), str(verdict.rows)),
                (_("records"), str(verdict.items)),
                (_("last row"), str(verdict.head_seq)),
                (_("signature"), verdict.head_mac),
                (_("marks outside"), f"{verdict.anchors}  {proof.marks_file}"),
            )
        )
        if not verdict.anchors and not fault:
            screen.line()
            screen.text(
                _("Without a mark outside the database nobody can see whether the log was cut off."),
                tone="orange",
            )
            screen.next("msreg audit anchor", _("Write a mark"))

    data = {
        "ok": proof.ok,
        "rows": verdict.rows,
        "items": verdict.items,
        "head": {"seq": verdict.head_seq, "mac": verdict.head_mac},
        "anchors": verdict.anchors,
        "anchor_seq": verdict.anchor_seq,
        "anchor_file": proof.marks_file,
        "first_bad": verdict.first_bad,
        "reason": reason or fault,
        "given_up": verdict.given_up,
        "restores": [
            {
                "seq": each.seq,
                "at": each.at,
                "user": each.user,
                "kept_seq": each.kept_seq,
                "from_seq": each.from_seq,
                "head_seq": each.head_seq,
            }
            for each in verdict.restores
        ],
    }
    return Result(data, show, 0 if proof.ok else Refused.exit_code)


@command(app, "anchor", help=N_("Write a signed mark of the log outside the database, now."),
         example="msreg audit anchor", json=True)  # fmt: skip
def anchor() -> Result:
    """Mark the last row; the log is checked first."""
    from msreg.services.audit_proof import mark_log

    with at_work() as desk:
        mark = mark_log(desk.registry, by=desk.by)
        path = desk.registry.settings.anchors_file

    def show(screen: Screen) -> None:
        told = ngettext("The log of {count} row is marked.", "The log of {count} rows is marked.", mark.seq)
        screen.line(told)
        screen.facts(((_("when"), moment(mark.at)), (_("file"), str(path)), (_("mark"), mark.mac)), indent=2)
        screen.text(_("Keep a copy of the file on another machine, or print the mark."))

    return Result({"seq": mark.seq, "mac": mark.mac, "at": mark.at, "file": path}, show)
