"""The EQ-5D-5L: every profile has the value that was published, exactly (SPEC Q3)."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from msreg.forms.value_sets import DEFAULT, default_set, named
from msreg.rules.eq5d import Change, change, is_profile, profile_of, profiles, value

VECTORS = Path(__file__).parents[2] / "fixtures" / "eq5d_nl_vectors.csv"
EUROQOL = named("NL-EuroQol-7dp")
WORKED = {
    "11111": "1", "21111": "0.918", "55511": "0.390", "44444": "-0.289", "55555": "-0.446", "22222": "0.705",
    "12345": "0.047", "32523": "0.455",
}  # fmt: skip
ANSWERS = {
    "mobility": "2", "self_care": "1", "usual_activities": "3", "pain_discomfort": "4", "anxiety_depression": "5",
    "health_score": 50,
}  # fmt: skip


def vectors() -> list[tuple[str, Decimal, Decimal]]:
    with VECTORS.open(encoding="utf-8", newline="") as file:
        return [
            (row["profile"], Decimal(row["value_published_3dp"]), Decimal(row["value_euroqol_7dp"]))
            for row in csv.DictReader(file)
        ]


def test_the_vectors_are_there() -> None:
    """Otherwise the next test would look at nothing: 11111 and each level of each dimension but 5 of one."""
    assert len({profile for profile, *_ in vectors()}) == len(vectors()) == 20


@pytest.mark.parametrize(("profile", "published", "euroqol"), vectors(), ids=[each[0] for each in vectors()])
def test_values_are_those_of_the_sources(profile: str, published: Decimal, euroqol: Decimal) -> None:
    assert value(profile, default_set()) == published
    assert value(profile, EUROQOL) == euroqol


@pytest.mark.parametrize(("profile", "published"), WORKED.items())
def test_values_that_were_worked_out_by_hand(profile: str, published: str) -> None:
    """Domain 4.1."""
    assert value(profile, default_set()) == Decimal(published)


def test_all_profiles_have_a_value_of_three_decimals() -> None:
    """Domain 4.1: the lowest, the second best, how many are worse than death; nothing was rounded."""
    found = {profile: value(profile, default_set()) for profile in profiles()}
    assert len(found) == 5**5
    assert all(is_profile(profile) for profile in found)
    ordered = sorted(found.values())
    assert (ordered[0], ordered[-2], ordered[-1]) == (Decimal("-0.446"), Decimal("0.918"), Decimal(1))
    assert sum(each < 0 for each in ordered) == 484
    assert all(isinstance(each, Decimal) and each == each.quantize(Decimal("0.001")) for each in ordered)


def test_a_worse_level_is_never_worth_more() -> None:
    """In either set: level by level, dimension by dimension."""
    for used in (default_set(), EUROQOL):
        found = {profile: value(profile, used) for profile in profiles()}
        for profile, worth in found.items():
            for at, level in enumerate(profile):
                if level < "5":
                    assert found[profile[:at] + str(int(level) + 1) + profile[at + 1 :]] <= worth


def test_the_two_dutch_sets_differ_as_they_are_known_to() -> None:
    """Domain 4.2: so each value stands with the name of its set."""
    pairs = {each: (value(each, default_set()), value(each, EUROQOL)) for each in profiles()}
    assert sum(round(seven, 3) != three for three, seven in pairs.values()) == 1268
    furthest = max(abs(three - seven) for three, seven in pairs.values())
    assert Decimal("0.0017") < furthest < Decimal("0.00185")
    flipped = [each for each, (three, seven) in pairs.items() if (three < 0) != (seven < 0)]
    assert flipped == ["33155"]
    assert pairs["33155"] == (Decimal("-0.001"), Decimal("0.0000955"))
    assert pairs["11122"] == (Decimal("0.817"), Decimal("0.8175588"))
    assert pairs["33333"] == (Decimal("0.511"), Decimal("0.5126986"))


def test_the_default_is_the_published_set() -> None:
    assert default_set().name == DEFAULT == "NL-Versteegh-2016-3dp"
    assert "10.1016/j.jval.2016.01.003" in default_set().source


@pytest.mark.parametrize(
    "text", ["", "1111", "111111", "11116", "01111", "91111", "aaaaa", "1 111", "１１１１１"]
)
def test_what_is_no_profile_has_no_value(text: str) -> None:
    """Digits of other scripts too, which Python takes for numbers."""
    assert not is_profile(text)
    with pytest.raises(ValueError, match="not a profile"):
        value(text, default_set())


def test_answers_make_a_profile_when_all_dimensions_are_answered() -> None:
    assert profile_of(ANSWERS) == "21345"
    for dimension in [key for key in ANSWERS if key != "health_score"]:
        assert profile_of(ANSWERS | {dimension: None}) is None
        assert profile_of({key: level for key, level in ANSWERS.items() if key != dimension}) is None
    assert profile_of({key: level for key, level in ANSWERS.items() if key != "health_score"}) == "21345"


@pytest.mark.parametrize(
    ("before", "after", "how"),
    [
        ("22222", "22222", Change.SAME),
        ("22222", "22221", Change.BETTER),
        ("55555", "11111", Change.BETTER),
        ("22222", "32222", Change.WORSE),
        ("22222", "13222", Change.MIXED),
        ("11111", "11112", Change.WORSE),
    ],
)
def test_change_is_told_by_dimensions_and_not_by_the_sum(before: str, after: str, how: Change) -> None:
    """Pareto classification: one better and one worse is mixed, whatever the index says."""
    assert change(before, after) is how
