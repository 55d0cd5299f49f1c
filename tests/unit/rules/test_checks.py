"""The one way to run checks, and what every check owes its readers."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from datetime import date
from decimal import Decimal
from string import Formatter

import pytest

from msreg.rules.checks import Check, all_checks, at, run_checks, sound
from msreg.rules.facts import (
    CourseFacts,
    DiseaseFacts,
    EventFacts,
    MedicationFacts,
    PatientFacts,
    PromFacts,
    RecordFacts,
)
from msreg.rules.findings import Finding
from msreg.vocabulary import Record, Severity

TODAY = date(2026, 11, 21)
FACTS: dict[Record, type] = {
    Record.PATIENT: PatientFacts,
    Record.COURSE: CourseFacts,
    Record.DISEASE: DiseaseFacts,
    Record.MEDICATION: MedicationFacts,
    Record.ADVERSE_EVENT: EventFacts,
    Record.PROM: PromFacts,
}
PREFIX = {
    "PAT": Record.PATIENT,
    "DIA": Record.PATIENT,
    "COU": Record.COURSE,
    "DIS": Record.DISEASE,
    "MED": Record.MEDICATION,
    "EVT": Record.ADVERSE_EVENT,
    "PRM": Record.PROM,
}
CHECKS = [pytest.param(check, id=check.code) for check in all_checks()]

PERSON = PatientFacts(
    ref="patient",
    consent=True,
    consent_date=date(2016, 5, 1),
    bsn="999990019",
    birth_date=date(1970, 1, 3),
    postal_code="1012 AB",
    email="patient1@example.org",
    deceased=False,
    treatment_ended=False,
    first_symptom="2014",
    diagnosis_date=date(2015, 3, 7),
    diagnosis_phenotype="rrms",
)
SPOTLESS = RecordFacts(
    patient=PERSON,
    courses=tuple(CourseFacts(ref=n, course_date=date(2016 + n, 5, 1), edss=Decimal(2)) for n in range(5)),
    disease=(
        DiseaseFacts(ref=0, kind="relapse", date=date(2017, 1, 1), methylprednisolone=True),
        DiseaseFacts(ref=1, kind="phenotype", date=date(2019, 1, 1), phenotype="spms"),
        DiseaseFacts(ref=2, kind="referral"),
    ),
    medication=(
        MedicationFacts(ref=0, start_date=date(2016, 1, 1), stop_date=date(2017, 1, 1)),
        MedicationFacts(ref=1, start_date=date(2017, 1, 1)),
    ),
    events=(EventFacts(ref=0, medication_ref=0, description="headache", report_to_lareb=False),),
    made_up=True,
)


def codes(findings: list[Finding]) -> list[tuple[str, object, str | None]]:
    return [(finding.code, finding.ref, finding.field) for finding in findings]


def test_nothing_is_said_of_a_spotless_record() -> None:
    assert run_checks(SPOTLESS, TODAY) == []


def test_only_consent_is_asked_of_an_empty_record() -> None:
    """Unknown is a third value: what is not there cannot be wrong, except consent (SPEC P1)."""
    empty = RecordFacts(
        patient=PatientFacts(),
        courses=(CourseFacts(), CourseFacts()),
        disease=(DiseaseFacts(), DiseaseFacts()),
        medication=(MedicationFacts(), MedicationFacts()),
        events=(EventFacts(), EventFacts()),
    )
    assert [finding.code for finding in run_checks(empty, TODAY)] == ["PAT-001"]


@pytest.mark.parametrize("check", CHECKS)
def test_code_belongs_to_its_record(check: Check) -> None:
    """STYLE 5: the code in the message is the file, the case and the manual page."""
    prefix, number = check.code.split("-")
    assert re.fullmatch(r"\d{3}", number)
    assert PREFIX[prefix] is check.record
    module = {"PAT": "patient", "DIA": "diagnosis", "COU": "course"} | {
        "DIS": "disease",
        "MED": "medication",
        "EVT": "event",
        "PRM": "prom",
    }
    assert check.run.__module__ == f"msreg.rules.{module[prefix]}"


@pytest.mark.parametrize("check", CHECKS)
def test_reads_questions_that_exist(check: Check) -> None:
    """A misspelt key would keep the check running on a value that was refused."""
    own, patient = FACTS[check.record](), PatientFacts()
    assert check.reads
    for key in check.reads:
        if key.startswith("patient."):
            assert hasattr(patient, key.removeprefix("patient."))
        else:
            assert hasattr(own, key)


@pytest.mark.parametrize("check", CHECKS)
def test_docstring_is_a_manual_page(check: Check) -> None:
    """STYLE 6: a title, why, a bad example, then a good one, in paragraphs that can be translated."""
    title, *paragraphs = [part.strip() for part in check.manual.split("\n\n")]
    assert title == check.title
    assert "\n" not in title
    assert not title.endswith(".")
    assert len(paragraphs) >= 3
    assert paragraphs[-2].startswith("Bad: ")
    assert paragraphs[-1].startswith("Good: ")
    assert not any(part.startswith(("Bad:", "Good:")) for part in paragraphs[:-2])


def test_titles_differ() -> None:
    titles = [check.title for check in all_checks()]
    assert len(set(titles)) == len(titles)


def test_row_check_is_left_out_when_a_value_that_it_reads_was_refused() -> None:
    """STYLE: a check is not run on a value that is already faulty, its own or the patient's."""
    course = CourseFacts(ref=0, course_date=date(1960, 1, 1), edss=Decimal("0.5"))
    record = RecordFacts(patient=PERSON, courses=(course,), made_up=True)
    assert codes(run_checks(record, TODAY)) == [("COU-001", 0, "course_date"), ("COU-004", 0, "edss")]

    own = CourseFacts(ref=0, course_date=date(1960, 1, 1), edss=Decimal("0.5"), faulty=frozenset({"edss"}))
    record = RecordFacts(patient=PERSON, courses=(own,), made_up=True)
    assert codes(run_checks(record, TODAY)) == [("COU-001", 0, "course_date")]

    patient = PatientFacts.of(
        {"consent": True, "birth_date": date(1970, 1, 3)}, ref="patient", faulty={"birth_date"}
    )
    record = RecordFacts(patient=patient, courses=(course,), made_up=True)
    assert codes(run_checks(record, TODAY)) == [("COU-004", 0, "edss")]


