"""`msreg disease phenotype|relapse|referral add|edit|delete`."""

from __future__ import annotations

import typer

from msreg.commands.entry import Clear, DryRun, From, Reason, Yes, add_verb, delete, edit
from msreg.screen.command import command, group
from msreg.screen.form_options import asking
from msreg.screen.kinds import DiseaseDay, Patient
from msreg.screen.result import Result
from msreg.vocabulary import N_, DiseaseKind, Record

HELP = {
    DiseaseKind.PHENOTYPE: N_("Changes of the phenotype; the first one belongs to the diagnosis."),
    DiseaseKind.RELAPSE: N_("Relapses, treated or not."),
    DiseaseKind.REFERRAL: N_("Who referred the patient, and when."),
}
ADD = {
    DiseaseKind.PHENOTYPE: N_("Add a change of the phenotype."),
    DiseaseKind.RELAPSE: N_("Add a relapse."),
    DiseaseKind.REFERRAL: N_("Add the referral."),
}
EDIT = {
    DiseaseKind.PHENOTYPE: N_("Change or fill in a change of the phenotype."),
    DiseaseKind.RELAPSE: N_("Change or fill in a relapse."),
    DiseaseKind.REFERRAL: N_("Change or fill in the referral."),
}
DELETE = {
    DiseaseKind.PHENOTYPE: N_("Delete a change of the phenotype after asking."),
    DiseaseKind.RELAPSE: N_("Delete a relapse after asking."),
    DiseaseKind.REFERRAL: N_("Delete the referral after asking."),
}
CHANGES = {
    DiseaseKind.PHENOTYPE: "2026-08-14 --date 2026-08-12",
    DiseaseKind.RELAPSE: "2026-08-14 --recovery full",
    DiseaseKind.REFERRAL: "--date 2026-08-14",
}


def verbs_of(kind: DiseaseKind) -> typer.Typer:
    """The noun for one kind of row of the disease history, with its three verbs."""
    app = group(kind.value, help=HELP[kind])
    example = f"msreg disease {kind.value}"
    named = "" if kind is DiseaseKind.REFERRAL else " 2026-08-14"

    add_verb(
        app,
        Record.DISEASE,
        kind=kind,
        help=ADD[kind],
        example=f"{example} add MS-0000012\n{example} add MS-0000012 --from {kind.value}.json",
    )

    @command(app, "edit", help=EDIT[kind], json=True, base=asking(Record.DISEASE, kind),
             example=f"{example} edit MS-0000012 {CHANGES[kind]}")  # fmt: skip
    def edit_(
        patient: Patient,
        on: DiseaseDay = None,
        clear: Clear = None,
        source: From = None,
        reason: Reason = None,
        dry_run: DryRun = False,
    ) -> Result:
        """An option for every question of the form."""
        which = {"kind": kind.value} | ({} if on is None else {"date": on})
        return edit(
            Record.DISEASE, patient, which, source=source, clear=clear, reason=reason, dry_run=dry_run
        )

    @command(app, "delete", help=DELETE[kind], json=True,
             example=f"{example} delete MS-0000012{named}")  # fmt: skip
    def delete_(patient: Patient, on: DiseaseDay = None, yes: Yes = False, dry_run: DryRun = False) -> Result:
        """`msreg undo` brings it back."""
        which = {"kind": kind.value} | ({} if on is None else {"date": on})
        return delete(Record.DISEASE, patient, which, yes=yes, dry_run=dry_run)

    return app
