"""What the overview says of a patient: complete or not, in which colour, a new course due or not.

The number of open questions is counted by the forms; these decisions only read it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

Tone = Literal["white", "green", "red"]


def is_complete(open_questions: int, ended: bool | None, withdrawn: bool | None = None) -> bool:
    """True when no required question is open; permanently true once treatment has ended (SPEC P6).

    Likewise when consent was withdrawn (P10): nobody may answer what is open then.
    """
    return bool(ended) or bool(withdrawn) or open_questions == 0


def completeness_tone(
    open_questions: int, deceased: bool | None, ended: bool | None, withdrawn: bool | None = None
) -> Tone:
    """White when nobody has to act any more, green when all is answered, else red (SPEC P6, P10)."""
    if deceased or ended or withdrawn:
        return "white"
    return "red" if open_questions else "green"


def course_is_due(course_due_on: date | None, today: date) -> bool:
    """True from the day on which the last course is older than a year: the orange of SPEC P7."""
    return course_due_on is not None and course_due_on <= today
