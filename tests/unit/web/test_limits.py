"""How often somebody may try: by a clock that the test sets, and within a bounded memory."""

from __future__ import annotations

import pytest

from msreg.web.limits import Limiter, Pace, address_of


def test_tries_are_taken_up_to_the_pace_and_come_back_one_by_one() -> None:
    limiter = Limiter(Pace(10, 60))
    assert [limiter.take("a", now=0.0) for _each in range(10)] == [0.0] * 10
    assert limiter.take("a", now=0.0) == pytest.approx(6.0)
    assert limiter.take("a", now=5.9) > 0
    assert limiter.take("a", now=6.1) == 0.0
    assert limiter.take("a", now=6.1) > 0
    assert limiter.take("b", now=0.0) == 0.0
    assert [limiter.take("a", now=1000.0) for _each in range(11)] == [0.0] * 10 + [pytest.approx(6.0)]


def test_waiting_counts_nothing() -> None:
    limiter = Limiter(Pace(1, 60))
    assert [limiter.wait("a", now=0.0) for _each in range(5)] == [0.0] * 5
    limiter.count("a", now=0.0)
    assert limiter.wait("a", now=0.0) == pytest.approx(60.0)


def test_a_clock_that_goes_back_gives_no_tries_away() -> None:
    limiter = Limiter(Pace(1, 60))
    limiter.count("a", now=100.0)
    assert limiter.wait("a", now=50.0) > 0


def test_who_was_away_longest_is_forgotten_first() -> None:
    limiter = Limiter(Pace(1, 60), most=3)
    for who in "abc":
        limiter.count(who, now=0.0)
    limiter.count("a", now=1.0)
    limiter.count("d", now=2.0)
    assert limiter.wait("b", now=2.0) == 0.0
    assert all(limiter.wait(who, now=2.0) > 0 for who in "acd")
    for number in range(1000):
        limiter.count(str(number), now=3.0)
    assert len(limiter._left) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        (None, "no address", True),
    ],
)
def test_a_client_is_its_address_or_its_network(one: str | None, other: str | None, same: bool) -> None:
    assert (address_of(one) == address_of(other)) is same
