"""Which categories a patient stands in: the breakdowns of the reports on a centre and on all.

Definitions with sources: docs/reference/reports.md.
"""

from __future__ import annotations

from datetime import date

from msreg.forms.medicines import medicine
from msreg.rules.age import age_on
from msreg.rules.rates import distinct_relapses, observed
from msreg.rules.response import expected_lists
from msreg.rules.survival import Use, joined, time_on_treatment
from msreg.services.reports_people import Person
from msreg.services.reports_tally import Frame, Tally

CARE = ("in_time", "overdue", "no_course", "ended", "withdrawn", "deceased")
SEXES = ("female", "male", "other", "unknown")
AGES = ("0-17", "18-29", "30-39", "40-49", "50-59", "60-69", "70+", "unknown")
PHENOTYPES = ("ris", "cis", "rrms", "spms", "ppms", "unknown")
SCORES = ("0-1.5", "2-3.5", "4-5.5", "6-6.5", "7-10", "unknown")
DURATIONS = ("0", "1-4", "5-9", "10-19", "20+", "unknown")
LINES = ("first", "second", "other", "none")
NONE, YES, NO, NOT_JUDGED = "none", "yes", "no", "not_judged"
SHARES = ("complete", "in_time", "response")
"""The shares that have a funnel plot."""


def count_person(tally: Tally, person: Person, frame: Frame) -> None:
    """Put a patient in the tally of `reports centre` and `reports benchmark`."""
    count_standing(tally, person, frame)
    _person(tally, person, frame)
    _illness(tally, person, frame)
    _treatment(tally, person, frame)
    count_relapses(tally, person, frame.since, frame.until, split_rows(person, frame))
    count_lists(tally, person, frame)
    _courses(tally, person)


def care(person: Person, today: date) -> str:
    """Whether a patient is in care, and whether a new course is due (P7)."""
    if person.deceased:
        return "deceased"
    if person.ended:
        return "ended"
    if person.withdrawn_on:
        return "withdrawn"
    if person.due_on is None:
        return "no_course"
    return "overdue" if person.due_on <= today else "in_time"


def last_day(person: Person, today: date) -> date:
    """Today, or the day of death, of the end of treatment or of withdrawn consent."""
    return min(today, person.gone_on or today)


def phenotype(person: Person) -> str:
    """The last phenotype."""
    return person.phenotype or "unknown"


def line(person: Person, today: date) -> str:
    """The line of the medicine of the last day (Farmacotherapeutisch Kompas), or none."""
    return line_of(person.medicine_on(last_day(person, today)) or NONE)


def line_of(code: str) -> str:
    """The line that a medicine belongs to; `NONE` is no medicine."""
    if code == NONE:
        return NONE
    known = medicine(code)
    return {1: "first", 2: "second"}.get((known.tier if known else None) or 0, "other")


def split_rows(person: Person, frame: Frame) -> tuple[str, ...]:
    """The rows that a patient counts in where a measure is told of all together, by phenotype and by line."""
    return ("", f"phenotype:{phenotype(person)}", f"line:{line(person, frame.today)}")


def count_relapses(tally: Tally, person: Person, since: date, until: date, rows: tuple[str, ...]) -> None:
    """Relapses in the time that the patient was watched within a period, and that time."""
    seen = observed(
        (course.on for course in person.courses), person.diagnosed, person.deceased_on, person.gone_on,
        since, until,
    )  # fmt: skip
    count = 0 if seen is None else sum(map(seen.holds, distinct_relapses(person.relapses)))
    category = NOT_JUDGED if seen is None else YES if count else NO
    for row in rows:
        tally.put("relapses", category, person.side, row)
        if seen is not None:
            tally.plus("relapses", row, person.side, count)
            tally.plus("days", row, person.side, seen.days)


