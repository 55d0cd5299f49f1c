"""Findings with the place in a file that they are about (SPEC B3, C11)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from msreg.errors import fill
from msreg.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class PlacedFinding:
    """A finding at a cell: `row` as Excel counts, `column` the letter, `field` the key of the question.

    `value` is what stands in the cell; only a terminal, or `--values`, shows it (C12).
    """

    sheet: str
    row: int | None
    column: str | None
    field: str | None
    code: str
    severity: Severity
    message: str
    hint: str | None = None
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)
    value: Any = None

    @property
    def is_error(self) -> bool:
        """True when the row may not be loaded."""
        return self.severity is Severity.ERROR

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The reason, translated."""
        return fill(self.message, self.params, translate)

    def hint_text(self, translate: Callable[[str], str] = str) -> str | None:
        """What to do about it, translated, or nothing."""
        return fill(self.hint, self.params, translate) if self.hint else None
