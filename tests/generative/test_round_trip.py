"""What was loaded comes out as it went in, in every format, style and language (SPEC X1, B1, B4, C5)."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.config import load_settings
from msreg.formats.registry import read
from msreg.forms.columns import forms_of, sheets
from msreg.forms.definition import Type
from msreg.services import access, exports, imports
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.dossiers import Dossier, read_by_ids
from msreg.services.judging import judge
from msreg.services.made_up import make_people
from msreg.services.patients import Asked
from msreg.services.saving import save
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Record

TODAY = date(2026, 11, 21)
STYLES = [
    (format_, exports.Style(labels, language))
    for format_, (labels, language) in itertools.product(
        ("excel", "csv", "jsonl"), ((False, "en"), (False, "nl"), (True, "nl"), (True, "en"))
    )
] + [("fhir", exports.Style(False, "en")), ("fhir-bundle", exports.Style(False, "nl"))]
ENDINGS = {"excel": ".xlsx", "csv": "", "jsonl": ".jsonl", "fhir": "", "fhir-bundle": ".json"}
DATA = (
    "patient",
    "course",
    "disease_event",
    "medication",
    "adverse_event",
    "prom",
    "share",
    "centre",
    "operator",
)

# What people type: any letter of any script, signs that spreadsheets take for formulas, quotes, separators.
letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp", "Zs"))
words = st.text(st.one_of(letters, st.sampled_from("=+-@';,\"|&<>%_ \\/")), min_size=1, max_size=40)
TRICKY = (
    "=1+1",
    "'x",
    "_x0041_",
    "007",
    "1e5",
    "nee",
    "#N/A",
    "2026-01-01",
    "NULL",
    "-",
    "None",
    "1,5",
    "a;b",
)
texts = st.one_of(words.map(lambda text: " ".join(text.split())).filter(bool), st.sampled_from(TRICKY))
seeds = st.integers(0, 10_000)


SEEN = How(changes=True)


class Place:
    """A registry of its own for one example, and the actor in it."""

    def __init__(self, template: Path, folder: Path) -> None:
        shutil.copytree(template / "home", folder / "home")
        shutil.copy2(template / "kek", folder / "kek")
        environ = {
            "MSREG_HOME": str(folder / "home"),
            "MSREG_KEY_FILE": str(folder / "kek"),
            "MSREG_LANG": "en",
        }
        self.registry = Registry.open(load_settings(environ))
        self.by: Actor = access.whoami(self.registry, environ)
        self.folder = folder
        with self.registry.light() as db:
            self.centres = [row[0] for row in db.rows("SELECT id FROM centre ORDER BY code")]

    def load(self, path: Path, *, how: How = SEEN, **more: Any) -> Loaded:
        return imports.load_batch(self.registry, by=self.by, path=path, today=TODAY, how=how, **more)

    def export(self, format_: str, style: exports.Style, name: str) -> Path:
        out = self.folder / (name + ENDINGS[format_])
        exports.export(
            self.registry, by=self.by, format=format_, out=out, asked=Asked(), today=TODAY, style=style
        )
        return out

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        with self.registry.light() as db:
            return {name: sorted(db.rows(f"SELECT * FROM {name}"), key=repr) for name in DATA}

    def answers(self) -> dict[str, list[tuple[str, str]]]:
        """Every answer of every patient by patient number, without ids and moments."""
        with self.registry.light() as db:
            ids = [row[0] for row in db.rows("SELECT id FROM patient")]
            return {
                str(each.patient.values["patient_number"]): sorted(
                    (entry.record.value, repr(sorted(entry.values.items()))) for entry in each.entries()
                )
                for each in read_by_ids(db, ids)
            }


@pytest.fixture(scope="module")
def places(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    opened: list[Place] = []

    def make() -> Place:
        opened.append(Place(template, tmp_path_factory.mktemp("place") / "copy"))
        return opened[-1]

    yield make
    for place in opened:
        place.registry.close()


def dossiers(place: Place, seed: int, patients: int, said: list[str]) -> list[Dossier]:
    """Made-up patients with nothing open, and with arbitrary words wherever a form takes text."""
    chance = Random(seed)
    found = []
    for dossier in make_people(seed, patients * 3, TODAY, place.centres[:1]):
        for entry in dossier.entries():
            for form in forms_of(entry.record):
                for item in form.items:
                    free = item.type is Type.TEXT and item.normalise is None and item.key not in IDENTITY
                    if said and free and item.key in entry.values:
                        entry.values[item.key] = _fitting(chance.choice(said), item.max_length)
        if not any(finding.is_error for finding in judge(dossier, TODAY, made_up=True)):
            found.append(dossier)
    assert len(found) >= patients
    return found[:patients]


IDENTITY = frozenset({"patient_number", "description", "meddra_llt", "meddra_version", "cyp2c9"})
"""Texts that tell records apart, or that are codes."""


def _fitting(text: str, longest: int | None) -> str:
    return text[: longest or len(text)].strip() or "x"


def fill(place: Place, made: list[Dossier]) -> None:
    with writing(place.registry, by=place.by, event="test", action=Action.CREATE) as work:
        save(work, made)


def told(done: Loaded) -> Counter[tuple[str, str, str | None]]:
    return Counter((each.code, each.sheet, each.field) for each in done.errors)


@given(seed=seeds, said=st.lists(texts, min_size=1, max_size=8), how=st.sampled_from(STYLES))
@settings(max_examples=30)
def test_x1_b1_an_export_loads_into_an_empty_registry_as_it_was(
    places: Any, seed: int, said: list[str], how: tuple[str, exports.Style]
) -> None:
    source, (format_, style) = places(), how
    fill(source, dossiers(source, seed, 4, said))
    out = source.export(format_, style, "out")
    other = places()
    first = other.load(out)
    assert told(first) == {}
    assert first.summary["added"] == sum(first.rows.values())
    assert other.answers() == source.answers()
    back = other.export(format_, style, "again")
    assert sheets_of(back) == sheets_of(out)
    again = other.load(back)
    assert told(again) == {}
    assert again.summary == {**dict.fromkeys(again.summary, 0), "unchanged": sum(first.rows.values())}


@pytest.mark.parametrize(("format_", "style"), STYLES, ids=str)
def test_b4_every_format_style_and_language_comes_back_unchanged(
    format_: str, style: exports.Style, crowd: Place
) -> None:
    """Also what is not complete: it stood like that, so it may come back like that."""
    name = f"{format_}-{style.labels}-{style.language}"
    before = crowd.rows()
    out = crowd.export(format_, style, name)
    for check, dry_run in ((True, False), (False, True), (False, False)):
        done = crowd.load(out, check=check, dry_run=dry_run)
        assert told(done) == {}
        assert done.changes == []
        assert done.summary == {**dict.fromkeys(done.summary, 0), "unchanged": sum(done.rows.values())}
    assert crowd.rows() == before


@pytest.mark.parametrize("format_", list(ENDINGS))
def test_b4_an_export_clears_and_overwrites_nothing(format_: str, crowd: Place) -> None:
    """A cell is blank where there is no answer that counts: taking blanks at their word changes nothing."""
    before = crowd.rows()
    out = crowd.export(format_, exports.Style(True, "nl"), f"ways-{format_}")
    for how in (
        How(blank_clears=True),
        How(overwrite=True),
        How(blank_clears=True, overwrite=True, partial=True),
    ):
        done = crowd.load(out, how=how)
        assert (told(done), done.conflicts, done.in_part) == ({}, 0, False)
        assert done.summary == {**dict.fromkeys(done.summary, 0), "unchanged": sum(done.rows.values())}
    assert crowd.rows() == before


@pytest.mark.parametrize(("format_", "style"), [*STYLES[:12:5], *STYLES[12:]], ids=str)
def test_0005_of_what_is_incomplete_an_empty_registry_is_told_exactly_that(
    format_: str, style: exports.Style, crowd: Place, places: Any
) -> None:
    """What stood open in one registry is missing in another: those records are told, and no others.

    In part, the patients without them are loaded, and come out again as they were.
    """
    out = crowd.export(format_, style, f"open-{format_}-{style.labels}-{style.language}")
    assert not [each for each in crowd.load(out, check=True).findings if each.code == "FRM-001"]
    open_rows = incomplete(out)
    assert open_rows
    other = places()
    done = other.load(out, how=How(partial=True))
    assert {each.code for each in done.errors} == {"FRM-001"}
    assert {(each.sheet, each.row) for each in done.errors} == open_rows
    assert done.summary["refused"] == len(open_rows)
    assert not done.refused
    loaded = other.answers()
    assert 0 < len(loaded) == done.sound_patients < done.patients
    assert loaded == {number: said for number, said in crowd.answers().items() if number in loaded}


def incomplete(out: Path) -> set[tuple[str, int | None]]:
    """The rows of an export that it calls incomplete; of a patient's own row what its own forms lack."""
    found: set[tuple[str, int | None]] = set()
    for table in read(out).tables:
        sheet = next((each for each in sheets() if table.sheet.casefold() in each.names), None)
        if sheet is None or sheet.record is Record.PATIENT:
            continue  # a patient is incomplete when a course is
        columns = [sheet.column(name) for name in table.header]
        at = next(n for n, column in enumerate(columns) if column is not None and column.key == "state")
        words = {"incomplete", "onvolledig"}
        found |= {(sheet.key, row) for row, cells in table.rows if cells[at] in words}
    return found


