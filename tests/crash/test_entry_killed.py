"""A guided entry that is broken off after every single answer, in every way: nothing is asked twice, nothing lost.

SPEC K2, C9: every answer is saved at once, and an entry goes on at the question where it stopped.
"""

from __future__ import annotations

import json
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry
from msreg.vocabulary import Record
from tests.conftest import environment
from tests.crash.states import derived_right, sound
from tests.entries import COURSE, MEDICATION, PATIENT, RELAPSE, TODAY, Step, label
from tests.keyboard import ENTER, EOF, STOP, Seat, Size

LANG = "en"
RESUME = ("drafts", "resume")
KEPT = "Stopped; what you answered is kept. Go on with: msreg drafts resume"


@dataclass(frozen=True, slots=True)
class Question:
    """A question of an entry and the keys that answer it."""

    label: str
    keys: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One record that is entered, question after question."""

    words: tuple[str, ...]
    questions: tuple[Question, ...]


def _questions(record: Record, steps: Sequence[Step]) -> list[Question]:
    return [Question(label(record, each.key, LANG), each.keys(LANG)) for each in steps]


CENTRE = Question("Centre", "u" + ENTER)
SYSTEMS = Question("Functional systems", ENTER)
PERSON = _questions(Record.PATIENT, PATIENT)

ENTRIES = {
    "patient": Entry(("patients", "add"), (PERSON[0], CENTRE, *PERSON[1:])),
    "course": Entry(("courses", "add", "1"), (*_questions(Record.COURSE, COURSE), SYSTEMS)),
    "relapse": Entry(("disease", "relapse", "add", "1"), tuple(_questions(Record.DISEASE, RELAPSE))),
    "medication": Entry(("medications", "add", "1"), tuple(_questions(Record.MEDICATION, MEDICATION))),
}


def sit(folder: Path, *words: str, first: Callable[[], None] | None = None) -> Seat:
    return Seat(folder, *words, "--today", TODAY, lang=LANG, size=Size(80, 40), first=first)


def entered(folder: Path, entry: Entry) -> None:
    seat = sit(folder, *entry.words)
    for each in entry.questions:
        seat.answer(each.label, each.keys)
    assert seat.wait() == 0, seat.told()


@pytest.fixture(scope="session")
def grounds(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The registry before each of the entries, made by those before it, which nobody broke off; `end`: after all."""
    place = tmp_path_factory.mktemp("entries")
    folder = Path(shutil.copytree(template, place / "patient"))
    found = {}
    names = [*ENTRIES, "end"]
    for name, after in pairwise(names):
        found[name] = folder
        folder = Path(shutil.copytree(folder, place / after))
        entered(folder, ENTRIES[name])
    return {**found, "end": folder}


def after(grounds: dict[str, Path], name: str) -> str:
    """The answers of all records in the registry in which an entry came to its end unbroken."""
    names = list(grounds)
    return sound(grounds[names[names.index(name) + 1]]).answers


def drafts(folder: Path) -> int:
    return sound(folder).counts["draft"]


@pytest.mark.parametrize("name", ENTRIES)
def test_killed_after_every_answer(name: str, grounds: dict[str, Path], tmp_path: Path) -> None:
    """Killed as soon as the next question shows: `drafts resume` begins at that question, and with no other."""
    folder, entry = Path(shutil.copytree(grounds[name], tmp_path / "copy")), ENTRIES[name]
    seat = sit(folder, *entry.words)
    for each, following in pairwise(entry.questions):
        seat.answer(each.label, each.keys)
        seat.asks(following.label)
        if each is not PERSON[0]:  # until the centre is known there is no place to keep anything
            seat.kill()
            assert drafts(folder) == 1
            seat = sit(folder, *RESUME)
    last = entry.questions[-1]
    seat.answer(last.label, last.keys)
    assert seat.wait() == 0, seat.told()
    assert drafts(folder) == 0
    assert sound(folder).answers == after(grounds, name)
    derived_right(folder)


@pytest.mark.parametrize("name", ENTRIES)
def test_killed_while_an_answer_is_saved(name: str, grounds: dict[str, Path], tmp_path: Path) -> None:
    """Killed in the tenth of a second after the Enter: the answer is there, or its question comes once more."""
    folder, entry = Path(shutil.copytree(grounds[name], tmp_path / "copy")), ENTRIES[name]
    chance = Random(name)
    left = list(entry.questions)
    labels = [each.label for each in left]
    seat, again = sit(folder, *entry.words), 0
    while len(left) > 1:
        now = seat.one_of(labels)
        assert now in (left[0].label, left[1].label), (
            now,
            left[0].label,
        )  # never one that was answered before
        if now == left[1].label:
            left.pop(0)
            continue
        seat.type(left[0].keys)
        if (
            left[0] in (PERSON[0], CENTRE) or again > 2
        ):  # before the first answer is kept there is nothing to resume
            seat.asks(left[1].label)
            again = 0
            continue
        time.sleep(chance.random() * 0.12)
        seat.kill()
        again += 1
        seat = sit(folder, *(RESUME if drafts(folder) else entry.words))
    seat.answer(left[0].label, left[0].keys)
    assert seat.wait() == 0, seat.told()
    assert sound(folder).answers == after(grounds, name)
    derived_right(folder)


def _interrupt(seat: Seat) -> None:
    seat.send(signal.SIGINT)


def _terminate(seat: Seat) -> None:
    seat.send(signal.SIGTERM)


def _stop(seat: Seat) -> None:
    seat.type(STOP)


def _end(seat: Seat) -> None:
    seat.type(EOF)


