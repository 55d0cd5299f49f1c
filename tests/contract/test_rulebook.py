"""One book of codes: each means one thing, is used, and has a manual page (STYLE 5, 6)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from msreg.errors import NotFound
from msreg.forms.problems import KINDS as ANSWERS
from msreg.rules.checks import all_checks
from msreg.services.batch_kinds import KINDS as FILES
from msreg.services.rulebook import BAD, GOOD, Rule, check_texts, checks, rule, rules, rules_of
from msreg.vocabulary import Record, Severity

ROOT = Path(__file__).parents[2]
RULES = [pytest.param(each, id=each.code) for each in rules()]
each_rule = pytest.mark.parametrize("found", RULES)


@cache
def uses() -> dict[str, int]:
    """How often each code stands in the program, beside the line that declares it."""
    counts: dict[str, int] = {}
    for path in (ROOT / "msreg").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.lstrip().startswith(("Kind(", "@check", "@case_check")):
                for code in re.findall(r'"([A-Z]{3}-\d{3})"', line):
                    counts[code] = counts.get(code, 0) + 1
    return counts


def test_no_code_stands_in_two_sources() -> None:
    """Codes are unique over files, answers and checks, and the book holds every one."""
    sources = [*FILES, *ANSWERS, *(check.code for check in checks())]
    assert len(set(sources)) == len(sources)
    assert [found.code for found in rules()] == sorted(sources)


@each_rule
def test_code_has_the_shape_of_a_code(found: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{3}-\d{3}", found.code)


@each_rule
def test_manual_page_is_whole(found: Rule) -> None:
    """STYLE 6: a title, a bad example and a good one; each text one paragraph on one line."""
    assert all(found.texts)
    assert found.bad != found.good
    assert not any("\n" in text or text.startswith((BAD, GOOD)) for text in found.texts)
    assert bool(found.record) is bool(found.reads) is bool(found.text)


@pytest.mark.parametrize("code", [*FILES, *ANSWERS])
def test_code_is_told_somewhere(code: str) -> None:
    """A code that nothing tells is a promise that is not kept."""
    assert uses().get(code, 0) >= 1


def test_every_code_that_is_told_is_in_the_book() -> None:
    known = {found.code for found in rules()}
    assert set(uses()) <= known


def test_titles_differ() -> None:
    titles = [found.title for found in rules()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("record", Record)
def test_rules_of_one_record(record: Record) -> None:
    found = rules_of(record)
    assert {each.code for each in found} == {each.code for each in all_checks() if each.record is record}


def test_texts_of_checks_are_given_once_for_translation() -> None:
    texts = list(check_texts())
    assert len(set(texts)) == len(texts)
    assert {text for check in checks() for text in rule(check.code).texts} == set(texts)


@pytest.mark.parametrize("written", ["COU-004", "cou-004", " Cou-004 "])
def test_a_rule_is_found_however_it_is_typed(written: str) -> None:
    assert rule(written).code == "COU-004"
    assert rule(written).severity is Severity.ERROR


@pytest.mark.parametrize(
    ("written", "near"), [("COU-099", "COU-0"), ("COU4", "COU-004"), ("FRM", "FRM-"), ("PAT-0O1", "PAT-001")]
)
def test_an_unknown_code_names_the_near_ones(written: str, near: str) -> None:
    with pytest.raises(NotFound) as told:
        rule(written)
    assert near in (told.value.hint_text() or "")
    assert "{" not in (told.value.hint_text() or "")


def test_a_code_like_no_other_points_to_the_list() -> None:
    """What was typed is not repeated: it may be a name."""
    with pytest.raises(NotFound) as told:
        rule("Bakker")
    assert told.value.hint_text() == "msreg rules list shows all codes."
    assert "Bakker" not in told.value.text()
