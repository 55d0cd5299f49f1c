"""Files of value sets: a hole or a wrong number is told with its place, and is never a wrong index value."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from msreg.config import data_folder
from msreg.errors import NotFound, Refused
from msreg.forms.value_sets import DEFAULT, default_set, named, own_set, read_value_set, value_sets
from msreg.rules.eq5d import value

GOOD = (data_folder() / "value_sets" / "nl_versteegh_2016_3dp.toml").read_text(encoding="utf-8")
Written = Callable[[str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "own.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_default_stands_first_and_names_are_found_in_any_case() -> None:
    assert [each.name for each in value_sets()] == [DEFAULT, "NL-EuroQol-7dp"]
    assert named(" nl-euroqol-7DP ") is value_sets()[1]
    assert named(DEFAULT) is default_set()


def test_a_name_that_is_not_known_is_told_with_those_that_are() -> None:
    with pytest.raises(NotFound) as fault:
        named("NL-Lamers")
    assert str(fault.value) == "There is no value set 'NL-Lamers'."
    assert DEFAULT in (fault.value.hint_text() or "")


def test_numbers_are_as_exact_as_they_are_written(written: Written) -> None:
    """0.047 as a float is another number."""
    text = GOOD.replace("constant = 0.047", "constant = 0.0470000000000000000001").replace(DEFAULT, "own")
    found = own_set(written(text))
    assert value("21111", found) == Decimal("0.9179999999999999999999")


def test_a_whole_number_is_a_number(written: Written) -> None:
    found = own_set(written(GOOD.replace("constant = 0.047", "constant = 0").replace(DEFAULT, "own")))
    assert value("21111", found) == Decimal("0.965")


WRONG = {
    "a hole": ("4 = 0.166\n", "", "mobility.4 is missing"),
    "no dimension": ("[self_care]", "[self_car]", "self_car is not a word of a value set"),
    "no constant": ("constant = 0.047", "", "constant is missing"),
    "no name": (f'name = "{DEFAULT}"', "", "name is missing or longer than 40 letters"),
    "a long name": (DEFAULT, "x" * 41, "name is missing or longer than 40 letters"),
    "a doubled level": ("3 = 0.057", "3 = 0.057\n3 = 0.058", "cannot be read: "),
    "a doubled dimension": ("[self_care]", "[mobility]", "cannot be read: "),
    "level 1": ("2 = 0.035", "1 = 0\n2 = 0.035", "mobility.1 is not a level: 2, 3, 4 and 5 are"),
    "level 6": ("5 = 0.203", "5 = 0.203\n6 = 0.3", "mobility.6 is not a level: 2, 3, 4 and 5 are"),
    "a text": ("2 = 0.035", '2 = "0.035"', "mobility.2 is not a number"),
    "yes": ("2 = 0.035", "2 = true", "mobility.2 is not a number"),
    "no number": ("2 = 0.035", "2 = nan", "mobility.2 is not a number"),
    "endless": ("5 = 0.203", "5 = inf", "mobility.5 is not a number"),
    "negative": ("2 = 0.035", "2 = -0.035", "mobility.2 is not a number from 0 to 1"),
    "a comma forgotten": ("5 = 0.203", "5 = 203", "mobility.5 is not a number from 0 to 1"),
    "turned round": ("3 = 0.057", "3 = 0.034", "mobility.3 weighs less than the level before it"),
    "below -1": ("5 = 0.203", "5 = 0.759", "constant and the worst levels together take off more than 2"),
    "not TOML": ("[mobility]", "[mobility", "cannot be read: "),
    "a number as dimension": ('name = "', 'mobility = 1\nname = "', "cannot be read: "),
    "a word too many": ("constant", "country = 'NL'\nconstant", "country is not a word of a value set"),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_one_sentence_with_its_place(
    right: str, wrong: str, told: str, written: Written
) -> None:
    assert right in GOOD
    with pytest.raises(Refused) as fault:
        read_value_set(written(GOOD.replace(right, wrong, 1)))
    assert str(fault.value).startswith("The value set own.toml")
    assert told in str(fault.value)
    assert "\n" not in str(fault.value)


def test_take_off_exactly_two_and_no_more(written: Written) -> None:
    """The registry keeps values from -1 to 1: 0.047 + 1.399 more or less."""
    assert value("55555", read_value_set(written(GOOD.replace("5 = 0.203", "5 = 0.757", 1)))) == -1
    with pytest.raises(Refused):
        read_value_set(written(GOOD.replace("5 = 0.203", "5 = 0.75701", 1)))


def test_not_text_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"name = '\xff'")
    for name in ("bytes.toml", "."):
        with pytest.raises(Refused, match="cannot be read"):
            read_value_set(tmp_path / name)
    with pytest.raises(NotFound, match=r"There is no file none\.toml\."):
        read_value_set(tmp_path / "none.toml")


def test_an_own_set_may_not_pass_for_one_of_the_project(written: Written) -> None:
    """Every output names its set, and nothing else of it."""
    assert own_set(written(GOOD)) == default_set()
    changed = GOOD.replace("2 = 0.035", "2 = 0.036")
    with pytest.raises(Refused, match="name is that of a set with other numbers"):
        own_set(written(changed.replace(DEFAULT, DEFAULT.upper())))
    assert own_set(written(changed.replace(DEFAULT, "own"))).name == "own"
