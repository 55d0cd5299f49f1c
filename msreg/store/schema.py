"""The versions of the database that this program knows, oldest first: the ids of its migrations.

Written down here so that a command that only reads needs no Alembic to see whether the database fits;
a test compares it with the migrations.
"""

from __future__ import annotations

from msreg.errors import Conflict
from msreg.vocabulary import N_

HISTORY: tuple[str, ...] = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")
HEAD = HISTORY[-1]

NEWER = N_("The database has version {found}, newer than this program, which knows {wanted}.")
NEWER_HINT = N_("Use the newer msreg that last opened it.")
OLDER = N_("The database has version {found}; this program needs {wanted}.")
OLDER_HINT = N_("Bring it up to date with: msreg db upgrade")


def check_version(found: str) -> None:
    """Raise `Conflict` when the database is not of the version that this program reads and writes."""
    if found == HEAD:
        return
    if found in HISTORY or not found:
        raise Conflict(OLDER, hint=OLDER_HINT, found=found or "-", wanted=HEAD)
    raise Conflict(NEWER, hint=NEWER_HINT, found=found, wanted=HEAD)
