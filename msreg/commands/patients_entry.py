"""`msreg patients add|edit`: registering somebody, and correcting what was registered."""

from __future__ import annotations

import typer

from msreg.commands.entry import Centre, Clear, DryRun, From, Incomplete, Reason, add, edit
from msreg.screen.command import command
from msreg.screen.form_options import asking
from msreg.screen.kinds import Patient
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record


def add_entry(app: typer.Typer) -> None:
    """Give the noun `patients` these verbs."""
    command(app, "add", help=N_("Register a patient; on a terminal the questions are asked, consent first."),
            example="msreg patients add\nmsreg patients add --from patient.json --centre AMS01",
            json=True, base=asking(Record.PATIENT))(add_)  # fmt: skip
    command(app, "edit", help=N_("Change or fill in a patient's own answers; without an option they are asked."),
            example="msreg patients edit MS-0000012 --email a.bakker@example.org", json=True,
            base=asking(Record.PATIENT))(edit_)  # fmt: skip


def add_(
    centre: Centre = None,
    source: From = None,
    incomplete: Incomplete = False,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the forms patient and diagnosis (P1–P4); `--bsn -` reads it from a pipe."""
    return add(
        Record.PATIENT, None, source=source, incomplete=incomplete, reason=reason, dry_run=dry_run,
        centre=centre,
    )  # fmt: skip


def edit_(
    patient: Patient,
    clear: Clear = None,
    source: From = None,
    reason: Reason = None,
    dry_run: DryRun = False,
) -> Result:
    """An option for every question of the forms patient and diagnosis."""
    return edit(Record.PATIENT, patient, {}, source=source, clear=clear, reason=reason, dry_run=dry_run)
