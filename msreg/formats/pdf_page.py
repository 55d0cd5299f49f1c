"""One page of A4 as PDF: a heading, labels with what is said of them, tables, a foot. Never a second page.

Texts are drawn as they are: there is no markup in which data could mean something. Colours are those of the
tones that `COLOURS` names; a tone that is not there is black.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, NamedTuple, TypeAlias

from msreg.errors import Unavailable
from msreg.formats.fitting import shown
from msreg.formats.pdf_fonts import Fonts
from msreg.formats.pdf_parts import Drawn, fact_lines, foot_lines, heading_lines, table_lines
from msreg.vocabulary import N_

__all__ = ["Facts", "Page", "Piece", "Table", "pdf_bytes", "require_reportlab"]

Piece: TypeAlias = tuple[str, str]
"""A text and its tone."""

WIDTH, HEIGHT = 595.28, 841.89
MARGIN = 48.0
