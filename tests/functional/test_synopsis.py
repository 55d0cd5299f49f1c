"""`msreg synopsis` as people call it: on a terminal, on a pipe, into a file, on paper (SPEC O2, C3–C5, C12)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.services import access
from msreg.store.registry import Registry
from msreg.vocabulary import Role

Quick = Callable[..., Any]
P = "MS-0000001"


@pytest.fixture(autouse=True)
def patient(write: Any, person: Any, course: Any, load: Any) -> None:
    """Somebody with a course of this month and one that is not complete."""
    load(write(
        patients=[person(1, family_name="Łukasik", initials="Ż.")],
        courses=[course(1, date(2026, 11, 2)), course(1, date(2025, 11, 2), edss=None, edss_method="not_done")],
        medication=[{"centre": "AMS01", "patient_number": "00001", "medicine": "L04AG08",
                     "start_date": date(2024, 2, 1), "deviating_interval": False}],
    ))  # fmt: skip


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
        return [each for row in rows if (each := json.loads(row[0]))["event"] == "synopsis.show"]


def left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} - {"home", "user", "tmp", "kek", "batch.xlsx"}


def test_on_a_pipe_it_is_text(quick: Quick) -> None:
    done = quick("synopsis", P, "--today", "2026-11-21")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("Łukasik, Ż. (f, 46)   MS-0000001   AMS01 ")
    assert max(map(len, lines)) <= 80
    assert "ocrelizumab since 2024-02-01" in done.out
    assert "msreg " not in done.out, "commands are for a terminal"


@pytest.mark.parametrize("name", ["AMS01:00001", "ams01:00001", "1", "ms-1"])
def test_c8_the_patient_is_named_in_any_way(name: str, quick: Quick) -> None:
    assert quick("synopsis", name).out == quick("synopsis", P).out


def test_c8_by_a_bsn_that_is_piped(quick: Quick, bsn: Callable[[int], str], registry: Registry) -> None:
    assert quick("synopsis", "-", stdin=bsn(1) + "\n").out == quick("synopsis", P).out
    assert bsn(1) not in quick("synopsis", P).out
    assert bsn(1) in quick("synopsis", P, "--reveal").out
    refused = quick("synopsis", bsn(1))
    assert (refused.code, refused.out) == (2, "")
    assert [(each["about"]["by_bsn"], each["about"]["reveal"]) for each in events(registry)[:4]] == [
        (True, False), (False, False), (False, False), (False, True),
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "format", "begins"), [
    ("a.txt", "text", b"\xc5\x81ukasik"), ("a.md", "markdown", b"# \xc5\x81ukasik"), ("A.PDF", "pdf", b"%PDF-"),
])  # fmt: skip
def test_the_name_of_the_file_says_what_is_made(
    name: str, format: str, begins: bytes, quick: Quick, tmp_path: Path, registry: Registry
) -> None:
    done = quick("synopsis", P, "--out", name, "--json")
    assert json.loads(done.out) == {"registry_number": P, "out": name, "format": format}
    made = tmp_path / name
    assert made.read_bytes().startswith(begins)
    assert made.stat().st_mode & 0o777 == 0o600
    assert left(tmp_path) == {name}
    [event] = events(registry)
    assert event["about"] == {"reveal": False, "by_bsn": False, "format": format, "to_file": True}


def test_format_goes_before_the_name(quick: Quick, tmp_path: Path) -> None:
    assert quick("synopsis", P, "--out", "a.text", "--format", "pdf").code == 0
    assert (tmp_path / "a.text").read_bytes().startswith(b"%PDF-")
    refused = quick("synopsis", P, "--out", "a.docx")
    assert (refused.code, refused.out) == (2, "")
    assert "--format" in refused.err


def test_a_text_file_is_what_a_pipe_gets(quick: Quick, tmp_path: Path) -> None:
    quick("synopsis", P, "--out", "a.txt")
    assert (tmp_path / "a.txt").read_text(encoding="utf-8") == quick("synopsis", P, "--out", "-").out


def test_what_is_there_is_not_replaced_unless_told(quick: Quick, tmp_path: Path, registry: Registry) -> None:
    """And nobody was looked at for it."""
    (tmp_path / "a.pdf").write_text("mine")
    refused = quick("synopsis", P, "--out", "a.pdf")
    assert (refused.code, refused.out) == (8, "")
    assert "--overwrite" in refused.err
    assert (tmp_path / "a.pdf").read_text() == "mine"
    assert events(registry) == []
    assert quick("synopsis", P, "--out", "a.pdf", "--overwrite").code == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize(("words", "code"), [
    (("MS-0000099", "--out", "a.pdf"), 3), (("nobody", "--out", "a.pdf"), 2), ((P, "--out", "none/a.pdf"), 3),
    ((P, "--out", "home"), 2), ((P, "--out", "home", "--format", "pdf", "--overwrite"), 8),
    ((P, "--format", "pdf", "--json"), 2), ((P, "--out", "-", "--json"), 2), ((P, "--format", "docx"), 2), ((), 2),
])  # fmt: skip
def test_what_cannot_be_leaves_no_file(
    words: tuple[str, ...], code: int, quick: Quick, tmp_path: Path
) -> None:
    refused = quick("synopsis", *words)
    assert (refused.code, refused.out) == (code, ""), refused.err
    assert refused.err
    assert "ukasik" not in refused.err
    assert left(tmp_path) == set()


def test_a_pdf_goes_through_a_pipe(home: Mapping[str, str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "msreg", "synopsis", P, "--format", "pdf", "--lang", "nl"], env=dict(home),
        cwd=tmp_path, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    [page] = PdfReader(BytesIO(done.stdout), strict=True).pages
    assert "Łukasik, Ż. (v, " in page.extract_text()


def test_a_terminal_gets_no_pdf(terminal: Any, registry: Registry) -> None:
    seen = terminal("synopsis", P, "--format", "pdf")
    assert seen.code == 2
    assert "%PDF" not in seen.raw
    assert events(registry) == []


def test_without_the_library_it_says_what_to_install(
    home: Mapping[str, str], tmp_path: Path, registry: Registry
) -> None:
    script = (
        "import sys; sys.modules['reportlab'] = None; sys.argv = ['msreg', *sys.argv[1:]];"
        "from msreg.__main__ import main; sys.exit(main())"
    )
    for words, code in ((("--out", "a.pdf"), 9), (("--out", "a.md"), 0)):
        done = subprocess.run(
            [sys.executable, "-c", script, "synopsis", P, *words], env=dict(home), cwd=tmp_path, encoding="utf-8",
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert ("pip install 'msreg[pdf]'" in done.stderr) is (code == 9)
    assert left(tmp_path) == {"a.md"}
    assert len(events(registry)) == 1


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_on_a_terminal_it_is_one_screen_that_ends_with_what_to_do(
    columns: int, lang: str, terminal: Any
) -> None:
    seen = terminal("synopsis", P, "--lang", lang, "--today", "2026-11-21", columns=columns, rows=48)
    assert seen.code == 0
    assert "Łukasik, Ż." in seen.lines[0]
    assert "msreg synopsis" in " ".join(seen.lines[-2:])
    assert len(seen.lines) <= 45


def test_no_color_and_json_have_no_escapes(terminal: Any) -> None:
    assert "\x1b[" in terminal("synopsis", P).raw
    assert "\x1b[" not in terminal("synopsis", P, "--no-color").raw
    assert "\x1b[" not in terminal("synopsis", P, "--json").raw


def test_json_has_everything(quick: Quick) -> None:
    found = json.loads(quick("synopsis", P, "--json", "--today", "2026-11-21").out)
    assert (found["registry_number"], found["family_name"], found["age"]) == (P, "Łukasik", 46)
    assert [each["course_date"] for each in found["courses"]] == ["2026-11-02", "2025-11-02"]
    assert found["last_edss"] == {"course_date": "2026-11-02", "edss": 2.5}


def test_markdown_on_a_pipe(quick: Quick, tmp_path: Path) -> None:
    quick("synopsis", P, "--out", "a.md")
    assert quick("synopsis", P, "--format", "markdown").out == (tmp_path / "a.md").read_text(encoding="utf-8")


def test_s3_another_centre_finds_nobody(
    quick: Quick, sit_down: Any, registry: Registry, tmp_path: Path
) -> None:
    sit_down(Role.READER, "UTR01")
    assert quick("synopsis", P, "--out", "a.txt").code == 3
    sit_down(Role.READER, "AMS01")
    assert quick("synopsis", P).code == 0
    assert quick("synopsis", P, "--reveal").code == 5
    assert left(tmp_path) == set()
    assert access.whoami(registry, registry.settings.environ).role is Role.READER


def test_a_folder_in_which_nothing_may_be_written(quick: Quick, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        place = "/proc/a.pdf"  # even root cannot make a file here
    else:
        (tmp_path / "shut").mkdir(mode=0o500)
        place = "shut/a.pdf"
    refused = quick("synopsis", P, "--out", place)
    assert (refused.code, refused.out) == (9, "")
