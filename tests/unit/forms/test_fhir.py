"""Forms become valid FHIR Questionnaires and come back without loss."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fhir.resources.R4B.questionnaire import Questionnaire

from msreg.forms.definition import Form
from msreg.forms.fhir import from_questionnaire, to_questionnaire
from msreg.forms.load import FORMS, BrokenForm, load

HL7 = "http://hl7.org/fhir/StructureDefinition/"
OWN = "urn:msreg:StructureDefinition/"


def flat(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Items and groups by link."""
    found = {}
    for item in items:
        found[item["linkId"]] = item
        found.update(flat(item.get("item", [])))
    return found


@pytest.fixture(scope="module")
def items(rich: Form) -> dict[str, dict[str, Any]]:
    return flat(to_questionnaire(rich)["item"])


def check(form: Form) -> None:
    text = json.dumps(to_questionnaire(form), allow_nan=False)
    judged = Questionnaire.model_validate_json(text)
    assert from_questionnaire(json.loads(text)) == form
    assert from_questionnaire(json.loads(judged.model_dump_json())) == form


@pytest.mark.parametrize("key", FORMS)
def test_every_form_is_valid_fhir_and_comes_back_without_loss(key: str) -> None:
    check(load(key))


def test_every_word_of_a_form_comes_back(rich: Form) -> None:
    check(rich)


@pytest.mark.parametrize("key", FORMS)
def test_invariants_that_the_schema_does_not_check(key: str) -> None:
    """que-2, que-7, que-11, que-12 of FHIR R4, and that conditions point at questions."""
    items = flat(to_questionnaire(load(key))["item"])
    every = _links(to_questionnaire(load(key))["item"])
    assert len(every) == len(set(every))
    for item in items.values():
        assert not (item.get("answerOption") and item.get("initial"))
        assert "enableWhen" not in item or item["enableBehavior"] in ("all", "any")
        for when in item.get("enableWhen", ()):
            assert when["question"] in items
            assert when["operator"] != "exists" or "answerBoolean" in when


def _links(items: list[dict[str, Any]]) -> list[str]:
    return [link for item in items for link in (item["linkId"], *_links(item.get("item", [])))]


def test_the_head_of_a_questionnaire() -> None:
    head = to_questionnaire(load("adverse_event"), url_base="https://example.nl/q")
    assert head["url"] == "https://example.nl/q:adverse_event"
    assert head["status"] == "active"
    assert head["version"] == "1"
    assert head["name"] == "Adverse_Event"
    assert (head["title"], head["language"]) == ("Side effect", "en")
    (translation,) = head["_title"]["extension"]
    assert translation["url"] == HL7 + "translation"
    assert {"url": "content", "valueString": "Bijwerking"} in translation["extension"]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("day", "date"), ("name", "string"), ("story", "text"), ("since", "date"), ("count", "integer"),
        ("score", "decimal"), ("seen", "boolean"), ("kind", "choice"), ("kinds", "choice"),
        ("section.one", "group"), ("section.one.2", "group"),
    ],
)  # fmt: skip
def test_types(items: dict[str, dict[str, Any]], key: str, kind: str) -> None:
    assert items[key]["type"] == kind
    assert items[key].get("repeats", False) is (key == "kinds")


def test_what_a_fhir_reader_looks_for(items: dict[str, dict[str, Any]]) -> None:
    assert items["day"]["required"] is True
    assert items["name"]["maxLength"] == 20
    assert items["name"]["initial"] == [{"valueString": "x"}]
    assert items["seen"]["initial"] == [{"valueBoolean": False}]
    count = {each["url"]: each for each in items["count"]["extension"]}
    assert count[HL7 + "minValue"]["valueInteger"] == 0
    assert count[HL7 + "questionnaire-unit"]["valueCoding"]["code"] == "mg"
    assert count[OWN + "or-unknown"]["valueBoolean"] is True
    score = {each["url"]: each for each in items["score"]["extension"]}
    assert score[HL7 + "maxValue"]["valueDecimal"] == 2.25
    day = {each["url"]: each for each in items["day"]["extension"]}
    assert day[HL7 + "minValue"]["valueDate"] == "1900-01-01"
    assert day[OWN + "max"]["valueCode"] == "today"
    selected = [option["valueCoding"]["code"] for option in items["kind"]["answerOption"]
                if option.get("initialSelected")]  # fmt: skip
    assert selected == ["b"]


def test_conditions_as_a_fhir_reader_sees_them(items: dict[str, dict[str, Any]]) -> None:
    assert items["many"]["enableBehavior"] == "any"
    assert [when["operator"] for when in items["many"]["enableWhen"]] == [">", "<"]
    assert items["many"]["enableWhen"][1]["answerDecimal"] == 1.5
    assert items["after"]["enableWhen"][0]["answerDate"] == "2020-02-29"
    assert items["named"]["enableWhen"][0]["answerString"] == "x"


def members(form: Form, group: str) -> list[str]:
    return [choice.code for choice in form["medicine"].choices if group in choice.groups]


def codes(item: dict[str, Any]) -> list[str]:
    return [when["answerCoding"]["code"] for when in item["enableWhen"] if "answerCoding" in when]


def test_a_group_is_any_of_its_choices(rich: Form, items: dict[str, dict[str, Any]]) -> None:
    assert items["grouped"]["enableBehavior"] == "any"
    assert codes(items["grouped"]) == members(rich, "anti_cd20")


def test_what_one_list_cannot_say_is_said_by_groups(rich: Form, items: dict[str, dict[str, Any]]) -> None:
    """All of (any of the one group), (any of the other) and a plain term."""
    outer, inner = items["both.if.2"], items["both.if.1"]
    assert outer["item"] == [inner]
    assert inner["item"] == [items["both"]]
    assert (outer["enableBehavior"], inner["enableBehavior"]) == ("any", "any")
    assert (codes(inner), codes(outer)) == (members(rich, "anti_cd20"), members(rich, "interval"))
    assert items["both"]["enableWhen"] == [{"question": "seen", "operator": "=", "answerBoolean": True}]


def test_outside_a_group_or_something_else(rich: Form, items: dict[str, dict[str, Any]]) -> None:
    """Any of (none of the group), (plain term) is: for each choice of the group, not that one or the term."""
    clauses = [items["neither"], *(item for link, item in items.items() if link.startswith("neither.if."))]
    seen = []
    for clause in clauses:
        assert clause["enableBehavior"] == "any"
        other, term = clause["enableWhen"]
        assert (other["operator"], term["answerCoding"]["code"]) == ("!=", "a")
        seen.append(other["answerCoding"]["code"])
    assert sorted(seen) == sorted(members(rich, "s1p"))


def test_extensions_of_others_are_passed_over() -> None:
    theirs = to_questionnaire(load("course"))
    theirs["_title"]["extension"].insert(0, {"url": HL7 + "rendering-style", "valueString": "bold"})
    flat(theirs["item"])["edss"]["extension"].append({"url": "urn:x", "valueString": "x"})
    assert from_questionnaire(theirs) == load("course")


@pytest.mark.parametrize("broken", [{}, {"resourceType": "Patient"}, {"item": [{"linkId": "x"}]}])
def test_something_else_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(BrokenForm):
        from_questionnaire(broken)


def test_a_questionnaire_of_others_is_refused_with_the_reason() -> None:
    theirs = to_questionnaire(load("course"))
    flat(theirs["item"])["edss"].pop("extension")
    with pytest.raises(BrokenForm, match="course, item edss: privacy must be one of"):
        from_questionnaire(theirs)
