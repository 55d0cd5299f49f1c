"""What the overview says of a patient."""

from __future__ import annotations

from datetime import date

import pytest

from msreg.rules.completeness import completeness_tone, course_is_due, is_complete
from msreg.rules.duedates import course_due_on


@pytest.mark.parametrize(
    ("open_questions", "ended", "complete"),
    [
        (0, False, True),
        (1, False, False),
        (7, None, False),
        (0, None, True),
        (0, True, True),
        (7, True, True),
    ],
)
def test_complete(open_questions: int, ended: bool | None, complete: bool) -> None:
    """SPEC P6: all required questions are answered; permanently yes once treatment has ended."""
    assert is_complete(open_questions, ended) is complete


@pytest.mark.parametrize(
    ("open_questions", "deceased", "ended", "tone"),
    [
        (0, False, False, "green"),
        (1, False, False, "red"),
        (0, None, None, "green"),
        (1, None, None, "red"),
        (0, True, False, "white"),
        (1, True, False, "white"),
        (0, False, True, "white"),
        (1, False, True, "white"),
        (1, True, True, "white"),
    ],
)
def test_tone(open_questions: int, deceased: bool | None, ended: bool | None, tone: str) -> None:
    """SPEC P6: red is no, green is yes, white when nobody has to act any more."""
    assert completeness_tone(open_questions, deceased, ended) == tone


@pytest.mark.parametrize(
    ("today", "due"),
    [(date(2025, 2, 28), False), (date(2025, 3, 1), True), (date(2025, 3, 2), True)],
)
def test_orange_from_the_day_after_a_year(today: date, due: bool) -> None:
    """SPEC P7, for a last course on 29 February."""
    assert course_is_due(course_due_on(date(2024, 2, 29), False, False), today) is due


def test_never_orange_without_a_due_date() -> None:
    assert course_is_due(None, date(2026, 11, 21)) is False
