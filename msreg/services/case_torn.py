"""Files of cases whose bytes are not all there, and bytes that belong to no file: what `db check` looks for."""

from __future__ import annotations

from dataclasses import dataclass

from msreg.rules.case_numbers import CaseNumber
from msreg.services.case_files import DOCUMENT
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import case_documents as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Process


@dataclass(frozen=True, slots=True)
class TornFile:
    """A file whose bytes are not all there, by its case and number; `case` is None for bytes without a file."""

    document_id: str
    case: CaseNumber | None = None
    place: int | None = None


def torn_files(db: Database) -> list[TornFile]:
    """All of them, files first. Only whether each byte is there: the check of the pages has read what they are."""
    found = []
    for document_id in queries.incomplete(db):
        row = db.one(
            "SELECT n.process, n.year, n.number, f.place FROM case_document f"
            " JOIN notification n ON n.id = f.notification_id WHERE f.id = ?",
            (document_id,),
        )
        assert row is not None
        process, year, number, place = row
        found.append(TornFile(document_id, CaseNumber(Process(process), year, number), place))
    return [*found, *(TornFile(each) for each in queries.orphans(db))]


def drop_orphans(registry: Registry, *, by: Actor) -> int:
    """Take out bytes that belong to no file; gives of how many files they were. A file is never taken out here."""
    with writing(registry, by=by, event="db.fix", action=Action.DELETE, plain=True) as work:
        doomed = list(queries.orphans(work.db))
        for document_id in doomed:
            queries.delete_document(work.db, document_id)
            work.touched(Action.DELETE, DOCUMENT, document_id)
    return len(doomed)
