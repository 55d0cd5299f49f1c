"""Colours of a drawing, by what they mean, on light and on dark paper.

From the palette of Okabe and Ito, which people with each kind of colour blindness can tell apart; some are darker or
lighter here, so that texts on and in them read well (WCAG AA) and neighbours differ in grey too. No colour stands
alone: treated is filled, estimated is open, a gap is hatched, a medicine has its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LIGHT: Mapping[str, str] = {
    "paper": "#ffffff",
    "ink": "#1b1f24",
    "soft": "#555b63",
    "grid": "#e4e7ea",
    "frame": "#b4bac1",
    "rim": "#59626c",
    "edss": "#0067a3",
    "health": "#007a5a",
    "relapse": "#c65200",
    "gap": "#cdd2d8",
    "t2": "#d99bbf",
    "gd": "#f0b73c",
    "on_fill": "#14171a",
    "ris": "#f2f4f6",
    "cis": "#dde5ec",
    "rrms": "#b9d3ea",
    "spms": "#84a9cc",
    "ppms": "#9d9bc4",
    "bar0": "#56b4e9",
    "bar1": "#fbf59a",
    "bar2": "#33b18f",
    "bar3": "#f4cf9a",
    "bar4": "#d58cb3",
    "bar5": "#c3e4fa",
    "bar6": "#e5874a",
    "bar7": "#ebebee",
}

DARK: Mapping[str, str] = {
    **LIGHT,
    "paper": "#16191d",
    "ink": "#eceff2",
    "soft": "#b3bac2",
    "grid": "#2c3137",
    "frame": "#59616a",
    "rim": "#7d8791",
    "edss": "#62b8f0",
    "health": "#4fcfa6",
    "relapse": "#ff9a52",
    "gap": "#454c54",
}

BARS: tuple[str, ...] = tuple(role for role in LIGHT if role.startswith("bar"))
"""Fills of medication, each much lighter or darker than the one before and the one after."""


def luminance(colour: str) -> float:
    """The relative luminance of WCAG, from 0 (black) to 1 (white)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def fills(codes: Iterable[str]) -> dict[str, str]:
    """The fill of each medicine, in the order in which they were first given."""
    found: dict[str, str] = {}
    for code in codes:
        found.setdefault(code, BARS[len(found) % len(BARS)])
    return found
