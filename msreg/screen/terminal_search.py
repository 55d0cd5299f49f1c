"""Finding one of many answers by what somebody types: a part of its name, or another word for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from msreg.screen.prompter import Option


def ranked(options: Iterable[Option], text: str) -> list[Option]:
    """The options that a typed text finds, best first: it begins their title, another word for them, a word in
    their title; or it stands anywhere in one of these."""
    typed = text.casefold().strip()
    places = [(_rank(each, typed), at, each) for at, each in enumerate(options)]
    return [each for rank, _at, each in sorted((p for p in places if p[0] is not None), key=lambda p: p[:2])]


def _rank(option: Option, typed: str) -> int | None:
    title, words = option.title.casefold(), [word.casefold() for word in option.words]
    if title.startswith(typed):
        return 0
    if any(word.startswith(typed) for word in words):
        return 1
    if any(part.startswith(typed) for part in re.split(r"[\s(,]+", title)):
        return 2
    return 3 if any(typed in each for each in (title, *words)) else None


def named(options: Sequence[Option], text: str) -> list[Option]:
    """The options that a text names when somebody ends with Enter: by a whole name, else every one it finds."""
    typed = text.casefold().strip()
    whole = [o for o in options if typed in (o.title.casefold(), *(word.casefold() for word in o.words))]
    return whole or ranked(options, text)


def found(options: Sequence[Option], text: str) -> Any:
    """The value of the one option that a text names; None when it names none or more."""
    values = {each.value for each in named(options, text)}
    return values.pop() if len(values) == 1 else None


class Search(Completer):
    """The list below a question, shorter with every letter."""

    def __init__(self, options: Iterable[Option]) -> None:
        self._options = tuple(options)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What the text so far finds; beside each title the word that found it, when the title has it not."""
        typed = document.text.casefold().strip()
        for each in ranked(self._options, typed):
            words = () if typed in each.title.casefold() else each.words
            other = next((word for word in words if typed in word.casefold()), "")
            yield Completion(each.title, start_position=-len(document.text), display_meta=other)
