"""Building a group: whole, or with the one verb that the words name."""

from __future__ import annotations

from importlib import import_module

import pytest

from msreg.screen.command import built

APP = import_module("msreg.commands.patients").app
ALL = ["list", "find", "show", "why", "edit"]


@pytest.mark.parametrize("words", [[], ["--help"], ["lst"], ["--json", "list"]])
def test_a_group_has_all_its_verbs_where_the_words_name_none(words: list[str]) -> None:
    assert set(built(APP, words).commands) >= set(ALL)


@pytest.mark.parametrize("verb", ALL)
def test_a_group_has_one_verb_alone_where_it_is_named(verb: str) -> None:
    whole = built(APP, [])
    alone = built(APP, [verb, "--help"])
    assert list(alone.commands) == [verb]
    assert alone.help == whole.help
    assert [each.name for each in alone.commands[verb].params] == [
        each.name for each in whole.commands[verb].params
    ]
    assert set(built(APP, []).commands) == set(whole.commands)
