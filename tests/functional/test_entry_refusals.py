"""Each rule is refused at the question where it is answered, in words a nurse understands, and mended there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from msreg.config import load_settings
from msreg.errors import Interrupted
from msreg.screen.edge import Edge, edge, use
from msreg.screen.guided import guide
from msreg.screen.language import activate, active
from msreg.screen.prompter import Scripted
from msreg.services import access
from msreg.services.adding import add_record
from msreg.services.rulebook import rules
from msreg.store.registry import Registry
from msreg.vocabulary import CaseForm, Language, Record
from tests.conftest import environment

TODAY = date(2026, 11, 21)
P, D, C, M, E = Record.PATIENT, Record.DISEASE, Record.COURSE, Record.MEDICATION, Record.ADVERSE_EVENT
Q = Record.PROM
OCRELIZUMAB = {"medicine": "L04AG08", "start_date": "2024-02-01"}
NATALIZUMAB = {"medicine": "L04AG03", "start_date": "2021-11-01"}


@dataclass(frozen=True, slots=True)
class Case:
    """A wrong answer, and the right one beside it."""

    rule: str
    record: Record
    before: Sequence[Any]
    """Replies to the questions before it."""
    wrong: Any
    right: Any
    question: str
    words: str
    """Of the sentence that is told, in English."""
    settings: Mapping[str, Any] = field(default_factory=dict)


BORN = (True, "2021-09-14", "00200", None, "Jansen", None, None)
FIRST = (*BORN, "1980-05-06", "female", None, None, "nl", False, False)
NEW = {"centre": "UTR01"}
RELAPSE = {"patient": "1", "fixed": {"kind": "relapse"}}
PHENOTYPE = {"patient": "1", "fixed": {"kind": "phenotype"}}
ONE, DEAD = {"patient": "1"}, {"patient": "2"}
EFFECT = {"patient": "1", "parent": {f"parent_{key}": value for key, value in OCRELIZUMAB.items()}}
TOLD = ("headache", None, None, True)
SERIOUS = (*TOLD, "2024-02-01", None, "went by itself")

CASES = [
    Case("FRM-006", P, (True,), "2026-11-22", "2026-11-21", "--consent-date", "lies in the future", NEW),
    Case("FRM-002", P, (True,), "31-02-2021", "28-02-2021", "--consent-date", "not a date", NEW),
    Case("PAT-013", P, BORN[:2], "00123", "00124", "--patient-number", "has this number already", NEW),
    Case("FRM-008", P, BORN[:2], "1" * 21, "1" * 20, "--patient-number", "longer than 20 characters", NEW),
    Case("PAT-003", P, BORN[:3], "123456789", "999990020", "--bsn", "not a valid BSN", NEW),
    Case("PAT-010", P, BORN[:3], "999990019", None, "--bsn", "BSN", NEW),
    Case("PAT-011", P, BORN[:3], "999990019", None, "--bsn", "ask to have the patient shared", {"centre": "AMS01"}),
    Case("PAT-002", P, BORN, "2021-09-15", "2021-09-14", "--birth-date", "before the date of birth", NEW),
    Case("PAT-005", P, FIRST[:9], "0123 AB", "1012ab", "--postal-code", "not a Dutch postal code", NEW),
    Case("PAT-004", P, FIRST[:10], "jan@", "jan@example.org", "--email", "not an e-mail address", NEW),
    Case("PAT-007", P, (*FIRST[:12], True), "1980-05-05", "1980-05-06", "--deceased-on", "birth", NEW),
    Case("PAT-009", P, (*FIRST[:13], True), "1980-05-05", "1980-05-06", "--treatment-ended-on", "birth", NEW),
    Case("DIA-003", P, FIRST, "1980-04", "1980-05", "--first-symptom", "birth", NEW),
    Case("FRM-015", P, FIRST, "may", "2019-05", "--first-symptom", "not a date", NEW),
    Case("DIA-001", P, (*FIRST, None, None), "1980-05-05", "1980-05-06", "--diagnosis-date", "birth", NEW),
    Case("DIA-002", P, (*FIRST, "2019-05", None), "2019-04-30", "2019-05-01", "--diagnosis-date", "diagnosis", NEW),
    Case("COU-001", C, (), "1970-01-02", "1970-01-03", "--course-date", "birth", ONE),
    Case("COU-002", C, (), "2026-06-30", "2026-07-01", "--course-date", "a course on this day already", ONE),
    Case("COU-003", C, (), "2026-01-02", "2026-01-01", "--course-date", "death", DEAD),
    Case("COU-004", C, ("2026-01-01", "assessed"), "0.5", "1", "--edss", "not an EDSS score", ONE),
    Case("FRM-003", C, ("2026-01-01", "assessed"), "three", "3", "--edss", "not a number", ONE),
    Case("COU-005", C, ("2026-01-01", "not_done", True), "2026-02-02", "2026-02-01", "--mri-date", "31 days", ONE),
    Case("COU-006", C, ("2026-01-01", "not_done", True), "1970-01-02", "1970-01-03", "--mri-date", "birth", ONE),
    Case("DIS-001", D, (), "2020-03-07", "2020-03-08", "--date", "diagnosis", PHENOTYPE),
    Case("DIS-002", D, ("2022-01-01",), "ppms", "spms", "--phenotype", "cannot follow the one before", PHENOTYPE),
    Case("DIS-003", D, ("2022-01-01",), "rrms", "spms", "--phenotype", "the same phenotype", PHENOTYPE),
    Case("DIS-005", D, (), "1970-01-02", "1970-01-03", "--date", "birth", RELAPSE),
    Case("DIS-007", D, (), "2023-03-03", "2023-05-03", "--date", "day", RELAPSE),
    Case("DIS-006", D, (), "2026-01-02", "2026-01-01", "--date", "death", {**RELAPSE, **DEAD}),
    Case("FRM-004", D, ("2022-01-01", None, None, True, "iv"), "99", "100", "--mp-dose-mg", "100", RELAPSE),
    Case("FRM-012", D, ("2022-01-01", None, None, True, "iv", None), "2.5", "3", "--mp-days", "whole", RELAPSE),
    Case("MED-004", M, ("L04AK02",), "2024-02-01", "2020-01-01", "--start-date", "stop date", ONE),
    Case("MED-003", M, ("L04AK02",), "2024-01-19", "2024-01-20", "--start-date", "before an earlier one is stopped", ONE),
    Case("MED-002", M, ("L04AK02",), "1970-01-02", "1970-01-03", "--start-date", "birth", ONE),
    Case("MED-001", M, ("L04AK02", "2020-01-02"), "2020-01-01", "2020-01-02", "--stop-date", "start", ONE),
    Case("MED-005", M, ("L04AK02",), "2026-01-02", "2026-01-01", "--start-date", "death", DEAD),
    Case("MED-006", M, ("L04AK02", "2025-01-02"), "2026-01-02", "2026-01-01", "--stop-date", "death", DEAD),
    Case("MED-009", M, ("L04AC01",), "2020-01-01", "2017-01-01", "--start-date", "market", DEAD),
    Case("EVT-008", E, (), "rash", "headache", "--description", "already", EFFECT),
    Case("EVT-005", E, ("headache",), "1234", "12345678", "--meddra-llt", "digits", EFFECT),
    Case("EVT-006", E, ("headache", "12345678"), "28", "28.1", "--meddra-version", "28.1", EFFECT),
    Case("EVT-001", E, TOLD, "2024-01-31", "2024-02-01", "--start-date", "medicine", EFFECT),
    Case("EVT-002", E, (*TOLD, "2024-02-02"), "2024-02-01", "2024-02-02", "--end-date", "start", EFFECT),
    Case("EVT-003", E, (*SERIOUS, "fatal", "severe"), ("hospitalisation",), ("death",), "--seriousness", "death",
         {**EFFECT, **DEAD, "parent": {"parent_medicine": "L04AG03", "parent_start_date": "2023-01-01"}}),
    Case("PRM-001", Q, (), "1970-01-02", "1970-01-03", "--answered-on", "birth", ONE),
    Case("PRM-002", Q, (), "2026-06-30", "2026-07-01", "--answered-on", "a questionnaire of this day already", ONE),
    Case("PRM-003", Q, (), "2026-01-02", "2026-01-01", "--answered-on", "death", DEAD),
]  # fmt: skip


@pytest.fixture(scope="module")
def grown(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A registry with a patient who has one of everything, and one who died on 2026-01-01."""
    folder = Path(shutil.copytree(template, tmp_path_factory.mktemp("refusals") / "copy"))
    settings = load_settings(environment(folder))
    who = {"consent": True, "consent_date": "2021-09-14", "family_name": "Bakker", "birth_date": "1970-01-03",
           "sex": "female", "diagnosis_date": "2020-03-07", "diagnosis_phenotype": "rrms"}  # fmt: skip
    dead = {"deceased": True, "deceased_on": "2026-01-01"}
    with Registry.open(settings) as registry:
        by = access.whoami(registry, settings.environ)

        def add(record: Record, answers: Mapping[str, Any], **more: Any) -> None:
            add_record(registry, by=by, record=record, answers=answers, today=TODAY, incomplete=True, **more)

        add(P, {**who, "patient_number": "00123", "bsn": "999990019"}, centre="UTR01")
        add(P, {**who, "patient_number": "00125", **dead}, centre="UTR01")
        add(C, {"course_date": "2026-06-30"}, **ONE)
        add(D, {"kind": "relapse", "date": "2023-03-03"}, **ONE)
        add(M, {**NATALIZUMAB, "stop_date": "2024-01-20"}, **ONE)
        add(M, OCRELIZUMAB, **ONE)
        add(M, {"medicine": "L04AG03", "start_date": "2023-01-01", "stop_date": "2025-01-01"}, **DEAD)
        add(E, {"description": "rash"}, **EFFECT)
        add(Q, {"answered_on": "2026-06-30"}, **ONE)
    return folder


