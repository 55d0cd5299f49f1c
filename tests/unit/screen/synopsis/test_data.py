"""A synopsis for programs: everything, by the keys of the codebook (SPEC C3)."""

from __future__ import annotations

import json
from collections.abc import Callable

from msreg.forms.columns import forms_of
from msreg.screen.result import dumps
from msreg.screen.synopsis_data import synopsis_data
from msreg.services.synopsis import Synopsis
from msreg.vocabulary import Record

Made = Callable[[str], Synopsis]
ROWS = {
    "relapses": (Record.DISEASE, set()),
    "courses": (Record.COURSE, {"open_questions", "written_by"}),
    "medications": (Record.MEDICATION, {"open_questions"}),
    "adverse_events": (Record.ADVERSE_EVENT, {"open_questions", "medicine", "serious"}),
    "proms": (Record.PROM, {"profile", "index_value", "value_set"}),
}


def test_rows_have_the_keys_of_the_codebook(made: Made) -> None:
    found = synopsis_data(made("usual"))
    for name, (record, others) in ROWS.items():
        known = {item.key for form in forms_of(record) for item in form.items}
        assert found[name]
        for row in found[name]:
            assert set(row) - known == others, name


def test_nothing_is_left_out_for_want_of_room(made: Made) -> None:
    found = json.loads(dumps(synopsis_data(made("long"))))
    assert [len(found[name]) for name in ROWS] == [25, 40, 30, 12, 20]
    assert found["phenotypes"] == [
        {"phenotype": "cis", "since": "1986-01-02"},
        {"phenotype": "rrms", "since": "1990-03-04"},
        {"phenotype": "spms", "since": "2015-06-07"},
    ]


def test_every_synopsis_has_the_same_keys(each: Synopsis, made: Made) -> None:
    found = json.loads(dumps(synopsis_data(each)))
    assert set(found) == set(synopsis_data(made("usual")))


def test_values_are_plain(made: Made) -> None:
    found = json.loads(dumps(synopsis_data(made("usual"))))
    assert (found["registry_number"], found["centre"], found["age"], found["bsn"]) == (
        "MS-0000012", "AMS01", 56, "••••••019",
    )  # fmt: skip
    assert found["last_edss"] == {"course_date": "2026-11-21", "edss": 3.5}
    assert found["shared_with"] == [{"centre": "UTR01", "since": "2024-10-01"}]
    assert found["medications"][1]["stop_reasons"] == ["jcv_pml_risk"]
    assert found["proms"] == [
        {"answered_on": "2026-09-30", "profile": "22222", "index_value": 0.705,
         "value_set": "NL-Versteegh-2016-3dp", "health_score": 68}
    ]  # fmt: skip
    bare = json.loads(dumps(synopsis_data(made("bare"))))
    assert (bare["age"], bare["sex"], bare["last_edss"], bare["courses"]) == (None, None, None, [])
