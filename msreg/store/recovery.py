"""The recovery key: printed once, typed in years later. 160 bits as Crockford base32 with a check."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from msreg.errors import Usage
from msreg.vocabulary import N_

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# What a person reads for what was printed.
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BYTES = 20
_KEY_SIGNS = _BYTES * 8 // 5
_CHECK_SIGNS = 4
_GROUP = 4


def make_recovery_key() -> str:
    """A new recovery key in nine groups of four signs, the last of them the check."""
    return write_recovery_key(os.urandom(_BYTES))


def write_recovery_key(secret: bytes) -> str:
    """The 20 bytes as a person writes them: `7M2K-…-Q0XW`."""
    signs = _signs(int.from_bytes(secret, "big"), _KEY_SIGNS) + _check(secret)
    return "-".join(signs[n : n + _GROUP] for n in range(0, len(signs), _GROUP))


def read_recovery_key(text: str) -> bytes:
    """The 20 bytes of a key as typed: capitals or not, any spaces and dashes, O for 0, I and L for 1.

    Raises `Usage` for a typing error; no part of the key is in the message.
    """
    signs = "".join(text.split()).replace("-", "").upper().translate(_READ_AS)
    if len(signs) != _KEY_SIGNS + _CHECK_SIGNS:
        raise Usage(
            N_("A recovery key has {wanted} signs; this has {found}."),
            field="recovery_key",
            wanted=_KEY_SIGNS + _CHECK_SIGNS,
            found=len(signs),
        )
    if any(sign not in _ALPHABET for sign in signs):
        raise Usage(N_("A recovery key has digits and letters only, and no U."), field="recovery_key")
    number = 0
    for sign in signs[:_KEY_SIGNS]:
        number = number * 32 + _ALPHABET.index(sign)
    secret = number.to_bytes(_BYTES, "big")
    if not hmac.compare_digest(_check(secret), signs[_KEY_SIGNS:]):
        raise Usage(
            N_("The recovery key has a typing error: its last group does not fit the others."),
            hint=N_("Compare it sign by sign with the paper."),
            field="recovery_key",
        )
    return secret


def recovery_kek(secret: bytes, registry: str) -> bytes:
    """The 32-byte wrapping key that a recovery key stands for in this registry."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), 32, salt=registry.encode(), info=b"msreg recovery").derive(secret)


def _check(secret: bytes) -> str:
    return _signs(int.from_bytes(sha256(b"msreg recovery" + secret).digest()[:4], "big") >> 12, _CHECK_SIGNS)


def _signs(number: int, count: int) -> str:
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(count)))