def sheets_of(out: Path) -> dict[str, tuple[list[str], list[tuple[int, list[Any]]]]]:
    """Everything that an export has, but for what tells when and by whom it was made."""
    return {
        table.sheet: (table.header, list(table.rows))
        for table in read(out).tables
        if table.sheet.casefold() not in ("provenance", "herkomst")
    }


@pytest.fixture(scope="module")
def crowd(places: Any) -> Place:
    """Sixty made-up people of two centres, as they are."""
    place: Place = places()
    fill(place, list(make_people(11, 60, TODAY, place.centres)))
    return place


@given(seed=seeds, said=st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=15)
def test_c5_a_dry_run_tells_what_the_run_does_and_does_nothing(
    places: Any, seed: int, said: list[str]
) -> None:
    """On a registry that has some of the patients already, with other words in them."""
    source, target = places(), places()
    made = dossiers(source, seed, 4, said)
    fill(source, made)
    out = source.export("csv", exports.Style(False, "en"), "out")
    fill(target, dossiers(target, seed, 2, []))
    before = target.rows()
    how = How(overwrite=True, changes=True)  # what it has was entered after the export
    tried = target.load(out, dry_run=True, how=how)
    assert target.rows() == before
    checked = target.load(out, check=True, how=how)
    assert target.rows() == before
    done = target.load(out, how=how)
    assert tried.changes
    assert told(done) == {}
    assert tried.summary == checked.summary == done.summary
    assert tried.by_record == checked.by_record == done.by_record
    assert [(c.sheet, c.row, c.outcome, [(x.key, x.old, x.new) for x in c.cells]) for c in tried.changes] == [
        (c.sheet, c.row, c.outcome, [(x.key, x.old, x.new) for x in c.cells]) for c in done.changes
    ]
    assert (target.rows() == before) is not bool(done.summary["added"] + done.summary["changed"])
    assert target.answers() == source.answers()


