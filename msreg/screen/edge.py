"""What a call brings with it: how to speak, what to show it on, what was asked of every command.

The words of the call are looked through once before they are parsed, because help and errors of
parsing need the language and the form (text or JSON) too.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import date

from msreg.config import Settings, language, load_settings
from msreg.errors import MsregError
from msreg.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Edge:
    """One call of msreg, as its command sees it."""

    lang: Language = Language.EN
    json: bool = False
    jsonl: bool = False
    color: bool = False
    interactive: bool = False
    debug: bool = False
    values: bool = False
    today: date | None = None
    width: int = 80
    terminal: bool = False
    loaded: Settings | MsregError | None = None

    @property
    def settings(self) -> Settings:
        """The settings of this call. Raises `Usage` when msreg.toml or a variable is wrong.

        Late, so that help works while msreg.toml is being mended.
        """
        loaded = self.loaded if self.loaded is not None else load_settings(os.environ)
        if isinstance(loaded, MsregError):
            raise loaded
        return loaded

    @property
    def machine(self) -> bool:
        """True when a program reads the result: `--json` or `--jsonl`."""
        return self.json or self.jsonl

    @property
    def values_allowed(self) -> bool:
        """True when values of patients may be shown (SPEC C12): on a terminal, or with `--values`."""
        return self.terminal or self.values


_current: ContextVar[Edge | None] = ContextVar("edge", default=None)


def edge() -> Edge:
    """The call that is being answered."""
    return _current.get() or Edge()


def use(new: Edge) -> None:
    """Make this the call that is being answered."""
    _current.set(new)


def look(words: Sequence[str], environ: Mapping[str, str]) -> Edge:
    """The edge of a call, from its words and the terminals it runs on.

    Raises `Usage` when `--lang` names no language; other doubts wait until the command needs them.
    """
    words = words[: words.index("--")] if "--" in words else words
    out_is_terminal, in_is_terminal = _is_terminal(sys.stdout), _is_terminal(sys.stdin)
    json, jsonl = "--json" in words, "--jsonl" in words
    found = Edge(
        json=json,
        jsonl=jsonl,
        debug="--debug" in words,
        terminal=out_is_terminal and not (json or jsonl),
        interactive=out_is_terminal and in_is_terminal and not (json or jsonl or "--no-input" in words),
        color=out_is_terminal
        and not (json or jsonl or "--no-color" in words or environ.get("NO_COLOR"))
        and environ.get("TERM") != "dumb",
        width=_columns(environ) if out_is_terminal else 80,
    )
    use(found)
    wanted = _value_of("--lang", words)
    spoken = language(environ, wanted)
    loaded: Settings | MsregError
    try:
        loaded = load_settings(environ, lang=wanted)
        spoken = loaded.lang
    except MsregError as fault:
        loaded = fault
    return replace(found, lang=spoken, loaded=loaded)


def _value_of(option: str, words: Sequence[str]) -> str | None:
    value = None
    for place, word in enumerate(words):
        if word == option and place + 1 < len(words):
            value = words[place + 1]
        elif word.startswith(f"{option}="):
            value = word[len(option) + 1 :]
    return value


def _is_terminal(stream: object) -> bool:
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):
        return False  # closed, or none at all under a service manager


def _columns(environ: Mapping[str, str]) -> int:
    try:
        wanted = int(environ.get("COLUMNS", ""))
    except ValueError:
        wanted = 0
    if wanted <= 0:
        try:
            wanted = os.get_terminal_size(sys.stdout.fileno()).columns
        except (OSError, ValueError):
            wanted = 0
    return max(wanted, 40) if wanted else 80
