"""What `health` looks at before the database is open: program, settings, files, disk, keyring."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.services.health_state import Health, State
from msreg.store.files import check_private
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

# All three install a package of the same name: the one that came last is used, and nobody is told.
DRIVERS = ("sqlcipher3", "sqlcipher3-wheels", "sqlcipher3-binary")
DRIVER = "sqlcipher3"
FLOOR = (0, 6, 4)
# SQLite's log file needs memory that all readers share, which these cannot give.
NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "davfs", "9p", "ncpfs", "glusterfs", "ceph")
)
NETWORK_FUSE = frozenset(("sshfs", "rclone", "glusterfs", "davfs2", "s3fs", "gvfsd-fuse"))
SYNCED = frozenset(("dropbox", "onedrive", "nextcloud", "owncloud", "google drive", "icloud drive"))
LEAST_ROOM = 50_000_000


def driver() -> Health:
    """Exactly one package gives the encrypted database, and it is not too old."""
    found = {}
    for name in DRIVERS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if list(found) != [DRIVER]:
        return Health(
            "driver",
            State.RED,
            N_("The encrypted database should come from {wanted} alone; installed are: {found}."),
            N_("Remove the others, then install {wanted} again: the packages overwrite each other."),
            {"wanted": DRIVER, "found": ", ".join(found) or "-"},
        )
    numbers = tuple(int(part) for part in found[DRIVER].split(".") if part.isdigit())
    params = {"wanted": DRIVER, "found": found[DRIVER], "floor": ".".join(map(str, FLOOR))}
    if numbers < FLOOR:
        return Health(
            "driver",
            State.RED,
            N_("{wanted} {found} is older than {floor}; install a newer one."),
            params=params,
        )
    return Health(
        "driver", State.GREEN, N_("The encrypted database comes from {wanted} {found}."), params=params
    )


def settings_file(settings: Settings) -> Health:
    """`msreg.toml` was read; nobody else may change it, for it names where the log is marked."""
    path = settings.config_file
    try:
        mode = path.stat().st_mode
    except OSError:
        return Health("settings", State.GREEN, N_("There is no settings file; the defaults hold."))
    if mode & 0o022:
        return Health(
            "settings",
            State.YELLOW,
            N_("The settings file {path} can be changed by other users."),
            N_("Close it with: chmod go-w {path}"),
            {"path": str(path)},
        )
    return Health(
        "settings", State.GREEN, N_("The settings file {path} is in order."), params={"path": str(path)}
    )


def files(settings: Settings) -> Iterator[Health]:
    """Rights and owners of everything that holds data or keys; one line when all is well."""
    database = settings.database_file
    must = [settings.home, database.parent, database, settings.keys_file]
    may = [
        database.with_name(database.name + "-wal"),
        database.with_name(database.name + "-shm"),
        settings.home / "kek",
        settings.anchors_file.parent,
        settings.anchors_file,
    ]
    wrong = False
    for path in must + [each for each in may if each.exists() or each.is_symlink()]:
        for problem in check_private(path):
            wrong = True
            # An open folder shows names only while everything in it is closed.
            mild = problem.kind == "mode" and path in (settings.home, settings.anchors_file.parent)
            yield Health(
                "files",
                State.YELLOW if mild else State.RED,
                problem.message,
                _remedy(problem.kind, path),
                problem.params,
            )
    if not wrong:
        yield Health("files", State.GREEN, N_("The files of the registry are yours, and closed to others."))


def _remedy(kind: str, path: Path) -> str | None:
    if kind == "mode":
        folder = stat.S_ISDIR(path.lstat().st_mode)
        return N_("Close it with: chmod 700 {path}") if folder else N_("Close it with: chmod 600 {path}")
    if kind == "owner":
        return N_("Run msreg as the user who made the registry, or give the files back.")
    return N_("Put the file back in its place; msreg follows no links.") if kind == "symlink" else None


def disk_kind(settings: Settings) -> Health:
    """The registry lies on a disk of this machine: SQLite's log file does not work over a network."""
    kind = _kind_of(settings.home.absolute().resolve())
    params = {"path": str(settings.home), "kind": kind or "?"}
    if kind is not None and (kind in NETWORK or kind.removeprefix("fuse.") in NETWORK_FUSE):
        return Health(
            "place",
            State.RED,
            N_("{path} lies on a network drive ({kind}); two machines at once would damage the database."),
            N_("Move the registry to a disk of this machine."),
            params,
        )
    if not SYNCED.isdisjoint(part.casefold() for part in settings.home.absolute().parts):
        return Health(
            "place",
            State.YELLOW,
            N_("{path} lies in a folder that is copied to the internet by itself."),
            N_("Move the registry out of it: such copies are never whole."),
            params,
        )
    return Health("place", State.GREEN, N_("The registry lies on a disk of this machine."))


def _kind_of(path: Path) -> str | None:
    """The kind of file system, by the longest mount above the path; None where the system does not tell."""
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    best, kind = -1, None
    for line in mounts:
        words = line.split(" ")
        if len(words) < 3:
            continue
        place = Path(words[1].replace("\\040", " "))
        # A later line of the same place hides the earlier one.
        if (place == path or place in path.parents) and len(place.parts) >= best:
            best, kind = len(place.parts), words[2]
    return kind


def room(settings: Settings) -> Health:
    """Twice the size of the database is free: a copy is made before each upgrade."""
    database = settings.database_file
    size = sum(
        each.stat().st_size
        for each in (database, database.with_name(database.name + "-wal"))
        if each.exists()
    )
    free = shutil.disk_usage(settings.home).free
    params = {"free": readable(free), "size": readable(size)}
    if free < LEAST_ROOM:
        return Health(
            "room",
            State.RED,
            N_("The disk is full: {free} left."),
            N_("Make room before anything else."),
            params,
        )
    if free < 2 * size:
        return Health(
            "room",
            State.YELLOW,
            N_("The disk has {free} left, less than twice the database ({size})."),
            N_("Make room: an upgrade and a backup need a copy of the database."),
            params,
        )
    return Health(
        "room", State.GREEN, N_("The disk has {free} left; the database takes {size}."), params=params
    )


def keyring() -> Health:
    """The keyring is one that msreg trusts, and it keeps what is put in it."""
    from msreg.store.keyrings import keyring_name

    if (name := keyring_name()) is None:
        return Health(
            "keyring",
            State.RED,
            N_("The keyring of this machine is not one that msreg trusts, or it keeps nothing."),
            N_("Unlock it, or name a key file with MSREG_KEY_FILE and run: msreg db recover"),
        )
    return Health("keyring", State.GREEN, N_("The keyring works ({name})."), params={"name": name})


def readable(size: int) -> str:
    """A size in bytes as people say it."""
    units = ("B", "kB", "MB", "GB", "TB")
    power = min((len(str(size)) - 1) // 3, len(units) - 1)
    return f"{size / 1000**power:.0f} {units[power]}"