@pytest.mark.parametrize(
    ("name", "leave"),
    [("patient", _stop), ("course", _end), ("relapse", _interrupt), ("medication", _terminate)],
)
def test_stopped_at_every_question(
    name: str, leave: Callable[[Seat], None], grounds: dict[str, Path], tmp_path: Path
) -> None:
    """Stopped at any question: exit 130, what was answered is kept, and the sentence says how to go on."""
    folder, entry = Path(shutil.copytree(grounds[name], tmp_path / "copy")), ENTRIES[name]
    first = 2 if name == "patient" else 1  # until the centre is known there is no place to keep anything
    for each in range(first):
        seat = sit(folder, *entry.words)
        for before in entry.questions[:each]:
            seat.answer(before.label, before.keys)
        seat.asks(entry.questions[each].label)
        leave(seat)
        assert (seat.wait(), drafts(folder)) == (130, 0)
        assert "Stopped; nothing was answered, so nothing is kept." in seat.seen()
    seat = sit(folder, *entry.words)
    for each, following in pairwise(entry.questions):
        seat.answer(each.label, each.keys)
        seat.asks(following.label)
        if following is not CENTRE:
            leave(seat)
            assert (seat.wait(), drafts(folder)) == (130, 1)
            assert KEPT in seat.seen()
            assert seat.sane
            seat = sit(folder, *RESUME)
    last = entry.questions[-1]
    seat.answer(last.label, last.keys)
    assert (seat.wait(), drafts(folder)) == (0, 0)
    assert sound(folder).answers == after(grounds, name)


@pytest.mark.parametrize("deaf", [False, True], ids=["a shell", "nohup"])
def test_a_closed_window(deaf: bool, grounds: dict[str, Path], tmp_path: Path) -> None:
    """The terminal goes away in the middle: the program ends, and what was answered is kept."""
    folder, entry = Path(shutil.copytree(grounds["course"], tmp_path / "copy")), ENTRIES["course"]

    def stay() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    words = entry.words
    for each, following in pairwise(entry.questions):
        seat = sit(folder, *words, first=stay if deaf else None)
        seat.answer(each.label, each.keys)
        seat.asks(following.label)
        seat.close()
        assert seat.wait() in ((130, 9) if deaf else (-signal.SIGHUP,))  # 9: it could not write any more
        assert drafts(folder) == 1
        words = RESUME
    seat = sit(folder, *RESUME)
    seat.answer(entry.questions[-1].label, entry.questions[-1].keys)
    assert seat.wait() == 0
    assert sound(folder).answers == after(grounds, "course")


@pytest.mark.parametrize("name", ["course", "relapse", "medication"])
def test_the_same_command_goes_on(name: str, grounds: dict[str, Path], tmp_path: Path) -> None:
    """After a kill the same `add` offers to go on with the entry, and other commands say that it is there."""
    folder, entry = Path(shutil.copytree(grounds[name], tmp_path / "copy")), ENTRIES[name]
    first, second, third, *rest = entry.questions
    seat = sit(folder, *entry.words)
    seat.answer(first.label, first.keys).answer(second.label, second.keys).asks(third.label)
    seat.kill()
    other = sit(folder, "patients", "list")
    assert other.wait() == 0
    assert "Go on with: msreg drafts resume" in other.seen()
    seat = sit(folder, *entry.words)
    seat.answer("You began one on…", ENTER)
    for each in (third, *rest):
        seat.answer(each.label, each.keys)
    assert (seat.wait(), drafts(folder)) == (0, 0)
    assert sound(folder).answers == after(grounds, name)


def test_another_one_beside_it(grounds: dict[str, Path], tmp_path: Path) -> None:
    """Who does not go on with an unfinished entry begins another; the first stays as it was."""
    folder, entry = Path(shutil.copytree(grounds["relapse"], tmp_path / "copy")), ENTRIES["relapse"]
    first, second, *_rest = entry.questions
    seat = sit(folder, *entry.words)
    seat.answer(first.label, first.keys).asks(second.label)
    seat.kill()
    seat = sit(folder, *entry.words)
    seat.answer("You began one on…", "b" + ENTER)
    seat.answer(first.label, "2025-01-02" + ENTER).asks(second.label)
    seat.kill()
    found = sound(folder).counts
    assert (found["draft"], found["disease_event"]) == (2, 2)


def test_edit_goes_on_with_a_course(grounds: dict[str, Path], tmp_path: Path) -> None:
    """K2: a broken-off entry is an incomplete course that `courses edit` resumes at the first open question."""
    folder, entry = Path(shutil.copytree(grounds["course"], tmp_path / "copy")), ENTRIES["course"]
    first, second, third, *rest = entry.questions
    seat = sit(folder, *entry.words)
    seat.answer(first.label, first.keys).answer(second.label, second.keys).asks(third.label)
    seat.kill()
    seat = sit(folder, "courses", "edit", "1", TODAY)
    for each in (third, *rest):
        seat.answer(each.label, each.keys)
    assert (seat.wait(), drafts(folder)) == (0, 0)
    assert sound(folder).answers == after(grounds, "course")


def test_the_log_names_one_entry(grounds: dict[str, Path]) -> None:
    """One guided entry is several events in the log, one an answer, that share the entry."""
    with Registry.open(load_settings(environment(grounds["end"]))) as registry, registry.light() as db:
        bodies = [json.loads(each[0]) for each in db.rows("SELECT body FROM audit_event ORDER BY seq")]
    found = [each["about"] for each in bodies if each["event"] == "medication.add"]
    assert len({each["entry"] for each in found}) == 1
    assert [each["question"] for each in found if "question" in each] == [each.key for each in MEDICATION]
