"""Making a backup: all of it in a folder without its name, checked, written to the disk, and then named at once."""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64encode
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msreg import __version__
from msreg.errors import Refused
from msreg.store.anchors import read_anchors
from msreg.store.backup import (
    DATABASE,
    KEYS,
    MANIFEST,
    MARKS,
    PREFIX,
    Backup,
    alone,
    file_digest,
    read_backup,
)
from msreg.store.canonical import canonical, stamp
from msreg.store.connect import open_database
from msreg.store.copies import copy_database, table_counts
from msreg.store.dbapi import Database
from msreg.store.files import FOLDER_MODE, private_dir, sync_dir, unwritable, write_private
from msreg.store.keys import Keys, public_key
from msreg.store.verify import verify
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings


def make_backup(settings: Settings, keys: Keys, registry: str, folder: Path, at: datetime) -> Backup:
    """Back up a registry into a new folder within `folder`, also while others write.

    Raises `Refused` when the log of the copy is not as it was written, `Unavailable` when the copy is not sound or
    the place cannot be written, `Busy` when somebody else makes a backup there.
    """
    private_dir(folder)
    with alone(folder):
        for left in folder.glob(f".{PREFIX}*"):  # of one that was killed
            shutil.rmtree(left, ignore_errors=True)
        work = folder / f".{PREFIX}{os.getpid()}.new"
        try:
            work.mkdir(FOLDER_MODE)
            _fill(work, settings, keys, registry, at)
            sync_dir(work)
            path = _name(work, folder, at)
        except OSError as fault:
            raise unwritable(folder, fault) from None
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return read_backup(path, public_key(keys))


def _fill(work: Path, settings: Settings, keys: Keys, registry: str, at: datetime) -> None:
    # Marks first: each is of a row that the copy has.
    marks = settings.anchors_file
    write_private(work / MARKS, marks.read_bytes() if marks.exists() else b"")
    write_private(work / KEYS, settings.keys_file.read_bytes())
    copy_database(settings.database_file, keys.db_key, work / DATABASE)
    found = prove_copy(work / DATABASE, keys, registry, work / MARKS)
    files = {name: file_digest(work / name) for name in (DATABASE, KEYS, MARKS)}
    told = {
        "format": 1,
        "registry": registry,
        "at": stamp(at),
        "program": __version__,
        **found,
        "files": files,
        "size": sum((work / name).stat().st_size for name in files),
    }
    told["sig"] = b64encode(_signer(keys).sign(canonical(told).encode())).decode()
    write_private(work / MANIFEST, (json.dumps(told, indent=2) + "\n").encode())


def prove_copy(path: Path, keys: Keys, registry: str, marks: Path) -> dict[str, Any]:
    """The facts of a copy whose log is as it was written and agrees with its marks; else raises `Refused`."""
    with closing(Database(open_database(path, keys.db_key))) as db:
        verdict = verify(db, keys.audit_key, registry, read_anchors(marks, public_key(keys)))
        if not verdict.ok:
            raise Refused(
                N_("The log in the copy is not as it was written; no backup is made of it, or put back."),
                hint=N_("See what is wrong with: msreg audit verify"),
            )
        meta: dict[str, str] = dict(db.rows("SELECT key, value FROM meta"))
        return {
            "schema": meta.get("schema", ""),
            "seq": verdict.head_seq,
            "mac": verdict.head_mac,
            "counts": table_counts(db),
        }


def _name(work: Path, folder: Path, at: datetime) -> Path:
    """Give a finished backup its name; a second one of the same second gets a number."""
    base = f"{PREFIX}{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    number = 1
    while (path := folder / (base if number == 1 else f"{base}-{number}")).exists():
        number += 1
    os.rename(work, path)
    sync_dir(folder)
    return path


def _signer(keys: Keys) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(keys.anchor_seed)
