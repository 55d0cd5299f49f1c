"""Checks of the patient: consent, identifiers, and the dates that frame everything else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from msreg.rules.checks import Fault, at, check, check_whole, sound
from msreg.rules.facts import PatientFacts, RecordFacts
from msreg.rules.identifiers import is_bsn, is_email, is_postal_code, is_test_bsn
from msreg.vocabulary import N_, Record, Severity


@check("PAT-001", Record.PATIENT, "consent")
def consent_is_given(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Consent is given

    The patient signed the consent form. Without a "yes" nothing of the patient may be asked or stored,
    so a question that was not answered is refused like a "no".

    Bad: consent is no.

    Good: consent is yes, and the signed form is kept in the hospital.
    """
    if patient.consent is not True:
        yield at(
            patient,
            "consent",
            N_("without consent nothing of this patient may be stored"),
            hint=N_("have the consent form signed first, or leave this patient out"),
        )


@check("PAT-002", Record.PATIENT, "consent_date", "birth_date")
def consent_after_birth(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Date of consent is not before birth

    A consent form can be signed from the day of birth on. An earlier date is a typing error in one of the
    two dates.

    Bad: born on 2001-04-05, consent on 2001-04-04.

    Good: born on 2001-04-05, consent on 2021-09-23.
    """
    day, birth = patient.consent_date, patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(patient, "consent_date", N_("the date of consent is before the date of birth"))


@check("PAT-003", Record.PATIENT, "bsn")
def bsn_passes_eleven_test(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """BSN passes the eleven-test

    The last digit of a BSN is chosen so that a weighted sum of the nine digits can be divided by eleven.
    A number that fails has a typing error. 000000000 passes the sum and is refused all the same.

    Bad: 123456789.

    Good: 999990019.
    """
    if patient.bsn is not None and not is_bsn(patient.bsn):
        yield at(
            patient,
            "bsn",
            N_("not a valid BSN: it fails the eleven-test"),
            hint=N_("copy the number from the hospital record; leave it empty when it is not known"),
        )


@check("PAT-004", Record.PATIENT, "email")
def email_is_an_address(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """E-mail is an address

    Invitations to the questionnaire go to this address, so it has a name, one @ and a domain with a dot.

    Bad: patient@example

    Good: patient@example.org
    """
    if patient.email is not None and not is_email(patient.email):
        yield at(patient, "email", N_("not an e-mail address: write it as name@example.org"))


@check("PAT-005", Record.PATIENT, "postal_code")
def postal_code_is_dutch(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Postal code is a Dutch one

    Four digits, of which the first is not 0, and two letters. The letters SA, SD and SS are not used.

    Bad: 0123 AB

    Good: 1012 AB
    """
    if patient.postal_code is not None and not is_postal_code(patient.postal_code):
        yield at(
            patient,
            "postal_code",
            N_("not a Dutch postal code: write it as 1012 AB"),
            hint=N_("leave it empty for an address abroad"),
        )


@check("PAT-006", Record.PATIENT, "bsn", severity=Severity.WARNING)
def bsn_is_no_test_number(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """BSN is not a test number

    Numbers that begin with 9999 are used for tests. In a registry of real patients such a number means
    that a made-up person came along; in a demo it is what one expects.

    Bad: 999990019 in the registry of a hospital.

    Good: 999990019 in a demo registry.
    """
    if patient.bsn is not None and not record.made_up and is_test_bsn(patient.bsn):
        yield at(patient, "bsn", N_("this is a test number, not the BSN of a real patient"))


@check("PAT-007", Record.PATIENT, "deceased_on", "birth_date")
def death_after_birth(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Date of death is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1960-02-29, died on 1960-02-28.

    Good: born on 1960-02-29, died on 2024-02-29.
    """
    day, birth = patient.deceased_on, patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(patient, "deceased_on", N_("the date of death is before the date of birth"))


@check_whole("PAT-008", Record.PATIENT, "deceased_on")
def death_after_last_course(record: RecordFacts, today: date) -> Iterator[Fault]:
    """Date of death is not before the last course

    Nobody is seen after death. Either the date of death or the date of a course is wrong, and the registry
    cannot tell which: COU-003 says the same at each of these courses.

    Bad: last course on 2024-03-01, died on 2024-02-29.

    Good: last course on 2024-03-01, died on 2024-03-01.
    """
    for patient in sound((record.patient,), "deceased_on"):
        # Not sound(courses): COU-003 refused just these dates. A date before birth is no later than death.
        if any(course.course_date and course.course_date > patient.deceased_on for course in record.courses):
            yield at(
                patient,
                "deceased_on",
                N_("the date of death is before the last course"),
                hint=N_("correct the date of death, or the date of the course after it"),
            )


@check("PAT-009", Record.PATIENT, "treatment_ended_on", "birth_date")
def treatment_ended_after_birth(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """End of treatment is not before birth

    An earlier date is a typing error in one of the two dates.

    Bad: born on 1960-05-06, treatment ended on 1959-12-31.

    Good: born on 1960-05-06, treatment ended on 2023-12-31.
    """
    day, birth = patient.treatment_ended_on, patient.birth_date
    if day is not None and birth is not None and day < birth:
        yield at(patient, "treatment_ended_on", N_("the end of treatment is before the date of birth"))


@check("PAT-010", Record.PATIENT, "bsn", "bsn_known")
def bsn_is_new_in_centre(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """BSN belongs to one patient of the centre

    A BSN stands for one person. When another patient of the same centre has it already, this is the same
    person under a second number, or a BSN that was copied into the wrong record.

    Bad: patients 00012 and 00031 of one centre both have BSN 999990019.

    Good: each has a BSN of their own, or none.
    """
    if patient.bsn_known == "same_centre":
        yield at(
            patient,
            "bsn",
            N_("another patient of your centre has this BSN already"),
            hint=N_("look that patient up and go on there, or correct the BSN"),
        )


@check("PAT-011", Record.PATIENT, "bsn", "bsn_known")
def bsn_is_new_in_registry(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """BSN is not registered by another centre

    A patient is registered once. Another centre has registered a patient with this BSN, and can share that
    record; which centre it is, and who the patient is, is not told.

    Bad: a BSN that was registered by another hospital is registered again.

    Good: the service desk is asked for sharing, and both hospitals go on in one record.
    """
    if patient.bsn_known == "other_centre":
        yield at(
            patient,
            "bsn",
            N_("a patient with this BSN is in the registry already and cannot be registered again"),
            hint=N_("contact the service desk and ask to have the patient shared with your centre"),
        )


@check("PAT-012", Record.PATIENT, "withdrawn_on", "new_data")
def no_new_data_without_consent(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """No new data after consent was withdrawn

    A patient may withdraw consent at any time. What the registry has may stay when the patient agrees, but
    nothing is added and nothing is changed until a new form was signed.

    Bad: consent withdrawn on 2024-05-06, a course is added afterwards.

    Good: consent withdrawn on 2024-05-06, and the record is as it was.
    """
    if patient.withdrawn_on is not None and patient.new_data:
        yield at(
            patient,
            "consent",
            N_("this patient withdrew consent; nothing may be added or changed"),
            hint=N_("leave the patient's new rows out; when a new form was signed: msreg patients consent"),
        )


@check("PAT-013", Record.PATIENT, "number_known")
def number_is_new_in_centre(patient: PatientFacts, record: RecordFacts, today: date) -> Iterator[Fault]:
    """Patient number belongs to one patient of the centre

    The number is the hospital's own and stands for one person. When another patient of the centre has it,
    one of the two was typed wrong, or this person is in the registry already.

    Bad: two patients of one centre with the number 00012.

    Good: 00012 and 00031.
    """
    if patient.number_known:
        yield at(
            patient,
            "patient_number",
            N_("another patient of this centre has this number already"),
            hint=N_("look that patient up and go on there, or correct the number"),
        )
