"""`msreg patients browse` on a real terminal, from its first line to its last (SPEC P5, C2-C4)."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry
from tests.conftest import environment
from tests.keyboard import DOWN, ENTER, STOP, Seat, Size

TODAY = ("--today", "2026-11-21")
RIGHT = "\x1b[C"


@pytest.fixture
def folder(people: Path, tmp_path: Path) -> Path:
    """A registry of thirty people to sit down at."""
    shutil.copytree(people, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def sit(folder: Path) -> Iterator[Callable[..., Seat]]:
    seats: list[Seat] = []

    def down(*words: str, **how: Any) -> Seat:
        seats.append(Seat(folder, "patients", "browse", *TODAY, *words, anew=True, **how))
        return seats[-1]

    yield down
    for seat in seats:
        if seat.code is None:
            seat.kill()


def events(folder: Path) -> int:
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        found = db.one("SELECT count(*) FROM audit_event WHERE body LIKE '%\"patients.browse\"%'")
    assert found is not None
    return int(found[0])


def files(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_from_the_first_line_to_the_last(lang: str, folder: Path, sit: Callable[..., Seat]) -> None:
    before = files(folder)
    seat = sit(lang=lang)
    seat.until("❯MS-0000001", "MS-0000020").type(DOWN).until("❯MS-0000002")
    assert len(seat.shown()) == 24
    seat.type(ENTER).until("[Pati").type(RIGHT).until("❯2024-07-11" if lang == "en" else "❯11-07-2024")
    seat.type("q")
    assert seat.wait() == 0
    assert "\x1b[?1049l" in seat.raw  # what stood on the terminal before is back
    assert events(folder) == 2
    new = {each for each in files(folder) - before if "anchors" not in each}
    assert not {each for each in new if not each.startswith("home/registry.db")}, new


def test_narrow_wide_and_changed_meanwhile(sit: Callable[..., Seat]) -> None:
    seat = sit(size=Size(40, 24)).until("❯MS-0000001")
    assert max(map(len, seat.shown())) <= 40
    seat.resize(100, 30).until("MS-0000026").resize(40, 12).until("❯MS-0000001")
    seat.type("q")
    assert seat.wait() == 0


def test_ctrl_c_quits_calmly(sit: Callable[..., Seat]) -> None:
    seat = sit().until("❯MS-0000001").type(STOP)
    assert seat.wait() == 130
    assert "Traceback" not in seat.raw
    assert seat.raw.rstrip().endswith("Stopped. What was not finished has been left as it was.")


def test_a_terminal_that_is_closed(folder: Path, sit: Callable[..., Seat]) -> None:
    seat = sit().until("❯MS-0000001")
    seat.close()
    assert seat.wait() != 0
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        assert db.one("SELECT count(*) FROM patient") == (30,)


@pytest.mark.parametrize("how", [{"env": {"NO_COLOR": "1"}}, {}])
def test_without_colour(how: dict[str, Any], sit: Callable[..., Seat]) -> None:
    """C3: the marks remain, and the cursor."""
    words = () if how else ("--no-color",)
    seat = sit(*words, **how).until("❯MS-0000001", "no (4)").type("/").until("Name begins with").type("s")
    seat.until("5 patients").type("\x1b", "f").until("Phenotype").type("q", STOP)
    assert seat.wait() == 130
    for codes in re.findall(r"\x1b\[([\d;]*)m", seat.raw):
        assert not {int(code) for code in codes.split(";") if code} & set(range(30, 48)) - {39, 49}, codes


def test_from_a_patients_page_into_a_guided_entry_and_back(folder: Path, sit: Callable[..., Seat]) -> None:
    seat = sit().until("❯MS-0000001").type(ENTER).until("[Patient]").type(RIGHT).until("[Courses 9]")
    seat.type("a").until("Registration date").type("01-11-2026", ENTER).until("answered, saved")
    seat.type(STOP).until("[Courses 10]", "❯2026-11-01", "what you answered is kept")
    seat.type("q")
    assert seat.wait() == 0


def test_c4_what_breaks_tells_a_sentence_and_no_values(folder: Path, sit: Callable[..., Seat]) -> None:
    seat = sit().until("❯MS-0000001")
    with Registry.open(load_settings(environment(folder))) as registry, registry.light() as db:
        db.execute("CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END")
    seat.type("\x1b[6~")
    assert seat.wait() == 1
    after = seat.raw.rpartition("\x1b[?1049l")[2]
    assert "Something went wrong inside msreg" in after
    assert "Traceback" not in seat.raw
    assert "Mulder" not in after
    assert len(after.strip().splitlines()) < 6


@pytest.mark.parametrize("words", [[], ["--json"], ["--no-input"]])
def test_c2_without_a_terminal_it_says_what_to_use_instead(
    words: list[str], folder: Path, launch: Callable[..., Any]
) -> None:
    done = launch(folder, "patients", "browse", *words)
    assert (done.code, done.out) == (2, "")
    assert "msreg patients list" in done.err
    assert events(folder) == 0


@pytest.mark.parametrize("term", ["dumb", "unknown", ""])
def test_a_terminal_that_cannot_be_drawn_on(term: str, sit: Callable[..., Seat]) -> None:
    seat = sit(env={"TERM": term})
    assert seat.wait() == 2
    assert "msreg patients list" in seat.raw


def test_options_narrow_and_sort_from_the_start(sit: Callable[..., Seat]) -> None:
    seat = sit("--name", "s", "--sort", "born", "--reverse").until("5 patients", "sorted on Born, reversed")
    seat.type("x").until("30 patients").type("q")
    assert seat.wait() == 0
    for words, code in ((("--sort", "colour"), 2), (("--born", "soon"), 2), (("--centre", "NOP99"), 3)):
        wrong = sit(*words)
        assert wrong.wait() == code, words
        told = wrong.raw.rpartition("\x1b[?1004l")[2]
        assert ("1970" if words[1] == "soon" else words[1]) in told


def test_a_signal_from_outside(sit: Callable[..., Seat]) -> None:
    seat = sit().until("❯MS-0000001").send(signal.SIGINT)
    assert seat.wait() == 130
    assert "Traceback" not in seat.raw
