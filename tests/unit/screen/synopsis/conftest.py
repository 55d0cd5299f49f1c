"""Made-up people in short, from nothing but a name to forty years of illness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

import pytest

from msreg.screen.language import activate
from msreg.services.records import SharedWith
from msreg.services.synopsis import Effect, Period, Questionnaire, Relapse, Step, Synopsis, Visit
from msreg.vocabulary import Language


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    activate(Language.EN)
    yield
    activate(Language.EN)


SET = "NL-Versteegh-2016-3dp"


def _bare() -> Synopsis:
    """Nothing but a patient, with the answers that a first question asks for."""
    return Synopsis(
        number="MS-0000012", centre="AMS01", centre_name="Ziekenhuis De Amstelhof",
        patient={"patient_number": "00012", "family_name": "Bakker", "consent_date": date(2021, 9, 23)},
        age=None, withdrawn_on=None, shared=(), phenotype=None, phenotypes=(), last_edss=None, relapses=(),
        visits=(), periods=(), effects=(), proms=(), complete=False, open_questions=5, course_due=False,
    )  # fmt: skip


def _usual() -> Synopsis:
    visits = (
        Visit(date(2026, 11, 21), Decimal("3.5"), "assessed", True, "0", 0, 0, "AMS01"),
        Visit(date(2025, 11, 2), Decimal(6), "assessed", True, "2", None, 0, "AMS01"),
        Visit(date(2024, 10, 30), Decimal(4), "estimated", False, None, None, 0, "UTR01"),
    )
    return _bare()._replace(
        patient={
            "patient_number": "00012", "bsn": "••••••019", "family_name": "Bakker", "initials": "A.", "sex": "female",
            "birth_date": date(1970, 1, 1), "consent_date": date(2021, 9, 23), "deceased": False,
            "treatment_ended": False, "diagnosis_date": date(2021, 3, 7), "diagnosis_phenotype": "rrms",
            "criteria": "mcdonald_2017", "csf_bands": "yes",
        },
        age=56, shared=(SharedWith("UTR01", "Ziekenhuis De Vecht", date(2024, 10, 1)),), phenotype="rrms",
        phenotypes=(Step("rrms", date(2021, 3, 7)),), last_edss=visits[0],
        relapses=(Relapse(date(2026, 8, 14), True, "mild"), Relapse(date(2023, 12, 2), True, None),
                  Relapse(date(2022, 1, 19), False, "severe")),
        visits=visits,
        periods=(Period("L04AG08", date(2024, 2, 1), None, (), 0),
                 Period("L04AG03", date(2021, 11, 1), date(2024, 1, 20), ("jcv_pml_risk",), 0)),
        effects=(Effect("hoofdpijn na het infuus", "L04AG03", date(2022, 2, 3), "recovered", False, 0),),
        proms=(Questionnaire(date(2026, 9, 30), "22222", Decimal("0.705"), SET, 68),),
        complete=True, open_questions=0,
    )  # fmt: skip


def _long() -> Synopsis:
    """Forty years of courses, and thirty medications."""
    visits = tuple(
        Visit(date(year, 5, 6), Decimal(year % 7 + 2), "assessed", True, "3_or_more", year % 3, 0, "AMS01")
        for year in range(2026, 1986, -1)
    )
    periods = tuple(
        Period("L04AX07", date(year, 1, 2), date(year, 11, 30), ("no_effect_clinical", "no_effect_mri"), 0)
        for year in range(2026, 1996, -1)
    )
    return _usual()._replace(
        phenotypes=(Step("cis", date(1986, 1, 2)), Step("rrms", date(1990, 3, 4)), Step("spms", date(2015, 6, 7))),
        phenotype="spms", visits=visits, last_edss=visits[0], periods=periods,
        relapses=tuple(Relapse(date(2015 - at, 4, 5), at % 2 == 0, None) for at in range(25)),
        effects=tuple(
            Effect(f"bijwerking nummer {at}", "L04AX07", date(2020 - at, 2, 3), "recovering", at == 0, 0)
            for at in range(12)
        ),
        proms=tuple(
            Questionnaire(date(2026 - at, 7, 8), "55555", Decimal("-0.446"), SET, 5 * at) for at in range(20)
        ),
        course_due=True,
    )  # fmt: skip


def _gaps() -> Synopsis:
    """Everything that may be open is open."""
    return _usual()._replace(
        patient={**_usual().patient, "csf_bands": "not_done", "criteria": None},
        last_edss=None,
        relapses=(Relapse(date(2026, 8, 14), None, None), Relapse(None, None, None)),
        visits=(
            Visit(date(2026, 11, 20), None, None, None, None, None, 2, "AMS01"),
            Visit(date(2025, 1, 2), None, "not_done", True, "unknown", "unknown", 1, "UTR01"),
            Visit(date(2024, 1, 2), None, "not_done", True, None, None, 3, "AMS01"),
        ),
        periods=(Period("ZZZ", date(2024, 2, 1), None, (), 1), Period("L04AG08", date(2023, 1, 1), date(2023, 2, 1), (), 2)),
        effects=(Effect("koorts", "L04AG08", None, None, False, 3),),
        proms=(Questionnaire(date(2026, 9, 30), None, None, None, 68),
               Questionnaire(date(2025, 9, 30), "11111", Decimal(1), SET, None)),
        complete=False, open_questions=6, course_due=True,
    )  # fmt: skip


def _over() -> Synopsis:
    """Died after treatment had ended elsewhere and consent was withdrawn; a medicine was never stopped."""
    usual = _usual()
    state = {
        "sex": "other", "deceased": True, "deceased_on": date(2026, 3, 4), "death_cause": "ms",
        "treatment_ended": True, "treatment_ended_on": date(2026, 1, 2), "treatment_ended_reason": "abroad",
    }  # fmt: skip
    return usual._replace(patient={**usual.patient, **state}, withdrawn_on=date(2026, 2, 3), open_questions=4)


def _hostile() -> Synopsis:
    """Names and texts that try to steer a terminal, become markup, or take all the room."""
    return _usual()._replace(
        patient={
            **_usual().patient, "family_name": "W" * 100, "initials": "[b]*x*</b>",
            "patient_number": "\x1b[31m1\u202e2\n3",
        },
        effects=(
            Effect("😀 | <script>alert(1)</script> [x](http://example.org) " + "lang " * 40, "L04AG03",
                   date(2022, 2, 3), "recovered", True, 0),
            Effect("x" * 250, "L04AG08", None, None, False, 1),
            Effect("שלום 漢字 \u200f\u0000 www.example.org a@b.example :smile:", "L04AG08", None, None, False, 0),
        ),
    )  # fmt: skip


def _crowded() -> Synopsis:
    """Everything at once, and more of it than there is room for."""
    long, over = _long(), _over()
    return long._replace(
        patient=over.patient, withdrawn_on=over.withdrawn_on, open_questions=99, complete=False,
        shared=tuple(SharedWith(f"CEN{at:02d}", "Ziekenhuis", date(2020, 1, 1)) for at in range(20)),
        periods=tuple(each._replace(stop=None, reasons=()) for each in long.periods),
        effects=(*_hostile().effects, *long.effects),
    )  # fmt: skip


_CASES: Mapping[str, Callable[[], Synopsis]] = {
    "bare": _bare, "usual": _usual, "long": _long, "gaps": _gaps, "over": _over, "hostile": _hostile,
    "crowded": _crowded,
}  # fmt: skip


@pytest.fixture(params=_CASES)
def each(request: pytest.FixtureRequest) -> Synopsis:
    """Each of the people, one after another."""
    return _CASES[request.param]()


@pytest.fixture
def made() -> Callable[[str], Synopsis]:
    """One of the people, by name: bare, usual, long, gaps, over, hostile, crowded."""
    return lambda name: _CASES[name]()
