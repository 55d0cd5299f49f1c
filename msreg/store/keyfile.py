"""`keys.json`: the registry's keys, wrapped once by the key source and once by the recovery key.

Slots as LUKS has them: each wraps the same bundle under another key, so either opens the registry.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from msreg.errors import Unavailable
from msreg.store.files import write_private
from msreg.vocabulary import N_

FORMAT = 1
KEK_SLOT = 0
RECOVERY_SLOT = 1
Kept = Literal["configured", "keyring", "home"]


@dataclass(frozen=True, slots=True)
class Slot:
    """The bundle of keys under one wrapping key (AES-256-GCM)."""

    nonce: bytes
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What `keys.json` holds; nothing in it opens anything by itself."""

    registry: str
    created: str
    public_key: bytes
    """Ed25519 key that checks the marks of the log."""
    kept: Kept
    """Where `init` put the wrapping key: in what the environment names, the keyring, or the home folder."""
    slots: dict[int, Slot]

    def _bound(self, slot: int) -> bytes:
        # A slot moved to another registry, or given another public key, does not open.
        return b"msreg|%s|%d|%s" % (self.registry.encode(), slot, self.public_key.hex().encode())

    def wrap(self, slot: int, kek: bytes, bundle: bytes) -> None:
        """Put the bundle in a slot, in place of what is there."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(12)
        self.slots[slot] = Slot(nonce, AESGCM(kek).encrypt(nonce, bundle, self._bound(slot)))

    def unwrap(self, slot: int, kek: bytes) -> bytes | None:
        """The bundle, or None when the key does not fit or the file was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if (kept := self.slots.get(slot)) is None:
            return None
        try:
            return AESGCM(kek).decrypt(kept.nonce, kept.wrapped, self._bound(slot))
        except (InvalidTag, ValueError):
            return None

    def write(self, path: Path, *, replace: bool = True) -> None:
        """Write the file whole, 0600. Raises `Conflict` when it exists and may not be replaced."""
        told: dict[str, Any] = {
            "format": FORMAT,
            "registry": self.registry,
            "created": self.created,
            "anchor_public_key": b64encode(self.public_key).decode(),
            "kept": self.kept,
            "slots": {
                str(number): {
                    "nonce": b64encode(slot.nonce).decode(),
                    "wrapped": b64encode(slot.wrapped).decode(),
                }
                for number, slot in sorted(self.slots.items())
            },
        }
        write_private(path, (json.dumps(told, indent=2) + "\n").encode(), replace=replace)


def new_key_file(registry: str, public_key: bytes, kept: Kept, now: datetime) -> KeyFile:
    """A key file without slots."""
    return KeyFile(registry, now.astimezone(UTC).isoformat(timespec="seconds"), public_key, kept, {})


def read_key_json(path: Path) -> KeyFile:
    """Read `keys.json`. Raises `Unavailable` when it is missing or is not one."""
    try:
        told = json.loads(path.read_bytes())
        if told["format"] != FORMAT or told["kept"] not in ("configured", "keyring", "home"):
            raise ValueError
        return KeyFile(
            str(told["registry"]),
            str(told["created"]),
            b64decode(told["anchor_public_key"], validate=True),
            told["kept"],
            {
                int(number): Slot(
                    b64decode(slot["nonce"], validate=True), b64decode(slot["wrapped"], validate=True)
                )
                for number, slot in told["slots"].items()
            },
        )
    except OSError as fault:
        raise Unavailable(
            N_("The keys of the registry in {path} cannot be read: {why}."),
            hint=N_("Put keys.json back from its last copy; without it the database stays closed."),
            path=str(path),
            why=fault.strerror or type(fault).__name__,
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Unavailable(
            N_("{path} does not hold the keys of a registry, or is damaged."),
            hint=N_("Put keys.json back from its last copy; without it the database stays closed."),
            path=str(path),
        ) from None
