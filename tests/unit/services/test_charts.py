"""What a chart shows, from the record in a real registry (SPEC O1): what lies between its days, and what reaches in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import NotFound, Usage
from msreg.services.charts import Chart, read_chart
from msreg.store.actor import Actor
from msreg.store.registry import Registry

TODAY = date(2026, 11, 21)


@pytest.fixture
def of(registry: Registry, desk: Actor, today: date) -> Callable[..., Chart]:
    def read(patient: str = "AMS01:00001", **other: Any) -> Chart:
        given: dict[str, Any] = {"by": desk, "today": today, "patient": patient} | other
        return read_chart(registry, **given)

    return read


@pytest.fixture
def full(lay: Any, row: Any) -> None:
    """Somebody with something of everything, diagnosed on 2019-03-04."""
    lay(
        patients=[row["patient"]()],
        courses=[
            row["course"](course_date=date(2020, 5, 6), edss=2.5),
            row["course"](course_date=date(2021, 5, 6), edss_method="not_done", edss=None),
            row["course"](course_date=date(2022, 5, 6), edss_method="estimated", edss=4, mri_done=True,
                          mri_date=date(2022, 4, 1), mri_region="brain", mri_gadolinium=True, mri_new_t2="3_or_more",
                          mri_gd_lesions="unknown"),
            row["course"](course_date=date(2023, 5, 6), edss=3, mri_done=True, mri_date=date(2023, 5, 1),
                          mri_region="brain", mri_gadolinium=False, mri_new_t2="0"),
        ],
        disease=[
            row["relapse"](date=date(2021, 2, 3), severity="mild"),
            row["relapse"](date=date(2022, 8, 3), methylprednisolone=False),
            row["relapse"](kind="phenotype", date=date(2022, 9, 1), phenotype="spms", methylprednisolone=None),
            row["referral"](),
        ],
        medication=[
            row["medication"](start_date=date(2020, 6, 1), stop_date=date(2022, 1, 2), stop_reasons="other",
                              safety_issue=False),
            row["medication"](medicine="L04AG03", start_date=date(2022, 3, 4), jcv_status="negative"),
        ],
        proms=[
            {"centre": "AMS01", "patient_number": "00001", "answered_on": date(2023, 1, 2), "mobility": "2",
             "self_care": "1", "usual_activities": "2", "pain_discomfort": "3", "anxiety_depression": "2",
             "health_score": 68},
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("full")
def test_everything_oldest_first_from_what_is_known_first_until_today(of: Any) -> None:
    found = of()
    assert (found.first, found.last, found.diagnosed_on) == (date(2019, 3, 4), TODAY, date(2019, 3, 4))
    assert (found.number, found.centre, found.birth_year) == ("MS-0000001", "AMS01", 1980)
    assert [(each.edss, each.method) for each in found.assessments] == [
        (Decimal("2.5"), "assessed"), (None, "not_done"), (Decimal(4), "estimated"), (Decimal(3), "assessed"),
    ]  # fmt: skip
    assert [(each.on, each.treated) for each in found.relapses] == [
        (date(2021, 2, 3), True),
        (date(2022, 8, 3), False),
    ]
    assert [(each.on, each.new_t2, each.gd) for each in found.scans] == [
        (date(2022, 4, 1), "3_or_more", "unknown"), (date(2023, 5, 1), "0", None),
    ]  # fmt: skip
    assert [(each.medicine, each.stop) for each in found.treatments] == [
        ("L04AG08", date(2022, 1, 2)),
        ("L04AG03", None),
    ]
    assert [(each.phenotype, each.since, each.until) for each in found.stages] == [
        ("rrms", date(2019, 3, 4), date(2022, 9, 1)), ("spms", date(2022, 9, 1), TODAY),
    ]  # fmt: skip
    [health] = found.lists
    assert (health.score, health.profile, health.index_value) == (68, "21232", Decimal("0.717"))
    assert (found.carried, found.undated, found.ended_on) == (None, 0, None)


@pytest.mark.usefixtures("full")
def test_between_two_days_stands_what_lies_there_and_what_reaches_in(of: Any) -> None:
    """On the bounds is within; the day before and the day after are not."""
    found = of(first=date(2022, 4, 1), last=date(2022, 8, 3))
    assert [each.on for each in found.assessments] == [date(2022, 5, 6)]
    assert found.carried is not None
    assert (found.carried.on, found.carried.edss) == (date(2021, 5, 6), None)
    assert [each.on for each in found.relapses] == [date(2022, 8, 3)]
    assert [each.on for each in found.scans] == [date(2022, 4, 1)]
    assert [each.medicine for each in found.treatments] == ["L04AG03"]
    assert [(each.since, each.until) for each in found.stages] == [(date(2022, 4, 1), date(2022, 8, 3))]
    assert (found.diagnosed_on, found.lists) == (None, ())
    narrower = of(first=date(2022, 4, 2), last=date(2022, 8, 2))
    assert (narrower.relapses, narrower.scans) == ((), ())


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("first", "last", "medicines"), [
    (date(2022, 1, 1), date(2022, 3, 3), ["L04AG08"]), (date(2022, 1, 2), date(2022, 3, 4), ["L04AG08", "L04AG03"]),
    (date(2022, 1, 3), date(2022, 3, 4), ["L04AG03"]), (date(2022, 1, 3), date(2022, 3, 3), []),
])  # fmt: skip
def test_a_medicine_is_there_on_its_first_and_last_day(
    first: date, last: date, medicines: list[str], of: Any
) -> None:
    assert [each.medicine for each in of(first=first, last=last).treatments] == medicines


def test_nothing_but_a_patient_is_a_year(lay: Any, row: Any, of: Any, registry: Registry) -> None:
    lay(patients=[row["patient"](diagnosis_date=TODAY)])
    assert (of().first, of().last) == (date(2025, 11, 21), TODAY)
    with registry.light() as db:
        db.execute("UPDATE patient SET diagnosis_date = NULL, diagnosis_phenotype = NULL, birth_date = NULL")
    found = of()
    assert (found.first, found.diagnosed_on, found.birth_year, found.stages) == (
        date(2025, 11, 21),
        None,
        None,
        (),
    )
    assert found.assessments == found.relapses == found.scans == found.treatments == found.lists == ()


@pytest.mark.parametrize(("state", "end"), [
    ({"deceased": True, "deceased_on": date(2024, 3, 4)}, date(2024, 3, 4)),
    ({"treatment_ended": True, "treatment_ended_on": date(2024, 1, 2), "treatment_ended_reason": "abroad"}, date(2024, 1, 2)),
])  # fmt: skip
def test_the_chart_ends_where_the_record_ended(
    state: dict[str, Any], end: date, lay: Any, row: Any, of: Any
) -> None:
    lay(patients=[row["patient"](**state)], courses=[row["course"]()])
    found = of()
    assert (found.last, found.ended_on) == (end, end)
    assert found.stages[-1].until == end


def test_a_relapse_without_a_date_is_counted_and_an_mri_without_one_stands_at_its_course(
    lay: Any, row: Any, of: Any, registry: Registry
) -> None:
    lay(
        patients=[row["patient"]()], disease=[row["relapse"]()],
        courses=[row["course"](mri_done=True, mri_date=date(2020, 12, 1), mri_region="brain", mri_gadolinium=False,
                               mri_new_t2="1")],
    )  # fmt: skip
    with registry.light() as db:
        db.execute("UPDATE disease_event SET date = NULL")
        db.execute("UPDATE course SET mri_date = NULL")
    found = of()
    assert (found.relapses, found.undated) == ((), 1)
    assert [each.on for each in found.scans] == [date(2021, 1, 1)]


def test_k4_a_score_whose_question_is_not_asked_any_more_is_no_score(
    lay: Any, row: Any, of: Any, registry: Registry
) -> None:
    lay(patients=[row["patient"]()], courses=[row["course"]()])
    with registry.light() as db:
        db.execute("UPDATE course SET edss_method = 'not_done'")
    assert [each.edss for each in of().assessments] == [None]


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(("first", "last", "field"), [
    (None, date(2026, 11, 22), "until"), (TODAY, None, "from"), (date(2020, 1, 2), date(2020, 1, 2), "from"),
    (date(2020, 1, 3), date(2020, 1, 2), "from"),
])  # fmt: skip
def test_bounds_that_no_chart_can_have(
    first: date | None, last: date | None, field: str, of: Any, registry: Registry
) -> None:
    """And nobody was looked at for it."""
    with registry.light() as db:
        before = db.one("SELECT count(*) FROM audit_event")
    with pytest.raises(Usage) as refused:
        of(first=first, last=last)
    assert refused.value.field == field
    with registry.light() as db:
        assert db.one("SELECT count(*) FROM audit_event") == before


@pytest.mark.usefixtures("full")
def test_a_chart_of_one_day_and_the_one_until_today(of: Any) -> None:
    assert of(first=date(2026, 11, 20)).last == TODAY
    assert of(first=date(2020, 1, 1), last=date(2020, 1, 2)).assessments == ()
    assert of(last=TODAY).first == date(2019, 3, 4)


@pytest.mark.usefixtures("full")
def test_s5_the_look_is_in_the_log_with_where_it_goes(of: Any, registry: Registry) -> None:
    of(told={"format": "jpeg", "to_file": True, "recipient": "huisarts"})
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    event = json.loads(found[0])
    assert (event["event"], event["segment"], event["action"]) == ("chart.show", "chart", "R")
    assert event["about"] == {
        "reveal": False, "by_bsn": False, "format": "jpeg", "to_file": True, "recipient": "huisarts",
    }  # fmt: skip


@pytest.mark.usefixtures("full")
def test_s3_another_centre_finds_nobody(of: Any, member: Any) -> None:
    with pytest.raises(NotFound):
        of(by=member("UTR01"))
    assert of(by=member("AMS01")).number == "MS-0000001"
