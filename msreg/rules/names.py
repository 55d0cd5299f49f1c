"""Names as people look for them and as lists show them."""

from __future__ import annotations

import unicodedata


def fold_name(name: str) -> str:
    """A name for searching: lower case, without accents, apostrophes and doubled spaces.

    "Özdemir" and "ozdemir" are found by each other, and so are "'t Hart" and "t hart".
    """
    if not name.isascii():
        parts = unicodedata.normalize("NFKD", name)
        name = "".join(c for c in parts if not unicodedata.combining(c))
    return " ".join("".join(c for c in name.casefold() if c.isalnum() or c in " -").split())


def display_name(family_name: str | None, name_prefix: str | None, initials: str | None) -> str:
    """A name as lists show it: "van den Berg, C."."""
    name = " ".join(part for part in (name_prefix, family_name) if part)
    return f"{name}, {initials}" if initials else name


MASK = "•"
"""Stands for each digit of a BSN that is not shown."""


def mask_bsn(bsn: str | None) -> str | None:
    """A BSN of which only the last three digits show (SPEC C8)."""
    return None if bsn is None else MASK * (len(bsn) - 3) + bsn[-3:]
