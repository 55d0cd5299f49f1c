"""The registry into files: typed rows sheet by sheet, with a codebook and where it all came from (X1).

Who leaves the registry is in the log before the first row is read. What is written can be loaded again
unchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from msreg import __version__
from msreg.errors import Conflict, NotFound
from msreg.formats.cells import Cell
from msreg.formats.registry import writer
from msreg.formats.sheets import SheetOut
from msreg.forms.answers import counting
from msreg.forms.columns import Column, Sheet, forms_of, from_row, sheets
from msreg.forms.definition import Item, Type
from msreg.services.codebook_sheet import HEADER as CODEBOOK_HEADER
from msreg.services.codebook_sheet import NAMES as CODEBOOK_NAMES
from msreg.services.codebook_sheet import codebook_rows
from msreg.services.naming import registry_number
from msreg.services.patients import Asked, conditions
from msreg.services.reading import looking
from msreg.store.actor import Actor
from msreg.store.connect import Database, transaction
from msreg.store.queries import dossiers as queries
from msreg.store.queries.overview import all_ids
from msreg.store.queries.rows import PIECE, named
from msreg.store.registry import Registry
from msreg.vocabulary import N_, Action, Record, Right

PROVENANCE_NAMES = {"nl": "Herkomst", "en": "Provenance"}


@dataclass(frozen=True, slots=True)
class Exported:
    """What left the registry: where to, how many patients, and the rows of each sheet."""

    path: Path
    format: str
    patients: int
    rows: Mapping[str, int]
    seq: int
    """Number of the export's event in the log."""


@dataclass(frozen=True, slots=True)
class Style:
    """How answers are written: codes with English keys as headers, or labels in one language."""

    labels: bool
    language: str


def export(
    registry: Registry,
    *,
    by: Actor,
    format: str,
    out: Path,
    asked: Asked,
    today: date,
    style: Style,
    overwrite: bool = False,
) -> Exported:
    """Write the patients of `asked` to a workbook (`excel`) or a folder of CSV files (`csv`).

    Sheets: patients, courses, disease, medication, adverse events, codebook, provenance. The file appears
    when it is finished, mode 0600. Raises `Conflict` when it is there already and not `overwrite`.
    """
    to_write = writer(format)
    _place_free(out, overwrite)
    with looking(registry, by=by, event="exports.run", right=Right.EXPORT) as look:
        found = conditions(look.db, by, asked, today)
        ids = all_ids(look.db, found)
        look.action = Action.EXECUTE
        look.patients = ids
        look.about = {
            "file": out.name,
            "format": format,
            "labels": style.labels,
            "patients": len(ids),
            "filter": asked.told(),
        }
    with registry.light() as db, transaction(db, write=False):
        counts = _counts(db, ids)
        told = _provenance(registry, by, asked, style, counts, look.seq)
        tables = [_table(db, sheet, ids, style) for sheet in sheets()]
        tables.append(SheetOut(_name(CODEBOOK_NAMES, style), CODEBOOK_HEADER, codebook_rows()))
        tables.append(SheetOut(_name(PROVENANCE_NAMES, style), ("key", "value"), told))
        path = to_write.write(out, tables, overwrite)
    return Exported(path, format, len(ids), counts, look.seq)


def _place_free(out: Path, overwrite: bool) -> None:
    """Tell what stands in the way before the log says that something left the registry."""
    if not out.parent.is_dir():
        raise NotFound(N_("There is no folder {folder}."), field="out", folder=str(out.parent))
    if out.exists() and not overwrite:
        raise Conflict(
            N_("{file} is there already."),
            hint=N_("Replace it with --overwrite."),
            field="out",
            file=str(out),
        )


def _name(names: Mapping[str, str], style: Style) -> str:
    return names[style.language] if style.labels else names["en"].lower()


def _counts(db: Database, ids: Sequence[str]) -> dict[str, int]:
    return {sheet.key: queries.count_of(db, sheet.record, ids) for sheet in sheets()}


