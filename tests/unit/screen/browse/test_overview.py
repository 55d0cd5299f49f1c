"""The overview by keys: scrolling, sorting, narrowing, resetting, and what may go wrong meanwhile (SPEC P5-P7)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from msreg.errors import NotAllowed
from msreg.screen.browse.run import browse
from msreg.screen.browse.state import End, Start, Wanted
from msreg.services.patients import Asked, overview
from msreg.store.connect import open_database
from msreg.vocabulary import Record, Role

from .conftest import TODAY, Stage


def listed(stage: Stage, asked: Asked, **more: Any) -> list[int]:
    found = overview(
        stage.registry, by=more.get("by", stage.by), asked=asked._replace(page_size=99), today=TODAY
    )
    return [row["number"] for row in found.rows]


# -- scrolling --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "first", "cursor"),
    [
        ((), 1, 1), (("down",) * 3, 1, 4), (("down",) * 6, 2, 7), (("down",) * 6 + ("up",) * 6, 1, 1),
        (("up",), 1, 1), (("pagedown",), 7, 7), (("pagedown", "pageup"), 1, 1), (("pagedown",) * 4, 25, 25),
        (("pagedown",) * 5, 25, 30), (("end",), 25, 30), (("end", "pageup"), 19, 24), (("end", "home"), 1, 1),
        (("end",) + ("up",) * 6, 24, 24), (("end", "down"), 25, 30), (("end",) + ("pageup",) * 9, 1, 1),
    ],
)  # fmt: skip
def test_keys_move_the_window(keys: tuple[str, ...], first: int, cursor: int, stage: Stage) -> None:
    """Six rows of thirty on the screen."""
    seen = stage.play(*keys, size=(80, 10))
    assert seen.numbers == list(range(first, first + 6))
    assert f"MS-{cursor:07d}" in seen.cursor
    assert "30 patients" in seen.title


def test_s5_one_look_a_window_and_not_one_a_key(stage: Stage) -> None:
    """Arrow keys within what was fetched log nothing; who was on the screen is in the log."""
    stage.play("down", "up", "down", size=(80, 10))
    assert stage.events() == 1
    stage.play(*["down"] * 12, size=(80, 10))  # to the thirteenth: the first six, six more, and six more
    assert stage.events() == 1 + 3
    with stage.registry.light() as db:
        seen = db.rows(
            "SELECT p.number FROM audit_item i JOIN patient p ON p.id = i.patient_id"
            " JOIN audit_event e ON e.seq = i.seq WHERE e.body LIKE '%\"patients.browse\"%' ORDER BY i.seq, i.n"
        )
    assert [row[0] for row in seen] == [*range(1, 7), *range(1, 19)]


@pytest.mark.parametrize("height", [1, 3, 5, 6, 33, 34, 35, 36, 60])
def test_any_height(height: int, stage: Stage) -> None:
    """All thirty fit on 34 lines: title, header, note and keys take four."""
    seen = stage.play(*["pagedown"] * 10, "home", size=(80, height))
    assert seen.app.fault is None
    assert len(seen.lines) == height
    if height > 4:
        assert seen.numbers == list(range(1, min(31, height - 3)))


@pytest.mark.parametrize("width", [1, 10, 39, 40, 41, 79, 80, 81, 200])
def test_any_width(width: int, stage: Stage) -> None:
    seen = stage.play("down", "f", "escape", "enter", "escape", size=(width, 12))
    assert seen.app.fault is None
    if width >= 40:
        assert seen.numbers[:2] == [1, 2]


def test_a_terminal_that_changes_its_size(stage: Stage) -> None:
    seen = stage.play(*["down"] * 9, (40, 8), (120, 30), (40, 12), size=(80, 24))
    assert "MS-0000010" in seen.cursor
    assert len(seen.numbers) == 8
    longer = stage.play("end", (80, 30), size=(80, 10))  # more rows than there were: filled from above
    assert longer.numbers == list(range(5, 31))


# -- sorting and narrowing --------------------------------------------------------------------------------


@pytest.mark.parametrize(("downs", "sort"), [(1, "name"), (2, "born"), (8, "centre"), (13, "ended")])
def test_sort_and_reverse(downs: int, sort: str, stage: Stage) -> None:
    chosen = ("s", *["down"] * downs, "enter")
    assert stage.play(*chosen, size=(80, 34)).numbers == listed(stage, Asked(sort=sort))
    seen = stage.play(*chosen, "r", size=(80, 34))
    assert seen.numbers == listed(stage, Asked(sort=sort, descending=True))
    assert "reversed" in seen.title
    assert stage.play(*chosen, "r", "r", size=(80, 34)).numbers == listed(stage, Asked(sort=sort))
    assert stage.play("s", "down", "escape", size=(80, 34)).numbers == list(range(1, 31))


@pytest.mark.parametrize("start", ["slash", "S", "v"])
def test_p5_names_by_first_letters_while_they_are_typed(start: str, stage: Stage) -> None:
    """A letter that is no key of the screen begins a name by itself; a capital always does."""
    letters = [start] if start != "slash" else ["slash", "s"]
    expected = listed(stage, Asked(name=letters[-1].lower()))
    assert expected
    typed = stage.play(*letters, "wait", size=(80, 34))
    assert typed.numbers == expected
    assert typed.note.startswith(" Name begins with: " + letters[-1])
    kept = stage.play(*letters, "enter", size=(80, 34))
    assert kept.numbers == expected
    assert f"Name begins with: {letters[-1]}" in kept.title
    back = stage.play(*letters, "wait", "escape", size=(80, 34))
    assert back.numbers == list(range(1, 31))
    assert stage.play(*letters, "enter", "x", size=(80, 34)).numbers == list(range(1, 31))


def test_s5_letters_that_follow_each_other_are_one_look(stage: Stage) -> None:
    stage.play("slash", "s", "m", "i", "t", "wait")
    assert stage.events() == 2


@pytest.mark.parametrize("text", ["1988", "1988-10-25", "25-10-1988"])
def test_p5_born_on_a_day_or_in_a_year(text: str, stage: Stage) -> None:
    seen = stage.play("b", *text.replace("-", "~").replace("~", "-"), "enter")
    assert seen.numbers == listed(stage, Asked(born=text))
    assert 1 in seen.numbers


def test_what_is_no_birth_date_says_so_and_changes_nothing(stage: Stage) -> None:
    seen = stage.play("b", *"88", "enter")
    assert "1970-01-03" in seen.note
    assert "30 patients" in seen.title
    assert stage.play("b", *"88", "enter", "down").note.startswith(" ! a new course")


def test_p5_own_shared_all(stage: Stage) -> None:
    clinician = stage.member("AMS01", Role.CLINICIAN)
    for presses, scope in ((0, "all"), (1, "own"), (2, "shared"), (3, "all")):
        seen = stage.play(*["o"] * presses, size=(80, 34), by=clinician)
        assert seen.numbers == listed(stage, Asked(scope=scope), by=clinician), scope
    desk = stage.play("o", size=(80, 34))
    assert desk.numbers == listed(stage, Asked(scope="shared"))
    assert "shared patients" in desk.title


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ((*["down"] * 4, "right"), Asked(sex="female")),
        ((*["down"] * 4, "left", "left"), Asked(sex="male")),
        ((*["down"] * 4, "right", "backspace"), Asked()),
        ((*["down"] * 6, "right", "right"), Asked(complete=False)),
        ((*["down"] * 7, "space"), Asked(due=True)),
        (("up", "7"), Asked(number=7)),
        (("up", *"MS-0000007"), Asked(number=7)),
        ((*["up"] * 2, *"ams01"), Asked(centre="AMS01")),
        (("s", *["down"] * 5, *["right"] * 3), Asked(name="s", phenotype="rrms")),
    ],
)  # fmt: skip
def test_p5_a_filter_for_every_column(keys: tuple[str, ...], asked: Asked, stage: Stage) -> None:
    """The panel begins at the name; up and down go from filter to filter."""
    seen = stage.play("f", *keys, "enter", size=(80, 34))
    assert seen.numbers == listed(stage, asked)
    assert stage.play("f", *keys, "escape", size=(80, 34)).numbers == list(range(1, 31))


@pytest.mark.parametrize(
    ("keys", "said"),
    [(("up", *"abc"), "MS-0000012"), (("down", "down", *"12"), "nine digits"), ((*["down"] * 8, *"soon"), "date"),
     (("%",), "letter"), ((*["up"] * 2, *"NOP99"), "NOP99")],
)  # fmt: skip
def test_a_filter_that_is_no_value_says_so(keys: tuple[str, ...], said: str, stage: Stage) -> None:
    seen = stage.play("f", *keys, "enter")
    assert said in seen.note


def test_c8_a_bsn_is_found_and_masked(stage: Stage) -> None:
    bsn = stage.one("SELECT bsn FROM patient WHERE number = 2")
    seen = stage.play("f", "down", "down", *bsn, "enter", size=(120, 24))
    assert seen.numbers == [2]
    assert bsn not in seen.text
    assert "••••••" + bsn[-3:] in seen.title


# -- what is shown ----------------------------------------------------------------------------------------


def test_p6_p7_colours_of_the_manual_with_a_mark_beside_each(stage: Stage) -> None:
    seen = stage.play("end", "home", "pagedown", size=(80, 34))
    assert seen.style("no  (4)").color.name == "red"
    assert seen.style("2025-03-22 !").color.name == "color(166)"
    green = next(style for piece, style in seen.styles if piece.startswith("yes") and style.color)
    assert green.color.name == "green"
    assert seen.style("MS-0000030").reverse  # the cursor
    plain = stage.play(color=False)
    assert all(style is None or style.color is None or style.color.is_default for _, style in plain.styles)
    assert plain.lines == stage.play().lines


@pytest.mark.parametrize(
    "name",
    [
        "\x1b[31mRood",
        "\u202eomgekeerd",
        "[b]Vet[/b]",
        "[/]",
        "🙂👩‍👩‍👧 Emoji",
        "a\nb\tc",
        ":smile:",
        "J" * 100,
    ],
)
def test_names_are_shown_as_they_are_and_steer_nothing(name: str, stage: Stage) -> None:
    stage.sql("UPDATE patient SET initials = NULL, name_prefix = NULL")
    with stage.registry.light() as db:
        db.execute("UPDATE patient SET family_name = ? WHERE number = 2", (name,))
    seen = stage.play("down", size=(120, 24))
    assert seen.app.fault is None
    for line in seen.lines:
        assert not any(ord(each) < 32 or each in "\x7f\u202e" for each in line)
    if name.startswith(("[", ":")):
        assert name in seen.cursor
    opened = stage.play("down", "enter", "right", "right", size=(80, 24))
    assert opened.app.fault is None
    assert not any(ord(each) < 32 or each == "\u202e" for each in opened.text.replace("\n", ""))


def test_an_empty_registry_and_a_search_without_end(stage: Stage) -> None:
    seen = stage.play("slash", *"zzz", "enter", "down", "up", "pagedown", "end", "home", "enter", "r", "f5")
    assert seen.app.fault is None
    assert "No patients." in seen.text
    assert "0 patients" in seen.title


# -- who may what -----------------------------------------------------------------------------------------


def test_who_may_not_write_does_not_see_the_keys_and_they_do_nothing(stage: Stage) -> None:
    reader = stage.member("AMS01", Role.READER)
    seen = stage.play("n", size=(120, 24), by=reader)
    assert "new" not in seen.keys
    assert (seen.app.return_value, seen.app.fault) == (None, None)
    desk = stage.play("n", size=(120, 24))
    assert isinstance(desk.app.return_value, Wanted)
    assert (desk.app.return_value.record, desk.app.return_value.patient) == (Record.PATIENT, None)


def test_who_may_not_read_is_refused_before_the_screen_opens(stage: Stage) -> None:
    by = stage.member("AMS01", Role.NOTIFIER)
    with pytest.raises(NotAllowed):
        browse(stage.registry, by=by, today=TODAY, asked=Asked(), color=True)
    with stage.registry.light() as db:
        last = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert last is not None
    event = json.loads(last[0])
    assert (event["event"], event["outcome"]) == ("patients.browse", "4")


# -- what happens meanwhile -------------------------------------------------------------------------------


def test_a_patient_who_is_shared_no_longer(stage: Stage) -> None:
    clinician = stage.member("AMS01", Role.CLINICIAN)
    shared = listed(stage, Asked(scope="shared"), by=clinician)
    assert shared

    def unshare(_app: Any) -> None:
        stage.sql("UPDATE share SET until = '2026-11-20'")

    start = Start(Asked(scope="shared"))
    seen = stage.play(unshare, "enter", start=start, by=clinician)
    assert "no such patient among those whom you may see" in seen.note
    kept = [number for number in shared if number not in seen.numbers]
    assert kept
    assert "MS-" not in seen.note


def test_somebody_else_keeps_the_registry_locked(stage: Stage) -> None:
    """One line says so; the screen stays, and goes on when the lock is gone."""
    other = []

    def lock(_app: Any) -> None:
        other.append(open_database(stage.registry.settings.database_file, stage.registry.keys.db_key))
        other[0].execute("BEGIN IMMEDIATE")

    def let_go(_app: Any) -> None:
        other[0].close()

    seen = stage.play(lock, "pagedown", size=(80, 10))
    assert "Somebody else is writing" in seen.note
    assert seen.numbers == list(range(1, 7))
    other[0].close()
    other.clear()
    after = stage.play(lock, "pagedown", let_go, "pagedown", size=(80, 10))
    assert after.numbers == list(range(7, 13))


def test_c4_what_breaks_ends_the_screen_and_prints_no_value(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log takes no row: an error that nobody foresaw. Textual would print all variables."""

    def break_the_log(_app: Any) -> None:
        stage.sql("CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END")

    seen = stage.play(break_the_log, "pagedown", size=(80, 10))
    assert seen.app.fault is not None
    assert seen.app._exit_renderables == []
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "")


