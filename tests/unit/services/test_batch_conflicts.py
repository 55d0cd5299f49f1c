"""Answers that somebody entered by hand after a file was made are kept and told, unless --overwrite (SPEC B4)."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from msreg.formats.csv_out import write_folder
from msreg.formats.jsonl_out import write_file
from msreg.formats.registry import read
from msreg.formats.sheets import SheetOut
from msreg.formats.xlsx_out import write_workbook
from msreg.forms.columns import forms_of
from msreg.screen.batch import loaded_data
from msreg.screen.language import _, activate
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.batches import batch_label
from msreg.services.dossiers import Dossier, Entry, read_dossiers
from msreg.services.editing import edit_record
from msreg.services.exports import Style, export
from msreg.services.imports import BatchFile, load, load_batch, open_batch
from msreg.services.marked_copy import mark
from msreg.services.patients import Asked
from msreg.services.saving import save
from msreg.services.undoing import undo_batch
from msreg.services.writing import writing
from msreg.store.actor import Actor
from msreg.store.queries import walking
from msreg.store.registry import Registry
from msreg.vocabulary import Action, Language, Record

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Stored = Callable[[str], list[Row]]
NOON = datetime(2040, 1, 2, 12, tzinfo=UTC)  # the registry that tests copy was made before
HOUR = timedelta(hours=1)
SEEN = How(changes=True)
OVER = How(overwrite=True, changes=True)
CODES = Style(False, "en")
KEPT = "FIL-020"


class Desk:
    """A registry at a time of day that the test sets, with what somebody does there by hand."""

    def __init__(
        self, registry: Registry, by: Actor, today: date, write: Callable[..., Path], folder: Path
    ) -> None:
        self.registry, self.by, self.today = registry, by, today
        self._write, self.folder = write, folder
        self.at(0)

    def at(self, hour: float) -> Desk:
        """From now on it is so many hours after noon."""
        self.now = NOON + hour * HOUR
        self.registry.clock = lambda: self.now
        return self

    def file(self, hour: float, **rows: list[Row]) -> Path:
        """A file that was saved at an hour."""
        return self.saved(self._write(**rows), hour)

    def saved(self, path: Path, hour: float) -> Path:
        for each in [*path.rglob("*"), path] if path.is_dir() else [path]:
            os.utime(each, ((NOON + hour * HOUR).timestamp(),) * 2)
        return path

    def load(self, path: Path, how: How = SEEN, **more: Any) -> Loaded:
        done = load_batch(self.registry, by=self.by, path=path, today=self.today, how=how, **more)
        assert not done.refused, [(each.sheet, each.row, each.field, each.code) for each in done.errors]
        return done

    def edit(
        self, record: Record, answers: Mapping[str, Any], *, clear: tuple[str, ...] = (), **which: Any
    ) -> None:
        edit_record(
            self.registry, by=self.by, record=record, patient="MS-0000001", which=which, answers=answers,
            clear=clear, today=self.today,
        )  # fmt: skip

    def enter(self, record: Record, values: Row) -> None:
        """Somebody adds a record by hand."""
        with writing(self.registry, by=self.by, event=f"{record.value}.add", action=Action.CREATE) as work:
            if record is Record.PATIENT:
                [centre] = work.db.rows("SELECT id FROM centre WHERE code = 'AMS01'")
                save(work, [Dossier(Entry(record, values), centre[0])])
                return
            [dossier] = read_dossiers(work.db, walking.patients_after(work.db, 0))
            dossier.of(record).append(Entry(record, values))
            save(work, [dossier])

    def export(self, format_: str, name: str, style: Style = CODES) -> Path:
        out = self.folder / (name + {"excel": ".xlsx", "csv": "", "jsonl": ".jsonl"}[format_])
        export(
            self.registry, by=self.by, format=format_, out=out, asked=Asked(), today=self.today, style=style
        )
        return out


@pytest.fixture
def desk_at(registry: Registry, desk: Actor, today: date, write: Callable[..., Path], tmp_path: Path) -> Desk:
    return Desk(registry, desk, today, write, tmp_path)


def kept(done: Loaded) -> list[tuple[str, int | None, str | None]]:
    """Where newer answers were kept; they are as many as the count tells."""
    found = [each for each in done.findings if each.code == KEPT]
    assert done.conflicts == len(found)
    assert not any(each.is_error for each in found)
    assert done.in_part is bool(found or done.summary["skipped"] or done.summary["refused"])
    return [(each.sheet, each.row, each.field) for each in found]


def entered(row: Row) -> Row:
    """The answers of a row, as they are in the registry."""
    values = {key: value for key, value in row.items() if key not in ("centre", "medication_start")}
    return {key: Decimal(str(each)) if isinstance(each, float) else each for key, each in values.items()}


# -- the two ways in which a file can be older ----------------------------------------------------------------


@pytest.mark.parametrize("hour", [-5, 5], ids=["older", "newer"])
def test_what_a_batch_loaded_and_somebody_corrected_stays_corrected(
    hour: float, desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """However new the file is: who made it never saw the correction."""
    rows = {"patients": [row["patient"](email="a@example.org")], "courses": [row["course"]()]}
    desk_at.load(desk_at.file(-6, **rows))
    desk_at.at(1).edit(Record.PATIENT, {"email": "b@example.org"})
    done = desk_at.at(6).load(desk_at.file(hour, **rows))
    assert kept(done) == [("patients", 2, "email")]
    assert (done.summary["changed"], done.summary["unchanged"], done.changes) == (0, 2, [])
    assert stored("patient")[0]["email"] == "b@example.org"


@pytest.mark.parametrize(
    ("hour", "stays"), [(0, True), (2, False), (None, True)], ids=["older", "newer", "unknown"]
)
def test_what_no_batch_ever_loaded_is_newer_than_a_file_from_before_it(
    hour: float | None, stays: bool, desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """A file whose date nobody knows, such as standard input, may be older."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    path = desk_at.file(hour or 0, patients=[row["patient"](email="file@example.org")])
    file = open_batch(desk_at.registry, by=desk_at.by, path=path)
    assert file.saved is not None
    if hour is None:
        file = BatchFile(file.path, file.source, None)
    done = load(desk_at.at(3).registry, by=desk_at.by, file=file, today=desk_at.today, how=SEEN)
    assert kept(done) == ([("patients", 2, "email")] if stays else [])
    assert stored("patient")[0]["email"] == ("hand@example.org" if stays else "file@example.org")


