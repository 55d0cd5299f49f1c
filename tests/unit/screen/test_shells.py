"""What shells send for a Tab and what they get back (decision 0027)."""

from __future__ import annotations

import subprocess

import pytest
from typer._click.shell_completion import CompletionItem

from msreg.screen.shells import SHELLS, told, typed

LINE = "_TYPER_COMPLETE_ARGS"


@pytest.mark.parametrize(
    ("line", "words", "incomplete"),
    [
        ("msreg", [], ""),
        ("msreg ", [], ""),
        ("msreg pat", [], "pat"),
        ("msreg courses edit MS-00", ["courses", "edit"], "MS-00"),
        ("msreg courses edit MS-0000012 ", ["courses", "edit", "MS-0000012"], ""),
        ("msreg courses edit AMS01:00001 20", ["courses", "edit", "AMS01:00001"], "20"),
        ("msreg patients list --phenotype=s", ["patients", "list"], "--phenotype=s"),
        ("msreg patients find 'van den B", ["patients", "find"], "van den B"),
    ],
)
def test_the_line_up_to_the_cursor_is_read(line: str, words: list[str], incomplete: str) -> None:
    assert typed({LINE: line}) == (words, incomplete)


def test_a_shell_that_says_nothing_has_typed_nothing() -> None:
    assert typed({}) == ([], "")


@pytest.mark.parametrize(("line", "begun"), [("msreg patients li", "li"), ("msreg patients l", "li")])
def test_powershell_tells_the_word_apart(line: str, begun: str) -> None:
    assert typed({LINE: line, "_TYPER_COMPLETE_WORD_TO_COMPLETE": begun}) == (["patients"], "li")


ITEM = CompletionItem("a:b", help="what\nit is")


@pytest.mark.parametrize(
    ("shell", "shown"), [("bash", "a:b"), ("zsh", "a\\:b:what it is"), ("fish", "a:b\twhat it is")]
)
def test_each_shell_hears_it_in_its_own_way(shell: str, shown: str) -> None:
    assert told(SHELLS[shell], "", [ITEM]) == shown


@pytest.mark.parametrize(
    ("shell", "shown"), [("bash", "rrms"), ("zsh", "--phenotype=rrms"), ("fish", "--phenotype=rrms")]
)
def test_a_value_that_is_joined_to_its_option(shell: str, shown: str) -> None:
    """Bash cuts words at `=`, the others do not."""
    assert told(SHELLS[shell], "--phenotype=r", [CompletionItem("rrms")]) == shown


def test_bash_cuts_words_at_colons_too() -> None:
    assert told(SHELLS["bash"], "AMS01:0", [CompletionItem("AMS01:00001")]) == "00001"


def test_bash_takes_our_script() -> None:
    script = SHELLS["bash"].script
    assert script is not None
    done = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, "")
