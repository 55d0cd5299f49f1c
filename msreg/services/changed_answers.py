"""Items of the log as answers to questions: what each was and what it became, in the type of its question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from msreg.forms.columns import forms_of, from_json
from msreg.forms.definition import Item
from msreg.rules.names import mask_bsn
from msreg.vocabulary import Record

WITHDRAWN = "withdrawn_on"
"""Column of a patient who withdrew consent: an answer to no question, and part of the history all the same."""

MAIL_STOPPED = "mail_stopped_on"
"""The same for who wants no mail any more."""

FACT_DAYS = frozenset({WITHDRAWN, MAIL_STOPPED})
"""Days of a patient that answer no question; the log tells how they change, and they can be taken back."""

_WORKED_OUT = frozenset(
    {"search_name", "search_full", "complete", "open_questions", "last_course_on", "last_phenotype"}
    | {"course_due_on", "invite_due_on", "ask_due_on", "asked_for_on", "asked_course_id"}
)
FACTS = frozenset({"number", "centre_id", "medication_id"})
"""What the log keeps of a deleted record beside its answers."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that changed. `item` is None for what no form asks (any more).

    `code` and `reason` tell of a doubt that was called right; where the answer itself did not change, both
    `old` and `new` are None.
    """

    key: str
    item: Item | None
    old: Any
    new: Any
    code: str | None = None
    reason: str | None = None


@cache
def items_of(record: Record) -> Mapping[str, Item]:
    """The questions of a kind of record by key, in the order of its forms."""
    return {item.key: item for form in forms_of(record) for item in form.items}


def answers_of(
    record: Record, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, *, reveal: bool = False
) -> list[Answer]:
    """The answers that an item of the log changed, in the order of the form; BSNs masked unless `reveal`."""
    old, new = before or {}, after or {}
    items = items_of(record)
    left = [key for key in {**old, **new} if key not in items and key not in _WORKED_OUT | FACTS]
    found = [
        Answer(key, items.get(key), typed(record, key, old.get(key)), typed(record, key, new.get(key)))
        for key in (*(key for key in items if key in old or key in new), *left)
    ]
    return found if reveal else [masked(each) for each in found]


def identity(record: Record, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What tells a record from others of its patient, of answers as JSON keeps them; nothing for a patient."""
    if record is Record.PATIENT:
        return {}
    keys = (key for form in forms_of(record) for key in form.identity)
    return {key: typed(record, key, answers[key]) for key in keys if answers.get(key) is not None}


def typed(record: Record, key: str, raw: Any) -> Any:
    """An answer of the log in the type of its question; as it is where that has become impossible."""
    if raw is None:
        return None
    try:
        if key in FACT_DAYS:
            return date.fromisoformat(raw)
        item = items_of(record).get(key)
        return raw if item is None else from_json(item, raw)
    except (ArithmeticError, TypeError, ValueError):
        return raw  # an older version of the form took what this one does not


def with_reasons(
    answers: Iterable[Answer], record: Record, told: Iterable[Mapping[str, Any]]
) -> list[Answer]:
    """The answers with why doubtful ones are right; a doubt about an answer that did not change comes last."""
    found = list(answers)
    for each in told:
        key, code, reason = (each.get(name) for name in ("field", "code", "reason"))
        at = next((n for n, answer in enumerate(found) if answer.key == key and answer.reason is None), None)
        if at is None:
            found.append(Answer(str(key), items_of(record).get(str(key)), None, None, code, reason))
        else:
            found[at] = replace(found[at], code=code, reason=reason)
    return found


def masked(answer: Answer) -> Answer:
    """The answer, a BSN with its last three digits only (SPEC C8)."""
    if answer.key != "bsn":
        return answer
    return replace(answer, old=_mask(answer.old), new=_mask(answer.new))


def _mask(value: Any) -> str | None:
    return None if value is None else mask_bsn(str(value))
