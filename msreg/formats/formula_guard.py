"""Text that a spreadsheet would take for a formula gets a `'` in front in CSV, and loses it when read."""

from __future__ import annotations

import re

# Full-width signs count: some spreadsheets turn them into ordinary ones. A text that has such a `'` of its
# own gets one more, so that reading gives back exactly what was written.
_TO_GUARD = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"'+\s*[=+\-@\t\r＝＋－＠]")


def guard(text: str) -> str:
    """`text` so that no spreadsheet calculates with it: `=1+1` becomes `'=1+1`."""
    return "'" + text if _TO_GUARD.match(text) else text


def unguard(text: str) -> str:
    """What `guard` was given. A `'` before anything else stays: 's-Hertogenbosch."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
