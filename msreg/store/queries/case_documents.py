"""The bytes of documents of cases: in pieces, so that a file of 50 MB passes through little memory.

The rows of documents without their bytes come from `store/queries/cases.documents`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msreg.errors import Conflict, Unavailable
from msreg.store.dbapi import Database
from msreg.store.queries.rows import named
from msreg.store.queries.saving import add
from msreg.vocabulary import N_

PIECE = 2**18
"""Bytes of one piece: large enough that a file is few rows, small enough that one is nothing in memory."""

_COUNTED = (
    "SELECT f.id, f.size, coalesce(h.pieces, 0), coalesce(h.size, 0), coalesce(h.last, -1) FROM case_document f"
    " LEFT JOIN (SELECT document_id, count(*) AS pieces, sum(length(piece)) AS size, max(n) AS last"
    " FROM case_chunk GROUP BY document_id) h ON h.document_id = f.id"
)


def add_document(db: Database, row: Mapping[str, Any], pieces: Iterable[bytes]) -> None:
    """Write a document and its bytes, a piece at a time, in the open transaction.

    Raises `Unavailable` when the bytes are not those that its row tells of.
    """
    add(db, "case_document", [row])
    digest, size = hashlib.sha256(), 0
    for n, piece in enumerate(pieces):
        digest.update(piece)
        size += len(piece)
        db.execute("INSERT INTO case_chunk (document_id, n, piece) VALUES (?, ?, ?)", (row["id"], n, piece))
    if (size, digest.hexdigest()) != (row["size"], row["sha256"]):
        raise Unavailable(
            N_("The copy of a file changed while it was stored; nothing was stored."),
            hint=N_("Look after the disk of the registry, and try again."),
        )


def chunks(db: Database, document_id: str, *, size: int, sha256: str) -> Iterator[bytes]:
    """The bytes of a document, a piece at a time, in a transaction that is open.

    Raises `Unavailable` at the end when they are not the bytes that were stored, and `Conflict` when somebody
    removed the document: what was read until then is not to be kept.
    """
    digest, read = hashlib.sha256(), 0
    for n, (place, piece) in enumerate(
        db.execute("SELECT n, piece FROM case_chunk WHERE document_id = ? ORDER BY n", (document_id,))
    ):
        if place != n:
            break
        digest.update(piece)
        read += len(piece)
        yield piece
    if (read, digest.hexdigest()) != (size, sha256):
        if db.one("SELECT 1 FROM case_document WHERE id = ?", (document_id,)) is None:
            raise Conflict(
                N_("Somebody removed this file after you looked at it."),
                hint=N_("See the files that are left with: msreg cases show CASE"),
                field="document",
            )
        raise Unavailable(
            N_("A file in the registry is not what was uploaded: its bytes are damaged or gone."),
            hint=N_("Restore the registry from a backup, or remove the file and upload it once more."),
        )


def document_at(db: Database, case_id: str, place: int) -> dict[str, Any] | None:
    """The row of a document by the number that it has in its case."""
    sql = "SELECT f.* FROM case_document f WHERE f.notification_id = ? AND f.place = ?"
    return next(named(db, sql, (case_id, place)), None)


def next_place(db: Database, case_id: str) -> int:
    """The number of the next file of a case, taken: that of a removed file is never given out again."""
    ((given,),) = db.rows("SELECT files_given FROM notification WHERE id = ?", (case_id,))
    ((last,),) = db.rows(
        "SELECT coalesce(max(place), 0) FROM case_document WHERE notification_id = ?", (case_id,)
    )
    place = max(given, last) + 1
    db.execute("UPDATE notification SET files_given = ? WHERE id = ?", (place, case_id))
    return int(place)


def stored_bytes(db: Database, centre_id: str) -> int:
    """Bytes of all documents of the cases of a centre."""
    found = db.one(
        "SELECT coalesce(sum(f.size), 0) FROM case_document f JOIN notification n ON n.id = f.notification_id"
        " WHERE n.centre_id = ?",
        (centre_id,),
    )
    assert found is not None
    return int(found[0])


def change_document(db: Database, document_id: str, columns: Mapping[str, Any]) -> bool:
    """Set columns of a document; False when it is not there any more."""
    sets = ", ".join(f"{name} = ?" for name in columns)
    sql = f"UPDATE case_document SET {sets}, version = version + 1 WHERE id = ?"
    return db.execute(sql, (*columns.values(), document_id)).rowcount == 1


def delete_document(db: Database, document_id: str) -> None:
    """Take a document out with its bytes; the database wipes the pages where they stood."""
    db.execute("DELETE FROM case_chunk WHERE document_id = ?", (document_id,))
    db.execute("DELETE FROM case_document WHERE id = ?", (document_id,))


def incomplete(db: Database) -> list[str]:
    """The ids of documents whose bytes are not all there.

    The bytes themselves are not read here: the check of the pages has done that.
    """
    return [
        document_id
        for document_id, size, pieces, there, last in db.rows(_COUNTED)
        if there != size or last != pieces - 1
    ]


def orphans(db: Database) -> list[str]:
    """The ids of documents that are not there, of which there are bytes."""
    return [
        document_id
        for (document_id,) in db.rows(
            "SELECT DISTINCT h.document_id FROM case_chunk h"
            " WHERE NOT EXISTS (SELECT 1 FROM case_document f WHERE f.id = h.document_id)"
        )
    ]
