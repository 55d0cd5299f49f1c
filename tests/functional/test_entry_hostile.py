"""Guided entry against what people paste, terminals of every kind, a second person, and a machine in trouble."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from msreg.config import load_settings
from msreg.store.registry import Registry
from msreg.vocabulary import Record
from tests.conftest import Launch, environment
from tests.crash.forked import small_files
from tests.crash.states import sound
from tests.entries import CENTRE, COURSE, PATIENT, TODAY, label, stored
from tests.keyboard import DOWN, ENTER, STOP, WIPE, Seat, Size

LANG = "en"
NAME, PREFIX = "Family name", "Name prefix"
KEPT = "Stopped; what you answered is kept. Go on with: msreg drafts resume"


def sit(folder: Path, *words: str, **settings: Any) -> Seat:
    return Seat(folder, *words, "--today", TODAY, **{"lang": LANG, **settings})


def at_question(folder: Path, key: str, **settings: Any) -> Seat:
    """Somebody who is adding a patient, and has come to this question."""
    seat = sit(folder, "patients", "add", **settings)
    for each in PATIENT:
        if each.key == key:
            break
        seat.answer(label(Record.PATIENT, each.key, LANG), each.keys(LANG))
        if each.key == "consent":
            seat.answer("Centre", "u" + ENTER)
    return seat.asks(label(Record.PATIENT, key, LANG))


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A registry without patients."""
    return Path(shutil.copytree(template, tmp_path / "copy"))


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


def answers(folder: Path, launch: Launch) -> dict[str, Any]:
    """What the registry has of its one patient."""
    out = launch(folder, "exports", "jsonl", "--out", "-", "--today", TODAY).out
    return next(row for row in map(json.loads, out.splitlines()) if row["sheet"] == "patients")


# -- what is typed and pasted -----------------------------------------------------------------------

REFUSED = {
    "escape": "\x1b[31mred\x1b[0m",
    "title": "\x1b]0;title\x07name",
    "c1": "a\x9b31mb",
    "nul": "a\x00b",
    "bell": "a\x07b",
    "delete": "a\x7fb",
    "override": "abc\u202etfel",
    "mark": "a\u200eb",
    "isolate": "a\u2066b",
    "private": "a\ue000b",
    "not unicode": "a\udc80b",
}


@pytest.mark.parametrize("pasted", REFUSED.values(), ids=REFUSED)
def test_pasted_control_characters_are_refused(pasted: str, folder: Path) -> None:
    """They do not get into an answer, do not reach the terminal, and are not offered for mending."""
    seat = at_question(folder, "family_name")
    seat.paste(pasted).answer(NAME, ENTER).until("holds invisible control characters; type it again")
    seat.asks(NAME)
    assert "31mred" not in seat.line()
    assert "\u202e" not in seat.raw
    assert "\x1b]0;" not in seat.raw
    assert "\x9b" not in seat.raw
    seat.answer(NAME, "Bakker" + ENTER).asks(PREFIX)
    seat.kill()


TAKEN = {
    "lines": ("van\nden\r\nBerg\n", "van den Berg"),
    "tab": ("van\tden Berg", "van den Berg"),
    "emoji": ("Jansen \U0001f600", "Jansen \U0001f600"),
    "composed": ("Zoe\u0308", "Zo\u00eb"),
    "many marks": ("a" + "\u0301" * 50, "\u00e1" + "\u0301" * 49),
    "wide": ("\u738b\u5c0f\u660e", "\u738b\u5c0f\u660e"),
    "right to left": ("\u05db\u05d4\u05df", "\u05db\u05d4\u05df"),
    "no-break space": ("de\u00a0Wit", "de Wit"),
    "markup": ("[/b] :smile: [red]x", "[/b] :smile: [red]x"),
    "formula": ("=1+1", "=1+1"),
    "question": ("O?Neil", "O?Neil"),
}


@pytest.mark.parametrize(("pasted", "kept"), TAKEN.values(), ids=TAKEN)
def test_odd_names_are_kept_as_they_are(pasted: str, kept: str, folder: Path, launch: Launch) -> None:
    """Emoji, accents, other scripts: one line, composed letters, nothing else changed."""
    seat = at_question(folder, "family_name")
    seat.paste(pasted).answer(NAME, ENTER).asks(PREFIX)
    seat.type(STOP)
    assert seat.wait() == 130
    assert KEPT in seat.seen()
    assert answers(folder, launch)["family_name"] == kept


def test_ten_thousand_characters(folder: Path) -> None:
    """One sentence says how long it may be; the text does not come back to fill the screen."""
    seat = at_question(folder, "family_name")
    seat.paste("x" * 10_000).answer(NAME, ENTER).until("longer than 100 characters").asks(NAME)
    assert "xxx" not in seat.line()
    seat.answer(NAME, "x" * 101 + ENTER).when(lambda: "x" * 20 in seat.line(), "the text, to be mended")
    seat.type("\x7f" + ENTER).asks(PREFIX)
    seat.kill()


