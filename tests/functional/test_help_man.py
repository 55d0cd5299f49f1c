"""`msreg help man`: manual pages of every command in both languages (SPEC C1)."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.cli import root
from msreg.screen.manual import walk
from msreg.screen.roff import page_name

Run = Callable[..., Any]


def test_the_page_of_a_command_goes_to_standard_output(run: Run) -> None:
    done = run("help", "man", "courses", "edit", MSREG_LANG="en")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith('.\\"')
    assert '.TH "MSREG\\-COURSES\\-EDIT" "1"' in done.out
    assert '.SH "SYNOPSIS"\n\\fBmsreg courses edit\\fR [options] PATIENT COURSE\n' in done.out
    assert "\\fB\\-\\-edss\\fR \\fINUMBER\\fR\nEDSS score" in done.out
    assert "msreg forms show course" in done.out
    assert all(f"\\fB{code}\\fR\n" in done.out for code in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130))


def test_without_a_command_it_is_the_page_of_msreg_itself(run: Run) -> None:
    done = run("help", "man", MSREG_LANG="en")
    assert done.code == 0
    assert '.TH "MSREG" "1"' in done.out
    assert "\\fBMSREG_HOME\\fR" in done.out
    assert "\\fBmsreg\\-patients\\fR(1)" in done.out


def test_dutch_is_spoken(run: Run) -> None:
    done = run("help", "man", "patients", "--lang", "nl")
    assert '.SH "NAAM"\nmsreg\\-patients \\- ' in done.out


@pytest.mark.parametrize("words", [["nothing"], ["courses", "nothing"], ["courses", "list", "more"]])
def test_a_command_that_is_none_is_not_found(words: list[str], run: Run) -> None:
    done = run("help", "man", *words, MSREG_LANG="en")
    assert (done.code, done.out) == (3, "")
    assert "msreg --help" in done.err


def test_json_has_no_pages(run: Run) -> None:
    assert run("help", "man", "--json").code == 2


def test_all_pages_in_both_languages_where_man_finds_them(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "share" / "man"
    done = run("help", "man", "--out", folder, MSREG_LANG="en")
    assert (done.code, done.err) == (0, "")
    names = {f"{page_name(each.words)}.1" for each in walk(root())}
    assert {each.name for each in (folder / "man1").iterdir()} == names
    assert {each.name for each in (folder / "nl" / "man1").iterdir()} == names
    assert {"msreg.1", "msreg-patients.1", "msreg-patients-add.1", "msreg-disease-relapse-add.1"} <= names
    assert f"{2 * len(names)} pages" in done.out
    english = (folder / "man1" / "msreg.1").read_text("ascii")
    assert '.SH "NAME"' in english
    assert english != (folder / "nl" / "man1" / "msreg.1").read_text("ascii")
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o755 if path.is_dir() else 0o644), path


def test_pages_that_are_there_are_replaced_only_when_told(run: Run, tmp_path: Path) -> None:
    page = tmp_path / "man" / "man1" / "msreg-undo.1"
    page.parent.mkdir(parents=True)
    page.write_text("mine")
    done = run("help", "man", "--out", tmp_path / "man", MSREG_LANG="en")
    assert done.code == 8
    assert "msreg-undo.1" in done.err
    assert [each.name for each in page.parent.iterdir()] == [page.name]
    assert page.read_text() == "mine"
    assert run("help", "man", "--out", tmp_path / "man", "--overwrite").code == 0
    assert page.read_text() != "mine"


def test_out_writes_all_and_takes_no_command(run: Run, tmp_path: Path) -> None:
    done = run("help", "man", "courses", "--out", tmp_path / "man")
    assert done.code == 2
    assert not (tmp_path / "man").exists()


def test_a_place_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run("help", "man", "--out", tmp_path / "file" / "man", "--json")
    assert done.code == 2  # it has no JSON to give
    done = run("help", "man", "--out", tmp_path / "file" / "man", MSREG_LANG="en")
    assert (done.code, done.out) == (9, "")
    assert str(tmp_path / "file") in done.err
    assert "Traceback" not in done.err
