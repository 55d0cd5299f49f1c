"""FHIR out (X2): resources that FHIR accepts, codes that others know, every answer, and nothing that is hidden."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from msreg.errors import Conflict
from msreg.formats.fhir_answers import questionnaire
from msreg.formats.fhir_records import _NAMED_BY, _OF
from msreg.forms.columns import forms_of, sheets
from msreg.services.batch_loading import How
from msreg.services.batch_result import Loaded
from msreg.services.export_going import Going
from msreg.services.exports import Style, export
from msreg.services.imports import load_batch
from msreg.services.patients import Asked
from msreg.services.pseudonymise import Pseudonymise
from msreg.services.withdrawing import withdraw
from msreg.store.actor import Actor
from msreg.store.registry import Registry
from msreg.vocabulary import Record

Json = dict[str, Any]
Rows = dict[str, Callable[..., Json]]
Lay = Callable[..., Loaded]
Give = Callable[..., "Given"]
SNOMED = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem/"
OWN = "urn:msreg:CodeSystem/"
SYSTEMS = {
    "fs_pyramidal": 3, "fs_cerebellar": 2, "fs_brainstem": 0, "fs_sensory": 0, "fs_bowel_bladder": 0, "fs_visual": 0,
    "fs_cerebral": 0, "fs_ambulation": 0,
}  # fmt: skip
"""They give an EDSS of 3.5."""


class Given(dict[str, list[Json]]):
    """Resources by type."""

    def one(self, kind: str) -> Json:
        """The only one of its type."""
        [found] = self[kind]
        return found

    def observation(self, code: str) -> Json:
        """The only observation with this code."""
        [found] = [each for each in self["Observation"] if code in codes(each["code"])]
        return found


def codes(concept: Json) -> list[str]:
    return [each["code"] for each in concept["coding"]]


def coded(concept: Json) -> list[tuple[str, str]]:
    return [(each["system"], each["code"]) for each in concept["coding"]]


def read_folder(folder: Path) -> Given:
    return Given(
        (each.stem, [json.loads(line) for line in each.read_text().splitlines()])
        for each in folder.glob("*.ndjson")
    )


@pytest.fixture
def give(registry: Registry, desk: Actor, today: date, tmp_path: Path) -> Give:
    """Export, and read what was written; `to="x.json"` gives the one Bundle under its name."""

    def call(to: str = "out", language: str = "en", **other: Any) -> Given:
        format_ = "fhir-bundle" if to.endswith(".json") else "fhir"
        wanted = {"by": desk, "asked": Asked(), "style": Style(False, language), "format": format_} | other
        export(registry, out=tmp_path / to, today=today, **wanted)
        if format_ == "fhir":
            return read_folder(tmp_path / to)
        return Given(Bundle=[json.loads((tmp_path / to).read_text())])

    return call


@pytest.fixture
def everything(lay: Lay, row: Rows) -> None:
    """A patient with every kind of record."""
    done = lay(
        patients=[
            row["patient"](
                bsn="999990019", family_name="Berg", name_prefix="op 't", initials="A.B.", email="a@example.org",
                postal_code="3511 XZ", language="en", first_symptom="2018-05", first_symptom_sites="optic;other",
                criteria="mcdonald_2017", csf_bands="not_done", deceased=False, treatment_ended=False,
            )
        ],
        courses=[
            row["course"](
                edss=3.5, **SYSTEMS, mri_done=True, mri_date=date(2021, 1, 2),
                mri_region="both", mri_gadolinium=True, mri_new_t2="3_or_more", mri_gd_lesions="unknown",
            )
        ],
        disease=[
            row["relapse"](
                symptoms="visual;sensory", severity="moderate", recovery="full", mp_route="iv", mp_dose_mg=1000, mp_days=3
            ),
            row["referral"](date=date(2019, 1, 1), referred_from="Ziekenhuis De Brug"),
            row["relapse"](kind="phenotype", methylprednisolone=None, phenotype="spms", date=date(2022, 5, 6)),
        ],
        medication=[
            row["medication"](
                medicine="L04AG03", deviating_interval=True, deviating_reason="pregnancy", interval_days=42,
                stop_date=date(2021, 6, 1), safety_issue=True, stop_reasons="adverse_event;jcv_pml_risk",
                jcv_status="positive", jcv_index=1.25,
            )
        ],
        adverse_events=[
            row["event"](
                medicine="L04AG03", meddra_llt="10019211", meddra_version="28.1", report_to_lareb=True,
                start_date=date(2020, 7, 1), outcome="sequelae", seriousness="hospitalisation", severity="severe",
                event_course="langzaam beter",
            )
        ],
        proms=[row["prom"]()],
    )  # fmt: skip
    assert not done.errors, [(e.sheet, e.field, e.code) for e in done.errors]


def check(resource: Json) -> None:
    """Whether it is what FHIR says a resource of its type is (R4B, which differs from R4 in none of ours)."""
    kind = resource["resourceType"]
    getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind).model_validate(resource)


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "reference" in part:
            yield part["reference"]
        for each in part.values():
            yield from references(each)
    elif isinstance(part, list):
        for each in part:
            yield from references(each)


@pytest.mark.usefixtures("everything")
def test_every_resource_is_valid_and_every_reference_finds_its_resource(give: Give) -> None:
    given = give()
    assert set(given) == {
        "Provenance", "Questionnaire", "CodeSystem", "Patient", "Consent", "Condition", "Observation", "Encounter",
        "DiagnosticReport", "MedicationStatement", "ServiceRequest", "AdverseEvent", "QuestionnaireResponse",
        "Organization",
    }  # fmt: skip
    named = Counter(f"{each['resourceType']}/{each['id']}" for kind in given.values() for each in kind)
    assert set(named.values()) == {1}
    for kind in given.values():
        for each in kind:
            check(each)
            assert set(references(each)) <= named.keys()
    assert "" not in {
        value for kind in given.values() for each in kind for value in each.values() if value == ""
    }


@pytest.mark.usefixtures("everything")
def test_the_bundle_has_the_same_resources_under_full_addresses(give: Give, tmp_path: Path) -> None:
    """bdl-7: each address once; a reference is the address of an entry."""
    folder, bundle = give(), give("out.json").one("Bundle")
    check(bundle)
    assert (bundle["type"], bundle["identifier"]["system"]) == ("collection", "urn:msreg:NamingSystem/export")
    inside = Counter(each["resource"]["resourceType"] for each in bundle["entry"])
    assert inside == {kind: len(each) for kind, each in folder.items()}
    addresses = Counter(each["fullUrl"] for each in bundle["entry"])
    assert set(addresses.values()) == {1}
    assert set(references(bundle)) <= addresses.keys()
    assert all(each["fullUrl"] == f"urn:uuid:{each['resource']['id']}" for each in bundle["entry"])
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in (tmp_path / "out").iterdir()} == {0o600}


@pytest.mark.usefixtures("everything")
def test_the_manifest_counts_what_there_is(give: Give, tmp_path: Path) -> None:
    given = give()
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {each["type"]: each["count"] for each in manifest["output"]} == {
        k: len(v) for k, v in given.items()
    }
    assert {each["url"] for each in manifest["output"]} == {f"{kind}.ndjson" for kind in given}
    assert manifest["transactionTime"] == given.one("Provenance")["recorded"]


@pytest.mark.usefixtures("everything")
def test_ids_are_the_same_each_time(give: Give) -> None:
    first, second = give(), give("again")
    for kind in first.keys() - {"Provenance"}:
        assert first[kind] == second[kind]
    assert first.one("Provenance")["id"] != second.one("Provenance")["id"]


@pytest.mark.usefixtures("everything")
def test_domain_9_patient_consent_and_diagnosis(give: Give) -> None:
    given = give()
    patient, consent = given.one("Patient"), given.one("Consent")
    assert patient["meta"]["profile"] == ["http://nictiz.nl/fhir/StructureDefinition/nl-core-Patient"]
    assert {each["system"]: each["value"] for each in patient["identifier"]} == {
        "urn:msreg:NamingSystem/registry-number": "MS-0000001",
        "urn:msreg:NamingSystem/patient-number/AMS01": "00001",
        "http://fhir.nl/fhir/NamingSystem/bsn": "999990019",
    }
    [name] = patient["name"]
    assert (name["family"], name["given"]) == ("op 't Berg", ["A.B."])
    assert [each["valueString"] for each in name["_family"]["extension"]] == ["op 't", "Berg"]
    assert (patient["gender"], patient["birthDate"], patient["active"]) == ("female", "1980-05-06", True)
    assert patient["deceasedBoolean"] is False
    assert patient["telecom"] == [{"system": "email", "value": "a@example.org"}]
    assert (consent["status"], consent["dateTime"]) == ("active", "2020-01-02")
    assert coded(consent["scope"]) == [(f"{HL7}consentscope", "research")]
    diagnosis = next(each for each in given["Condition"] if (SNOMED, "426373005") in coded(each["code"]))
    assert (diagnosis["onsetDateTime"], diagnosis["recordedDate"]) == ("2018-05", "2019-03-04")
    assert [codes(each) for each in diagnosis["bodySite"]] == [["optic"], ["other"]]
    assert codes(diagnosis["evidence"][0]["code"][0]) == ["mcdonald_2017"]
    bands = given.observation("csf_bands")
    assert codes(bands["dataAbsentReason"]) == ["not-performed"]
    assert "valueCodeableConcept" not in bands
    [hospital] = given["Organization"]
    assert (hospital["name"], hospital["identifier"][0]["value"]) == ("Ziekenhuis De Amstelhof", "AMS01")


@pytest.mark.usefixtures("everything")
def test_domain_9_visit_edss_and_mri(give: Give) -> None:
    given = give()
    visit, edss = given.one("Encounter"), given.observation("273554001")
    assert (visit["class"]["code"], visit["period"]["start"]) == ("AMB", "2021-01-01")
    assert edss["valueQuantity"] == {
        "value": 3.5, "unit": "score", "system": "http://unitsofmeasure.org", "code": "{score}"
    }  # fmt: skip
    assert [each["code"] for each in edss["category"][0]["coding"]] == ["118228005", "384821006"]
    assert {codes(each["code"])[0]: each["valueInteger"] for each in edss["component"]} == SYSTEMS
    assert (codes(edss["method"]), edss["encounter"]["reference"]) == (
        ["assessed"],
        f"Encounter/{visit['id']}",
    )
    lesions, enhancing = given.observation("mri_new_t2"), given.observation("mri_gd_lesions")
    assert (lesions["valueQuantity"]["comparator"], lesions["valueQuantity"]["value"]) == (">=", 3)
    assert codes(enhancing["dataAbsentReason"]) == ["unknown"]
    report = given.one("DiagnosticReport")
    assert coded(report["code"]) == [(SNOMED, "113091000")]
    assert (report["effectiveDateTime"], codes(lesions["bodySite"])) == ("2021-01-02", ["both"])
    assert {each["reference"] for each in report["result"]} == {
        f"Observation/{each['id']}" for each in (lesions, enhancing)
    }


@pytest.mark.usefixtures("everything")
def test_domain_9_relapse_phenotype_and_referral(give: Give) -> None:
    given = give()
    relapse = next(each for each in given["Condition"] if "relapse" in codes(each["code"]))
    assert (relapse["onsetDateTime"], codes(relapse["clinicalStatus"])) == ("2021-02-03", ["resolved"])
    assert coded(relapse["severity"]) == [(SNOMED, "6736007")]
    assert [codes(each)[0] for each in relapse["evidence"][0]["code"]] == ["visual", "sensory"]
    treatment = next(
        each for each in given["MedicationStatement"] if "H02AB04" in codes(each["medicationCodeableConcept"])
    )
    [dosage] = treatment["dosage"]
    assert dosage["doseAndRate"][0]["doseQuantity"]["value"] == 1000
    assert dosage["timing"]["repeat"]["boundsDuration"]["value"] == 3
    assert treatment["reasonReference"] == [{"reference": f"Condition/{relapse['id']}"}]
    phenotype = given.observation("phenotype")
    assert coded(phenotype["valueCodeableConcept"])[0] == (SNOMED, "425500002")
    assert phenotype["effectiveDateTime"] == "2022-05-06"
    referral = given.one("ServiceRequest")
    assert referral["requester"] == {"display": "general practitioner, Ziekenhuis De Brug"}
    assert referral["occurrenceDateTime"] == "2019-01-01"


@pytest.mark.usefixtures("everything")
def test_domain_9_medication_and_its_side_effect(give: Give) -> None:
    given = give()
    medication = next(
        each
        for each in given["MedicationStatement"]
        if ("http://www.whocc.no/atc", "L04AG03") in coded(each["medicationCodeableConcept"])
    )
    assert medication["effectivePeriod"] == {"start": "2020-06-01", "end": "2021-06-01"}
    assert (medication["status"], [codes(each)[0] for each in medication["statusReason"]]) == (
        "stopped", ["adverse_event", "jcv_pml_risk"],
    )  # fmt: skip
    assert medication["dosage"][0]["timing"]["repeat"] == {"frequency": 1, "period": 42, "periodUnit": "d"}
    assert given.observation("jcv_index")["valueQuantity"]["value"] == 1.25
    assert given.observation("jcv_status")["partOf"] == [
        {"reference": f"MedicationStatement/{medication['id']}"}
    ]
    event = given.one("AdverseEvent")
    assert event["event"] == {
        "text": "hoofdpijn",
        "coding": [{"system": "https://www.meddra.org", "version": "28.1", "code": "10019211"}],
    }
    assert coded(event["seriousness"]) == [(f"{HL7}adverse-event-seriousness", "Serious")]
    assert (codes(event["outcome"]), codes(event["severity"])) == (["resolvedWithSequelae"], ["severe"])
    assert event["suspectEntity"] == [{"instance": {"reference": f"MedicationStatement/{medication['id']}"}}]


@pytest.mark.usefixtures("everything")
def test_domain_9_eq_5d(give: Give) -> None:
    """The index of 22222 in the Dutch set, under SNOMED's codes for index and VAS."""
    given = give()
    index, score = given.observation("736534008"), given.observation("736535009")
    assert index["component"][0]["valueString"] == "22222"
    assert (index["effectiveDateTime"], index["method"]["text"]) == ("2021-03-04", "NL-Versteegh-2016-3dp")
    assert 0 < index["valueQuantity"]["value"] < 1
    assert score["valueQuantity"]["value"] == 68
    [answers] = [each for each in given["QuestionnaireResponse"] if "eq5d5l" in each["questionnaire"]]
    assert index["derivedFrom"] == [{"reference": f"QuestionnaireResponse/{answers['id']}"}]
    assert answers["authored"] == "2021-03-04"
    assert answers["source"]["reference"] == answers["subject"]["reference"]


