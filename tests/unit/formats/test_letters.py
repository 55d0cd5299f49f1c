"""Letters of the office: read into blocks, filled in, drawn on A4 (SPEC O4)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from msreg.config import Office, data_folder
from msreg.errors import MsregError
from msreg.formats.letter import Block, Kind, Letter, read_letter
from msreg.formats.letter_pdf import Words, letter_pdf
from msreg.formats.pdf_pages import BOTTOM, HEIGHT, TOP
from msreg.services.documents import LETTERS, letter, not_set
from msreg.vocabulary import Language

OFFICE = Office("Bureau De Vecht", "Postbus 1, Utrecht", "bureau@example.org", "030 123 45 67")
WORDS = Words("ja", "nee", "Voet", lambda number, count: f"{number} / {count}")
EACH = [(key, language) for key in LETTERS for language in Language]
HEAD = "---\ntitle: Een brief\nversion: 1\ndate: 2026-11-21\n---\n\n"


def read(body: str) -> Letter:
    return read_letter(HEAD + body, Language.NL, "brief.nl.md")


def pages(made: Letter) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(letter_pdf(made, WORDS))).pages]


def test_each_kind_of_block() -> None:
    found = read(
        "## Kop\n\nTekst - met streep.\n- punt\n- [ ] vink\n- [ ] [ ] keus\n- **Naam:** ____\n- **Tel:** 1\n"
    )
    assert found.blocks == (
        Block(Kind.HEADING, "Kop"),
        Block(Kind.PARAGRAPH, "Tekst - met streep."),
        Block(Kind.ITEM, "punt"),
        Block(Kind.TICK, "vink"),
        Block(Kind.CHOICE, "keus"),
        Block(Kind.FIELD, "", "Naam"),
        Block(Kind.FIELD, "1", "Tel"),
    )
    assert (found.title, found.version, found.date) == ("Een brief", "1", date(2026, 11, 21))


@pytest.mark.parametrize(
    "text", ["geen kop", "---\ntitle: x\nversion: 1\n---\n\nx", HEAD.replace("2026-11-21", "2026-13-01")]
)
def test_a_head_that_is_not_whole(text: str) -> None:
    with pytest.raises(MsregError, match=r"brief\.nl\.md cannot be read"):
        read_letter(text, Language.NL, "brief.nl.md")


@pytest.mark.parametrize("key", LETTERS)
def test_o4_both_languages_have_the_same_parts(key: str) -> None:
    dutch, english = (letter(key, language, Office()) for language in Language)
    assert [each.kind for each in dutch.blocks] == [each.kind for each in english.blocks]
    assert (dutch.version, dutch.date) == (english.version, english.date)
    assert dutch.source != english.source
    numbers = [Counter(re.findall(r"\d+", each.source)) for each in (dutch, english)]
    assert numbers[0] == numbers[1]  # articles of the law, ages
    names = [Counter(re.findall(r"\{\{ (\S+) \}\}", raw(key, each))) for each in Language]
    assert names[0] == names[1]


def raw(key: str, language: Language) -> str:
    return (data_folder() / "letters" / f"{key}.{language.value}.md").read_text()


@pytest.mark.parametrize(("key", "language"), EACH)
def test_o4_the_office_is_filled_in_or_can_be_written_down(key: str, language: Language) -> None:
    wanted = set(re.findall(r"\{\{ office\.(\w+) \}\}", raw(key, language)))
    assert wanted
    assert set(not_set(key, Office())) == {f"office.{each}" for each in wanted}
    assert not_set(key, OFFICE) == ()
    filled, empty = letter(key, language, OFFICE), letter(key, language, Office())
    values = {each.text for each in filled.blocks if each.kind is Kind.FIELD}
    assert {getattr(OFFICE, each) for each in wanted} <= values
    to_write = [
        sum(not each.text for each in one.blocks if each.kind is Kind.FIELD) for one in (filled, empty)
    ]
    assert to_write[1] == to_write[0] + len(wanted)
    for one in (filled, empty):
        assert not re.search(r"\{[{%]|None", one.source)


def test_o4_every_file_is_a_letter() -> None:
    found = {path.name for path in (data_folder() / "letters").iterdir()}
    assert found == {f"{key}.{language.value}.md" for key, language in EACH}


@pytest.mark.parametrize("language", Language)
def test_o4_the_information_says_what_the_law_and_the_registry_ask(language: Language) -> None:
    """GDPR articles 13 and 15 to 22, and what msreg does: keep or erase, sharing, pseudonyms, Lareb, the log."""
    text = letter("patient_information", language, OFFICE).source
    for article in range(15, 23):
        assert re.search(rf"artic?k?el\w* (?:\d+ \w+ \w+ \w+ )?{article}\b|article {article}\b", text), (
            article
        )
    for word in (
        "Lareb",
        "BSN",
        "MRI",
        "Autoriteit Persoonsgegevens",
        "pseudonym" if language == "en" else "pseudonim",
    ):
        assert word in text, word


@pytest.mark.parametrize("language", Language)
def test_o4_the_form_has_boxes_of_its_own_for_mail_and_for_sharing(language: Language) -> None:
    blocks = letter("consent_form", language, OFFICE).blocks
    assert Counter(each.kind for each in blocks)[Kind.CHOICE] == 2
    ticks = [each.text for each in blocks if each.kind is Kind.TICK]
    assert sum("Lareb" in each for each in ticks) == 1
    assert sum("seudon" in each for each in ticks) == 1
    signatures = [each for each in blocks if each.label in ("Handtekening", "Signature")]
    assert len(signatures) == 4  # the participant, a representative, the hospital, whoever withdraws


@pytest.mark.parametrize(("key", "language"), EACH)
def test_o4_the_pages_hold_every_word(key: str, language: Language) -> None:
    made = letter(key, language, OFFICE)
    found = pages(made)
    text = " ".join(" ".join(found).split())
    for block in made.blocks:
        for part in re.split(r"\s+", f"{block.label} {block.text}".strip()):
            assert part in text, part
    assert [f"{number} / {len(found)}" in page for number, page in enumerate(found, 1)] == [True] * len(found)
    assert len(found) == (2 if key == "consent_form" else 3)


def test_the_same_letter_gives_the_same_bytes() -> None:
    made = letter("consent_form", Language.NL, OFFICE)
    assert letter_pdf(made, WORDS) == letter_pdf(made, WORDS)


def test_a_heading_and_what_is_signed_stay_together() -> None:
    """However much stands above them: the page is broken before the heading, never below it."""
    for above in range(20, 50):
        body = "\n".join(
            ["x"] * above + ["## Ondertekening", "Ik doe mee.", "- **Datum:** ____", "- **Naam:** ____"]
        )
        held = [page for page in pages(read(body)) if "Ondertekening" in page]
        assert len(held) == 1
        assert all(word in held[0] for word in ("Ik doe mee.", "Datum", "Naam"))


@pytest.mark.parametrize("count", [0, 1, 400, 5000])
def test_texts_of_any_length_stay_between_the_margins(count: int) -> None:
    reader = PdfReader(BytesIO(letter_pdf(read("woord " * count), WORDS)))
    heights: list[float] = []
    words = 0

    def seen(text: str, _cm: object, tm: list[float], _font: object, _size: object) -> None:
        nonlocal words
        words += text.count("woord")
        if text.strip() and "Voet" not in text and " / " not in text:
            heights.append(tm[5])

    for page in reader.pages:
        page.extract_text(visitor_text=seen)
    assert words == count
    assert all(BOTTOM <= height <= HEIGHT - TOP for height in heights)


def test_signs_that_the_letters_lack_are_boxes() -> None:
    assert "□" in pages(read("Een 漢 teken"))[0]
