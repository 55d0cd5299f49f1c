"""What two numbers tell together of fewer than five people of others (SPEC O3): against who subtracts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.disclosure import SMALLEST, is_open
from msreg.rules.disclosure_pairs import Repeats, gap_is_open, open_repeats


@pytest.mark.parametrize(("whole", "part", "shown"), [
    (20, 20, True), (20, 19, False), (20, 16, False), (20, 15, True), (20, 0, True), (19, 20, False), (15, 20, True),
])  # fmt: skip
def test_a_part_beside_its_whole(whole: int, part: int, shown: bool) -> None:
    assert gap_is_open(whole, part) is shown


@pytest.mark.parametrize(("events", "people", "shown"), [
    (0, 0, Repeats(True, True)),
    (20, 20, Repeats(True, True)),  # nobody had two
    (21, 20, Repeats(True, False)),  # one person had two
    (26, 20, Repeats(True, False)),  # six more: one to six people had several, and that is hidden
    (27, 20, Repeats(True, True)),  # seven more: one to seven had several
    (12, 5, Repeats(True, False)),  # at most all five had several
    (11, 8, Repeats(True, False)),
    (10, 8, Repeats(False, False)),  # of ten events at least five people: too little room
])  # fmt: skip
def test_events_beside_the_people_who_had_one(events: int, people: int, shown: Repeats) -> None:
    assert open_repeats(events, people) == shown


@given(st.integers(5, 60), st.integers(0, 60))
def test_who_had_several_cannot_be_told(people: int, more: int) -> None:
    """By trying every number of people that fits what is printed, and every number of them who had several."""
    events = people + more
    shown = open_repeats(events, people)
    if not shown.events:
        return
    fits = [
        (several, other)
        for other in range(SMALLEST, events + 1)
        if is_open(other) and open_repeats(events, other) == shown and (not shown.people or other == people)
        for several in range(other + 1)
        if (several == 0) == (events == other) and several <= events - other
    ]
    values = {several for several, _other in fits}
    assert values == {0} or max(values) - min(values) >= SMALLEST
    if not shown.people:
        whose = {other for _several, other in fits}
        assert max(whose) - min(whose) >= SMALLEST
