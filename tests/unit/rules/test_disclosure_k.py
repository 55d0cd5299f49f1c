"""Small cells of a pseudonymised export: nobody stands out by sex, age and hospital (X2)."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.rules.disclosure_k import SMALLEST, Protection, Shown, Traits, band, protected

FULL = Shown("A", "female", 1981, "1980-1984")


def people(born: int, count: int, centre: str = "A", sex: str = "female") -> dict[Traits, int]:
    return {Traits(centre, sex, born): count}


def groups(counts: dict[Traits, int], made: Protection) -> Counter[Shown]:
    found: Counter[Shown] = Counter()
    for traits, shown in made.shown.items():
        found[shown] += counts[traits]
    return found


@pytest.mark.parametrize(("count", "full"), [(4, False), (5, True), (6, True)])
def test_five_of_a_kind_are_shown_in_full(count: int, full: bool) -> None:
    """The bound is five: four are shown with less, or with nothing when there are no others."""
    counts = people(1981, count) | people(1981, 50, centre="B")
    made = protected(counts)
    assert (made.shown[Traits("A", "female", 1981)] == FULL) is full
    assert made.small == 0


@pytest.mark.parametrize(
    ("near", "shown"),
    [(1984, Shown("A", "female", None, "1980-1984")), (1985, Shown("A", "female", None, "1980-1989")),
     (1989, Shown("A", "female", None, "1980-1989"))],
)  # fmt: skip
def test_years_are_taken_together_by_five_and_then_by_ten(near: int, shown: Shown) -> None:
    """1984 is among the same five years as 1981, 1985 among the same ten."""
    made = protected(people(1981, 2) | people(near, 3))
    assert set(made.shown.values()) == {shown}


@pytest.mark.parametrize(
    ("other", "shown"),
    [(Traits("B", "female", 1981), Shown(None, "female", None, "1980-1989")),
     (Traits("B", "male", 1981), Shown(None, None, None, "1980-1989")),
     (Traits("B", "male", 1950), Shown())],
)  # fmt: skip
def test_then_the_centre_goes_and_then_the_sex(other: Traits, shown: Shown) -> None:
    made = protected(people(1981, 3) | {other: 3})
    assert set(made.shown.values()) == {shown}


def test_who_is_shown_in_full_is_no_cover_for_who_is_not() -> None:
    """One woman of 1982 is not hidden among fifty of 1981: their rows say 1981."""
    counts = people(1981, 50) | people(1982, 1)
    made = protected(counts)
    assert made.shown[Traits("A", "female", 1982)] == Shown()
    # and she does not stand alone with nothing either: the others go with her
    assert made.shown[Traits("A", "female", 1981)] == Shown()
    assert (made.levels, made.small) == ((0, 0, 0, 0, 0, 51), 0)


def test_the_smallest_group_goes_with_a_rest_that_is_too_small() -> None:
    counts = people(1981, 50) | people(1950, 6, sex="male") | people(2001, 1, centre="C", sex="other")
    made = protected(counts)
    assert made.shown[Traits("A", "female", 1981)] == FULL
    assert made.shown[Traits("A", "male", 1950)] == made.shown[Traits("C", "other", 2001)] == Shown()
    assert made.levels == (50, 0, 0, 0, 0, 7)


@pytest.mark.parametrize(("count", "small"), [(0, 0), (1, 1), (4, 4), (5, 0)])
def test_too_few_in_all_are_told(count: int, small: int) -> None:
    made = protected(people(1981, count))
    assert made.small == small
    assert sum(made.levels) == count


def test_what_is_not_told_of_anybody_hides_nobody() -> None:
    """Without centre, sex and birth in the export all patients are one group."""
    assert protected({Traits(None, None, None): 9}).levels == (9, 0, 0, 0, 0, 0)


@given(
    st.dictionaries(
        st.builds(
            Traits,
            st.sampled_from("ABC"),
            st.sampled_from(["female", "male", "other"]),
            st.integers(1900, 2020),
        ),
        st.integers(1, 9),
        max_size=60,
    )
)
def test_no_group_is_smaller_than_five(counts: dict[Traits, int]) -> None:
    """Whatever the patients: what is shown is true, and nobody is in a group of fewer than five."""
    made = protected(counts)
    assert set(made.shown) == set(counts)
    total = sum(counts.values())
    assert sum(made.levels) == total
    if total >= SMALLEST:
        assert min(groups(counts, made).values()) >= SMALLEST
        assert made.small == 0
    for traits, shown in made.shown.items():
        assert shown.centre in (None, traits.centre)
        assert shown.sex in (None, traits.sex)
        assert shown.birth_year in (None, traits.born)
        assert shown.birth_band in (None, band(traits.born, 5), band(traits.born, 10))
    assert protected(dict(reversed(counts.items()))).shown == made.shown
