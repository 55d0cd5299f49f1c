"""The text that the log signs is one and the same for equal values, and has no floats."""

from __future__ import annotations

import json
from collections import OrderedDict
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.store.canonical import canonical, read_stamp, stamp
from msreg.vocabulary import Action


def test_keys_are_sorted_and_nothing_is_spaced() -> None:
    assert (
        canonical({"b": [1, True, None], "a": {"z": "é", "y": ""}})
        == '{"a":{"y":"","z":"é"},"b":[1,true,null]}'
    )
    assert canonical(OrderedDict(b=1, a=2)) == canonical({"a": 2, "b": 1})


def test_values_of_the_forms_have_one_text() -> None:
    value = {
        "at": datetime(2026, 3, 31, 11, 15, tzinfo=timezone(timedelta(hours=2))),
        "date": date(2024, 2, 29),
        "edss": Decimal("3.50"),
        "kind": Action.READ,
        "choices": ("a", "b"),
        "set": frozenset(("b", "a")),
        "id": UUID(int=1),
    }
    assert canonical(value) == (
        '{"at":"2026-03-31T09:15:00.000000Z","choices":["a","b"],"date":"2024-02-29","edss":"3.50",'
        f'"id":"{"0" * 31}1","kind":"R","set":["a","b"]}}'
    )


@pytest.mark.parametrize("value", [1.0, float("nan"), [1, 2.5], {"a": {"b": 0.1}}, (1, (2, 3.0))])
def test_a_float_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"x": value})


def test_what_has_no_text_is_refused() -> None:
    with pytest.raises(TypeError):
        canonical({"x": object()})
    with pytest.raises(ValueError):
        canonical({"x": datetime(2026, 1, 1)})


def test_one_letter_written_in_two_ways_is_one_text() -> None:
    assert canonical({"n": "e\u0301"}) == canonical({"n": "\u00e9"})
    assert canonical({"n": ["e\u0301"], "s": frozenset(("e\u0301",))}) == '{"n":["é"],"s":["é"]}'
    # An accent after a line end belongs to nothing, least of all to the n of the escape.
    assert json.loads(canonical({"n": "a\n\u0303b"})) == {"n": "a\n\u0303b"}


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none() | st.booleans()))
def test_the_text_reads_back_and_is_stable(value: dict[str, object]) -> None:
    once = json.loads(canonical(value))
    assert json.loads(canonical(once)) == once


def test_a_moment_is_utc_with_microseconds() -> None:
    at = datetime(2026, 3, 31, 9, 15, 0, 5, tzinfo=UTC)
    assert stamp(at) == "2026-03-31T09:15:00.000005Z"
    assert read_stamp(stamp(at)) == at


@pytest.mark.parametrize(
    "text",
    ["2026-03-31", "2026-03-31T09:15:00Z", "2026-03-31T09:15:00.000000", "2026-03-31T09:15:00.000000+00:00",
     "2026-03-31 09:15:00.000000Z", "2026-13-31T09:15:00.000000Z", ""],
)  # fmt: skip
def test_only_the_one_notation_of_a_moment_is_read(text: str) -> None:
    with pytest.raises(ValueError):
        read_stamp(text)
