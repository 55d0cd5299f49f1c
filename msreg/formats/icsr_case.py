"""The middle of a report: the patient, the reaction and the suspect product (sections D, E and G of E2B(R3))."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from lxml.etree import _Element

from msreg.formats import icsr_codes as codes
from msreg.formats.icsr_element import add, day, observation, path
from msreg.formats.icsr_report import Medicine, Reaction, Report

LANGUAGE = "nld"
"""What reporters of this registry write in (ISO 639-2)."""
MS = "multiple sclerosis"


def assessment(event: _Element, report: Report) -> None:
    """The patient with the reaction and the product, and then which role the product had."""
    found = path(event, "component:COMP", "adverseEventAssessment:INVSTG")
    role = path(found, "subject1:SBJ", "primaryRole:INVSBJ")
    _person(role, report)
    _study(role)
    _history(role)
    _reaction(role, report.reaction, _id(report, "reaction"))
    _product(role, report.medicine, _id(report, "product"))
    suspect = path(found, "component:COMP", "causalityAssessment:OBS")
    observation(suspect, "20", "interventionCharacterization")
    add(suspect, "value", type="CE", code="1", codeSystem=codes.DRUG_ROLE, displayName="suspect")
    add(
        path(suspect, "subject2:SUBJ", "productUseReference:SBADM"), "id", root=_id(report, "product")
    )  # fmt: skip


def _id(report: Report, part: str) -> str:
    """The same for the same report, so that two texts of one report can be compared."""
    return str(uuid5(NAMESPACE_OID, f"{report.id}/{part}"))


def _person(role: _Element, report: Report) -> None:
    """Initials are withheld; birth date and sex are what doubles are found by."""
    person = path(role, "player1:PSN")
    add(person, "name", nullFlavor="MSK")
    sex = codes.SEXES.get(report.sex or "")
    if sex is None:
        add(person, "administrativeGenderCode", nullFlavor="UNK")
    else:
        add(person, "administrativeGenderCode", code=sex, codeSystem=codes.SEX)
    if report.birth_date is not None:
        add(person, "birthTime", value=day(report.birth_date))
    if report.death_date is not None:
        add(person, "deceasedTime", value=day(report.death_date))


def _study(role: _Element) -> None:
    """C.5: a registry of patients is a study of another kind than a trial."""
    study = path(role, "subjectOf1:SBJ", "researchStudy:CLNTRL")
    add(study, "code", code="3", codeSystem=codes.STUDY_TYPE, displayName="Other studies")
    add(study, "title", "MS registry")


def _history(role: _Element) -> None:
    known = path(role, "subjectOf2:SBJ", "organizer:CATEGORY")
    add(
        known, "code", code="1", codeSystem=codes.CATEGORY,
        displayName="relevantMedicalHistoryAndConcurrentConditions",
    )  # fmt: skip
    text = path(known, "component:COMP", "observation:OBS")
    observation(text, "18", "historyAndConcurrentConditionText")
    add(text, "value", MS, type="ED")


def _reaction(role: _Element, reaction: Reaction, own_id: str) -> None:
    """The words and their code, when, where, how serious, and how it ended."""
    event = path(role, "subjectOf2:SBJ", "observation:OBS")
    add(event, "id", root=own_id)
    observation(event, "29", "reaction")
    if reaction.start is not None or reaction.end is not None:
        when = add(event, "effectiveTime", type="IVL_TS")
        if reaction.start is not None:
            add(when, "low", value=day(reaction.start))
        if reaction.end is not None:
            add(when, "high", value=day(reaction.end))
    assert reaction.meddra is not None, "a reaction without a code has no place in the XML"
    llt, version = reaction.meddra
    value = add(
        event, "value", type="CE", code=llt, codeSystem=codes.MEDDRA, codeSystemVersion=version
    )  # fmt: skip
    add(value, "originalText", reaction.words[:250], language=LANGUAGE)
    place = path(event, "location:LOC", "locatedEntity:LOCE", "locatedPlace:COUNTRY")
    add(place, "code", code="NL", codeSystem=codes.COUNTRY)
    for criterion, (code, name) in codes.CRITERIA.items():
        told = path(event, "outboundRelationship2:PERT", "observation:OBS")
        observation(told, code, name)
        if reaction.seriousness and criterion in reaction.seriousness:
            add(told, "value", type="BL", value="true")
        else:  # that nobody ticked it is not a no
            add(told, "value", type="BL", nullFlavor="NI")
    ended = path(event, "outboundRelationship2:PERT", "observation:OBS")
    observation(ended, "27", "outcome")
    outcome = codes.OUTCOMES[reaction.outcome or "unknown"]
    add(ended, "value", type="CE", code=outcome, codeSystem=codes.OUTCOME)


def _product(role: _Element, medicine: Medicine, own_id: str) -> None:
    """The suspect product, from when until when, what for, and what was done with it."""
    drugs = path(role, "subjectOf2:SBJ", "organizer:CATEGORY")
    add(drugs, "code", code="4", codeSystem=codes.CATEGORY, displayName="drugInformation")
    use = path(drugs, "component:COMP", "substanceAdministration:SBADM")
    add(use, "id", root=own_id)
    kind = path(use, "consumable:CSM", "instanceOfKind:INST", "kindOfProduct:MMAT")
    add(kind, "name", medicine.name)
    add(path(kind, "ingredient:ACTI", "ingredientSubstance:MMAT"), "name", medicine.substance)
    _doses(path(use, "outboundRelationship2:COMP", "substanceAdministration:SBADM"), medicine)
    reason = path(use, "inboundRelationship:RSON", "observation:OBS")
    observation(reason, "19", "indication")
    add(add(reason, "value", type="CE", codeSystem=codes.MEDDRA), "originalText", MS)
    source = path(reason, "performer:PRF", "assignedEntity:ASSIGNED")
    add(source, "code", code="3", codeSystem=codes.SOURCE, displayName="sourceReporter")
    if medicine.action is not None:
        done = path(use, "inboundRelationship:CAUS", "act:ACT")
        add(done, "code", code=codes.ACTIONS[medicine.action], codeSystem=codes.ACTION)


def _doses(dose: _Element, medicine: Medicine) -> None:
    """From when until when, by which route; the lot is not asked for, which is told as such."""
    if medicine.start is None and medicine.stop is None:
        add(dose, "effectiveTime", nullFlavor="UNK")
    else:
        when = add(dose, "effectiveTime", type="IVL_TS")
        if medicine.start is not None:
            add(when, "low", value=day(medicine.start))
        if medicine.stop is not None:
            add(when, "high", value=day(medicine.stop))
    if medicine.route:
        add(add(dose, "routeCode"), "originalText", medicine.route)
    lot = path(dose, "consumable:CSM", "instanceOfKind:INST", "productInstanceInstance:LOT")
    add(lot, "lotNumberText", nullFlavor="NASK")
