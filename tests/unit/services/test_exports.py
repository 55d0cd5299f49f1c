"""Exports (X1): typed cells, codes or labels, nothing that becomes a formula, hidden answers kept at home."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.errors import Conflict, NotAllowed, NotFound, Usage
from msreg.forms.columns import sheets
from msreg.services import exports
from msreg.services.batch_result import Loaded
from msreg.services.editing import edit_record
from msreg.services.exports import Exported, Style, export
from msreg.services.imports import load_batch
from msreg.services.patients import Asked
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.queries import leaving
from msreg.store.registry import Registry
from msreg.vocabulary import Record, Role

Rows = dict[str, Callable[..., dict[str, Any]]]
Lay = Callable[..., Loaded]
Save = Callable[..., Exported]

CODES = Style(False, "en")


@pytest.fixture
def save(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> Save:
    def call(name: str = "out.xlsx", **other: Any) -> Exported:
        wanted: dict[str, Any] = {"by": desk, "format": "excel", "asked": Asked(), "style": CODES} | other
        return export(registry, out=tmp_path / name, today=today, **wanted)

    return call


def sheet(done: Exported, name: str) -> list[dict[str, Any]]:
    """The rows of a sheet by column."""
    rows = list(openpyxl.load_workbook(done.path)[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_cells_have_types_and_the_file_is_for_its_owner(lay: Lay, row: Rows, save: Save) -> None:
    lay(patients=[row["patient"]("0001")], courses=[row["course"]("0001", edss=2.5)])
    done = save()
    assert stat.S_IMODE(done.path.stat().st_mode) == 0o600
    (patient,) = sheet(done, "patients")
    assert patient["patient_number"] == "0001"
    assert patient["birth_date"] == datetime(1980, 5, 6)
    assert patient["consent"] is True
    (course,) = sheet(done, "courses")
    assert (course["edss"], course["mri_done"]) == (2.5, False)


def test_the_sheet_is_ready_to_be_read(lay: Lay, row: Rows, save: Save) -> None:
    lay(patients=[row["patient"]()])
    book = openpyxl.load_workbook(save().path)
    assert book.sheetnames == [each.key for each in sheets()] + ["codebook", "provenance"]
    for name in ("patients", "courses", "disease", "medication"):
        assert book[name].freeze_panes == "A2"
        assert book[name].auto_filter.ref


@pytest.mark.parametrize(
    "text", ["=1+1", "+31", "-1", "@x", "＝1", "'=1", "\ttab", "a\nb", "[b]x[/b]", ":smile:"]
)
@pytest.mark.parametrize("kind", ["excel", "csv"])
def test_nothing_becomes_a_formula_and_everything_comes_back(
    lay: Lay, row: Rows, save: Save, registry: Registry, desk: Actor, today: date, text: str, kind: str
) -> None:
    """F4: texts that a spreadsheet takes for formulas are texts, in and out."""
    done = lay(patients=[row["patient"](family_name=text)])
    assert not done.refused
    out = save("out.xlsx" if kind == "excel" else "out", format=kind)
    if kind == "excel":
        cells = [
            cell for each in openpyxl.load_workbook(out.path) for line in each.iter_rows() for cell in line
        ]
        assert not [cell for cell in cells if cell.data_type == "f"]
    again = load_batch(registry, by=desk, path=out.path, today=today)
    assert (again.findings, again.summary["changed"], again.summary["added"]) == ([], 0, 0)


def test_k4_hidden_answers_stay_at_home_and_come_back(
    lay: Lay, row: Rows, save: Save, registry: Registry, desk: Actor, today: date
) -> None:
    mri = {"mri_date": date(2021, 1, 1), "mri_region": "brain", "mri_gadolinium": False, "mri_new_t2": "2"}
    lay(patients=[row["patient"]()], courses=[row["course"](mri_done=True, **mri)])

    def answer(value: str) -> None:
        edit_record(
            registry, by=desk, record=Record.COURSE, patient="AMS01:00001", today=today,
            which={"course_date": date(2021, 1, 1)}, answers={"mri_done": value},
        )  # fmt: skip

    answer("nee")
    (course,) = sheet(save("hidden.xlsx"), "courses")
    assert (course["mri_done"], course["mri_new_t2"], course["mri_date"]) == (False, None, None)
    answer("ja")
    (course,) = sheet(save("back.xlsx"), "courses")
    assert (course["mri_done"], course["mri_new_t2"]) == (True, "2")


def test_labels_are_of_one_language(lay: Lay, row: Rows, save: Save) -> None:
    lay(patients=[row["patient"]()])
    done = save(style=Style(True, "nl"))
    (patient,) = sheet(done, "Patiënten")
    assert (patient["Geslacht"], patient["Overleden"]) == ("vrouw", "nee")


def test_provenance_and_codebook_tell_the_truth(lay: Lay, row: Rows, save: Save, desk: Actor) -> None:
    lay(patients=[row["patient"](), row["patient"]("00002")], courses=[row["course"]()])
    done = save()
    told = {each["key"]: each["value"] for each in sheet(done, "provenance")}
    assert (told["rows patients"], told["rows courses"], told["exported_by"]) == (2, 1, desk.name)
    assert told["log_row"] == done.seq
    assert done.rows == {
        "patients": 2,
        "courses": 1,
        "disease": 0,
        "medication": 0,
        "adverse_events": 0,
        "proms": 0,
    }
    columns = {(each["sheet"], each["column"]) for each in sheet(done, "codebook")}
    assert columns == {(each.key, column.key) for each in sheets() for column in each.columns}


def test_what_leaves_is_in_the_log_with_everybody_in_it(
    lay: Lay, row: Rows, save: Save, registry: Registry
) -> None:
    lay(patients=[row["patient"](), row["patient"]("00002")])
    done = save()
    with registry.light() as db:
        (body,) = db.one("SELECT body FROM audit_event WHERE seq = ?", (done.seq,)) or ("",)
        seen = {each[0] for each in db.rows("SELECT patient_id FROM audit_item WHERE seq = ?", (done.seq,))}
        everybody = {each[0] for each in db.rows("SELECT id FROM patient")}
    assert '"event":"exports.run"' in body
    assert seen == everybody


def test_a_centre_exports_its_own_and_with_shared_what_is_shared(
    lay: Lay, row: Rows, save: Save, registry: Registry, desk: Actor, today: date,
    member: Callable[..., Actor],
) -> None:  # fmt: skip
    lay(patients=[row["patient"](), row["patient"]("00002"), row["patient"]("9", centre="UTR01")])
    with registry.light() as db:
        (first,) = db.one("SELECT id FROM patient WHERE patient_number = '00001'") or ("",)
    share(registry, by=desk, patient_id=first, centre_code="UTR01", today=today)
    by = member("UTR01", Role.DATA_MANAGER)
    assert save("own.xlsx", by=by, asked=Asked(scope="own")).patients == 1
    assert save("all.xlsx", by=by, asked=Asked()).patients == 2
    with pytest.raises(NotAllowed):
        save("no.xlsx", by=member("UTR01", Role.READER))


def test_what_stands_in_the_way_is_told_before_the_log(
    save: Save, registry: Registry, tmp_path: Path
) -> None:
    save()
    with registry.light() as db:
        before = db.one("SELECT max(seq) FROM audit_event")
        with pytest.raises(Conflict):
            save()
        with pytest.raises(NotFound):
            save("no/folder.xlsx")
        assert db.one("SELECT max(seq) FROM audit_event") == before
    assert save(overwrite=True).patients == 0


def test_c9_who_waits_is_told_how_many_rows_there_are(
    people_registry: Registry,
    desk_of_people: Actor,
    today: date,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Rows of all sheets count; what is told never goes beyond the total."""
    monkeypatch.setattr(exports, "_EVERY", 10)
    told: list[tuple[int, int]] = []
    done = export(
        people_registry, by=desk_of_people, format="csv", out=tmp_path / "out", asked=Asked(), today=today,
        style=CODES, step=lambda rows, total: told.append((rows, total)),
    )  # fmt: skip
    total = sum(done.rows.values())
    assert told == [(rows, total) for rows in range(10, total + 1, 10)]
    assert len(told) > 10


