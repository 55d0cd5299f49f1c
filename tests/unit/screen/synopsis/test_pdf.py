"""A synopsis on paper, read by another program: one page, its text, its properties (SPEC O2)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from msreg.formats.pdf_fonts import drawable
from msreg.screen.language import activate
from msreg.screen.synopsis_pdf import pdf
from msreg.services.synopsis import Synopsis

TODAY = date(2026, 11, 21)
Made = Callable[[str], Synopsis]


def opened(synopsis: Synopsis) -> PdfReader:
    return PdfReader(BytesIO(pdf(synopsis, today=TODAY)), strict=True)


def text_of(synopsis: Synopsis) -> str:
    return re.sub(r"\s+", " ", opened(synopsis).pages[0].extract_text())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_it_is_one_page_of_a4_with_everything_inside_the_margins(each: Synopsis, lang: str) -> None:
    activate(lang)
    [page] = opened(each).pages
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    places: list[tuple[float, float]] = []

    def seen(text: str, matrix: list[float], text_matrix: list[float], _font: object, _size: float) -> None:
        if text.strip():
            scale, x, y = matrix[0], matrix[4], matrix[5]
            places.append((x + scale * text_matrix[4], y + scale * text_matrix[5]))

    page.extract_text(visitor_text=seen)
    foot = min(y for _x, y in places)
    assert 40 < foot < 60
    assert all(47 < x < 548 for x, _y in places)
    assert sorted({round(y) for _x, y in places})[1] > foot + 15, "something stands in the foot"
    assert max(y for _x, y in places) < 842 - 47


def test_its_text_can_be_selected(made: Made) -> None:
    text = text_of(made("usual"))
    for piece in ("Bakker, A. (f, 56)", "MS-0000012", "AMS01 Ziekenhuis De Amstelhof · consent 2021-09-23",
                  "RRMS, EDSS 3.5 (2026-11-21), ocrelizumab since 2024-02-01", "4 estimated", "UTR01",
                  "2021-11-01 – 2024-01-20", "hoofdpijn na het infuus", "personal data, in confidence",
                  "printed 2026-11-21"):  # fmt: skip
        assert piece in text, piece


def test_in_dutch_it_says_so(made: Made) -> None:
    activate("nl")
    reader = opened(made("usual"))
    assert reader.trailer["/Root"]["/Lang"] == "nl"
    assert "geschat" in reader.pages[0].extract_text()


def test_properties_name_no_person(made: Made) -> None:
    """The number of the registry is the title; neither name nor BSN stands outside the page."""
    reader = opened(made("usual"))
    told = dict(reader.metadata or {})
    assert told["/Title"] == "Synopsis MS-0000012"
    assert (told["/Author"], told["/Creator"]) == ("msreg", "msreg")
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert not re.search("Bakker|019|1970", " ".join(map(str, told.values())))


def test_nothing_in_it_acts(made: Made) -> None:
    """No script, no link, no file, no action when it is opened."""
    reader = opened(made("hostile"))
    root, [page] = reader.trailer["/Root"], reader.pages
    assert set(root) <= {"/Type", "/Pages", "/Outlines", "/PageMode", "/Lang", "/ViewerPreferences"}
    assert set(page) <= {"/Type", "/Parent", "/MediaBox", "/Contents", "/Resources", "/Rotate", "/Trans"}
    assert not reader.attachments
    raw = pdf(made("hostile"), today=TODAY)
    assert not re.search(rb"/(JavaScript|JS|OpenAction|Launch|URI|EmbeddedFile|Annots)\b", raw)


def test_the_same_synopsis_gives_the_same_bytes(each: Synopsis) -> None:
    assert pdf(each, today=TODAY) == pdf(each, today=TODAY)


def test_letters_beyond_latin_are_there_and_what_is_lacking_is_a_box(made: Made) -> None:
    usual = made("usual")
    names = ("Łukasik-Öztürk", "Ελένη", "Дмитрий", "Nguyễn", "Şahin 'ʻ")
    for name in names:
        assert name in text_of(usual._replace(patient={**usual.patient, "family_name": name}))


def test_what_the_letters_lack_is_a_box() -> None:
    """An accent that stands alone joins its letter; marks that change a sign which is lacking are no box of their own."""
    assert drawable("Zoe\u0308") == "Zoë"
    assert drawable("漢字") == "□□"
    assert drawable("\U0001f9d1\U0001f3fd!") == "□□!"
    assert drawable("a\U000e0100b") == "ab"
    assert drawable("") == ""


def test_markup_is_text(made: Made) -> None:
    text = text_of(made("hostile"))
    assert "[b]*x*</b>" in text
    assert "<script>alert(1)</script>" in text
    assert "\\x1b[31m1\\u202e2⏎3" in text


def test_what_does_not_fit_is_counted(made: Made) -> None:
    text = text_of(made("long"))
    courses, medications, effects, lists = (int(found) for found in re.findall(r"… (\d+) more", text))
    assert len(re.findall(r"\d{4}-04-05 (?:not )?treated", text)) == 25
    assert len(re.findall(r"\d{4}-05-06 \d 3 or more", text)) + courses == 40
    assert len(re.findall(r"dimethyl fumarate \d{4}-01-02 – ", text)) + medications == 30
    assert len(re.findall(r"bijwerking nummer", text)) + effects == 12
    assert len(re.findall(r"-0\.446, score \d+ \(\d{4}-07-08\)", text)) + lists == 20


def test_hundreds_of_everything_are_still_one_page(made: Made) -> None:
    """Not even what is never left out can make a second page: it gets smaller."""
    usual = made("usual")
    many = usual._replace(
        visits=usual.visits * 200, periods=usual.periods * 200, relapses=usual.relapses * 200,
        effects=usual.effects * 200, shared=usual.shared * 200, proms=usual.proms * 200,
    )  # fmt: skip
    assert len(opened(many).pages) == 1
