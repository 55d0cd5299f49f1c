"""One walk and one content behind help, man pages and the reference (SPEC C1)."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from msreg import __version__
from msreg.cli import GROUPS, root
from msreg.screen.language import activate
from msreg.screen.manual import Manual, walk
from msreg.screen.roff import page_name, roff
from msreg.vocabulary import Language, Record

CODES = [("0", "Done."), ("2", "The call is not right.")]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    activate(Language.EN)
    yield
    activate(Language.EN)


def made_up(**other: object) -> Manual:
    plain: dict[str, object] = {
        "path": "msreg trial", "usage": "msreg trial [options]", "summary": "A trial.", "commands": (),
        "arguments": (), "questions": (), "options": (), "common": (), "examples": (),
    }  # fmt: skip
    return Manual(**plain | other)  # type: ignore[arg-type]


def page(**other: object) -> str:
    return roff(made_up(**other), codes=CODES, settings=(), pages=())


# -- the walk ---------------------------------------------------------------------------------------


def test_everything_is_walked_once_and_below_what_it_stands_in() -> None:
    found = [each.words for each in walk(root())]
    assert found[0] == ()
    assert len(set(found)) == len(found)
    assert {words for words in found if len(words) == 1} == {(name,) for name in GROUPS}
    assert ("disease", "relapse", "add") in found
    for words in found[1:]:
        assert found.index(words[:-1]) < found.index(words)


def test_a_group_lists_what_is_in_it() -> None:
    found = {each.words: each for each in walk(root())}
    for words, told in found.items():
        below = [other[-1] for other in found if other and other[:-1] == words]
        assert [name for name, _text in told.commands] == below, words


def test_questions_are_told_apart_from_options() -> None:
    told = next(each for each in walk(root()) if each.words == ("courses", "edit"))
    assert told.record is Record.COURSE
    assert ("--edss-method CODE", "EDSS assessed") in told.questions
    assert [name for name, _text in told.arguments] == ["PATIENT", "COURSE"]
    assert "--clear TEXT" in [name for name, _text in told.options]
    assert "--lang nl|en" in [name for name, _text in told.common]
    names = [name for rows in (told.questions, told.options, told.common) for name, _text in rows]
    assert len(set(names)) == len(names)


def test_the_language_is_the_one_that_is_spoken() -> None:
    english = [each.summary for each in walk(root())]
    activate(Language.NL)
    dutch = [each.summary for each in walk(root())]
    assert len(english) == len(dutch)
    assert english[1] != dutch[1]


# -- roff -------------------------------------------------------------------------------------------


def test_signs_that_roff_reads_are_written_as_themselves() -> None:
    """A minus stays one that can be copied; no text becomes an instruction."""
    text = page(
        options=[
            ("--no-input", "Never 'ask'; a \\n stays."),
            ("--in DATE", ".so /etc/passwd"),
            ("-x", "'twas"),
        ],
        examples=["msreg trial \\", ".hidden", "a ^ ~ `b`"],
    )
    assert "\\fB\\-\\-no\\-input\\fR\nNever \\(aqask\\(aq; a \\en stays." in text
    assert "\\fB\\-\\-in\\fR \\fIDATE\\fR\n\\&.so /etc/passwd" in text
    assert "\n\\(aqtwas" in text
    assert "\n\\&.hidden\na \\(ha \\(ti \\(gab\\(ga\n" in text


def test_a_page_is_ascii_and_names_its_version() -> None:
    text = page(summary="Één – naam “en” ▌.")
    assert text.isascii()
    assert "\\[u00C9]\\[u00E9]n \\[u2013] naam" in text
    assert f'"msreg {__version__}"' in text
    assert text.startswith('.\\" ')


def test_empty_sections_are_left_out() -> None:
    assert [line for line in page().splitlines() if line.startswith(".SH")] == [
        '.SH "NAME"', '.SH "SYNOPSIS"', '.SH "EXIT STATUS"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "near"),
    [((), {"a", "b"}), (("a",), {"", "a x", "a y"}), (("a", "x"), {"a", "a y"}), (("b",), {"", "b z"})],
)
def test_a_page_names_those_above_beside_and_below_it(words: tuple[str, ...], near: set[str]) -> None:
    pages = [(), ("a",), ("a", "x"), ("a", "y"), ("b",), ("b", "z")]
    told = made_up(path=" ".join(("msreg", *words)))
    text = roff(told, codes=CODES, settings=(), pages=pages)
    shown = {each.partition("\\fR")[0] for each in text.partition("SEE ALSO")[2].split("\\fB")[1:]}
    expected = {page_name(each.split()).replace("-", "\\-") for each in near}
    assert shown == expected


READERS = [words for words in (["groff", "-man", "-Tutf8", "-ww", "-rLL=80n", "-z"], ["mandoc", "-Wwarning"])
           if shutil.which(words[0])]  # fmt: skip


@pytest.mark.parametrize("reader", READERS, ids=lambda words: str(words[0]))
@pytest.mark.parametrize("language", Language)
def test_man_reads_every_page_without_a_warning(reader: list[str], language: Language) -> None:
    activate(language)
    found = list(walk(root()))
    pages = [each.words for each in found]
    whole = "".join(roff(each, codes=CODES, settings=CODES, pages=pages) for each in found)
    done = subprocess.run(reader, input=whole, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
