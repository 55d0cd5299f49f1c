"""The letters of a PDF: DejaVu Sans, which has those of every European name, and where to get reportlab."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple
from unicodedata import category, normalize

from msreg.config import data_folder
from msreg.errors import Unavailable
from msreg.vocabulary import N_

PLAIN, BOLD = "DejaVuSans", "DejaVuSans-Bold"
BOX = "□"
"""What stands for a character that the letters lack."""


class Font(NamedTuple):
    """One face: its name, what a text takes at a size, and the characters that it has."""

    name: str
    face: Any

    def width(self, text: str, size: float) -> float:
        """Points that the text takes."""
        return float(self.face.stringWidth(text, size))


def require_reportlab() -> None:
    """Raise `Unavailable` with what to install when there is no library for PDF pages."""
    try:
        import reportlab  # noqa: F401
    except ModuleNotFoundError:
        raise Unavailable(
            N_("Pages for printing need the library reportlab, which is not installed here."),
            hint=N_("Install it with: {command}"),
            field="format",
            command="pip install 'msreg[pdf]'",
        ) from None


@cache
def fonts() -> tuple[Font, Font]:
    """The plain and the bold face, known to reportlab by their names."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    found = []
    for name in (PLAIN, BOLD):
        face = TTFont(name, str(data_folder() / "fonts" / f"{name}.ttf"))
        pdfmetrics.registerFont(face)
        found.append(Font(name, face))
    return found[0], found[1]


def drawable(text: str) -> str:
    """The text in characters that both faces have: whole letters where there are, a box for what is lacking."""
    known = [font.face.face.charToGlyph for font in fonts()]
    return "".join(
        each if all(ord(each) in glyphs for glyphs in known) else BOX
        for each in normalize("NFC", text)
        # Marks that only change the sign before them, and joiners, would each become a box of their own.
        if category(each) not in ("Mn", "Me", "Cf") or all(ord(each) in glyphs for glyphs in known)
    )
