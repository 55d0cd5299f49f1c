"""The Swansea criteria: strict thresholds, one point for two values, and a score between two bounds (domain 8.4)."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msreg.forms.definition import UNKNOWN, Type
from msreg.forms.load import load
from msreg.rules.case_windows import Included
from msreg.rules.swansea import CRITERIA, included, score

SIGNS = (
    "vomiting", "abdominal_pain", "polydipsia_polyuria", "encephalopathy", "ascites_bright_liver", "steatosis",
)  # fmt: skip
LIMITS = [
    # question, criterion, does not count, counts
    ("bilirubin", "bilirubin", ["13", "13.9", "14", "14.0"], ["14.1", "15", "200"]),
    ("glucose", "glucose", ["4", "4.0", "4.1", "8"], ["3.9", "3", "0"]),
    ("uric_acid", "uric_acid", ["339", "340"], ["340.5", "341", "600"]),
    ("leucocytes", "leucocytes", ["10.9", "11", "4"], ["11.1", "12"]),
    ("asat", "transaminases", ["41", "42"], ["42.5", "43", "2000"]),
    ("alat", "transaminases", ["41", "42"], ["42.5", "43", "2000"]),
    ("ammonia", "ammonia", ["46", "47", "43"], ["47.1", "48"]),
    ("creatinine", "creatinine", ["149", "150"], ["150.1", "151"]),
    ("pt", "coagulation", ["13", "14"], ["14.1", "15"]),
    ("aptt", "coagulation", ["33", "34"], ["34.1", "35"]),
]
PARTNER = {"asat": "alat", "alat": "asat", "pt": "aptt", "aptt": "pt"}
NORMAL = {
    "bilirubin": 5, "glucose": Decimal("5.2"), "uric_acid": 200, "leucocytes": 8, "asat": 20, "alat": 20, "ammonia": 20,
    "creatinine": 60, "pt": 11, "aptt": 28, **dict.fromkeys(SIGNS, "no"),
}  # fmt: skip


def with_met(count: int, unknown: int = 0) -> dict[str, Any]:
    """Answers of which so many criteria are met, so many unknown and the others not met."""
    answers = dict(NORMAL)
    measured = ["bilirubin", "uric_acid", "leucocytes", "ammonia", "creatinine"]
    order = [*SIGNS, *measured]
    for key in order[:count]:
        answers[key] = "yes" if key in SIGNS else 10_000
    for key in order[count : count + unknown]:
        answers[key] = UNKNOWN
    return answers


def test_there_are_fourteen_and_the_form_asks_them_all() -> None:
    assert len(CRITERIA) == len({each.key for each in CRITERIA}) == 14
    read = [question for each in CRITERIA for question in each.questions]
    form = load("swansea")
    assert len(read) == 16
    assert set(form.keys) == {*read, "other_explanation"}
    for each in CRITERIA:
        for question in each.questions:
            item = form[question]
            assert item.required
            if each.measured:
                assert (item.type, item.or_unknown) == (Type.DECIMAL, True)
            else:
                assert tuple(item.order) == ("yes", "no", "unknown")


@pytest.mark.parametrize(
    ("question", "criterion", "value", "met"),
    [
        (q, c, v, met)
        for q, c, low, high in LIMITS
        for met, values in ((False, low), (True, high))
        for v in values
    ],
)
def test_thresholds_are_strict(question: str, criterion: str, value: str, met: bool) -> None:
    found = score({**NORMAL, question: Decimal(value)})
    assert (criterion in found.met) is met
    assert (criterion in found.not_met) is not met
    assert found.low == found.high == met


@pytest.mark.parametrize("answer", ["yes", "no", "unknown", None])
@pytest.mark.parametrize("sign", SIGNS)
def test_signs(sign: str, answer: str | None) -> None:
    found = score({**NORMAL, sign: answer})
    where = {"yes": found.met, "no": found.not_met}.get(answer or "", found.unknown)
    assert sign in where
    assert sum(sign in each for each in found) == 1


@pytest.mark.parametrize("question", PARTNER)
@pytest.mark.parametrize("other", [UNKNOWN, None])
def test_one_value_of_two(question: str, other: str | None) -> None:
    """One that passes is enough; one that is normal says nothing of the other."""
    criterion = "transaminases" if question in ("asat", "alat") else "coagulation"
    high = score({**NORMAL, question: 5000, PARTNER[question]: other})
    assert criterion in high.met
    normal = score({**NORMAL, PARTNER[question]: other})
    assert criterion in normal.unknown
    assert (normal.low, normal.high) == (0, 1)


@pytest.mark.parametrize("question", ["asat", "pt"])
def test_two_values_that_pass_are_one_point(question: str) -> None:
    assert score({**NORMAL, question: 5000, PARTNER[question]: 5000}).low == 1


def test_nothing_known_is_from_0_to_14() -> None:
    found = score({})
    assert (found.low, found.high, found.fulfilled) == (0, 14, None)
    assert score(dict.fromkeys(NORMAL, UNKNOWN)) == found


@pytest.mark.parametrize(
    ("met", "unknown", "fulfilled"),
    [
        (5, 0, False),
        (6, 0, True),
        (7, 0, True),
        (5, 1, None),
        (0, 5, False),
        (0, 6, None),
        (4, 1, False),
        (6, 5, True),
    ],
)
def test_fulfilled_from_six(met: int, unknown: int, fulfilled: bool | None) -> None:
    found = score(with_met(met, unknown))
    assert (found.low, found.high, found.fulfilled) == (met, met + unknown, fulfilled)


@pytest.mark.parametrize(
    ("met", "unknown", "expected"),
    [(5, 0, Included.NO), (6, 0, Included.YES), (5, 1, Included.UNKNOWN), (5, 5, Included.UNKNOWN)],
)
def test_the_theme_goes_by_the_score(met: int, unknown: int, expected: Included) -> None:
    found = included(with_met(met, unknown))
    assert found.included is expected
    assert len(found.lacking) == (unknown if expected is Included.UNKNOWN else 0)
    assert "6 of the 14" in found.why.text()


@pytest.mark.parametrize(
    ("other", "expected"), [("yes", Included.NO), ("no", Included.YES), ("unknown", Included.YES)]
)
def test_another_explanation_takes_a_case_out(other: str, expected: Included) -> None:
    answers = {**with_met(8), "other_explanation": other}
    assert included(answers).included is expected
    assert score(answers).low == 8


def test_what_lacks_is_named_by_its_questions() -> None:
    answers = {**with_met(5), "alat": None, "pt": UNKNOWN, "aptt": UNKNOWN}
    assert included(answers).lacking == ("alat", "pt", "aptt")


values = st.one_of(st.none(), st.just(UNKNOWN), st.decimals(0, 1000, places=1))
answers_of_any_kind = st.fixed_dictionaries(
    {key: st.sampled_from(["yes", "no", "unknown", None]) if key in SIGNS else values for key in NORMAL}
)


@given(answers_of_any_kind)
def test_each_criterion_stands_in_one_place_and_the_bounds_hold(answers: dict[str, Any]) -> None:
    found = score(answers)
    assert sorted([*found.met, *found.not_met, *found.unknown]) == sorted(each.key for each in CRITERIA)
    assert 0 <= found.low <= found.high <= 14


@given(answers_of_any_kind, st.data())
def test_whatever_the_unknown_turn_out_to_be_the_score_is_within_its_bounds(
    answers: dict[str, Any], data: st.DataObject
) -> None:
    """The lowest and the highest value are bounds, and both can be reached."""
    before = score(answers)
    extremes: dict[str, tuple[Any, Any]] = {
        key: (("no", "yes") if key in SIGNS else (NORMAL[key], 0 if key == "glucose" else 100_000))
        for key in NORMAL
    }
    open_ = [key for key, value in answers.items() if value in (None, UNKNOWN)]
    all_low = score({**answers, **{key: extremes[key][0] for key in open_}})
    all_high = score({**answers, **{key: extremes[key][1] for key in open_}})
    assert (all_low.low, all_high.low) == (before.low, before.high)
    some = {key: extremes[key][data.draw(st.integers(0, 1))] for key in open_}
    assert before.low <= score({**answers, **some}).low <= before.high


def test_every_pair_of_two_values() -> None:
    """All nine pairs of normal, passing and unknown."""
    for first, second in product(["normal", "high", "unknown"], repeat=2):
        value: dict[str, Any] = {"normal": 11, "high": 99, "unknown": UNKNOWN}
        found = score({**NORMAL, "pt": value[first], "aptt": value[second]})
        pair = {first, second}
        where = found.met if "high" in pair else found.unknown if "unknown" in pair else found.not_met
        assert "coagulation" in where
