"""Asking a person: one question in, one reply out. On a terminal, from a script, or nobody (SPEC C2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from msreg.errors import Usage
from msreg.vocabulary import N_


class Move(Enum):
    """What a person may do instead of answering. Stopping is `KeyboardInterrupt`."""

    BACK = "back"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible reply: its value, how it reads, and what else finds it when somebody types."""

    value: Any
    title: str
    words: tuple[str, ...] = ()


def _anything(_text: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask, in words that are translated already.

    Without `options` the reply is a text that `check` finds nothing wrong with (it gives the sentence
    otherwise); with them it is the value of one, or with `several` a tuple of values. `value` is offered as
    the reply; nothing is picked for who only presses Enter. An empty reply is None: the question stays open.
    """

    label: str
    name: str
    """The option that gives this answer where nobody can be asked, such as --edss."""
    required: bool = False
    value: Any = None
    options: tuple[Option, ...] = ()
    several: bool = False
    check: Callable[[str], str | None] = _anything
    shape: str = ""
    """How the answer is written, such as dd-mm-jjjj."""
    help: tuple[str, ...] = ()
    status: str = ""
    """What stands at the bottom: how far the entry is, and what is open."""
    open_words: str | None = "–"
    """How leaving it open reads among the options; None where it cannot stay open."""


Reply = Any
"""A text, a value of the options, a tuple of them, None, or a `Move`."""


class Prompter(Protocol):
    """Who is asked."""

    def ask(self, question: Question) -> Reply:
        """The reply. Raises `KeyboardInterrupt` when the person stops."""


@dataclass
class Scripted:
    """Replies that were written down, for tests: they pass the same checks as typed ones.

    A reply that is a function gets the question. A text that the question refuses is noted in `refused`, and
    the next reply is taken. When there are no more, the person stops.
    """

    replies: Sequence[Any]
    asked: list[Question] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._left = list(self.replies)

    def ask(self, question: Question) -> Reply:
        """The next reply."""
        self.asked.append(question)
        while self._left:
            reply = self._left.pop(0)
            if reply is KeyboardInterrupt:
                break
            if callable(reply):
                reply = reply(question)
            if isinstance(reply, str) and not question.options:
                if wrong := question.check(reply):
                    self.refused.append((question.name, wrong))
                    continue
                return reply or None
            return reply
        raise KeyboardInterrupt


class Nobody:
    """Nobody can be asked: a missing value is a usage error that names the option."""

    def ask(self, question: Question) -> Reply:
        """Raises `Usage`."""
        raise Usage(
            N_("The option {name} is missing, and nobody can be asked here."),
            field=question.name.removeprefix("--").replace("-", "_"),
            name=question.name,
        )
