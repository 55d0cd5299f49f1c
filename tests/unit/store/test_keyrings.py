"""The keyring: only those that are trusted, never waited for, and read back after writing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest

from msreg.errors import Unavailable
from msreg.store import keyrings
from tests.keyrings import Memory

REGISTRY = "0" * 32


class Forgetting(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        """Say that it was kept, and keep nothing."""


class Locked(Memory):
    def get_password(self, service: str, username: str) -> str | None:
        raise keyring.errors.KeyringLocked


class Hanging(Memory):
    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(3)
        return None


class Unknown(Memory):
    pass


for each in (Forgetting, Locked, Hanging):
    each.__module__ = "keyring.backends.SecretService"


@pytest.fixture(autouse=True)
def given_back() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


def use(backend: Any) -> Any:
    keyring.set_keyring(backend)
    return backend


def test_a_working_keyring_is_found_and_left_clean() -> None:
    backend = use(Memory())
    assert keyrings.keyring_name() == "SecretService"
    assert backend.kept == {}


def test_the_key_is_made_once_and_read_again() -> None:
    backend = use(Memory())
    key = keyrings.make_in_keyring(REGISTRY)
    assert len(key) == 32
    assert keyrings.make_in_keyring(REGISTRY) == keyrings.read_keyring(REGISTRY) == key
    assert list(backend.kept) == [("msreg", REGISTRY)]
    keyrings.forget_in_keyring(REGISTRY)
    assert backend.kept == {}


@pytest.mark.parametrize(
    "backend", [keyring.backends.fail.Keyring(), keyring.backends.null.Keyring(), Unknown()]
)
def test_a_keyring_that_is_not_trusted_is_not_used(backend: Any) -> None:
    use(backend)
    assert keyrings.keyring_name() is None
    for work in (keyrings.make_in_keyring, keyrings.read_keyring):
        with pytest.raises(Unavailable, match="no keyring that msreg trusts"):
            work(REGISTRY)
    assert not getattr(backend, "kept", None)


def test_behind_a_chain_the_first_trusted_one_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, unknown = Memory(), Unknown()
    chain = keyring.backends.chainer.ChainerBackend()
    monkeypatch.setattr(type(chain), "backends", [unknown, trusted])
    use(chain)
    keyrings.make_in_keyring(REGISTRY)
    assert list(trusted.kept) == [("msreg", REGISTRY)]
    assert unknown.kept == {}


def test_a_keyring_that_forgets_is_found_out() -> None:
    use(Forgetting())
    assert keyrings.keyring_name() is None
    with pytest.raises(Unavailable, match="does not keep"):
        keyrings.make_in_keyring(REGISTRY)


def test_a_locked_keyring_is_told_by_its_error() -> None:
    use(Locked())
    assert keyrings.keyring_name() is None
    with pytest.raises(Unavailable, match="KeyringLocked"):
        keyrings.read_keyring(REGISTRY)


def test_a_hanging_keyring_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keyrings.PROBE_SECONDS == 3
    monkeypatch.setattr(keyrings, "PROBE_SECONDS", 0.1)
    use(Hanging())
    begun = time.monotonic()
    assert keyrings.keyring_name() is None
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("content", [None, "", "no key", "QUJD"])
def test_a_keyring_without_our_key_is_told(content: str | None) -> None:
    backend = use(Memory())
    if content is not None:
        backend.set_password("msreg", REGISTRY, content)
    with pytest.raises(Unavailable):
        keyrings.read_keyring(REGISTRY)


class Collection:
    """The default collection of the Secret Service, in the place of one on D-Bus."""

    locked = False

    def __init__(self, connection: object, path: str) -> None:
        assert path.endswith("/aliases/default")

    def is_locked(self) -> bool:
        return self.locked


@pytest.mark.parametrize("locked", [True, False])
def test_whether_it_is_open_is_seen_without_asking(locked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decision 0027: reading a locked one would open a window."""
    use(Memory())
    monkeypatch.setattr(Collection, "locked", locked)
    monkeypatch.setattr("secretstorage.dbus_init", object)
    monkeypatch.setattr("secretstorage.Collection", Collection)
    assert keyrings.is_open() is not locked


@pytest.mark.parametrize("backend", [keyring.backends.fail.Keyring, keyring.backends.null.Keyring, Unknown])
def test_what_is_not_trusted_is_not_open(backend: Any) -> None:
    use(backend())
    assert keyrings.is_open() is False


def test_no_secret_service_is_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    use(Memory())
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    assert keyrings.is_open() is False
