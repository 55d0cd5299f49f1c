"""A synopsis as Markdown, in which nothing of the data can become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msreg.formats.fitting import shown
from msreg.screen.language import ngettext
from msreg.screen.synopsis_words import Fact, Listing, Part, Run, words
from msreg.services.synopsis import Synopsis

ROWS = 45
"""Rows of lists on a page as Markdown is usually printed."""

_MARKUP = re.compile(r"[\\`*_{}\[\]<>#|~&!@$^]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """The text as it reads, whatever is in it: markup, HTML, links that viewers make of addresses."""
    return _MARKUP.sub(lambda found: "\\" + found[0], text)


def markdown(synopsis: Synopsis) -> str:
    """The synopsis in the language that is spoken."""
    said = words(synopsis)
    texts = [f"# {escaped(f'{said.name} {said.who}'.rstrip())}", ""]
    texts += [" · ".join(map(escaped, (said.number, said.centre, said.consent))), ""]
    lists = [len(part.rows) for part in said.parts if isinstance(part, Listing) and part.rows]
    kept = iter(shown([[1] * rows for rows in lists], ROWS, more=1))
    for before, part in zip((None, *said.parts), said.parts, strict=False):
        if isinstance(before, Listing) and not isinstance(part, Listing):
            texts.append("")
        texts += _listing(part, next(kept)) if isinstance(part, Listing) and part.rows else _fact(part)
    return "\n".join(texts).rstrip("\n") + "\n"


def _fact(part: Part) -> Iterator[str]:
    match part:
        case Fact(label, pieces):
            text = ", ".join(escaped(piece.text) for piece in pieces)
        case Run(label, pieces):
            text = " · ".join(escaped(piece.text) for piece in pieces)
        case Listing(label=label, nothing=nothing):
            text = escaped(nothing)
    yield f"- **{escaped(label)}** {text}"


def _listing(part: Part, kept: int) -> Iterator[str]:
    assert isinstance(part, Listing)
    filled = [at for at in range(len(part.heads)) if any(row[at].text for row in part.rows)]
    yield ""
    yield f"## {escaped(part.label)}"
    yield ""
    yield _row([part.heads[at] for at in filled])
    yield "|" + " --- |" * len(filled)
    for row in part.rows[:kept]:
        yield _row([row[at].text for at in filled])
    if kept < len(part.rows):
        more = len(part.rows) - kept
        yield ""
        yield f"… {ngettext('{count} more', '{count} more', more)}"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"
