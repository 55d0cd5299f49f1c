"""Guided entry with a second person in the same record, and on a machine in trouble."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry
from msreg.vocabulary import Record
from tests.conftest import Launch, environment
from tests.crash.forked import small_files
from tests.crash.states import sound
from tests.entries import CENTRE, COURSE, PATIENT, TODAY, exported_patient, label, stored
from tests.keyboard import ENTER, STOP, WIPE, Seat, Size

LANG = "en"


def sit(folder: Path, *words: str, **settings: Any) -> Seat:
    return Seat(folder, *words, "--today", TODAY, lang=LANG, **settings)


@pytest.fixture(scope="module")
def one_patient(template: Path, tmp_path_factory: pytest.TempPathFactory, launch: Launch) -> Path:
    """A registry with the patient, to be copied."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("one") / "copy"))
    source = folder / "patient.json"
    source.write_text(json.dumps({"centre": CENTRE, **stored(PATIENT, LANG)}), encoding="utf-8")
    done = launch(folder, "patients", "add", "--today", TODAY, "--from", source)
    assert done.code == 0, done
    return folder


@pytest.fixture
def known(one_patient: Path, tmp_path: Path) -> Path:
    """A registry with the patient."""
    return Path(shutil.copytree(one_patient, tmp_path / "copy"))


@pytest.mark.parametrize(("pick", "stands"), [("theirs", "other@example.org"), ("yours", "mine@example.org")])
def test_two_people_answer_the_same_question(pick: str, stands: str, known: Path, launch: Launch) -> None:
    """The second one sees both answers and says which one stands; nothing is overwritten in silence."""
    seats = [sit(known, "patients", "edit", "1", size=Size(80, 40)) for _ in range(2)]
    for seat in seats:
        for each in PATIENT[: [step.key for step in PATIENT].index("email")]:
            seat.answer(label(Record.PATIENT, each.key, LANG), ENTER)
        seat.asks("E-mail address")
    first, second = seats
    first.answer("E-mail address", WIPE + "other@example.org" + ENTER).asks("Language")
    second.answer("E-mail address", WIPE + "mine@example.org" + ENTER)
    second.asks("Which answer stands?").until("theirs: other@example.org", "yours: mine@example.org")
    assert exported_patient(known, launch)["email"] == "other@example.org"
    second.answer("Which answer stands?", pick[0] + ENTER).asks("Language")
    assert exported_patient(known, launch)["email"] == stands
    for seat in seats:
        seat.type(STOP)
        assert seat.wait() == 130


def test_two_people_answer_different_questions(known: Path, launch: Launch) -> None:
    """Both answers stand, and the one who is later is told what the other changed."""
    seat = sit(known, "patients", "edit", "1", size=Size(80, 40))
    for each in PATIENT[: [step.key for step in PATIENT].index("email")]:
        seat.answer(label(Record.PATIENT, each.key, LANG), ENTER)
    seat.asks("E-mail address")
    other = launch(known, "patients", "edit", "1", "--initials", "C.D.", "--today", TODAY)
    assert other.code == 0, other
    seat.answer("E-mail address", WIPE + "mine@example.org" + ENTER)
    seat.until("Initials was changed by somebody else meanwhile: C.D.")
    found = exported_patient(known, launch)
    assert (found["initials"], found["email"]) == ("C.D.", "mine@example.org")
    seat.kill()


def test_the_same_course_twice_at_once(known: Path) -> None:
    """K1 holds for two people too: the second one hears that there is a course on this day."""
    seats = [sit(known, "courses", "add", "1").asks("Registration date") for _ in range(2)]
    seats[0].answer("Registration date", "today" + ENTER).asks("EDSS assessed")
    seats[1].answer("Registration date", "today" + ENTER).until("there is a course on this day already")
    for seat in seats:
        seat.kill()
    assert sound(known).counts["course"] == 1


def test_a_busy_registry_asks_again(known: Path) -> None:
    """While somebody else writes for long, the question stays with what was typed; then it is saved."""
    seat = sit(known, "courses", "add", "1")
    seat.answer("Registration date", "today" + ENTER).answer("EDSS assessed", "a" + ENTER).asks("EDSS score")
    with Registry.open(load_settings(environment(known))) as registry, registry.light() as db:
        db.execute("BEGIN IMMEDIATE")
        seat.answer("EDSS score", "3.5" + ENTER).until("Somebody else is writing in this registry")
        seat.asks("EDSS score")
        assert "3.5" in seat.line()
        db.execute("ROLLBACK")
    seat.answer("EDSS score", ENTER).asks("MRI done")
    seat.kill()
    assert "Traceback" not in seat.raw


def test_a_full_disk(known: Path) -> None:
    """One sentence; what was answered before is there, and the entry goes on when there is room again."""
    size = (known / "home" / "data" / "registry.db").stat().st_size
    seat = sit(known, "courses", "add", "1", first=small_files(size // 4))
    typed = [each for each in COURSE if seat.reply(each.keys(LANG))]
    assert seat.wait() == 9, seat.told()
    assert "The disk that holds the registry is full" in seat.seen()
    assert "Traceback" not in seat.raw
    state = sound(known)
    if state.counts["draft"]:
        assert "What you answered before this is kept." in seat.seen()
        again = sit(known, "drafts", "resume")
        again.asks(label(Record.COURSE, typed[-1].key, LANG))
        again.kill()
