"""Signed marks of the log, outside the database: they show that it was cut off or put back (security.md 4.4).

One line of JSON each, appended and never rewritten. SQLCipher itself does not notice an older copy.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msreg.errors import Refused
from msreg.store.canonical import canonical, read_stamp, stamp
from msreg.store.dbapi import Database, transaction
from msreg.store.files import FILE_MODE, private_dir, unwritable
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings
    from msreg.store.keys import Keys

ROWS_BETWEEN = 1000
_TAIL = 65_536


@dataclass(frozen=True, slots=True)
class Anchor:
    """That a log had this row at this moment, and how many rows its tables had."""

    registry: str
    seq: int
    mac: str
    at: datetime
    counts: Mapping[str, int]
    schema: str


def due(settings: Settings, head_seq: int, now: datetime) -> bool:
    """Whether a mark is wanted: none of today yet, or 1,000 rows since the last. Reads only the end."""
    if not head_seq:
        return False
    try:
        last = _last_line(settings.anchors_file)
        if last is None:
            return True
        told = json.loads(last)
        return bool(
            read_stamp(told["at"]).date() != now.astimezone(UTC).date()
            or head_seq - told["seq"] >= ROWS_BETWEEN
        )
    except (OSError, ValueError, KeyError, TypeError):
        return True


def write_anchor(settings: Settings, keys: Keys, db: Database, now: datetime) -> Anchor | None:
    """Mark the last committed row of the log; None when the log is empty.

    Call it outside a transaction. Raises `Unavailable` when the file cannot be written.
    """
    anchor = _read_state(db, now)
    if anchor is None:
        return None
    _make_lasting(settings.database_file)
    line = _line(anchor, keys.anchor_seed)
    path = settings.anchors_file
    private_dir(path.parent)
    try:
        with _locked(path) as handle:
            _drop_torn_line(handle)
            os.lseek(handle, 0, os.SEEK_END)
            rest = line
            while rest:
                rest = rest[os.write(handle, rest) :]
            os.fsync(handle)
    except OSError as fault:
        raise unwritable(path, fault) from None
    return anchor


def read_anchors(path: Path, public_key: bytes) -> list[Anchor]:
    """All marks, each checked against the registry's public key; an empty list when there is no file.

    Raises `Refused` with the number of the first line that is broken or signed by another key.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    signer = Ed25519PublicKey.from_public_bytes(public_key)
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    except OSError as fault:
        raise Refused(
            N_("The marks of the log in {path} cannot be read: {why}."),
            path=str(path),
            why=fault.strerror or type(fault).__name__,
        ) from None
    # What follows the last line end was torn off by a crash while it was written: it never was a mark.
    anchors = []
    for number, line in enumerate(lines[:-1], start=1):
        try:
            told = json.loads(line)
            signature = b64decode(told.pop("sig"), validate=True)
            signer.verify(signature, canonical(told).encode())
            told["at"] = read_stamp(told["at"])
            anchors.append(Anchor(**told))
        except (ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
            raise Refused(
                N_("Line {line} of {path} is not a mark that this registry signed."),
                hint=N_("Compare the file with its copy on another machine."),
                path=str(path),
                line=number,
            ) from None
    return anchors


def _make_lasting(database: Path) -> None:
    """Write to the disk what was committed lightly: a power cut must not take back a row that a mark tells of."""
    path = database.with_name(database.name + "-wal")
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except FileNotFoundError:
        return
    except OSError as fault:
        raise unwritable(path, fault) from None


def _read_state(db: Database, now: datetime) -> Anchor | None:
    with transaction(db, write=False):
        last = db.one("SELECT seq, mac FROM audit_event ORDER BY seq DESC LIMIT 1")
        if last is None:
            return None
        meta: dict[str, str] = dict(db.rows("SELECT key, value FROM meta"))
        tables = [
            str(row[0])
            for row in db.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                # The chain itself vouches for the log, and counting its items would read all of them.
                " AND name NOT IN ('audit_event', 'audit_item', 'alembic_version') ORDER BY name"
            )
        ]
        counts = {name: int((db.one(f'SELECT count(*) FROM "{name}"') or (0,))[0]) for name in tables}
    return Anchor(meta["registry"], int(last[0]), str(last[1]), now, counts, meta.get("schema", ""))


def _line(anchor: Anchor, seed: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    told: dict[str, Any] = {
        "registry": anchor.registry,
        "seq": anchor.seq,
        "mac": anchor.mac,
        "at": stamp(anchor.at),
        "counts": dict(anchor.counts),
        "schema": anchor.schema,
    }
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(canonical(told).encode())
    return canonical({**told, "sig": b64encode(signature).decode()}).encode() + b"\n"


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, made when missing, while nobody else appends to it."""
    import fcntl

    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        if not os.fstat(handle).st_size:
            os.fchmod(handle, FILE_MODE)
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _drop_torn_line(handle: int) -> None:
    size = os.fstat(handle).st_size
    start = max(0, size - _TAIL)
    tail = os.pread(handle, _TAIL, start)
    if tail and not tail.endswith(b"\n"):
        os.ftruncate(handle, start + tail.rfind(b"\n") + 1)


def _last_line(path: Path) -> bytes | None:
    """The last whole line, or None when there is none."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        lines = file.read().split(b"\n")[:-1]
    return lines[-1] if lines else None
