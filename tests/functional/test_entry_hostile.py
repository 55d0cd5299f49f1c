"""Guided entry against what people paste, terminals of every kind, a second person, and a machine in trouble."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from msreg.vocabulary import Record
from tests.conftest import Launch
from tests.crash.states import sound
from tests.entries import PATIENT, TODAY, exported_patient, label
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
    assert exported_patient(folder, launch)["family_name"] == kept


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


@pytest.mark.parametrize(
    ("keys", "kept"), [("1013 AD", "1013 AD"), ("\x7f011 AC", "1011 AC"), ("\x1b[H10\x1b[F AE", "1012 AE")]
)
def test_who_types_replaces_what_is_offered(folder: Path, keys: str, kept: str) -> None:
    """A whole answer is not added to the refused one; wiping a letter or moving the cursor mends that one."""
    seat = at_question(folder, "postal_code")
    seat.answer("Postal code", "12" + ENTER).until("not a Dutch postal code").asks("Postal code")
    seat.type(keys + ENTER).asks("E-mail address").until(kept)
    seat.kill()


def test_a_paste_replaces_what_is_offered(folder: Path) -> None:
    seat = at_question(folder, "postal_code")
    seat.answer("Postal code", "12" + ENTER).until("not a Dutch postal code").asks("Postal code")
    seat.paste("1014 AF").type(ENTER).asks("E-mail address").until("1014 AF")
    seat.kill()


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
