"""X1, X2: some columns alone; what names a record and tells its state comes along."""

from __future__ import annotations

import pytest

from msreg.errors import Usage
from msreg.forms.columns import sheets
from msreg.services.export_columns import chosen


def keys(*asked: str) -> dict[str, list[str]]:
    return {each.sheet.key: [column.key for column in each.columns] for each in chosen(asked)}


def test_without_names_all_columns_of_all_sheets() -> None:
    assert keys() == {sheet.key: [column.key for column in sheet.columns] for sheet in sheets()}


COURSE = ["registry_number", "centre", "patient_number", "course_date", "state", "written_by"]


def test_every_sheet_says_who_it_is_about_and_its_state() -> None:
    for columns in keys().values():
        assert columns[:3] == ["registry_number", "centre", "patient_number"]
        assert "state" in columns


def test_a_column_takes_along_what_names_its_record() -> None:
    assert keys("edss") == {
        "courses": [*COURSE, "edss"],
    }
    assert keys("disease.severity", " MRI-Done ") == {
        "courses": [*COURSE, "mri_done"],
        "disease": [
            "registry_number", "centre", "patient_number", "kind", "date", "state", "written_by", "severity",
        ],
    }  # fmt: skip


def test_a_name_without_its_sheet_is_every_column_of_that_name() -> None:
    assert set(keys("severity")) == {"disease", "adverse_events"}
    assert set(keys("patient_number")) == {sheet.key for sheet in sheets()}
    assert keys("adverse_events.outcome") == {
        "adverse_events": ["registry_number", "centre", "patient_number", "medicine", "medication_start",
                           "description", "state", "written_by", "outcome"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "hint"),
    [(["edds"], "edss"), (["courses.edds", "edss"], "edss"), (["disease.edss"], "edss"), (["zzz"], "msreg forms list")],
)  # fmt: skip
def test_a_name_that_there_is_not_is_told_with_what_is_near(asked: list[str], hint: str) -> None:
    with pytest.raises(Usage) as caught:
        chosen(asked)
    assert caught.value.field == "columns"
    assert hint in (caught.value.hint_text() or "")
    assert repr(asked[0]) in caught.value.text()


def test_no_name_at_all_is_no_choice() -> None:
    with pytest.raises(Usage, match="at least one column"):
        chosen([" ", ""])
