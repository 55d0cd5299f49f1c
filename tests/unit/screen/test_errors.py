"""Errors: one sentence, a stable code, and nothing of a patient (SPEC C4)."""

from __future__ import annotations

import errno
import io
import json
from typing import Any

import pytest

from msreg import errors
from msreg.screen.edge import Edge
from msreg.screen.errors import fail

CANARY = "Kanariepiet-999990019"


def failed(error: BaseException, **edge: Any) -> tuple[int, str]:
    err = io.StringIO()
    return fail(error, Edge(**edge), err), err.getvalue()


def test_a_sentence_and_what_to_do() -> None:
    error = errors.Refused("The date {day} lies in the future.", hint="Today is {today}.", day="x", today="y")
    assert failed(error) == (6, "The date x lies in the future.\nToday is y.\n")


def test_an_object_for_programs() -> None:
    error = errors.Conflict("No {x}.", hint="Do y.", rule="COU-002", field="course_date", x="way")
    code, text = failed(error, json=True)
    assert code == 8
    assert json.loads(text) == {
        "error": {
            "code": "conflict",
            "rule": "COU-002",
            "field": "course_date",
            "message": "No way.",
            "hint": "Do y.",
        }
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "full"), 9),
        (OSError(errno.EDQUOT, "full"), 9),
        (PermissionError(errno.EACCES, "no", "/registry/data"), 9),
        (OSError(errno.EROFS, "read-only", "/registry/data"), 9),
        (OSError(errno.EIO, "broken"), 9),
        (KeyboardInterrupt(), 130),
        (OSError(errno.ENOENT, "gone"), 1),
        (ValueError("x"), 1),
    ],
)
def test_exit_codes_of_what_python_raises(error: BaseException, code: int) -> None:
    told, text = failed(error)
    assert told == code
    assert text.count("\n") <= 2


def test_control_characters_in_a_message_are_shown() -> None:
    assert "\x1b" not in failed(errors.NotFound("There is no {x}.", x="\x1b[2J"))[1]


def _raise_with_a_canary() -> None:
    name = CANARY
    try:
        raise KeyError(name)
    except KeyError as cause:
        raise ValueError(f"no such patient: {name}") from cause


@pytest.mark.parametrize("edge", [{}, {"debug": True}, {"json": True}, {"json": True, "debug": True}])
def test_an_unforeseen_failure_tells_places_and_no_values(edge: dict[str, bool]) -> None:
    with pytest.raises(ValueError) as caught:
        _raise_with_a_canary()
    caught.value.add_note(CANARY)
    code, text = failed(caught.value, **edge)
    assert code == 1
    assert CANARY not in text
    assert "Kanarie" not in text
    assert ("in _raise_with_a_canary" in text) is edge.get("debug", False)
    assert ("builtins.KeyError" in text) is edge.get("debug", False)
    assert "test_errors.py:" in text
