"""The template from the command to the import: made, filled in, checked and loaded (B1, B2)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.forms.columns import sheets
from msreg.services.template_words import EXAMPLES
from msreg.store.registry import Registry

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
STYLES = [("nl", ()), ("nl", ("--codes",)), ("en", ()), ("en", ("--codes",))]
both = pytest.mark.parametrize("lang", ["nl", "en"])
styled = pytest.mark.parametrize(("lang", "words"), STYLES, ids=[" ".join([a, *b]) for a, b in STYLES])

PERSON: Mapping[str, Mapping[str, Any]] = {
    "patients": {
        "consent": True, "consent_date": date(2020, 1, 2), "family_name": "=Jansen", "birth_date": date(1980, 5, 6),
        "sex": 1, "language": 0, "deceased": False, "treatment_ended": False, "first_symptom": "2018-12",
        "first_symptom_sites": 2, "diagnosis_date": date(2019, 3, 4), "diagnosis_phenotype": 2, "criteria": 3,
        "csf_bands": 0,
    },
    "courses": {
        "course_date": date(2021, 4, 5), "edss_method": 0, "edss": 6, "mri_done": True, "mri_date": date(2021, 4, 1),
        "mri_region": 2, "mri_gadolinium": False, "mri_new_t2": 3,
    },
    "disease": {
        "kind": 1, "date": date(2020, 7, 8), "symptoms": 0, "severity": 0, "methylprednisolone": True, "mp_route": 1,
        "mp_dose_mg": 500, "mp_days": 5, "recovery": 0,
    },
    "medication": {
        "medicine": 11, "start_date": date(2020, 2, 3), "stop_date": date(2021, 9, 10), "deviating_interval": True,
        "deviating_reason": 1, "interval_days": 42, "safety_issue": True, "stop_reasons": 0, "jcv_status": 1,
        "jcv_index": 0.9, "prior_immunosuppressant": False,
    },
    "adverse_events": {
        "medicine": 11, "medication_start": date(2020, 2, 3), "description": "hoofdpijn", "report_to_lareb": True,
        "start_date": date(2020, 2, 4), "event_course": "ging over", "outcome": 0, "severity": 0, "seriousness": 5,
        "action_taken": 3,
    },
    "proms": {
        "answered_on": date(2021, 6, 5), "mobility": 1, "self_care": 0, "usual_activities": 2, "pain_discomfort": 3,
        "anxiety_depression": 4, "health_score": 68, "mode": 0,
    },
}  # fmt: skip
"""A patient with one record of each kind. A number under a drop-down list is the place of the answer in it."""


@pytest.fixture
def made(quick: Run, tmp_path: Path) -> Callable[..., Path]:
    """A template made by the command itself."""

    def make(lang: str, *words: str) -> Path:
        path = tmp_path / "filled.xlsx"
        done = quick("imports", "template", "--lang", lang, "--out", path, "--overwrite", *words)
        assert done.code == 0, done.err
        return path

    return make


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """The workbook in another program, saved afterwards."""
    book = openpyxl.load_workbook(path)
    yield book
    book.save(path)


def columns(page: Any) -> dict[str, int]:
    """Columns of a sheet of a template by their keys."""
    sheet = next(each for each in sheets() if page.title.casefold() in each.names)
    return {sheet.column(cell.value).key: cell.column for cell in page[1]}  # type: ignore[union-attr]


def lists(page: Any) -> dict[int, list[Any]]:
    """The answers of the drop-down lists of a sheet, by column."""
    found = {}
    for rule in page.data_validations.dataValidation:
        if rule.type == "list":
            name, _, cells = rule.formula1.partition("!")
            answers = [cell.value for (cell,) in page.parent[name][cells.replace("$", "")]]
            for area in rule.sqref.ranges:
                found |= dict.fromkeys(range(area.min_col, area.max_col + 1), answers)
    return found


def fill(book: Any, row: int, number: str = "00001") -> None:
    """Write the patient into a row of every sheet, as somebody does who chooses from the lists."""
    for sheet, page in zip(sheets(), book.worksheets, strict=False):
        at, answers = columns(page), lists(page)
        for key, value in {"centre": "AMS01", "patient_number": number, **PERSON[sheet.key]}.items():
            if at[key] in answers and not isinstance(value, date):
                value = answers[at[key]][int(not value) if isinstance(value, bool) else value]
            cell = page.cell(row, at[key], value)
            if isinstance(value, str):
                cell.data_type = "s"


def checked(quick: Run, path: Path) -> dict[str, Any]:
    done = quick("imports", "check", path, "--json", *TODAY)
    assert done.out, done.err
    return dict(json.loads(done.out))


# -- the command ------------------------------------------------------------------------------------


@both
def test_it_needs_no_registry_and_no_name(lang: str, quick: Run, tmp_path: Path) -> None:
    """A hospital makes its file before anybody gave it a registry."""
    done = quick("imports", "template", "--lang", lang)
    assert (done.code, done.err) == (0, "")
    name = f"msreg-template-{lang}.xlsx"
    assert name in done.out
    assert [each.name for each in tmp_path.iterdir() if each.suffix == ".xlsx"] == [name]
    assert not list((tmp_path / "home").iterdir())
    book = openpyxl.load_workbook(tmp_path / name)
    assert book.worksheets[0].title == sheets()[0].label[lang]


@styled
def test_what_was_made_is_told_to_programs(
    lang: str, words: tuple[str, ...], quick: Run, tmp_path: Path
) -> None:
    out = tmp_path / "t.xlsx"
    done = quick("imports", "template", "--lang", lang, "--out", out, "--json", *words)
    assert json.loads(done.out) == {
        "out": str(out),
        "language": lang,
        "style": "codes" if words else "labels",
        "forms": {form.key: form.version for sheet in sheets() for form in sheet.forms},
        "sheets": [sheet.key if words else sheet.label[lang] for sheet in sheets()],
    }


def test_a_file_that_is_there_is_replaced_only_when_asked(
    quick: Run, tmp_path: Path, error_of: Callable[[str], dict[str, Any]]
) -> None:
    out = tmp_path / "t.xlsx"
    out.write_text("mine")
    done = quick("imports", "template", "--out", out, "--json")
    assert (done.code, done.out) == (8, "")
    assert "--overwrite" in error_of(done.err)["hint"]
    assert out.read_text() == "mine"
    assert quick("imports", "template", "--out", out, "--overwrite").code == 0
    first = out.read_bytes()
    assert quick("imports", "template", "--out", out, "--overwrite").code == 0
    assert out.read_bytes() == first


def test_wrong_places_are_told(quick: Run, tmp_path: Path, error_of: Callable[[str], dict[str, Any]]) -> None:
    for out, code in ((tmp_path / "t.csv", 2), (tmp_path / "no" / "t.xlsx", 3)):
        done = quick("imports", "template", "--out", out, "--json")
        assert (done.code, done.out) == (code, "")
        assert error_of(done.err)["message"]
    assert not (tmp_path / "t.csv").exists()


# -- filled in and loaded ---------------------------------------------------------------------------


@styled
def test_filled_in_from_its_lists_it_loads_without_a_finding(
    lang: str, words: tuple[str, ...], registry: Registry, quick: Run, made: Callable[..., Path]
) -> None:
    """Everything that the lists offer is an answer; the example row above is passed over."""
    path = made(lang, *words)
    with opened(path) as book:
        fill(book, 3)
    found = checked(quick, path)
    assert found["findings"] == []
    assert found["summary"] == {
        "added": len(PERSON),
        "changed": 0,
        "unchanged": 0,
        "skipped": 0,
        "refused": 0,
    }
    done = quick("imports", "run", path, "--yes", "--json", *TODAY)
    assert (done.code, json.loads(done.out)["summary"]["added"]) == (0, len(PERSON)), done.err
    people = json.loads(quick("patients", "list", "--json").out)
    assert [(each["patient_number"], each["family_name"]) for each in people] == [("00001", "=Jansen")]
    again = checked(quick, path)
    assert (again["findings"], again["summary"]["unchanged"]) == ([], len(PERSON))


@styled
def test_as_it_is_made_there_is_nothing_in_it(
    lang: str, words: tuple[str, ...], registry: Registry, quick: Run, made: Callable[..., Path]
) -> None:
    found = checked(quick, made(lang, *words))
    assert (found["findings"], set(found["summary"].values())) == ([], {0})


@styled
def test_the_example_is_a_patient_without_faults(
    lang: str, words: tuple[str, ...], registry: Registry, quick: Run, made: Callable[..., Path]
) -> None:
    """Whoever learns from the example learns something right."""
    path = made(lang, *words)
    with opened(path) as book:
        for page in book.worksheets[: len(PERSON)]:
            page.cell(2, columns(page)["patient_number"], "00007")
    found = checked(quick, path)
    assert (found["findings"], found["summary"]["added"]) == ([], len(PERSON))


@both
def test_the_word_of_either_language_marks_an_example(
    lang: str, registry: Registry, quick: Run, made: Callable[..., Path]
) -> None:
    """That word and no more: a patient number that begins with it is a patient's."""
    path = made(lang)
    other = next(word for key, word in EXAMPLES.items() if key != lang)
    with opened(path) as book:
        for page in book.worksheets[: len(PERSON)]:
            page.cell(2, columns(page)["patient_number"], other)
        fill(book, 3, f"{other}2")
    found = checked(quick, path)
    assert (found["findings"], found["summary"]["added"]) == ([], len(PERSON))


def test_a_template_of_another_version_of_a_form_is_told(
    registry: Registry, quick: Run, made: Callable[..., Path]
) -> None:
    """B1: the hidden cell says for which forms it is; that alone refuses nothing."""
    path = made("en")
    with opened(path) as book:
        fill(book, 3)
        cell = book["msreg_lists"]["B2"]
        assert "course:1" in cell.value
        cell.value = cell.value.replace("course:1", "course:0")
    found = checked(quick, path)
    assert [(each["code"], each["severity"]) for each in found["findings"]] == [("FIL-019", "warning")]
    assert found["summary"]["added"] == len(PERSON)
