"""Taking a batch of 10,000 rows back is all or nothing when its process is killed (SPEC C9, B5; security R1)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.crash.killing import Ground, kill_at, moments
from tests.crash.states import RECORDS

# The child works on files of its own and leaves without clean-up: the threads of others do not matter.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def test_b5_an_undo_gives_back_what_was_there(loading: Ground, undoing: Ground) -> None:
    """Without a kill: what `all of it` means below."""
    assert undoing.after.answers == loading.before.answers != undoing.before.answers
    assert [undoing.after.counts[each] for each in RECORDS] == [
        loading.before.counts[each] for each in RECORDS
    ]
    assert undoing.after.events == [*undoing.before.events, "imports.undo"]


def test_r1_killed_at_random_moments_an_undo_is_all_or_nothing(undoing: Ground, tmp_path: Path) -> None:
    left = kill_at(undoing, moments(undoing, Random("undo"), anywhere=14, in_commit=9), tmp_path)
    assert len(left) == 23
    assert sum(each.killed for each in left) >= 14
    assert sum(not each.done for each in left) >= 8
    assert sum(each.torn for each in left) >= 1
    assert sum(each.done and each.killed for each in left) >= 1
