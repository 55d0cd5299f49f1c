"""Ids made by the client. Apart from the models: who only needs an id need not load them."""

from __future__ import annotations


def new_id() -> str:
    """A new id (UUIDv7, RFC 9562, as 32 hexadecimal digits): ids made later sort later."""
    import uuid_utils

    return uuid_utils.uuid7().hex
