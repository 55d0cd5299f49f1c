"""`msreg forms` and `msreg rules` as people and scripts call them: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from msreg.config import data_folder
from msreg.forms.fhir import from_questionnaire
from msreg.forms.load import FORMS, build_form, load
from msreg.forms.write import to_plain
from msreg.screen.language import _ as translated
from msreg.screen.language import activate
from msreg.services.rulebook import rules
from msreg.vocabulary import Record

ROOT = Path(__file__).parents[2]
COURSE = (data_folder() / "forms" / "course.toml").read_text(encoding="utf-8")


def call(folder: Path, *words: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MSREG_HOME": str(folder / "home")}
    return subprocess.run(
        [sys.executable, "-m", "msreg", *words],
        cwd=folder,
        env=environ | {"MSREG_LANG": lang, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def good(folder: Path, *words: str, lang: str = "en") -> str:
    done = call(folder, *words, lang=lang)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def data(folder: Path, *words: str, lang: str = "en") -> Any:
    return json.loads(good(folder, *words, "--json", lang=lang))


# Forms


def test_list_of_forms(tmp_path: Path) -> None:
    found = data(tmp_path, "forms", "list")
    assert [each["key"] for each in found] == list(FORMS)
    assert list(found[0]) == ["key", "label", "version", "sheet", "questions", "required"]
    assert set(found[0]["label"]) == {"nl", "en"}
    text = good(tmp_path, "forms", "list", lang="nl")
    assert all(load(key).label["nl"] in text for key in FORMS)


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("key", FORMS)
def test_show_has_every_question_and_choice_in_order(tmp_path: Path, key: str, lang: str) -> None:
    form, text = load(key), good(tmp_path, "forms", "show", key, lang=lang)
    assert str(form.version) in text.splitlines()[0]
    place = 0
    for item in form.items:
        place = text.index(f"{'*' if item.required else ' '} {item.key} ", place)
        assert item.label[lang] in text[place:].splitlines()[0]
        for choice in item.choices:
            assert choice.label[lang] in text[place:]


def test_show_tells_conditions_in_words(tmp_path: Path) -> None:
    assert "asked if EDSS assessed is not “not done”" in good(tmp_path, "forms", "show", "course")


@pytest.mark.parametrize("key", FORMS)
def test_show_as_json_is_the_form_itself(tmp_path: Path, key: str) -> None:
    found = data(tmp_path, "forms", "show", key)
    assert build_form(found, key) == load(key)
    answers = {item["key"]: item.get("choices", []) for item in found["items"]}
    assert all(
        [each["code"] for each in answers[item.key]] == list(item.order) for item in load(key).items
    ), "a value list is written out too, for programs that lack it"


@pytest.mark.parametrize(
    ("name", "hint"),
    [("corse", "Did you mean course?"), ("quux", "The forms are: patient, diagnosis")],
)
def test_an_unknown_form_names_the_near_ones(tmp_path: Path, name: str, hint: str) -> None:
    done = call(tmp_path, "forms", "show", name)
    assert (done.returncode, done.stdout) == (3, "")
    assert hint in done.stderr


# Files of one's own

BROKEN = {
    "type": ('type = "decimal"', 'type = "number"', "edss", "type must be one of"),
    "later": ('item = "edss_method"', 'item = "mri_done"', "edss", "mri_done, which is no item before it"),
    "choice": ('answer = "not_done"', 'answer = "undone"', "edss", "undone is no choice of edss_method"),
    "word": ("required = true", "reqired = true", "course_date", "there is no word reqired here"),
    "twice": ('key = "edss"\ntype', 'key = "edss_method"\ntype', "edss_method", "stands there twice"),
    "language": ('{ nl = "EDSS-score", en = "EDSS score" }', '{ nl = "EDSS" }', "edss", "in nl and en"),
    "privacy": ('privacy = "clinical"', 'privacy = "secret"', "course_date", "privacy must be one of"),
    "limit": ('min = "1900-01-01"', 'min = "1900-13-01"', "course_date", ""),
    "identity": ('identity = ["course_date"]', 'identity = ["day"]', "–", "identity names day"),
    "version": ("version = 1", "version = 0", "–", "version must be a whole number from 1"),
}


@pytest.mark.parametrize(("old", "new", "item", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_form_is_refused_with_file_item_and_reason(
    tmp_path: Path, old: str, new: str, item: str, reason: str
) -> None:
    """Issue: a broken form file is refused at load with file, item and reason."""
    assert old in COURSE
    (tmp_path / "mine.toml").write_text(COURSE.replace(old, new, 1), encoding="utf-8")
    done = call(tmp_path, "forms", "check", "mine.toml")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith(f"mine.toml, item {item}: ")
    assert reason in done.stderr
    error = json.loads(call(tmp_path, "forms", "check", "mine.toml", "--json").stderr)["error"]
    assert (error["code"], error["field"]) == ("refused", item)


NO_FORMS = {
    "empty.toml": (b"", 6),
    "empty.json": (b"", 6),
    "half.toml": (b'key = "x', 6),
    "half.json": (b'{"key": ', 6),
    "list.json": (b"[]", 6),
    "number.json": (b"3", 6),
    "text.json": (b'["x"]', 6),
    "twice.json": (b'{"key": "a", "key": "b"}', 6),
    "infinite.json": (b'{"key": "a", "version": Infinity}', 6),
    "deep.json": (b"[" * 100_000, 6),
    "deep.toml": (b"a = " + b"[" * 100_000, 6),
    "latin.toml": ('key = "é"'.encode("latin-1"), 6),
    "picture.toml": (b"\x89PNG\r\n\x1a\n\x00", 6),
    "patient.json": (b'{"resourceType": "Patient"}', 6),
    "other.json": (b'{"resourceType": "Questionnaire", "status": "draft", "item": []}', 6),
    "bundle.json": (b'{"resourceType": "Bundle", "type": "collection"}', 6),
    "form.yaml": (b"key: x", 6),
    "missing.toml": (None, 3),
}


@pytest.mark.parametrize("name", NO_FORMS)
@pytest.mark.parametrize("verb", ["check", "convert", "show"])
def test_what_is_no_form_is_told_in_one_sentence(tmp_path: Path, name: str, verb: str) -> None:
    content, code = NO_FORMS[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    more = ["--format", "json"] if verb == "convert" else []
    done = call(tmp_path, "forms", verb, name, *more)
    assert (done.returncode, done.stdout) == (code, "")
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) <= 2


def test_a_folder_is_no_form(tmp_path: Path) -> None:
    (tmp_path / "x.toml").mkdir()
    assert call(tmp_path, "forms", "check", "x.toml").returncode == 6


def test_a_right_form_is_said_to_be_right(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(COURSE, encoding="utf-8")
    told = good(tmp_path, "forms", "check", "mine.toml")
    assert told == "mine.toml is right: form course, version 1, 17 questions.\n"
    assert data(tmp_path, "forms", "check", "mine.toml")[0]["file"] == "mine.toml"


def test_difference_between_two_versions(tmp_path: Path) -> None:
    newer = COURSE.replace("version = 1", "version = 2", 1)
    newer = newer.replace('"EDSS-score"', '"Score van de EDSS"').replace(
        '"EDSS score"', '"Score of the EDSS"'
    )
    newer += """
