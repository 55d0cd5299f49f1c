"""Texts of mails that differ in their links alone: the template is filled in once, and then only the links."""

from __future__ import annotations

import re
from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from msreg.config import Office
from msreg.mail.templates import Message, render
from msreg.vocabulary import Language

_PLAIN = re.compile(r"https?://[A-Za-z0-9._~:/-]+")
_MOST = 64
"""Moulds that are kept; a run has one for each text that differs in more than its links."""


class Moulds:
    """Makes the texts of many mails. What comes out is what `templates.render` makes of the same values."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._made: dict[tuple[object, ...], Message] = {}
        self._mark = f"https://{token_hex(8)}.invalid"

    def message(
        self, kind: str, language: Language, values: Mapping[str, Any], links: Mapping[str, str]
    ) -> Message:
        """The mail of this kind with its values and links. Raises what `render` raises."""
        plain = {name: link for name, link in links.items() if _PLAIN.fullmatch(link)}
        others = {**values, **{name: link for name, link in links.items() if name not in plain}}
        names = sorted(plain)
        key = (kind, language, tuple(names), tuple((name, repr(others[name])) for name in sorted(others)))
        mould = self._made.get(key)
        if mould is None:
            # A place for each link that no text can have by itself, and that neither form of the mail writes otherwise.
            places = {name: self._place(at) for at, name in enumerate(names)}
            mould = render(kind, language, {**others, **places}, office=self._office)
            if len(self._made) >= _MOST:
                del self._made[next(iter(self._made))]
            self._made[key] = mould
        text, html = mould.text, mould.html
        for at, name in enumerate(names):
            place = self._place(at)
            text, html = text.replace(place, plain[name]), html.replace(place, plain[name])
        return Message(mould.subject, text, html)

    def _place(self, at: int) -> str:
        return f"{self._mark}/{at}/"
