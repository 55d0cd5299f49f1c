"""The EDSS: its scale, and the score that follows from the functional systems.

The arithmetic of the score is shipped, not the wording of any rating form.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

SCORES: tuple[Decimal, ...] = (Decimal(0), *(Decimal(half) / 2 for half in range(2, 21)))
"""The 20 scores: 0, 1, 1.5 … 10. There is no 0.5: Kurtzke split each of the steps 1 to 9 in two."""

SYSTEMS: tuple[str, ...] = (
    "fs_pyramidal",
    "fs_cerebellar",
    "fs_brainstem",
    "fs_sensory",
    "fs_bowel_bladder",
    "fs_visual",
    "fs_cerebral",
    "fs_ambulation",
)
"""The questions of the functional systems, in the order of the form and of `computed_edss`."""

_SCORES = frozenset(SCORES)

# Raw grade -> grade that counts: three systems are scored on a wider scale than the others.
_VISUAL = (0, 1, 2, 2, 3, 3, 4)
_BOWEL_BLADDER = (0, 1, 2, 3, 3, 4, 5)
_CEREBRAL = (0, 0, 2, 3, 4, 5)

_BY_AMBULATION = {
    4: "5.5", 5: "6", 6: "6", 7: "6", 8: "6.5", 9: "6.5", 10: "7", 11: "7.5",
    12: "8", 13: "8.5", 14: "9", 15: "9.5", 16: "10",
}  # fmt: skip


def is_edss(score: Decimal) -> bool:
    """True for a score that exists."""
    return score in _SCORES


def computed_edss(
    pyramidal: int,
    cerebellar: int,
    brainstem: int,
    sensory: int,
    bowel_bladder: int,
    visual: int,
    cerebral: int,
    ambulation: int,
) -> Decimal:
    """The EDSS that follows from the raw grades of the eight functional systems.

    Ranges: pyramidal, sensory, bowel and bladder, visual 0-6; cerebellar, brainstem, cerebral 0-5;
    ambulation 0-16. Other grades raise IndexError or KeyError: forms refuse them before.

    Source: the decision table of the public R EDSS calculator (Neurostatus grades), after Kurtzke 1983
    (doi 10.1212/WNL.33.11.1444); the first line that matches wins. One case is in no line of it (one
    grade 4 with five or six grades 3, ambulation 0): 5, the only score between its neighbours.
    """
    systems = (
        pyramidal,
        cerebellar,
        brainstem,
        sensory,
        _BOWEL_BLADDER[bowel_bladder],
        _VISUAL[visual],
        _CEREBRAL[cerebral],
    )
    return Decimal(_score(systems, ambulation))


def _score(systems: Sequence[int], ambulation: int) -> str:
    if ambulation > 3:
        return _BY_AMBULATION[ambulation]
    return _mild(systems, ambulation) or _by_walking(systems, ambulation)


def _mild(systems: Sequence[int], ambulation: int) -> str | None:
    """The lines where the functional systems decide, up to 4.5."""
    one, two, three, four = (systems.count(grade) for grade in (1, 2, 3, 4))
    most = max(systems)
    if ambulation == 0 and most <= 1:
        return "0" if one == 0 else "1" if one == 1 else "1.5"
    if ambulation <= 1:
        if most == 2:
            return {1: "2", 2: "2.5", 3: "3", 4: "3", 5: "3.5"}.get(two, "4")
        if most == 3 and three == 1 and two <= 2:
            return "3" if two == 0 else "3.5"
        if most == 3 and three == 2 and two == 0:
            return "3.5"
        if (most == 3 and three <= 4) or (most == 4 and four == 1 and three == 0):
            return "4"
    if ambulation <= 2 and ((most == 3 and three == 5) or (most == 4 and four == 1 and 1 <= three <= 4)):
        return "4.5"
    return None


def _by_walking(systems: Sequence[int], ambulation: int) -> str:
    """The lines where walking decides: 4, 4.5, or 5 for everything graver."""
    if ambulation in (1, 2) and max(systems) <= 4:
        return "4" if ambulation == 1 else "4.5"
    return "5"
