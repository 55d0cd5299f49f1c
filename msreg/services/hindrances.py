"""What stands in the way of taking events back: whatever was done later and rests on what they did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from msreg.services.batch_records import RECORDS
from msreg.services.deleting import belonging
from msreg.services.dossiers import Dossier
from msreg.services.judging import judge
from msreg.services.naming import registry_number
from msreg.services.undo_plan import Back
from msreg.store.canonical import read_stamp
from msreg.store.connect import Database
from msreg.store.queries import audit_log, batches, dossiers
from msreg.vocabulary import Record

_MENDS = frozenset({"db.fix"})
"""Events that only work out derived columns again, as taking back does itself."""

SHARE = "share"


class Reason(StrEnum):
    """Why something stands in the way."""

    CHANGED = "changed"
    """The record was changed or deleted later."""
    ADDED = "added"
    """It was added later to something that would be deleted."""
    TAKEN = "taken"
    """Another patient has the number or the BSN by now."""
    RULE = "rule"
    """With what was added or changed later, the old answers break a rule."""
    FORM = "form"
    """The form no longer asks the question whose answer would come back."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing that stands in the way; no values. `detail` is the code of a rule or the key of a question.

    `patient` is a registry number, `record` a kind of record or `share`; `at`, `user`, `event` and `seq` tell
    of the later change, as far as the log knows.
    """

    reason: Reason
    patient: str | None
    record: str
    record_id: str
    detail: str | None = None
    at: datetime | None = None
    user: str | None = None
    event: str | None = None
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class _Event:
    seq: int | None
    name: str | None
    user: str | None
    at: datetime | None
    undoes: tuple[int, ...] = ()


class Finder:
    """Looks for what stands in the way of taking back some events, some patients at a time.

    `deleted` are the patients whom the events added.
    """

    def __init__(
        self, db: Database, seqs: Sequence[int], *, deleted: frozenset[str], today: date, made_up: bool
    ) -> None:
        self._db = db
        self._seqs = seqs
        self._deleted = deleted
        self._today = today
        self._made_up = made_up
        self._events: dict[int, _Event] = {}

    def find(self, backs: Sequence[Back]) -> Iterator[Hindrance]:
        """What stands in the way for these patients. Their dossiers have the old answers afterwards."""
        later, newest = self._later([each.patient_id for each in backs])
        gone = [each.patient_id for each in backs if each.dossier is None]
        numbers = batches.numbers_deleted(self._db, gone)
        doomed = [each.patient_id for each in backs if each.deletes_patient]
        shares: dict[str, list[str]] = {}
        for share_id, patient_id in batches.shares_of(self._db, doomed):
            shares.setdefault(patient_id, []).append(share_id)
        taken = self._taken(backs)
        for back in backs:
            number = numbers.get(back.patient_id)
            if back.dossier is not None:
                number = back.dossier.patient.row["number"]
            patient = None if number is None else registry_number(number)
            found = [
                *self._changed(back, later),
                *self._added(back),
                *((Reason.ADDED, SHARE, each, None) for each in shares.get(back.patient_id, ())),
                *((Reason.FORM, e.record, str(e.id), key) for e, key in back.unasked),
                *((Reason.TAKEN, Record.PATIENT, back.patient_id, key) for key in taken.get(back, ())),
            ]
            if not found and back.patient_id in newest:
                found += self._broken(back)
            back.apply()
            for reason, record, record_id, detail in found:
                event = later.get(record_id)
                if reason is Reason.RULE:
                    event = newest[back.patient_id]
                who = event or _Event(None, None, None, None)
                yield Hindrance(
                    reason, patient, str(record), record_id, detail, who.at, who.user, who.name, who.seq
                )

    def _later(self, patient_ids: Sequence[str]) -> tuple[dict[str, _Event], dict[str, _Event]]:
        """The last standing change of each record, and of each patient."""
        by_record: dict[str, _Event] = {}
        by_patient: dict[str, _Event] = {}
        rows = batches.changed_after(self._db, min(self._seqs), patient_ids)
        passed_over = {*self._seqs, *self._cancelled({row["seq"] for row in rows})}
        for row in rows:
            event = self._event(row["seq"])
            if row["seq"] in passed_over or event.name in _MENDS:
                continue
            by_record[row["entity_id"]] = event
            if row["entity"] in RECORDS:
                by_patient[row["patient_id"]] = event
        return by_record, by_patient

    def _cancelled(self, seqs: Iterable[int]) -> Iterator[int]:
        """What was taken back since, and the taking back: they cancel each other out."""
        for seq in seqs:
            undoes = self._event(seq).undoes
            if undoes and min(undoes) > min(self._seqs):
                yield from (seq, *undoes)

    def _event(self, seq: int) -> _Event:
        if seq not in self._events:
            body = audit_log.event(self._db, seq) or {}
            at = None
            with suppress(KeyError, TypeError, ValueError):
                at = read_stamp(body["at"])
            undoes = tuple((body.get("about") or {}).get("undoes") or ())
            self._events[seq] = _Event(seq, body.get("event"), body.get("user"), at, undoes)
        return self._events[seq]

    def _changed(self, back: Back, later: dict[str, _Event]) -> Iterator[tuple[Reason, str, str, None]]:
        for record_id, record in back.touched.items():
            if record_id in later or record_id in back.gone:
                yield Reason.CHANGED, record, record_id, None

    def _added(self, back: Back) -> Iterator[tuple[Reason, str, str, None]]:
        """Records that would have to go along and that the events did not add."""
        told = {str(each.id) for each in back.doomed}
        for entry in back.doomed:
            assert back.dossier is not None
            for each in belonging(back.dossier, entry):
                if str(each.id) not in told:
                    told.add(str(each.id))
                    yield Reason.ADDED, each.record, str(each.id), None

    def _taken(self, backs: Sequence[Back]) -> dict[Back, list[str]]:
        """Questions whose old answer names one patient only, and now another one."""
        found: dict[Back, list[str]] = {}
        bsns: dict[str, Back] = {}
        for back in backs:
            if back.dossier is None or back.dossier.patient not in back.restored:
                continue
            patient, values = back.dossier.patient, back.restored[back.dossier.patient]
            number = values.get("patient_number")
            if number is not None and number != patient.values.get("patient_number"):
                rows = dossiers.patients_by_numbers(self._db, back.dossier.centre_id, [number])
                if self._others(rows, back):
                    found.setdefault(back, []).append("patient_number")
            bsn = values.get("bsn")
            if bsn is not None and bsn != patient.values.get("bsn"):
                bsns[bsn] = back
        for row in dossiers.patients_by_bsn(self._db, list(bsns)):
            if self._others([row], bsns[row["bsn"]]):
                found.setdefault(bsns[row["bsn"]], []).append("bsn")
        return found

    def _others(self, rows: Sequence[dict[str, Any]], back: Back) -> bool:
        return any(row["id"] != back.patient_id and row["id"] not in self._deleted for row in rows)

    def _broken(self, back: Back) -> Iterator[tuple[Reason, str, str, str]]:
        """Rules that the patient breaks after taking back and not before.

        Only where something was done later: otherwise the patient becomes what the registry had, faults and all.
        """
        if back.dossier is None or back.deletes_patient:
            return
        before = set(self._faults(back.dossier))
        back.apply()
        new = (each for each in self._faults(back.remaining()) if each not in before)
        for code, record, record_id in dict.fromkeys((each[0], *each[2:]) for each in new):
            yield Reason.RULE, record, record_id, code

    def _faults(self, dossier: Dossier) -> Iterator[tuple[str, str | None, str, str]]:
        for each in judge(dossier, self._today, made_up=self._made_up):
            # What was incomplete may stay so.
            if each.is_error and each.code != "FRM-001":
                yield each.code, each.field, each.ref.record, str(each.ref.id)
