"""A form of a case as PDF: nothing of an answer is lost, however long it is; the same answers, the same bytes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.formats.case_pdf import FormPages, case_pdf
from msreg.forms.load import load
from msreg.forms.themes import theme
from msreg.vocabulary import CaseForm, Language

DAY = date(2026, 11, 21)


def pages(form: CaseForm, values: dict[str, Any], **but: Any) -> FormPages:
    about = theme("maternal_death" if form is CaseForm.CRF else "acute_fatty_liver").label
    told = FormPages(load(form), values, "NC-2026-0042", about, "AMS01", DAY, Language.NL)
    return told._replace(**but)


def read(data: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(data)).pages]


@pytest.mark.parametrize("language", list(Language))
def test_it_speaks_the_language(language: Language) -> None:
    """Labels, answers, numbers and days are of one language, and the file says which."""
    values = {"vomiting": "yes", "glucose": Decimal("3.2"), "ammonia": "unknown"}
    data = case_pdf(pages(CaseForm.SWANSEA, values, language=language))
    (said,) = read(data)
    words = {
        Language.NL: (
            "Braken",
            "ja",
            "3,2 mmol/L",
            "onbekend",
            "21-11-2026",
            "niet ingevuld",
            "nog niet bekend",
        ),
        Language.EN: ("Vomiting", "yes", "3.2 mmol/L", "unknown", "2026-11-21", "no answer", "not known yet"),
    }
    assert all(word in said for word in words[language])
    assert not any(
        word in said.splitlines() for other in words if other is not language for word in words[other]
    )
    assert PdfReader(BytesIO(data)).trailer["/Root"]["/Lang"] == language.value


def test_the_same_answers_give_the_same_bytes() -> None:
    """No moment and no random number; another answer gives others."""
    told = pages(CaseForm.CRF, {"age": 34})
    assert case_pdf(told) == case_pdf(told)
    assert case_pdf(told) != case_pdf(told._replace(values={"age": 35}))


def test_a_long_answer_is_on_the_paper_to_the_last_word() -> None:
    """10,000 characters in lines and pages; a word without end is broken, none is cut."""
    words = " ".join(f"woord{number}" for number in range(1000))
    endless = "x" * 700
    said = read(case_pdf(pages(CaseForm.CRF, {"events": f"{words}\n\n{endless} einde"})))
    assert len(said) > 2
    joined = " ".join(" ".join(said).split())
    assert all(f"woord{number} " in joined + " " for number in range(1000))
    assert joined.replace(" ", "").count("x") >= len(endless)
    assert "einde" in joined
    assert "…" not in joined
    for number, page in enumerate(said, start=1):
        assert f"{number} / {len(said)}" in page


def test_what_is_not_asked_is_not_on_it() -> None:
    """K4: a hidden answer does not count, so it is not told either."""
    (said,) = read(case_pdf(pages(CaseForm.CRF, {"pregnancy_end": "ongoing", "delivery_mode": "vaginal"})))
    assert "Wijze van bevallen" not in said
    assert "vaginaal" not in said


def test_markup_and_odd_signs_are_drawn_as_they_are() -> None:
    """Nothing in an answer means anything to what draws it; signs without a letter become a box."""
    typed = "<b>vet</b> & %(x)s {y} 漢 é"
    (said,) = read(case_pdf(pages(CaseForm.CRF, {"cause_text": typed})))
    assert "<b>vet</b> & %(x)s {y}" in said
    assert "é" in said
    assert "□" in said


def test_a_centre_and_a_day_may_stay_untold() -> None:
    """For the committee it leaves without the centre; on demand it has no day of its own."""
    (said,) = read(case_pdf(pages(CaseForm.CRF, {}, centre="", day=None)))
    assert "Centrum" not in said
    assert "Laatst ingevuld" not in said
