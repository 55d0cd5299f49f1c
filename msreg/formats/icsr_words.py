"""The Dutch words of the forms in a report: who reads it at Lareb reads Dutch, whatever the language of the call."""

from __future__ import annotations

from functools import cache

from msreg.forms.definition import Form
from msreg.forms.load import load


@cache
def _form(key: str) -> Form:
    return load(key)


def question(form: str, key: str) -> str:
    """The Dutch words of a question."""
    return _form(form)[key].label["nl"]


def answer(form: str, key: str, code: str | None) -> str | None:
    """The Dutch words of an answer, by its code."""
    return next((each.label["nl"] for each in _form(form)[key].choices if each.code == code), None)
