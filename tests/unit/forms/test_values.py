"""What people write becomes a typed answer, or a problem that says why not. Nothing is guessed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.forms.choosing import NO, YES
from msreg.forms.cleaning import clean, has_control
from msreg.forms.definition import Form, Item
from msreg.forms.load import load
from msreg.forms.numbers import tidy
from msreg.forms.problems import KINDS
from msreg.forms.showing import show
from msreg.forms.values import reader
from msreg.vocabulary import Severity

TODAY = date(2024, 2, 29)


def read(item: Item, raw: Any, today: date = TODAY) -> tuple[Any, str | None]:
    value, problem = reader(item, today)(raw)
    return value, problem.code if problem else None


def same(found: Any, expected: Any) -> bool:
    """Equal and of the same type: 1 is not True."""
    return bool(found == expected) and type(found) is type(expected)


@pytest.mark.parametrize("key", ["name", "day", "since", "count", "score", "seen", "kind", "kinds"])
@pytest.mark.parametrize("raw", [None, "", "  ", "\u00a0", "\t"])
def test_nothing_is_no_answer(rich: Form, key: str, raw: Any) -> None:
    assert read(rich[key], raw) == (None, None)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("Bakker", "Bakker", None),
        ("  de\u00a0Vries ", "de Vries", None),
        ("de\u202fVries", "de Vries", None),
        ("Rene\u0301", "Ren\u00e9", None),
        ("007", "007", None),
        (7, "7", None),
        (7.0, "7", None),
        ("two\nlines", "two\nlines", None),
        ("two\r\nlines", "two\nlines", None),
        ("=1+1", "=1+1", None),
        ("x" * 20, "x" * 20, None),
        ("x" * 21, None, "FRM-008"),
        ("bell\a", None, "FRM-010"),
        ("red\x1b[31m", None, "FRM-010"),
        ("over\rwritten", None, "FRM-010"),
        ("left\u202eright", None, "FRM-010"),
        ("zero\u200bwidth", None, "FRM-010"),
    ],
)
def test_texts(rich: Form, raw: Any, value: Any, code: str | None) -> None:
    assert read(rich["name"], raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("2022-03-31", date(2022, 3, 31), None),
        ("31-03-2022", date(2022, 3, 31), None),
        ("31/03/2022", date(2022, 3, 31), None),
        ("1-3-2022", date(2022, 3, 1), None),
        (date(2022, 3, 31), date(2022, 3, 31), None),
        (datetime(2022, 3, 31, 14, 0), date(2022, 3, 31), None),
        ("29-02-2024", date(2024, 2, 29), None),
        ("29-02-2023", None, "FRM-002"),
        ("29-02-1900", None, "FRM-002"),
        ("31-04-2022", None, "FRM-002"),
        ("31-03-22", None, "FRM-002"),
        ("1/2/22", None, "FRM-002"),
        ("03/31/2022", None, "FRM-002"),
        ("2022/03/31", None, "FRM-002"),
        ("2022-3", None, "FRM-002"),
        ("2022", None, "FRM-002"),
        ("31 maart 2022", None, "FRM-002"),
        ("٣١-٠٣-٢٠٢٢", None, "FRM-002"),
        (44651, None, "FRM-002"),
        (True, None, "FRM-002"),
        ("31-12-1899", None, "FRM-006"),
        ("01-01-1900", date(1900, 1, 1), None),
        ("28-02-2024", date(2024, 2, 28), None),
        ("01-03-2024", None, "FRM-006"),
    ],
)
def test_c10_dates_in_three_notations(rich: Form, raw: Any, value: Any, code: str | None) -> None:
    assert read(rich["day"], raw) == (value, code)


def test_the_future_begins_tomorrow(rich: Form) -> None:
    for today, code in ((date(2022, 3, 30), "FRM-006"), (date(2022, 3, 31), None), (date(2022, 4, 1), None)):
        assert read(rich["day"], "2022-03-31", today)[1] == code


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("2019", "2019", None),
        (2019, "2019", None),
        (2019.0, "2019", None),
        ("2019-05", "2019-05", None),
        ("2019-5", "2019-05", None),
        ("05-2019", "2019-05", None),
        ("5/2019", "2019-05", None),
        ("2019-05-17", "2019-05-17", None),
        ("17-05-2019", "2019-05-17", None),
        (date(2019, 5, 17), "2019-05-17", None),
        ("29-02-2024", "2024-02-29", None),
        ("29-02-2023", None, "FRM-015"),
        ("2019-13", None, "FRM-015"),
        ("2019-00", None, "FRM-015"),
        ("0000", None, "FRM-015"),
        ("19", None, "FRM-015"),
        ("05-19", None, "FRM-015"),
        ("201905", None, "FRM-015"),
        ("spring 2019", None, "FRM-015"),
        ("2019-", None, "FRM-015"),
        (True, None, "FRM-015"),
        (2019.5, None, "FRM-015"),
        ("2031", None, "FRM-006"),
        ("2030", "2030", None),
    ],
)
def test_a_year_a_month_or_a_day(rich: Form, raw: Any, value: Any, code: str | None) -> None:
    assert read(rich["since"], raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("3", 3, None),
        (3, 3, None),
        (3.0, 3, None),
        ("3,0", 3, None),
        ("3.", 3, None),
        ("+3", 3, None),
        ("-0", 0, None),
        (" 12 ", 12, None),
        ("~12", 12, "FRM-011"),
        ("~ 12", 12, "FRM-011"),
        ("unknown", "unknown", None),
        ("Onbekend", "unknown", None),
        ("2,5", None, "FRM-012"),
        (2.5, None, "FRM-012"),
        ("1.000", None, "FRM-012"),
        ("1,000", None, "FRM-012"),
        ("1_0", None, "FRM-003"),
        ("1e1", None, "FRM-003"),
        ("1 0", None, "FRM-003"),
        ("1.0.0", None, "FRM-003"),
        ("twelve", None, "FRM-003"),
        ("~", None, "FRM-003"),
        ("~~3", None, "FRM-003"),
        ("٣", None, "FRM-003"),
        ("nan", None, "FRM-003"),
        ("Infinity", None, "FRM-003"),
        (float("nan"), None, "FRM-003"),
        (float("inf"), None, "FRM-003"),
        (True, None, "FRM-003"),
        (date(2022, 1, 1), None, "FRM-003"),
        ("-1", None, "FRM-004"),
        ("0", 0, None),
        ("100", 100, None),
        ("101", None, "FRM-004"),
        ("~101", None, "FRM-004"),
    ],
)
def test_whole_numbers(rich: Form, raw: Any, value: Any, code: str | None) -> None:
    found, problem = read(rich["count"], raw)
    assert same(found, value), found
    assert problem == code


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("1,5", "1.5", None),
        ("1.5", "1.5", None),
        (1.5, "1.5", None),
        (Decimal("1.50"), "1.5", None),
        ("1.50", "1.5", None),
        (1, "1", None),
        ("1.0", "1", None),
        (",5", "0.5", None),
        ("1,125", "1.125", None),
        ("0.49", None, "FRM-004"),
        ("0.5", "0.5", None),
        ("2.25", "2.25", None),
        ("2.2500001", None, "FRM-004"),
        ("unknown", None, "FRM-003"),
        ("1,2,3", None, "FRM-003"),
    ],
)
def test_decimals_with_a_comma_or_a_point(rich: Form, raw: Any, value: str | None, code: str | None) -> None:
    found, problem = read(rich["score"], raw)
    assert (None if found is None else str(found), problem) == (value, code)


def test_numbers_without_limits_may_have_any_size() -> None:
    edss = load("course")["edss"]
    assert edss.min is None or read(edss, "9" * 40) == (None, "FRM-004")
    for raw in ("9" * 40, 1e300, "-0"):
        assert str(tidy(Decimal(str(raw)))).lstrip("-").isdigit()


@pytest.mark.parametrize("raw", [True, 1, 1.0, "1", *sorted(YES), "JA", " Yes "])
def test_yes(rich: Form, raw: Any) -> None:
    assert same(read(rich["seen"], raw)[0], True)


@pytest.mark.parametrize("raw", [False, 0, 0.0, "0", *sorted(NO), "NEE", " No "])
def test_no(rich: Form, raw: Any) -> None:
    assert same(read(rich["seen"], raw)[0], False)


@pytest.mark.parametrize("raw", ["perhaps", 2, -1, "yesno", date(2022, 1, 1), "unknown"])
def test_neither_yes_nor_no(rich: Form, raw: Any) -> None:
    assert read(rich["seen"], raw) == (None, "FRM-007")


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("a", "a", None),
        ("A", "a", None),
        ("A (nl)", "a", None),
        ("a (NL)", "a", None),
        ("first", "a", None),
        ("EERSTE", "a", None),
        (" b ", "b", None),
        ("c", None, "FRM-005"),
        (3, None, "FRM-005"),
    ],
)
def test_a_choice_by_code_or_label_in_any_case(
    rich: Form, raw: Any, value: str | None, code: str | None
) -> None:
    assert read(rich["kind"], raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value"), [(0, "0"), (1.0, "1"), ("2", "2"), ("3 of meer", "3_or_more"), ("onbekend", "unknown")]
)
def test_a_choice_with_numbers_for_codes_is_read_from_numeric_cells(raw: Any, value: str) -> None:
    assert read(load("course")["mri_new_t2"], raw) == (value, None)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("x", ("x",), None),
        ("z; x", ("x", "z"), None),
        ("Y (nl), x", ("x", "y"), None),
        ("x;x;", ("x",), None),
        (["z", "why"], ("y", "z"), None),
        (";", None, None),
        ("x;q", None, "FRM-005"),
    ],
)
def test_more_choices_come_in_the_order_of_the_form(
    rich: Form, raw: Any, value: Any, code: str | None
) -> None:
    assert read(rich["kinds"], raw) == (value, code)


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("Avonex", "L03AB07-avonex", None),
        ("REBIF", "L03AB07-rebif", None),
        ("natalizumab", "L04AG03", None),
        ("Tysabri", "L04AG03", None),
        ("L04AA23", "L04AG03", None),
        ("L04AA36", "L04AG08", None),
        ("l04ag03", "L04AG03", None),
        ("L03AB07", None, "FRM-014"),
        ("L04AC01", "L04AC01", None),
        ("aspirin", None, "FRM-005"),
    ],
)
def test_g1_medicines_by_brand_inn_or_atc_when_it_names_one(
    raw: str, value: str | None, code: str | None
) -> None:
    assert read(load("medication")["medicine"], raw) == (value, code)


def test_an_ambiguous_name_is_told_with_what_it_may_mean() -> None:
    _, problem = reader(load("medication")["medicine"], TODAY)("L03AB07")
    assert problem is not None
    assert problem.params["choices"] == "L03AB07-avonex, L03AB07-rebif"


@pytest.mark.parametrize(
    ("raw", "value", "code"),
    [
        ("999990019", "999990019", None),
        ("9999.90.019", "999990019", None),
        ("9999 90 019", "999990019", None),
        (999990019, "999990019", None),
        ("99990019", "099990019", "FRM-013"),
        (99990019.0, "099990019", "FRM-013"),
        ("1234567", "1234567", None),
    ],
)
def test_p3_a_bsn_gets_its_lost_zero_back_with_a_warning(
    rich: Form, raw: Any, value: str, code: str | None
) -> None:
    assert read(rich["bsn"], raw) == (value, code)


@pytest.mark.parametrize(
    ("key", "raw", "value"),
    [
        ("postal_code", "1012ab", "1012 AB"),
        ("postal_code", "1012 AB", "1012 AB"),
        ("postal_code", "nl-1012ab", "1012 AB"),
        ("postal_code", "B-1000", "B-1000"),
        ("email", "an @example.nl", "an@example.nl"),
    ],
)
def test_postcodes_and_addresses_are_tidied(key: str, raw: str, value: str) -> None:
    assert read(load("patient")[key], raw) == (value, None)


def test_warnings_keep_the_answer_and_errors_do_not(rich: Form) -> None:
    for key, raw in (("count", "~12"), ("bsn", "99990019"), ("count", "x"), ("day", "x"), ("kind", "q")):
        value, problem = reader(rich[key], TODAY)(raw)
        assert problem is not None
        assert (value is None) is (problem.severity is Severity.ERROR)


@settings(derandomize=True, max_examples=300)
@given(raw=st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes()))
def test_no_input_breaks_a_reader_and_no_problem_holds_the_answer(rich: Form, raw: Any) -> None:
    for item in rich.items:
        value, problem = reader(item, TODAY)(raw)
        assert problem is None or problem.code in KINDS
        assert value is None or reader(item, TODAY)(value)[0] == value
        if problem and isinstance(raw, str) and len(raw) > 3 and value is None:
            assert raw not in problem.message.format(**problem.params)


@settings(derandomize=True, max_examples=200)
@given(raw=st.text())
def test_clean_text_is_clean_and_ascii_takes_no_other_way(raw: str) -> None:
    once = clean(raw)
    assert clean(once) == once
    if raw.isascii():
        assert once == raw.strip()
        assert has_control(raw) is any((ord(c) < 32 and c not in "\n\t") or ord(c) == 127 for c in raw)


@pytest.mark.parametrize(
    ("key", "value", "dutch", "english"),
    [
        ("name", None, "–", "–"),
        ("name", "x", "x", "x"),
        ("seen", True, "ja", "yes"),
        ("seen", False, "nee", "no"),
        ("day", date(2022, 3, 31), "31-03-2022", "2022-03-31"),
        ("since", "2019-05", "2019-05", "2019-05"),
        ("score", Decimal("1.5"), "1,5", "1.5"),
        ("count", 3, "3", "3"),
        ("count", "unknown", "onbekend", "unknown"),
        ("kind", "a", "A (nl)", "A"),
        ("kind", "gone", "gone", "gone"),
        ("kinds", ("x", "z"), "X (nl), Z (nl)", "X, Z"),
    ],
)
def test_answers_are_shown_per_language(rich: Form, key: str, value: Any, dutch: str, english: str) -> None:
    assert (show(rich[key], value, "nl"), show(rich[key], value, "en")) == (dutch, english)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_x1_what_is_shown_can_be_read_again(language: str) -> None:
    """An export with labels can be imported again: every label of every form names its own code."""
    for key in ("patient", "diagnosis", "course", "disease", "medication", "adverse_event"):
        for item in load(key).items:
            for choice in item.choices:
                value = (choice.code,) if item.type == "choices" else choice.code
                assert read(item, show(item, value, language)) == (value, None), (key, item.key)
            if item.type == "choices":
                everything = tuple(choice.code for choice in item.choices)
                assert read(item, show(item, everything, language)) == (everything, None)
