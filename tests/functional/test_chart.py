"""`msreg chart` as people call it: on a terminal, on a pipe, into each kind of file (SPEC O1, C3–C5, C8, C12)."""

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
from PIL import Image

from msreg.store.registry import Registry
from msreg.vocabulary import Role

Quick = Callable[..., Any]
P = "MS-0000001"
TODAY = ("--today", "2026-11-21")


@pytest.fixture(autouse=True)
def patient(write: Any, person: Any, course: Any, load: Any) -> None:
    """Somebody with a course of this month, one that is not complete, relapses, a medicine and a questionnaire."""
    who = {"centre": "AMS01", "patient_number": "00001"}
    load(write(
        patients=[person(1, family_name="Łukasik", initials="Ż.")],
        courses=[course(1, date(2026, 11, 2)), course(1, date(2025, 11, 2), edss=None, edss_method="not_done"),
                 course(1, date(2024, 5, 6), edss=3)],
        disease=[who | {"kind": "relapse", "date": date(2024, 3, 2), "methylprednisolone": True}],
        medication=[who | {"medicine": "L04AG08", "start_date": date(2024, 2, 1), "deviating_interval": False}],
        proms=[who | {"answered_on": date(2026, 9, 30), "mobility": "1", "self_care": "1", "usual_activities": "1",
                      "pain_discomfort": "1", "anxiety_depression": "1", "health_score": 68}],
    ))  # fmt: skip


def events(registry: Registry) -> list[dict[str, Any]]:
    with registry.light() as db:
        rows = db.rows("SELECT body FROM audit_event ORDER BY seq")
        return [each for row in rows if (each := json.loads(row[0]))["event"] == "chart.show"]


def left(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()} - {"home", "user", "tmp", "kek", "batch.xlsx"}


def test_on_a_pipe_it_is_text_without_a_name(quick: Quick) -> None:
    """C12: what is piped names the patient by number; `--name` puts the name on it."""
    done = quick("chart", P, *TODAY)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0].startswith("MS-0000001  ·  AMS01  ·  born 1980 ")
    assert max(map(len, lines)) <= 80
    assert "●" in done.out
    assert "ocrelizumab" in done.out
    assert "Łukasik" not in done.out
    assert "msreg " not in done.out, "commands are for a terminal"
    assert "Łukasik, Ż." in quick("chart", P, "--name").out


def test_c8_the_patient_is_named_in_any_way(quick: Quick) -> None:
    for name in ("AMS01:00001", "ams01:00001", "1", "ms-1"):
        assert quick("chart", name).out == quick("chart", P).out


def test_c8_by_a_bsn_that_is_piped(quick: Quick, bsn: Callable[[int], str]) -> None:
    done = quick("chart", "-", "--name", stdin=bsn(1) + "\n")
    assert "Łukasik" in done.out
    assert bsn(1) not in done.out
    assert (quick("chart", bsn(1)).code, quick("chart", bsn(1)).out) == (2, "")


FILES = [
    ("a.jpg", "jpeg", b"\xff\xd8\xff"), ("a.JPEG", "jpeg", b"\xff\xd8\xff"), ("a.png", "png", b"\x89PNG"),
    ("a.svg", "svg", b"<?xml"), ("a.pdf", "pdf", b"%PDF-"), ("a.html", "html", b"<!DOCTYPE html>"),
    ("a.htm", "html", b"<!DOCTYPE html>"), ("a.txt", "terminal", b"MS-0000001"),
]  # fmt: skip


def test_the_name_of_the_file_says_what_is_made(quick: Quick, tmp_path: Path, registry: Registry) -> None:
    for name, format, begins in FILES:
        done = quick("chart", P, "--out", name, "--json", *TODAY)
        assert json.loads(done.out) == {
            "registry_number": P, "out": name, "format": format, "from": "2019-03-04", "until": "2026-11-21",
        }  # fmt: skip
        made = tmp_path / name
        assert made.read_bytes().startswith(begins)
        assert made.stat().st_mode & 0o777 == 0o600
        assert "Łukasik".encode() not in made.read_bytes()
        about = events(registry)[-1]["about"]
        assert about == {"reveal": False, "by_bsn": False, "format": format, "to_file": True, "file": name}
    assert left(tmp_path) == {name for name, _format, _begins in FILES}
    assert len(events(registry)) == len(FILES)


