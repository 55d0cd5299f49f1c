"""Exports with pseudonyms: nothing in them names anybody, in any format (X2, domain 7.3, decision 0034)."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from msreg.formats.parquet_arrow import require_pyarrow
from msreg.formats.registry import WRITERS
from msreg.rules.disclosure_k import SMALLEST
from msreg.services.pseudonyms import is_pseudonym
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Run = Callable[..., Any]
TODAY = ("--today", "2026-11-21")
FORMATS = [each.key for each in WRITERS]
SUFFIX = {each.key: each.suffix for each in WRITERS}
CANARY = "Zwartgallig"
"""A name that stands in no other word."""


def table(path: Path) -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def readable(path: Path) -> Iterator[str]:
    """All that is written in a file or folder, unpacked."""
    for file in sorted(path.iterdir()) if path.is_dir() else [path]:
        yield file.name
        yield file.read_bytes().decode("utf-8", "replace")
        if file.suffix == ".xlsx":
            with zipfile.ZipFile(file) as book:
                yield from (book.read(name).decode() for name in book.namelist())
        if file.suffix == ".parquet":
            _arrow, parquet = require_pyarrow()
            found = parquet.read_table(file)
            yield f"{found.schema.metadata} {[f.metadata for f in found.schema]} {found.to_pylist()}"
        if file.suffix == ".sav":
            frame, meta = pyreadstat.read_sav(file)
            yield f"{frame.to_dict('records')} {meta.column_names_to_labels} {meta.variable_value_labels}"


def export(quick: Run, form: str, out: Path, *words: str) -> Any:
    verb = form.partition("-")[0]  # a Bundle is a file of `exports fhir`
    done = quick("exports", verb, "--pseudonymise", "--shared", "--out", out, "--json", *words, *TODAY)
    assert done.code == 0, done.err
    return json.loads(done.out)


def patients(quick: Run, out: Path, *words: str) -> list[dict[str, str]]:
    export(quick, "csv", out, *words)
    return table(out / "patients.csv")


@pytest.fixture
def named(people_registry: Registry) -> set[str]:
    """What names the people of the registry: of one of them all is written in free text as well."""
    with people_registry.light() as db:
        columns = "bsn, patient_number, postal_code, email, family_name, id, birth_date, consent_date"
        rows = db.rows(f"SELECT {columns} FROM patient")
        db.execute("UPDATE adverse_event SET description = ?", (f"rash of {CANARY}",))
        db.execute("UPDATE adverse_event SET answers = json_set(answers, '$.event_course', ?)", (CANARY,))
        db.execute("UPDATE adverse_event SET answers = json_set(answers, '$.meddra_llt', ?)", (CANARY[:8],))
        db.execute("UPDATE disease_event SET answers = json_set(answers, '$.referred_from', ?)", (CANARY,))
        numbers = {f"MS-{row[0]:07d}" for row in db.rows("SELECT number FROM patient")}
        centres = {row[0] for row in db.rows("SELECT code FROM centre")}
    family = {row[4] for row in rows if len(row[4]) > 5}
    ids = {text for row in rows for text in (row[0], row[1], row[2], row[3], row[5]) if text}
    # Days on which something else happened as well are no sign of a birth.
    births = {row[6] for row in rows}
    with people_registry.light() as db:
        days = {
            row[0]
            for row in db.rows("SELECT diagnosis_date FROM patient UNION SELECT course_date FROM course")
        }
    return family | ids | numbers | centres | (births - days) | {CANARY, CANARY[:8]}


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_in_the_file_names_anybody(form: str, named: set[str], quick: Run, tmp_path: Path) -> None:
    """Names, numbers, BSNs, addresses, dates of birth, centres, ids and free text: none in any byte that reads."""
    out = tmp_path / f"out{SUFFIX[form]}"
    export(quick, form, out)
    for text in readable(out):
        assert not [name for name in named if name in text]
    clear = tmp_path / f"clear{SUFFIX[form]}"
    assert quick("exports", form.partition("-")[0], "--shared", "--out", clear).code == 0
    whole = "\n".join(readable(clear))
    assert sum(name in whole for name in named) > 100  # the same search finds them where they are


def test_what_is_clinical_is_the_same_and_shifted_by_nothing(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    export(quick, "csv", tmp_path / "out")
    assert quick("exports", "csv", "--shared", "--out", tmp_path / "clear").code == 0
    hidden = {"centre", "patient_number", "registry_number", "written_by"}
    for name in ("courses", "disease", "medication", "adverse_events", "proms"):
        found, clear = table(tmp_path / "out" / f"{name}.csv"), table(tmp_path / "clear" / f"{name}.csv")
        free = {"description", "event_course", "referred_from", "cyp2c9", "meddra_llt", "meddra_version"}
        assert set(clear[0]) - set(found[0]) <= hidden | free
        shared = [key for key in found[0] if key not in {"pseudonym", *free}]
        assert [[row[key] for key in shared] for row in found] == [
            [row[key] for key in shared] for row in clear
        ]
    first = {row["pseudonym"]: row for row in table(tmp_path / "out" / "patients.csv")}
    assert len(first) == 30
    assert all(map(is_pseudonym, first))
    assert {row["pseudonym"] for row in table(tmp_path / "out" / "courses.csv")} <= set(first)


def test_projects_cannot_be_laid_side_by_side(
    quick: Run, people_registry: Registry, desk_of_people: Actor, tmp_path: Path
) -> None:
    """The same project gives the same pseudonyms again, another one others, of patients and of centres."""
    found = [
        patients(quick, tmp_path / str(at), *words)
        for at, words in enumerate([("--project", "A"), ("--project", "a"), ("--project", "B"), ()])
    ]
    names = [[row["pseudonym"] for row in rows] for rows in found]
    assert names[0] == names[1]
    assert len({*names[0], *names[2], *names[3]}) == 90
    centres = [{row["centre"] for row in rows} - {""} for rows in found]
    assert centres[0] == centres[1]
    assert not centres[0] & centres[2]


def test_nobody_stands_out_by_sex_age_and_centre(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """The groups that a reader can make have five patients or more; the file tells how many were blurred."""
    rows = patients(quick, tmp_path / "out")
    groups = Counter((row["centre"], row["sex"], row["birth_year"], row["birth_band"]) for row in rows)
    assert min(groups.values()) >= SMALLEST
    told = {row["key"]: row["value"] for row in table(tmp_path / "out" / "provenance.csv")}
    assert sum(int(value) for key, value in told.items() if key.startswith("patients shown by")) == 30
    assert (told["smallest_group"], told["pseudonymised"], told["dates_shifted"]) == ("5", "true", "false")
    done = export(quick, "csv", tmp_path / "again")
    assert done["blurred"] == 30 - int(told["patients shown by: birth year"])
    assert [patients(quick, tmp_path / "third")] == [rows]  # the same choice each time


@pytest.mark.parametrize(("number", "small"), [(4, 4), (5, 0)])
def test_too_few_patients_are_told(
    number: int, small: int, quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    with people_registry.light() as db:
        db.execute("UPDATE patient SET family_name = 'Qq', search_name = 'qq', search_full = 'qq' WHERE number <= ?", (number,))  # fmt: skip
    done = export(quick, "csv", tmp_path / "out", "--name", "qq")
    assert (done["patients"], done["small"]) == (number, small)
    shown = quick("exports", "csv", "--pseudonymise", "--shared", "--name", "qq", "--out", tmp_path / "b")
    assert ("fewer than five" in shown.out) is bool(small)


def test_columns_that_lead_to_a_person_do_not_leave(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    for column, hint in (("family_name", "leads to a person"), ("patients.patient_number", "leads to a person"),
                         ("written_by", "leads to a person"), ("description", "--with-free-text")):  # fmt: skip
        done = quick(
            "exports", "csv", "--pseudonymise", "--columns", f"edss,{column}", "--out", tmp_path / "no"
        )
        assert (done.code, done.out) == (2, "")
        assert hint in done.err
    words = ("--columns", "edss,birth_date,description", "--with-free-text")
    export(quick, "csv", tmp_path / "out", *words)
    assert list(table(tmp_path / "out" / "patients.csv")[0]) == [
        "pseudonym", "centre", "state", "birth_year", "birth_band",
    ]  # fmt: skip
    assert list(table(tmp_path / "out" / "courses.csv")[0]) == ["pseudonym", "course_date", "state", "edss"]
    assert table(tmp_path / "out" / "adverse_events.csv")[0]["description"]


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("form", ["excel", "csv", "jsonl"])
def test_it_cannot_be_loaded_and_says_why(
    form: str, lang: str, quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    out = tmp_path / f"out{SUFFIX[form]}"
    export(quick, form, out, "--labels", "--lang", lang)
    for verb in ("check", "run"):
        done = quick("imports", verb, out, *TODAY)
        assert done.code == 6
        assert "pseudonyms" in done.err


def test_a_name_of_a_project_that_is_too_long(quick: Run, people_registry: Registry, tmp_path: Path) -> None:
    done = quick("exports", "csv", "--pseudonymise", "--project", "x" * 61, "--out", tmp_path / "out")
    assert (done.code, (tmp_path / "out").exists()) == (2, False)
    with people_registry.light() as db:
        assert db.one("SELECT count(*) FROM audit_event WHERE body LIKE '%\"exports.run\"%'") == (0,)


def test_the_office_finds_the_patient_behind_a_pseudonym(
    quick: Run, people_registry: Registry, tmp_path: Path
) -> None:
    """Logged with the patient; with another project, or of another centre's patient, there is nobody."""
    rows = patients(quick, tmp_path / "out", "--project", "A")
    assert quick("exports", "csv", "--shared", "--out", tmp_path / "clear").code == 0
    clear = table(tmp_path / "clear" / "patients.csv")
    for row, real in list(zip(rows, clear, strict=True))[:3]:
        done = quick("exports", "whose", row["pseudonym"].lower(), "--project", " a ", "--json")
        assert json.loads(done.out) == {
            "registry_number": real["registry_number"], "centre": real["centre"],
            "patient_number": real["patient_number"],
        }  # fmt: skip
    assert quick("exports", "whose", rows[0]["pseudonym"]).code == 3
    assert quick("exports", "whose", "MS-0000001").code == 2
    with people_registry.light() as db:
        seen = db.rows(
            "SELECT p.number FROM audit_event e JOIN audit_item i ON i.seq = e.seq JOIN patient p ON p.id = i.patient_id"
            " WHERE e.body LIKE '%\"exports.whose\"%' ORDER BY e.seq"
        )
    assert [f"MS-{number:07d}" for (number,) in seen] == [row["registry_number"] for row in clear[:3]]


def test_another_centre_does_not_find_them(quick: Run, people_registry: Registry, tmp_path: Path) -> None:
    rows = patients(quick, tmp_path / "out")
    with people_registry.light() as db:
        [(centre, place), *_more] = db.rows(
            "SELECT p.centre_id, (SELECT count(*) FROM patient q WHERE q.number < p.number) FROM patient p"
            " WHERE NOT EXISTS (SELECT 1 FROM share s WHERE s.patient_id = p.id) ORDER BY p.number"
        )
        [(other,), *_rest] = db.rows("SELECT id FROM centre WHERE id <> ?", (centre,))
        for own, code in ((centre, 0), (other, 3)):
            db.execute("UPDATE operator SET role = ?, centre_id = ?", (Role.CLINICIAN.value, own))
            assert quick("exports", "whose", rows[place]["pseudonym"]).code == code
