"""SPEC B3, C11, C12: the findings of a batch file as a file of their own."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from msreg.errors import Conflict, Usage
from msreg.services.batch_loading import How
from msreg.services.batch_report import HEADER, write_report
from msreg.services.batch_result import Loaded
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Write = Callable[..., Path]


@pytest.fixture
def done(registry: Registry, desk: Actor, today: date, batches: Path) -> Loaded:
    """A check of a workbook with one fault of each kind."""
    path = batches / "faulty.xlsx"
    return load_batch(registry, by=desk, path=path, today=today, check=True, how=How(centre="AMS01"))


def report(done: Loaded, path: Path, *, values: bool = False, overwrite: bool = False) -> Path:
    text = json.dumps({"findings": len(done.findings)})
    return write_report(done, path, document=lambda: text, translate=str, values=values, overwrite=overwrite)


def test_json_is_the_document_of_the_command(done: Loaded, tmp_path: Path) -> None:
    path = report(done, tmp_path / "report.JSON")
    assert json.loads(path.read_text()) == {"findings": len(done.findings)}
    assert path.stat().st_mode & 0o777 == 0o600


def test_csv_has_one_line_a_finding(done: Loaded, tmp_path: Path) -> None:
    path = report(done, tmp_path / "report.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file, delimiter=";")
    assert tuple(header) == HEADER
    assert len(lines) == len(done.findings) == 16
    first = done.findings[0]
    assert lines[0] == [
        "patients", "2", "E", "bsn", "PAT-003", "error", first.text(), first.hint_text(),
    ]  # fmt: skip
    assert path.stat().st_mode & 0o777 == 0o600
    assert "123456789" not in path.read_text(encoding="utf-8")


def test_values_are_there_only_when_asked_for(done: Loaded, tmp_path: Path) -> None:
    with report(done, tmp_path / "report.csv", values=True).open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file, delimiter=";")
    assert tuple(header) == (*HEADER, "value")
    assert lines[0][-1] == "123456789"
    assert report(done, tmp_path / "report.xlsx", values=True)
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book["findings"]["I2"].value == "123456789"


def test_a_workbook_has_findings_rows_and_summary(done: Loaded, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(report(done, tmp_path / "report.xlsx"))
    assert book.sheetnames == ["findings", "rows", "summary"]
    found = list(book["findings"].iter_rows(values_only=True))
    assert found[0] == HEADER
    assert [row[:5] for row in found[1:]] == [
        (each.sheet, each.row, each.column, each.field, each.code) for each in done.findings
    ]
    rows = list(book["rows"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == sum(done.rows.values())
    assert ("patients", 2, "refused") in rows
    facts = dict(book["summary"].iter_rows(min_row=2, values_only=True))
    assert facts["refused"] == done.summary["refused"]
    assert (facts["file"], facts["loaded"], facts["sha256"]) == ("faulty.xlsx", False, done.sha256)


def test_another_suffix_is_a_slip_of_the_pen(done: Loaded, tmp_path: Path) -> None:
    with pytest.raises(Usage, match=r"report.pdf does not"):
        report(done, tmp_path / "report.pdf")
    assert list(tmp_path.glob("report*")) == []


@pytest.mark.parametrize("name", ["report.json", "report.csv", "report.xlsx"])
def test_a_report_that_is_there_is_replaced_only_when_told_to(
    done: Loaded, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text("mine")
    with pytest.raises(Conflict):
        report(done, path)
    assert path.read_text() == "mine"
    assert report(done, path, overwrite=True).stat().st_size > 10
