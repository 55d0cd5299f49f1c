"""What the log says of a restore gives up marks of before it, and only of rows that it does not vouch for (T4)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from msreg.store.anchors import Anchor
from msreg.store.canonical import stamp
from msreg.store.restores import EVENT, Restore, read_restore

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)


def body(**other: object) -> str:
    about = {"from_seq": 6, "kept_seq": 6, "head_seq": 9, "backup": "b"} | dict(other.pop("about", {}))  # type: ignore[call-overload]
    return json.dumps(
        {"event": EVENT, "outcome": "0", "at": stamp(AT), "user": "jan", "about": about} | other
    )


def test_a_restore_is_the_row_after_the_copy() -> None:
    assert read_restore(7, body()) == Restore(7, 6, 6, AT, 9, "jan")
    assert read_restore(7, body(about={"head_seq": None})) == Restore(7, 6, 6, AT, None, "jan")


@pytest.mark.parametrize(
    "text",
    [body(about={"from_seq": 5}), body(about={"from_seq": None}), body(outcome="4"), body(event="db.check"),
     body(about={"kept_seq": None}), json.dumps({"event": EVENT, "outcome": "0", "about": {"backup": "b"}}), "", "[]", None],
)  # fmt: skip
def test_anything_else_gives_up_nothing(text: str | None) -> None:
    assert read_restore(7, text) is None


@pytest.mark.parametrize(
    ("seq", "later", "given_up"), [(6, -1, False), (7, -1, True), (9, -1, True), (9, 0, True), (7, 1, False), (99, 1, False)]
)  # fmt: skip
def test_marks_of_before_it_are_given_up(seq: int, later: int, given_up: bool) -> None:
    mark = Anchor("r", seq, "00", AT + timedelta(microseconds=later), {}, "")
    assert Restore(7, 6, 6, AT, 9, "jan").gives_up(mark) is given_up
