"""Checks of the courses: their dates, the EDSS and the MRI."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.edss import SYSTEMS, computed_edss, is_edss
from msreg.rules.facts import CourseFacts, RecordFacts
from msreg.vocabulary import N_, Record, Severity

MRI_DAYS_AFTER_COURSE = 31
DOUBTFUL_EDSS_STEP = Decimal("2.5")


@check("COU-001", Record.COURSE, "course_date", "patient.birth_date")
def course_after_birth(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Course is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1972-02-29, course on 1972-02-28.

    Good: born on 1972-02-29, course on 2023-10-18.
    """
    day, birth = course.course_date, record.patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(course, "course_date", N_("the course is before the date of birth"))


@check_whole("COU-002", Record.COURSE, "course_date")
def one_course_a_day(record: RecordFacts, today: date) -> Iterator[Fault]:
    """One course a day

    A patient has at most one course on a day; what was found on that day belongs together.

    Bad: two courses on 2024-02-29.

    Good: one course on 2024-02-29 and one on 2025-02-28.
    """
    days = set()
    for course in sound(record.courses, "course_date"):
        if course.course_date in days:
            yield at(
                course,
                "course_date",
                N_("there is a course on this day already"),
                hint=N_("put the answers together in one course, or correct one of the two dates"),
            )
        days.add(course.course_date)


@check("COU-003", Record.COURSE, "course_date", "patient.deceased_on")
def course_before_death(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Course is not after death

    Nobody is seen after death: the date of the course or the date of death is wrong.

    Bad: died on 2024-02-29, course on 2024-03-01.

    Good: died on 2024-02-29, course on 2024-02-29.
    """
    day, death = course.course_date, record.patient.deceased_on
    if day is not None and death is not None and day > death:
        yield at(course, "course_date", N_("the course is after the date of death"))


@check("COU-004", Record.COURSE, "edss")
def edss_exists(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """EDSS is a score of the scale

    The scale has twenty scores: 0, and 1 to 10 in steps of a half. There is no 0.5.

    Bad: 0.5

    Good: 3.5
    """
    if course.edss is not None and not is_edss(course.edss):
        yield at(course, "edss", N_("not an EDSS score: 0, 1, 1.5 … 10 are"))


@check("COU-005", Record.COURSE, "mri_date", "course_date")
def mri_belongs_to_course(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """MRI is not long after the course

    An MRI belongs to the course that it was made for. It may follow within 31 days; a later one belongs
    to a next course.

    Bad: course on 2024-01-29, MRI on 2024-03-01.

    Good: course on 2024-01-29, MRI on 2024-02-29.
    """
    mri, day = course.mri_date, course.course_date
    if mri is not None and day is not None and mri > day and (mri - day).days > MRI_DAYS_AFTER_COURSE:
        yield at(
            course,
            "mri_date",
            N_("the MRI is more than {days} days after the course"),
            hint=N_("add it to the next course"),
            days=MRI_DAYS_AFTER_COURSE,
        )


@check("COU-006", Record.COURSE, "mri_date", "patient.birth_date")
def mri_after_birth(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """MRI is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1972-03-05, MRI on 1972-03-04.

    Good: born on 1972-03-05, MRI on 2023-10-18.
    """
    mri, birth = course.mri_date, record.patient.birth_date
    if mri is not None and birth is not None and mri < birth:
        yield at(course, "mri_date", N_("the MRI is before the date of birth"))


@check("COU-007", Record.COURSE, *SYSTEMS)
def systems_all_or_none(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Functional systems are all filled in, or none

    The EDSS follows from the eight functional systems together. A part of them says nothing; a system
    without a finding is 0, not empty.

    Bad: pyramidal 2 and the other seven empty.

    Good: pyramidal 2 and the other seven 0.
    """
    missing = (
        (course.fs_pyramidal is None)
        + (course.fs_cerebellar is None)
        + (course.fs_brainstem is None)
        + (course.fs_sensory is None)
        + (course.fs_bowel_bladder is None)
        + (course.fs_visual is None)
        + (course.fs_cerebral is None)
        + (course.fs_ambulation is None)
    )
    if 0 < missing < len(SYSTEMS):
        yield at(
            course,
            next(key for key in SYSTEMS if getattr(course, key) is None),
            N_("of the functional systems all eight are needed, or none"),
            hint=N_("a system without a finding is 0"),
        )


@check("COU-008", Record.COURSE, "edss", *SYSTEMS, severity=Severity.WARNING)
def edss_follows_from_systems(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """EDSS agrees with the functional systems

    When all eight functional systems are filled in, the EDSS is computed from them. A difference is often
    a typing error; a clinician may know better, so it is a warning.

    Bad: all eight systems 0, EDSS 3.

    Good: all eight systems 0, EDSS 0.
    """
    if (
        course.edss is None
        or course.fs_pyramidal is None
        or course.fs_cerebellar is None
        or course.fs_brainstem is None
        or course.fs_sensory is None
        or course.fs_bowel_bladder is None
        or course.fs_visual is None
        or course.fs_cerebral is None
        or course.fs_ambulation is None
    ):
        return
    computed = computed_edss(
        course.fs_pyramidal,
        course.fs_cerebellar,
        course.fs_brainstem,
        course.fs_sensory,
        course.fs_bowel_bladder,
        course.fs_visual,
        course.fs_cerebral,
        course.fs_ambulation,
    )
    if course.edss != computed:
        yield at(course, "edss", N_("the EDSS is not the one that follows from the functional systems"))


@check_whole("COU-009", Record.COURSE, "course_date", "edss", severity=Severity.WARNING)
def edss_step_is_believable(record: RecordFacts, today: date) -> Iterator[Fault]:
    """EDSS is near the one of the course before

    From one course to the next the EDSS seldom changes by 2.5 or more. It can, after a relapse; more often
    a digit slipped in, so it is a warning. A course without an EDSS is passed over.

    Bad: EDSS 2 on 2023-03-01, EDSS 6 on 2024-03-01.

    Good: EDSS 2 on 2023-03-01, EDSS 2.5 on 2024-03-01.
    """
    before: CourseFacts | None = None
    for course in sorted(sound(record.courses, "course_date", "edss"), key=lambda each: each.course_date):
        if before is not None and before.edss is not None:
            if course.course_date == before.course_date:
                continue  # COU-002 tells of this one
            if abs(course.edss - before.edss) >= DOUBTFUL_EDSS_STEP:
                yield at(
                    course,
                    "edss",
                    N_("the EDSS differs by {step} or more from the course before"),
                    hint=N_("see whether both scores are right"),
                    step=DOUBTFUL_EDSS_STEP,
                )
        before = course


@check("COU-010", Record.COURSE, "edss", "patient.deceased", severity=Severity.WARNING)
def edss_ten_is_death(course: CourseFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """EDSS 10 means death due to MS

    The highest score stands for death due to MS. It does not go with a patient who is not deceased.

    Bad: EDSS 10, deceased no.

    Good: EDSS 9.5, deceased no.
    """
    if course.edss == 10 and record.patient.deceased is False:
        yield at(
            course,
            "edss",
            N_("EDSS 10 means death due to MS, but the patient is not marked as deceased"),
        )
