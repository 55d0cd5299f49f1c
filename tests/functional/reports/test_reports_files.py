"""Reports as files: HTML, a workbook, CSV, JSON, and what the log says of them (SPEC O3, C12)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.store.registry import Registry

Quick = Callable[..., Any]
REPORTS = ("centre", "benchmark", "completeness", "response", "progression")
DAY = ("--today", "2026-11-21")
each_report = pytest.mark.parametrize("report", REPORTS)


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
    return [each for row in rows if (each := json.loads(row[0]))["event"].startswith("reports.")]


@pytest.mark.parametrize("ending", ["html", "xlsx", "csv", "json"])
def test_a_file_by_its_name_and_what_the_log_says_of_it(
    ending: str, quick: Quick, tmp_path: Path, registry: Registry
) -> None:
    name = f"report.{ending}"
    words = (
        "reports",
        "benchmark",
        "--centre",
        "AMS01",
        "--out",
        name,
        "--to",
        "Board",
        "--purpose",
        "yearly talk",
    )
    done = quick(*words, *DAY, "--json")
    assert json.loads(done.out) == {"out": name, "format": ending, "report": "benchmark", "centre": "AMS01"}
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    about = events(registry)[-1]["about"]
    assert {key: about[key] for key in ("to_file", "file", "format", "recipient", "purpose", "centre")} == {
        "to_file": True, "file": name, "format": ending, "recipient": "Board", "purpose": "yearly talk",
        "centre": "AMS01",
    }  # fmt: skip
    before = (tmp_path / name).read_bytes()
    refused = quick(*words, *DAY)
    assert (refused.code, refused.out) == (8, "")
    assert len(events(registry)) == 1, "and nobody looked for it"
    assert quick(*words, *DAY, "--overwrite").code == 0
    if ending != "xlsx":
        assert (tmp_path / name).read_bytes() == before


@each_report
def test_a_workbook_has_numbers_and_a_sheet_for_each_table(report: str, quick: Quick, tmp_path: Path) -> None:
    for lang in ("en", "nl"):
        assert (
            quick("reports", report, "--centre", "AMS01", "--out", f"{lang}.xlsx", *DAY, "--lang", lang).code
            == 0
        )
        book = openpyxl.load_workbook(tmp_path / f"{lang}.xlsx")
        data = json.loads(quick("reports", report, "--centre", "AMS01", "--json", *DAY).out)
        assert (
            len(book.sheetnames)
            == len(set(book.sheetnames))
            == 1 + len(data["tables"]) + len(data["funnels"])
        )
        for sheet, table in zip(book.worksheets[1:], data["tables"].values(), strict=False):
            rows = list(sheet.iter_rows(values_only=True, min_row=2))
            assert len(rows) == len(table["rows"])
            for row, told in zip(rows, table["rows"], strict=True):
                values = [value for key, value in told.items() if key not in ("withheld",)][1:]
                assert [None if cell == "*" else cell for cell in row[1:]] == values


def test_csv_has_every_cell_on_a_line_of_its_own(quick: Quick, tmp_path: Path) -> None:
    assert quick("reports", "benchmark", "--centre", "AMS01", "--out", "a.csv", *DAY).code == 0
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    data = json.loads(quick("reports", "benchmark", "--centre", "AMS01", "--json", *DAY).out)
    assert len(rows) == sum(len(row) - 2 for table in data["tables"].values() for row in table["rows"])
    assert {row["value"] for row in rows if row["withheld"] == "true"} <= {""}


class Seen(HTMLParser):
    """Every tag with its attributes, and whether all that opened closed."""

    VOID = frozenset(("meta", "line", "circle", "path"))

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def attributes(page: Seen) -> Iterator[tuple[str, str]]:
    for _tag, attrs in page.tags:
        for key, value in attrs.items():
            yield key, value or ""


@pytest.mark.parametrize(("lang", "report"), [*(("en", each) for each in REPORTS), ("nl", "benchmark")])
def test_the_page_is_whole_and_asks_for_nothing_outside_itself(
    report: str, lang: str, quick: Quick, tmp_path: Path
) -> None:
    assert quick("reports", report, "--out", "a.html", *DAY, "--lang", lang).code == 0
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    page = Seen()
    page.feed(text)
    assert page.open == []
    tags = dict(page.tags)
    assert tags["html"]["lang"] == lang
    assert "default-src 'none'" in str([attrs for tag, attrs in page.tags if tag == "meta"])
    assert not {"script", "link", "img", "iframe", "object", "form"} & set(tags)
    outside = [
        value for key, value in attributes(page) if key in ("src", "href", "action") or "url(" in value
    ]
    assert outside == []
    assert "url(" not in text
    assert "http" not in text.replace("http-equiv", "")
    ids = [value for key, value in attributes(page) if key == "id"]
    assert len(ids) == len(set(ids))
    named = {word for key, value in attributes(page) if key == "aria-labelledby" for word in value.split()}
    assert named <= set(ids)


def test_a_name_of_a_centre_cannot_become_markup(quick: Quick, tmp_path: Path) -> None:
    quick("centres", "edit", "AMS01", "--name", '<b onmouseover="x">A & B')
    assert quick("reports", "centre", "--centre", "AMS01", "--out", "a.html", *DAY).code == 0
    text = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<b " not in text
    assert "&lt;b onmouseover=&#34;x&#34;&gt;A &amp; B" in text
