"""SPEC B2: FHIR in; other people's bundles, broken ones and hostile ones are refused in a sentence with the place."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Refused, Usage
from msreg.formats import fhir_in, json_parts
from msreg.formats.cells import Unreadable, pick
from msreg.formats.limits import MAX_COLUMNS, MAX_RECORD, MAX_TEXT
from msreg.formats.registry import read

NUMBER = {"system": "urn:msreg:NamingSystem/patient-number/AMS01", "value": "00001"}
CANARY = "Kanarievogel"


def response(*items: dict[str, Any], form: str = "course|1", **other: Any) -> dict[str, Any]:
    return {
        "resourceType": "QuestionnaireResponse", "questionnaire": f"urn:msreg:questionnaire:{form}",
        "status": "completed", "subject": {"identifier": NUMBER}, "item": list(items), **other,
    }  # fmt: skip


def item(key: str, *answers: Any) -> dict[str, Any]:
    return {
        "linkId": key,
        "answer": [each if isinstance(each, dict) else {"valueString": each} for each in answers],
    }


def bundle(*resources: Any, **other: Any) -> dict[str, Any]:
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": r} for r in resources],
        **other,
    }


EDSS = response(item("edss", {"valueDecimal": 3.5}))
PATIENT = {"resourceType": "Patient", "name": [{"family": CANARY}]}


def written(tmp_path: Path, what: Any, name: str = "b.json", **style: Any) -> Path:
    path = tmp_path / name
    path.write_bytes(what if isinstance(what, bytes) else json.dumps(what, **style).encode())
    return path


def rows(path: Path) -> dict[str, list[tuple[int, dict[str, Any]]]]:
    """The filled cells of each row, by sheet; both ways of walking give the same."""
    found = {}
    for table in read(path).tables:
        full = list(table.rows)
        assert list(pick(table.rows, range(len(table.header)))) == full == list(table.rows)
        found[table.sheet] = [
            (number, {k: v for k, v in zip(table.header, cells, strict=True) if v is not None})
            for number, cells in full
        ]
    return found


@pytest.mark.parametrize(
    "style", [{}, {"indent": 2}, {"separators": (",", ":")}], ids=["usual", "pretty", "dense"]
)
@pytest.mark.parametrize("last", [False, True], ids=["type first", "type last"])
def test_answers_come_out_of_a_bundle_however_it_is_laid_out(
    tmp_path: Path, style: dict[str, Any], last: bool
) -> None:
    """The row is the number of the entry, and what is not ours is passed over."""
    whole = bundle(PATIENT, EDSS, PATIENT, response(item("centre", "x"), form="patients|1.1"), total=12)
    if last:
        whole["resourceType"] = whole.pop("resourceType")
    naming = {"centre": "AMS01", "patient_number": "00001", "state": "complete"}
    assert rows(written(tmp_path, whole, **style)) == {
        "courses": [(2, naming | {"edss": Decimal("3.5")})],
        "patients": [(4, naming | {"centre": "x"})],
    }
    source = read(tmp_path / "b.json")
    assert (source.format, source.whole, source.name) == ("fhir", False, "b.json")
    assert not source.tables[0].lettered


@pytest.mark.parametrize("name", ["a.ndjson", "a.json", "a.jsonl", "a"])
def test_a_file_of_ndjson_is_known_by_its_content_and_numbered_by_line(tmp_path: Path, name: str) -> None:
    text = "\ufeff" + json.dumps(EDSS) + "\r\n\n" + json.dumps(PATIENT) + "\n" + json.dumps(EDSS)
    found = rows(written(tmp_path, text.encode(), name))
    assert [number for number, _ in found["courses"]] == [1, 4]


@pytest.mark.parametrize("word", ["Bundle", "entry", '"Bundle"', '"entry":', '"resourceType": "Bundle"'])
def test_words_of_a_bundle_in_an_answer_make_no_bundle(tmp_path: Path, word: str) -> None:
    found = rows(written(tmp_path, json.dumps(response(item("x", word))).encode(), "a.ndjson"))
    assert found["courses"][0][1]["x"] == word


def test_a_folder_of_ndjson_tells_where_it_came_from(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    url = "urn:msreg:StructureDefinition/export"
    told = [{"url": "key", "valueString": "registry"}, {"url": "value", "valueString": "abc"}]
    written(
        folder,
        {"resourceType": "Provenance", "extension": [{"url": url, "extension": told}]},
        "Provenance.ndjson",
    )
    written(folder, EDSS, "QuestionnaireResponse.ndjson")
    written(folder, b"not read", "Observation.ndjson")
    found = rows(folder)
    assert found["provenance"] == [(1, {"key": "registry", "value": "abc"})]
    assert [number for number, _ in found["courses"]] == [1]
    before = read(folder)
    assert (before.format, before.name) == ("fhir", "out")
    written(folder, b"still not read", "Observation.ndjson")
    assert read(folder).sha256 == before.sha256
    written(folder, response(item("edss", {"valueDecimal": 4})), "QuestionnaireResponse.ndjson")
    assert read(folder).sha256 != before.sha256


@pytest.mark.parametrize(
    ("answers", "cell"),
    [
        (["x"], "x"), ([" \u00a0x "], "x"), ([{"valueBoolean": False}], False), ([{"valueInteger": 3}], 3),
        ([{"valueDate": "2019-05"}], "2019-05"), ([{"valueCoding": {"system": "s", "code": "a"}}], "a"),
        ([{"valueCoding": {"display": "in words"}}], "in words"), ([{"valueQuantity": {"value": 7, "unit": "mg"}}], 7),
        ([{"valueCoding": {"code": "a"}}, {"valueCoding": {"code": "b"}}], "a;b"), ([{}], None), ([], None),
        ([{"_valueInteger": {"extension": []}}], "unknown"), ([{"valueDecimal": 1e999}], Unreadable("Infinity")),
    ],
)  # fmt: skip
def test_values(tmp_path: Path, answers: list[Any], cell: Any) -> None:
    text = json.dumps(bundle(response(item("a", "1"), item("x", *answers)))).replace("Infinity", "1e999")
    found = rows(written(tmp_path, text.encode()))["courses"][0][1].get("x")
    assert (found, type(found)) == (Unreadable("1e999") if isinstance(cell, Unreadable) else cell, type(cell))


def test_a_decimal_keeps_its_digits(tmp_path: Path) -> None:
    text = json.dumps(bundle(EDSS)).replace("3.5", "1.23456789012345678901")
    assert rows(written(tmp_path, text.encode()))["courses"][0][1]["edss"] == Decimal(
        "1.23456789012345678901"
    )


def test_what_names_the_record_above_and_groups_of_questions(tmp_path: Path) -> None:
    own = "urn:msreg:StructureDefinition/"
    parents = [
        {"url": f"{own}medicine", "valueString": "L04AG08"}, {"url": f"{own}medication-start", "valueDate": "2020-06-01"},
        {"url": "http://example.org/other", "valueString": CANARY},
    ]  # fmt: skip
    inner = {"linkId": "section.a", "item": [{"linkId": "b.if.1", "item": [item("outcome", "fatal")]}]}
    found = rows(written(tmp_path, bundle(response(inner, form="adverse_event|1", extension=parents))))
    [(number, cells)] = found["adverse_events"]
    assert number == 1
    assert cells == {
        "centre": "AMS01", "patient_number": "00001", "state": "complete", "medicine": "L04AG08",
        "medication_start": "2020-06-01", "outcome": "fatal",
    }  # fmt: skip


def test_what_its_sender_took_back_is_passed_over(tmp_path: Path) -> None:
    """FHIR: `entered-in-error` says that it should never have been there."""
    path = written(tmp_path, bundle(EDSS, response(item("edss", "9"), status="entered-in-error")))
    assert [number for number, _ in rows(path)["courses"]] == [1]


def test_a_form_that_is_not_of_this_registry_is_a_sheet_of_its_own(tmp_path: Path) -> None:
    """So that it is told as a sheet that is not known."""
    assert list(rows(written(tmp_path, bundle(response(form="pregnancy|3"))))) == ["pregnancy"]


def refusals() -> Iterator[tuple[Any, str]]:
    whole = json.dumps(bundle(PATIENT, EDSS)).encode()
    yield bundle(PATIENT), "FHIR without answers to the questionnaires of msreg"
    yield bundle(), "FHIR without answers"
    yield PATIENT, "FHIR without answers"
    yield bundle(response() | {"questionnaire": "http://example.org/q|1"}), "FHIR without answers"
    yield {"resourceType": "List", "entry": [{"resource": EDSS}]}, "is no Bundle of FHIR"
    yield {"entry": [{"resource": EDSS}], "x": '"resourceType":'}, "is no Bundle of FHIR"
    yield whole[:-2], "ends in the middle, after entry 2"
    yield whole[: whole.index(b"edss")], "ends in the middle, after entry 2"
    yield whole + b"}", "no JSON from entry 2 on"
    yield whole.replace(b"}, {", b"} {"), "no JSON from entry 1 on"
    yield whole.replace(b"3.5", b"NaN"), "entry 2"
    yield whole.replace(b"3.5", b"1" * 5000), "entry 2"
    yield whole.replace(b"00001", b"\\ud800"), "entry 2: this is no text"
    yield whole.replace(b"00001", b"\xeb"), "entry 2: this is no text"
    deep = b"[" * 100_000 + b"]" * 100_000
    yield whole.replace(b'{"family": "Kanarievogel"}', deep), "no JSON from entry 1 on"
    group: dict[str, Any] = item("edss", "1")
    for _ in range(20):
        group = {"linkId": "g", "item": [group]}
    for odd in (
        response(group), response() | {"item": 3}, response() | {"item": ["x"]}, response({"linkId": ["x"]}),
        response({"linkId": "edss", "answer": 3}), response({"linkId": "edss", "answer": [3]}),
        response({"linkId": "edss", "answer": [{"valueString": [CANARY]}]}), response() | {"subject": "x"},
        response() | {"subject": {"identifier": ["x"]}}, response() | {"extension": [{}]}, response({"answer": []}),
        response(item("x", "y" * (MAX_TEXT + 1))),
    ):  # fmt: skip
        yield bundle(PATIENT, odd), "entry 2: the answers are not as a QuestionnaireResponse has them"
    yield (
        bundle(response(*(item(f"q{n}", "1") for n in range(MAX_COLUMNS + 1)))),
        "entry 1: more than 512 questions",
    )
    yield bundle(*(response(form=f"f{n}") for n in range(101))), "entry 101: more than 100 sheets"
    yield bundle({"x": "y" * (MAX_RECORD + 1)}, EDSS), "entry 1 is longer than"
    yield json.dumps(EDSS).encode() + b"\n{\n", "line 2: this is no object in JSON"
    yield json.dumps(EDSS).encode() + b"\n[]", "line 2: this is no object in JSON"
    yield json.dumps(EDSS).encode() + b'\n"\xeb"', "line 2: this is not UTF-8 text"
    yield b'{"resourceType": "Patient", "x": "' + b"y" * MAX_RECORD + b'"}', "line 1: the line is longer than"


@pytest.mark.parametrize(("what", "says"), list(refusals()))
def test_what_is_refused_says_where_and_shows_no_value(tmp_path: Path, what: Any, says: str) -> None:
    with pytest.raises(Refused) as caught:
        rows(written(tmp_path, what))
    assert says in caught.value.text()
    assert caught.value.hint_text()
    assert CANARY not in f"{caught.value!r}{caught.value.params}{caught.value.hint_text()}"


def test_every_cut_of_a_bundle_is_refused(tmp_path: Path) -> None:
    """Wherever the sending broke off."""
    whole = json.dumps(bundle(EDSS)).encode()
    for end in range(1, len(whole)):
        with pytest.raises(Refused):
            read(written(tmp_path, whole[:end]))


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
def test_places_are_right_wherever_a_piece_ends(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signs of several bytes, escapes and numbers may lie across the end of what was read so far."""
    monkeypatch.setattr(json_parts, "_PIECE", piece)
    entries = [response(item("x", text)) for text in ("é🙂\u2028", '\\"]}', "1" * 50, "{[")]
    for style in ({"ensure_ascii": False}, {"indent": 1}):
        text = json.dumps(bundle(*entries, n=123456789), **style)  # type: ignore[arg-type]
        found = rows(written(tmp_path, text.encode()))["courses"]
        assert [cells["x"] for _, cells in found] == ["é🙂", '\\"]}', "1" * 50, "{["]


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fhir_in, "MAX_ROWS", 2)
    with pytest.raises(Refused, match="more than 2 rows"):
        read(written(tmp_path, bundle(EDSS, PATIENT, EDSS, EDSS)))


def test_it_names_its_sheets_itself(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="names its sheets itself"):
        read(written(tmp_path, bundle(EDSS)), sheet="courses")


def test_a_zip_file_of_ndjson_is_to_be_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("QuestionnaireResponse.ndjson", json.dumps(EDSS))
    with pytest.raises(Refused):
        read(tmp_path / "a.zip")