def test_a_paste_into_a_list_says_nothing(folder: Path) -> None:
    """What belongs elsewhere chooses nothing."""
    seat = sit(folder, "patients", "add").asks("Consent form signed")
    seat.paste("yes\n").type(DOWN).until("❯ yes").type(ENTER).asks("Centre")
    seat.kill()


def test_keys_that_mean_nothing_do_nothing(folder: Path) -> None:
    """Function keys, escape and control keys at a list leave it as it was."""
    seat = sit(folder, "patients", "add").asks("Consent form signed")
    for key in ("\x1bOP", "\x1b[15~", "\x1b[5~", "\x01", "\x0c", "\t", "é", "\x1b[1;5C"):
        seat.type(key)
    seat.type("q", "n").until("❯ no")
    seat.type("y").until("❯ yes")
    seat.kill()


def test_letters_find_the_answer_that_begins_with_them(folder: Path) -> None:
    """`n` is no, not "leave it open for now"; another letter begins anew; nothing is chosen by Enter alone."""
    seat = sit(folder, "patients", "add")
    seat.answer("Consent form signed", ENTER).until("choose one of these")
    seat.asks("Consent form signed").type("n").until("❯ no").type("y").until("❯ yes")
    seat.kill()


def test_answers_typed_before_the_questions_show(folder: Path) -> None:
    """A nurse who knows the questions by heart need not wait for them."""
    seat = sit(folder, "patients", "add")
    seat.type("y\ru\r14-9-2021\r00123\r\rBakker\r")
    seat.asks(PREFIX)
    seat.type(STOP)
    assert seat.wait() == 130
    assert sound(folder).counts["patient"] == 1


# -- terminals --------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_every_width(columns: int, folder: Path) -> None:
    """From 20 columns on the whole of a patient can be entered."""
    seat = sit(folder, "patients", "add", size=Size(columns, 30))
    for each in PATIENT:
        seat.reply(each.keys(LANG))
        if each.key == "consent":
            seat.reply("u" + ENTER)
    assert seat.wait() == 0, seat.told()
    assert sound(folder).counts["draft"] == 0


def test_a_terminal_that_grows_and_shrinks(folder: Path) -> None:
    """Another size in the middle of a question and of a list: the answers go on as they were."""
    seat = at_question(folder, "sex")
    for size in ((30, 10), (120, 50), (20, 8), (80, 24)):
        seat.resize(*size).type("m").type("f")
    seat.when(lambda: "❯ female" in seat.seen(), "the answer").type(ENTER).asks("Postal code")
    seat.type("1012").resize(50, 20).type(" AB").when(lambda: "1012 AB" in seat.seen(), "the code")
    seat.type(ENTER).asks("E-mail address")
    seat.kill()


@pytest.mark.parametrize(
    ("env", "words"),
    [({"TERM": "dumb"}, ()), ({"TERM": None}, ()), ({"NO_COLOR": "1"}, ()), ({}, ("--no-color",))],
    ids=["dumb", "no TERM", "NO_COLOR", "--no-color"],
)
def test_terminals_without_colours(
    env: Mapping[str, str | None], words: tuple[str, ...], folder: Path
) -> None:
    """C3: without colours the same questions, answers and refusals."""
    seat = sit(folder, "patients", "add", *words, env=env)
    seat.answer("Consent form signed", "y" + ENTER).answer("Centre", "u" + ENTER)
    seat.answer("Date of consent", "2026-11-22" + ENTER).until("↳ lies in the future")
    seat.asks("Date of consent").type(STOP)
    assert seat.wait() == 130
    assert KEPT in seat.seen()
    if env.get("TERM", "") is not None:  # what is not said about a terminal can have colours
        assert not {cell.fg for row in seat.screen.buffer.values() for cell in row.values()} - {"default"}


def test_only_colours_of_the_theme(folder: Path) -> None:
    """Light or dark: no background is ever set, and the colours are those that the theme has names for."""
    seat = at_question(folder, "postal_code")
    seat.answer("Postal code", "12" + ENTER).until("not a Dutch postal code").type("?").type(WIPE + "?")
    seat.asks("Postal code")
    cells = [cell for row in seat.screen.buffer.values() for cell in row.values()]
    assert {cell.bg for cell in cells} == {"default"}
    assert not any(cell.reverse for cell in cells)
    assert {cell.fg for cell in cells} <= {"default", "red", "cyan", "green"}
    seat.kill()


def test_a_terminal_that_says_where_its_cursor_is(folder: Path) -> None:
    """Most terminals answer; the line with the state of the entry is then at the bottom."""
    seat = at_question(folder, "family_name", env={"PROMPT_TOOLKIT_NO_CPR": None})
    seat.when(lambda: "answered, saved" in seat.screen.display[-1], "the state at the bottom")
    seat.answer(NAME, "Bakker" + ENTER).asks(PREFIX)
    assert "CPR" not in seat.raw
    seat.kill()


# -- two people, and a machine in trouble -----------------------------------------------------------


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
    assert answers(known, launch)["email"] == "other@example.org"
    second.answer("Which answer stands?", pick[0] + ENTER).asks("Language")
    assert answers(known, launch)["email"] == stands
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
    found = answers(known, launch)
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