def count_lists(tally: Tally, person: Person, frame: Frame) -> None:
    """The PROM lists that were expected in the period, the last one that was filled in then, and its value."""
    side = person.side
    found = [
        each
        for each in expected_lists(
            [course.on for course in person.courses], [each.on for each in person.lists],
            reachable=person.reachable,
            ended=(person.deceased_on, person.ended_on, person.withdrawn_on, person.mail_stopped_on),
            today=frame.today,
        )
        if frame.since <= each.due_on <= frame.until and not _left_without_day(person)
    ]  # fmt: skip
    done = {True: "filled", False: "open"}
    tally.put("response", NONE if not found else "expected", side)
    for way in {done[each.filled] for each in found}:
        tally.put("response", way, side)
        tally.centre(person.centre_id, "response", way, side)
    for quarter, way in {(_quarter(each.due_on), done[each.filled]) for each in found}:
        tally.put("response", way, side, quarter)
    for each in found:
        for row in ("", _quarter(each.due_on), f"centre:{person.centre_id}"):
            tally.plus(f"lists_{done[each.filled]}", row, side, 1)
    last = next((each for each in reversed(person.lists) if frame.since <= each.on <= frame.until), None)
    value_set = last.value_set if last is not None and last.value is not None else None
    tally.put("index", value_set or NONE, side)
    if last is not None and last.value is not None and value_set is not None:
        tally.spread(f"index:{value_set}", side, last.value)
    tally.put("score", YES if last is not None and last.score is not None else NO, side)
    if last is not None and last.score is not None:
        tally.spread("score", side, last.score)


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _left_without_day(person: Person) -> bool:
    """Gone, and nobody knows since when: what was expected cannot be told."""
    return (person.deceased and person.deceased_on is None) or (person.ended and person.ended_on is None)


def count_standing(tally: Tally, person: Person, frame: Frame) -> None:
    """Who is in care and complete, for tables and for the funnel plots of every centre."""
    side, standing = person.side, care(person, frame.today)
    complete = YES if person.complete else NO
    tally.put("people", "all", side)
    tally.put("care", standing, side)
    tally.put("complete", complete, side)
    tally.centre(person.centre_id, "complete", complete, side)
    timely = {"in_time": YES, "overdue": NO, "no_course": NO}.get(standing, NONE)
    tally.centre(person.centre_id, "in_time", timely, side)
    if standing == "overdue":
        tally.centre(person.centre_id, "overdue", YES, side)


def _person(tally: Tally, person: Person, frame: Frame) -> None:
    side = person.side
    tally.put("sex", person.sex or "unknown", side)
    age = age_on(person.born, last_day(person, frame.today))
    tally.put("age", _band(age, AGES), side)
    if age is not None:
        tally.spread("age", side, age)


def _illness(tally: Tally, person: Person, frame: Frame) -> None:
    side = person.side
    tally.put("phenotype", phenotype(person), side)
    score = next((each.edss for each in reversed(person.courses) if each.edss is not None), None)
    tally.put("edss", _band(score, SCORES), side)
    if score is not None:
        tally.spread("edss", side, score)
    years = age_on(person.diagnosed, last_day(person, frame.today))
    tally.put("duration", _band(years, DURATIONS), side)
    if years is not None:
        tally.spread("duration", side, years)


def _treatment(tally: Tally, person: Person, frame: Frame) -> None:
    side, day = person.side, last_day(person, frame.today)
    tally.put("medicine", person.medicine_on(day) or NONE, side)
    tally.put("line", line(person, frame.today), side)
    uses = joined(Use(each.medicine, each.start, each.stop) for each in person.periods)
    for code in {use.medicine for use in uses}:
        tally.put("used", YES, side, code)
    for use in uses:
        spell = time_on_treatment(use.start, use.stop, frame.today, person.deceased_on, person.gone_on)
        if spell is not None:
            tally.spell(use.medicine, side, spell)


def _courses(tally: Tally, person: Person) -> None:
    years = {course.on.year for course in person.courses}
    for year in years:
        tally.put("course_people", str(year), person.side)
    for course in person.courses:
        tally.put("courses", str(course.on.year), person.side)


def _band(value: object, bands: tuple[str, ...]) -> str:
    """The band that a number lies in: "18-29", "70+", or the last one for nothing."""
    if value is None:
        return bands[-1]
    number = float(value)  # type: ignore[arg-type]  # a whole number or a Decimal
    for band in bands[:-1]:
        low, _, high = band.rstrip("+").partition("-")
        if number >= float(low) and (band.endswith("+") or number <= float(high or low)):
            return band
    return bands[-1]
