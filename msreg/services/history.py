"""Who changed which answer of a patient, from what to what (S5): one page at a time, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from msreg.errors import Usage
from msreg.services import access
from msreg.services.changed_answers import FACT_DAYS, items_of
from msreg.services.history_changes import AskedHistory, Change, Telling
from msreg.services.naming import find_patient, registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Record, Right

__all__ = ["AskedHistory", "Change", "History", "read_history"]

EVENT = "patients.history"


@dataclass(frozen=True, slots=True)
class History:
    """One page of a patient's history, newest first, and whether there is a page after it.

    `row` holds the columns of the patient table, with the centre's code.
    """

    number: str
    row: Mapping[str, Any]
    changes: list[Change]
    page: int
    more: bool


def read_history(
    registry: Registry,
    *,
    by: Actor,
    patient: str | None = None,
    bsn: str | None = None,
    asked: AskedHistory | None = None,
    reveal: bool = False,
    page: int = 1,
    page_size: int = 50,
) -> History:
    """One page of what was changed of a patient; that it was read is in the log first.

    `reveal` shows whole BSNs and is logged as such. Raises `Usage` for a question that no form of the records
    asks.
    """
    asked = asked or AskedHistory()
    if reveal:
        access.require(registry, by=by, right=Right.BSN_REVEAL, event=EVENT)
    _require_question(asked)
    with looking(registry, by=by, event=EVENT) as look:
        row = find_patient(look.db, by=by, name=patient, bsn=bsn)
        look.patient_id, look.patients, look.segment = row["id"], [row["id"]], "history"
        names = ("record", "field", "user", "since")
        filters = " ".join(name for name in names if getattr(asked, name) is not None)
        look.about = {"filters": filters, "page": page, "reveal": reveal, "by_bsn": bsn is not None}
        told = Telling(look.db, row["id"], asked, reveal=reveal)
        start = (page - 1) * page_size
        found = list(islice(told.fitting(), start, start + page_size + 1))
        changes = told.changes(found[:page_size])
    return History(registry_number(row["number"]), row, changes, page, len(found) > page_size)


def _require_question(asked: AskedHistory) -> None:
    records = Record if asked.record is None else (asked.record,)
    if asked.field not in (None, *FACT_DAYS) and not any(
        asked.field in items_of(record) for record in records
    ):
        raise Usage(
            N_("There is no question {key} here."),
            hint=N_("See the questions with: msreg forms show"),
            field="field",
            key=asked.field,
        )
