"""Identifiers that can be judged by themselves: BSN, Dutch postal code, e-mail address."""

from __future__ import annotations

import re

TEST_BSN_PREFIX = "9999"
"""What test numbers begin with; people in demos and tests have only these."""

_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_REST = r"(?:(?:[^\W_]|-){0,61}[^\W_])"
_EMAIL = rf"({_LOCAL})@(?:[^\W_]{_REST}?\.)+[^\W\d_]{_REST}"


def is_bsn(text: str) -> bool:
    """True for nine digits that pass the eleven-test and are not 000000000 (SPEC P3)."""
    # stdnum would also read "1112.22.333" and fill up short numbers; a stored BSN is nine digits.
    if len(text) != 9 or not (text.isascii() and text.isdigit()) or text == "000000000":
        return False
    from stdnum.nl import bsn

    return bsn.is_valid(text)


def is_test_bsn(text: str) -> bool:
    """True for a number of the range that is used for tests."""
    return text.startswith(TEST_BSN_PREFIX)


def tidy_postal_code(text: str) -> str | None:
    """A Dutch postal code as it is stored ("2601 DC"), from "2601dc" or "NL-2601 DC"; else None."""
    from stdnum.exceptions import ValidationError
    from stdnum.nl import postcode

    if not text.isascii():
        return None
    try:
        return postcode.validate(text)
    except ValidationError:
        return None


def is_postal_code(text: str) -> bool:
    """True for a Dutch postal code, with or without the space."""
    return tidy_postal_code(text) is not None


def is_email(text: str) -> bool:
    """True for an address that mail can be sent to: a name, one @, a domain with a dot.

    Stricter than the mail standard where that allows quotes, comments and bare host names: nobody has
    those, and a typing error looks like them. Whether the address exists only mail can tell.
    """
    if len(text) > 254:
        return False
    match = re.fullmatch(_EMAIL, text)
    return match is not None and len(match[1]) <= 64