@pytest.mark.parametrize(
    "check", [each for each in all_checks() if not each.whole], ids=lambda each: each.code
)
def test_refused_values_silence_every_row_check(check: Check) -> None:
    """Whatever the values are, nothing is said of questions that were refused before."""
    every = frozenset(key for each in all_checks() for key in each.reads)
    bad = every | {key.removeprefix("patient.") for key in every}
    record = RecordFacts(
        patient=PatientFacts(faulty=bad, bsn="1", email="x", postal_code="x", deceased=False),
        courses=(CourseFacts(faulty=bad, edss=Decimal(99), fs_visual=1),),
        medication=(MedicationFacts(faulty=bad, cyp2c9="*3*3"),),
        events=(EventFacts(faulty=bad, outcome="fatal", meddra_llt="x"),),
    )
    assert check.code not in {finding.code for finding in run_checks(record, TODAY)}


def test_a_check_is_left_out_when_an_earlier_one_refused_the_value() -> None:
    """A number that is no BSN is told once, and not also called a test number that others have."""
    patient = PatientFacts(consent=True, bsn="999990018", bsn_known="same_centre")
    assert [each.code for each in run_checks(RecordFacts(patient=patient), TODAY)] == ["PAT-003"]


def test_a_warning_refuses_nothing() -> None:
    """A test number among real patients is doubtful, and is compared with the others all the same."""
    patient = PatientFacts(consent=True, bsn="999990019", bsn_known="same_centre")
    found = [each.code for each in run_checks(RecordFacts(patient=patient), TODAY)]
    assert found == ["PAT-006", "PAT-010"]


def test_comparing_checks_skip_the_rows_that_were_refused() -> None:
    """A stop before the start is told there, and not again at the medicine that follows."""
    record = RecordFacts(
        patient=PERSON,
        medication=(
            MedicationFacts(ref=0, start_date=date(2020, 11, 26), stop_date=date(1999, 1, 1)),
            MedicationFacts(ref=1, start_date=date(2024, 2, 1)),
        ),
        made_up=True,
    )
    assert codes(run_checks(record, TODAY)) == [("MED-001", 0, "stop_date")]


def test_order_of_rows_changes_nothing_but_the_second_of_two() -> None:
    """SPEC X1: an export lists newest first or oldest first; both are read alike."""
    turned = RecordFacts(
        patient=PERSON,
        courses=SPOTLESS.courses[::-1],
        disease=SPOTLESS.disease[::-1],
        medication=SPOTLESS.medication[::-1],
        events=SPOTLESS.events,
        made_up=True,
    )
    assert run_checks(turned, TODAY) == []


def test_sound_rows_are_answered_and_not_refused() -> None:
    rows = (
        CourseFacts(ref=0, course_date=date(2020, 1, 1)),
        CourseFacts(ref=1),
        CourseFacts(ref=2, course_date=date(2020, 1, 1), faulty=frozenset({"course_date"})),
        CourseFacts(ref=3, course_date=date(2020, 1, 1), faulty=frozenset({"edss"})),
    )
    assert [row.ref for row in sound(rows, "course_date")] == [0, 3]
    assert [row.ref for row in sound(rows, "course_date", "edss")] == []


def test_refused_values_become_unknown() -> None:
    """Facts are built with what was refused left out, whatever was typed there."""
    facts = CourseFacts.of({"edss": "abc", "mri_done": True, "mri_region": "brain"}, ref=7, faulty={"edss"})
    assert (facts.ref, facts.edss, facts.mri_done) == (7, None, True)
    assert facts.faulty == {"edss"}


