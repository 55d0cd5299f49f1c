"""How rows of the log hang together: the signature of a row and the digest of an item."""

from __future__ import annotations

import hmac
from json.encoder import encode_basestring


def genesis(key: bytes, registry: str) -> str:
    """What the first row follows: it binds the log to its registry."""
    return hmac.digest(key, b"msreg" + registry.encode(), "sha256").hex()


def chain_mac(key: bytes, prev: str, body: str) -> str:
    """Signature of a row after the row before it; the length keeps texts from running into each other."""
    text = body.encode()
    return hmac.digest(key, bytes.fromhex(prev) + len(text).to_bytes(8, "big") + text, "sha256").hex()


def item_text(
    action: str, after: str | None, before: str | None, entity: str, entity_id: str, patient_id: str | None
) -> str:
    """The text of an item that its digest is of; `before` and `after` are JSON already."""
    patient = "null" if patient_id is None else encode_basestring(patient_id)
    return (
        f'{{"action":{encode_basestring(action)},"after":{after or "null"},"before":{before or "null"},'
        f'"entity":{encode_basestring(entity)},"entity_id":{encode_basestring(entity_id)},'
        f'"patient_id":{patient}}}'
    )
