"""The members of one large JSON object, and the parts of one list in it, one after the other as the file comes.

Bytes are read as if each were a letter: the structure of JSON is ASCII, so places in the text are places in the
file, and whoever wants the words reads the part again from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

_PIECE = 2**18
_BLANK = " \t\r\n"


class Broken(Exception):
    """The file is no such object: `why` is `cut`, `json` or `large`."""

    def __init__(self, why: str, part: int) -> None:
        super().__init__(why)
        self.why, self.part = why, part


class Parts:
    """Walk an object: `entries` gives each part of its list `name`; `kind` is its `resourceType` afterwards.

    A part is its bytes from start to end in the file, and what JSON makes of them. No part may be larger than
    `most` bytes.
    """

    def __init__(self, file: BinaryIO, name: str, *, most: int) -> None:
        self.kind: Any = None
        self._file, self._name, self._most = file, name, most
        self._text, self._at, self._before, self._ended = "", 0, 0, False
        self._part = 0
        self._decode = json.JSONDecoder(parse_constant=_no_number, strict=True).raw_decode

    def entries(self) -> Iterator[tuple[int, int, Any]]:
        """Start, end and value of each part. Raises `Broken` where the file is no JSON, or ends too early."""
        if self._peek() == "\xef":  # a byte order mark, as three letters
            self._at += 3
        self._take("{")
        if self._next_is("}"):
            return
        while True:
            key = self._value()[2]
            self._take(":")
            if key == self._name and self._peek() == "[":
                yield from self._list()
            else:
                value = self._value()[2]
                self.kind = value if key == "resourceType" else self.kind
            if self._next_is("}"):
                break
            self._take(",")
        if self._peek():
            raise Broken("json", self._part)

    def _list(self) -> Iterator[tuple[int, int, Any]]:
        self._take("[")
        if self._next_is("]"):
            return
        while True:
            self._part += 1
            yield self._value()
            if self._next_is("]"):
                return
            self._take(",")

    def _value(self) -> tuple[int, int, Any]:
        self._peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except (RecursionError, ArithmeticError):
                raise Broken("json", self._part) from None
            except ValueError:
                end, value = -1, None
            # a number at the very end of what was read may go on
            if end >= 0 and (end < len(self._text) or self._ended):
                break
            if self._ended:
                raise Broken("cut" if end < 0 else "json", self._part)
            if len(self._text) - self._at > self._most:
                raise Broken("large", self._part)
            self._more()
        start = self._before + self._at
        if end - self._at > self._most:
            raise Broken("large", self._part)
        self._at = end
        return start, self._before + end, value

    def _peek(self) -> str:
        """The next sign that is not blank, without taking it; nothing at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def _next_is(self, sign: str) -> bool:
        found = self._peek() == sign
        self._at += found
        return found

    def _take(self, sign: str) -> None:
        if not self._next_is(sign):
            raise Broken("json" if self._peek() else "cut", self._part)

    def _more(self) -> None:
        """Read on, the more the longer the part is that is not whole yet, and forget what was done with."""
        piece = self._file.read(max(_PIECE, len(self._text) - self._at))
        self._ended = not piece
        self._text = self._text[self._at :] + piece.decode("latin-1")
        self._before += self._at
        self._at = 0


def _no_number(text: str) -> Any:
    raise ValueError(text)  # NaN and Infinity, which JSON does not have
