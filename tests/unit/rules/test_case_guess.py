"""Which document a file may be, by its name: a guess that people correct (SPEC N5, seed 004 step 3)."""

from __future__ import annotations

import pytest

from msreg.forms.themes import theme, themes
from msreg.rules.case_guess import guessed


@pytest.mark.parametrize(
    ("name", "about", "key"),
    [
        ("Ontslagbrief gynaecologie.pdf", "maternal_death", "discharge_letters"),
        ("OK-verslag 5-3.PDF", "maternal_death", "operation_report"),
        ("partusverslag_2.docx", "peripartum_hysterectomy", "delivery_report"),
        ("Zwangerschapskaart 1e lijn.pdf", "embolisation", "pregnancy_card"),
        ("ANESTHESIE (vitaal).xlsx", "relaparotomy", "anaesthesia_report"),
        ("bloedtransfusie lab.pdf", "maternal_death", "transfusion_lab"),
        ("PA-verslag.pdf", "acute_fatty_liver", "pathology_if_done"),
        ("discharge letter.pdf", "embolisation", "discharge_letters"),
        ("echo 20 weken.jpg", "late_termination", "ultrasound_reports"),
        ("óbductie.pdf", "maternal_death", "autopsy_report"),
        ("Schermafbeelding 2026-03-05.png", "maternal_death", None),
        ("verslag.pdf", "maternal_death", None),
        ("report.pdf", "maternal_death", None),
        (".pdf", "maternal_death", None),
        ("ontslag", "maternal_death", "discharge_letters"),
    ],
)
def test_the_name_of_a_file_tells_what_it_may_be(name: str, about: str, key: str | None) -> None:
    found = guessed(name, theme(about).wanted)
    assert (found and found.key) == key


def test_two_that_fit_as_well_are_no_guess() -> None:
    wanted = theme("relaparotomy").wanted
    assert [found.key for name in ("decursus.pdf", "operatie.pdf") if (found := guessed(name, wanted))] == [
        "admission_notes",
        "operation_report",
    ]
    assert guessed("decursus operatie.pdf", wanted) is None
    assert guessed("decursus.pdf", ()) is None


@pytest.mark.parametrize("about", [each.key for each in themes()])
def test_the_label_of_each_document_leads_to_it_in_both_languages(about: str) -> None:
    wanted = theme(about).wanted
    for each in wanted:
        for label in each.label.values():
            found = guessed(f"{label}.pdf", wanted)
            assert (found is None) if each.form else (found == each), label


def test_a_document_that_is_made_of_a_form_is_never_guessed() -> None:
    assert guessed("vragenlijst maternale sterfte CRF.pdf", theme("maternal_death").wanted) is None
    assert guessed("Swansea-criteria.pdf", theme("acute_fatty_liver").wanted) is None
