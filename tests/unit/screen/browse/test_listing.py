"""The rows that are kept are a window on the whole list: whatever is pressed, it shows what the list would."""

from __future__ import annotations

import random

import pytest

from msreg.screen.browse.listing import KEPT, Fetch, Listing
from msreg.screen.browse.scroll import Scroll
from msreg.services.browsing import Counted, Place, Window


def fetched(count: int, fetch: Fetch) -> Window:
    """What the registry answers, of patients with the numbers 0 to `count`."""
    at = -1 if fetch.near is None else fetch.near.number
    if fetch.back:
        end = count if fetch.near is None else at
        numbers = range(max(0, end - fetch.limit), end)
    else:
        numbers = range(at + 1, min(count, at + 1 + fetch.limit))
    return Window(
        [{"number": number} for number in numbers],
        [Place(number, number) for number in numbers],
        Counted(count, False),
    )


def answer(listing: Listing, count: int, by: int) -> None:
    if (fetch := listing.missing(by)) is not None:
        listing.add(fetch, fetched(count, fetch))
    listing.move(by)


@pytest.mark.parametrize("height", [1, 2, 7])
@pytest.mark.parametrize("count", [0, 1, 6, 7, 8, 14, 15, 500])
def test_whatever_is_pressed_it_shows_what_the_whole_list_would(count: int, height: int) -> None:
    dice = random.Random(count * 10 + height)
    listing, whole = Listing(height), Scroll()
    first = Fetch(height)
    listing.begin(first, fetched(count, first))
    for _ in range(600):
        by = dice.choice((1, 1, 1, -1, -1, max(2, height), max(2, height), -max(2, height)))
        if dice.random() < 0.01:
            end = Fetch(height, back=dice.random() < 0.5)
            listing.begin(end, fetched(count, end))
            whole = Scroll()
            if end.back:
                whole.step(count, count, height)
        else:
            answer(listing, count, by)
            (whole.step if abs(by) == 1 else whole.page)(by, count, height)
        assert [row["number"] for row in listing.shown] == list(
            range(whole.top, min(count, whole.top + height))
        )
        assert (listing.here or {"number": 0})["number"] == whole.cursor
        assert len(listing.rows) <= (KEPT + 3) * max(2, height)
        assert [place.number for place in listing.places] == [row["number"] for row in listing.rows]


def test_nothing_is_fetched_that_is_there() -> None:
    count, height = 100, 10
    listing = Listing(height)
    first = Fetch(height)
    listing.begin(first, fetched(count, first))
    assert listing.unfilled() is None
    assert listing.missing(-1) is None
    fetches = 0
    for _ in range(count * 2):
        fetches += listing.missing(1) is not None
        answer(listing, count, 1)
    assert fetches == count // height  # the first window came before, the last of these finds the end
