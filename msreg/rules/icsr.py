"""When a side effect can be reported: the four criteria of a valid report, how serious it is, and by when.

ICH E2D and GVP module VI: an identifiable reporter, an identifiable patient, a suspect product and a suspected
reaction. What lacks one of them is kept and not sent.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from msreg.rules.identifiers import is_bsn
from msreg.rules.names import fold_name

SERIOUS_DAYS = 15
OTHER_DAYS = 90
"""Calendar days within which a report must have been made, counted from the day on which it became known."""

_DIGITS = re.compile(r"(?<!\d)\d(?:[ .]?\d){7,8}(?!\d)")
_SHORTEST = 3
"""A family name of fewer letters is too often an ordinary word to be looked for in a text."""


class Criterion(StrEnum):
    """The four things without which there is no report."""

    REPORTER = "reporter"
    PATIENT = "patient"
    PRODUCT = "product"
    REACTION = "reaction"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What is known of one side effect that is to be reported. None is not known."""

    reporter: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    medicine: str | None = None
    medicine_known: bool = False
    """Whether the catalogue has the medicine, so that it can be told by its name."""
    description: str | None = None
    open_questions: tuple[str, ...] = ()
    """Keys of required questions of the side effect that nobody answered yet."""
    revealing: tuple[str, ...] = ()
    """Keys of answers that name the patient."""


@dataclass(frozen=True, slots=True)
class Validity:
    """What is said of a report: each criterion met (True), not met (False) or not known yet (None).

    `missing` names the answers that are lacking, `revealing` those that must be put otherwise.
    """

    criteria: Mapping[Criterion, bool | None]
    missing: tuple[str, ...]
    revealing: tuple[str, ...] = ()

    @property
    def valid(self) -> bool | None:
        """Whether there are four criteria: False when one is not met, else None when one is not known."""
        found = self.criteria.values()
        return False if False in found else None if None in found else True

    @property
    def sendable(self) -> bool:
        """Valid, wholly answered, and without the patient's name or number in its words."""
        return self.valid is True and not self.missing and not self.revealing


def validity(facts: ReportFacts) -> Validity:
    """Judge a report. A patient is identifiable by birth date or sex: the name is never sent."""
    product = None if facts.medicine is None else facts.medicine_known
    reaction = None if facts.description is None else any(map(str.isalpha, facts.description))
    criteria = {
        Criterion.REPORTER: bool(facts.reporter and facts.reporter.strip()) or None,
        Criterion.PATIENT: (facts.birth_date is not None or facts.sex is not None) or None,
        Criterion.PRODUCT: product,
        Criterion.REACTION: reaction,
    }
    keys = {
        Criterion.REPORTER: ("centre.name",),
        Criterion.PATIENT: ("patient.birth_date", "patient.sex"),
        Criterion.PRODUCT: ("medication.medicine",),
        Criterion.REACTION: ("description",),
    }
    missing = [key for each, met in criteria.items() if met is not True for key in keys[each]]
    missing += [key for key in facts.open_questions if key not in missing]
    return Validity(criteria, tuple(missing), facts.revealing)


def is_serious(criteria: Collection[str] | None) -> bool | None:
    """Serious when a criterion of seriousness is ticked; None when nobody said, for that is not a no."""
    return True if criteria else None


def report_before(known_on: date, serious: bool | None) -> date:
    """The last day for the report: what is serious goes first, and serious is what somebody said is."""
    return known_on + timedelta(days=SERIOUS_DAYS if serious else OTHER_DAYS)


def revealing(
    texts: Mapping[str, str | None], *, names: Collection[str | None], numbers: Collection[str | None]
) -> tuple[str, ...]:
    """Keys of the texts that hold a BSN, a family name or a number of the patient."""
    words = {folded for name in names if name and len(folded := fold_name(name)) >= _SHORTEST}
    wanted = {number.casefold() for number in numbers if number and len(number) >= _SHORTEST}
    return tuple(key for key, text in texts.items() if text and _reveals(text, words, wanted))


def _reveals(text: str, names: Collection[str], numbers: Collection[str]) -> bool:
    if any(is_bsn(re.sub(r"[ .]", "", found).zfill(9)) for found in _DIGITS.findall(text)):
        return True
    # Signs between words part them; fold_name alone would write "koorts,jansen" as one word.
    folded = _words(fold_name(_words(text)))
    if any(f" {_words(name)} " in f" {folded} " for name in names):
        return True
    plain = text.casefold()
    return any(re.search(rf"(?<!\w){re.escape(number)}(?!\w)", plain) for number in numbers)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))