def _provenance(
    registry: Registry, by: Actor, asked: Asked, style: Style, counts: Mapping[str, int], seq: int
) -> list[Sequence[Cell]]:
    forms = [form for record in Record for form in forms_of(record)]
    return [
        ("program", f"msreg {__version__}"),
        ("registry", registry.uuid),
        ("exported_at", registry.clock().isoformat(timespec="seconds")),
        ("exported_by", by.name),
        ("role", by.role.value),
        ("log_row", seq),
        ("filter", asked.told() or None),
        ("style", f"labels {style.language}" if style.labels else "codes"),
        ("forms", " ".join(f"{form.key}:{form.version}" for form in forms)),
        *((f"rows {key}", count) for key, count in counts.items()),
    ]


def _table(db: Database, sheet: Sheet, ids: Sequence[str], style: Style) -> SheetOut:
    name = sheet.label[style.language] if style.labels else sheet.key
    header = [column.label[style.language] if style.labels else column.key for column in sheet.columns]
    return SheetOut(name, header, _rows(db, sheet, ids, style))


def _rows(db: Database, sheet: Sheet, ids: Sequence[str], style: Style) -> Iterator[list[Cell]]:
    """Rows by registry number of the patient, oldest record first; some hundred patients at a time."""
    for start in range(0, len(ids), PIECE):
        patients = queries.patients_by_ids(db, ids[start : start + PIECE])
        centres = _centres(db)
        heads = {
            row["id"]: {
                "registry_number": registry_number(row["number"]),
                "centre": centres[row["centre_id"]],
                "patient_number": row["patient_number"],
            }
            for row in patients
        }
        if sheet.record is Record.PATIENT:
            for row in patients:
                yield _row(sheet, row, heads[row["id"]], style)
            continue
        parents = _medications(db, sheet, list(heads))
        by_patient: dict[str, list[dict[str, Any]]] = {}
        for row in queries.records_of(db, sheet.record, list(heads)):
            by_patient.setdefault(row["patient_id"], []).append(row)
        for key, head in heads.items():
            for row in by_patient.get(key, ()):
                above = parents.get(row.get("medication_id", ""), {})
                yield _row(sheet, row, {**head, **above}, style)


def _row(sheet: Sheet, row: Mapping[str, Any], above: Mapping[str, Any], style: Style) -> list[Cell]:
    values: dict[str, Any] = {}
    stored = from_row(sheet.forms, row)
    for form in sheet.forms:
        values |= counting(form, stored)
    return [
        _cell(column, values.get(column.key) if column.item else above.get(column.key), style)
        for column in sheet.columns
    ]


def _cell(column: Column, value: Any, style: Style) -> Cell:
    item = column.item or _borrowed(column)
    if value is None or item is None:
        return value  # type: ignore[no-any-return]
    if item.type is Type.BOOLEAN:
        return _yes_no(value, style) if style.labels else bool(value)
    if item.type in (Type.CHOICE, Type.CHOICES):
        codes = value if isinstance(value, tuple) else (value,)
        if style.labels:
            found = [item.choice(code) for code in codes]
            codes = tuple(
                each.label[style.language] if each else code for each, code in zip(found, codes, strict=True)
            )
        return ";".join(codes)
    return value  # type: ignore[no-any-return]


def _yes_no(value: bool, style: Style) -> str:
    return {"nl": ("nee", "ja"), "en": ("no", "yes")}[style.language][bool(value)]


def _borrowed(column: Column) -> Item | None:
    """The question behind a parent column of a side effect."""
    form = forms_of(Record.MEDICATION)[0]
    return form["medicine"] if column.key == "medicine" else None


def _centres(db: Database) -> dict[str, str]:
    return {row["id"]: row["code"] for row in named(db, "SELECT id, code FROM centre")}


def _medications(db: Database, sheet: Sheet, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What names the medication of a side effect, by id; nothing for other sheets."""
    if sheet.record is not Record.ADVERSE_EVENT:
        return {}
    return {
        row["id"]: {"medicine": row["medicine"], "medication_start": date.fromisoformat(row["start_date"])}
        for row in queries.records_of(db, Record.MEDICATION, ids)
    }
