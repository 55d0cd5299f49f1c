"""Words that tell of a disease, a treatment or a number of a person: mail to people holds none of them (SPEC R4).

That somebody gets a mail about a disease tells who reads along that they have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

ABBREVIATIONS = ("MS", "CIS", "RIS", "RRMS", "SPMS", "PPMS", "EDSS", "MRI", "PML", "JCV", "BSN")
"""Only in capitals: `mS` or `cis` in another word is something else."""

WORDS = (
    "sclerose", "sclerosis", "ziekte", "disease", "diagnose", "diagnosis", "neurolo", "relapse", "schub",
    "beloop", "behandeling", "treatment", "medicijn", "medicatie", "medicine", "medication", "bijwerking",
    "side effect", "lareb",
)  # fmt: skip
"""In any case, and as part of a longer word."""

_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")


def pattern(medicines: Iterable[str]) -> re.Pattern[str]:
    """What finds such words, names of `medicines` among them."""
    abbreviations = "|".join(map(re.escape, ABBREVIATIONS))
    parts = "|".join(map(re.escape, WORDS))
    names = "|".join(sorted((re.escape(each) for each in medicines), key=len, reverse=True))
    whole = rf"\b(?:{abbreviations})\b|(?i:{parts})"
    return re.compile(rf"{whole}|\b(?i:{names})\b" if names else whole)


def revealing(text: str, found_by: re.Pattern[str]) -> str | None:
    """The first word of the text that tells too much, or None.

    Addresses are left out of account: a name of a computer is what it is, and everything else in them is random.
    """
    found = found_by.search(_ADDRESS.sub(" ", text))
    return found.group() if found else None
