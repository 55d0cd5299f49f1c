"""Nothing in data can steer a terminal (security: screen)."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msreg.screen.edge import Edge
from msreg.screen.output import Screen
from msreg.screen.safe import safe

ANYTHING = st.text(st.characters(codec=None, categories=None))
STEERING = st.text(
    st.sampled_from("\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\u061c\u200e\u202e\u2066\u2069\u2028\ufeffa[31m")
)


def steers(text: str) -> bool:
    return any(
        unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(each) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        or each in "\u200e\u200f\u061c"
        for each in text
    )


@settings(derandomize=True, max_examples=500)
@given(ANYTHING | STEERING)
def test_no_control_character_comes_out(text: str) -> None:
    assert not steers(safe(text))


@settings(derandomize=True)
@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs", "M"])))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("van den Berg-Łuczak, É.", "van den Berg-Łuczak, É."),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines", "two⏎lines"),
        ("evil\u202etxt", "evil\\u202etxt"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_is_hidden_becomes_visible(text: str, shown: str) -> None:
    assert safe(text) == shown


@settings(derandomize=True, max_examples=200)
@given(STEERING)
def test_every_way_to_the_screen_is_safe(text: str) -> None:
    import io

    from msreg.screen.table import Cell, Column, Table, row

    out, err = io.StringIO(), io.StringIO()
    screen = Screen(Edge(terminal=True, width=60), out, err)
    screen.line(text, Cell(text))
    screen.text(text)
    screen.facts([(text, text), ("x", Cell(text))])
    screen.table(Table((Column("a", "A"), Column("b", "B", wrap=True)), [row(text, Cell(text, "red"))]))
    screen.next(text, text)
    screen.note(text)
    for line in (out.getvalue() + err.getvalue()).split("\n"):
        assert not steers(line)
