"""The verb `edit` of every noun: answers by option, checked and saved like everything else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from msreg.commands.opening import at_work
from msreg.screen.ask import ask_bsn
from msreg.screen.form_options import given
from msreg.screen.form_values import question_keys
from msreg.screen.result import Result
from msreg.vocabulary import N_, Record

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


def edit(
    record: Record, patient: str, which: Mapping[str, Any], clear: list[str] | None, dry_run: bool
) -> Result:
    """Change answers of one record by the options that were given."""
    from msreg.screen.edited import edited_result
    from msreg.services.editing import edit_record

    name, bsn = ask_bsn(patient)
    with at_work() as desk:
        done = edit_record(
            desk.registry,
            by=desk.by,
            record=record,
            patient=name,
            bsn=bsn,
            which=which,
            answers=given(),
            clear=[key.replace("-", "_") for key in clear or ()],
            today=desk.today,
            dry_run=dry_run,
        )
    return edited_result(done, dry_run=dry_run)
