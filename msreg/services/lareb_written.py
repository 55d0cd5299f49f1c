"""That the files of a batch of side effects were finished: from then on nobody writes them unasked."""

from __future__ import annotations

from msreg.services import access
from msreg.services.lareb_batches import Batch, batch_of, find_batch
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import lareb as queries
from msreg.store.queries.saving import moment
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Right

EVENT = "events.written"


def note_written(registry: Registry, *, by: Actor, batch: str) -> Batch:
    """Note it, and give the batch as it is then."""
    access.require(registry, by=by, right=Right.LAREB, event=EVENT)
    with writing(registry, by=by, event=EVENT, action=Action.UPDATE, plain=True) as work:
        row = find_batch(work.db, by=by, batch=batch)
        queries.mark_written(work.db, row["id"], moment(work.at))
        work.touched(Action.UPDATE, "lareb_batch", row["id"])
        work.about = {"batch": batch}
        return batch_of(find_batch(work.db, by=by, batch=batch))
