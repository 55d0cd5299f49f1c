"""How one thing stands that `msreg doctor` looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """How one thing stands: in order, worth a look, or wrong."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Health:
    """One thing that was looked at. `message` and `hint` are texts with the places of `params`."""

    check: str
    state: State
    message: str
    hint: str | None = None
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The sentence, translated and filled."""
        return translate(self.message).format(**self.params)

    def hint_text(self, translate: Callable[[str], str] = str) -> str | None:
        """What to do, translated and filled, or nothing."""
        return translate(self.hint).format(**self.params) if self.hint else None


def worst(found: Iterable[Health]) -> State:
    """The state of the whole: that of its worst part."""
    order = list(State)
    return max((each.state for each in found), key=order.index, default=State.GREEN)
