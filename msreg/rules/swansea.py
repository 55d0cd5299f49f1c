"""The Swansea criteria of acute fatty liver of pregnancy: fourteen, fulfilled from six.

Thresholds as in Ch'ng 2002 and Knight 2008, all strict: a bilirubin of 14 µmol/L is not more than 14. What was not
measured does not count, so the score has a lowest and a highest possible value.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from msreg.errors import Phrase
from msreg.rules.case_windows import Included, Judged
from msreg.vocabulary import N_

ENOUGH = 6
"""The number of criteria from which they are fulfilled."""

OTHER = "other_explanation"
"""The question whether something else explains the picture; it is no criterion."""


class Sign(StrEnum):
    """On which side of its threshold a measured value counts."""

    ABOVE = ">"
    BELOW = "<"


class Threshold(NamedTuple):
    """A measured value, by the key of its question, with the limit that it has to pass."""

    question: str
    sign: Sign
    limit: Decimal

    def passed(self, value: Decimal | int) -> bool:
        """Whether a value lies beyond the limit; on it does not count."""
        return value > self.limit if self.sign is Sign.ABOVE else value < self.limit


class Criterion(NamedTuple):
    """One of the fourteen: met when any of its values passes, or when its question is answered with yes."""

    key: str
    measured: tuple[Threshold, ...] = ()

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions of the form that it reads."""
        return tuple(each.question for each in self.measured) or (self.key,)


def _above(question: str, limit: int) -> Threshold:
    return Threshold(question, Sign.ABOVE, Decimal(limit))


CRITERIA: tuple[Criterion, ...] = (
    Criterion("vomiting"),
    Criterion("abdominal_pain"),
    Criterion("polydipsia_polyuria"),
    Criterion("encephalopathy"),
    Criterion("bilirubin", (_above("bilirubin", 14),)),
    Criterion("glucose", (Threshold("glucose", Sign.BELOW, Decimal(4)),)),
    Criterion("uric_acid", (_above("uric_acid", 340),)),
    Criterion("leucocytes", (_above("leucocytes", 11),)),
    Criterion("ascites_bright_liver"),
    Criterion("transaminases", (_above("asat", 42), _above("alat", 42))),
    Criterion("ammonia", (_above("ammonia", 47),)),
    Criterion("creatinine", (_above("creatinine", 150),)),
    Criterion("coagulation", (_above("pt", 14), _above("aptt", 34))),
    Criterion("steatosis"),
)
"""In the order in which they are published; two values of one criterion are one point."""


class Score(NamedTuple):
    """The criteria by what is known of them, by key and in order."""

    met: tuple[str, ...]
    not_met: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def low(self) -> int:
        """The score when nothing that is unknown is met."""
        return len(self.met)

    @property
    def high(self) -> int:
        """The score when everything that is unknown is met."""
        return len(self.met) + len(self.unknown)

    @property
    def fulfilled(self) -> bool | None:
        """Whether there are enough; None while that turns on what is unknown."""
        if self.low >= ENOUGH:
            return True
        return False if self.high < ENOUGH else None


def score(answers: Mapping[str, Any]) -> Score:
    """The score of the answers to the form; an answer "unknown" and no answer are the same."""
    found = {each.key: _met(each, answers) for each in CRITERIA}
    return Score(
        tuple(key for key, met in found.items() if met is True),
        tuple(key for key, met in found.items() if met is False),
        tuple(key for key, met in found.items() if met is None),
    )


def included(answers: Mapping[str, Any]) -> Judged:
    """Whether a case falls within the theme by the answers to this form, which has no window in time."""
    found = score(answers)
    if answers.get(OTHER) == "yes":
        return Judged(Included.NO, Phrase(N_("there is another explanation")))
    told = {"enough": ENOUGH, "all": len(CRITERIA)}
    if found.fulfilled is None:
        lacks = tuple(
            question
            for each in CRITERIA
            if each.key in found.unknown
            for question in each.questions
            if _known(answers.get(question)) is None
        )
        why = Phrase(N_("it is not known whether {enough} of the {all} Swansea criteria are met"), told)
        return Judged(Included.UNKNOWN, why, lacks)
    if found.fulfilled:
        return Judged(
            Included.YES, Phrase(N_("at least {enough} of the {all} Swansea criteria are met"), told)
        )
    return Judged(Included.NO, Phrase(N_("fewer than {enough} of the {all} Swansea criteria are met"), told))


def _met(criterion: Criterion, answers: Mapping[str, Any]) -> bool | None:
    if not criterion.measured:
        answer = _known(answers.get(criterion.key))
        return None if answer is None else answer == "yes"
    values = [(each, _known(answers.get(each.question))) for each in criterion.measured]
    if any(value is not None and each.passed(value) for each, value in values):
        return True
    # One of two that is normal says nothing of the other.
    return None if any(value is None for _each, value in values) else False


def _known(answer: Any) -> Any:
    return None if answer == "unknown" else answer
