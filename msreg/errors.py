"""The one family of errors. Each class owns its exit code (SPEC C4); none holds a patient's value.

`message` and `hint` are English texts with `{placeholders}`, translated where they are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from msreg.vocabulary import N_


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text within a sentence: translated with it, its own placeholders filled."""

    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The words to show."""
        return fill(self.message, self.params, translate)

    def __str__(self) -> str:
        return self.text()


def fill(message: str, params: Mapping[str, object], translate: Callable[[str], str] = str) -> str:
    """A translated text with its placeholders filled; phrases among them are translated too."""
    known = {key: _in_words(each, translate) for key, each in params.items()}
    return translate(message).format(**known)


def _in_words(value: object, translate: Callable[[str], str]) -> object:
    if isinstance(value, Phrase):
        return value.text(translate)
    if isinstance(value, Decimal) and value != value.to_integral_value():
        whole, _point, part = str(value).partition(".")
        return translate(DECIMAL).format(whole=whole, part=part)
    return value


DECIMAL = N_("{whole}.{part}")
"""A number with decimals, as it is written in the language of the sentence."""


def written(day: date | str) -> Phrase:
    """A day as it is written in the language of the sentence (SPEC C10); a text is an ISO date."""
    year, month, number = str(day).split("-")
    return Phrase(N_("{year}-{month}-{day}"), {"year": year, "month": month, "day": number})


class MsregError(Exception):
    """Something a person can understand and act on: what is wrong, where, and what to do."""

    exit_code = 1
    code = "failure"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        rule: str | None = None,
        field: str | None = None,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.rule = rule
        self.field = field
        self.params: Mapping[str, object] = params

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence to show, translated and with its placeholders filled."""
        return fill(self.message, self.params, translate)

    def hint_text(self, translate: Callable[[str], str] = str) -> str | None:
        """What to do next, translated, or nothing."""
        return fill(self.hint, self.params, translate) if self.hint else None

    def __str__(self) -> str:
        return self.text()


class Usage(MsregError):
    """The call's words are off, or a value is missing and nobody can be asked."""

    exit_code = 2
    code = "usage"


class NotFound(MsregError):
    """What was named does not exist, or may not be known to exist."""

    exit_code = 3
    code = "not_found"


class NotLoggedIn(MsregError):
    """Nobody is known to be at the keyboard."""

    exit_code = 4
    code = "not_logged_in"


class NotAllowed(MsregError):
    """The role, the centre or a missing consent stands in the way."""

    exit_code = 5
    code = "not_allowed"
    patient_id: str | None = None
    """Whom it is about, for the log of the attempt; shown nowhere."""


class Refused(MsregError):
    """The data was refused by validation."""

    exit_code = 6
    code = "refused"


class Partial(MsregError):
    """Bulk work was done in part."""

    exit_code = 7
    code = "partial"


class Conflict(MsregError):
    """The present state stands in the way, or somebody else is writing."""

    exit_code = 8
    code = "conflict"


class Busy(Conflict):
    """Somebody else is writing: the same once more works in a moment."""


class Unavailable(MsregError):
    """An outside service or the machine failed: database server, disk, mail."""

    exit_code = 9
    code = "unavailable"


class Interrupted(MsregError):
    """Stopped by the person at the keyboard."""

    exit_code = 130
    code = "interrupted"
