"""A batch file in any order and of any size is read a piece at a time, and tells and does the same (SPEC B2, B3)."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from msreg.formats.csv_out import write_folder
from msreg.formats.jsonl_out import write_file
from msreg.formats.sheets import SheetOut
from msreg.services import batch_index
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.batch_rows import BatchRow
from msreg.services.dossiers import read_by_ids
from msreg.services.imports import load_batch
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Rowed

Row = dict[str, Any]
Rows = dict[str, Callable[..., Row]]
Sheets = dict[str, list[Row]]
Lay = Callable[..., Loaded]
SHEETS = ("patients", "courses", "disease", "medication", "adverse_events")
BSNS = ("999990019", "999994669", "999992740")


@pytest.fixture
def pieces_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Read files so many rows at a time."""

    def change(together: int, unsorted: int | None = None) -> None:
        monkeypatch.setattr(batch_index, "_TOGETHER", together)
        monkeypatch.setattr(batch_index, "_TOGETHER_UNSORTED", unsorted or together)

    return change


@pytest.fixture
def known(lay: Lay, row: Rows) -> None:
    """Some patients whom the registry has already."""
    done = lay(
        patients=[row["patient"]("00002"), row["patient"]("00005", bsn=BSNS[0]), row["patient"]("00040"),
                  row["patient"]("00006", family_name="Naam 6")],
        courses=[row["course"]("00002"), row["course"]("00040")],
        medication=[row["medication"]("00002")],
    )  # fmt: skip
    assert not done.refused


def a_file(row: Rows) -> Sheets:
    """Ten patients with what is new, changed and unchanged, and faults of each kind; no row stands there twice."""
    patients = [row["patient"](f"{n:05d}", family_name=f"Naam {n}") for n in range(1, 10)]
    patients[3]["sex"] = "vrouwelyk"
    patients[4] |= {"patient_number": "A-5", "bsn": BSNS[0]}  # 00005 under a new number
    patients[7] |= {"centre": "NOP99"}
    patients += [row["patient"](""), row["patient"]("00001", centre="UTR01")]
    courses = [
        row["course"](f"{n:05d}", course_date=date(2019 + year, month, 1 + n))
        for year, month in ((1, 2), (2, 6), (3, 9))
        for n in (1, 2, 3, 4, 6, 9)
    ]
    courses[3]["edss"] = 0.5
    courses[7]["course_date"] = date(2031, 1, 1)
    courses += [
        row["course"]("00002"), row["course"]("00002", course_date=date(2022, 5, 5), centre="ams01"),
        row["course"]("00040", edss=3.5), row["course"]("99999"), row["course"](""),
        row["course"]("00001", centre="UTR01"), row["course"]("A-5", mri_done="n.v.t."),
    ]  # fmt: skip
    disease = [
        row["relapse"]("00003"),
        row["relapse"]("00003", date=date(2021, 9, 9)),
        row["referral"]("00002"),
    ]
    medication = [row["medication"]("00002"), row["medication"]("00003"), row["medication"]("00009")]
    medication[2]["medicine"] = "Placebonal"
    events = [row["event"]("00003"), row["event"]("00002"), row["event"]("00001")]
    return dict(zip(SHEETS, (patients, courses, disease, medication, events), strict=True))


def tables(sheets: Mapping[str, Sequence[Row]], order: Sequence[str] = SHEETS) -> list[SheetOut]:
    made = []
    for name in order:
        header = list(dict.fromkeys(key for each in sheets[name] for key in each))
        made.append(SheetOut(name, header, [[each.get(key) for key in header] for each in sheets[name]]))
    return made


