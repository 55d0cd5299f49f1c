"""A letter of the office: a text in a small part of Markdown, read into blocks.

A file is a head between two lines of `---` (title, version, date) and blocks with empty lines between them:
`## heading`, paragraphs, `- item`, `- [ ] statement to tick`, `- [ ] [ ] statement to answer with yes or no`,
and `- **Label:** value`, where `____` is a place to write on. Nothing within a line is markup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from msreg.errors import MsregError
from msreg.vocabulary import N_, Language

BLANK = "____"
"""Stands for a place to write on."""


class Kind(StrEnum):
    """What a block of a letter is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TICK = "tick"
    CHOICE = "choice"
    FIELD = "field"


class Block(NamedTuple):
    """One block; `label` is that of a field, whose text is empty where there is a place to write on."""

    kind: Kind
    text: str
    label: str = ""


class Letter(NamedTuple):
    """A letter in one language; `source` is its Markdown without the head."""

    title: str
    version: str
    date: date
    language: Language
    blocks: tuple[Block, ...]
    source: str


_LINES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.HEADING, re.compile(r"## (?P<text>.+)")),
    (Kind.CHOICE, re.compile(r"- \[ \] \[ \] (?P<text>.+)")),
    (Kind.TICK, re.compile(r"- \[ \] (?P<text>.+)")),
    (Kind.FIELD, re.compile(r"- \*\*(?P<label>[^*]+):\*\* (?P<text>.+)")),
    (Kind.ITEM, re.compile(r"- (?P<text>.+)")),
    (Kind.PARAGRAPH, re.compile(r"(?P<text>.+)")),
)


def head(text: str, file: str) -> tuple[Mapping[str, str], str]:
    """What the head of a letter says, and the text after it. Raises `MsregError` when there is no head."""
    found = re.match(r"---\n(.*?)\n---\n+", text, re.DOTALL)
    if found is None:
        raise MsregError(N_("{file} cannot be read: {why}."), file=file, why="no head between lines of ---")
    pairs = (line.partition(": ") for line in found[1].splitlines())
    return {name: value for name, _colon, value in pairs}, text[found.end() :]


def read_letter(text: str, language: Language, file: str) -> Letter:
    """The letter in a text whose values are filled in. Raises `MsregError` when its head is not complete."""
    said, source = head(text, file)
    try:
        title, version, made = said["title"], said["version"], date.fromisoformat(said["date"])
    except (KeyError, ValueError) as fault:
        raise MsregError(N_("{file} cannot be read: {why}."), file=file, why=str(fault)) from None
    blocks = tuple(_block(line.strip()) for line in source.splitlines() if line.strip())
    return Letter(title, version, made, language, blocks, source)


def _block(line: str) -> Block:
    for kind, form in _LINES:
        found = form.fullmatch(line)
        if found is not None:
            parts = found.groupdict()
            text = "" if kind is Kind.FIELD and parts["text"] == BLANK else parts["text"]
            return Block(kind, text, parts.get("label", ""))
    raise AssertionError("a line that is not empty is a paragraph")