def test_c4_a_mistake_in_the_screen_itself_prints_no_value(
    stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    def go_wrong(app: Any) -> None:
        def wrong() -> None:
            raise ValueError("Mulder, Y.R.")

        app.call_later(wrong)

    with pytest.raises(ValueError):
        stage.play(go_wrong)
    said = capsys.readouterr()
    assert "Mulder" not in said.out + said.err


def test_quitting(stage: Stage) -> None:
    for keys in (("q",), ("ctrl+q",), ("enter", "q")):
        assert stage.play(*keys).app.return_value is End.LEFT
    for keys in (
        ("ctrl+c",),
        ("slash", "a", "ctrl+c"),
        ("f", "ctrl+c"),
        ("enter", "ctrl+c"),
        ("s", "ctrl+c"),
    ):
        assert stage.play(*keys).app.return_value is End.STOPPED


def test_back_where_one_was(stage: Stage) -> None:
    """After a guided entry: the same order, the same place, the same patient under the cursor."""
    asked = Asked(sort="name")
    before = stage.play(*["down"] * 8, "n", size=(80, 10), start=Start(asked))
    wanted = before.app.return_value
    assert isinstance(wanted, Wanted)
    again = stage.play(size=(80, 10), start=wanted.back.saying("Saved."))
    assert again.numbers == listed(stage, asked)[3:9]
    assert f"MS-{listed(stage, asked)[8]:07d}" in again.cursor
    assert again.note == " Saved."


def test_f5_looks_again(stage: Stage) -> None:
    def rename(_app: Any) -> None:
        stage.sql(
            "UPDATE patient SET family_name = 'Andersen', name_prefix = NULL, search_name = 'andersen' WHERE number = 2"
        )

    seen = stage.play("down", rename, "f5")
    assert "Andersen" in seen.cursor
