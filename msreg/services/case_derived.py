"""When a case is reminded of, worked out anew from its state and the mails of its round: what `db check` compares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from msreg.rules.case_numbers import CaseNumber
from msreg.rules.case_reminders import next_on
from msreg.services.cases import ENTITY, number_of
from msreg.services.mail_cases import weeks_of
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.dbapi import Database
from msreg.store.queries import due as queries
from msreg.store.registry import Registry
from msreg.vocabulary import Action, CaseState


@dataclass(frozen=True, slots=True)
class WrongCase:
    """A case whose columns of reminders are not what the rules make of it."""

    case: CaseNumber
    case_id: str
    before: Mapping[str, Any]
    right: Mapping[str, Any]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ."""
        return tuple(self.right)


def wrong_cases(db: Database) -> list[WrongCase]:
    """All of them, in the order of their numbers."""
    return list(_wrong(db))


def mend_cases(registry: Registry, *, by: Actor) -> int:
    """Write the right values, each noted in the log; gives how many cases there were.

    What is right is worked out once more in the transaction; `version` stays, for nobody changed an answer.
    """
    with writing(registry, by=by, event="db.fix", action=Action.UPDATE, plain=True) as work:
        wrong = wrong_cases(work.db)
        for each in wrong:
            now = {**each.before, **each.right}
            queries.reminded(work.db, [(now["reminded_weeks"], now["reminder_due_on"], each.case_id)])
            before = {column: each.before[column] for column in each.right}
            work.touched(Action.UPDATE, ENTITY, each.case_id, before=before, after=each.right)
    return len(wrong)


def _wrong(db: Database) -> Iterator[WrongCase]:
    sent: dict[tuple[str, str], int] = {}
    for key, case_id, period in queries.case_reminders(db):
        round_ = (case_id, key.split(":")[2])
        sent[round_] = max(sent.get(round_, 0), weeks_of(period))
    for row in queries.case_rounds(db):
        weeks = sent.get((row["id"], row["since"]), 0)
        coming = next_on(CaseState(row["state"]), date.fromisoformat(row["since"]), weeks)
        right = {"reminded_weeks": weeks, "reminder_due_on": None if coming is None else coming.isoformat()}
        before = {column: row[column] for column in right}
        if before != right:
            wrong = {column: value for column, value in right.items() if value != before[column]}
            yield WrongCase(number_of(row), row["id"], before, wrong)
