"""Kill one call of the program at many moments of its life, and look each time at what it left."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.crash.forked import Ended, Running, run
from tests.crash.states import RECORDS, State, derived_right, sound

Moment = Callable[[Running, float], None]
"""Waits for its moment in the life of a call, which lasts about so many seconds."""

CHAIN = 12
"""So many kills at most in one registry, before the call is let through in it."""


REPEATED = 2
"""So many times the call is made once more where it was killed after its work was done."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A call of the program, the registry that it starts from, and what it makes of it when nobody kills it."""

    folder: Path
    words: tuple[object, ...]
    before: State
    after: State
    seconds: float
    commit: float
    """Seconds from the first byte of the transaction on the disk to the end of the process."""
    size: int
    """Bytes of the transaction on the disk."""
    again: int
    """Exit code of the same call once more, after it was done."""

    @classmethod
    def of(cls, folder: Path, words: tuple[object, ...], place: Path, *, again: int) -> Ground:
        """Measure the call on a copy of `folder`, which stays as it is."""
        copy = copied(folder, place / "whole")
        before = sound(copy)
        running = Running(copy, *words)
        running.until(running.commits)
        first, size = running.age(), 0

        def grown() -> bool:
            nonlocal size
            size = max(size, running.pending())
            return False

        running.until(grown)
        ended = running.end()
        assert (ended.code, ended.err) == (0, ""), ended
        after = sound(copy)
        assert after.content != before.content
        return cls(folder, words, before, after, ended.seconds, ended.seconds - first, size, again)


@dataclass(frozen=True, slots=True)
class Left:
    """What one kill left: whether the process was still running, whether its work is in the registry."""

    killed: bool
    done: bool
    torn: bool
    """Whether the file beside the database held a part of the transaction, which the next one to open it drops."""


def moments(ground: Ground, chance: Random, *, anywhere: int, in_commit: int) -> list[Moment]:
    """Moments spread evenly at random over the life of the call and a little beyond, and over its commit.

    The commit is a tenth of the life and all that is written. A third of its moments go by the clock, a third
    by what is on the disk of the transaction, a third lie where the database takes it over.
    """
    part = in_commit // 3
    found = [
        *(partial(_after, 1.12 * at) for at in _spread(anywhere, chance)),
        *(
            partial(_into_commit, ground.commit / ground.seconds * 1.15 * at)
            for at in _spread(in_commit - 2 * part, chance)
        ),
        *(partial(_written, int(ground.size * at)) for at in _spread(part, chance)),
        *(partial(_taken_over, 0.01 * at) for at in _spread(part, chance)),
    ]
    chance.shuffle(found)
    return found


def _spread(count: int, chance: Random) -> Iterable[float]:
    return [(each + chance.random()) / count for each in range(count)]


def _after(share: float, running: Running, life: float) -> None:
    time.sleep(max(0.0, share * life - running.age()))


def _into_commit(share: float, running: Running, life: float) -> None:
    running.until(running.commits)
    time.sleep(share * life)


def _written(size: int, running: Running, life: float) -> None:
    running.until(lambda: running.pending() > size)


def _taken_over(seconds: float, running: Running, life: float) -> None:
    before = running.touched
    running.until(lambda: running.database().st_mtime_ns != before)
    time.sleep(seconds)


def kill_at(ground: Ground, when: Iterable[Moment], place: Path) -> list[Left]:
    """Start the call for each moment and kill it then; each time the registry must hold all of it or nothing."""
    found: list[Left] = []
    repeated, life = 0, ground.seconds
    folder, tries = copied(ground.folder, place / "killed"), 0
    for moment in when:
        running = Running(folder, *ground.words)
        moment(running, life)
        running.send(signal.SIGKILL)
        ended = running.end()
        life = pace(ended, life)
        left = _look(ground, ended, running, folder)
        found.append(left)
        tries += 1
        if left.done or tries == CHAIN:
            repeated += left.done
            if not left.done or repeated <= REPEATED:
                _again(ground, folder, done=left.done)
            folder, tries = copied(ground.folder, place / "killed"), 0
    _again(ground, folder, done=False)
    return found


def pace(ended: Ended, life: float) -> float:
    """How long a call lasts: one that was through before its moment shows that the machine was busier before."""
    return life if ended.code else min(life, ended.seconds)


def _look(ground: Ground, ended: Ended, running: Running, folder: Path) -> Left:
    torn = running.commits()
    state = sound(folder, like=ground.before)
    done = state.exact != ground.before.exact
    if done:
        assert state.content == ground.after.content
    else:
        assert ended.out == ""  # what was told as done is done
    assert ended.killed or (ended.code, done) == (0, True), ended
    assert ended.err == ""
    return Left(ended.killed, done, torn and not done)


def _again(ground: Ground, folder: Path, *, done: bool) -> None:
    """The same call, let through where others were killed: it does all, or finds that nothing is left to do."""
    ended = run(folder, *ground.words)
    assert ended.code == (ground.again if done else 0), ended
    state, after = sound(folder), ground.after
    if done:
        assert state.answers == after.answers
        assert [state.counts[each] for each in RECORDS] == [after.counts[each] for each in RECORDS]
        assert state.history[: len(after.history)] == after.history
        assert state.events[: len(after.events)] == after.events
    else:
        assert state.content == after.content
    derived_right(folder)


def copied(folder: Path, target: Path) -> Path:
    """A fresh copy of a registry's folder in place of whatever stood there."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    return target
