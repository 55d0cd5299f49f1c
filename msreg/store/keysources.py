"""Where the key that opens a registry comes from. The first source that is set up is the source:
an error in it never makes msreg look further (security.md 4.1).
"""

from __future__ import annotations

import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msreg.errors import Unavailable, Usage
from msreg.store.files import write_private
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

KeyStore = Literal["auto", "keyring", "file", "env"]
Grade = Literal["secure", "ok", "weak"]

CREDENTIAL = "msreg-kek"
COMMAND = "MSREG_KEY_CMD"
COMMAND_SECONDS = 30
_REFUSED = ("MSREG_DB_KEY", "MSREG_KEY")
_BYTES = 32


@dataclass(frozen=True, slots=True)
class KeySource:
    """A place that keeps the key: what kind, how well it guards the key, and where it is."""

    name: Literal["credential", "command", "file", "keyring", "home"]
    grade: Grade
    where: str
    """A path, a variable or the name of the keyring: for people."""


def configured_source(settings: Settings) -> KeySource | None:
    """The source that the environment names, or None. Raises `Usage` when it holds the key itself."""
    environ = settings.environ
    for name in _REFUSED:
        if name in environ:
            raise Usage(
                N_("{variable} is refused: other programs can read variables, so none holds a key."),
                hint=N_("Put the key in a file of mode 0600 and name that file with MSREG_KEY_FILE."),
                field=name,
                variable=name,
            )
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        path = Path(folder) / CREDENTIAL
        # Other services get other credentials in that folder: only a file of our name is for us.
        if os.path.lexists(path):
            return KeySource("credential", "secure", str(path))
    if environ.get(COMMAND):
        return KeySource("command", "ok", COMMAND)
    if path_text := environ.get("MSREG_KEY_FILE"):
        return KeySource("file", "ok", str(Path(path_text).expanduser()))
    return None


def home_source(settings: Settings) -> KeySource:
    """The file beside the registry, for who chose it with `init --key-store file`."""
    return KeySource("home", "weak", str(settings.home / "kek"))


def read_kek(source: KeySource, settings: Settings, registry: str) -> bytes:
    """The 32-byte key from its source. Raises `Unavailable` and says why; never tries another source."""
    if source.name == "command":
        return _decoded(read_command(settings, COMMAND), COMMAND)
    if source.name == "keyring":
        from msreg.store.keyrings import read_keyring

        return read_keyring(registry)
    return read_key_file(Path(source.where))


def obtain_kek(source: KeySource, settings: Settings, registry: str) -> bytes:
    """The key that the source has already, or a new one put there where msreg may: a file or the keyring."""
    if source.name == "keyring":
        from msreg.store.keyrings import make_in_keyring

        return make_in_keyring(registry)
    if source.name in ("file", "home") and not os.path.lexists(source.where):
        write_private(Path(source.where), b64encode(os.urandom(_BYTES)) + b"\n", replace=False)
    return read_kek(source, settings, registry)


def read_key_file(path: Path) -> bytes:
    """The key in a file that nobody else can read or put in its place."""
    return _decoded(read_guarded(path), str(path))


def read_guarded(path: Path) -> bytes:
    """What stands in a file with a secret, when nobody else can read it or put another in its place."""

    def refused(message: str, **params: Any) -> Unavailable:
        return Unavailable(
            message,
            hint=N_("A key file is a plain file of mode 0600 that is yours."),
            path=str(path),
            **params,
        )

    flags = os.O_RDONLY | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except OSError as fault:
        if path.is_symlink():
            raise refused(N_("The key file {path} is a symbolic link; it is not read.")) from None
        raise refused(
            N_("The key file {path} cannot be read: {why}."), why=fault.strerror or type(fault).__name__
        ) from None
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise refused(N_("The key file {path} is not a plain file; it is not read."))
        if found.st_uid not in (os.geteuid(), 0):
            raise refused(N_("The key file {path} belongs to another user; it is not read."))
        if found.st_mode & 0o077:
            raise refused(
                N_("The key file {path} is open to other users (mode {mode}); it is not read."),
                mode=f"{stat.S_IMODE(found.st_mode):04o}",
            )
        folder = path.absolute().parent.stat()
        # In a sticky folder such as /tmp nobody can put another file in the place of ours.
        if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
            raise refused(
                N_("The folder of the key file {path} can be written by everybody; the file is not read.")
            )
        return os.read(handle, 4096)
    finally:
        os.close(handle)


def read_command(settings: Settings, variable: str) -> bytes:
    """What the command of a variable prints: an argument list, no shell.

    Raises `Unavailable` when it cannot be started, fails or does not answer, `Usage` when it is no command.
    """
    import shlex
    import subprocess

    def failed(message: str, **params: Any) -> Unavailable:
        return Unavailable(
            message,
            hint=N_("Run the command of {variable} yourself and see what it says."),
            variable=variable,
            **params,
        )

    try:
        words = shlex.split(settings.environ[variable])
    except ValueError:
        words = []
    if not words:
        raise Usage(
            N_("{variable} is not a command: its quotes do not fit."), field=variable, variable=variable
        )
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS,
            env=dict(settings.environ),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise failed(
            N_("The command of {variable} did not answer within {seconds} seconds."), seconds=COMMAND_SECONDS
        ) from None
    except OSError as fault:
        raise failed(
            N_("The command of {variable} could not be started: {why}."),
            why=fault.strerror or type(fault).__name__,
        ) from None
    if done.returncode:
        raise failed(N_("The command of {variable} failed with exit code {status}."), status=done.returncode)
    return done.stdout


def _decoded(content: bytes, where: str) -> bytes:
    """The key as 32 bytes: written raw, as 64 hexadecimal digits or as base64."""
    if len(content) == _BYTES:
        return content
    text = content.strip()
    readers: tuple[Callable[[bytes], bytes], ...] = (
        lambda each: bytes.fromhex(each.decode("ascii")),
        lambda each: b64decode(each.translate(bytes.maketrans(b"-_", b"+/")), validate=True),
    )
    for read in readers:
        try:
            key = read(text)
        except ValueError:
            continue
        if len(key) == _BYTES:
            return key
    raise Unavailable(
        N_("What {where} gives is not a key: 32 bytes, raw, as 64 hexadecimal digits or as base64."),
        where=where,
    )
