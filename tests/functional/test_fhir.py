"""FHIR from the command line: out as a folder or a Bundle, in again, and what is said of what it cannot do (X2, B2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
pytestmark = pytest.mark.usefixtures("people_registry")


@pytest.mark.parametrize(
    ("name", "format_"), [("out", "fhir"), ("out.json", "fhir-bundle"), ("OUT.JSON", "fhir-bundle")]
)
def test_the_name_decides_between_a_folder_and_a_bundle(
    name: str, format_: str, quick: Run, tmp_path: Path
) -> None:
    """C3, B4: what left is told, and loading it again changes nothing."""
    out = tmp_path / name
    done = quick("exports", "fhir", "--out", out, "--json", *TODAY)
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert (said["out"], said["format"], said["pseudonymised"]) == (str(out), format_, False)
    assert out.is_dir() is (format_ == "fhir")
    loaded = quick("imports", "run", out, "--yes", "--json", *TODAY)
    assert loaded.code == 0, loaded.err
    found = json.loads(loaded.out)
    assert found["format"] == "fhir"
    assert found["summary"] == {**dict.fromkeys(found["summary"], 0), "unchanged": sum(said["rows"].values())}


def test_a_fault_is_told_with_the_number_of_its_entry(quick: Run, tmp_path: Path) -> None:
    """B3, C11: sheet, row, field, code; no letter, for there are no columns."""
    out = tmp_path / "out.json"
    assert quick("exports", "fhir", "--out", out, *TODAY).code == 0
    whole = json.loads(out.read_text())
    entry, answer = next(
        (number, item["answer"][0])
        for number, each in enumerate(whole["entry"], 1)
        if each["resource"].get("questionnaire") == "urn:msreg:questionnaire:course|1"
        for group in each["resource"]["item"]
        for item in group.get("item", ())
        if item["linkId"] == "edss"
    )
    answer["valueDecimal"] = 0.5
    out.write_text(json.dumps(whole, indent=1))
    done = quick("imports", "check", out, "--json", *TODAY)
    assert done.code == 6
    [fault] = [each for each in json.loads(done.out)["findings"] if each["severity"] == "error"]
    assert (fault["sheet"], fault["row"], fault["column"], fault["field"], fault["code"]) == (
        "courses", entry, None, "edss", "COU-004"
    )  # fmt: skip
    assert not list(tmp_path.glob("*.checked*"))


def test_what_cannot_be_done_is_one_sentence(quick: Run, tmp_path: Path) -> None:
    """C4: exit code 2 for what is asked wrongly, 6 for a file that is refused."""
    out, hidden = tmp_path / "out.json", tmp_path / "hidden"
    assert quick("exports", "fhir", "--out", out, *TODAY).code == 0
    assert quick("exports", "fhir", "--out", hidden, "--pseudonymise", *TODAY).code == 0
    other = tmp_path / "other.json"
    other.write_text(
        json.dumps({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient"}}]})
    )
    for code, says, *words in (
        (2, "Only JSON lines", "exports", "fhir", "--out", "-"),
        (2, "FHIR is not split", "imports", "run", out, "--split", "--yes"),
        (2, "workbooks and CSV files only", "imports", "check", out, "--marked", tmp_path / "marked.xlsx"),
        (2, "names its sheets itself", "imports", "check", out, "--sheet", "courses"),
        (6, "an export with pseudonyms", "imports", "check", hidden),
        (6, "FHIR without answers", "imports", "check", other),
        (8, "is there already", "exports", "fhir", "--out", out),
    ):  # fmt: skip
        done = quick(*words, *TODAY)
        assert (done.code, says in done.err, "Traceback" in done.err) == (code, True, False), done.err