def test_to_whom_and_why_are_in_the_log(quick: Quick, registry: Registry, tmp_path: Path) -> None:
    """With the name of the file and not the folder, which may tell more than was asked."""
    (tmp_path / "folder").mkdir()
    quick("chart", P, "--out", "folder/a.svg", "--to", "huisarts", "--purpose", "consult")
    [event] = events(registry)
    assert (event["about"]["recipient"], event["about"]["purpose"]) == ("huisarts", "consult")
    assert event["about"]["file"] == "a.svg"


def test_format_goes_before_the_name(quick: Quick, tmp_path: Path) -> None:
    assert quick("chart", P, "--out", "a.picture", "--format", "png").code == 0
    assert (tmp_path / "a.picture").read_bytes().startswith(b"\x89PNG")
    refused = quick("chart", P, "--out", "a.gif")
    assert (refused.code, refused.out) == (2, "")
    assert ".jpg, .png, .svg, .pdf, .html or .txt" in refused.err
    assert "--format" in refused.err


def test_what_is_there_is_not_replaced_unless_told(quick: Quick, tmp_path: Path, registry: Registry) -> None:
    """And nobody was looked at for it."""
    (tmp_path / "a.jpg").write_text("mine")
    refused = quick("chart", P, "--out", "a.jpg")
    assert (refused.code, refused.out) == (8, "")
    assert "--overwrite" in refused.err
    assert (tmp_path / "a.jpg").read_text() == "mine"
    assert events(registry) == []
    assert quick("chart", P, "--out", "a.jpg", "--overwrite").code == 0
    assert (tmp_path / "a.jpg").read_bytes().startswith(b"\xff\xd8\xff")


WRONG: list[tuple[tuple[str, ...], int]] = [
    (("MS-0000099", "--out", "a.png"), 3), (("nobody", "--out", "a.png"), 2), ((P, "--out", "none/a.png"), 3),
    ((P, "--out", "home"), 2), ((P, "--out", "home", "--format", "png", "--overwrite"), 8),
    ((P, "--format", "png", "--json"), 2), ((P, "--out", "-", "--json"), 2), ((P, "--format", "gif"), 2), ((), 2),
    ((P, "--from", "2026-11-21", "--out", "a.png", *TODAY), 2), ((P, "--until", "2026-11-22", "--out", "a.png", *TODAY), 2),
    ((P, "--from", "2025-01-01", "--until", "2024-12-31", "--out", "a.png"), 2), ((P, "--from", "yesterday"), 2),
    ((P, "--from", "2023-02-29"), 2),
]  # fmt: skip


def test_what_cannot_be_leaves_no_file_and_one_sentence(
    quick: Quick, tmp_path: Path, registry: Registry
) -> None:
    for words, code in WRONG:
        refused = quick("chart", *words)
        assert (refused.code, refused.out) == (code, ""), (words, refused.err)
        assert refused.err
        assert "ukasik" not in refused.err
        assert "Traceback" not in refused.err
        assert left(tmp_path) == set()
    assert not [each for each in events(registry) if each["outcome"] == "0"]


def test_bounds_are_read_as_dates_are_everywhere(quick: Quick) -> None:
    """C10."""
    found = json.loads(quick("chart", P, "--from", "01-01-2024", "--until", "31/12/2025", "--json").out)
    assert (found["from"], found["until"]) == ("2024-01-01", "2025-12-31")
    assert [each["course_date"] for each in found["courses"]] == ["2024-05-06", "2025-11-02"]
    assert [each["edss"] for each in found["courses"]] == [3, None]