@pytest.mark.parametrize("kind", ["excel", "csv"])
def test_only_json_lines_go_to_a_stream(kind: str, registry: Registry, desk: Actor, today: date) -> None:
    with pytest.raises(Usage) as caught:
        export(registry, by=desk, format=kind, out=BytesIO(), asked=Asked(), today=today, style=CODES)
    assert caught.value.field == "out"


def test_who_is_deleted_after_the_log_was_written_is_not_in_the_file(
    lay: Lay, row: Rows, registry: Registry, desk: Actor, today: date
) -> None:
    """The log may name more than left, never less: rows are those of whom the event names."""
    lay(patients=[row["patient"](), row["patient"]("00002")])
    out = BytesIO()
    done = export(
        registry,
        by=desk,
        format="jsonl",
        out=out,
        asked=Asked(patient_number="00002"),
        today=today,
        style=CODES,
    )
    lay(patients=[row["patient"]("00003")])
    with registry.light() as db:
        again = list(leaving.rows_of_event(db, Record.PATIENT, done.seq, ["p.patient_number"]))
        assert again == [("00002",)]
        db.execute("DELETE FROM patient WHERE patient_number = '00002'")
        assert list(leaving.rows_of_event(db, Record.PATIENT, done.seq, ["p.patient_number"])) == []
    patients = [each for each in map(json.loads, out.getvalue().splitlines()) if each["sheet"] == "patients"]
    assert [each["patient_number"] for each in patients] == ["00002"]
    assert (done.path, done.patients) == (exports.STREAM, 1)