@pytest.mark.parametrize(("format_", "style"), [*STYLES[:12:4], STYLES[-1]], ids=str)
@pytest.mark.parametrize("text", TRICKY)
def test_x1_a_tricky_text_comes_back_as_it_was(
    places: Any, format_: str, style: exports.Style, text: str
) -> None:
    """Nothing is taken for a formula, a number, a date, an escape or an empty cell on the way."""
    source = places()
    fill(source, dossiers(source, 5, 1, [text]))
    out = source.export(format_, style, "out")
    other = places()
    assert told(other.load(out)) == {}
    assert other.answers() == source.answers()
    with other.registry.light() as db:
        assert db.one("SELECT family_name FROM patient") == (text,)


def test_every_record_and_most_questions_were_on_the_way(crowd: Place) -> None:
    """The examples would prove little if the made-up people answered little."""
    with crowd.registry.light() as db:
        ids = [row[0] for row in db.rows("SELECT id FROM patient")]
        answered = {
            (entry.record, key)
            for each in read_by_ids(db, ids)
            for entry in each.entries()
            for key in entry.values
        }
    asked = {(record, item.key) for record in Record for form in forms_of(record) for item in form.items}
    assert {record for record, _ in answered} == set(Record)
    assert len(answered) > 0.7 * len(asked)
