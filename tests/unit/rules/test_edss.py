"""The EDSS scale and the score that follows from the functional systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import combinations_with_replacement

import pytest

from msreg.rules.edss import SCORES, SYSTEMS, _score, computed_edss, is_edss
from msreg.rules.facts import CourseFacts

# Pyramidal, cerebellar, brainstem, sensory, bowel and bladder, visual, cerebral, ambulation -> EDSS:
# all vectors of the domain reference, section 2.3.
VECTORS = """
0,0,0,0,0,0,0,0->0; 0,0,0,0,0,0,1,0->0; 1,0,0,0,0,0,0,0->1; 1,1,0,0,0,0,0,0->1.5; 2,0,0,1,0,0,0,0->2;
2,2,0,0,0,0,0,0->2.5; 3,0,0,0,0,0,0,0->3; 2,2,2,0,0,0,0,0->3; 3,2,0,0,0,0,0,1->3.5; 3,3,0,0,0,0,0,1->3.5;
2,2,2,2,2,0,0,0->3.5; 2,2,2,2,2,2,0,1->4; 3,3,3,0,0,0,0,0->4; 4,0,0,0,0,0,0,0->4; 4,3,0,0,0,0,0,2->4.5;
1,2,1,3,4,1,2,1->4; 0,0,0,0,0,6,0,0->4; 3,2,1,1,1,1,1,4->5.5; 3,1,2,3,2,1,1,6->6; 3,2,1,1,1,1,1,8->6.5;
4,3,2,2,3,1,2,10->7; 5,3,2,2,4,1,2,12->8
"""


@pytest.mark.parametrize("vector", [each.strip() for each in VECTORS.split(";")])
def test_vectors(vector: str) -> None:
    grades, expected = vector.split("->")
    assert computed_edss(*(int(grade) for grade in grades.split(","))) == Decimal(expected)


def test_scale_has_twenty_scores_and_no_half() -> None:
    assert len(SCORES) == 20
    assert SCORES[:4] == (Decimal(0), Decimal(1), Decimal("1.5"), Decimal(2))
    assert SCORES[-1] == 10
    assert not is_edss(Decimal("0.5"))


@pytest.mark.parametrize("text", ["0", "0.0", "1", "1.50", "9.5", "10", "1E+1"])
def test_scores_however_written(text: str) -> None:
    assert is_edss(Decimal(text))


@pytest.mark.parametrize("text", ["-0.5", "-1", "0.5", "1.25", "9.75", "10.5", "11", "NaN", "Infinity"])
def test_not_scores(text: str) -> None:
    assert not is_edss(Decimal(text))


def test_systems_are_questions_of_the_course() -> None:
    assert len(SYSTEMS) == 8
    course = CourseFacts()
    assert all(hasattr(course, key) for key in SYSTEMS)


# The table of the domain reference, section 2.3, line by line; the first line that matches wins.
# n = how many systems have each grade, mx = the highest grade, a = ambulation.
TABLE: list[tuple[Callable[[Counter[int], int, int], bool], str]] = [
    (lambda n, mx, a: mx == 0 and a == 0, "0"),
    (lambda n, mx, a: n[1] == 1 and mx == 1 and a == 0, "1"),
    (lambda n, mx, a: n[1] >= 2 and mx == 1 and a == 0, "1.5"),
    (lambda n, mx, a: n[2] == 1 and mx == 2 and a <= 1, "2"),
    (lambda n, mx, a: n[2] == 2 and mx == 2 and a <= 1, "2.5"),
    (lambda n, mx, a: n[3] == 1 and n[2] == 0 and mx == 3 and a <= 1, "3"),
    (lambda n, mx, a: n[2] in (3, 4) and mx == 2 and a <= 1, "3"),
    (lambda n, mx, a: n[3] == 1 and n[2] in (1, 2) and mx == 3 and a <= 1, "3.5"),
    (lambda n, mx, a: n[3] == 2 and n[2] == 0 and mx == 3 and a <= 1, "3.5"),
    (lambda n, mx, a: n[2] == 5 and mx == 2 and a <= 1, "3.5"),
    (lambda n, mx, a: n[2] in (6, 7) and mx == 2 and a <= 1, "4"),
    (lambda n, mx, a: n[3] in (1, 2, 3, 4) and mx == 3 and a <= 1, "4"),
    (lambda n, mx, a: n[4] == 1 and n[3] == 0 and mx == 4 and a <= 1, "4"),
    (lambda n, mx, a: n[3] == 5 and mx == 3 and a <= 2, "4.5"),
    (lambda n, mx, a: n[4] == 1 and n[3] in (1, 2, 3, 4) and mx == 4 and a <= 2, "4.5"),
    (lambda n, mx, a: a == 1 and mx <= 4, "4"),
    (lambda n, mx, a: a == 2 and mx <= 4, "4.5"),
    (lambda n, mx, a: a == 3, "5"),
    (lambda n, mx, a: a <= 3 and mx >= 5, "5"),
    (lambda n, mx, a: a <= 3 and n[3] in (6, 7) and mx == 3, "5"),
    (lambda n, mx, a: a <= 3 and n[4] >= 2 and mx == 4, "5"),
    (lambda n, mx, a: a == 4, "5.5"),
    (lambda n, mx, a: a in (5, 6, 7), "6"),
    (lambda n, mx, a: a in (8, 9), "6.5"),
    (lambda n, mx, a: a == 10, "7"),
    (lambda n, mx, a: a == 11, "7.5"),
    (lambda n, mx, a: a == 12, "8"),
    (lambda n, mx, a: a == 13, "8.5"),
    (lambda n, mx, a: a == 14, "9"),
    (lambda n, mx, a: a == 15, "9.5"),
    (lambda n, mx, a: a == 16, "10"),
]


def test_every_combination_follows_the_table() -> None:
    """All grades that seven systems can have together, with all of ambulation."""
    gaps = set()
    for systems in combinations_with_replacement(range(7), 7):
        counts = Counter(systems)
        for ambulation in range(17):
            lines = (score for line, score in TABLE if line(counts, max(systems), ambulation))
            expected = next(lines, None)
            if expected is None:
                gaps.add((counts[4], counts[3], ambulation))
            else:
                assert _score(systems, ambulation) == expected, (systems, ambulation)
    assert gaps == {(1, 5, 0), (1, 6, 0)}


def test_every_combination_has_a_score() -> None:
    """Whatever the grades are: a score of the scale, and ambulation from 4 on decides alone."""
    for systems in combinations_with_replacement(range(7), 7):
        for ambulation in range(17):
            score = Decimal(_score(systems, ambulation))
            assert is_edss(score)
            assert (score > 5) == (ambulation > 3)
            if max(systems) >= 5 or ambulation == 3:
                assert score >= 5


@pytest.mark.parametrize("threes", [5, 6])
def test_the_case_between_the_lines(threes: int) -> None:
    """One 4 with five or six 3s is in no line of the table: not below six 3s, not above two 4s."""
    between = Decimal(_score((4, *[3] * threes, *[0] * (6 - threes)), 0))
    assert Decimal(_score((3, 3, 3, 3, 3, 3, 0), 0)) <= between <= Decimal(_score((4, 4, 3, 3, 3, 3, 3), 0))


def test_wide_scales_are_narrowed() -> None:
    """Visual 0-6 counts as 0-4, bowel and bladder 0-6 as 0-5, and a cerebral 1 does not count."""
    visual = [computed_edss(0, 0, 0, 0, 0, grade, 0, 0) for grade in range(7)]
    bladder = [computed_edss(0, 0, 0, 0, grade, 0, 0, 0) for grade in range(7)]
    cerebral = [computed_edss(0, 0, 0, 0, 0, 0, grade, 0) for grade in range(6)]
    assert visual == [0, 1, 2, 2, 3, 3, 4]
    assert bladder == [0, 1, 2, 3, 3, 4, 5]
    assert cerebral == [0, 0, 2, 3, 4, 5]
