"""What reports count, worked out by hand (SPEC O3; docs/reference/reports.md, measures.md)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from msreg.formats.report import Report, Share
from msreg.services.mail_stopping import stop
from msreg.store.actor import Actor
from msreg.store.registry import Registry

Make = Callable[..., Report]
D = date


def test_a_centre_by_hand(cells: Any, make: Make, lay: Any, row: Any) -> None:
    """Four patients: one in time, one overdue, one whose treatment ended, one deceased."""
    lay(
        patients=[
            row["patient"]("1", email="a@example.org"),
            row["patient"]("2", sex="male", birth_date=D(2008, 11, 22), diagnosis_date=D(2025, 11, 22),
                           diagnosis_phenotype="ppms"),
            row["patient"]("3", treatment_ended=True, treatment_ended_on=D(2024, 1, 1), treatment_ended_reason="lost"),
            row["patient"]("4", deceased=True, deceased_on=D(2025, 1, 1)),
        ],
        courses=[
            row["course"]("1", course_date=D(2025, 11, 21), edss=1.5), row["course"]("1", course_date=D(2026, 3, 1), edss=4),
            row["course"]("2", course_date=D(2025, 11, 20), edss=None, edss_method="not_done"),
            row["course"]("3", course_date=D(2023, 1, 1), edss=6.5), row["course"]("4", course_date=D(2024, 6, 1), edss=9.5),
        ],
        disease=[
            row["relapse"]("1", date=D(2025, 12, 1)), row["relapse"]("1", date=D(2025, 12, 30)),
            row["relapse"]("1", date=D(2026, 1, 1)), row["relapse"]("1", date=D(2026, 3, 2)),
        ],
        medication=[
            row["medication"]("1", medicine="L04AK02", start_date=D(2019, 1, 1), stop_date=D(2020, 1, 1),
                              safety_issue=False, stop_reasons="other", washout_done=True),
            row["medication"]("1", start_date=D(2020, 6, 1)),
        ],
    )  # fmt: skip
    found = make("centre")
    assert (found.patients, found.compared, found.others, found.since) == (4, False, None, D(2025, 11, 22))
    care = {key: values[0] for key, values in cells(found, "care").items()}
    assert care == {"in_time": 1, "overdue": 1, "no_course": 0, "ended": 1, "withdrawn": 0, "deceased": 1}
    assert cells(found, "sex")["male"] == (1, Decimal("25.0"))
    age = {key: values[0] for key, values in cells(found, "age").items() if values[0]}
    assert age == {"0-17": 1, "40-49": 3}  # eighteen tomorrow
    assert {key: values[0] for key, values in cells(found, "edss").items()} == {
        "0-1.5": 0, "2-3.5": 0, "4-5.5": 1, "6-6.5": 1, "7-10": 1, "unknown": 1,
    }  # fmt: skip
    assert cells(found, "medians")["edss"] == (3, Decimal("6.5"))
    assert cells(found, "duration")["0"][0] == 1  # a year tomorrow
    # Watched in the period: the first patient, from 22 November to the last course: 100 days. Onsets 29 and 31 days
    # after the first: one is part of it; the last lies after the last course.
    people, relapsing, relapses, years, rate, _low, _high = cells(found, "relapses")["own"]
    assert (people, relapsing, relapses, years) == (1, 1, 2, Decimal("0.3"))
    assert rate == Decimal("7.305")  # 2 / (100 / 365.25)
    assert cells(found, "medicine") == {"L04AG08": (1, Decimal("25.0")), "none": (3, Decimal("75.0"))}
    assert cells(found, "line")["second"][0] == 1
    assert cells(found, "used") == {"L04AG08": (1, None), "L04AK02": (1, Decimal("12.0"))}
    assert cells(found, "courses") == {"2026": (1, 1), "2025": (2, 2), "2024": (1, 1), "2023": (1, 1)}
    assert cells(found, "response")["total"] == (Share(0, 2),)  # 21 January and 1 May


@pytest.mark.parametrize(
    ("stopped", "lists"),
    [(D(2026, 8, 29), 0), (D(2026, 8, 30), 0), (D(2026, 8, 31), 1), (D(2026, 11, 21), 1)],
)
def test_who_wants_no_mail_is_expected_to_answer_none_from_then_on(
    stopped: date, lists: int, cells: Any, make: Make, lay: Any, row: Any, registry: Registry, desk: Actor
) -> None:
    """SPEC Q4: the response is of those who were asked. The list is expected on 30 August."""
    lay(patients=[row["patient"](email="a@example.org")], courses=[row["course"](course_date=D(2026, 6, 30))])
    stop(registry, by=desk, patient="MS-0000001", today=stopped)
    assert cells(make("centre"), "response")["total"] == (Share(0, lists),)


def test_proms_by_hand(cells: Any, make: Make, lay: Any, row: Any) -> None:
    """A list on the day counts; the mean is of the last list of each patient in the period."""
    levels = ("mobility", "self_care", "usual_activities", "pain_discomfort", "anxiety_depression")

    def answers(number: str, on: date, profile: str, score: int) -> dict[str, Any]:
        who = {"centre": "AMS01", "patient_number": number, "answered_on": on, "health_score": score}
        return who | dict(zip(levels, profile, strict=True))

    lay(
        patients=[row["patient"](each, email=f"p{each}@example.org") for each in ("1", "2")],
        courses=[row["course"](each, course_date=D(2026, 1, 15)) for each in ("1", "2")],
        proms=[
            answers("1", D(2026, 3, 15), "22222", 60), answers("1", D(2026, 5, 1), "11111", 90),
            answers("2", D(2026, 3, 14), "21111", 80),
        ],
    )  # fmt: skip
    found = make("centre")
    assert cells(found, "response") == {"total": (Share(1, 2),), "2026-Q1": (Share(1, 2),)}
    assert cells(found, "proms") == {
        "index:NL-Versteegh-2016-3dp": (2, Decimal("0.959")), "score": (2, Decimal("85.0")),
    }  # fmt: skip


def test_open_questions_by_hand(cells: Any, make: Make, lay: Any, row: Any, lose: Any) -> None:
    """In two of three courses of the own centre the EDSS is open."""
    lay(
        patients=[row["patient"](each) for each in ("00001", "00002")],
        courses=[
            row["course"]("00001", course_date=D(2026, 6, 1)), row["course"]("00001", course_date=D(2022, 1, 1)),
            row["course"]("00002"),
        ],
    )  # fmt: skip
    lose("AMS01", 1, 1)
    lose("AMS01", 1, 1, "2022-01-01")
    found = make("completeness")
    assert cells(found, "complete") == {
        "yes": (1, Decimal("50.0"), 1, Decimal("50.0")), "no": (1, Decimal("50.0"), 1, Decimal("50.0")),
    }  # fmt: skip
    assert cells(found, "questions") == {"course.edss": (Share(2, 3), Share(2, 3))}
    assert found.remarks == ("no_others",)
    assert cells(make("completeness", None), "centres")["AMS01"] == (2, 1, Decimal("50.0"), 2, 1)


def test_progression_by_hand(cells: Any, make: Make, lay: Any, row: Any) -> None:
    """2 to 3 confirmed a year later is progression without a relapse; two visits cannot tell."""
    scores = {"1": (2, 3, 3, 3), "2": (2, 2, 2, 2), "3": (2, 3), "4": (2, 3, 2, 2)}
    lay(
        patients=[row["patient"](each, diagnosis_phenotype="ppms" if each == "1" else "rrms") for each in scores],
        courses=[
            row["course"](number, course_date=D(2021 + year, 7, 1), edss=edss)
            for number, found in scores.items()
            for year, edss in enumerate(found)
        ],
    )  # fmt: skip
    found = make("progression")
    outcomes = cells(found, "outcomes")
    assert outcomes["cdp12"][:2] == outcomes["cdp24"][:2] == outcomes["pira24"][:2] == (Share(1, 3), 1)
    assert outcomes["raw24"][:2] == (Share(0, 3), 1)
    assert outcomes["neda3"][:2] == (Share(0, 0), 4)  # no MRI, no course in the year
    assert cells(found, "phenotype_own")["ppms"][:2] == (1, Share(1, 1))
    assert cells(found, "phenotype_own")["rrms"][:2] == (3, Share(0, 2))
    asked = make("progression", since=D(2022, 1, 1), until=D(2022, 12, 31))
    # Over 2022 the third cannot be judged: what it shows is confirmed by nobody.
    assert cells(asked, "outcomes")["cdp12"][:2] == (Share(1, 3), 1)
    later = make("progression", year=2024)
    assert cells(later, "outcomes")["cdp12"][:2] == (Share(0, 3), 1)


@pytest.mark.parametrize(
    ("undated", "kept"), [(None, (1, 0)), ("2024-12-31", (1, 0)), ("2025-07-01", (0, 1))]
)
def test_an_mri_without_a_date_matters_in_the_period_of_its_course_alone(
    undated: str | None, kept: tuple[int, int], make: Make, lay: Any, row: Any, cells: Any, registry: Registry
) -> None:
    """NEDA-3 over 2025 is kept; an undated MRI of a course of that year makes it one that cannot be judged."""
    quiet = {"mri_done": True, "mri_gadolinium": False, "mri_new_t2": "0", "mri_region": "brain"}
    days = (D(2024, 12, 31), D(2025, 6, 1), D(2025, 7, 1), D(2026, 1, 2), D(2026, 6, 1))
    lay(
        patients=[row["patient"]()],
        courses=[row["course"](course_date=day, mri_date=day, **quiet) for day in days],
    )
    with registry.light() as db:
        db.execute("UPDATE course SET mri_date = NULL WHERE course_date = ?", (undated,))
    share, not_judged = cells(make("progression"), "outcomes")["neda3"][:2]
    assert (share, not_judged) == (Share(kept[0], kept[0]), kept[1])
