"""Exports: typed cells, nothing that calculates, private files, and all of it told (SPEC X1, K4, P8, S5)."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg import __version__
from msreg.forms.columns import sheets
from msreg.services.shares import share
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Run = Callable[..., Any]
Rows = list[dict[str, Any]]
TODAY = ("--today", "2026-11-21")
SHEETS = ["patients", "courses", "disease", "medication", "adverse_events", "proms"]
HOSTILE = (
    "=cmd|' /C calc'!A0", "+1", "-1", "@x", "=1+1", "＝1+1", "＋1", "－1", "＠x", "'=1+1", "'s-Gravenzande", '"quoted"',
    "a;b,c\td", "00012", "1e5", "1-2-2020", "TRUE", "#N/A", "http://example.org", "<b>[rrms] :smile:</b>", "Ⅷ é e\u0301",
    "two  spaces", "日本", "🙂",
)  # fmt: skip
"""Names that a spreadsheet would calculate, turn into something else, or drop."""


def book(path: Path) -> dict[str, Rows]:
    found = {}
    for sheet in openpyxl.load_workbook(path).worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


def table(path: Path) -> Rows:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def rich(
    registry: Registry, load: Callable[..., Any], write: Callable[..., Path], person: Callable[..., dict[str, Any]],
    course: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """A patient with every kind of answer."""
    who = {"centre": "AMS01", "patient_number": "00001"}
    load(
        write(
            patients=[
                person(1, first_symptom="2018-05", first_symptom_sites="optic;other", email="p@example.org",
                       deceased=False)
            ],
            courses=[
                course(1, date(2022, 2, 2), edss=3.5, mri_done=True, mri_date=date(2022, 2, 3), mri_region="both",
                       mri_gadolinium=True, mri_new_t2="3_or_more", mri_gd_lesions="unknown"),
                course(1, date(2023, 2, 2), edss=4),
            ],
            disease=[who | {"kind": "relapse", "date": date(2022, 3, 3), "methylprednisolone": True, "mp_dose_mg": 1000,
                            "symptoms": "visual;sensory"}],
            medication=[who | {"medicine": "L04AG03", "start_date": date(2021, 1, 1), "stop_date": date(2022, 1, 1),
                               "deviating_interval": False, "safety_issue": True, "jcv_status": "positive",
                               "jcv_index": 1.25, "stop_reasons": "adverse_event;jcv_pml_risk"}],
            adverse_events=[who | {"medicine": "L04AG03", "medication_start": date(2021, 1, 1),
                                   "description": "hoofdpijn", "report_to_lareb": False}],
            proms=[who | {"answered_on": date(2022, 6, 6), "mobility": "2", "self_care": "1", "usual_activities": "1",
                          "pain_discomfort": "3", "anxiety_depression": "1", "health_score": 80, "mode": "paper"}],
        )
    )  # fmt: skip


@pytest.mark.usefixtures("rich")
def test_cells_have_their_types_and_sheets_their_furniture(quick: Run, tmp_path: Path) -> None:
    """X1: real dates and numbers, frozen header, filters, readable widths; no formula anywhere."""
    out = tmp_path / "out.xlsx"
    done = quick("exports", "excel", "--out", out)
    assert done.code == 0, done.err
    found = book(out)
    assert list(found) == [*SHEETS, "codebook", "provenance"]
    (patient,) = found["patients"]
    assert (patient["birth_date"], patient["first_symptom"]) == (datetime(1980, 5, 6), "2018-05")
    assert (patient["consent"], patient["deceased"]) == (True, False)
    assert (patient["patient_number"], patient["first_symptom_sites"]) == ("00001", "optic;other")
    assert patient["registry_number"] == "MS-0000001"
    assert isinstance(patient["bsn"], str)
    first, second = found["courses"]
    assert (first["edss"], first["mri_new_t2"], first["mri_gd_lesions"]) == (3.5, "3_or_more", "unknown")
    assert (first["course_date"], first["mri_done"]) == (datetime(2022, 2, 2), True)
    assert (second["edss"], second["mri_done"], second["mri_date"]) == (4, False, None)
    assert found["disease"][0]["mp_dose_mg"] == 1000
    assert found["medication"][0]["jcv_index"] == 1.25
    (event,) = found["adverse_events"]
    assert (event["medicine"], event["medication_start"]) == ("L04AG03", datetime(2021, 1, 1))
    for sheet in openpyxl.load_workbook(out).worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
        assert sheet["A1"].font.bold
        assert all(width.width >= 3 for width in sheet.column_dimensions.values())
        assert not any(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.usefixtures("rich")
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_labels_in_words_of_one_language(lang: str, quick: Run, tmp_path: Path) -> None:
    """X1: labels or codes; names of sheets and columns too."""
    out = tmp_path / "out.xlsx"
    assert quick("exports", "excel", "--out", out, "--labels", "--lang", lang).code == 0
    found = book(out)
    assert list(found)[: len(SHEETS)] == [sheet.label[lang] for sheet in sheets()]
    for sheet in sheets():
        assert list(found[sheet.label[lang]][0]) == [column.label[lang] for column in sheet.columns]
    nl = lang == "nl"
    (patient,) = found["Patiënten" if nl else "Patients"]
    assert patient["Geslacht" if nl else "Sex"] == ("vrouw" if nl else "female")
    assert patient["Overleden" if nl else "Deceased"] == ("nee" if nl else "no")
    assert patient["Geboortedatum" if nl else "Date of birth"] == datetime(1980, 5, 6)
    assert patient["Plaats eerste symptoom" if nl else "Site of first symptom"] == (
        "oogzenuw;anders" if nl else "optic nerve;other"
    )
    again = quick("imports", "run", out, "--json", *TODAY)
    assert json.loads(again.out)["findings"] == []
    assert json.loads(again.out)["summary"]["unchanged"] == 7


def test_names_that_a_spreadsheet_would_calculate_stay_names(
    registry: Registry, quick: Run, tmp_path: Path, load: Callable[..., Any], write: Callable[..., Path],
    person: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """X1: no formula ever made from data; what goes out comes in unchanged."""
    people = [person(at, family_name=name) for at, name in enumerate(HOSTILE, start=1)]
    load(write(patients=people))
    # what Excel itself writes for a carriage return; as a name it is only a name
    escape = "_x000D_"
    assert quick("patients", "edit", len(HOSTILE), "--family-name", escape, *TODAY).code == 0
    given = [each["family_name"] for each in json.loads(quick("patients", "list", "--json").out)]
    assert given == [*(unicodedata.normalize("NFC", name) for name in HOSTILE[:-1]), escape]
    out, folder = tmp_path / "out.xlsx", tmp_path / "out"
    assert quick("exports", "excel", "--out", out).code == 0
    assert quick("exports", "csv", "--out", folder).code == 0
    sheet = openpyxl.load_workbook(out)["patients"]
    column = next(cell.column for cell in sheet[1] if cell.value == "family_name")
    cells = [sheet.cell(row, column) for row in range(2, 2 + len(given))]
    in_file = [*given[:-1], "_x005F_x000D_"]  # escaped, as Excel does; openpyxl shows it as it is stored
    assert [(cell.value, cell.data_type, cell.hyperlink) for cell in cells] == [
        (n, "s", None) for n in in_file
    ]
    raw = (folder / "patients.csv").read_text(encoding="utf-8-sig")
    fields = [row["family_name"] for row in table(folder / "patients.csv")]
    assert all(field.lstrip(" ")[0] not in "=+-@\t\r＝＋－＠" for field in fields)
    assert all(line.startswith('"') for line in raw.splitlines())  # every field is quoted
    for file in (out, folder):
        again = json.loads(quick("imports", "run", file, "--json", *TODAY).out)
        assert again["findings"] == []
        assert again["summary"] == {
            "added": 0, "changed": 0, "unchanged": len(HOSTILE), "skipped": 0, "refused": 0,
        }  # fmt: skip


@pytest.mark.parametrize("sign", ["\x1b[31mred", "\x07bell", "\u202etfel", "\x00nul", "\x9b31m"])
def test_control_characters_do_not_come_in_and_do_not_reach_a_terminal(
    sign: str, registry: Registry, quick: Run, tmp_path: Path, person: Callable[..., dict[str, Any]]
) -> None:
    """FRM-010; what an old registry might hold is shown as a sign, and is no fault of an export."""
    row = person(1, family_name=sign)
    folder = tmp_path / "batch"
    folder.mkdir()
    for name, key in (
        ("courses", "course_date"),
        ("disease", "kind;date"),
        ("medication", "medicine;start_date"),
    ):
        (folder / f"{name}.csv").write_text(f"centre;patient_number;{key}\n")
    with (folder / "patients.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([row, [str(value) for value in row.values()]])
    done = quick("imports", "run", folder, "--json", *TODAY)
    assert done.code == 6
    if "\x00" in sign:
        assert "not UTF-8 text" in done.err
        return
    assert [each["code"] for each in json.loads(done.out)["findings"]] == ["FRM-010"]
    (folder / "patients.csv").write_text(
        (folder / "patients.csv").read_text(encoding="utf-8").replace(sign, "Jansen"), encoding="utf-8"
    )
    assert quick("imports", "run", folder, *TODAY).code == 0
    with registry.light() as db:
        db.execute("UPDATE patient SET family_name = ?", (sign,))
    for words in (["patients", "list"], ["patients", "show", "1"], ["patients", "list", "--json"]):
        assert sign[0] not in quick(*words).out
    assert quick("exports", "excel", "--out", tmp_path / "out.xlsx").code == 0
    assert quick("exports", "csv", "--out", tmp_path / "out").code == 0


@pytest.mark.usefixtures("rich")
def test_files_are_private_and_are_not_overwritten_unasked(run: Run, quick: Run, tmp_path: Path) -> None:
    """X1, S8: mode 0600 in a folder of 0700 whatever the umask; --overwrite replaces at once."""
    out, folder = tmp_path / "out.xlsx", tmp_path / "out"
    old = os.umask(0)
    try:
        assert run("exports", "excel", "--out", out).code == 0
        assert run("exports", "csv", "--out", folder).code == 0
    finally:
        os.umask(old)
    assert mode(out) == 0o600
    assert mode(folder) == 0o700
    assert {mode(each) for each in folder.iterdir()} == {0o600}
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        f"{name}.csv" for name in (*SHEETS, "codebook", "provenance")
    )
    for form, place in (("excel", out), ("csv", folder)):
        before = place.stat().st_ino
        refused = quick("exports", form, "--out", place)
        assert (refused.code, refused.out) == (8, "")
        assert "--overwrite" in refused.err
        assert place.stat().st_ino == before
        replaced = quick("exports", form, "--out", place, "--overwrite")
        assert replaced.code == 0, replaced.err
        assert place.stat().st_ino != before
    (folder / "mine.txt").write_text("not an export")
    kept = quick("exports", "csv", "--out", folder, "--overwrite")
    assert kept.code == 8
    assert (folder / "mine.txt").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []  # no working files


@pytest.mark.usefixtures("rich")
def test_a_place_that_cannot_be_written(registry: Registry, quick: Run, tmp_path: Path) -> None:
    """C4; the log does not say that something left when nothing did."""
    for form, name, code in (
        ("excel", "none/out.xlsx", 3), ("csv", "none/out", 3), ("excel", "out.ods", 2), ("excel", "out", 2),
    ):  # fmt: skip
        done = quick("exports", form, "--out", tmp_path / name)
        assert (done.code, done.out) == (code, ""), name
        assert 1 <= len(done.err.splitlines()) <= 2
    assert quick("exports", "excel").code == 2
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM audit_event WHERE body LIKE '%\"exports.run\"%'") == (0,)


@pytest.mark.usefixtures("rich")
def test_where_it_came_from(registry: Registry, quick: Run, tmp_path: Path) -> None:
    """X1: who, when, filter, version and counts; the counts are those of the rows."""
    out = tmp_path / "out.xlsx"
    done = json.loads(quick("exports", "excel", "--out", out, "--centre", "ams01", "--json").out)
    found = book(out)
    told = {row["key"]: row["value"] for row in found["provenance"]}
    assert told["program"] == f"msreg {__version__}"
    assert told["registry"] == registry.uuid
    assert told["role"] == "desk"
    assert told["exported_by"]
    assert told["log_row"] == done["log_row"]
    assert "centre" in told["filter"]
    assert told["style"] == "codes"
    assert datetime.fromisoformat(told["exported_at"]).tzinfo is not None
    for sheet in SHEETS:
        assert told[f"rows {sheet}"] == len(found[sheet]) == done["rows"][sheet]
    assert done["patients"] == 1


@pytest.mark.usefixtures("rich")
def test_the_codebook_lists_every_column(quick: Run, tmp_path: Path) -> None:
    """X2: each column of each sheet, in order, with its question in both languages and what its codes mean."""
    out = tmp_path / "out.xlsx"
    assert quick("exports", "excel", "--out", out).code == 0
    found = book(out)
    listed = [(row["sheet"], row["column"]) for row in found["codebook"]]
    assert listed == [(sheet, column) for sheet in SHEETS for column in found[sheet][0]]
    by_name = {(row["sheet"], row["column"]): row for row in found["codebook"]}
    assert all(row["label_nl"] and row["label_en"] and row["type"] for row in found["codebook"])
    sex = by_name[("patients", "sex")]
    assert (sex["codes_nl"], sex["required"], sex["privacy"]) == (
        "male = man; female = vrouw; other = anders", "yes", "identifying",
    )  # fmt: skip
    assert by_name[("courses", "edss")]["required"] == "conditional"
    assert by_name[("disease", "mp_dose_mg")]["limits"] == "100 … 2000"


@pytest.mark.usefixtures("rich")
def test_hidden_answers_stay_in_the_registry_and_out_of_exports(quick: Run, tmp_path: Path) -> None:
    """K4: an answer whose question is not asked any more comes back with its question."""

    def exported(name: str) -> dict[str, Any]:
        out = tmp_path / name
        assert quick("exports", "excel", "--out", out).code == 0
        return book(out)["courses"][0]

    before = exported("before.xlsx")
    sub = {key for key in before if key.startswith("mri_") and key != "mri_done"}
    assert all(before[key] is not None for key in sub)
    edit = ("courses", "edit", "MS-0000001", "2022-02-02", "--mri-done")
    assert quick(*edit, "no", *TODAY).code == 0
    hidden = exported("hidden.xlsx")
    assert hidden["mri_done"] is False
    assert {hidden[key] for key in sub} == {None}
    shown = json.loads(quick("courses", "show", "MS-0000001", "2022-02-02", "--json").out)
    assert {shown[key] for key in sub} == {None}
    assert shown["complete"] is True
    loaded = quick("imports", "run", tmp_path / "hidden.xlsx", "--json", *TODAY)
    assert json.loads(loaded.out)["summary"]["unchanged"] == 7  # a blank cell keeps what is there
    assert quick(*edit, "yes", *TODAY).code == 0
    assert exported("after.xlsx") == before


def test_shared_patients_only_when_asked_and_who_left_is_in_the_log(
    registry: Registry, desk: Actor, quick: Run, tmp_path: Path, sit_down: Callable[..., Actor],
    load: Callable[..., Any], write: Callable[..., Path], person: Callable[..., dict[str, Any]],
) -> None:  # fmt: skip
    """P8, X1, S5: own, and with --shared the shared ones; each patient in the file is in the event."""
    load(write(patients=[person(1), person(2, "UTR01"), person(3, "UTR01")]))
    with registry.light() as db:
        ids = dict(db.rows("SELECT number, id FROM patient"))
    share(registry, by=desk, patient_id=ids[2], centre_code="AMS01", today=date(2026, 11, 21))
    sit_down(Role.DATA_MANAGER, "AMS01")
    for flags, numbers in (((), [1]), (("--shared",), [1, 2])):
        out = tmp_path / f"out{len(numbers)}.xlsx"
        done = quick("exports", "excel", "--out", out, "--json", *flags)
        assert done.code == 0, done.err
        assert [row["registry_number"] for row in book(out)["patients"]] == [f"MS-{n:07d}" for n in numbers]
        with registry.light() as db:
            seq, body = db.rows("SELECT seq, body FROM audit_event ORDER BY seq DESC LIMIT 1")[0]
            seen = db.rows("SELECT patient_id, action FROM audit_item WHERE seq = ? ORDER BY n", (seq,))
        event = json.loads(body)
        assert seq == json.loads(done.out)["log_row"]
        assert (event["event"], event["action"], event["role"]) == ("exports.run", "E", "data_manager")
        assert (event["about"]["file"], event["about"]["patients"]) == (out.name, len(numbers))
        assert [row[0] for row in seen] == [ids[number] for number in numbers]


def test_an_empty_registry_gives_sheets_with_headers(registry: Registry, quick: Run, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert quick("exports", "excel", "--out", out).code == 0
    workbook = openpyxl.load_workbook(out)
    for sheet in sheets():
        assert [cell.value for cell in workbook[sheet.key][1]] == [column.key for column in sheet.columns]
        assert workbook[sheet.key].max_row == 1
    again = quick("imports", "check", out, "--json", *TODAY)
    assert (again.code, json.loads(again.out)["findings"]) == (0, [])
