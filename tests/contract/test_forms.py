"""What every form keeps to, and what the checks may count on (SPEC P2, STYLE 13)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from msreg.forms.columns import RECORD_FORMS, forms_of, sheets
from msreg.forms.definition import Form, Item, Privacy, Type
from msreg.forms.load import CASE_FORMS, FORMS, PATIENT_FORMS, load
from msreg.rules.facts import (
    CourseFacts,
    DiseaseFacts,
    EventFacts,
    Facts,
    MedicationFacts,
    PatientFacts,
)
from msreg.vocabulary import DiseaseKind, Language, Phenotype, Record

FACTS: tuple[type[Facts], ...] = (PatientFacts, CourseFacts, DiseaseFacts, MedicationFacts, EventFacts)
NOT_ASKED = {
    "ref", "faulty", "bsn_known", "new_data", "number_known", "regular_interval_days", "withdrawn_on",
    "medication_start", "medication_ref",
}  # fmt: skip
"""What checks know besides the answers: places, the catalogue of medicines, other records."""

ITEMS = [(form, item) for form in map(load, FORMS) for item in form.items]
each_item = pytest.mark.parametrize(("form", "item"), ITEMS, ids=[f"{f.key}.{i.key}" for f, i in ITEMS])


@each_item
def test_every_question_has_labels_and_a_privacy_class(form: Form, item: Item) -> None:
    assert isinstance(item.privacy, Privacy)
    for text in (item.label, *(choice.label for choice in item.choices), *filter(None, [item.help])):
        assert set(text) == set(Language)
        assert all(each.strip() == each and each for each in text.values())


@each_item
def test_keys_are_option_names_and_codes_stand_in_lists(form: Form, item: Item) -> None:
    assert item.key.isidentifier()
    assert item.key.islower()
    for choice in item.choices:
        assert not set(choice.code) & set(";, \t\n")


@each_item
def test_limits_go_with_the_type(form: Form, item: Item) -> None:
    if item.type is Type.DATE:
        assert item.min is not None
    if item.type is Type.INTEGER:
        assert item.min is not None
        assert item.max is not None
    if item.required_when is not None:
        assert not item.required


@pytest.mark.parametrize(
    "key",
    [
        "diagnosis",
        "course",
        "disease",
        "medication",
        "adverse_event",
        "eq5d5l",
        "crf_maternal_death",
        "swansea",
    ],
)
def test_medical_answers_are_clinical(key: str) -> None:
    assert {item.privacy for item in load(key).items} == {Privacy.CLINICAL}


def test_what_names_a_patient_is_identifying() -> None:
    patient = load("patient")
    named = {
        "patient_number",
        "bsn",
        "family_name",
        "name_prefix",
        "initials",
        "birth_date",
        "postal_code",
        "email",
    }
    assert {key for key in named if patient[key].privacy is not Privacy.IDENTIFYING} == set()


def test_every_record_has_its_forms_and_every_form_of_patients_its_record() -> None:
    assert set(RECORD_FORMS) == set(Record)
    assert sorted(key for keys in RECORD_FORMS.values() for key in keys) == sorted(PATIENT_FORMS)
    assert (*PATIENT_FORMS, *CASE_FORMS) == FORMS


def test_forms_of_cases_stand_in_no_batch_file() -> None:
    """A case is no record of a patient of the MS registry: no sheet has it, nothing loads or exports it so."""
    assert all(load(key).sheet is None for key in CASE_FORMS)
    asked = {form.key for sheet in sheets() for form in sheet.forms}
    assert asked.isdisjoint(CASE_FORMS)


@pytest.mark.parametrize("record", Record)
def test_no_key_stands_in_two_forms_of_one_record(record: Record) -> None:
    keys = [key for form in forms_of(record) for key in form.keys]
    assert len(set(keys)) == len(keys)
    assert len({form.sheet for form in forms_of(record)}) == 1


@pytest.mark.parametrize("facts", FACTS)
def test_facts_are_questions_of_their_record(facts: type[Facts]) -> None:
    asked = {key for form in forms_of(facts.record) for key in form.keys}
    known = {field.name for field in fields(facts)} - NOT_ASKED
    assert known <= asked


def test_choices_that_the_code_knows_are_those_of_the_forms() -> None:
    phenotypes = {each.value for each in Phenotype}
    assert set(load("diagnosis")["diagnosis_phenotype"].order) == phenotypes
    assert set(load("disease")["phenotype"].order) <= phenotypes
    assert set(load("disease")["kind"].order) == {each.value for each in DiseaseKind}
    assert set(load("patient")["language"].order) == {each.value for each in Language}


def test_p2_p9_what_is_required_of_a_patient() -> None:
    patient, diagnosis = load("patient"), load("diagnosis")
    assert [item.key for item in patient.items if item.required] == [
        "consent", "consent_date", "patient_number", "family_name", "birth_date", "sex", "language",
        "deceased",
        "deceased_on", "treatment_ended", "treatment_ended_on", "treatment_ended_reason",
    ]  # fmt: skip
    assert [item.key for item in diagnosis.items if item.required] == [
        "diagnosis_date",
        "diagnosis_phenotype",
    ]
    assert patient.items[0].key == "consent"
