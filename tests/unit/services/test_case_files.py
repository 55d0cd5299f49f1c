"""The bytes of documents of cases in pieces: what goes in comes out (security F6)."""

from __future__ import annotations

import hashlib
from datetime import date
from io import BytesIO
from random import Random
from typing import Any

import pytest

from msreg.errors import Conflict, Unavailable
from msreg.models.ids import new_id
from msreg.services.case_files import add_file, file_row
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.connect import transaction
from msreg.store.queries import case_documents as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action
from tests.cases import reported

PIECE = queries.PIECE
EDGES = (1, 2, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE - 1, 2 * PIECE, 3 * PIECE + 7)


@pytest.fixture
def case_id(registry: Registry, desk: Actor, today: date) -> str:
    return reported(registry, desk, today).id


def stored(registry: Registry, desk: Actor, case_id: str, *blobs: bytes) -> list[dict[str, Any]]:
    rows = []
    with writing(registry, by=desk, event="cases.upload", action=Action.UPDATE, plain=True) as work:
        for data in blobs:
            row = file_row(
                work,
                case_id,
                name="a.txt",
                kind="txt",
                size=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
            add_file(work, row, BytesIO(data))
            rows.append(row)
    return rows


def read(registry: Registry, row: dict[str, Any], **other: Any) -> bytes:
    with registry.light() as db, transaction(db, write=False):
        facts = {"size": row["size"], "sha256": row["sha256"], **other}
        return b"".join(queries.chunks(db, row["id"], **facts))


def test_f6_a_thousand_files_come_out_as_they_went_in(registry: Registry, desk: Actor, case_id: str) -> None:
    """Of one byte to some pieces, at and around the edges of pieces; those of 50 MB are tested with the program."""
    chance = Random(6)
    sizes = [*EDGES, *(int(2 ** chance.uniform(5, 18.5)) for _ in range(1_000 - len(EDGES)))]
    blobs = [chance.randbytes(size) for size in sizes]
    rows = []
    for start in range(0, len(blobs), 50):
        rows += stored(registry, desk, case_id, *blobs[start : start + 50])
    assert len(rows) == 1_000
    assert [each["place"] for each in rows] == list(range(1, 1_001))
    for row, data in zip(rows, blobs, strict=True):
        assert read(registry, row) == data
    with registry.light() as db:
        longest = db.one("SELECT max(length(piece)), count(*) FROM case_chunk")
        assert longest == (PIECE, sum(-(-size // PIECE) for size in sizes))
        assert queries.incomplete(db) == queries.orphans(db) == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE case_chunk SET piece = zeroblob(length(piece)) WHERE n = 1",
        "DELETE FROM case_chunk WHERE n = 0",
        "DELETE FROM case_chunk WHERE n = 2",
        "UPDATE case_chunk SET n = 3 WHERE n = 2",
        "UPDATE case_chunk SET piece = substr(piece, 2) WHERE n = 2",
        "DELETE FROM case_chunk",
    ],
)
def test_f6_bytes_that_changed_are_a_fault(harm: str, registry: Registry, desk: Actor, case_id: str) -> None:
    (row,) = stored(registry, desk, case_id, Random(1).randbytes(2 * PIECE + 5))
    with registry.light() as db:
        db.execute(harm)
    with pytest.raises(Unavailable):
        read(registry, row)


@pytest.mark.parametrize(
    "harm",
    [
        "DELETE FROM case_chunk WHERE n = 0",
        "DELETE FROM case_chunk WHERE n = 1",
        "UPDATE case_chunk SET n = 2 WHERE n = 1",
        "UPDATE case_chunk SET piece = substr(piece, 2) WHERE n = 1",
        "DELETE FROM case_chunk",
    ],
)
def test_a_file_that_is_not_whole_is_found_without_reading_it(
    harm: str, registry: Registry, desk: Actor, case_id: str
) -> None:
    whole, torn = stored(registry, desk, case_id, b"whole", Random(1).randbytes(PIECE + 5))
    with registry.light() as db:
        db.execute(f"{harm} {'AND' if 'WHERE' in harm else 'WHERE'} document_id = ?", (torn["id"],))
        assert queries.incomplete(db) == [torn["id"]]
        assert queries.orphans(db) == []
    assert read(registry, whole) == b"whole"


def test_bytes_of_no_file_are_found(registry: Registry, desk: Actor, case_id: str) -> None:
    stored(registry, desk, case_id, b"whole")
    other = new_id()
    with registry.light() as db:
        db.execute(
            "INSERT INTO case_chunk (document_id, n, piece) VALUES (?, 0, x'00'), (?, 1, x'00')",
            (other, other),
        )
        assert queries.orphans(db) == [other]
        assert queries.incomplete(db) == []


def test_a_file_that_was_removed_meanwhile_is_a_conflict(
    registry: Registry, desk: Actor, case_id: str
) -> None:
    (row,) = stored(registry, desk, case_id, b"whole")
    with registry.light() as db:
        queries.delete_document(db, row["id"])
        assert db.one("SELECT count(*) FROM case_chunk") == (0,)
    with pytest.raises(Conflict):
        read(registry, row)


def test_bytes_that_are_not_those_of_the_row_are_not_stored(
    registry: Registry, desk: Actor, case_id: str
) -> None:
    def store() -> None:
        with writing(registry, by=desk, event="cases.upload", action=Action.UPDATE, plain=True) as work:
            sha256 = hashlib.sha256(b"abcde").hexdigest()
            add_file(
                work, file_row(work, case_id, name="a", kind="txt", size=5, sha256=sha256), BytesIO(b"abcdf")
            )

    with pytest.raises(Unavailable):
        store()
    with registry.light() as db:
        assert db.rows("SELECT id FROM case_document") == db.rows("SELECT n FROM case_chunk") == []
