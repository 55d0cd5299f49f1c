"""What guided entry looks like, on a terminal of 80 columns and of 40, in Dutch and in English.

The snapshots in tests/snapshots/entry are what a person sees. When they are meant to change, RENEW_SNAPSHOTS=1
before pytest writes them anew; look at each one before you keep it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from msreg.screen.widths import width
from msreg.vocabulary import Record
from tests.conftest import Launch
from tests.entries import CENTRE, COURSE, LANGUAGES, PATIENT, TODAY, label, stored
from tests.keyboard import BACK, ENTER, STOP, Seat, Size

SNAPSHOTS = Path(__file__).parents[1] / "snapshots" / "entry"
COLUMNS = (80, 40)
WORDS = {
    "centre": ("Centrum", "Centre"),
    "systems": ("Functionele systemen", "Functional systems"),
    "right": ("Klopt dit?", "Is this right?"),
    "reason": ("Reden", "Reason"),
}


@pytest.fixture(scope="module")
def ground(template: Path, tmp_path_factory: pytest.TempPathFactory, launch: Launch) -> Path:
    """A registry with a patient who has a course of 2025-11-02 with an EDSS of 4."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("screens") / "copy"))
    sources = {
        ("patients", "add"): {"centre": CENTRE, **stored(PATIENT, "en")},
        ("courses", "add", "1"): {
            "course_date": "2025-11-02", "edss_method": "assessed", "edss": 4, "mri_done": False,
        },
    }  # fmt: skip
    for words, answers in sources.items():
        source = folder / f"{words[0]}.json"
        source.write_text(json.dumps(answers), encoding="utf-8")
        done = launch(folder, *words, "--today", TODAY, "--from", source)
        assert done.code == 0, done
    return folder


class Desk:
    """A person at a terminal of some width, in some language, with a registry of their own."""

    def __init__(self, folder: Path, lang: str, columns: int) -> None:
        self.folder, self.lang, self.columns = folder, lang, columns
        self.say: Mapping[str, str] = {key: words[LANGUAGES.index(lang)] for key, words in WORDS.items()}

    def sit(self, *words: str, rows: int = 24) -> Seat:
        return Seat(self.folder, *words, "--today", TODAY, lang=self.lang, size=Size(self.columns, rows))

    def label(self, record: Record, key: str) -> str:
        return label(record, key, self.lang)

    def course(self, until: str) -> Seat:
        """A course under way, at this question."""
        seat = self.sit("courses", "add", "1")
        for each in COURSE:
            if each.key == until:
                break
            seat.answer(self.label(Record.COURSE, each.key), each.keys(self.lang))
        return seat.asks(self.label(Record.COURSE, until))


@pytest.fixture(params=[(lang, columns) for lang in LANGUAGES for columns in COLUMNS], ids=str)
def desk(request: pytest.FixtureRequest, ground: Path, tmp_path: Path) -> Desk:
    lang, columns = request.param
    return Desk(Path(shutil.copytree(ground, tmp_path / "copy")), lang, columns)