@pytest.fixture
def speaking() -> Iterator[None]:
    """What was spoken before is spoken again afterwards."""
    before, call = active(), edge()
    yield
    activate(before)
    use(call)


def walked(folder: Path, case: Case, replies: Sequence[Any], lang: Language) -> tuple[Scripted, bool]:
    """Who was asked what, and whether the entry came to its end."""
    settings = load_settings(environment(folder))
    ask = Scripted([*case.before, *replies])
    use(Edge(lang=lang, terminal=True, interactive=True, width=80, loaded=settings))
    activate(lang)
    with Registry.open(settings) as registry, suppress(Interrupted):
        by = access.whoami(registry, settings.environ)
        guide(registry, by=by, today=TODAY, record=case.record, ask=ask, **case.settings)
        return ask, True
    return ask, False


@pytest.mark.usefixtures("speaking")
@pytest.mark.parametrize("lang", list(Language))
@pytest.mark.parametrize("case", CASES, ids=[f"{each.rule} {each.question}" for each in CASES])
def test_a_wrong_answer_is_refused_where_it_is_given(
    case: Case, lang: Language, grown: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence stands there, the question comes again, and the answer beside it goes through."""
    folder = Path(shutil.copytree(grown, tmp_path / "copy"))
    ask, ended = walked(folder, case, (case.wrong, case.right), lang)
    told = " ".join(capsys.readouterr().out.split())
    names = [each.name for each in ask.asked]
    if ask.refused:  # what the form itself knows is told below the line, before the registry is asked
        assert [name for name, _why in ask.refused] == [case.question]
        assert names.count(case.question) == 1
        told = ask.refused[0][1]
    else:
        assert names.count(case.question) == 2, names
        assert "↳ " in told
        told = told[told.index("↳ ") :]
    if not ended:
        assert names[-1] != case.question, names  # the right one was taken, and the next question asked
    if lang is Language.EN:
        assert case.words in told
    else:
        assert not re.search(r"\b(the|this|there|with)\b", told), told  # Dutch, all of it
    assert not re.search(r"[A-Z]{3}-\d{3}|--\w", told)  # nobody at a desk knows codes and options
    assert "AMS01" not in told  # P3
    assert "UTR01" not in told


def test_the_rules_of_records_have_a_case_here() -> None:
    """Every error of the rulebook that one person can make at a question is refused at one above."""
    elsewhere = {
        "PAT-001": "consent is the first question; without it the entry ends",
        "PAT-008": "the last course is not asked about with the patient's own data",
        "PAT-012": "no question is asked at all once consent was withdrawn",
        "COU-007": "the functional systems are asked for as a whole, and judged at the end",
        "DIS-008": "a second referral is refused before a question is asked",
        "EVT-004": "the version is the next question",
        "FRM-001": "an open question is no fault",
        "FRM-005": "answers are chosen from a list",
        "FRM-007": "yes and no are chosen from a list",
        "FRM-010": "what people paste is tested at a terminal",
        "FRM-014": "answers are chosen from a list",
    }
    errors = {
        each.code
        for each in rules()
        if each.severity == "error" and not each.code.startswith("FIL") and each.record not in list(CaseForm)
    }
    assert errors == {each.rule for each in CASES} | set(elsewhere)
