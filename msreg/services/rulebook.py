"""Every code that a finding can carry, in one book: of files (FIL), of answers (FRM) and of the checks.

Whoever lists, shows or documents rules asks here, so that a code means one thing everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from msreg.errors import NotFound
from msreg.forms.problems import KINDS as ANSWERS
from msreg.forms.problems import Kind
from msreg.rules.case_checks import CaseCheck, all_case_checks
from msreg.rules.checks import Check, all_checks
from msreg.services.batch_kinds import KINDS as FILES
from msreg.vocabulary import N_, CaseForm, Record, Severity

_ALIKE = str.maketrans("OIL", "011")
"""Signs that are taken for each other."""

BAD, GOOD = "Bad: ", "Good: "
"""How the last two paragraphs of a check's docstring begin."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A code with its manual page. Texts are msgids, each one a paragraph on one line.

    `record` is None for the codes of files and answers, which any record can get; `reads` are the
    questions that must be sound before the rule is applied, those of the patient as `patient.key`.
    """

    code: str
    severity: Severity
    title: str
    text: tuple[str, ...]
    bad: str
    good: str
    record: Record | CaseForm | None = None
    reads: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts of the manual page, in order: what has to be translated."""
        return (self.title, *self.text, self.bad, self.good)


@cache
def rules() -> tuple[Rule, ...]:
    """The whole book, by code. Raises `ValueError` when two rules have the same code."""
    found: dict[str, Rule] = {}
    for each in (*map(_kind, FILES.values()), *map(_kind, ANSWERS.values()), *map(_check, checks())):
        if each.code in found:
            raise ValueError(f"two rules have the code {each.code}")
        found[each.code] = each
    return tuple(found[code] for code in sorted(found))


def checks() -> tuple[Check | CaseCheck, ...]:
    """The checks of patients and their records, and those of cases and their forms."""
    return *all_checks(), *all_case_checks()


def rules_of(record: Record | None = None) -> tuple[Rule, ...]:
    """The rules for one kind of record, or all of them."""
    return tuple(each for each in rules() if record is None or each.record is record)


def rule(code: str) -> Rule:
    """The rule with this code, in capitals or not. Raises `NotFound` with the codes that are near."""
    known = {each.code: each for each in rules()}
    wanted = code.strip().upper()
    if wanted in known:
        return known[wanted]
    near = [each for each in known if each.startswith(f"{wanted.partition('-')[0]}-")][:3]
    alike = wanted.translate(_ALIKE)
    meant = [each for each in known if each.translate(_ALIKE) == alike]
    guesses = meant or get_close_matches(wanted, known, cutoff=0.7) or near
    raise NotFound(
        N_("There is no rule with this code."),
        hint=N_("Did you mean {guess}?") if guesses else N_("msreg rules list shows all codes."),
        field="code",
        guess=", ".join(guesses),
    )


def check_texts() -> Iterator[str]:
    """The texts of the checks' manual pages, for the catalogues: no N_() marks a docstring."""
    seen: set[str] = set()
    for each in map(_check, checks()):
        for text in each.texts:
            if text not in seen:
                seen.add(text)
                yield text


def _kind(kind: Kind) -> Rule:
    return Rule(kind.code, kind.severity, kind.title, (), kind.bad, kind.good)


def _check(check: Check | CaseCheck) -> Rule:
    paragraphs = [" ".join(each.split()) for each in check.manual.split("\n\n")]
    title, *rest = filter(None, paragraphs)
    return Rule(
        check.code,
        check.severity,
        title,
        tuple(each for each in rest if not each.startswith((BAD, GOOD))),
        _after(BAD, rest),
        _after(GOOD, rest),
        check.record,
        check.reads,
    )


def _after(mark: str, paragraphs: Iterable[str]) -> str:
    return next((each.removeprefix(mark) for each in paragraphs if each.startswith(mark)), "")
