"""The keyring of the operating system, asked with care: it may hang, store nothing, or store it in clear."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, TypeVar

from msreg.errors import Unavailable
from msreg.vocabulary import N_

T = TypeVar("T")

SERVICE = "msreg"
PROBE_SECONDS = 3.0
GLANCE_SECONDS = 1.0
# Reading may open a window that asks for the password of the keyring.
READ_SECONDS = 10.0
# Any other backend is refused: some keep passwords as base64 in a file, one forgets them in silence.
ALLOWED = frozenset(
    f"keyring.backends.{name}" for name in ("macOS", "Windows", "SecretService", "libsecret", "kwallet")
)


def keyring_name() -> str | None:
    """The name of a keyring that really keeps what is put in it, or None. Writes and removes a probe."""
    try:
        backend = _backend(PROBE_SECONDS)
        user, value = f"probe-{secrets.token_hex(8)}", secrets.token_hex(16)
        _limited(lambda: backend.set_password(SERVICE, user, value), PROBE_SECONDS)
        kept = _limited(lambda: backend.get_password(SERVICE, user), PROBE_SECONDS)
        _limited(lambda: backend.delete_password(SERVICE, user), PROBE_SECONDS)
    except Unavailable:
        return None
    return _name(backend) if kept == value else None


def is_open() -> bool:
    """Whether the keyring gives what it keeps at once, without a window that asks for its password."""
    try:
        backend = _backend(GLANCE_SECONDS)
        return _limited(lambda: _unlocked(_name(backend)), GLANCE_SECONDS)
    except Unavailable:
        return False


def _unlocked(name: str) -> bool:
    if name == "SecretService":
        import secretstorage

        default = "/org/freedesktop/secrets/aliases/default"
        return not secretstorage.Collection(secretstorage.dbus_init(), default).is_locked()
    return name in ("macOS", "Windows")  # open as long as its owner is logged in; others may ask


def read_keyring(registry: str) -> bytes:
    """The key of this registry. Raises `Unavailable` when the keyring is not there or does not have it."""
    backend = _backend()
    found = _limited(lambda: backend.get_password(SERVICE, registry))
    if found is None:
        raise Unavailable(
            N_("The keyring ({keyring}) has no key for this registry."),
            hint=N_("Log in as the user who ran msreg init, or use the recovery key."),
            keyring=_name(backend),
        )
    return _key(found, backend)


def make_in_keyring(registry: str) -> bytes:
    """The key of this registry, made and read back when the keyring has none."""
    backend = _backend()
    found = _limited(lambda: backend.get_password(SERVICE, registry))
    if found is None:
        found = b64encode(secrets.token_bytes(32)).decode()
        _limited(lambda: backend.set_password(SERVICE, registry, found))
        if _limited(lambda: backend.get_password(SERVICE, registry)) != found:
            raise Unavailable(
                N_("The keyring ({keyring}) does not keep what is put in it."), keyring=_name(backend)
            )
    return _key(found, backend)


def forget_in_keyring(registry: str) -> None:
    """Remove the key of a registry that was never finished."""
    backend = _backend()
    _limited(lambda: backend.delete_password(SERVICE, registry))


def read_secret(name: str) -> str | None:
    """A secret beside the keys, such as a password; None when the keyring has none of this name."""
    backend = _backend()
    found: str | None = _limited(lambda: backend.get_password(SERVICE, name))
    return found


def keep_secret(name: str, text: str) -> None:
    """Put a secret into the keyring, and see that it is there."""
    backend = _backend()
    _limited(lambda: backend.set_password(SERVICE, name, text))
    if _limited(lambda: backend.get_password(SERVICE, name)) != text:
        raise Unavailable(
            N_("The keyring ({keyring}) does not keep what is put in it."), keyring=_name(backend)
        )


def _key(text: str, backend: Any) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Unavailable(
            N_("The keyring ({keyring}) holds no valid key for this registry."), keyring=_name(backend)
        )
    return key


def _name(backend: Any) -> str:
    return type(backend).__module__.rpartition(".")[2]


def _backend(seconds: float = READ_SECONDS) -> Any:
    def find() -> Any:
        import keyring

        found = keyring.get_keyring()
        # The chainer tries one backend after another; take the first that may be used, and only that.
        return [found, *getattr(found, "backends", ())]

    for backend in _limited(find, seconds):
        if type(backend).__module__ in ALLOWED:
            return backend
    raise Unavailable(
        N_("This machine has no keyring that msreg trusts."),
        hint=N_("Name a key file with MSREG_KEY_FILE; on a desktop, unlock its keyring first."),
    )


def _limited(work: Callable[[], T], seconds: float = READ_SECONDS) -> T:
    """Do it, but do not wait for ever: without a desktop the keyring waits for a window that nobody sees."""
    import threading

    done: list[Any] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as fault:  # noqa: BLE001 - each backend raises errors of its own
            failed.append(fault)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed or not done:
        raise Unavailable(
            N_("The keyring of this machine does not work ({why})."),
            hint=N_("Unlock it, or name a key file with MSREG_KEY_FILE."),
            why=type(failed[0]).__name__ if failed else "timeout",
        )
    result: T = done[0]
    return result