@pytest.fixture
def see(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> Callable[..., Loaded]:
    """What a check of a file with these rows tells, or with `run` a load."""

    def call(
        sheets: Sheets, *, order: Sequence[str] = SHEETS, run: bool = False, partial: bool = False
    ) -> Loaded:
        at = sum(1 for _ in tmp_path.iterdir())
        if order == SHEETS:
            path = write_folder(tmp_path / f"in-{at}", tables(sheets))
        else:  # files of a folder have no order of their own
            path = write_file(tmp_path / f"in-{at}.jsonl", tables(sheets, order))
        return load_batch(
            registry, by=desk, path=path, today=today, check=not run, how=How(partial=partial, changes=True)
        )

    return call


def told(done: Loaded, sheets: Sheets) -> tuple[Any, ...]:
    """What was told of each row, by its content; not where it stands."""

    def content(sheet: str, number: int | None) -> str:
        assert number is not None
        return repr(sorted(sheets[sheet][at_of[sheet][number]].items(), key=str))

    at_of = {
        sheet: {row: at for at, (row, _) in enumerate(done.outcomes[sheet].items())}
        for sheet in done.outcomes
    }
    found = Counter(
        (each.sheet, content(each.sheet, each.row), each.field, each.code, each.message)
        for each in done.findings
        if each.code != "FIL-021"
    )
    outcomes = Counter(
        (sheet, content(sheet, row), outcome)
        for sheet, rows in done.outcomes.items()
        for row, outcome in rows.items()
    )
    changes = Counter(
        (
            c.sheet,
            content(c.sheet, c.row),
            c.outcome,
            tuple((x.key, repr(x.old), repr(x.new)) for x in c.cells),
        )
        for c in done.changes
    )
    return found, outcomes, changes, done.summary, done.sound_patients, done.patients, done.refused


def answers(registry: Registry) -> list[Any]:
    with registry.light() as db:
        ids = [each[0] for each in db.rows("SELECT id FROM patient")]
        return sorted(
            (d.centre_id, *sorted((e.record.value, repr(sorted(e.values.items()))) for e in d.entries()))
            for d in read_by_ids(db, ids)
        )


def shuffled(sheets: Sheets, chance: Random) -> Sheets:
    return {name: chance.sample(rows, len(rows)) for name, rows in sheets.items()}


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("partial", [False, True])
def test_any_order_of_rows_and_sheets_tells_the_same(
    partial: bool, row: Rows, see: Callable[..., Loaded], pieces_of: Callable[..., None]
) -> None:
    """Sorted and in one piece, or shuffled and in pieces of three rows: every row fares the same."""
    sheets = a_file(row)
    usual = see(sheets, partial=partial)
    wanted = told(usual, sheets)
    assert {each.code for each in usual.errors} >= {
        "FIL-006",
        "FIL-008",
        "FIL-010",
        "FIL-011",
        "COU-004",
        "FRM-005",
    }
    if partial:
        assert all(usual.summary[each.value] for each in Rowed)
    for seed in range(24):
        chance = Random(seed)
        pieces_of(chance.choice((1, 3, 5, 8)), chance.choice((1, 3, 12)))
        mine = shuffled(sheets, chance) if seed else sheets
        order = SHEETS if seed % 3 else chance.sample(SHEETS, len(SHEETS))
        done = see(mine, partial=partial, order=order)
        assert told(done, mine) == wanted, seed


@pytest.mark.usefixtures("known")
def test_a_load_in_pieces_leaves_the_registry_as_one_in_one_piece(
    registry: Registry,
    row: Rows,
    see: Callable[..., Loaded],
    pieces_of: Callable[..., None],
    quickly_back: Any,
) -> None:
    sheets = a_file(row)
    mine = shuffled(sheets, Random(4))
    with quickly_back():
        see(sheets, run=True, partial=True)
        wanted = answers(registry)
    pieces_of(3)
    assert answers(registry) != wanted
    see(mine, run=True, partial=True)
    assert answers(registry) == wanted


@pytest.fixture
def quickly_back(registry: Registry, tmp_path: Path) -> Callable[[], Any]:
    """Take back everything that is done within: the files of the registry are as before."""

    @contextmanager
    def back() -> Iterator[None]:
        kept = shutil.copytree(tmp_path / "home", tmp_path / "kept")
        yield
        for each in (tmp_path / "home").rglob("*"):
            if each.is_file() and not (kept / each.relative_to(tmp_path / "home")).exists():
                each.unlink()
        shutil.copytree(kept, tmp_path / "home", dirs_exist_ok=True)

    return back


@pytest.mark.usefixtures("known")
def test_findings_come_in_the_order_of_the_file(
    row: Rows, see: Callable[..., Loaded], pieces_of: Callable[..., None]
) -> None:
    """By sheet, row and column, whatever the order in which patients were read."""
    pieces_of(3)
    for seed in range(6):
        done = see(shuffled(a_file(row), Random(seed)))
        places = [(SHEETS.index(each.sheet), each.row or 0, len(each.column or ""), each.column or "")
                  for each in done.findings]  # fmt: skip
        assert len(places) > 8
        assert places == sorted(places)


def test_words_for_nothing_are_told_at_the_first_row_of_the_file(
    row: Rows, see: Callable[..., Loaded], pieces_of: Callable[..., None]
) -> None:
    """FIL-021 says "this is the first": the first in the file, not the first that was read."""
    pieces_of(1)
    patients = [row["patient"]("1"), row["patient"]("2"), row["patient"]("3")]
    courses = [row["course"](n, mri_new_t2="n.v.t.") for n in ("3", "2", "1")]
    done = see({"patients": patients, "courses": courses} | _naming())
    assert [(e.sheet, e.row, e.field, e.params["count"]) for e in done.findings if e.code == "FIL-021"] == [
        ("courses", 2, "mri_new_t2", 3)
    ]


def _naming() -> Sheets:
    """Sheets without rows: a header is all that they have."""
    empty: Row = {"centre": None, "patient_number": None}
    return {
        "disease": [empty | {"kind": None, "date": None}],
        "medication": [empty | {"medicine": None, "start_date": None}],
        "adverse_events": [empty | {"medicine": None, "medication_start": None, "description": None}],
    }


@pytest.mark.parametrize("together", [1, 2, 5_000])
def test_a_bsn_that_moves_to_another_patient_is_told_in_pieces_of_any_size(
    together: int, lay: Lay, row: Rows, pieces_of: Callable[..., None]
) -> None:
    """PAT-010: the registry as it was before the file counts, and not what an earlier piece made of it."""
    lay(patients=[row["patient"]("1", bsn=BSNS[0])])
    pieces_of(together)
    for rows in (
        [row["patient"]("1", bsn=BSNS[1]), row["patient"]("2", bsn=BSNS[0])],
        [row["patient"]("2", bsn=BSNS[0]), row["patient"]("1", bsn=BSNS[1])],
    ):
        for check in (True, False):
            done = lay(patients=rows, check=check)
            assert [(each.field, each.code) for each in done.errors] == [("bsn", "PAT-010")]
            assert done.refused


@pytest.mark.parametrize("together", [1, 3, 5_000])
def test_one_patient_by_several_spellings_of_the_centre(
    together: int, lay: Lay, row: Rows, stored: Callable[[str], list[Row]], pieces_of: Callable[..., None]
) -> None:
    pieces_of(together)
    done = lay(
        patients=[row["patient"]("1", centre="ams01"), row["patient"]("2")],
        courses=[row["course"](n, centre=code, course_date=date(2021, 1, day))
                 for day, (n, code) in enumerate(
                     (("1", "AMS01"), ("2", "Ams01"), ("1", " AMS01 "), ("1", "aMS01"), ("2", "AMS01\u00a0")), start=1)],
    )  # fmt: skip
    assert done.summary["added"] == 7
    by_patient = Counter(each["patient_id"] for each in stored("course"))
    assert sorted(by_patient.values()) == [2, 3]


def test_the_same_patient_twice_by_another_spelling_is_told(lay: Lay, row: Rows) -> None:
    done = lay(patients=[row["patient"]("1"), row["patient"]("1", centre="ams01")])
    assert [(each.row, each.field, each.code) for each in done.errors] == [(3, "patient_number", "FIL-009")]


@pytest.mark.parametrize("together", [1, 5_000])
def test_a_file_without_rows_or_with_one(
    together: int, lay: Lay, row: Rows, pieces_of: Callable[..., None]
) -> None:
    pieces_of(together)
    none = lay()
    assert (none.refused, none.patients, sum(none.summary.values()), none.in_part) == (False, 0, 0, False)
    one = lay(patients=[row["patient"]()])
    assert (one.refused, one.patients, one.summary["added"]) == (False, 1, 1)
    again = lay(courses=[row["course"]()])
    assert (again.refused, again.patients, again.summary["added"]) == (False, 1, 1)


@pytest.mark.parametrize("together", [1, 5_000])
def test_only_rows_that_name_nobody(
    together: int, lay: Lay, row: Rows, pieces_of: Callable[..., None], stored: Callable[[str], list[Row]]
) -> None:
    """Each is told; nothing is loaded, in part neither."""
    pieces_of(together)
    rows = {
        "patients": [row["patient"]("")] * 2,
        "courses": [row["course"](""), row["course"]("1", centre="")],
    }
    for how in (How(), How(partial=True)):
        done = lay(how=how, **rows)
        assert [(e.sheet, e.row, e.field, e.code) for e in done.errors] == [
            ("patients", 2, "patient_number", "FIL-010"), ("patients", 3, "patient_number", "FIL-010"),
            ("courses", 2, "patient_number", "FIL-010"), ("courses", 3, "centre", "FIL-010"),
        ]  # fmt: skip
        assert done.refused
        assert done.summary["refused"] == 4
    assert stored("patient") == []


def test_no_more_rows_than_a_piece_are_read_at_once(
    row: Rows, see: Callable[..., Loaded], pieces_of: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece has the rows of its patients and of nobody else; one patient may have more than a piece holds."""
    pieces_of(4)
    sheets = a_file(row)
    seen: list[tuple[int, set[int]]] = []
    taken: set[int] = set()
    take = batch_index.pieces

    def noted(*args: Any) -> Any:
        for piece in take(*args):
            rows: list[BatchRow] = [each for rows in piece.rows.values() for each in rows]
            seen.append((len(rows), {each.patient for each in rows}))
            yield piece

    monkeypatch.setattr("msreg.services.batch_loading.pieces", noted)
    done = see(shuffled(sheets, Random(3)))
    for count, patients in seen:
        assert count <= 4 or len(patients) == 1
        assert taken.isdisjoint(patients)
        taken |= patients
    assert sum(count for count, _ in seen) == sum(map(len, sheets.values()))
    assert taken == {*range(done.patients), batch_index.NOBODY}