# A patient of whom nearly every check has something to say; one BSN, name and words that must not leak.
CANARY = "canary"
FAULTY = RecordFacts(
    patient=PatientFacts(
        ref="patient",
        consent=False,
        consent_date=date(1911, 11, 11),
        bsn="999990018",
        birth_date=date(1970, 1, 3),
        postal_code=CANARY,
        email=CANARY,
        deceased=False,
        treatment_ended_on=date(1911, 11, 11),
        first_symptom="1911-11",
        diagnosis_date=date(2015, 3, 7),
        diagnosis_phenotype="ppms",
    ),
    courses=(
        CourseFacts(ref=0, course_date=date(2016, 5, 1), edss=Decimal("0.25"), fs_visual=1),
        CourseFacts(ref=1, course_date=date(2016, 5, 1), edss=Decimal(1), mri_date=date(2016, 9, 1)),
        CourseFacts(ref=2, course_date=date(2017, 5, 1), edss=Decimal(10)),
    ),
    disease=(
        DiseaseFacts(ref=0, kind="phenotype", date=date(2016, 1, 1), phenotype="rrms"),
        DiseaseFacts(ref=1, kind="phenotype", date=date(2017, 1, 1), phenotype="ppms"),
        DiseaseFacts(ref=2, kind="phenotype", date=date(2015, 1, 1), phenotype="ppms"),
        DiseaseFacts(ref=3, kind="relapse", date=date(2017, 1, 1)),
        DiseaseFacts(ref=4, kind="relapse", date=date(2017, 1, 20)),
        DiseaseFacts(ref=5, kind="relapse", date=date(2017, 1, 20)),
        DiseaseFacts(ref=6, kind="referral"),
        DiseaseFacts(ref=7, kind="referral"),
    ),
    medication=(
        MedicationFacts(ref=0, start_date=date(2016, 1, 1), stop_date=date(2018, 1, 1)),
        MedicationFacts(ref=1, start_date=date(2017, 1, 1), cyp2c9="*3*3"),
        MedicationFacts(ref=2, start_date=date(2019, 1, 1), withdrawn_on=date(2018, 3, 2)),
    ),
    events=(
        EventFacts(ref=0, description=CANARY, outcome="fatal", meddra_llt=CANARY),
        EventFacts(ref=1, description=CANARY, meddra_version=CANARY),
    ),
)


def test_messages_hold_no_answers_and_all_placeholders() -> None:
    """STYLE 14: a finding names a place and a reason, never a patient's value."""
    findings = run_checks(FAULTY, TODAY)
    assert len({finding.code for finding in findings}) >= 25
    for finding in findings:
        told = f"{finding.text()} {finding.hint_text() or ''}"
        assert "{" not in told
        for secret in (CANARY, "99999", "1911", "1970", "2015", "2016", "2017", "0.25"):
            assert secret not in told


def _texts() -> list[str]:
    """Every text that is marked for translation in the modules of the checks."""
    trees = [ast.parse(inspect.getsource(sys.modules[check.run.__module__])) for check in all_checks()]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    marked = [call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_"]
    return sorted({str(node.value) for node in marked if isinstance(node, ast.Constant)})


@pytest.mark.parametrize("text", _texts())
def test_message_is_half_a_sentence(text: str) -> None:
    """It stands in a table behind the code: no capital, no full stop, placeholders with names."""
    assert not text.endswith(".")
    assert text[0].islower() or text.split()[0] == "EDSS"
    assert all(name is None or name.isidentifier() for _, name, _, _ in Formatter().parse(text))


def test_hint_lists_the_phenotypes_that_can_follow() -> None:
    """SPEC D2: a refused transition says what is possible, or that nothing is."""

    def hint(before: str, after: str) -> str | None:
        patient = PatientFacts(consent=True, diagnosis_phenotype=before)
        row = DiseaseFacts(kind="phenotype", date=date(2020, 1, 1), phenotype=after)
        [finding] = run_checks(RecordFacts(patient=patient, disease=(row,)), TODAY)
        assert finding.code == "DIS-002"
        return finding.hint_text()

    assert hint("ris", "spms") == "possible here: CIS, RRMS, PPMS"
    assert hint("cis", "spms") == "possible here: RRMS"
    assert hint("spms", "rrms") == hint("ppms", "cis")
    assert "nothing can follow" in (hint("spms", "rrms") or "")


def test_warnings_are_these() -> None:
    """Everything else stops a record; a new warning is a decision."""
    warnings = {check.code for check in all_checks() if check.severity is Severity.WARNING}
    assert warnings == {
        "PAT-006", "COU-008", "COU-009", "COU-010", "DIS-004", "MED-007", "MED-008", "EVT-007",
    }  # fmt: skip


def test_fault_carries_its_limits() -> None:
    fault = at(CourseFacts(), "edss", "more than {days} days", hint="wait", days=31)
    assert (fault.field, fault.message.format(**fault.params), fault.hint) == (
        "edss",
        "more than 31 days",
        "wait",
    )
