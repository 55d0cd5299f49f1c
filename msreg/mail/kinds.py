"""The kinds of mail: one file each in data/mail, with its text in both languages and example values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from msreg.config import data_folder
from msreg.errors import MsregError
from msreg.vocabulary import N_, Language

KINDS = ("prom_invitation", "mail_stopped")
"""Mails that patients get."""

ALL = (*KINDS, "course_digest", "case_month", "case_reminder", "code")
"""These, and the mails that centres and notifiers get."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One kind of mail in one language. `body` is paragraphs with an empty line between two; `title` is for lists."""

    title: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailKind:
    """A kind of mail. `example` has all values that its text needs, made up."""

    key: str
    wordings: Mapping[Language, Wording]
    example: Mapping[str, Any]


@cache
def mail_kind(key: str) -> MailKind:
    """The kind of mail with this key, one of `ALL`. Raises `MsregError` when its file is broken."""
    path = data_folder() / "mail" / f"{key}.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        wordings = {each: Wording(**raw[each.value]) for each in Language}
        return MailKind(key, wordings, raw["example"])
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise MsregError(N_("{file} cannot be read: {why}."), file=path.name, why=str(fault)) from None