[[items]]
key = "walking_aid"
type = "boolean"
label = { nl = "Loophulpmiddel", en = "Walking aid" }
privacy = "clinical"
"""
    (tmp_path / "new.toml").write_text(newer, encoding="utf-8")
    found = data(tmp_path, "forms", "diff", "course", "new.toml")
    assert list(found[0]) == ["kind", "item", "what", "before", "after"]
    told = [(each["kind"], each["item"], each["before"], each["after"]) for each in found]
    assert ("changed", None, "1", "2") in told
    assert ("changed", "edss", "EDSS score", "Score of the EDSS") in told
    assert ("added", "walking_aid", None, "Walking aid") in told
    text = good(tmp_path, "forms", "diff", "course", "new.toml")
    assert "EDSS score → Score of the EDSS" in text
    assert f"{len(found)} differences." in text


def test_no_difference_and_two_forms(tmp_path: Path) -> None:
    assert good(tmp_path, "forms", "diff", "course", "course") == "No differences.\n"
    assert data(tmp_path, "forms", "diff", "course", "course") == []
    assert call(tmp_path, "forms", "diff", "course", "patient").returncode == 2


# There and back


@pytest.mark.parametrize("key", FORMS)
def test_fhir_there_and_back_without_loss(tmp_path: Path, key: str) -> None:
    """Issue: FHIR Questionnaire and back without loss, by the command line alone."""
    good(tmp_path, "forms", "export", key, "--format", "fhir", "--out", "q.json")
    assert json.loads((tmp_path / "q.json").read_bytes())["resourceType"] == "Questionnaire"
    good(tmp_path, "forms", "convert", "q.json", "--format", "json", "--out", "form.json")
    assert build_form(json.loads((tmp_path / "form.json").read_bytes()), "form.json") == load(key)
    assert good(tmp_path, "forms", "diff", key, "form.json") == "No differences.\n"


def test_all_forms_there_and_back(tmp_path: Path) -> None:
    good(tmp_path, "forms", "export", "--format", "fhir", "--out", "all.json")
    bundle = json.loads((tmp_path / "all.json").read_bytes())
    assert bundle["resourceType"] == "Bundle"
    assert [from_questionnaire(each["resource"]) for each in bundle["entry"]] == [load(key) for key in FORMS]
    found = json.loads(good(tmp_path, "forms", "convert", "all.json", "--format", "json"))
    assert found == [to_plain(load(key)) for key in FORMS]
    assert len(data(tmp_path, "forms", "check", "all.json")) == len(FORMS)
    assert call(tmp_path, "forms", "show", "all.json").returncode == 2


def test_codebook_on_the_screen_and_in_a_file(tmp_path: Path) -> None:
    text = good(tmp_path, "forms", "export", "course", lang="nl")
    assert "## Beloop" in text
    assert good(tmp_path, "forms", "export", "course", "--out", "c.md", lang="nl").startswith("c.md: ")
    assert (tmp_path / "c.md").read_text(encoding="utf-8") == text
    assert stat.S_IMODE((tmp_path / "c.md").stat().st_mode) == 0o644, "it holds nobody's data"


def test_a_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "c.md").write_text("mine", encoding="utf-8")
    assert call(tmp_path, "forms", "export", "--out", "c.md").returncode == 8
    assert (tmp_path / "c.md").read_text(encoding="utf-8") == "mine"
    good(tmp_path, "forms", "export", "--out", "c.md", "--overwrite")
    assert (tmp_path / "c.md").read_text(encoding="utf-8").startswith("# ")
    assert call(tmp_path, "forms", "export", "--out", "no/c.md").returncode == 3
    assert [each.name for each in tmp_path.iterdir()] == ["c.md"]


# Rules


def test_list_of_rules(tmp_path: Path) -> None:
    found = data(tmp_path, "rules", "list")
    assert [each["code"] for each in found] == [each.code for each in rules()]
    assert list(found[0]) == ["code", "severity", "record", "reads", "title"]
    assert {each["code"][:3] for each in found} == {
        "FRM", "FIL", "PAT", "DIA", "COU", "DIS", "MED", "EVT", "PRM", "CAS", "CRF",
    }  # fmt: skip
    text = good(tmp_path, "rules", "list")
    assert all(each.code in text for each in rules())


@pytest.mark.parametrize("record", Record)
def test_list_of_rules_of_one_record(tmp_path: Path, record: Record) -> None:
    found = data(tmp_path, "rules", "list", "--record", record.value)
    assert found
    assert {each["record"] for each in found} == {record.value}


def test_manual_page(tmp_path: Path) -> None:
    text = good(tmp_path, "rules", "show", "cou-001")
    assert text.startswith("COU-001  Course is not before birth\nerror: ")
    assert "Bad: born on 1972-02-29, course on 1972-02-28." in text
    assert "It looks at Registration date (course course_date), " in text
    found = data(tmp_path, "rules", "show", "COU-001")
    assert list(found) == ["code", "severity", "record", "reads", "title", "text", "bad", "good"]


def test_unknown_rule(tmp_path: Path) -> None:
    done = call(tmp_path, "rules", "show", "COU-099", "--json")
    assert (done.returncode, done.stdout) == (3, "")
    assert "COU-0" in json.loads(done.stderr)["error"]["hint"]


@pytest.fixture
def _english_again() -> Any:
    yield
    activate("en")


@pytest.mark.usefixtures("_english_again")
@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("code", [each.code for each in rules()])
def test_each_rule_has_a_page_in_both_languages(
    code: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every paragraph of the page is shown, translated where the catalogue of the language is there."""
    from msreg.cli import main

    assert main(["rules", "show", code, "--lang", lang]) == 0
    shown = capsys.readouterr().out
    found = next(each for each in rules() if each.code == code)
    activate(lang)
    assert all(translated(text).rstrip(".") in shown for text in found.texts)
    catalogue = data_folder() / "locale" / lang / "LC_MESSAGES" / "msreg.mo"
    if lang == "nl" and catalogue.exists():
        longest = max(found.texts, key=len)
        assert translated(longest) != longest


# Pages of docs/reference


def test_pages_are_in_step_and_a_page_behind_is_told(tmp_path: Path) -> None:
    def pages(*words: str) -> subprocess.CompletedProcess[str]:
        script = [sys.executable, str(ROOT / "tools" / "docs.py"), "--folder", str(tmp_path), *words]
        return subprocess.run(script, capture_output=True, text=True, timeout=60)

    assert pages("--check").returncode == 1
    assert pages("--write").returncode == 0
    assert pages("--check").stdout == ""
    (tmp_path / "rules.md").write_text("old", encoding="utf-8")
    told = pages("--check")
    assert (told.returncode, told.stdout.split()[0]) == (1, "docs/reference/rules.md")
