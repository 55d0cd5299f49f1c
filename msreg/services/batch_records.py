"""One batch in full: what it did to which record, as its items in the log tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msreg.forms.columns import forms_of, from_row, to_json
from msreg.rules.names import mask_bsn
from msreg.services import access
from msreg.services.batches import BatchRow, find_batch
from msreg.services.naming import registry_number
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database
from msreg.store.queries import batches as queries
from msreg.store.queries.dossiers import TABLES
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Right

RECORDS: Mapping[str, Record] = {table: record for record, table in TABLES.items()}
"""Kinds of record by the name of their table, as the log names them."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a batch did to one record: the fields, and their values where those may be told.

    `patient` is a registry number, None for a patient of whom nothing is left. `which` holds the answers that
    tell the record from others of the patient.
    """

    patient: str | None
    record: Record
    record_id: str
    added: bool
    fields: list[str]
    which: Mapping[str, Any] | None = None
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class BatchShown:
    """One batch with a page of the records that it touched; `values` tells whether values are in them."""

    row: BatchRow
    touched: list[Touched]
    page: int
    more: bool
    values: bool


def show_batch(
    registry: Registry, *, by: Actor, batch: str, values: bool = False, page: int = 1, page_size: int = 50
) -> BatchShown:
    """One batch with what it did to which record, in the order of the load; BSNs stay masked.

    Records of patients whom the actor may no longer see are left out. Raises `NotFound` when there is no such
    batch among the actor's own.
    """
    reach = access.reach(by)
    with looking(registry, by=by, event="imports.show", right=Right.IMPORT) as look:
        row = find_batch(look.db, by=by, batch=batch)
        told = values and access.may(by, Right.PATIENTS_READ)
        found = queries.items_page(
            look.db, row.seq, reach.sql, reach.params, limit=page_size + 1, offset=(page - 1) * page_size
        )
        found, more = found[:page_size], len(found) > page_size
        look.patients = [each["patient_id"] for each in found if each["number"] is not None]
        look.about = {"batch": row.label, "page": page, "values": told}
        gone = queries.numbers_deleted(
            look.db, sorted({each["patient_id"] for each in found if each["number"] is None})
        )
        which = _which(look.db, found) if told else {}
    touched = [
        _touched(each, gone, which.get(each["entity_id"], {}), told)
        for each in found
        if each["entity"] in RECORDS
    ]
    return BatchShown(row, touched, page, more, told)


def _which(db: Database, items: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What tells each record from others of its patient, by id: as it is now, or as it was added."""
    named: dict[str, dict[str, Any]] = {}
    for table, record in RECORDS.items():
        if record is Record.PATIENT:
            continue
        forms = forms_of(record)
        keys = [key for form in forms for key in form.identity]
        ids = [each["entity_id"] for each in items if each["entity"] == table]
        for row_id, row in queries.rows_by_ids(db, table, ids).items():
            answers = from_row(forms, row)
            named[row_id] = {key: to_json(answers[key]) for key in keys if key in answers}
        for each in items:
            if each["entity"] == table and each["entity_id"] not in named:
                after = each["after"] or {}
                named[each["entity_id"]] = {key: after[key] for key in keys if key in after}
    return named


def _touched(
    item: Mapping[str, Any], gone: Mapping[str, int], which: Mapping[str, Any], told: bool
) -> Touched:
    before, after = item["before"] or {}, item["after"] or {}
    number = item["number"] or gone.get(item["patient_id"])
    return Touched(
        patient=None if number is None else registry_number(number),
        record=RECORDS[item["entity"]],
        record_id=item["entity_id"],
        added=item["action"] == "C",
        fields=list({**before, **after}),
        which=which if told else None,
        before=_masked(before) if told else None,
        after=_masked(after) if told else None,
    )


def _masked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**fields, "bsn": mask_bsn(fields["bsn"])} if "bsn" in fields else fields
