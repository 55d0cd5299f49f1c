"""`msreg proms value` and `sets`: index values without a registry (SPEC Q3, C3, C4, C11)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from msreg.forms.value_sets import DEFAULT
from msreg.rules.eq5d import DIMENSIONS

Quick = Callable[..., Any]


def test_a_value_needs_no_registry(quick: Quick) -> None:
    """C11: what scripts rely on."""
    done = quick("proms", "value", "22222", "--json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == {"profile": "22222", "index": 0.705, "value_set": DEFAULT}
    assert '"index": 0.705,' in done.out


@pytest.mark.parametrize(("lang", "values"), [
    ("en", {"55511": "0.390", "11111": "1.000", "55555": "-0.446", "21111": "0.918"}),
    ("nl", {"55511": "0,390", "11111": "1,000", "55555": "-0,446", "21111": "0,918"}),
])  # fmt: skip
def test_a_value_has_three_decimals_and_the_name_of_its_set(
    lang: str, values: dict[str, str], quick: Quick
) -> None:
    for profile, told in values.items():
        assert quick("proms", "value", profile, "--lang", lang).out == f"{told}  {DEFAULT}\n"


def test_a_value_by_another_set_and_by_an_own_file(quick: Quick, tmp_path: Path) -> None:
    done = quick("proms", "value", "33155", "--value-set", "nl-euroqol-7dp", "--json")
    assert json.loads(done.out) == {"profile": "33155", "index": 0.0000955, "value_set": "NL-EuroQol-7dp"}
    own = "\n".join(
        [
            'name = "half"',
            "constant = 0",
            *(f"[{key}]\n2 = 0.1\n3 = 0.1\n4 = 0.1\n5 = 0.1" for key in DIMENSIONS),
        ]
    )
    (tmp_path / "own.toml").write_text(own, encoding="utf-8")
    assert quick("proms", "value", "55555", "--value-set", tmp_path / "own.toml").out == "0.500  half\n"
    (tmp_path / "own.toml").write_text(own.replace("4 = 0.1\n", "", 1), encoding="utf-8")
    holed = quick("proms", "value", "55555", "--value-set", tmp_path / "own.toml")
    assert (holed.code, holed.out) == (6, "")
    assert holed.err == "The value set own.toml: mobility.4 is missing.\n"


@pytest.mark.parametrize(("lang", "told"), [("en", "This is not a profile"), ("nl", "Dit is geen profiel")])
def test_what_is_no_profile_is_one_sentence(lang: str, told: str, quick: Quick, error_of: Any) -> None:
    """It may be a patient's, so the sentence does not repeat it."""
    for profile in ("11116", "1111", "aaaaa", "111111", "0", ""):
        done = quick("proms", "value", profile, "--lang", lang)
        assert (done.code, done.out) == (6, ""), profile
        assert done.err.startswith(told)
        assert done.err.count("\n") == 1
        assert not profile or profile not in done.err
        error = error_of(quick("proms", "value", profile, "--json").err)
        assert (error["code"], error["field"]) == ("refused", "profile")


def test_a_level_that_was_not_answered_has_its_own_sentence(quick: Quick) -> None:
    """EuroQol writes it as 9."""
    for profile in ("91234", "12349", "99999"):
        done = quick("proms", "value", profile)
        assert (done.code, done.out) == (6, "")
        assert "a 9 stands for a level that was not answered" in done.err


def test_a_set_that_is_not_there(quick: Quick) -> None:
    for name in ("NL-Lamers", "nowhere.toml"):
        assert quick("proms", "value", "22222", "--value-set", name).code == 3
    assert quick("proms", "value").code == 2


def test_the_sets_with_their_source(quick: Quick, terminal: Any) -> None:
    found = json.loads(quick("proms", "sets", "--json").out)
    assert [(each["value_set"], each["kept"], each["lowest"]) for each in found] == [
        (DEFAULT, True, -0.446), ("NL-EuroQol-7dp", False, -0.4463194),
    ]  # fmt: skip
    assert all("10.1016/j.jval.2016.01.003" in each["source"] for each in found)
    seen = terminal("proms", "sets", MSREG_LANG="nl")
    assert seen.code == 0
    assert DEFAULT in seen.lines[-2]
    assert seen.lines[-1].endswith("msreg proms value 21345")
