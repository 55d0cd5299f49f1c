"""One renderer: JSON for programs, text for people (SPEC C3)."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

import pytest

from msreg.screen.edge import Edge
from msreg.screen.output import Screen
from msreg.screen.result import Result, render
from msreg.vocabulary import Phenotype


def rendered(result: Result, **edge: Any) -> tuple[int, str]:
    out = io.StringIO()
    code = render(result, Screen(Edge(**edge), out))
    return code, out.getvalue()


def test_values_get_their_json_form() -> None:
    data = {
        "on": date(2022, 3, 31),
        "at": datetime(2022, 3, 31, 11, 30, tzinfo=timezone(timedelta(hours=2))),
        "utc": datetime(2022, 3, 31, 9, 30, 1, tzinfo=UTC),
        "edss": Decimal("3.5"),
        "count": Decimal(4),
        "phenotype": Phenotype.RRMS,
        "file": PurePosixPath("a/b.xlsx"),
        "codes": {"b", "a"},
        "nothing": None,
    }
    _code, text = rendered(Result(data), json=True)
    assert json.loads(text) == {
        "on": "2022-03-31",
        "at": "2022-03-31T09:30:00Z",
        "utc": "2022-03-31T09:30:01Z",
        "edss": 3.5,
        "count": 4,
        "phenotype": "rrms",
        "file": "a/b.xlsx",
        "codes": ["a", "b"],
        "nothing": None,
    }


def test_json_is_ascii() -> None:
    _code, text = rendered(Result({"name": "Łuczak\x9b\u202e"}), json=True)
    assert text.isascii()
    assert "\\u202e" in text


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_is_an_array_or_a_line_each(count: int) -> None:
    items = [{"n": number} for number in range(count)]
    for data in (items, tuple(items), iter(items), lambda: iter(items)):
        assert json.loads(rendered(Result(data), json=True)[1]) == items
    for data in (items, lambda: iter(items)):
        assert [json.loads(line) for line in rendered(Result(data), jsonl=True)[1].splitlines()] == items


def test_people_get_the_text_and_scripts_the_code() -> None:
    def never() -> None:
        raise AssertionError("data for programs is not made for people")

    assert rendered(Result(never, lambda screen: screen.line("hello"), exit_code=7)) == (7, "hello\n")
    assert rendered(Result([], lambda screen: screen.line("hello"), exit_code=7), json=True) == (7, "[]\n")


def test_next_command_is_for_a_terminal_only() -> None:
    result = Result(None, lambda screen: screen.next("msreg patients why MS-0000012", "Why"))
    assert rendered(result)[1] == ""
    assert rendered(result, terminal=True)[1] == "Why: msreg patients why MS-0000012\n"


def test_facts_line_up() -> None:
    result = Result(None, lambda screen: screen.facts([("Born", "1970-01-03"), ("Phenotype", None)]))
    assert rendered(result)[1] == "Born       1970-01-03\nPhenotype  –\n"
