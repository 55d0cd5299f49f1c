"""A patient in short, from the record in a real registry (SPEC O2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.errors import NotAllowed, NotFound
from msreg.services.shares import share
from msreg.services.synopsis import Period, Relapse, Step, Synopsis, read_synopsis
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Role

BSN = "999990019"


@pytest.fixture
def of(registry: Registry, desk: Actor, today: date) -> Callable[..., Synopsis]:
    def read(patient: str = "AMS01:00001", **other: Any) -> Synopsis:
        return read_synopsis(registry, **{"by": desk, "today": today, "patient": patient} | other)

    return read


def last_event(registry: Registry) -> dict[str, Any]:
    with registry.light() as db:
        found = db.one("SELECT body FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert found is not None
    return dict(json.loads(found[0]))


def test_nothing_but_a_patient(lay: Any, row: Any, of: Any, registry: Registry) -> None:
    """As after the first questions of an entry that was broken off."""
    lay(patients=[row["patient"]()])
    with registry.light() as db:
        db.execute(
            "UPDATE patient SET diagnosis_date = NULL, diagnosis_phenotype = NULL, sex = NULL,"
            " last_phenotype = NULL, open_questions = 3, complete = 0"
        )
    found = of()
    assert (found.phenotype, found.phenotypes, found.last_edss, found.age) == (None, (), None, 46)
    assert found.visits == found.periods == found.effects == found.relapses == found.current == ()
    assert (found.complete, found.open_questions, found.course_due, found.in_care) == (False, 3, False, True)


def test_everything_newest_first(lay: Any, row: Any, of: Any) -> None:
    """The last EDSS is that of the newest course that has one; phenotypes go the other way."""
    lay(
        patients=[row["patient"]()],
        courses=[
            row["course"](course_date=date(2024, 5, 6), edss=2.5),
            row["course"](course_date=date(2026, 5, 6), edss_method="not_done", edss=None),
            row["course"](course_date=date(2025, 5, 6), edss=4, mri_done=True, mri_date=date(2025, 5, 1),
                          mri_region="brain", mri_gadolinium=True, mri_new_t2="1", mri_gd_lesions="unknown"),
        ],
        disease=[
            row["relapse"](date=date(2021, 2, 3)),
            row["relapse"](date=date(2023, 2, 3), methylprednisolone=False, severity="mild"),
            row["referral"](),
            row["relapse"](kind="phenotype", date=date(2025, 1, 2), phenotype="spms", methylprednisolone=None),
        ],
        medication=[
            row["medication"](start_date=date(2020, 6, 1), stop_date=date(2022, 1, 2), stop_reasons="other",
                              safety_issue=False),
            row["medication"](medicine="L04AG03", start_date=date(2022, 3, 4), jcv_status="negative"),
        ],
        adverse_events=[row["event"]()],
    )  # fmt: skip
    found = of()
    assert [each.on.year for each in found.visits] == [2026, 2025, 2024]
    assert found.last_edss is found.visits[1]
    assert (found.visits[1].edss, found.visits[1].mri_new_t2, found.visits[1].mri_gd_lesions) == (
        Decimal(4), "1", "unknown",
    )  # fmt: skip
    assert found.relapses == (
        Relapse(date(2023, 2, 3), False, "mild"), Relapse(date(2021, 2, 3), True, None),
    )  # fmt: skip
    assert found.phenotypes == (Step("rrms", date(2019, 3, 4)), Step("spms", date(2025, 1, 2)))
    assert found.phenotype == "spms"
    assert found.current == (Period("L04AG03", date(2022, 3, 4), None, (), 0),)
    assert found.periods[1] == Period("L04AG08", date(2020, 6, 1), date(2022, 1, 2), ("other",), 0)
    assert [(each.description, each.medicine) for each in found.effects] == [("hoofdpijn", "L04AG08")]


@pytest.mark.parametrize(
    ("day", "due"), [(date(2022, 1, 1), False), (date(2022, 1, 2), True), (date(2022, 1, 3), True)]
)
def test_a_new_course_is_due_from_a_year_after_the_last(
    lay: Any, row: Any, of: Any, day: date, due: bool
) -> None:
    """P7: the day before, the day, the day after."""
    lay(patients=[row["patient"]()], courses=[row["course"](course_date=date(2021, 1, 1))])
    assert of(today=day).course_due is due


def test_after_death_age_stands_still_and_nothing_is_due(lay: Any, row: Any, of: Any) -> None:
    """P9. Age is that at death."""
    dead = row["patient"](deceased=True, deceased_on=date(2023, 5, 5))
    lay(patients=[dead], courses=[row["course"]()])
    found = of()
    assert (found.age, found.course_due, found.in_care) == (42, False, False)


def test_p10_withdrawn_consent_is_told(lay: Any, row: Any, of: Any, registry: Registry) -> None:
    lay(patients=[row["patient"]()])
    assert (of().withdrawn_on, of().in_care) == (None, True)
    with registry.light() as db:
        db.execute("UPDATE patient SET withdrawn_on = '2026-10-02'")
    assert (of().withdrawn_on, of().in_care) == (date(2026, 10, 2), False)


def test_an_answer_that_does_not_count_is_not_told(lay: Any, row: Any, of: Any, registry: Registry) -> None:
    """K4: what was answered on an MRI that was not made after all."""
    lay(patients=[row["patient"]()], courses=[
        row["course"](mri_done=True, mri_date=date(2021, 1, 1), mri_region="brain", mri_gadolinium=False, mri_new_t2="2")
    ])  # fmt: skip
    assert of().visits[0].mri_new_t2 == "2"
    with registry.light() as db:
        db.execute("UPDATE course SET mri_done = 0")
    assert of().visits[0].mri_new_t2 is None


def test_the_bsn_is_masked_unless_asked_for(
    lay: Any, row: Any, of: Any, registry: Registry, desk: Actor
) -> None:
    """C8: and asking for it needs the right, and is logged."""
    lay(patients=[row["patient"](bsn=BSN)])
    assert of().patient["bsn"] == "••••••019"
    assert BSN not in repr(of())
    assert of(reveal=True).patient["bsn"] == BSN
    assert last_event(registry)["about"]["reveal"] is True
    with pytest.raises(NotAllowed):
        of(by=replace(desk, role=Role.READER), reveal=True)


def test_who_looked_is_logged_with_the_form_in_which_it_left(
    lay: Any, row: Any, of: Any, registry: Registry
) -> None:
    """S5. Neither name nor place of a file: people name files after patients."""
    lay(patients=[row["patient"](bsn=BSN)])
    of(patient=None, bsn=BSN, told={"format": "pdf", "to_file": True})
    event = last_event(registry)
    assert (event["event"], event["segment"], event["action"]) == ("synopsis.show", "synopsis", "R")
    assert event["about"] == {"reveal": False, "by_bsn": True, "format": "pdf", "to_file": True}


def test_a_centre_sees_its_own_and_shared_patients(
    lay: Any, row: Any, of: Any, registry: Registry, desk: Actor, member: Any, today: date
) -> None:
    """S3, P8: to others there is no such patient."""
    lay(patients=[row["patient"]()])
    with pytest.raises(NotFound):
        of(by=member("UTR01"))
    with registry.light() as db:
        [(known,)] = db.rows("SELECT id FROM patient")
    share(registry, by=desk, patient_id=known, centre_code="UTR01", today=today)
    found = of(by=member("UTR01"))
    assert [each.centre for each in found.shared] == ["UTR01"]
