"""Taking a batch back: a new, logged change that gives the registry the answers from before it.

Records that the batch added are deleted, answers that it changed get their old value, in one transaction.
Where later changes stand in the way nothing is done, and they are listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from msreg.errors import Conflict, NotAllowed
from msreg.services import access
from msreg.services.batches import BatchRow, find_batch
from msreg.services.deleting import delete_all
from msreg.services.hindrances import Finder, Hindrance
from msreg.services.reading import looking
from msreg.services.saving import save
from msreg.services.undo_plan import Back, plan
from msreg.services.writing import Work, writing
from msreg.store.actor import Actor
from msreg.store.queries import batches as queries
from msreg.store.queries.saving import moment
from msreg.store.queries.tombstones import numbers_of
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right

EVENT = "imports.undo"
LISTED = 1_000
"""So many things that stand in the way are listed; all are counted."""

_PIECE = 200
"""Patients at a time: memory stays flat."""

Step = Callable[[int, int | None], None]


@dataclass(slots=True)
class Undone:
    """What taking a batch back did, would do, or why it was not done.

    `deleted` and `changed_back` count records; `hindrances` counts all that stands in the way, of which
    `in_the_way` lists the first. `seq` is the row of the log, when the batch was taken back.
    """

    row: BatchRow
    dry_run: bool
    patients: int = 0
    deleted: Counter[Record] = field(default_factory=Counter)
    changed_back: Counter[Record] = field(default_factory=Counter)
    in_the_way: list[Hindrance] = field(default_factory=list)
    hindrances: int = 0
    erased: int = 0
    """Patients of the batch who were erased since."""
    seq: int | None = None

    @property
    def nothing(self) -> bool:
        """Whether the batch changed nothing, so that there is nothing to take back."""
        return not self.patients

    @property
    def refused(self) -> bool:
        """Whether later changes stood in the way."""
        return self.hindrances > 0


def undo_batch(
    registry: Registry,
    *,
    by: Actor,
    batch: str,
    today: date,
    dry_run: bool = False,
    step: Step | None = None,
) -> Undone:
    """Take a batch (B-000012 or 12) back, or with `dry_run` do the same and roll it back.

    When later changes stand in the way, or the batch changed nothing, nothing is done and the result says so.
    Raises `NotFound` when there is no such batch among the actor's own, `Conflict` when it was taken back
    already, `NotAllowed` when it has patients whom the actor may no longer see.
    """
    access.require(registry, by=by, right=Right.IMPORT, event=EVENT)
    seen: list[str] = []
    with writing(registry, by=by, event=EVENT, action=Action.EXECUTE, dry_run=dry_run, plain=True) as work:
        done = Undone(find_batch(work.db, by=by, batch=batch), dry_run)
        _refuse_twice(done.row)
        added, others = queries.patients_of(work.db, done.row.seq)
        if gone := numbers_of(work.db, [*added, *others]):
            # Nothing is left of them that could be taken back, and nothing that stands in the way.
            added, others = ([each for each in ids if each not in gone] for ids in (added, others))
            done.erased = len(gone)
        done.patients = len(added) + len(others)
        _require_reach(work, done.row, [*added, *others])
        finder = Finder(
            work.db, (done.row.seq,), deleted=frozenset(added), today=today, made_up=registry.made_up
        )
        # Patients whom the batch added go first: that frees their numbers for who gets an old one back.
        for ids in (*_pieces(added), *_pieces(others)):
            backs = plan(work.db, (done.row.seq,), ids)
            _take_back(work, finder, backs, done)
            seen += (each.patient_id for each in backs if each.dossier is not None)
            if step is not None:
                step(len(seen), done.patients)
        work.about = _about(done)
        if done.refused or done.nothing:
            work.keep = False
        else:
            _note(work, done)
    if done.seq is None:
        # What was rolled back took its event with it, and yet it is about to be told whom the batch is about.
        with looking(registry, by=by, event=EVENT, right=Right.IMPORT) as look:
            look.patients, look.about = seen, work.about
    return done


def _refuse_twice(row: BatchRow) -> None:
    if row.undone is not None:
        raise Conflict(
            N_("Batch {batch} was taken back already, by {user} (row {seq} of the log)."),
            field="batch",
            batch=row.label,
            user=row.undone.by,
            seq=row.undone.seq,
        )


def _require_reach(work: Work, row: BatchRow, patient_ids: Sequence[str]) -> None:
    """A patient may have been shared with the actor's centre when the batch was loaded, and not any more."""
    reach = access.reach(work.by)
    if queries.hidden_patients(work.db, patient_ids, reach.sql, reach.params):
        raise NotAllowed(
            N_("Batch {batch} has patients whom you may no longer see."),
            hint=N_("Ask the registry office to take it back."),
            field="batch",
            batch=row.label,
        )


def _pieces(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _PIECE):
        yield ids[start : start + _PIECE]


def _take_back(work: Work, finder: Finder, backs: Sequence[Back], done: Undone) -> None:
    """Count what goes and what comes back, and do it unless something stands in the way."""
    for back in backs:
        done.deleted.update(each.record for each in back.doomed)
        done.changed_back.update(each.record for each in back.restored)
    found = list(finder.find(backs))
    done.hindrances += len(found)
    done.in_the_way += found[: LISTED - len(done.in_the_way)]
    if done.refused:
        return
    there = [(back, back.dossier) for back in backs if back.dossier is not None]
    delete_all(work, [(dossier, back.doomed) for back, dossier in there])
    save(work, [dossier for back, dossier in there if back.restored])


def _about(done: Undone) -> dict[str, object]:
    return {
        "batch": done.row.label,
        "batch_row": done.row.seq,
        "dry_run": done.dry_run,
        "deleted": done.deleted.total(),
        "changed_back": done.changed_back.total(),
        "in_the_way": done.hindrances,
    }


def _note(work: Work, done: Undone) -> None:
    """In the history the batch is told as taken back, by the event of this work."""
    seq = work.log.seq
    if not queries.mark_undone(work.db, done.row.number, seq=seq, at=moment(work.at), by=work.by.user):
        raise Conflict(N_("Somebody else took this batch back in the meantime; nothing was changed."))
    done.seq = None if done.dry_run else seq
