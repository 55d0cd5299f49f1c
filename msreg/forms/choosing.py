"""Yes or no, and choices: named by code, by label in either language, or by what else people write."""

from __future__ import annotations

from datetime import date
from typing import Any

from msreg.forms.cleaning import Reader, Reading, plain
from msreg.forms.definition import Item
from msreg.forms.problems import Problem
from msreg.vocabulary import N_

YES = frozenset(("yes", "y", "ja", "j", "true", "waar", "1"))
NO = frozenset(("no", "n", "nee", "false", "onwaar", "0"))

_NOT_YES_NO = Problem("FRM-007", N_("neither yes nor no"))


def yes_no_reader(item: Item, today: date) -> Reader:
    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None or isinstance(value, bool):
            return value, None
        word = str(value).casefold()
        if word in YES:
            return True, None
        if word in NO:
            return False, None
        return None, _NOT_YES_NO

    return read


def choice_reader(item: Item, today: date) -> Reader:
    names = item.by_name
    wrong = Problem(
        "FRM-005",
        N_("not in the catalogue of medicines") if item.value_list else N_("not one of: {choices}"),
        hint=N_("possible: {choices}"),
        params={"choices": ", ".join(_some(item))},
    )

    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None:
            return None, None
        codes = names.get(str(value).casefold(), ())
        if len(codes) == 1:
            return codes[0], None
        if codes:
            which = ", ".join(codes)
            return None, Problem("FRM-014", N_("names more than one: {choices}"), params={"choices": which})
        return None, wrong

    return read


def _some(item: Item) -> list[str]:
    codes = [choice.code for choice in item.choices]
    return codes if len(codes) <= 12 else [*codes[:6], "…"]


def choices_reader(item: Item, today: date) -> Reader:
    one = choice_reader(item, today)

    def read(raw: Any) -> Reading:
        value = plain(raw)
        if value is None:
            return None, None
        parts = value if isinstance(value, list | tuple) else str(value).replace(",", ";").split(";")
        codes = set()
        for part in parts:
            code, problem = one(part)
            if problem:
                return None, problem
            if code:
                codes.add(code)
        return (tuple(sorted(codes, key=item.order.__getitem__)) or None), None

    return read