def test_json_has_what_the_drawing_shows_and_no_name(quick: Quick) -> None:
    done = quick("chart", P, "--json", *TODAY)
    found = json.loads(done.out)
    assert list(found) == [
        "registry_number", "centre", "birth_year", "from", "until", "diagnosis_date", "deceased_on",
        "treatment_ended_on", "phenotypes", "courses", "relapses", "mri", "medications", "proms", "relapses_without_date",
    ]  # fmt: skip
    assert found["relapses"] == [{"date": "2024-03-02", "month": "2024-03", "methylprednisolone": True}]
    assert found["medications"] == [{"medicine": "L04AG08", "start_date": "2024-02-01", "stop_date": None}]
    assert found["proms"][0]["health_score"] == 68
    assert found["proms"][0]["index_value"] == 1
    assert "ukasik" not in done.out


def test_a_picture_goes_through_a_pipe(home: Mapping[str, str], tmp_path: Path, registry: Registry) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "msreg", "chart", P, "--format", "jpeg", "--lang", "nl"], env=dict(home),
        cwd=tmp_path, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert Image.open(BytesIO(done.stdout)).size[0] == 1800
    [event] = events(registry)
    assert event["about"]["to_file"] is True


def test_a_terminal_gets_no_picture(terminal: Any, registry: Registry) -> None:
    seen = terminal("chart", P, "--format", "png")
    assert seen.code == 2
    assert "PNG" not in seen.raw
    assert events(registry) == []


@pytest.mark.parametrize(
    ("library", "name", "extra"), [("PIL", "a.jpg", "charts"), ("reportlab", "a.pdf", "pdf")]
)
def test_without_the_library_it_says_what_to_install(
    library: str, name: str, extra: str, home: Mapping[str, str], tmp_path: Path, registry: Registry
) -> None:
    """And SVG and HTML need neither."""
    script = (
        f"import sys; sys.modules['{library}'] = None; sys.argv = ['msreg', *sys.argv[1:]];"
        "from msreg.__main__ import main; sys.exit(main())"
    )
    for file, code in ((name, 9), ("a.html", 0)):
        done = subprocess.run(
            [sys.executable, "-c", script, "chart", P, "--out", file], env=dict(home), cwd=tmp_path, encoding="utf-8",
            capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == code, done.stderr
        assert (f"pip install 'msreg[{extra}]'" in done.stderr) is (code == 9)
    assert left(tmp_path) == {"a.html"}
    assert len(events(registry)) == 1


@pytest.mark.parametrize(("columns", "lang"), [(40, "en"), (80, "nl"), (120, "en")])
def test_on_a_terminal_it_has_the_name_and_ends_with_what_to_do(
    columns: int, lang: str, terminal: Any
) -> None:
    seen = terminal("chart", P, "--lang", lang, *TODAY, columns=columns, rows=60)
    assert seen.code == 0
    assert seen.lines[0].startswith("Łukasik, Ż.  ·  MS-0000001")
    assert "--out MS-0000001.html" in "".join(line.ljust(columns) for line in seen.lines[-2:])
    assert seen.colour("●", "│") == "cyan"


def test_a_terminal_without_braille_gets_ascii_and_no_color_gets_none(terminal: Any) -> None:
    seen = terminal("chart", P, TERM="dumb")
    assert seen.code == 0
    assert "\x1b[" not in seen.raw
    assert not [line for line in seen.lines[1:] if not line.isascii()]
    plain = terminal("chart", P, "--no-color")
    assert "●" in plain.raw
    assert "\x1b[" not in plain.raw


def test_s3_another_centre_finds_nobody(quick: Quick, sit_down: Any, tmp_path: Path) -> None:
    sit_down(Role.READER, "UTR01")
    assert quick("chart", P, "--out", "a.svg").code == 3
    sit_down(Role.READER, "AMS01")
    assert quick("chart", P).code == 0
    assert left(tmp_path) == set()


def test_a_folder_in_which_nothing_may_be_written(quick: Quick, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        place = "/proc/a.png"  # even root cannot make a file here
    else:
        (tmp_path / "shut").mkdir(mode=0o500)
        place = "shut/a.png"
    refused = quick("chart", P, "--out", place)
    assert (refused.code, refused.out) == (9, "")
    full = quick("chart", P, "--out", "/dev/full")
    assert (full.code, full.out) == (2, "")