def asked(items: list[Json], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for each in items:
        here = (*path, each["linkId"])
        yield here
        yield from asked(each.get("item", []), here)


@pytest.mark.usefixtures("everything")
def test_answers_stand_where_their_questionnaire_asks_them(give: Give) -> None:
    """A response is read against its Questionnaire, group by group, version by version."""
    given = give()
    forms = {f"{each['url']}|{each['version']}": each for each in given["Questionnaire"]}
    assert len(given["QuestionnaireResponse"]) == 8
    for each in given["QuestionnaireResponse"]:
        known = set(asked(forms[each["questionnaire"]]["item"]))
        found = list(asked(each["item"]))
        assert found
        assert set(found) <= known
        assert len(found) == len(set(found))


@pytest.mark.parametrize("record", Record)
def test_a_questionnaire_asks_every_question_once(record: Record) -> None:
    found = Counter(path[-1] for path in asked(questionnaire(record)["item"]))
    keys = {item.key for form in forms_of(record) for item in form.items}
    assert keys <= found.keys()
    assert set(found.values()) == {1}
    check({"id": "x", **questionnaire(record)})


@pytest.mark.usefixtures("everything")
def test_every_local_code_is_in_a_code_system(give: Give) -> None:
    """X2: the codebook goes along, in both languages."""
    given = give()
    systems = {each["url"]: {code["code"] for code in each["concept"]} for each in given["CodeSystem"]}

    def local(part: Any) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            if str(part.get("system", "")).startswith(OWN) and "code" in part:
                yield part["system"], part["code"]
            for each in part.values():
                yield from local(each)
        elif isinstance(part, list):
            for each in part:
                yield from local(each)

    used = {
        found
        for kind in given.keys() - {"CodeSystem", "Questionnaire"}
        for each in given[kind]
        for found in local(each)
    }
    assert len(used) > 40
    assert not [found for found in used if found[0] not in systems or found[1] not in systems[found[0]]]
    assert all(
        c["designation"][0]["language"] == "nl" for each in given["CodeSystem"] for c in each["concept"]
    )


@pytest.mark.usefixtures("everything")
def test_words_beside_codes_are_in_the_language_of_the_export(give: Give) -> None:
    dutch, english = give(language="nl"), give("en", language="en")
    shown = [each.observation("mri_new_t2")["code"]["text"] for each in (dutch, english)]
    assert shown == ["Nieuwe T2-laesies", "New T2 lesions"]


def test_k4_a_hidden_answer_is_in_no_resource(lay: Lay, row: Rows, give: Give) -> None:
    """Its condition became false; it is kept, and does not leave."""
    lay(patients=[row["patient"]()], courses=[row["course"](mri_done=True, mri_date=date(2021, 1, 2), mri_region="cord",
        mri_gadolinium=False, mri_new_t2="1")])  # fmt: skip
    lay(patients=[row["patient"]()], courses=[row["course"](mri_done=False)])
    given = give()
    assert "DiagnosticReport" not in given
    text = json.dumps([given["Observation"], given["QuestionnaireResponse"]])
    assert "mri_done" in text
    assert not [key for key in ("mri_date", "mri_region", "mri_new_t2", "2021-01-02") if key in text]


def test_p10_withdrawn_consent_is_told_in_every_resource(
    lay: Lay, row: Rows, give: Give, registry: Registry, desk: Actor, today: date
) -> None:
    lay(patients=[row["patient"]("1"), row["patient"]("2")], courses=[row["course"]("1"), row["course"]("2")])
    withdraw(registry, by=desk, patient="AMS01:1", on=today, today=today)
    given = give()
    tags = {"withdrawn": 0, "none": 0}
    for kind in ("Patient", "Consent", "Condition", "Encounter", "Observation", "QuestionnaireResponse"):
        for each in given[kind]:
            tags["withdrawn" if each.get("meta", {}).get("tag") else "none"] += 1
    assert tags["withdrawn"] == tags["none"] == 7
    assert sorted(each["status"] for each in given["Consent"]) == ["active", "inactive"]
    states = Counter(each["status"] for each in given["QuestionnaireResponse"])
    assert states == {"stopped": 2, "completed": 2}


def test_what_is_not_complete_says_so(lay: Lay, row: Rows, give: Give) -> None:
    """EDSS: not known without an answer, and not performed where it was not."""
    lay(
        patients=[row["patient"]()],
        courses=[row["course"](edss=None, edss_method="not_done"),
                 row["course"](course_date=date(2022, 1, 1), edss=0)],
    )  # fmt: skip
    given = give()
    first, second = [each for each in given["Observation"] if "273554001" in codes(each["code"])]
    assert (codes(first["dataAbsentReason"]), "valueQuantity" in first) == (["not-performed"], False)
    assert (second["valueQuantity"]["value"], "dataAbsentReason" in second) == (0, False)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("free_text", [False, True])
@pytest.mark.parametrize("to", ["out", "out.json"])
def test_x2_pseudonyms_stand_for_people_and_hospitals(
    give: Give, tmp_path: Path, free_text: bool, to: str
) -> None:
    """Nothing of the person is in any byte of it, and all resources are still about the same patient."""
    given = give(to, going=Going(pseudonymise=Pseudonymise("P", free_text)))
    text = json.dumps(given)
    for word in (
        "999990019", "00001", "Berg", "op 't", "A.B.", "example.org", "3511 XZ", "1980-05", "MS-0000001", "AMS01",
        "Amstelhof", "2020-01-02",
    ):  # fmt: skip
        assert word not in text, word
    assert ("hoofdpijn" in text) is free_text
    if to == "out":
        assert not given.get("Consent")
        assert [each["system"] for each in given.one("Patient")["identifier"]] == [
            "urn:msreg:NamingSystem/pseudonym"
        ]
        [event] = given["AdverseEvent"]
        assert event["event"].get("text") == ("hoofdpijn" if free_text else None)
        for kind in given.values():
            for each in kind:
                check(each)
        named = {f"{each['resourceType']}/{each['id']}" for kind in given.values() for each in kind}
        assert {found for kind in given.values() for found in references(kind)} <= named


@pytest.mark.usefixtures("everything")
def test_ids_with_pseudonyms_are_others_than_those_without(give: Give) -> None:
    plain = give()
    hidden = give("hidden", going=Going(pseudonymise=Pseudonymise("P")))
    other = give("other", going=Going(pseudonymise=Pseudonymise("Q")))
    people = [{each["id"] for kind in ("Patient", "Encounter", "QuestionnaireResponse") for each in found[kind]}
              for found in (plain, hidden, other)]  # fmt: skip
    assert not people[0] & people[1]
    assert not people[1] & people[2]


@pytest.mark.usefixtures("everything")
def test_some_columns_make_some_resources_with_their_patients(give: Give) -> None:
    given = give(columns=["edss"])
    assert {each["url"] for each in given["Questionnaire"]} == {
        "urn:msreg:questionnaire:patients", "urn:msreg:questionnaire:course",
    }  # fmt: skip
    assert not given.keys() & {"Condition", "Consent", "AdverseEvent"}
    [answers] = [each for each in given["QuestionnaireResponse"] if "course" in each["questionnaire"]]
    assert {path[-1] for path in asked(answers["item"])} == {"course_date", "section.edss", "edss"}
    named = {f"{each['resourceType']}/{each['id']}" for kind in given.values() for each in kind}
    assert {found for kind in given.values() for found in references(kind)} <= named


def test_nobody_is_an_export_too_and_loads(
    give: Give, tmp_path: Path, registry: Registry, desk: Actor, today: date
) -> None:
    given = give()
    assert set(given) == {"Provenance", "Questionnaire", "CodeSystem"}
    give("out.json")
    for name in ("out", "out.json"):
        done = load_batch(registry, by=desk, path=tmp_path / name, today=today)
        assert (done.errors, sum(done.summary.values())) == ([], 0)


@pytest.mark.usefixtures("everything")
def test_what_is_there_is_replaced_when_told_and_when_it_is_an_export(give: Give, tmp_path: Path) -> None:
    give()
    with pytest.raises(Conflict):
        give()
    assert give(overwrite=True).one("Patient")
    (tmp_path / "out" / "thesis.doc").write_text("mine")
    with pytest.raises(Conflict):
        give(overwrite=True)
    assert (tmp_path / "out" / "thesis.doc").read_text() == "mine"


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("to", ["out", "out.json"])
def test_b2_it_loads_again_unchanged_and_twice_in_a_file_is_told(
    give: Give, to: str, tmp_path: Path, registry: Registry, desk: Actor, today: date
) -> None:
    give(to)
    path = tmp_path / to
    done = load_batch(registry, by=desk, path=path, today=today)
    assert (done.errors, done.summary["unchanged"], done.summary["changed"]) == ([], 8, 0)
    answers = path / "QuestionnaireResponse.ndjson" if path.is_dir() else path
    if path.is_dir():
        answers.write_bytes(answers.read_bytes() * 2)
    else:
        whole = json.loads(path.read_text())
        whole["entry"] *= 2
        path.write_text(json.dumps(whole))
    again = load_batch(registry, by=desk, path=path, today=today)
    assert {"FIL-009", "COU-002", "DIS-007", "MED-003", "EVT-008", "PRM-002"} <= {
        e.code for e in again.errors
    }
    assert again.refused


@pytest.mark.usefixtures("everything")
def test_an_answer_that_was_mended_in_the_bundle_is_loaded(
    give: Give, tmp_path: Path, registry: Registry, desk: Actor, today: date
) -> None:
    """The answers count; what the clinical resources say of them is not read."""
    give("out.json")
    path = tmp_path / "out.json"
    text = path.read_text()
    path.write_text(text.replace('"valueDecimal":3.5', '"valueDecimal":4.0'))
    done = load_batch(registry, by=desk, path=path, today=today, how=How(overwrite=True))
    assert (done.errors, done.summary["changed"]) == ([], 1)
    assert give("again").observation("273554001")["valueQuantity"]["value"] == 4


def test_every_sheet_has_its_resources() -> None:
    """A kind of record that is added later must be given its place in FHIR."""
    assert set(_NAMED_BY) == set(Record) == {*_OF, Record.ADVERSE_EVENT}
    assert {sheet.record for sheet in sheets()} == set(Record)
