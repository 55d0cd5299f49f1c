"""Words that tell too much for a mail (SPEC R4)."""

from __future__ import annotations

import pytest

from msreg.rules.revealing import pattern, revealing

FOUND_BY = pattern(["natalizumab", "Tysabri", "interferon beta-1a"])


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Uw MS-registratie", "MS"),
        ("over multiple Sclerose", "Sclerose"),
        ("Het EDSS-spreekuur", "EDSS"),
        ("uw ziekteverloop", "ziekte"),
        ("the Disease office", "Disease"),
        ("nieuws over TYSABRI", "TYSABRI"),
        ("Interferon bèta en interferon beta-1a", "interferon beta-1a"),
        ("de polikliniek neurologie", "neurolo"),
    ],
)
def test_r4_words_of_a_disease_or_a_treatment_are_found(text: str, word: str) -> None:
    assert revealing(text, FOUND_BY) == word


@pytest.mark.parametrize(
    "text",
    ["Uw ziekenhuis", "Aan mevrouw Msimang", "precis om tien uur", "Mary's items", "een vrij systeem", ""],
)
def test_r4_other_words_are_not(text: str) -> None:
    assert revealing(text, FOUND_BY) is None


def test_r4_addresses_are_what_they_are() -> None:
    assert revealing("Zie https://vragen.example/MS-neurologie of info@MS.example", FOUND_BY) is None
    assert revealing("Zie https://vragen.example/q van MS", FOUND_BY) == "MS"


def test_r4_without_medicines_the_other_words_are_found_still() -> None:
    assert revealing("MS", pattern([])) == "MS"
    assert revealing("Een korte vragenlijst", pattern([])) is None
