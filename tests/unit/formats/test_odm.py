"""ODM files: the order of elements that the standard wants, references that lead somewhere, and whole answers (X2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from msreg.formats.odm_out import write_odm
from msreg.formats.sheets import SheetOut
from msreg.forms.columns import Column, sheet_of, sheets
from msreg.forms.definition import Type
from msreg.vocabulary import Record

NS = "{http://www.cdisc.org/ns/odm/v1.3}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ORDER = {
    "ODM": ["Study", "ClinicalData"],
    "Study": ["GlobalVariables", "BasicDefinitions", "MetaDataVersion"],
    "GlobalVariables": ["StudyName", "StudyDescription", "ProtocolName"],
    "MetaDataVersion": ["Protocol", "StudyEventDef", "FormDef", "ItemGroupDef", "ItemDef", "CodeList", "ConditionDef"],
    "StudyEventDef": ["Description", "FormRef"],
    "FormDef": ["Description", "ItemGroupRef"],
    "ItemGroupDef": ["Description", "ItemRef"],
    "ItemDef": ["Description", "Question", "MeasurementUnitRef", "RangeCheck", "CodeListRef", "Alias"],
    "CodeListItem": ["Decode"],
    "ConditionDef": ["Description", "FormalExpression"],
    "ClinicalData": ["SubjectData"],
    "SubjectData": ["StudyEventData"],
    "StudyEventData": ["FormData"],
    "FormData": ["ItemGroupData"],
    "ItemGroupData": ["ItemData"],
}  # fmt: skip
"""Children in the order of ODM 1.3.2; what msreg does not write is left out."""
REFERENCES = {
    "StudyEventRef": ("StudyEventOID", "StudyEventDef"), "FormRef": ("FormOID", "FormDef"),
    "ItemGroupRef": ("ItemGroupOID", "ItemGroupDef"), "ItemRef": ("ItemOID", "ItemDef"),
    "CodeListRef": ("CodeListOID", "CodeList"), "MeasurementUnitRef": ("MeasurementUnitOID", "MeasurementUnit"),
    "StudyEventData": ("StudyEventOID", "StudyEventDef"), "FormData": ("FormOID", "FormDef"),
    "ItemGroupData": ("ItemGroupOID", "ItemGroupDef"), "ItemData": ("ItemOID", "ItemDef"),
}  # fmt: skip


def write(path: Path, *tables: SheetOut) -> Any:
    write_odm(path, tables)
    return etree.parse(path).getroot()


def sheet(record: Record, *rows: dict[str, Any], only: Sequence[str] | None = None) -> SheetOut:
    found = sheet_of(record)
    columns = [each for each in found.columns if only is None or each.key in only]
    return SheetOut(
        found.key, [each.key for each in columns], [[row.get(each.key) for each in columns] for row in rows], None, columns
    )  # fmt: skip


def local(element: Any) -> str:
    return str(element.tag).removeprefix(NS)


def everything() -> list[SheetOut]:
    """A row on every sheet, with an answer to every question."""
    found = []
    for each in sheets():
        row = {column.key: answer(column) for column in each.columns} | {"registry_number": "MS-0000001"}
        found.append(sheet(each.record, row))
    return found


def answer(column: Column) -> Any:
    simple = {
        Type.TEXT: "x",
        Type.INTEGER: 1,
        Type.BOOLEAN: True,
        Type.DATE: "2020-02-02",
        Type.PARTIAL_DATE: "2020",
    }
    codes = tuple(column.words)
    return codes if column.kind is Type.CHOICES else codes[0] if codes else simple.get(column.kind, 2)


def test_elements_come_in_the_order_of_the_standard(tmp_path: Path) -> None:
    root = write(tmp_path / "x.xml", *everything())
    for element in root.iter():
        known = ORDER.get(local(element))
        if known is not None:
            places = [known.index(local(child)) for child in element]
            assert places == sorted(places), local(element)
    assert root.get("ODMVersion") == "1.3.2"


def test_every_reference_leads_to_its_definition_and_no_name_is_twice(tmp_path: Path) -> None:
    root = write(tmp_path / "x.xml", *everything())
    defined: dict[str, list[str]] = {}
    for element in root.iter():
        if element.get("OID"):
            defined.setdefault(local(element), []).append(element.get("OID"))
    assert all(len(set(oids)) == len(oids) for oids in defined.values())
    conditions = set()
    for element in root.iter():
        if local(element) in REFERENCES:
            attribute, kind = REFERENCES[local(element)]
            assert element.get(attribute) in defined[kind], local(element)
        if element.get("CollectionExceptionConditionOID"):
            conditions.add(element.get("CollectionExceptionConditionOID"))
    assert conditions == set(defined["ConditionDef"])
    data = root.find(f"{NS}ClinicalData")
    assert (data.get("StudyOID"), data.get("MetaDataVersionOID")) == (
        defined["Study"][0], defined["MetaDataVersion"][0],
    )  # fmt: skip


def test_questions_and_choices_are_there_in_both_languages(tmp_path: Path) -> None:
    root = write(tmp_path / "x.xml", *everything())
    for name in ("Question", "Decode"):
        for element in root.iter(f"{NS}{name}"):
            assert [each.get(LANG) for each in element] == ["nl", "en"]
            assert all(each.text for each in element)
    [edss] = [each for each in root.iter(f"{NS}ItemDef") if each.get("OID") == "I.courses.course.edss"]
    assert edss.get("DataType") == "float"
    assert [each.text for each in edss.find(f"{NS}Question")] == ["EDSS-score", "EDSS score"]


def test_a_condition_says_when_a_question_is_left_out(tmp_path: Path) -> None:
    """The forms say when it is asked; ODM wants the opposite."""
    root = write(tmp_path / "x.xml", *everything())
    found = {
        each.get("OID"): each.findtext(f"{NS}FormalExpression") for each in root.iter(f"{NS}ConditionDef")
    }
    assert found["C.courses.course.mri_date"] == "not (mri_done = true)"
    assert found["C.courses.course.edss"] == "not (edss_method != 'not_done')"
    assert found["C.medication.medication.stop_reasons"] == "not (exists(stop_date))"


def test_several_choices_and_unknown_numbers_are_yes_or_no_each(tmp_path: Path) -> None:
    root = write(
        tmp_path / "x.xml",
        sheet(Record.PATIENT, {"registry_number": "MS-0000001", "first_symptom_sites": ("optic", "other")},
              only=["registry_number", "first_symptom_sites"]),
        sheet(Record.COURSE, {"registry_number": "MS-0000001", "mri_gd_lesions": "unknown"},
              {"registry_number": "MS-0000001", "mri_gd_lesions": 3}, only=["registry_number", "mri_gd_lesions"]),
    )  # fmt: skip
    values = [
        (each.get("ItemOID").rpartition(".")[2], each.get("Value")) for each in root.iter(f"{NS}ItemData")
    ]
    assert values == [
        ("registry_number", "MS-0000001"), ("first_symptom_sites_optic", "true"),
        ("first_symptom_sites_brainstem", "false"), ("first_symptom_sites_spinal_cord", "false"),
        ("first_symptom_sites_supratentorial", "false"), ("first_symptom_sites_other", "true"),
        ("registry_number", "MS-0000001"), ("mri_gd_lesions_unknown", "true"),
        ("registry_number", "MS-0000001"), ("mri_gd_lesions", "3"), ("mri_gd_lesions_unknown", "false"),
    ]  # fmt: skip


def test_each_record_hangs_below_its_patient(tmp_path: Path) -> None:
    """Patients with none, one and two courses, in one walk over each sheet."""
    only = ["registry_number"]
    root = write(
        tmp_path / "x.xml",
        sheet(Record.PATIENT, *({"registry_number": name} for name in "abc"), only=only),
        sheet(Record.COURSE, *({"registry_number": name} for name in "acc"), only=only),
    )
    found = {
        subject.get("SubjectKey"): [
            (each.get("StudyEventOID"), each.get("StudyEventRepeatKey")) for each in subject
        ]
        for subject in root.iter(f"{NS}SubjectData")
    }
    assert found == {
        "a": [("SE.patients", None), ("SE.courses", "1")],
        "b": [("SE.patients", None)],
        "c": [("SE.patients", None), ("SE.courses", "1"), ("SE.courses", "2")],
    }


def test_a_row_of_nobody_is_no_file(tmp_path: Path) -> None:
    only = ["registry_number"]
    with pytest.raises(ValueError, match="somebody"):
        write(
            tmp_path / "x.xml",
            sheet(Record.PATIENT, {"registry_number": "a"}, only=only),
            sheet(Record.COURSE, {"registry_number": "b"}, only=only),
        )
    assert list(tmp_path.iterdir()) == []


def test_nobody_at_all_is_a_file_too(tmp_path: Path) -> None:
    root = write(tmp_path / "x.xml", sheet(Record.PATIENT))
    assert [local(each) for each in root] == ["Study", "ClinicalData"]
    assert len(root[1]) == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [("<b>&amp;\"'", "<b>&amp;\"'"), ("\x1b[31m", "\ufffd[31m"), ("a\x00b", "a\ufffdb"), ("日本 🙂", "日本 🙂"),
     ("\ud800", "\ufffd"), ("\ufffe", "\ufffd")],
)  # fmt: skip
def test_what_xml_cannot_hold_is_shown_as_a_sign(text: str, found: str, tmp_path: Path) -> None:
    root = write(
        tmp_path / "x.xml",
        sheet(
            Record.PATIENT,
            {"registry_number": "a", "family_name": text},
            only=["registry_number", "family_name"],
        ),
    )
    assert [each.get("Value") for each in root.iter(f"{NS}ItemData")] == ["a", found]
