"""Answers of one record in a JSON file: what is read, and every way in which a file can be wrong (`--from`)."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import NotFound, Refused, Usage
from msreg.services.answers_file import FromFile, read_answers
from msreg.vocabulary import Record


def read(folder: Path, content: str | bytes | dict[str, Any], record: Record = Record.COURSE) -> FromFile:
    path = folder / "answers.json"
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_answers(path, record)


def test_answers_and_what_is_empty(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"edss": 3.5, "mri_done": False, "mri_date": None, "version": 4, "centre": "AMS01"}
    )
    assert found == FromFile({"edss": "3.5", "mri_done": False}, frozenset({"mri_date"}), 4, "AMS01")


def test_nothing_is_rounded(tmp_path: Path) -> None:
    assert read(tmp_path, '{"edss": 3.50, "mri_gd_lesions": 12}').answers == {
        "edss": "3.50",
        "mri_gd_lesions": 12,
    }


def test_what_a_record_is_told_with_is_no_answer(tmp_path: Path) -> None:
    told = {"registry_number": "MS-0000001", "complete": False, "open": ["edss"], "written_by": "AMS01"}
    assert read(tmp_path, told) == FromFile()


def test_the_end_of_a_bsn_answers_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, {"bsn": "••••••019", "initials": "Q."}, Record.PATIENT)
    assert (dict(found.answers), found.empty) == ({"initials": "Q."}, frozenset())


def test_a_genotype_with_stars_is_an_answer(tmp_path: Path) -> None:
    assert read(tmp_path, {"cyp2c9": "*1/*3"}, Record.MEDICATION).answers == {"cyp2c9": "*1/*3"}


def test_several_choices_are_a_list(tmp_path: Path) -> None:
    found = read(tmp_path, {"kind": "relapse", "symptoms": ["visual", "sensory"]}, Record.DISEASE)
    assert found.answers["symptoms"] == ["visual", "sensory"]


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_a_mark_of_utf_8_in_front_is_passed_over(start: bytes, tmp_path: Path) -> None:
    assert read(tmp_path, start + b'{"edss": "3"}').answers == {"edss": "3"}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"edss": "3"}')))
    assert read_answers(Path("-"), Record.COURSE).answers == {"edss": "3"}


@pytest.mark.parametrize(
    "content",
    ["", " ", "edss: 3", '{"edss": 3', '{"edss": NaN}', '{"edss": Infinity}', "[" * 100_000, "[]",
     '[{"edss": 3}]', "3", '"edss"', "null", "true", '{"edss": 3}{"mri_done": true}',
     '{"edss": ' + "9" * 5000 + "}", '{"edss": {"value": 3}}'],
)  # fmt: skip
def test_what_is_no_object_of_answers_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read(tmp_path, content)
    assert told.value.exit_code == 6


@pytest.mark.parametrize(
    ("key", "value", "record"),
    [("family_name", ["Bakker", "Visser"], Record.PATIENT), ("family_name", True, Record.PATIENT),
     ("edss", [3], Record.COURSE), ("mri_region", ["brain"], Record.COURSE),
     ("symptoms", {"visual": True}, Record.DISEASE), ("symptoms", [["visual"]], Record.DISEASE)],
)  # fmt: skip
def test_an_answer_of_another_kind_than_its_question_is_refused(
    key: str, value: Any, record: Record, tmp_path: Path
) -> None:
    """A list for one name would be stored as brackets and quotes."""
    with pytest.raises(Refused) as told:
        read(tmp_path, {key: value}, record)
    assert told.value.field == key
    assert "Bakker" not in str(told.value)


def test_a_question_answered_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read(tmp_path, '{"edss": 3, "mri_done": false, "edss": 4}')
    assert told.value.field == "from"


@pytest.mark.parametrize("key", ["edsss", "EDSS", "family_name", "", "x" * 1000, "\x1b[31m"])
def test_a_key_that_no_question_has_is_named(key: str, tmp_path: Path) -> None:
    with pytest.raises(Usage) as told:
        read(tmp_path, {key: 3})
    said = told.value.text()
    assert len(said) < 200
    assert said.isprintable()
    assert key[:20].strip("\x1b") in said


@pytest.mark.parametrize(("size", "good"), [(1_000_000, True), (1_000_001, False)])
def test_a_megabyte_is_the_end(size: int, good: bool, tmp_path: Path) -> None:
    content = b'{"edss": "3"}'.ljust(size)
    if good:
        assert read(tmp_path, content).answers
        return
    with pytest.raises(Refused):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "content", ['{"family_name": "Visser"}'.encode("utf-16"), b'{"family_name": "\xe9"}', b"\xff"]
)
def test_other_encodings_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(Refused) as told:
        read(tmp_path, content, Record.PATIENT)
    assert "UTF-8" in told.value.text()


@pytest.mark.parametrize("name", ["nothing.json", ".", "nothing/answers.json", "n" * 300])
def test_no_such_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_answers(tmp_path / name, Record.COURSE)


@pytest.mark.parametrize("version", ["4", 4.5, True, [4]])
def test_a_version_that_is_none_is_refused(version: Any, tmp_path: Path) -> None:
    """Passed over in silence it would not keep somebody else's change."""
    with pytest.raises(Refused) as told:
        read(tmp_path, {"edss": 3, "version": version})
    assert told.value.field == "version"
