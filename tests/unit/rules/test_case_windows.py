"""Windows of the themes as dates: the day before, the day, the day after; leap days; what is not known (SPEC N1)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.case_windows import Included, Window, included, last_day

DAY = timedelta(days=1)
YES, NO, UNKNOWN = Included.YES, Included.NO, Included.UNKNOWN
DEATH = Window(after="delivery_date", years=1, pregnant=True)
OPERATION = Window(after="delivery_date", days=42, pregnant=True)
RELAPAROTOMY = Window(after="caesarean_date", days=42)
TERMINATION = Window(weeks=24, confirmed="not_viable")
BIRTH = date(2026, 1, 10)


def after(event: date, end: date = BIRTH, **more: Any) -> dict[str, Any]:
    return {"event_date": event, "pregnancy_ended": True, "delivery_date": end, **more}


@pytest.mark.parametrize(
    ("days", "expected"),
    [(-300, YES), (-1, YES), (0, YES), (1, YES), (41, YES), (42, YES), (43, NO), (400, NO)],
)
def test_day_42_counts(days: int, expected: Included) -> None:
    """Hysterectomy, embolisation: from the first trimester up to and including 42 days postpartum."""
    assert included(OPERATION, after(BIRTH + days * DAY)).included is expected


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, NO), (0, YES), (1, YES), (41, YES), (42, YES), (43, NO), (365, NO)]
)
def test_relaparotomy_is_counted_from_the_caesarean(days: int, expected: Included) -> None:
    answers = {"event_date": BIRTH + days * DAY, "caesarean_date": BIRTH}
    assert included(RELAPAROTOMY, answers).included is expected


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (date(2026, 1, 10), date(2026, 2, 21)),
        (date(2024, 1, 18), date(2024, 2, 29)),
        (date(2024, 1, 19), date(2024, 3, 1)),
        (date(2025, 1, 18), date(2025, 3, 1)),
        (date(2024, 2, 29), date(2024, 4, 11)),
        (date(2025, 12, 31), date(2026, 2, 11)),
    ],
)
def test_day_42_over_months_years_and_leap_days(end: date, last: date) -> None:
    assert last_day(end, days=42) == last
    assert included(OPERATION, after(last, end)).included is YES
    assert included(OPERATION, after(last + DAY, end)).included is NO


@pytest.mark.parametrize(
    ("end", "last"),
    [
        (date(2025, 3, 1), date(2026, 3, 1)),
        (date(2025, 12, 31), date(2026, 12, 31)),
        (date(2023, 2, 28), date(2024, 2, 28)),
        (date(2023, 3, 1), date(2024, 3, 1)),
        (date(2024, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2024, 3, 1), date(2025, 3, 1)),
        (date(1899, 2, 28), date(1900, 2, 28)),
    ],
)
def test_one_calendar_year_with_the_same_date_included(end: date, last: date) -> None:
    """Decision 0037: from 29 February the year ends on the 28th."""
    assert last_day(end, years=1) == last
    assert included(DEATH, after(last - DAY, end)).included is YES
    assert included(DEATH, after(last, end)).included is YES
    told = included(DEATH, after(last + DAY, end))
    assert told.included is NO
    assert told.why.text() == "the event is more than one calendar year later"


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 8))
def test_years_end_as_dateutil_ends_them(start: date, years: int) -> None:
    assert last_day(start, years=years) == start + relativedelta(years=years)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)))
def test_no_year_is_longer_than_another_by_more_than_its_leap_day(start: date) -> None:
    length = (last_day(start, years=1) - start).days
    assert length in (365, 366)


@given(
    st.sampled_from([DEATH, OPERATION]),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.integers(-500, 800),
    st.integers(0, 300),
)
def test_once_outside_always_outside(window: Window, end: date, days: int, start: int) -> None:
    """Yes from the start of the pregnancy to the last day, no before and after, and never unknown."""
    begin = end - start * DAY
    event = end + days * DAY
    found = included(window, after(event, end, pregnancy_start=begin))
    inside = begin <= event <= last_day(end, days=window.days, years=window.years)
    assert found.included is (YES if inside else NO)
    assert found.lacking == ()


@pytest.mark.parametrize(("days", "expected"), [(-1, NO), (0, YES), (1, YES)])
@pytest.mark.parametrize("ended", [True, False])
def test_the_first_trimester_begins_with_the_pregnancy(days: int, expected: Included, ended: bool) -> None:
    start = date(2025, 4, 1)
    answers = {"event_date": start + days * DAY, "pregnancy_start": start, "pregnancy_ended": ended}
    if ended:
        answers["delivery_date"] = BIRTH
    assert included(OPERATION, answers).included is expected


@pytest.mark.parametrize("window", [DEATH, OPERATION])
def test_pregnant_when_it_happened(window: Window) -> None:
    assert included(window, {"event_date": BIRTH, "pregnancy_ended": False}).included is YES
    assert included(window, {"pregnancy_ended": False}).included is YES


@pytest.mark.parametrize(
    ("window", "answers", "lacking"),
    [
        (DEATH, {}, ("pregnancy_ended",)),
        (DEATH, {"event_date": BIRTH}, ("pregnancy_ended",)),
        (DEATH, {"event_date": BIRTH, "pregnancy_ended": True}, ("delivery_date",)),
        (DEATH, {"pregnancy_ended": True, "delivery_date": BIRTH}, ("event_date",)),
        (DEATH, {"pregnancy_ended": True}, ("event_date", "delivery_date")),
        (RELAPAROTOMY, {}, ("event_date", "caesarean_date")),
        (RELAPAROTOMY, {"event_date": BIRTH}, ("caesarean_date",)),
        (TERMINATION, {}, ("gestation_weeks", "not_viable")),
        (TERMINATION, {"gestation_weeks": 30}, ("not_viable",)),
        (TERMINATION, {"not_viable": True}, ("gestation_weeks",)),
    ],
)
def test_what_lacks_makes_it_unknown_and_is_named(
    window: Window, answers: dict[str, Any], lacking: tuple[str, ...]
) -> None:
    found = included(window, answers)
    assert (found.included, found.lacking) == (UNKNOWN, lacking)


def test_outside_for_certain_is_no_whatever_lacks() -> None:
    assert included(TERMINATION, {"gestation_weeks": 23}).included is NO
    assert included(TERMINATION, {"not_viable": False}).included is NO
    early = {"event_date": BIRTH - DAY, "pregnancy_start": BIRTH}
    assert included(DEATH, early).included is NO


@pytest.mark.parametrize(("weeks", "expected"), [(0, NO), (23, NO), (24, YES), (25, YES), (44, YES)])
def test_termination_from_24_completed_weeks(weeks: int, expected: Included) -> None:
    found = included(TERMINATION, {"gestation_weeks": weeks, "not_viable": True})
    assert found.included is expected


def test_reasons_tell_limits_and_no_date_of_the_case() -> None:
    for found in (
        included(OPERATION, after(BIRTH + 43 * DAY)),
        included(TERMINATION, {"gestation_weeks": 3}),
    ):
        told = found.why.text()
        assert "{" not in told
        assert "2026" not in told
    assert included(OPERATION, after(BIRTH + 43 * DAY)).why.params == {"days": 42}


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"days": 42},
        {"pregnant": True},
        {"years": 1, "weeks": 24},
        {"after": "delivery_date"},
        {"after": "delivery_date", "days": 42, "years": 1},
        {"after": "delivery_date", "days": 0},
        {"weeks": 0},
        {"weeks": -1},
    ],
)
def test_a_window_that_says_nothing_or_two_things_is_none(words: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Window(**words)


def test_a_window_knows_its_questions() -> None:
    assert DEATH.questions == ("event_date", "pregnancy_start", "pregnancy_ended", "delivery_date")
    assert RELAPAROTOMY.questions == ("event_date", "caesarean_date")
    assert TERMINATION.questions == ("gestation_weeks", "not_viable")


@pytest.mark.parametrize(("days", "years"), [(0, None), (None, 2)])
def test_longer_windows_are_told_in_their_own_words(days: int | None, years: int | None) -> None:
    if years:
        late = BIRTH.replace(year=BIRTH.year + years) + DAY
        told = included(Window(after="delivery_date", years=years, pregnant=True), after(late))
        assert told.why.text() == "the event is more than 2 calendar years later"
        assert told.included is NO
    else:
        assert last_day(BIRTH, days=days) == BIRTH
