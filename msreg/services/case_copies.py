"""Documents that are in the registry already, taken out for a moment to be looked at again."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from msreg.errors import Unavailable
from msreg.store.connect import Database, transaction
from msreg.store.queries.case_documents import chunks
from msreg.store.queries.rows import in_passing
from msreg.store.registry import Registry
from msreg.vocabulary import N_


@contextmanager
def copy_of(registry: Registry, folder: Path, row: Mapping[str, Any]) -> Iterator[BinaryIO]:
    """The bytes of a document as an open file without a name, in a private folder; gone at the end."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            with registry.light(keep=True) as db:
                _fill(db, row, file)
            file.seek(0)
            yield file
    except OSError:
        raise Unavailable(
            N_("There is no room for a copy of a file of this case; nothing was changed."),
            hint=N_("Make room on the disk of the registry, and try again."),
        ) from None


def _fill(db: Database, row: Mapping[str, Any], file: BinaryIO) -> None:
    in_passing(db)
    with transaction(db, write=False):
        for piece in chunks(db, row["id"], size=row["size"], sha256=row["sha256"]):
            file.write(piece)
    file.flush()