def test_standard_input_has_no_date(desk_at: Desk) -> None:
    from msreg.services.imports import _saved

    assert _saved(Path("-")) is None


def test_a_folder_is_as_new_as_its_newest_table(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """Whatever the case of the suffix; and what is no table has no say."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    path = desk_at.file(0, patients=[row["patient"](email="file@example.org")])
    for each in path.glob("*.csv"):
        each.rename(each.with_suffix(".CSV"))
    (path / "notes.txt").write_text("x")
    assert kept(desk_at.at(3).load(path)) == [("patients", 2, "email")]
    desk_at.saved(path / "courses.CSV", 2)
    assert kept(desk_at.load(path)) == []
    assert stored("patient")[0]["email"] == "file@example.org"


@pytest.mark.parametrize("style", [Style(False, "en"), Style(True, "nl")], ids=["codes", "labels"])
@pytest.mark.parametrize("format_", ["excel", "csv", "jsonl"])
def test_an_export_says_itself_how_old_it_is(
    format_: str, style: Style, desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """From before the edit: kept, though the file was saved later. From after it: the edit was seen."""
    rows = {"patients": [row["patient"](email="first@example.org")], "courses": [row["course"]()]}
    desk_at.load(desk_at.file(-6, **rows))
    before = desk_at.at(1).export(format_, "before", style)
    desk_at.at(2).edit(Record.PATIENT, {"email": "hand@example.org"})
    after = desk_at.at(3).export(format_, "after", style)
    replaced(before, "first@example.org", "file@example.org")
    replaced(after, "hand@example.org", "file@example.org")
    desk_at.saved(before, 9)
    desk_at.saved(after, 0)
    assert [each[0] for each in kept(desk_at.at(10).load(before))] == ["patients"]
    assert stored("patient")[0]["email"] == "hand@example.org"
    assert kept(desk_at.load(after)) == []
    assert stored("patient")[0]["email"] == "file@example.org"


def replaced(path: Path, old: str, new: str) -> None:
    """What somebody does in an export: one answer becomes another."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        for cell in (cell for sheet in book for cells in sheet.iter_rows() for cell in cells):
            if cell.value == old:
                cell.value = new
        book.save(path)
        return
    for each in path.glob("*.csv") if path.is_dir() else [path]:
        text = each.read_bytes()
        each.write_bytes(text.replace(old.encode(), new.encode()))


# -- what is kept ---------------------------------------------------------------------------------------------


def test_an_answer_that_was_taken_away_by_hand_stays_away(desk_at: Desk, row: Rows, stored: Stored) -> None:
    path = desk_at.file(-6, patients=[row["patient"](email="a@example.org")])
    desk_at.load(path)
    desk_at.at(1).edit(Record.PATIENT, {}, clear=("email",))
    assert kept(desk_at.at(2).load(path)) == [("patients", 2, "email")]
    assert stored("patient")[0]["email"] is None
    assert kept(desk_at.load(path, OVER)) == []
    assert stored("patient")[0]["email"] == "a@example.org"


def test_an_answer_that_is_given_by_hand_is_not_cleared_by_an_older_blank(
    desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """Nor with --blank-clears: the blank is older."""
    path = desk_at.file(-6, patients=[row["patient"](email=None)])
    desk_at.load(path)
    desk_at.at(1).edit(Record.PATIENT, {"email": "hand@example.org"})
    clears = How(blank_clears=True)
    assert kept(desk_at.at(2).load(path, clears)) == [("patients", 2, "email")]
    assert stored("patient")[0]["email"] == "hand@example.org"
    assert kept(desk_at.load(path, How(blank_clears=True, overwrite=True))) == []
    assert stored("patient")[0]["email"] is None


def test_of_two_answers_the_one_that_was_edited(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """The other answers of the row are loaded; the row counts as changed."""
    desk_at.load(desk_at.file(-6, patients=[row["patient"](email="a@example.org")]))
    desk_at.at(1).edit(Record.PATIENT, {"email": "b@example.org"})
    changed = row["patient"](email="c@example.org", family_name="Pietersen")
    done = desk_at.at(3).load(desk_at.file(2, patients=[changed]))
    assert kept(done) == [("patients", 2, "email")]
    assert done.summary["changed"] == 1
    assert [(c.key, c.old, c.new) for c in done.changes[0].cells] == [("family_name", "Jansen", "Pietersen")]
    assert (stored("patient")[0]["email"], stored("patient")[0]["family_name"]) == (
        "b@example.org",
        "Pietersen",
    )


KINDS: dict[Record, tuple[str, Row, Row, str]] = {
    Record.PATIENT: ("patients", {"sex": "male"}, {}, "sex"),
    Record.COURSE: ("courses", {"edss": "4"}, {"course_date": date(2021, 1, 1)}, "edss"),
    Record.DISEASE: ("disease", {"methylprednisolone": "no"}, {"kind": "relapse", "date": date(2021, 2, 3)},
                     "methylprednisolone"),
    Record.MEDICATION: ("medication", {"deviating_interval": "yes", "deviating_interval_reason": "pregnancy"},
                        {"medicine": "L04AG08", "start_date": date(2020, 6, 1)}, "deviating_interval"),
    Record.ADVERSE_EVENT: ("adverse_events", {"report_to_lareb": "yes"}, {"description": "hoofdpijn"},
                           "report_to_lareb"),
    Record.PROM: ("proms", {"health_score": "70"}, {"answered_on": date(2021, 3, 4)}, "health_score"),
}  # fmt: skip


@pytest.mark.parametrize("record", [*Record], ids=lambda each: each.value)
def test_every_kind_of_record_keeps_what_was_corrected(record: Record, desk_at: Desk, row: Rows) -> None:
    rows = {
        "patients": [row["patient"]()], "courses": [row["course"]()], "disease": [row["relapse"]()],
        "medication": [row["medication"]()], "adverse_events": [row["event"]()], "proms": [row["prom"]()],
    }  # fmt: skip
    path = desk_at.file(-6, **rows)
    desk_at.load(path)
    sheet, answers, which, key = KINDS[record]
    known = {item.key for form in forms_of(record) for item in form.items}
    desk_at.at(1).edit(record, {k: v for k, v in answers.items() if k in known}, **which)
    done = desk_at.at(2).load(path)
    assert (sheet, 2, key) in kept(done)
    assert {place[0] for place in kept(done)} == {sheet}
    assert done.summary["unchanged"] == len(Record)
    again = desk_at.load(path, OVER)
    assert kept(again) == []
    assert again.summary["changed"] == 1


def test_a_number_that_the_centre_corrected_by_hand_stays(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """The patient is found by BSN, and the courses under the old number go to that patient."""
    rows = {"patients": [row["patient"]("00001", bsn="999990019")], "courses": [row["course"]("00001")]}
    path = desk_at.file(-6, **rows)
    desk_at.load(path)
    desk_at.at(1).edit(Record.PATIENT, {"patient_number": "A-1"})
    done = desk_at.at(2).load(path)
    assert kept(done) == [("patients", 2, "patient_number")]
    assert (done.summary["added"], done.summary["unchanged"]) == (0, 2)
    assert [each["patient_number"] for each in stored("patient")] == ["A-1"]


def test_the_same_answer_in_the_file_is_no_conflict(desk_at: Desk, row: Rows) -> None:
    path = desk_at.file(-6, patients=[row["patient"](email="a@example.org")])
    desk_at.load(path)
    desk_at.at(1).edit(Record.PATIENT, {"email": "b@example.org"})
    done = desk_at.at(2).load(desk_at.file(-3, patients=[row["patient"](email="b@example.org")]))
    assert (kept(done), done.summary["unchanged"]) == ([], 1)


def test_an_answer_that_another_batch_changed_is_no_conflict(
    desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """Whoever loads an older batch last wants it so; by hand is what is kept."""
    first = desk_at.file(-6, patients=[row["patient"](email="a@example.org")])
    desk_at.load(first)
    desk_at.at(1).load(desk_at.file(0, patients=[row["patient"](email="b@example.org")]))
    done = desk_at.at(2).load(first)
    assert (kept(done), done.summary["changed"]) == ([], 1)
    assert stored("patient")[0]["email"] == "a@example.org"


def test_an_edit_before_the_last_batch_is_no_conflict(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """The answer that stands was set by a batch, with --overwrite; who corrected the one before it knows that."""
    first = desk_at.file(-6, patients=[row["patient"](email="a@example.org")])
    desk_at.load(first)
    desk_at.at(1).edit(Record.PATIENT, {"email": "b@example.org"})
    desk_at.at(2).load(first, OVER)
    done = desk_at.at(3).load(desk_at.file(0, patients=[row["patient"](email="c@example.org")]))
    assert kept(done) == []
    assert stored("patient")[0]["email"] == "c@example.org"


def test_a_batch_that_was_taken_back_set_nothing(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """What stands is what was entered by hand before it, with the age that it had."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    loaded = desk_at.at(3).load(desk_at.file(2, patients=[row["patient"](email="batch@example.org")]))
    assert loaded.batch is not None
    assert stored("patient")[0]["email"] == "batch@example.org"
    undo_batch(desk_at.at(4).registry, by=desk_at.by, batch=batch_label(loaded.batch), today=desk_at.today)
    assert stored("patient")[0]["email"] == "hand@example.org"
    older = desk_at.file(0, patients=[row["patient"](email="file@example.org")])
    assert kept(desk_at.at(5).load(older)) == [("patients", 2, "email")]
    newer = desk_at.file(2, patients=[row["patient"](email="file@example.org")])
    assert kept(desk_at.load(newer)) == []
    assert stored("patient")[0]["email"] == "file@example.org"


def test_after_taking_back_a_batch_an_earlier_one_still_counts(
    desk_at: Desk, row: Rows, stored: Stored
) -> None:
    first = desk_at.file(-6, patients=[row["patient"](email="a@example.org")])
    desk_at.load(first)
    second = desk_at.at(1).load(desk_at.file(0, patients=[row["patient"](email="b@example.org")]))
    assert second.batch is not None
    undo_batch(desk_at.at(2).registry, by=desk_at.by, batch=batch_label(second.batch), today=desk_at.today)
    third = desk_at.at(3).load(desk_at.file(-9, patients=[row["patient"](email="c@example.org")]))
    assert kept(third) == []
    desk_at.at(4).edit(Record.PATIENT, {"email": "hand@example.org"})
    assert kept(desk_at.at(5).load(first)) == [("patients", 2, "email")]
    assert stored("patient")[0]["email"] == "hand@example.org"


# -- what is told ---------------------------------------------------------------------------------------------


def test_a_check_a_dry_run_and_the_run_tell_the_same(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """C5; and the same file once more tells it once more."""
    rows = {"patients": [row["patient"](email="a@example.org"), row["patient"]("2")]}
    desk_at.load(desk_at.file(-6, **rows))
    desk_at.at(1).edit(Record.PATIENT, {"email": "b@example.org", "sex": "male"})
    rows["patients"].append(row["patient"]("3"))
    path = desk_at.file(2, **rows)
    before = stored("patient")
    seen = [desk_at.at(3).load(path, check=True), desk_at.load(path, dry_run=True)]
    assert stored("patient") == before
    seen += [desk_at.load(path)]
    assert kept(seen[2]) == [("patients", 2, "sex"), ("patients", 2, "email")]
    assert [kept(each) for each in seen] == [kept(seen[2])] * 3
    assert [each.summary for each in seen] == [seen[2].summary] * 3
    assert kept(desk_at.load(path)) == kept(seen[2])
    tried = [
        desk_at.load(path, OVER, check=True),
        desk_at.load(path, OVER, dry_run=True),
        desk_at.load(path, OVER),
    ]
    assert [kept(each) for each in tried] == [[]] * 3
    assert [each.summary["changed"] for each in tried] == [1] * 3
    assert kept(desk_at.load(path)) == []


def test_what_is_told_names_no_value(desk_at: Desk, row: Rows, registry: Registry) -> None:
    """C12: neither the answer of the registry nor that of the file, in the log neither."""
    path = desk_at.file(-6, patients=[row["patient"](email="geheimfile@example.org")])
    desk_at.load(path)
    desk_at.at(1).edit(Record.PATIENT, {"email": "geheimhand@example.org"})
    done = desk_at.at(2).load(path)
    [finding] = [each for each in done.findings if each.code == KEPT]
    told = (
        json.dumps(loaded_data(done, values=False), default=str) + finding.text() + str(finding.hint_text())
    )
    assert "geheim" not in told
    assert "geheimfile" in json.dumps(loaded_data(done, values=True), default=str)
    with registry.light() as db:
        bodies = [each[0] for each in db.rows("SELECT body FROM audit_event")]
    assert json.loads(bodies[-1])["about"]["conflicts"] == 1
    assert not any("geheim" in each for each in bodies)


def test_what_is_kept_is_judged_with_what_is_loaded(desk_at: Desk, row: Rows, stored: Stored) -> None:
    """A course of the file that lies before the birth date that somebody corrected is a fault of the file."""
    desk_at.load(desk_at.file(-6, patients=[row["patient"](birth_date=date(1980, 5, 6))]))
    desk_at.at(1).edit(Record.PATIENT, {"birth_date": date(1995, 5, 6)})
    path = desk_at.file(2, patients=[row["patient"](birth_date=date(1980, 5, 6))],
                        courses=[row["course"](course_date=date(1994, 1, 1))])  # fmt: skip
    done = load_batch(desk_at.at(3).registry, by=desk_at.by, path=path, today=desk_at.today)
    assert done.refused
    assert ("courses", 2) in [(each.sheet, each.row) for each in done.errors]
    assert stored("course") == []


def test_a_copy_of_the_file_is_as_old_as_the_copy_says(desk_at: Desk, row: Rows) -> None:
    """Only the date of a file that is no export is known: one that was saved anew counts as new."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    path = desk_at.file(0, patients=[row["patient"](email="file@example.org")])
    same = shutil.copytree(path, desk_at.folder / "same", copy_function=shutil.copy2)
    assert kept(desk_at.at(3).load(same, check=True)) == [("patients", 2, "email")]
    assert kept(desk_at.load(desk_at.saved(same, 2), check=True)) == []


def test_files_that_name_no_time_of_their_own_are_judged_by_their_date(desk_at: Desk, row: Rows) -> None:
    """An exported_at that is no moment, or has no zone, tells nothing."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    patient = row["patient"](email="file@example.org")
    for at, moment in enumerate(("yesterday", "2040-01-02T18:00:00", "")):
        sheets = [SheetOut("provenance", ["exported_at"], [[moment]]),
                  SheetOut("patients", list(patient), [list(patient.values())])]  # fmt: skip
        path = desk_at.saved(write_file(desk_at.folder / f"{at}.jsonl", sheets), 0)
        assert kept(desk_at.at(3).load(path, check=True)) == [("patients", 2, "email")]
    folder = write_folder(desk_at.folder / "f", [
        SheetOut("provenance", ["key", "value"], [["exported_at", "2040-01-02T18:00:00+01:00"]]),
        *(SheetOut(name, list(patient), [list(patient.values())] if name == "patients" else [])
          for name in ("patients",)),
        SheetOut("courses", ["centre", "patient_number", "course_date"], []),
        SheetOut("disease", ["centre", "patient_number", "kind", "date"], []),
        SheetOut("medication", ["centre", "patient_number", "medicine", "start_date"], []),
    ])  # fmt: skip
    assert kept(desk_at.load(desk_at.saved(folder, 0), check=True)) == []


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", Language)
def test_mending_a_marked_copy_makes_its_answers_no_newer(
    kind: str, language: Language, desk_at: Desk, row: Rows, stored: Stored
) -> None:
    """Its rows are those of the file that it is a copy of, whenever it was saved."""
    desk_at.at(1).enter(Record.PATIENT, entered(row["patient"](email="hand@example.org")))
    folder = desk_at.file(0, patients=[row["patient"](email="file@example.org")])
    source = folder
    if kind == "xlsx":
        tables = [SheetOut(t.sheet, t.header, [cells for _n, cells in t.rows]) for t in read(folder).tables]
        source = desk_at.saved(write_workbook(desk_at.folder / "november.xlsx", tables), 0)
    file = open_batch(desk_at.registry, by=desk_at.by, path=source)
    done = load(desk_at.registry, by=desk_at.by, file=file, today=desk_at.today, check=True, how=SEEN)
    activate(language)
    try:
        copy = mark(done, source, file.source.tables, when=NOON, language=language, translate=_)
    finally:
        activate(Language.EN)
    again = desk_at.at(6).load(desk_at.saved(copy, 5))
    assert kept(again) == [("patients", 2, "email")]
    assert stored("patient")[0]["email"] == "hand@example.org"
