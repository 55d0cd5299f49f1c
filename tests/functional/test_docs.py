"""`msreg docs` as people call it: without a registry, in both languages, on a terminal and into files (SPEC O4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.mail.kinds import KINDS
from msreg.services.documents import LETTERS

Run = Callable[..., Any]
OFFICE = {
    "MSREG_OFFICE_NAME": "Bureau De Vecht",
    "MSREG_OFFICE_ADDRESS": "Postbus 1, Utrecht",
    "MSREG_OFFICE_EMAIL": "bureau@example.org",
    "MSREG_OFFICE_PHONE": "030 123 45 67",
    "MSREG_OFFICE_MAIL_NAME": "Bureau De Vecht",
}


def test_o4_the_list(run: Run) -> None:
    ran = run("docs", "list", "--json")
    found = json.loads(ran.out)
    assert [each["key"] for each in found] == [*LETTERS, *KINDS]
    assert all(set(each["title"]) == {"nl", "en"} == set(each["languages"]) for each in found)
    assert found[0]["formats"] == ["pdf", "txt", "md"]
    assert found[-1]["formats"] == ["txt", "html"]
    assert "Toestemming voor de MS-registratie" in run("docs", "list", MSREG_LANG="nl").out


@pytest.mark.parametrize("key", [*LETTERS, *KINDS])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_o4_each_as_text_in_80_columns(run: Run, key: str, lang: str) -> None:
    ran = run("docs", "get", key, "--lang", lang, **OFFICE)
    assert ran.code == 0
    assert ran.err == ""
    assert max(map(len, ran.out.splitlines())) <= 80
    assert "{{" not in ran.out


def test_o4_what_is_not_set_is_told_and_can_be_written_down(run: Run) -> None:
    ran = run("docs", "get", "consent-form", "--lang", "en", MSREG_OFFICE_NAME="Bureau De Vecht")
    assert ran.code == 0
    assert ran.out.splitlines()[-4].split(":") == ["Name", "             Bureau De Vecht"]
    assert ran.out.splitlines()[-3].endswith("_" * 62)
    assert ran.err == "Not set in msreg.toml: office.address; see msreg help settings.\n"


def test_o4_the_settings_file_has_the_office(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home" / "msreg.toml").write_text('[office]\nname = "Bureau\\nDe  Vecht"\nphone = "030 1"\n')
    assert "Bureau De Vecht\n" in run("docs", "get", "patient_information").out
    assert run("docs", "get", "mail_stopped", "--lang", "nl").out.count("bel ons dan: 030 1.") == 1


@pytest.mark.parametrize(("key", "ending"), [("consent_form", "pdf"), ("consent_form", "txt"), ("consent_form", "md"),
                                             ("prom_invitation", "txt"), ("prom_invitation", "html")])  # fmt: skip
def test_o4_into_a_file_that_others_may_read(run: Run, tmp_path: Path, key: str, ending: str) -> None:
    path = tmp_path / f"document.{ending.upper()}"
    ran = run("docs", "get", key, "--lang", "nl", "--out", path, "--json", **OFFICE)
    told = json.loads(ran.out)
    assert (told["key"], told["format"], told["out"], told["not_set"]) == (key, ending, str(path), [])
    assert path.stat().st_mode & 0o777 == 0o644
    made = path.read_bytes()
    if ending == "pdf":
        reader = PdfReader(BytesIO(made))
        assert reader.metadata is not None
        assert reader.metadata.title == "Toestemming voor de MS-registratie"
        assert "Bureau De Vecht" in reader.pages[-1].extract_text()
    else:
        assert "Bureau De Vecht" in made.decode()
    again = run("docs", "get", key, "--out", path)
    assert again.code == 8
    assert path.read_bytes() == made
    assert run("docs", "get", key, "--out", path, "--overwrite").code == 0
    assert path.read_bytes() != made


def test_c3_json_has_the_text(run: Run) -> None:
    told = json.loads(run("docs", "get", "prom_invitation", "--json", "--lang", "nl").out)
    assert told["subject"] == "Een korte vragenlijst voor u"
    assert told["html"].startswith("<!doctype html>")
    assert told["not_set"] == ["office.phone", "office.mail_name"]
    told = json.loads(run("docs", "get", "consent_form", "--json", "--lang", "nl").out)
    assert (told["language"], told["version"], told["date"]) == ("nl", "1", "2026-11-21")
    assert "[ ] ja  [ ] nee  Ik wil vragenlijsten" in told["text"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["letter"], 3, "There is no such document."),
        ([], 2, "DOCUMENT is missing."),
        (["consent_form", "--out", "x.html"], 2, ".pdf, .txt, .md"),
        (["mail_stopped", "--out", "x.pdf"], 2, ".txt, .html"),
        (["consent_form", "--out", "x"], 2, ".pdf, .txt, .md"),
        (["consent_form", "--out", "nowhere/x.pdf"], 3, "There is no folder nowhere"),
        (["consent_form", "--lang", "de"], 2, "There is no language"),
    ],
)
def test_c4_wrong_calls(run: Run, words: list[str], code: int, said: str) -> None:
    ran = run("docs", "get", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_r4_a_mail_that_would_tell_too_much_is_not_shown(run: Run) -> None:
    ran = run("docs", "get", "mail_stopped", MSREG_OFFICE_MAIL_NAME="MS-registratie")
    assert (ran.code, ran.out) == (6, "")
    assert "office.mail_name" in ran.err
    assert run("docs", "get", "mail_stopped", MSREG_OFFICE_NAME="MS-registratie").code == 0
