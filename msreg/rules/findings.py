"""What a check says. A finding names a place and a reason, never a patient's value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from msreg.errors import fill
from msreg.vocabulary import Record, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault or doubt: which check, about which question of which record, and why.

    `ref` is whatever the caller uses to find the record again (a row of a file, an id).
    `message` and `hint` are English texts with `{placeholders}`, translated where they are shown.
    """

    code: str
    severity: Severity
    record: Record
    field: str | None
    message: str
    ref: Any = None
    hint: str | None = None
    params: Mapping[str, object] = default(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The reason as a sentence, translated and with its placeholders filled."""
        return fill(self.message, self.params, translate)

    def hint_text(self, translate: Callable[[str], str] = str) -> str | None:
        """What to do about it, translated, or nothing."""
        return fill(self.hint, self.params, translate) if self.hint else None

    @property
    def is_error(self) -> bool:
        """True when the record may not be stored as it is."""
        return self.severity is Severity.ERROR
