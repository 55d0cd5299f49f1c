"""The document that msreg makes of a complete form of a case: it comes, is renewed and goes by itself (SPEC N6)."""

from __future__ import annotations

import hashlib
import sys
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from msreg.errors import Unavailable
from msreg.forms.load import load
from msreg.forms.showing import show
from msreg.services.case_editing import edit_case
from msreg.services.case_generated import Generated
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm
from tests.case_answers import (
    ANSWERS,
    CRF,
    NC,
    Answer,
    case_with,
    filled,
    generated,
    last_items,
    state,
)

BOTH = pytest.mark.parametrize("form", [CaseForm.CRF, CaseForm.SWANSEA])


def text(document: dict[str, Any]) -> str:
    """The words of a PDF, lines joined."""
    pages = PdfReader(BytesIO(document["bytes"])).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@BOTH
def test_the_last_answer_makes_the_document(
    registry: Registry, desk: Actor, today: date, form: CaseForm
) -> None:
    """SPEC N6: complete, and the PDF is among the documents, with the version of the form and who answered."""
    case = case_with(registry, desk, today, form)
    last = list(ANSWERS[form])[-1]
    filled(registry, desk, today, NC, form, **{last: None})
    assert generated(registry, case.id) == []
    done = edit_case(registry, by=desk, case=NC, form=form, answers={last: ANSWERS[form][last]}, today=today)
    assert done.generated is Generated.MADE
    (made,) = generated(registry, case.id)
    wanted = next(each.key for each in case.theme.wanted if each.form == form)
    assert (made["form"], made["form_version"], made["wanted"], made["kind"], made["user"]) == (
        form, load(form).version, wanted, "pdf", desk.user,
    )  # fmt: skip
    assert made["name"] == f"{load(form).label['nl'].replace(' ', '-')}-{NC}.pdf"
    assert made["sha256"] == hashlib.sha256(made["bytes"]).hexdigest()
    assert {each for each, _old, _new in last_items(registry)} == {"notification", "case_document"}


@BOTH
def test_the_document_tells_every_question_with_its_answer(
    registry: Registry, desk: Actor, today: date, form: CaseForm
) -> None:
    """Its text is read back: each label that is asked, each answer with its unit, nothing that names anybody."""
    case = case_with(registry, desk, today, form)
    filled(registry, desk, today, NC, form)
    (made,) = generated(registry, case.id)
    said = text(made)
    values = state(registry, desk, form).values
    for item in load(form).items:
        known = values.get(item.key)
        answer = "niet ingevuld" if known is None else " ".join(show(item, known, "nl").split())
        unit = f" {item.unit}" if item.unit and answer != "onbekend" else ""
        assert f"{item.label['nl']} {answer}{unit}" in said, item.key
    for fact in (
        NC,
        "AMS01",
        "Versie van het formulier 1",
        "Laatst ingevuld 21-11-2026",
        case.theme.label["nl"],
    ):
        assert fact in said
    assert "Z12345" not in said
    assert desk.name not in said
    assert "Ziekenhuis De Amstelhof" not in said
    if form is CaseForm.SWANSEA:
        assert "Criteria waaraan is voldaan 6 tot 11 van 14 Voldaan vanaf 6 criteria ja" in said


def test_the_file_names_nobody(registry: Registry, desk: Actor, today: date, death: str) -> None:
    """Its properties hold the title and the program, no person and no moment."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    (made,) = generated(registry, death)
    about = PdfReader(BytesIO(made["bytes"])).metadata
    assert about is not None
    assert (about.title, about.author, about.creator) == (f"CRF maternale sterfte {NC}", "msreg", "msreg")
    assert str(about.creation_date)[:10] == "2000-01-01"
    assert desk.name.encode() not in made["bytes"]


def test_it_is_renewed_when_an_answer_changes(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """The new one takes the place of the old one, of which no byte is left."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    (old,) = generated(registry, death)
    assert answer("age", 35, today=today + timedelta(days=1)).generated is Generated.RENEWED
    (new,) = generated(registry, death)
    assert new["sha256"] != old["sha256"]
    assert "Leeftijd 35" in text(new)
    assert "Laatst ingevuld 22-11-2026" in text(new)
    with registry.light() as db:
        assert db.rows("SELECT DISTINCT document_id FROM case_chunk") == [(new["id"],)]


def test_the_same_answers_make_the_same_document(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer
) -> None:
    """There and back gives the same bytes; an answer that is the same leaves the document, also a day later."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    (first,) = generated(registry, death)
    answer("age", 35)
    answer("age", 34)
    (again,) = generated(registry, death)
    assert again["sha256"] == first["sha256"]
    later = today + timedelta(days=1)
    assert answer("age", 34, today=later).generated is None
    edit_case(registry, by=desk, case=NC, answers={"patient_number": "9"}, today=later)
    assert generated(registry, death) == [again]


@pytest.mark.parametrize(
    ("key", "value"), [("autopsy", None), ("improvable_text", None)], ids=["open", "open under a condition"]
)
def test_it_goes_when_the_form_is_incomplete_again(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer, key: str, value: Any
) -> None:
    """ADR 0039: a document that lacks an answer would be counted as the one that the committee wants."""
    filled(registry, desk, today, NC, CaseForm.CRF)
    assert answer(key, value).generated is Generated.REMOVED
    assert generated(registry, death) == []
    typed = CRF[key]
    assert answer(key, typed).generated is Generated.MADE
    assert len(generated(registry, death)) == 1


def test_it_goes_and_comes_with_the_answers_of_the_case(
    registry: Registry, desk: Actor, today: date, death: str
) -> None:
    """CRF-007: another date of death in the case makes the CRF faulty; and another theme has no CRF."""
    filled(registry, desk, today, NC, CaseForm.CRF)

    def edit(**answers: str) -> Generated | None:
        return edit_case(registry, by=desk, case=NC, answers=answers, today=today).generated

    assert edit(event_date="2026-11-19") is Generated.REMOVED
    assert edit(event_date="2026-11-20") is Generated.MADE
    assert edit(theme="peripartum_hysterectomy") is Generated.REMOVED
    assert generated(registry, death) == []
    assert edit(theme="maternal_death") is Generated.MADE


def test_without_the_library_the_last_answer_is_not_kept(
    registry: Registry, desk: Actor, today: date, death: str, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing half: a complete form without its document cannot be. What was answered before stays."""
    filled(registry, desk, today, NC, CaseForm.CRF, autopsy=None)
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(Unavailable) as fault:
        answer("autopsy", "no")
    assert "pip install" in str(fault.value.hint_text())
    assert state(registry, desk).standing.open == ("autopsy",)
