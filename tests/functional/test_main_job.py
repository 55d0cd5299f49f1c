"""The main job: from an empty machine to a loaded, checked and exported registry (SPEC X1, B2–B4, C11)."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.forms.columns import Column, Sheet, sheets
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry

KEYS = {
    "patients": ("patient_number",),
    "courses": ("patient_number", "course_date"),
    "disease": ("patient_number", "kind", "date"),
    "medication": ("patient_number", "medicine", "start_date"),
}
COUNTS = {"patients": 7, "courses": 57, "disease": 5, "medication": 7}
TODAY = ("--today", "2026-11-21")

Rows = dict[str, list[dict[str, Any]]]
Run = Callable[..., Any]


def read_book(path: Path) -> Rows:
    """All sheets as rows by column name, as another program than ours reads them."""
    book = openpyxl.load_workbook(path)
    found: Rows = {}
    for sheet in book.worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


def by_key(rows: list[dict[str, Any]], keys: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    found = {tuple(row[key] for key in keys): row for row in rows}
    assert len(found) == len(rows)
    return found


def assert_same(given: Rows, got: Rows) -> None:
    """Every cell that was given is there with the same type and value, and nothing else is."""
    for sheet, keys in KEYS.items():
        old, new = by_key(given[sheet], keys), by_key(got[sheet], keys)
        assert set(old) == set(new), sheet
        assert len(new) == COUNTS[sheet]
        for key, row in old.items():
            for column, value in row.items():
                there = new[key][column]
                number = isinstance(value, int | float) and not isinstance(value, bool)
                assert there == value, (sheet, column)
                assert type(there) is type(value) or (number and not isinstance(there, bool)), (sheet, column)
            added = {column for column, value in new[key].items() if value is not None and column not in row}
            assert added <= {"registry_number", "state", "written_by"}, sheet


@pytest.fixture
def office(run: Run) -> Run:
    """An empty machine after the two commands of set-up."""
    made = run("init", "--yes", "--made-up", "--json")
    assert made.code == 0, made.err
    assert json.loads(made.out)["recovery_key"]
    added = run("centres", "add", "AMS01", "--name", "Ziekenhuis De Amstelhof", "--json")
    assert added.code == 0, added.err
    return run


def counts(run: Run) -> dict[str, int]:
    found = run("patients", "list", "--json")
    assert found.code == 0, found.err
    return {"patients": len(json.loads(found.out))}


def test_every_fault_is_told_at_its_cell_and_nothing_is_loaded(office: Run, batches: Path) -> None:
    """B2, B3, C4: sixteen faults, each at its sheet, row and column; no other row has one."""
    expected = json.loads((batches / "faulty.expected.json").read_text())
    given = openpyxl.load_workbook(batches / "faulty.xlsx")
    headers = {each.title: [cell.value for cell in each[1]] for each in given.worksheets}
    for verb in ("check", "run"):
        done = office("imports", verb, batches / "faulty.xlsx", "--json", *TODAY)
        assert done.code == 6, done.err
        found = json.loads(done.out)
        errors = [each for each in found["findings"] if each["severity"] == "error"]
        places = {(each["sheet"], each["row"], each["field"]) for each in errors}
        assert {(each["sheet"], each["row"], each["column"]) for each in expected} <= places
        rows = {(each["sheet"], each["row"]) for each in expected}
        assert {place[:2] for place in places} == rows
        for each in errors:
            assert headers[each["sheet"]][ord(each["column"]) - ord("A")] == each["field"]
            assert each["message"]
            assert set(each) == {
                "sheet", "row", "column", "field", "code", "severity", "message", "hint",
            }  # fmt: skip
        assert found["loaded"] is False
        assert found["summary"] == {
            "added": 0, "changed": 0, "unchanged": 0, "skipped": 76 - len(rows), "refused": len(rows),
        }  # fmt: skip
    assert counts(office) == {"patients": 0}
    told = office("imports", "check", batches / "faulty.xlsx", *TODAY)
    assert told.code == 6
    assert "Nothing was loaded." in told.out
    assert "16 faults" in told.out
    for value in ("123456789", "no-address", "vrouwelijk?", "99999", "Bakker", "ASPIRIN"):
        assert value not in told.out + told.err  # C12: what is piped names places, not values
    assert office("audit", "verify").code == 0


def test_what_goes_in_is_seen_and_comes_out(office: Run, batches: Path, tmp_path: Path) -> None:
    """X1, B4: 7 patients, 57 courses, 5 relapses, cell by cell; again it changes nothing."""
    file = batches / "msprog.xlsx"
    checked = office("imports", "check", file, "--json", *TODAY)
    assert checked.code == 0, checked.err
    assert json.loads(checked.out)["findings"] == []
    assert json.loads(checked.out)["loaded"] is False
    assert counts(office) == {"patients": 0}
    loaded = json.loads(office("imports", "run", file, "--json", "--yes", *TODAY).out)
    assert loaded["loaded"] is True
    assert loaded["summary"] == {"added": 76, "changed": 0, "unchanged": 0, "skipped": 0, "refused": 0}
    given = read_book(file)
    look_at_all(office, given)

    out = tmp_path / "out.xlsx"
    exported = office("exports", "excel", "--out", out, "--json")
    assert exported.code == 0, exported.err
    assert json.loads(exported.out)["rows"] == COUNTS | {"adverse_events": 0, "proms": 0}
    got = read_book(out)
    assert [*got] == [
        "patients",
        "courses",
        "disease",
        "medication",
        "adverse_events",
        "proms",
        "codebook",
        "provenance",
    ]
    assert_same(given, got)
    assert sum(row["kind"] == "relapse" for row in got["disease"]) == 5

    again = office("imports", "check", out, "--json", *TODAY)
    assert again.code == 0, again.err
    assert json.loads(again.out)["findings"] == []
    twice = json.loads(office("imports", "run", out, "--json", "--yes", *TODAY).out)
    assert twice["summary"] == {"added": 0, "changed": 0, "unchanged": 76, "skipped": 0, "refused": 0}
    assert twice["changes"] == []
    second = office("exports", "excel", "--out", tmp_path / "second.xlsx")
    assert second.code == 0, second.err
    assert {k: v for k, v in read_book(tmp_path / "second.xlsx").items() if k in KEYS} == {
        k: v for k, v in got.items() if k in KEYS
    }
    verified = office("audit", "verify", "--json")
    assert verified.code == 0, verified.err
    assert office("db", "check").code == 0


def look_at_all(run: Run, given: Rows) -> None:
    """P5, K3, D3: each patient, course, relapse and medication is shown as it stands in the file."""
    people = json.loads(run("patients", "list", "--json", *TODAY).out)
    assert [each["patient_number"] for each in people] == [row["patient_number"] for row in given["patients"]]
    for row, each in zip(given["patients"], people, strict=True):
        assert each["family_name"] == row["family_name"]
        assert each["birth_date"] == row["birth_date"].date().isoformat()
        assert each["bsn"] == "••••••" + row["bsn"][-3:]
        assert each["complete"] is True
        number = row["patient_number"]
        visits = [r for r in given["courses"] if r["patient_number"] == number]
        assert each["last_course_on"] == max(r["course_date"] for r in visits).date().isoformat()
        courses = json.loads(run("courses", "list", f"ams01:{number}", "--json").out)
        assert {(c["course_date"], Decimal(c["edss"])) for c in courses} == {
            (r["course_date"].date().isoformat(), Decimal(str(r["edss"]))) for r in visits
        }
        assert [c["course_date"] for c in courses] == sorted(
            (c["course_date"] for c in courses), reverse=True
        )
    shown = json.loads(run("patients", "show", "MS-0000003", "--json").out)
    assert (shown["name_prefix"], shown["family_name"], shown["initials"]) == ("van den", "Berg", "C.")
    assert json.loads(run("patients", "why", "3", "--json").out)["complete"] is True
    one = json.loads(run("courses", "show", "AMS01:00001", "23/09/2021", "--json").out)
    assert (one["edss"], one["mri_done"], one["mri_new_t2"], one["complete"]) == ("5.5", True, "0", True)
    disease = json.loads(run("disease", "show", "AMS01:00002", "--json").out)
    assert [each["date"] for each in disease["events"]] == ["2022-10-25", "2021-06-12"]  # newest first
    assert disease["events"][0]["symptoms"] == ["visual", "sensory"]
    medication = json.loads(run("medications", "list", "MS-0000001", "--json").out)
    assert [(m["medicine"], m["start_date"], m["stop_date"]) for m in medication] == [
        ("L04AG08", "2021-09-23", None)
    ]


def test_in_the_registry_of_a_hospital_only_the_test_numbers_are_remarked(run: Run, batches: Path) -> None:
    """The same two commands without --made-up: PAT-006 warns of each BSN, and nothing stops the file."""
    assert run("init", "--yes").code == 0
    assert run("centres", "add", "AMS01", "--name", "A").code == 0
    done = run("imports", "run", batches / "msprog.xlsx", "--json", "--yes")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert {(each["code"], each["severity"]) for each in found["findings"]} == {("PAT-006", "warning")}
    assert found["summary"]["added"] == 76
    refused = run("patients", "list", *TODAY)
    assert refused.code == 2  # C7: the day is set in demo and test registries only
    assert "--today" in refused.err


# -- the same content in other clothes ------------------------------------------------------------------


def told(column: Column, value: Any, language: str | None) -> Any:
    """A value as somebody writes it: labels, yes and no in words, dates by day first, a comma in decimals."""
    item = column.item
    if item is not None and item.choices and value is not None and language:
        return ";".join(item.choice(code).label[language] for code in str(value).split(";"))
    if language is None or value is None:
        return value
    if isinstance(value, bool):
        return {"nl": ("nee", "ja"), "en": ("no", "yes")}[language][value]
    if isinstance(value, datetime):
        return value.strftime("%d-%m-%Y" if language == "nl" else "%d/%m/%Y")
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return value


def dressed(rows: Rows, language: str | None) -> list[tuple[Sheet, list[list[Any]]]]:
    """The sheets in another order, with their columns in another order, in keys or in labels."""
    order = random.Random(4)
    found = []
    for sheet in sheets():
        if sheet.key not in rows:
            continue
        columns = [sheet.by_key[key] for key in rows[sheet.key][0]]
        order.shuffle(columns)
        header = [column.label[language] if language else column.key for column in columns]
        if language:  # a star marks what is required, as in our own templates
            header[0] += " *"
        body = [[told(column, row[column.key], language) for column in columns] for row in rows[sheet.key]]
        found.append((sheet, [header, *body]))
    order.shuffle(found)
    return found


@pytest.mark.parametrize("language", [None, "nl", "en"])
@pytest.mark.parametrize("form", ["xlsx", "csv ;", "csv ,"])
def test_sheets_and_columns_by_key_or_label_in_any_order(
    registry: Registry, quick: Run, batches: Path, tmp_path: Path, language: str | None, form: str
) -> None:
    """Step 1.6: keys or labels, nl or en, any order of columns, a workbook or a folder of CSV files."""
    given = read_book(batches / "msprog.xlsx")
    tables = dressed(given, language)
    if form == "xlsx":
        file = tmp_path / "dressed.xlsx"
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for sheet, rows in tables:
            made = book.create_sheet(sheet.label[language] if language else sheet.key.upper())
            for row in rows:
                made.append(row)
        book.save(file)
    else:
        file = tmp_path / "dressed"
        file.mkdir()
        for sheet, rows in tables:
            name = sheet.label[language] if language else sheet.key
            with (file / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream, delimiter=form[-1])
                writer.writerows([["" if cell is None else plain(cell) for cell in row] for row in rows])
    done = quick("imports", "run", file, "--json", "--yes", *TODAY)
    assert done.code == 0, done.out + done.err
    found = json.loads(done.out)
    assert found["findings"] == []
    assert found["summary"]["added"] == 76
    out = tmp_path / "out.xlsx"
    assert quick("exports", "excel", "--out", out).code == 0
    assert_same(given, read_book(out))


def plain(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


@pytest.mark.parametrize("style", [["--codes"], ["--labels", "--lang", "nl"], ["--labels", "--lang", "en"]])
@pytest.mark.parametrize("form", ["excel", "csv"])
def test_every_style_of_export_goes_in_again_unchanged(
    registry: Registry, quick: Run, batches: Path, tmp_path: Path, form: str, style: list[str]
) -> None:
    """X1, B1: what was exported is checked without findings and changes nothing."""
    assert quick("imports", "run", batches / "msprog.xlsx", "--yes", *TODAY).code == 0
    out = tmp_path / ("out.xlsx" if form == "excel" else "out")
    done = quick("exports", form, "--out", out, *style)
    assert done.code == 0, done.err
    again = quick("imports", "run", out, "--json", "--yes", *TODAY)
    assert again.code == 0, again.out + again.err
    found: Mapping[str, Any] = json.loads(again.out)
    assert found["findings"] == []
    assert found["summary"] == {"added": 0, "changed": 0, "unchanged": 76, "skipped": 0, "refused": 0}


def test_a_dry_run_tells_the_same_and_writes_nothing(registry: Registry, quick: Run, batches: Path) -> None:
    """C5: the dry run is the real run, rolled back."""
    dry = json.loads(quick("imports", "run", batches / "msprog.xlsx", "--dry-run", "--json", *TODAY).out)
    assert (dry["dry_run"], dry["loaded"]) == (True, False)
    assert counts(quick) == {"patients": 0}
    real = json.loads(quick("imports", "run", batches / "msprog.xlsx", "--json", *TODAY).out)
    assert (real["dry_run"], real["loaded"]) == (False, True)
    for key in ("summary", "by_record", "rows", "patients", "changes", "sha256"):
        assert dry[key] == real[key]
    said = quick("imports", "run", batches / "msprog.xlsx", "--dry-run", *TODAY)
    assert "76 rows unchanged" in said.out
    assert "Nothing was written." in said.out


def test_a_faulty_file_over_a_loaded_registry_tells_every_place_too(
    registry: Registry, desk: Actor, today: date, batches: Path
) -> None:
    """Where the registry has an answer that the file lacks, it is kept and told; nothing else changes."""
    expected = json.loads((batches / "faulty.expected.json").read_text())
    loaded = load_batch(registry, by=desk, path=batches / "msprog.xlsx", today=today)
    assert loaded.summary["added"] == 76
    done = load_batch(registry, by=desk, path=batches / "faulty.xlsx", today=today)
    told = {(each.sheet, each.row, each.field) for each in done.findings}
    assert {(each["sheet"], each["row"], each["column"]) for each in expected} <= told
    assert {(sheet, row) for sheet, row, _field in told} == {
        (each["sheet"], each["row"]) for each in expected
    }
    assert done.refused
    again = load_batch(registry, by=desk, path=batches / "msprog.xlsx", today=today)
    assert again.summary["unchanged"] == 76
