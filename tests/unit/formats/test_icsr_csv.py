"""The CSV beside a batch: Dutch words, no formula, no name (SPEC L1)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

from msreg.formats import icsr_csv
from tests.unit.formats.test_icsr import BARE, REPORT


def read(*lines: str) -> list[dict[str, str]]:
    text = icsr_csv.header() + "".join(lines)
    assert text[0] == "\ufeff"
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


def test_a_report_is_one_line_in_dutch_words() -> None:
    (row,) = read(icsr_csv.line(REPORT))
    assert row == {
        "Meldingsnummer": "NL-MSREG-0000001", "Versie": "1", "In XML": "ja", "Centrum": "Ziekenhuis De Amstelhof",
        "Plaats": "Amsterdam", "Geboortedatum": "1980-05-06", "Geslacht": "vrouw", "Overleden op": "2026-03-04",
        "Bijwerking": "koorts", "MedDRA-code": "12345678", "MedDRA-versie": "27.1", "Startdatum": "2024-02-01",
        "Einddatum": "2024-02-09", "Beloop": "Begon na het infuus.", "Uitkomst": "overleden", "Ernst": "ernstig",
        "Ernstcriteria": "overlijden", "Maatregel": "gestopt", "Medicijn": "ocrelizumab (Ocrevus)",
        "ATC-code": "L04AG08", "Toedieningsweg": "intraveneus", "Medicijn vanaf": "2024-01-01",
        "Medicijn tot": "2026-02-01", "Indicatie": "multipele sclerose", "Bekend sinds": "2026-11-18",
        "Bijgewerkt op": "2026-11-20",
    }  # fmt: skip


def test_what_nobody_answered_is_empty_and_a_report_without_a_code_says_so() -> None:
    bare = replace(BARE, reaction=replace(BARE.reaction, meddra=None))
    (row,) = read(icsr_csv.line(bare))
    assert row["In XML"] == "nee"
    assert {key for key, text in row.items() if text} == {
        "Meldingsnummer", "Versie", "In XML", "Centrum", "Bijwerking", "Medicijn", "ATC-code", "Indicatie",
        "Bekend sinds", "Bijgewerkt op",
    }  # fmt: skip


def test_no_text_becomes_a_formula_or_another_cell() -> None:
    words = '=1+1;"x"\r\ny'
    (row,) = read(icsr_csv.line(replace(REPORT, reaction=replace(REPORT.reaction, words=words))))
    assert row["Bijwerking"] == "'" + words
