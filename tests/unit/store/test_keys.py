"""S4: the bundle of keys, its two ways in, and every way to be refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, replace
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.fail
import pytest

from msreg.config import Settings
from msreg.errors import Conflict, Unavailable, Usage
from msreg.store import keys as subject
from msreg.store.keyfile import read_key_json
from msreg.store.keys import create_keys, load_keys, load_with_recovery, renew_recovery_key, rewrap
from msreg.store.recovery import make_recovery_key

REGISTRY = "a" * 32


class Memory(keyring.backend.KeyringBackend):
    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


Memory.__module__ = "keyring.backends.SecretService"


@pytest.fixture
def memory() -> Iterator[Memory]:
    before, memory = keyring.get_keyring(), Memory()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    settings.home.mkdir(mode=0o700)
    return settings


@pytest.fixture
def bare(settings: Settings) -> Settings:
    """Settings that name no source for the key."""
    return replace(settings, environ={"PATH": settings.environ["PATH"]})


def changed(settings: Settings, **changes: object) -> None:
    told = json.loads(settings.keys_file.read_text())
    settings.keys_file.write_text(json.dumps({**told, **changes}))


def test_keys_are_five_times_32_bytes_and_come_back(settings: Settings) -> None:
    keys, source, _ = create_keys(settings, REGISTRY)
    assert [len(each) for each in astuple(keys)] == [32] * 5
    assert len(set(astuple(keys))) == 5
    assert (source.name, source.grade) == ("file", "ok")
    assert load_keys(settings) == (keys, source)


def test_nothing_shows_a_key(settings: Settings) -> None:
    keys, _, recovery = create_keys(settings, REGISTRY)
    kek = Path(settings.environ["MSREG_KEY_FILE"]).read_text().strip()
    told = settings.keys_file.read_text()
    for each in astuple(keys):
        assert each.hex() not in told + repr(keys)
        assert repr(each) not in repr(keys)
    assert recovery not in told
    assert kek not in told
    assert settings.keys_file.stat().st_mode & 0o777 == 0o600


def test_the_recovery_key_opens_and_a_new_source_takes_over(settings: Settings) -> None:
    keys, _, recovery = create_keys(settings, REGISTRY)
    Path(settings.environ["MSREG_KEY_FILE"]).unlink()
    with pytest.raises(Unavailable, match="No such file"):
        load_keys(settings)
    assert load_with_recovery(settings, recovery.lower().replace("-", " ")) == keys
    rewrap(settings, keys)
    assert load_keys(settings)[0] == keys
    assert load_with_recovery(settings, recovery) == keys


def test_a_wrong_recovery_key_is_refused(settings: Settings) -> None:
    keys, _, recovery = create_keys(settings, REGISTRY)
    with pytest.raises(Usage):
        load_with_recovery(settings, ("1" if recovery[0] == "0" else "0") + recovery[1:])
    with pytest.raises(Unavailable, match="another registry"):
        load_with_recovery(settings, make_recovery_key())
    newer = renew_recovery_key(settings, keys)
    with pytest.raises(Unavailable, match="replaced"):
        load_with_recovery(settings, recovery)
    assert load_with_recovery(settings, newer) == keys == load_keys(settings)[0]


def test_a_wrong_key_is_told_with_its_place(settings: Settings) -> None:
    create_keys(settings, REGISTRY)
    Path(settings.environ["MSREG_KEY_FILE"]).write_text("00" * 32)
    with pytest.raises(Unavailable, match=r"kek does not fit this registry"):
        load_keys(settings)


@pytest.mark.parametrize("changes", [{"registry": "b" * 32}, {"anchor_public_key": "A" * 43 + "="}])
def test_a_key_file_changed_in_the_open_does_not_open(settings: Settings, changes: dict[str, str]) -> None:
    _, _, recovery = create_keys(settings, REGISTRY)
    changed(settings, **changes)
    with pytest.raises(Unavailable):
        load_keys(settings)
    with pytest.raises(Unavailable):
        load_with_recovery(settings, recovery)


def test_a_slot_put_in_the_place_of_another_does_not_open(settings: Settings) -> None:
    create_keys(settings, REGISTRY)
    slots = json.loads(settings.keys_file.read_text())["slots"]
    changed(settings, slots={"0": slots["1"], "1": slots["0"]})
    with pytest.raises(Unavailable):
        load_keys(settings)


@pytest.mark.parametrize("content", [None, "", "{}", "[]", "not json", '{"format": 2}', b"\xff\xfe"])
def test_a_missing_or_broken_key_file_is_told(settings: Settings, content: str | bytes | None) -> None:
    if content is not None:
        settings.keys_file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(Unavailable) as told:
        load_keys(settings)
    assert str(settings.keys_file) in str(told.value)


def test_keys_are_never_overwritten(settings: Settings) -> None:
    keys, _, _ = create_keys(settings, REGISTRY)
    with pytest.raises(Conflict):
        create_keys(settings, REGISTRY)
    assert load_keys(settings)[0] == keys


def test_an_error_in_a_source_never_leads_to_the_next(settings: Settings, memory: Memory) -> None:
    """The file and the keyring have the right key, and are not asked."""
    create_keys(settings, REGISTRY)
    failing = replace(settings, environ={**settings.environ, "MSREG_KEY_CMD": "false"})
    with pytest.raises(Unavailable, match="exit code 1"):
        load_keys(failing)
    (settings.home / "creds").mkdir()
    (settings.home / "creds" / "msreg-kek").write_bytes(b"short")
    (settings.home / "creds" / "msreg-kek").chmod(0o600)
    failing = replace(
        settings, environ={**settings.environ, "CREDENTIALS_DIRECTORY": str(settings.home / "creds")}
    )
    with pytest.raises(Unavailable, match="not a key"):
        load_keys(failing)


def test_a_keyring_is_taken_when_nothing_else_is_named(bare: Settings, memory: Memory) -> None:
    keys, source, _ = create_keys(bare, REGISTRY)
    assert (source.name, source.grade) == ("keyring", "secure")
    assert list(memory.kept) == [("msreg", REGISTRY)]
    assert load_keys(bare)[0] == keys
    memory.kept.clear()
    with pytest.raises(Unavailable, match="has no key for this registry"):
        load_keys(bare)
    rewrap(bare, keys)
    assert load_keys(bare)[0] == keys


def test_without_any_place_the_choices_are_told(bare: Settings) -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    for wanted in ("auto", "env"):
        with pytest.raises(Usage) as told:
            create_keys(bare, REGISTRY, key_store=wanted)
        assert "MSREG_KEY_FILE" in (told.value.hint_text() or "")
    with pytest.raises(Unavailable):
        create_keys(bare, REGISTRY, key_store="keyring")
    assert not bare.keys_file.exists()


def test_the_file_beside_the_data_is_used_only_when_chosen(bare: Settings, memory: Memory) -> None:
    keys, source, _ = create_keys(bare, REGISTRY, key_store="file")
    assert (source.name, source.grade, source.where) == ("home", "weak", str(bare.home / "kek"))
    assert load_keys(bare)[0] == keys
    assert memory.kept == {}
    changed(bare, kept="configured")
    with pytest.raises(Unavailable, match="Nothing says where the key"):
        load_keys(bare)


@pytest.mark.parametrize("wanted", ["keyring", "file"])
def test_a_choice_against_the_environment_is_refused(settings: Settings, wanted: subject.KeyStore) -> None:
    with pytest.raises(Usage) as told:
        create_keys(settings, REGISTRY, key_store=wanted)
    assert told.value.field == "key_store"
    assert create_keys(settings, REGISTRY, key_store="env")[1].name == "file"


def test_the_key_file_names_its_registry_and_public_key(settings: Settings) -> None:
    keys, _, _ = create_keys(settings, REGISTRY)
    file = read_key_json(settings.keys_file)
    assert file.registry == REGISTRY
    assert file.public_key == subject.public_key(keys)
    assert set(file.slots) == {0, 1}
