"""Faults of the database as sentences. Neither SQL text nor a parameter gets into one."""

from __future__ import annotations

import re

from msreg.errors import Busy, Conflict, MsregError, Unavailable
from msreg.vocabulary import N_

# SQLCipher has no error numbers in Python; the texts of SQLite are fixed by its own tests.
_LOCKED = ("is locked", "database is busy")
_DISK = ("disk i/o error", "database or disk is full")
_READ_ONLY = ("readonly database", "unable to open database file")
_DAMAGED = ("malformed", "not a database", "file is encrypted", "hmac", "could not decode")
_NAMES = re.compile(r"constraint failed: ([A-Za-z_][\w.]*(?:, [A-Za-z_][\w.]*)*)$")


def known_fault(fault: BaseException) -> MsregError | None:
    """The sentence for a fault of the lock, the disk or the file; None for every other exception."""
    fault = getattr(fault, "orig", None) or fault
    if isinstance(fault, MsregError):
        return fault
    if type(fault).__name__ not in ("OperationalError", "DatabaseError"):
        return None
    text = str(fault).lower()
    if any(each in text for each in _LOCKED):
        return Busy(
            N_("Somebody else is writing in this registry; nothing was changed."),
            hint=N_("Try again in a moment."),
        )
    if any(each in text for each in _DISK):
        return Unavailable(
            N_("The disk that holds the registry is full or fails; nothing was changed."),
            hint=N_("Make room on the disk, then run: msreg doctor"),
        )
    if any(each in text for each in _READ_ONLY):
        return Unavailable(
            N_("The database of the registry cannot be written; nothing was changed."),
            hint=N_("Check the rights of its folder and its files with: msreg doctor"),
        )
    if any(each in text for each in _DAMAGED):
        return Unavailable(
            N_("The database file is damaged, or the key does not fit it."),
            hint=N_("Look closer with: msreg doctor"),
        )
    return None


def translate_fault(fault: BaseException) -> MsregError:
    """The error to tell for any exception that came out of the database layer."""
    told = known_fault(fault)
    if told is not None:
        return told
    fault = getattr(fault, "orig", None) or fault
    if type(fault).__name__ == "IntegrityError":
        if "append-only" in str(fault):
            return Conflict(N_("The log only grows; a change in it was refused."))
        found = _NAMES.search(str(fault))
        return Conflict(
            N_("The database refused a change that breaks its rule {constraint}; nothing was changed."),
            constraint=found.group(1) if found else "-",
        )
    return MsregError(
        N_("The database refused the work ({kind}); nothing was changed."), kind=type(fault).__name__
    )
