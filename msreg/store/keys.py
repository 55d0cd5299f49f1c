"""The keys of a registry: one wrapping key from outside opens a bundle of four keys and a signing seed.

The wrapping key (KEK) comes from a key source or is the recovery key; the bundle is in clear in memory only.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msreg.clock import now as clock_now
from msreg.errors import Unavailable, Usage
from msreg.store import keysources
from msreg.store.keyfile import KEK_SLOT, RECOVERY_SLOT, Kept, KeyFile, new_key_file, read_key_json
from msreg.store.keysources import KeySource, KeyStore
from msreg.store.recovery import make_recovery_key, read_recovery_key, recovery_kek
from msreg.vocabulary import N_

if TYPE_CHECKING:
    from msreg.config import Settings

__all__ = [
    "KeySource",
    "KeyStore",
    "Keys",
    "choose_source",
    "comes_unasked",
    "create_keys",
    "load_keys",
    "load_with_recovery",
    "prepare_keys",
    "public_key",
    "renew_recovery_key",
    "rewrap",
]


@dataclass(frozen=True, slots=True)
class Keys:
    """32 bytes each. Not shown by `repr`: a key in a traceback is a key given away."""

    db_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)
    field_key: bytes = field(repr=False)
    totp_key: bytes = field(repr=False)
    anchor_seed: bytes = field(repr=False)


def prepare_keys(
    settings: Settings, registry: str, source: KeySource, *, now: datetime | None = None
) -> tuple[Keys, str, KeyFile]:
    """New keys, wrapped but not written: with the recovery key to print once and the file to write."""
    kek = keysources.obtain_kek(source, settings, registry)
    keys = Keys(*(os.urandom(32) for _ in fields(Keys)))
    recovery = make_recovery_key()
    file = new_key_file(registry, public_key(keys), _kept(source), now or clock_now())
    file.wrap(KEK_SLOT, kek, _pack(keys))
    file.wrap(RECOVERY_SLOT, recovery_kek(read_recovery_key(recovery), registry), _pack(keys))
    return keys, recovery, file


def create_keys(
    settings: Settings, registry: str, *, key_store: KeyStore = "auto", now: datetime | None = None
) -> tuple[Keys, KeySource, str]:
    """New keys in a new `keys.json`; the text is the recovery key, to be shown once.

    Raises `Conflict` when there is a `keys.json`, `Usage` when no source for the wrapping key was chosen.
    """
    source = choose_source(settings, key_store)
    keys, recovery, file = prepare_keys(settings, registry, source, now=now)
    file.write(settings.keys_file, replace=False)
    return keys, source, recovery


def load_keys(settings: Settings, path: Path | None = None) -> tuple[Keys, KeySource]:
    """The keys through their source, from `keys.json` or the copy of it at `path`.

    Raises `Unavailable` when that fails or its key does not fit.
    """
    configured = keysources.configured_source(settings)
    file = read_key_json(path or settings.keys_file)
    source = configured or _kept_source(settings, file.kept)
    bundle = file.unwrap(KEK_SLOT, keysources.read_kek(source, settings, file.registry))
    if bundle is None:
        raise Unavailable(
            N_("The key from {where} does not fit this registry."),
            hint=N_("Name the right key; the recovery key that msreg init printed opens the registry too."),
            where=source.where,
        )
    return _unpack(bundle), source


def comes_unasked(settings: Settings) -> bool:
    """Whether the key comes at once and nobody is asked for it: from a file, or from a keyring that is open.

    A command may ask, or reach for another machine. Raises what `load_keys` does for a source that is none.
    """
    source = keysources.configured_source(settings)
    source = source or _kept_source(settings, read_key_json(settings.keys_file).kept)
    if source.name == "keyring":
        from msreg.store.keyrings import is_open

        return is_open()
    return source.name != "command"


def load_with_recovery(settings: Settings, recovery_key: str, path: Path | None = None) -> Keys:
    """The keys through the printed recovery key, from `keys.json` or the copy of it at `path`.

    Raises `Usage` for a typing error in the key.
    """
    file = read_key_json(path or settings.keys_file)
    bundle = file.unwrap(RECOVERY_SLOT, recovery_kek(read_recovery_key(recovery_key), file.registry))
    if bundle is None:
        raise Unavailable(
            N_("This recovery key is of another registry, or was replaced by a newer one."),
            hint=N_("Look for the paper of this registry: {registry}."),
            registry=file.registry,
        )
    return _unpack(bundle)


def rewrap(settings: Settings, keys: Keys, *, key_store: KeyStore = "auto") -> KeySource:
    """Let a (new) key source open the registry, after a recovery or a move; the recovery key stays."""
    file = read_key_json(settings.keys_file)
    source = choose_source(settings, key_store)
    file = KeyFile(file.registry, file.created, file.public_key, _kept(source), file.slots)
    file.wrap(KEK_SLOT, keysources.obtain_kek(source, settings, file.registry), _pack(keys))
    file.write(settings.keys_file)
    return source


def renew_recovery_key(settings: Settings, keys: Keys) -> str:
    """A new recovery key, to be shown once; the old one no longer opens this `keys.json`."""
    file = read_key_json(settings.keys_file)
    recovery = make_recovery_key()
    file.wrap(RECOVERY_SLOT, recovery_kek(read_recovery_key(recovery), file.registry), _pack(keys))
    file.write(settings.keys_file)
    return recovery


def public_key(keys: Keys) -> bytes:
    """The Ed25519 key that checks the marks of the log."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(keys.anchor_seed).public_key().public_bytes_raw()


def choose_source(settings: Settings, key_store: KeyStore) -> KeySource:
    """Where a new wrapping key will be kept. Raises `Usage` with the choices when nothing suits."""
    configured = keysources.configured_source(settings)
    if configured is not None:
        if key_store in ("keyring", "file"):
            raise Usage(
                N_("The key would come from {where}, not from where --key-store says."),
                hint=N_("Leave --key-store out, or take the variable away."),
                field="key_store",
                where=configured.where,
            )
        return configured
    if key_store == "file":
        return keysources.home_source(settings)
    if key_store != "env":
        from msreg.store.keyrings import keyring_name

        if (name := keyring_name()) is not None:
            return KeySource("keyring", "secure", name)
        if key_store == "keyring":
            raise Unavailable(
                N_("This machine has no keyring that keeps what is put in it."),
                hint=N_("Name a key file with MSREG_KEY_FILE, or choose --key-store file."),
            )
    raise Usage(
        N_("There is no place for the key that opens the registry."),
        hint=N_(
            "Name a file with MSREG_KEY_FILE (it is made), or a command with MSREG_KEY_CMD, or choose"
            " --key-store file: less safe, the key then lies beside the data."
        ),
        field="key_store",
    )


def _kept(source: KeySource) -> Kept:
    return source.name if source.name in ("keyring", "home") else "configured"


def _kept_source(settings: Settings, kept: Kept) -> KeySource:
    if kept == "keyring":
        return KeySource("keyring", "secure", "keyring")
    if kept == "home":
        return keysources.home_source(settings)
    raise Unavailable(
        N_("Nothing says where the key of this registry is."),
        hint=N_("Set MSREG_KEY_FILE or MSREG_KEY_CMD to what msreg init was run with."),
    )


def _pack(keys: Keys) -> bytes:
    return json.dumps(
        {each.name: b64encode(getattr(keys, each.name)).decode() for each in fields(keys)}
    ).encode()


def _unpack(bundle: bytes) -> Keys:
    told = json.loads(bundle)
    return Keys(**{each.name: b64decode(told[each.name]) for each in fields(Keys)})
