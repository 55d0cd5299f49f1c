"""Handing side effects to Lareb: a batch is recorded, then its files are written (decision 0029)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from msreg.errors import MsregError, Partial, Phrase
from msreg.services import access
from msreg.services.lareb_files import Written, alone, ready_folder, write_waiting
from msreg.services.lareb_sending import EVENT, Made, make_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Right


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over: the new batch, and all whose files were written now, older ones first."""

    made: Made
    written: list[Written]
    dry_run: bool = False


def hand_over(
    registry: Registry,
    *,
    by: Actor,
    folder: Path | None,
    changed: bool = False,
    refused: bool = False,
    to: str | None = None,
    purpose: str | None = None,
    dry_run: bool = False,
) -> Handed:
    """Record a batch and write its files, those of an earlier one too that was never written.

    Raises `Busy` when somebody else does so now; `Partial` when the batch is recorded and its files could not be
    written: the next call writes them.
    """
    access.require(registry, by=by, right=Right.LAREB, event=EVENT)
    if dry_run:
        return Handed(
            make_batch(registry, by=by, changed=changed, refused=refused, dry_run=True), [], dry_run=True
        )
    with alone(registry):
        place = ready_folder(registry, folder)
        made = make_batch(registry, by=by, changed=changed, refused=refused, to=to, purpose=purpose)
        try:
            return Handed(made, write_waiting(registry, by=by, folder=place))
        except MsregError as fault:
            if made.batch is None:
                raise
            raise Partial(
                N_("Batch {batch} is recorded, but its files are not written: {why}"),
                hint=N_("Mend that and say once more: msreg events send. The same batch is written then."),
                field=fault.field,
                batch=made.batch.label,
                why=Phrase(fault.message, fault.params),
            ) from None
