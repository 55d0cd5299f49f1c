"""What is heard while the XML of a document is walked."""

from __future__ import annotations

from functools import cache

from msreg.formats.upload_limits import MAX_DEPTH, MAX_ELEMENTS
from msreg.formats.zip_guard import Fault


class Elements:
    """Hears every element, `namespace name`. Raises `Fault` where too many are within each other, or at all."""

    def __init__(self) -> None:
        self._within = 0
        self._count = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self._within += 1
        self._count += 1
        if self._within > MAX_DEPTH:
            raise Fault("damaged")
        if self._count > MAX_ELEMENTS:
            raise Fault("unpacked")

    def end(self, tag: str) -> None:
        """It ends."""
        self._within -= 1

    def text(self, text: str) -> None:
        """Text within it."""


@cache
def local(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition(" ")[2]


class Found(Elements):
    """Notes the attributes of elements by one of some local names."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.root = ""
        self._names = names

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Note the first element, and those that are looked for."""
        super().begin(tag, attributes)
        self.root = self.root or tag
        name = local(tag)
        if name in self._names:
            self.found.append((name, {local(key): value for key, value in attributes.items()}))


class Words(Elements):
    """Text of some elements, by local name; blanks between them where a reader sees some."""

    def __init__(self, inside: frozenset[str], breaks: frozenset[str], most: int) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.full = False
        self._inside, self._breaks = inside, breaks
        self._depth = 0
        self._room = most

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Listen within an element that is asked for."""
        super().begin(tag, attributes)
        if local(tag) in self._inside:
            self._depth += 1

    def end(self, tag: str) -> None:
        """Stop listening; a break where one paragraph or cell ends."""
        super().end(tag)
        name = local(tag)
        if name in self._inside:
            self._depth -= 1
        if name in self._breaks:
            self.say("\n")

    def text(self, text: str) -> None:
        """Keep what is heard within."""
        if self._depth:
            self.say(text)

    def say(self, text: str) -> None:
        """Keep a text while there is room."""
        self._room -= len(text)
        if self._room < 0:
            self.full = True
        else:
            self.pieces.append(text)
