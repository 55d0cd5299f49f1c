"""The checks of cases and their forms, and the one way to run them.

Like the checks of patients (`rules/checks.py`): a code, a manual page, and findings that name a question and a reason,
never an answer. They stand apart, for a case has no patient of the MS registry and no other rows to compare with.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from functools import cache
from importlib import import_module
from typing import Any

from msreg.errors import fill
from msreg.vocabulary import CaseForm, Severity

MODULES = ("case_dates", "crf")
CASE = "case."
"""Before the key of a question of the case, in a check of another of its forms."""


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """One fault or doubt about an answer of a case; texts are msgids with placeholders."""

    code: str
    severity: Severity
    form: CaseForm
    field: str
    message: str
    hint: str | None = None
    params: Mapping[str, object] = default(default_factory=dict)

    def text(self, translate: Callable[[str], str] = str) -> str:
        """The reason, translated and with its placeholders filled."""
        return fill(self.message, self.params, translate)

    def hint_text(self, translate: Callable[[str], str] = str) -> str | None:
        """What to do about it, translated, or nothing."""
        return fill(self.hint, self.params, translate) if self.hint else None

    @property
    def is_error(self) -> bool:
        """True when the form may not be completed as it is."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Told:
    """What a check yields: at which question, why, and what to do."""

    field: str
    message: str
    hint: str | None = None
    params: Mapping[str, object] = default(default_factory=dict)


Run = Callable[[Mapping[str, Any]], Iterator[Told]]


@dataclass(frozen=True, slots=True)
class CaseCheck:
    """A check with its code, the questions that it reads and its manual page."""

    code: str
    record: CaseForm
    reads: tuple[str, ...]
    severity: Severity
    run: Run

    @property
    def manual(self) -> str:
        """The manual page: what it refuses, a bad example, a good one."""
        lines = (self.run.__doc__ or "").strip().splitlines()
        return "\n".join(line.strip() for line in lines)


_checks: dict[str, CaseCheck] = {}


def case_check(
    code: str, form: CaseForm, *reads: str, severity: Severity = Severity.ERROR
) -> Callable[[Run], Run]:
    """Register a check: `function(answers)`; `reads` are keys of its form, or `case.key`.

    It runs only when each of them has an answer that is not faulty.
    """

    def register(function: Run) -> Run:
        if code in _checks:
            raise ValueError(f"two checks have the code {code}")
        _checks[code] = CaseCheck(code, form, reads, severity, function)
        return function

    return register


@cache
def all_case_checks() -> tuple[CaseCheck, ...]:
    """Every check of cases, by code."""
    for name in MODULES:
        import_module(f"msreg.rules.{name}")
    return tuple(_checks[code] for code in sorted(_checks))


def run_case_checks(
    form: CaseForm,
    answers: Mapping[str, Any],
    case: Mapping[str, Any] | None = None,
    *,
    faulty: Collection[str] = (),
) -> list[CaseFinding]:
    """What the checks have to say about the answers to one form of a case.

    `answers` are those that count (K4), `case` the counting answers of the case itself where the form is another,
    `faulty` the keys of `answers` that were refused already.
    """
    known = {key: value for key, value in answers.items() if value is not None and key not in faulty}
    known |= {CASE + key: value for key, value in (case or {}).items() if value is not None}
    return [
        CaseFinding(each.code, each.severity, form, told.field, told.message, told.hint, told.params)
        for each in all_case_checks()
        if each.record is form and known.keys() >= set(each.reads)
        for told in each.run(known)
    ]