def compare(name: str, desk: Desk, seat: Seat) -> None:
    """The screen is what the snapshot shows; every line fits."""
    lines = [re.sub(r"\d\d:\d\d", "hh:mm", line) for line in seat.shown()]
    if name == "drafts":  # when it was left is told by the real clock
        lines = [
            re.sub(r"\d{2,4}-\d\d-\d{2,4}", lambda day: re.sub(r"\d", "9", day[0]), line) for line in lines
        ]
    assert all(width(line) <= desk.columns for line in lines)
    text = "\n".join(lines) + "\n"
    path = SNAPSHOTS / f"{name}-{desk.lang}-{desk.columns}.txt"
    if os.environ.get("RENEW_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
    seat.kill()


def test_start(desk: Desk) -> None:
    """Consent is the first question (P1)."""
    seat = desk.sit("patients", "add").asks(desk.label(Record.PATIENT, "consent"))
    compare("start", desk, seat)


def test_text_question(desk: Desk) -> None:
    """A date, with the way to write it; above it what was answered, below it how far the entry is."""
    compare("text", desk, desk.course("mri_date"))


def test_choice(desk: Desk) -> None:
    """A list, with a letter typed."""
    seat = desk.course("mri_region").type("h" if desk.lang == "nl" else "b")
    seat.until("❯ hersenen" if desk.lang == "nl" else "❯ brain")
    compare("choice", desk, seat)


def test_several(desk: Desk) -> None:
    """More than one answer."""
    seat = desk.sit("disease", "relapse", "add", "1")
    seat.answer(desk.label(Record.DISEASE, "date"), "2026-08-14" + ENTER)
    seat.asks(desk.label(Record.DISEASE, "symptoms")).type(" ").until("●")
    compare("several", desk, seat)


def test_medicine(desk: Desk) -> None:
    """A medicine is found by a part of its name, its brand or its ATC code."""
    seat = desk.sit("medications", "add", "1").asks(desk.label(Record.MEDICATION, "medicine"))
    seat.type("tec").until("(Tecfidera)")
    compare("medicine", desk, seat)


def test_help(desk: Desk) -> None:
    """What a question mark tells."""
    seat = desk.course("edss").type("?")
    seat.until("0,5" if desk.lang == "nl" else "0.5").asks(desk.label(Record.COURSE, "edss"))
    compare("help", desk, seat)


def test_refusal(desk: Desk) -> None:
    """A refusal stands above its question, which has what was typed."""
    seat = desk.course("mri_date")
    asked = desk.label(Record.COURSE, "mri_date")
    seat.answer(asked, "2027-01-01" + ENTER).until("31").asks(asked)
    compare("refusal", desk, seat)


def test_doubt(desk: Desk) -> None:
    """A doubtful answer, and why it is right."""
    seat = desk.course("edss")
    seat.answer(desk.label(Record.COURSE, "edss"), "7" + ENTER)
    seat.asks(desk.say["right"])
    compare("doubt", desk, seat)


def test_reason(desk: Desk) -> None:
    """The answer stands when the reason is told."""
    seat = desk.course("edss")
    seat.answer(desk.label(Record.COURSE, "edss"), "7" + ENTER)
    seat.answer(desk.say["right"], ("j" if desk.lang == "nl" else "y") + ENTER)
    seat.answer(desk.say["reason"], "relapse" + ENTER)
    seat.asks(desk.label(Record.COURSE, "mri_done"))
    compare("reason", desk, seat)


def test_back(desk: Desk) -> None:
    """The question before, with the answer that it has."""
    seat = desk.course("mri_done")
    seat.answer(desk.label(Record.COURSE, "mri_done"), BACK).asks(desk.label(Record.COURSE, "edss"))
    compare("back", desk, seat)


def test_end(desk: Desk) -> None:
    """The end: what is saved, what is open, what comes next."""
    seat = desk.course("mri_new_t2")
    for key in ("mri_new_t2", "mri_gd_lesions"):
        seat.answer(desk.label(Record.COURSE, key), ENTER)
        if key == "mri_gd_lesions":
            seat.answer(desk.label(Record.COURSE, key), ENTER)  # a required one stays open by a second Enter
    seat.answer(desk.say["systems"], ENTER)
    assert seat.wait() == 0
    compare("end", desk, seat)


def test_stop_and_drafts(desk: Desk) -> None:
    """Ctrl-C says how to go on; so does the list of what is not finished."""
    seat = desk.course("mri_done").type(STOP)
    assert seat.wait() == 130
    compare("stop", desk, seat)
    seat = desk.sit("drafts", "list")
    assert seat.wait() == 0
    compare("drafts", desk, seat)
    seat = desk.sit("drafts", "resume").asks(desk.label(Record.COURSE, "mri_done"))
    compare("resume", desk, seat)
