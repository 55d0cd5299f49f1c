"""`msreg proms`: the EQ-5D-5L lists of a patient."""

from __future__ import annotations

from typing import Annotated

from msreg.commands.entry import Clear, DryRun, From, Reason, Yes, add_verb, delete, edit
from msreg.commands.opening import at_work
from msreg.commands.proms_status import add_status
from msreg.commands.proms_value import VALUE_SET, add_value, value_set_named
from msreg.screen.ask import ask_bsn
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import Patient, PromDay
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record

app = group("proms", help=N_("The EQ-5D-5L of a patient: lists that were filled in, and their index value."))


@command(app, "show", help=N_("The lists of a patient, newest first: profile, index value, change and score."),
         example="msreg proms show MS-0000012\nmsreg proms show MS-0000012 --value-set NL-EuroQol-7dp",
         json=True)  # fmt: skip
def show_(
    patient: Patient,
    value_set: Annotated[str | None, VALUE_SET] = None,
) -> Result:
    """Q3: all lists, valued by the published Dutch set or by another one."""
    from msreg.screen.proms import lists_result
    from msreg.services.proms import lists_of
    from msreg.services.records import read_record

    used = value_set_named(value_set)
    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        record = read_record(
            desk.registry, by=desk.by, event="proms.show", patient=name, bsn=bsn, segment="proms"
        )
    return lists_result(record, lists_of(record, used), used)


add_verb(
    app,
    Record.PROM,
    help=N_("Add a list that a patient filled in; on a terminal its questions are asked."),
    example="msreg proms add MS-0000012\nmsreg proms add MS-0000012 --from list.json",
)


@command(app, "edit", help=N_("Change or fill in answers of a list; without an option its open questions are asked."),
         example="msreg proms edit MS-0000012 2026-09-30 --health-score 70", json=True,
         base=asking(Record.PROM))  # fmt: skip
def edit_(
    patient: Patient,
    prom: PromDay,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the form."""
    which = {"answered_on": prom}
    return edit(Record.PROM, patient, which, source=source, clear=clear, reason=reason, dry_run=dry_run)


@command(app, "delete", help=N_("Delete a list after asking; its history keeps what it was."),
         example="msreg proms delete MS-0000012 2026-09-30", json=True)  # fmt: skip
def delete_(patient: Patient, prom: PromDay, yes: Yes = False, dry_run: DryRun = False) -> Result:
    """`msreg undo` brings it back."""
    return delete(Record.PROM, patient, {"answered_on": prom}, yes=yes, dry_run=dry_run)


add_status(app)
add_value(app)
