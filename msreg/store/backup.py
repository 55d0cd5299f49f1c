"""A backup is a folder: a checked copy of the database, its wrapped keys, the marks of its log, a signed manifest.

It gets its name when all of that lies on the disk, so a folder with such a name is whole. The copy has the key of the
database; the recovery key opens it by the `keys.json` beside it (decision 0046).
"""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from msreg.errors import Busy, NotFound, Refused
from msreg.store.canonical import canonical, read_stamp
from msreg.store.files import FILE_MODE, sync_dir, unwritable
from msreg.vocabulary import N_

DATABASE, KEYS, MARKS, MANIFEST = "registry.db", "keys.json", "anchors.jsonl", "manifest.json"
PREFIX = "msreg-"
_PIECE = 1 << 20
_CHANGED = N_("The backup {path} is not as it was made: {file}.")
_OTHER = N_("Use another one: msreg db backups")


@dataclass(frozen=True, slots=True)
class Backup:
    """What the manifest of a backup tells; `read_backup` checked its signature."""

    path: Path
    registry: str
    at: datetime
    schema: str
    program: str
    seq: int
    """The last row of its log, and that row's signature."""
    mac: str
    counts: Mapping[str, int]
    files: Mapping[str, str]
    """SHA-256 of each file."""
    size: int

    @property
    def name(self) -> str:
        """How it is called in its folder."""
        return self.path.name


def read_backup(path: Path, signer: bytes) -> Backup:
    """What a backup tells of itself, signed by the registry with this public key.

    Raises `NotFound` when there is none, `Refused` when its manifest is not one that the registry signed.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        told = json.loads((path / MANIFEST).read_bytes())
        signature = b64decode(told.pop("sig"), validate=True)
        Ed25519PublicKey.from_public_bytes(signer).verify(signature, canonical(told).encode())
        return Backup(
            path, told["registry"], read_stamp(told["at"]), told["schema"], told["program"], told["seq"],
            told["mac"], told["counts"], told["files"], told["size"],
        )  # fmt: skip
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound(
            N_("There is no backup {path}."), hint=N_("See them with: msreg db backups"), path=str(path)
        ) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, InvalidSignature):
        raise Refused(_CHANGED, hint=_OTHER, path=str(path), file=MANIFEST) from None


def check_files(backup: Backup) -> None:
    """Raise `Refused` when a file of a backup is not, byte for byte, what its manifest says."""
    for name, digest in backup.files.items():
        try:
            if file_digest(backup.path / name) == digest:
                continue
        except OSError:
            pass
        raise Refused(_CHANGED, hint=_OTHER, path=str(backup.path), file=name)


def copy_file(backup: Backup, name: str, target: Path) -> None:
    """Copy a file of a backup to `target`, on the disk for good. Raises `Refused` when it is not as it was made."""
    digest = sha256()
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(handle, "wb") as to, (backup.path / name).open("rb") as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                to.write(piece)
            to.flush()
            os.fsync(to.fileno())
    except OSError as fault:
        raise unwritable(target, fault) from None
    if digest.hexdigest() != backup.files[name]:
        raise Refused(_CHANGED, hint=_OTHER, path=str(backup.path), file=name)


def folders(folder: Path) -> list[Path]:
    """The folders that look like backups, by name; none when there is no such folder."""
    with suppress(OSError):
        return sorted(each for each in folder.iterdir() if each.name.startswith(PREFIX) and each.is_dir())
    return []


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    digest = sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def remove(backup: Backup) -> None:
    """Take a backup away: its name first, so that none is there by half. Raises `Unavailable` when that fails."""
    gone = backup.path.with_name(f".{backup.name}.gone")
    try:
        os.rename(backup.path, gone)
        sync_dir(gone.parent)
        shutil.rmtree(gone)
    except OSError as fault:
        raise unwritable(backup.path, fault) from None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two at once in one folder: the second is refused. The lock is gone with its process."""
    import fcntl

    try:
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as fault:
        raise unwritable(folder, fault) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Busy(
                N_("Somebody else is making or restoring a backup in {path}."),
                hint=N_("Try again in a moment."),
                path=str(folder),
            ) from None
        yield
    finally:
        os.close(handle)
