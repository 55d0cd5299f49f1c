"""The table of phenotypes."""

from __future__ import annotations

import pytest

from msreg.rules.phenotypes import TRANSITIONS, can_follow, next_phenotypes
from msreg.vocabulary import Phenotype

POSSIBLE = {("ris", "cis"), ("ris", "rrms"), ("ris", "ppms"), ("cis", "rrms"), ("rrms", "spms")}


def test_every_phenotype_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Phenotype)


@pytest.mark.parametrize("before", list(Phenotype))
@pytest.mark.parametrize("after", list(Phenotype))
def test_transition(before: Phenotype, after: Phenotype) -> None:
    """SPEC D2; read from the enum and from the plain text that forms hold."""
    assert can_follow(before, after) is ((before.value, after.value) in POSSIBLE)
    assert can_follow(before.value, after.value) is ((before.value, after.value) in POSSIBLE)


def test_nothing_comes_back() -> None:
    """From no phenotype does a way lead back to itself."""
    for start in Phenotype:
        seen: set[Phenotype] = set()
        ahead = set(next_phenotypes(start))
        while ahead:
            seen |= ahead
            ahead = {after for before in ahead for after in next_phenotypes(before)} - seen
        assert start not in seen


def test_ends() -> None:
    assert [each.value for each in Phenotype if not next_phenotypes(each)] == ["spms", "ppms"]
